/*
 * start.h - random visible states, as records: where free sampling begins
 *
 * Units -1/+1 and 0/1 are fair coins, Gaussian ones N(0, sigma^2). The records are like those of a sampler: kind spins
 * where a configuration of spins -1/+1 of one or two dimensions is what they are, else samples; id = first, first + 1 ...,
 * replica = id, sweep = 0: all independent. Random numbers are keyed by (seed, "rbm-flow", shape) and counted by id.
 */
#ifndef RBM_FLOW_START_H
#define RBM_FLOW_START_H

#include "renorm/rbm.h"

/* NULL: out of memory. */
struct rn_schema *start_schema(const struct rn_rbm *rbm);

struct start {
	const struct rn_rbm *rbm;
	const struct rn_schema *schema;
	struct rn_random_key key;
	uint64_t *words; /* room */
};
RN_MUST_CHECK enum rn_status start_make(struct start *s, const struct rn_rbm *rbm,
	const struct rn_schema *schema, uint64_t seed, struct rn_error *err);
void start_clear(struct start *s);
void start_put(struct start *s, uint64_t id, uint8_t *record);

#endif
