/*
 * rbm-train - train a restricted Boltzmann machine on samples
 *
 * Reads   spins: spins bit ...; or samples: x bit, u8 or f32; one record a sample. All segments are one training set.
 * Writes  model.rbm: epoch u32, W f32 nv nh, b f32 nv, c f32 nh; a record each --every epochs and one at the end,
 *         which is the model. --log: a table of the epochs. --checkpoint: the model and all that --resume needs.
 *
 * Method  contrastive divergence with k steps (CD-k) or persistent chains (PCD-k), [1, 2]; or, for up to 20 visible
 *         units, the exact gradient of a divergence between machine and data. What matters most is
 *         tau = learning rate x updates, and so training is as long as --tau says.
 *
 * Random numbers are keyed by (seed, "rbm-train", purpose, units of both layers) and counted by (update, draw).
 *
 * Cost    five matrix products a batch, and little else; memory the packed samples, 16 bytes a sample for their
 *         order, the machine two to five times (gradient, moments, best epoch), and two batches, of 1024 samples at most.
 *
 * [1] G. E. Hinton, Neural Computation 14 (2002) 1771. [2] T. Tieleman, ICML 2008.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "monitor.h"
#include "renorm/checkpoint.h"
#include "renorm/vecmath.h"
#include "run.h"
#include "state.h"

static const char *const units[] = { "pm1", "01", "gaussian", NULL };
static const char *const losses[] = { "kl", "reverse-kl", "js", NULL };

enum {
	KEY_HIDDEN = 0x100,
	KEY_VISIBLE_UNITS,
	KEY_HIDDEN_UNITS,
	KEY_SIGMA,
	KEY_CD,
	KEY_PCD,
	KEY_TAU,
	KEY_INIT_SD,
	KEY_LOSS,
	KEY_EXACT,
	KEY_SMOOTH,
	KEY_WEIGHT,
	KEY_AIS,
	KEY_AIS_STEPS
};

static const struct argp_option table[] = {
	{ "hidden", KEY_HIDDEN, "N", 0, "Hidden units (25)", 1 },
	{ "visible-units", KEY_VISIBLE_UNITS, "pm1|01|gaussian", 0, "Values of the visible units (pm1)", 1 },
	{ "hidden-units", KEY_HIDDEN_UNITS, "pm1|01", 0, "Values of the hidden units (pm1)", 1 },
	{ "sigma", KEY_SIGMA, "X", 0, "Standard deviation of Gaussian units (1)", 1 },
	{ "init-sd", KEY_INIT_SD, "X", 0, "Standard deviation of W at the start (0.01)", 1 },
	{ "cd", KEY_CD, "K", 0, "Contrastive divergence of K steps (1)", 2 },
	{ "pcd", KEY_PCD, "K", 0, "Persistent chains, of K steps an update", 2 },
	{ "tau", KEY_TAU, "X", 0, "Train until learning rate x updates is X (125)", 2 },
	{ "exact", KEY_EXACT, NULL, 0, "The exact gradient of --loss; up to 20 visible units", 3 },
	{ "loss", KEY_LOSS, "kl|reverse-kl|js", 0, "With --exact: the divergence to make small (kl)", 3 },
	{ "smooth", KEY_SMOOTH, "EPS", 0, "With --exact: the data mixed with EPS of all states alike (0)",
		3 },
	{ "weight", KEY_WEIGHT, "COLUMN", 0, "With --exact: weights of the samples", 3 },
	{ "ais", KEY_AIS, "CHAINS", 0, "Measure ln Z: exactly if small, else with CHAINS chains", 4 },
	{ "ais-steps", KEY_AIS_STEPS, "N", 0, "Steps of --ais (0: as many as it takes)", 4 },
	{ 0 },
};

static void
check_options(const struct options *o)
{
	rn_training_check(&o->training);
	if (!o->exact && o->weight)
		rn_die(RN_EUSAGE, "--weight needs --exact");
	if (o->exact && (o->training.of_batches || o->training.method == RN_TRAIN_SGD))
		rn_die(RN_EUSAGE, "--exact takes all samples at once: leave out %s",
			o->training.of_batches ? o->training.of_batches : "--optimiser=sgd");
	if (o->exact && o->visible_units == RN_UNITS_GAUSSIAN)
		rn_die(RN_EUSAGE, "--exact sums over all states, of which Gaussian units have too many");
	if (o->sigma != 1 && o->visible_units != RN_UNITS_GAUSSIAN)
		rn_die(RN_EUSAGE, "--sigma needs --visible-units gaussian");
	if (o->ais_steps && !o->ais)
		rn_die(RN_EUSAGE, "--ais-steps needs --ais CHAINS");
	if (o->tau > 0 && o->training.epochs)
		rn_die(RN_EUSAGE, "--tau and --epochs both say how long to train: give one");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	static const char *chains; /* --cd or --pcd, given */
	static bool loss, smooth;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->training;
		state->child_inputs[1] = &o->common;
		return 0;
	case KEY_HIDDEN: o->hidden = rn_arg_u64("--hidden", arg, 1, 1u << 24); return 0;
	case KEY_VISIBLE_UNITS:
		o->visible_units = (enum rn_units)rn_arg_word("--visible-units", arg, units);
		return 0;
	case KEY_HIDDEN_UNITS:
		o->hidden_units = (enum rn_units)rn_arg_word("--hidden-units", arg, units);
		if (o->hidden_units == RN_UNITS_GAUSSIAN)
			rn_die(RN_EUSAGE, "--hidden-units: hidden units are pm1 or 01");
		return 0;
	case KEY_SIGMA: o->sigma = rn_arg_f64("--sigma", arg, 1e-6, 1e6); return 0;
	case KEY_INIT_SD: o->init_sd = rn_arg_f64("--init-sd", arg, 0, 100); return 0;
	case KEY_CD:
	case KEY_PCD:
		o->persistent = key == KEY_PCD;
		if (chains && strcmp(chains, o->persistent ? "--pcd" : "--cd") != 0)
			rn_die(RN_EUSAGE, "--cd and --pcd are two methods; choose one");
		chains = o->persistent ? "--pcd" : "--cd";
		o->k = (unsigned)rn_arg_u64(chains, arg, 1, 1000000);
		return 0;
	case KEY_TAU: o->tau = rn_arg_f64("--tau", arg, 1e-300, 1e300); return 0;
	case KEY_EXACT: o->exact = true; return 0;
	case KEY_LOSS:
		o->loss = (enum divergence_loss)rn_arg_word("--loss", arg, losses);
		loss = true;
		return 0;
	case KEY_SMOOTH:
		o->smooth = rn_arg_f64("--smooth", arg, 0, 1);
		smooth = true;
		return 0;
	case KEY_WEIGHT: o->weight = arg; return 0;
	case KEY_AIS: o->ais = rn_arg_u64("--ais", arg, 2, 1u << 24); return 0;
	case KEY_AIS_STEPS: o->ais_steps = rn_arg_u64("--ais-steps", arg, 1, UINT32_MAX); return 0;
	case ARGP_KEY_END:
		if ((loss || smooth) && !o->exact)
			rn_die(RN_EUSAGE, "%s needs --exact", loss ? "--loss" : "--smooth");
		if (chains && o->exact)
			rn_die(RN_EUSAGE, "--exact has no chains: leave out %s", chains);
		check_options(o);
		if (o->tau <= 0 && o->training.epochs == 0)
			o->tau = 125;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_training_children,
	.args_doc = "[FILE...]",
	.doc = "Train a restricted Boltzmann machine on samples.",
};

static void
add_f64(struct rn_text *line, const char *option, double x)
{
	char number[RN_NUMBER_MAX];

	rn_print_f64(number, x);
	rn_history_add(line, option, number);
}

static void
add_method(const struct options *o, struct rn_text *line)
{
	if (!o->exact) {
		rn_history_add_u64(line, o->persistent ? "--pcd" : "--cd", o->k);
		return;
	}
	rn_history_add(line, "--exact", NULL);
	rn_history_add(line, "--loss", losses[o->loss]);
	add_f64(line, "--smooth", o->smooth);
	if (o->weight)
		rn_history_add(line, "--weight", o->weight);
}

/* A run taken up from its checkpoint ends as if it had not been interrupted, and does not tell. */
static void
add_history(const void *options, bool continues, struct rn_schema *schema)
{
	const struct options *o = options;
	struct rn_training training = o->training;
	struct rn_text line;

	if (continues)
		training.resume = NULL;
	if (o->exact)
		training.batch = 0; /* there are none */
	rn_history_begin(&line, &o->common);
	rn_history_add_u64(&line, "--hidden", o->hidden);
	rn_history_add(&line, "--visible-units", units[o->visible_units]);
	rn_history_add(&line, "--hidden-units", units[o->hidden_units]);
	if (o->visible_units == RN_UNITS_GAUSSIAN)
		add_f64(&line, "--sigma", o->sigma);
	add_f64(&line, "--init-sd", o->init_sd);
	add_method(o, &line);
	if (o->tau > 0)
		add_f64(&line, "--tau", o->tau);
	rn_training_history(&training, &line);
	rn_history_end(&line, &o->common, schema);
}

static void
put_record(struct state *s, struct rn_writer *out)
{
	struct rn_error err;

	state_record(s);
	rn_or_die(rn_writer_put(out, s->record, 1, &err), &err);
}

/* As many digits as two of the error; "x +- error". */
static const char *
with_error(char out[64], double x, double error)
{
	const double digits = error > 0 ? 1 - floor(log10(error)) : NAN;

	if (digits >= 0 && digits < 15)
		snprintf(out, 64, "%.*f +- %.*f", (int)digits, x, (int)digits, error);
	else
		snprintf(out, 64, "%.6g +- %.2g", x, error);
	return out;
}

static void
tell_lnz(const struct options *o, const struct monitor_lnz *l)
{
	char lnz[64], train[64];

	with_error(train, l->train.mean, hypot(rn_mean_error(&l->train), l->error));
	if (isnan(l->ess)) {
		rn_remark(&o->common, "ln Z = %.10g exactly, log-likelihood %s a sample", l->lnz, train);
		return;
	}
	rn_remark(&o->common,
		"ln Z = %s (%zu steps, effective sample size %.3g of %" PRIu64
		" chains), log-likelihood %s a sample%s",
		with_error(lnz, l->lnz, l->error), l->steps, l->ess, o->ais, train,
		l->ess < 10 ? "; few chains carry it: raise --ais-steps" : "");
}

/*
 * Where nothing can be written that is told before the first epoch, and not in an hour. The log comes first: --resume
 * takes from it what was before its checkpoint, and nothing may be missing.
 */
static void
renew_files(struct state *s, const struct monitor *m)
{
	monitor_save(m);
	if (s->run->o->training.checkpoint)
		state_save(s);
}

static bool
is_over(const struct run *r)
{
	return rn_training_is_over(&r->o->training, &r->best, r->epoch, r->epochs);
}

static void
train(struct run *r, struct monitor *m, struct state *s, struct rn_writer *out)
{
	const struct rn_training *t = &r->o->training;
	struct rn_renewal renewal = { 0 };
	struct rn_progress progress;

	if (r->epoch >= r->epochs)
		rn_remark(&r->o->common,
			"there is nothing left to train: %" PRIu64
			" epochs are done, and --tau and --epochs count them all",
			r->epoch);
	rn_progress_begin(&progress, &r->o->common, "samples",
		r->epoch < r->epochs ? (r->epochs - r->epoch) * r->n : 0);
	while (!is_over(r)) {
		double cost;
		const bool good = run_epoch(r, &progress);
		const bool record = t->every && r->epoch % t->every == 0 && r->epoch < r->epochs;

		if (!good) {
			monitor_save(m);
			rn_training_give_up(t, r->epoch);
		}
		cost = monitor_epoch(m, record || r->epoch == r->epochs);
		rn_best_update(&r->best, cost, r->epoch, r->rbm.theta);
		if (record)
			put_record(s, out);
		if (is_over(r) || rn_renewal_is_due(&renewal)) {
			renew_files(s, m);
			rn_renewal_done(&renewal);
		}
	}
	rn_progress_end(&progress);
}

int
main(int argc, char **argv)
{
	struct options o = {
		.hidden = 25,
		.sigma = 1,
		.k = 1,
		.init_sd = 0.01,
		.training = { RN_TRAINING_DEFAULTS, .method = RN_TRAIN_MINIBATCH, .rate = 0.05 },
	};
	struct rn_writer *out;
	struct rn_error err;
	struct monitor m;
	struct state s;
	struct run r;

	rn_stage_init(&o.common, "rbm-train",
		RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM | RN_STAGE_THREADS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	rn_training_check_files(&o.training, &o.common);
	rn_blas_threads(o.common.threads);

	out = rn_open_output(&o.common);
	run_create(&r, &o);
	state_create(&s, &r);
	if (o.training.resume)
		state_resume(&s, o.training.resume);
	rn_training_write_history(&o.training, &o.common, add_history, &o, s.resumed, s.model, s.checkpoint);
	monitor_create(&m, &r);
	if (o.training.resume)
		monitor_resume(&m);
	renew_files(&s, &m);
	rn_or_die(rn_writer_segment(out, s.model, &err), &err);

	train(&r, &m, &s, out);
	rn_best_take(&r.best, r.rbm.theta, &r.epoch);
	if (o.ais)
		tell_lnz(&o, monitor_last_lnz(&m));
	monitor_save(&m);
	put_record(&s, out);
	rn_or_die(rn_writer_close(out, &err), &err);

	monitor_clear(&m);
	state_clear(&s);
	run_clear(&r);
	return 0;
}
