/* Epochs: learning curves, early stopping, checkpoints, records. */
#include <math.h>

#include "renorm/checkpoint.h"
#include "state.h"

static const char *const curve_columns[] = { "epoch", "train_cost", "test_cost", "gain", "rate" };
enum { CURVES = sizeof curve_columns / sizeof *curve_columns };

/* c of a linear kernel. */
static double
gain_of(const struct descent *d)
{
	double sum = 0;

	for (size_t i = 0; i < d->parameters; i++)
		sum += (double)d->theta[i];
	return d->m.map == RN_INVRG_LINEAR ? sum / (double)d->m.sites : NAN;
}

static void
save_curve(const struct rn_curve *c, const struct options *o)
{
	struct rn_error err;

	if (o->training.log)
		rn_or_die(rn_curve_save(c, o->training.log, &err), &err);
}

static void
put_record(struct state *s, struct rn_writer *out)
{
	struct rn_error err;

	state_record(s);
	rn_or_die(rn_writer_put(out, s->record, 1, &err), &err);
}

/* One epoch with its test; false when the numbers failed. */
static bool
train_epoch(struct descent *d, struct rn_curve *curve, struct rn_progress *progress)
{
	const double train = descent_epoch(d, progress);
	double test = NAN;
	struct rn_error err;

	if (!isfinite(train))
		return false;
	if (descent_has_test(d)) {
		test = descent_test(d);
		if (!isfinite(test))
			return false;
		rn_best_update(&d->best, test, d->epoch, d->theta);
	}

	const double row[CURVES] = { (double)d->epoch, train, test, gain_of(d),
		rn_training_rate(&d->o->training, d->epoch - 1) };

	rn_or_die(rn_curve_add(curve, row, &err), &err);
	return true;
}

/*
 * Where nothing can be written that is told before the first epoch, and not in an hour. The log comes first: --resume
 * takes from it what was before its checkpoint, and nothing may be missing.
 */
static void
renew_files(struct state *s, const struct rn_curve *curve)
{
	save_curve(curve, s->d->o);
	if (s->d->o->training.checkpoint)
		state_save(s);
}

static bool
is_over(const struct descent *d)
{
	return rn_training_is_over(&d->o->training, &d->best, d->epoch, d->o->training.epochs);
}

static void
train(struct descent *d, struct rn_curve *curve, struct state *s, struct rn_writer *out)
{
	const struct rn_training *t = &d->o->training;
	struct rn_renewal renewal = { 0 };
	struct rn_progress progress;

	rn_progress_begin(&progress, &d->o->common, "pairs",
		d->epoch < t->epochs ? (t->epochs - d->epoch) * d->n : 0);
	while (!is_over(d)) {
		if (!train_epoch(d, curve, &progress)) {
			save_curve(curve, d->o);
			rn_training_give_up(t, d->epoch);
		}
		if (t->every && d->epoch % t->every == 0 && !is_over(d))
			put_record(s, out);
		if (is_over(d) || rn_renewal_is_due(&renewal)) {
			renew_files(s, curve);
			rn_renewal_done(&renewal);
		}
	}
	rn_progress_end(&progress);
}

void
run_descent(const struct options *o, struct pairs *p, struct rn_writer *out)
{
	struct rn_curve curve;
	struct rn_error err;
	struct descent d;
	struct state s;

	descent_create(&d, o, p);
	state_create(&s, &d, p->schema);
	if (o->training.resume)
		state_resume(&s, o->training.resume);
	rn_training_write_history(&o->training, &o->common, run_history, o, s.resumed, s.model, s.checkpoint);
	rn_or_die(rn_curve_create(&curve, curve_columns, CURVES, &err), &err);
	if (o->training.resume && o->training.log)
		rn_or_die(rn_curve_resume(&curve, o->training.log, d.epoch, &err), &err);
	renew_files(&s, &curve);
	rn_or_die(rn_writer_segment(out, s.model, &err), &err);

	train(&d, &curve, &s, out);
	rn_best_take(&d.best, d.theta, &d.epoch);
	put_record(&s, out);
	run_tell(o, &d.m);

	rn_curve_clear(&curve);
	state_clear(&s);
	descent_clear(&d);
}
