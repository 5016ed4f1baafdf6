/*
 * lanes.h - 512 Markov chains side by side: a bit a chain, a vector of 512 bits a site
 *
 * Chain number c is lane c % 512 of block c / 512. What it does depends on c alone, not on how many others there are,
 * when it is looked at, or the width of the CPU's vectors.
 *
 * Order of a sweep. Sites are sorted by colour, within a colour row by row, and cut into groups of up to 8 of one
 * colour (bernoulli.h); groups are updated one after the other. No two neighbours have the same colour, so those of a
 * group are independent given the others. Two colours do where all extents are even or 1, as on a chess-board; with an
 * odd one there are three, the sum modulo 3 of the colours of the two rings: 0 1 0 1 ... 2.
 *
 * Neighbours are a table, so that extents of 1 and 2 are nothing special: a site that would be its own neighbour has
 * one that is always down and one that is always up instead, and a double bond is the same neighbour twice.
 *
 * Random numbers. The key has the name of the algorithm, "ising-gen heatbath lanes" or "ising-gen metropolis lanes",
 * besides the seed, T, h and the extents. The id is the number of the block, and the draws of 128 bits are
 *
 *	start		d				hot: word p for the site at position p
 *							cold: the d-th pair of lanes
 *	sweep w >= 1	256 (w groups + g) + d		group g, word by word: GROUP_WORDS of 512 bits
 *	one by one	2^63 + 256 (w N + p) + d	position p, the d-th pair of lanes: one 64-bit word a lane
 *
 * with 4 draws to a word of 512 bits, and lane l is bit l of it. These do not meet while w N < 2^LANES_LOG2_UPDATES.
 */
#ifndef ISING_GEN_LANES_H
#define ISING_GEN_LANES_H

#include "bernoulli.h"
#include "chains.h"

#define LANES_LOG2_UPDATES 55 /* of the spins of one chain there must be less than 2^55 */

struct lanes {
	enum words_level level; /* the CPU's, or a lower one */
	struct rn_lattice lattice;
	enum chain_algorithm algorithm;
	struct rn_random_key key;

	/*
	 * The rule. Without a field there are two classes of thresholds, of none or all neighbours up and of an odd
	 * number; with a field, one for each number. Metropolis: they are of flips that cost. A spin that is up pays where
	 * up_pays is set for the number of its neighbours, one that is down where down_gains is not.
	 */
	bool field;
	struct bernoulli chance;
	uint64_t up_pays[CLASSES], down_gains[CLASSES]; /* changes, see bernoulli.h */

	size_t blocks;
	uint64_t first_block;
	unsigned colours;
	size_t colour[4]; /* groups with which the colours begin; the last entry is the number of groups */
	size_t groups;
	size_t *group;	    /* positions where the groups begin; the last entry is N */
	uint32_t *position; /* of a site */
	uint32_t *near; /* the positions of the 4 neighbours of a position; N: always down, N + 1: always up */
	uint64_t *spin;	  /* blocks x (N + 2) x 512 bits */
	uint64_t *random; /* of a group */
	uint64_t *taken;  /* 512 configurations, packed */
	size_t stride;	  /* uint64_t a packed configuration */
};

/* Blocks of 512 chains from chain 512 first_block on. false: out of memory. */
bool lanes_init(struct lanes *l, const struct rn_lattice *lattice, size_t blocks, uint64_t first_block,
	enum chain_algorithm algorithm);
void lanes_clear(struct lanes *l);

/* Every chain at sweep 0 of a new ensemble, 0 < T < inf: as chains_start(). */
void lanes_start(struct lanes *l, const struct ensemble *e, enum chain_start start);
/* Takes a block from sweep `done` to sweep `done + more`. */
void lanes_sweep(struct lanes *l, size_t block, uint64_t done, uint64_t more);
/* Packs the 512 configurations of a block; lanes_bits() then has that of a lane, until the next lanes_take(). */
void lanes_take(struct lanes *l, size_t block);
/* Puts a packed configuration in place of that of a lane. */
void lanes_insert(struct lanes *l, size_t block, size_t lane, const uint8_t *packed);
const uint8_t *lanes_bits(const struct lanes *l, size_t lane);

#endif
