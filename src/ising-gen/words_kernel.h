/*
 * words_kernel.h - vectors of bits of one CPU level, and random ones
 *
 * For kernels that are compiled once a level: NAME.c defines LEVEL as 0 (on x86 then as 1 and as 2) and includes
 * NAME_kernel.h, which includes this file; so neither has an include guard. The levels are 0, any CPU; 1, AVX2 and
 * AES-NI; 2, AVX-512 and VAES: words_level() tells which the CPU has. It gives
 *
 *	bits		a vector of bits: a part of 512 lanes
 *	WORDS		its uint64_t
 *	TARGET		the attribute of every function of a kernel
 *	LEVEL_NAME(f)	f_0, f_1 or f_2
 *	TERNARY		any function of three bits, and the usual ones
 *	struct stream	the random words of 512 bits of one id, four draws a word (renorm/random.h)
 *
 * Random words are made where they are used: AES has pipes of its own, and logic runs beside it. At level 0 they are
 * made in memory, a group at a time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
#if LEVEL == 2
#define WORDS 8
#define TARGET __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512dq,vaes")))
#elif LEVEL == 1
#define WORDS 4
#define TARGET __attribute__((target("avx2,aes")))
#else
#define WORDS 2
#define TARGET
#endif

typedef uint64_t bits __attribute__((vector_size(8 * WORDS), may_alias));

/* One instruction of AVX-512, of which the compiler does not find all: bit 4a + 2b + c of the table is the result. */
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
#if LEVEL == 2
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
#if LEVEL == 2
typedef __m512i LEVEL_NAME(round_key);
#define PAIR(low, high) \
	_mm512_set_epi64((long long)(high), (long long)(low), (long long)(high), (long long)(low), \
		(long long)(high), (long long)(low), (long long)(high), (long long)(low))
#define ADD(a, b) _mm512_add_epi64(a, b)
#define XOR(a, b) _mm512_xor_si512(a, b)
#define AES(a, key) _mm512_aesenc_epi128(a, key)
#define AES_LAST(a, key) _mm512_aesenclast_epi128(a, key)
#elif LEVEL == 1
typedef __m128i LEVEL_NAME(round_key);
#define PAIR(low, high) _mm_set_epi64x((long long)(high), (long long)(low))
#define ADD(a, b) _mm_add_epi64(a, b)
#define XOR(a, b) _mm_xor_si128(a, b)
#define AES(a, key) _mm_aesenc_si128(a, key)
#define AES_LAST(a, key) _mm_aesenclast_si128(a, key)
#endif

#if LEVEL > 0
struct source {
	LEVEL_NAME(round_key) key[ARS_ROUNDS + 1];
	uint64_t id, draw;
};

struct stream {
	LEVEL_NAME(round_key) counter[LEVEL == 2 ? 1 : 2];
};

TARGET static RN_INLINE struct source
LEVEL_NAME(source_of)(const struct rn_random_key *key, uint64_t id, uint64_t *memory)
{
	struct source s = { .id = id };

	(void)memory;
	s.key[0] = PAIR(key->k[0], key->k[1]);
#pragma GCC unroll 8
	for (int r = 1; r <= ARS_ROUNDS; r++)
		s.key[r] = ADD(s.key[r - 1], PAIR(ARS_WEYL_LOW, ARS_WEYL_HIGH));
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
	const uint64_t draw = s->draw + LANE_DRAWS * k + part / 2;
	struct stream t;

#if LEVEL == 2
	t.counter[0] = ADD(PAIR(draw, s->id), _mm512_set_epi64(0, 3, 0, 2, 0, 1, 0, 0));
#else
	t.counter[0] = PAIR(draw, s->id);
	t.counter[1] = PAIR(draw + 1, s->id);
#endif
	return t;
}

TARGET static RN_INLINE bits
LEVEL_NAME(next)(const struct source *s, struct stream *t)
{
	LEVEL_NAME(round_key) v[LEVEL == 2 ? 1 : 2];

#pragma GCC unroll 2
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		v[i] = XOR(t->counter[i], s->key[0]);
#pragma GCC unroll 8
		for (int r = 1; r < ARS_ROUNDS; r++)
			v[i] = AES(v[i], s->key[r]);
		v[i] = AES_LAST(v[i], s->key[ARS_ROUNDS]);
		t->counter[i] = ADD(t->counter[i], PAIR(LANE_DRAWS, 0));
	}
#if LEVEL == 2
	return (bits)v[0];
#else
	return (bits)_mm256_set_m128i(v[1], v[0]);
#endif
}
#else
struct source {
	struct rn_random_key key;
	uint64_t id, *memory;
};

struct stream {
	const uint64_t *word;
};

static RN_INLINE struct source
LEVEL_NAME(source_of)(const struct rn_random_key *key, uint64_t id, uint64_t *memory)
{
	return (struct source){ *key, id, memory };
}

static RN_INLINE void
LEVEL_NAME(ask)(struct source *s, uint64_t draw, size_t words)
{
	rn_random_fill(&s->key, s->id, draw, s->memory, LANE_DRAWS * words);
}

static RN_INLINE struct stream
LEVEL_NAME(stream_from)(const struct source *s, size_t k, size_t part)
{
	return (struct stream){ s->memory + LANE_WORDS * k + part };
}

static RN_INLINE bits
LEVEL_NAME(next)(const struct source *s, struct stream *t)
{
	const bits r = *(const bits *)t->word;

	(void)s;
	t->word += LANE_WORDS;
	return r;
}
#endif

#undef PAIR
#undef ADD
#undef XOR
#undef AES
#undef AES_LAST
