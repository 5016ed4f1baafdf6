/*
 * invrg-train - learn to invert a step of the renormalization group
 *
 * Reads   pairs of a configuration and its block configuration, as blockspin --levels writes them: field, columns phi.k
 *         f32 or f64 L1 [L2], or spins, columns spins.k. All segments are one training set.
 * Writes  model.invrg (renorm/invrg.h): a transposed convolution (linear), or several with a nonlinearity and
 *         convolutions after them (net), with the covariance of what they miss; or tables of the states of blocks of
 *         Ising spins. The last record is the model.
 *
 * Method  linear: least squares in closed form (squares.h), or by descent (descent.h) beside it. net: descent.
 *         tables: counting (count.h).
 *
 * Random numbers are keyed by (seed, "invrg-train", purpose) and counted by (epoch, draw).
 *
 * Cost    exact and tables: one pass over the pairs, memory the sums alone. Descent: the pairs are kept, in f32.
 *
 * [1] D. Bachtis, G. Aarts, F. Di Renzo, B. Lucini, Phys. Rev. Lett. 128 (2022) 081603.
 * [2] D. Ron, R. Swendsen, A. Brandt, Phys. Rev. Lett. 89 (2002) 275701.
 */
#include <string.h>

#include "renorm/vecmath.h"
#include "run.h"

static const char *const methods[] = { "exact", "descent", NULL };
static const char *const symmetries[] = { "none", "d4", NULL };

enum { KEY_STEP = 0x100, KEY_METHOD, KEY_SYMMETRY, KEY_MAPS, KEY_ACTIVATION, KEY_MIX, KEY_CONTEXT };

static const struct argp_option table[] = {
	{ "step", KEY_STEP, "N", 0, "Learn from levels N - 1 and N of the records (1)", 1 },
	{ "kernel", 'K', "K", 0, "Edge of the kernel of a transposed convolution, in sites (3 b)", 1 },
	{ "symmetry", KEY_SYMMETRY, "d4|none", 0,
		"Kernels and tables have the symmetries of the square (d4, if K - b is even and there are no "
		"--maps)",
		1 },
	{ "method", KEY_METHOD, "exact|descent", 0, "Of a linear map: closed form, or training (exact)", 1 },
	{ "maps", KEY_MAPS, "N", 0, "A net of N transposed convolutions; without, the map is linear", 1 },
	{ "activation", KEY_ACTIVATION, "tanh|relu|none", 0, "Of --maps (tanh)", 1 },
	{ "mix", KEY_MIX, "K", 0, "Of --maps: edge of the convolutions that put them together, odd (3)", 1 },
	{ "context", KEY_CONTEXT, "two-colour|centre+8|centre+4", 0,
		"Of spins: what the state of a block is given by (two-colour)", 1 },
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
	case KEY_STEP: o->step = rn_arg_u64("--step", arg, 1, 64); return 0;
	case 'K': o->K = rn_arg_u64(o->of_field = "--kernel", arg, 2, RN_INVRG_MAX_K); return 0;
	case KEY_SYMMETRY: o->symmetry = (int)rn_arg_word("--symmetry", arg, symmetries); return 0;
	case KEY_METHOD:
		o->method = (enum method)rn_arg_word(o->of_field = "--method", arg, methods);
		return 0;
	case KEY_MAPS: o->maps = rn_arg_u64(o->of_field = "--maps", arg, 1, 64); return 0;
	case KEY_ACTIVATION:
		o->activation = (enum rn_invrg_activation)rn_arg_word(o->of_net = "--activation", arg,
			rn_invrg_activations);
		return 0;
	case KEY_MIX:
		o->mix = rn_arg_u64(o->of_net = "--mix", arg, 1, RN_INVRG_MAX_K);
		if (o->mix % 2 == 0)
			rn_die(RN_EUSAGE, "--mix: %s is even, and has no middle", arg);
		return 0;
	case KEY_CONTEXT:
		o->context =
			(enum rn_invrg_context)rn_arg_word(o->of_spins = "--context", arg, rn_invrg_contexts);
		return 0;
	case ARGP_KEY_END:
		if (o->of_net && !o->maps)
			rn_die(RN_EUSAGE, "%s is an option of a net: --maps N", o->of_net);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_training_children,
	.args_doc = "[FILE...]",
	.doc = "Learn to invert a step of the renormalization group, from configurations and their blocks.",
};

/* Whether an option was given that only training has: what stands in the history, or names a file. */
static bool
differ(const struct rn_training *a, const struct rn_training *b)
{
	struct rn_text line[2] = { { 0 } };
	bool other;

	rn_training_history(a, &line[0]);
	rn_training_history(b, &line[1]);
	other = strcmp(line[0].data, line[1].data) != 0 || a->log || a->checkpoint;
	rn_text_clear(&line[0]);
	rn_text_clear(&line[1]);
	return other;
}

int
main(int argc, char **argv)
{
	/* Not given: holdout < 0, patience UINT64_MAX. */
	static const struct rn_training defaults = { .momentum = 0.9,
		.beta1 = 0.9,
		.beta2 = 0.999,
		.epsilon = 1e-8,
		.method = RN_TRAIN_ADAM,
		.rate = 0.03,
		.decay = 1,
		.batch = 32,
		.epochs = 30,
		.holdout = -1,
		.patience = UINT64_MAX };
	struct options o = { .step = 1, .symmetry = -1, .mix = 3, .context = RN_INVRG_TWO_COLOUR };
	struct rn_reader *in;
	struct rn_writer *out;
	struct rn_error err;
	struct pairs p;

	o.training = defaults;
	rn_stage_init(&o.common, "invrg-train",
		RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM | RN_STAGE_THREADS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	o.trains = differ(&o.training, &defaults);
	rn_training_check_files(&o.training, &o.common);
	rn_blas_threads(o.common.threads);

	out = rn_open_output(&o.common);
	in = rn_open_input(&o.common);
	pairs_open(&p, in, (unsigned)o.step);
	run_complete(&o, &p);
	if (p.spins)
		run_tables(&o, &p, out);
	else if (o.method == DESCENT || o.maps)
		run_descent(&o, &p, out);
	else
		run_exact(&o, &p, out);
	rn_or_die(rn_writer_close(out, &err), &err);
	pairs_close(&p);
	rn_reader_close(in);
	return 0;
}
