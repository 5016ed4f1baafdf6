/*
 * real_kernel.h - vectors of numbers of BITS bits at one CPU level, as wide as those of words_kernel.h
 *
 *	real, whole		the numbers, and integers of their size
 *	REALS			in a vector
 *	less, select, signs	comparisons, and what is done with them; the bits of a comparison
 *	exp_of			exp(x) for -87 <= x <= 0.6, to 1e-7 (f32) or 3e-16; 0 (or nearly) below, 2 above
 *	symmetric, unit		random numbers from random bits: uniform in [-1, 1), [0, 1]
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
 * 2^t, t = n + f with |f| <= 1/2: the polynomial for 2^f whose largest relative error is least (7.5e-8 of degree
 * 5, 2e-16 of degree 10, found by Remez' algorithm), times 2^n by adding n to the exponent. n is what is left in the
 * last bits of t + 1.5 2^FRACTION.
 */
TARGET static RN_INLINE vec
LEVEL_NAME(exp_of)(vec x)
{
	const real round = (real)1.5 * (real)((whole)1 << FRACTION);
	const vec t = LEVEL_NAME(
		least)(LEVEL_NAME(most)(x * (real)M_LOG2E, LEVEL_NAME(all)(-126)), LEVEL_NAME(all)(1));
	const vec shifted = t + round, f = t - (shifted - round);
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

/* f32: from all 32 bits, rounded to 24; f64: from the upper 52. */
TARGET static RN_INLINE vec
LEVEL_NAME(symmetric)(bits r)
{
#if BITS == 32
	return __builtin_convertvector((ivec)r, vec) * 0x1p-31f;
#else
	return 2 * ((vec)(r >> 12 | 0x3ff0000000000000) - 1.5);
#endif
}

TARGET static RN_INLINE vec
LEVEL_NAME(unit)(bits r)
{
#if BITS == 32
	return __builtin_convertvector((ivec)r, vec) * 0x1p-32f + 0.5f;
#else
	return (vec)(r >> 12 | 0x3ff0000000000000) - 1;
#endif
}
