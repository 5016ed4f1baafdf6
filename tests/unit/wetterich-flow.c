/*
 * wetterich-flow.c - force by power series against derivatives of the equation itself; Jacobians against differences;
 * trajectories against SUNDIALS, against exact solutions and against themselves backwards; many lanes against one
 */
#include <cvode/cvode.h>
#include <float.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunmatrix/sunmatrix_band.h>

#include "../../src/wetterich/fixed.h"
#include "../../src/wetterich/sextic.h"
#include "renorm/random.h"
#include "tap.h"

static bool
same(const double a[3], const double b[3])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

/* --- the force ------------------------------------------------------------------------- */

/* The three equations of the sextic truncation as they are written in sextic.h, velocities included. */
static void
sextic(double d, const double u[3], double du[3])
{
	const double K = litim_factor(d), A = 1 + u[0];

	du[0] = -2 * u[0] - K * u[1] / (A * A);
	du[1] = -(4 - d) * u[1] - K * u[2] / (A * A) + 6 * K * u[1] * u[1] / (A * A * A);
	du[2] = -(6 - 2 * d) * u[2] + 30 * K * u[1] * u[2] / (A * A * A) -
		90 * K * u[1] * u[1] * u[1] / (A * A * A * A);
}

static void
test_sextic(void)
{
	double worst = 0, changed = 0;

	for (double d = 1; d <= 4; d += 0.5) {
		const double u[3] = { -0.3 + d / 10, 2 + d, -7 + d };
		double want[3] = { 0 }, got[3] = { 0 };
		struct flow f;

		flow_init(&f, ABOUT_ZERO, LITIM, d, 1, 3);
		sextic(d, u, want);
		flow_velocity(&f, u, got);
		for (int i = 0; i < 3; i++)
			worst = fmax(worst, fabs(got[i] - want[i]) / (1 + fabs(want[i])));
		sextic(d + 1e-6, u, want);
		changed = fabs(got[0] - want[0]) + fabs(got[1] - want[1]);
	}
	OK(worst < 1e-14, "the sextic truncation is that of the three equations: %.1e", worst);
	OK(changed > 1e-9, "and a dimension that is 1e-6 off is seen");
}

/* u(rho), u' and u'' of a potential of fourth order about `middle`: sum_n l_n (rho - middle)^n / n!. */
static void
potential(const double l[5], double away, double value[3])
{
	double term = 1;

	value[0] = value[1] = value[2] = 0;
	for (size_t n = 0; n <= 4; n++) {
		value[0] += l[n] * term;
		if (n <= 3)
			value[1] += l[n + 1] * term;
		if (n <= 2)
			value[2] += l[n + 2] * term;
		term *= away / (double)(n + 1);
	}
}

/* l(u' + 2 rho u'') + (N - 1) l(u') of that at rho. */
static double
fluctuation(const struct flow *f, const double l[], double middle, double rho)
{
	double u[3] = { 0 };

	potential(l, rho - middle, u);
	return threshold(&f->regulator, u[1] + 2 * rho * u[2]) + (f->N - 1) * threshold(&f->regulator, u[1]);
}

/* Its n-th derivative at the middle, n <= 3, from nine values. */
static double
derivative(const struct flow *f, const double l[], double middle, int n)
{
	static const double weight[4][9] = {
		{ 0, 0, 0, 0, 1, 0, 0, 0, 0 },
		{ 1. / 280, -4. / 105, 1. / 5, -4. / 5, 0, 4. / 5, -1. / 5, 4. / 105, -1. / 280 },
		{ -1. / 560, 8. / 315, -1. / 5, 8. / 5, -205. / 72, 8. / 5, -1. / 5, 8. / 315, -1. / 560 },
		{ -7. / 240, 3. / 10, -169. / 120, 61. / 30, 0, -61. / 30, 169. / 120, -3. / 10, 7. / 240 },
	};
	const double h = 4e-3;
	double sum = 0;

	for (int i = 0; i < 9; i++)
		sum += weight[n][i] * fluctuation(f, l, middle, middle + (i - 4) * h);
	return sum / pow(h, n);
}

/*
 * About the minimum: u' has to stay 0 at kappa(t), and u^(n)(kappa) = l_n changes by the derivative of the right hand
 * side and by u^(n+1) dkappa/dt.
 */
static void
test_minimum(enum regulator_kind kind, double N)
{
	const double x[4] = { 0.4, 0.9, 0.5, 0.2 }, l[5] = { 0, 0, 0.9, 0.5, 0.2 };
	double force[4], move, worst;
	struct flow f;

	flow_init(&f, ABOUT_MINIMUM, kind, 3, N, 4);
	flow_force(&f, x, force);
	move = -derivative(&f, l, 0.4, 1) / l[2];
	worst = fabs(force[0] - move);
	worst = fmax(worst, fabs(force[1] - derivative(&f, l, 0.4, 2) - l[3] * move));
	worst = fmax(worst, fabs(force[2] - derivative(&f, l, 0.4, 3) - l[4] * move));
	OK(worst < 1e-6 * f.regulator.K, "about the minimum, regulator %d, N = %g: %.1e", (int)kind, N,
		worst / f.regulator.K);
}

/* Of all couplings of a steady potential the last alone flows, as a_{M+1} is left out. */
static void
test_steady(enum regulator_kind kind, double N)
{
	double a[SERIES_MAX] = { 0, -0.1 }, x[ORDER_MAX] = { 0 }, dx[ORDER_MAX] = { 0 }, worst = 0,
	       factorial = 1;
	struct flow f;

	flow_init(&f, ABOUT_ZERO, kind, 2.7, N, 12);
	flow_steady(&f, a);
	for (size_t n = 1; n <= f.M; n++) {
		factorial *= (double)((2 * n - 1) * 2 * n);
		x[n - 1] = a[n] * factorial;
	}
	flow_velocity(&f, x, dx);
	for (size_t n = 0; n + 1 < f.M; n++)
		worst = fmax(worst, fabs(dx[n] / x[n]));
	OK(worst < 1e-9 && a[f.M + 1] != 0, "a steady potential, regulator %d, N = %g: %.1e", (int)kind, N,
		worst);
	OK(fabs(dx[f.M - 1] / x[f.M - 1]) > 1e-3, "and it is not that of a truncation");
}

/* About zero in rho: u_2n = (2n)! / (2^n n!) l_n, as phi^2n = 2^n rho^n. */
static void
test_zero(enum regulator_kind kind, double N)
{
	const double ratio[4] = { 1, 1, 3, 15 }, l[5] = { 0, 0.3, 0.9, 0.5, 0.2 };
	const double x[4] = { 0.3, 3 * 0.9, 15 * 0.5, 105 * 0.2 };
	double force[4], worst = 0;
	struct flow f;

	flow_init(&f, ABOUT_ZERO, kind, 3, N, 4);
	flow_force(&f, x, force);
	for (int n = 1; n <= 3; n++)
		worst = fmax(worst, fabs(force[n - 1] / ratio[n] - derivative(&f, l, 0, n)));
	OK(worst < 1e-6 * f.regulator.K, "about zero, regulator %d, N = %g: %.1e", (int)kind, N,
		worst / f.regulator.K);
}

/* All fixed points are at rest, and one of them is that of Wilson and Fisher. */
static void
test_fixed_points(enum regulator_kind kind, double d, double N)
{
	struct fixed_point points[ROOTS_MAX];
	double worst = 0;
	size_t n, ours = 0;
	struct flow f;

	flow_init(&f, ABOUT_ZERO, kind, d, N, 7);
	n = fixed_about_zero(&f, points);
	for (size_t i = 0; i < n; i++) {
		double dx[ORDER_MAX] = { 0 };

		ours += points[i].branch == WILSON_FISHER;
		flow_velocity(&f, points[i].x, dx);
		for (size_t j = 0; j < f.M; j++)
			worst = fmax(worst, fabs(dx[j]) / (fabs(points[i].x[j]) + DBL_MIN));
	}
	OK(n >= 3 && worst < 1e-6, "%zu fixed points at rest, regulator %d, d = %g, N = %g: %.1e", n,
		(int)kind, d, N, worst);
	OK(ours == 1, "one of them that of Wilson and Fisher");
}

static void
test_jacobian(enum expansion about, enum regulator_kind kind, double N, bool eta)
{
	const double x[5] = { 0.3, 0.9, 0.5, 0.2, -0.1 };
	double J[25], worst = 0;
	struct flow f;

	flow_init(&f, about, kind, 2.7, N, 5);
	f.eta = eta;
	flow_jacobian(&f, x, J);
	for (size_t j = 0; j < 5; j++) {
		const double h = 1e-3;
		double v[4][5], y[5];

		for (int s = 0; s < 4; s++) {
			memcpy(y, x, sizeof y);
			y[j] += h * (double[]){ -2, -1, 1, 2 }[s];
			flow_velocity(&f, y, v[s]);
		}
		for (size_t i = 0; i < 5; i++)
			worst = fmax(worst,
				fabs((v[0][i] - 8 * v[1][i] + 8 * v[2][i] - v[3][i]) / (12 * h) -
					J[5 * i + j]) /
					(1 + fabs(J[5 * i + j])));
	}
	OK(worst < 1e-8, "Jacobian, expansion %d, regulator %d, N = %g: %.1e", (int)about, (int)kind, N,
		worst);
}

/* --- regulators ------------------------------------------------------------------------ */

/* int_0^inf dy y^(d/2-1) 2 y^2 e^y / (e^y - 1)^2 / (y / (1 - e^-y) + w) times v, with y = s^4 and Simpson's rule. */
static double
exponential(double d, double w)
{
	const int n = 40000;
	const double end = 2.7, h = end / n;
	double sum = 0;

	for (int i = 1; i <= n; i++) {
		const double s = h * i, y = s * s * s * s, e = -expm1(-y);
		const double g = 2 * y * y * exp(-y) / (e * e) / (y / e + w) * 4 * pow(s, 2 * d - 1);

		sum += g * (i == n ? 1 : i % 2 ? 4 : 2);
	}
	return litim_factor(d) * d / 4 * sum * h / 3;
}

static void
test_regulators(void)
{
	struct regulator r;
	double worst = 0;

	for (double d = 1; d <= 4; d += 0.5)
		for (double w = -0.5; w < 100; w = 2 * w + 2) {
			regulator_init(&r, EXPONENTIAL, d);
			worst = fmax(worst, fabs(threshold(&r, w) / exponential(d, w) - 1));
		}
	OK(worst < 1e-10, "the exponential regulator's poles sum up to its integral: %.1e", worst);
	regulator_init(&r, SHARP, 3);
	OK(fabs(threshold(&r, 1) + r.K * 1.5 * log(2)) < 1e-15, "the sharp cutoff is a logarithm");
	OK(fabs(litim_factor(1) - 1 / M_PI) < 1e-15 && fabs(litim_factor(2) - 1 / (4 * M_PI)) < 1e-15 &&
			fabs(litim_factor(3) - 1 / (6 * M_PI * M_PI)) < 1e-15,
		"K in one, two and three dimensions");
}

/* --- trajectories ---------------------------------------------------------------------- */

struct last {
	double t, x[ORDER_MAX];
	int event;
	size_t M, rows;
};

static bool
keep(void *context, double t, const double x[], int event)
{
	struct last *l = context;

	l->t = t;
	l->event = event;
	l->rows++;
	memcpy(l->x, x, l->M * sizeof *x);
	return true;
}

static int
velocity(double t, N_Vector x, N_Vector dx, void *flow)
{
	(void)t;
	flow_velocity(flow, N_VGetArrayPointer(x), N_VGetArrayPointer(dx));
	return 0;
}

/* By CVODE's Adams method; false when it fails. */
static bool
by_sundials(struct flow *f, const double from[], double t, double to[])
{
	SUNContext sun;
	N_Vector x;
	SUNMatrix A;
	SUNLinearSolver linear;
	void *cvode;
	double at;
	bool ok;

	SUNContext_Create(NULL, &sun);
	x = N_VNew_Serial((sunindextype)f->M, sun);
	A = SUNBandMatrix((sunindextype)f->M, (sunindextype)f->M - 1, (sunindextype)f->M - 1, sun);
	linear = SUNLinSol_Band(x, A, sun);
	cvode = CVodeCreate(CV_ADAMS, sun);
	memcpy(N_VGetArrayPointer(x), from, f->M * sizeof *from);
	ok = !CVodeInit(cvode, velocity, 0, x) && !CVodeSStolerances(cvode, 1e-13, 1e-30) &&
		!CVodeSetUserData(cvode, f) && !CVodeSetLinearSolver(cvode, linear, A) &&
		!CVodeSetMaxNumSteps(cvode, 1000000) && !CVodeSetStopTime(cvode, t) &&
		CVode(cvode, t, x, &at, CV_NORMAL) >= 0;
	memcpy(to, N_VGetArrayPointer(x), f->M * sizeof *to);
	CVodeFree(&cvode);
	SUNLinSolFree(linear);
	SUNMatDestroy(A);
	N_VDestroy(x);
	SUNContext_Free(&sun);
	return ok;
}

static const struct rules tight = { .rtol = 1e-12, .steps_max = 1000000 };

static void
test_against_sundials(enum expansion about, double d, double N, size_t M, const double x[], double t)
{
	struct last l = { .M = M };
	double want[ORDER_MAX], worst = 0;
	struct flow f;

	flow_init(&f, about, LITIM, d, N, M);
	trajectory(&f, x, &t, 1, &tight, keep, &l);
	if (!OK(by_sundials(&f, x, t, want), "SUNDIALS gets there"))
		return;
	for (size_t n = 0; n < M; n++)
		worst = fmax(worst, fabs(l.x[n] / want[n] - 1));
	OK(l.event == REQUESTED && worst < 1e-9, "expansion %d, d = %g, N = %g, M = %zu as by SUNDIALS: %.1e",
		(int)about, d, N, M, worst);
}

static void
test_trajectories(void)
{
	const double zero[ORDER_MAX] = { 0.05, 3, 1 }, minimum[ORDER_MAX] = { 0.05, 8, 100, 1000 };

	test_against_sundials(ABOUT_ZERO, 3, 1, 3, zero, -3);
	test_against_sundials(ABOUT_ZERO, 3, 1, 3, zero, 0.5);
	test_against_sundials(ABOUT_ZERO, 2.5, 3, 10, zero, -1.5);
	test_against_sundials(ABOUT_ZERO, 1, 1, 6, (const double[ORDER_MAX]){ 0.1, 0.1 }, -2);
	test_against_sundials(ABOUT_MINIMUM, 3, 1, 4, minimum, -1);
	test_against_sundials(ABOUT_MINIMUM, 3, 2, 4, minimum, -1);
}

/* Without interactions nothing happens: U_2 = k^2 u_2 is the same at all k, to rounding. */
static void
test_free(void)
{
	const double x[3] = { 0.3, 0, 0 };
	double worst = 0;

	for (double t = -20; t <= 20; t += 2.5) {
		struct last l = { .M = 3 };
		struct flow f;

		flow_init(&f, ABOUT_ZERO, LITIM, 3, 1, 3);
		trajectory(&f, x, &t, 1, &tight, keep, &l);
		worst = fmax(worst, fabs(l.x[0] * exp(2 * t) / 0.3 - 1));
	}
	OK(worst < 1e-14, "a free field keeps its mass: %.1e", worst);
}

static void
test_reversible(double rtol, double allowed)
{
	const struct rules rules = { .rtol = rtol, .steps_max = 1000000 };
	const double x[3] = { 0.1, 2, 5 }, down = -1, up = 1;
	struct last l = { .M = 3 };
	double worst = 0, y[3];
	struct flow f;

	flow_init(&f, ABOUT_ZERO, LITIM, 3, 1, 3);
	trajectory(&f, x, &down, 1, &rules, keep, &l);
	memcpy(y, l.x, sizeof y);
	trajectory(&f, y, &up, 1, &rules, keep, &l);
	for (int n = 0; n < 3; n++)
		worst = fmax(worst, fabs(l.x[n] / x[n] - 1));
	OK(worst < allowed, "there and back at rtol = %g: %.1e", rtol, worst);
}

struct found {
	double t[8], u2[8];
	int event[8];
	size_t n;
};

static bool
collect(void *context, double t, const double x[], int event)
{
	struct found *c = context;

	if (c->n < 8) {
		c->t[c->n] = t;
		c->u2[c->n] = x[0];
		c->event[c->n++] = event;
	}
	return true;
}

/* Rows on the way are those of trajectories that end there, and do not change the end. */
static void
test_dense(void)
{
	const double x[3] = { 0.1, 2, 5 }, times[] = { 0, -0.37, -0.81, -1.93, -4 };
	struct last ends = { .M = 3 }, passes = { .M = 3 };
	struct found between = { .n = 0 };
	double worst = 0;
	struct flow f;

	flow_init(&f, ABOUT_ZERO, LITIM, 3, 1, 3);
	trajectory(&f, x, times, 5, &tight, keep, &passes);
	trajectory(&f, x, times, 5, &tight, collect, &between);
	for (size_t n = 1; n < 5; n++) {
		trajectory(&f, x, times + n, 1, &tight, keep, &ends);
		worst = fmax(worst, fabs(between.u2[n] / ends.x[0] - 1));
	}
	OK(passes.rows == 5 && ends.rows == 4, "a row for each time");
	OK(worst < 1e-10, "rows on the way: %.1e", worst);
	OK(same(passes.x, ends.x), "they do not change the end");
}

static void
test_events(void)
{
	const struct rules watch = { .rtol = 1e-12, .crossings = true, .steps_max = 1000000 };
	const struct rules converge = { .rtol = 1e-12, .converge = 1e-8, .steps_max = 1000000 };
	const double crossing[3] = { -1. / 13, 7.7, 0 }, broken[3] = { -0.2, 5, 0 }, end = -2, far = -12;
	const double bad[3] = { NAN, 1, 1 }, singular[3] = { -1, 1, 1 };
	/* In d = 1 what goes up in k comes to the Gaussian fixed point, but never reaches it. */
	const double fixed[2] = { -1. / 13, 0 };
	struct found c = { .n = 0 };
	struct outcome o;
	struct flow f;
	double at_root[3], two[2];

	flow_init(&f, ABOUT_ZERO, LITIM, 3, 1, 3);
	trajectory(&f, crossing, &end, 1, &watch, collect, &c);
	OK(c.n == 2 && c.event[0] == 2 && fabs(c.u2[0]) < 1e-12, "u2 passes zero at t = %.6f", c.t[0]);
	o = trajectory(&f, crossing, c.t, 1, &tight, keep, &(struct last){ .M = 3 });
	memcpy(at_root, o.x, sizeof at_root);
	OK(fabs(at_root[0]) < 1e-10, "and a trajectory that ends there agrees: %.1e", at_root[0]);

	o = trajectory(&f, broken, &end, 1, &tight, keep, &(struct last){ .M = 3 });
	OK(o.event == SINGULAR && o.t > end && o.x[0] < -0.99999, "1 + u2 -> 0 at t = %.8f", o.t);
	o = trajectory(&f, bad, &end, 1, &tight, keep, &(struct last){ .M = 3 });
	OK(o.event == UNSTARTED, "no number, no start");
	o = trajectory(&f, singular, &end, 1, &tight, keep, &(struct last){ .M = 3 });
	OK(o.event == UNSTARTED, "a singular point is no start");
	o = trajectory(&f, broken, &end, 1, &(struct rules){ .rtol = 1e-12, .steps_max = 5 }, keep,
		&(struct last){ .M = 3 });
	OK(o.event == EXHAUSTED && o.steps <= 5, "steps run out");

	/* M = 2 has its fixed point at u2 = -1/13, u4 = (12/13)^3 / (6 K), exactly. */
	flow_init(&f, ABOUT_ZERO, LITIM, 3, 1, 2);
	two[0] = fixed[0];
	two[1] = pow(12. / 13, 3) / (6 * f.regulator.K);
	o = trajectory(&f, two, &far, 1, &converge, keep, &(struct last){ .M = 2 });
	OK(o.event == CONVERGED && o.t == 0, "a fixed point is one");
	two[0] *= 1 + 1e-4;
	o = trajectory(&f, two, &far, 1, &converge, keep, &(struct last){ .M = 2 });
	OK(o.event != CONVERGED, "and its neighbour flows away");

	flow_init(&f, ABOUT_MINIMUM, LITIM, 3, 1, 2);
	o = trajectory(&f, (const double[]){ 0.01, 5 }, &far, 1, &tight, keep, &(struct last){ .M = 2 });
	OK(o.event == ORIGIN && o.t > far, "the minimum comes to the origin at t = %.6f", o.t);
}

/* --- LPA' and Polchinski --------------------------------------------------------------- */

/* The lowest order, written out. */
static void
test_eta(void)
{
	const double x[2] = { 0.05, 6 }, K = litim_factor(3), y = 2 * x[0] * x[1];
	const double eta = 4 * K * x[0] * x[1] * x[1] / ((1 + y) * (1 + y)), less = K * (1 - eta / 5);
	double v[2], worst;
	struct flow f;

	flow_init(&f, ABOUT_MINIMUM, LITIM, 3, 2, 2);
	f.eta = true;
	flow_velocity(&f, x, v);
	worst = fabs(v[0] + (1 + eta) * x[0] - less * (3 / ((1 + y) * (1 + y)) + 1)) / x[0];
	worst += fabs(v[1] - (2 * eta - 1) * x[1] -
			 2 * less * x[1] * x[1] * (9 / ((1 + y) * (1 + y) * (1 + y)) + 1)) /
		x[1];
	OK(flow_eta(&f, x) == eta && worst < 1e-14, "LPA' at the lowest order: %.1e", worst);
}

enum { HIGH = 14 };

/* c = a b, of odd or even powers alike, coefficients 0 .. n - 1. */
static void
multiply(const double a[], const double b[], size_t n, double c[])
{
	for (size_t m = 0; m < n; m++) {
		c[m] = 0;
		for (size_t j = 0; j <= m; j++)
			c[m] += a[j] * b[m - j];
	}
}

/*
 * Couplings of u_P(phi) = min_psi u(psi) + (phi - psi)^2 / 2: phi = psi + u'(psi), u_P'(phi) = u'(psi) = phi - psi. In powers of
 * phi, psi = phi (p_0 + p_1 phi^2 + ...), found one more each time from psi = (phi - (u'(psi) - u2 psi)) / (1 + u2).
 */
static void
legendre(const double x[], double y[])
{
	double p[HIGH] = { 1 / (1 + x[0]) }, factorial = 1;

	for (int turn = 0; turn < HIGH; turn++) {
		double square[HIGH], power[HIGH], sum[HIGH] = { 1 }, next[HIGH];

		factorial = 1; /* (2n - 1)! */
		multiply(p, p, HIGH, square);
		memcpy(power, p, sizeof p);
		for (size_t n = 2; n <= HIGH; n++) {
			factorial *= (double)((2 * n - 2) * (2 * n - 1));
			multiply(power, square, HIGH, next);
			memcpy(power, next, sizeof next);
			/* psi^(2n-1) is phi^(2n-1) times these. */
			for (size_t m = n - 1; m < HIGH; m++)
				sum[m] -= x[n - 1] / factorial * power[m - (n - 1)];
		}
		for (size_t m = 0; m < HIGH; m++)
			p[m] = sum[m] / (1 + x[0]);
	}
	factorial = 1;
	for (size_t n = 1; n <= HIGH; n++) {
		y[n - 1] =
			((n == 1) - p[n - 1]) * factorial; /* (2n-1)! times the coefficient of phi^(2n-1) */
		factorial *= (double)(2 * n * (2 * n + 1));
	}
}

static void
test_polchinski(void)
{
	const double x[ORDER_MAX] = { 0.2, 1, 0.5 }, t = -1.5;
	struct last litim = { .M = HIGH }, polchinski = { .M = HIGH };
	double from[ORDER_MAX], want[ORDER_MAX];
	struct flow f;

	flow_init(&f, ABOUT_ZERO, LITIM, 3, 1, HIGH);
	trajectory(&f, x, &t, 1, &tight, keep, &litim);
	legendre(litim.x, want);
	legendre(x, from);
	OK(fabs(from[1] / (1 / pow(1.2, 4)) - 1) < 1e-14 &&
			fabs(from[2] / ((0.5 - 10 / 1.2) / pow(1.2, 6)) - 1) < 1e-14,
		"the Legendre transform of three couplings");
	flow_init(&f, ABOUT_ZERO, POLCHINSKI, 3, 1, HIGH);
	trajectory(&f, from, &t, 1, &tight, keep, &polchinski);
	OK(fabs(polchinski.x[0] / want[0] - 1) < 1e-7 && fabs(polchinski.x[1] / want[1] - 1) < 1e-6,
		"Polchinski's flow is the Legendre transform of that with Litim's regulator: %.1e %.1e",
		polchinski.x[0] / want[0] - 1, polchinski.x[1] / want[1] - 1);
}

/* --- many lanes ------------------------------------------------------------------------ */

static void
test_lanes(void)
{
	enum { MANY = 2000 };
	const struct rules rules = { .rtol = 1e-11, .steps_max = 100000 };
	struct sextic *all = calloc(MANY, sizeof *all), *again = calloc(MANY, sizeof *all);
	double worst = 0;
	size_t differ = 0, seen[12] = { 0 };
	uint64_t state = 1;

	for (size_t i = 0; i < MANY; i++) {
		double r[4];

		for (int j = 0; j < 4; j++)
			r[j] = (double)((state = state * 6364136223846793005u + 1442695040888963407u) >> 11) *
				0x1p-53;
		all[i] = (struct sextic){ .u = { r[0] - 0.4, 4 * r[1], 3 * r[2] - 1 },
			.d = 1 + (double)(i % 4),
			.end = i % 2 ? -6 * r[3] : r[3] };
	}
	all[7].u[1] = NAN;
	all[8].u[0] = -1.5;
	all[9].end = 0;
	memcpy(again, all, MANY * sizeof *all);
	sextic_run(all, MANY, &rules);
	for (size_t i = 0; i < MANY; i++) {
		struct outcome o;
		struct flow f;

		flow_init(&f, ABOUT_ZERO, LITIM, again[i].d, 1, 3);
		o = trajectory(&f, again[i].u, &again[i].end, 1, &rules, keep, &(struct last){ .M = 3 });
		seen[o.event]++;
		differ += o.event != all[i].event;
		for (int j = 0; j < 3 && o.event == REQUESTED && again[i].end != 0; j++)
			worst = fmax(worst, fabs(all[i].u[j] - o.x[j]) / (fabs(o.x[j]) + 1e-3));
		/* Where it stopped, up to the width of a step. */
		if (o.event == SINGULAR || o.event == DIVERGED)
			differ += !(fabs(all[i].reached - o.t) < 1e-4);
	}
	OK(differ == 0, "events as of one trajectory at a time; %zu others", differ);
	OK(worst < 1e-7, "and couplings: %.1e", worst);
	OK(seen[REQUESTED] > 500 && seen[SINGULAR] > 20 && seen[DIVERGED] > 20 && seen[UNSTARTED] == 2,
		"all kinds were there: %zu %zu %zu %zu", seen[REQUESTED], seen[SINGULAR], seen[DIVERGED],
		seen[UNSTARTED]);
	/* Alone, in another lane: the same bytes. */
	differ = 0;
	for (size_t i = 0; i < MANY; i += 13) {
		sextic_run(&again[i], 1, &rules);
		differ += !same(again[i].u, all[i].u) && all[i].event != UNSTARTED;
	}
	OK(differ == 0, "a trajectory does not depend on its lane; %zu do", differ);
	free(all);
	free(again);
}

int
main(void)
{
	test_sextic();
	for (int kind = LITIM; kind <= SHARP; kind++)
		for (double N = 1; N <= 3; N += 2) {
			test_minimum((enum regulator_kind)kind, N);
			test_zero((enum regulator_kind)kind, N);
			test_steady((enum regulator_kind)kind, N);
			test_jacobian(ABOUT_ZERO, (enum regulator_kind)kind, N, false);
			test_jacobian(ABOUT_MINIMUM, (enum regulator_kind)kind, N, false);
		}
	for (int kind = LITIM; kind <= SHARP; kind++)
		for (double d = 2.8; d < 3.7; d += 0.4) {
			test_fixed_points((enum regulator_kind)kind, d, 1);
			test_fixed_points((enum regulator_kind)kind, d, 2);
		}
	test_jacobian(ABOUT_MINIMUM, LITIM, 2, true);
	test_steady(POLCHINSKI, 2);
	test_jacobian(ABOUT_ZERO, POLCHINSKI, 2, false);
	test_eta();
	test_polchinski();
	test_regulators();
	test_trajectories();
	test_free();
	test_reversible(1e-8, 1e-6);
	test_reversible(1e-12, 1e-10);
	test_dense();
	test_events();
	test_lanes();
	return tap_done();
}
