/* Vector functions against the C library in double; extremes; every length gives the bits of one at a time. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/random.h"
#include "renorm/vecmath.h"
#include "tap.h"

typedef void vector_function(const float x[], float y[], size_t n);

static double
sigmoid(double x)
{
	return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}
static double
softplus(double x)
{
	return fmax(x, 0) + log1p(exp(-fabs(x)));
}
static double
logcosh(double x)
{
	return fabs(x) + log1p(exp(-2 * fabs(x))) - M_LN2;
}

/* What vecmath.h promises: some ulp of the result, or of 1 where the result passes through 0. */
static const struct {
	const char *name;
	vector_function *f;
	double (*exact)(double x);
	double lo, hi, absolute;
} cases[] = {
	{ "exp", rn_exp_f32, exp, -87, 88, 0 },
	{ "tanh", rn_tanh_f32, tanh, -20, 20, 1.2e-7 },
	{ "sigmoid", rn_sigmoid_f32, sigmoid, -87, 30, 0 },
	{ "softplus", rn_softplus_f32, softplus, -87, 100, 0 },
	{ "logcosh", rn_logcosh_f32, logcosh, -100, 100, 1.2e-7 },
};
enum { CASES = sizeof cases / sizeof *cases, N = 20000 };

/* Dense where the functions bend, and up to the ends. */
static void
arguments(float x[], double lo, double hi)
{
	const struct rn_random_key key = rn_random_key(1, "vecmath", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, 0);

	for (size_t i = 0; i < N; i++) {
		const double near = fmax(lo, -3), to = fmin(hi, 3);

		x[i] = (float)(i % 2 ? lo + (hi - lo) * rn_random_uniform(&r)
				     : near + (to - near) * rn_random_uniform(&r));
	}
}

static void
accuracy(void)
{
	static float x[N], y[N];

	for (size_t k = 0; k < CASES; k++) {
		double worst = 0;

		arguments(x, cases[k].lo, cases[k].hi);
		cases[k].f(x, y, N);
		for (size_t i = 0; i < N; i++) {
			const double exact = cases[k].exact((double)x[i]);
			const double unit = fabs(exact) * FLT_EPSILON / 2 + cases[k].absolute + FLT_MIN;

			worst = fmax(worst, fabs((double)y[i] - exact) / unit);
		}
		OK(worst < 5, "%s: errors up to %.2f units in the last place", cases[k].name, worst);
	}
}

static void
extremes(void)
{
	const float big[] = { 1e4f, -1e4f, FLT_MAX, -FLT_MAX, 89, -89, 104, -104, 0 };
	enum { BIG = sizeof big / sizeof *big };
	float y[BIG], nan[3] = { NAN, -NAN, 1 };
	size_t wrong = 0;

	for (size_t k = 2; k < CASES; k++) {
		cases[k].f(big, y, BIG);
		for (size_t i = 0; i < BIG; i++) {
			const double exact = cases[k].exact((double)big[i]);

			wrong += !(fabs((double)y[i] - exact) <= 3e-7 * fmax(1, fabs(exact)));
		}
	}
	OK(wrong == 0, "tanh, sigmoid, softplus and log-cosh at +-1e4 and +-FLT_MAX");
	wrong = 0;
	for (size_t k = 0; k < CASES; k++) {
		cases[k].f(nan, y, 3);
		wrong += !isnan(y[0]) + !isnan(y[1]) + !isfinite(y[2]);
	}
	OK(wrong == 0, "a NaN stays a NaN, and in its lane");
}

static void
lengths(void)
{
	float x[70], whole[70], one;
	size_t wrong = 0;

	for (size_t i = 0; i < 70; i++)
		x[i] = 0.1f + (float)i / 7;
	for (size_t k = 0; k < CASES; k++) {
		for (size_t n = 0; n <= 70; n++) {
			memset(whole, 0x55, sizeof whole);
			cases[k].f(x, whole, n);
			for (size_t i = 0; i < n; i++) {
				cases[k].f(x + i, &one, 1);
				wrong += one != whole[i];
			}
			for (size_t i = n; i < 70; i++)
				wrong += ((uint8_t *)whole)[4 * i] != 0x55;
		}
		memcpy(whole, x, sizeof x);
		cases[k].f(whole, whole, 33);
		cases[k].f(x + 32, &one, 1);
		wrong += one != whole[32];
	}
	OK(wrong == 0, "n values at once, in place or not, are each value alone");
}

static void
softmax(void)
{
	float x[] = { 1e4f, 1e4f, -1e4f, 0, 1, 2 };
	double worst = 0;

	rn_softmax_f32(x, 2, 3);
	OK(x[0] == 0.5f && x[1] == 0.5f && x[2] == 0, "softmax of +-1e4");
	OK(fabs((double)(x[5] / x[4]) - M_E) < 1e-5 && fabs((double)(x[3] + x[4] + x[5]) - 1) < 1e-6,
		"softmax of 0, 1, 2");
	for (size_t n = 1; n <= 50; n++) {
		float row[2][50];
		double sum[2] = { 0 };

		for (size_t i = 0; i < 2 * n; i++)
			(&row[0][0])[i] = (float)(i % 7) - 3;
		rn_softmax_f32(&row[0][0], 2, n);
		for (size_t i = 0; i < 2 * n; i++)
			sum[i / n] += (double)(&row[0][0])[i];
		worst = fmax(worst, fmax(fabs(sum[0] - 1), fabs(sum[1] - 1)));
	}
	OK(worst < 1e-6, "rows of softmax sum to 1: %g", worst);
}

static void
columns(void)
{
	size_t wrong = 0;

	for (size_t rows = 1; rows <= 5; rows++)
		for (size_t n = 1; n <= 40; n++) {
			float *x = malloc(rows * n * sizeof *x), sum[41];

			for (size_t i = 0; i < rows * n; i++)
				x[i] = (float)((i * i) % 31);
			sum[n] = -1;
			rn_column_sums_f32(x, rows, n, sum);
			wrong += sum[n] != -1;
			for (size_t j = 0; j < n; j++) {
				float want = 0;

				for (size_t r = 0; r < rows; r++)
					want += x[r * n + j];
				wrong += sum[j] != want;
			}
			free(x);
		}
	OK(wrong == 0, "sums of columns");
}

/* The bytes of everything, for tests/rbm-train.bats to compare between CPU levels. */
static void
print_bits(void)
{
	static float x[N], y[N];
	uint32_t hash = 2166136261u;

	for (size_t k = 0; k < CASES; k++) {
		arguments(x, cases[k].lo, cases[k].hi);
		cases[k].f(x, y, N);
		rn_softmax_f32(y, N / 50, 50);
		for (size_t i = 0; i < sizeof y; i++)
			hash = (hash ^ ((const uint8_t *)y)[i]) * 16777619u;
	}
	printf("# bits %08x\n", hash);
}

int
main(void)
{
	accuracy();
	extremes();
	lengths();
	softmax();
	columns();
	print_bits();
	return tap_done();
}
