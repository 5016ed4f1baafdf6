/*
 * Swendsen-Wang on rows of bits. A run is what horizontal bonds join within a row
 * (the bond around the torus left aside); runs, named by their first sites, are the
 * nodes of a union-find forest, which other bonds join.
 *
 * Blocks of a sweep, with W words a row, R = ROUNDS, n = 64 W y + x of site (y, x):
 *
 *	R W y ..		2 R words for each word of row y: R for horizontal bonds, R for vertical
 *	R W rows + n		words 0 and 1: the rest of the horizontal and vertical bond of a site
 *	then + ceil(W / 2) y	the fair coins of row y, a bit a site
 *	then + n		word 0: the unfair coin, with a field
 *
 * A cluster has the coin of its first site. The R words are the leading bits of 64
 * uniform numbers. The word after them is needed by a bond in 2^R.
 */
#include "cluster.h"

#include <stdlib.h>

enum { ROUNDS = 12 };

struct blocks {
	uint64_t rest, coins, unfair, end;
};

static struct blocks
blocks_of(const struct cluster *c)
{
	uint64_t rows = c->ensemble.lattice.rows, sites = 64 * c->words * rows;
	struct blocks b;

	b.rest = ROUNDS * c->words * rows;
	b.coins = b.rest + sites;
	b.unfair = b.coins + (c->words / 2 + c->words % 2) * rows;
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
	size_t words = c->ensemble.lattice.rows * c->words;

	c->random_blocks = ROUNDS * c->words;
	c->start = calloc(words, sizeof *c->start);
	c->vertical = calloc(2 * c->words, sizeof *c->vertical);
	c->parent = calloc(64 * words, sizeof *c->parent);
	if (field)
		c->size = calloc(64 * words, sizeof *c->size);
	return c->start && c->vertical && c->parent && (c->size || !field);
}

/* The numbers whose leading bits were those of the threshold: `tie`. */
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

/* 64 bonds: those between equal spins whose number is below the threshold, compared bit by bit. */
static inline uint64_t
active_bonds(const struct cluster *c, uint64_t equal, const uint64_t word[ROUNDS], uint64_t rest,
	int direction)
{
	uint64_t less = 0, tie = equal;

	for (int j = 0; j < ROUNDS; j++) {
		uint64_t bit = -(c->bond >> (63 - j) & 1);

		less |= tie & bit & ~word[j];
		tie &= ~(bit ^ word[j]);
	}
	return tie ? less | settle(c, tie, rest, direction) : less;
}

/* Rem's algorithm (Dijkstra 1976): both paths are spliced on the way up, and roots are the smallest of their sets. */
static inline void
unite(uint32_t *parent, uint32_t a, uint32_t b)
{
	while (parent[a] != parent[b]) {
		if (parent[a] < parent[b]) {
			uint32_t other = a;

			a = b;
			b = other;
		}
		if (parent[a] == a) {
			parent[a] = parent[b];
			return;
		}
		uint32_t up = parent[a];

		parent[a] = parent[b];
		a = up;
	}
}

/* The last of the sites `start`, bits of the word whose bit 0 is site `first`; `before` if there is none. */
static inline uint32_t
last_start(uint64_t start, uint32_t first, uint32_t before)
{
	return start ? first + 63 - (uint32_t)__builtin_clzll(start) : before;
}

static uint32_t
last_start_of_row(const struct cluster *c, size_t y)
{
	size_t i = (y + 1) * c->words;

	do
		i--;
	while (!c->start[i]); /* column 0 is one */
	return last_start(c->start[i], (uint32_t)(64 * i), 0);
}

static void
plant(struct cluster *c, size_t i)
{
	for (uint64_t left = c->start[i]; left; left &= left - 1) {
		uint32_t n = (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(left);

		c->parent[n] = n;
	}
}

/* Draws the bonds of row y, those downwards into vertical[], and plants its runs. */
static void
draw_row(struct cluster *c, size_t y, uint64_t *vertical, uint64_t block, uint64_t rest)
{
	size_t W = c->words, rows = c->ensemble.lattice.rows, last = W - 1;
	const uint64_t *spin = c->spin + y * W, *below = c->spin + (y + 1 < rows ? y + 1 : 0) * W;
	uint64_t before = 0; /* the bond that enters a word from the left */
	unsigned end = (c->ensemble.lattice.cols - 1) % 64;

	rn_random_fill(&c->ensemble.key, c->id, block + ROUNDS * W * y, c->random, ROUNDS * W);
	for (size_t w = 0; w < W; w++) {
		uint64_t mask = w == last ? c->last : ~0ull, n = rest + 64 * (W * y + w);
		uint64_t right = spin[w] >> 1 | (w == last ? (spin[0] & 1) << end : spin[w + 1] << 63);
		const uint64_t *word = c->random + 2 * ROUNDS * w;
		uint64_t bonds = active_bonds(c, ~(spin[w] ^ right) & mask, word, n, 0);

		vertical[w] = active_bonds(c, ~(spin[w] ^ below[w]) & mask, word + ROUNDS, n, 1);
		c->start[y * W + w] = ~(bonds << 1 | before) & mask;
		before = w == last ? bonds >> end : bonds >> 63;
		plant(c, y * W + w);
	}
	if (before) /* from the last column to the first */
		unite(c->parent, (uint32_t)(64 * W * y), last_start_of_row(c, y));
}

/*
 * The bonds between rows y and z. One is left out where the bond on its left joins
 * the same two runs.
 */
static void
join_rows(struct cluster *c, size_t y, size_t z, const uint64_t *vertical)
{
	uint32_t upper = (uint32_t)(64 * c->words * y), lower = (uint32_t)(64 * c->words * z);
	uint32_t *parent = c->parent;
	uint64_t before = 0;

	for (size_t w = 0; w < c->words; w++) {
		uint64_t a = c->start[y * c->words + w], b = c->start[z * c->words + w];
		uint32_t first_a = (uint32_t)(64 * (y * c->words + w));
		uint32_t first_b = (uint32_t)(64 * (z * c->words + w));
		uint64_t left = vertical[w] & ~((vertical[w] << 1 | before) & ~a & ~b);

		for (; left; left &= left - 1) {
			uint64_t up_to = left ^ (left - 1);

			unite(parent, last_start(a & up_to, first_a, upper),
				last_start(b & up_to, first_b, lower));
		}
		upper = last_start(a, first_a, upper);
		lower = last_start(b, first_b, lower);
		before = vertical[w] >> 63;
	}
}

/* The number of sites of each cluster, at its root. Parents become roots. */
static void
weigh(struct cluster *c)
{
	const struct rn_lattice *l = &c->ensemble.lattice;

	for (size_t y = 0; y < l->rows; y++) {
		uint32_t row = (uint32_t)(64 * c->words * y), root = row, from = row;

		for (size_t w = 0; w < c->words; w++)
			for (uint64_t left = c->start[y * c->words + w]; left; left &= left - 1) {
				uint32_t n = row + (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(left);

				c->size[root] += n - from; /* the run before n */
				if (c->parent[n] == n)
					c->size[n] = 0;
				root = c->parent[n] = c->parent[c->parent[n]];
				from = n;
			}
		c->size[root] += row + (uint32_t)l->cols - from;
	}
}

static inline uint32_t
root_is_up(const struct cluster *c, uint32_t n, uint64_t coins, uint64_t unfair)
{
	uint64_t block[2];

	if (!c->size || c->ensemble.h == 0)
		return coins >> n % 64 & 1;
	rn_random_block(&c->ensemble.key, c->id, unfair + n, block);
	return block[0] < ensemble_logistic(2 * c->ensemble.h * c->size[n]);
}

static inline uint64_t
prefix_xor(uint64_t x)
{
	for (int s = 1; s < 64; s *= 2)
		x ^= x << s;
	return x;
}

/*
 * The new spins. In the order of sites a root comes first in its cluster, so one pass
 * does: parent[n] becomes the spin of the run n. The spins of a row are the sums mod 2
 * of their changes.
 */
static void
paint_row(struct cluster *c, size_t y, const struct blocks *b, uint64_t block)
{
	uint32_t *parent = c->parent, before = 0;
	size_t blocks = c->words / 2 + c->words % 2;

	rn_random_fill(&c->ensemble.key, c->id, block + b->coins + blocks * y, c->random, blocks);
	for (size_t w = 0; w < c->words; w++) {
		size_t i = y * c->words + w;
		uint64_t change = before;

		for (uint64_t left = c->start[i]; left; left &= left - 1) {
			int x = __builtin_ctzll(left);
			uint32_t n = (uint32_t)(64 * i) + (uint32_t)x, up = parent[n];

			up = up == n ? root_is_up(c, n, c->random[w], block + b->unfair) : parent[up];
			parent[n] = up;
			change ^= (uint64_t)(up ^ before) << x;
			before = up;
		}
		c->spin[i] = prefix_xor(change) & (w + 1 < c->words ? ~0ull : c->last);
	}
}

void
swendsen_wang_sweep(struct cluster *c, uint64_t block)
{
	const struct blocks b = blocks_of(c);
	size_t rows = c->ensemble.lattice.rows;
	uint64_t *above = c->vertical, *vertical = c->vertical + c->words;

	for (size_t y = 0; y < rows; y++) {
		uint64_t *other = above;

		draw_row(c, y, vertical, block, block + b.rest);
		if (y > 0)
			join_rows(c, y - 1, y, above);
		above = vertical;
		vertical = other;
	}
	join_rows(c, rows - 1, 0, above);
	if (c->size && c->ensemble.h != 0)
		weigh(c);
	for (size_t y = 0; y < rows; y++)
		paint_row(c, y, &b, block);
}
