#include "legendre.h"

#include <math.h>
#include <stdlib.h>

#include "profile.h"

enum { LEFT = LEGENDRE_LEFT };

#define CROWDING 0.4 /* a: steps of y at the outer end are (1 - 2a)/(1 + a) = 1/7 of those at 0 */
#define RANGE 6	     /* phi_max is some so many Phi_0 */
#define HEAVY 1e70   /* mass^2/k^2, of which the fourth power is a double still */
#define FALL 0.01 /* of Phi from point to point, relative; waves at the foot of the shock are far smaller */

double
power_sum(const double u[], size_t M, double phi, size_t shift, size_t power)
{
	double total = 0;

	for (size_t n = power / 2 + power % 2; n <= M; n++)
		if (n >= shift)
			total += u[n - 1] * pow(phi, 2 * ((double)n - (double)shift)) *
				exp(-lgamma((double)(2 * n - power) + 1));
	return total;
}

/* --- mesh ------------------------------------------------------------------------------ */

/* s of the mesh: odd, from 0 to 1 with x. */
static double
crowd(double x)
{
	return x * (1 + CROWDING - CROWDING * x * x);
}

bool
legendre_init(struct legendre *l, enum regulator_kind kind, double d, double N, const double u[], size_t M,
	double phi_max, double k_end, size_t n)
{
	const double k_max = fmax(1, k_end);
	const size_t each = n + LEFT;

	*l = (struct legendre){ .d = d, .N = N, .n = n, .k_end = k_end, .u = u, .M = M, .t = NAN };
	regulator_init(&l->regulator, kind, d);
	l->end = phi_max * (power_sum(u, M, phi_max, 1, 1) + k_max * k_max);
	l->scale = N * l->regulator.K / (phi_max / RANGE);
	l->power = fmax(d, d / 2 + 1);
	l->least = 1e-24 * l->end;
	l->room = calloc(7 * each, sizeof *l->room);
	if (!l->room)
		return false;
	l->s = l->room + LEFT;
	l->s_half = l->s + each;
	l->J = l->s_half + each;
	l->half = l->J + each;
	l->motion = l->half + each;
	l->Phi = l->motion + each;
	l->F = l->Phi + each;
	for (size_t i = 0; i < n; i++) {
		l->s[i] = crowd((double)i / (double)(n - 1));
		l->s_half[i] = crowd(((double)i + 0.5) / (double)(n - 1));
	}
	return true;
}

void
legendre_clear(struct legendre *l)
{
	free(l->room);
}

/* J and dJ/dt: sinh(Y) = end / delta, so dY/dt = -tanh(Y) dln(delta)/dt. */
static void
move_mesh(struct legendre *l, double t)
{
	const double wish = l->scale * exp(l->power * t), delta = fmax(wish, l->least);
	const double Y = asinh(l->end / delta), pace = wish > l->least ? l->power : 0;
	const double dY = -pace * tanh(Y);

	if (l->t == t)
		return;
	l->t = t;
	for (size_t i = 0; i < l->n; i++) {
		const double up = exp(Y * l->s[i]), half = exp(Y * l->s_half[i]);

		l->J[i] = delta * (up - 1 / up) / 2;
		l->motion[i] = pace * l->J[i] + dY * l->s[i] * delta * (up + 1 / up) / 2;
		l->half[i] = delta * (half - 1 / half) / 2;
	}
	for (ptrdiff_t i = 1; i <= LEFT; i++) {
		l->J[-i] = -l->J[i];
		l->half[-i] = -l->half[i - 1];
	}
}

void
legendre_place(struct legendre *l, double t, const double x[])
{
	move_mesh(l, t);
	for (size_t i = 1; i < l->n; i++)
		l->Phi[i] = x[i - 1];
	for (ptrdiff_t i = 1; i <= LEFT; i++)
		l->Phi[-i] = -l->Phi[i];
	l->q2 = exp(2 * t + (l->has_eta ? x[l->n - 1] : 0));
}

size_t
legendre_unknowns(const struct legendre *l)
{
	return l->n - 1 + l->has_eta;
}

double
legendre_resolution(const struct legendre *l)
{
	double r = 0.5 - l->Phi[1] / l->Phi[4]; /* 1/4 while Phi is linear there */

	for (size_t i = 1; i + 1 < l->n; i++)
		r = fmin(r, FALL + (l->Phi[i + 1] - l->Phi[i]) / l->Phi[i]);
	return r;
}

/* --- start ----------------------------------------------------------------------------- */

/* U' + Phi at the start. */
static double
source(const struct legendre *l, double Phi)
{
	return Phi * (1 + power_sum(l->u, l->M, Phi, 1, 1));
}

/* The Phi > 0 where that is J, or NaN. It rises with Phi if 1 + u'' > 0. */
static double
invert(const struct legendre *l, double J)
{
	double low = 0, high = 1;

	while (source(l, high) < J && high < 0x1p60)
		high *= 2;
	while (high - low > 0x1p-20 * high) {
		const double mid = (low + high) / 2;

		if (source(l, mid) < J)
			low = mid;
		else
			high = mid;
	}
	for (int newton = 0; newton < 3; newton++)
		high -= (source(l, high) - J) / (1 + power_sum(l->u, l->M, high, 1, 2));
	return high;
}

bool
legendre_start(struct legendre *l, double x[])
{
	bool convex = l->end > 0;

	move_mesh(l, 0);
	for (size_t i = 1; i < l->n && convex; i++) {
		x[i - 1] = invert(l, l->J[i]);
		convex = x[i - 1] > (i > 1 ? x[i - 2] : 0);
	}
	/* Between the points too, where a hole in 1 + u'' would hide. */
	for (size_t i = 0; i < 8 * l->n && convex; i++)
		convex = 1 + power_sum(l->u, l->M, x[l->n - 2] * (double)i / (double)(8 * l->n), 1, 2) > 0;
	if (l->has_eta)
		x[l->n - 1] = 0;
	return convex;
}

/* --- differences, in steps of the mesh --------------------------------------------------- */

/* Of x[i] and x[i + 1]: their mean half-way, of fourth order but for the last. */
static double
mean(const double x[], ptrdiff_t i, bool last)
{
	return last ? (3 * x[i + 1] + 6 * x[i] - x[i - 1]) / 8
		    : (9 * (x[i] + x[i + 1]) - x[i - 1] - x[i + 2]) / 16;
}

/* And their difference there. */
static double
rise(const double x[], ptrdiff_t i, bool last)
{
	return last ? x[i + 1] - x[i] : (27 * (x[i + 1] - x[i]) - x[i + 2] + x[i - 1]) / 24;
}

/* The difference at x[i], of fifth order, with one more point to the right (way = 1) or left (-1); fewer at the end. */
static double
biased(const double x[], ptrdiff_t i, ptrdiff_t way, ptrdiff_t right)
{
	const double w = (double)way;

	if (right == 1)
		return (x[i + 1] - x[i - 1]) / 2;
	if (right == 2 && way > 0)
		return (8 * (x[i + 1] - x[i - 1]) - x[i + 2] + x[i - 2]) / 12;
	return w *
		(3 * x[i - 2 * way] - 30 * x[i - way] - 20 * x[i] + 60 * x[i + way] - 15 * x[i + 2 * way] +
			2 * x[i + 3 * way]) /
		60;
}

/* --- equation -------------------------------------------------------------------------- */

/*
 * l(gap - 1). The gap may be small: no digits are lost to the 1. Of a smooth regulator's poles four at once take one
 * division, for 1.6 times the speed of the flow; POLES is a multiple of it. Masses beyond HEAVY fluctuate no more.
 */
static double
loop(const struct regulator *r, double gap)
{
	double l = 0;

	if (r->kind == LITIM)
		return r->K / gap;
	if (r->log != 0)
		return r->log * log(gap);
	if (!(fabs(gap) < HEAVY))
		return 0;
	for (size_t j = 0; j < r->poles; j += 4) {
		const double *w = r->weight + j, *p = r->place + j;
		const double a = p[0] - 1 + gap, b = p[1] - 1 + gap, c = p[2] - 1 + gap, d = p[3] - 1 + gap;

		l += ((w[0] * b + w[1] * a) * (c * d) + (w[2] * d + w[3] * c) * (a * b)) / (a * b * (c * d));
	}
	return l;
}

static double
anomalous_dimension(const struct legendre *l, double t)
{
	const struct mesh m = { .n = l->n, .J = l->J, .Phi = l->Phi };
	double Phi, slope;

	if (!l->has_eta || !profile_valley(&m, l->q2, &Phi, &slope))
		return 0;
	return l->regulator.K * pow(1 - l->q2 * slope, 2) / (exp(-l->d * t) * l->q2 * Phi * Phi / 2);
}

static void
make_fluxes(struct legendre *l, double t)
{
	const double unit = exp(l->d * t) * (1 - l->eta / (l->d + 2));

	for (ptrdiff_t i = 0; i < (ptrdiff_t)l->n - 1; i++) {
		const bool last = i == (ptrdiff_t)l->n - 2;

		l->F[i] = unit * loop(&l->regulator, rise(l->J, i, last) / (l->q2 * rise(l->Phi, i, last)));
		if (l->N != 1)
			l->F[i] += (l->N - 1) * unit *
				loop(&l->regulator, mean(l->J, i, last) / (l->q2 * mean(l->Phi, i, last)));
	}
	for (ptrdiff_t i = 1; i <= LEFT; i++)
		l->F[-i] = l->F[i - 1];
}

/* dPhi/dt of the last point, where J stays: -((2 - eta) q2 Phi + dF/dPhi) / W. */
static double
outermost(const struct legendre *l, double t)
{
	const double Phi = l->Phi[l->n - 1], unit = exp(l->d * t) * (1 - l->eta / (l->d + 2));
	const double radial = power_sum(l->u, l->M, Phi, 1, 2), around = power_sum(l->u, l->M, Phi, 1, 1);
	const double force =
		threshold_slope(&l->regulator, radial / l->q2) * power_sum(l->u, l->M, Phi, 2, 3) +
		(l->N - 1) * threshold_slope(&l->regulator, around / l->q2) * (radial - around) / (Phi * Phi);

	return -Phi * ((2 - l->eta) * l->q2 + unit / l->q2 * force) / (l->q2 + radial);
}

void
legendre_drift(struct legendre *l, double t, double dx[])
{
	const ptrdiff_t n = (ptrdiff_t)l->n;

	make_fluxes(l, t);
	for (ptrdiff_t i = 1; i < n - 1; i++) {
		const double speed = (2 - l->eta) * l->q2 * l->Phi[i] - l->motion[i];
		const ptrdiff_t way = (speed > 0) == (l->k_end < 1) ? 1 : -1;
		const bool last = i + 2 == n;

		dx[i - 1] = -rise(l->F, i - 1, last) / rise(l->half, i - 1, last) -
			speed * biased(l->Phi, i, way, n - 1 - i) / biased(l->J, i, way, n - 1 - i);
	}
	dx[n - 2] = outermost(l, t);
	if (l->has_eta)
		dx[n - 1] = -l->eta;
}

void
legendre_velocity(struct legendre *l, double t, const double x[], double dx[])
{
	legendre_place(l, t, x);
	l->eta = anomalous_dimension(l, t);
	legendre_drift(l, t, dx);
}
