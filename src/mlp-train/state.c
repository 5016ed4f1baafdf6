#include "state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/checkpoint.h"

enum { ARRAYS_MAX = 6 };

/* The arrays a checkpoint of this run has besides the model's; returns how many. */
static size_t
arrays_of(struct run *r, struct rn_array a[ARRAYS_MAX])
{
	const size_t n = r->mlp.parameters;
	size_t k = 0;

	a[k++] = (struct rn_array){ "state.updates", RN_U64, 0, { 0 }, &r->optimiser.updates };
	if (r->optimiser.m)
		a[k++] = (struct rn_array){ "state.m", RN_F32, 1, { n }, r->optimiser.m };
	if (r->optimiser.v)
		a[k++] = (struct rn_array){ "state.v", RN_F32, 1, { n }, r->optimiser.v };
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
	rn_or_die(rn_mlp_schema(&r->mlp, &s->model, &err), &err);
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
	rn_mlp_put(&s->run->mlp, s->model, (uint32_t)s->run->epoch, s->record);
}

void
state_save(struct state *s)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(s->run, a);
	struct rn_error err;

	rn_mlp_put(&s->run->mlp, s->checkpoint, (uint32_t)s->run->epoch, s->checkpoint_record);
	rn_arrays_put(s->checkpoint, a, n, s->checkpoint_record);
	rn_or_die(rn_checkpoint_write(s->run->o->training.checkpoint, s->checkpoint, s->checkpoint_record, 1,
			  &err),
		&err);
}

/* --- back ------------------------------------------------------------------ */

static bool
same_classes(const struct rn_mlp *a, const struct rn_mlp *b)
{
	return a->classes == b->classes && !strcmp(a->class_column, b->class_column) &&
		!memcmp(a->class_value, b->class_value, a->classes * sizeof *a->class_value);
}

/* The network of the file in place of that of the options, which it must be like. */
static enum rn_status
take_network(struct run *r, const struct rn_resume *from, struct rn_error *err)
{
	struct rn_mlp *now = &r->mlp, then;
	enum rn_status st = rn_mlp_of_record(&then, from->schema, from->record, err);
	char *layers_now, *layers_then;

	if (st != RN_OK)
		return st;
	layers_now = rn_mlp_layers_text(now);
	layers_then = rn_mlp_layers_text(&then);
	if (!layers_now || !layers_then)
		st = rn_fail_memory(err, "model");
	else if (strcmp(layers_now, layers_then) != 0 || then.layer[0].in != now->layer[0].in ||
		then.low != now->low)
		st = rn_fail(err, RN_EDATA,
			"a network %zu-%.200s (units %s); data and options make one %zu-%.200s (%s)",
			then.layer[0].in, layers_then, then.low < 0 ? "pm1" : "01", now->layer[0].in,
			layers_now, now->low < 0 ? "pm1" : "01");
	else if (!same_classes(now, &then))
		st = rn_fail(err, RN_EDATA, "a network of other classes than the data have");
	else
		memcpy(now->theta, then.theta, now->parameters * sizeof *now->theta);
	free(layers_now);
	free(layers_then);
	rn_mlp_clear(&then);
	return st;
}

static enum rn_status
take_state(struct run *r, const struct rn_resume *from, struct rn_error *err)
{
	struct rn_array a[ARRAYS_MAX];
	const size_t n = arrays_of(r, a);

	return rn_training_take_state(from->schema, from->record, a, n, err);
}

static enum rn_status
take(struct run *r, const struct rn_resume *from, struct rn_error *err)
{
	const struct rn_column *epoch;
	enum rn_status st = rn_schema_require_kind(from->schema, "model.mlp", err);

	if (st == RN_OK)
		st = take_network(r, from, err);
	if (st == RN_OK)
		st = rn_schema_require_column(from->schema, "epoch", &epoch, err);
	if (st != RN_OK)
		return st;
	r->epoch = rn_get_u64(epoch, from->record, 0);
	return rn_training_is_checkpoint(from->schema) ? take_state(r, from, err) : RN_OK;
}

void
state_resume(struct state *s, const char *path)
{
	struct run *r = s->run;
	struct rn_resume from;
	struct rn_error err;
	enum rn_status st = rn_resume_read(path, &from, &err);

	rn_or_die(st, &err);
	if (!from.record)
		rn_die(RN_EDATA, "%s: no record of it is whole, there is nothing to resume", path);
	if (take(r, &from, &err) != RN_OK) {
		rn_error_prefix(&err, "%s", path);
		rn_die(err.status, "%s", err.text);
	}
	if (from.cut || !rn_training_is_checkpoint(from.schema))
		rn_remark(&r->o->common, "%s: %s; goes on from its record of epoch %" PRIu64 "%s", path,
			from.cut ? "cut short" : "a model", r->epoch,
			rn_training_is_checkpoint(from.schema) ? "" : ", without what the optimiser knew");
	s->resumed = from.schema;
	from.schema = NULL;
	rn_resume_clear(&from);
}
