#include "run.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "purpose.h"

#define EPOCHS_MAX 10000000 /* what --tau may come to */

/* --- the data ------------------------------------------------------------ */

/* Values of binary units lie between their two states: grey pixels do, a field does not. */
static void
check_values(const struct run *r, const struct rn_dataset *d)
{
	const enum rn_units units = r->o->visible_units;
	struct rn_error err;
	float low, high;
	size_t i = 0;

	if (d->type != RN_F32 || units == RN_UNITS_GAUSSIAN)
		return;
	rn_units_range(units, &low, &high);
	if (!isnan(d->low))
		low = d->low;
	for (; i < d->n * d->width; i++) {
		float x;

		memcpy(&x, d->rows + i / d->width * d->row_bytes + i % d->width * sizeof x, sizeof x);
		if (x >= low && x <= high)
			continue;
		rn_fail(&err, RN_EDATA,
			"a value of %g, and units %s take %g to %g; there is --visible-units gaussian",
			(double)x, rn_units_name(units), (double)low, (double)high);
		rn_or_die(rn_dataset_locate(d, i / d->width, &err), &err);
	}
}

static void
read_data(struct run *r)
{
	const struct rn_dataset_options options = { .weight_column = r->o->weight };
	const struct rn_training *t = &r->o->training;
	struct rn_reader *in = rn_open_input(&r->o->common);
	struct rn_error err;

	rn_or_die(rn_dataset_read(in, &options, &r->train, &err), &err);
	rn_reader_close(in);
	check_values(r, &r->train);
	if (rn_dataset_is_dark(&r->train))
		rn_remark(&r->o->common, "%s", rn_dataset_dark);
	if (!t->test)
		return;
	rn_or_die(rn_dataset_read_file(t->test, &options, &r->test, &err), &err);
	rn_or_die(rn_dataset_match(&r->train, &r->test, &err), &err);
	check_values(r, &r->test);
}

static void
split_data(struct run *r)
{
	const struct rn_training *t = &r->o->training;
	const struct rn_random_key key = purpose_key(r->o->common.seed, PURPOSE_SPLIT, &r->rbm);
	struct rn_error err;

	r->index = rn_alloc_or_die(r->train.n, sizeof *r->index);
	r->order = rn_alloc_or_die(r->train.n, sizeof *r->order);
	r->n = r->train.n;
	rn_or_die(rn_training_split(t->test ? 0 : t->holdout, &key, r->train.n, NULL, 0, r->index, &r->n,
			  &err),
		&err);
	if (r->n == 0)
		rn_die(RN_EDATA, "of %zu samples --holdout %g leaves none to train with", r->train.n,
			t->holdout);
	r->test_index = r->index + r->n;
	r->test_n = r->train.n - r->n;
	if (!t->test)
		return;
	r->test_n = r->test.n;
	r->test_index = rn_alloc_or_die(r->test_n, sizeof *r->test_index);
	for (size_t i = 0; i < r->test_n; i++)
		r->test_index[i] = i;
}

const struct rn_dataset *
run_test(const struct run *r)
{
	if (r->test_n == 0)
		return NULL;
	return r->o->training.test ? &r->test : &r->train;
}

/* --- the machine --------------------------------------------------------- */

static void
make_machine(struct run *r)
{
	const struct options *o = r->o;
	const size_t one = 1;
	const unsigned ndim = r->train.ndim ? r->train.ndim : 1;
	struct rn_random random;
	struct rn_random_key key;
	struct rn_error err;

	rn_or_die(rn_rbm_create(&r->rbm, o->visible_units, o->hidden_units, ndim,
			  r->train.ndim ? r->train.shape : &one, o->hidden, &err),
		&err);
	r->rbm.sigma = (float)o->sigma;
	key = purpose_key(o->common.seed, PURPOSE_INIT, &r->rbm);
	random = rn_random_at(&key, 0);
	for (size_t i = 0; i < r->rbm.nv * r->rbm.nh; i++)
		r->rbm.W[i] = (float)(o->init_sd * rn_random_normal(&random));
}

static void
make_divergence(struct run *r)
{
	const struct options *o = r->o;
	struct rn_error err;
	double *q = divergence_count(&r->rbm, &r->train, r->index, r->n, &err);

	rn_ptr_or_die(q, &err);
	rn_or_die(divergence_create(&r->divergence, &r->rbm, o->loss, o->smooth, q, &err), &err);
	free(q);
}

static void
make_trainer(struct run *r)
{
	const struct options *o = r->o;
	const struct rn_optimiser_options options = rn_training_optimiser(&o->training);
	struct rn_error err;

	r->batch = o->exact ? r->n : rn_training_batch(&o->training, r->n);
	rn_or_die(rn_optimiser_create(&r->optimiser, &options, r->rbm.parameters, &err), &err);
	rn_or_die(cd_create(&r->cd, &r->rbm, &r->optimiser, &o->training, o->common.seed, o->k,
			  o->persistent ? r->batch : 0, o->exact ? 1 : r->batch, &err),
		&err);
	if (o->exact)
		make_divergence(r);
}

uint64_t
run_updates(const struct run *r)
{
	return (r->n + r->batch - 1) / r->batch;
}

double
run_tau(const struct run *r, uint64_t epoch)
{
	const struct rn_training *t = &r->o->training;
	const double inertia = t->method == RN_TRAIN_MOMENTUM ? 1 - t->momentum : 1;

	return rn_training_rate(t, epoch) * (double)run_updates(r) / inertia;
}

/* A tau that is a whole number of epochs is met by it, whatever the sum has lost to rounding. */
static uint64_t
epochs_for_tau(const struct run *r)
{
	const double enough = r->o->tau * (1 - 1e-9);
	double tau = 0;
	uint64_t epoch = 0;

	while (tau < enough && epoch < EPOCHS_MAX)
		tau += run_tau(r, epoch++);
	if (tau < enough)
		rn_die(RN_EUSAGE,
			"--tau %g is not reached within %d epochs at this rate; --epochs N says how long to "
			"train",
			r->o->tau, EPOCHS_MAX);
	return epoch;
}

void
run_create(struct run *r, const struct options *o)
{
	*r = (struct run){ .o = o, .best = { .cost = INFINITY } };
	read_data(r);
	make_machine(r);
	split_data(r);
	make_trainer(r);
	r->best.n = r->rbm.parameters;
	if (o->training.patience > 0)
		r->best.theta = rn_alloc_or_die(r->best.n, sizeof *r->best.theta);
	r->epochs = o->tau > 0 ? epochs_for_tau(r) : o->training.epochs;
}

void
run_clear(struct run *r)
{
	if (r->o->training.test)
		free(r->test_index);
	free(r->index);
	free(r->order);
	free(r->best.theta);
	divergence_clear(&r->divergence);
	cd_clear(&r->cd);
	rn_optimiser_clear(&r->optimiser);
	rn_rbm_clear(&r->rbm);
	rn_dataset_clear(&r->test);
	rn_dataset_clear(&r->train);
}

/* --- an epoch ------------------------------------------------------------ */

double
run_loss(struct run *r)
{
	if (!r->has_loss)
		r->loss = divergence_loss(&r->divergence, &r->rbm, r->cd.gradient);
	r->has_loss = true;
	return r->loss;
}

static bool
exact_epoch(struct run *r, double rate)
{
	if (!isfinite(run_loss(r)))
		return false;
	r->has_loss = false;
	rn_optimiser_begin(&r->optimiser, rate);
	optimiser_step(&r->optimiser, &r->o->training, &r->rbm, r->cd.gradient);
	return true;
}

static void
cd_epoch(struct run *r, double rate, struct rn_progress *progress)
{
	const struct rn_random_key key = purpose_key(r->o->common.seed, PURPOSE_ORDER, &r->rbm);

	rn_training_order(&r->o->training, &key, r->epoch, r->index, r->n, r->order);
	for (size_t i = 0; i < r->n; i += r->batch) {
		const size_t n = r->n - i < r->batch ? r->n - i : r->batch;

		cd_update(&r->cd, &r->train, r->order + i, n, rate);
		rn_progress_add(progress, n);
	}
}

bool
run_epoch(struct run *r, struct rn_progress *progress)
{
	const double rate = rn_training_rate(&r->o->training, r->epoch);
	bool good = true;

	if (r->o->exact)
		good = exact_epoch(r, rate);
	else
		cd_epoch(r, rate, progress);
	if (r->o->exact)
		rn_progress_add(progress, r->n);
	r->tau += run_tau(r, r->epoch++);
	return good && rn_training_is_sane(r->rbm.theta, r->rbm.parameters);
}
