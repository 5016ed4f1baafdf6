/* records.h - the table of records: labels, replica, sweep, id, and the probability of each class */
#ifndef MLP_CLASSIFY_RECORDS_H
#define MLP_CLASSIFY_RECORDS_H

#include "renorm/schema.h"

struct records {
	const struct rn_schema *in;
	struct rn_schema *out;
	const struct rn_column **from; /* of each column of `out` but the last, p */
};

RN_MUST_CHECK enum rn_status
records_begin(struct records *r, const struct rn_schema *in, size_t classes, struct rn_error *err);
void records_end(struct records *r);
void records_row(const struct records *r, const uint8_t *record, const float p[], uint8_t *row);

#endif
