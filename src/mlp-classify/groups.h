/*
 * groups.h - records sorted into groups and chains, and what is summed of them
 *
 * A group is the records of equal values in the group columns. A chain is the records of equal labels, group columns
 * and replica, its sweeps increasing; a record with sweep 0 and replica = id (mod 2^32) is independent of all others
 * (renorm/spins.h). Sums stand in jackknife blocks of chains (renorm/stats.h).
 */
#ifndef MLP_CLASSIFY_GROUPS_H
#define MLP_CLASSIFY_GROUPS_H

#include "keys.h"
#include "observables.h"
#include "renorm/mlp.h"
#include "renorm/stats.h"
#include "renorm/text.h"

/* What is summed of each record: `classes` probabilities, and where the records are lattices, from E on the others. */
enum { E, M, ABSM, M2, M4, G }; /* classes + E, ...; G(r) is classes + G + r, then the histogram */

/* The slowest of these says how long blocks must be: e, m^2, the mean number of the class. */
enum { SERIES = 3, BLOCKS_MAX = 128 };

struct strand { /* a chain, or the independent records of a group */
	struct rn_blocks *blocks;
	struct rn_history *history[SERIES]; /* NULL of independent records */
};

struct chain {
	struct strand strand;
	size_t group;
	uint64_t sweep; /* of its last record */
	bool begun;
};

struct group {
	uint8_t *key; /* the values of the group columns, one behind the other */
	uint64_t n;
	double h; /* of all its records, 0 if there is no such label; NaN when they differ */
	struct rn_jackknife *jackknife;
	struct rn_correlator *correlator[SERIES];
	struct strand loose; /* blocks NULL until there are independent records */
	bool has_chains, few, open;
};

struct key_columns {
	const struct rn_column **column;
	size_t n, bytes;
};

struct groups {
	const struct rn_schema *schema;
	struct observables observables;
	size_t classes, q;
	bool independent;
	const struct rn_column *replica, *sweep, *id, *h;
	struct key_columns by, all; /* group columns; those and the other labels */
	struct keys group_keys, chain_keys;
	struct group *group;
	struct chain *chain;
	size_t ngroups, group_room, nchains, chain_room;
	uint8_t *key, *last; /* of `all` and the replica; of the record before */
	bool has_last;
	size_t last_group, last_chain;
};

/* by: names, comma-separated. The schema must outlive it. RN_EDATA: no such column, a column of bits, ... */
RN_MUST_CHECK enum rn_status
groups_begin(struct groups *s, const struct rn_schema *schema, const struct rn_mlp *mlp,
	const struct rn_column *values, const char *by, bool independent, struct rn_error *err);
void groups_end(struct groups *s);

/* RN_EDATA: nan as a label, a chain that goes backwards. */
RN_MUST_CHECK enum rn_status
groups_add(struct groups *s, const uint8_t *record, const float p[], struct rn_error *err);

/* The blocks of a group, long enough for its slowest series. */
RN_MUST_CHECK enum rn_status group_finish(struct group *g, struct rn_sample *sample, struct rn_error *err);

/* After that, of the groups whose errors are known to come out too small, the first and the number of others, and the cure. */
RN_MUST_CHECK bool groups_doubts(const struct groups *s, struct rn_text *text); /* false: no memory */

#endif
