/*
 * linear.h - from correlations of operators to an eigenvalue of the linearised renormalization group
 *
 * Of the couplings K before a step and K' after it, T_ab = dK'_a / dK_b solves
 *
 *	sum_a M_ca T_ab = A_cb,	M_ca = <S'_c S'_a>_c,	A_cb = <S'_c S_b>_c,
 *
 * since both sides are d<S'_c> / dK_b [1].
 *
 * [1] R. H. Swendsen, Phys. Rev. Lett. 42 (1979) 859.
 */
#ifndef MCRG_LINEAR_H
#define MCRG_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

/* Above it, M is singular: what is beyond has no digit left of the sums. */
#define CONDITION_MAX 1e12

struct eigenvalue {
	double lambda; /* of T, the largest in modulus; NaN if it is not real and positive, or M singular */
	double condition; /* of M with its diagonal scaled to 1; infinite where an operator does not fluctuate */
};

/* Of the first k operators, 1 <= k <= EVEN; rows of M and A are `stride` apart. */
struct eigenvalue linear_leading(const double M[], const double A[], size_t k, size_t stride);
/* T itself, k by k without gaps; false where M is singular. */
bool
linear_matrix(const double M[], const double A[], size_t k, size_t stride, double T[], double *condition);

#endif
