/*
 * backprop.h - cost and gradient of a batch
 *
 * Costs are means over the samples of the batch, in nats for softmax. With matched costs (renorm/mlp.h) the error of
 * the last layer is delta_L = y_hat - y, and that of a layer below (thesis 2.3, eqs. I-IV)
 *
 *	delta_l = f_l'(z_l) * (delta_(l+1) W_(l+1)^T),   dC/dW_l = a_(l-1)^T delta_l,   dC/db_l = sum of delta_l
 */
#ifndef BACKPROP_H
#define BACKPROP_H

#include "renorm/mlp.h"

struct backprop {
	const struct rn_mlp *m;
	struct rn_mlp_work work;
	float *x;	 /* batch x in: room for the samples */
	float *gradient; /* as m->theta */
	float *delta[2]; /* batch x widest layer: of this layer and of the one below */
	double *z_class; /* batch */
	uint32_t *best;	 /* batch: the class with the largest output */
	float *memory;
};

RN_MUST_CHECK enum rn_status
backprop_create(struct backprop *b, const struct rn_mlp *m, size_t batch, struct rn_error *err);
void backprop_clear(struct backprop *b);

/* Sums over the n samples in b->x, of which class_of[i] is the class. */
struct score {
	double cost;
	size_t right; /* largest output is that of the class */
};
struct score backprop_score(struct backprop *b, const uint32_t class_of[], size_t n);
/* The same, and the gradient of the mean cost. */
struct score backprop_gradient(struct backprop *b, const uint32_t class_of[], size_t n);

#endif
