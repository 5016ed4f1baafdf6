/*
 * ising_chain.c - ring and infinite chain in a field (renorm/ising_exact.h, renorm/ising_infinite.h), and their decimation
 *
 * V = exp(K s s' + h (s + s') / 2) has the eigenvalues exp(K + |h|) (c +- D) with c = cosh h,
 * D = sqrt(sinh^2 h + exp(-4K)), all over exp |h|. With rho their ratio and cos f = sinh h / D, sin f = exp(-2K) / D,
 *
 *	<s_0 s_r> = cos^2 f + sin^2 f (rho^r + rho^(N-r)) / (1 + rho^N)
 *	<s>       = cos f (1 - rho^N) / (1 + rho^N)
 */
#include "renorm/ising_exact.h"
#include "renorm/ising_infinite.h"

#include <math.h>

#include "broken.h"

struct chain {
	double K, g; /* |h| */
	double c, b, D;
	double cosine, sine; /* of f */
	double lnrho;
};

static struct chain
chain_of(double T, double h)
{
	struct chain o = { .K = 1 / T, .g = fabs(h) };
	double s = -expm1(-2 * o.g) / 2;

	o.c = (1 + exp(-2 * o.g)) / 2;
	o.b = exp(-2 * o.K - o.g);
	o.D = hypot(s, o.b);
	o.cosine = o.D > 0 ? s / o.D : 0;
	o.sine = o.D > 0 ? o.b / o.D : 1;
	o.lnrho = o.D < o.c / 2 ? log1p(-2 * o.D / (o.c + o.D))
				: log(-expm1(-4 * o.K)) - 2 * o.g - 2 * log(o.c + o.D);
	return o;
}

/* rho^j; terms with j < 0 have a factor 0 before them. */
static double
power(const struct chain *o, double j)
{
	if (j <= 0)
		return j == 0 ? 1 : 0;
	return exp(j * o->lnrho);
}

/* D' and D'' by K. */
static double
slope(const struct chain *o)
{
	return -2 * o->b * o->sine;
}

static double
bend(const struct chain *o)
{
	return 4 * o->b * o->sine * (1 + o->cosine * o->cosine);
}

/* (ln(c + D))'' */
static double
bulk_heat(const struct chain *o)
{
	double d = slope(o) / (o->c + o->D);

	return bend(o) / (o->c + o->D) - d * d;
}

/* (1/N) (ln Z)'' from ln Z = N ln(c + D) + ln(1 + rho^N): for rings with many broken bonds. */
static double
heat_of_many(const struct chain *o, double N)
{
	double r = o->c + o->D, d = slope(o);
	double rho1 = -2 * o->c * d / (r * r),
	       rho2 = -2 * o->c * bend(o) / (r * r) + 4 * o->c * d * d / (r * r * r);
	double z = 1 + power(o, N), p1 = power(o, N - 1), p2 = power(o, N - 2);
	double first = N * p1 * rho1 / z, second = (N * p1 * rho2 + N * (N - 1) * p2 * rho1 * rho1) / z;

	return bulk_heat(o) + (second - first * first) / N;
}

/* V, which knows its broken bonds. */
struct matrix {
	struct broken x[2][2];
};

/* Over its first element: only ratios are asked for. */
static struct matrix
product(const struct matrix *u, const struct matrix *v)
{
	struct matrix o;

	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			o.x[i][j] = broken_plus(broken_times(u->x[i][0], v->x[0][j]),
				broken_times(u->x[i][1], v->x[1][j]));
	const double scale = 1 / o.x[0][0].z;
	for (int i = 0; i < 4; i++)
		o.x[i / 2][i % 2] = broken_scaled(o.x[i / 2][i % 2], scale);
	return o;
}

/* The same from the moments of the number of broken bonds, all terms positive: for rings with few. */
static double
heat_of_few(const struct chain *o, size_t N)
{
	const double q = exp(-2 * o->K - o->g), down = exp(-2 * o->g);
	struct matrix v = { { { { 1, 0, 0 }, { q, q, q } }, { { q, q, q }, { down, 0, 0 } } } };
	struct matrix r = { { { { 1, 0, 0 }, { 0, 0, 0 } }, { { 0, 0, 0 }, { 1, 0, 0 } } } };

	for (size_t n = N; n > 0; n /= 2) {
		if (n % 2)
			r = product(&r, &v);
		v = product(&v, &v);
	}
	return 4 * broken_variance(broken_plus(r.x[0][0], r.x[1][1])) / (double)N;
}

struct rn_ising_ring_values
rn_ising_ring(size_t sites, double T, double h)
{
	if (!(T >= 0) || !isfinite(h) || sites == 0)
		return (struct rn_ising_ring_values){ NAN, NAN, NAN, NAN, NAN };

	const struct chain o = chain_of(T, h);
	double N = (double)sites, rhoN = power(&o, N), z = 1 + rhoN;
	double asymmetry = tanh(-N * o.lnrho / 2); /* (1 - rho^N) / (1 + rho^N) */
	double order = o.D > 0 ? o.c / o.D * asymmetry / N : 1;
	double cos2 = o.cosine * o.cosine, sin2 = o.sine * o.sine;
	double e = -(cos2 + sin2 * (power(&o, 1) + power(&o, N - 1)) / z);
	double heat = N * (1 + e) < 2 ? heat_of_few(&o, sites) : heat_of_many(&o, N);

	return (struct rn_ising_ring_values){
		.lnz = o.K + o.g + log(o.c + o.D) + log1p(rhoN) / N,
		.e = e,
		.c = heat > 0 ? o.K * o.K * heat : 0,
		.m = copysign(o.cosine * asymmetry, h),
		.m2 = cos2 + sin2 * order,
	};
}

double
rn_ising_energy_1d(size_t N, double T, double h)
{
	return rn_ising_ring(N, T, h).e;
}

double
rn_ising_magnetisation_1d(size_t N, double T, double h)
{
	return rn_ising_ring(N, T, h).m;
}

double
rn_ising_m2_1d(size_t N, double T, double h)
{
	return rn_ising_ring(N, T, h).m2;
}

struct rn_ising_chain
rn_ising_chain(double T, double h)
{
	if (!(T >= 0) || !isfinite(h))
		return (struct rn_ising_chain){ NAN, NAN, NAN, NAN, NAN };

	const struct chain o = chain_of(T, h);
	double heat = bulk_heat(&o);

	return (struct rn_ising_chain){
		.lnz = o.K + o.g + log(o.c + o.D),
		.e = -(o.cosine * o.cosine + o.sine * o.sine * power(&o, 1)),
		.c = heat > 0 ? o.K * o.K * heat : 0,
		.m = copysign(o.cosine, h),
		.xi = -1 / o.lnrho,
	};
}

/* ln cosh x = |x| + tail(x) - ln 2 */
static double
tail(double x)
{
	return log1p(exp(-2 * fabs(x)));
}

/*
 *	K'  = (1/4) ln [cosh(2K+h) cosh(2K-h) / cosh^2 h]	= (1/4) ln(1 + r^2), r = sinh 2K / cosh h
 *	h'  = h + (1/2) ln [cosh(2K+h) / cosh(2K-h)]		= h + artanh(tanh 2K tanh h)
 *	K0' = 2 K0 + (1/4) ln [16 cosh(2K+h) cosh(2K-h) cosh^2 h]
 *
 * on the right without cancellation; and with |2K+h| + |2K-h| = 2 max(2K, |h|), |2K+h| - |2K-h| = +-2 min(2K, |h|),
 * without overflow.
 */
struct rn_ising_couplings
rn_ising_decimate(struct rn_ising_couplings a)
{
	const double K2 = 2 * a.K, g = fabs(a.h), far = fmax(K2, g), near = fmin(K2, g);
	const double both = tanh(K2) * tanh(g), plus = tail(K2 + g), minus = tail(far - near);
	double lnr = K2 - g + log1p(-exp(-2 * K2)) - tail(g), shift;
	struct rn_ising_couplings o;

	if (lnr > 0) {
		o.K = lnr / 2 + log1p(exp(-2 * lnr)) / 4;
	} else { /* 2K is below |h|, or small */
		double r = K2 < 300 && g < 300 ? sinh(K2) / cosh(g) : exp(lnr);

		o.K = log1p(r * r) / 4;
	}
	shift = both < 0.5 ? atanh(both) : near + (plus - minus) / 2;
	o.h = copysign(g + shift, a.h);
	o.K0 = 2 * a.K0 + (far + g) / 2 + (plus + minus + 2 * tail(g)) / 4;
	return o;
}
