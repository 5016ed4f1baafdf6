/*
 * report.h - the table: exponents of each group, step and number of operators
 */
#ifndef MCRG_REPORT_H
#define MCRG_REPORT_H

#include "ensemble.h"
#include "renorm/writer.h"

/* What is to be said of the numbers, once they are there. */
struct doubts {
	const struct rn_group *singular, *few, *open; /* the first of each */
	uint64_t singulars, fews, opens;	      /* groups */
	uint64_t numbers;			      /* exponents that are some */
};

/* The columns: labels, level, operators, n, ... RN_EDATA when a label has the name of a result. */
RN_MUST_CHECK enum rn_status
report_schema(const struct ensemble *s, struct rn_schema **table, struct rn_error *err);
RN_MUST_CHECK enum rn_status report_write(const struct ensemble *s, const struct rn_schema *table,
	struct rn_writer *w, struct doubts *doubts, struct rn_error *err);

#endif
