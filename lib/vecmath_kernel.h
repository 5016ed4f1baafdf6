/* vecmath_kernel.h - the functions of vecmath.h at one CPU level (vector.h says how it is included) */
#include "vector.h"

#define LN2 0.693147180559945309f

/* Where exp overflows the quotient is 0. */
TARGET static RN_INLINE vec
LEVEL_NAME(sigmoid_of)(vec x)
{
	return 1 / (1 + SLEEF(exp, u10)(-x));
}

/* (1 - e) / (1 + e), e = exp(-2|x|), with the sign of x */
TARGET static RN_INLINE vec
LEVEL_NAME(tanh_of)(vec x)
{
	const vec e = SLEEF(exp, u10)(-2 * LEVEL_NAME(magnitude)(x));
	const vec t = (1 - e) / (1 + e);

	return (vec)((ivec)t | ((ivec)x & INT32_MIN));
}

TARGET static RN_INLINE vec
LEVEL_NAME(softplus_of)(vec x)
{
	const vec above = (vec)((ivec)x & (ivec)(x > 0));

	return above + SLEEF(log1p, u10)(SLEEF(exp, u10)(-LEVEL_NAME(magnitude)(x)));
}

TARGET static RN_INLINE vec
LEVEL_NAME(logcosh_of)(vec x)
{
	const vec a = LEVEL_NAME(magnitude)(x);

	return a + (SLEEF(log1p, u10)(SLEEF(exp, u10)(-2 * a)) - LN2);
}

#define MAP(name, f) \
	TARGET static void LEVEL_NAME(name)(const float x[], float y[], size_t n) \
	{ \
		size_t i = 0; \
\
		for (; i + W <= n; i += W) \
			LEVEL_NAME(store)(y + i, f(LEVEL_NAME(load)(x + i))); \
		if (i < n) \
			LEVEL_NAME(store_some)(y + i, f(LEVEL_NAME(load_some)(x + i, n - i)), n - i); \
	}

MAP(map_exp, SLEEF(exp, u10))
MAP(map_tanh, LEVEL_NAME(tanh_of))
MAP(map_sigmoid, LEVEL_NAME(sigmoid_of))
MAP(map_softplus, LEVEL_NAME(softplus_of))
MAP(map_logcosh, LEVEL_NAME(logcosh_of))
#undef MAP
#undef LN2

/* W columns from the j-th on, of which some may be missing (then those lanes mean nothing). */
TARGET static RN_INLINE vec
LEVEL_NAME(sum_of_columns)(const float x[], size_t rows, size_t columns, size_t j)
{
	const size_t total = rows * columns;
	vec sum = { 0 };
	size_t i = j;

	for (; i + W <= total; i += columns)
		sum += LEVEL_NAME(load)(x + i);
	for (; i < total; i += columns)
		sum += LEVEL_NAME(load_some)(x + i, total - i);
	return sum;
}

TARGET static void
LEVEL_NAME(column_sums)(const float x[], size_t rows, size_t columns, float sum[])
{
	size_t j = 0;

	for (; j + W <= columns; j += W)
		LEVEL_NAME(store)(sum + j, LEVEL_NAME(sum_of_columns)(x, rows, columns, j));
	if (j < columns) {
		const vec rest = LEVEL_NAME(sum_of_columns)(x, rows, columns, j);

		LEVEL_NAME(store_some)(sum + j, rest, columns - j);
	}
}

/*
 * Lane k of 16 sums x[k], x[k + 16], ...; then the lanes are added in pairs. So the sum is the same at each width.
 */
TARGET static RN_INLINE float
LEVEL_NAME(sum_of)(const float x[], size_t n)
{
	vec part[16 / W] = { { 0 } };
	float lane[16];
	size_t i = 0;

	for (; i + 16 <= n; i += 16)
		for (size_t k = 0; k < 16 / W; k++)
			part[k] += LEVEL_NAME(load)(x + i + k * W);
	for (size_t k = 0; k < 16 / W; k++)
		LEVEL_NAME(store)(lane + k * W, part[k]);
	for (size_t k = 0; i + k < n; k++)
		lane[k] += x[i + k];
	for (size_t half = 8; half > 0; half /= 2)
		for (size_t k = 0; k < half; k++)
			lane[k] += lane[k + half];
	return lane[0];
}

TARGET static RN_INLINE float
LEVEL_NAME(largest_of)(const float x[], size_t n)
{
	float largest = x[0];

	for (size_t i = 1; i < n; i++)
		largest = x[i] > largest ? x[i] : largest;
	return largest;
}

TARGET static void
LEVEL_NAME(softmax)(float x[], size_t rows, size_t columns)
{
	for (size_t r = 0; r < rows; r++, x += columns) {
		const float largest = LEVEL_NAME(largest_of)(x, columns);
		float scale;

		for (size_t j = 0; j < columns; j++)
			x[j] -= largest;
		LEVEL_NAME(map_exp)(x, x, columns);
		scale = 1 / LEVEL_NAME(sum_of)(x, columns);
		for (size_t j = 0; j < columns; j++)
			x[j] *= scale;
	}
}

static const struct kernel LEVEL_NAME(kernel) = {
	.exp = LEVEL_NAME(map_exp),
	.tanh = LEVEL_NAME(map_tanh),
	.sigmoid = LEVEL_NAME(map_sigmoid),
	.softplus = LEVEL_NAME(map_softplus),
	.logcosh = LEVEL_NAME(map_logcosh),
	.softmax = LEVEL_NAME(softmax),
	.column_sums = LEVEL_NAME(column_sums),
};
