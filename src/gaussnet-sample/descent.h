/*
 * descent.h - gradient descent of every network on a few data, 16 networks side by side
 *
 * Full batch, on the mean squared error, with a constant rate eta:
 *
 *	L = (1/n) sum_j |f(x_j) - y_j|^2,   theta <- theta - eta dL/dtheta,
 *
 * theta being the parameters in units of their standard deviations (W0 = sigma_w / sqrt(din) theta, b0 = sigma_b theta,
 * W1 = sigma_w / sqrt(N) theta, b1 = sigma_b theta), so that the same eta is right for all widths (Jacot, Gabriel and
 * Hongler 2018). The normaliser Z of the Gauss net stays what it is.
 *
 * last: theta of the last layer alone, any depth. f is linear in it, hence f moves in the span of the covariances
 * given the hidden layers, C(x, x') = (sigma_w^2 / N) sum_i h_i(x) h_i(x') + sigma_b^2:
 *
 *	f(x) <- f(x) - (2 eta / n) sum_j C(x, x_j) (f(x_j) - y_j),
 *
 * exactly: C is all that is needed, once. For N -> infinity C becomes the kernel K and f_t is Gaussian,
 *
 *	f_t(x) = f_0(x) - K(x, X) K(X, X)^-1 (1 - (1 - (2 eta / n) K(X, X))^t) (f_0(X) - y).
 *
 * all: both layers of a network of depth 1, by backpropagation.
 */
#ifndef DESCENT_H
#define DESCENT_H

#include "networks.h"
#include "shallow.h"

struct data {
	size_t n;
	const double *x, *y; /* n x din, n x dout */
};

struct descent {
	struct ensemble both; /* the points, then the data */
	double *x;	      /* of both */
	struct data data;
	size_t P; /* points without the data */
	bool all;
	double eta;
	uint64_t step;		  /* where f is */
	struct networks networks; /* last: f of both, and C; in f64 */
	struct shallow shallow;
	lanes *residual; /* n x dout */
	lanes *f;	 /* (P + n) x dout, of now */
};

/* e: prepared, as without training; it and the data must outlive d. RN_ENOMEM, or what ensemble_prepare says. */
RN_MUST_CHECK enum rn_status descent_init(struct descent *d, const struct ensemble *e,
	const struct data *data, bool all, double eta, struct rn_error *err);
void descent_clear(struct descent *d);
/* Networks 16 id ... of the bag with this key, at step 0. */
void descent_begin(struct descent *d, const struct rn_random_key *key, uint64_t id);
/* To step `step`, not before where it is; then d->f holds the outputs. Not finite ones are the caller's to find. */
void descent_run(struct descent *d, uint64_t step);

#endif
