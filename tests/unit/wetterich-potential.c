/*
 * wetterich-potential.c - the flow of the full potential against expansions of high order, exact solutions, and finer
 * meshes
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "../../src/wetterich/potential.h"
#include "tap.h"

enum { ROWS = 402 };

struct grid {
	double phi[ROWS], u[ROWS], du[ROWS], d2u[ROWS], t;
	size_t n;
	int event;
};

/* Keeps the last time's points. */
static bool
collect(void *context, double t, const double x[], int event)
{
	struct grid *g = context;

	if (g->n == ROWS || t != g->t)
		g->n = 0;
	g->t = t;
	g->event = event;
	g->phi[g->n] = x[0];
	g->u[g->n] = x[1];
	g->du[g->n] = x[2];
	g->d2u[g->n++] = x[3];
	return true;
}

/* The row of the minimum that is not at 0, or -1. */
static ptrdiff_t
minimum(const struct grid *g)
{
	for (size_t i = 1; i < g->n; i++)
		if (fabs(g->du[i]) < 1e-12 * g->phi[i])
			return (ptrdiff_t)i;
	return -1;
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
flow_with(struct grid *g, bool eta, double d, double N, enum regulator_kind kind, const double u[], size_t M,
	double t, size_t points, double rtol)
{
	const struct potential p = { d, N, potential_range(d, N, u, M), rtol, kind, points, 1000000, eta };

	*g = (struct grid){ .t = NAN };
	return potential_flow(&p, u, M, &t, 1, collect, g);
}

static struct outcome
flow(struct grid *g, double d, double N, enum regulator_kind kind, const double u[], size_t M, double t,
	size_t points, double rtol)
{
	return flow_with(g, false, d, N, kind, u, M, t, points, rtol);
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
	OK(g.n == 201 && g.event == REQUESTED && fabs(g.d2u[0] / high.x[0] - 1) < 1e-6,
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

/*
 * In the broken phase: the expansion about the minimum, where it holds; convex everywhere; and inside, N = 1, the
 * solution for k -> 0, k^2 + U'' = K k^d / (Phi_0^2 - Phi^2).
 */
static void
test_broken(bool eta, double d, double N, double t)
{
	static struct grid g;
	const struct rules rules = { .rtol = 1e-11, .steps_max = 1000000 };
	const double u[2] = { -0.2, 5 }, about[ORDER_MAX] = { 0.12, 5.0 / 3 };
	struct last high = { .M = 2 };
	struct flow f;
	size_t concave = 0;
	const struct outcome o = flow_with(&g, eta, d, N, LITIM, u, 2, t, 201, 1e-10);
	const ptrdiff_t m = minimum(&g);
	const double phi = m > 0 ? g.phi[m] : NAN, kappa = phi * phi / 2, mass = m > 0 ? g.d2u[m] : NAN;

	flow_init(&f, ABOUT_MINIMUM, LITIM, d, N, 20);
	f.eta = eta;
	trajectory(&f, about, &t, 1, &rules, keep, &high);
	OK(o.event == REQUESTED && g.n == 202 && fabs(kappa / high.x[0] - 1) < 1e-6,
		"d = %g, N = %g, t = %g%s: a minimum, kappa k^(d-2) = %.9f, of the expansion %.9f", d, N, t,
		eta ? ", LPA'" : "", kappa * exp((d - 2) * t), high.x[0] * exp((d - 2) * t));
	OK(fabs(mass / (2 * high.x[0] * high.x[1]) - 1) < 3e-3,
		"and mass^2/k^2 = %.5g, of the expansion %.5g", mass, 2 * high.x[0] * high.x[1]);
	for (size_t i = 0; i < g.n; i++)
		concave += !(1 + g.d2u[i] > 0) || !(i == 0 || g.phi[i] > g.phi[i - 1]);
	OK(concave == 0, "convex with the regulator, at all points");
	if (N == 1 && t < -7 && !eta)
		OK(fabs((1 + g.d2u[0]) * phi * phi / litim_factor(d) - 1) < 1e-3,
			"flat inside: 1 + u'' = %.6g, %.6g", 1 + g.d2u[0], litim_factor(d) / (phi * phi));
}

/* Phi_0 settles with the mesh as its fourth power, or is settled. */
static void
test_mesh(void)
{
	static struct grid g;
	const double u[2] = { -0.2, 5 };
	double at[3];

	for (size_t i = 0; i < 3; i++) {
		flow(&g, 3, 1, LITIM, u, 2, -4, ((size_t)60 << i) + 1, 1e-11);
		at[i] = g.phi[minimum(&g)];
	}
	OK(fabs(at[1] - at[0]) > 10 * fabs(at[2] - at[1]) && fabs(at[2] / at[1] - 1) < 1e-6,
		"Phi_0 with 61, 121, 241 points: %.9f, and %.1e, %.1e", at[2], at[0] - at[2], at[1] - at[2]);
}

/*
 * The integral of k^(d+1) / (k^2 + V)^power dk from exp(t) to 1, by Simpson's rule in z, ln k = t + a (e^z - 1): with
 * k^2 + V near 0 at the lower end, it is there that the integrand is large.
 */
static double
goldstones(double d, double V, double power, double t)
{
	enum { INTERVALS = 2000 };
	const double a = fmin(1, (1 + V * exp(-2 * t)) / 2), h = log1p(-t / a) / INTERVALS;
	double sum = 0;

	for (int i = 0; i <= INTERVALS; i++) {
		const double k = exp(t + a * expm1(h * i)), dk = k * a * exp(h * i);

		sum += pow(k, d + 1) / pow(k * k + V, power) * dk *
			(i == 0 || i == INTERVALS ? 1
					: i % 2	  ? 4
						  : 2);
	}
	return sum * h / 3;
}

/*
 * N -> infinity is solved by characteristics: V = U'/Phi stays on rho(k) = rho(1) - N K int dk k^(d+1) / (k^2 + V)^2,
 * here rho(1) = 3 (V - u2) / u4; so rho_0(k) = rho_0(1) - N K (1 - k^(d-2)) / (d-2), where V = 0. An error is that of
 * rho, in units of rho_0(1), or that of k^2 + V, relative to it, if that is less: inside V hardly changes with rho.
 */
static double
components_error(const struct grid *g, double d, double u2, double u4, double NK, double t)
{
	double worst = 0;

	for (size_t i = 1; i + 8 < g->n; i++) {
		const double V = g->du[i] / g->phi[i] * exp(2 * t);
		const double rho = g->phi[i] * g->phi[i] / 2 * exp((d - 2) * t);
		const double off = 3 * (V - u2) / u4 - NK * goldstones(d, V, 2, t) - rho;
		const double slope = 3 / u4 + 2 * NK * goldstones(d, V, 3, t);

		worst = fmax(worst,
			fmin(fabs(off) / (3 * fabs(u2) / u4), fabs(off) / slope / (exp(2 * t) + V)));
	}
	return worst;
}

static void
test_components(double d, double u2, double t, double tolerance)
{
	enum { MANY = 1000000 };
	static struct grid g;
	const double NK = MANY * litim_factor(d), u[2] = { u2, 5.0 / MANY };
	const double rho = -3 * u2 / u[1] - NK * (1 - exp((d - 2) * t)) / (d - 2);
	double error[2], minima[2] = { NAN, NAN };

	for (size_t i = 0; i < 2; i++) {
		const struct outcome o = flow(&g, d, MANY, LITIM, u, 2, t, i ? 401 : 201, 1e-10);
		const ptrdiff_t m = minimum(&g);

		if (o.event == REQUESTED && m > 0)
			minima[i] = g.phi[m] * g.phi[m] / 2 * exp((d - 2) * t);
		error[i] = o.event == REQUESTED ? components_error(&g, d, u2, u[1], NK, t) : NAN;
	}
	OK(rho > 0 ? fabs(minima[0] / rho - 1) < 2e-6 && fabs(minima[1] / rho - 1) < 1e-6 : isnan(minima[0]),
		"N = 1e6, d = %g, u2 = %g, t = %g: rho_0 = %.3f, exact %.3f", d, u2, t, minima[1], rho);
	OK(error[0] < tolerance && error[1] < fmax(error[0] / 4, 4e-6), "rho(V) at all points to %.1e, %.1e",
		error[0], error[1]);
}

/* Regulators that do not keep 1 + u'' above 0 end, and so does what the mesh cannot follow. */
static void
test_singular(void)
{
	static struct grid g;
	const double u[2] = { -0.2, 5 };
	const enum event sharp = flow(&g, 3, 1, SHARP, u, 2, -4, 101, 1e-9).event,
			 exponential = flow(&g, 3, 1, EXPONENTIAL, u, 2, -4, 101, 1e-9).event;

	OK(sharp == SINGULAR && exponential == SINGULAR && g.event == SINGULAR, "others are singular");
}

static void
test_start(void)
{
	static struct grid g;
	const double singular[2] = { -1.2, 5 }, bad[2] = { NAN, 5 };
	struct potential p = { 3, 1, 1, 1e-8, LITIM, 101, 100000, false };
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
	test_broken(false, 3, 1, -2);
	test_broken(false, 3, 1, -9.2103403719761836);
	test_broken(false, 3, 3, -4);
	test_broken(false, 3, 3, -9.2103403719761836);
	test_broken(false, 3.5, 1, -6);
	test_broken(false, 4, 2, -6);
	test_broken(true, 3, 1, -3);
	test_broken(true, 3, 2, -7);
	test_mesh();
	test_components(3, -0.2, -9.2103403719761836, 1e-2);
	test_components(3, -0.2, -2, 3e-4);
	test_components(3, -0.01, -4, 3e-4);
	test_components(2.5, -0.2, -4, 3e-4);
	test_singular();
	test_start();
	return tap_done();
}
