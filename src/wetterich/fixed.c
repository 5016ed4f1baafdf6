#include "fixed.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- exponents ------------------------------------------------------------------------- */

static int
ascending(const void *a, const void *b)
{
	const struct eigenvalue *x = a, *y = b;

	return x->re != y->re ? (x->re > y->re) - (x->re < y->re) : (x->im > y->im) - (x->im < y->im);
}

static void
exponents(const struct flow *f, struct fixed_point *p)
{
	double J[ORDER_MAX * ORDER_MAX], re[ORDER_MAX], im[ORDER_MAX];
	const int M = (int)f->M;
	size_t first; /* above 0 */

	p->nu = p->omega = NAN;
	p->relevant = 0;
	for (size_t i = 0; i < f->M; i++)
		p->theta[i] = (struct eigenvalue){ NAN, NAN };
	flow_jacobian(f, p->x, J);
	if (LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', M, J, M, re, im, NULL, 1, NULL, 1))
		return;
	for (size_t i = 0; i < f->M; i++)
		p->theta[i] = (struct eigenvalue){ re[i], im[i] };
	qsort(p->theta, f->M, sizeof *p->theta, ascending);
	while (p->relevant < f->M && p->theta[p->relevant].re < 0)
		p->relevant++;
	if (p->relevant && p->theta[0].im == 0)
		p->nu = -1 / p->theta[0].re;
	first = p->relevant;
	while (first < f->M && p->theta[first].re == 0)
		first++;
	if (first < f->M && p->theta[first].im == 0)
		p->omega = p->theta[first].re;
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

	flow_steady(f, a);
	for (size_t n = 1; n <= f->M; n++) {
		factorial *= (double)((2 * n - 1) * 2 * n);
		x[n - 1] = a[n] * factorial;
	}
	return a[f->M + 1] / (u2 * pow(1 + u2, (double)f->M + 1));
}

/* u2 of fixed points other than the Gaussian one. */
struct roots {
	size_t n;
	double u2[ROOTS_MAX];
};

/* Without the roots that are known already. */
static double
deflated(const struct flow *f, const struct roots *r, double u2)
{
	double x[ORDER_MAX], value = recursion(f, u2, x);

	for (size_t i = 0; i < r->n; i++)
		value /= u2 - r->u2[i];
	return value;
}

static double
bisect(const struct flow *f, const struct roots *r, double low, double high)
{
	const bool sign = signbit(deflated(f, r, low));

	for (int i = 0; i < 200; i++) {
		const double middle = (low + high) / 2;

		if (middle == low || middle == high)
			break;
		if (signbit(deflated(f, r, middle)) == sign)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* The grid: geometric on both sides of 0 and near -1, 0 itself left out. */
enum { GRID_MAX = 8192 };
#define RATIO 1.01
#define NEAR_SINGULAR 1e-4
#define FAR 1e3

struct grid {
	size_t n;
	double u2[GRID_MAX], value[GRID_MAX];
};

/* centre + first .. centre + last */
static void
add_points(struct grid *g, const struct flow *f, double centre, double first, double last)
{
	const double cells = ceil(fabs(log(last / first)) / log(RATIO));
	double x[ORDER_MAX];

	for (double i = 0; i < cells && g->n < GRID_MAX; i++) {
		g->u2[g->n] = centre + first * pow(last / first, i / cells);
		g->value[g->n] = recursion(f, g->u2[g->n], x);
		g->n++;
	}
}

static void
grid_init(struct grid *g, const struct flow *f)
{
	/* Couplings are of the order of 4 - d. */
	const double least = f->d < 4 ? fmin(1e-6, fmax(1e-3 * (4 - f->d), 1e-15)) : 1e-6;

	g->n = 0;
	add_points(g, f, -1, NEAR_SINGULAR, 0.5);
	add_points(g, f, 0, -0.5, -least);
	add_points(g, f, 0, least, FAR);
}

/* Neither a root nor 0 between the two points. */
static bool
alike(const struct grid *g, size_t i, size_t j)
{
	return signbit(g->value[i]) == signbit(g->value[j]) && signbit(g->u2[i]) == signbit(g->u2[j]);
}

/* Where the value, of one sign at the ends and nearest to 0 between them, has the other one; NaN: nowhere. */
static double
dip(const struct flow *f, const struct roots *r, double low, double high, bool sign)
{
	const double golden = 0.3819660112501051; /* (3 - sqrt 5) / 2 */
	double a = low + golden * (high - low), b = high - golden * (high - low);
	double at_a = deflated(f, r, a), at_b = deflated(f, r, b);

	for (int i = 0; i < 80 && low < a && a < b && b < high; i++) {
		if (signbit(at_a) != sign)
			return a;
		if (signbit(at_b) != sign)
			return b;
		if (fabs(at_a) < fabs(at_b)) {
			high = b;
			b = a;
			at_b = at_a;
			a = low + golden * (high - low);
			at_a = deflated(f, r, a);
		} else {
			low = a;
			a = b;
			at_a = at_b;
			b = high - golden * (high - low);
			at_b = deflated(f, r, b);
		}
	}
	return NAN;
}

/* The known roots from the index-th on taken out of the values. */
static void
deflate(struct grid *g, const struct roots *r, size_t index)
{
	for (; index < r->n; index++)
		for (size_t i = 0; i < g->n; i++)
			g->value[i] /= g->u2[i] - r->u2[index];
}

static void
add_single(struct roots *r, const struct flow *f, const struct grid *g)
{
	const struct roots none = { 0 };

	for (size_t i = 1; i < g->n && r->n < ROOTS_MAX - 1; i++)
		if (!alike(g, i - 1, i) && signbit(g->u2[i - 1]) == signbit(g->u2[i]))
			r->u2[r->n++] = bisect(f, &none, g->u2[i - 1], g->u2[i]);
}

static void
add_pairs(struct roots *r, const struct flow *f, const struct grid *g)
{
	const struct roots known = *r;

	for (size_t i = 1; i + 1 < g->n && r->n < ROOTS_MAX - 2; i++) {
		const double here = fabs(g->value[i]), low = g->u2[i - 1], high = g->u2[i + 1];
		double between;

		if (!alike(g, i - 1, i) || !alike(g, i, i + 1) || here > fabs(g->value[i - 1]) ||
			here > fabs(g->value[i + 1]))
			continue;
		between = dip(f, &known, low, high, signbit(g->value[i]));
		if (isnan(between))
			continue;
		r->u2[r->n++] = bisect(f, &known, low, between);
		r->u2[r->n++] = bisect(f, &known, between, high);
	}
}

static int
rising(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Ascending. First the changes of sign; then, of what is left when these roots are divided out, pairs in one cell, which
 * show as a place where the value comes near 0 and goes away again.
 */
static struct roots
find_roots(const struct flow *f)
{
	struct roots r = { 0 };
	struct grid g;
	size_t before = 0;

	grid_init(&g, f);
	add_single(&r, f, &g);
	while (r.n > before) {
		deflate(&g, &r, before);
		before = r.n;
		add_pairs(&r, f, &g);
	}
	qsort(r.u2, r.n, sizeof *r.u2, rising);
	return r;
}

static double
nearest(const struct roots *r, double to)
{
	double best = NAN;

	for (size_t i = 0; i < r->n; i++)
		if (!(fabs(r->u2[i] - to) >= fabs(best - to)))
			best = r->u2[i];
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

bool
fixed_is_critical(const struct flow *f, const struct fixed_point *p)
{
	return p->relevant == 1 && p->nu > 1 / f->d;
}

/* Of the fixed points that may be it the one that moves least with M. */
static void
label_wilson_fisher(const struct flow *f, struct fixed_point points[], size_t n)
{
	struct fixed_point *best = NULL;

	for (size_t i = 0; i < n; i++) {
		struct fixed_point *p = &points[i];

		if (p->branch == OTHER && p->x[0] < 0 && fixed_is_critical(f, p) &&
			(!best || p->drift * best->x[0] > best->drift * p->x[0]))
			best = p;
	}
	if (best && f->d < 4)
		best->branch = WILSON_FISHER;
}

static struct fixed_point
other_point(const struct flow *f, double u2, const struct roots *next)
{
	struct fixed_point p = { .branch = OTHER, .drift = fabs(nearest(next, u2) - u2) };

	recursion(f, u2, p.x);
	exponents(f, &p);
	return p;
}

size_t
fixed_about_zero(const struct flow *f, struct fixed_point points[ROOTS_MAX])
{
	const struct roots here = find_roots(f);
	struct roots next;
	struct flow more;
	size_t n = 0, i = 0;

	flow_init(&more, f->about, f->regulator.kind, f->d, f->N, f->M + 1);
	next = find_roots(&more);
	while (i < here.n && here.u2[i] < 0)
		points[n++] = other_point(f, here.u2[i++], &next);
	points[n] = (struct fixed_point){ .branch = GAUSSIAN };
	exponents(f, &points[n++]);
	while (i < here.n)
		points[n++] = other_point(f, here.u2[i++], &next);
	label_wilson_fisher(f, points, n);
	return n;
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
	return fixed_is_critical(f, p);
}
