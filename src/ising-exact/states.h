/*
 * states.h - the number of configurations of each energy and magnetisation, counted
 */
#ifndef ISING_EXACT_STATES_H
#define ISING_EXACT_STATES_H

#include "renorm/lattice.h"

/*
 * g[up * (l->bonds + 1) + b]: configurations with `up` spins up and b broken bonds: E = 2b - bonds, M = 2 up - N. Without
 * `joint`, g[b] for all M together. Rings and tori of at most 64 sites, the shorter extent at most 8.
 */
bool states_possible(const struct rn_lattice *l);
size_t states_size(const struct rn_lattice *l, bool joint);
RN_MUST_CHECK enum rn_status
states_count(const struct rn_lattice *l, bool joint, uint64_t g[], struct rn_error *err);

#endif
