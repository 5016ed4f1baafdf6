/*
 * gaussnet-sample - ensembles of random networks, evaluated at points
 *
 * Reads   nothing, or the data of --train.
 * Writes  nets, or neurons (renorm/nets.h), one segment.
 *
 *	f(x) = W1 g(W0 x + b0) + b1,   W0 ~ N(0, sigma_w^2 / din), W1 ~ N(0, sigma_w^2 / N), b0, b1 ~ N(0, sigma_b^2)
 *
 * and more hidden layers. 16 networks at a time (networks.h, block.h); neurons.h has the single units of --neurons,
 * descent.h the training. Random numbers are keyed by what a record is labelled with and its bag (networks.h): neither
 * other widths, sigmas and bags matter nor the points.
 *
 * Cost    time O(N P + N din) a network (O(N^2 P) with more layers); memory O(P + din + dout), with more layers O(N P).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

static const char *const layers[] = { "last", "all", NULL };

/* Tilts for the orders of the usual couplings; the weights of one make those of another noisy beyond use. */
#define TILT_GAUSS "2,4,6"

/* More in a list than this is a mistake; and each number of it is sought among the others. */
#define LIST_LONG 10000

enum {
	KEY_ACTIVATION = 0x100,
	KEY_WIDTH,
	KEY_DEPTH,
	KEY_DIN,
	KEY_DOUT,
	KEY_SIGMA_W,
	KEY_SIGMA_B,
	KEY_BAGS,
	KEY_NETS,
	KEY_FIRST_BAG,
	KEY_POINTS,
	KEY_F32,
	KEY_HIDDEN_COV,
	KEY_NEURONS,
	KEY_TILT,
	KEY_TRAIN,
	KEY_STEPS,
	KEY_LR,
	KEY_LAYERS,
};

static const struct argp_option table[] = {
	{ "activation", KEY_ACTIVATION, "gauss|relu|erf", 0, "Activation of the hidden units (gauss)", 1 },
	{ "width", KEY_WIDTH, "LIST", 0, "Units of a hidden layer: 10, 10,100, 10:50:10; needed", 1 },
	{ "depth", KEY_DEPTH, "L", 0, "Hidden layers (1)", 1 },
	{ "din", KEY_DIN, "D", 0, "Coordinates of a point (what --points has)", 1 },
	{ "dout", KEY_DOUT, "D", 0, "Outputs (1)", 1 },
	{ "sigma-w", KEY_SIGMA_W, "LIST", 0,
		"Standard deviations of the weights, before 1/sqrt(din), 1/sqrt(N) (1)", 1 },
	{ "sigma-b", KEY_SIGMA_B, "LIST", 0, "Standard deviations of the biases (1)", 1 },
	{ "bags", KEY_BAGS, "B", 0, "Bags, that is independent samples of the ensemble (20)", 1 },
	{ "nets", KEY_NETS, "N", 0, "Networks in a bag (30000)", 1 },
	{ "first-bag", KEY_FIRST_BAG, "K", 0, "Number the bags from K (0); other bags are independent", 1 },
	{ "points", KEY_POINTS, "LIST|FILE", 0,
		"Points: '0 0.5 1', '0,0 0,1' for two coordinates, or a CSV file with a row a point "
		"(" RN_NET_POINTS_DEFAULT ")",
		1 },
	{ "f32", KEY_F32, NULL, 0, "Compute and write with single precision", 1 },
	{ "hidden-cov", KEY_HIDDEN_COV, NULL, 0,
		"Also write the covariance of an output given the hidden layers", 1 },
	{ NULL, 0, NULL, 0, "Single units in place of networks:", 2 },
	{ "neurons", KEY_NEURONS, NULL, 0,
		"Write --nets units of the hidden layer, g(x) at the points, a bag", 2 },
	{ "tilt", KEY_TILT, "LIST", 0,
		"Draw them so that products of so many g(x) have little variance "
		"(gauss: " TILT_GAUSS "; else 0)",
		2 },
	{ NULL, 0, NULL, 0, "Training, by gradient descent on the mean squared error:", 3 },
	{ "train", KEY_TRAIN, "LIST|FILE", 0, "Data: rows of din coordinates and dout targets; as --points",
		3 },
	{ "steps", KEY_STEPS, "LIST", 0, "After which steps the outputs are written: 0,1,10,100", 3 },
	{ "lr", KEY_LR, "ETA", 0, "Learning rate, for parameters in units of their standard deviations", 3 },
	{ "layers", KEY_LAYERS, "last|all", 0, "Which layers learn (last)", 3 },
	{ 0 },
};

/* --- options ----------------------------------------------------------------- */

/* In their order, each once. */
static double *
numbers_or_die(const char *option, const char *text, double lo, double hi, size_t *n)
{
	double *x = rn_arg_list(option, text, n);
	size_t kept = 0;

	for (size_t i = 0; i < *n && i <= LIST_LONG; i++) {
		const double it = x[i];
		size_t j = 0;

		if (!(it >= lo && it <= hi)) {
			free(x);
			rn_die(RN_EUSAGE, "%s: %.10g is not a number from %.10g to %.10g", option, it, lo,
				hi);
		}
		while (j < kept && x[j] != it)
			j++;
		x[j] = it;
		kept += j == kept;
	}
	if (*n > LIST_LONG) {
		free(x);
		rn_die(RN_EUSAGE, "%s: '%.40s...' has more than %d numbers", option, text, LIST_LONG);
	}
	*n = kept;
	return x;
}

static uint64_t *
wholes_or_die(const char *option, const char *text, uint64_t lo, uint64_t hi, size_t *n)
{
	double *x = numbers_or_die(option, text, (double)lo, (double)hi, n), broken = 0;
	uint64_t *whole = rn_alloc_or_die(*n, sizeof *whole);

	for (size_t i = 0; i < *n; i++) {
		whole[i] = (uint64_t)x[i];
		if (x[i] != floor(x[i]))
			broken = x[i];
	}
	free(x);
	if (broken != 0) {
		free(whole);
		rn_die(RN_EUSAGE, "%s: %g is not a whole number", option, broken);
	}
	return whole;
}

static void
points_or_die(struct options *o)
{
	struct rn_error err;
	size_t a, b;

	if (!o->points_operand && o->din > 1)
		rn_die(RN_EUSAGE, "--points is missing: with --din %zu there is no default", o->din);
	if (rn_net_points_of_operand(o->points_operand ? o->points_operand : RN_NET_POINTS_DEFAULT,
		    &o->points, &err) != RN_OK)
		rn_die(err.status == RN_EDATA ? RN_EUSAGE : err.status, "--points: %s", err.text);
	if (o->din && o->points.din != o->din)
		rn_die(RN_EUSAGE,
			"--points: points of %zu coordinates where --din is %zu "
			"(blanks between points, commas between coordinates)",
			o->points.din, o->din);
	o->din = o->points.din;
	if (rn_net_points_repeated(&o->points, &a, &b))
		rn_remark(&o->common,
			"--points: points %zu and %zu are the same: green-fn(1) takes each once", a + 1,
			b + 1);
}

static void
train_or_die(struct options *o)
{
	const size_t din = o->din, dout = o->dout;
	struct rn_error err;

	if (rn_net_points_of_operand(o->train_operand, &o->train, &err) != RN_OK) {
		rn_error_prefix(&err, "--train");
		rn_die(err.status, "%s", err.text);
	}
	if (o->train.din != din + dout)
		rn_die(RN_EDATA,
			"--train: rows of %zu numbers, where %zu coordinate%s and %zu target%s are needed",
			o->train.din, din, din == 1 ? "" : "s", dout, dout == 1 ? "" : "s");
	o->train_x = rn_alloc_or_die(o->train.n * din, sizeof *o->train_x);
	o->train_y = rn_alloc_or_die(o->train.n * dout, sizeof *o->train_y);
	for (size_t j = 0; j < o->train.n; j++) {
		memcpy(o->train_x + j * din, o->train.x + j * (din + dout), din * sizeof *o->train_x);
		memcpy(o->train_y + j * dout, o->train.x + j * (din + dout) + din, dout * sizeof *o->train_y);
	}
}

static void
check_training_or_die(struct options *o)
{
	if (!o->train_operand) {
		if (o->step_list || o->eta > 0 || o->all)
			rn_die(RN_EUSAGE, "--steps, --lr and --layers go with --train DATA");
		return;
	}
	if (o->hidden_cov)
		rn_die(RN_EUSAGE, "--hidden-cov is for networks that are not trained: leave it out");
	if (!o->step_list || !(o->eta > 0))
		rn_die(RN_EUSAGE, "--train needs --steps, such as --steps 0,1,10,100, and --lr");
	if (o->all && o->depth > 1)
		rn_die(RN_EUSAGE,
			"--layers all is for --depth 1; the last layer can be trained at any depth");
	o->step = wholes_or_die("--steps", o->step_list, 0, 1000000000, &o->steps);
	for (size_t i = 1; i < o->steps; i++)
		if (o->step[i] < o->step[i - 1])
			rn_die(RN_EUSAGE, "--steps %s: should ascend", o->step_list);
}

static void
check_neurons_or_die(const struct options *o)
{
	if (!o->neurons && o->tilt_list)
		rn_die(RN_EUSAGE, "--tilt goes with --neurons");
	if (!o->neurons && !o->width_list)
		rn_die(RN_EUSAGE, "--width is missing: units of the hidden layer, such as --width 10,100");
	if (o->neurons && o->of_nets)
		rn_die(RN_EUSAGE,
			"--%s is for networks; --neurons are single units of one hidden layer: leave it out",
			o->of_nets);
}

/* As given, or what suits the activation. */
static const char *
tilt_list(const struct options *o)
{
	if (o->tilt_list)
		return o->tilt_list;
	return o->activation == RN_NET_GAUSS ? TILT_GAUSS : "0";
}

static void
finish_options(struct options *o)
{
	struct rn_error err;
	uint64_t last;

	check_neurons_or_die(o);
	check_training_or_die(o);
	if (__builtin_add_overflow(o->first_bag, o->bags - 1, &last) || last > UINT32_MAX)
		rn_die(RN_EUSAGE,
			"--first-bag %" PRIu64 ": %" PRIu64 " bags from there are numbered past 2^32",
			o->first_bag, o->bags);
	if (!o->neurons)
		o->width = wholes_or_die("--width", o->width_list, 1, (uint64_t)1 << 31, &o->widths);
	else
		o->tilt = wholes_or_die("--tilt", tilt_list(o), 0, 100, &o->tilts);
	o->sigma_w = numbers_or_die("--sigma-w", o->sigma_w_list, 0, 1e100, &o->sigma_ws);
	o->sigma_b = numbers_or_die("--sigma-b", o->sigma_b_list, 0, 1e100, &o->sigma_bs);
	points_or_die(o);
	if (o->train_operand)
		train_or_die(o);
	rn_or_die(sweep_check(o, &err), &err);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_ACTIVATION:
		o->activation = (enum rn_net_activation)rn_arg_word("--activation", arg, rn_net_activations);
		return 0;
	case KEY_WIDTH: o->width_list = arg; break;
	case KEY_DEPTH: o->depth = rn_arg_u64("--depth", arg, 1, 1000); break;
	case KEY_DIN: o->din = rn_arg_u64("--din", arg, 1, RN_NET_COORDINATES); return 0;
	case KEY_DOUT: o->dout = rn_arg_u64("--dout", arg, 1, RN_NET_COORDINATES); break;
	case KEY_SIGMA_W: o->sigma_w_list = arg; return 0;
	case KEY_SIGMA_B: o->sigma_b_list = arg; return 0;
	case KEY_BAGS: o->bags = rn_arg_u64("--bags", arg, 1, (uint64_t)1 << 32); return 0;
	case KEY_NETS: o->nets = rn_arg_u64("--nets", arg, 1, (uint64_t)1 << 48); return 0;
	case KEY_FIRST_BAG: o->first_bag = rn_arg_u64("--first-bag", arg, 0, UINT32_MAX); return 0;
	case KEY_POINTS: o->points_operand = arg; return 0;
	case KEY_F32: o->f32 = true; return 0;
	case KEY_HIDDEN_COV: o->hidden_cov = true; break;
	case KEY_NEURONS: o->neurons = true; return 0;
	case KEY_TILT: o->tilt_list = arg; return 0;
	case KEY_TRAIN: o->train_operand = arg; break;
	case KEY_STEPS: o->step_list = arg; break;
	case KEY_LR: o->eta = rn_arg_f64("--lr", arg, 1e-300, 1e300); break;
	case KEY_LAYERS: o->all = rn_arg_word("--layers", arg, layers); break;
	default: return ARGP_ERR_UNKNOWN;
	}
	for (const struct argp_option *t = table; !o->of_nets; t++)
		if (t->key == key)
			o->of_nets = t->name;
	return 0;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.doc = "Sample ensembles of random neural networks, evaluated at points.",
};

/* --- header ------------------------------------------------------------------ */

static void
add_f64(struct rn_text *line, const char *option, double x)
{
	char text[RN_NUMBER_MAX];

	rn_print_f64(text, x);
	rn_history_add(line, option, text);
}

/* Of a list what it says, of a path the last part. */
static void
add_operand(struct rn_text *line, const char *option, const char *operand)
{
	const char *slash = strrchr(operand, '/');

	rn_history_add(line, option, slash ? slash + 1 : operand);
}

static void
add_history(const struct options *o, struct rn_schema *schema)
{
	struct rn_text line;

	rn_history_begin(&line, &o->common);
	rn_history_add(&line, "--activation", rn_net_activations[o->activation]);
	if (!o->neurons) {
		rn_history_add(&line, "--width", o->width_list);
		rn_history_add_u64(&line, "--depth", o->depth);
		rn_history_add_u64(&line, "--dout", o->dout);
	}
	rn_history_add(&line, "--sigma-w", o->sigma_w_list);
	rn_history_add(&line, "--sigma-b", o->sigma_b_list);
	rn_history_add_u64(&line, "--bags", o->bags);
	rn_history_add_u64(&line, "--nets", o->nets);
	rn_history_add_u64(&line, "--first-bag", o->first_bag);
	add_operand(&line, "--points", o->points_operand ? o->points_operand : RN_NET_POINTS_DEFAULT);
	if (o->f32)
		rn_history_add(&line, "--f32", NULL);
	if (o->hidden_cov)
		rn_history_add(&line, "--hidden-cov", NULL);
	if (o->neurons) {
		rn_history_add(&line, "--neurons", NULL);
		rn_history_add(&line, "--tilt", tilt_list(o));
	}
	if (o->train_operand) {
		add_operand(&line, "--train", o->train_operand);
		rn_history_add(&line, "--steps", o->step_list);
		add_f64(&line, "--lr", o->eta);
		rn_history_add(&line, "--layers", layers[o->all]);
	}
	rn_history_end(&line, &o->common, schema);
}

static struct rn_nets
nets_of(const struct options *o)
{
	return (struct rn_nets){
		.neurons = o->neurons,
		.activation = o->activation,
		.points = o->points,
		.dout = o->dout,
		.depth = o->depth,
		.type = o->f32 ? RN_F32 : RN_F64,
		.step = o->train_operand,
		.cov = o->hidden_cov,
	};
}

static uint64_t
work(const struct options *o)
{
	return o->sigma_bs * o->sigma_ws * (o->neurons ? o->tilts : o->widths) * o->bags * o->nets;
}

static void
free_options(struct options *o)
{
	free(o->width);
	free(o->tilt);
	free(o->step);
	free(o->sigma_w);
	free(o->sigma_b);
	free(o->train_x);
	free(o->train_y);
	rn_net_points_clear(&o->points);
	rn_net_points_clear(&o->train);
}

int
main(int argc, char **argv)
{
	struct options o = { .sigma_w_list = "1",
		.sigma_b_list = "1",
		.dout = 1,
		.depth = 1,
		.bags = 20,
		.nets = 30000 };
	struct rn_progress progress;
	struct rn_schema *schema;
	struct rn_writer *out;
	struct rn_error err;
	struct rn_nets nets;

	rn_stage_init(&o.common, "gaussnet-sample", RN_STAGE_RECORDS | RN_STAGE_RANDOM);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	finish_options(&o);

	nets = nets_of(&o);
	rn_or_die(rn_nets_schema(&nets, &schema, &err), &err);
	add_history(&o, schema);
	out = rn_open_output(&o.common);
	rn_or_die(rn_writer_segment(out, schema, &err), &err);
	rn_progress_begin(&progress, &o.common, o.neurons ? "neurons" : "networks", work(&o));
	rn_or_die(sweep(&o, &nets, schema->record_bytes, out, &progress, &err), &err);
	rn_progress_end(&progress);
	rn_or_die(rn_writer_close(out, &err), &err);
	rn_schema_destroy(schema);
	free_options(&o);
	return 0;
}
