/*
 * invrg-apply - enlarge configurations by inverse steps of the renormalization group
 *
 * Reads   field: phi f32 or f64 L1 [L2]; or spins: spins bit L1 L2; labels, any of replica, sweep, id. And a model of
 *         invrg-train.
 * Writes  the same kind, one record for each, in the same order, with the labels, replica, sweep and id it had: the
 *         configuration on the lattice enlarged b times, or with --levels k b^k times, and its means. With --levels k the
 *         input and all levels: phi, phi.1, ..., phi.k, each with its action m phi2 phi4 nn (spins: e m). All other
 *         columns are dropped.
 *
 * Random numbers are keyed by (seed, "invrg-apply", labels, extents of the lattice that is enlarged, b) and counted by
 * (id, block). So a result depends on no other record, streams may be split, and k levels at once are k runs one after
 * the other.
 *
 * Cost    K^2 / b^2 multiplications and additions a site of the new lattice; memory a record in, a record out.
 */
#include <inttypes.h>
#include <string.h>

#include "plan.h"
#include "renorm/stage.h"

struct options {
	struct rn_common common;
	struct apply_options apply;
	const char *model;
	const char *noise; /* as it was given; NULL: auto */
	bool levels;
};

enum { KEY_MODEL = 0x100, KEY_LEVELS, KEY_LAST, KEY_NOISE };

static const struct argp_option table[] = {
	{ "model", KEY_MODEL, "FILE", 0, "What invrg-train wrote", 1 },
	{ "levels", KEY_LEVELS, "K", 0, "Enlarge K times; write the input and all K levels: phi, phi.1, ...",
		1 },
	{ "last", KEY_LAST, NULL, 0, "Of --levels, write the last alone, named phi", 1 },
	{ "noise", KEY_NOISE, "auto|none|FACTOR", 0,
		"Noise of fields: as the model says, none, or times that (auto)", 1 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_MODEL: o->model = arg; return 0;
	case KEY_LEVELS:
		o->apply.levels = (unsigned)rn_arg_u64("--levels", arg, 1, MAX_LEVELS);
		o->levels = true;
		return 0;
	case KEY_LAST: o->apply.last = true; return 0;
	case KEY_NOISE:
		o->noise = arg;
		if (strcmp(arg, "auto") == 0)
			o->apply.noise = 1;
		else if (strcmp(arg, "none") == 0)
			o->apply.noise = 0;
		else
			o->apply.noise = rn_arg_f64("--noise", arg, 0, 1000);
		return 0;
	case ARGP_KEY_END:
		o->apply.last |= !o->levels;
		if (!o->model)
			rn_die(RN_EUSAGE, "--model FILE is needed: a model of invrg-train");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Enlarge configurations by inverse steps of the renormalization group.",
};

static void
add_history(const struct options *o, struct rn_schema *schema)
{
	char number[RN_NUMBER_MAX];
	struct rn_text line;

	rn_history_begin(&line, &o->common);
	rn_history_add(&line, "--model", basename(o->model));
	if (o->apply.model->map != RN_INVRG_TABLES) {
		rn_print_f64(number, o->apply.noise);
		rn_history_add(&line, "--noise", number);
	}
	rn_history_add_u64(&line, "--levels", o->apply.levels);
	if (o->apply.last)
		rn_history_add(&line, "--last", NULL);
	rn_history_end(&line, &o->common, schema);
}

struct run {
	const struct options *o;
	struct plan plan;
	struct rn_reader *in;
	struct rn_writer *out;
	struct rn_progress progress;
	bool warned; /* in this segment: of labels */
};

static void
begin_segment(struct run *r, const struct rn_schema *schema)
{
	const char *dropped;
	struct rn_error err;

	plan_clear(&r->plan);
	r->warned = false;
	if (plan_make(&r->plan, schema, &err) != RN_OK) {
		rn_error_prefix(&err, "%s: segment %" PRIu64, rn_reader_file(r->in),
			rn_reader_segment_index(r->in));
		rn_die(err.status, "%s", err.text);
	}
	dropped = plan_dropped(&r->plan);
	if (dropped)
		rn_remark(&r->o->common,
			"column %s is neither a label nor known to invrg-apply, and is dropped", dropped);
	add_history(r->o, r->plan.out);
	rn_or_die(rn_writer_segment(r->out, r->plan.out, &err), &err);
}

/* Once a segment. */
static void
warn_of_labels(struct run *r)
{
	if (r->warned || !*r->plan.elsewhere)
		return;
	rn_remark(&r->o->common,
		"%s: segment %" PRIu64 ": %s; what is made is of no other couplings than that",
		rn_reader_file(r->in), rn_reader_segment_index(r->in), r->plan.elsewhere);
	r->warned = true;
}

static void
enlarge_records(struct run *r, const uint8_t *in, size_t n)
{
	const size_t read = r->plan.in->record_bytes, written = r->plan.out->record_bytes;
	struct rn_error err;
	size_t at = 0;

	while (at < n) {
		size_t room = n - at;
		uint8_t *out = rn_ptr_or_die(rn_writer_reserve(r->out, &room, &err), &err);

		for (size_t i = 0; i < room; i++)
			if (plan_apply(&r->plan, in + (at + i) * read, out + i * written, &err) != RN_OK) {
				rn_reader_locate(r->in, at + i, &err);
				rn_die(RN_EDATA, "%s", err.text);
			}
		rn_or_die(rn_writer_commit(r->out, room, &err), &err);
		at += room;
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .apply = { .levels = 1, .noise = 1 } };
	const struct rn_schema *schema;
	const void *records;
	struct rn_invrg model;
	struct rn_error err;
	struct run r = { .o = &o };
	size_t n;

	rn_stage_init(&o.common, "invrg-apply", RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	rn_or_die(rn_invrg_read(&model, o.model, &err), &err);
	if (o.noise && strcmp(o.noise, "auto") != 0 && model.map == RN_INVRG_TABLES)
		rn_die(RN_EUSAGE, "--noise is an option of fields, and %s is a model of spins", o.model);
	o.apply.model = &model;
	o.apply.seed = o.common.seed;
	r.plan.o = o.apply;

	r.in = rn_open_input(&o.common);
	r.out = rn_open_output(&o.common);
	rn_progress_begin(&r.progress, &o.common, "B", rn_reader_bytes_total(r.in));
	while (rn_or_die(rn_reader_segment(r.in, &schema, &err), &err) == RN_OK) {
		begin_segment(&r, schema);
		while (rn_or_die(rn_reader_next(r.in, &records, &n, &err), &err) == RN_OK) {
			enlarge_records(&r, records, n);
			warn_of_labels(&r);
			rn_progress_add(&r.progress, rn_reader_bytes(r.in) - r.progress.done);
		}
	}
	rn_progress_end(&r.progress);

	rn_or_die(rn_writer_close(r.out, &err), &err);
	rn_reader_close(r.in);
	plan_clear(&r.plan);
	rn_invrg_clear(&model);
	return 0;
}
