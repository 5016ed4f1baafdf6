/*
 * exact.h - exact thermal values of the lattice at h = 0
 *
 * e at any size (renorm/ising_exact.h); <|m|>, <m^2>, <m^4> where renorm/ising_moments.h has them. Those of rings are
 * computed when they are wanted. Those of tori cost up to a quarter of a second a temperature, so they are computed at the
 * points of a grid, each when it is first wanted, and interpolated by the polynomial through the 14 nearest: to 1e-4
 * or better. The grid is even in v, 0 <= v <= 1, and closest about Tc:
 *
 *	u = T / (T + Tc),   u - 1/2 = w sinh(c (v - 1/2)),   w = 0.1, c such that u = 0 and 1 are v = 0 and 1
 */
#ifndef MLP_CLASSIFY_EXACT_H
#define MLP_CLASSIFY_EXACT_H

#include "renorm/ising_moments.h"

enum { GRID = 36 };

struct exact {
	struct rn_lattice l;
	bool moments; /* there are exact ones */
	bool known[GRID + 1];
	struct rn_ising_moments at[GRID + 1];
};

void exact_begin(struct exact *x, const struct rn_lattice *l);
/* Moments at T in [0, inf]; NaN where there are none, or T is NaN. RN_ENOMEM is the only failure. */
RN_MUST_CHECK enum rn_status
exact_moments(struct exact *x, double T, struct rn_ising_moments *m, struct rn_error *err);
/* The T at which the exact <|m|>, which falls with T, is absm: 0 and INFINITY at the ends; NaN as above. */
RN_MUST_CHECK enum rn_status exact_T_of_absm(struct exact *x, double absm, double *T, struct rn_error *err);
/* G(r) of the ring; NaN of tori. */
double exact_G(const struct rn_lattice *l, double T, size_t r);

#endif
