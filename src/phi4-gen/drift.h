/*
 * drift.h - whether chains still go where they began to go, as they are thrown away
 *
 * A chain that is far from equilibrium and slow looks as if it were short of memory: its autocorrelation time says little.
 * But its means move. Those of S/N, m^2 and phi2 over the second third of --therm and over the last are compared, chain by
 * chain, in the first 16 of them.
 */
#ifndef PHI4_GEN_DRIFT_H
#define PHI4_GEN_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DRIFT_CHAINS = 16, DRIFT_QUANTITIES = 3, DRIFT_LOOKS = 24 };
/* Standard errors: of 16 chains (Student's t) five are as rare, 2e-4, as 3.8 of many. */
#define DRIFT_FAR 5

struct drift {
	uint64_t therm, spacing; /* sweeps between looks; 0: nothing is looked at */
	double seen[2];		 /* looks at a chain */
	double sum[2][DRIFT_CHAINS][DRIFT_QUANTITIES];
};

/* Fewer chains than 16, or sweeps than 24, are not looked at. */
struct drift drift_begin(uint64_t chains, uint64_t therm);
/* Before what sweep the next look is due, from sweep `done` on; UINT64_MAX: none. */
uint64_t drift_next(const struct drift *d, uint64_t done);
/* A look at chain k at sweep `done`. */
void drift_see(struct drift *d, size_t k, uint64_t done, const double x[DRIFT_QUANTITIES]);
/* How many standard errors the means have moved by, that of which it is most; 0: not known. */
double drift_moved(const struct drift *d);

#endif
