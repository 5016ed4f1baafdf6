/*
 * rbm-flow - let configurations flow through a restricted Boltzmann machine
 *
 * Reads   a model (model.rbm), and spins, or samples with x bit, u8 or f32; with --from random no samples.
 * Writes  for each record one record a step of --steps, in order, of the chain v -> h -> v' -> h' -> v'' that begins at
 *         it: spins or samples (records.h), with all labels and one more, `step`.
 *         With --weights tables of what the model has learned (weights.h).
 *
 * Modes   sample: both layers are drawn, so the chain is Gibbs sampling and goes to the model's own p(v).
 *         mean: both layers pass on their mean values: a deterministic map; with --draw bits drawn of them are written.
 *
 * Random numbers are keyed by (seed, "rbm-flow", labels but step, shape, hidden units) and counted by (id, step): a
 * record's chain depends on no other record, and a flow resumed at its end is the longer flow.
 *
 * Cost    time 2 nv nh multiplications and nv + nh draws a step; memory 64 MB at most, or one chain's records.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"
#include "renorm/model.h"
#include "renorm/stage.h"
#include "renorm/vecmath.h"
#include "start.h"
#include "weights.h"

static const char *const modes[] = { "sample", "mean", NULL };
static const char *const origins[] = { "random", NULL };

struct options {
	struct rn_common common;
	const char *model;
	const char *steps_text; /* as given; NULL: 10 */
	uint64_t *step;		/* ascending */
	size_t nsteps;
	bool mean, draw, from_random, mode_given;
	uint64_t n, first_id;
	const char *of_random; /* an option given that only --from random has */
	bool weights;
	enum weights what;
};

static const enum rn_format FORMAT_NOT_GIVEN = RN_FORMAT_TSV + 1; /* tables and records have different ones */

enum { KEY_MODEL = 0x100, KEY_STEPS, KEY_MODE, KEY_DRAW, KEY_FROM, KEY_FIRST_ID, KEY_WEIGHTS };

static const struct argp_option table[] = {
	{ "model", KEY_MODEL, "FILE", 0, "The machine, as rbm-train writes it; needed", 1 },
	{ "steps", KEY_STEPS, "K|LIST",
		0, "Steps to write: all from 0 to K, or these: 0,1,2,5,10:100:10; 100:100:1 is the end alone (10)",
		1 },
	{ "mode", KEY_MODE, "sample|mean", 0,
		"Draw the states of both layers, or pass on their means (sample)", 1 },
	{ "draw", KEY_DRAW, NULL, 0, "In mode mean: write bits drawn of the means, not the means", 1 },
	{ "from", KEY_FROM, "random", 0, "Begin at random visible states instead of records", 1 },
	{ NULL, 'n', "N", 0, "Number of random states", 1 },
	{ "first-id", KEY_FIRST_ID, "K", 0, "Number them from K on (0)", 1 },
	{ "weights", KEY_WEIGHTS, "WHAT", 0,
		"Write W, gram, distance, svd (tables) or fields (samples) of the model; nothing flows", 1 },
	{ 0 },
};

/* Only digits: all up to that. */
static void
parse_steps(struct options *o)
{
	const char *text = o->steps_text ? o->steps_text : "10";
	double *list;

	if (text[0] && strspn(text, "0123456789") == strlen(text)) {
		o->nsteps = rn_arg_u64("--steps", text, 0, 10000000) + 1;
		o->step = rn_alloc_or_die(o->nsteps, sizeof *o->step);
		for (size_t i = 0; i < o->nsteps; i++)
			o->step[i] = i;
		return;
	}
	list = rn_arg_list("--steps", text, &o->nsteps);
	o->step = rn_alloc_or_die(o->nsteps, sizeof *o->step);
	for (size_t i = 0; i < o->nsteps; i++) {
		if (!(list[i] >= 0 && list[i] <= UINT32_MAX && list[i] == floor(list[i])))
			rn_die(RN_EUSAGE, "--steps %s: %g is no number of steps", text, list[i]);
		if (i > 0 && list[i] <= list[i - 1])
			rn_die(RN_EUSAGE, "--steps %s: %g after %g; steps ascend", text, list[i],
				list[i - 1]);
		o->step[i] = (uint64_t)list[i];
	}
	free(list);
}

static bool
reads_stdin(const struct rn_common *c)
{
	for (size_t i = 0; i < c->nfiles; i++)
		if (strcmp(c->files[i], "-") == 0)
			return true;
	return c->nfiles == 0;
}

static void
finish_options(struct options *o)
{
	const bool reads = !o->weights && !o->from_random;

	if (!o->model)
		rn_die(RN_EUSAGE, "--model FILE is needed: a machine from rbm-train");
	if (o->draw && !o->mean)
		rn_die(RN_EUSAGE, "--draw goes with --mode mean; states of mode sample are drawn already");
	if (o->weights && (o->steps_text || o->mode_given || o->from_random))
		rn_die(RN_EUSAGE, "--weights lets nothing flow: no --steps, --mode or --from with it");
	if (o->of_random && !o->from_random)
		rn_die(RN_EUSAGE, "%s goes with --from random", o->of_random);
	if (o->from_random && o->n == 0)
		rn_die(RN_EUSAGE, "--from random needs -n N, the number of states");
	if (o->from_random && o->first_id > UINT64_MAX - (o->n - 1))
		rn_die(RN_EUSAGE, "--first-id %" PRIu64 ": %" PRIu64 " ids from there on end above 2^64 - 1",
			o->first_id, o->n);
	if (!reads && o->common.nfiles > 0)
		rn_die(RN_EUSAGE, "%s reads no samples, as %s", o->weights ? "--weights" : "--from random",
			o->common.files[0]);
	if (reads && strcmp(o->model, "-") == 0 && reads_stdin(&o->common))
		rn_die(RN_EUSAGE, "the model and the samples cannot both come from standard input");
	if (o->common.format == FORMAT_NOT_GIVEN)
		o->common.format = o->weights && o->what != WEIGHTS_FIELDS ? RN_FORMAT_CSV : RN_FORMAT_RNS;
	parse_steps(o);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_MODEL: o->model = arg; return 0;
	case KEY_STEPS: o->steps_text = arg; return 0;
	case KEY_MODE:
		o->mean = rn_arg_word("--mode", arg, modes) == 1;
		o->mode_given = true;
		return 0;
	case KEY_DRAW: o->draw = true; return 0;
	case KEY_FROM:
		rn_arg_word("--from", arg, origins);
		o->from_random = true;
		return 0;
	case 'n':
		o->n = rn_arg_u64("-n", arg, 1, UINT64_MAX);
		o->of_random = "-n";
		return 0;
	case KEY_FIRST_ID:
		o->first_id = rn_arg_u64("--first-id", arg, 0, UINT64_MAX);
		o->of_random = "--first-id";
		return 0;
	case KEY_WEIGHTS:
		o->what = (enum weights)rn_arg_word("--weights", arg, weights_names);
		o->weights = true;
		return 0;
	case ARGP_KEY_SUCCESS: finish_options(o); return 0; /* the operands are known now */
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Let configurations flow through a restricted Boltzmann machine.",
};

/* What a stage works with. */
struct run {
	const struct options *o;
	struct rn_model model;
	struct rn_rbm rbm;
	struct flow flow;
	struct records records;
	struct firsts firsts;
	bool told_repeated;
	struct rn_reader *in; /* NULL: --from random */
	struct rn_writer *out;
	struct rn_progress progress;
	uint8_t *block; /* the records of all steps of as many chains as there are rows */
};

/* The model's history stands behind the samples'. */
static void
add_history(const struct run *r, struct rn_schema *schema)
{
	const struct options *o = r->o;
	struct rn_text line;
	struct rn_error err;

	rn_or_die(rn_schema_merge_history(schema, r->model.schema, &err), &err);
	rn_history_begin(&line, &o->common);
	rn_history_add(&line, "--model", basename(o->model));
	if (o->weights)
		rn_history_add(&line, "--weights", weights_names[o->what]);
	else {
		rn_history_add(&line, "--steps", o->steps_text ? o->steps_text : "10");
		rn_history_add(&line, "--mode", modes[o->mean]);
		if (o->draw)
			rn_history_add(&line, "--draw", NULL);
	}
	if (o->from_random) {
		rn_history_add(&line, "--from", origins[0]);
		rn_history_add_u64(&line, "-n", o->n);
		rn_history_add_u64(&line, "--first-id", o->first_id);
	}
	rn_history_end(&line, &o->common, schema);
}

static void
read_model(struct run *r)
{
	struct rn_error err;

	rn_or_die(rn_model_read(r->o->model, "model.rbm", &r->model, &err), &err);
	if (rn_rbm_of_record(&r->rbm, r->model.schema, r->model.record, &err) != RN_OK) {
		rn_error_prefix(&err, "%s", strcmp(r->o->model, "-") == 0 ? "standard input" : r->o->model);
		rn_die(err.status, "%s", err.text);
	}
}

static void
write_weights(struct run *r)
{
	struct weights_table t;
	struct rn_error err;

	rn_or_die(weights_table(&r->rbm, r->o->what, &t, &err), &err);
	add_history(r, t.schema);
	rn_or_die(rn_writer_segment(r->out, t.schema, &err), &err);
	rn_or_die(rn_writer_put(r->out, t.records, t.n, &err), &err);
	weights_table_clear(&t);
}

/* As many as have room, which the header and --steps alone decide. */
static size_t
rows_for(size_t chain_bytes)
{
	const size_t most = ((size_t)64 << 20) / chain_bytes;

	return most == 0 ? 1 : most < FLOW_ROWS ? most : FLOW_ROWS;
}

static void
begin_segment(struct run *r, const struct rn_schema *schema)
{
	const struct options *o = r->o;
	const enum flow_mode mode = o->draw ? FLOW_DRAW : o->mean ? FLOW_MEAN : FLOW_SAMPLE;
	size_t chain_bytes;
	struct rn_error err;

	records_end(&r->records);
	free(r->block);
	if (records_begin(&r->records, schema, &r->rbm, mode, o->common.seed, &r->firsts, &err) != RN_OK) {
		if (r->in && err.status == RN_EDATA)
			rn_error_prefix(&err, "%s: segment %" PRIu64, rn_reader_file(r->in),
				rn_reader_segment_index(r->in));
		rn_die(err.status, "%s", err.text);
	}
	if (r->records.dropped)
		rn_remark(&o->common, "column %s is neither a label nor known to rbm-flow, and is dropped",
			r->records.dropped);
	add_history(r, r->records.out);
	rn_or_die(rn_writer_segment(r->out, r->records.out, &err), &err);
	if (__builtin_mul_overflow(o->nsteps, r->records.out->record_bytes, &chain_bytes))
		rn_die(RN_ENOMEM, "out of memory (%zu steps)", o->nsteps);
	r->flow.rows = rows_for(chain_bytes);
	r->block = rn_alloc_or_die(1, r->flow.rows * chain_bytes + RN_SLACK);
}

static size_t
least(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

/* n chains in the rows from `row` on. `first` is the number of their first record in the batch, for messages. */
static void
flow_chains(struct run *r, const uint8_t *in, size_t first, size_t row, size_t n)
{
	const struct options *o = r->o;
	const size_t read = r->records.in->record_bytes, written = r->records.out->record_bytes;
	struct flow_chain *chain = r->flow.chain + row;
	float *v = r->flow.v + row * r->rbm.nv;
	struct rn_error err;

	for (size_t i = 0; i < n; i++)
		if (records_read(&r->records, in + i * read, o->step[o->nsteps - 1], &chain[i],
			    v + i * r->rbm.nv, &err) != RN_OK) {
			if (r->in)
				rn_reader_locate(r->in, first + i, &err);
			rn_die(err.status, "%s", err.text);
		}
	if (r->records.repeated[0] && !r->told_repeated) {
		rn_remark(&o->common,
			"%s: these chains take the random numbers of earlier ones; make the second set with "
			"--first-id",
			r->records.repeated);
		r->told_repeated = true;
	}
	for (size_t j = 0, step = 0; j < o->nsteps; j++) {
		for (; step < o->step[j]; step++)
			flow_step(&r->flow, row, n);
		for (size_t i = 0; i < n; i++)
			records_write(&r->records, in + i * read, &chain[i], v + i * r->rbm.nv,
				r->block + (i * o->nsteps + j) * written);
	}
	rn_or_die(rn_writer_put(r->out, r->block, n * o->nsteps, &err), &err);
}

/* Records that are at hand, of which the first is number `place` of its kind: that, and no batch, decides on the rows. */
static void
flow_batch(struct run *r, const uint8_t *in, uint64_t place, size_t n)
{
	for (size_t i = 0, some; i < n; i += some) {
		const size_t row = (place + i) % r->flow.rows;

		some = least(n - i, r->flow.rows - row);
		flow_chains(r, in + i * r->records.in->record_bytes, i, row, some);
	}
}

static void
flow_records(struct run *r)
{
	const struct rn_schema *schema;
	const void *records;
	struct rn_error err;
	size_t n;

	rn_progress_begin(&r->progress, &r->o->common, "B", rn_reader_bytes_total(r->in));
	while (rn_or_die(rn_reader_segment(r->in, &schema, &err), &err) == RN_OK) {
		begin_segment(r, schema);
		while (rn_or_die(rn_reader_next(r->in, &records, &n, &err), &err) == RN_OK) {
			flow_batch(r, records, rn_reader_record_index(r->in), n);
			rn_progress_add(&r->progress, rn_reader_bytes(r->in) - r->progress.done);
		}
	}
}

static void
flow_random_states(struct run *r)
{
	struct rn_schema *schema = start_schema(&r->rbm);
	struct start start;
	struct rn_error err;
	uint8_t *records;

	if (!schema)
		rn_die(RN_ENOMEM, "out of memory (header)");
	rn_or_die(start_make(&start, &r->rbm, schema, r->o->common.seed, &err), &err);
	begin_segment(r, schema);
	records = rn_alloc_or_die(FLOW_ROWS + 1, schema->record_bytes + RN_SLACK);
	rn_progress_begin(&r->progress, &r->o->common, "chains", r->o->n);
	for (uint64_t done = 0, some; done < r->o->n; done += some) {
		some = least(r->o->n - done, r->flow.rows - (r->o->first_id + done) % r->flow.rows);
		for (uint64_t i = 0; i < some; i++)
			start_put(&start, r->o->first_id + done + i, records + i * schema->record_bytes);
		flow_batch(r, records, r->o->first_id + done, some);
		rn_progress_add(&r->progress, some);
	}
	free(records);
	start_clear(&start);
	rn_schema_destroy(schema);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct rn_error err;
	struct run r = { .o = &o };

	rn_stage_init(&o.common, "rbm-flow", RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM);
	o.common.format = FORMAT_NOT_GIVEN;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	rn_blas_threads(1);

	read_model(&r);
	rn_or_die(flow_make(&r.flow, &r.rbm, o.mean, &err), &err);
	r.in = o.weights || o.from_random ? NULL : rn_open_input(&o.common);
	r.out = rn_open_output(&o.common);
	if (o.weights)
		write_weights(&r);
	else if (o.from_random)
		flow_random_states(&r);
	else
		flow_records(&r);
	rn_progress_end(&r.progress);

	rn_or_die(rn_writer_close(r.out, &err), &err);
	rn_reader_close(r.in);
	records_end(&r.records);
	firsts_clear(&r.firsts);
	flow_clear(&r.flow);
	rn_rbm_clear(&r.rbm);
	rn_model_clear(&r.model);
	free(r.block);
	free(o.step);
	return 0;
}
