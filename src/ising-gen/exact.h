/*
 * exact.h - configurations drawn exactly, each independent of all others: T = 0, T = inf, and rings
 */
#ifndef ISING_GEN_EXACT_H
#define ISING_GEN_EXACT_H

#include "ensemble.h"

struct exact;
typedef void exact_sampler(struct exact *x, uint64_t id, uint8_t *bits);

struct exact {
	struct ensemble ensemble;
	exact_sampler *sample;
	uint64_t up[2]; /* thresholds of its probabilities */
	struct words words;
	uint8_t *site; /* a byte a spin: 0 or 1 */
};

/* Whether this ensemble is one that is drawn exactly: not a torus at 0 < T < inf. */
bool exact_covers(const struct ensemble *e);

/* false: out of memory. */
bool exact_init(struct exact *x, const struct rn_lattice *l);
void exact_clear(struct exact *x);
void exact_start(struct exact *x, const struct ensemble *e);
/* Record `id`, packed into lattice.bytes bytes. */
void exact_draw(struct exact *x, uint64_t id, uint8_t *bits);

#endif
