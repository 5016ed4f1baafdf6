/*
 * divergence.h - exact losses of small machines, and their gradients
 *
 * Between the data's distribution q and the machine's p over all 2^nv visible states (nats):
 *
 *	kl	    KL(q || p) = sum_v q ln(q / p)			what CD approximates
 *	reverse-kl  KL(p || q) = sum_v p ln(p / q)			infinite where q = 0 < p
 *	js	    KL(q || m) / 2 + KL(p || m) / 2, m = (p + q) / 2	at most ln 2
 *
 * q is the weighted empirical distribution of the data, smoothed to (1 - eps) q + eps 2^-nv.
 *
 * With -dF/dtheta = phi(v) = (v_i E[h_a|v], v_i, E[h_a|v]), dp = p (phi - <phi>_p), and so each gradient is
 * sum_v w(v) phi(v) with weights
 *
 *	kl  p - q;	reverse-kl  p (c - <c>_p), c = ln(p / q);	js  the same with c = ln(p / m) / 2.
 */
#ifndef DIVERGENCE_H
#define DIVERGENCE_H

#include "renorm/dataset.h"
#include "renorm/rbm.h"

#define DIVERGENCE_UNITS 20 /* visible units at most */

enum divergence_loss { LOSS_KL, LOSS_REVERSE_KL, LOSS_JS };

struct divergence {
	enum divergence_loss loss;
	size_t nv, nh, states;
	double *q; /* `states` of them; unit i of state s is up when bit i of s is 1 */
	double *p; /* of the last machine asked for */
	struct divergence_room *room;
};

/*
 * The weights (1 without) that the rows index[0..n-1] of d give to the 2^nv states: malloc'd, NULL when *err says why.
 * RN_EDATA: visible units Gaussian or more than 20; values other than the two of r's units, which are bits, or u8 of 0
 * and 255 (a u8 runs from 0 to 255: one of 0 and 1 is not binary).
 */
double *divergence_count(const struct rn_rbm *r, const struct rn_dataset *d, const uint64_t index[], size_t n,
	struct rn_error *err);
/*
 * For machines of r's layers and data q, 2^nv numbers >= 0 (they are normalised). RN_EDATA: too many units as above,
 * numbers that are all 0, eps outside [0, 1], and the reverse KL of data that leave out states when eps = 0.
 */
RN_MUST_CHECK enum rn_status divergence_create(struct divergence *x, const struct rn_rbm *r,
	enum divergence_loss loss, double eps, const double q[], struct rn_error *err);
void divergence_clear(struct divergence *x); /* { 0 } is accepted */

/*
 * The loss of r, and d loss / d theta laid out as r->theta (downhill is minus it); NULL: the loss alone. NaN when the machine's
 * numbers are not finite.
 */
double divergence_loss(struct divergence *x, const struct rn_rbm *r, float gradient[]);

#endif
