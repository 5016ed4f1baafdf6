/*
 * invrg_tc_kernel.h - rows combined at one CPU level (vector.h says how it is included)
 *
 * Per output, taps are added in the order of w, one multiplication and one addition each, so all levels give the same
 * bits. Of S outputs a column (the sites of a block side by side) and U vectors of columns, U S sums are under way at once:
 * enough to hide the latency of an addition, and a weight or a vector of x that is loaded serves U or S of them.
 */
#include "vector.h"

/* GCC would load `here` again for each of its uses, and loads are what these loops are made of. */
#undef IN_REGISTER
#if defined(__x86_64__)
#define IN_REGISTER(x) __asm__("" : "+v"(x))
#else
#define IN_REGISTER(x) (void)(x)
#endif

/* Lanes of two vectors in turn: of their first halves, and of their second ones. */
#undef FIRST
#undef SECOND
#if LEVEL == 2
#define FIRST 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define SECOND 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LEVEL == 1
#define FIRST 0, 8, 1, 9, 2, 10, 3, 11
#define SECOND 4, 12, 5, 13, 6, 14, 7, 15
#else
#define FIRST 0, 4, 1, 5
#define SECOND 2, 6, 3, 7
#endif

/* S w's a tap, of a row of b of them, from the first on. */
TARGET static RN_INLINE void
LEVEL_NAME(sums)(const float *const x[], size_t n1, size_t n2, const float w[], size_t b, size_t J,
	const size_t U, const size_t S, vec sum[])
{
	for (size_t k = 0; k < U * S; k++)
		sum[k] = (vec){ 0 };
	for (size_t i = 0; i < n1; i++) {
		const float *row = x[i] + J;

		for (size_t j = 0; j < n2; j++, w += b, row++)
			for (size_t u = 0; u < U; u++) {
				vec here = LEVEL_NAME(load)(row + u * W);

				if (S > 1)
					IN_REGISTER(here);
				for (size_t s = 0; s < S; s++)
					sum[u * S + s] += w[s] * here;
			}
	}
}

TARGET static RN_INLINE void
LEVEL_NAME(emit)(uint8_t *y, vec value, bool add)
{
	vec before;

	if (add) {
		memcpy(&before, y, sizeof before);
		value += before;
	}
	memcpy(y, &value, sizeof value);
}

/* U vectors of columns of both sites of a block of 2, interleaved. */
TARGET static RN_INLINE void
LEVEL_NAME(twos)(const float *const x[], size_t n1, size_t n2, const float w[], size_t J, const size_t U,
	bool add, uint8_t *y)
{
	vec sum[2 * UNROLL];

	LEVEL_NAME(sums)(x, n1, n2, w, 2, J, U, 2, sum);
	for (size_t u = 0; u < U; u++) {
		const vec even = sum[2 * u], odd = sum[2 * u + 1];
		uint8_t *at = y + (J + u * W) * 2 * sizeof(float);

		LEVEL_NAME(emit)(at, __builtin_shufflevector(even, odd, FIRST), add);
		LEVEL_NAME(emit)(at + sizeof(vec), __builtin_shufflevector(even, odd, SECOND), add);
	}
}

TARGET static RN_INLINE void
LEVEL_NAME(ones)(const float *const x[], size_t n1, size_t n2, const float w[], size_t J, const size_t U,
	bool add, uint8_t *y)
{
	vec sum[UNROLL];

	LEVEL_NAME(sums)(x, n1, n2, w, 1, J, U, 1, sum);
	for (size_t u = 0; u < U; u++)
		LEVEL_NAME(emit)(y + (J + u * W) * sizeof(float), sum[u], add);
}

/* Any b, and what is left of a row: site s of n blocks, n <= W. */
TARGET static RN_INLINE void
LEVEL_NAME(some)(const float *const x[], size_t n1, size_t n2, const float w[], size_t b, size_t s, size_t J,
	size_t n, bool add, uint8_t *y)
{
	vec sum[1];

	LEVEL_NAME(sums)(x, n1, n2, w + s, b, J, 1, 1, sum);
	for (size_t k = 0; k < n; k++) {
		uint8_t *at = y + ((J + k) * b + s) * sizeof(float);
		float value = sum[0][k], before;

		if (add) {
			memcpy(&before, at, sizeof before);
			value += before;
		}
		memcpy(at, &value, sizeof value);
	}
}

TARGET static void
LEVEL_NAME(combine)(const float *const x[], size_t n1, size_t n2, const float w[], size_t b, size_t cols,
	bool add, uint8_t *y)
{
	size_t J = 0;

	if (b == 2) {
		for (; J + UNROLL * W <= cols; J += UNROLL * W)
			LEVEL_NAME(twos)(x, n1, n2, w, J, UNROLL, add, y);
		for (; J + W <= cols; J += W)
			LEVEL_NAME(twos)(x, n1, n2, w, J, 1, add, y);
	} else if (b == 1) {
		for (; J + UNROLL * W <= cols; J += UNROLL * W)
			LEVEL_NAME(ones)(x, n1, n2, w, J, UNROLL, add, y);
	}
	for (; J < cols; J += W)
		for (size_t s = 0; s < b; s++)
			LEVEL_NAME(some)(x, n1, n2, w, b, s, J, cols - J < W ? cols - J : W, add, y);
}
