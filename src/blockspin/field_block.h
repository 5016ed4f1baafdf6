/*
 * field_block.h - one blocking step of a real field
 *
 * The lattice is cut as in block.h. Block (Y, X), of n = b x b sites (a ring: b), becomes
 *
 *	sum, mean	z sum phi_i,  z (1/n) sum phi_i
 *	decimate	z phi of its top left site
 *	soft		z sum_i w_i phi_i / sum_i w_i, with w_i = 1 where phi_i has the sign of the block's sum, else w
 *	majority-mean	soft with w = 0: the mean of the sites with the sign of the sum
 *
 * so soft is a line of rules from the majority-mean, w = 0, to the mean, w = 1. A sum of exactly 0 takes the sign of the
 * block's top left site; where that is 0 too, the block becomes 0. All rules but for their z are odd under phi -> -phi.
 *
 * Sums are of doubles, over the rows of the block and in each from left to right; majority-mean and soft add positive
 * and negative sites apart, and their sum is that of the two.
 */
#ifndef FIELD_BLOCK_H
#define FIELD_BLOCK_H

#include "renorm/lattice.h"

enum field_rule { FIELD_MAJORITY_MEAN, FIELD_SOFT, FIELD_MEAN, FIELD_SUM, FIELD_DECIMATE };

struct field_block {
	struct rn_lattice fine, coarse;
	enum rn_type type; /* RN_F32 or RN_F64 */
	size_t b, rows;	   /* of a block: b columns; b rows, or 1 of a ring */
	enum field_rule rule;
	double minority; /* w, of FIELD_SOFT */
	double scale;	 /* z */
};

/* Sets all but type, rule, minority and scale; false unless b >= 2 divides the extents. */
bool field_block_init(struct field_block *k, const struct rn_lattice *fine, size_t b);

/* Fields are of k->type, aligned to nothing. Of a field with nan or inf the result means nothing. */
void field_block_apply(const struct field_block *k, const uint8_t *fine, uint8_t *coarse);

#endif
