/*
 * mlp-train - train a multilayer perceptron to tell classes of samples apart
 *
 * Reads   spins: spins bit ...; or samples: x bit, u8 or f32; one record a sample, with the label that is its class. All
 *         segments are one training set.
 * Writes  model.mlp: epoch u32, W1 f32 in out, b1 f32 out, W2 ...; a record each --every epochs and one at the end,
 *         which is the model: the best epoch on the test set, where there is one. --log: a table of the epochs.
 *         --checkpoint: the model and all that --resume needs.
 *
 * Method  backpropagation with costs that match the output layer ([1], thesis appendix A); see backprop.h, renorm/mlp.h.
 *
 * Random numbers are keyed by (seed, "mlp-train", purpose, width of a sample) and counted by (layer or epoch, draw).
 *
 * Cost    three matrix products a layer and batch; memory the packed samples, 20 bytes a sample for class and order,
 *         the network three to six times, and a batch.
 *
 * [1] D. E. Rumelhart, G. E. Hinton, R. J. Williams, Nature 323 (1986) 533.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/checkpoint.h"
#include "renorm/vecmath.h"
#include "run.h"
#include "state.h"

static const char *const units[] = { "pm1", "01", NULL };

enum { KEY_LAYERS = 0x100, KEY_LABEL, KEY_UNITS };

static const struct argp_option table[] = {
	{ "layers", KEY_LAYERS, "N:F,...", 0,
		"Units and activation of each layer; the last has a unit a class (64:tanh,softmax)", 1 },
	{ "label", KEY_LABEL, "COLUMN", 0, "Each distinct value of it is a class (T)", 1 },
	{ "units", KEY_UNITS, "pm1|01", 0,
		"Bits 0 and 1, bytes 0 and 255, are inputs of -1 and 1, or 0 and 1 (pm1)", 1 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->training;
		state->child_inputs[1] = &o->common;
		return 0;
	case KEY_LAYERS: o->layers = arg; return 0;
	case KEY_LABEL: o->label = arg; return 0;
	case KEY_UNITS: o->zero_one = rn_arg_word("--units", arg, units) == 1; return 0;
	case ARGP_KEY_END:
		if (o->training.holdout < 0)
			o->training.holdout = o->training.test ? 0 : 0.2;
		if (o->training.patience == UINT64_MAX)
			o->training.patience = o->training.test || o->training.holdout > 0 ? 10 : 0;
		rn_training_check(&o->training);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_training_children,
	.args_doc = "[FILE...]",
	.doc = "Train a multilayer perceptron to tell classes of samples apart: temperatures of spin "
	       "configurations, "
	       "say, or digits.",
};

/* A run taken up from its checkpoint is the run it would have been, and its history says the same. */
static void
add_history(const void *options, bool continues, struct rn_schema *schema)
{
	const struct options *o = options;
	struct rn_training training = o->training;
	struct rn_text line;

	if (continues)
		training.resume = NULL;

	rn_history_begin(&line, &o->common);
	rn_history_add(&line, "--layers", o->layers);
	rn_history_add(&line, "--label", o->label);
	rn_history_add(&line, "--units", units[o->zero_one]);
	rn_training_history(&training, &line);
	rn_history_end(&line, &o->common, schema);
}

/* --- learning curves --------------------------------------------------------- */

static const char *const curve_columns[] = { "epoch", "train_cost", "test_cost", "train_accuracy",
	"test_accuracy", "rate" };
enum { CURVES = sizeof curve_columns / sizeof *curve_columns };

static void
add_to_curve(struct rn_curve *c, const struct run *r, struct result train, struct result test)
{
	const double row[CURVES] = { (double)r->epoch, train.cost, test.cost, train.accuracy, test.accuracy,
		rn_training_rate(&r->o->training, r->epoch - 1) };
	struct rn_error err;

	rn_or_die(rn_curve_add(c, row, &err), &err);
}

static void
save_curve(const struct rn_curve *c, const struct options *o)
{
	struct rn_error err;

	if (o->training.log)
		rn_or_die(rn_curve_save(c, o->training.log, &err), &err);
}

/* --- training ------------------------------------------------------------------- */

static void
put_record(struct state *s, struct rn_writer *out)
{
	struct rn_error err;

	state_record(s);
	rn_or_die(rn_writer_put(out, s->record, 1, &err), &err);
}

/* One epoch with its tests; false when the numbers failed. */
static bool
train_epoch(struct run *r, struct rn_curve *curve, struct rn_progress *progress)
{
	const struct result train = run_epoch(r, progress);
	struct result test = { NAN, NAN };

	if (!isfinite(train.cost))
		return false;
	if (run_has_test(r)) {
		test = run_test(r);
		if (!isfinite(test.cost))
			return false;
		rn_best_update(&r->best, test.cost, r->epoch, r->mlp.theta);
	}
	add_to_curve(curve, r, train, test);
	return true;
}

/*
 * Where nothing can be written that is told before the first epoch, and not in an hour. The log comes first: --resume
 * takes from it what was before its checkpoint, and nothing may be missing.
 */
static void
renew_files(struct state *s, const struct rn_curve *curve)
{
	save_curve(curve, s->run->o);
	if (s->run->o->training.checkpoint)
		state_save(s);
}

static bool
is_over(const struct run *r)
{
	return rn_training_is_over(&r->o->training, &r->best, r->epoch, r->o->training.epochs);
}

static void
train(struct run *r, struct rn_curve *curve, struct state *s, struct rn_writer *out)
{
	const struct rn_training *t = &r->o->training;
	struct rn_renewal renewal = { 0 };
	struct rn_progress progress;

	rn_progress_begin(&progress, &r->o->common, "samples",
		r->epoch < t->epochs ? (t->epochs - r->epoch) * r->n : 0);
	while (!is_over(r)) {
		if (!train_epoch(r, curve, &progress)) {
			save_curve(curve, r->o);
			rn_training_give_up(t, r->epoch);
		}
		if (t->every && r->epoch % t->every == 0 && !is_over(r))
			put_record(s, out);
		if (is_over(r) || rn_renewal_is_due(&renewal)) {
			renew_files(s, curve);
			rn_renewal_done(&renewal);
		}
	}
	rn_progress_end(&progress);
}

int
main(int argc, char **argv)
{
	struct options o = {
		.layers = "64:tanh,softmax",
		.label = "T",
		.training = { RN_TRAINING_DEFAULTS, .method = RN_TRAIN_ADAM, .rate = 0.003, .epochs = 100,
			.holdout = -1, .patience = UINT64_MAX },
	};
	struct rn_curve curve;
	struct rn_writer *out;
	struct rn_error err;
	struct state s;
	struct run r;

	rn_stage_init(&o.common, "mlp-train",
		RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM | RN_STAGE_THREADS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	rn_training_check_files(&o.training, &o.common);
	rn_blas_threads(o.common.threads);

	out = rn_open_output(&o.common);
	run_create(&r, &o);
	state_create(&s, &r);
	if (o.training.resume)
		state_resume(&s, o.training.resume);
	rn_training_write_history(&o.training, &o.common, add_history, &o, s.resumed, s.model, s.checkpoint);
	rn_or_die(rn_curve_create(&curve, curve_columns, CURVES, &err), &err);
	if (o.training.resume && o.training.log)
		rn_or_die(rn_curve_resume(&curve, o.training.log, r.epoch, &err), &err);
	renew_files(&s, &curve);
	rn_or_die(rn_writer_segment(out, s.model, &err), &err);

	train(&r, &curve, &s, out);
	rn_best_take(&r.best, r.mlp.theta, &r.epoch);
	put_record(&s, out);
	rn_or_die(rn_writer_close(out, &err), &err);

	rn_curve_clear(&curve);
	state_clear(&s);
	run_clear(&r);
	return 0;
}
