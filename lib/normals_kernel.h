/*
 * normals_kernel.h - Box-Muller at one CPU level (vector.h says how it is included)
 *
 * Bits 9 to 31 of the low half are t, -1/2 <= t < 1/2, phi = pi t; bit 8 changes both signs, phi = pi (t + 1). For sin and
 * cos of pi t there are polynomials that interpolate them at Chebyshev nodes: with errors of 1e-8 and 2e-10 before
 * rounding.
 */
#include "vector.h"

#define uvec LEVEL_NAME(uvec)
typedef uint32_t uvec __attribute__((vector_size(4 * W)));

#undef ROOT
#if defined(__x86_64__)
#include <immintrin.h>
TARGET vec SLEEF(log, u35)(vec x);
/* In one instruction, which takes as long as the logarithm when it is called as a function. */
#if LEVEL == 2
#define ROOT(x) (vec) _mm512_sqrt_ps((__m512)(x))
#elif LEVEL == 1
#define ROOT(x) (vec) _mm256_sqrt_ps((__m256)(x))
#else
#define ROOT(x) (vec) _mm_sqrt_ps((__m128)(x))
#endif
#else
float Sleef_cinz_logf1_u35purec(float x);
#define ROOT(x) SLEEF(sqrt, )(x)
static RN_INLINE vec
SLEEF(log, u35)(vec x)
{
	for (size_t i = 0; i < W; i++)
		x[i] = Sleef_cinz_logf1_u35purec(x[i]);
	return x;
}
#endif

TARGET static RN_INLINE uvec
LEVEL_NAME(halves)(const uint64_t *words)
{
	uvec v;

	memcpy(&v, words, sizeof v);
	return v;
}

TARGET static RN_INLINE vec
LEVEL_NAME(uniform)(uvec high, uvec low)
{
	return __builtin_convertvector((ivec)(high >> 1), vec) * 0x1p-31f +
		(__builtin_convertvector((ivec)(low & 0xff), vec) * 0x1p-39f + 0x1p-40f);
}

/* +-sqrt(-2 ln u); a logarithm of 1 may be rounded to the wrong side of 0. */
TARGET static RN_INLINE vec
LEVEL_NAME(radius)(vec logarithm, uvec low)
{
	return (vec)((uvec)ROOT(2 * LEVEL_NAME(magnitude)(logarithm)) ^ (low & 0x100) << 23);
}

TARGET static RN_INLINE void
LEVEL_NAME(direction)(uvec low, vec *cosine, vec *sine)
{
	const vec t = (vec)(low >> 9 | 0x3f800000) - 1.5f; /* the bits of a number from 1 to 2 */
	const vec y = t * t;

	*cosine = 1 +
		y * (-4.934802f + y * (4.058709f + y * (-1.335212f + y * (0.23493707f + y * -0.024395932f))));
	*sine = t * (3.1415927f + y * (-5.1677103f + y * (2.5500774f + y * (-0.5982904f + y * 0.07765591f))));
}

/* In three passes, each of short independent chains, of which a CPU has several under way. */
TARGET static void
LEVEL_NAME(box_muller)(const uint64_t words[][WORDS], size_t n, rn_normals_row z[])
{
	for (size_t j = 0; j < n; j++)
		for (size_t l = 0; l < RN_NORMALS_LANES; l += W) {
			const uvec high = LEVEL_NAME(halves)(words[j] + l / 2);
			const uvec low = LEVEL_NAME(halves)(words[j] + (RN_NORMALS_LANES + l) / 2);

			LEVEL_NAME(store)(z[2 * j] + l, LEVEL_NAME(uniform)(high, low));
		}
	for (size_t j = 0; j < n; j++)
		for (size_t l = 0; l < RN_NORMALS_LANES; l += W)
			LEVEL_NAME(store)(z[2 * j] + l, SLEEF(log, u35)(LEVEL_NAME(load)(z[2 * j] + l)));
	for (size_t j = 0; j < n; j++)
		for (size_t l = 0; l < RN_NORMALS_LANES; l += W) {
			const uvec low = LEVEL_NAME(halves)(words[j] + (RN_NORMALS_LANES + l) / 2);
			const vec r = LEVEL_NAME(radius)(LEVEL_NAME(load)(z[2 * j] + l), low);
			vec cosine, sine;

			LEVEL_NAME(direction)(low, &cosine, &sine);
			LEVEL_NAME(store)(z[2 * j] + l, r * cosine);
			LEVEL_NAME(store)(z[2 * j + 1] + l, r * sine);
		}
}

#undef uvec
