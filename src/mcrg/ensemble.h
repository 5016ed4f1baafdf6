/*
 * ensemble.h - records sorted into groups and chains, their operators summed as they pass
 *
 * A group is the records of equal labels, a row of results each. A chain is those of them with the same replica, its
 * sweeps increasing; a record with sweep 0 and replica = id (mod 2^32) is independent of all others (renorm/spins.h).
 */
#ifndef MCRG_ENSEMBLE_H
#define MCRG_ENSEMBLE_H

#include "renorm/stats.h"
#include "renorm/text.h"
#include "steps.h"

/* What may be slow: nearest neighbours and squared magnetisation of the first and the last level. */
enum { BLOCKS_MAX = 128, SERIES = 4 };

struct group {
	struct group *next;	 /* in order of first appearance */
	void *chains;		 /* a tree, by replica */
	struct rn_blocks *loose; /* of independent records; NULL until there are some */
	struct rn_jackknife *jackknife;
	struct rn_correlator *correlator[SERIES];
	bool has_chains;
	uint64_t n;
	int64_t *origin; /* operators of the first record */
	size_t labels;
	double label[]; /* the key */
};

struct ensemble {
	struct levels *levels;
	const struct rn_schema *schema;
	bool independent;
	const struct rn_column *replica, *sweep, *id, *h;
	const struct rn_column **label;
	size_t labels;
	double *key; /* of the record at hand */
	int64_t *S;
	void *tree; /* of groups */
	struct group *first, **last, *group;
};

/* Schema and levels must live as long. RN_EDATA for labels and columns that are not what they should be. */
RN_MUST_CHECK enum rn_status ensemble_init(struct ensemble *s, const struct rn_schema *schema,
	struct levels *levels, bool independent, struct rn_error *err);
void ensemble_clear(struct ensemble *s); /* { 0 } is accepted */

RN_MUST_CHECK enum rn_status ensemble_add(struct ensemble *s, const uint8_t *record, struct rn_error *err);

/* "T 2.5, h 0"; "all records" where there are no labels. false: no memory. */
RN_MUST_CHECK bool ensemble_describe(const struct ensemble *s, const struct group *g, struct rn_text *text);

#endif
