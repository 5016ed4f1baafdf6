/* classifier.h - records to probabilities, a batch at a time */
#ifndef MLP_CLASSIFY_CLASSIFIER_H
#define MLP_CLASSIFY_CLASSIFIER_H

#include "renorm/mlp.h"

/*
 * A batch always has this many rows, empty ones at its end if need be: BLAS may sum in another order for another
 * number of rows, and a record's probabilities shall not depend on how many come with it.
 */
enum { BATCH = 1024 };

struct classifier {
	struct rn_mlp mlp;
	const struct rn_column *column; /* spins or x: bit, u8 or f32 */
	float byte[256];
	float low; /* f32 with the key "units": values run from low to 1; NaN: they are what the network takes */
	struct rn_mlp_work work;
	float *x, *p; /* BATCH x inputs, BATCH x classes */
};

/* RN_EDATA unless the records are spins or samples of the model's shape. The schema must outlive it. */
RN_MUST_CHECK enum rn_status
classifier_begin(struct classifier *c, const struct rn_schema *schema, struct rn_error *err);
void classifier_end(struct classifier *c); /* all but the mlp */

/*
 * n <= BATCH records, stride bytes apart, RN_SLACK bytes behind them. Returns n x classes probabilities: the network's
 * outputs of each class, tanh as (1 + y)/2, negative ones as 0, divided by their sum.
 */
const float *classifier_run(struct classifier *c, const uint8_t *records, size_t stride, size_t n);
/* After that: whether the values of record i and its probabilities are finite. relu makes a number of nan. */
bool classifier_was_finite(const struct classifier *c, size_t i);

#endif
