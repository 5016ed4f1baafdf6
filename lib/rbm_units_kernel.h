/* rbm_units_kernel.h - means and draws of units at one CPU level (vector.h says how it is included) */
#include "vector.h"

/*
 * A unit is up when (word >> 8) + 1/2 < p 2^24. The half is one ulp short of 1/2, so that the difference rounds to
 * the right side also above 2^23, where floats are whole numbers.
 */
#define HALF 0x1.fffffep-2f

TARGET static RN_INLINE ivec
LEVEL_NAME(is_up)(vec p, const uint32_t random[])
{
	ivec word;
	vec u;

	memcpy(&word, random, sizeof word);
	u = __builtin_convertvector((word >> 8) & 0xffffff, vec);
	return u < p * 0x1p24f - HALF;
}

/* pm1: p = 1 / (1 + exp(-2z)), mean 2p - 1. 01: p = 1 / (1 + exp(-z)), mean p. */
TARGET static RN_INLINE void
LEVEL_NAME(binary)(bool pm1, const float z[], const uint32_t random[], float mean[], float state[])
{
	const vec zero = { 0 }, up = zero + 1, down = pm1 ? -up : zero;
	const vec p = 1 / (1 + SLEEF(exp, u10)((pm1 ? -2.0f : -1.0f) * LEVEL_NAME(load)(z)));

	if (mean)
		LEVEL_NAME(store)(mean, pm1 ? 2 * p - 1 : p);
	if (state)
		LEVEL_NAME(store)(state, LEVEL_NAME(select)(LEVEL_NAME(is_up)(p, random), up, down));
}

/* Standard normal numbers from two words each: sqrt(-2 ln u) cos(2 pi u'), G. E. P. Box, M. E. Muller 1958. */
TARGET static RN_INLINE vec
LEVEL_NAME(normal)(const uint32_t random[])
{
	float u[W], turn[W];

	for (size_t i = 0; i < W; i++) {
		u[i] = ((float)(random[2 * i] >> 8) + 0.5f) * 0x1p-24f;
		turn[i] = (float)(random[2 * i + 1] >> 8) * 0x1p-23f;
	}
	return SLEEF(sqrt, )(-2 * SLEEF(log, u10)(LEVEL_NAME(load)(u))) *
		SLEEF(cospi, u05)(LEVEL_NAME(load)(turn));
}

TARGET static RN_INLINE void
LEVEL_NAME(gaussian)(float sigma, const float z[], const uint32_t random[], float mean[], float state[])
{
	const vec centre = sigma * sigma * LEVEL_NAME(load)(z);

	if (mean)
		LEVEL_NAME(store)(mean, centre);
	if (state)
		LEVEL_NAME(store)(state, centre + sigma * LEVEL_NAME(normal)(random));
}

/* W units. */
TARGET static RN_INLINE void
LEVEL_NAME(draw)(enum rn_units units, float sigma, const float z[], const uint32_t random[], float mean[],
	float state[])
{
	if (units == RN_UNITS_GAUSSIAN)
		LEVEL_NAME(gaussian)(sigma, z, random, mean, state);
	else
		LEVEL_NAME(binary)(units == RN_UNITS_PM1, z, random, mean, state);
}

TARGET static void
LEVEL_NAME(units)(enum rn_units units, float sigma, const float z[], const uint32_t random[], float mean[],
	float state[], size_t n)
{
	const size_t words = rn_units_words(units);
	float some_z[W] = { 0 }, some_mean[W], some_state[W];
	uint32_t some_random[2 * W] = { 0 };
	size_t i = 0, rest;

	for (; i + W <= n; i += W) {
		const uint32_t *here = state ? random + words * i : NULL;

		LEVEL_NAME(draw)(units, sigma, z + i, here, mean ? mean + i : NULL, state ? state + i : NULL);
	}
	rest = n - i;
	if (rest == 0)
		return;
	memcpy(some_z, z + i, rest * sizeof *z);
	if (state)
		memcpy(some_random, random + words * i, rest * words * sizeof *random);
	LEVEL_NAME(draw)(units, sigma, some_z, some_random, some_mean, some_state);
	if (mean)
		memcpy(mean + i, some_mean, rest * sizeof *mean);
	if (state)
		memcpy(state + i, some_state, rest * sizeof *state);
}
#undef HALF
