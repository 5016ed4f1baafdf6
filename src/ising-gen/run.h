/*
 * run.h - the temperatures of a run, one after the other, from where it stands
 */
#ifndef ISING_GEN_RUN_H
#define ISING_GEN_RUN_H

#include "choice.h"
#include "exact.h"
#include "renorm/checkpoint.h"
#include "sampler.h"
#include "watch.h"

struct run {
	const struct options *o;
	struct rn_lattice lattice;
	struct step *step; /* a temperature each */
	size_t steps;

	/* Each is ready if a step needs it. */
	struct exact exact;
	struct rows rows;
	struct perfect perfect;
	struct fk fk;
	bool has_exact, has_rows, has_perfect, has_fk;
	const struct step *fk_is; /* the step that it has begun with */
	struct sampler local, clusters;

	uint8_t *bits; /* one packed configuration, and slack behind it */
	struct rn_writer *out;
	struct rn_progress progress;
	struct watch watch;
	struct report *report; /* NULL: none is wanted */

	/* Where it stands. */
	size_t now;			  /* step */
	uint64_t next;			  /* its next sample */
	uint64_t *done;			  /* CHAINS: sweeps of each batch */
	bool is_resumed, copies;	  /* --resume; its file is an output, which this one begins with */
	struct rn_schema *schema, *saved; /* of the output, and of checkpoints */
	struct rn_renewal renewal;	  /* of the checkpoint */
	void *last;			  /* not CHAINS: its last record */
};

/* Chains that give a sample. */
uint64_t run_chains(const struct run *r, const struct step *s);
const struct sampler *run_sampler(const struct run *r, const struct step *s);
/* Sweep at which chain k of a step gives its record number j, from 0 on. */
uint64_t run_sweep_of(const struct step *s, uint64_t j);
/* Begins with chains of a step at sweep 0. */
void run_start_chains(struct run *r, const struct step *s);
/* Whether samples that are turned over by a coin are: that of a record. */
bool run_is_turned(const struct step *s, uint64_t id);
void run_turn(const struct rn_lattice *l, uint8_t *bits);

/* Finds the way of each step, and all memory, before anything is written; exits. */
void run_prepare_or_die(struct run *r);
/* Opens the output, and goes to where --resume stands. */
void run_begin(struct run *r);
/* From (now, next) on. */
void run_sample(struct run *r);
void run_clear(struct run *r);

#endif
