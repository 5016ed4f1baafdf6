/*
 * chains.h - Markov chains on a torus, one for each replica
 *
 * Sweep w >= 1 of replica r takes blocks w B .. (w + 1) B - 1 of the random
 * numbers of id r, B = ceil(N / 2); the start takes those before. So a chain
 * depends neither on the other chains nor on when its records are taken.
 */
#ifndef ISING_GEN_CHAINS_H
#define ISING_GEN_CHAINS_H

#include "ensemble.h"
#include "update.h"

enum chain_algorithm { HEATBATH, METROPOLIS };
enum chain_start { START_AUTO, START_COLD, START_HOT }; /* auto: hot at and above Tc */

/* Whether a chain at T begins hot. */
bool chain_starts_hot(enum chain_start start, double T);

struct chains {
	struct ensemble ensemble;
	enum chain_algorithm algorithm;
	struct heatbath heatbath;
	struct metropolis metropolis;
	size_t replicas;
	uint64_t first_id;     /* replica r has the random numbers of id first_id + r */
	uint64_t sweep_blocks; /* B */
	struct words words;
	uint8_t *site;	       /* replicas x sites bytes, 0 or 1 */
	uint8_t *zeros, *ones; /* rows of a fixed boundary that is no field */
};

/* false: out of memory. */
bool chains_init(struct chains *c, const struct rn_lattice *l, size_t replicas, uint64_t first_id,
	enum chain_algorithm algorithm);
void chains_clear(struct chains *c);

/* Every replica at sweep 0 of a new ensemble: hot, independent fair coins; cold, a ground state as T = 0 has it. */
void chains_start(struct chains *c, const struct ensemble *e, enum chain_start start);
/* Takes replica r from sweep `done` to sweep `done + more`. */
void chains_sweep(struct chains *c, size_t r, uint64_t done, uint64_t more);
/* Puts a packed configuration in place of that of replica r. */
void chains_insert(struct chains *c, size_t r, const uint8_t *bits);
const uint8_t *chains_sites(const struct chains *c, size_t r);

#endif
