/*
 * operators.c - sums of products of spins by XOR and popcount
 *
 * The lattice is spread to one row a word (or a few), in three copies: as it is, and moved by one and by two columns
 * around the torus. Neighbours in any direction then stand at the same bit of a word at a fixed distance, and one
 * loop over all words counts for all operators, 64 sites at a time, or 512.
 */
#include "operators.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "renorm/bits.h"
#include "renorm/cpu.h"

static const int64_t products_a_site[OPERATORS] = { 2, 2, 1, 2, 4, 1, 2, 1, 4, 2 };

static size_t
known(const struct rn_lattice *l, size_t all, size_t when_small)
{
	const size_t shorter = l->rows < l->cols ? l->rows : l->cols;

	return l->dim < 2 || shorter < 2 ? 0 : shorter < 4 ? when_small : all;
}

size_t
operators_even(const struct rn_lattice *l)
{
	return known(l, EVEN, 3);
}

size_t
operators_odd(const struct rn_lattice *l)
{
	return known(l, ODD, 2);
}

bool
operators_init(struct operators *o, const struct rn_lattice *l)
{
	const size_t words = (l->cols - 1) / 64 + 1;

	*o = (struct operators){
		.l = *l,
		.words = words,
		.last = ~0ull >> (64 * words - l->cols),
		.row = calloc(words + 1, sizeof *o->row),
	};
	bool ready = o->row;

	for (size_t k = 0; k < 3; k++) {
		o->plane[k] = calloc((l->rows + 2) * words, sizeof *o->plane[k]);
		ready = ready && o->plane[k];
	}
	if (!ready)
		operators_clear(o);
	return ready;
}

void
operators_clear(struct operators *o)
{
	for (size_t k = 0; k < 3; k++)
		free(o->plane[k]);
	free(o->row);
	*o = (struct operators){ 0 };
}

/* --- spreading ------------------------------------------------------------- */

static void
spread_narrow(const struct operators *o, const uint8_t *spins)
{
	const size_t cols = o->l.cols;

	for (size_t y = 0; y < o->l.rows; y++) {
		uint64_t row = rn_bits_get64(spins, y * cols, cols);

		o->plane[0][y] = row;
		o->plane[1][y] = (row >> 1 | row << (cols - 1)) & o->last;
		o->plane[2][y] = (row >> 2 | row << (cols - 2)) & o->last;
	}
}

static void
spread_wide(const struct operators *o, const uint8_t *spins)
{
	const size_t cols = o->l.cols, words = o->words, behind = cols % 64;

	for (size_t y = 0; y < o->l.rows; y++) {
		uint64_t *row = o->row, begin;

		rn_bits_get(spins, y * cols, cols, row);
		begin = row[0] & 3;
		row[words] = behind ? begin >> (64 - behind) : begin;
		if (behind)
			row[words - 1] |= begin << behind;
		for (size_t k = 1; k <= 2; k++) {
			uint64_t *to = o->plane[k] + y * words;

			for (size_t w = 0; w < words; w++)
				to[w] = row[w] >> k | row[w + 1] << (64 - k);
			to[words - 1] &= o->last;
		}
		row[words - 1] &= o->last;
		memcpy(o->plane[0] + y * words, row, words * sizeof *row);
	}
}

static void
close_torus(const struct operators *o)
{
	for (size_t k = 0; k < 3; k++)
		memcpy(o->plane[k] + o->l.rows * o->words, o->plane[k], 2 * o->words * sizeof *o->plane[k]);
}

/* --- counting -------------------------------------------------------------- */

static inline uint64_t
ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
}

#define WORD uint64_t
#define LOAD(p) (*(p))
#define ONES(w) ones(w)
#define TARGET
#define COUNT count_word
#include "operators_kernel.h"

static void
count(const struct operators *o, size_t n, uint64_t minus[OPERATORS])
{
	for (size_t i = 0; i < n; i++)
		count_word(o, i, minus);
}

#if defined(__x86_64__)
#define WORD uint64_t
#define LOAD(p) (*(p))
#define ONES(w) ((uint64_t)__builtin_popcountll(w))
#define TARGET RN_TARGET_AVX2
#define COUNT count_word_popcnt
#include "operators_kernel.h"

RN_TARGET_AVX2 static void
count_avx2(const struct operators *o, size_t n, uint64_t minus[OPERATORS])
{
	for (size_t i = 0; i < n; i++)
		count_word_popcnt(o, i, minus);
}

typedef uint64_t vector __attribute__((vector_size(64)));

RN_TARGET_AVX512 static RN_INLINE vector
load(const uint64_t *p)
{
	return (vector)_mm512_loadu_si512(p);
}

RN_TARGET_AVX512 static RN_INLINE vector
popcnt(vector w)
{
	return (vector)_mm512_popcnt_epi64((__m512i)w);
}

#define WORD vector
#define LOAD(p) load(p)
#define ONES(w) popcnt(w)
#define TARGET RN_TARGET_AVX512
#define COUNT count_vector
#include "operators_kernel.h"

RN_TARGET_AVX512 static void
count_avx512(const struct operators *o, size_t n, uint64_t minus[OPERATORS])
{
	vector lanes[OPERATORS] = { 0 };
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		count_vector(o, i, lanes);
	for (size_t a = 0; a < OPERATORS; a++)
		minus[a] += (uint64_t)_mm512_reduce_add_epi64((__m512i)lanes[a]);
	for (; i < n; i++)
		count_word_popcnt(o, i, minus);
}
#endif

void
operators_measure(const struct operators *o, const uint8_t *spins, int64_t S[OPERATORS])
{
	const size_t n = o->l.rows * o->words;
	uint64_t minus[OPERATORS] = { 0 };

	if (o->words == 1)
		spread_narrow(o, spins);
	else
		spread_wide(o, spins);
	close_torus(o);
#if defined(__x86_64__)
	if (rn_cpu() == RN_CPU_AVX512)
		count_avx512(o, n, minus);
	else if (rn_cpu() == RN_CPU_AVX2)
		count_avx2(o, n, minus);
	else
#endif
		count(o, n, minus);
	for (size_t a = 0; a < EVEN; a++)
		S[a] = products_a_site[a] * (int64_t)o->l.sites - 2 * (int64_t)minus[a];
	/* Of an odd product, 1 is a product of +1: bits are 1 for spins up, and three of them XOR to 1 as +1 +1 +1 do. */
	for (size_t a = EVEN; a < OPERATORS; a++)
		S[a] = 2 * (int64_t)minus[a] - products_a_site[a] * (int64_t)o->l.sites;
}
