/*
 * report.h - the table of groups: what the network says of each, and whether it is thermal
 *
 * Errors of means: jackknife over blocks of chains. Those of T_est and kl: bootstrap over the same blocks, with a new
 * draw of the calibration curves each time (calibration.h).
 */
#ifndef MLP_CLASSIFY_REPORT_H
#define MLP_CLASSIFY_REPORT_H

#include "calibration.h"
#include "exact.h"
#include "groups.h"
#include "renorm/writer.h"

struct report {
	struct groups *groups;
	bool thermal;			 /* the classes are temperatures */
	struct calibration *calibration; /* NULL: there is none */
	uint64_t seed;
	size_t resamples;
	struct exact exact;
	struct rn_schema *schema;
	uint8_t *record;
	size_t first;	  /* column that is not a group column */
	double *values;	  /* of a row, from that column on */
	double *residual; /* scratch, one a class */
	size_t nvalues;
};

/* Makes the schema. RN_EDATA when a group column has the name of a result. */
RN_MUST_CHECK enum rn_status report_begin(struct report *r, struct rn_error *err);
void report_end(struct report *r);
RN_MUST_CHECK enum rn_status report_write(struct report *r, struct rn_writer *w, struct rn_error *err);

#endif
