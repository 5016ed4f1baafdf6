/*
 * table.h - rows of trajectories: labels, d, id, k, t, values (the couplings, or phi and u, u', u'' there), event
 */
#ifndef WETTERICH_TABLE_H
#define WETTERICH_TABLE_H

#include "couplings.h"

struct table {
	const struct run *run;
	struct rn_schema *schema;
	struct rn_writer *out;
	size_t values, head; /* columns between t and event; columns before k */
	/* Of the records, to be carried along: labels, d if they have it, and the id; without it records are counted. */
	const struct rn_column *carried[RN_MAX_COLUMNS];
	const struct rn_column *id;
};

/* Begins a segment; `records` NULL: of the command line alone, without labels and id. Failures end the program. */
void table_begin(struct table *t, const struct couplings *c, const struct rn_schema *records);
/* Bytes that table_head writes: labels and id of a record, counted as `number` if it has none. */
size_t table_head_bytes(const struct table *t);
void table_head(const struct table *t, const void *record, uint64_t number, uint8_t *head);
/* k is that of the time. At the start couplings are written as they were read, if their units are the same. */
void table_row(struct table *t, const uint8_t *head, const struct start *s, double k, double time,
	const double x[], int event);
void table_end(struct table *t);

#endif
