/*
 * couplings.h - where the initial couplings come from: columns of records, and the command line for those without
 */
#ifndef WETTERICH_COUPLINGS_H
#define WETTERICH_COUPLINGS_H

#include "run.h"

struct couplings {
	const struct run *run;
	size_t M;
	/* NULL: not in the records. */
	const struct rn_column *column[ORDER_MAX], *d, *k;
};

/* From the command line alone. */
void couplings_of_options(struct couplings *c, const struct run *r);
/* From the records of a segment; RN_EDATA without one coupling, or with one that the options have too. */
RN_MUST_CHECK enum rn_status couplings_of_records(struct couplings *c, const struct run *r,
	const struct rn_schema *s, struct rn_error *err);

/* Says which columns look like couplings and are none, and which couplings are 0 for want of a column. */
void couplings_remark(const struct couplings *c, const struct rn_schema *s);

/* A trajectory's start. Numbers that cannot be (k <= 0, d outside 1 .. 4) make all couplings NaN. */
struct start {
	double d, k, x[ORDER_MAX];
	double as_read[ORDER_MAX]; /* x before units are taken off */
};
void couplings_read(const struct couplings *c, const void *record, struct start *s);

/* Couplings the run starts from, whatever its rows are: a full potential starts from those about zero. */
enum expansion couplings_about(const struct run *r);
/* k^D of coupling i. */
double coupling_unit(enum expansion about, double d, double k, size_t i);

#endif
