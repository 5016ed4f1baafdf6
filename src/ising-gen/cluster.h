/*
 * cluster.h - cluster updates of one torus: Swendsen-Wang and Wolff
 *
 * A bond between equal spins is active with probability p = 1 - exp(-2K), exact to
 * 64 bits. Extents of 1 and 2 have self-bonds, which join nothing, and double
 * bonds, each drawn for itself.
 *
 * Swendsen and Wang 1987: a sweep draws all bonds, and each cluster of n spins,
 * whatever they were, becomes up with probability 1 / (1 + exp(-2 h n)): the bonds
 * to a ghost spin are summed over. Cluster = connected by active bonds.
 *
 * Wolff 1989: a sweep grows and flips a fixed number of clusters, each from a
 * random site, wolff_clusters() of them. It is fixed by the ensemble alone:
 * to stop when enough spins have been flipped would prefer the states that large
 * clusters leave behind. Without field only.
 *
 * Random numbers: the key of the algorithm (ensemble_key()), so that clusters share none
 * with local updates. Sweep w >= 1 of chain `id` takes blocks w B .. (w + 1) B - 1
 * of that id, and the start those before, so how sweeps are grouped is no matter.
 * Where the words stand in them: swendsen_wang.c, wolff.c.
 */
#ifndef ISING_GEN_CLUSTER_H
#define ISING_GEN_CLUSTER_H

#include "ensemble.h"
#include "runs.h"

enum cluster_algorithm { SWENDSEN_WANG = 1, WOLFF = 2 };

struct cluster {
	struct ensemble ensemble; /* with the key of the algorithm */
	enum cluster_algorithm algorithm;
	uint64_t id;
	uint64_t bond;	       /* threshold of p */
	uint64_t sweep_blocks; /* B */
	uint64_t clusters;     /* a sweep of Wolff's */
	size_t words;	       /* a row: bit x % 64 of word x / 64 is column x */
	uint64_t last;	       /* the bits of its last word; the others are 0 */
	uint64_t *spin;	       /* rows x words; 1 is up */
	uint64_t *random;
	size_t random_blocks; /* room for */
	/* Swendsen-Wang */
	uint64_t *right, *down; /* active bonds of some rows */
	struct runs runs;
	uint32_t *size; /* sites of a cluster, with a field: at its root */
	/* Wolff */
	uint8_t *site;	 /* rows x cols; 1 is up. spin[] is used at the start alone */
	uint64_t *stack; /* site y cols + x + 2^32 x */
};

/* Whether sites can be numbered in 32 bits; the largest square has L = 65472. */
bool cluster_possible(const struct rn_lattice *l);

/* `field`: whether an ensemble will have one (Swendsen-Wang). false: out of memory. */
bool
cluster_init(struct cluster *c, const struct rn_lattice *l, enum cluster_algorithm algorithm, bool field);
void cluster_clear(struct cluster *c);

/* Chain `id` at sweep 0 of an ensemble: hot, independent fair coins; else a ground state as T = 0 has it. */
void cluster_start(struct cluster *c, const struct ensemble *e, uint64_t id, bool hot);
/* From sweep `done` to sweep `done + more`. */
void cluster_sweep(struct cluster *c, uint64_t done, uint64_t more);
/* Packed into lattice.bytes bytes, the padding 0. */
void cluster_extract(const struct cluster *c, uint8_t *bits);
/* Puts such a configuration in place of the present one; 8 bytes behind it are read. */
void cluster_insert(struct cluster *c, const uint8_t *bits);

/* Of the two files. `block`: the first of the sweep. */
uint64_t swendsen_wang_blocks(const struct cluster *c); /* B */
bool swendsen_wang_init(struct cluster *c, bool field);
void swendsen_wang_sweep(struct cluster *c, uint64_t block);
uint64_t wolff_blocks(const struct cluster *c); /* B */
uint64_t wolff_clusters(const struct rn_lattice *l, double T);
bool wolff_init(struct cluster *c);
void wolff_start(struct cluster *c); /* takes over spin[] */
/* Returns the number of flips. */
uint64_t wolff_sweep(struct cluster *c, uint64_t block);

#endif
