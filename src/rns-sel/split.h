/*
 * split.h - every n-th record of each label group
 *
 * A group is the records with the same bytes in all label columns; its records
 * are numbered as they come. Part i of n has those numbered i - 1 modulo n, so
 * every part has each group's share, and the n parts have each record once.
 * Memory grows with the number of groups.
 */
#ifndef RNS_SEL_SPLIT_H
#define RNS_SEL_SPLIT_H

#include "renorm/schema.h"

struct split {
	uint64_t first, last, n; /* parts first..last of n, from 1; n = 0: all records */
	const struct rn_schema *schema;
	void *groups;
	struct group *recent;
	uint8_t *key;
	size_t key_bytes;
};

/* "1/4", "1-3/4" */
RN_MUST_CHECK enum rn_status split_parse(const char *text, struct split *s, struct rn_error *err);
/* The records that follow have this schema; `continues`: the same columns as those before, so the count goes on. */
RN_MUST_CHECK enum rn_status
split_begin(struct split *s, const struct rn_schema *schema, bool continues, struct rn_error *err);
/* Counts the record, and says whether it belongs to the part. */
RN_MUST_CHECK enum rn_status
split_take(struct split *s, const void *record, bool *mine, struct rn_error *err);
void split_clear(struct split *s);

#endif
