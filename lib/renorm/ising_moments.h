/*
 * renorm/ising_moments.h - the exact law of the magnetisation of small lattices, in any field
 *
 * beta H = -K sum_bonds s s' - h sum_i s_i, K = 1/T, bonds as in renorm/lattice.h. A transfer matrix that keeps the
 * weights apart by magnetisation: Z(M) = sum over configurations with sum_i s_i = M of exp(K sum_bonds s s').
 * Then P(M) is Z(M) exp(hM) / Z for every field at once.
 *
 * Rings of up to 4096 sites; tori of which one extent is at most 12 and the other at most 64.
 */
#ifndef RENORM_ISING_MOMENTS_H
#define RENORM_ISING_MOMENTS_H

#include "renorm/lattice.h"

struct rn_ising_moments {
	double m, absm, m2, m4; /* of m = M/N */
};

/*
 * p[k], k = 0..N: probability that k spins are up (M = 2k - N). T = 0 and T = inf are legal. RN_EUSAGE for a lattice that is
 * too large, RN_ENOMEM. Time and memory: see ising_moments.c.
 */
RN_MUST_CHECK enum rn_status
rn_ising_magnetisation_law(const struct rn_lattice *l, double T, double h, double p[], struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_ising_moments(const struct rn_lattice *l, double T, double h,
	struct rn_ising_moments *m, struct rn_error *err);
struct rn_ising_moments rn_ising_moments_of_law(const struct rn_lattice *l, const double p[]);
bool rn_ising_moments_possible(const struct rn_lattice *l);

#endif
