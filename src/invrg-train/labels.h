/*
 * labels.h - the values of the labels that all pairs of a training set have in common
 *
 * A map is learned at couplings, and knows nothing of others. Labels that are the same number in every pair are kept in
 * the model, as its header key `trained: kappa=1 lambda=0.7`.
 */
#ifndef LABELS_H
#define LABELS_H

#include "renorm/schema.h"

struct label {
	char *name;
	double value;
	const struct rn_column *column; /* in the segment under way; NULL: none */
	bool common;
};

struct labels {
	struct label *label;
	size_t n;
	bool begun; /* a record was seen */
};

/* The columns of a segment, which stay the caller's. The labels of the first segment are the ones looked at. */
RN_MUST_CHECK enum rn_status
labels_segment(struct labels *l, const struct rn_schema *s, struct rn_error *err);
/* One more record of it. */
void labels_add(struct labels *l, const uint8_t *record);
/* *text is malloc'd; NULL when no label is common to all records. */
RN_MUST_CHECK enum rn_status labels_text(const struct labels *l, char **text, struct rn_error *err);
void labels_clear(struct labels *l);

#endif
