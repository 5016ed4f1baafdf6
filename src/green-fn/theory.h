/*
 * theory.h - what is known of the ensembles of one (sigma_w, sigma_b) without any sample
 */
#ifndef GREEN_FN_THEORY_H
#define GREEN_FN_THEORY_H

#include "couplings.h"
#include "renorm/status.h"

struct theory {
	struct law law;
	struct neuron neuron;
	struct couplings couplings;
	double *K; /* the propagator, for choices of order 2 of the sites; NULL below order 2 */
	double *rho; /* moments of one neuron, for all choices of points, NaN where they are not to be had; or NULL */
	const char *why_not; /* some of rho, or all of it, are not to be had; else NULL */
};

/* depth: hidden layers; with more than one there are no couplings, and K and rho are NULL. */
RN_MUST_CHECK enum rn_status theory_init(struct theory *t, const struct law *law,
	const struct combinations *sites, const struct combinations *points, unsigned dout, size_t depth,
	double box, bool canonical, struct rn_error *err);
void theory_clear(struct theory *t); /* { 0 } is accepted */

#endif
