#include "lpa.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixed.h"

/* Chebyshev polynomials and their derivatives at the points: row-major, n x n. */
struct chebyshev {
	size_t n;
	double *y, *T, *dT, *ddT;
};

/* (1 + rho/s)^q T_j(y) and two derivatives to rho at the points, divided by (1 + rho/s)^q. */
struct basis {
	const struct chebyshev *c;
	double s, *rho, *z; /* z = 1 + rho/s = 2 / (1 - y) */
	double *B1, *B2;
};

/* A solution, for one length s. */
struct solution {
	struct regulator regulator;
	double d, N, s;
	double *g; /* coefficients */
};

static bool
chebyshev_init(struct chebyshev *c, size_t n)
{
	double *room = calloc(n + 3 * n * n, sizeof *room);

	*c = (struct chebyshev){ 0 };
	if (!room)
		return false;
	*c = (struct chebyshev){
		.n = n,
		.y = room,
		.T = room + n,
		.dT = room + n + n * n,
		.ddT = room + n + 2 * n * n,
	};
	for (size_t i = 0; i < n; i++) {
		const double angle = M_PI * ((double)i + 0.5) / (double)n, s = sin(angle);

		c->y[i] = cos(angle);
		for (size_t j = 0; j < n; j++) {
			const double k = (double)j;

			c->T[i * n + j] = cos(k * angle);
			c->dT[i * n + j] = k * sin(k * angle) / s;
			c->ddT[i * n + j] = (c->y[i] * c->dT[i * n + j] - k * k * c->T[i * n + j]) / (s * s);
		}
	}
	return true;
}

static bool
basis_init(struct basis *b, const struct chebyshev *c, double s)
{
	const size_t n = c->n;
	double *room = calloc(2 * n + 2 * n * n, sizeof *room);

	*b = (struct basis){ 0 };
	if (!room)
		return false;
	*b = (struct basis){
		.c = c,
		.s = s,
		.rho = room,
		.z = room + n,
		.B1 = room + 2 * n,
		.B2 = room + 2 * n + n * n,
	};
	for (size_t i = 0; i < n; i++) {
		b->rho[i] = s * (1 + c->y[i]) / (1 - c->y[i]);
		b->z[i] = 2 / (1 - c->y[i]);
	}
	return true;
}

static void
basis_power(struct basis *b, double q)
{
	const size_t n = b->c->n;

	for (size_t i = 0; i < n; i++) {
		const double sz = b->s * b->z[i], dy = 2 / (sz * b->z[i]), ddy = -2 * dy / sz;

		for (size_t j = i * n; j < (i + 1) * n; j++) {
			const double T = b->c->T[j], dT = b->c->dT[j];

			b->B1[j] = dT * dy + q / sz * T;
			b->B2[j] = b->c->ddT[j] * dy * dy + dT * (ddy + 2 * q / sz * dy) +
				q * (q - 1) / (sz * sz) * T;
		}
	}
}

static double
dot(const double a[], const double b[], size_t n)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++)
		sum += a[j] * b[j];
	return sum;
}

/* A x = b, both overwritten. */
static bool
solve_linear(size_t n, double A[], double b[])
{
	lapack_int *pivots = calloc(n + 1, sizeof *pivots);
	const bool ok = pivots && !LAPACKE_dgesv(LAPACK_ROW_MAJOR, (int)n, 1, A, (int)n, pivots, b, 1);

	free(pivots);
	return ok;
}

/* Room for vectors and a matrix of n + 1, the border of border() included. */
enum { VECTORS = 7 };
struct workspace {
	double *vector[VECTORS];
	double *A;
};

static bool
workspace_init(struct workspace *w, size_t n)
{
	const size_t m = n + 1;
	double *room = calloc(VECTORS * m + m * m, sizeof *room);

	*w = (struct workspace){ 0 };
	if (!room)
		return false;
	for (size_t i = 0; i < VECTORS; i++)
		w->vector[i] = room + i * m;
	w->A = room + VECTORS * m;
	return true;
}

static void
workspace_clear(struct workspace *w)
{
	free(w->vector[0]);
}

/* --- the fixed point ------------------------------------------------------------------- */

/* u' and u'' at the points; false where 1 + u' or 1 + u' + 2 rho u'' is not above 0. */
static bool
derivatives(const struct basis *b, double p, const double g[], double u1[], double u2[])
{
	const size_t n = b->c->n;
	bool regular = true;

	for (size_t i = 0; i < n; i++) {
		const double zp = pow(b->z[i], p);

		u1[i] = zp * dot(b->B1 + i * n, g, n);
		u2[i] = zp * dot(b->B2 + i * n, g, n);
		regular = regular && 1 + u1[i] > 0 && 1 + u1[i] + 2 * b->rho[i] * u2[i] > 0;
	}
	return regular;
}

/* The equation at the points, and its derivative by the coefficients. */
static void
linearise(const struct solution *v, const struct basis *b, double p, const double u1[], const double u2[],
	double rest[], double J[])
{
	const size_t n = b->c->n;

	for (size_t i = 0; i < n; i++) {
		const double rho = b->rho[i], w = u1[i] + 2 * rho * u2[i], zp = pow(b->z[i], p);
		const double slope = threshold_slope(&v->regulator, w);
		const double around = (v->N - 1) * threshold_slope(&v->regulator, u1[i]);
		const double l = threshold(&v->regulator, w) + (v->N - 1) * threshold(&v->regulator, u1[i]);

		rest[i] = l / zp;
		for (size_t j = 0; j < n; j++) {
			const size_t k = i * n + j;
			const double canonical = -v->d * b->c->T[k] + (v->d - 2) * rho * b->B1[k];

			rest[i] += canonical * v->g[j];
			J[k] = canonical + slope * (b->B1[k] + 2 * rho * b->B2[k]) + around * b->B1[k];
		}
	}
}

/* Newton's iteration, damped to keep the flow regular. */
static bool
iterate(struct solution *v, struct basis *b, struct workspace *w)
{
	const size_t n = b->c->n;
	const double p = v->d / (v->d - 2);
	double *u1 = w->vector[0], *u2 = w->vector[1], *step = w->vector[2], *trial = w->vector[3], *J = w->A;

	basis_power(b, p);
	for (int i = 0; i < 60; i++) {
		double part = 2, size = 0, most = 0;

		if (!derivatives(b, p, v->g, u1, u2))
			return false;
		linearise(v, b, p, u1, u2, step, J);
		if (!solve_linear(n, J, step))
			return false;
		do {
			part /= 2;
			for (size_t j = 0; j < n; j++)
				trial[j] = v->g[j] - part * step[j];
		} while (!derivatives(b, p, trial, u1, u2) && part > 1e-5);
		memcpy(v->g, trial, n * sizeof *trial);
		for (size_t j = 0; j < n; j++) {
			size = fmax(size, fabs(step[j]));
			most = fmax(most, fabs(v->g[j]));
		}
		if (!(size > 1e-13 * most))
			return isfinite(size);
		if (i > 30 && size < 1e-10 * most)
			return true;
	}
	return false;
}

/* u' at rho; the derivatives of T_j(y) by recursion would do, but cos(j angle) is shorter. */
static double
slope_at(const struct solution *v, size_t n, double rho)
{
	const double p = v->d / (v->d - 2), z = 1 + rho / v->s, y = (rho - v->s) / (rho + v->s);
	const double angle = acos(y), s = sin(angle);
	double value = 0, slope = 0;

	for (size_t j = 0; j < n; j++) {
		const double k = (double)j;

		value += v->g[j] * cos(k * angle);
		/* At rho = 0, y = -1: (-1)^(j-1) j^2. */
		slope += v->g[j] * (s > 1e-7 ? k * sin(k * angle) / s : (j % 2 ? 1 : -1) * k * k);
	}
	return pow(z, p) * (slope * 2 / (v->s * z * z) + p / (v->s * z) * value);
}

/* Where u' passes zero; NaN: u has no minimum but the one at 0. */
static double
minimum_of(const struct solution *v, size_t n)
{
	double low = 0, high = v->s;

	if (!(slope_at(v, n, low) < 0))
		return NAN;
	while (!(slope_at(v, n, high) > 0) && high < 1e3 * v->s)
		high *= 1.5;
	for (int i = 0; i < 100; i++) {
		const double middle = (low + high) / 2;

		if (slope_at(v, n, middle) < 0)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* --- exponents ------------------------------------------------------------------------- */

/*
 * G(theta) h = 0, G = -d - theta + (d - 2) rho d/drho + (dl/dw)(d/drho + 2 rho d^2/drho^2) + (N - 1)(dl/du') d/drho.
 * Bordered by a fixed scale of h, row `border`, column dG/dtheta h: what Newton's iteration needs.
 */
static void
border(const struct solution *v, const struct basis *b, const double slope[], const double around[],
	const double h[], const double scale[], double theta, double A[], double rest[])
{
	const size_t n = b->c->n, m = n + 1;
	const double q = (v->d + theta) / (v->d - 2), dq = 1 / (v->d - 2);

	for (size_t i = 0; i < n; i++) {
		const double rho = b->rho[i], sz = b->s * b->z[i], dy = 2 / (sz * b->z[i]);
		double change = 0;

		rest[i] = 0;
		for (size_t j = 0; j < n; j++) {
			const size_t k = i * n + j;
			const double T = b->c->T[k];
			const double dB1 = dq * T / sz;
			const double dB2 = dq * (2 / sz * b->c->dT[k] * dy + (2 * q - 1) / (sz * sz) * T);
			const double G = -(v->d + theta) * T + (v->d - 2) * rho * b->B1[k] +
				slope[i] * (b->B1[k] + 2 * rho * b->B2[k]) + around[i] * b->B1[k];

			A[i * m + j] = G;
			rest[i] += G * h[j];
			change += h[j] *
				(-T + (v->d - 2) * rho * dB1 + slope[i] * (dB1 + 2 * rho * dB2) +
					around[i] * dB1);
		}
		A[i * m + n] = change;
	}
	for (size_t j = 0; j < n; j++)
		A[n * m + j] = scale[j];
	A[n * m + n] = 0;
	rest[n] = dot(scale, h, n) - 1;
}

/* The eigenvalue near a guess; NaN: none. */
static double
eigenvalue(const struct solution *v, struct basis *b, double theta, struct workspace *w)
{
	const size_t n = b->c->n, m = n + 1;
	const double p = v->d / (v->d - 2), guess = theta;
	double *slope = w->vector[0], *around = w->vector[1], *u1 = w->vector[2], *u2 = w->vector[3],
	       *h = w->vector[4], *scale = w->vector[5], *rest = w->vector[6], *A = w->A;

	basis_power(b, p);
	if (!derivatives(b, p, v->g, u1, u2))
		return NAN;
	for (size_t i = 0; i < n; i++) {
		slope[i] = threshold_slope(&v->regulator, u1[i] + 2 * b->rho[i] * u2[i]);
		around[i] = (v->N - 1) * threshold_slope(&v->regulator, u1[i]);
		h[i] = 1 / (double)(1 + i);
	}
	/* Inverse iteration at the guess. */
	basis_power(b, (v->d + theta) / (v->d - 2));
	for (int i = 0; i < 4; i++) {
		double size;

		memset(scale, 0, n * sizeof *scale);
		border(v, b, slope, around, h, scale, theta, A, rest);
		for (size_t k = 0; k < n; k++) {
			rest[k] = dot(b->c->T + k * n, h, n);
			memmove(A + k * n, A + k * m, n * sizeof *A);
		}
		if (!solve_linear(n, A, rest))
			break; /* the guess is the eigenvalue */
		size = sqrt(dot(rest, rest, n));
		for (size_t k = 0; k < n; k++)
			h[k] = rest[k] / size;
	}
	memcpy(scale, h, n * sizeof *h); /* |h| = 1 */
	for (int i = 0; i < 50; i++) {
		basis_power(b, (v->d + theta) / (v->d - 2));
		border(v, b, slope, around, h, scale, theta, A, rest);
		if (!solve_linear(m, A, rest))
			return NAN;
		for (size_t k = 0; k < n; k++)
			h[k] -= rest[k];
		theta -= rest[n];
		if (!(fabs(theta - guess) < 0.5 * fabs(guess) + 0.1))
			return NAN;
		if (fabs(rest[n]) < 1e-13 || (i > 20 && fabs(rest[n]) < 1e-10))
			return theta;
	}
	return NAN;
}

/* --- together -------------------------------------------------------------------------- */

/* A potential with the minimum and curvature of a truncation, growing as it should. */
static void
begin_from_truncation(struct solution *v, const struct basis *b, double kappa, double lambda,
	struct workspace *w)
{
	const size_t n = b->c->n;
	const double p = v->d / (v->d - 2), z = 1 + kappa / v->s;

	memcpy(w->A, b->c->T, n * n * sizeof *w->A);
	for (size_t i = 0; i < n; i++) {
		const double away = b->rho[i] - kappa;

		v->g[i] = (lambda / 2 * away * away * pow(b->z[i] / z, p - 2) +
				  threshold(&v->regulator, 0) / v->d) /
			pow(b->z[i], p);
	}
	if (!solve_linear(n, w->A, v->g))
		v->g[0] = NAN;
}

/* The truncation about the minimum in d = 3 is near enough in all cases: there, and from there to other d. */
enum { START_ORDER = 8 };

static bool
find(struct solution *v, struct chebyshev *c, double d, struct workspace *w, struct lpa *result)
{
	struct fixed_point start;
	struct flow f;
	struct basis b = { 0 };
	double step = 0.1, nu = NAN, omega = NAN;
	double kept[LPA_MAX];
	bool ok = true, begun = false;

	flow_init(&f, ABOUT_MINIMUM, v->regulator.kind, 3, v->N, START_ORDER);
	if (!fixed_about_minimum(&f, &start))
		return false;
	nu = start.nu;
	omega = start.omega;
	result->kappa = start.x[0];
	for (double at = 3, to = 3; ok; to = fabs(d - at) <= step ? d : at + copysign(step, d - at)) {
		memcpy(kept, v->g, c->n * sizeof *kept);
		const double s = v->s;

		v->d = to;
		regulator_init(&v->regulator, v->regulator.kind, to);
		if (!begun)
			v->s = 2.2 * result->kappa;
		if (!basis_init(&b, c, v->s))
			return false;
		if (!begun)
			begin_from_truncation(v, &b, start.x[0], start.x[1], w);
		ok = iterate(v, &b, w);
		if (ok) {
			result->kappa = minimum_of(v, c->n);
			result->nu = -1 / eigenvalue(v, &b, -1 / nu, w);
			result->omega = eigenvalue(v, &b, omega, w);
			ok = isfinite(result->kappa) && isfinite(result->nu) && isfinite(result->omega);
		}
		free(b.rho);
		if (ok) {
			nu = result->nu;
			omega = result->omega;
			begun = true;
			at = to;
			if (to == d)
				return true;
		} else {
			ok = begun && (step /= 2) > 1e-3;
			memcpy(v->g, kept, c->n * sizeof *kept);
			v->s = s;
		}
	}
	return false;
}

bool
lpa_fixed_point(enum regulator_kind kind, double d, double N, size_t n, struct lpa *result)
{
	struct solution v = { .N = N, .regulator.kind = kind };
	struct chebyshev c = { 0 };
	struct workspace w = { 0 };
	bool ok = false;

	*result = (struct lpa){ NAN, NAN, NAN, NAN };
	v.g = calloc(n, sizeof *v.g);
	regulator_init(&v.regulator, kind, 3);
	if (workspace_init(&w, n) && v.g && chebyshev_init(&c, n))
		ok = find(&v, &c, d, &w, result);
	if (ok)
		result->sigma = slope_at(&v, n, 0);
	free(c.y);
	free(v.g);
	workspace_clear(&w);
	return ok;
}
