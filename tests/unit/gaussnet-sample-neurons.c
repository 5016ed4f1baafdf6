/* Tilted units: that the weights undo the tilt, and with how little variance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/gaussnet-sample/neurons.h"
#include "tap.h"

static struct rn_error err;

enum { LEGS = 6 };

/* E[g(x_1) ... g(x_n)] of the Gauss net: exp((n^2/2 - n) sb^2 + |S|^2 / 2 - sum |u_i|^2), u = sw / sqrt(din) x */
static double
exact(const struct ensemble *e, const size_t legs[], size_t n)
{
	double S[8] = { 0 }, exponent = ((double)(n * n) / 2 - (double)n) * e->sigma_b * e->sigma_b;

	for (size_t l = 0; l < n; l++)
		for (size_t i = 0; i < e->din; i++) {
			const double u = e->sigma_w / sqrt((double)e->din) * e->x[legs[l] * e->din + i];

			S[i] += u;
			exponent -= u * u;
		}
	for (size_t i = 0; i < e->din; i++)
		exponent += S[i] * S[i] / 2;
	return exp(exponent);
}

/* The mean over `count` units of w times the product, its error, and how it should come out. */
struct result {
	double mean, error, exact;
};

static void
measure(const struct ensemble *e, uint32_t tilt, uint64_t count, const size_t legs[][LEGS], size_t choices,
	struct result out[])
{
	double *g = calloc(e->P, sizeof *g), sum[16] = { 0 }, square[16] = { 0 };
	struct neurons n;

	if (!g || neurons_init(&n, e, tilt, &err) != RN_OK)
		abort();
	n.key = neurons_key(&n, 4, 1);
	for (uint64_t id = 0; id < count; id++) {
		const double w = exp(neurons_draw(&n, id, g));

		for (size_t c = 0; c < choices; c++) {
			double product = w;

			for (size_t l = 0; l < tilt; l++)
				product *= g[legs[c][l]];
			sum[c] += product;
			square[c] += product * product;
		}
	}
	for (size_t c = 0; c < choices; c++) {
		const double mean = sum[c] / (double)count,
			     variance = square[c] / (double)count - mean * mean;

		out[c] = (struct result){ mean, sqrt(fmax(variance, 0) / (double)count),
			exact(e, legs[c], tilt) };
	}
	neurons_clear(&n);
	free(g);
}

static const double six[] = { -0.01, -0.006, -0.002, 0.002, 0.006, 0.01 };
static const double wide[] = { -1, 0, 0.7, 1.5 };
static const double plane[] = { 0, 0, 1, 0, 0, 1, -1, 0.5 };
static const size_t choice[3][LEGS] = { { 0, 0, 0, 0, 0, 0 }, { 0, 3, 1, 2, 0, 3 }, { 3, 3, 3, 3, 3, 3 } };

/* In its own errors, and these no larger than `relative` at 1e6 units. */
static void
check(struct ensemble e, double relative, const char *what)
{
	const uint64_t count = 40000;

	if (ensemble_prepare(&e, &err) != RN_OK)
		abort();
	for (uint32_t tilt = 2; tilt <= LEGS; tilt += 2) {
		struct result r[3];

		measure(&e, tilt, count, choice, 3, r);
		for (size_t c = 0; c < 3; c++) {
			const double off = (r[c].mean - r[c].exact) / (r[c].error + 1e-13 * r[c].exact);
			const double million = r[c].error / r[c].exact * sqrt((double)count / 1e6);

			OK(fabs(off) < 4.5 && million < relative,
				"%s, %u legs: %.6g where %.6g is exact, %.1f errors; relative error at 1e6 "
				"%.1e",
				what, tilt, r[c].mean, r[c].exact, off, million);
		}
	}
	ensemble_clear(&e);
}

static void
gauss(void)
{
	struct ensemble e = { .type = RN_F64,
		.N = 1,
		.P = 6,
		.din = 1,
		.dout = 1,
		.depth = 1,
		.sigma_w = 1,
		.sigma_b = 1,
		.x = six };

	check(e, 1e-4, "six points, sigma_w 1");
	e.sigma_w = 20;
	check(e, 5e-3, "six points, sigma_w 20");
	e.sigma_w = 1;
	e.P = 4;
	e.x = wide;
	check(e, 1e-2, "points apart");
	e.din = 2;
	e.x = plane;
	check(e, 1e-2, "points of a plane");
}

/* E[max(0, a)^2] = (sw^2 x^2 + sb^2) / 2 under the law itself and a tilted one. */
static void
relu(void)
{
	struct ensemble e = { .activation = RN_NET_RELU,
		.type = RN_F64,
		.N = 1,
		.P = 6,
		.din = 1,
		.dout = 1,
		.depth = 1,
		.sigma_w = 1,
		.sigma_b = 0.5,
		.x = six };
	const double want = (0.01 * 0.01 + 0.25) / 2;

	if (ensemble_prepare(&e, &err) != RN_OK)
		abort();
	for (uint32_t tilt = 0; tilt <= 2; tilt++) {
		double g[6], sum = 0, square = 0, error;
		const double count = 40000;
		struct neurons n;

		if (neurons_init(&n, &e, tilt, &err) != RN_OK)
			abort();
		n.key = neurons_key(&n, 4, 1);
		for (uint64_t id = 0; id < 40000; id++) {
			const double logw = neurons_draw(&n, id, g), x = exp(logw) * g[0] * g[0];

			sum += x;
			square += x * x;
		}
		error = sqrt((square / count - pow(sum / count, 2)) / count);
		OK(fabs(sum / count - want) < 4.5 * error && error < 0.05 * want,
			"relu, tilt %u: %.5f +- %.5f where %.5f is exact", tilt, sum / count, error, want);
		neurons_clear(&n);
	}
	ensemble_clear(&e);
}

/* sigma_w 3 at -1, 0, 1 and tilt 4: largest at S = 4 u, x = 1, where ln g has the mean (4 - 1) (u^2 + sigma_b^2). */
static void
largest(void)
{
	static const double x[] = { -1, 0, 1 };
	struct ensemble e = { .type = RN_F64,
		.N = 1,
		.P = 3,
		.din = 1,
		.dout = 1,
		.depth = 1,
		.sigma_w = 3,
		.sigma_b = 2,
		.x = x };
	struct neurons n;

	if (ensemble_prepare(&e, &err) != RN_OK || neurons_init(&n, &e, 4, &err) != RN_OK)
		abort();
	OK(fabs(neurons_largest(&n) - 3 * (9 + 4)) < 1e-12, "ln g is as large as %g", neurons_largest(&n));
	neurons_clear(&n);
	ensemble_clear(&e);
}

static void
refusals(void)
{
	static const double far[8] = { 0, 1, 3.1, 7.3, 15.7, 31.1, 63.9, 127.7 };
	struct ensemble e = { .type = RN_F64,
		.N = 1,
		.P = 8,
		.din = 1,
		.dout = 1,
		.depth = 1,
		.sigma_w = 10,
		.sigma_b = 1,
		.x = far };
	struct neurons n;

	if (ensemble_prepare(&e, &err) != RN_OK)
		abort();
	OK(neurons_init(&n, &e, 6, &err) == RN_EUSAGE && strstr(err.text, "far apart"), "%s", err.text);
	OK(neurons_init(&n, &e, 100, &err) == RN_EUSAGE && strstr(err.text, "combinations"), "%s", err.text);
	OK(neurons_init(&n, &e, 0, &err) == RN_OK && n.K == 1, "without a tilt there is nothing to cover");
	n.key = neurons_key(&n, 1, 0);
	neurons_clear(&n);
	ensemble_clear(&e);
}

int
main(void)
{
	gauss();
	relu();
	largest();
	refusals();
	return tap_done();
}
