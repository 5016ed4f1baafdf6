/* pairs.h - the two-point function of packed spins along the axes */
#ifndef OBSERVE_PAIRS_H
#define OBSERVE_PAIRS_H

#include "renorm/lattice.h"

/* Distances 0..pairs_distances() - 1, up to half the longer extent. */
size_t pairs_distances(const struct rn_lattice *l);

/*
 * Adds G(r) = (1/N) sum_x s_x s_(x + r), averaged over the axes whose extent is
 * at least 2 r. `spins` as for rn_ising_measure().
 */
void pairs_add(const struct rn_lattice *l, const uint8_t *spins, double G[]);

#endif
