/* Blocks of packed configurations, against a loop over sites. */
#include "../../src/blockspin/block.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"
#include "renorm/random.h"
#include "renorm/reader.h"
#include "tap.h"

static struct rn_random source;

static int
bit(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

/* The rule, as block.h has it in words. */
static int
reference(const struct block *k, const uint8_t *fine, const uint8_t *coins, size_t I)
{
	const size_t top = I / k->coarse.cols * k->rows, left = I % k->coarse.cols * k->b;
	const int first = bit(fine, top * k->fine.cols + left);
	int sum = 0;

	for (size_t y = top; y < top + k->rows; y++)
		for (size_t x = left; x < left + k->b; x++)
			sum += bit(fine, y * k->fine.cols + x) ? 1 : -1;
	if (k->rule == BLOCK_DECIMATE)
		return first;
	if (sum != 0)
		return sum > 0;
	return k->ties == BLOCK_COIN ? bit(coins, I) : first;
}

/* Small sums make ties: half of the configurations get blocks with as many spins up as down, where they can. */
static void
random_spins(const struct block *k, uint8_t *fine, bool tied)
{
	memset(fine, 0, k->fine.bytes);
	for (size_t i = 0; i < k->fine.sites; i++) {
		const size_t y = i / k->fine.cols, x = i % k->fine.cols;
		const bool up = tied ? (x + y % k->rows) % 2 == 0 : rn_random_u64(&source) >> 63;

		if (up)
			fine[i / 8] |= (uint8_t)(1u << i % 8);
	}
	if (tied)
		for (size_t flips = rn_random_below(&source, k->coarse.sites + 1); flips > 0; flips--) {
			const size_t i = rn_random_below(&source, k->fine.sites);

			fine[i / 8] ^= (uint8_t)(1u << i % 8);
		}
}

static void
noise(uint8_t *p, size_t n)
{
	while (n-- > 0)
		*p++ = (uint8_t)rn_random_u64(&source);
}

/* Buffers end where block.h says they may, so that sanitizers see every excess. */
static size_t
wrong_blocks(const struct block *k, bool tied)
{
	uint8_t *fine = malloc(k->fine.bytes + RN_SLACK), *coins = malloc(k->coarse.bytes + 8);
	uint8_t *coarse = malloc(k->coarse.bytes + 1);
	size_t wrong = 0;

	if (!fine || !coins || !coarse)
		abort();
	random_spins(k, fine, tied);
	noise(fine + k->fine.bytes, RN_SLACK);
	noise(coins, k->coarse.bytes + 8);
	memset(coarse, 0xa5, k->coarse.bytes + 1);
	block_apply(k, fine, k->coins ? coins : NULL, coarse);
	for (size_t I = 0; I < k->coarse.sites; I++)
		wrong += bit(coarse, I) != reference(k, fine, coins, I);
	wrong += !rn_bits_padding_is_zero(coarse, k->coarse.sites);
	wrong += coarse[k->coarse.bytes] != 0xa5;
	free(fine);
	free(coins);
	free(coarse);
	return wrong;
}

static size_t
wrong_for(unsigned d, size_t L1, size_t L2, size_t b)
{
	static const struct {
		enum block_rule rule;
		enum block_ties ties;
	} rules[] = { { BLOCK_MAJORITY, BLOCK_COIN }, { BLOCK_MAJORITY, BLOCK_FIRST },
		{ BLOCK_DECIMATE, BLOCK_COIN } };
	const size_t extents[2] = { L1, L2 };
	const struct rn_lattice fine = rn_lattice_make(d, d == 1 ? &L2 : extents);
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct block k;

		if (!block_init(&k, &fine, b, rules[i].rule, rules[i].ties))
			return 1;
		wrong += wrong_blocks(&k, false) + wrong_blocks(&k, true);
	}
	return wrong;
}

static void
divisibility(void)
{
	const size_t extents[2] = { 12, 18 };
	const struct rn_lattice torus = rn_lattice_make(2, extents), ring = rn_lattice_make(1, extents);
	struct block k;

	OK(block_init(&k, &torus, 6, BLOCK_MAJORITY, BLOCK_COIN) && k.coarse.rows == 2 &&
			k.coarse.cols == 3 && k.coins,
		"12 x 18 in blocks of 6");
	OK(block_init(&k, &torus, 3, BLOCK_MAJORITY, BLOCK_COIN) && !k.coins, "odd blocks do not tie");
	OK(!block_init(&k, &torus, 4, BLOCK_MAJORITY, BLOCK_COIN) &&
			!block_init(&k, &torus, 9, BLOCK_MAJORITY, BLOCK_COIN) &&
			!block_init(&k, &torus, 1, BLOCK_MAJORITY, BLOCK_COIN) &&
			!block_init(&k, &torus, 0, BLOCK_MAJORITY, BLOCK_COIN),
		"b must be at least 2 and divide both extents");
	OK(block_init(&k, &ring, 4, BLOCK_DECIMATE, BLOCK_COIN) && k.coarse.dim == 1 && k.coarse.cols == 3 &&
			!k.coins,
		"a ring of 12 in blocks of 4");
}

static void
rings(void)
{
	size_t wrong = 0;

	for (size_t b = 2; b <= 70; b++)
		for (size_t n = 1; n <= 40 || n * b <= 700; n++)
			wrong += wrong_for(1, 1, n * b, b);
	wrong += wrong_for(1, 1, 5 * 129, 129) + wrong_for(1, 1, 3 * 200, 200);
	OK(wrong == 0, "rings, b = 2 to 200");
}

static void
tori(void)
{
	size_t wrong = 0;

	for (size_t b = 2; b <= 9; b++)
		for (size_t rows = 1; rows <= 10; rows++)
			for (size_t cols = 1; cols <= 70; cols += cols < 12 ? 1 : 7)
				wrong += wrong_for(2, rows * b, cols * b, b);
	OK(wrong == 0, "tori, b = 2 to 9");
	wrong = 0;
	for (size_t b = 10; b <= 70; b++)
		wrong +=
			wrong_for(2, b, 2 * b, b) + wrong_for(2, 3 * b, b, b) + wrong_for(2, 2 * b, 7 * b, b);
	wrong += wrong_for(2, 2 * 130, 130, 130);
	OK(wrong == 0, "tori, b = 10 to 130");
	wrong = wrong_for(2, 128, 128, 2) + wrong_for(2, 512, 512, 2) + wrong_for(2, 243, 729, 3) +
		wrong_for(2, 96, 1056, 3);
	OK(wrong == 0, "large tori");
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "blocks", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	divisibility();
	rings();
	tori();
	return tap_done();
}
