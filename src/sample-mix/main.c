/*
 * sample-mix - samples between two classes, or between samples and noise
 *
 * Reads   spins, or samples with x bit, u8 or f32.
 * Writes  samples: the labels, a label alpha, and x f32 of the same shape. Bits and bytes become -1 ... +1 or 0 ... 1.
 *
 * --between COLUMN=A,B	n' = (1 - alpha) n_1 + alpha n_2, n_1 of class A and n_2 of class B at random (between.h)
 * --noise		n' = (1 - alpha) n + alpha eta, eta = -1 or +1 (0 or 1) for each pixel (noise.h)
 *
 * Cost    time as the pixels written; memory: --noise constant, --between the records of both classes.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "between.h"
#include "noise.h"
#include "renorm/stage.h"

static const char *const units[] = { "pm1", "01", NULL };
static const float low[] = { -1, 0 };

struct options {
	struct rn_common common;
	const char *between; /* as given */
	char *column;	     /* of it */
	double value[2];
	bool noise, one;
	const char *alpha; /* as given, or the default */
	double *alphas;
	size_t nalphas;
	uint64_t n; /* mixtures per alpha; 0: not given */
	unsigned units;
};

enum { KEY_BETWEEN = 0x100, KEY_NOISE, KEY_ALPHA, KEY_UNITS, KEY_ONE };

enum { N_DEFAULT = 500 };

static const struct argp_option table[] = {
	{ "between", KEY_BETWEEN, "COLUMN=A,B", 0,
		"Mix records of two classes: those where COLUMN is A and B", 1 },
	{ "noise", KEY_NOISE, NULL, 0, "Mix each record with noise", 1 },
	{ "alpha", KEY_ALPHA, "LIST", 0,
		"Weights of B, of the noise: 0.5, 0:0.5:0.1, and lists of these (--between 0.1:0.9:0.1; "
		"--noise "
		"0:0.5:0.1)",
		1 },
	{ NULL, 'n', "N", 0, "Mixtures per alpha, of --between (500)", 1 },
	{ "one", KEY_ONE, NULL, 0, "Of --noise: each record with one alpha, drawn at random, not with each",
		1 },
	{ "units", KEY_UNITS, "pm1|01", 0, "Bits, and bytes 0 to 255, become -1 to +1, or 0 to 1 (pm1)", 1 },
	{ 0 },
};

static void
parse_between(struct options *o, const char *text)
{
	const char *equals = strrchr(text, '=');
	size_t n = 0;
	double *value;
	bool is_T;

	if (!equals || equals == text)
		rn_die(RN_EUSAGE, "--between %s: say COLUMN=A,B, as digit=4,9", text);
	is_T = equals - text == 1 && *text == 'T';
	value = (is_T ? rn_arg_temperatures : rn_arg_list)("--between", equals + 1, &n);
	memcpy(o->value, value, (n < 2 ? n : 2) * sizeof *value);
	free(value);
	for (size_t i = 0; i < n && i < 2; i++)
		if (isfinite(o->value[i]) && fabs(o->value[i]) >= 0x1p53)
			rn_die(RN_EUSAGE, "--between %s: numbers of 2^53 and more are not told apart", text);
	if (n != 2 || o->value[0] == o->value[1])
		rn_die(RN_EUSAGE, "--between %s: two different classes, as digit=4,9", text);
	free(o->column);
	o->column = strndup(text, (size_t)(equals - text));
	if (!o->column)
		rn_die(RN_ENOMEM, "out of memory (options)");
	o->between = text;
}

static void
finish_options(struct options *o)
{
	if (!o->between == !o->noise)
		rn_die(RN_EUSAGE, "--between COLUMN=A,B or --noise: one of them");
	if (o->noise && o->n)
		rn_die(RN_EUSAGE, "-n counts the mixtures of --between; --noise writes each record");
	if (o->between && o->one)
		rn_die(RN_EUSAGE, "--one goes with --noise");
	if (!o->alpha)
		o->alpha = o->noise ? "0:0.5:0.1" : "0.1:0.9:0.1";
	if (!o->n)
		o->n = N_DEFAULT;
	o->alphas = rn_arg_list("--alpha", o->alpha, &o->nalphas);
	for (size_t i = 0; i < o->nalphas; i++)
		if (!(o->alphas[i] >= 0 && o->alphas[i] <= 1))
			rn_die(RN_EUSAGE, "--alpha %s: %g is not between 0 and 1", o->alpha, o->alphas[i]);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_BETWEEN: parse_between(o, arg); return 0;
	case KEY_NOISE: o->noise = true; return 0;
	case KEY_ALPHA: o->alpha = arg; return 0;
	case KEY_ONE: o->one = true; return 0;
	case KEY_UNITS: o->units = rn_arg_word("--units", arg, units); return 0;
	case 'n': o->n = rn_arg_u64("-n", arg, 1, UINT32_MAX); return 0;
	case ARGP_KEY_END: finish_options(o); return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Make samples between two classes, or between samples and noise.",
};

static void
add_history(const struct options *o, struct rn_schema *schema)
{
	struct rn_text line;

	rn_history_begin(&line, &o->common);
	if (o->between)
		rn_history_add(&line, "--between", o->between);
	else
		rn_history_add(&line, "--noise", NULL);
	rn_history_add(&line, "--alpha", o->alpha);
	if (o->between)
		rn_history_add_u64(&line, "-n", o->n);
	if (o->one)
		rn_history_add(&line, "--one", NULL);
	rn_history_add(&line, "--units", units[o->units]);
	rn_history_end(&line, &o->common, schema);
}

/* What a stage works with. */
struct run {
	const struct options *o;
	struct rn_reader *in;
	struct rn_writer *out;
	struct rn_progress progress;
};

static _Noreturn void
die_of_segment(const struct run *r, struct rn_error *err)
{
	rn_error_prefix(err, "%s: segment %" PRIu64, rn_reader_file(r->in), rn_reader_segment_index(r->in));
	rn_die(err->status, "%s", err->text);
}

static _Noreturn void
die_of_record(const struct run *r, size_t i, struct rn_error *err)
{
	if (err->status == RN_EDATA)
		rn_reader_locate(r->in, i, err);
	rn_die(err->status, "%s", err->text);
}

/* The next records of the segment; false at its end. */
static bool
next_records(struct run *r, const uint8_t **records, size_t *n)
{
	const void *at;
	struct rn_error err;
	const enum rn_status st = rn_or_die(rn_reader_next(r->in, &at, n, &err), &err);

	rn_progress_add(&r->progress, rn_reader_bytes(r->in) - r->progress.done);
	if (st == RN_OK)
		*records = at;
	return st == RN_OK;
}

static void
mix_with_noise(struct run *r)
{
	const struct options *o = r->o;
	const struct noise_options options = {
		.seed = o->common.seed,
		.low = low[o->units],
		.high = 1,
		.alpha = o->alphas,
		.alphas = o->nalphas,
		.one = o->one,
	};
	const struct rn_schema *schema;
	const uint8_t *records = NULL;
	struct noise noise;
	struct rn_error err;
	size_t n;

	while (rn_or_die(rn_reader_segment(r->in, &schema, &err), &err) == RN_OK) {
		uint8_t *out;

		if (noise_begin(&noise, schema, &options, &err) != RN_OK)
			die_of_segment(r, &err);
		if (noise.dropped)
			rn_remark(&o->common,
				"column %s is neither a label nor known to sample-mix, and is dropped",
				noise.dropped);
		add_history(o, noise.out);
		rn_or_die(rn_writer_segment(r->out, noise.out, &err), &err);
		out = rn_alloc_or_die(noise_copies(&noise), noise.out->record_bytes);
		while (next_records(r, &records, &n))
			for (size_t i = 0; i < n; i++) {
				if (noise_apply(&noise, records + i * noise.in->record_bytes, out, &err) !=
					RN_OK)
					die_of_record(r, i, &err);
				rn_or_die(rn_writer_put(r->out, out, noise_copies(&noise), &err), &err);
			}
		free(out);
		noise_end(&noise);
	}
}

static void
read_segment(struct run *r, struct between *b)
{
	const uint8_t *records = NULL;
	struct rn_error err;
	size_t n;

	while (next_records(r, &records, &n))
		for (size_t i = 0; i < n; i++)
			if (between_add(b, records + i * b->in->record_bytes, &err) != RN_OK)
				die_of_record(r, i, &err);
}

/* All segments together; they must be alike. */
static void
read_classes(struct run *r, const struct between_options *options, struct between *b)
{
	const struct rn_schema *schema;
	struct rn_error err;

	rn_or_die(rn_reader_segment(r->in, &schema, &err), &err);
	if (between_begin(b, schema, options, &err) != RN_OK)
		die_of_segment(r, &err);
	do {
		if (rn_schema_match(b->in, schema, &err) != RN_OK)
			die_of_segment(r, &err);
		rn_or_die(rn_schema_merge_history(b->out, schema, &err), &err);
		read_segment(r, b);
	} while (rn_or_die(rn_reader_segment(r->in, &schema, &err), &err) == RN_OK);
	rn_or_die(between_check(b, &err), &err);
}

static void
mix_classes(struct run *r)
{
	const struct options *o = r->o;
	const struct between_options options = {
		.seed = o->common.seed,
		.low = low[o->units],
		.high = 1,
		.column = o->column,
		.value = { o->value[0], o->value[1] },
	};
	struct between b = { 0 };
	struct rn_error err;
	uint8_t *out;

	read_classes(r, &options, &b);
	add_history(o, b.out);
	rn_or_die(rn_writer_segment(r->out, b.out, &err), &err);
	out = rn_alloc_or_die(1, b.out->record_bytes);
	for (size_t k = 0; k < o->nalphas; k++) {
		between_set_alpha(&b, o->alphas[k]);
		for (uint64_t id = 0; id < o->n; id++) {
			rn_or_die(between_draw(&b, id, out, &err), &err);
			rn_or_die(rn_writer_put(r->out, out, 1, &err), &err);
		}
	}
	free(out);
	between_end(&b);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct rn_error err;
	struct run r = { .o = &o };

	rn_stage_init(&o.common, "sample-mix", RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	r.in = rn_open_input(&o.common);
	r.out = rn_open_output(&o.common);
	rn_progress_begin(&r.progress, &o.common, "B", rn_reader_bytes_total(r.in));
	if (o.noise)
		mix_with_noise(&r);
	else
		mix_classes(&r);
	rn_progress_end(&r.progress);

	rn_or_die(rn_writer_close(r.out, &err), &err);
	rn_reader_close(r.in);
	free(o.alphas);
	free(o.column);
	return 0;
}
