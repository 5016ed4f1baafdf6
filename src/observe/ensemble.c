#include "ensemble.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/text.h"
#include "result.h"

/* What a chain, or the independent records of a group, keep of one level. */
struct strand {
	struct rn_blocks *blocks;
	struct rn_history *history[SERIES_MAX]; /* NULL of independent records */
};

struct chain {
	struct keyed keyed; /* its key: the values of all key columns, and the replica */
	struct group *group;
	struct chain *follows; /* the chain whose record came after this one's, last time */
	uint64_t sweep;
	struct strand strand[];
};

/* Columns whose values, one behind the other, are a key. -0 counts as 0. */
struct key {
	const struct rn_column **column;
	size_t n, bytes;
};

/* A stretch of the record in which key columns lie side by side. */
struct range {
	size_t offset, bytes;
};

struct ensemble {
	const struct analysis *analysis;
	struct meter *meter; /* one a level */
	const struct levels *levels;
	const struct rn_schema *schema;
	bool independent;
	const struct rn_column *replica, *sweep, *id;
	const struct rn_column *fact[FACTS]; /* NULL: there is no such label */
	bool varies[FACTS], any_varies;	     /* within a group: no group column */

	struct key by, all; /* group columns; those and the other labels */
	struct range *range;
	size_t ranges;

	struct keyed_map groups, chains;
	struct group *first, **last_next;

	/* Where the last record belonged: most often, so does the next. */
	uint8_t *raw; /* its key columns, as they stood in the record */
	uint8_t *key; /* the same as a key, with room for the replica */
	struct group *group;
	struct chain *chain;
};

/* --- keys ------------------------------------------------------------------ */

static enum rn_status
key_add(struct key *k, const struct rn_column *c, struct rn_error *err)
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

static bool
is_float(const struct rn_column *c)
{
	return c->type == RN_F32 || c->type == RN_F64;
}

static enum rn_status
key_take(const struct key *k, const uint8_t *record, uint8_t *key, struct rn_error *err)
{
	for (size_t i = 0; i < k->n; key += k->column[i++]->bytes) {
		const struct rn_column *c = k->column[i];
		struct rn_column here = *c;

		memcpy(key, record + c->offset, c->bytes);
		here.offset = 0;
		for (size_t j = 0; is_float(c) && j < c->count; j++) {
			double x = rn_get_f64(&here, key, j);

			if (isnan(x))
				return rn_fail(err, RN_EDATA,
					"%s is nan, which is in no group: drop such records", c->name);
			if (x == 0)
				rn_put_f64(&here, key, j, 0);
		}
	}
	return RN_OK;
}

static bool
range_same(const struct ensemble *s, const uint8_t *record)
{
	const uint8_t *raw = s->raw;

	for (size_t i = 0; i < s->ranges; raw += s->range[i++].bytes)
		if (memcmp(raw, record + s->range[i].offset, s->range[i].bytes))
			return false;
	return true;
}

static void
range_save(struct ensemble *s, const uint8_t *record)
{
	uint8_t *raw = s->raw;

	for (size_t i = 0; i < s->ranges; raw += s->range[i++].bytes)
		memcpy(raw, record + s->range[i].offset, s->range[i].bytes);
}

static enum rn_status
find_ranges(struct ensemble *s, struct rn_error *err)
{
	s->range = calloc(s->all.n + 1, sizeof *s->range);
	s->raw = calloc(1, s->all.bytes + 1);
	s->key = calloc(1, s->all.bytes + sizeof(uint64_t));
	if (!s->range || !s->raw || !s->key)
		return rn_fail_memory(err, "group columns");
	for (size_t i = 0; i < s->schema->columns; i++) {
		const struct rn_column *c = &s->schema->column[i];
		struct range *r = s->range + s->ranges;
		bool used = false;

		for (size_t j = 0; j < s->all.n; j++)
			used = used || s->all.column[j] == c;
		if (used && s->ranges && r[-1].offset + r[-1].bytes == c->offset)
			r[-1].bytes += c->bytes;
		else if (used) {
			*r = (struct range){ c->offset, c->bytes };
			s->ranges++;
		}
	}
	return RN_OK;
}

static enum rn_status
group_columns(struct ensemble *s, const char *by, struct rn_error *err)
{
	enum rn_status st = RN_OK;
	char *names = by ? strdup(by) : NULL, *rest = names, *name;

	if (by && !names)
		return rn_fail_memory(err, "group columns");
	while (st == RN_OK && (name = strsep(&rest, ","))) {
		const struct rn_column *c;

		st = rn_schema_require_column(s->schema, name, &c, err);
		if (st == RN_OK && c->type == RN_BIT)
			st = rn_fail(err, RN_EDATA, "--by %s: a column of bits makes no groups", name);
		if (st == RN_OK)
			st = key_add(&s->by, c, err);
	}
	free(names);
	for (size_t i = 0; !by && i < s->schema->labels && st == RN_OK; i++)
		st = key_add(&s->by, rn_schema_find(s->schema, s->schema->label[i]), err);

	for (size_t i = 0; i < s->by.n && st == RN_OK; i++)
		st = key_add(&s->all, s->by.column[i], err);
	for (size_t i = 0; i < s->schema->labels && st == RN_OK; i++)
		st = key_add(&s->all, rn_schema_find(s->schema, s->schema->label[i]), err);
	return st == RN_OK ? find_ranges(s, err) : st;
}

/* --- life ------------------------------------------------------------------ */

static bool
is_counter(const struct rn_column *c)
{
	return !c->ndim && (c->type == RN_U8 || c->type == RN_U16 || c->type == RN_U32 || c->type == RN_U64);
}

static const struct rn_column *
label_column(const struct rn_schema *schema, const char *name)
{
	const struct rn_column *c = rn_schema_is_label(schema, name) ? rn_schema_find(schema, name) : NULL;

	return c && !c->ndim ? c : NULL;
}

static bool
key_has(const struct key *k, const struct rn_column *c)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->column[i] == c)
			return true;
	return false;
}

static enum rn_status
find_columns(struct ensemble *s, struct rn_error *err)
{
	static const char *const names[] = { "replica", "sweep", "id" };
	static const char *const facts[FACTS] = { "T", "h", "kappa", "lambda", "mu2" };
	const struct rn_column **place[] = { &s->replica, &s->sweep, &s->id };

	for (size_t i = 0; i < 3; i++) {
		*place[i] = rn_schema_find(s->schema, names[i]);
		if (*place[i] && !is_counter(*place[i]) && !s->independent)
			return rn_fail(err, RN_EDATA,
				"column %s is no unsigned whole number: --independent ignores it", names[i]);
	}
	if (!s->replica || !s->sweep)
		s->independent = true;
	for (size_t i = 0; i < FACTS; i++) {
		s->fact[i] = label_column(s->schema, facts[i]);
		s->varies[i] = s->fact[i] && !key_has(&s->by, s->fact[i]);
		s->any_varies = s->any_varies || s->varies[i];
	}
	return RN_OK;
}

static enum rn_status
begin_meters(struct ensemble *s, const struct wish *wish, struct rn_error *err)
{
	s->meter = calloc(s->levels->n, sizeof *s->meter);
	if (!s->meter)
		return rn_fail_memory(err, "levels");
	for (size_t i = 0; i < s->levels->n; i++) {
		s->meter[i].l = s->levels->level[i].l;
		s->meter[i].type = s->levels->level[i].type;
		s->meter[i].first = s->meter;
		enum rn_status st = s->analysis->begin(&s->meter[i], wish, err);

		if (st != RN_OK)
			return st;
	}
	return RN_OK;
}

struct ensemble *
ensemble_create(const struct rn_schema *schema, const struct levels *levels, const struct analysis *analysis,
	const struct ensemble_options *options, struct rn_error *err)
{
	struct ensemble *s = calloc(1, sizeof *s);

	if (!s) {
		rn_fail_memory(err, "groups");
		return NULL;
	}
	*s = (struct ensemble){
		.analysis = analysis,
		.levels = levels,
		.schema = schema,
		.independent = options->independent,
		.last_next = &s->first,
	};
	if (group_columns(s, options->by, err) != RN_OK || find_columns(s, err) != RN_OK ||
		begin_meters(s, &options->wish, err) != RN_OK) {
		ensemble_destroy(s);
		return NULL;
	}
	s->groups = (struct keyed_map){ .entry_bytes = sizeof(struct group), .key_bytes = s->by.bytes };
	s->chains = (struct keyed_map){
		.entry_bytes = sizeof(struct chain) + levels->n * sizeof(struct strand),
		.key_bytes = s->all.bytes + sizeof(uint64_t),
	};
	return s;
}

static void
destroy_nothing(struct keyed *e)
{
	(void)e;
}

void
ensemble_destroy(struct ensemble *s)
{
	if (!s)
		return;
	for (struct group *g = s->first; g; g = g->next) {
		for (size_t i = 0; i < s->levels->n; i++) {
			rn_jackknife_destroy(g->cell[i].jackknife);
			for (size_t k = 0; k < s->analysis->series; k++)
				rn_correlator_destroy(g->cell[i].correlator[k]);
		}
		free(g->cell);
		free(g->loose);
	}
	keyed_clear(&s->groups, destroy_nothing);
	keyed_clear(&s->chains, destroy_nothing);
	for (size_t i = 0; s->meter && i < s->levels->n; i++)
		if (s->analysis->end)
			s->analysis->end(&s->meter[i]);
	free(s->meter);
	free(s->by.column);
	free(s->all.column);
	free(s->range);
	free(s->raw);
	free(s->key);
	free(s);
}

/* --- groups and chains ----------------------------------------------------- */

static bool
begin_cells(struct ensemble *s, struct group *g)
{
	g->cell = calloc(s->levels->n, sizeof *g->cell);
	for (size_t i = 0; g->cell && i < s->levels->n; i++) {
		if (s->analysis->prepare && !s->analysis->prepare(&s->meter[i]))
			return false;
		g->cell[i].jackknife = rn_jackknife_create(s->meter[i].q, BLOCKS_MAX);
		if (!g->cell[i].jackknife)
			return false;
		for (size_t k = 0; k < s->analysis->series; k++) {
			g->cell[i].correlator[k] = rn_correlator_create();
			if (!g->cell[i].correlator[k])
				return false;
		}
	}
	return g->cell;
}

static bool
begin_strand(struct ensemble *s, struct group *g, size_t level, struct strand *strand, bool independent)
{
	struct cell *cell = &g->cell[level];

	strand->blocks = rn_jackknife_chain(cell->jackknife, independent);
	for (size_t k = 0; !independent && k < s->analysis->series; k++) {
		strand->history[k] = rn_correlator_chain(cell->correlator[k]);
		if (!strand->history[k])
			return false;
	}
	cell->has_chains = cell->has_chains || !independent;
	return strand->blocks;
}

static struct group *
new_group(struct ensemble *s, const uint8_t *record, const uint8_t *key)
{
	struct group *g = (struct group *)keyed_add(&s->groups, key);

	if (!g)
		return NULL;
	if (!begin_cells(s, g)) {
		/* linked below only when whole: what it has so far goes with it */
		for (size_t i = 0; g->cell && i < s->levels->n; i++) {
			rn_jackknife_destroy(g->cell[i].jackknife);
			for (size_t k = 0; k < s->analysis->series; k++)
				rn_correlator_destroy(g->cell[i].correlator[k]);
		}
		free(g->cell);
		return NULL;
	}
	for (size_t i = 0; i < s->levels->n; i++)
		for (size_t k = 0; k < FACTS; k++)
			g->cell[i].fact[k] = s->fact[k] ? rn_get_f64(s->fact[k], record, 0)
				: k == FACT_H		? 0
							: NAN;
	*s->last_next = g;
	s->last_next = &g->next;
	return g;
}

/* The group of a record whose key columns differ from the last one's; also takes its key. */
static enum rn_status
find_group(struct ensemble *s, const uint8_t *record, struct rn_error *err)
{
	enum rn_status st = key_take(&s->all, record, s->key, err);

	if (st != RN_OK)
		return st;
	range_save(s, record);
	s->chain = NULL;
	s->group = (struct group *)keyed_find(&s->groups, s->key); /* group columns stand first in it */
	if (!s->group)
		s->group = new_group(s, record, s->key);
	return s->group ? RN_OK : rn_fail_memory(err, "groups");
}

static struct chain *
new_chain(struct ensemble *s)
{
	struct chain *c = (struct chain *)keyed_add(&s->chains, s->key);

	if (!c)
		return NULL;
	c->group = s->group;
	for (size_t i = 0; i < s->levels->n; i++)
		if (!begin_strand(s, s->group, i, &c->strand[i], false))
			return NULL;
	return c;
}

/* "T 2.5, h 0, replica 3": for people. */
static void
describe_chain(const struct ensemble *s, const uint8_t *record, uint64_t replica, struct rn_text *text)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->all.n; i++) {
		char number[RN_NUMBER_MAX];

		rn_print_f64(number, rn_get_f64(s->all.column[i], record, 0));
		ok = rn_text_printf(text, "%s %s, ", s->all.column[i]->name, number);
	}
	if (ok && !rn_text_printf(text, "replica %" PRIu64, replica))
		return;
}

static enum rn_status
refuse_order(const struct ensemble *s, const uint8_t *record, uint64_t sweep, uint64_t replica, uint64_t last,
	struct rn_error *err)
{
	struct rn_text chain = { 0 };

	describe_chain(s, record, replica, &chain);
	rn_fail(err, RN_EDATA,
		"sweep %" PRIu64 " %s sweep %" PRIu64
		" in the chain %.200s: shuffled or repeated (use --independent), "
		"or runs with the same replicas (runs of other seeds need --first-id)",
		sweep, sweep == last ? "again after" : "after", last, chain.data ? chain.data : "");
	rn_text_clear(&chain);
	return RN_EDATA;
}

/* The chain of a record: that of the last one, or the one that came next last time, or looked up. */
static enum rn_status
find_chain(struct ensemble *s, const uint8_t *record, uint64_t sweep, uint64_t replica, struct rn_error *err)
{
	struct chain *before = s->chain, *c = before;
	size_t bytes = s->chains.key_bytes;

	memcpy(s->key + s->all.bytes, &replica, sizeof replica);
	if (!c || memcmp(keyed_key(&s->chains, &c->keyed), s->key, bytes)) {
		c = before ? before->follows : NULL;
		if (!c || memcmp(keyed_key(&s->chains, &c->keyed), s->key, bytes))
			c = (struct chain *)keyed_find(&s->chains, s->key);
		if (c && sweep <= c->sweep)
			return refuse_order(s, record, sweep, replica, c->sweep, err);
		if (!c)
			c = new_chain(s);
		if (!c)
			return rn_fail_memory(err, "chains");
		if (before)
			before->follows = c;
	} else if (sweep <= c->sweep)
		return refuse_order(s, record, sweep, replica, c->sweep, err);
	c->sweep = sweep;
	s->chain = c;
	return RN_OK;
}

static enum rn_status
find_loose(struct ensemble *s, struct rn_error *err)
{
	struct group *g = s->group;
	struct strand *strand;

	if (g->loose)
		return RN_OK;
	strand = calloc(s->levels->n, sizeof *strand);
	for (size_t i = 0; strand && i < s->levels->n; i++)
		if (!begin_strand(s, g, i, &strand[i], true)) {
			free(strand);
			strand = NULL;
		}
	g->loose = strand;
	return strand ? RN_OK : rn_fail_memory(err, "independent records");
}

/* --- records --------------------------------------------------------------- */

static enum rn_status
refuse_infinite(const struct levels *levels, size_t i, struct rn_error *err)
{
	char level[32] = "";

	if (levels->several)
		snprintf(level, sizeof level, " at level %u", levels->level[i].number);
	return rn_fail(err, RN_EDATA,
		"the field%s is not finite (nan or inf); drop such records, or look where they come from",
		level);
}

static enum rn_status
measure(struct ensemble *s, struct strand *strand, const uint8_t *record, struct rn_error *err)
{
	for (size_t i = 0; i < s->levels->n; i++) {
		double series[SERIES_MAX], *sum = rn_blocks_record(strand[i].blocks);

		if (!sum)
			return rn_fail_memory(err, "jackknife blocks");
		s->meter[i].cell = &s->group->cell[i];
		s->analysis->measure(&s->meter[i], record + s->levels->level[i].offset, sum, series);
		s->group->cell[i].n++;
		for (size_t k = 0; k < s->analysis->series; k++)
			if (!isfinite(series[k]))
				return refuse_infinite(s->levels, i, err);
		for (size_t k = 0; k < s->analysis->series && strand[i].history[k]; k++)
			if (!rn_history_push(strand[i].history[k], series[k]))
				return rn_fail_memory(err, "correlator");
	}
	return RN_OK;
}

/* A label that is no group column must be the same all through a group for its value to mean anything. */
static void
note_varying(struct ensemble *s, const uint8_t *record)
{
	for (size_t i = 0; i < s->levels->n; i++)
		for (size_t k = 0; k < FACTS; k++) {
			double *fact = &s->group->cell[i].fact[k];

			if (s->varies[k] && rn_get_f64(s->fact[k], record, 0) != *fact)
				*fact = NAN;
		}
}

enum rn_status
ensemble_add(struct ensemble *s, const uint8_t *record, struct rn_error *err)
{
	uint64_t sweep = 0, replica = 0;
	bool independent = s->independent;
	enum rn_status st = RN_OK;

	if (!s->group || !range_same(s, record)) {
		st = find_group(s, record, err);
		if (st != RN_OK)
			return st;
		if (s->any_varies)
			note_varying(s, record);
	}
	if (!independent) {
		sweep = rn_get_u64(s->sweep, record, 0);
		replica = rn_get_u64(s->replica, record, 0);
		independent = sweep == 0 && s->id && replica == (uint32_t)rn_get_u64(s->id, record, 0);
	}
	st = independent ? find_loose(s, err) : find_chain(s, record, sweep, replica, err);
	if (st != RN_OK)
		return st;
	return measure(s, independent ? s->group->loose : s->chain->strand, record, err);
}

/* --- the table ------------------------------------------------------------- */

static enum rn_type
type_of(const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(name, "n") || !strcmp(name, "r") || !strcmp(name, "mode"))
		return RN_U64;
	return n > 5 && !strcmp(name + n - 5, "_flag") ? RN_I8 : RN_F64;
}

enum rn_status
ensemble_table(const struct ensemble *s, struct table *t, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	*t = (struct table){ .schema = rn_schema_create("table") };
	if (!t->schema)
		return rn_fail_memory(err, "table");
	for (size_t i = 0; i < s->by.n && st == RN_OK; i++) {
		const char *name = s->by.column[i]->name;

		st = rn_schema_add_like(t->schema, s->by.column[i], NULL, err);
		if (st == RN_OK && rn_schema_is_label(s->schema, name))
			st = rn_schema_add_label(t->schema, name, err);
	}
	if (st == RN_OK && s->levels->several)
		st = result_add_column(t->schema, "level", RN_U32, err);
	t->first = t->schema->columns;
	for (const char *const *c = s->analysis->columns; *c && st == RN_OK; c++)
		st = result_add_column(t->schema, *c, type_of(*c), err);
	if (st == RN_OK && !(t->record = calloc(1, t->schema->record_bytes)))
		st = rn_fail_memory(err, "table");
	return st;
}

enum rn_status
table_row(struct table *t, const double values[], struct rn_error *err)
{
	for (size_t i = t->first; i < t->schema->columns; i++)
		rn_put_f64(&t->schema->column[i], t->record, 0, values[i - t->first]);
	return rn_writer_put(t->writer, t->record, 1, err);
}

static bool
was_blocked(const struct rn_schema *schema)
{
	for (size_t i = 0; i < schema->histories; i++)
		if (!strncmp(schema->history[i], "blockspin ", 10))
			return true;
	return false;
}

enum rn_status
ensemble_report(struct ensemble *s, struct table *t, struct rn_error *err)
{
	for (size_t i = 0; i < s->levels->n; i++)
		s->meter[i].blocked = s->levels->level[i].number > 0 || was_blocked(s->schema);
	for (struct group *g = s->first; g; g = g->next) {
		memcpy(t->record, keyed_key(&s->groups, &g->keyed), s->by.bytes);
		for (size_t i = 0; i < s->levels->n; i++) {
			enum rn_status st;

			if (s->levels->several)
				rn_put_u64(&t->schema->column[t->first - 1], t->record, 0,
					s->levels->level[i].number);
			st = s->analysis->report(&s->meter[i], &g->cell[i], t, err);
			if (st != RN_OK)
				return st;
		}
	}
	return RN_OK;
}

enum rn_status
cell_finish(struct cell *c, size_t series, struct rn_sample *sample, struct rn_error *err)
{
	double slowest = 0.5;
	bool moves = false;
	enum rn_status st;

	for (size_t k = 0; c->has_chains && k < series; k++) {
		struct rn_tau tau = rn_correlator_tau(c->correlator[k]);

		slowest = fmax(slowest, tau.tau); /* of NaN and a number: the number */
		c->open = c->open || (tau.open && !isnan(tau.tau));
		moves = moves || rn_correlator_at(c->correlator[k], 0, 0) > 0;
	}
	st = rn_jackknife_finish(c->jackknife, slowest, sample, err);
	c->few = moves && sample->few; /* a constant has no error that could be too small */
	return st;
}

static void
same(const double mean[], double out[], void *arg)
{
	const struct meter *m = arg;

	for (size_t i = 0; i < m->q; i++)
		out[i] = mean[i];
}

enum rn_status
cell_means(struct meter *m, struct cell *c, size_t series, struct rn_estimate mean[], struct rn_error *err)
{
	struct rn_sample sample = { 0 };
	enum rn_status st = cell_finish(c, series, &sample, err);

	if (st == RN_OK)
		st = rn_jackknife(&sample, same, m, m->q, mean, err);
	rn_sample_clear(&sample);
	return st;
}

uint64_t
ensemble_outside(const struct ensemble *s)
{
	uint64_t outside = 0;

	for (size_t i = 0; i < s->levels->n; i++)
		outside += s->meter[i].outside;
	return outside;
}

uint64_t
ensemble_faint(const struct ensemble *s)
{
	uint64_t faint = 0;

	for (size_t i = 0; i < s->levels->n; i++)
		faint += s->meter[i].faint;
	return faint;
}

/* --- doubts ---------------------------------------------------------------- */

/* "T 2.5, h 0" */
static bool
describe_group(const struct ensemble *s, const struct group *g, struct rn_text *text)
{
	const uint8_t *key = keyed_key(&s->groups, &g->keyed);
	bool ok = s->by.n || rn_text_printf(text, "all records");

	for (size_t i = 0; ok && i < s->by.n; key += s->by.column[i++]->bytes) {
		struct rn_column here = *s->by.column[i];
		char number[RN_NUMBER_MAX];

		here.offset = 0;
		rn_print_f64(number, rn_get_f64(&here, key, 0));
		ok = rn_text_printf(text, "%s%.80s %s", i ? ", " : "", here.name, number);
	}
	return ok;
}

bool
ensemble_doubts(const struct ensemble *s, struct rn_text *text)
{
	const struct group *first = NULL;
	uint64_t groups = 0;
	bool few = false, ok = true;

	for (const struct group *g = s->first; g; g = g->next) {
		bool doubt = false;

		for (size_t i = 0; i < s->levels->n; i++) {
			doubt = doubt || g->cell[i].few || g->cell[i].open;
			few = few || g->cell[i].few;
		}
		first = first || !doubt ? first : g;
		groups += doubt;
	}
	if (!first)
		return true;
	ok = describe_group(s, first, text);
	if (ok && groups > 1)
		ok = rn_text_printf(text, " (and %" PRIu64 " more group%s)", groups - 1,
			groups > 2 ? "s" : "");
	return ok &&
		rn_text_printf(text, ": %s; the errors are too small; use a larger -n or --every",
			few ? "fewer than 20 blocks of 16 tau" : "the chains end before tau is known");
}
