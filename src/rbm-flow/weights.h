/*
 * weights.h - what a restricted Boltzmann machine has learned, as tables (Iso, Shiba, Yokoo, 1801.07172)
 *
 *	W	  a row a visible unit: site, b, W[nh]
 *	gram	  W W^T (layer 0) and W^T W (layer 1): layer, i, j, gram
 *	distance  averages of (W W^T)_ij over pairs of sites of the torus (ring) at distance r: r, gram_x, gram_y, gram
 *	svd	  singular values, largest first: k, s, share, uniform, units_v, units_h
 *	fields	  samples, one a hidden unit: hidden, x, which is its column of W in the shape of the visible layer
 */
#ifndef RBM_FLOW_WEIGHTS_H
#define RBM_FLOW_WEIGHTS_H

#include "renorm/rbm.h"

enum weights { WEIGHTS_W, WEIGHTS_GRAM, WEIGHTS_DISTANCE, WEIGHTS_SVD, WEIGHTS_FIELDS };
extern const char *const weights_names[]; /* NULL-terminated */

/* A schema, and n records of it in one block; both are the caller's. */
struct weights_table {
	struct rn_schema *schema;
	uint8_t *records;
	size_t n;
};

/* RN_EDATA: distance of a visible layer that is neither ring nor torus. RN_ENUMERIC: no convergence. */
RN_MUST_CHECK enum rn_status
weights_table(const struct rn_rbm *rbm, enum weights what, struct weights_table *t, struct rn_error *err);
void weights_table_clear(struct weights_table *t);

#endif
