/*
 * groups.h - records sorted into groups and chains, and what is summed of them
 *
 * A group is the records of equal values in the group columns. A chain is the records of equal labels, group columns
 * and replica, its sweeps increasing; a record with sweep 0 and replica = id (mod 2^32) is independent of all others
 * (renorm/spins.h).
 *
 * The first BLOCKS_MAX chains of a group have jackknife blocks of their own (renorm/stats.h). Any further one adds all its
 * records to one of BLOCKS_MAX shared blocks: chains are independent, so blocks of whole chains are, however long
 * these remember. So a group's memory is bounded, and a chain needs its key, its sweep and where it belongs.
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

/* At h = 0, where <m> is 0: m is this many of its errors and this part of |m|, so the chains were never in the other phase. */
#define PHASE_ERRORS 5
#define PHASE_PART 0.9

/* The slowest of these says how long blocks must be: e, m^2, the mean number of the class. */
enum { SERIES = 3, BLOCKS_MAX = 128 };

struct strand { /* a chain, or the independent records of a group */
	struct rn_blocks *blocks;
	struct rn_history *history[SERIES]; /* NULL of independent records */
};

struct chain {
	uint64_t sweep; /* of its last record */
	uint16_t place; /* below BLOCKS_MAX: strand of its group; from there on: shared block */
	bool begun;
};

struct group {
	uint8_t *key; /* the values of the group columns, one behind the other */
	uint64_t n;
	double h; /* of all its records, 0 if there is no such label; NaN when they differ */
	struct rn_jackknife *jackknife;
	struct rn_correlator *correlator[SERIES];
	struct strand loose; /* blocks NULL until there are independent records */
	struct strand *own;  /* of the first chains */
	size_t nown, own_room;
	uint64_t nchains;
	double *shared; /* BLOCKS_MAX rows of q sums and the number of records; NULL: not needed yet */
	bool few, open, one_phase;
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

/* The blocks of a group, those of chains of their own long enough for its slowest series. */
RN_MUST_CHECK enum rn_status group_finish(struct group *g, struct rn_sample *sample, struct rn_error *err);
/* After that, with the means of its observables: whether its chains have seen one of the two phases alone. */
void group_judge_phases(struct group *g, const struct rn_estimate observed[]);

/*
 * After that, of the groups whose errors are known to come out too small, or which are in one phase, the first and the
 * number of others, and the cure; text stays empty if there are none. false: no memory.
 */
RN_MUST_CHECK bool groups_small_errors(const struct groups *s, struct rn_text *text);
RN_MUST_CHECK bool groups_in_one_phase(const struct groups *s, struct rn_text *text);

#endif
