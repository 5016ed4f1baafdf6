/*
 * report.h - the tables: a row a choice of legs, or a row an order
 */
#ifndef GREEN_FN_REPORT_H
#define GREEN_FN_REPORT_H

#include "doubts.h"
#include "estimate.h"
#include "renorm/writer.h"
#include "theory.h"

enum { PLAIN, RB, MOMENTS, EXACT, ESTIMATORS };

struct wish {
	bool order[ORDER_MAX + 1];
	unsigned highest;
	bool summary, measured, canonical;
	double box; /* 0: all of space */
};

struct report {
	struct wish wish;
	const struct rn_nets *form; /* activation, points, dout, depth, step */
	struct combinations sites, points;
	const struct collection *nets, *neurons; /* may be NULL */
	struct theory theory;			 /* of the last (sigma_w, sigma_b) */
	struct rn_schema *schema;
	struct rn_writer *writer;
	struct doubts doubts;
};

/* RN_EDATA when there would be too many rows. */
RN_MUST_CHECK enum rn_status
report_init(struct report *r, const struct wish *wish, const struct rn_nets *form, struct rn_error *err);
void report_clear(struct report *r);
/* The rows of one group; nets: NULL where there are none at this width. */
RN_MUST_CHECK enum rn_status
report_group(struct report *r, const struct key *key, const struct group *nets, struct rn_error *err);

/* report_columns.c: makes r->schema. */
RN_MUST_CHECK enum rn_status report_columns(struct report *r, struct rn_error *err);

#endif
