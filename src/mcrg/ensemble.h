/*
 * ensemble.h - the operators of each record, summed by group as they pass
 *
 * Groups, chains and blocks are those of renorm/groups.h.
 */
#ifndef MCRG_ENSEMBLE_H
#define MCRG_ENSEMBLE_H

#include "renorm/groups.h"
#include "steps.h"

struct ensemble {
	struct rn_groups groups; /* own: the operators of the first record, int64_t */
	struct levels *levels;
	const struct rn_column *h; /* a label; NULL: none */
	int64_t *S;		   /* of the record at hand */
};

/* Schema and levels must live as long. RN_EDATA for labels and columns that are not what they should be. */
RN_MUST_CHECK enum rn_status ensemble_init(struct ensemble *s, const struct rn_schema *schema,
	struct levels *levels, bool independent, struct rn_error *err);
void ensemble_clear(struct ensemble *s); /* { 0 } is accepted */

RN_MUST_CHECK enum rn_status ensemble_add(struct ensemble *s, const uint8_t *record, struct rn_error *err);

#endif
