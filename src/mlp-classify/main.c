/*
 * mlp-classify - what a trained network says of samples, one by one or of whole ensembles; the network thermometer
 *
 * Reads   --model: the network (mlp-train). spins, or samples with x bit, u8 or f32, of the shape it was trained on.
 * Writes  table: one row a record with the probability of each class (records.c); with --collect one row a group of
 *         records: their mean with errors, and when the classes are temperatures, e, |m|, G(r), P(m) and the
 *         temperatures of e and |m| (report.c). --collect T of an independent thermal stream is the calibration.
 *
 * --calibration FILE	T_est: the T whose calibration curve, interpolated between those of the table, is nearest to
 *		the mean P in KL(P || P_cal(T)) (nearest.c), and the thermal values at that T beside the measured ones.
 *
 * Random numbers (bootstrap, draws of the calibration) are keyed by (seed, group columns) and (seed, T).
 * Cost    time: the matrix products of the layers, some 10 million bits x 64 a second; memory constant a
 *	   group, and some 100 bytes for each chain beyond its first 128.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "classifier.h"
#include "records.h"
#include "renorm/stage.h"
#include "renorm/vecmath.h"
#include "report.h"

struct options {
	struct rn_common common;
	const char *model, *collect, *calibration;
	bool independent;
	uint64_t resamples;
};

enum { KEY_MODEL = 0x100, KEY_COLLECT, KEY_CALIBRATION, KEY_INDEPENDENT, KEY_RESAMPLES };

static const struct argp_option table[] = {
	{ "model", KEY_MODEL, "FILE", 0, "The network, as mlp-train wrote it; needed", 1 },
	{ "collect", KEY_COLLECT, "COLUMN,...", 0, "A row for each group of records with equal COLUMNs", 1 },
	{ "calibration", KEY_CALIBRATION, "FILE", 0,
		"What --collect T wrote of an independent thermal stream: estimate temperatures", 1 },
	{ "independent", KEY_INDEPENDENT, NULL, 0, "Take each record as independent of all others", 1 },
	{ "resamples", KEY_RESAMPLES, "N", 0, "Of the bootstrap (200)", 1 },
	{ 0 },
};

static void
check_together(const struct options *o)
{
	if (!o->model)
		rn_die(RN_EUSAGE, "--model FILE is needed: the network, as mlp-train wrote it");
	if (!o->collect && (o->calibration || o->independent))
		rn_die(RN_EUSAGE, "%s without --collect: say over which columns, as --collect T",
			o->calibration ? "--calibration" : "--independent");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_MODEL: o->model = arg; return 0;
	case KEY_COLLECT: o->collect = arg; return 0;
	case KEY_CALIBRATION: o->calibration = arg; return 0;
	case KEY_INDEPENDENT: o->independent = true; return 0;
	case KEY_RESAMPLES: o->resamples = rn_arg_u64("--resamples", arg, 2, 10000); return 0;
	case ARGP_KEY_END: check_together(o); return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "What a trained network says of samples; the temperature it reads of ensembles.",
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* How the file came to be, which stands before what was made with it. */
static void
merge_history_of(const char *path, struct rn_schema *out)
{
	char *files[] = { (char *)path };
	const struct rn_schema *schema;
	struct rn_reader *in;
	struct rn_error err;

	if (!strcmp(path, "-")) /* a pipe is read once */
		return;
	in = rn_ptr_or_die(rn_reader_open(files, 1, NULL, &err), &err);
	rn_or_die(rn_reader_segment(in, &schema, &err), &err);
	rn_or_die(rn_schema_merge_history(out, schema, &err), &err);
	rn_reader_close(in);
}

static void
add_history(const struct options *o, const struct rn_schema *in, struct rn_schema *out)
{
	struct rn_text line = { 0 };
	struct rn_error err;

	rn_or_die(rn_schema_merge_history(out, in, &err), &err);
	merge_history_of(o->model, out);
	if (o->calibration)
		merge_history_of(o->calibration, out);
	rn_history_begin(&line, &o->common);
	rn_history_add(&line, "--model", base_name(o->model));
	if (o->collect)
		rn_history_add(&line, "--collect", o->collect);
	if (o->calibration) {
		rn_history_add(&line, "--calibration", base_name(o->calibration));
		rn_history_add_u64(&line, "--resamples", o->resamples);
	}
	if (o->independent)
		rn_history_add(&line, "--independent", NULL);
	rn_history_end(&line, &o->common, out);
}

/* The input as one run of records: all segments must have the schema of the first. */
struct input {
	struct rn_reader *reader;
	struct rn_schema *schema; /* of the first segment, with the history of all so far */
	struct rn_progress progress;
	struct classifier classifier;
};

static _Noreturn void
die_of_segment(const struct input *in, struct rn_error *err)
{
	if (err->status == RN_EDATA)
		rn_error_prefix(err, "%s: segment %" PRIu64, rn_reader_file(in->reader),
			rn_reader_segment_index(in->reader));
	rn_die(err->status, "%s", err->text);
}

static void
open_input(struct input *in, const struct options *o)
{
	const struct rn_schema *schema;
	struct rn_error err;

	in->reader = rn_open_input(&o->common);
	rn_or_die(rn_reader_segment(in->reader, &schema, &err), &err);
	in->schema = rn_schema_copy(schema);
	if (!in->schema)
		rn_die(RN_ENOMEM, "out of memory (schema)");
	if (classifier_begin(&in->classifier, in->schema, &err) != RN_OK)
		die_of_segment(in, &err);
	rn_progress_begin(&in->progress, &o->common, "records", 0);
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
		die_of_segment(in, &err);
	rn_or_die(rn_schema_merge_history(in->schema, schema, &err), &err);
	return true;
}

static void
close_input(struct input *in)
{
	rn_progress_end(&in->progress);
	rn_reader_close(in->reader);
	classifier_end(&in->classifier);
	rn_schema_destroy(in->schema);
}

/* What is done with each record and its probabilities. */
typedef enum rn_status (
	*record_function)(void *arg, const uint8_t *record, const float p[], struct rn_error *err);

static void
classify_batch(struct input *in, const uint8_t *records, size_t first, size_t n, record_function f, void *arg)
{
	const size_t bytes = in->schema->record_bytes, K = in->classifier.mlp.classes;
	const float *p = classifier_run(&in->classifier, records + first * bytes, bytes, n);
	struct rn_error err;

	for (size_t i = 0; i < n; i++) {
		enum rn_status st = RN_OK;

		if (!classifier_was_finite(&in->classifier, i))
			st = rn_fail(&err, RN_EDATA,
				"the network gives no probabilities: column %s holds inf or nan, or the "
				"model does",
				in->classifier.column->name);
		if (st == RN_OK)
			st = f(arg, records + (first + i) * bytes, p + i * K, &err);
		if (st == RN_EDATA)
			rn_reader_locate(in->reader, first + i, &err);
		rn_or_die(st, &err);
	}
	rn_progress_add(&in->progress, n);
}

static void
classify(struct input *in, record_function f, void *arg)
{
	const void *records;
	struct rn_error err;
	size_t n;

	do
		while (rn_or_die(rn_reader_next(in->reader, &records, &n, &err), &err) == RN_OK)
			for (size_t i = 0; i < n; i += BATCH)
				classify_batch(in, records, i, n - i < BATCH ? n - i : BATCH, f, arg);
	while (next_segment(in));
}

/* --- one row a record ----------------------------------------------------------------- */

struct listing {
	struct records records;
	struct rn_writer *writer;
	uint8_t *row;
};

static enum rn_status
list_record(void *arg, const uint8_t *record, const float p[], struct rn_error *err)
{
	struct listing *l = arg;

	records_row(&l->records, record, p, l->row);
	return rn_writer_put(l->writer, l->row, 1, err);
}

static void
list(const struct options *o, struct input *in)
{
	struct listing l = { 0 };
	struct rn_error err;

	if (records_begin(&l.records, in->schema, in->classifier.mlp.classes, &err) != RN_OK)
		die_of_segment(in, &err);
	add_history(o, in->schema, l.records.out);
	l.row = rn_alloc_or_die(1, l.records.out->record_bytes);
	l.writer = rn_open_output(&o->common);
	rn_or_die(rn_writer_segment(l.writer, l.records.out, &err), &err);
	classify(in, list_record, &l);
	rn_or_die(rn_writer_close(l.writer, &err), &err);
	free(l.row);
	records_end(&l.records);
}

/* --- one row a group ------------------------------------------------------------------ */

static enum rn_status
add_to_group(void *arg, const uint8_t *record, const float p[], struct rn_error *err)
{
	return groups_add(arg, record, p, err);
}

/* What tells one network from another, so that a calibration is not used with the wrong one. */
static void
name_network(const struct rn_mlp *m, char name[17])
{
	XXH64_hash_t hash = XXH64(m->theta, m->parameters * sizeof *m->theta, 0);

	snprintf(name, 17, "%016" PRIx64, (uint64_t)hash);
}

static void
say_doubts(const struct options *o, const struct groups *groups)
{
	struct rn_text errors = { 0 }, phase = { 0 };

	if (!groups->ngroups)
		rn_remark(&o->common, "no records, so no rows");
	if (!groups_small_errors(groups, &errors) || !groups_in_one_phase(groups, &phase))
		rn_die(RN_ENOMEM, "out of memory (remark)");
	if (errors.length)
		rn_remark(&o->common, "%s", errors.data);
	if (phase.length)
		rn_remark(&o->common, "%s", phase.data);
	rn_text_clear(&errors);
	rn_text_clear(&phase);
}

static void
open_calibration(const struct options *o, const struct rn_mlp *m, struct calibration *c)
{
	char name[17];
	struct rn_error err;

	if (strcmp(m->class_column, "T") != 0)
		rn_die(RN_EUSAGE, "--calibration: the classes of %s are values of %s, not temperatures",
			o->model, m->class_column);
	name_network(m, name);
	rn_or_die(calibration_read(c, o->calibration, m->classes, name, &err), &err);
	if (!c->cov)
		rn_remark(&o->common,
			"%s has no p_cov: T_est_err leaves out the calibration's own sampling error",
			o->calibration);
	if (c->dropped)
		rn_remark(&o->common,
			"%s: T = inf is left out: between finite temperatures alone can be interpolated",
			o->calibration);
	if (!isnan(c->one_phase))
		rn_remark(&o->common,
			"%s: T %g: one phase only, m of one sign, and the network may tell the two apart; "
			"sample both "
			"with --replicas",
			o->calibration, c->one_phase);
	rn_or_die(calibration_draw(c, o->common.seed, o->resamples, &err), &err);
}

static void
collect(const struct options *o, struct input *in)
{
	const struct rn_mlp *m = &in->classifier.mlp;
	struct calibration calibration = { 0 };
	struct groups groups;
	struct report report = {
		.groups = &groups,
		.thermal = strcmp(m->class_column, "T") == 0,
		.seed = o->common.seed,
		.resamples = o->resamples,
	};
	struct rn_writer *writer;
	struct rn_error err;
	char name[17];

	if (o->calibration) {
		open_calibration(o, m, &calibration);
		report.calibration = &calibration;
	}
	if (groups_begin(&groups, in->schema, m, in->classifier.column, o->collect, o->independent, &err) !=
			RN_OK ||
		report_begin(&report, &err) != RN_OK)
		die_of_segment(in, &err);
	writer = rn_open_output(&o->common);
	classify(in, add_to_group, &groups);

	name_network(m, name);
	rn_or_die(rn_schema_set_key(report.schema, "network", name, &err), &err);
	add_history(o, in->schema, report.schema);
	rn_or_die(rn_writer_segment(writer, report.schema, &err), &err);
	rn_or_die(report_write(&report, writer, &err), &err);
	rn_or_die(rn_writer_close(writer, &err), &err);
	say_doubts(o, &groups);
	report_end(&report);
	groups_end(&groups);
	calibration_end(&calibration);
}

int
main(int argc, char **argv)
{
	struct options o = { .resamples = 200 };
	struct input in = { 0 };
	struct rn_error err;

	rn_stage_init(&o.common, "mlp-classify",
		RN_STAGE_READS | RN_STAGE_TABLE | RN_STAGE_RANDOM | RN_STAGE_THREADS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	rn_blas_threads(o.common.threads);

	rn_or_die(rn_mlp_read(&in.classifier.mlp, o.model, &err), &err);
	open_input(&in, &o);
	if (o.collect)
		collect(&o, &in);
	else
		list(&o, &in);
	close_input(&in);
	rn_mlp_clear(&in.classifier.mlp);
	return 0;
}
