/* Gradient descent: the gradient by differences, the last layer against the parameters and against infinite width. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/gaussnet-sample/descent.h"
#include "tap.h"

static struct rn_error err;
static const double points[] = { 0.1, 0.5, -0.4 };
static const double X[] = { 0.2, -0.3 }, Y[] = { 1, 0.5, -0.5, 2 };

static struct ensemble
example(enum rn_net_activation g, size_t N, size_t dout)
{
	return (struct ensemble){ .activation = g,
		.type = RN_F64,
		.N = N,
		.P = 3,
		.din = 1,
		.dout = dout,
		.depth = 1,
		.sigma_w = 1.2,
		.sigma_b = 0.6,
		.x = points };
}

static double
loss(const struct shallow *s, const double y[], size_t lane)
{
	const size_t values = s->n * s->e->dout;
	lanes *f = calloc(values, sizeof *f);
	double sum = 0;

	if (!f)
		abort();
	shallow_outputs(s, s->e->P - s->n, s->n, f);
	for (size_t i = 0; i < values; i++)
		sum += (f[i][lane] - y[i]) * (f[i][lane] - y[i]);
	free(f);
	return sum / (double)s->n;
}

/* How far a step of a tiny rate is from the gradient by central differences, over all of these parameters. */
static double
off_by(struct shallow *s, lanes parameter[], const lanes after[], size_t n, double eta)
{
	double off = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t lane = 0; lane < LANES; lane += 5) {
			const double at = parameter[i][lane], h = 1e-5, step = (at - after[i][lane]) / eta;
			double difference;

			parameter[i][lane] = at + h;
			difference = loss(s, Y, lane);
			parameter[i][lane] = at - h;
			difference = (difference - loss(s, Y, lane)) / (2 * h);
			parameter[i][lane] = at;
			off = fmax(off, fabs(step - difference) / (0.01 + fabs(difference)));
		}
	return off;
}

static void
gradient(enum rn_net_activation g)
{
	const double joined[] = { 0.1, 0.5, -0.4, X[0], X[1] };
	const struct rn_random_key key = rn_random_key(1, "descent", NULL, 0, NULL, 0);
	struct ensemble e = example(g, 5, 2);
	struct shallow s, t;
	const double eta = 1e-4;

	e.P = 5;
	e.x = joined;
	if (ensemble_prepare(&e, &err) != RN_OK || !shallow_init(&s, &e, 2) || !shallow_init(&t, &e, 2))
		abort();
	shallow_draw(&s, &key, 3);
	shallow_draw(&t, &key, 3);
	shallow_step(&t, Y, eta);
	OK(off_by(&s, s.W0, t.W0, 5, eta) < 1e-5, "%s: gradient of W0", rn_net_activations[g]);
	OK(off_by(&s, s.b0, t.b0, 5, eta) < 1e-5, "%s: gradient of b0", rn_net_activations[g]);
	OK(off_by(&s, s.W1, t.W1, 10, eta) < 1e-5, "%s: gradient of W1", rn_net_activations[g]);
	OK(off_by(&s, s.b1, t.b1, 2, eta) < 1e-5, "%s: gradient of b1", rn_net_activations[g]);
	shallow_clear(&s);
	shallow_clear(&t);
	ensemble_clear(&e);
}

/* The last layer by its parameters: steps of all layers, the first being put back each time. */
static void
last_by_parameters(enum rn_net_activation g)
{
	const struct data data = { .n = 2, .x = X, .y = Y };
	struct ensemble e = example(g, 6, 2);
	struct rn_random_key key;
	struct descent last, all;
	double off = 0;
	lanes W0[6], b0[6];

	if (ensemble_prepare(&e, &err) != RN_OK ||
		descent_init(&last, &e, &data, false, 0.3, &err) != RN_OK ||
		descent_init(&all, &e, &data, true, 0.3, &err) != RN_OK)
		abort();
	key = networks_key(&e, 1, 0);
	descent_begin(&last, &key, 2);
	descent_begin(&all, &key, 2);
	memcpy(W0, all.shallow.W0, sizeof W0);
	memcpy(b0, all.shallow.b0, sizeof b0);
	for (uint64_t step = 0; step <= 20; step++) {
		descent_run(&last, step);
		descent_run(&all, step);
		memcpy(all.shallow.W0, W0, sizeof W0);
		memcpy(all.shallow.b0, b0, sizeof b0);
		descent_run(&all, step);
		for (size_t i = 0; i < 6; i++)
			for (size_t lane = 0; lane < LANES; lane++)
				off = fmax(off, fabs(last.f[i][lane] - all.f[i][lane]));
	}
	OK(off < 1e-12, "%s: last layer by covariances and by parameters, to %.1e", rn_net_activations[g],
		off);
	descent_clear(&last);
	descent_clear(&all);
	ensemble_clear(&e);
}

static double
kernel(const struct ensemble *e, double x, double y)
{
	return e->sigma_b * e->sigma_b +
		e->sigma_w * e->sigma_w * exp(-e->sigma_w * e->sigma_w * (x - y) * (x - y) / 2);
}

/* K(x, X) K^-1 (1 - (1 - rate K)^t), for two data: a row of two. */
static void
response(const struct ensemble *e, double x, double rate, unsigned t, double row[2])
{
	const double K[2][2] = { { kernel(e, X[0], X[0]), kernel(e, X[0], X[1]) },
		{ kernel(e, X[1], X[0]), kernel(e, X[1], X[1]) } };
	const double k[2] = { kernel(e, x, X[0]), kernel(e, x, X[1]) };
	double sum[2] = { 0 }, power[2] = { k[0], k[1] };

	/* K^-1 (1 - (1 - rate K)^t) = rate sum_(s < t) (1 - rate K)^s */
	for (unsigned s = 0; s < t; s++) {
		const double next[2] = { power[0] - rate * (power[0] * K[0][0] + power[1] * K[1][0]),
			power[1] - rate * (power[0] * K[0][1] + power[1] * K[1][1]) };

		for (int j = 0; j < 2; j++) {
			sum[j] += rate * power[j];
			power[j] = next[j];
		}
	}
	memcpy(row, sum, sizeof sum);
}

/* Mean and covariance after t steps against the Gaussian process, at a width where they cannot be told apart. */
static void
infinite_width(void)
{
	const struct data data = { .n = 2, .x = X, .y = Y };
	const double eta = 0.2;
	const unsigned steps[] = { 0, 3, 30 };
	enum { BLOCKS = 400, COUNT = BLOCKS * LANES };
	struct ensemble e = example(RN_NET_GAUSS, 3000, 1);
	double mean[3][3] = { { 0 } }, square[3][6] = { { 0 } }, fourth[3][6] = { { 0 } };
	struct rn_random_key key;
	struct descent d;

	e.sigma_b = 0.3;
	if (ensemble_prepare(&e, &err) != RN_OK || descent_init(&d, &e, &data, false, eta, &err) != RN_OK)
		abort();
	key = networks_key(&e, 1, 0);
	for (uint64_t id = 0; id < BLOCKS; id++) {
		descent_begin(&d, &key, id);
		for (int s = 0; s < 3; s++) {
			descent_run(&d, steps[s]);
			for (size_t lane = 0; lane < LANES; lane++)
				for (size_t a = 0, pair = 0; a < 3; a++) {
					mean[s][a] += d.f[a][lane] / COUNT;
					for (size_t b = a; b < 3; b++, pair++) {
						const double x = d.f[a][lane] * d.f[b][lane];

						square[s][pair] += x / COUNT;
						fourth[s][pair] += x * x / COUNT;
					}
				}
		}
	}
	for (int s = 0; s < 3; s++) {
		double row[3][2], m[3], wrong[2], off = 0, wrong_off;

		for (size_t a = 0; a < 3; a++) {
			response(&e, points[a], eta, steps[s], row[a]);
			m[a] = row[a][0] * Y[0] + row[a][1] * Y[1];
		}
		for (size_t a = 0, pair = 0; a < 3; a++)
			for (size_t b = a; b < 3; b++, pair++) {
				double C = kernel(&e, points[a], points[b]), error;

				for (int i = 0; i < 2; i++) {
					C -= row[a][i] * kernel(&e, X[i], points[b]) +
						row[b][i] * kernel(&e, X[i], points[a]);
					for (int j = 0; j < 2; j++)
						C += row[a][i] * kernel(&e, X[i], X[j]) * row[b][j];
				}
				error = sqrt((fourth[s][pair] - square[s][pair] * square[s][pair]) / COUNT);
				off = fmax(off, fabs(square[s][pair] - C - m[a] * m[b]) / error);
			}
		OK(off < 4.5, "step %u: second moments, %.1f errors off", steps[s], off);
		off = 0;
		for (size_t a = 0, pair = 0; a < 3; pair += 3 - a, a++)
			off = fmax(off,
				fabs(mean[s][a] - m[a]) /
					sqrt((square[s][pair] - mean[s][a] * mean[s][a]) / COUNT));
		OK(off < 4.5, "step %u: means, %.1f errors off", steps[s], off);
		/* Power: one step more, which at the end no longer matters. */
		response(&e, points[1], eta, steps[s] + 1, wrong);
		wrong_off = fabs(mean[s][1] - wrong[0] * Y[0] - wrong[1] * Y[1]) /
			sqrt((square[s][3] - mean[s][1] * mean[s][1]) / COUNT);
		if (s < 2)
			OK(wrong_off > 5, "step %u: a step more would be seen (%.0f errors)", steps[s],
				wrong_off);
	}
	descent_clear(&d);
	ensemble_clear(&e);
}

int
main(void)
{
	for (unsigned g = 0; g < 3; g++) {
		gradient((enum rn_net_activation)g);
		last_by_parameters((enum rn_net_activation)g);
	}
	infinite_width();
	return tap_done();
}
