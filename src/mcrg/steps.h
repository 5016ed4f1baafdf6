/*
 * steps.h - the lattices of a record, spins, spins.1, ..., and the steps from each to the next
 */
#ifndef MCRG_STEPS_H
#define MCRG_STEPS_H

#include "operators.h"

enum { LEVELS_MAX = 65 }; /* what blockspin writes at most */

struct level {
	unsigned number; /* spins.3: 3; spins: 0 */
	size_t offset;	 /* in the record */
	struct rn_lattice l;
	double b;	  /* of the step that led here; of level 0 nothing */
	size_t even, odd; /* operators that can be told apart here */
	struct operators operators;
};

struct levels {
	size_t n;		     /* at least two */
	unsigned left_out;	     /* number of the first level that is too small; 0: none is */
	struct rn_lattice too_small; /* its lattice */
	struct level level[LEVELS_MAX];
};

/*
 * RN_EDATA unless the kind is spins, with at least two levels of tori of at least 2 x 2 sites, each the one before it
 * reduced by one whole factor b. The lattices behind the first that is too small are left out.
 */
RN_MUST_CHECK enum rn_status
levels_find(struct levels *s, const struct rn_schema *schema, struct rn_error *err);
/* Memory to measure with: wanted when there is a record. Again and again is once. */
RN_MUST_CHECK enum rn_status levels_prepare(struct levels *s, struct rn_error *err);
void levels_clear(struct levels *s);

#endif
