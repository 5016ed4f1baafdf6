/*
 * renorm/groups.h - records sorted into groups and chains, what is measured of them summed as they pass
 *
 * A group is the records of equal labels. A chain is those of them with the same replica, its sweeps increasing; a
 * record with sweep 0 and replica = id (mod 2^32) is independent of all others (renorm/spins.h), and so is every
 * record where there is no replica or no sweep, or where that is asked for.
 *
 * Of each group there are the jackknife blocks of q sums, and correlators of a few numbers a record that tell how
 * long its chains remember (renorm/stats.h). At the end a group is a row or more of a table.
 */
#ifndef RENORM_GROUPS_H
#define RENORM_GROUPS_H

#include "renorm/schema.h"
#include "renorm/stats.h"
#include "renorm/text.h"
#include "renorm/writer.h"

#define RN_GROUP_BLOCKS 128 /* of a group, at most */

struct rn_group {
	struct rn_group *next; /* in order of first appearance */
	uint64_t n;	       /* records */
	void *own;	       /* the caller's: own_bytes, zeroed at first */

	/* Of groups.c alone. */
	void *chains;		 /* a tree, by replica */
	struct rn_blocks *loose; /* of independent records; NULL until there are some */
	struct rn_jackknife *jackknife;
	struct rn_correlator **correlator; /* one a series, then NULL */
	bool has_chains;
	size_t labels;
	double label[]; /* the key */
};

struct rn_groups_shape {
	size_t q;	  /* sums */
	size_t series;	  /* numbers a record that may be slow */
	size_t own_bytes; /* a group */
	bool independent; /* take each record as independent, whatever it says */
};

struct rn_groups {
	struct rn_group *first, *group; /* group: of the last record */
	size_t labels;
	bool independent;

	/* Of groups.c alone. */
	struct rn_groups_shape shape;
	const struct rn_column *replica, *sweep, *id;
	const struct rn_column **label;
	double *key; /* of the record at hand */
	void *tree;
	struct rn_group **last;
};

/*
 * The schema must live as long. RN_EDATA for a label that is not one number, and for a replica, sweep or id that is
 * no unsigned whole number.
 */
RN_MUST_CHECK enum rn_status rn_groups_init(struct rn_groups *s, const struct rn_schema *schema,
	const struct rn_groups_shape *shape, struct rn_error *err);
void rn_groups_clear(struct rn_groups *s); /* { 0 } is accepted */

/*
 * Takes a record into s->group, whose n is 1 if it is the first. *sum: the q sums to which the caller adds its values
 * before it calls again. RN_EDATA for a label that is nan and for a sweep that does not come after the last of its chain.
 */
RN_MUST_CHECK enum rn_status rn_groups_add(struct rn_groups *s, const void *record, const double series[],
	double **sum, struct rn_error *err);

/*
 * The blocks of a group, 16 tau long as long as 20 of them remain, with the largest tau of all series, in records;
 * of independent records 1/2. *open is set where the chains end before a tau is known, and left alone otherwise.
 */
RN_MUST_CHECK enum rn_status
rn_group_finish(struct rn_group *g, struct rn_sample *sample, double *tau, bool *open, struct rn_error *err);

/* "T 2.5, h 0"; "all records" where there are no labels. false: no memory. */
RN_MUST_CHECK bool
rn_groups_describe(const struct rn_groups *s, const struct rn_group *g, struct rn_text *text);

/* --- the table ------------------------------------------------------------- */

struct rn_result {
	const char *name;
	enum rn_type type;
};

/* A table with the labels, then n columns of results. RN_EDATA when a label has the name of a result. */
RN_MUST_CHECK enum rn_status rn_groups_table(const struct rn_groups *s, const struct rn_result result[],
	size_t n, struct rn_schema **table, struct rn_error *err);
/* A row of it: the labels of the group, and a value for each column of results. */
RN_MUST_CHECK enum rn_status rn_groups_row(const struct rn_groups *s, const struct rn_group *g,
	const struct rn_schema *table, const double value[], struct rn_writer *w, struct rn_error *err);

#endif
