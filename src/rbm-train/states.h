/*
 * states.h - all states of one layer of a machine, the other layer summed analytically
 *
 * With x a state of the n units enumerated and z_a = sum_i x_i w_ia + bias_a the inputs of the m others,
 *
 *	ln sum_y e^-H = sum_i field_i x_i + sum_a s(z_a),
 *	s(z) = ln 2 cosh z (pm1), ln(1 + e^z) (01), sigma^2 z^2 / 2 + ln(sigma sqrt(2 pi)) (gaussian).
 *
 * Unit i of state k is up when bit i of k is 1. States come in blocks that share their high bits: the part of z that
 * the low bits make is tabulated once, unit by unit, so that a block costs one addition and one exponential a unit.
 */
#ifndef STATES_H
#define STATES_H

#include "renorm/rbm.h"

struct states {
	size_t n, m;
	size_t low, block, blocks; /* low bits of a block, its states (2^low), blocks (2^(n - low)) */
	enum rn_units units;	   /* of the m others */
	double down, up, sigma;
	double *w, *field, *bias; /* n x m, n, m */
	double *inputs;		  /* m x block: of the low bits, with the bias */
	double *fields;		  /* block: sum of field_i x_i over the low bits */
	double *product;	  /* block: scratch */
};

/* Room for machines of r's layers; the visible (else the hidden) units are enumerated, which must be binary. */
RN_MUST_CHECK enum rn_status
states_create(struct states *x, const struct rn_rbm *r, bool visible, struct rn_error *err);
void states_clear(struct states *x); /* { 0 } is accepted */

/* Takes over r's weights. */
void states_set(struct states *x, const struct rn_rbm *r, bool visible);

/* +-1 or 0, 1: unit i in state k of the first block (any block, when i < low). */
double states_unit(const struct states *x, size_t k, size_t i);

/*
 * ln sum_y e^-H of the states of block b, and E[y_a | x] (m x block, unit by unit; NULL: not wanted; of binary
 * units only).
 */
void states_block(const struct states *x, size_t b, double ln_weight[], double mean[]);

/* ln of a sum of exponentials that comes in pieces. { -INFINITY, 0 } is empty. */
struct log_sum {
	double top, sum;
};
void log_sum_add(struct log_sum *s, const double x[], size_t n);
double log_sum_value(const struct log_sum *s);

#endif
