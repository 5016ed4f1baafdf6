#include "state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/checkpoint.h"

enum { ARRAYS_MAX = 7 };

/* The arrays a checkpoint of this run has besides the model's; returns how many. */
static size_t
arrays_of(struct run *r, struct rn_array a[ARRAYS_MAX])
{
	const size_t n = r->rbm.parameters;
	size_t k = 0;

	a[k++] = (struct rn_array){ "state.updates", RN_U64, 0, { 0 }, &r->optimiser.updates };
	if (r->optimiser.m)
		a[k++] = (struct rn_array){ "state.m", RN_F32, 1, { n }, r->optimiser.m };
	if (r->optimiser.v)
		a[k++] = (struct rn_array){ "state.v", RN_F32, 1, { n }, r->optimiser.v };
	if (r->cd.chains)
		a[k++] = (struct rn_array){ "state.chains", RN_F32, 2, { r->cd.chains, r->rbm.nv }, r->cd.v };
	if (r->best.theta) {
		a[k++] = (struct rn_array){ "state.best", RN_F32, 1, { n }, r->best.theta };
		a[k++] = (struct rn_array){ "state.best_cost", RN_F64, 0, { 0 }, &r->best.cost };
		a[k++] = (struct rn_array){ "state.best_epoch", RN_U64, 0, { 0 }, &r->best.epoch };
	}
	return k;
}

void
state_create(struct state *s, struct run *r)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(r, a);
	struct rn_error err;

	*s = (struct state){ .run = r };
	rn_or_die(rn_rbm_schema(&r->rbm, &s->model, &err), &err);
	rn_or_die(rn_schema_merge_history(s->model, r->train.schema, &err), &err);
	s->checkpoint = rn_schema_copy(s->model);
	if (!s->checkpoint)
		rn_die(RN_ENOMEM, "out of memory (header)");
	rn_or_die(rn_arrays_columns(s->checkpoint, a, n, &err), &err);
	s->record = rn_alloc_or_die(s->model->record_bytes, 1);
	s->checkpoint_record = rn_alloc_or_die(s->checkpoint->record_bytes, 1);
}

void
state_clear(struct state *s)
{
	rn_schema_destroy(s->model);
	rn_schema_destroy(s->checkpoint);
	rn_schema_destroy(s->resumed);
	free(s->record);
	free(s->checkpoint_record);
}

void
state_record(struct state *s)
{
	rn_rbm_put(&s->run->rbm, s->model, (uint32_t)s->run->epoch, s->record);
}

void
state_save(struct state *s)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(s->run, a);
	struct rn_error err;

	rn_rbm_put(&s->run->rbm, s->checkpoint, (uint32_t)s->run->epoch, s->checkpoint_record);
	rn_arrays_put(s->checkpoint, a, n, s->checkpoint_record);
	rn_or_die(rn_checkpoint_write(s->run->o->training.checkpoint, s->checkpoint, s->checkpoint_record, 1,
			  &err),
		&err);
}

/* The machine of the file in place of that of the options, which it must be like. */
static enum rn_status
take_machine(struct run *r, const struct rn_resume *from, struct rn_error *err)
{
	struct rn_rbm *now = &r->rbm, then;
	enum rn_status st = rn_rbm_of_record(&then, from->schema, from->record, err);

	if (st != RN_OK)
		return st;
	if (then.nv != now->nv || then.nh != now->nh || then.visible != now->visible ||
		then.hidden != now->hidden || then.sigma != now->sigma)
		st = rn_fail(err, RN_EDATA,
			"a machine of %zu %s and %zu %s units (sigma %g); data and options make one of %zu "
			"%s and %zu %s units (sigma %g)",
			then.nv, rn_units_name(then.visible), then.nh, rn_units_name(then.hidden),
			(double)then.sigma, now->nv, rn_units_name(now->visible), now->nh,
			rn_units_name(now->hidden), (double)now->sigma);
	else
		memcpy(now->theta, then.theta, now->parameters * sizeof *now->theta);
	rn_rbm_clear(&then);
	return st;
}

/* As it would stand after so many epochs from the start; a checkpoint then puts in the rest. */
static void
count_epochs(struct run *r, uint64_t epochs)
{
	for (r->epoch = 0, r->tau = 0; r->epoch < epochs; r->epoch++)
		r->tau += run_tau(r, r->epoch);
	r->optimiser.updates = epochs * run_updates(r);
}

static enum rn_status
take_state(struct run *r, const struct rn_resume *from, struct rn_error *err)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(r, a);

	return rn_training_take_state(from->schema, from->record, a, n, err);
}

void
state_resume(struct state *s, const char *path)
{
	struct run *r = s->run;
	const struct rn_column *epoch;
	struct rn_resume from;
	struct rn_error err;
	enum rn_status st = rn_resume_read(path, &from, &err);

	rn_or_die(st, &err);
	if (!from.record)
		rn_die(RN_EDATA, "%s: no record of it is whole, there is nothing to resume", path);
	st = rn_schema_require_kind(from.schema, "model.rbm", &err);
	if (st == RN_OK)
		st = take_machine(r, &from, &err);
	if (st == RN_OK)
		st = rn_schema_require_column(from.schema, "epoch", &epoch, &err);
	if (st == RN_OK) {
		count_epochs(r, rn_get_u64(epoch, from.record, 0));
		if (rn_training_is_checkpoint(from.schema))
			st = take_state(r, &from, &err);
	}
	if (st != RN_OK) {
		rn_error_prefix(&err, "%s", path);
		rn_or_die(st, &err);
	}
	if (from.cut || !rn_training_is_checkpoint(from.schema))
		rn_remark(&r->o->common, "%s: %s; goes on from its record of epoch %" PRIu64 "%s", path,
			from.cut ? "cut short" : "a model", r->epoch,
			rn_training_is_checkpoint(from.schema)
				? ""
				: ", without what the optimiser and chains knew");
	s->resumed = from.schema;
	from.schema = NULL;
	rn_resume_clear(&from);
}
