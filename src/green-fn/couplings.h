/*
 * couplings.h - u4 and u6 from connected functions, at tree level
 *
 * Of S = f K_W^-1 f / 2 + u4/4! int f^4 + u6/6! int f^6, with K_W = K - sigma_b^2,
 *
 *	G4c = -u4 N4,	G6c = -u6 N6 + u4^2 D,
 *	N_n = int dx prod_i K_W(x, x_i),
 *	D   = sum over the 10 ways to split six legs in two times three of
 *	      int dx dy K_W(x, a) K_W(x, b) K_W(x, c) K_W(x, y) K_W(y, d) K_W(y, e) K_W(y, f).
 *
 * Gauss nets, c = sigma_w^2 / (2 d), A and B the sums of the points on either side:
 *
 *	N_n = sigma_w^(2n) (pi / (n c))^(d/2) exp(-c (sum |x_i|^2 - |sum x_i|^2 / n))
 *	D   = sigma_w^14 (pi^2 / (15 c^2))^(d/2) sum exp(-c (sum |x_i|^2 - (4 |A|^2 + 4 |B|^2 + 2 A.B) / 15))
 *
 * K_W of relu grows with |x| and that of erf tends to a constant, so over the whole line their integrals do not
 * exist. Over a box [-L, L], d = 1, all of them do, by quadrature.
 *
 * Canonical field: K_W(p) = Z exp(-p^2 / k^2) / k^2 with k^2 = 2 sigma_w^2 / d and Z = (d/2) (4 pi)^(d/2)
 * k^(4-d); divided by sqrt(Z), f has the propagator without Z, and u4 Z^2, u6 Z^3.
 *
 * u4 is not quite the same for all choices, as rho_4 is not translation invariant. In u6 stands its mean over
 * those of the group, and its scatter is told.
 */
#ifndef GREEN_FN_COUPLINGS_H
#define GREEN_FN_COUPLINGS_H

#include <math.h>

#include "neuron.h"

/* Logarithms do not underflow however far the points are apart. NaN where outputs differ or nothing is known. */
struct couplings {
	double *N4;	     /* a choice of order 4 */
	double *N6, *D;	     /* a choice of order 6 */
	double Z;	     /* 0 for the field as it is */
	const char *why_not; /* there are none; else NULL */
};

/* box 0: all of space. points, sites: with the orders wanted, as in exact.h. false: no memory. */
bool couplings_init(struct couplings *u, const struct law *law, const struct combinations *sites,
	const struct combinations *points, unsigned dout, double box, bool canonical);
void couplings_clear(struct couplings *u);

static inline bool
couplings_u4_is(const struct couplings *u, size_t choice) /* whether the choice has a u4: one output */
{
	return u->N4 && !isnan(u->N4[choice]);
}

static inline bool
couplings_u6_is(const struct couplings *u, size_t choice)
{
	return u->N6 && !isnan(u->N6[choice]);
}

/* Of one choice, NaN where there is none. u4 and u6 are both of the field as it is, or both of the canonical one. */
double couplings_u4(const struct couplings *u, size_t choice, double G4c);
double couplings_u6(const struct couplings *u, size_t choice, double u4, double G6c);

/* couplings_box.c: N4, N6, D for each choice of points. false: no memory, or why_not is set. */
struct integrals {
	double *N4, *N6, *D;
};
bool box_integrals(const struct law *law, const struct combinations *points, double box,
	struct integrals *out, const char **why_not);

extern const uint8_t splits[10]; /* the legs on the side of leg 0, as masks */

#endif
