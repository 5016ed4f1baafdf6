/*
 * words_kernel.h - vectors of bits of one CPU level, and random ones
 *
 * For kernels that are compiled once a level: NAME.c defines LEVEL as 0 (on x86 then as 1, 2 and 3) and includes
 * NAME_kernel.h, which includes this file; so neither has an include guard. The levels are those of words.h. It gives
 *
 *	bits		a vector of bits: a part of 512 lanes
 *	WORDS		its uint64_t
 *	TARGET		the attribute of every function of a kernel
 *	LEVEL_NAME(f)	f_0, f_1, f_2 or f_3
 *	TERNARY		any function of three bits, and the usual ones
 *	struct stream	the random words of 512 bits of one id, four draws a word (renorm/random.h)
 *
 * With VAES random words are made where they are used: logic runs beside the pipes of AES. Otherwise they are made in
 * memory, a group at a time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ars.h"
#include "words.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifndef LEVEL_NAME
#define LEVEL_PASTE(f, level) f##_##level
#define LEVEL_EXPAND(f, level) LEVEL_PASTE(f, level)
#define LEVEL_NAME(f) LEVEL_EXPAND(f, LEVEL)
#define bits LEVEL_NAME(bits)
#define source LEVEL_NAME(source)
#define stream LEVEL_NAME(stream)
#endif

#undef WORDS
#undef TARGET
#undef TERNARY
#if LEVEL == 3
#define WORDS 8
#define TARGET __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512dq,vaes")))
#elif LEVEL == 2
#define WORDS 4
#define TARGET __attribute__((target("avx2,vaes")))
#elif LEVEL == 1
#define WORDS 4
#define TARGET RN_TARGET_AVX2
#else
#define WORDS 2
#define TARGET
#endif

typedef uint64_t bits __attribute__((vector_size(8 * WORDS), may_alias));

/* One instruction of AVX-512, of which the compiler does not find all: bit 4a + 2b + c of the table is the result. */
#if LEVEL == 3
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
#if LEVEL == 3
	return _mm512_test_epi64_mask((__m512i)a, (__m512i)a);
#else
	uint64_t some = 0;

	for (size_t i = 0; i < WORDS; i++)
		some |= a[i];
	return some;
#endif
}

/* Which of the uint64_t are not 0. */
TARGET static RN_INLINE unsigned
LEVEL_NAME(nonzero)(bits a)
{
#if LEVEL == 3
	return _mm512_test_epi64_mask((__m512i)a, (__m512i)a);
#else
	unsigned mask = 0;

	for (unsigned i = 0; i < WORDS; i++)
		mask |= (a[i] != 0) << i;
	return mask;
#endif
}

/*
 * A source has the words of `id`; the words that a group needs are asked for at once, and then read from any of them
 * on. `memory` has room for them.
 */
#if LEVEL >= 2 /* ars.h: the same with every block of 128 bits */
#if LEVEL == 3
typedef __m512i LEVEL_NAME(blocks);
#define BLOCKS(low, high) ((bits){ low, high, low, high, low, high, low, high })
#define ADD(a, b) _mm512_add_epi64(a, b)
#define XOR(a, b) _mm512_xor_si512(a, b)
#define AES(a, key) _mm512_aesenc_epi128(a, key)
#define AES_LAST(a, key) _mm512_aesenclast_epi128(a, key)
#else
typedef __m256i LEVEL_NAME(blocks);
#define BLOCKS(low, high) ((bits){ low, high, low, high })
#define ADD(a, b) _mm256_add_epi64(a, b)
#define XOR(a, b) _mm256_xor_si256(a, b)
#define AES(a, key) _mm256_aesenc_epi128(a, key)
#define AES_LAST(a, key) _mm256_aesenclast_epi128(a, key)
#endif

struct source {
	LEVEL_NAME(blocks) key[ARS_ROUNDS + 1];
	uint64_t id, draw;
};

struct stream {
	bits counter;
};

TARGET static RN_INLINE struct source
LEVEL_NAME(source_of)(const struct rn_random_key *key, uint64_t id, uint64_t *memory)
{
	struct source s = { .id = id };

	(void)memory;
	s.key[0] = (LEVEL_NAME(blocks))BLOCKS(key->k[0], key->k[1]);
#pragma GCC unroll 8
	for (int r = 1; r <= ARS_ROUNDS; r++)
		s.key[r] = ADD(s.key[r - 1], (LEVEL_NAME(blocks))BLOCKS(ARS_WEYL_LOW, ARS_WEYL_HIGH));
	return s;
}

TARGET static RN_INLINE void
LEVEL_NAME(ask)(struct source *s, uint64_t draw, size_t words)
{
	(void)words;
	s->draw = draw;
}

/* From word k on; of each the part that begins with its uint64_t `part`. */
TARGET static RN_INLINE struct stream
LEVEL_NAME(stream_from)(const struct source *s, size_t k, size_t part)
{
	static const uint64_t ahead[] = { 0, 0, 1, 0, 2, 0, 3, 0 };
	const uint64_t draw = s->draw + LANE_DRAWS * k + part / 2;
	bits step;

	memcpy(&step, ahead, sizeof step);
	return (struct stream){ BLOCKS(draw, s->id) + step };
}

TARGET static RN_INLINE bits
LEVEL_NAME(next)(const struct source *s, struct stream *t)
{
	LEVEL_NAME(blocks) v = XOR((LEVEL_NAME(blocks))t->counter, s->key[0]);

	t->counter += BLOCKS(LANE_DRAWS, 0);
#pragma GCC unroll 8
	for (int r = 1; r < ARS_ROUNDS; r++)
		v = AES(v, s->key[r]);
	return (bits)AES_LAST(v, s->key[ARS_ROUNDS]);
}
#undef BLOCKS
#undef ADD
#undef XOR
#undef AES
#undef AES_LAST
#else
struct source {
	struct rn_random_key key;
	uint64_t id, *memory;
};

struct stream {
	const uint64_t *word;
};

TARGET static RN_INLINE struct source
LEVEL_NAME(source_of)(const struct rn_random_key *key, uint64_t id, uint64_t *memory)
{
	return (struct source){ *key, id, memory };
}

TARGET static RN_INLINE void
LEVEL_NAME(ask)(struct source *s, uint64_t draw, size_t words)
{
	rn_random_fill(&s->key, s->id, draw, s->memory, LANE_DRAWS * words);
}

TARGET static RN_INLINE struct stream
LEVEL_NAME(stream_from)(const struct source *s, size_t k, size_t part)
{
	return (struct stream){ s->memory + LANE_WORDS * k + part };
}

TARGET static RN_INLINE bits
LEVEL_NAME(next)(const struct source *s, struct stream *t)
{
	const bits r = *(const bits *)t->word;

	(void)s;
	t->word += LANE_WORDS;
	return r;
}
#endif
