/*
 * count.h - how often blocks of Ising spins are in which state, in which context (renorm/invrg.h)
 *
 * Each observation counts for its images too: with all spins flipped, and, where that is asked for, under the eight
 * symmetries of the square. So a table has them exactly, and needs fewer pairs.
 */
#ifndef COUNT_H
#define COUNT_H

#include "renorm/invrg.h"

struct count {
	struct rn_invrg *m;
	struct rn_lattice fine, coarse;
	uint8_t *up, *blocks; /* unpacked spins of both */
	uint16_t *context;    /* a row */
};

/* RN_EDATA when tables do not fit these lattices. m is one of tables, and is counted into. */
RN_MUST_CHECK enum rn_status count_create(struct count *c, struct rn_invrg *m, const struct rn_lattice *fine,
	const struct rn_lattice *coarse, struct rn_error *err);
void count_clear(struct count *c);

/* One more pair, packed. */
void count_add(struct count *c, const uint8_t *fine, const uint8_t *coarse);
/* Adds the images, after the last pair. */
RN_MUST_CHECK enum rn_status count_images(struct count *c, bool symmetric, struct rn_error *err);

#endif
