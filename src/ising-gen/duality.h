/*
 * duality.h - from a sample of the 2D Ising torus at the dual temperature to one at T
 *
 * Bonds. Given spins of exp(K* sum s s'), open each bond of equal spins with probability p* = 1 - exp(-2 K*). The open
 * ones, w, then have the law of Fortuin and Kasteleyn (Edwards and Sokal 1988)
 *
 *	P(w) ~ (p* / (1 - p*))^|w| 2^k(w)		k: clusters
 *
 * Given bonds, fair coins for the clusters give spins of the same temperature.
 *
 * The dual torus has a site in each square, and its bond across a bond is open where that is closed. Call these v:
 * |v| = 2 N - |w|. Of the |w| - N + k(w) independent cycles of w, s in {0, 1, 2} wind around the torus in independent
 * ways, and each of the others parts a cluster of v off:
 *
 *	k(v) = 1 + |w| - N + k(w) - s
 *
 * which in P(w), with exp(2K) - 1 = 2 / (exp(2 K*) - 1), gives
 *
 *	P(w) ~ (p / (1 - p))^|v| 2^k(v) 2^s		p = 1 - exp(-2K)
 *
 * So accepting with probability 2^-s leaves v with the law of Fortuin and Kasteleyn at T, and coins make spins of it.
 * (The duality of Kramers and Wannier 1941, of clusters; the torus is its own dual lattice, extents 1 and 2 too.)
 *
 * Random numbers: draws of one id are taken by the caller, `draws` for each sample. Words of 64 bits: one to accept, a
 * bit for each site's coin, then one a bond: to the right, site by site, and
 * up. The coin of a cluster of the dual torus is that of its first square, which has the site of its number at the lower
 * left.
 */
#ifndef ISING_GEN_DUALITY_H
#define ISING_GEN_DUALITY_H

#include <stdbool.h>

#include "ensemble.h"

/* Row by row, a bit a site: whether its bond is open. */
struct bonds {
	uint64_t *right, *above;
};

struct duality {
	struct rn_lattice lattice;
	struct rn_random_key key;
	uint64_t open;	   /* threshold of p* */
	uint64_t draws;	   /* of one sample */
	uint64_t *random;  /* of one sample */
	uint32_t *cluster; /* of the first site of a run: another of the cluster that is before, or itself */
	size_t words;	   /* of 64 bits, of a row */
	uint64_t *row;	   /* spins, row by row */
	uint64_t *starts;  /* the first sites of runs */
	struct bonds of_spins, of_squares;
};

/* false: out of memory. */
bool duality_init(struct duality *d, const struct rn_lattice *l);
void duality_clear(struct duality *d);
/* The dual K of 1 / T. */
double duality_of(double T);
void duality_start(struct duality *d, const struct ensemble *e);
/* Takes packed spins of the dual temperature to those of T, or leaves them; tells which. */
bool duality_take(struct duality *d, uint64_t id, uint64_t draw, uint64_t *spins);

#endif
