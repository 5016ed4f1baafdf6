/*
 * run.h - the couplings of a run, one set after the other, from where it stands
 */
#ifndef PHI4_GEN_RUN_H
#define PHI4_GEN_RUN_H

#include "chains.h"
#include "watch.h"

/* One set of couplings. Times are in sweeps (metropolis) or cycles (cluster). */
struct step {
	struct ensemble ensemble;
	uint64_t therm, every;
};

struct run {
	const struct options *o;
	struct rn_lattice lattice;
	struct rn_phi4_model *model; /* --model, or NULL */
	struct step *step;
	size_t steps;
	uint64_t replicas, local_per_cluster; /* 0: local sweeps alone */
	struct chains chains;

	void *phi; /* one field */
	struct rn_schema *schema;
	struct rn_writer *out;
	struct rn_progress progress;
	struct watch watch;
	struct report *report; /* NULL: none is wanted */

	/* Where it stands. */
	size_t now;	/* step */
	uint64_t next;	/* its next sample */
	uint64_t *done; /* of each block, sweeps or cycles */
};

/* Chains that give a sample. */
uint64_t run_chains(const struct run *r);
/* Of lists of couplings, in every combination. Finds all times and memory before anything is written; exits. */
struct run run_plan_or_die(const struct options *o);
void run_begin(struct run *r);
/* From (now, next) on. */
void run_sample(struct run *r);
void run_clear(struct run *r);

#endif
