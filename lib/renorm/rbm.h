/*
 * renorm/rbm.h - restricted Boltzmann machines
 *
 *	H(v, h) = -( sum_ia v_i W_ia h_a + sum_i b_i v_i + sum_a c_a h_a ),   p(v, h) = e^-H / Z
 *
 * Units of either layer are -1/+1 ("pm1") or 0/1 ("01"); visible ones may be Gaussian, with v_i^2 / (2 sigma^2) added
 * to H (thesis 2.4.13b with its sign corrected). Given the other layer, units are independent; with z the input of
 * a unit (z_a = sum_i v_i W_ia + c_a, z_i = sum_a W_ia h_a + b_i):
 *
 *	pm1	   mean tanh z,	      up with probability 1 / (1 + e^-2z)
 *	01	   mean 1/(1 + e^-z), 1 with that probability
 *	gaussian   mean sigma^2 z,    standard deviation sigma
 *
 * Free energy F(v), p(v) = e^-F(v) / Z:
 *
 *	F(v) = -sum_i b_i v_i [+ sum_i v_i^2 / (2 sigma^2)] - sum_a s(z_a),   s = ln 2 cosh z (pm1), ln(1 + e^z) (01)
 */
#ifndef RENORM_RBM_H
#define RENORM_RBM_H

#include "renorm/model.h"
#include "renorm/random.h"

enum rn_units { RN_UNITS_PM1, RN_UNITS_01, RN_UNITS_GAUSSIAN };

struct rn_rbm {
	enum rn_units visible, hidden; /* hidden is never Gaussian */
	size_t nv, nh;
	unsigned ndim; /* shape of the visible layer: of a spin configuration, an image */
	size_t shape[RN_MAX_DIMS];
	float sigma; /* of Gaussian visible units; 1 */
	size_t parameters;
	float *theta; /* W (nv x nh, row-major), b (nv), c (nh): one array */
	float *W, *b, *c;
};

const char *rn_units_name(enum rn_units u);
/* What bits 0 and 1 are as inputs of such units: -1, 1 (pm1 and gaussian) or 0, 1. */
void rn_units_range(enum rn_units u, float *low, float *high);
/* Random words that the draw of one such unit takes. */
size_t rn_units_words(enum rn_units u);

/* All parameters zero. nv is the product of the shape. */
RN_MUST_CHECK enum rn_status rn_rbm_create(struct rn_rbm *r, enum rn_units visible, enum rn_units hidden,
	unsigned ndim, const size_t shape[], size_t nh, struct rn_error *err);
void rn_rbm_clear(struct rn_rbm *r);

/*
 * n rows at once (matrix product, bias, nonlinearity and draw; the draw fused with the nonlinearity). mean and
 * state are n x nh (n x nv) and either may be NULL; without state, random is not read. random: one uniform 32-bit word
 * a unit, in the same layout; for Gaussian visible units two (n x nv x 2): rn_units_words(). A binary unit is up when
 * (word >> 8) + 1/2 < p 2^24: probabilities are right to 2^-24.
 */
void rn_rbm_hidden(const struct rn_rbm *r, const float v[], size_t n, const uint32_t random[], float mean[],
	float state[]);
void rn_rbm_visible(const struct rn_rbm *r, const float h[], size_t n, const uint32_t random[], float mean[],
	float state[]);
/* z = v W + c of n rows. */
void rn_rbm_hidden_inputs(const struct rn_rbm *r, const float v[], size_t n, float z[]);
/* F(v) of n rows, summed in double. z: n x nh of room. */
void rn_rbm_free_energy(const struct rn_rbm *r, const float v[], size_t n, float z[], double F[]);

/* The model as a stream: kind model.rbm; keys units ("pm1 pm1": visible, hidden), sigma, shape; columns epoch u32, W, b, c. */
RN_MUST_CHECK enum rn_status
rn_rbm_schema(const struct rn_rbm *r, struct rn_schema **schema, struct rn_error *err);
void rn_rbm_put(const struct rn_rbm *r, const struct rn_schema *schema, uint32_t epoch, void *record);
RN_MUST_CHECK enum rn_status
rn_rbm_of_record(struct rn_rbm *r, const struct rn_schema *schema, const void *record, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_rbm_read(struct rn_rbm *r, const char *path, struct rn_error *err);

#endif
