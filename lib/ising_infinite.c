/*
 * ising_infinite.c - see renorm/ising_infinite.h for the formulas
 *
 * Below Tc everything is taken at the dual coupling: s = S or 1/S is never above 1, and tanh k = t never above sqrt 2 - 1.
 *
 * The AGM. a_0 = 1, b_0 = x, c_(n+1) = (a_n - b_n) / 2 = c_n^2 / 4 a_(n+1), c_0^2 = 1 - x^2. With E = 1 - x,
 *
 *	d = sum_(n>=2) c_n,	A = x + E/2 - d,	Q = sum_(n>=2) 2^(n-1) c_n^2,
 *
 * the bracket of Onsager's specific heat, c = (2/A) (K C/S)^2 [sum_(n>=0) 2^(n-1) c_n^2 - (A -+ x) / C^2], becomes
 *
 *	E/2 + d (1 - E/2) + Q above Tc,		E^2/2 + E d/2 + Q below:
 *
 * sums of positive terms, E being 2s^2 / (1 + s^2).
 */
#include "renorm/ising_infinite.h"

#include <math.h>
#include <stdbool.h>

/* Tc = 2 / ln(1 + sqrt 2) is TC, the double next to it, and what that lacks. */
static const double TC = 2.269185314213022, TC_LACKS = -8.519454153395274e-17;
static const double KC = 0.44068679350977151;

/* Where T lies. u = 1 - s and E = 1 - x are each known to their own last digit. */
struct place {
	bool critical, low;
	double K, t, s, u, E, x;
};

static struct place
place_of(double T)
{
	struct place p = { .critical = T == TC, .low = T < TC, .K = 1 / T };

	p.t = p.low ? exp(-2 * p.K) : tanh(p.K);
	p.s = 2 * p.t / ((1 - p.t) * (1 + p.t));
	if (p.critical)
		p.s = 1;
	if (p.K > 2 || p.critical) {
		p.u = 1 - p.s;
	} else { /* sinh 2K - 1 from K - Kc, of which 1/T has lost digits */
		double d = -((T - TC) - TC_LACKS) * p.K * KC;
		double v = 2 * sinh(d) * sinh(d) + M_SQRT2 * sinh(2 * d);

		p.u = p.low ? v / (1 + v) : -v;
	}
	p.E = 2 * p.s * p.s / (1 + p.s * p.s);
	p.x = p.u * (1 + p.s) / (1 + p.s * p.s);
	return p;
}

struct agm {
	double A, d, Q;
};

static struct agm
agm_of(double x, double E)
{
	struct agm o = { 0 };
	double a = 1 - E / 2, b = sqrt(x), c = E / 2, weight = 1;

	while (c > a * 0x1p-56) {
		double mean = (a + b) / 2;

		c = c * c / (4 * mean);
		weight *= 2;
		o.d += c;
		o.Q += weight * c * c;
		b = sqrt(a * b);
		a = mean;
	}
	o.A = a;
	return o;
}

/* ln 2(B + R) at w. */
static double
mode(const struct place *p, double w)
{
	double c2 = 1 + p->s * p->s, x = 2 * sin(w / 2) * sin(w / 2);
	double B_S = p->u * p->u + p->s * x; /* B - S = (1 - s)^2 + s (1 - cos w) */
	double R = sqrt(B_S * (c2 + p->s * x));

	return log(2 * (B_S + p->s + R));
}

/*
 * The mean of half the modes. Next to Tc they have a branch point next to w = 0, which the substitution w = pi / (1 + exp(-pi
 * sinh y)) moves away: the trapezoidal rule in y converges exponentially, at Tc too.
 */
static double
mean_of_modes(const struct place *p)
{
	const double step = 1.0 / 32;
	long double sum = 0, weights = 0; /* of 221 terms: no digit is lost to their sum */

	for (int i = -110; i <= 110; i++) {
		double y = i * step, f = exp(-M_PI * sinh(y)), left = 1 / (1 + f), right = f * left;
		double weight = cosh(y) * left * right;

		weights += weight;
		sum += weight * mode(p, M_PI * left);
	}
	return (double)(sum / weights / 2);
}

static double
lnz_of(const struct place *p)
{
	double f = mean_of_modes(p);

	return p->low ? 2 * p->K + log1p(-p->t * p->t) - M_LN2 + f : f;
}

/* 1/xi above Tc, at the dual coupling below; as gamma_0 of renorm/ising_exact.h, sinh(xi^-1 / 2) = (1 - s) / sqrt(2s). */
static double
inverse_length(const struct place *p)
{
	return 2 * asinh(p->u / sqrt(2 * p->s));
}

struct rn_ising_plane
rn_ising_plane(double T)
{
	if (!(T >= 0))
		return (struct rn_ising_plane){ NAN, NAN, NAN, NAN, NAN };
	if (T == 0)
		return (struct rn_ising_plane){ INFINITY, -2, 0, 1, 0 };
	if (T == INFINITY)
		return (struct rn_ising_plane){ M_LN2, 0, 0, 0, 0 };

	const struct place p = place_of(T);
	if (p.critical)
		return (struct rn_ising_plane){ lnz_of(&p), -M_SQRT2, INFINITY, 0, INFINITY };

	/* coth 2K, and K coth 2K as it stands in c; its dual is sqrt(1 + s^2) */
	const double C = sqrt(1 + p.s * p.s), coth = p.low ? C : C / p.s;
	const struct agm a = agm_of(p.x, p.E);
	const double rest = p.x < 0.5 ? a.A - p.x : p.E / 2 - a.d; /* A - x */
	struct rn_ising_plane o = { .lnz = lnz_of(&p), .xi = 1 / inverse_length(&p) };

	if (p.low) {
		double heat = p.E * p.E / 2 + p.E * a.d / 2 + a.Q;

		o.e = -coth * (1 + p.x / a.A);
		o.c = heat > 0 ? 2 * p.K * p.K * (1 + p.s * p.s) * heat / a.A : 0;
		o.m0 = pow(p.u * (1 + p.s) * (1 + p.s * p.s), 0.125);
		o.xi /= 2;
	} else {
		double heat = p.E / 2 + a.d * (1 - p.E / 2) + a.Q;

		o.e = -coth * rest / a.A;
		o.c = 2 * (p.K * coth) * (p.K * coth) * heat / a.A;
	}
	return o;
}

double
rn_ising_dual(double K)
{
	return K > KC ? atanh(exp(-2 * K)) : -log(tanh(K)) / 2;
}
