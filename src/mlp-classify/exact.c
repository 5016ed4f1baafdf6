#include "exact.h"

#include <math.h>
#include <string.h>

enum { POINTS = 14, LEFT = POINTS / 2 - 1 };

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

static enum rn_status
moments_at(struct exact *x, double v, struct rn_ising_moments *m, struct rn_error *err)
{
	return x->l.dim == 1 ? rn_ising_moments(&x->l, T_of(v), 0, m, err) : interpolate(x, v, m, err);
}

enum rn_status
exact_moments(struct exact *x, double T, struct rn_ising_moments *m, struct rn_error *err)
{
	*m = (struct rn_ising_moments){ NAN, NAN, NAN, NAN };
	if (!x->moments || !(T >= 0))
		return RN_OK;
	return x->l.dim == 1 ? rn_ising_moments(&x->l, T, 0, m, err) : interpolate(x, v_of(T), m, err);
}

/* <|m|> at v less what is looked for. */
static enum rn_status
excess(struct exact *x, double v, double absm, double *f, struct rn_error *err)
{
	struct rn_ising_moments m;
	enum rn_status st = moments_at(x, v, &m, err);

	*f = st == RN_OK ? m.absm - absm : NAN;
	return st;
}

/* C. J. F. Ridders, IEEE Trans. Circuits Syst. 26 (1979) 979: the excess, positive at a, falls to a negative one at b. */
static enum rn_status
find_zero(struct exact *x, double absm, double a, double fa, double b, double fb, double *v,
	struct rn_error *err)
{
	double last = INFINITY, c, fc, f;
	enum rn_status st;

	for (*v = (a + b) / 2; b - a > 1e-14 && fabs(*v - last) > 1e-14;) {
		last = *v;
		c = (a + b) / 2;
		if ((st = excess(x, c, absm, &fc, err)) != RN_OK)
			return st;
		*v = c + (c - a) * fc / sqrt(fc * fc - fa * fb);
		if ((st = excess(x, *v, absm, &f, err)) != RN_OK)
			return st;
		/* the new bracket: of a, b and the two points between, the innermost ones of either sign */
		const double left = fmin(c, *v), right = fmax(c, *v), fl = left == c ? fc : f,
			     fr = left == c ? f : fc;

		if (fl <= 0) {
			b = left;
			fb = fl;
		} else if (fr <= 0) {
			a = left;
			fa = fl;
			b = right;
			fb = fr;
		} else {
			a = right;
			fa = fr;
		}
		if (f == 0 || fb == 0)
			break;
	}
	return RN_OK;
}

enum rn_status
exact_T_of_absm(struct exact *x, double absm, double *T, struct rn_error *err)
{
	double f0, f1, v;
	enum rn_status st;

	*T = NAN;
	if (!x->moments || isnan(absm))
		return RN_OK;
	if ((st = excess(x, 0, absm, &f0, err)) != RN_OK || (st = excess(x, 1, absm, &f1, err)) != RN_OK)
		return st;
	if (f0 <= 0 || f1 >= 0) {
		*T = f0 <= 0 ? 0 : INFINITY;
		return RN_OK;
	}
	st = find_zero(x, absm, 0, f0, 1, f1, &v, err);
	*T = T_of(v);
	return st;
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
