/*
 * Cost and gradient of batches against a plain reference in f64: the cost by its definition, the gradient by central
 * differences of it, for all pairs of activations, and costs at extreme inputs.
 */
#include "../../src/mlp-train/backprop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/mlp-train/cost.h"
#include "renorm/random.h"
#include "tap.h"

enum { IN = 6, CLASSES = 4, ROWS = 11, WIDEST = 8 };

static struct rn_error err;

/* --- the reference ------------------------------------------------------------- */

static double
activation(enum rn_activation f, double z)
{
	switch (f) {
	case RN_LINEAR:
	case RN_SOFTMAX: return z;
	case RN_SIGMOID: return 1 / (1 + exp(-z));
	case RN_TANH: return tanh(z);
	case RN_RELU: return fmax(z, 0);
	case RN_LEAKY_RELU: return z > 0 ? z : (double)RN_LEAK * z;
	case RN_ELU: return z > 0 ? z : expm1(z);
	}
	return NAN;
}

/* Integral of (f(s) - y) ds from a to b by Simpson's rule, which is exact on each side of 0 but for ELU. */
static double
integral(enum rn_activation f, double y, double a, double b)
{
	enum { STEPS = 200 };
	const double h = (b - a) / STEPS;
	double sum = activation(f, a) + activation(f, b) - 2 * y;

	for (int i = 1; i < STEPS; i++)
		sum += (i % 2 ? 4 : 2) * (activation(f, a + i * h) - y);
	return sum * h / 3;
}

/* The costs of renorm/mlp.h as they are defined there, in terms of the output. */
static double
output_cost(enum rn_activation f, double z, double y)
{
	const double a = activation(f, z);

	switch (f) {
	case RN_LINEAR: return (a - y) * (a - y) / 2;
	case RN_SIGMOID: return -(y * log(a) + (1 - y) * log(1 - a));
	case RN_TANH: return -((1 + y) * log(1 + a) + (1 - y) * log(1 - a)) / 2;
	default: return integral(f, y, y, 0) + integral(f, y, 0, z); /* f(y) = y for y >= 0 */
	}
}

static double
sample_cost(enum rn_activation f, const double z[CLASSES], uint32_t c)
{
	double cost = 0, sum = 0;

	for (size_t k = 0; k < CLASSES; k++)
		sum += exp(z[k]);
	if (f == RN_SOFTMAX)
		return -log(exp(z[c]) / sum);
	for (size_t k = 0; k < CLASSES; k++)
		cost += output_cost(f, z[k], k == c ? 1 : f == RN_TANH ? -1 : 0);
	return cost;
}

/* The cost of a sample under the parameters theta, which are laid out as the network's. */
static double
network_cost(const struct rn_mlp *m, const double theta[], const float x[IN], uint32_t c)
{
	double a[WIDEST], z[WIDEST];

	for (size_t i = 0; i < IN; i++)
		a[i] = (double)x[i];
	for (unsigned l = 0; l < m->layers; l++) {
		const struct rn_mlp_layer *layer = &m->layer[l];
		const double *W = theta + (layer->W - m->theta), *b = theta + (layer->b - m->theta);

		for (size_t j = 0; j < layer->out; j++) {
			z[j] = b[j];
			for (size_t i = 0; i < layer->in; i++)
				z[j] += a[i] * W[i * layer->out + j];
		}
		for (size_t j = 0; j < layer->out; j++)
			a[j] = activation(layer->f, z[j]);
	}
	return sample_cost(m->layer[m->layers - 1].f, z, c);
}

static double
mean_cost(const struct rn_mlp *m, const double theta[], const float x[ROWS * IN],
	const uint32_t class_of[ROWS])
{
	double sum = 0;

	for (size_t r = 0; r < ROWS; r++)
		sum += network_cost(m, theta, x + r * IN, class_of[r]);
	return sum / ROWS;
}

/* --- against it ------------------------------------------------------------------- */

struct problem {
	struct rn_mlp m;
	struct backprop b;
	uint32_t class_of[ROWS];
	double *theta;
};

static void
problem_create(struct problem *p, const char *layers)
{
	const struct rn_random_key key = rn_random_key(1, "backprop", NULL, 0, NULL, 0);
	struct rn_random random = rn_random_at(&key, 0);

	if (rn_mlp_create(&p->m, layers, IN, CLASSES, &err) != RN_OK ||
		backprop_create(&p->b, &p->m, ROWS + 5, &err) != RN_OK)
		abort();
	p->theta = calloc(p->m.parameters, sizeof *p->theta);
	if (!p->theta)
		abort();
	for (size_t i = 0; i < p->m.parameters; i++) {
		p->m.theta[i] = (float)(0.5 * rn_random_normal(&random));
		p->theta[i] = (double)p->m.theta[i];
	}
	for (size_t i = 0; i < ROWS * IN; i++)
		p->b.x[i] = (float)rn_random_normal(&random);
	for (size_t r = 0; r < ROWS; r++)
		p->class_of[r] = (uint32_t)(r % CLASSES);
}

static void
problem_free(struct problem *p)
{
	backprop_clear(&p->b);
	rn_mlp_clear(&p->m);
	free(p->theta);
}

/* The largest deviation of a gradient from differences, relative to the largest component. */
static double
deviation(struct problem *p)
{
	const double h = 1e-5;
	double worst = 0, largest = 0;

	for (size_t i = 0; i < p->m.parameters; i++) {
		const double at = p->theta[i];
		double slope;

		p->theta[i] = at + h;
		slope = mean_cost(&p->m, p->theta, p->b.x, p->class_of);
		p->theta[i] = at - h;
		slope = (slope - mean_cost(&p->m, p->theta, p->b.x, p->class_of)) / (2 * h);
		p->theta[i] = at;
		worst = fmax(worst, fabs(slope - (double)p->b.gradient[i]));
		largest = fmax(largest, fabs(slope));
	}
	return worst / largest;
}

static void
gradient(const char *layers)
{
	struct problem p;
	struct score s;
	double cost, off;

	problem_create(&p, layers);
	s = backprop_gradient(&p.b, p.class_of, ROWS);
	cost = mean_cost(&p.m, p.theta, p.b.x, p.class_of);
	off = deviation(&p);

	OK(fabs(s.cost / ROWS - cost) < 1e-5 * (1 + fabs(cost)), "%s: cost %.6f", layers, cost);
	OK(off < 1e-5, "%s: gradient within %.1e of differences", layers, off);
	problem_free(&p);
}

/* Power: one wrong target in the batch, and the two no longer agree. */
static void
wrong_target(void)
{
	struct problem p;

	problem_create(&p, "5:tanh,softmax");
	backprop_gradient(&p.b, p.class_of, ROWS);
	p.class_of[3] = (p.class_of[3] + 1) % CLASSES;
	OK(deviation(&p) > 1e-2, "a wrong target is seen");
	problem_free(&p);
}

static void
scores(void)
{
	struct problem p;

	problem_create(&p, "5:tanh,softmax");
	struct score s = backprop_score(&p.b, p.class_of, ROWS),
		     g = backprop_gradient(&p.b, p.class_of, ROWS);
	size_t right = 0;

	for (size_t r = 0; r < ROWS; r++) {
		uint32_t best = 0;

		for (uint32_t c = 1; c < CLASSES; c++)
			if (network_cost(&p.m, p.theta, p.b.x + r * IN, c) <
				network_cost(&p.m, p.theta, p.b.x + r * IN, best))
				best = c;
		right += best == p.class_of[r];
	}
	OK(s.cost == g.cost && s.right == g.right, "with or without a gradient, a score is the same");
	OK(s.right == right, "the largest output is the guess: %zu of %d right", right, ROWS);
	problem_free(&p);
}

/* --- extremes --------------------------------------------------------------------- */

/* dC/dz = f(z) - y wherever there is no kink, and C has no jump at 0 and is finite far out. */
static void
costs(void)
{
	for (enum rn_activation f = RN_LINEAR; f < RN_SOFTMAX; f++) {
		const double h = 1e-5, low = (double)cost_target(f, false);
		double worst = 0, jump = 0, lowest = 0;
		bool finite = true;

		for (int t = 0; t < 2; t++) {
			const double y = t ? 1 : low;

			for (double z = -7.77; z < 8; z += 0.5) {
				const double slope =
					(cost_of_output(f, z + h, y) - cost_of_output(f, z - h, y)) / (2 * h);

				worst = fmax(worst, fabs(slope - (activation(f, z) - y)));
				lowest = fmin(lowest, cost_of_output(f, z, y));
			}
			jump = fmax(jump, fabs(cost_of_output(f, 1e-9, y) - cost_of_output(f, -1e-9, y)));
			finite = finite && isfinite(cost_of_output(f, 1e4, y)) &&
				isfinite(cost_of_output(f, -1e4, y));
		}
		OK(worst < 1e-8 && jump < 1e-8, "%s: slope f - y within %.0e, jump at 0 %.0e",
			rn_activation_name(f), worst, jump);
		OK(finite && lowest >= (f == RN_TANH ? -M_LN2 - 1e-12 : 0),
			"%s: finite at +-1e4, never too low", rn_activation_name(f));
	}
}

/* A last layer whose inputs are +-1e4: the cost of a wrong guess is their distance, and no gradient is NaN. */
static void
far_out(enum rn_activation f)
{
	char layers[32];
	struct problem p;
	struct score s;
	bool finite = true;

	snprintf(layers, sizeof layers, "4:%s", rn_activation_name(f));
	problem_create(&p, layers);
	memset(p.m.theta, 0, p.m.parameters * sizeof *p.m.theta);
	for (size_t k = 0; k < CLASSES; k++)
		p.m.layer[0].b[k] = k == 0 ? 1e4f : -1e4f;
	s = backprop_gradient(&p.b, p.class_of, ROWS);
	for (size_t i = 0; i < p.m.parameters; i++)
		finite = finite && isfinite(p.b.gradient[i]);
	OK(isfinite(s.cost) && finite, "%s: cost %.6g and gradient finite at +-1e4", layers, s.cost / ROWS);
	if (f == RN_SOFTMAX) /* classes go round: 0 has 3 of the 11 samples */
		OK(fabs(s.cost - 8 * 2e4) < 1e-3, "softmax: 2e4 nats for each wrong guess");
	problem_free(&p);
}

int
main(void)
{
	char layers[96];

	for (enum rn_activation out = RN_LINEAR; out <= RN_SOFTMAX; out++) {
		snprintf(layers, sizeof layers, "4:%s", rn_activation_name(out));
		gradient(layers);
		for (enum rn_activation hidden = RN_LINEAR; hidden < RN_SOFTMAX; hidden++) {
			snprintf(layers, sizeof layers, "7:%s,4:%s", rn_activation_name(hidden),
				rn_activation_name(out));
			gradient(layers);
		}
	}
	gradient("8:sigmoid,5:elu,7:relu,6:leaky_relu,softmax");
	gradient("8:tanh,8:linear,3:sigmoid,4:tanh");
	wrong_target();
	scores();
	costs();
	for (enum rn_activation f = RN_LINEAR; f <= RN_SOFTMAX; f++)
		far_out(f);
	return tap_done();
}
