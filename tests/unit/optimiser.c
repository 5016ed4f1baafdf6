/* Updates against the formulas of optimiser.h in double, block by block; the bits do not depend on where a block ends. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/optimiser.h"
#include "tap.h"

enum { N = 37, STEPS = 50 };

static const struct rn_optimiser_options options = { RN_SGD, 0.9, 0.9, 0.999, 1e-8 };

static double
sign(double x)
{
	return (x > 0) - (x < 0);
}

/* A gradient that changes: of a bowl, and a push. */
static double
gradient(size_t i, unsigned t, double theta)
{
	return 0.3 * theta + 0.1 * sin((double)(i * 7 + t));
}

static void
reference(double theta[N], enum rn_optimiser_kind kind, double rate, double l1, double l2)
{
	double m[N] = { 0 }, v[N] = { 0 };

	for (unsigned t = 1; t <= STEPS; t++)
		for (size_t i = 0; i < N; i++) {
			const double g = gradient(i, t, theta[i]) + l2 * theta[i] + l1 * sign(theta[i]);

			if (kind == RN_SGD) {
				theta[i] -= rate * g;
			} else if (kind == RN_MOMENTUM) {
				m[i] = 0.9 * m[i] + g;
				theta[i] -= rate * m[i];
			} else {
				m[i] = 0.9 * m[i] + 0.1 * g;
				v[i] = 0.999 * v[i] + 0.001 * g * g;
				theta[i] -= rate * (m[i] / (1 - pow(0.9, t))) /
					(sqrt(v[i] / (1 - pow(0.999, t))) + 1e-8);
			}
		}
}

/* In blocks that end at `cut`. */
static void
run(float theta[N], enum rn_optimiser_kind kind, double rate, double l1, double l2, size_t cut)
{
	struct rn_optimiser_options o = options;
	struct rn_optimiser p;
	struct rn_error err;
	float g[N];

	o.kind = kind;
	if (rn_optimiser_create(&p, &o, N, &err) != RN_OK)
		abort();
	for (unsigned t = 1; t <= STEPS; t++) {
		for (size_t i = 0; i < N; i++)
			g[i] = (float)gradient(i, t, (double)theta[i]);
		rn_optimiser_begin(&p, rate);
		rn_optimiser_block(&p, 0, cut, l1, l2, theta, g);
		rn_optimiser_block(&p, cut, N - cut, l1, l2, theta + cut, g + cut);
	}
	rn_optimiser_clear(&p);
}

static void
start(double theta[N])
{
	for (size_t i = 0; i < N; i++)
		theta[i] = (double)(float)cos((double)i);
}

static void
follows(enum rn_optimiser_kind kind, const char *name, double l1, double l2)
{
	double exact[N], worst = 0;
	float theta[N], other[N];
	size_t wrong = 0;

	start(exact);
	for (size_t i = 0; i < N; i++)
		theta[i] = (float)exact[i];
	reference(exact, kind, 0.05, l1, l2);
	run(theta, kind, 0.05, l1, l2, 0);
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst, fabs((double)theta[i] - exact[i]));
	OK(worst < 2e-5, "%s, l1 %g, l2 %g: %d steps within %.1e", name, l1, l2, STEPS, worst);
	for (size_t cut = 0; cut <= N; cut++) {
		start(exact);
		for (size_t i = 0; i < N; i++)
			other[i] = (float)exact[i];
		run(other, kind, 0.05, l1, l2, cut);
		for (size_t i = 0; i < N; i++)
			wrong += other[i] != theta[i];
	}
	OK(wrong == 0, "%s: the same bits wherever a block ends", name);
}

/* Steps of L1 are as large as rate l1 whatever theta is, and none where it is 0. */
static void
l1_alone(void)
{
	const struct rn_optimiser_options o = options;
	float theta[3] = { 0.5f, 0, -0.5f }, g[3] = { 0 };
	struct rn_optimiser p;
	struct rn_error err;

	if (rn_optimiser_create(&p, &o, 3, &err) != RN_OK)
		abort();
	rn_optimiser_begin(&p, 0.25);
	rn_optimiser_block(&p, 0, 3, 0.5, 0, theta, g);
	OK(theta[0] == 0.375f && theta[1] == 0 && theta[2] == -0.375f, "L1 pulls towards 0");
	rn_optimiser_clear(&p);
}

int
main(void)
{
	follows(RN_SGD, "sgd", 0, 0);
	follows(RN_MOMENTUM, "momentum", 0, 0);
	follows(RN_ADAM, "adam", 0, 0);
	follows(RN_SGD, "sgd", 0, 0.2);
	follows(RN_MOMENTUM, "momentum", 0, 0.2);
	follows(RN_ADAM, "adam", 0, 0.2);
	l1_alone();
	return tap_done();
}
