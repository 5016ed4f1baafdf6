/*
 * flow.h - the Markov chain of a restricted Boltzmann machine: v -> h -> v' -> h' -> v'' ...
 *
 * `rows` chains run side by side, rows that nobody asked for among them: matrix products always have the same size,
 * so that a chain depends on no other. But some of OpenBLAS's kernels round differently in different rows (those of
 * Haswell and Zen in turns of 12, hence 24), so whoever puts a chain into a row should choose it by the chain's place in
 * the stream, not by what happened to be read at once. More rows would save a tenth of the time, and waste more when
 * there are few chains.
 *
 * Random numbers of step s of a chain (from v_s to v_s+1) are blocks s B, s B + 1, ... of its key and id: first one
 * 32-bit word a hidden unit, from the next whole block on those of the visible units (two each if Gaussian); B blocks
 * in all.
 */
#ifndef RBM_FLOW_FLOW_H
#define RBM_FLOW_FLOW_H

#include "renorm/rbm.h"

enum { FLOW_ROWS = 24 }; /* at most */

struct flow_chain {
	struct rn_random_key key;
	uint64_t id;
	uint64_t step;
};

struct flow {
	const struct rn_rbm *rbm;
	bool mean;   /* both layers pass their means on; else states are drawn */
	size_t rows; /* FLOW_ROWS, unless somebody who has no room for as many chains sets it lower */
	struct flow_chain chain[FLOW_ROWS];
	float *v, *h; /* FLOW_ROWS x nv, x nh */
	size_t v_words, h_words;
	uint32_t *v_random, *h_random;
	uint64_t *blocks; /* of one layer of one chain */
};

RN_MUST_CHECK enum rn_status
flow_make(struct flow *f, const struct rn_rbm *rbm, bool mean, struct rn_error *err);
void flow_clear(struct flow *f);

/* One step of the n chains from row `first` on; v holds their visible units before and after. */
void flow_step(struct flow *f, size_t first, size_t n);

#endif
