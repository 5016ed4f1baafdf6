/* Block spins by bit-sliced addition: all blocks of a word are summed at once. */
#include "block.h"

#include <string.h>

#include "renorm/bits.h"
#include "renorm/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/*
 * How to gather the bits under `mask` at the low end of a word without PEXT, in
 * six moves by 1, 2, 4, ... 32: a bit moves in step i if bit i of the number of
 * zeros of the mask below it is set. That number's bits are found by prefix sums
 * modulo 2 (Warren, Hacker's Delight, 7-4).
 */
static void
plan_compress(uint64_t mask, uint64_t move[COMPRESS_STEPS])
{
	uint64_t zeros = ~mask << 1;

	for (int i = 0; i < COMPRESS_STEPS; i++) {
		uint64_t odd = zeros;

		for (int j = 0; j < 6; j++)
			odd ^= odd << (1 << j);
		move[i] = odd & mask;
		mask = (mask ^ move[i]) | move[i] >> (1 << i);
		zeros &= ~odd;
	}
}

static inline uint64_t
compress_by_moves(const struct block *k, uint64_t x)
{
	x &= k->corners;
#pragma GCC unroll 6
	for (int i = 0; i < COMPRESS_STEPS; i++) {
		const uint64_t moving = x & k->move[i];

		x = (x ^ moving) | moving >> (1 << i);
	}
	return x;
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static inline uint64_t
compress_by_pext(const struct block *k, uint64_t x)
{
	return _pext_u64(x, k->corners);
}
#endif

typedef uint64_t compress_function(const struct block *k, uint64_t x);

bool
block_init(struct block *k, const struct rn_lattice *fine, size_t b, enum block_rule rule,
	enum block_ties ties)
{
	const size_t rows = fine->dim == 2 ? b : 1;

	if (b < 2 || fine->rows % rows != 0 || fine->cols % b != 0)
		return false;

	const size_t extents[2] = { fine->rows / rows, fine->cols / b };

	*k = (struct block){
		.fine = *fine,
		.coarse = rn_lattice_make(fine->dim, fine->dim == 2 ? extents : extents + 1),
		.b = b,
		.rows = rows,
		.rule = rule,
		.ties = ties,
		.coins = rule == BLOCK_MAJORITY && ties == BLOCK_COIN && b % 2 == 0,
	};
	k->in_word = 64 / b;
	for (size_t i = 0; i < k->in_word; i++)
		k->corners |= 1ull << i * b;
	plan_compress(k->corners, k->move);
	return true;
}

/* Block spins, written in order of I. */
struct sink {
	uint8_t *out;
	uint64_t pending;
	size_t n; /* bits pending, < 64 */
};

static inline void
put_bits(struct sink *s, uint64_t bits, size_t n)
{
	s->pending |= bits << s->n;
	s->n += n;
	if (s->n >= 64) {
		memcpy(s->out, &s->pending, 8);
		s->out += 8;
		s->n -= 64;
		s->pending = bits >> 1 >> (n - s->n - 1);
	}
}

static inline void
put_end(struct sink *s)
{
	memcpy(s->out, &s->pending, rn_bits_bytes(s->n));
}

/* What the blocks of a word come to, each at the bit of its top left site; the other bits mean nothing. */
struct verdict {
	uint64_t up, tie;
};

/* Of the blocks whose top left sites are bits at, at + b, ... of the configuration. */
typedef struct verdict judge_function(const struct block *k, const uint8_t *fine, size_t at);

static RN_INLINE struct verdict
judge_first(const struct block *k, const uint8_t *fine, size_t at)
{
	(void)k;
	return (struct verdict){ rn_bits_load64(fine, at), 0 };
}

static RN_INLINE uint64_t
two_of_three(uint64_t x, uint64_t y, uint64_t z)
{
	return (x & y) | (z & (x ^ y));
}

/* 2 x 2: up are two and one, or one and two, or two and two of the columns; an even number but 0 and 4 is a tie. */
static RN_INLINE struct verdict
judge_2x2(const struct block *k, const uint8_t *fine, size_t at)
{
	const uint64_t r = rn_bits_load64(fine, at), s = rn_bits_load64(fine, at + k->fine.cols);
	const uint64_t one = r ^ s, two = r & s, any = r | s;

	return (struct verdict){
		.up = (two & any >> 1) | (any & two >> 1),
		.tie = ~(one ^ one >> 1) & ~(two & two >> 1) & (any | any >> 1),
	};
}

/* 3 x 3: ones + 2 twos + 4 fours + 8 eights, by full adders over the rows, then over the columns. */
static RN_INLINE struct verdict
judge_3x3(const struct block *k, const uint8_t *fine, size_t at)
{
	const uint64_t r = rn_bits_load64(fine, at), s = rn_bits_load64(fine, at + k->fine.cols),
		       t = rn_bits_load64(fine, at + 2 * k->fine.cols);
	const uint64_t low = r ^ s ^ t, high = two_of_three(r, s, t);
	const uint64_t ones = low ^ low >> 1 ^ low >> 2, carry = two_of_three(low, low >> 1, low >> 2);
	const uint64_t sum = high ^ high >> 1 ^ high >> 2, over = two_of_three(high, high >> 1, high >> 2);
	const uint64_t twos = carry ^ sum, fours = (carry & sum) ^ over, eights = carry & sum & over;

	return (struct verdict){ .up = eights | (fours & (twos | ones)) };
}

/*
 * Any b <= 64: 64 numbers sliced by binary digits, digit p of number i being bit
 * i of digit[p]. None is above `most`; digits that it does not have are not set.
 */
struct numbers {
	uint64_t digit[13]; /* 64 x 64 spins at most */
	size_t most;
};

static inline unsigned
digits(size_t most)
{
	return most ? 64 - (unsigned)__builtin_clzll(most) : 0;
}

/* Adds number i + shift of c to number i of a, for all i < 64 - shift. c may be a. */
static RN_INLINE void
add_shifted(struct numbers *a, const struct numbers *c, size_t shift)
{
	const unsigned of_a = digits(a->most), of_c = digits(c->most);
	uint64_t carry = 0;

	a->most += c->most;
#pragma GCC unroll 16
	for (unsigned p = 0; p < digits(a->most); p++) {
		const uint64_t x = p < of_a ? a->digit[p] : 0, y = p < of_c ? c->digit[p] >> shift : 0;

		a->digit[p] = x ^ y ^ carry;
		carry = two_of_three(x, y, carry);
	}
}

/* The sums of rows x b spins, in the place of their blocks' top left sites. */
static RN_INLINE void
sum_blocks(const uint8_t *fine, size_t at, size_t cols, size_t rows, size_t b, struct numbers *sum)
{
	struct numbers power = { .most = 0 };
	size_t covered = 0;

#pragma GCC unroll 16
	for (size_t y = 0; y < rows; y++) {
		const struct numbers row = { { rn_bits_load64(fine, at + y * cols) }, 1 };

		add_shifted(&power, &row, 0);
	}
	/* power: sums over `width` columns, 1, 2, 4, ... Those in b, side by side, cover b columns. */
	sum->most = 0;
#pragma GCC unroll 16
	for (size_t width = 1; width <= b; width *= 2) {
		if (width > 1)
			add_shifted(&power, &power, width / 2);
		if (b & width) {
			add_shifted(sum, &power, covered);
			covered += width;
		}
	}
}

/* Compares the sums with half the sites, from the top digit down. */
static RN_INLINE struct verdict
judge_sums(const uint8_t *fine, size_t at, size_t cols, size_t rows, size_t b)
{
	const size_t sites = rows * b;
	struct verdict v = { 0, ~0ull };
	struct numbers sum;

	sum_blocks(fine, at, cols, rows, b, &sum);
#pragma GCC unroll 16
	for (unsigned p = digits(sum.most); p-- > 0;) {
		if (sites / 2 >> p & 1) {
			v.tie &= sum.digit[p];
		} else {
			v.up |= v.tie & sum.digit[p];
			v.tie &= ~sum.digit[p];
		}
	}
	if (sites % 2 != 0)
		v.tie = 0;
	return v;
}

static RN_INLINE struct verdict
judge_any(const struct block *k, const uint8_t *fine, size_t at)
{
	return judge_sums(fine, at, k->fine.cols, k->rows, k->b);
}

/* With constants for its loops the compiler makes it three times as fast. */
static RN_INLINE struct verdict
judge_4x4(const struct block *k, const uint8_t *fine, size_t at)
{
	return judge_sums(fine, at, k->fine.cols, 4, 4);
}

/* Row of blocks by row of blocks, as many blocks at a time as a word takes. */
static RN_INLINE void
apply_by_words(const struct block *k, const uint8_t *fine, const uint8_t *coins, uint8_t *coarse,
	compress_function *compress, judge_function *judge)
{
	struct sink sink = { .out = coarse };
	size_t I = 0;

	for (size_t y = 0; y < k->fine.rows; y += k->rows)
		for (size_t x = 0, n; x < k->coarse.cols; x += n, I += n) {
			const size_t at = y * k->fine.cols + x * k->b;
			const struct verdict v = judge(k, fine, at);
			uint64_t up = v.up;

			n = k->coarse.cols - x < k->in_word ? k->coarse.cols - x : k->in_word;
			if (k->ties == BLOCK_FIRST)
				up |= v.tie & rn_bits_load64(fine, at);
			up = compress(k, up);
			if (k->coins)
				up |= compress(k, v.tie) & rn_bits_load64(coins, I);
			put_bits(&sink, up & ~0ull >> (64 - n), n);
		}
	put_end(&sink);
}

static RN_INLINE void
apply(const struct block *k, const uint8_t *fine, const uint8_t *coins, uint8_t *coarse,
	compress_function *compress)
{
	if (k->rule == BLOCK_DECIMATE)
		apply_by_words(k, fine, coins, coarse, compress, judge_first);
	else if (k->b == 2 && k->rows == 2)
		apply_by_words(k, fine, coins, coarse, compress, judge_2x2);
	else if (k->b == 3 && k->rows == 3)
		apply_by_words(k, fine, coins, coarse, compress, judge_3x3);
	else if (k->b == 4 && k->rows == 4)
		apply_by_words(k, fine, coins, coarse, compress, judge_4x4);
	else
		apply_by_words(k, fine, coins, coarse, compress, judge_any);
}

static void
apply_baseline(const struct block *k, const uint8_t *fine, const uint8_t *coins, uint8_t *coarse)
{
	apply(k, fine, coins, coarse, compress_by_moves);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static void
apply_pext(const struct block *k, const uint8_t *fine, const uint8_t *coins, uint8_t *coarse)
{
	apply(k, fine, coins, coarse, compress_by_pext);
}
#endif

static size_t
ones_between(const uint8_t *bits, size_t first, size_t n)
{
	size_t count = 0;

	for (; n >= 64; n -= 64, first += 64)
		count += (size_t)__builtin_popcountll(rn_bits_load64(bits, first));
	return n > 0 ? count + (size_t)__builtin_popcountll(rn_bits_get64(bits, first, n)) : count;
}

/* b > 64: block by block, its rows counted by words. */
static void
apply_by_counts(const struct block *k, const uint8_t *fine, const uint8_t *coins, uint8_t *coarse)
{
	const size_t cols = k->fine.cols, sites = k->rows * k->b;
	struct sink sink = { .out = coarse };

	for (size_t I = 0; I < k->coarse.sites; I++) {
		const size_t at = I / k->coarse.cols * k->rows * cols + I % k->coarse.cols * k->b;
		const uint64_t first = rn_bits_get64(fine, at, 1);
		size_t up = 0;

		for (size_t y = 0; k->rule == BLOCK_MAJORITY && y < k->rows; y++)
			up += ones_between(fine, at + y * cols, k->b);
		if (k->rule == BLOCK_DECIMATE)
			put_bits(&sink, first, 1);
		else if (2 * up != sites)
			put_bits(&sink, 2 * up > sites, 1);
		else
			put_bits(&sink, k->coins ? rn_bits_get64(coins, I, 1) : first, 1);
	}
	put_end(&sink);
}

void
block_apply(const struct block *k, const uint8_t *fine, const uint8_t *coins, uint8_t *coarse)
{
	if (k->b > 64)
		apply_by_counts(k, fine, coins, coarse);
#if defined(__x86_64__)
	else if (rn_cpu_pext())
		apply_pext(k, fine, coins, coarse);
#endif
	else
		apply_baseline(k, fine, coins, coarse);
}
