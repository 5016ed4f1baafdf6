/*
 * ising_series.c - from Onsager's integral
 *
 *	ln Z / N = ln 2 + (1/2) << ln [cosh^2 2K - sinh 2K (cos a + cos b)] >>,	<< >> the mean over the angles a and b.
 *
 * With t = tanh K and u = t^2 the bracket is [(1 + u)^2 - 2t (1 - u) (cos a + cos b)] / (1 - u)^2, and (1 - u)^-1 is cosh^2 K. As
 * << (cos a + cos b)^2m >> = C(2m, m)^2 / 4^m (closed walks on the square lattice),
 *
 *	g = ln(1 + u) - sum_m C(2m, m)^2 / (4m) F^m,	F = u (1 - u)^2 / (1 + u)^4,
 *	sum_k G_k u^k = u dg/du = u / (1 + u) - sum_m (C(2m, m) / 2)^2 F^(m-1) u dF/du:
 *
 * integers. The terms of the sum are larger than their sum, but modulo 2^128 that does not matter.
 */
#include "renorm/ising_series.h"

enum { TERMS = RN_ISING_SERIES_MAX / 2 + 1 };

typedef unsigned __int128 wide; /* modulo 2^128 */

static void
multiply(wide out[TERMS], const wide a[TERMS], const wide b[TERMS])
{
	wide c[TERMS] = { 0 };

	for (size_t i = 0; i < TERMS; i++)
		for (size_t j = 0; i + j < TERMS; j++)
			c[i + j] += a[i] * b[j];
	for (size_t i = 0; i < TERMS; i++)
		out[i] = c[i];
}

/* u (1 - u)^2 / (1 + u)^4 */
static void
make_F(wide F[TERMS])
{
	for (size_t k = 0; k < TERMS; k++)
		F[k] = k == 1;
	for (int times = 0; times < 2; times++) /* by 1 - u */
		for (size_t k = TERMS - 1; k > 0; k--)
			F[k] -= F[k - 1];
	for (int times = 0; times < 4; times++) /* divided by 1 + u */
		for (size_t k = 1; k < TERMS; k++)
			F[k] -= F[k - 1];
}

void
rn_ising_series(uint64_t G[RN_ISING_SERIES_MAX / 2 + 1])
{
	wide F[TERMS], term[TERMS], sum[TERMS] = { 0 }, half = 1; /* C(2m, m) / 2 */

	make_F(F);
	for (size_t k = 0; k < TERMS; k++) {
		term[k] = k * F[k];			    /* F^(m-1) u dF/du */
		sum[k] = k == 0 ? 0 : k % 2 ? 1 : -(wide)1; /* u / (1 + u) */
	}
	for (unsigned m = 1; m < TERMS; m++) {
		for (size_t k = 0; k < TERMS; k++)
			sum[k] -= half * half * term[k];
		multiply(term, term, F);
		half = half * 2 * (2 * m + 1) /
			(m + 1); /* to C(2m+2, m+1) / 2; below 2^64: no wrap before the division */
	}
	for (size_t k = 0; k < TERMS; k++)
		G[k] = (uint64_t)sum[k];
}

/* u dP/du = P N u dg/du: k p_k = N sum_j G_j p_(k-j), and nothing is negative. */
bool
rn_ising_series_of_torus(uint64_t N, size_t order, uint64_t p[])
{
	uint64_t G[TERMS];

	rn_ising_series(G);
	p[0] = 1;
	for (size_t k = 1; k <= order / 2; k++) {
		wide sum = 0;

		for (size_t j = 1; j <= k; j++) {
			wide term;

			if (__builtin_mul_overflow((wide)G[j] * p[k - j], N, &term) ||
				__builtin_add_overflow(sum, term, &sum))
				return false;
		}
		if (sum / k > UINT64_MAX)
			return false;
		p[k] = (uint64_t)(sum / k);
	}
	return true;
}
