/*
 * state.h - where a run stands, on disk: checkpoints, and what --resume goes on from
 *
 * A checkpoint is a stream of kind "spins" with the header of the output and the key "checkpoint: ising-gen": a record
 * of each chain of the temperature under way, at the sweep it has come to, the id being that of the sample to come; or
 * the last record, where samples are exact.
 * Random numbers are counted by sweep and by record, so that is all there is to know.
 *
 * The output itself has the same: the last records of the chains that all have reached. So a stream that was cut can be
 * taken up without a checkpoint, and the new output then begins with a copy of what it has.
 */
#ifndef ISING_GEN_STATE_H
#define ISING_GEN_STATE_H

#include "run.h"

/* The header of checkpoints; and with --resume, where the run stands and its chains. */
void state_begin_or_die(struct run *r);
/* To the new output, the records that an old one has of this run before that. */
void state_copy_or_die(struct run *r);
/* --checkpoint */
void state_save_or_die(struct run *r);

#endif
