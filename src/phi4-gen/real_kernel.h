/*
 * real_kernel.h - vectors of numbers of BITS bits at one CPU level, as wide as those of words_kernel.h
 *
 *	real, whole		the numbers, and integers of their size
 *	REALS			in a vector
 *	less, choose, bits_of_mask	comparisons, and what is done with them
 *	exp2_of, symmetric, below	2^t, random numbers
 *
 * Without FMA, so that the numbers are the same at every level.
 */
#include "words_kernel.h"

#undef REALS
#undef SUFFIX
#define REALS (64 / BITS * WORDS)

#if BITS == 32
typedef float real;
typedef int32_t whole;
#define FRACTION 23
#define OP(width, name) _mm##width##_##name##_ps
#else
typedef double real;
typedef int64_t whole;
#define FRACTION 52
#define OP(width, name) _mm##width##_##name##_pd
#endif

#ifndef REAL_NAMES
#define REAL_NAMES
#define vec LEVEL_NAME(vec)
#define ivec LEVEL_NAME(ivec)
#define mask LEVEL_NAME(mask)
#endif

typedef real vec __attribute__((vector_size(8 * WORDS), may_alias));
typedef whole ivec __attribute__((vector_size(8 * WORDS), may_alias));

#if LEVEL == 3
#if BITS == 32
typedef __mmask16 mask;
#else
typedef __mmask8 mask;
#endif
#else
typedef ivec mask;
#endif

TARGET static RN_INLINE mask
LEVEL_NAME(less)(vec a, vec b)
{
#if LEVEL == 3
#if BITS == 32
	return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
#else
	return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
#endif
#else
	return a < b;
#endif
}

/* a where the comparison holds. */
TARGET static RN_INLINE vec
LEVEL_NAME(choose)(mask m, vec a, vec b)
{
#if LEVEL == 3
	return OP(512, mask_blend)(m, b, a);
#elif LEVEL >= 1
	return OP(256, blendv)(b, a, (vec)m);
#else
	return (vec)((m & (ivec)a) | (~m & (ivec)b));
#endif
}

/* Bit i is that of lane i. */
TARGET static RN_INLINE unsigned
LEVEL_NAME(bits_of_mask)(mask m)
{
#if LEVEL == 3
	return m;
#elif LEVEL >= 1
	return (unsigned)OP(256, movemask)((vec)m);
#elif defined(__x86_64__)
	return (unsigned)OP(, movemask)((vec)m);
#else
	unsigned b = 0;

	for (unsigned i = 0; i < REALS; i++)
		b |= (unsigned)(m[i] & 1) << i;
	return b;
#endif
}

TARGET static RN_INLINE vec
LEVEL_NAME(least)(vec a, vec b)
{
#if LEVEL == 3
	return OP(512, min)(a, b);
#elif LEVEL >= 1
	return OP(256, min)(a, b);
#else
	return LEVEL_NAME(choose)(LEVEL_NAME(less)(a, b), a, b);
#endif
}

TARGET static RN_INLINE vec
LEVEL_NAME(most)(vec a, vec b)
{
#if LEVEL == 3
	return OP(512, max)(a, b);
#elif LEVEL >= 1
	return OP(256, max)(a, b);
#else
	return LEVEL_NAME(choose)(LEVEL_NAME(less)(b, a), a, b);
#endif
}

TARGET static RN_INLINE vec
LEVEL_NAME(all)(real x)
{
	return x - (vec){ 0 };
}

/*
 * 2^(t + more), -126 <= t <= 1 (what is below or above counts as these), to a relative 1e-7 (f32) or 3e-16. t = n + f with
 * |f| <= 1/2: the polynomial for 2^f whose largest relative error is least (7.5e-8 of degree 5, 2e-16 of degree 10,
 * found by Remez' algorithm), times 2^n by adding n to the exponent. n is what is in the last bits of
 * t + 1.5 2^FRACTION. Not a number stays what it is not.
 */
TARGET static RN_INLINE vec
LEVEL_NAME(exp2_of)(vec t, whole more)
{
	const real round = (real)1.5 * (real)((whole)1 << FRACTION);
	const vec within = LEVEL_NAME(least)(LEVEL_NAME(all)(1), LEVEL_NAME(most)(LEVEL_NAME(all)(-126), t));
	const vec shifted = within + (round + (real)more), f = within - (shifted - (round + (real)more));
	vec p;

#if BITS == 32
	p = 0.0013276472168f * f + 0.009675541331f;
	p = p * f + 0.055507132729f;
	p = p * f + 0.24022119724f;
	p = p * f + 0.69314696707f;
	p = p * f + 1.0000000717f;
#else
	p = 7.037278846726900879e-9 * f + 1.020853792965740437e-7;
	p = p * f + 1.321566283595923945e-6;
	p = p * f + 0.00001525265811640985448;
	p = p * f + 0.000154035299611270757;
	p = p * f + 0.001333355822856176589;
	p = p * f + 0.009618129108034597006;
	p = p * f + 0.05550410866445883136;
	p = p * f + 0.2402265069590876777;
	p = p * f + 0.6931471805599497751;
	p = p * f + 1.0;
#endif
	return (vec)((ivec)p + ((ivec)shifted << FRACTION));
}

/*
 * Random numbers from random bits r: f32 has all 32 of them, rounded to 24, f64 the upper 52. SYMMETRIC_UNIT times
 * symmetric() is uniform in [-1, 1); below() is true with probability min(1, 2^t).
 */
#if BITS == 32
#define SYMMETRIC_UNIT 0x1p-31f
#else
#define SYMMETRIC_UNIT 2.0
#endif
TARGET static RN_INLINE vec
LEVEL_NAME(symmetric)(bits r)
{
#if BITS == 32
	return __builtin_convertvector((ivec)r, vec);
#else
	return (vec)(r >> 12 | 0x3ff0000000000000) - 1.5;
#endif
}

TARGET static RN_INLINE mask
LEVEL_NAME(below)(bits r, vec t)
{
#if BITS == 32
	return LEVEL_NAME(less)(__builtin_convertvector((ivec)r, vec), LEVEL_NAME(exp2_of)(t, 32) - 0x1p31f);
#else
	return LEVEL_NAME(less)((vec)(r >> 12 | 0x3ff0000000000000) - 1, LEVEL_NAME(exp2_of)(t, 0));
#endif
}
