/*
 * report.h - the tables: a row a choice of legs, or a row an order
 */
#ifndef GREEN_FN_REPORT_H
#define GREEN_FN_REPORT_H

#include "estimate.h"
#include "renorm/writer.h"
#include "theory.h"

struct wish {
	bool order[ORDER_MAX + 1];
	unsigned highest;
	bool summary, measured, canonical;
	double box; /* 0: all of space */
};

/* What is to be said of the numbers once they are there: of each the groups, and the first of them. */
struct doubt {
	uint64_t groups;
	struct key first;
	double number; /* of the first */
	unsigned order;
	const char *why;
};
struct doubts {
	struct doubt
		error; /* the exact error of the plain estimator is more than twice the apparent one: their ratio */
	struct doubt hill;	    /* its tail has no variance: the exponent */
	struct doubt one_bag;	    /* no background */
	struct doubt few;	    /* no error at all */
	struct doubt exact;	    /* there are no exact values: why */
	struct doubt couplings;	    /* there are no couplings: why */
	struct doubt neurons;	    /* there are neurons, but none of this law */
	uint64_t numbers;	    /* that are some */
	struct doubt representable; /* a coupling is beyond what a double can hold */
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

#endif
