/*
 * state.h - a run as records: of the model, and of a checkpoint, which has columns state.* besides
 *
 *	state.updates u64, state.m, state.v f32 n	of the optimiser
 *	state.best f32 n, state.best_cost f64, state.best_epoch u64	with a test set
 */
#ifndef STATE_H
#define STATE_H

#include "descent.h"

struct state {
	struct descent *d;
	struct rn_schema *model, *checkpoint;
	struct rn_schema *resumed; /* header of what state_resume() took up; NULL: nothing */
	void *record, *checkpoint_record;
};

/* data: a header whose history is that of the pairs. */
void state_create(struct state *s, struct descent *d, const struct rn_schema *data);
void state_clear(struct state *s);

/* The model as it is now, in s->record. */
void state_record(struct state *s);
/* Replaces --checkpoint. */
void state_save(struct state *s);
/*
 * Takes up --resume: of a checkpoint everything; of a model, whole or cut, its last verified record and its epoch,
 * which is told. Exits when it does not fit.
 */
void state_resume(struct state *s, const char *path);

#endif
