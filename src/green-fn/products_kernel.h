/*
 * products_kernel.h - sum over lanes of a b, for one a and many b; for products.c alone
 *
 * a stays in 8 registers of 512 bits (in memory, of the first cache, where there are none so long). The 8 partial
 * sums of a product add up as a tree, and so do their lanes: of 8 products at once, with three rounds of shuffles.
 */
#ifndef GREEN_FN_PRODUCTS_KERNEL_H
#define GREEN_FN_PRODUCTS_KERNEL_H

#include <string.h>

#include "products.h"
#include "renorm/cpu.h"

typedef double lanes __attribute__((vector_size(64)));
typedef double loose __attribute__((vector_size(64), aligned(8), may_alias));

/* Vectors go by pointer: by value they would be an ABI of their own. */
#define AT(x) (*(const loose *)(x))

static RN_INLINE void
partial(const lanes a[8], const double *b, lanes *sum)
{
	const lanes p0 = a[0] * AT(b) + a[1] * AT(b + 8), p1 = a[2] * AT(b + 16) + a[3] * AT(b + 24);
	const lanes p2 = a[4] * AT(b + 32) + a[5] * AT(b + 40), p3 = a[6] * AT(b + 48) + a[7] * AT(b + 56);

	*sum = (p0 + p1) + (p2 + p3);
}

/* As eight(), of one product. */
static RN_INLINE double
one(const lanes *v)
{
	return (((*v)[0] + (*v)[1]) + ((*v)[2] + (*v)[3])) + (((*v)[4] + (*v)[5]) + ((*v)[6] + (*v)[7]));
}

/* Lane i of *sum is the sum over the lanes of v[i]. */
static RN_INLINE void
eight(const lanes v[8], lanes *sum)
{
	lanes pair[4],
		four[2]; /* of x and y: x01 y01 x23 y23 .., then of two of these x0123 y0123 z0123 w0123 x4567 .. */

	for (size_t k = 0; k < 4; k++)
		pair[k] = __builtin_shufflevector(v[2 * k], v[2 * k + 1], 0, 8, 2, 10, 4, 12, 6, 14) +
			__builtin_shufflevector(v[2 * k], v[2 * k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
	for (size_t k = 0; k < 2; k++)
		four[k] = __builtin_shufflevector(pair[2 * k], pair[2 * k + 1], 0, 1, 8, 9, 4, 5, 12, 13) +
			__builtin_shufflevector(pair[2 * k], pair[2 * k + 1], 2, 3, 10, 11, 6, 7, 14, 15);
	*sum = __builtin_shufflevector(four[0], four[1], 0, 1, 2, 3, 8, 9, 10, 11) +
		__builtin_shufflevector(four[0], four[1], 4, 5, 6, 7, 12, 13, 14, 15);
}

/* sum[i] += sum over lanes of a * b[i], i < n */
static RN_INLINE void
with_each(const double *left, const double *b, size_t n, double sum[])
{
	lanes a[8], v[8], out;

	for (size_t k = 0; k < 8; k++)
		a[k] = AT(left + 8 * k);
	for (; n >= 8; n -= 8, b += 8 * LANES, sum += 8) {
		for (size_t k = 0; k < 8; k++)
			partial(a, b + k * LANES, &v[k]);
		eight(v, &out);
		out += AT(sum);
		memcpy(sum, &out, sizeof out);
	}
	for (; n; n--, b += LANES) {
		partial(a, b, &v[0]);
		*sum++ += one(&v[0]);
	}
}

#endif
