/*
 * Swendsen-Wang on rows of bits: bonds are drawn here, runs.h finds the clusters.
 *
 * Blocks of a sweep, with R = ROUNDS; word i = W y + w of the lattice is word w < W of row y, and
 * GROUP words one after the other are a group (the last one may lack some):
 *
 *	R GROUP g ..		R GROUP words for the horizontal bonds of group g, then as many for the vertical
 *				ones: GROUP j + k is bit j of the numbers of the group's word k
 *	R GROUP groups + 64 i + x	words 0 and 1: the rest of the horizontal and vertical bond of site x of word i
 *	then + r / 128		the fair coins, bit r % 128 that of run r
 *	then + r		word 0: the unfair coin, with a field
 *
 * A cluster has the coin of its root. The R bits are the leading bits of uniform numbers. The word
 * after them is needed by a bond in 2^R.
 */
#include "cluster.h"

#include <stdlib.h>

#include "runs_kernel.h"

enum {
	ROUNDS = 12,
	GROUP = 8,
	STRIP = 8, /* rows whose bonds are drawn together: whole groups, whatever W */
};

enum { WIDE = 4 }; /* words that are compared at once */
typedef uint64_t wide __attribute__((vector_size(8 * WIDE), aligned(8), may_alias));

struct blocks {
	uint64_t rest, coins, unfair, end;
};

static struct blocks
blocks_of(const struct cluster *c)
{
	uint64_t words = c->words * c->ensemble.lattice.rows, sites = c->ensemble.lattice.sites;
	struct blocks b;

	b.rest = ROUNDS * GROUP * (words / GROUP + (words % GROUP != 0));
	b.coins = b.rest + 64 * words;
	b.unfair = b.coins + sites / 128 + (sites % 128 != 0);
	b.end = b.unfair + sites;
	return b;
}

uint64_t
swendsen_wang_blocks(const struct cluster *c)
{
	return blocks_of(c).end;
}

bool
swendsen_wang_init(struct cluster *c, bool field)
{
	size_t sites = c->ensemble.lattice.sites;

	c->random_blocks = ROUNDS * GROUP;
	c->right = calloc(STRIP * c->words, sizeof *c->right);
	c->down = calloc(STRIP * c->words, sizeof *c->down);
	if (field)
		c->size = calloc(sites, sizeof *c->size);
	return rn_runs_init(&c->runs, &c->ensemble.lattice) && c->right && c->down && (c->size || !field);
}

/* The bonds of a word whose leading bits were those of the threshold: `tie`. */
static uint64_t
settle(const struct cluster *c, uint64_t tie, uint64_t rest, int direction)
{
	uint64_t active = 0;

	for (; tie; tie &= tie - 1) {
		int x = __builtin_ctzll(tie);
		uint64_t block[2];

		rn_random_block(&c->ensemble.key, c->id, rest + (unsigned)x, block);
		active |= (uint64_t)(block[direction] < c->bond << ROUNDS) << x;
	}
	return active;
}

/* Bonds of a group, whatever the spins: those whose number is below the threshold, compared bit by bit. */
static RN_INLINE void
draw_group(const struct cluster *c, const uint64_t *word, uint64_t rest, int direction, uint64_t active[])
{
	for (unsigned k = 0; k < GROUP; k += WIDE) {
		wide less = { 0 }, tie = ~less;

		for (int j = 0; j < ROUNDS; j++) {
			const uint64_t bit = -(c->bond >> (63 - j) & 1);
			const wide r = *(const wide *)(word + GROUP * j + k);

			less |= tie & bit & ~r;
			tie &= ~(bit ^ r);
		}
		*(wide *)(active + k) = less;
		if (__builtin_expect(!(tie[0] | tie[1] | tie[2] | tie[3]), 1))
			continue;
		for (unsigned i = 0; i < WIDE; i++)
			active[k + i] |= settle(c, tie[i], rest + 64 * (k + i), direction);
	}
}

/* The bonds of row y and those after it, to the right and downwards. */
static RN_INLINE void
draw_strip(struct cluster *c, size_t y, uint64_t block, uint64_t rest)
{
	size_t left = c->ensemble.lattice.rows - y, words = (left < STRIP ? left : STRIP) * c->words;

	for (size_t k = 0; k < words; k += GROUP) {
		uint64_t i = y * c->words + k;

		rn_random_fill(&c->ensemble.key, c->id, block + ROUNDS * i, c->random, ROUNDS * GROUP);
		draw_group(c, c->random, rest + 64 * i, 0, c->right + k);
		draw_group(c, c->random + ROUNDS * GROUP, rest + 64 * i, 1, c->down + k);
	}
}

/* A sweep, and the blocks where it and the rest of its bonds begin. */
struct drawn {
	struct cluster *c;
	uint64_t block, rest;
};

/* Between equal spins. */
static RN_INLINE void
bonds_of_row(struct runs *r, size_t y, void *context)
{
	const struct drawn *d = context;
	const struct cluster *c = d->c;
	const size_t W = c->words, first = y % STRIP * W;
	const uint64_t *spin = c->spin + y * W, *below = y + 1 < r->rows ? spin + W : c->spin;

	if (y % STRIP == 0)
		draw_strip(d->c, y, d->block, d->rest);
	for (size_t w = 0; w < W; w++) {
		const bool at_end = w + 1 == W;
		const uint64_t mask = at_end ? c->last : UINT64_MAX;
		const uint64_t right =
			spin[w] >> 1 | (spin[at_end ? 0 : w + 1] & 1) << (at_end ? r->end : 63);

		c->right[first + w] &= ~(spin[w] ^ right) & mask;
		c->down[first + w] &= ~(spin[w] ^ below[w]) & mask;
	}
	r->right = c->right + first;
	r->down = c->down + first;
}

/* The number of sites of each cluster, at its root. Parents become roots. */
static void
weigh(struct cluster *c)
{
	const struct rn_lattice *l = &c->ensemble.lattice;
	const struct runs *r = &c->runs;
	uint32_t n = 0;

	for (size_t y = 0; y < l->rows; y++) {
		uint32_t root = 0, from = 0;

		for (size_t w = 0; w < c->words; w++)
			for (uint64_t left = r->start[y * c->words + w]; left; left &= left - 1, n++) {
				uint32_t x = (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(left);

				c->size[root] += x - from; /* the run before n */
				if (r->parent[n] == n)
					c->size[n] = 0;
				root = r->parent[n] = r->parent[r->parent[n]];
				from = x;
			}
		c->size[root] += (uint32_t)l->cols - from;
	}
}

/* up[] of roots among runs n .. n + 63, to be up with a field. */
static void
toss_unfair(struct cluster *c, uint32_t n, uint32_t runs, uint64_t unfair)
{
	for (uint32_t end = runs - n < 64 ? runs : n + 64; n < end; n++) {
		uint64_t block[2];

		if (c->runs.parent[n] != n)
			continue;
		rn_random_block(&c->ensemble.key, c->id, unfair + n, block);
		c->runs.up[n] = block[0] < ensemble_logistic(2 * c->ensemble.h * c->size[n]);
	}
}

/* up[] of all runs: roots toss, the others follow. */
static RN_INLINE void
colour_runs(struct cluster *c, uint32_t runs, uint64_t coins, uint64_t unfair)
{
	const bool fair = c->ensemble.h == 0;
	const uint32_t portion = 128 * ROUNDS * GROUP; /* as many as random[] has room for */

	runs_fill_up(&c->runs, runs);
	for (uint32_t n = 0; n < runs; n += 64) {
		const uint32_t left = runs - n;

		if (fair && n % portion == 0)
			rn_random_fill(&c->ensemble.key, c->id, coins + n / 128, c->random,
				left < portion ? left / 128 + 1 : portion / 128);
		if (fair)
			runs_toss(&c->runs, n, c->random[n % portion / 64]);
		else
			toss_unfair(c, n, runs, unfair);
		runs_follow(&c->runs, n);
	}
}

static RN_INLINE void
sweep(struct cluster *c, uint64_t block, deposit_function *deposit)
{
	const struct blocks b = blocks_of(c);
	struct drawn drawn = { c, block, block + b.rest };
	const uint32_t runs = runs_join(&c->runs, bonds_of_row, &drawn);

	if (c->ensemble.h != 0)
		weigh(c);
	colour_runs(c, runs, block + b.coins, block + b.unfair);
	runs_paint(&c->runs, deposit, c->spin);
}

static void
sweep_any(struct cluster *c, uint64_t block)
{
	sweep(c, block, deposit_by_loop);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static void
sweep_avx2(struct cluster *c, uint64_t block)
{
	sweep(c, block, deposit_by_loop);
}

RN_TARGET_AVX2 static void
sweep_pdep(struct cluster *c, uint64_t block)
{
	sweep(c, block, deposit_by_pdep);
}

RN_TARGET_AVX512 static void
sweep_avx512(struct cluster *c, uint64_t block)
{
	sweep(c, block, deposit_by_pdep);
}
#endif

void
swendsen_wang_sweep(struct cluster *c, uint64_t block)
{
#if defined(__x86_64__)
	if (rn_cpu() == RN_CPU_AVX512 && rn_cpu_pext())
		sweep_avx512(c, block);
	else if (rn_cpu_pext())
		sweep_pdep(c, block);
	else if (rn_cpu() >= RN_CPU_AVX2)
		sweep_avx2(c, block);
	else
#endif
		sweep_any(c, block);
}
