/*
 * flow.h - the Markov chain of a restricted Boltzmann machine: v -> h -> v' -> h' -> v'' ...
 *
 * A batch is FLOW_ROWS chains side by side, fewer being made up with rows nobody reads: matrix products always have
 * the same size, so a chain's result does not depend on how many others there are, nor on which of the rows it is.
 *
 * Random numbers of step s of a chain (from v_s to v_s+1) are blocks s B, s B + 1, ... of its key and id: first one
 * 32-bit word a hidden unit, from the next whole block on those of the visible units (two each if Gaussian); B blocks
 * in all.
 */
#ifndef RBM_FLOW_FLOW_H
#define RBM_FLOW_FLOW_H

#include "renorm/rbm.h"

enum { FLOW_ROWS = 256 };

struct flow_chain {
	struct rn_random_key key;
	uint64_t id;
	uint64_t step;
};

struct flow {
	const struct rn_rbm *rbm;
	bool mean; /* both layers pass their means on; else states are drawn */
	struct flow_chain chain[FLOW_ROWS];
	float *v, *h; /* FLOW_ROWS x nv, x nh */
	size_t v_words, h_words;
	uint32_t *v_random, *h_random;
	uint64_t *blocks; /* of one layer of one chain */
};

RN_MUST_CHECK enum rn_status
flow_make(struct flow *f, const struct rn_rbm *rbm, bool mean, struct rn_error *err);
void flow_clear(struct flow *f);

/* One step of the first n chains; v holds their visible units before and after. */
void flow_step(struct flow *f, size_t n);

#endif
