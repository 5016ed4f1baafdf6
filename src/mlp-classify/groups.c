#include "groups.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- columns ------------------------------------------------------------------------ */

static enum rn_status
add_column(struct key_columns *k, const struct rn_column *c, struct rn_error *err)
{
	const struct rn_column **column;

	for (size_t i = 0; i < k->n; i++)
		if (k->column[i] == c)
			return RN_OK;
	column = reallocarray(k->column, k->n + 1, sizeof *column);
	if (!column)
		return rn_fail_memory(err, "group columns");
	k->column = column;
	k->column[k->n++] = c;
	k->bytes += c->bytes;
	return RN_OK;
}

static enum rn_status
find_keys(struct groups *s, const char *by, struct rn_error *err)
{
	char *names = strdup(by), *rest = names, *name;
	enum rn_status st = RN_OK;

	if (!names)
		return rn_fail_memory(err, "group columns");
	while (st == RN_OK && (name = strsep(&rest, ","))) {
		const struct rn_column *c;

		st = rn_schema_require_column(s->schema, name, &c, err);
		if (st == RN_OK && c->type == RN_BIT)
			st = rn_fail(err, RN_EDATA, "--collect %s: a column of bits makes no groups", name);
		if (st == RN_OK)
			st = add_column(&s->by, c, err);
	}
	free(names);
	for (size_t i = 0; i < s->by.n && st == RN_OK; i++)
		st = add_column(&s->all, s->by.column[i], err);
	for (size_t i = 0; i < s->schema->labels && st == RN_OK; i++)
		st = add_column(&s->all, rn_schema_find(s->schema, s->schema->label[i]), err);
	return st;
}

static bool
is_counter(const struct rn_column *c)
{
	return !c->ndim && (c->type == RN_U8 || c->type == RN_U16 || c->type == RN_U32 || c->type == RN_U64);
}

static enum rn_status
find_chains(struct groups *s, struct rn_error *err)
{
	static const char *const names[] = { "replica", "sweep", "id" };
	const struct rn_column **place[] = { &s->replica, &s->sweep, &s->id };

	for (size_t i = 0; i < 3; i++) {
		*place[i] = rn_schema_find(s->schema, names[i]);
		if (*place[i] && !is_counter(*place[i]) && !s->independent)
			return rn_fail(err, RN_EDATA,
				"column %s is no unsigned whole number: --independent ignores it", names[i]);
	}
	if (!s->replica || !s->sweep)
		s->independent = true;
	if (rn_schema_is_label(s->schema, "h"))
		s->h = rn_schema_find(s->schema, "h");
	return RN_OK;
}

/* What stands for -1 in real values: what the stream says, else what the network takes them for. */
static float
low_of(const struct rn_schema *schema, const struct rn_column *values, const struct rn_mlp *mlp)
{
	const char *units = values->type == RN_F32 ? rn_schema_get_key(schema, "units") : NULL;

	if (!units)
		return mlp->low;
	return units[0] == '0' ? 0 : -1;
}

enum rn_status
groups_begin(struct groups *s, const struct rn_schema *schema, const struct rn_mlp *mlp,
	const struct rn_column *values, const char *by, bool independent, struct rn_error *err)
{
	enum rn_status st;

	*s = (struct groups){ .schema = schema,
		.classes = mlp->classes,
		.q = mlp->classes,
		.independent = independent };
	if ((st = observables_begin(&s->observables, values, low_of(schema, values, mlp), mlp->high, err)) !=
		RN_OK)
		return st;
	if (s->observables.any)
		s->q += G + s->observables.distances + BINS;
	if ((st = find_keys(s, by, err)) != RN_OK || (st = find_chains(s, err)) != RN_OK)
		return st;
	s->group_keys.key_bytes = s->by.bytes;
	s->chain_keys.key_bytes = s->all.bytes + sizeof(uint64_t);
	s->key = calloc(1, s->chain_keys.key_bytes);
	s->last = calloc(1, s->chain_keys.key_bytes);
	return s->key && s->last ? RN_OK : rn_fail_memory(err, "groups");
}

void
groups_end(struct groups *s)
{
	for (size_t i = 0; i < s->ngroups; i++) {
		struct group *g = &s->group[i];

		free(g->key);
		rn_jackknife_destroy(g->jackknife);
		for (size_t k = 0; k < SERIES; k++)
			rn_correlator_destroy(g->correlator[k]);
		free(g->own);
		free(g->shared);
	}
	free(s->group);
	free(s->chain);
	keys_clear(&s->group_keys);
	keys_clear(&s->chain_keys);
	free(s->by.column);
	free(s->all.column);
	free(s->key);
	free(s->last);
	observables_end(&s->observables);
	*s = (struct groups){ 0 };
}

/* --- groups and chains -------------------------------------------------------------- */

/* One element more behind n of them; room doubles. */
static void *
grow(void *array, size_t n, size_t *room, size_t size)
{
	void *more = array;

	if (n == *room) {
		more = reallocarray(array, *room ? 2 * *room : 16, size);
		if (more)
			*room = *room ? 2 * *room : 16;
	}
	if (more)
		memset((char *)more + n * size, 0, size);
	return more;
}

static enum rn_status
new_group(struct groups *s, const uint8_t *record, struct rn_error *err)
{
	struct group *g, *all = grow(s->group, s->ngroups, &s->group_room, sizeof *s->group);

	if (!all)
		return rn_fail_memory(err, "groups");
	s->group = all;
	g = &all[s->ngroups++];
	g->h = s->h ? rn_get_f64(s->h, record, 0) : 0;
	g->key = malloc(s->by.bytes + 1);
	g->jackknife = rn_jackknife_create(s->q, BLOCKS_MAX);
	if (!g->key || !g->jackknife)
		return rn_fail_memory(err, "groups");
	memcpy(g->key, s->key, s->by.bytes);
	for (size_t k = 0; k < SERIES; k++)
		if (!(g->correlator[k] = rn_correlator_create()))
			return rn_fail_memory(err, "groups");
	return RN_OK;
}

static enum rn_status
begin_strand(struct group *g, struct strand *strand, bool independent, struct rn_error *err)
{
	strand->blocks = rn_jackknife_chain(g->jackknife, independent);
	if (!strand->blocks)
		return rn_fail_memory(err, "chains");
	for (size_t k = 0; !independent && k < SERIES; k++)
		if (!(strand->history[k] = rn_correlator_chain(g->correlator[k])))
			return rn_fail_memory(err, "chains");
	return RN_OK;
}

static enum rn_status
new_chain(struct groups *s, struct group *g, struct rn_error *err)
{
	struct chain *all = grow(s->chain, s->nchains, &s->chain_room, sizeof *s->chain);
	struct strand *own;

	if (!all)
		return rn_fail_memory(err, "chains");
	s->chain = all;
	if (g->nchains < BLOCKS_MAX) {
		own = grow(g->own, g->nown, &g->own_room, sizeof *g->own);
		if (!own)
			return rn_fail_memory(err, "chains");
		g->own = own;
		all[s->nchains++].place = (uint16_t)g->nchains++;
		return begin_strand(g, &own[g->nown++], false, err);
	}
	if (!g->shared && !(g->shared = calloc(BLOCKS_MAX * (s->q + 1), sizeof *g->shared)))
		return rn_fail_memory(err, "shared blocks");
	all[s->nchains++].place = (uint16_t)(BLOCKS_MAX + g->nchains++ % BLOCKS_MAX);
	return RN_OK;
}

/* Group columns stand first, the replica last. -0 counts as 0. */
static enum rn_status
take_key(const struct groups *s, const uint8_t *record, uint64_t replica, struct rn_error *err)
{
	uint8_t *key = s->key;

	for (size_t i = 0; i < s->all.n; key += s->all.column[i++]->bytes) {
		const struct rn_column *c = s->all.column[i];
		struct rn_column here = *c;

		memcpy(key, record + c->offset, c->bytes);
		here.offset = 0;
		for (size_t j = 0; (c->type == RN_F32 || c->type == RN_F64) && j < c->count; j++) {
			const double x = rn_get_f64(&here, key, j);

			if (isnan(x))
				return rn_fail(err, RN_EDATA,
					"%s is nan, which is in no group: drop such records", c->name);
			if (x == 0)
				rn_put_f64(&here, key, j, 0);
		}
	}
	memcpy(key, &replica, sizeof replica);
	return RN_OK;
}

static enum rn_status
refuse_order(uint64_t sweep, uint64_t before, uint64_t replica, struct rn_error *err)
{
	return rn_fail(err, RN_EDATA,
		"sweep %" PRIu64 " %s sweep %" PRIu64 " in the chain of replica %" PRIu64
		": shuffled or repeated (use --independent), or a label is missing that tells chains apart",
		sweep, sweep == before ? "again after" : "after", before, replica);
}

/* Sets last_group, and last_chain unless the record is independent. */
static enum rn_status
find_place(struct groups *s, const uint8_t *record, bool independent, uint64_t replica, struct rn_error *err)
{
	const size_t bytes = s->chain_keys.key_bytes;
	enum rn_status st = take_key(s, record, replica, err);
	uint32_t number;
	int added;

	if (st != RN_OK)
		return st;
	if (s->has_last && memcmp(s->key, s->last, bytes) == 0)
		return RN_OK;
	memcpy(s->last, s->key, bytes);
	s->has_last = true;

	number = keys_find(&s->group_keys, s->key, &added);
	if (number == KEYS_NONE)
		return rn_fail_memory(err, "groups");
	s->last_group = number;
	if (added && (st = new_group(s, record, err)) != RN_OK)
		return st;
	if (independent)
		return RN_OK;
	number = keys_find(&s->chain_keys, s->key, &added);
	if (number == KEYS_NONE)
		return rn_fail_memory(err, "chains");
	s->last_chain = number;
	return added ? new_chain(s, &s->group[s->last_group], err) : RN_OK;
}

struct place {
	struct strand *strand; /* NULL: the shared block */
	size_t shared;
};

/* The place in a group where a record belongs. */
static enum rn_status
find_sums(struct groups *s, const uint8_t *record, struct place *place, struct rn_error *err)
{
	const uint64_t sweep = s->independent ? 0 : rn_get_u64(s->sweep, record, 0);
	const uint64_t replica = s->independent ? 0 : rn_get_u64(s->replica, record, 0);
	const bool loose =
		s->independent || (sweep == 0 && s->id && replica == (uint32_t)rn_get_u64(s->id, record, 0));
	enum rn_status st = find_place(s, record, loose, loose ? UINT64_MAX : replica, err);

	if (st != RN_OK)
		return st;
	if (loose) {
		struct group *g = &s->group[s->last_group];

		place->strand = &g->loose;
		return g->loose.blocks ? RN_OK : begin_strand(g, &g->loose, true, err);
	}
	struct chain *c = &s->chain[s->last_chain];

	if (c->place < BLOCKS_MAX)
		place->strand = &s->group[s->last_group].own[c->place];
	place->shared = (size_t)c->place - BLOCKS_MAX;
	if (c->begun && sweep <= c->sweep)
		return refuse_order(sweep, c->sweep, replica, err);
	c->sweep = sweep;
	c->begun = true;
	return RN_OK;
}

/* --- records ------------------------------------------------------------------------ */

enum rn_status
groups_add(struct groups *s, const uint8_t *record, const float p[], struct rn_error *err)
{
	struct place place = { 0 };
	enum rn_status st = find_sums(s, record, &place, err);
	double series[SERIES] = { 0 }, *sum, m;
	struct group *g;

	if (st != RN_OK)
		return st;
	g = &s->group[s->last_group];
	sum = place.strand ? rn_blocks_record(place.strand->blocks) : g->shared + place.shared * (s->q + 1);
	if (!sum)
		return rn_fail_memory(err, "jackknife blocks");
	if (!place.strand)
		sum[s->q]++;
	g->n++;
	if (s->h && rn_get_f64(s->h, record, 0) != g->h)
		g->h = NAN;
	for (size_t k = 0; k < s->classes; k++) {
		sum[k] += (double)p[k];
		series[2] += (double)k * (double)p[k];
	}
	if (s->observables.any) {
		double *o = sum + s->classes;
		const struct observed to = { &o[E], &o[M], &o[ABSM], &o[M2], &o[M4], o + G,
			o + G + s->observables.distances };

		observables_add(&s->observables, record, &to, &series[0], &m);
		series[1] = m * m;
	}
	for (size_t k = 0; place.strand && k < SERIES && place.strand->history[k]; k++)
		if (!rn_history_push(place.strand->history[k], series[k]))
			return rn_fail_memory(err, "correlator");
	return RN_OK;
}

/* A group's shared blocks behind the others. `inflate` is about the latter alone. */
static enum rn_status
append_shared(const struct group *g, struct rn_sample *s, struct rn_error *err)
{
	const double before = s->records, hidden = 1 - 1 / (s->inflate * s->inflate);
	double *sum = reallocarray(s->sum, s->n + BLOCKS_MAX, s->q * sizeof *sum), *count;

	if (sum)
		s->sum = sum;
	count = reallocarray(s->count, s->n + BLOCKS_MAX, sizeof *count);
	if (count)
		s->count = count;
	if (!sum || !count)
		return rn_fail_memory(err, "shared blocks");
	for (const double *row = g->shared; row < g->shared + BLOCKS_MAX * (s->q + 1); row += s->q + 1) {
		if (row[s->q] == 0)
			continue;
		memcpy(s->sum + s->n * s->q, row, s->q * sizeof *row);
		for (size_t k = 0; k < s->q; k++)
			s->total[k] += row[k];
		s->records += s->count[s->n++] = row[s->q];
	}
	s->inflate = 1 / sqrt(1 - hidden * before / s->records);
	return RN_OK;
}

enum rn_status
group_finish(struct group *g, struct rn_sample *sample, struct rn_error *err)
{
	double slowest = 0.5;
	bool moves = false;
	enum rn_status st;

	for (size_t k = 0; g->nown && k < SERIES; k++) {
		const struct rn_tau tau = rn_correlator_tau(g->correlator[k]);

		slowest = fmax(slowest, tau.tau); /* of NaN and a number: the number */
		g->open = g->open || (tau.open && !isnan(tau.tau));
		moves = moves || rn_correlator_at(g->correlator[k], 0, 0) > 0;
	}
	st = rn_jackknife_finish(g->jackknife, slowest, sample, err);
	g->few = st == RN_OK && moves && sample->few; /* a constant has no error that could be too small */
	return st == RN_OK && g->shared ? append_shared(g, sample, err) : st;
}

void
group_judge_phases(struct group *g, const struct rn_estimate observed[])
{
	const double m = fabs(observed[M].value);

	g->one_phase = g->nchains && g->h == 0 && m > PHASE_ERRORS * observed[M].error &&
		m > PHASE_PART * observed[ABSM].value;
}

/* --- doubts ------------------------------------------------------------------------- */

enum { SHOWN = 4 }; /* elements of a group column that is a vector */

static bool
describe(const struct groups *s, const struct group *g, struct rn_text *text)
{
	const uint8_t *key = g->key;
	bool ok = true;

	for (size_t i = 0; ok && i < s->by.n; key += s->by.column[i++]->bytes) {
		struct rn_column here = *s->by.column[i];

		here.offset = 0;
		ok = rn_text_printf(text, "%s%.80s", i ? ", " : "", here.name);
		for (size_t j = 0; ok && j < here.count && j < SHOWN; j++) {
			char number[RN_NUMBER_MAX];

			rn_print_f64(number, rn_get_f64(&here, key, j));
			ok = rn_text_printf(text, " %s", number);
		}
		if (ok && here.count > SHOWN)
			ok = rn_text_printf(text, " ...");
	}
	return ok;
}

/* The first of the groups that are so, and the number of the others. */
static bool
name_groups(const struct groups *s, bool (*is_so)(const struct group *g), struct rn_text *text)
{
	const struct group *first = NULL;
	size_t others = 0;

	for (size_t i = 0; i < s->ngroups; i++) {
		if (!is_so(&s->group[i]))
			continue;
		others += first != NULL;
		first = first ? first : &s->group[i];
	}
	if (!first)
		return true;
	return describe(s, first, text) &&
		(!others || rn_text_printf(text, " (and %zu more group%s)", others, others > 1 ? "s" : ""));
}

static bool
has_small_errors(const struct group *g)
{
	return g->few || g->open;
}

static bool
is_in_one_phase(const struct group *g)
{
	return g->one_phase;
}

bool
groups_small_errors(const struct groups *s, struct rn_text *text)
{
	bool few = false;

	for (size_t i = 0; i < s->ngroups; i++)
		few = few || s->group[i].few;
	if (!name_groups(s, has_small_errors, text))
		return false;
	return !text->length ||
		rn_text_printf(text, ": %s; the errors are too small; use more records, or farther apart",
			few ? "fewer than 20 blocks of 16 tau" : "the chains end before tau is known");
}

bool
groups_in_one_phase(const struct groups *s, struct rn_text *text)
{
	if (!name_groups(s, is_in_one_phase, text))
		return false;
	return !text->length ||
		rn_text_printf(text,
			": one phase only, m of one sign, and a network may tell the two apart; sample both "
			"with --replicas");
}
