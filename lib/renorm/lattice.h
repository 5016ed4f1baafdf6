/*
 * renorm/lattice.h - Ising configurations on a ring or torus, bit-packed
 *
 * Site (y, x) of an L1 x L2 torus is bit y * L2 + x; 1 is spin up (+1). Each
 * site has a bond to its right and one to its lower neighbour (a ring: right
 * only), so extents of 1 count self-bonds and extents of 2 double bonds, as
 * the exact formulas do.
 *
 *	e = -(1/N) sum_bonds s s'	(field term excluded)
 *	m =  (1/N) sum_i s_i
 */
#ifndef RENORM_LATTICE_H
#define RENORM_LATTICE_H

#include "renorm/schema.h"

struct rn_lattice {
	unsigned dim;	      /* 1 or 2 */
	size_t rows, cols;    /* L1, L2; a ring has rows = 1 */
	size_t sites, bonds;  /* N; N in one dimension, 2N in two */
	size_t bytes;	      /* of a packed configuration */
	size_t word_rows;     /* whole rows in a 64-bit word; 0 when cols > 64 */
	uint64_t last_column; /* where the last column stands in such a word */
};

/* extents: d >= 1 numbers >= 1, d <= 2. Sizes beyond size_t become SIZE_MAX, which no record can hold. */
struct rn_lattice rn_lattice_make(unsigned d, const size_t extents[]);
/* From a bit column of one or two dimensions; RN_EDATA otherwise. */
RN_MUST_CHECK enum rn_status
rn_lattice_of_column(const struct rn_column *c, struct rn_lattice *l, struct rn_error *err);

struct rn_ising_sums {
	int64_t bonds; /* sum over bonds of s s' = -N e */
	int64_t spins; /* sum of s = N m */
};

/* Bit-parallel. `spins` may be followed by anything; up to RN_SLACK (renorm/reader.h) bytes of it are read. */
struct rn_ising_sums rn_ising_measure(const struct rn_lattice *l, const uint8_t *spins);

/* 0.0 - x, so that no bonds are 0 and not -0. */
static inline double
rn_ising_e(const struct rn_lattice *l, struct rn_ising_sums s)
{
	return 0.0 - (double)s.bonds / (double)l->sites;
}

static inline double
rn_ising_m(const struct rn_lattice *l, struct rn_ising_sums s)
{
	return (double)s.spins / (double)l->sites;
}

#endif
