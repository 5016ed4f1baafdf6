/*
 * renorm/ising_exact.h - exact values of the finite Ising model
 *
 * beta H = -K sum_bonds s s' - h sum_i s_i,   K = 1/T,   bonds as in renorm/lattice.h.
 *
 *	lnz  = (1/N) ln Z			T = 0: infinite
 *	e    = -(1/N) d ln Z / dK		the field term is not part of it
 *	c    =  (K^2/N) d^2 ln Z / dK^2		= N K^2 (<e^2> - <e>^2)
 *	m    =  (1/N) d ln Z / dh
 *	m2   = <(sum_i s_i / N)^2>
 *
 * Torus of n columns and m rows, h = 0 (Kaufman's partition function [1] of the
 * isotropic lattice; it holds for every m, n >= 1):
 *
 *	Z = 1/2 (2 sinh 2K)^(mn/2) (P1 + P2 + P3 + P4)
 *	P1, P2 = prod over odd  r in [0, 2n) of  2 cosh, 2 sinh (m gamma_r / 2)
 *	P3, P4 = prod over even r in [0, 2n) of  2 cosh, 2 sinh (m gamma_r / 2)
 *	cosh gamma_r = sinh 2K + 1 / sinh 2K - cos(pi r / n),   gamma_r > 0, but
 *	gamma_0 = 2K + ln tanh K, which is negative above Tc: so is P4.
 *
 * gamma_r does not change under sinh 2K -> 1 / sinh 2K (duality, [2]), so below Tc
 * the products are taken at the dual coupling: no exponential overflows at any T.
 * Ring of N spins ([3]): the 2x2 transfer matrix, with field.
 *
 * Valid for 0 <= T <= inf. Relative errors are a few 1e-16 for lnz and e (also as
 * T -> inf; times 1 + T c near Tc, where T itself is felt to its last bit), a few
 * 1e-15 for c, but times exp(4K) in the ordered phase of a torus down to T = 1, and 1e-12 at Tc for
 * L = 4096. Below T = 1, where the dual form would lose all digits of c, it is taken from the low
 * temperature series or the transfer matrix (ising_cold.c). Time O(min(m, n)).
 *
 * [1] B. Kaufman, Phys. Rev. 76 (1949) 1232.
 * [2] H. A. Kramers, G. H. Wannier, Phys. Rev. 60 (1941) 252; L. Onsager, Phys. Rev. 65 (1944) 117.
 * [3] E. Ising, Z. Phys. 31 (1925) 253; Kramers and Wannier, as [2].
 */
#ifndef RENORM_ISING_EXACT_H
#define RENORM_ISING_EXACT_H

#include "renorm/lattice.h"

struct rn_ising_values {
	double lnz, e, c;
};

/* Ring or torus at h = 0. T >= 0; anything else gives NaN. */
struct rn_ising_values rn_ising_exact(const struct rn_lattice *l, double T);
double rn_ising_lnz_per_spin(const struct rn_lattice *l, double T);
double rn_ising_energy(const struct rn_lattice *l, double T);
double rn_ising_specific_heat(const struct rn_lattice *l, double T);

/*
 * The T at which rn_ising_energy() is e: the energy thermometer. 0 when e is not
 * above the ground state (-2; ring: -1), INFINITY when it is not below the energy
 * at T = inf (0, unless an extent is 1), NaN when e is. The nearest double, up to
 * the rounding of e itself. About ten evaluations.
 */
double rn_ising_temperature(const struct rn_lattice *l, double e);

/* Ring of N >= 1 spins in a reduced field h (finite). */
struct rn_ising_ring_values {
	double lnz, e, c, m, m2; /* c at fixed h */
};
struct rn_ising_ring_values rn_ising_ring(size_t sites, double T, double h);
double rn_ising_energy_1d(size_t N, double T, double h);
double rn_ising_magnetisation_1d(size_t N, double T, double h);
double rn_ising_m2_1d(size_t N, double T, double h);

/*
 * Torus in a reduced field, by the transfer matrix of its rows: those that rn_ising_moments_possible() (renorm/ising_moments.h)
 * knows, RN_EUSAGE for others. All terms are positive: relative errors of a few 1e-15 (of c: N e^2 / c times as much).
 */
RN_MUST_CHECK enum rn_status rn_ising_torus_in_field(const struct rn_lattice *l, double T, double h,
	struct rn_ising_values *out, struct rn_error *err);

#endif
