/*
 * firsts.h - the first record of each set of labels, so that a second set with the same random numbers is seen
 *
 * Two sets that one sampler has made with two seeds, one behind the other, have equal labels and ids, and the chains of
 * the second would follow those of the first. Sets are told apart by the key of their random numbers, and the return of
 * the first record's id tells that another set begins. Memory is constant a set.
 */
#ifndef RBM_FLOW_FIRSTS_H
#define RBM_FLOW_FIRSTS_H

#include "renorm/random.h"
#include "renorm/status.h"

struct first {
	struct rn_random_key key;
	uint64_t id, step;
};

struct firsts {
	struct first *first;
	uint32_t *slot; /* 1 + the place in `first`; 0: free */
	size_t n, slots;
};

/* NULL: none of this key. It stays until one is added. */
const struct first *firsts_find(const struct firsts *f, const struct rn_random_key *key);
/* The key must be a new one. */
RN_MUST_CHECK enum rn_status firsts_add(struct firsts *f, struct first first, struct rn_error *err);
void firsts_clear(struct firsts *f);

#endif
