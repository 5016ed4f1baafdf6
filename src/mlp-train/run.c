#include "run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_BATCH = 1000 };

/* What random numbers are for: each has a key of its own. */
enum purpose { PURPOSE_INIT, PURPOSE_SPLIT, PURPOSE_ORDER };

static struct rn_random_key
purpose_key(const struct run *r, enum purpose purpose)
{
	const double label = purpose;

	return rn_random_key(r->o->common.seed, "mlp-train", &label, 1, &r->train.width, 1);
}

/* --- the data ------------------------------------------------------------ */

static void
read_data(struct run *r)
{
	const struct rn_dataset_options options = { .class_column = r->o->label };
	const struct rn_training *t = &r->o->training;
	struct rn_reader *in = rn_open_input(&r->o->common);
	struct rn_error err;

	rn_or_die(rn_dataset_read(in, &options, &r->train, &err), &err);
	rn_reader_close(in);
	if (rn_dataset_is_dark(&r->train))
		rn_remark(&r->o->common, "%s", rn_dataset_dark);
	if (!t->test)
		return;
	if (rn_dataset_read_file(t->test, &options, &r->test, &err) == RN_OK &&
		rn_dataset_match(&r->train, &r->test, &err) == RN_OK)
		return;
	rn_error_prefix(&err, "--test");
	rn_die(err.status, "%s", err.text);
}

/* Of a class of one record, which is all in the training set, the test would say nothing. */
static void
need_two_of_each(const struct rn_dataset *d, const char *label)
{
	size_t *size = rn_alloc_or_die(d->classes, sizeof *size);

	for (size_t i = 0; i < d->n; i++)
		size[d->class_of[i]]++;
	for (size_t c = 0; c < d->classes; c++)
		if (size[c] < 2)
			rn_die(RN_EDATA,
				"one record alone has %s = %.15g: none is left for the test set; "
				"use --test FILE or --holdout 0",
				label, d->class_value[c]);
	free(size);
}

static void
split_data(struct run *r)
{
	const struct rn_training *t = &r->o->training;
	const struct rn_random_key key = purpose_key(r, PURPOSE_SPLIT);
	struct rn_error err;

	if (t->holdout > 0)
		need_two_of_each(&r->train, r->o->label);
	r->index = rn_alloc_or_die(r->train.n, sizeof *r->index);
	r->order = rn_alloc_or_die(r->train.n, sizeof *r->order);
	rn_or_die(rn_training_split(t->test ? 0 : t->holdout, &key, r->train.n, r->train.class_of,
			  r->train.classes, r->index, &r->n, &err),
		&err);
	r->test_index = r->index + r->n;
	r->test_n = r->train.n - r->n;
	if (!t->test)
		return;
	r->test_n = r->test.n;
	r->test_index = rn_alloc_or_die(r->test_n, sizeof *r->test_index);
	for (size_t i = 0; i < r->test_n; i++)
		r->test_index[i] = i;
}

bool
run_has_test(const struct run *r)
{
	return r->test_n > 0;
}

/* --- the network ----------------------------------------------------------- */

/* Inputs of order 1 then make z of order 1, also where half of the units are cut off (He et al., ICCV 2015). */
static double
initial_sd(const struct rn_mlp_layer *layer)
{
	const bool half = layer->f == RN_RELU || layer->f == RN_LEAKY_RELU || layer->f == RN_ELU;

	return sqrt((half ? 2.0 : 1.0) / (double)layer->in);
}

static void
start_weights(struct run *r)
{
	const struct rn_random_key key = purpose_key(r, PURPOSE_INIT);

	for (unsigned l = 0; l < r->mlp.layers; l++) {
		const struct rn_mlp_layer *layer = &r->mlp.layer[l];
		struct rn_random random = rn_random_at(&key, l);
		const double sd = initial_sd(layer);

		for (size_t i = 0; i < layer->in * layer->out; i++)
			layer->W[i] = (float)(sd * rn_random_normal(&random));
	}
}

static void
make_network(struct run *r)
{
	const struct rn_dataset *d = &r->train;
	struct rn_mlp *m = &r->mlp;
	struct rn_error err;

	if (rn_mlp_create(m, r->o->layers, d->width, d->classes, &err) != RN_OK) {
		rn_error_prefix(&err, "--layers");
		rn_die(err.status, "%s", err.text);
	}
	m->low = r->o->zero_one ? 0 : -1;
	if (d->ndim > 0) {
		m->ndim = d->ndim;
		memcpy(m->shape, d->shape, sizeof m->shape);
	}
	m->class_value = rn_alloc_or_die(d->classes, sizeof *m->class_value);
	memcpy(m->class_value, d->class_value, d->classes * sizeof *m->class_value);
	if (!(m->class_column = strdup(r->o->label)))
		rn_die(RN_ENOMEM, "out of memory (model)");
	start_weights(r);
}

static void
make_trainer(struct run *r)
{
	const struct rn_optimiser_options options = rn_training_optimiser(&r->o->training);
	size_t room;
	struct rn_error err;

	r->batch = rn_training_batch(&r->o->training, r->n);
	room = r->batch > TEST_BATCH ? r->batch : TEST_BATCH;
	r->class_of = rn_alloc_or_die(room, sizeof *r->class_of);
	rn_or_die(rn_optimiser_create(&r->optimiser, &options, r->mlp.parameters, &err), &err);
	rn_or_die(backprop_create(&r->backprop, &r->mlp, room, &err), &err);
	r->best.n = r->mlp.parameters;
	if (run_has_test(r))
		r->best.theta = rn_alloc_or_die(r->best.n, sizeof *r->best.theta);
}

void
run_create(struct run *r, const struct options *o)
{
	*r = (struct run){ .o = o, .best = { .cost = INFINITY } };
	read_data(r);
	make_network(r);
	split_data(r);
	make_trainer(r);
}

void
run_clear(struct run *r)
{
	if (r->o->training.test)
		free(r->test_index);
	free(r->index);
	free(r->order);
	free(r->class_of);
	free(r->best.theta);
	backprop_clear(&r->backprop);
	rn_optimiser_clear(&r->optimiser);
	rn_mlp_clear(&r->mlp);
	rn_dataset_clear(&r->test);
	rn_dataset_clear(&r->train);
}

/* --- an epoch ---------------------------------------------------------------- */

static void
take_batch(struct run *r, const struct rn_dataset *d, const uint64_t index[], size_t n)
{
	rn_dataset_rows(d, index, n, r->mlp.low, r->mlp.high, r->backprop.x);
	for (size_t i = 0; i < n; i++)
		r->class_of[i] = d->class_of[index[i]];
}

static void
update(struct run *r, double rate)
{
	const struct rn_training *t = &r->o->training;

	rn_optimiser_begin(&r->optimiser, rate);
	for (unsigned l = 0; l < r->mlp.layers; l++) {
		const struct rn_mlp_layer *layer = &r->mlp.layer[l];
		const size_t W = (size_t)(layer->W - r->mlp.theta), b = (size_t)(layer->b - r->mlp.theta);

		rn_optimiser_block(&r->optimiser, W, layer->in * layer->out, t->l1_w, t->l2_w, layer->W,
			r->backprop.gradient + W);
		rn_optimiser_block(&r->optimiser, b, layer->out, t->l1_b, t->l2_b, layer->b,
			r->backprop.gradient + b);
	}
}

static struct result
mean(struct score s, size_t n)
{
	return (struct result){ s.cost / (double)n, (double)s.right / (double)n };
}

static void
add(struct score *sum, struct score s)
{
	sum->cost += s.cost;
	sum->right += s.right;
}

struct result
run_epoch(struct run *r, struct rn_progress *progress)
{
	const double rate = rn_training_rate(&r->o->training, r->epoch);
	const struct rn_random_key key = purpose_key(r, PURPOSE_ORDER);
	struct score sum = { 0 };

	rn_training_order(&r->o->training, &key, r->epoch, r->index, r->n, r->order);
	for (size_t i = 0; i < r->n; i += r->batch) {
		const size_t n = r->n - i < r->batch ? r->n - i : r->batch;

		take_batch(r, &r->train, r->order + i, n);
		add(&sum, backprop_gradient(&r->backprop, r->class_of, n));
		update(r, rate);
		rn_progress_add(progress, n);
	}
	r->epoch++;
	if (!rn_training_is_sane(r->mlp.theta, r->mlp.parameters))
		return (struct result){ NAN, NAN };
	return mean(sum, r->n);
}

struct result
run_test(struct run *r)
{
	const struct rn_dataset *d = r->o->training.test ? &r->test : &r->train;
	struct score sum = { 0 };

	for (size_t i = 0; i < r->test_n; i += TEST_BATCH) {
		const size_t n = r->test_n - i < TEST_BATCH ? r->test_n - i : TEST_BATCH;

		take_batch(r, d, r->test_index + i, n);
		add(&sum, backprop_score(&r->backprop, r->class_of, n));
	}
	return mean(sum, r->test_n);
}
