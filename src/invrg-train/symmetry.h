/* symmetry.h - entries of a kernel that are one under the symmetries of the square (of a ring: under reflection) */
#ifndef SYMMETRY_H
#define SYMMETRY_H

#include <stddef.h>

#include "renorm/invrg.h"

/* Of a K1 x K2 kernel, row-major: the first of the entries that are the same as entry e. A ring has K1 = 1. */
static inline size_t
symmetry_first(size_t K1, size_t K2, size_t e)
{
	size_t u = e / K2, v = e % K2;

	u = u < K1 - 1 - u ? u : K1 - 1 - u;
	v = v < K2 - 1 - v ? v : K2 - 1 - v;
	return K1 == K2 && u > v ? v * K2 + u : u * K2 + v;
}

/* Each entry becomes the mean of those that are the same: the nearest kernel with the symmetry. */
static inline void
symmetry_average(size_t K1, size_t K2, float x[])
{
	double sum[RN_INVRG_MAX_K * RN_INVRG_MAX_K] = { 0 };
	unsigned count[RN_INVRG_MAX_K * RN_INVRG_MAX_K] = { 0 };

	for (size_t e = 0; e < K1 * K2; e++) {
		sum[symmetry_first(K1, K2, e)] += (double)x[e];
		count[symmetry_first(K1, K2, e)]++;
	}
	for (size_t e = 0; e < K1 * K2; e++)
		x[e] = (float)(sum[symmetry_first(K1, K2, e)] / count[symmetry_first(K1, K2, e)]);
}

#endif
