/*
 * enumerate.h - small machines exactly: ln Z by summing over all states of a layer
 *
 * The states of one layer are enumerated and the other is summed analytically, so the cost is that of the
 * smaller layer (of the hidden one, when the visible units are Gaussian). Weights are the machine's f32,
 * all sums are in double.
 */
#ifndef ENUMERATE_H
#define ENUMERATE_H

#include "renorm/dataset.h"
#include "renorm/rbm.h"
#include "renorm/stats.h"

#define ENUMERATE_UNITS 20 /* the largest layer enumerated: 2^20 states */

/* Whether ln Z can be had by enumeration. */
bool enumerate_has_lnz(const struct rn_rbm *r);

/* RN_EDATA when there are too many units. */
RN_MUST_CHECK enum rn_status enumerate_lnz(const struct rn_rbm *r, double *lnz, struct rn_error *err);

/*
 * Mean of ln p(v) = -F(v) - lnz over rows index[0..n-1] of d, weighted if d has weights; any size of machine,
 * any ln Z (exact, or of AIS). Of Gaussian units it is a density. Its error is that of so many samples; that of ln Z comes
 * on top.
 */
RN_MUST_CHECK enum rn_status log_likelihood(const struct rn_rbm *r, double lnz, const struct rn_dataset *d,
	const uint64_t index[], size_t n, struct rn_mean *mean, struct rn_error *err);

#endif
