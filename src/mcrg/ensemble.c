#include "ensemble.h"

#include <inttypes.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sums.h"

struct chain {
	uint64_t replica; /* the key */
	uint64_t sweep;
	struct rn_blocks *blocks;
	struct rn_history *history[SERIES];
};

/* --- life ------------------------------------------------------------------ */

static enum rn_status
find_counters(struct ensemble *s, struct rn_error *err)
{
	static const char *const names[] = { "replica", "sweep", "id" };
	const struct rn_column **place[] = { &s->replica, &s->sweep, &s->id };

	for (size_t i = 0; i < 3 && !s->independent; i++) {
		const struct rn_column *c = rn_schema_find(s->schema, names[i]);

		if (c &&
			(c->ndim ||
				(c->type != RN_U8 && c->type != RN_U16 && c->type != RN_U32 &&
					c->type != RN_U64)))
			return rn_fail(err, RN_EDATA,
				"column %s is no unsigned whole number: --independent ignores it", names[i]);
		*place[i] = c;
	}
	if (!s->replica || !s->sweep)
		s->independent = true;
	return RN_OK;
}

static enum rn_status
find_labels(struct ensemble *s, struct rn_error *err)
{
	s->label = calloc(s->schema->labels + 1, sizeof *s->label);
	s->key = calloc(s->schema->labels + 1, sizeof *s->key);
	if (!s->label || !s->key)
		return rn_fail_memory(err, "labels");
	for (size_t i = 0; i < s->schema->labels; i++) {
		const struct rn_column *c = rn_schema_find(s->schema, s->schema->label[i]);

		if (c->ndim || c->type == RN_BIT)
			return rn_fail(err, RN_EDATA, "label %s is not one number", c->name);
		if (!strcmp(c->name, "h"))
			s->h = c;
		s->label[s->labels++] = c;
	}
	return RN_OK;
}

enum rn_status
ensemble_init(struct ensemble *s, const struct rn_schema *schema, struct levels *levels, bool independent,
	struct rn_error *err)
{
	enum rn_status st;

	*s = (struct ensemble){ .levels = levels,
		.schema = schema,
		.independent = independent,
		.last = &s->first };
	s->S = calloc(levels->n * OPERATORS, sizeof *s->S);
	st = s->S ? find_counters(s, err) : rn_fail_memory(err, "operators");
	return st == RN_OK ? find_labels(s, err) : st;
}

static void
group_free(struct group *g)
{
	tdestroy(g->chains, free);
	rn_jackknife_destroy(g->jackknife);
	for (size_t i = 0; i < SERIES; i++)
		rn_correlator_destroy(g->correlator[i]);
	free(g->origin);
	free(g);
}

static void
leave(void *node)
{
	(void)node;
}

void
ensemble_clear(struct ensemble *s)
{
	struct group *next;

	tdestroy(s->tree, leave);
	for (struct group *g = s->first; g; g = next) {
		next = g->next;
		group_free(g);
	}
	free(s->label);
	free(s->key);
	free(s->S);
	*s = (struct ensemble){ 0 };
}

/* --- groups ---------------------------------------------------------------- */

static int
by_labels(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return memcmp(x->label, y->label, x->labels * sizeof(double));
}

static bool
group_begin(struct group *g, const struct ensemble *s)
{
	bool ready;

	g->jackknife = rn_jackknife_create(sums_count(s->levels->n), BLOCKS_MAX);
	g->origin = calloc(s->levels->n * OPERATORS, sizeof *g->origin);
	ready = g->jackknife && g->origin;
	for (size_t i = 0; ready && i < SERIES; i++)
		ready = (g->correlator[i] = rn_correlator_create());
	return ready;
}

/* The group of s->key, new if there is none; NULL: no memory. */
static struct group *
find_group(struct ensemble *s)
{
	struct group *g = calloc(1, sizeof *g + s->labels * sizeof(double)), **found;

	if (!g)
		return NULL;
	g->labels = s->labels;
	memcpy(g->label, s->key, s->labels * sizeof(double));
	found = tfind(g, &s->tree, by_labels);
	if (found) {
		free(g);
		return *found;
	}
	if (!group_begin(g, s) || !tsearch(g, &s->tree, by_labels)) {
		group_free(g);
		return NULL;
	}
	memcpy(g->origin, s->S, s->levels->n * OPERATORS * sizeof *g->origin);
	*s->last = g;
	s->last = &g->next;
	return g;
}

static enum rn_status
take_labels(struct ensemble *s, const uint8_t *record, struct rn_error *err)
{
	for (size_t i = 0; i < s->labels; i++) {
		s->key[i] = rn_get_f64(s->label[i], record, 0) + 0.0; /* -0 + 0 = 0 */
		if (isnan(s->key[i]))
			return rn_fail(err, RN_EDATA, "%s is nan, which is in no group: drop such records",
				s->label[i]->name);
		if (s->label[i] == s->h && s->key[i] != 0) {
			char number[RN_NUMBER_MAX];

			rn_print_f64(number, s->key[i]);
			return rn_fail(err, RN_EDATA,
				"h is %s: a field mixes even and odd operators, and mcrg takes them apart: "
				"give h = 0",
				number);
		}
	}
	return RN_OK;
}

/* --- chains ---------------------------------------------------------------- */

static int
by_replica(const void *a, const void *b)
{
	const struct chain *x = a, *y = b;

	return (x->replica > y->replica) - (x->replica < y->replica);
}

static struct chain *
new_chain(struct group *g, uint64_t replica)
{
	struct chain *c = calloc(1, sizeof *c);
	bool ready = c && (c->blocks = rn_jackknife_chain(g->jackknife, false));

	for (size_t i = 0; ready && i < SERIES; i++)
		ready = (c->history[i] = rn_correlator_chain(g->correlator[i]));
	if (c)
		c->replica = replica;
	if (!ready || !tsearch(c, &g->chains, by_replica)) {
		free(c); /* its blocks and histories are the group's */
		return NULL;
	}
	g->has_chains = true;
	return c;
}

static enum rn_status
refuse_order(const struct ensemble *s, const struct group *g, const struct chain *c, uint64_t sweep,
	struct rn_error *err)
{
	struct rn_text where = { 0 };
	const bool told = ensemble_describe(s, g, &where);

	rn_fail(err, RN_EDATA,
		"sweep %" PRIu64 " after sweep %" PRIu64 " in the chain %.200s, replica %" PRIu64
		": shuffled or repeated (use --independent), or runs with the same replicas (runs of other "
		"seeds "
		"need --first-id)",
		sweep, c->sweep, told ? where.data : "", c->replica);
	rn_text_clear(&where);
	return RN_EDATA;
}

/* NULL with *err filled: no memory, or a sweep that does not come after the last one. */
static struct chain *
find_chain(const struct ensemble *s, struct group *g, const uint8_t *record, struct rn_error *err)
{
	const struct chain probe = { .replica = rn_get_u64(s->replica, record, 0) };
	const uint64_t sweep = rn_get_u64(s->sweep, record, 0);
	struct chain **found = tfind(&probe, &g->chains, by_replica), *c;

	if (found && sweep <= (*found)->sweep) {
		refuse_order(s, g, *found, sweep, err);
		return NULL;
	}
	c = found ? *found : new_chain(g, probe.replica);
	if (!c)
		rn_fail_memory(err, "chains");
	else
		c->sweep = sweep;
	return c;
}

/* --- records --------------------------------------------------------------- */

static bool
stands_alone(const struct ensemble *s, const uint8_t *record)
{
	return s->independent ||
		(s->id && rn_get_u64(s->sweep, record, 0) == 0 &&
			rn_get_u64(s->replica, record, 0) == (uint32_t)rn_get_u64(s->id, record, 0));
}

static bool
push(const struct ensemble *s, struct chain *c)
{
	const int64_t *fine = s->S, *coarse = s->S + (s->levels->n - 1) * OPERATORS;
	const double m = (double)fine[EVEN], m_coarse = (double)coarse[EVEN];

	return rn_history_push(c->history[0], (double)fine[0]) && rn_history_push(c->history[1], m * m) &&
		rn_history_push(c->history[2], (double)coarse[0]) &&
		rn_history_push(c->history[3], m_coarse * m_coarse);
}

/* Where the record is summed: with the independent ones, or with its chain. */
static struct rn_blocks *
find_blocks(const struct ensemble *s, struct group *g, const uint8_t *record, struct rn_error *err)
{
	struct chain *c;

	if (!stands_alone(s, record)) {
		c = find_chain(s, g, record, err);
		if (c && !push(s, c)) {
			rn_fail_memory(err, "correlator");
			return NULL;
		}
		return c ? c->blocks : NULL;
	}
	if (!g->loose)
		g->loose = rn_jackknife_chain(g->jackknife, true);
	if (!g->loose)
		rn_fail_memory(err, "independent records");
	return g->loose;
}

enum rn_status
ensemble_add(struct ensemble *s, const uint8_t *record, struct rn_error *err)
{
	struct rn_blocks *blocks;
	enum rn_status st = levels_prepare(s->levels, err);
	double *sum;

	if (st == RN_OK)
		st = take_labels(s, record, err);
	if (st != RN_OK)
		return st;
	for (size_t l = 0; l < s->levels->n; l++)
		operators_measure(&s->levels->level[l].operators, record + s->levels->level[l].offset,
			s->S + l * OPERATORS);
	if (!s->group || memcmp(s->group->label, s->key, s->labels * sizeof(double)))
		s->group = find_group(s);
	if (!s->group)
		return rn_fail_memory(err, "groups");
	blocks = find_blocks(s, s->group, record, err);
	if (!blocks)
		return err->status;
	sum = rn_blocks_record(blocks);
	if (!sum)
		return rn_fail_memory(err, "jackknife blocks");
	sums_add(s->levels, s->group->origin, s->S, sum);
	s->group->n++;
	return RN_OK;
}

bool
ensemble_describe(const struct ensemble *s, const struct group *g, struct rn_text *text)
{
	bool ok = s->labels || rn_text_printf(text, "all records");

	for (size_t i = 0; ok && i < s->labels; i++) {
		char number[RN_NUMBER_MAX];

		rn_print_f64(number, g->label[i]);
		ok = rn_text_printf(text, "%s%.80s %s", i ? ", " : "", s->label[i]->name, number);
	}
	return ok;
}
