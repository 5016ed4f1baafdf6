#include "fixed.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

/* --- exponents ------------------------------------------------------------------------- */

static void
exponents(const struct flow *f, struct fixed_point *p)
{
	double J[ORDER_MAX * ORDER_MAX], re[ORDER_MAX], im[ORDER_MAX];
	const int M = (int)f->M;
	size_t lowest = 0;

	p->nu = p->omega = NAN;
	p->relevant = 0;
	flow_jacobian(f, p->x, J);
	if (LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', M, J, M, re, im, NULL, 1, NULL, 1))
		return;
	for (size_t i = 0; i < f->M; i++) {
		p->relevant += re[i] < 0;
		if (re[i] < re[lowest])
			lowest = i;
		if (re[i] > 0 && !(re[i] >= p->omega))
			p->omega = im[i] == 0 ? re[i] : NAN;
	}
	if (re[lowest] < 0 && im[lowest] == 0)
		p->nu = -1 / re[lowest];
}

/* --- about zero ------------------------------------------------------------------------ */

/*
 * The couplings that u2 determines, and u_{2M+2}, without its factors u2 (all vanish at the Gaussian fixed point)
 * and powers of 1 + u2.
 */
static double
recursion(const struct flow *f, double u2, double x[])
{
	double a[SERIES_MAX] = { 0, u2 / 2 }, factorial = 1;

	for (size_t n = 1; n <= f->M; n++) {
		double slope;
		const double rest = flow_coefficient(f, a, n, &slope);

		factorial *= (double)((2 * n - 1) * 2 * n);
		x[n - 1] = a[n] * factorial;
		a[n + 1] = (f->dimension[n - 1] * a[n] - rest) / slope;
	}
	return a[f->M + 1] / (u2 * pow(1 + u2, (double)f->M + 1));
}

static double
bisect(const struct flow *f, double low, double high)
{
	double x[ORDER_MAX];
	const bool sign = signbit(recursion(f, low, x));

	for (int i = 0; i < 200; i++) {
		const double middle = (low + high) / 2;

		if (middle == low || middle == high)
			break;
		if (signbit(recursion(f, middle, x)) == sign)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* The grid: from -0.9999 to 1000, geometric on both sides of 0 and near -1, 0 itself left out. */
enum { NEAR_ZERO = 1200, NEAR_SINGULAR = 200 };

static double
grid(size_t i)
{
	if (i < NEAR_SINGULAR)
		return -1 + 1e-4 * pow(0.5 / 1e-4, (double)i / NEAR_SINGULAR);
	i -= NEAR_SINGULAR;
	if (i <= NEAR_ZERO)
		return -0.5 * pow(1e-6 / 0.5, (double)i / NEAR_ZERO);
	i -= NEAR_ZERO + 1;
	return 1e-6 * pow(1e9, (double)i / NEAR_ZERO);
}

/* u2 of all fixed points but the Gaussian one, ascending. */
static size_t
roots(const struct flow *f, double u2[])
{
	double x[ORDER_MAX], low = grid(0), at_low = recursion(f, low, x);
	size_t n = 0;

	for (size_t i = 1; i <= NEAR_SINGULAR + 2 * NEAR_ZERO + 1 && n < ROOTS_MAX - 1; i++) {
		const double high = grid(i), at_high = recursion(f, high, x);

		if (signbit(at_low) != signbit(at_high) && signbit(low) == signbit(high))
			u2[n++] = bisect(f, low, high);
		low = high;
		at_low = at_high;
	}
	return n;
}

static double
nearest(const double u2[], size_t n, double to)
{
	double best = NAN;

	for (size_t i = 0; i < n; i++)
		if (!(fabs(u2[i] - to) >= fabs(best - to)))
			best = u2[i];
	return best;
}

static struct flow
in_dimension(const struct flow *f, double d)
{
	struct flow other;

	flow_init(&other, f->about, f->regulator.kind, d, f->N, f->M);
	other.eta = f->eta;
	return other;
}

/* A root within the distance of a guess, NaN if there is none. */
static double
root_near(const struct flow *f, double guess, double within)
{
	double x[ORDER_MAX];

	for (double reach = within / 64; reach <= within; reach *= 2) {
		const double low = fmax(guess - reach, -0.99999), high = fmin(guess + reach, -1e-12);

		if (low < high && signbit(recursion(f, low, x)) != signbit(recursion(f, high, x)))
			return bisect(f, low, high);
	}
	return NAN;
}

/*
 * u2 of the fixed point that comes from d = 4, where it is -(4 - d)(N + 2) / (4 (N + 8)) with Litim's regulator, in
 * steps of d that are halved when it is lost. NaN: it ends before f->d.
 */
static double
continued(const struct flow *f)
{
	const double first = 4 - fmin(0.02, 4 - f->d);
	double d = first, step = 0.02, before = 0, here, all[ROOTS_MAX];
	struct flow g = in_dimension(f, d);
	const size_t n = roots(&g, all);

	if (f->d >= 4)
		return NAN;
	here = nearest(all, n, -(4 - d) * (f->N + 2) / (4 * (f->N + 8)));
	if (!(here < 0))
		return NAN;
	for (double back = 4 - d; d > f->d && step > 1e-5;) {
		const double to = fmax(d - step, f->d), slope = (here - before) / back;
		double x;

		g = in_dimension(f, to);
		x = root_near(&g, here + slope * (d - to), fabs(slope) * (d - to) * 0.3);
		if (isnan(x)) {
			step /= 2;
			continue;
		}
		before = here;
		here = x;
		back = d - to;
		d = to;
	}
	return d == f->d || step > 1e-5 ? here : NAN;
}

size_t
fixed_about_zero(const struct flow *f, struct fixed_point points[ROOTS_MAX])
{
	double u2[ROOTS_MAX], next[ROOTS_MAX];
	struct flow g;
	const size_t n = roots(f, u2);
	size_t m, k = 0;
	bool gaussian = false;

	flow_init(&g, f->about, f->regulator.kind, f->d, f->N, f->M + 1);
	m = roots(&g, next);
	const double known = continued(f), ours = isnan(known) ? NAN : nearest(u2, n, known);

	for (size_t i = 0; i <= n; i++) {
		struct fixed_point *p;

		if (!gaussian && (i == n || u2[i] > 0)) {
			points[k] = (struct fixed_point){ .branch = GAUSSIAN };
			exponents(f, &points[k++]);
			gaussian = true;
		}
		if (i == n)
			break;
		p = &points[k++];
		*p = (struct fixed_point){ .branch = u2[i] == ours ? WILSON_FISHER : OTHER };
		recursion(f, u2[i], p->x);
		p->drift = fabs(nearest(next, m, u2[i]) - u2[i]);
		exponents(f, p);
	}
	return k;
}

/* --- about the minimum ----------------------------------------------------------------- */

/* Newton's iteration in units of each coupling; false: it does not converge. */
static bool
newton(const struct flow *f, double x[])
{
	const size_t M = f->M;

	for (int i = 0; i < 100; i++) {
		double J[ORDER_MAX * ORDER_MAX], v[ORDER_MAX], worst = 0, part = 1;
		lapack_int pivots[ORDER_MAX];

		flow_velocity(f, x, v);
		flow_jacobian(f, x, J);
		if (LAPACKE_dgesv(LAPACK_ROW_MAJOR, (int)M, 1, J, (int)M, pivots, v, 1))
			return false;
		while (!(x[0] - part * v[0] > 0 && x[1] - part * v[1] > 0) && part > 1e-6)
			part /= 2;
		for (size_t n = 0; n < M; n++) {
			x[n] -= part * v[n];
			if (!isfinite(x[n]))
				return false;
		}
		/* The highest couplings are the least well known: kappa and l2 decide. */
		worst = fmax(fabs(v[0] / x[0]), fabs(v[1] / x[1]));
		if (worst < 1e-14)
			return true;
		if (worst < 1e-11 && i > 50)
			return true;
	}
	return false;
}

/*
 * M = 2: with y = 2 kappa l2 and Litim's regulator, kappa = K (3/(1+y)^2 + N - 1) / (d - 2) and
 * l2 = (4 - d) / (2 K (9/(1+y)^3 + N - 1)). In d = 3 the iteration for y contracts.
 */
static void
lowest_order(const struct flow *f, double x[])
{
	const double K = f->regulator.K, others = f->N - 1;
	double y = 0.5;

	for (int i = 0; i < 100; i++) {
		x[0] = K * (3 / ((1 + y) * (1 + y)) + others) / (f->d - 2);
		x[1] = (4 - f->d) / (2 * K * (9 / ((1 + y) * (1 + y) * (1 + y)) + others));
		y = 2 * x[0] * x[1];
	}
}

/* From the solution in one dimension to that in another, the step halved where it fails. */
static bool
to_dimension(const struct flow *f, double from, double x[])
{
	double step = 0.05;

	while (from != f->d) {
		const double to = fabs(f->d - from) <= step ? f->d : from + copysign(step, f->d - from);
		const struct flow g = in_dimension(f, to);
		double trial[ORDER_MAX];

		memcpy(trial, x, sizeof trial);
		if (newton(&g, trial)) {
			memcpy(x, trial, sizeof trial);
			from = to;
		} else if ((step /= 2) < 1e-4)
			return false;
	}
	return true;
}

bool
fixed_about_minimum(const struct flow *f, struct fixed_point *p)
{
	const double d = 3;
	struct flow g;

	*p = (struct fixed_point){ .branch = WILSON_FISHER, .drift = NAN };
	if (!(f->d > 2 && f->d < 4))
		return false;
	for (size_t M = 2; M <= f->M; M++) {
		flow_init(&g, ABOUT_MINIMUM, f->regulator.kind, d, f->N, M);
		g.eta = f->eta;
		if (M == 2)
			lowest_order(&g, p->x);
		if (!newton(&g, p->x))
			return false;
	}
	if (!to_dimension(f, d, p->x))
		return false;
	exponents(f, p);
	p->eta = flow_eta(f, p->x);
	return true;
}
