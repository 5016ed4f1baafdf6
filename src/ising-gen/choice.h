/*
 * choice.h - how a temperature is sampled, where the command line leaves it open
 *
 * --algorithm auto is for the fastest independent samples of an ensemble. Exact ones are the only ones that are
 * independent whatever one believes of a chain, so they are taken where they are cheap:
 *
 *	rings, T = 0, T = inf					drawn directly (exact.h)
 *	an extent of at most CHOICE_WIDTH, in a field of 12	row by row (rows.h)
 *	60 % of 512 histories agree within CHOICE_UPDATES / N
 *		sweeps, 16 at least				coupling from the past (perfect.h)
 *
 * Row by row takes 0.3 us a sample at L = 10, of any T. Coupling takes half a millisecond at most if thousands are
 * wanted; the first costs as much as some hundred.
 *
 * Elsewhere there are chains. Swendsen-Wang sees to walls across the torus and to the sign of m, in a field too; so it
 * is taken unless Metropolis will do, which is in the disordered phase (xi at most a quarter of the shorter extent), in
 * the ordered one without field where walls hardly ever come about, and without field near Tc on lattices that are not
 * longer than twice their width; and then if it has the smaller product of tau and the time of a sweep.
 * CHOICE_CHAINS of them run side by side up to CHOICE_SITES sites, one chain on larger lattices, and one of
 * Swendsen-Wang. They are thrown 20 tau of sweeps away and leave 2 tau from sample to sample, tau as below. Without a
 * field Metropolis does not turn the sign of a large magnetisation in that time; so each of its samples is turned over
 * by a coin, which is a symmetry of the law.
 *
 * --algorithm exact takes exact samples also where they are dear: coupling of sites within CHOICE_EXACT_SWEEPS sweeps,
 * else of bonds (fk.h), which costs as much as some 2000 to 4000 of those sweeps whatever T and h are. exact-rows,
 * exact-sites and exact-bonds take that way and no other.
 *
 * All this is a function of T, h and the lattice alone. It does not depend on how many samples are wanted: the first
 * hundred of a thousand are the hundred that one would get alone.
 */
#ifndef ISING_GEN_CHOICE_H
#define ISING_GEN_CHOICE_H

#include "fk.h"
#include "options.h"
#include "perfect.h"
#include "rows.h"

enum {
	CHOICE_WIDTH = 10,
	CHOICE_CHAINS = LANES,
	CHOICE_SITES = 1 << 14,
	CHOICE_COUPLED_SITES = 1 << 18, /* larger lattices are not coupled side by side */
	CHOICE_UPDATES = 1 << 21,
	CHOICE_EXACT_SWEEPS = 2048,
	CHOICE_SITES_UPDATES = 1 << 26, /* of exact-sites */
};

enum way { DIRECT, ROW_BY_ROW, COUPLED, BOND_BY_BOND, CHAINS };

/* A temperature of a run. */
struct step {
	struct ensemble ensemble;
	enum way way;
	struct perfect_report coupled; /* COUPLED: as measured */
	/* CHAINS */
	enum algorithm algorithm; /* not AUTO, not exact */
	uint64_t therm, every, replicas;
	bool turned; /* samples are turned over by a coin */
};

/*
 * An estimate of the integrated autocorrelation time of m^2, in sweeps: fits to what was measured on squares of L = 8
 * ... 64 at T = 0.8 ... 8 (512 chains, observe(1)), within some 30 %. In a field it is doubled, for m is of interest
 * there. With L^2 = N, z = 2.17,
 *
 *	tau = 1/2 + 1 / (1 / (a L^z) + 1 / (b xi^z) + |h|^(z 8/15) / c)
 *	Metropolis: a = 0.027, b = 0.3 above Tc, 0.13 below, c = 0.1;  heat bath: 2.7 times all three
 *	xi = 1 / |2 K + ln tanh K|, that of the infinite lattice above Tc and its image by duality below
 *
 * and for clusters (Swendsen-Wang, and Wolff by sweeps of as many flips) tau = 2 L^0.2 at all T.
 */
double choice_tau(const struct ensemble *e, enum algorithm algorithm);

bool choice_is_exact(enum algorithm algorithm);
bool choice_is_cluster(enum algorithm algorithm);
/* Side by side, as board.h, or one by one: see main.c. */
bool choice_side_by_side(enum algorithm algorithm, uint64_t replicas);
bool choice_board(const struct rn_lattice *l);

/* Of the step: ensemble is set. Whether `perfect` will be needed to decide. */
bool choice_needs_coupling(const struct options *o, const struct ensemble *e);
/*
 * Fills in the rest. perfect: ready where choice_needs_coupling(). RN_EUSAGE: no exact samples are to be had.
 */
RN_MUST_CHECK enum rn_status
choice_make(const struct options *o, struct perfect *perfect, struct step *step, struct rn_error *err);

#endif
