/*
 * vector.h - vectors of floats of one CPU level, and SLEEF's functions of them
 *
 * For kernels that are compiled once a level: NAME.c defines LEVEL as 0 (on x86 then as 1 and as 2: enum rn_cpu) and
 * includes NAME_kernel.h, which includes this file; so neither has an include guard. It gives
 *
 *	W, vec, ivec	lanes, and vectors of W floats and of W int32_t
 *	TARGET		the attribute of every function of a kernel
 *	LEVEL_NAME(f)	f_0, f_1 or f_2
 *
 * and the functions at the end. SLEEF's "cinz" functions use no FMA and give the same bits at each width. Its own
 * header declares those of the wider levels only to code compiled with -march flags, so they are declared here.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "renorm/cpu.h"

#ifndef VECTOR_NAMES
#define VECTOR_NAMES
#define VECTOR_PASTE(f, level) f##_##level
#define VECTOR_EXPAND(f, level) VECTOR_PASTE(f, level)
#define LEVEL_NAME(f) VECTOR_EXPAND(f, LEVEL)
#define vec LEVEL_NAME(vec)
#define ivec LEVEL_NAME(ivec)
#endif

#undef W
#undef TARGET
#undef SLEEF
#if LEVEL == 2
#define W 16
#define TARGET RN_TARGET_AVX512
#define SLEEF(f, ulp) Sleef_cinz_##f##f16_##ulp##avx512fnofma
#elif LEVEL == 1
#define W 8
#define TARGET RN_TARGET_AVX2
#define SLEEF(f, ulp) Sleef_cinz_##f##f8_##ulp##avx
#else
#define W 4
#define TARGET
#define SLEEF(f, ulp) Sleef_cinz_##f##f4_##ulp##sse2
#endif

typedef float vec __attribute__((vector_size(4 * W)));
typedef int32_t ivec __attribute__((vector_size(4 * W)));

#if defined(__x86_64__)
TARGET vec SLEEF(exp, u10)(vec x);
TARGET vec SLEEF(log, u10)(vec x);
TARGET vec SLEEF(log1p, u10)(vec x);
TARGET vec SLEEF(cospi, u05)(vec x);
TARGET vec SLEEF(sqrt, )(vec x);
#else
/* The same functions one number at a time. */
#define SCALAR(f, ulp) \
	float Sleef_cinz_##f##f1_##ulp##purec(float x); \
	static RN_INLINE vec SLEEF(f, ulp)(vec x) \
	{ \
		for (size_t i = 0; i < W; i++) \
			x[i] = Sleef_cinz_##f##f1_##ulp##purec(x[i]); \
		return x; \
	}
SCALAR(exp, u10)
SCALAR(log, u10)
SCALAR(log1p, u10)
SCALAR(cospi, u05)
SCALAR(sqrt, )
#undef SCALAR
#endif

/* Wherever x and y may point. */
TARGET static RN_INLINE vec
LEVEL_NAME(load)(const float *x)
{
	vec v;

	memcpy(&v, x, sizeof v);
	return v;
}

TARGET static RN_INLINE void
LEVEL_NAME(store)(float *y, vec v)
{
	memcpy(y, &v, sizeof v);
}

/* The first n < W values; the other lanes are 0. */
TARGET static RN_INLINE vec
LEVEL_NAME(load_some)(const float *x, size_t n)
{
	vec v = { 0 };

	memcpy(&v, x, n * sizeof *x);
	return v;
}

TARGET static RN_INLINE void
LEVEL_NAME(store_some)(float *y, vec v, size_t n)
{
	memcpy(y, &v, n * sizeof *y);
}

/* a where the mask is all ones, b where it is 0. */
TARGET static RN_INLINE vec
LEVEL_NAME(select)(ivec mask, vec a, vec b)
{
	return (vec)((mask & (ivec)a) | (~mask & (ivec)b));
}

TARGET static RN_INLINE vec
LEVEL_NAME(magnitude)(vec x)
{
	return (vec)((ivec)x & 0x7fffffff);
}
