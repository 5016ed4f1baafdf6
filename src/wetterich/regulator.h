/*
 * regulator.h - what a regulator makes of the flow of the potential, and that of power series
 *
 * In units of k, with w the second derivative of the potential, the integral of the flow equation over momenta is the
 * threshold function
 *
 *	l(w) = v int_0^inf dy y^(d/2 - 1) (-2 y^2 r'(y)) / (y + y r(y) + w),	v^-1 = 2^(d+1) pi^(d/2) Gamma(d/2),
 *
 * for a regulator R(q) = q^2 r(q^2/k^2), without an anomalous dimension. Litim's, y r = (1 - y) theta(1 - y), gives
 * K / (1 + w), K = 1 / ((4 pi)^(d/2) Gamma(d/2 + 1)) [1]. Any smooth one is a sum of such poles, the quadrature of the
 * integral: sum_j weight_j / (place_j + w). Here the exponential one, r = 1 / (e^y - 1) [2]. The sharp cutoff gives
 * -(K d/2) ln(1 + w), up to a constant [3].
 *
 * [1] D. F. Litim, Phys. Rev. D 64 (2001) 105007.
 * [2] C. Wetterich, Phys. Lett. B 301 (1993) 90.
 * [3] F. J. Wegner, A. Houghton, Phys. Rev. A 8 (1973) 401.
 */
#ifndef WETTERICH_REGULATOR_H
#define WETTERICH_REGULATOR_H

#include <stdbool.h>
#include <stddef.h>

enum regulator_kind {
	LITIM,
	EXPONENTIAL,
	SHARP,
	POLCHINSKI
}; /* the last: of flow.h, and not of this header */
enum { POLES = 128 };

struct regulator {
	enum regulator_kind kind;
	double K;     /* of Litim's regulator in this dimension */
	double log;   /* factor of ln(1 + w); 0 unless sharp */
	size_t poles; /* 0 if sharp */
	double weight[POLES], place[POLES];
};

/* d > 0, real. Of POLCHINSKI K alone is there. */
void regulator_init(struct regulator *r, enum regulator_kind kind, double d);

/* 1 / ((4 pi)^(d/2) Gamma(d/2 + 1)) */
double litim_factor(double d);

/* l(w) and dl/dw; w > -1. */
double threshold(const struct regulator *r, double w);
double threshold_slope(const struct regulator *r, double w);

/* Coefficients 0 .. n - 1 of l(w(x)) from those of w(x), n <= SERIES_MAX; w_0 > -1, or they mean nothing. */
enum { SERIES_MAX = 48 };
void threshold_series(const struct regulator *r, const double w[], size_t n, double l[]);
/* Those of dl/dw at w(x): a change e(x) of w changes l by the product of the two. */
void threshold_slope_series(const struct regulator *r, const double w[], size_t n, double slope[]);

/*
 * The same one coefficient at a time, for w that is found as one goes: coefficient n is
 * threshold_rest() + threshold_slope(r, w_0) w_n, and threshold_append() says what w_n is. A coefficient costs n times
 * the poles, where the whole series anew would cost n^2.
 */
struct threshold_steps {
	const struct regulator *r;
	size_t n; /* coefficients of w so far */
	double w[SERIES_MAX];
	double q[SERIES_MAX *
		POLES];	    /* 1 / (place + w) of all poles, n-th coefficients side by side; or ln(1 + w) */
	double rest[POLES]; /* of the next ones, what w_n does not change */
};
void threshold_begin(struct threshold_steps *s, const struct regulator *r, double w0);
double threshold_rest(struct threshold_steps *s);
/* After threshold_rest(). */
void threshold_append(struct threshold_steps *s, double w);

#endif
