/*
 * lpa.h - the Wilson-Fisher fixed point of the local potential approximation, without a truncation
 *
 * 0 = -d u + (d - 2) rho u' + l(u' + 2 rho u'') + (N - 1) l(u') for all rho >= 0, 2 < d < 4: at large rho u grows as
 * rho^p, p = d / (d - 2). With a length s, u = (1 + rho/s)^p g(y), y = (rho - s)/(rho + s), and g is a polynomial in
 * y that fulfils the equation, divided by (1 + rho/s)^p, at n Chebyshev points (collocation). The exponents come from
 * small changes (1 + rho/s)^q h(y), exp(theta t), which grow as rho^q with q = (d + theta) / (d - 2): Newton's iteration
 * for h and theta together. Convergence is exponential in n; s is 2.2 times the minimum kappa.
 */
#ifndef WETTERICH_LPA_H
#define WETTERICH_LPA_H

#include "flow.h"

enum { LPA_MIN = 16, LPA_MAX = 160 };

struct lpa {
	double kappa, sigma; /* u'(kappa) = 0; u'(0) */
	double nu, omega;
};

/* False: no convergence. n from 3/4 of LPA_MIN, which is for comparison alone, to LPA_MAX; 2 < d < 4. */
bool lpa_fixed_point(enum regulator_kind kind, double d, double N, size_t n, struct lpa *result);

#endif
