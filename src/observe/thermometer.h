/*
 * thermometer.h - the temperature at which the exact finite-size energy is the measured one
 *
 * T with e(T; L) = e, for tori at h = 0 and rings at any h (renorm/ising_exact.h). e rises
 * with T (its derivative in K is minus a variance), so T is unique inside the range.
 */
#ifndef OBSERVE_THERMOMETER_H
#define OBSERVE_THERMOMETER_H

#include "renorm/lattice.h"

enum {
	READING_COLD = -1, /* e not above the ground state: T = 0 */
	READING_INSIDE = 0,
	READING_HOT = 1,  /* e not below that of T = inf: T = inf */
	READING_NONE = 2, /* no exact energy to compare with: a torus in a field, or no one field */
};

struct reading {
	double T, error, lo,
		hi; /* lo, hi: of e -+ its error; error = (hi - lo) / 2; NaN where there is none */
	int flag;
};

/* h NaN: unknown. */
struct reading thermometer_read(const struct rn_lattice *l, double h, double e, double e_error);

#endif
