/*
 * report.h - the table: exponents of each group and pair of levels
 */
#ifndef RG_EXPONENTS_REPORT_H
#define RG_EXPONENTS_REPORT_H

#include "renorm/groups.h"
#include "scales.h"

/* What is to be said of the numbers, once they are there. */
struct doubts {
	const struct rn_group *missing, *few, *open; /* the first of each */
	uint64_t missings, fews, opens;		     /* groups */
	uint64_t numbers;			     /* exponents that are some */
};

/* The columns: labels, from, to, L_from, L_to, n, ... RN_EDATA when a label has the name of a result. */
RN_MUST_CHECK enum rn_status
report_schema(const struct rn_groups *groups, struct rn_schema **table, struct rn_error *err);
/* Groups own the origin of their sums. */
RN_MUST_CHECK enum rn_status report_write(const struct rn_groups *groups, const struct scales *scales,
	const struct rn_schema *table, struct rn_writer *w, struct doubts *doubts, struct rn_error *err);

#endif
