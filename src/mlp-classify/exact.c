#include "exact.h"

#include <math.h>
#include <string.h>

enum { POINTS = 10, LEFT = POINTS / 2 - 1 };

/* Of tori: one temperature of 12 x 12 takes a fifth of a second, and the grid has many. */
enum { MOST_SITES = 144 };

static const double Tc = 2.269185314213022, w = 0.1;

static double
v_of(double T)
{
	const double u = isinf(T) ? 1 : T / (T + Tc);

	return 0.5 + asinh((u - 0.5) / w) / (2 * asinh(0.5 / w));
}

static double
T_of(double v)
{
	const double u = 0.5 + w * sinh((v - 0.5) * 2 * asinh(0.5 / w));

	if (v <= 0 || v >= 1)
		return v <= 0 ? 0 : INFINITY;
	return Tc * u / (1 - u);
}

void
exact_begin(struct exact *x, const struct rn_lattice *l)
{
	memset(x, 0, sizeof *x);
	x->l = *l;
	x->moments = rn_ising_moments_possible(l) && (l->dim == 1 || l->sites <= MOST_SITES);
}

static enum rn_status
want(struct exact *x, size_t i, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	if (!x->known[i])
		st = rn_ising_moments(&x->l, T_of((double)i / GRID), 0, &x->at[i], err);
	x->known[i] = st == RN_OK;
	return st;
}

/* Lagrange's polynomial through POINTS points of the grid about v. */
static enum rn_status
interpolate(struct exact *x, double v, struct rn_ising_moments *m, struct rn_error *err)
{
	const double place = v * GRID;
	double first = floor(place) - LEFT;

	*m = (struct rn_ising_moments){ 0 };
	first = fmin(fmax(first, 0), (double)(GRID + 1 - POINTS));
	for (size_t i = 0; i < POINTS; i++) {
		const size_t at = (size_t)first + i;
		enum rn_status st = want(x, at, err);
		double weight = 1;

		if (st != RN_OK)
			return st;
		for (size_t j = 0; j < POINTS; j++)
			if (j != i)
				weight *= (place - first - (double)j) / ((double)i - (double)j);
		m->absm += weight * x->at[at].absm;
		m->m2 += weight * x->at[at].m2;
		m->m4 += weight * x->at[at].m4;
	}
	return RN_OK;
}

enum rn_status
exact_moments(struct exact *x, double T, struct rn_ising_moments *m, struct rn_error *err)
{
	*m = (struct rn_ising_moments){ NAN, NAN, NAN, NAN };
	return x->moments && T >= 0 ? interpolate(x, v_of(T), m, err) : RN_OK;
}

enum rn_status
exact_T_of_absm(struct exact *x, double absm, double *T, struct rn_error *err)
{
	size_t lo = 0, hi = GRID;
	enum rn_status st;

	*T = NAN;
	if (!x->moments || isnan(absm))
		return RN_OK;
	if ((st = want(x, 0, err)) != RN_OK || (st = want(x, GRID, err)) != RN_OK)
		return st;
	if (absm >= x->at[0].absm || absm <= x->at[GRID].absm) {
		*T = absm >= x->at[0].absm ? 0 : INFINITY;
		return RN_OK;
	}
	while (hi - lo > 1) {
		const size_t mid = (lo + hi) / 2;

		if ((st = want(x, mid, err)) != RN_OK)
			return st;
		if (x->at[mid].absm > absm)
			lo = mid;
		else
			hi = mid;
	}
	double a = (double)lo / GRID, b = (double)hi / GRID;

	while (nextafter(a, b) < b) {
		const double mid = (a + b) / 2;
		struct rn_ising_moments m;

		if ((st = interpolate(x, mid, &m, err)) != RN_OK)
			return st;
		if (m.absm > absm)
			a = mid;
		else
			b = mid;
	}
	*T = T_of(b);
	return RN_OK;
}

/* <s_0 s_r> = (t^r + t^(N - r)) / (1 + t^N), t = tanh K */
double
exact_G(const struct rn_lattice *l, double T, size_t r)
{
	const double N = (double)l->sites, d = (double)r, t = tanh(1 / T);

	if (l->dim != 1 || isnan(T))
		return NAN;
	return (pow(t, d) + pow(t, N - d)) / (1 + pow(t, N));
}
