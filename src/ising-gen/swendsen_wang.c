/*
 * Swendsen-Wang on rows of bits. A run is what horizontal bonds join within a row
 * (the bond around the torus left aside). Runs, numbered in the order of their sites,
 * are the nodes of a union-find forest, which other bonds join. A parent is never
 * behind its child, so that the root of a cluster is its first run.
 *
 * Half of the bonds are active at Tc, which makes N/2 runs and N/2 vertical bonds. Of these
 *
 *	0.31 N	are the first that come down to a run: it has been alone, and takes the parent of the run above;
 *	0.09 N	come later and may join two clusters;
 *	0.10 N	come later, but an earlier one joins the same two runs: they are left out.
 *
 * Which are which is found for 64 sites at once (carried()), and only the second kind costs a search.
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
#include <string.h>

#include "renorm/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
	ROUNDS = 12,
	GROUP = 8,
	STRIP = 8, /* rows whose bonds are drawn together: whole groups, whatever W */
	PAIRS = 2048,
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
	c->above = calloc(c->words, sizeof *c->above);
	c->start = calloc(c->ensemble.lattice.rows * c->words, sizeof *c->start);
	c->parent = calloc(sites + 64, sizeof *c->parent);
	c->up = calloc(sites + 64, sizeof *c->up);
	c->pair = calloc(PAIRS + 64, sizeof *c->pair);
	if (field)
		c->size = calloc(sites, sizeof *c->size);
	return c->right && c->down && c->above && c->start && c->parent && c->up && c->pair &&
		(c->size || !field);
}

static RN_INLINE uint32_t
ones(uint64_t x)
{
	return (uint32_t)__builtin_popcountll(x);
}

/* The bits up to the lowest one of x. */
static RN_INLINE uint64_t
up_to_lowest(uint64_t x)
{
	return x ^ (x - 1);
}

/*
 * The sites that have a site of `seed` before them in their run, where `on` are the sites that go on with a run. They
 * are the carries of a sum: what enters site x + 1 is seed_x | (on_x & what enters x), if it is on.
 * *entering is what enters the word, and then what enters the next one.
 */
static RN_INLINE uint64_t
carried(uint64_t seed, uint64_t on, uint64_t *entering)
{
	const uint64_t a = seed | on, in = (a + seed + *entering) ^ a ^ seed, carry = in & on;

	*entering = (seed | carry) >> 63;
	return carry;
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

/* 64 runs from n on, each alone. */
static RN_INLINE void
plant(uint32_t *parent, uint32_t n)
{
	typedef uint32_t vector __attribute__((vector_size(64), aligned(4), may_alias));
	const vector from = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

	for (uint32_t k = 0; k < 64; k += 16)
		*(vector *)(parent + n + k) = from + (n + k);
}

/*
 * Rem's algorithm (Dijkstra 1976): both paths are spliced on the way up. Where it ends cannot be
 * foretold, so nothing branches on it: each pair makes a step, and those that have to go on make a
 * list again. A pair needs 1.7 steps at Tc.
 */
static RN_INLINE void
unite_pairs(struct cluster *c)
{
	uint32_t *parent = c->parent;
	struct pair *pair = c->pair;

	for (size_t n = c->pairs, more; n > 0; n = more) {
		more = 0;
		for (size_t i = 0; i < n; i++) {
			const uint32_t a = pair[i].a, b = pair[i].b, of_a = parent[a], of_b = parent[b];
			const uint32_t swap = -(uint32_t)(of_a > of_b);
			const uint32_t swap_nodes = (a ^ b) & swap, swap_parents = (of_a ^ of_b) & swap;
			const uint32_t low = of_a ^ swap_parents, high = of_b ^ swap_parents;
			const uint32_t node = b ^ swap_nodes; /* whose parent is `high` */

			parent[node] = low;
			pair[more] = (struct pair){ high, a ^ swap_nodes };
			more += (high != low) & (high != node);
		}
	}
	c->pairs = 0;
}

/* To be united, at the latest when all pairs are. */
static RN_INLINE void
note_pair(struct cluster *c, uint32_t a, uint32_t b)
{
	c->pair[c->pairs++] = (struct pair){ a, b };
}

/*
 * The first sites of the runs of row y, and their bonds downwards, in place of those of the row
 * above in above[], which `vertical` returns, word by word.
 */
static RN_INLINE uint64_t
start_runs(struct cluster *c, size_t y, size_t w, uint64_t *before, uint64_t *vertical)
{
	const size_t W = c->words, last = W - 1, k = y % STRIP * W + w;
	const uint64_t *spin = c->spin + y * W,
		       *below = y + 1 < c->ensemble.lattice.rows ? spin + W : c->spin;
	const unsigned end = w == last ? (c->ensemble.lattice.cols - 1) % 64 : 63;
	const uint64_t mask = w == last ? c->last : UINT64_MAX;
	const uint64_t right = spin[w] >> 1 | (spin[w == last ? 0 : w + 1] & 1) << end;
	const uint64_t bonds = c->right[k] & ~(spin[w] ^ right) & mask;
	const uint64_t start = ~(bonds << 1 | *before) & mask;

	*before = bonds >> end;
	*vertical = c->above[w];
	c->above[w] = c->down[k] & ~(spin[w] ^ below[w]) & mask;
	return c->start[y * W + w] = start;
}

/* Of both rows: the sites where runs start, and the number of the run that enters the word. */
struct runs {
	uint64_t start;
	uint32_t before;
};

/* The run of the lowest site in x. */
static RN_INLINE uint32_t
run_of(struct runs r, uint64_t x)
{
	return r.before + ones(r.start & up_to_lowest(x));
}

/* Vertical bonds of a word between upper runs and lower ones that have had no other bonds. */
static RN_INLINE void
join_rows(struct cluster *c, uint64_t bonds, struct runs upper, struct runs lower, uint64_t *met,
	uint64_t *same)
{
	const uint64_t later = bonds & carried(bonds, ~lower.start, met);
	const uint64_t idle = bonds & carried(bonds, ~(upper.start | lower.start), same);
	uint32_t *parent = c->parent;

	for (uint64_t left = bonds & ~later; left; left &= left - 1)
		parent[run_of(lower, left)] = parent[run_of(upper, left)];
	for (uint64_t left = later & ~idle; left; left &= left - 1)
		note_pair(c, run_of(lower, left), run_of(upper, left));
	if (c->pairs >= PAIRS)
		unite_pairs(c);
}

/* The bonds from the last row, whose runs are numbered from `last` on, to the first one. */
static RN_INLINE void
join_ends(struct cluster *c, uint32_t last)
{
	const uint64_t *start = c->start, *end = c->start + (c->ensemble.lattice.rows - 1) * c->words;
	uint32_t first = 0;
	uint64_t same = 0;

	for (size_t w = 0; w < c->words; w++) {
		const struct runs upper = { end[w], last - 1 }, lower = { start[w], first - 1 };
		const uint64_t bonds = c->above[w];

		for (uint64_t left = bonds & ~carried(bonds, ~(end[w] | start[w]), &same); left;
			left &= left - 1)
			note_pair(c, run_of(lower, left), run_of(upper, left));
		if (c->pairs >= PAIRS)
			unite_pairs(c);
		last += ones(end[w]);
		first += ones(start[w]);
	}
}

/* Draws the bonds and makes the forest; returns the number of runs. */
static RN_INLINE uint32_t
grow_forest(struct cluster *c, uint64_t block, uint64_t rest)
{
	const size_t W = c->words, rows = c->ensemble.lattice.rows;
	uint32_t above = 0, n = 0; /* runs of the rows before the one above; runs so far */

	for (size_t y = 0; y < rows; y++) {
		const uint32_t first = n;
		uint64_t before = 0, met = 0, same = 0, vertical;

		if (y % STRIP == 0)
			draw_strip(c, y, block, rest);
		for (size_t w = 0; w < W; w++) {
			const uint64_t start = start_runs(c, y, w, &before, &vertical);

			plant(c->parent, n);
			if (y > 0) {
				const uint64_t upper = c->start[(y - 1) * W + w];

				join_rows(c, vertical, (struct runs){ upper, above - 1 },
					(struct runs){ start, n - 1 }, &met, &same);
				above += ones(upper);
			}
			n += ones(start);
		}
		if (before) /* from the last column to the first */
			note_pair(c, first, n - 1);
		above = first;
	}
	join_ends(c, above);
	unite_pairs(c);
	return n;
}

#define OF_BYTES 0x0101010101010101

/* Bits 0 .. 7 to eight bytes of 0 or 1, and back. */
static RN_INLINE uint64_t
bytes_of(uint64_t bits)
{
	return (((bits & 0xff) * OF_BYTES & 0x8040201008040201) + 0x7f * OF_BYTES) >> 7 & OF_BYTES;
}

static RN_INLINE uint64_t
bits_of(uint64_t bytes)
{
	return bytes * 0x0102040810204080 >> 56;
}

/* The number of sites of each cluster, at its root. Parents become roots. */
static void
weigh(struct cluster *c)
{
	const struct rn_lattice *l = &c->ensemble.lattice;
	uint32_t n = 0;

	for (size_t y = 0; y < l->rows; y++) {
		uint32_t root = 0, from = 0;

		for (size_t w = 0; w < c->words; w++)
			for (uint64_t left = c->start[y * c->words + w]; left; left &= left - 1, n++) {
				uint32_t x = (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(left);

				c->size[root] += x - from; /* the run before n */
				if (c->parent[n] == n)
					c->size[n] = 0;
				root = c->parent[n] = c->parent[c->parent[n]];
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

		if (c->parent[n] != n)
			continue;
		rn_random_block(&c->ensemble.key, c->id, unfair + n, block);
		c->up[n] = block[0] < ensemble_logistic(2 * c->ensemble.h * c->size[n]);
	}
}

static RN_INLINE void
toss_fair(struct cluster *c, uint32_t n, uint64_t coins)
{
	for (uint32_t k = 0; k < 64; k += 8) {
		uint64_t bytes = bytes_of(coins >> k);

		memcpy(c->up + n + k, &bytes, sizeof bytes);
	}
}

/* up[] of all runs. Roots toss; as they come first in their clusters, one pass does. */
static RN_INLINE void
colour_runs(struct cluster *c, uint32_t runs, uint64_t coins, uint64_t unfair)
{
	const bool fair = c->ensemble.h == 0;
	const uint32_t portion = 128 * ROUNDS * GROUP; /* as many as random[] has room for */
	uint8_t *up = c->up;

	plant(c->parent, runs); /* which fill up the last 64 */
	for (uint32_t n = 0; n < runs; n += 64) {
		const uint32_t *parent = c->parent + n, left = runs - n;

		if (fair && n % portion == 0)
			rn_random_fill(&c->ensemble.key, c->id, coins + n / 128, c->random,
				left < portion ? left / 128 + 1 : portion / 128);
		if (fair)
			toss_fair(c, n, c->random[n % portion / 64]);
		else
			toss_unfair(c, n, runs, unfair);
		for (uint32_t k = 0; k < 64; k++)
			up[n + k] = up[parent[k]];
	}
}

/* The lowest bits of x at the places of the mask, in order. */
typedef uint64_t deposit_function(uint64_t x, uint64_t mask);

static inline uint64_t
deposit_by_loop(uint64_t x, uint64_t mask)
{
	uint64_t result = 0;

	for (; mask; mask &= mask - 1, x >>= 1)
		result |= mask & -mask & -(x & 1);
	return result;
}

/* The new spins: runs that are up, from their first sites on. */
static RN_INLINE void
paint(struct cluster *c, deposit_function *deposit)
{
	const uint8_t *up = c->up;

	for (size_t y = 0; y < c->ensemble.lattice.rows; y++) {
		uint64_t entering = 0;

		for (size_t w = 0; w < c->words; w++) {
			const size_t i = y * c->words + w;
			const uint64_t start = c->start[i], mask = w + 1 < c->words ? UINT64_MAX : c->last;
			uint64_t colours = 0, bytes, seed;

			for (int k = 0; k < 64; k += 8) {
				memcpy(&bytes, up + k, sizeof bytes);
				colours |= bits_of(bytes) << k;
			}
			seed = deposit(colours, start);
			c->spin[i] = (seed | carried(seed, ~start, &entering)) & mask;
			up += ones(start);
		}
	}
}

static RN_INLINE void
sweep(struct cluster *c, uint64_t block, deposit_function *deposit)
{
	const struct blocks b = blocks_of(c);
	uint32_t runs = grow_forest(c, block, block + b.rest);

	if (c->ensemble.h != 0)
		weigh(c);
	colour_runs(c, runs, block + b.coins, block + b.unfair);
	paint(c, deposit);
}

static void
sweep_any(struct cluster *c, uint64_t block)
{
	sweep(c, block, deposit_by_loop);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static inline uint64_t
deposit_by_pdep(uint64_t x, uint64_t mask)
{
	return _pdep_u64(x, mask);
}

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
