/*
 * gradient.h - the mean square of what a map misses, and its gradient by the parameters
 *
 *	y^ = TC_K(x)				linear: theta is K
 *	y^ = sum_k C_k(a_k), a_k = f(z_k), z_k = TC_k(x)	net: theta is the kernels of TC_k, then those of C_k
 *
 * With g = 2 (y^ - y) / N, N the fine sites of all pairs of the batch, the gradients are correlations (correlate.h):
 *
 *	dC_k = g * a_k,   delta_k = f'(z_k) C_k^t(g),   dTC_k = delta_k * x,
 *
 * C^t being the convolution with the kernel turned around.
 */
#ifndef GRADIENT_H
#define GRADIENT_H

#include "correlate.h"

struct gradient {
	const struct rn_invrg *m;
	struct rn_tc tc, mix;
	struct correlate of_tc, of_mix;
	size_t parameters;
	float *w, *w_mix, *w_back; /* of each map: as rn_tc_apply() wants them; C_k^t */
	float *a;		   /* maps x fine sites */
	float *y, *g, *delta;	   /* fine sites each */
	double *X;		   /* sums of a correlation */
	double *sum;		   /* parameters: the gradient so far */
};

/* For a linear map or a net of that form, on that lattice. m is not copied; its parameters are not read. */
RN_MUST_CHECK enum rn_status gradient_create(struct gradient *g, const struct rn_invrg *m,
	const struct rn_lattice *coarse, struct rn_error *err);
void gradient_clear(struct gradient *g);

/* The parameters from here on; the gradient begins at 0. */
void gradient_begin(struct gradient *g, const float theta[]);
/* Sum of squares of y^ - y over the lattice; y^ - y is in g->g. */
double gradient_miss(struct gradient *g, const float x[], const float y[]);
/* The same, and adds its gradient times `scale` to g->sum. */
double gradient_add(struct gradient *g, const float x[], const float y[], double scale);

#endif
