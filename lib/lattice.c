/* Lattices, and the energy and magnetisation of packed Ising configurations. */
#include "renorm/lattice.h"

#include "renorm/bits.h"
#include "renorm/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct rn_lattice
rn_lattice_make(unsigned d, const size_t extents[])
{
	struct rn_lattice l = { .dim = d, .rows = d == 1 ? 1 : extents[0], .cols = extents[d - 1] };

	if (__builtin_mul_overflow(l.rows, l.cols, &l.sites))
		l.sites = SIZE_MAX;
	if (__builtin_mul_overflow(l.sites, (size_t)d, &l.bonds))
		l.bonds = SIZE_MAX;
	l.bytes = rn_bits_bytes(l.sites);
	if (l.cols <= 64) {
		l.word_rows = 64 / l.cols;
		for (size_t y = 1; y <= l.word_rows; y++)
			l.last_column |= 1ull << (y * l.cols - 1);
	}
	return l;
}

enum rn_status
rn_lattice_of_column(const struct rn_column *c, struct rn_lattice *l, struct rn_error *err)
{
	if (c->type != RN_BIT || c->ndim < 1 || c->ndim > 2)
		return rn_fail(err, RN_EDATA,
			"column %s is %s of %u dimension%s; a lattice is bits of one or two", c->name,
			rn_type_name(c->type), c->ndim, c->ndim == 1 ? "" : "s");
	*l = rn_lattice_make(c->ndim, c->shape);
	return RN_OK;
}

/* What is counted: spins up, and broken bonds, whose two spins differ. */
struct counts {
	uint64_t up, broken;
};

static inline uint64_t
ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
}

/* The n bits of whole rows in s, of which `next` are the rows that follow. */
static RN_INLINE void
count_word(const struct rn_lattice *l, uint64_t s, size_t n, uint64_t next, struct counts *c,
	uint64_t (*popcount)(uint64_t))
{
	const uint64_t right = (s >> 1 & ~l->last_column) | (s << (l->cols - 1) & l->last_column);
	const uint64_t down = s >> 1 >> (l->cols - 1) | next << (n - l->cols);
	const uint64_t mask = ~0ull >> (64 - n);

	c->up += popcount(s);
	c->broken += popcount((s ^ right) & mask);
	if (l->dim == 2)
		c->broken += popcount((s ^ down) & mask);
}

/*
 * Columns <= 64: as many whole rows at a time as a word takes. A row's right
 * neighbours are its rotation by one site, its lower ones the next row; the
 * first row follows the last.
 */
static RN_INLINE struct counts
count_by_words(const struct rn_lattice *lattice, const uint8_t *spins, uint64_t (*popcount)(uint64_t))
{
	const struct rn_lattice l = *lattice;
	const size_t step = l.word_rows * l.cols;
	const uint64_t mask = ~0ull >> (64 - step);
	struct counts c = { 0 };
	uint64_t s = rn_bits_load64(spins, 0) & mask;
	size_t at = 0;

	for (; l.sites - at > step; at += step) {
		const uint64_t next = rn_bits_load64(spins, at + step) & mask;

		count_word(&l, s, step, next, &c, popcount);
		s = next;
	}
	const size_t rest = l.sites - at;

	count_word(&l, s & ~0ull >> (64 - rest), rest, rn_bits_load64(spins, 0), &c, popcount);
	return c;
}

/* The number of i < n for which bits a + i and b + i differ. */
static RN_INLINE uint64_t
differing(const uint8_t *bits, size_t a, size_t b, size_t n, uint64_t (*popcount)(uint64_t))
{
	uint64_t count = 0;

	for (; n >= 64; n -= 64, a += 64, b += 64)
		count += popcount(rn_bits_load64(bits, a) ^ rn_bits_load64(bits, b));
	if (n > 0)
		count += popcount((rn_bits_load64(bits, a) ^ rn_bits_load64(bits, b)) & ~0ull >> (64 - n));
	return count;
}

typedef uint64_t differing_function(const uint8_t *bits, size_t a, size_t b, size_t n);

static inline int
bit(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

/*
 * The configuration as one string of bits: all pairs of neighbours in it, and
 * at the end of each row a, the pair with the next row's first spin c replaced
 * by the one with its own first spin b: [a != b] - [a != c] = (1 - 2 a)(b - c).
 */
static RN_INLINE uint64_t
broken_right(const struct rn_lattice *l, const uint8_t *spins, differing_function *differ)
{
	uint64_t broken = differ(spins, 0, 1, l->sites - 1);
	int64_t correction = 0;
	int b = bit(spins, 0);

	for (size_t end = l->cols; end < l->sites; end += l->cols) {
		const uint64_t pair = rn_bits_load64(spins, end - 1);
		const int c = pair >> 1 & 1;

		correction += (pair & 1) ? c - b : b - c;
		b = c;
	}
	return broken + (uint64_t)correction + (uint64_t)(bit(spins, l->sites - 1) != b);
}

static RN_INLINE struct counts
count_by_string(const struct rn_lattice *l, const uint8_t *spins, differing_function *differ)
{
	const size_t last_row = l->sites - l->cols;
	struct counts c = { rn_bits_count(spins, l->sites), broken_right(l, spins, differ) };

	if (l->dim == 2)
		c.broken += differ(spins, 0, l->cols, last_row) + differ(spins, last_row, 0, l->cols);
	return c;
}

static uint64_t
differing_baseline(const uint8_t *bits, size_t a, size_t b, size_t n)
{
	return differing(bits, a, b, n, ones);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static inline uint64_t
popcnt(uint64_t x)
{
	return (uint64_t)__builtin_popcountll(x);
}

RN_TARGET_AVX2 static uint64_t
differing_popcnt(const uint8_t *bits, size_t a, size_t b, size_t n)
{
	return differing(bits, a, b, n, popcnt);
}

RN_TARGET_AVX512 static inline __m512i
load512(const uint8_t *bits, size_t first)
{
	const uint8_t *p = bits + first / 8;
	const __m128i right = _mm_cvtsi64_si128((long long)(first % 8)),
		      left = _mm_cvtsi64_si128((long long)(64 - first % 8));

	return _mm512_or_si512(_mm512_srl_epi64(_mm512_loadu_si512(p), right),
		_mm512_sll_epi64(_mm512_loadu_si512(p + 8), left));
}

RN_TARGET_AVX512 static uint64_t
differing_avx512(const uint8_t *bits, size_t a, size_t b, size_t n)
{
	__m512i count = _mm512_setzero_si512();

	for (; n >= 512; n -= 512, a += 512, b += 512)
		count = _mm512_add_epi64(count,
			_mm512_popcnt_epi64(_mm512_xor_si512(load512(bits, a), load512(bits, b))));
	return (uint64_t)_mm512_reduce_add_epi64(count) + differing(bits, a, b, n, popcnt);
}

RN_TARGET_AVX2 static struct counts
count_by_words_popcnt(const struct rn_lattice *l, const uint8_t *spins)
{
	return count_by_words(l, spins, popcnt);
}
#endif

static struct counts
count(const struct rn_lattice *l, const uint8_t *spins)
{
#if defined(__x86_64__)
	if (rn_cpu() >= RN_CPU_AVX2) {
		if (l->word_rows > 0)
			return count_by_words_popcnt(l, spins);
		return count_by_string(l, spins,
			rn_cpu() == RN_CPU_AVX512 ? differing_avx512 : differing_popcnt);
	}
#endif
	if (l->word_rows > 0)
		return count_by_words(l, spins, ones);
	return count_by_string(l, spins, differing_baseline);
}

struct rn_ising_sums
rn_ising_measure(const struct rn_lattice *l, const uint8_t *spins)
{
	const struct counts c = count(l, spins);

	return (struct rn_ising_sums){
		.bonds = (int64_t)l->bonds - 2 * (int64_t)c.broken,
		.spins = 2 * (int64_t)c.up - (int64_t)l->sites,
	};
}
