#include "flow.h"

#include <math.h>

void
flow_init(struct flow *f, enum expansion about, enum regulator_kind kind, double d, double N, size_t M)
{
	*f = (struct flow){ .d = d, .N = N, .about = about, .M = M };
	for (size_t n = 1; n <= M; n++)
		f->dimension[n - 1] = d - (double)n * (d - 2);
	if (about == ABOUT_MINIMUM)
		f->dimension[0] = d - 2;
	regulator_init(&f->regulator, kind, d);
}

double
flow_gap(const struct flow *f, const double x[])
{
	if (f->regulator.kind == POLCHINSKI)
		return 1;
	/* u'(kappa) = 0: the directions around the minimum have the gap 1. */
	return f->about == ABOUT_ZERO ? 1 + x[0] : fmin(1, 1 + 2 * x[0] * x[1]);
}

/* c = a b, coefficients 0 .. n - 1. */
static void
product(const double a[], const double b[], size_t n, double c[])
{
	for (size_t m = 0; m < n; m++) {
		c[m] = 0;
		for (size_t j = 0; j <= m; j++)
			c[m] += a[j] * b[m - j];
	}
}

/* The arguments of the threshold functions as series, coefficients 0 .. M. */
struct arguments {
	double radial[SERIES_MAX], around[SERIES_MAX];
};

/* sum l of the directions, and for a small change of the arguments that of the sum. */
static void
fluctuations(const struct flow *f, const struct arguments *w, double l[])
{
	double around[SERIES_MAX] = { 0 };

	threshold_series(&f->regulator, w->radial, f->M + 1, l);
	if (f->N == 1)
		return;
	threshold_series(&f->regulator, w->around, f->M + 1, around);
	for (size_t n = 0; n <= f->M; n++)
		l[n] += (f->N - 1) * around[n];
}

struct slopes {
	double radial[SERIES_MAX], around[SERIES_MAX];
};

static void
slopes_of(const struct flow *f, const struct arguments *w, struct slopes *s)
{
	threshold_slope_series(&f->regulator, w->radial, f->M + 1, s->radial);
	threshold_slope_series(&f->regulator, w->around, f->M + 1, s->around);
}

static void
change(const struct flow *f, const struct slopes *s, const struct arguments *e, double dl[])
{
	double around[SERIES_MAX] = { 0 };

	product(s->radial, e->radial, f->M + 1, dl);
	if (f->N == 1)
		return;
	product(s->around, e->around, f->M + 1, around);
	for (size_t n = 0; n <= f->M; n++)
		dl[n] += (f->N - 1) * around[n];
}

/* --- about zero ------------------------------------------------------------------------ */

/* z = phi^2, u = sum a_n z^n: u'' = sum (2n+2)(2n+1) a_{n+1} z^n and u'/phi = sum (2n+2) a_{n+1} z^n. */
static void
arguments_about_zero(const struct flow *f, const double x[], struct arguments *w)
{
	double factorial = 1; /* (2n)! */

	for (size_t n = 0; n < f->M; n++) {
		w->radial[n] = x[n] / factorial;
		w->around[n] = w->radial[n] / (double)(2 * n + 1);
		factorial *= (double)((2 * n + 1) * (2 * n + 2));
	}
	w->radial[f->M] = w->around[f->M] = 0;
}

static void
couplings_about_zero(const struct flow *f, const double l[], double force[])
{
	double factorial = 1;

	for (size_t n = 1; n <= f->M; n++) {
		factorial *= (double)((2 * n - 1) * 2 * n);
		force[n - 1] = factorial * l[n];
	}
}

/* --- Polchinski ------------------------------------------------------------------------ */

/* u'' + (N - 1) u'/phi = sum (2n+2)(2n+N) a_{n+1} z^n */
static double
curvature(const struct flow *f, size_t n)
{
	return -f->regulator.K * (double)(2 * n + 2) * ((double)(2 * n) + f->N);
}

/* Coefficient n of the product of two derivatives: 4 z (sum i a_i z^(i-1)) (sum j b_j z^(j-1)). */
static double
slopes_product(const double a[], const double b[], size_t n)
{
	double sum = 0;

	for (size_t i = 1; i <= n; i++)
		sum += 4 * (double)(i * (n + 1 - i)) * a[i] * b[n + 1 - i];
	return sum;
}

/* a_n = x_n / (2n)!, and a_{M+1} = 0. */
static void
coefficients(const struct flow *f, const double x[], double a[])
{
	double factorial = 1;

	a[0] = a[f->M + 1] = 0;
	for (size_t n = 1; n <= f->M; n++) {
		factorial *= (double)((2 * n - 1) * 2 * n);
		a[n] = x[n - 1] / factorial;
	}
}

static void
polchinski(const struct flow *f, const double x[], double l[])
{
	double a[SERIES_MAX];

	coefficients(f, x, a);
	for (size_t n = 0; n <= f->M; n++)
		l[n] = curvature(f, n) * a[n + 1] + slopes_product(a, a, n);
}

static void
polchinski_change(const struct flow *f, const double x[], const double e[], double dl[])
{
	double a[SERIES_MAX], da[SERIES_MAX];

	coefficients(f, x, a);
	coefficients(f, e, da);
	for (size_t n = 0; n <= f->M; n++)
		dl[n] = curvature(f, n) * da[n + 1] + 2 * slopes_product(a, da, n);
}

/* --- about the minimum ----------------------------------------------------------------- */

/* u = sum b_n s^n, s = rho - kappa, b_1 = 0; two coefficients behind the last are there, and 0. */
static void
potential_about_minimum(const struct flow *f, const double x[], double b[])
{
	double factorial = 1;

	b[0] = b[1] = b[f->M + 1] = b[f->M + 2] = 0;
	for (size_t n = 2; n <= f->M; n++) {
		factorial *= (double)n;
		b[n] = x[n - 1] / factorial;
	}
}

/* u' = sum (n+1) b_{n+1} s^n, u' + 2 rho u'' = u' + 2 (kappa + s) u'' */
static void
arguments_about_minimum(const struct flow *f, double kappa, const double b[], struct arguments *w)
{
	for (size_t n = 0; n <= f->M; n++) {
		const double m = (double)n;

		w->around[n] = (m + 1) * b[n + 1];
		w->radial[n] = (2 * m + 1) * (m + 1) * b[n + 1] + 2 * kappa * (m + 2) * (m + 1) * b[n + 2];
	}
}

/*
 * At fixed rho b_n changes by l_n, and with kappa by (n+1) b_{n+1} dkappa/dt, which keeps b_1 = 0. Of the canonical
 * terms (n (d-2) - d) b_n is left: (d-2) kappa u' is undone by the canonical motion of kappa.
 */
static void
force_at_fixed_norm(const struct flow *f, const double x[], double force[])
{
	double b[SERIES_MAX], l[SERIES_MAX], factorial = 1;
	struct arguments w;

	potential_about_minimum(f, x, b);
	arguments_about_minimum(f, x[0], b, &w);
	fluctuations(f, &w, l);
	force[0] = -l[1] / (2 * b[2]);
	for (size_t n = 2; n <= f->M; n++) {
		factorial *= (double)n;
		force[n - 1] = factorial * (l[n] + (double)(n + 1) * b[n + 1] * force[0]);
	}
}

/* Its change when x changes by e. */
static void
change_at_fixed_norm(const struct flow *f, const double x[], const double e[], double dforce[])
{
	double b[SERIES_MAX], db[SERIES_MAX], l[SERIES_MAX] = { 0 }, dl[SERIES_MAX] = { 0 }, factorial = 1,
					      move;
	struct arguments w, dw;
	struct slopes s = { 0 };

	potential_about_minimum(f, x, b);
	potential_about_minimum(f, e, db);
	arguments_about_minimum(f, x[0], b, &w);
	arguments_about_minimum(f, x[0], db, &dw);
	for (size_t n = 0; n <= f->M; n++)
		dw.radial[n] += 2 * e[0] * (double)((n + 2) * (n + 1)) * b[n + 2];
	fluctuations(f, &w, l);
	slopes_of(f, &w, &s);
	change(f, &s, &dw, dl);
	move = -l[1] / (2 * b[2]);
	dforce[0] = -dl[1] / (2 * b[2]) - move * db[2] / b[2];
	for (size_t n = 2; n <= f->M; n++) {
		factorial *= (double)n;
		dforce[n - 1] =
			factorial * (dl[n] + (double)(n + 1) * (db[n + 1] * move + b[n + 1] * dforce[0]));
	}
}

double
flow_eta(const struct flow *f, const double x[])
{
	const double y = 2 * x[0] * x[1];

	return f->eta ? 4 * f->regulator.K * x[0] * x[1] * x[1] / ((1 + y) * (1 + y)) : 0;
}

/* What eta adds to the canonical terms: -eta kappa and n eta l_n. */
static double
stretch(const double x[], size_t i)
{
	return i == 0 ? -x[0] : (double)(i + 1) * x[i];
}

static void
force_about_minimum(const struct flow *f, const double x[], double force[])
{
	const double eta = flow_eta(f, x);

	force_at_fixed_norm(f, x, force);
	for (size_t i = 0; f->eta && i < f->M; i++)
		force[i] = (1 - eta / (f->d + 2)) * force[i] + eta * stretch(x, i);
}

static void
change_about_minimum(const struct flow *f, const double x[], const double e[], double dforce[])
{
	const double eta = flow_eta(f, x), y = 2 * x[0] * x[1];
	double force[ORDER_MAX], deta;

	change_at_fixed_norm(f, x, e, dforce);
	if (!f->eta)
		return;
	deta = eta * (e[0] / x[0] + 2 * e[1] / x[1] - 4 * (e[0] * x[1] + x[0] * e[1]) / (1 + y));
	force_at_fixed_norm(f, x, force);
	for (size_t i = 0; i < f->M; i++)
		dforce[i] = (1 - eta / (f->d + 2)) * dforce[i] + eta * stretch(e, i) +
			deta * (stretch(x, i) - force[i] / (f->d + 2));
}

/* --- both ------------------------------------------------------------------------------ */

void
flow_force(const struct flow *f, const double x[], double force[])
{
	struct arguments w;
	double l[SERIES_MAX] = { 0 };

	if (f->about == ABOUT_MINIMUM) {
		force_about_minimum(f, x, force);
		return;
	}
	if (f->regulator.kind == POLCHINSKI) {
		polchinski(f, x, l);
	} else {
		arguments_about_zero(f, x, &w);
		fluctuations(f, &w, l);
	}
	couplings_about_zero(f, l, force);
}

void
flow_velocity(const struct flow *f, const double x[], double dx[])
{
	flow_force(f, x, dx);
	for (size_t n = 0; n < f->M; n++)
		dx[n] -= f->dimension[n] * x[n];
}

static void
change_about_zero(const struct flow *f, const double x[], const double e[], double dforce[])
{
	struct arguments w, dw;
	struct slopes s = { 0 };
	double dl[SERIES_MAX] = { 0 };

	if (f->regulator.kind == POLCHINSKI) {
		polchinski_change(f, x, e, dl);
	} else {
		arguments_about_zero(f, x, &w);
		arguments_about_zero(f, e, &dw);
		slopes_of(f, &w, &s);
		change(f, &s, &dw, dl);
	}
	couplings_about_zero(f, dl, dforce);
}

static void
steady_polchinski(const struct flow *f, double a[])
{
	for (size_t n = 1; n <= f->M; n++)
		a[n + 1] = (f->dimension[n - 1] * a[n] - slopes_product(a, a, n)) / curvature(f, n);
}

/* Of what fluctuations add to coefficient n, a_{n+1} makes dl/dw (2n+2)(2n+N) a_{n+1}. */
void
flow_steady(const struct flow *f, double a[])
{
	struct threshold_steps radial, around;
	const double slope = threshold_slope(&f->regulator, 2 * a[1]);

	a[0] = 0;
	if (f->regulator.kind == POLCHINSKI) {
		steady_polchinski(f, a);
		return;
	}
	threshold_begin(&radial, &f->regulator, 2 * a[1]);
	threshold_begin(&around, &f->regulator, 2 * a[1]);
	for (size_t n = 1; n <= f->M; n++) {
		const double m = (double)(2 * n);
		double l = threshold_rest(&radial);

		if (f->N != 1)
			l += (f->N - 1) * threshold_rest(&around);
		a[n + 1] = (f->dimension[n - 1] * a[n] - l) / (slope * (m + 2) * (m + f->N));
		threshold_append(&radial, (m + 2) * (m + 1) * a[n + 1]);
		if (f->N != 1)
			threshold_append(&around, (m + 2) * a[n + 1]);
	}
}

void
flow_jacobian(const struct flow *f, const double x[], double J[])
{
	const size_t M = f->M;

	for (size_t j = 0; j < M; j++) {
		double e[ORDER_MAX] = { [0] = 0 }, column[ORDER_MAX];

		e[j] = 1;
		if (f->about == ABOUT_MINIMUM)
			change_about_minimum(f, x, e, column);
		else
			change_about_zero(f, x, e, column);
		for (size_t i = 0; i < M; i++)
			J[i * M + j] = column[i] - (i == j ? f->dimension[i] : 0);
	}
}
