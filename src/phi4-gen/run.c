#include "run.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"

const char *const algorithm_names[] = { "auto", "metropolis", "cluster", NULL };
const char *const start_names[] = { "auto", "cold", "hot", NULL };
const char *const type_names[] = { "f32", "f64", NULL };

enum { LOCAL_PER_CLUSTER = 5 };

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
run_chains(const struct run *r)
{
	return least(r->replicas, r->o->n);
}

static size_t
blocks_of(const struct run *r)
{
	return (run_chains(r) - 1) / SIDE + 1;
}

/* --- the plan ------------------------------------------------------------------------ */

static struct rn_lattice
lattice_or_die(const struct options *o)
{
	size_t extents[2] = { 1, 1 }, sites, bytes;

	rn_arg_extents("-L", o->L, o->d, extents);
	if (__builtin_mul_overflow(extents[0], extents[1], &sites) ||
		__builtin_mul_overflow(sites, rn_type_bytes(o->type), &bytes) || bytes > RN_MAX_RECORD - 128)
		rn_die(RN_EUSAGE, "-L %s: a record would be larger than 1 GiB; choose at most %d sites", o->L,
			o->type == RN_F32 ? 268435424 : 134217712);
	return rn_lattice_make(o->d, extents);
}

/* A value that is named twice counts once, where it is named first. Lists are short. */
static double *
list_or_die(const char *option, const char *text, size_t *n)
{
	double *x = rn_arg_list(option, text, n);
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		bool known = false;

		if (!isfinite(x[i]))
			rn_die(RN_EUSAGE, "%s: '%s': a coupling is a finite number", option, text);
		for (size_t j = 0; j < kept && !known; j++)
			known = x[j] == x[i];
		if (!known)
			x[kept++] = x[i];
	}
	*n = kept;
	return x;
}

static uint64_t
sweeps(uint64_t asked, double estimate)
{
	return asked != AUTOMATIC ? asked : (uint64_t)ceil(fmin(estimate, 0x1p53));
}

/* What the arithmetic of sweeps and draws can count. */
static void
check_counts_or_die(const struct run *r, const struct step *s)
{
	const uint64_t each = (r->o->n - 1) / r->replicas + 1;
	const double cycles = (double)s->therm + (double)each * (double)s->every;

	if (cycles * chains_draws(&r->lattice, r->o->type, r->local_per_cluster) >= 0x1p62)
		rn_die(RN_EUSAGE,
			"--therm, --every and -n ask for 2^62 random numbers of a chain or more; "
			"choose fewer sweeps");
}

static void
plan_times_or_die(struct run *r, struct step *s)
{
	const double tau = ensemble_tau(&s->ensemble, r->local_per_cluster);

	s->therm = sweeps(r->o->therm, 20 * tau);
	s->every = sweeps(r->o->every, 2 * tau);
	check_counts_or_die(r, s);
}

static void
plan_step_or_die(struct run *r, struct step *s, const struct rn_phi4 *coupling)
{
	struct rn_error err;

	rn_or_die(ensemble_make(&r->lattice, coupling, r->o, &s->ensemble, &err), &err);
	plan_times_or_die(r, s);
}

static void
plan_model_or_die(struct run *r)
{
	struct rn_error err;

	r->steps = 1;
	r->step = rn_alloc_or_die(1, sizeof *r->step);
	if (ensemble_make_model(r->model, r->o, &r->step->ensemble, &err) != RN_OK)
		rn_die(err.status, "--model %s: %s", r->o->model, err.text);
	plan_times_or_die(r, r->step);
}

static const char *
kappas_of(const struct options *o)
{
	return o->kappa ? o->kappa : "1";
}

static void
plan_steps_or_die(struct run *r)
{
	size_t kappas, lambdas, masses, t = 0;
	double *kappa = list_or_die("--kappa", kappas_of(r->o), &kappas);
	double *lambda = list_or_die("--lambda", r->o->lambda, &lambdas);
	double *mu2 = list_or_die("--mu2", r->o->mu2, &masses);

	r->steps = kappas * lambdas * masses; /* each list has less than 2^20 */
	r->step = rn_alloc_or_die(r->steps, sizeof *r->step);
	for (size_t k = 0; k < kappas; k++)
		for (size_t l = 0; l < lambdas; l++)
			for (size_t m = 0; m < masses; m++)
				plan_step_or_die(r, &r->step[t++],
					&(struct rn_phi4){ kappa[k], lambda[l], mu2[m] });
	free(kappa);
	free(lambda);
	free(mu2);
}

/* A file of its own, which can be replaced. */
static void
check_report_or_die(const struct options *o)
{
	struct stat st;

	if (!*o->report || !strcmp(o->report, "-") || !strncmp(o->report, "/dev/", 5))
		rn_die(RN_EUSAGE, "--report %s: is no file to be kept; choose the name of one", o->report);
	if (stat(o->report, &st) == 0 && S_ISDIR(st.st_mode))
		rn_die(RN_EIO, "--report %s: is a directory; choose the name of a file", o->report);
	if (o->common.output && rn_same_file(o->report, o->common.output))
		rn_die(RN_EUSAGE, "--report %s would replace the output; choose another name", o->report);
}

static void
check_ids_or_die(const struct options *o, uint64_t chains)
{
	uint64_t last;

	if (o->first_id % SIDE)
		rn_die(RN_EUSAGE,
			"--first-id %" PRIu64
			": chains run in blocks of 16; choose a multiple of 16, such as "
			"%" PRIu64,
			o->first_id, o->first_id - o->first_id % SIDE);
	if (__builtin_add_overflow(o->first_id, o->n - 1, &last))
		rn_die(RN_EUSAGE,
			"--first-id %" PRIu64 ": %" PRIu64 " samples from there are numbered past 2^64",
			o->first_id, o->n);
	if (o->first_id > UINT32_MAX || chains - 1 > UINT32_MAX - o->first_id)
		rn_die(RN_EUSAGE,
			"--first-id %" PRIu64 ": %" PRIu64
			" chains from there are numbered past 2^32; choose fewer, or a smaller number",
			o->first_id, chains);
}

static void
check_couplings_or_die(const struct options *o)
{
	if (o->model && (o->kappa || o->lambda || o->mu2))
		rn_die(RN_EUSAGE, "--model has all couplings: leave --kappa, --lambda and --mu2 out");
	if (o->model && o->step > 0)
		rn_die(RN_EUSAGE, "--step: each site of a model has its own: leave it out");
	if (!o->model && !o->L)
		rn_die(RN_EUSAGE, "-L is missing: the extents of the lattice, such as -L 32 or -L 32x64");
	if (!o->model && !o->lambda)
		rn_die(RN_EUSAGE, "--lambda is missing: couplings, such as --lambda 0.7 or --lambda 0,0.5,1");
	if (!o->model && !o->mu2)
		rn_die(RN_EUSAGE, "--mu2 is missing: couplings, such as --mu2=-0.9515 or --mu2=-1:0:0.1");
	if (o->algorithm == METROPOLIS && o->local_per_cluster != AUTOMATIC)
		rn_die(RN_EUSAGE,
			"--local-per-cluster: --algorithm metropolis has no clusters: leave it out");
}

/* The model, whose lattice is that of the run; -L may say the same. */
static struct rn_lattice
model_or_die(struct run *r)
{
	const struct options *o = r->o;
	const struct rn_lattice *l;
	struct rn_lattice asked;
	struct rn_error err;

	r->model = rn_alloc_or_die(1, sizeof *r->model);
	l = &r->model->lattice;
	rn_or_die(rn_phi4_model_read(r->model, o->model, &err), &err);
	if (!o->L)
		return *l;
	asked = lattice_or_die(o);
	if (asked.dim != l->dim || asked.rows != l->rows || asked.cols != l->cols)
		rn_die(RN_EDATA,
			"--model %s: its lattice has %zu x %zu sites in %u dimensions, not -d %u -L %s",
			o->model, l->rows, l->cols, l->dim, o->d, o->L);
	return *l;
}

struct run
run_plan_or_die(const struct options *o)
{
	struct run r = { .o = o };

	r.replicas = o->replicas != AUTOMATIC ? o->replicas : SIDE;
	check_couplings_or_die(o);
	check_ids_or_die(o, run_chains(&r));
	if (o->report)
		check_report_or_die(o);
	r.lattice = o->model ? model_or_die(&r) : lattice_or_die(o);
	if (o->algorithm != METROPOLIS)
		r.local_per_cluster =
			o->local_per_cluster != AUTOMATIC ? o->local_per_cluster : LOCAL_PER_CLUSTER;
	if (o->model)
		plan_model_or_die(&r);
	else
		plan_steps_or_die(&r);
	if (!chains_init(&r.chains, &r.lattice, o->type, blocks_of(&r), o->first_id / SIDE,
		    r.local_per_cluster > 0, r.model))
		rn_die(RN_ENOMEM,
			"out of memory: %" PRIu64
			" replicas of %zu x %zu sites take %d bytes a site for each 16, and up "
			"to 45 more; choose fewer or smaller",
			run_chains(&r), r.lattice.rows, r.lattice.cols, o->type == RN_F32 ? 64 : 128);
	r.phi = rn_alloc_or_die(r.lattice.sites, rn_type_bytes(o->type));
	r.done = rn_alloc_or_die(blocks_of(&r), sizeof *r.done);
	return r;
}

/* --- the stream ---------------------------------------------------------------------- */

static void
add_count(struct rn_text *line, const char *option, uint64_t count)
{
	if (count == AUTOMATIC)
		rn_history_add(line, option, "auto");
	else
		rn_history_add_u64(line, option, count);
}

void
run_begin(struct run *r)
{
	const struct options *o = r->o;
	struct rn_text line;
	struct rn_error err;
	char step[RN_NUMBER_MAX];

	r->schema = o->model ? rn_field_model_schema(&r->lattice, o->type)
			     : rn_field_schema(&r->lattice, o->type);
	if (!r->schema)
		rn_die(RN_ENOMEM, "out of memory (header)");
	rn_print_f64(step, o->step);
	rn_history_begin(&line, &o->common);
	if (o->model) {
		rn_history_add(&line, "--model", basename(o->model));
	} else {
		rn_history_add_u64(&line, "-d", o->d);
		rn_history_add(&line, "-L", o->L);
		rn_history_add(&line, "--kappa", kappas_of(o));
		rn_history_add(&line, "--lambda", o->lambda);
		rn_history_add(&line, "--mu2", o->mu2);
	}
	rn_history_add_u64(&line, "-n", o->n);
	rn_history_add_u64(&line, "--first-id", o->first_id);
	rn_history_add(&line, "--type", rn_type_name(o->type));
	rn_history_add(&line, "--algorithm", algorithm_names[o->algorithm]);
	rn_history_add(&line, "--step", o->step > 0 ? step : "auto");
	if (o->algorithm != METROPOLIS)
		add_count(&line, "--local-per-cluster", o->local_per_cluster);
	rn_history_add(&line, "--start", start_names[o->start]);
	add_count(&line, "--therm", o->therm);
	add_count(&line, "--every", o->every);
	add_count(&line, "--replicas", o->replicas);
	rn_history_end(&line, &o->common, r->schema);
	r->out = rn_open_output(&o->common);
	rn_or_die(rn_writer_segment(r->out, r->schema, &err), &err);
}

/* --- chains -------------------------------------------------------------------------- */

static void
start_chains(struct run *r, const struct step *s)
{
	const bool cold = s->ensemble.algorithm == METROPOLIS || s->ensemble.alike;
	const enum start start = r->o->start != START_AUTO ? r->o->start : cold ? START_COLD : START_HOT;

	chains_start(&r->chains, &s->ensemble, start == START_HOT, r->local_per_cluster);
	memset(r->done, 0, blocks_of(r) * sizeof *r->done);
}

static void
see(struct run *r, const struct step *s, uint64_t k)
{
	const struct rn_field_means means = rn_field_measure(&r->lattice, r->o->type, r->phi);

	if (!rn_watch_see(&r->watch, k, ensemble_action(&s->ensemble, r->o->type, r->phi), means.m * means.m))
		rn_die(RN_ENOMEM, "out of memory (autocorrelation times)");
}

static void
see_drift(struct run *r, const struct step *s, uint64_t k)
{
	const struct rn_field_means means = rn_field_measure(&r->lattice, r->o->type, r->phi);
	const double x[DRIFT_QUANTITIES] = { ensemble_action(&s->ensemble, r->o->type, r->phi),
		means.m * means.m, means.phi2 };

	drift_see(&r->drift, k, r->done[0], x);
}

/* Looks at the chains of the first block as they are thrown away. */
static void
look(struct run *r, const struct step *s, bool watch, bool drift)
{
	for (uint64_t k = 0; k < run_chains(r) && k < WATCHED; k++) {
		chains_get(&r->chains, k, r->phi);
		if (watch)
			see(r, s, k);
		if (drift)
			see_drift(r, s, k);
	}
}

/* Takes a block to sweep or cycle `to`, in portions: one of a large lattice takes long. */
static void
advance(struct run *r, const struct step *s, size_t block, uint64_t to)
{
	const uint64_t portion = ((uint64_t)1 << 20) / r->lattice.sites + 1;
	const uint64_t chains = least(SIDE, run_chains(r) - block * SIDE);

	while (r->done[block] < to) {
		const uint64_t done = r->done[block];
		const uint64_t watch = block == 0 ? rn_watch_next(&r->watch, done, s->therm) : UINT64_MAX;
		const uint64_t drift = block == 0 ? drift_next(&r->drift, done) : UINT64_MAX;
		const uint64_t more = least(least(to, least(watch, drift)) - done, portion);

		chains_advance(&r->chains, block, done, more);
		r->done[block] += more;
		rn_progress_add(&r->progress, more * chains);
		if (r->done[block] == watch || r->done[block] == drift)
			look(r, s, r->done[block] == watch, r->done[block] == drift);
	}
}

/* Of chain k. */
static void
write_sample(struct run *r, const struct step *s, uint64_t k, uint64_t sweep)
{
	const struct rn_field_record identity = {
		.coupling = s->ensemble.coupling,
		.replica = (uint32_t)(r->o->first_id + k),
		.sweep = sweep,
		.id = r->o->first_id + r->next,
	};
	struct rn_error err;
	size_t n = 1;
	void *room;

	chains_get(&r->chains, k, r->phi);
	if (r->watch.records && k < WATCHED)
		see(r, s, k);
	room = rn_ptr_or_die(rn_writer_reserve(r->out, &n, &err), &err);
	if (s->ensemble.model)
		rn_field_model_put(room, &identity, ensemble_action(&s->ensemble, r->o->type, r->phi),
			&r->lattice, r->o->type, r->phi);
	else
		rn_field_put(room, &identity, &r->lattice, r->o->type, r->phi);
	rn_or_die(rn_writer_commit(r->out, 1, &err), &err);
}

static void
begin_watch(struct run *r, const struct step *s)
{
	if (!rn_watch_begin(&r->watch, run_chains(r), r->o->n / r->replicas, s->therm, s->every))
		rn_die(RN_ENOMEM, "out of memory (autocorrelation times)");
	r->drift = drift_begin(run_chains(r), s->therm);
}

/* Twenty times what was measured or, where that is a lower bound, what is estimated. */
static double
enough(const struct run *r, const struct step *s, const struct rn_tau *t)
{
	const double estimate = t->open ? ensemble_tau(&s->ensemble, r->local_per_cluster) : 0;

	return ceil(WATCH_ENOUGH * fmax(t->tau, estimate));
}

static void
end_watch(struct run *r, const struct step *s)
{
	const struct rn_phi4 *c = &s->ensemble.coupling;
	const struct watch_tau t = rn_watch_end(&r->watch);
	const struct rn_tau longer = rn_watch_longer(&t);
	const double moved = drift_moved(&r->drift);
	char name[128] = "the model";

	if (!s->ensemble.model)
		snprintf(name, sizeof name, "kappa = %.6g, lambda = %.6g, mu2 = %.6g", c->kappa, c->lambda,
			c->mu2);

	if (moved > DRIFT_FAR)
		rn_remark(&r->o->common,
			"%s: means of the last third of --therm %" PRIu64
			" are %.2g standard errors from those before: chains have not forgotten their start; "
			"choose --therm %.0f",
			name, s->therm, moved, fmax(10 * (double)s->therm, enough(r, s, &longer)));
	else if (rn_watch_is_short(&t, s->therm))
		rn_remark(&r->o->common,
			"%s: --therm %" PRIu64
			" is less than %d autocorrelation times of %s%.3g +- %.2g: chains "
			"may not have forgotten their start; choose --therm %.0f",
			name, s->therm, WATCH_ENOUGH, longer.open ? "at least " : "", longer.tau,
			longer.error, enough(r, s, &longer));
	if (r->report)
		report_step(r->report, r, s, &t);
}

/* Sample i is record i / R of chain i % R. */
static void
sample_step(struct run *r, const struct step *s)
{
	start_chains(r, s);
	begin_watch(r, s);
	for (; r->next < r->o->n; r->next++) {
		const uint64_t k = r->next % r->replicas;
		const uint64_t sweep = s->therm + (r->next / r->replicas + 1) * s->every;

		if (k % SIDE == 0)
			advance(r, s, k / SIDE, sweep);
		write_sample(r, s, k, sweep);
	}
	end_watch(r, s);
}

static uint64_t
work(const struct run *r)
{
	uint64_t sweeps = 0;

	for (size_t t = r->now; t < r->steps; t++)
		sweeps += run_chains(r) * r->step[t].therm + r->o->n * r->step[t].every;
	return sweeps;
}

void
run_sample(struct run *r)
{
	rn_progress_begin(&r->progress, &r->o->common, r->local_per_cluster ? "cycles" : "sweeps", work(r));
	for (; r->now < r->steps; r->now++) {
		sample_step(r, &r->step[r->now]);
		r->next = 0;
	}
	rn_progress_end(&r->progress);
}

void
run_clear(struct run *r)
{
	chains_clear(&r->chains);
	if (r->model)
		rn_phi4_model_clear(r->model);
	free(r->model);
	rn_schema_destroy(r->schema);
	free(r->phi);
	free(r->done);
	free(r->step);
}
