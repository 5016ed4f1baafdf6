/* The options that all trainers have. */
#include <math.h>
#include <string.h>

#include "renorm/training.h"

enum {
	KEY_OPTIMISER = 0x6000,
	KEY_RATE,
	KEY_DECAY,
	KEY_MOMENTUM,
	KEY_BETA1,
	KEY_BETA2,
	KEY_EPSILON,
	KEY_L1_W,
	KEY_L1_B,
	KEY_L2_W,
	KEY_L2_B,
	KEY_BATCH,
	KEY_REPLACEMENT,
	KEY_EPOCHS,
	KEY_EVERY,
	KEY_PATIENCE,
	KEY_TEST,
	KEY_HOLDOUT,
	KEY_LOG,
	KEY_CHECKPOINT,
	KEY_RESUME,
};

static const char *const methods[] = { "gd", "sgd", "minibatch", "momentum", "adam", NULL };

static const struct argp_option table[] = {
	{ "optimiser", KEY_OPTIMISER, "METHOD", 0,
		"gd (all samples an update), sgd (one), minibatch, momentum, adam", 0 },
	{ "rate", KEY_RATE, "ETA", 0, "Learning rate", 0 },
	{ "rate-decay", KEY_DECAY, "D", 0, "In epoch k = 0, 1, ... the rate is ETA / (1 + D k) (0)", 0 },
	{ "momentum", KEY_MOMENTUM, "M", 0, "Of --optimiser=momentum (0.9)", 0 },
	{ "beta1", KEY_BETA1, "B", 0, "Of --optimiser=adam (0.9)", 0 },
	{ "beta2", KEY_BETA2, "B", 0, "Of --optimiser=adam (0.999)", 0 },
	{ "epsilon", KEY_EPSILON, "E", 0, "Of --optimiser=adam (1e-8)", 0 },
	{ "l1-w", KEY_L1_W, "L", 0, "Adds L sum |w| over the weights to the cost (0)", 0 },
	{ "l1-b", KEY_L1_B, "L", 0, "The same over the biases", 0 },
	{ "l2-w", KEY_L2_W, "L", 0, "Adds L/2 sum w^2 over the weights (0)", 0 },
	{ "l2-b", KEY_L2_B, "L", 0, "The same over the biases", 0 },
	{ "batch", KEY_BATCH, "N", 0, "Samples an update (100)", 0 },
	{ "replacement", KEY_REPLACEMENT, NULL, 0, "Draw the samples of a batch independently", 0 },
	{ "epochs", KEY_EPOCHS, "N", 0, "Times that as many samples as there are have been used", 0 },
	{ "every", KEY_EVERY, "N", 0, "A record each N epochs in the output, not of the last model alone",
		0 },
	{ "test", KEY_TEST, "FILE", 0, "Samples to test on", 0 },
	{ "holdout", KEY_HOLDOUT, "F", 0, "Test on this part of the samples, and do not train on it", 0 },
	{ "patience", KEY_PATIENCE, "N", 0, "Stop N epochs after the best one on the test set; 0: never", 0 },
	{ "log", KEY_LOG, "FILE.csv", 0, "Learning curves, a row an epoch", 0 },
	{ "checkpoint", KEY_CHECKPOINT, "FILE", 0, "Keep there what --resume needs, renewed as time goes by",
		0 },
	{ "resume", KEY_RESUME, "FILE", 0, "Go on from a checkpoint, or from the last good record of a model",
		0 },
	{ 0 },
};

static double
positive(const char *option, const char *arg)
{
	const double x = rn_arg_f64(option, arg, 0, 1e30);

	if (x == 0)
		rn_die(RN_EUSAGE, "%s: 0 trains nothing; a positive number is needed", option);
	return x;
}

static double
fraction(const char *option, const char *arg)
{
	const double x = rn_arg_f64(option, arg, 0, 1);

	if (x == 1)
		rn_die(RN_EUSAGE, "%s: '%s' is not a number from 0 to below 1", option, arg);
	return x;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct rn_training *t = state->input;

	switch (key) {
	case KEY_OPTIMISER:
		t->method = (enum rn_training_method)rn_arg_word("--optimiser", arg, methods);
		return 0;
	case KEY_RATE: t->rate = positive("--rate", arg); return 0;
	case KEY_DECAY: t->decay = rn_arg_f64("--rate-decay", arg, 0, 1e30); return 0;
	case KEY_MOMENTUM: t->momentum = fraction(t->of_momentum = "--momentum", arg); return 0;
	case KEY_BETA1: t->beta1 = fraction(t->of_adam = "--beta1", arg); return 0;
	case KEY_BETA2: t->beta2 = fraction(t->of_adam = "--beta2", arg); return 0;
	case KEY_EPSILON: t->epsilon = rn_arg_f64(t->of_adam = "--epsilon", arg, 1e-30, 1e30); return 0;
	case KEY_L1_W: t->l1_w = rn_arg_f64("--l1-w", arg, 0, 1e30); return 0;
	case KEY_L1_B: t->l1_b = rn_arg_f64("--l1-b", arg, 0, 1e30); return 0;
	case KEY_L2_W: t->l2_w = rn_arg_f64("--l2-w", arg, 0, 1e30); return 0;
	case KEY_L2_B: t->l2_b = rn_arg_f64("--l2-b", arg, 0, 1e30); return 0;
	case KEY_BATCH: t->batch = rn_arg_u64(t->of_batches = "--batch", arg, 1, INT32_MAX); return 0;
	case KEY_REPLACEMENT:
		t->of_batches = "--replacement";
		t->replacement = true;
		return 0;
	case KEY_EPOCHS: t->epochs = rn_arg_u64("--epochs", arg, 1, UINT32_MAX); return 0;
	case KEY_EVERY: t->every = rn_arg_u64("--every", arg, 1, UINT32_MAX); return 0;
	case KEY_PATIENCE: t->patience = rn_arg_u64("--patience", arg, 0, UINT32_MAX); return 0;
	case KEY_TEST: t->test = arg; return 0;
	case KEY_HOLDOUT: t->holdout = fraction("--holdout", arg); return 0;
	case KEY_LOG: t->log = arg; return 0;
	case KEY_CHECKPOINT: t->checkpoint = arg; return 0;
	case KEY_RESUME: t->resume = arg; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp training_argp = { .options = table, .parser = parse };
const struct argp_child rn_training_children[] = {
	{ &training_argp, 0, "Training:", 3 },
	{ &rn_common_argp, 0, "Common options:", -1 },
	{ 0 },
};

/* An option that has no effect is a mistake. */
static void
check_method(const struct rn_training *t)
{
	if (t->of_momentum && t->method != RN_TRAIN_MOMENTUM)
		rn_die(RN_EUSAGE, "%s is an option of --optimiser=momentum", t->of_momentum);
	if (t->of_adam && t->method != RN_TRAIN_ADAM)
		rn_die(RN_EUSAGE, "%s is an option of --optimiser=adam", t->of_adam);
	if (t->of_batches && !strcmp(t->of_batches, "--batch") && t->method <= RN_TRAIN_SGD)
		rn_die(RN_EUSAGE, "--batch: --optimiser=%s has batches of its own", methods[t->method]);
}

void
rn_training_check(const struct rn_training *t)
{
	check_method(t);
	if (t->test && t->holdout > 0)
		rn_die(RN_EUSAGE, "--test and --holdout both name a test set; choose one");
	if (t->patience > 0 && !t->test && t->holdout == 0)
		rn_die(RN_EUSAGE, "--patience needs a test set: --test FILE or --holdout F");
}

static void
add_number(struct rn_text *line, const char *option, double x, double otherwise)
{
	char text[RN_NUMBER_MAX];

	if (x == otherwise)
		return;
	rn_print_f64(text, x);
	rn_history_add(line, option, text);
}

void
rn_training_history(const struct rn_training *t, struct rn_text *line)
{
	rn_history_add(line, "--optimiser", methods[t->method]);
	add_number(line, "--rate", t->rate, NAN);
	add_number(line, "--rate-decay", t->decay, 0);
	if (t->method == RN_TRAIN_MOMENTUM)
		add_number(line, "--momentum", t->momentum, NAN);
	if (t->method == RN_TRAIN_ADAM) {
		add_number(line, "--beta1", t->beta1, 0.9);
		add_number(line, "--beta2", t->beta2, 0.999);
		add_number(line, "--epsilon", t->epsilon, 1e-8);
	}
	add_number(line, "--l1-w", t->l1_w, 0);
	add_number(line, "--l1-b", t->l1_b, 0);
	add_number(line, "--l2-w", t->l2_w, 0);
	add_number(line, "--l2-b", t->l2_b, 0);
	if (t->method > RN_TRAIN_SGD && t->batch)
		rn_history_add_u64(line, "--batch", t->batch);
	if (t->replacement)
		rn_history_add(line, "--replacement", NULL);
	if (t->epochs)
		rn_history_add_u64(line, "--epochs", t->epochs);
	if (t->every)
		rn_history_add_u64(line, "--every", t->every);
	if (t->patience)
		rn_history_add_u64(line, "--patience", t->patience);
	if (t->test)
		rn_history_add(line, "--test", basename(t->test));
	add_number(line, "--holdout", t->holdout, 0);
	if (t->resume)
		rn_history_add(line, "--resume", basename(t->resume));
}
