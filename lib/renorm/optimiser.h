/*
 * renorm/optimiser.h - from a gradient to the next parameters
 *
 * With g the gradient of the cost, plus l2 theta + l1 sign(theta) from the regularisers
 * l2 theta^2 / 2 + l1 |theta|, and eta the learning rate:
 *
 *	sgd	  theta -= eta g
 *	momentum  m = momentum m + g;  theta -= eta m
 *	adam	  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
 *		  theta -= eta [m / (1 - beta1^t)] / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * D. P. Kingma, J. Ba, ICLR 2015 (arXiv:1412.6980). The thesis' (2.2.17c,d) lack the power t.
 *
 * The parameters of a model are one array; a block of it has its own l1 and l2
 * (weights and biases). An update is one rn_optimiser_begin() and then each block once.
 */
#ifndef RENORM_OPTIMISER_H
#define RENORM_OPTIMISER_H

#include <stddef.h>
#include <stdint.h>

#include "renorm/status.h"

enum rn_optimiser_kind { RN_SGD, RN_MOMENTUM, RN_ADAM };

struct rn_optimiser_options {
	enum rn_optimiser_kind kind;
	double momentum, beta1, beta2, epsilon;
};

struct rn_optimiser {
	struct rn_optimiser_options o;
	size_t n;		    /* parameters */
	float *m, *v;		    /* n each; NULL where the kind has none */
	uint64_t updates;	    /* t */
	float rate, scale1, scale2; /* of the update under way */
};

RN_MUST_CHECK enum rn_status rn_optimiser_create(struct rn_optimiser *p, const struct rn_optimiser_options *o,
	size_t n, struct rn_error *err);
void rn_optimiser_clear(struct rn_optimiser *p);

void rn_optimiser_begin(struct rn_optimiser *p, double rate);
/* Parameters first .. first + n - 1: theta and gradient point at the first of them. */
void rn_optimiser_block(struct rn_optimiser *p, size_t first, size_t n, double l1, double l2, float theta[],
	const float gradient[]);

#endif
