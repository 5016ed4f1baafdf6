#ifndef ISING_COLD_H
#define ISING_COLD_H

#include "renorm/lattice.h"

/* c of a torus far below Tc; of others the c that is given. */
double rn_ising_cold_heat(const struct rn_lattice *l, double K, double c);

#endif
