/* Groups by label and chains by replica, both in search trees; their rows. */
#include "renorm/groups.h"

#include <inttypes.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct chain {
	uint64_t replica; /* the key */
	uint64_t sweep;
	struct rn_blocks *blocks;
	struct rn_history *history[]; /* one a series */
};

/* --- life ------------------------------------------------------------------ */

static bool
is_counter(const struct rn_column *c)
{
	return !c->ndim && (c->type == RN_U8 || c->type == RN_U16 || c->type == RN_U32 || c->type == RN_U64);
}

static enum rn_status
find_counters(struct rn_groups *s, const struct rn_schema *schema, struct rn_error *err)
{
	static const char *const names[] = { "replica", "sweep", "id" };
	const struct rn_column **place[] = { &s->replica, &s->sweep, &s->id };

	for (size_t i = 0; i < 3 && !s->independent; i++) {
		*place[i] = rn_schema_find(schema, names[i]);
		if (*place[i] && !is_counter(*place[i]))
			return rn_fail(err, RN_EDATA,
				"column %s is no unsigned whole number: --independent ignores it", names[i]);
	}
	if (!s->replica || !s->sweep)
		s->independent = true;
	return RN_OK;
}

static enum rn_status
find_labels(struct rn_groups *s, const struct rn_schema *schema, struct rn_error *err)
{
	s->label = calloc(schema->labels + 1, sizeof *s->label);
	s->key = calloc(schema->labels + 1, sizeof *s->key);
	if (!s->label || !s->key)
		return rn_fail_memory(err, "labels");
	for (size_t i = 0; i < schema->labels; i++) {
		const struct rn_column *c = rn_schema_find(schema, schema->label[i]);

		if (c->ndim || c->type == RN_BIT)
			return rn_fail(err, RN_EDATA, "label %s is not one number", c->name);
		s->label[s->labels++] = c;
	}
	return RN_OK;
}

enum rn_status
rn_groups_init(struct rn_groups *s, const struct rn_schema *schema, const struct rn_groups_shape *shape,
	struct rn_error *err)
{
	enum rn_status st;

	*s = (struct rn_groups){ .shape = *shape, .independent = shape->independent, .last = &s->first };
	st = find_counters(s, schema, err);
	return st == RN_OK ? find_labels(s, schema, err) : st;
}

static void
group_free(struct rn_group *g)
{
	tdestroy(g->chains, free);
	rn_jackknife_destroy(g->jackknife);
	for (size_t i = 0; g->correlator && g->correlator[i]; i++)
		rn_correlator_destroy(g->correlator[i]);
	free(g->correlator);
	free(g->own);
	free(g);
}

static void
leave(void *node)
{
	(void)node;
}

void
rn_groups_clear(struct rn_groups *s)
{
	struct rn_group *next;

	tdestroy(s->tree, leave);
	for (struct rn_group *g = s->first; g; g = next) {
		next = g->next;
		group_free(g);
	}
	free(s->label);
	free(s->key);
	*s = (struct rn_groups){ 0 };
}

/* --- groups ---------------------------------------------------------------- */

static int
by_labels(const void *a, const void *b)
{
	const struct rn_group *x = a, *y = b;

	return memcmp(x->label, y->label, x->labels * sizeof(double));
}

static bool
group_begin(struct rn_group *g, const struct rn_groups_shape *shape)
{
	bool ready;

	g->jackknife = rn_jackknife_create(shape->q, RN_GROUP_BLOCKS);
	g->correlator = calloc(shape->series + 1, sizeof(struct rn_correlator *));
	g->own = calloc(1, shape->own_bytes ? shape->own_bytes : 1);
	ready = g->jackknife && g->correlator && g->own;
	for (size_t i = 0; ready && i < shape->series; i++)
		ready = (g->correlator[i] = rn_correlator_create());
	return ready;
}

/* The group of s->key, new if there is none; NULL: no memory. */
static struct rn_group *
find_group(struct rn_groups *s)
{
	struct rn_group *g = calloc(1, sizeof *g + s->labels * sizeof(double)), **found;

	if (!g)
		return NULL;
	g->labels = s->labels;
	memcpy(g->label, s->key, s->labels * sizeof(double));
	found = tfind(g, &s->tree, by_labels);
	if (found) {
		free(g);
		return *found;
	}
	if (!group_begin(g, &s->shape) || !tsearch(g, &s->tree, by_labels)) {
		group_free(g);
		return NULL;
	}
	*s->last = g;
	s->last = &g->next;
	return g;
}

static enum rn_status
take_labels(struct rn_groups *s, const void *record, struct rn_error *err)
{
	for (size_t i = 0; i < s->labels; i++) {
		s->key[i] = rn_get_f64(s->label[i], record, 0) + 0.0; /* -0 + 0 = 0 */
		if (isnan(s->key[i]))
			return rn_fail(err, RN_EDATA, "%s is nan, which is in no group: drop such records",
				s->label[i]->name);
	}
	return RN_OK;
}

bool
rn_groups_describe(const struct rn_groups *s, const struct rn_group *g, struct rn_text *text)
{
	bool ok = s->labels || rn_text_printf(text, "all records");

	for (size_t i = 0; ok && i < s->labels; i++) {
		char number[RN_NUMBER_MAX];

		rn_print_f64(number, g->label[i]);
		ok = rn_text_printf(text, "%s%.80s %s", i ? ", " : "", s->label[i]->name, number);
	}
	return ok;
}

/* --- chains ---------------------------------------------------------------- */

static int
by_replica(const void *a, const void *b)
{
	const struct chain *x = a, *y = b;

	return (x->replica > y->replica) - (x->replica < y->replica);
}

static struct chain *
new_chain(struct rn_group *g, size_t series, uint64_t replica)
{
	struct chain *c = calloc(1, sizeof *c + series * sizeof c->history[0]);
	bool ready = c && (c->blocks = rn_jackknife_chain(g->jackknife, false));

	for (size_t i = 0; ready && i < series; i++)
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
refuse_order(const struct rn_groups *s, const struct chain *c, uint64_t sweep, struct rn_error *err)
{
	struct rn_text where = { 0 };
	const bool told = rn_groups_describe(s, s->group, &where);

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
find_chain(const struct rn_groups *s, const void *record, struct rn_error *err)
{
	const struct chain probe = { .replica = rn_get_u64(s->replica, record, 0) };
	const uint64_t sweep = rn_get_u64(s->sweep, record, 0);
	struct chain **found = tfind(&probe, &s->group->chains, by_replica), *c;

	if (found && sweep <= (*found)->sweep) {
		refuse_order(s, *found, sweep, err);
		return NULL;
	}
	c = found ? *found : new_chain(s->group, s->shape.series, probe.replica);
	if (!c)
		rn_fail_memory(err, "chains");
	else
		c->sweep = sweep;
	return c;
}

/* --- records --------------------------------------------------------------- */

static bool
stands_alone(const struct rn_groups *s, const void *record)
{
	return s->independent ||
		(s->id && rn_get_u64(s->sweep, record, 0) == 0 &&
			rn_get_u64(s->replica, record, 0) == (uint32_t)rn_get_u64(s->id, record, 0));
}

/* The sums of independent records; NULL with *err filled: no memory. */
static struct rn_blocks *
loose_blocks(struct rn_group *g, struct rn_error *err)
{
	if (!g->loose)
		g->loose = rn_jackknife_chain(g->jackknife, true);
	if (!g->loose)
		rn_fail_memory(err, "independent records");
	return g->loose;
}

/* Those of its chain, which also remembers the series. */
static struct rn_blocks *
chain_blocks(const struct rn_groups *s, const void *record, const double series[], struct rn_error *err)
{
	struct chain *c = find_chain(s, record, err);

	for (size_t i = 0; c && i < s->shape.series; i++)
		if (!rn_history_push(c->history[i], series[i])) {
			rn_fail_memory(err, "correlator");
			return NULL;
		}
	return c ? c->blocks : NULL;
}

enum rn_status
rn_groups_add(struct rn_groups *s, const void *record, const double series[], double **sum,
	struct rn_error *err)
{
	enum rn_status st = take_labels(s, record, err);
	struct rn_blocks *blocks;

	if (st != RN_OK)
		return st;
	if (!s->group || memcmp(s->group->label, s->key, s->labels * sizeof(double)))
		s->group = find_group(s);
	if (!s->group)
		return rn_fail_memory(err, "groups");
	blocks = stands_alone(s, record) ? loose_blocks(s->group, err) : chain_blocks(s, record, series, err);
	if (!blocks)
		return err->status;
	*sum = rn_blocks_record(blocks);
	if (!*sum)
		return rn_fail_memory(err, "jackknife blocks");
	s->group->n++;
	return RN_OK;
}

/* --- the end --------------------------------------------------------------- */

enum rn_status
rn_group_finish(struct rn_group *g, struct rn_sample *sample, double *tau, bool *open, struct rn_error *err)
{
	*tau = 0.5;
	for (size_t i = 0; g->has_chains && g->correlator[i]; i++) {
		struct rn_tau t = rn_correlator_tau(g->correlator[i]);

		*tau = fmax(*tau, t.tau); /* of NaN and a number: the number */
		*open = *open || (t.open && !isnan(t.tau));
	}
	return rn_jackknife_finish(g->jackknife, *tau, sample, err);
}

enum rn_status
rn_groups_table(const struct rn_groups *s, const struct rn_result result[], size_t n,
	struct rn_schema **table, struct rn_error *err)
{
	struct rn_schema *t = *table = rn_schema_create("table");
	enum rn_status st = t ? RN_OK : rn_fail_memory(err, "table");

	for (size_t i = 0; i < s->labels && st == RN_OK; i++) {
		st = rn_schema_add_like(t, s->label[i], NULL, err);
		if (st == RN_OK)
			st = rn_schema_add_label(t, s->label[i]->name, err);
	}
	for (size_t i = 0; i < n && st == RN_OK; i++)
		st = rn_schema_find(t, result[i].name)
			? rn_fail(err, RN_EDATA,
				  "label %s has the name of a result: rename it with rns-sel --rename "
				  "%s=my_%s",
				  result[i].name, result[i].name, result[i].name)
			: rn_schema_add_column(t, result[i].name, result[i].type, 0, NULL, err);
	return st;
}

enum rn_status
rn_groups_row(const struct rn_groups *s, const struct rn_group *g, const struct rn_schema *table,
	const double value[], struct rn_writer *w, struct rn_error *err)
{
	size_t room = 1;
	uint8_t *record = rn_writer_reserve(w, &room, err);

	if (!record)
		return err->status;
	for (size_t i = 0; i < table->columns; i++)
		rn_put_f64(&table->column[i], record, 0, i < s->labels ? g->label[i] : value[i - s->labels]);
	return rn_writer_commit(w, 1, err);
}
