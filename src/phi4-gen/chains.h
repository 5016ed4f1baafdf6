/*
 * chains.h - 16 Markov chains side by side: a number a chain, 16 numbers a site
 *
 * Chain number c is lane c % 16 of block c / 16. What it does depends on c alone, not on how many others there are, when
 * it is looked at, or the width of the CPU's vectors.
 *
 * A local sweep visits each site once, colour by colour and within a colour row by row. No two neighbours have the same
 * colour: two of them do where all extents are even or 1, as on a chess-board; with an odd one there are three, the sum
 * modulo 3 of the colours of the two rings: 0 1 0 1 ... 2. At each visit phi' = phi + step u is proposed and
 * accepted with probability min(1, exp(S - S')) (Metropolis et al. 1953).
 *
 * A cluster sweep (Brower and Tamayo 1989) turns signs: given |phi| the action is that of an Ising model of couplings
 * kappa |phi phi'|, and Swendsen and Wang's step is done in it. A bond with kappa phi phi' > 0 is active with
 * probability 1 - exp(-2 kappa phi phi'), and each cluster that active bonds make is turned with probability 1/2. That
 * holds for either sign of kappa. Double bonds, of extents of 2, are drawn each for itself.
 *
 * A cycle is `local_per_cluster` local sweeps and then a cluster sweep, or a local sweep alone (local_per_cluster 0).
 *
 * A model (renorm/phi4_model.h) has couplings of its own for each site and bond, and may have diagonals. With those
 * colours are pairs, the colour in the row's ring and that in the column's; and the cluster sweep has two bonds more a site.
 *
 * Random numbers. The id is the number of the block. A visit takes V = 2 (f32) or 4 (f64) words of 512 bits, 4 V draws;
 * lane l has the l-th 32 bits of words 0 (the proposal) and 1 (whether it is taken); f64: the l-th 64 bits
 * of words 0 and 1, and lanes from 8 on of words 2 and 3. Draws, with N sites:
 *
 *	local key	start			4 V i	site i of a hot start, its word 0 (and 2)
 *						0	cold: bit l is the sign of lane l
 *			local sweep w >= 1	4 V (N w + v)	the v-th visit
 *	clusters' key	cluster sweep w >= 1	C w + 4 V i	site i: the bonds to the right (words 0, 2) and
 *								downwards (1, 3)
 *						C w + 4 V (N + i)	and those down right and down left
 *						C w + 4 V B N + T l + r/128	lane l: coins, bit r % 128 that of run r
 *
 * with B = 2 if there are diagonals, else 1, T = floor(N / 128) + 1 and C = 4 V B N + 16 T.
 */
#ifndef PHI4_GEN_CHAINS_H
#define PHI4_GEN_CHAINS_H

#include "ensemble.h"
#include "runs.h"
#include "words.h"

enum { SIDE = 16 }; /* chains of a block */

/* Where the neighbours of a site are; N: there is none, a site that is always 0. */
struct visit {
	uint32_t site, near[4];
};
struct ahead {
	uint32_t end[2]; /* of a pair of bonds */
};

struct chains {
	enum words_level level; /* the CPU's, or a lower one */
	struct rn_lattice lattice;
	enum rn_type type;
	size_t blocks;
	uint64_t first_block;
	struct ensemble ensemble;
	uint64_t local_per_cluster;

	struct visit *visit;	    /* N of them, in the order of a sweep */
	size_t colours, colour[10]; /* visits with which the colours begin; the last entry is N */
	void *phi;		    /* blocks x (N + 1) x 16 numbers */
	uint64_t *random;	    /* of a group of visits */

	/* A model: of each visit, in that order, MODEL_NEAR sites, and MODEL_TERMS numbers: a, b, step, their couplings. */
	uint32_t *near;
	void *terms;

	/* Clusters. Bonds: to the right, down; down right, down left. */
	size_t bond_sets;	/* such pairs: 1 or 2; 0: no clusters */
	struct ahead *ahead[2]; /* by site */
	void *pull[2];		/* 2 numbers a site, the couplings of a model */
	uint16_t *bond[4];	/* by site: bit l is that of lane l; bond[0] then has what turns */
	uint64_t *rows[4];	/* the same by lane: rows of words */
	uint32_t *entered;	/* runs before a word */
	uint64_t *coins;
	struct runs runs;
};

enum { MODEL_NEAR = 8, MODEL_TERMS = 3 + MODEL_NEAR };

/* Blocks from chain 16 first_block on; of the model or, if it is NULL, of any couplings. false: out of memory. */
bool chains_init(struct chains *c, const struct rn_lattice *l, enum rn_type type, size_t blocks,
	uint64_t first_block, bool clusters, const struct rn_phi4_model *model);
void chains_clear(struct chains *c);

/* Every chain at cycle 0: all phi = +-scale (cold), or independent and uniform in +-sqrt(3) scale. */
void chains_start(struct chains *c, const struct ensemble *e, bool hot, uint64_t local_per_cluster);
/* Takes a block from cycle `done` to cycle `done + more`. */
void chains_advance(struct chains *c, size_t block, uint64_t done, uint64_t more);
/* The field of chain k: N numbers of the type; and puts one in place of it. */
void chains_get(const struct chains *c, size_t k, void *phi);
void chains_put(struct chains *c, size_t k, const void *phi);

/* The draw with which a cluster sweep begins, and that with which its coins do. */
uint64_t chains_cluster_draw(const struct chains *c, uint64_t sweep);
uint64_t chains_coins_draw(const struct chains *c, uint64_t sweep);
/* Draws of random numbers for a cycle at most: cycles times this stays below 2^63. */
double chains_draws(const struct rn_lattice *l, enum rn_type type, uint64_t local_per_cluster);

/* Of clusters.c: finds the clusters of the bonds in bond[], and tosses; bond[0] then has the lanes that turn. */
void chains_turn(struct chains *c, size_t block, uint64_t sweep);

#endif
