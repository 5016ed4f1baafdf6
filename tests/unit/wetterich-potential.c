/*
 * wetterich-potential.c - the flow of the full potential against polynomials of high order, a free field, and finer grids
 */
#include <math.h>
#include <stdlib.h>

#include "../../src/wetterich/potential.h"
#include "tap.h"

enum { POINTS = 401 };

struct grid {
	double phi[POINTS], u[POINTS], du[POINTS], d2u[POINTS], t;
	size_t n;
	int event;
};

/* Keeps the last time's points. */
static bool
collect(void *context, double t, const double x[], int event)
{
	struct grid *g = context;

	if (g->n == POINTS || t != g->t)
		g->n = 0;
	g->t = t;
	g->event = event;
	g->phi[g->n] = x[0];
	g->u[g->n] = x[1];
	g->du[g->n] = x[2];
	g->d2u[g->n++] = x[3];
	return true;
}

struct last {
	double x[ORDER_MAX];
	size_t M;
};

static bool
keep(void *context, double t, const double x[], int event)
{
	struct last *l = context;

	(void)t, (void)event;
	for (size_t i = 0; i < l->M; i++)
		l->x[i] = x[i];
	return true;
}

static struct outcome
flow(struct grid *g, double d, double N, enum regulator_kind kind, const double u[], size_t M, double t,
	size_t points, double rtol)
{
	const struct potential p = { d, N, potential_range(d, N, u, M), rtol, kind, points, 1000000 };

	*g = (struct grid){ .t = NAN };
	return potential_flow(&p, u, M, &t, 1, collect, g);
}

/* A polynomial of high order is exact where it converges: at phi = 0. */
static void
test_polynomial(double d, double N, enum regulator_kind kind, double u2, double u4, double t)
{
	static struct grid g;
	const struct rules rules = { .rtol = 1e-11, .steps_max = 1000000 };
	const double u[ORDER_MAX] = { u2, u4 };
	struct last high = { .M = 16 };
	struct flow f;

	flow(&g, d, N, kind, u, 2, t, 201, 1e-9);
	flow_init(&f, ABOUT_ZERO, kind, d, N, 16);
	trajectory(&f, u, &t, 1, &rules, keep, &high);
	OK(g.n == 201 && g.event == REQUESTED && fabs(g.d2u[0] / high.x[0] - 1) < 1e-5,
		"d = %g, N = %g, regulator %d: u2 = %.9g, of the polynomial %.9g", d, N, (int)kind, g.d2u[0],
		high.x[0]);
	/* u4 by the difference of u'/phi near 0. */
	OK(fabs(6 * (g.du[4] / g.phi[4] - g.d2u[0]) / (g.phi[4] * g.phi[4]) / high.x[1] - 1) < 0.02,
		"and u4 = %.5g", high.x[1]);
}

/* u = u2 phi^2 / 2 stays that, and U2 with it. */
static void
test_free(void)
{
	static struct grid g;
	const double u[2] = { 0.2, 0 };
	double worst = 0;

	flow(&g, 3, 1, LITIM, u, 2, -3, 101, 1e-9);
	for (size_t i = 0; i < g.n; i++)
		worst = fmax(worst,
			fabs(g.d2u[i] / (0.2 * exp(6)) - 1) +
				fabs(g.u[i] / (0.1 * exp(6) * g.phi[i] * g.phi[i] + 1e-300) - (i > 0)));
	OK(g.n == 101 && worst < 1e-6, "a free field: %.1e", worst);
}

/* The error of u'' at 0 falls as the fourth power of the step. */
static void
test_order(void)
{
	static struct grid g;
	const double u[2] = { -0.05, 5 };
	double at[3];

	for (size_t i = 0; i < 3; i++) {
		flow(&g, 3, 1, LITIM, u, 2, -1, ((size_t)25 << i) + 1, 1e-11);
		at[i] = g.d2u[0];
	}
	OK((at[1] - at[0]) / (at[2] - at[1]) > 8, "of fourth order: ratio of differences %.1f (%.3g)",
		(at[1] - at[0]) / (at[2] - at[1]), at[2] - at[1]);
}

/* In the broken phase the potential becomes convex: -u'' -> 1 inside, and the minimum stays. */
static void
test_broken(void)
{
	static struct grid early, late;
	const double u[2] = { -0.3, 5 };
	size_t inside = 0, outside;

	flow(&early, 3, 1, LITIM, u, 2, -1, 101, 1e-7);
	flow(&late, 3, 1, LITIM, u, 2, -4, 101, 1e-7);
	OK(late.event == REQUESTED && late.d2u[0] < -0.99 && late.d2u[0] > -1, "u''(0) = %.6f", late.d2u[0]);
	while (late.du[inside + 1] < 0)
		inside++;
	for (outside = 1; early.du[outside] < 0;)
		outside++;
	OK(inside > 5 && fabs(late.phi[inside] * exp(-2) / (early.phi[outside] * exp(-0.5)) - 1) < 0.1,
		"a minimum at Phi = %.3f, early at %.3f", late.phi[inside] * exp(-2),
		early.phi[outside] * exp(-0.5));
}

static void
test_start(void)
{
	static struct grid g;
	const double singular[2] = { -1.2, 5 }, bad[2] = { NAN, 5 };
	struct potential p = { 3, 1, 1, 1e-8, LITIM, 101, 100000 };
	const double t = -1;

	OK(flow(&g, 3, 1, LITIM, singular, 2, -1, 101, 1e-8).event == UNSTARTED, "a singular start is none");
	OK(potential_flow(&p, bad, 2, &t, 1, collect, &g).event == UNSTARTED, "no number, no start");
	p.steps_max = 3;
	OK(potential_flow(&p, (const double[]){ -0.1, 5 }, 2, &t, 1, collect, &g).event == EXHAUSTED,
		"steps run out");
}

int
main(void)
{
	test_polynomial(3, 1, LITIM, 0.1, 2, -3);
	test_polynomial(3, 1, LITIM, -0.05, 5, -2);
	test_polynomial(2, 1, LITIM, 0.3, 1, -2);
	test_polynomial(3, 3, LITIM, 0.1, 2, -3);
	test_polynomial(3, 1, EXPONENTIAL, 0.1, 2, -2);
	test_polynomial(3, 1, SHARP, 0.2, 2, -2);
	test_free();
	test_order();
	test_broken();
	test_start();
	return tap_done();
}
