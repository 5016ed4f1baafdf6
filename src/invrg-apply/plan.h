/*
 * plan.h - what invrg-apply makes of the records of a segment
 *
 * A plan is made for each segment: which columns are carried over, where the input's configuration is, and for each
 * level the step that leads there, the lattice, and the place in the record written.
 */
#ifndef PLAN_H
#define PLAN_H

#include "renorm/field.h"
#include "renorm/invrg.h"

#define MAX_LEVELS 32

struct apply_options {
	uint64_t seed;
	const struct rn_invrg *model;
	double noise; /* factor; 0: none */
	unsigned levels;
	bool last; /* write the last level only */
};

enum { MEANS = 5 }; /* action m phi2 phi4 nn of a field; e m of spins */

struct level {
	struct rn_invrg_step *step; /* that leads here; NULL of level 0 */
	struct rn_lattice lattice;
	struct rn_random_key key;
	bool written;
	uint8_t *scratch; /* of a level that is not written */
	size_t place;	  /* of the configuration in the record written */
	const struct rn_column *mean[MEANS];
};

struct range {
	size_t from, to, bytes;
};

struct plan {
	struct apply_options o;
	struct rn_schema *in, *out;
	const struct rn_column *configuration, *id;
	const struct rn_column *coupling[3]; /* kappa lambda mu2; NULL: no action is written */
	bool spins;
	struct range *carried;
	size_t ncarried;
	struct level level[MAX_LEVELS + 1];
	const struct rn_column **label;
	uint8_t *labels; /* their bytes in the record before: keys change with them */
	double *values;
	size_t nvalues;
	bool keyed;
	char elsewhere[160]; /* a label that is another than in training, in words; "": none so far */
};

/* p->o is set, all else 0. */
RN_MUST_CHECK enum rn_status plan_make(struct plan *p, const struct rn_schema *in, struct rn_error *err);
void plan_clear(struct plan *p); /* all but p->o */

/* The name of a column that is neither carried nor written anew, NULL if there is none. */
const char *plan_dropped(const struct plan *p);

/* Sets p->elsewhere where it is empty. RN_EDATA when the field is not finite, or what was made of it is not. RN_SLACK bytes behind both may be touched. */
RN_MUST_CHECK enum rn_status
plan_apply(struct plan *p, const uint8_t *in, uint8_t *out, struct rn_error *err);

#endif
