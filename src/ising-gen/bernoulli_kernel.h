/*
 * bernoulli_kernel.h - the rounds of bernoulli.h on vectors of one CPU level
 *
 * For kernels that are compiled once a level: NAME.c defines LEVEL as 0 (on x86 then as 1 and as 2: enum rn_cpu) and
 * includes NAME_kernel.h, which includes this file; so neither has an include guard. It gives
 *
 *	bits		a vector of bits, the lanes or a part of them
 *	WORDS		its uint64_t
 *	TARGET		the attribute of every function of a kernel
 *	LEVEL_NAME(f)	f_0, f_1 or f_2
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bernoulli.h"
#include "renorm/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifndef LEVEL_NAME
#define LEVEL_PASTE(f, level) f##_##level
#define LEVEL_EXPAND(f, level) LEVEL_PASTE(f, level)
#define LEVEL_NAME(f) LEVEL_EXPAND(f, LEVEL)
#define bits LEVEL_NAME(bits)
#define pool LEVEL_NAME(pool)
#endif

#undef WORDS
#undef TERNARY
#undef TARGET
#if LEVEL == 2
#define WORDS 8
#define TARGET RN_TARGET_AVX512
#elif LEVEL == 1
#define WORDS 4
#define TARGET RN_TARGET_AVX2
#else
#define WORDS 2
#define TARGET
#endif

typedef uint64_t bits __attribute__((vector_size(8 * WORDS), may_alias));

/* Any function of three bits is one instruction of AVX-512; the compiler does not find all of them. */
#if LEVEL == 2
#define TERNARY(a, b, c, table, expression) \
	((bits)_mm512_ternarylogic_epi64((__m512i)(a), (__m512i)(b), (__m512i)(c), table))
#else
#define TERNARY(a, b, c, table, expression) (expression)
#endif

TARGET static RN_INLINE bits
LEVEL_NAME(select)(bits mask, bits a, bits b) /* mask ? a : b */
{
	return TERNARY(mask, a, b, 0xca, ((a ^ b) & mask) ^ b);
}

TARGET static RN_INLINE bits
LEVEL_NAME(parity)(bits a, bits b, bits c)
{
	return TERNARY(a, b, c, 0x96, a ^ b ^ c);
}

TARGET static RN_INLINE bits
LEVEL_NAME(majority)(bits a, bits b, bits c)
{
	return TERNARY(a, b, c, 0xe8, ((a ^ b) & c) | (a & b));
}

TARGET static RN_INLINE bits
LEVEL_NAME(splat)(uint64_t word)
{
	return word - (bits){ 0 };
}

TARGET static RN_INLINE bool
LEVEL_NAME(any)(bits a)
{
#if LEVEL == 2
	return _mm512_test_epi64_mask((__m512i)a, (__m512i)a);
#else
	uint64_t any = 0;

	for (size_t i = 0; i < WORDS; i++)
		any |= a[i];
	return any;
#endif
}

/* The one of `change` that the lanes' classes have. */
TARGET static RN_INLINE bits
LEVEL_NAME(of_class)(const uint64_t change[], const bits g[], size_t classes)
{
	bits t = LEVEL_NAME(splat)(change[0]);

#pragma GCC unroll 4
	for (size_t k = 1; k < classes; k++) {
		const bits step = LEVEL_NAME(splat)(change[k]);

		t = TERNARY(t, g[k - 1], step, 0x78, t ^ (g[k - 1] & step));
	}
	return t;
}

/*
 * Rounds first .. first + n - 1; random[j] belongs to round first + j. Adds to *less nothing but answers of lanes in
 * *open, which are taken from it.
 */
TARGET static RN_INLINE bits
LEVEL_NAME(rounds)(const struct bernoulli *b, const bits g[], size_t classes, size_t first, size_t n,
	const uint64_t *random, bits *open)
{
	bits less = { 0 };

#pragma GCC unroll 16
	for (size_t j = n; j-- > 0;) {
		const bits t = LEVEL_NAME(of_class)(b->change[first + j], g, classes);
		const bits r = *(const bits *)(random + LANE_WORDS * j);

		less = TERNARY(r, t, less, 0x8e, ((t ^ less) & (r ^ t)) ^ less);
		*open = TERNARY(*open, r, t, 0x90, *open & ~(r ^ t));
	}
	return less;
}

/* Lanes left open by several vectors, of each at most one. */
struct pool {
	bits taken;
	bits g[CLASSES - 1];
};

/* Takes those of `open` whose lanes are free into the pool, and leaves the others. */
TARGET static RN_INLINE bits
LEVEL_NAME(gather)(struct pool *p, const bits g[], size_t classes, bits open)
{
	const bits took = open & ~p->taken;

#pragma GCC unroll 4
	for (size_t k = 0; k + 1 < classes; k++)
		p->g[k] = TERNARY(p->g[k], took, g[k], 0xf8, p->g[k] | (took & g[k]));
	open &= p->taken;
	p->taken |= took;
	return open;
}

/* Once the pool is full: which lanes of `open` were taken, in the same order; leaves the others. */
TARGET static RN_INLINE bits
LEVEL_NAME(give_back)(bits *taken, bits *open)
{
	const bits took = *open & *taken;

	*taken &= ~took;
	*open &= ~took;
	return took;
}
