/*
 * levels.h - what blockspin makes of the records of a segment
 *
 * A plan is made for each segment: which columns are carried over, where the
 * input's configuration is, and for each level the block, the lattice, and the
 * place in the record written.
 */
#ifndef LEVELS_H
#define LEVELS_H

#include "block.h"
#include "field_block.h"
#include "renorm/random.h"
#include "renorm/schema.h"

#define MAX_LEVELS 64
#define MAX_MEASURES 5

/* The words for enum block_rule and enum field_rule, in order; the first is the default. */
extern const char *const rules_of_spins[], *const rules_of_fields[];

struct block_options {
	uint64_t seed;
	size_t b;
	const char *rule; /* one of these words; NULL: the default of what is blocked */
	enum block_ties ties;
	bool ties_given, scale_given;
	double minority, scale; /* of fields */
	unsigned levels;
	bool last; /* write the last level only */
};

struct range {
	size_t from, to, bytes; /* in the record read, in the one written */
};

/* The step that leads to a level: none to level 0. */
struct level {
	struct block block; /* of bits */
	struct field_block field;
	struct rn_lattice lattice;
	struct rn_random_key key;
	bool written;
	size_t measure[MAX_MEASURES], configuration; /* places in the record written */
};

struct plan {
	struct block_options o;
	struct rn_schema *in, *out;
	const struct rn_column *configuration, *id; /* of `in`; id NULL: no coins are wanted */
	bool real;				    /* it is a field, not bits */
	unsigned rule;				    /* of enum block_rule or enum field_rule */
	const char *const *measure;		    /* what is written of a configuration: e and m, say */
	size_t measures;			    /* 0 of samples */
	const struct rn_column *coupling[3]; /* kappa, lambda, mu2 of `in`, where the action is written */
	struct range *carried;
	size_t ncarried;
	struct level level[MAX_LEVELS + 1];
	const struct rn_column **label; /* of `in`, in the order of its labels */
	uint8_t *labels;		/* their bytes in the record before: keys change with them */
	double *values;
	size_t nvalues;
	bool keyed;
	uint8_t *scratch[2]; /* levels that are not written */
	uint64_t *coins;
};

/* p->o is set, all else 0. Schemas are copied or made. */
RN_MUST_CHECK enum rn_status plan_make(struct plan *p, const struct rn_schema *in, struct rn_error *err);
void plan_clear(struct plan *p); /* all but p->o */

/* The name of a column that is neither carried nor written anew, NULL if there is none. */
const char *plan_dropped(const struct plan *p);

/* RN_SLACK bytes behind both records may be read. RN_EDATA of a field that is not finite, or does not stay so. */
RN_MUST_CHECK enum rn_status
plan_apply(struct plan *p, const uint8_t *in, uint8_t *out, struct rn_error *err);

#endif
