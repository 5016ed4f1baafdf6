/*
 * observe - measure Ising configurations and fields: means with errors, one row a group
 *
 * Reads   spins: label columns, replica, sweep, id, and bits `spins`, `spins.1`, ...;
 *         or field: the same, with f32 or f64 `phi`, `phi.1`, ...;
 *         or samples: label columns and `x`, of bits or real numbers.
 * Writes  table: one row for each group of records and level (moments.c, field_moments.c),
 *         a histogram (histogram.c), the two-point function (correlation.c), the structure
 *         factor (spectrum.c), the magnetisation at another mu2 (reweight.c), or one row a record (raw.c).
 *
 * Errors  jackknife over blocks of chains, longer than they remember (renorm/stats.h).
 * Cost    time O(N / 64) a record of spins, O(N L / 128) with --correlation; O(N) and O(N L) of fields;
 *         O(N + L^2) with --structure. Memory constant a group and a chain (ensemble.h).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"
#include "raw.h"
#include "renorm/stage.h"

struct options {
	struct rn_common common;
	struct ensemble_options ensemble;
	const struct analysis *analysis;
	const char *mode;		    /* the option that chose it; NULL: the default */
	const char *bin, *range, *reweight; /* as given, for the history */
	double *to;			    /* the values of --reweight */
	bool raw;
};

enum {
	KEY_BY = 0x100,
	KEY_INDEPENDENT,
	KEY_HISTOGRAM,
	KEY_BIN,
	KEY_RANGE,
	KEY_CORRELATION,
	KEY_STRUCTURE,
	KEY_REWEIGHT,
	KEY_RAW,
};

static const struct argp_option table_of_options[] = {
	{ "by", KEY_BY, "COLUMN,...", 0, "Group by these columns (the labels)", 1 },
	{ "independent", KEY_INDEPENDENT, NULL, 0, "Take each record as independent of all others", 1 },
	{ NULL, 0, NULL, 0, "Instead of moments, one of:", 2 },
	{ "histogram", KEY_HISTOGRAM, "m|e", 0, "The distribution of m or e", 2 },
	{ "bin", KEY_BIN, "WIDTH", 0,
		"Its bins (each value its own where there are at most 1025, else 0.01; of fields 0.05)", 2 },
	{ "range", KEY_RANGE, "M", 0, "Of fields: bins for m from -M to M (3)", 2 },
	{ "correlation", KEY_CORRELATION, NULL, 0, "The two-point function along the axes", 2 },
	{ "structure", KEY_STRUCTURE, NULL, 0, "The structure factor along the axes", 2 },
	{ "reweight", KEY_REWEIGHT, "mu2=LIST", 0,
		"Of fields: the magnetisation at these values of mu2, from the weights of level 0", 2 },
	{ "raw", KEY_RAW, NULL, 0, "The time series: a row a record", 2 },
	{ 0 },
};

static void
choose(struct options *o, const char *mode, const struct analysis *analysis)
{
	if (o->mode && strcmp(o->mode, mode))
		rn_die(RN_EUSAGE, "%s and %s: one of them at a time", o->mode, mode);
	o->mode = mode;
	o->analysis = analysis;
}

static void
check_together(const struct options *o)
{
	if (o->bin && o->analysis != &histogram_m && o->analysis != &histogram_e)
		rn_die(RN_EUSAGE, "--bin %s without --histogram: say of what", o->bin);
	if (o->range && o->analysis != &histogram_m)
		rn_die(RN_EUSAGE, "--range %s is for --histogram m, of fields", o->range);
	if (o->raw && (o->ensemble.by || o->ensemble.independent))
		rn_die(RN_EUSAGE, "--raw makes no groups: leave out %s",
			o->ensemble.by ? "--by" : "--independent");
}

static void
take_targets(struct options *o, const char *arg)
{
	if (strncmp(arg, "mu2=", 4) != 0)
		rn_die(RN_EUSAGE, "--reweight %s: give mu2= and a list of its values", arg);
	free(o->to);
	o->reweight = arg;
	o->to = rn_arg_list("--reweight", arg + 4, &o->ensemble.wish.targets);
	o->ensemble.wish.to = o->to;
	for (size_t i = 0; i < o->ensemble.wish.targets; i++)
		if (!isfinite(o->to[i]))
			rn_die(RN_EUSAGE, "--reweight %s: every mu2 must be finite", arg);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	static const char *const words[] = { "m", "e", NULL };
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_BY: o->ensemble.by = arg; return 0;
	case KEY_INDEPENDENT: o->ensemble.independent = true; return 0;
	case KEY_HISTOGRAM:
		o->ensemble.wish.energy = rn_arg_word("--histogram", arg, words) == 1;
		choose(o, "--histogram", o->ensemble.wish.energy ? &histogram_e : &histogram_m);
		return 0;
	case KEY_BIN:
		o->ensemble.wish.bin = rn_arg_f64("--bin", arg, 1e-6, 1e6);
		o->bin = arg;
		return 0;
	case KEY_RANGE:
		o->ensemble.wish.range = rn_arg_f64("--range", arg, 1e-6, 1e6);
		o->range = arg;
		return 0;
	case KEY_CORRELATION: choose(o, "--correlation", &correlation); return 0;
	case KEY_REWEIGHT:
		choose(o, "--reweight", &reweighting);
		take_targets(o, arg);
		return 0;
	case KEY_STRUCTURE: choose(o, "--structure", &spectrum); return 0;
	case KEY_RAW:
		choose(o, "--raw", NULL);
		o->raw = true;
		return 0;
	case ARGP_KEY_END: check_together(o); return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table_of_options,
	.parser = parse,
	.children = rn_common_children,
	.doc = "Measure Ising configurations and fields: means with errors, one row a group.",
};

static void
add_history(const struct options *o, const struct rn_schema *in, struct rn_schema *out)
{
	struct rn_text line = { 0 };
	struct rn_error err;

	rn_or_die(rn_schema_merge_history(out, in, &err), &err);
	rn_history_begin(&line, &o->common);
	if (o->ensemble.by)
		rn_history_add(&line, "--by", o->ensemble.by);
	if (o->ensemble.independent)
		rn_history_add(&line, "--independent", NULL);
	if (o->analysis == &histogram_m || o->analysis == &histogram_e)
		rn_history_add(&line, "--histogram", o->analysis == &histogram_e ? "e" : "m");
	if (o->bin)
		rn_history_add(&line, "--bin", o->bin);
	if (o->range)
		rn_history_add(&line, "--range", o->range);
	if (o->analysis == &correlation)
		rn_history_add(&line, "--correlation", NULL);
	if (o->reweight)
		rn_history_add(&line, "--reweight", o->reweight);
	if (o->analysis == &spectrum)
		rn_history_add(&line, "--structure", NULL);
	if (o->raw)
		rn_history_add(&line, "--raw", NULL);
	rn_history_end(&line, &o->common, out);
}

/* The input as one run of records: all segments must have the schema of the first. */
struct input {
	struct rn_reader *reader;
	struct rn_schema *schema; /* of the first segment, with the history of all so far */
	char *file;		  /* it came from */
	struct rn_progress progress;
};

static void
open_input(struct input *in, const struct rn_common *common)
{
	const struct rn_schema *schema;
	struct rn_error err;

	in->reader = rn_open_input(common);
	rn_or_die(rn_reader_segment(in->reader, &schema, &err), &err);
	in->schema = rn_schema_copy(schema);
	in->file = strdup(rn_reader_file(in->reader));
	if (!in->schema || !in->file)
		rn_die(RN_ENOMEM, "out of memory (schema)");
	rn_progress_begin(&in->progress, common, "records", 0);
}

static _Noreturn void
die_of_schema(const struct input *in, const struct rn_error *err)
{
	if (err->status == RN_EDATA)
		rn_die(err->status, "%s: segment 1: %s", in->file, err->text);
	rn_die(err->status, "%s", err->text);
}

/* False after the last segment. */
static bool
next_segment(struct input *in)
{
	const struct rn_schema *schema;
	struct rn_error err;

	if (rn_or_die(rn_reader_segment(in->reader, &schema, &err), &err) == RN_END)
		return false;
	if (rn_schema_match(in->schema, schema, &err) != RN_OK)
		rn_die(RN_EDATA, "%s: segment %" PRIu64 " does not go with segment 1 (%s): %s",
			rn_reader_file(in->reader), rn_reader_segment_index(in->reader), in->file, err.text);
	rn_or_die(rn_schema_merge_history(in->schema, schema, &err), &err);
	return true;
}

static void
close_input(struct input *in)
{
	rn_progress_end(&in->progress);
	rn_reader_close(in->reader);
	rn_schema_destroy(in->schema);
	free(in->file);
}

/* What is done with each record. */
typedef enum rn_status (*record_function)(void *arg, const uint8_t *record, struct rn_error *err);

static void
each_record(struct input *in, record_function f, void *arg)
{
	const void *records;
	struct rn_error err;
	size_t n;

	do
		while (rn_or_die(rn_reader_next(in->reader, &records, &n, &err), &err) == RN_OK) {
			const uint8_t *record = records;

			for (size_t i = 0; i < n; i++, record += in->schema->record_bytes)
				if (f(arg, record, &err) != RN_OK)
					rn_or_die(err.status == RN_EDATA
							? rn_reader_locate(in->reader, i, &err)
							: err.status,
						&err);
			rn_progress_add(&in->progress, n);
		}
	while (next_segment(in));
}

/* Whether a comma-separated list has this name. */
static bool
is_listed(const char *list, const char *name)
{
	const size_t length = strlen(name);

	for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (strncmp(p, name, length) == 0 && (p[length] == ',' || !p[length]))
			return true;
	return false;
}

/* What takes the records, and sees whether it groups steps of a flow together. */
struct grouping {
	struct ensemble *ensemble;
	const struct rn_column *step; /* a label that groups are not made by; NULL: none */
	bool any, several;	      /* steps so far */
	double first;
};

static const struct rn_column *
step_not_grouped(const struct options *o, const struct rn_schema *s)
{
	if (!o->ensemble.by || o->ensemble.independent || !rn_schema_is_label(s, "step") ||
		is_listed(o->ensemble.by, "step"))
		return NULL;
	return rn_schema_find(s, "step");
}

static enum rn_status
add_to_ensemble(void *arg, const uint8_t *record, struct rn_error *err)
{
	struct grouping *g = arg;

	if (g->step) {
		const double step = rn_get_f64(g->step, record, 0);

		g->first = g->any ? g->first : step;
		g->several |= step < g->first || step > g->first;
		g->any = true;
	}
	return ensemble_add(g->ensemble, record, err);
}

static void
observe_groups(const struct options *o, struct input *in, const struct levels *levels)
{
	struct rn_error err;
	struct rn_text doubts = { 0 };
	struct table t;
	struct grouping grouping = { .step = step_not_grouped(o, in->schema) };
	struct ensemble *s = ensemble_create(in->schema, levels, o->analysis, &o->ensemble, &err);

	if (!s || ensemble_table(s, &t, &err) != RN_OK)
		die_of_schema(in, &err);
	t.writer = rn_open_output(&o->common);
	grouping.ensemble = s;
	each_record(in, add_to_ensemble, &grouping);
	add_history(o, in->schema, t.schema);
	rn_or_die(rn_writer_segment(t.writer, t.schema, &err), &err);
	rn_or_die(ensemble_report(s, &t, &err), &err);
	rn_or_die(rn_writer_close(t.writer, &err), &err);
	if (!in->progress.done)
		rn_remark(&o->common, "%s: no records, so no rows", in->file);
	if (ensemble_outside(s))
		rn_remark(&o->common, "%" PRIu64 " of the m are outside of the bins: use a larger --range",
			ensemble_outside(s));
	if (ensemble_faint(s))
		rn_remark(&o->common,
			"%" PRIu64
			" rows come from fewer than 100 effective records (n_eff): not to be trusted",
			ensemble_faint(s));
	if (grouping.several)
		rn_remark(&o->common, "the steps of a flow are not independent: add step to --by");
	if (!ensemble_doubts(s, &doubts))
		rn_die(RN_ENOMEM, "out of memory (remark)");
	if (doubts.length)
		rn_remark(&o->common, "%s", doubts.data);
	rn_text_clear(&doubts);
	rn_schema_destroy(t.schema);
	free(t.record);
	ensemble_destroy(s);
}

struct time_series {
	struct raw *raw;
	struct rn_writer *writer;
};

static enum rn_status
add_to_series(void *arg, const uint8_t *record, struct rn_error *err)
{
	const struct time_series *s = arg;

	return raw_add(s->raw, record, s->writer, err);
}

static void
observe_records(const struct options *o, struct input *in, const struct levels *levels)
{
	struct rn_error err;
	struct time_series s = { .raw = raw_create(in->schema, levels, &err) };

	if (!s.raw)
		die_of_schema(in, &err);
	s.writer = rn_open_output(&o->common);
	add_history(o, in->schema, raw_schema(s.raw));
	rn_or_die(rn_writer_segment(s.writer, raw_schema(s.raw), &err), &err);
	each_record(in, add_to_series, &s);
	rn_or_die(rn_writer_close(s.writer, &err), &err);
	raw_destroy(s.raw);
}

/* What is measured of fields differs from what is of spins; which there are is known only now. */
static void
choose_for(struct options *o, const struct levels *levels)
{
	if (levels->fields && o->analysis == &moments)
		o->analysis = &field_moments;
	if (levels->fields && o->analysis == &histogram_e)
		rn_die(RN_EUSAGE, "--histogram e is for spins; of a field there is --histogram m");
	if (!levels->fields && o->range)
		rn_die(RN_EUSAGE, "--range is for fields; the m of spins is between -1 and 1");
}

/* Whether phi is not what was simulated, but blocks of it. */
static bool
begins_with_blocks(const struct rn_schema *s)
{
	for (size_t i = 0; i < s->histories; i++)
		if (strncmp(s->history[i], "blockspin ", 10) == 0 && strstr(s->history[i], " --last"))
			return true;
	return false;
}

/* Weights are known of a field that was simulated at one mu2. */
static void
check_reweighting(const struct options *o, const struct levels *levels, const struct rn_schema *schema)
{
	if (!levels->fields)
		rn_die(RN_EUSAGE, "--reweight mu2 is for fields; the input has none");
	if (!rn_schema_is_label(schema, "mu2"))
		rn_die(RN_EDATA, "--reweight needs the label mu2: the value at which phi was simulated");
	if (o->ensemble.by && !is_listed(o->ensemble.by, "mu2"))
		rn_die(RN_EUSAGE, "--reweight needs groups of one mu2 each: add it to --by");
	if (levels->level[0].number != 0 || begins_with_blocks(schema))
		rn_die(RN_EDATA,
			"--reweight needs phi as it was simulated, which these records have lost: block "
			"with --levels and without --last");
}

int
main(int argc, char **argv)
{
	struct options o = { .analysis = &moments };
	struct input in = { 0 };
	struct levels levels;
	struct rn_error err;

	rn_stage_init(&o.common, "observe", RN_STAGE_READS | RN_STAGE_TABLE);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	open_input(&in, &o.common);
	if (levels_find(&levels, in.schema, &err) != RN_OK)
		die_of_schema(&in, &err);
	choose_for(&o, &levels);
	if (o.reweight)
		check_reweighting(&o, &levels, in.schema);
	if (o.raw)
		observe_records(&o, &in, &levels);
	else
		observe_groups(&o, &in, &levels);
	levels_clear(&levels);
	close_input(&in);
	free(o.to);
	return 0;
}
