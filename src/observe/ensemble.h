/*
 * ensemble.h - records sorted into groups and chains, each measured as it passes
 *
 * A group is the records of equal values in the group columns. A chain is the
 * records of equal labels, group columns and replica, its sweeps increasing;
 * a record with sweep 0 and replica = id (mod 2^32) is independent of all others
 * and belongs to no chain (renorm/spins.h). Memory: a few kilobytes a group and
 * level, about one a chain and level (observe(1) has the numbers).
 */
#ifndef OBSERVE_ENSEMBLE_H
#define OBSERVE_ENSEMBLE_H

#include "analysis.h"
#include "keyed.h"
#include "level.h"
#include "renorm/text.h"

struct group {
	struct keyed keyed;   /* its key: the group columns' values, in order */
	struct group *next;   /* in order of first appearance */
	struct strand *loose; /* for independent records; NULL until there are some */
	struct cell *cell;    /* one a level */
};

struct ensemble;

struct ensemble_options {
	const char *by; /* names of the group columns, comma-separated; NULL: the labels */
	bool independent;
	struct wish wish;
};

/* The schema must live as long as the ensemble. NULL with *err filled: 65, 64 or 71. */
struct ensemble *ensemble_create(const struct rn_schema *schema, const struct levels *levels,
	const struct analysis *analysis, const struct ensemble_options *options, struct rn_error *err);
void ensemble_destroy(struct ensemble *s); /* NULL is accepted */

RN_MUST_CHECK enum rn_status ensemble_add(struct ensemble *s, const uint8_t *record, struct rn_error *err);

/* The columns of the groups, then `level` where there are levels, then the analysis's own. */
RN_MUST_CHECK enum rn_status ensemble_table(const struct ensemble *s, struct table *t, struct rn_error *err);
RN_MUST_CHECK enum rn_status ensemble_report(struct ensemble *s, struct table *t, struct rn_error *err);

/*
 * After the report: of the groups whose errors or times are known to come out too small, the
 * first and the number of others, and the cure. Empty when there are none.
 */
RN_MUST_CHECK bool ensemble_doubts(const struct ensemble *s, struct rn_text *text); /* false: no memory */

/* How many configurations were in no bin of a histogram. */
uint64_t ensemble_outside(const struct ensemble *s);

/* After the report: how many rows are reweighted from fewer than 100 effective records. */
uint64_t ensemble_faint(const struct ensemble *s);

#endif
