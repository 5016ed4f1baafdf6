/*
 * ising_exact.c - see renorm/ising_exact.h for the formulas
 *
 * Torus: everything is a function of one number 0 <= t <= sqrt 2 - 1, namely
 * tanh K at or above Tc and, below, exp(-2K) = tanh of the dual coupling. Let
 * tanh k = t, S = sinh 2k, C = cosh 2k; a prime is d/dk. With
 *
 *	B = C^2 - S cos w,   R = sqrt(B^2 - S^2),   w = pi r / n,
 *
 * exp gamma = (B + R) / S, and a mode contributes to ln P, of the prefactor
 * (2S)^(m/2) its share included,
 *
 *	(m/2) a + ln(1 +- q^m),   a = ln 2(B + R),   q = exp(-gamma) = S / (B + R),
 *
 * in which nothing diverges as t -> 0. Sums over modes of -2 cos w, the leading
 * term of a', vanish for n > 1 and are left out: what remains is of order t,
 * so that e keeps its relative accuracy as T -> inf.
 */
#include "renorm/ising_exact.h"

#include <math.h>

#include "ising_cold.h"

/* A function of k and its first two derivatives. */
struct jet {
	double v, d, dd;
};

struct mode {
	struct jet a; /* a.d without its term -2 cos w */
	struct jet q;
	double lnq;
};

/* x^j for x = exp(lnx), where lnx may be -inf; terms with j < 0 have a factor 0 before them. */
static double
power(double lnx, double j)
{
	if (j <= 0)
		return j == 0 ? 1 : 0;
	return exp(j * lnx);
}

/* 0 < w <= pi. */
static struct mode
mode_at(double S, double C, double w)
{
	double x = 2 * sin(w / 2) * sin(w / 2); /* 1 - cos w: B - S must not cancel near Tc */
	double c = 1 - x;
	double B_S = (1 - S) * (1 - S) + S * x;
	double R = sqrt(B_S * (1 + S * S + S * x));
	double BR = B_S + S + R;
	double M = R + 1 - S * S;
	double A = 3 * S + S * c * c - 2 * c * (1 + S * S); /* a' = 2 C A / (R M) */
	double dA = 2 * C * (3 + c * c - 4 * c * S);
	double dR = 2 * C * (S + 2 * S * S * S - 3 * S * S * c - c + S * c * c) / R;
	double dM = dR - 4 * C * S;
	double q = S / BR;
	struct mode o;

	o.a.v = log(2 * BR);
	double RC = S * (S * S * S + S * c * c - 2 * c - 2 * c * S * S) / (R + C); /* R - C */
	o.a.d = 2 * (C * (2 * S - q) + c * RC) / R;
	double da = o.a.d - 2 * c;
	o.a.dd = (4 * S * A + 2 * C * dA) / (R * M) - da * (dR / R + dM / M);

	o.lnq = -log1p((B_S + R) / S);
	o.q.v = q;
	o.q.d = (2 * C - S * da) / BR;
	o.q.dd = (4 * S - 4 * C * da - S * o.a.dd + S * da * da) / BR;
	return o;
}

/* w = 0, where R = |1 - S| C has a kink at S = 1: closed forms on the side S <= 1. */
static struct mode
mode_zero(double t)
{
	double f = (1 + t) / (1 - t); /* exp 2k */
	struct mode o;

	o.a.v = 2 * (M_LN2 - log1p(t));
	o.a.d = 2 * t;
	o.a.dd = 2 * (1 - t) * (1 + t);
	o.q.v = f * t;
	o.q.d = f * (1 + 2 * t - t * t);
	o.q.dd = 2 * o.q.d + f * 2 * (1 - t) * (1 - t) * (1 + t);
	o.lnq = log(o.q.v);
	return o;
}

/* q^m */
static struct jet
winding(const struct mode *o, double m)
{
	double p1 = power(o->lnq, m - 1), p2 = power(o->lnq, m - 2);

	return (struct jet){
		power(o->lnq, m),
		m * p1 * o->q.d,
		m * p1 * o->q.dd + m * (m - 1) * p2 * o->q.d * o->q.d,
	};
}

/* A sum that keeps what each addition rounds away (Neumaier). */
struct sum {
	double high, low;
};

static void
sum_add(struct sum *s, double x)
{
	double t = s->high + x;

	s->low += fabs(s->high) >= fabs(x) ? s->high - t + x : x - t + s->high;
	s->high = t;
}

/* ln P of one product. */
struct product {
	struct sum v, d, dd;
};

static void
product_add(struct product *g, double times, struct jet j)
{
	sum_add(&g->v, times * j.v);
	sum_add(&g->d, times * j.d);
	sum_add(&g->dd, times * j.dd);
}

/* a - b, where both are large: their rounded parts cancel exactly. */
static double
sum_excess(const struct sum *a, const struct sum *b)
{
	return (a->high - b->high) + (a->low - b->low);
}

/* ln(1 + sign p) */
static struct jet
log_one_plus(double sign, struct jet p)
{
	double u = sign / (1 + sign * p.v);

	return (struct jet){ log1p(sign * p.v), u * p.d, u * p.dd - u * p.d * u * p.d };
}

/* The modes of one parity: cosh holds the product of the 2 cosh, sinh that of the 2 sinh but for r = 0. */
static void
add_modes(double m, size_t n, double t, size_t first, struct product *cosh_, struct product *sinh_)
{
	double S = 2 * t / ((1 - t) * (1 + t)), C = (1 + t * t) / ((1 - t) * (1 + t));

	for (size_t r = first; r <= n; r += 2) {
		double times = r == n ? 1 : 2; /* r and 2n - r */
		struct mode o = mode_at(S, C, M_PI * (double)r / (double)n);
		struct jet p = winding(&o, m);

		product_add(cosh_, times * m / 2, o.a);
		product_add(cosh_, times, log_one_plus(1, p));
		product_add(sinh_, times * m / 2, o.a);
		product_add(sinh_, times, log_one_plus(-1, p));
	}
}

/*
 * ln of 1/2 (P1 + P2 + P3 + order P4) and its derivatives, for the m x n torus
 * at t; order = -1 above Tc, +1 below. P4 = exp(g) (1 - p0) may vanish, so
 * its last factor is not part of the logarithm.
 */
static struct jet
log_sum(size_t rows, size_t cols, double t, double order)
{
	size_t n = rows < cols ? rows : cols;
	double m = (double)(rows < cols ? cols : rows);
	struct product product[4] = { 0 };
	struct mode zero = mode_zero(t);
	struct jet p0 = winding(&zero, m);

	add_modes(m, n, t, 1, &product[0], &product[1]);
	add_modes(m, n, t, 2, &product[2], &product[3]);
	product_add(&product[2], m / 2, zero.a);
	product_add(&product[2], 1, log_one_plus(1, p0));
	product_add(&product[3], m / 2, zero.a);
	if (n == 1) { /* one mode each: -2 cos w does not cancel */
		sum_add(&product[0].d, m);
		sum_add(&product[1].d, m);
		sum_add(&product[2].d, -m);
		sum_add(&product[3].d, -m);
	}

	/* Relative to the first product: ln P and its derivative are of order N, what they differ by is not. */
	const struct product *first = &product[0];
	struct jet z = { 0 };
	for (int i = 0; i < 4; i++) {
		const struct product *g = &product[i];
		double weight = exp(sum_excess(&g->v, &first->v)) * (i == 3 ? order : 1);
		double d = sum_excess(&g->d, &first->d), dd = g->dd.high + g->dd.low;
		struct jet factor = { 1, 0, 0 };

		if (i == 3)
			factor = (struct jet){ -expm1(m * zero.lnq), -p0.d, -p0.dd };
		z.v += weight * factor.v;
		z.d += weight * (factor.v * d + factor.d);
		z.dd += weight * (factor.v * (d * d + dd) + 2 * factor.d * d + factor.dd);
	}
	z.d /= z.v;
	return (struct jet){ first->v.high + first->v.low + log(z.v / 2), first->d.high + first->d.low + z.d,
		z.dd / z.v - z.d * z.d };
}

static struct rn_ising_values
torus(const struct rn_lattice *l, double T)
{
	double N = (double)l->sites, K = 1 / T, t = tanh(K);

	if (t <= M_SQRT2 - 1) {
		struct jet f = log_sum(l->rows, l->cols, t, -1);
		return (struct rn_ising_values){ f.v / N, -f.d / N, K * K * f.dd / N };
	}

	/* ln Z(K) = N ln sinh 2K + f(k), sinh 2K sinh 2k = 1, dk/dK = -sinh 2k */
	t = exp(-2 * K);
	struct jet f = log_sum(l->rows, l->cols, t, 1);
	double S = 2 * t / ((1 - t) * (1 + t)), C = (1 + t * t) / ((1 - t) * (1 + t));
	struct rn_ising_values o = {
		.lnz = 2 * K + log1p(-t * t) - M_LN2 + f.v / N,
		.e = -2 - (4 * t * t / ((1 - t) * (1 + t)) - S * f.d / N),
	};
	if (t > 0) /* c of order t^4 is left of terms of order t^2, and must not round below 0 */
		o.c = rn_ising_cold_heat(l, K,
			fmax(0, K * K * (S * S * (f.dd / N - 4) + 2 * C * S * f.d / N)));
	return o;
}

static struct rn_ising_values
ring(size_t sites, double T)
{
	double N = (double)sites, K = 1 / T, t = tanh(K), q = exp(-2 * K);
	double lnt = t < 0.5 ? log(t) : -2 * atanh(q);
	double tN = power(lnt, N), z = 1 + tN;
	double sech2 = 4 * q / ((1 + q) * (1 + q));
	struct rn_ising_values o = {
		.lnz = K + log1p(q) + log1p(tN) / N,
		.e = -(t + power(lnt, N - 1)) / z,
	};
	double slope = (N > 1 ? -expm1((2 * N - 2) * lnt) : 0) + (N - 1) * power(lnt, N - 2) * sech2;

	if (q > 0)
		o.c = K * K * sech2 * slope / (z * z);
	return o;
}

struct rn_ising_values
rn_ising_exact(const struct rn_lattice *l, double T)
{
	if (!(T >= 0))
		return (struct rn_ising_values){ NAN, NAN, NAN };
	if (T == 0)
		return (struct rn_ising_values){ INFINITY, -(double)l->dim, 0 };
	return l->dim == 1 ? ring(l->sites, T) : torus(l, T);
}

double
rn_ising_lnz_per_spin(const struct rn_lattice *l, double T)
{
	return rn_ising_exact(l, T).lnz;
}

double
rn_ising_energy(const struct rn_lattice *l, double T)
{
	return rn_ising_exact(l, T).e;
}

double
rn_ising_specific_heat(const struct rn_lattice *l, double T)
{
	return rn_ising_exact(l, T).c;
}

/*
 * Newton's step from K towards e(K) = e: of e itself where it is nearly linear
 * in K (high T), of ln(e - ground) where that is (low T). NaN when c = 0.
 */
static double
newton(const struct rn_lattice *l, double K, double e, bool low, double *excess)
{
	struct rn_ising_values o = rn_ising_exact(l, 1 / K);
	double ground = -(double)l->dim, slope = -o.c / K / K;

	*excess = o.e - e;
	if (low)
		return K - log((o.e - ground) / (e - ground)) * (o.e - ground) / slope;
	return K - *excess / slope;
}

double
rn_ising_temperature(const struct rn_lattice *l, double e)
{
	double ground = -(double)l->dim, hottest = rn_ising_energy(l, INFINITY);

	if (isnan(e))
		return NAN;
	if (!(e > ground))
		return 0;
	if (!(e < hottest))
		return INFINITY;

	/* e(K) falls: above e at lo, not above it at hi. */
	bool low = e - ground < hottest - e;
	double lo = 0, hi = INFINITY, K = low ? 0.5 : (hottest - e) / -ground;

	for (int i = 0; i < 4096; i++) {
		double excess, next = newton(l, K, e, low, &excess);

		if (excess == 0)
			return 1 / K;
		if (excess > 0)
			lo = K;
		else
			hi = K;
		if (!(next > lo && next < hi)) {
			if (fabs(next - K) <= K * 0x1p-52) /* a rounding error outside */
				break;
			next = hi == INFINITY ? 2 * lo : lo == 0 ? hi / 2 : lo + (hi - lo) / 2;
		}
		if (next == K || fabs(next - K) <= K * 0x1p-53)
			break;
		K = next;
	}
	return 1 / K;
}
