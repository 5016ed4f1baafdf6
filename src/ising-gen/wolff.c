/*
 * Wolff's single clusters. A sweep takes its words one after the other: for each
 * cluster
 *
 *	1		for the site to start from
 *	1 a spin	of the cluster, in the order in which they are visited: LEAD of each 16 bits,
 *			from the lowest on, for the bonds to the right, left, down and up
 *	and 1 a bond	right after that, in the same order, whose LEAD bits are those of the
 *			threshold: its number goes on with them
 *
 * A bond is active if its number is below the threshold. It is asked when one end is
 * visited and the other is equal and outside: once at most, for a spin is visited once,
 * and when the other end is, the first one is inside.
 */
#include "cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stage.h" /* RN_TC */

enum {
	LEAD = 15,
	BATCH = 32,
	MOST = 5 * BATCH, /* words of a batch */
	BLOCKS = 512,
};

uint64_t
wolff_blocks(const struct cluster *c)
{
	return c->clusters * (c->ensemble.lattice.sites / 2 * 5 + 3); /* of 5 N + 1 words a cluster */
}

/*
 * So many that about N spins flip: 1 / <m^2>, for a cluster has N <m^2> sites in the
 * mean. <m^2> is Yang's m^2 below Tc, 1.09 L^(-1/4) at Tc and above Tc the
 * susceptibility 0.963 (1 - Tc/T)^(-7/4) over N. Only the cost hangs on it.
 */
uint64_t
wolff_clusters(const struct rn_lattice *l, double T)
{
	double sites = (double)l->sites, m2 = fmin(1, 1.09 * pow(sites, -0.125));

	if (T < RN_TC)
		m2 = fmax(m2, pow(1 - pow(sinh(2 / T), -4), 0.25));
	else if (T > RN_TC)
		m2 = fmin(m2, 0.963 * pow(1 - RN_TC / T, -1.75) / sites);
	return (uint64_t)ceil(fmin(1 / m2, sites));
}

bool
wolff_init(struct cluster *c)
{
	size_t sites = c->ensemble.lattice.sites;

	c->random_blocks = BLOCKS + MOST / 2; /* and what is left */
	c->site = calloc(sites, sizeof *c->site);
	c->stack = calloc(sites + BATCH, sizeof *c->stack); /* a batch is copied whole */
	return c->site && c->stack;
}

void
wolff_start(struct cluster *c)
{
	const struct rn_lattice *l = &c->ensemble.lattice;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++)
			c->site[y * l->cols + x] = c->spin[y * c->words + x / 64] >> x % 64 & 1;
}

/* The words of a sweep, made in portions that grow: a small cluster needs few. */
struct source {
	const struct cluster *c;
	uint64_t block;
	size_t next, have, blocks;
};

/* At least n <= MOST words from `next` on. */
static inline void
supply(struct source *s, size_t n)
{
	size_t left = s->have - s->next;

	if (left >= n)
		return;
	memmove(s->c->random, s->c->random + s->next, left * sizeof *s->c->random);
	s->blocks = s->blocks < BLOCKS / 2 ? 2 * s->blocks : BLOCKS;
	if (s->blocks < n)
		s->blocks = n;
	rn_random_fill(&s->c->ensemble.key, s->c->id, s->block, s->c->random + left, s->blocks);
	s->block += s->blocks;
	s->next = 0;
	s->have = left + 2 * s->blocks;
}

/* What takes site y cols + x + 2^32 x to its neighbours. */
struct steps {
	uint64_t right, wrap_right, left, wrap_left, down, wrap_down, up, wrap_up;
	uint32_t last;	 /* column */
	uint32_t bottom; /* the first site of the last row */
};

static struct steps
steps_of(const struct rn_lattice *l)
{
	const uint64_t one = 1 + ((uint64_t)1 << 32), cols = l->cols, bottom = l->sites - l->cols;

	return (struct steps){ one, -one * (cols - 1), -one, one * (cols - 1), cols, -bottom, -cols, bottom,
		(uint32_t)(cols - 1), (uint32_t)bottom };
}

#define FOUR(x) (0x0001000100010001 * (uint64_t)(x))

/* Bit 15 + 16 k: whether bond k is active, from its LEAD bits in *word and, at a tie, from a word more. */
static inline uint64_t
active_bonds(uint64_t bond, const uint64_t **word)
{
	const uint64_t high = FOUR(0x8000), four = FOUR(bond >> (64 - LEAD)), lead = *(*word)++ & ~high;
	uint64_t active = high & ~((lead | high) - four), tie = high & ~((lead ^ four) + ~high);

	for (; __builtin_expect(tie != 0, 0); tie &= tie - 1)
		if (*(*word)++ < bond << LEAD)
			active |= tie & -tie;
	return active;
}

/*
 * Visits the n sites of a batch, and puts those that join on the stack of `top`; returns the new top. Whether one
 * joins cannot be foretold, so nothing branches on it: a site that does not join is overwritten. `down` is the sign
 * that the cluster has now.
 */
static inline size_t
visit(struct cluster *c, struct source *random, const struct steps *step, const uint64_t batch[], size_t n,
	uint8_t down, size_t top)
{
	const uint64_t *word = c->random + random->next, bond = c->bond;
	uint64_t *stack = c->stack;
	uint8_t *site = c->site;

	for (size_t i = 0; i < n; i++) {
		const uint64_t s = batch[i], active = active_bonds(bond, &word);
		const uint32_t index = (uint32_t)s, x = (uint32_t)(s >> 32);
		const uint64_t neighbour[4] = {
			s + (x == step->last ? step->wrap_right : step->right),
			s + (x == 0 ? step->wrap_left : step->left),
			s + (index >= step->bottom ? step->wrap_down : step->down),
			s + (index <= step->last ? step->wrap_up : step->up),
		};

#pragma GCC unroll 4
		for (int k = 0; k < 4; k++) {
			uint8_t *spin = site + (uint32_t)neighbour[k];
			const uint8_t joins = (uint8_t)((*spin ^ down) & active >> (15 + 16 * k));

			*spin ^= joins;
			stack[top] = neighbour[k];
			top += joins;
		}
	}
	random->next = (size_t)(word - c->random);
	return top;
}

/*
 * Spins are flipped as they join, so nothing else marks them. They are visited in batches of the BATCH that joined
 * last: the first of a batch need not wait for the others' neighbours, and what joined last is near and in the caches.
 * Any law of the first site obeys detailed balance.
 */
static uint64_t
flip_cluster(struct cluster *c, struct source *random, const struct steps *step)
{
	const struct rn_lattice *l = &c->ensemble.lattice;
	uint64_t first, batch[BATCH], flips = 0;
	size_t top = 1;

	supply(random, 1);
	first = (uint64_t)((unsigned __int128)c->random[random->next++] * l->sites >> 64);
	const uint8_t down = c->site[first] ^= 1;

	c->stack[0] = first | first % l->cols << 32;
	while (top) {
		const size_t n = top < BATCH ? top : BATCH;

		top -= n;
		memcpy(batch, c->stack + top, sizeof batch);
		supply(random, 5 * n);
		top = visit(c, random, step, batch, n, down, top);
		flips += n;
	}
	return flips;
}

uint64_t
wolff_sweep(struct cluster *c, uint64_t block)
{
	const struct steps step = steps_of(&c->ensemble.lattice);
	struct source random = { .c = c, .block = block, .blocks = 4 };
	uint64_t flips = 0;

	for (uint64_t k = 0; k < c->clusters; k++)
		flips += flip_cluster(c, &random, &step);
	return flips;
}
