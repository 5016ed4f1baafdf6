/* purpose.h - what random numbers are for: each has a key of its own, (seed, "rbm-train", purpose, nv, nh) */
#ifndef PURPOSE_H
#define PURPOSE_H

#include "renorm/random.h"
#include "renorm/rbm.h"

enum purpose {
	PURPOSE_INIT,
	PURPOSE_SPLIT,
	PURPOSE_ORDER,
	PURPOSE_UPDATE,
	PURPOSE_CHAINS,
	PURPOSE_MONITOR,
	PURPOSE_AIS
};

static inline struct rn_random_key
purpose_key(uint64_t seed, enum purpose purpose, const struct rn_rbm *r)
{
	const double label = purpose;
	/* Machines of different size, compared, are so on the same test set. */
	const size_t extents[2] = { r->nv, purpose == PURPOSE_SPLIT ? 0 : r->nh };

	return rn_random_key(seed, "rbm-train", &label, 1, extents, 2);
}

#endif
