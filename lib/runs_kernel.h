/*
 * runs_kernel.h - the forest of runs (runs.h), in functions that take the instructions of their caller
 *
 * Half of the bonds are active at the critical point of the Ising model, which makes N/2 runs and N/2 vertical bonds. Of
 * these
 *
 *	0.31 N	are the first that come down to a run: it has been alone, and takes the parent of the run above;
 *	0.09 N	come later and may join two clusters;
 *	0.10 N	come later, but an earlier one joins the same two runs: they are left out.
 *
 * Which are which is found for 64 sites at once (carried()), and only the second kind costs a search.
 */
#ifndef RUNS_KERNEL_H
#define RUNS_KERNEL_H

#include <string.h>

#include "renorm/cpu.h"
#include "runs.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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
unite_pairs(struct runs *r)
{
	uint32_t *parent = r->parent;
	struct pair *pair = r->pair;

	for (size_t n = r->pairs, more; n > 0; n = more) {
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
	r->pairs = 0;
}

/* To be united, at the latest when all pairs are. */
static RN_INLINE void
note_pair(struct runs *r, uint32_t a, uint32_t b)
{
	r->pair[r->pairs++] = (struct pair){ a, b };
}

/*
 * The first sites of the runs of row y, and its bonds downwards, in place of those of the row above in above[], which
 * `vertical` returns, word by word.
 */
static RN_INLINE uint64_t
start_runs(struct runs *r, size_t y, size_t w, uint64_t *before, uint64_t *vertical)
{
	const bool at_end = w + 1 == r->words;
	const uint64_t start = ~(r->right[w] << 1 | *before) & (at_end ? r->last : UINT64_MAX);

	*before = r->right[w] >> (at_end ? r->end : 63);
	*vertical = r->above[w];
	r->above[w] = r->down[w];
	return r->start[y * r->words + w] = start;
}

/* Of a row: the sites of a word where runs start, and the number of the run that enters it. */
struct entered {
	uint64_t start;
	uint32_t before;
};

/* The run of the lowest site in x. */
static RN_INLINE uint32_t
run_of(struct entered e, uint64_t x)
{
	return e.before + ones(e.start & up_to_lowest(x));
}

/* Vertical bonds of a word between upper runs and lower ones that have had no other bonds. */
static RN_INLINE void
join_rows(struct runs *r, uint64_t bonds, struct entered upper, struct entered lower, uint64_t *met,
	uint64_t *same)
{
	const uint64_t later = bonds & carried(bonds, ~lower.start, met);
	const uint64_t idle = bonds & carried(bonds, ~(upper.start | lower.start), same);
	uint32_t *parent = r->parent;

	for (uint64_t left = bonds & ~later; left; left &= left - 1)
		parent[run_of(lower, left)] = parent[run_of(upper, left)];
	for (uint64_t left = later & ~idle; left; left &= left - 1)
		note_pair(r, run_of(lower, left), run_of(upper, left));
	if (r->pairs >= RUNS_PAIRS)
		unite_pairs(r);
}

/* The bonds from the last row, whose runs are numbered from `last` on, to the first one. */
static RN_INLINE void
join_ends(struct runs *r, uint32_t last)
{
	const uint64_t *start = r->start, *end = r->start + (r->rows - 1) * r->words;
	uint32_t first = 0;
	uint64_t same = 0;

	for (size_t w = 0; w < r->words; w++) {
		const struct entered upper = { end[w], last - 1 }, lower = { start[w], first - 1 };
		const uint64_t bonds = r->above[w];

		for (uint64_t left = bonds & ~carried(bonds, ~(end[w] | start[w]), &same); left;
			left &= left - 1)
			note_pair(r, run_of(lower, left), run_of(upper, left));
		if (r->pairs >= RUNS_PAIRS)
			unite_pairs(r);
		last += ones(end[w]);
		first += ones(start[w]);
	}
}

/*
 * Has right[] and down[] point to the bonds of row y: active ones alone, no bit behind the last column, whose bond to
 * the right goes to the first. Rows come in order.
 */
typedef void runs_bonds(struct runs *r, size_t y, void *context);

/* Makes the forest; returns the number of runs. */
static RN_INLINE uint32_t
runs_join(struct runs *r, runs_bonds *bonds_of_row, void *context)
{
	uint32_t above = 0, n = 0; /* runs of the rows before the one above; runs so far */

	for (size_t y = 0; y < r->rows; y++) {
		const uint32_t first = n;
		uint64_t before = 0, met = 0, same = 0, vertical;

		bonds_of_row(r, y, context);
		for (size_t w = 0; w < r->words; w++) {
			const uint64_t start = start_runs(r, y, w, &before, &vertical);

			plant(r->parent, n);
			if (y > 0) {
				const uint64_t upper = r->start[(y - 1) * r->words + w];

				join_rows(r, vertical, (struct entered){ upper, above - 1 },
					(struct entered){ start, n - 1 }, &met, &same);
				above += ones(upper);
			}
			n += ones(start);
		}
		if (before) /* from the last column to the first */
			note_pair(r, first, n - 1);
		above = first;
	}
	join_ends(r, above);
	unite_pairs(r);
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

/* Fair coins to the 64 runs from n on. */
static RN_INLINE void
runs_toss(struct runs *r, uint32_t n, uint64_t coins)
{
	for (uint32_t k = 0; k < 64; k += 8) {
		uint64_t bytes = bytes_of(coins >> k);

		memcpy(r->up + n + k, &bytes, sizeof bytes);
	}
}

/* Each of the 64 runs from n on gets the coin of its parent. As roots come first in their clusters, one pass does. */
static RN_INLINE void
runs_follow(struct runs *r, uint32_t n)
{
	const uint32_t *parent = r->parent + n;
	uint8_t *up = r->up;

	for (uint32_t k = 0; k < 64; k++)
		up[n + k] = up[parent[k]];
}

/* Runs from n on to the end of its 64 are no runs: each alone, so that runs_follow() may take them along. */
static RN_INLINE void
runs_fill_up(struct runs *r, uint32_t n)
{
	plant(r->parent, n);
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

#if defined(__x86_64__)
RN_TARGET_AVX2 static inline uint64_t
deposit_by_pdep(uint64_t x, uint64_t mask)
{
	return _pdep_u64(x, mask);
}
#endif

/* rows x words: the sites of runs that are up, from the first sites of runs on. */
static RN_INLINE void
runs_paint(const struct runs *r, deposit_function *deposit, uint64_t site[])
{
	const uint8_t *up = r->up;

	for (size_t y = 0; y < r->rows; y++) {
		uint64_t entering = 0;

		for (size_t w = 0; w < r->words; w++) {
			const size_t i = y * r->words + w;
			const uint64_t start = r->start[i], mask = w + 1 < r->words ? UINT64_MAX : r->last;
			uint64_t colours = 0, bytes, seed;

			for (int k = 0; k < 64; k += 8) {
				memcpy(&bytes, up + k, sizeof bytes);
				colours |= bits_of(bytes) << k;
			}
			seed = deposit(colours, start);
			site[i] = (seed | carried(seed, ~start, &entering)) & mask;
			up += ones(start);
		}
	}
}

#endif
