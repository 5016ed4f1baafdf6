/*
 * ensemble.h - one ensemble of networks: widths, sigmas, points, and what follows from them
 *
 *	a_1k = sigma_w / sqrt(din) W_1 . x_k + sigma_b b_1,  a_lk = sigma_w / sqrt(N) W_l . h_(l-1)k + sigma_b b_l,
 *	h_lk = g(a_lk),  f_k = sigma_w / sqrt(N) W . h_depth,k + sigma_b b,
 *
 * all W and b here being standard normals. For the Gauss net, with ln Z_k = sigma_b^2 + sigma_w^2 |x_k|^2 / din,
 *
 *	g(a_1k) = exp(a_1k - ln Z_k).
 *
 * The largest |a_1k| that the normals of normals.h can give is known before. While exp of it and Z_k are of a
 * moderate size, and depth is 1, 1 / Z_k is taken out of the sum over units ("scaled"); and if the points are x_k = x_0 + k dx, exp(a_1k)
 * is then the geometric progression of exp(sigma_w / sqrt(din) W . dx): two exponentials instead of P.
 */
#ifndef ENSEMBLE_H
#define ENSEMBLE_H

#include "renorm/normals.h"
#include "renorm/nets.h"

#define LANES RN_NORMALS_LANES

struct ensemble {
	enum rn_net_activation activation;
	enum rn_type type; /* the arithmetic: RN_F64 or RN_F32 */
	size_t N, P, din, dout, depth;
	double sigma_w, sigma_b;
	bool cov;		    /* the conditional covariance is wanted */
	const double *x;	    /* P x din, of the options */
	double *weight;		    /* P x din: sigma_w / sqrt(din) x */
	double *step;		    /* din: sigma_w / sqrt(din) dx */
	double *logZ;		    /* P; 0 but for the Gauss net */
	bool scaled, spaced, close; /* close: spaced, and the exponents of a step are below 1/16 */
};

/*
 * What the options say of it (activation ... x) is there; fills in the rest. RN_EUSAGE when its
 * numbers would not be representable.
 */
RN_MUST_CHECK enum rn_status ensemble_prepare(struct ensemble *e, struct rn_error *err);
void ensemble_clear(struct ensemble *e);

#endif
