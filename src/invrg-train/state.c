#include "state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/checkpoint.h"

enum { ARRAYS_MAX = 6 };

/* The arrays a checkpoint of this run has besides the model's; returns how many. */
static size_t
arrays_of(struct descent *d, struct rn_array a[ARRAYS_MAX])
{
	const size_t n = d->parameters;
	size_t k = 0;

	a[k++] = (struct rn_array){ "state.updates", RN_U64, 0, { 0 }, &d->optimiser.updates };
	if (d->optimiser.m)
		a[k++] = (struct rn_array){ "state.m", RN_F32, 1, { n }, d->optimiser.m };
	if (d->optimiser.v)
		a[k++] = (struct rn_array){ "state.v", RN_F32, 1, { n }, d->optimiser.v };
	if (d->best.theta) {
		a[k++] = (struct rn_array){ "state.best", RN_F32, 1, { n }, d->best.theta };
		a[k++] = (struct rn_array){ "state.best_cost", RN_F64, 0, { 0 }, &d->best.cost };
		a[k++] = (struct rn_array){ "state.best_epoch", RN_U64, 0, { 0 }, &d->best.epoch };
	}
	return k;
}

void
state_create(struct state *s, struct descent *d, const struct rn_schema *data)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(d, a);
	struct rn_error err;

	*s = (struct state){ .d = d };
	rn_or_die(rn_invrg_schema(&d->m, &s->model, &err), &err);
	rn_or_die(rn_schema_merge_history(s->model, data, &err), &err);
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
	descent_judge(s->d);
	rn_invrg_put(&s->d->m, s->model, (uint32_t)s->d->epoch, s->record);
}

void
state_save(struct state *s)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(s->d, a);
	struct rn_error err;

	descent_judge(s->d);
	rn_invrg_put(&s->d->m, s->checkpoint, (uint32_t)s->d->epoch, s->checkpoint_record);
	rn_arrays_put(s->checkpoint, a, n, s->checkpoint_record);
	rn_or_die(rn_checkpoint_write(s->d->o->training.checkpoint, s->checkpoint, s->checkpoint_record, 1,
			  &err),
		&err);
}

/* --- back ------------------------------------------------------------------ */

/* The parameters of the file in place of the first ones; it must be a map of the form that the options make. */
static enum rn_status
take_map(struct descent *d, const struct rn_resume *from, struct rn_error *err)
{
	const struct rn_invrg *now = &d->m;
	struct rn_invrg then;
	enum rn_status st = rn_invrg_of_record(&then, from->schema, from->record, err);

	if (st != RN_OK)
		return st;
	if (then.map != now->map || then.dim != now->dim || then.b != now->b || then.K != now->K ||
		then.maps != now->maps || then.mix != now->mix || then.activation != now->activation ||
		then.symmetric != now->symmetric)
		st = rn_fail(err, RN_EDATA,
			"a map with b = %zu, kernel %zu, %zu maps, mix %zu, symmetry %s; data and options "
			"make one "
			"with b = %zu, kernel %zu, %zu maps, mix %zu, symmetry %s",
			then.b, then.K, then.maps, then.mix, then.symmetric ? "d4" : "none", now->b, now->K,
			now->maps, now->mix, now->symmetric ? "d4" : "none");
	for (size_t i = 0; st == RN_OK && i < d->parameters; i++)
		d->theta[i] = then.theta ? then.theta[i] : (float)then.kernel[i];
	rn_invrg_clear(&then);
	return st;
}

static enum rn_status
take_state(struct descent *d, const struct rn_resume *from, struct rn_error *err)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(d, a);

	return rn_training_take_state(from->schema, from->record, a, n, err);
}

static enum rn_status
take(struct descent *d, const struct rn_resume *from, struct rn_error *err)
{
	const struct rn_column *epoch;
	enum rn_status st = rn_schema_require_kind(from->schema, "model.invrg", err);

	if (st == RN_OK)
		st = take_map(d, from, err);
	if (st == RN_OK)
		st = rn_schema_require_column(from->schema, "epoch", &epoch, err);
	if (st != RN_OK)
		return st;
	d->epoch = rn_get_u64(epoch, from->record, 0);
	return rn_training_is_checkpoint(from->schema) ? take_state(d, from, err) : RN_OK;
}

void
state_resume(struct state *s, const char *path)
{
	struct descent *d = s->d;
	struct rn_resume from;
	struct rn_error err;

	rn_or_die(rn_resume_read(path, &from, &err), &err);
	if (!from.record)
		rn_die(RN_EDATA, "%s: no record of it is whole, there is nothing to resume", path);
	if (take(d, &from, &err) != RN_OK) {
		rn_error_prefix(&err, "%s", path);
		rn_die(err.status, "%s", err.text);
	}
	if (from.cut || !rn_training_is_checkpoint(from.schema))
		rn_remark(&d->o->common, "%s: %s; goes on from its record of epoch %" PRIu64 "%s", path,
			from.cut ? "cut short" : "a model", d->epoch,
			rn_training_is_checkpoint(from.schema) ? "" : ", without what the optimiser knew");
	s->resumed = from.schema;
	from.schema = NULL;
	rn_resume_clear(&from);
}
