/*
 * sweep.h - what is done to all lanes of a block at once, for each type and CPU level (sweep_kernel.h)
 */
#ifndef PHI4_GEN_SWEEP_H
#define PHI4_GEN_SWEEP_H

#include "chains.h"

enum { GROUP = 8 };	 /* sites whose random numbers are asked for at once, of one colour */
enum { MOST_WORDS = 4 }; /* of 512 bits, a visit */

struct sweep {
	/* Local sweeps first .. end - 1. */
	void (*local)(struct chains *c, size_t block, uint64_t first, uint64_t end);
	/* bond[]: the active bonds of a cluster sweep. */
	void (*bonds)(struct chains *c, size_t block, uint64_t sweep);
	/* phi = -phi where bond[0] says so. */
	void (*turn)(struct chains *c, size_t block);
	/* A hot start. */
	void (*scatter)(struct chains *c, size_t block);
};

extern const struct sweep *const sweep_f32[4], *const sweep_f64[4]; /* by words_level */

#endif
