/*
 * Wolff's single clusters. A sweep takes its words one after the other: for each
 * cluster one for the site to start from, and one for each bond from a flipped
 * spin to an equal one that is not. A bond is met once at most: N + 1 blocks are
 * enough for a cluster.
 */
#include "cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stage.h" /* RN_TC */

enum { BLOCKS = 512 };

uint64_t
wolff_blocks(const struct cluster *c)
{
	return c->clusters * (c->ensemble.lattice.sites + 1);
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
	c->random_blocks = BLOCKS + 2; /* and up to four words that are left */
	c->stack = malloc((c->ensemble.lattice.sites + 1) * sizeof *c->stack);
	return c->stack;
}

/* The words of a sweep, made in portions that grow: a small cluster needs few. */
struct source {
	const struct cluster *c;
	uint64_t block;
	size_t next, have, blocks;
};

/* At least five words from `next` on. */
static inline void
supply(struct source *s)
{
	size_t left = s->have - s->next;

	if (left >= 5)
		return;
	memmove(s->c->random, s->c->random + s->next, left * sizeof *s->c->random);
	if (s->blocks < BLOCKS)
		s->blocks *= 2;
	rn_random_fill(&s->c->ensemble.key, s->c->id, s->block, s->c->random + left, s->blocks);
	s->block += s->blocks;
	s->next = 0;
	s->have = left + 2 * s->blocks;
}

static inline bool
is_up(const struct cluster *c, struct site s)
{
	return c->spin[s.y * c->words + s.x / 64] >> s.x % 64 & 1;
}

/* Where `yes`. */
static inline void
flip(struct cluster *c, struct site s, bool yes)
{
	c->spin[s.y * c->words + s.x / 64] ^= (uint64_t)yes << s.x % 64;
}

/*
 * Spins are flipped as they join, so nothing else marks them. Whether one joins cannot
 * be foretold, so nothing branches on it: a word that was not needed is not used up,
 * and a site that does not join is overwritten on the stack. Any law of the first site
 * obeys detailed balance.
 */
static uint64_t
flip_cluster(struct cluster *c, struct source *random)
{
	const struct rn_lattice *l = &c->ensemble.lattice;
	uint32_t rows = (uint32_t)l->rows, cols = (uint32_t)l->cols;
	const uint64_t *word = c->random;
	size_t first, top = 0;

	supply(random);
	first = (size_t)((unsigned __int128)word[random->next++] * l->sites >> 64);
	struct site s = { (uint32_t)(first / cols), (uint32_t)(first % cols) };
	const bool up = is_up(c, s);
	uint64_t flips = 1;

	flip(c, s, true);
	c->stack[top++] = s;
	while (top) {
		s = c->stack[--top];
		const struct site neighbour[4] = {
			{ s.y, s.x + 1 < cols ? s.x + 1 : 0 },
			{ s.y, s.x ? s.x - 1 : cols - 1 },
			{ s.y + 1 < rows ? s.y + 1 : 0, s.x },
			{ s.y ? s.y - 1 : rows - 1, s.x },
		};

		supply(random);
		for (int k = 0; k < 4; k++) {
			bool equal = is_up(c, neighbour[k]) == up;
			bool joins = equal & (word[random->next] < c->bond);

			random->next += equal;
			flip(c, neighbour[k], joins);
			c->stack[top] = neighbour[k];
			top += joins;
			flips += joins;
		}
	}
	return flips;
}

uint64_t
wolff_sweep(struct cluster *c, uint64_t block)
{
	struct source random = { .c = c, .block = block, .blocks = 4 };
	uint64_t flips = 0;

	for (uint64_t k = 0; k < c->clusters; k++)
		flips += flip_cluster(c, &random);
	return flips;
}
