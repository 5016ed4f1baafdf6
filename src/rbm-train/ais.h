/*
 * ais.h - ln Z of a machine of any size by annealed importance sampling
 *
 * R. M. Neal, Stat. Comput. 11 (2001) 125; for RBMs R. Salakhutdinov, I. Murray, ICML 2008. Chains start in a machine
 * without couplings, whose Z is known, and are led to the machine itself through intermediate ones at
 * 0 = beta_0 < ... < beta_K = 1; each chain ends with a weight w, and Z is Z_0 times the mean of w.
 *
 * The error grows with the unevenness of the weights. It knows nothing of a mode of the machine no chain has come
 * to: then ln Z is too small, and the log-likelihood too large, with weights that look even.
 */
#ifndef AIS_H
#define AIS_H

#include "renorm/dataset.h"
#include "renorm/rbm.h"

struct ais_options {
	size_t chains; /* at least 2 */
	size_t steps;  /* K; 0: chosen so that the weights are even */
	/* Means of the visible units in the data: the start has them. NULL: the start is at random (Gaussian: centred). */
	const double *mean;
};

struct ais_result {
	double lnz, error; /* NaN when the weights are not finite */
	double ess;	   /* effective sample size (sum w)^2 / sum w^2, of at most `chains` */
	size_t steps;
};

/* The numbers drawn are a function of key, chains and steps alone. */
RN_MUST_CHECK enum rn_status ais_lnz(const struct rn_rbm *r, const struct ais_options *o,
	const struct rn_random_key *key, struct ais_result *result, struct rn_error *err);

/* Means of the visible units over rows index[0..n-1] of d, weighted if d has weights: nv of them. */
RN_MUST_CHECK enum rn_status ais_means(const struct rn_rbm *r, const struct rn_dataset *d,
	const uint64_t index[], size_t n, double mean[], struct rn_error *err);

#endif
