#include "run.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "renorm/bits.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "renorm/spins.h"
#include "state.h"

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
run_chains(const struct run *r, const struct step *s)
{
	return least(s->replicas, r->o->n);
}

const struct sampler *
run_sampler(const struct run *r, const struct step *s)
{
	return choice_is_cluster(s->algorithm) ? &r->clusters : &r->local;
}

uint64_t
run_sweep_of(const struct step *s, uint64_t j)
{
	return s->therm + (j + 1) * s->every;
}

/* --- all memory -------------------------------------------------------------------- */

/* What the arithmetic of sweeps and ids can count. */
static void
check_counts_or_die(const struct run *r, const struct step *s)
{
	const unsigned log2_most = choice_side_by_side(s->algorithm, s->replicas) ? LANES_LOG2_UPDATES : 63;
	const uint64_t records = r->o->n / s->replicas + 1; /* of a chain, at most */
	uint64_t updates;

	if (s->algorithm == CLUSTER_WOLFF &&
		(double)wolff_clusters(&r->lattice, s->ensemble.T) * 2.5 * (double)r->lattice.sites *
				((double)s->therm + (double)records * (double)s->every) >
			0x1p62)
		rn_die(RN_EUSAGE,
			"T = %.6g: wolff would take more than 2^62 random numbers of a chain; choose fewer "
			"sweeps, or "
			"swendsen-wang",
			s->ensemble.T);
	if (__builtin_mul_overflow((r->o->n - 1) / s->replicas + 1, s->every, &updates) ||
		__builtin_add_overflow(updates, s->therm, &updates) ||
		__builtin_mul_overflow(updates, r->lattice.sites, &updates) || updates >> log2_most)
		rn_die(RN_EUSAGE,
			"--therm, --every and -n ask for 2^%u updates of a chain's spins or more; choose "
			"fewer sweeps",
			log2_most);
}

static struct sampler
make_sampler(const struct run *r, const struct step *s)
{
	const struct options *o = r->o;
	const struct rn_lattice *l = &r->lattice;
	const uint64_t chains = run_chains(r, s);
	const enum chain_algorithm local = s->algorithm == LOCAL_HEATBATH ? HEATBATH : METROPOLIS;

	if (choice_is_cluster(s->algorithm))
		return cluster_sampler(l, chains, o->first_id,
			s->algorithm == CLUSTER_WOLFF ? WOLFF : SWENDSEN_WANG, s->ensemble.h != 0);
	if (choice_side_by_side(s->algorithm, s->replicas))
		return lanes_sampler(l, chains, o->first_id, local);
	if (choice_board(l))
		return board_sampler(l, chains, o->first_id, local, o->common.threads);
	return chains_sampler(l, chains, o->first_id, local);
}

static void
prepare_chains_or_die(struct run *r, const struct step *s)
{
	struct sampler *x = choice_is_cluster(s->algorithm) ? &r->clusters : &r->local;
	const bool side_by_side = choice_side_by_side(s->algorithm, s->replicas);

	check_counts_or_die(r, s);
	if (side_by_side && r->o->first_id % LANES)
		rn_die(RN_EUSAGE,
			"--first-id %" PRIu64 ": chains of T = %.6g run in blocks of 512, as 32 replicas and "
			"more do; choose a multiple of 512, such as %" PRIu64,
			r->o->first_id, s->ensemble.T, r->o->first_id - r->o->first_id % LANES);
	if (!x->state)
		*x = make_sampler(r, s);
	if (!x->state)
		rn_die(RN_ENOMEM,
			"out of memory: %" PRIu64 " replicas of -L %s take %s; choose fewer or smaller",
			run_chains(r, s), r->o->L,
			side_by_side ? "64 bytes a spin for each 512, and 84 more" : "a byte a spin");
}

static void
memory_or_die(const struct run *r, bool ready)
{
	if (!ready)
		rn_die(RN_ENOMEM, "out of memory: exact samples of -L %s; choose a smaller lattice", r->o->L);
}

/* It draws some records of smaller lattices: once, if there is one temperature. */
static void
start_bonds_or_die(struct run *r, const struct step *s)
{
	struct rn_error err;

	if (r->fk_is == s)
		return;
	rn_or_die(fk_start(&r->fk, &s->ensemble, &err), &err);
	r->fk_is = s;
}

static void
prepare_way_or_die(struct run *r, const struct step *s)
{
	switch (s->way) {
	case DIRECT:
		if (!r->has_exact)
			memory_or_die(r, r->has_exact = exact_init(&r->exact, &r->lattice));
		break;
	case ROW_BY_ROW:
		if (!r->has_rows)
			memory_or_die(r, r->has_rows = rows_init(&r->rows, &r->lattice));
		break;
	case COUPLED: break;
	case BOND_BY_BOND:
		if (!fk_possible(&r->lattice))
			rn_die(RN_EUSAGE,
				"-L %s: bonds are coupled on up to 2^29 sites; choose a Markov chain",
				r->o->L);
		if (!r->has_fk)
			memory_or_die(r, r->has_fk = fk_init(&r->fk, &r->lattice));
		start_bonds_or_die(r, s); /* whether it is practical */
		break;
	case CHAINS: prepare_chains_or_die(r, s); break;
	}
}

static void
prepare_step_or_die(struct run *r, struct step *s)
{
	struct rn_error err;

	if (choice_needs_coupling(r->o, &s->ensemble) && !r->has_perfect)
		memory_or_die(r, r->has_perfect = perfect_init(&r->perfect, &r->lattice));
	rn_or_die(choice_make(r->o, &r->perfect, s, &err), &err);
	prepare_way_or_die(r, s);
}

static size_t
batches(const struct run *r, const struct step *s)
{
	const size_t batch = run_sampler(r, s)->batch;

	return (run_chains(r, s) + batch - 1) / batch;
}

void
run_prepare_or_die(struct run *r)
{
	size_t most = 1;

	r->bits = rn_alloc_or_die(r->lattice.bytes + RN_SLACK, 1);
	for (size_t t = 0; t < r->steps; t++) {
		prepare_step_or_die(r, &r->step[t]);
		if (r->step[t].way == CHAINS && batches(r, &r->step[t]) > most)
			most = batches(r, &r->step[t]);
	}
	r->done = rn_alloc_or_die(most, sizeof *r->done);
}

/* --- the stream -------------------------------------------------------------------- */

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
	char field[RN_NUMBER_MAX];

	r->schema = rn_spins_schema(&r->lattice);
	if (!r->schema)
		rn_die(RN_ENOMEM, "out of memory (header)");
	rn_print_f64(field, o->h);
	rn_history_begin(&line, &o->common);
	rn_history_add_u64(&line, "-d", o->d);
	rn_history_add(&line, "-L", o->L);
	rn_history_add(&line, "-T", o->T);
	rn_history_add(&line, "--field", field);
	rn_history_add_u64(&line, "-n", o->n);
	rn_history_add_u64(&line, "--first-id", o->first_id);
	if (o->d == 2)
		rn_history_add(&line, "--algorithm", algorithm_names[o->algorithm]);
	if (o->d == 2 && (o->algorithm != AUTO || o->of_sweeps) && !choice_is_exact(o->algorithm)) {
		rn_history_add(&line, "--start", start_names[o->start]);
		add_count(&line, "--therm", o->therm);
		add_count(&line, "--every", o->every);
		add_count(&line, "--replicas", o->replicas);
	}
	rn_history_end(&line, &o->common, r->schema);
	r->last = rn_alloc_or_die(r->schema->record_bytes, 1);
	state_begin_or_die(r);
	r->out = rn_open_output(&o->common);
	if (o->checkpoint)
		rn_or_die(rn_writer_keep(r->out, &err), &err);
	rn_or_die(rn_writer_segment(r->out, r->schema, &err), &err);
	state_copy_or_die(r);
}

static void
write_record(struct run *r, const struct rn_spins_record *identity, const uint8_t *bits)
{
	struct rn_error err;
	size_t n = 1;
	void *room = rn_ptr_or_die(rn_writer_reserve(r->out, &n, &err), &err);

	rn_spins_put(room, identity, &r->lattice, bits);
	if (identity->sweep == 0)
		memcpy(r->last, room, r->schema->record_bytes);
	rn_or_die(rn_writer_commit(r->out, 1, &err), &err);
}

/* The checkpoint, when it is time or `now`: what is left to be sampled is (now, next). */
static void
save(struct run *r, bool now)
{
	struct rn_error err;

	if (!r->o->checkpoint || !(rn_renewal_is_due(&r->renewal) || now))
		return;
	rn_or_die(rn_writer_flush(r->out, &err), &err); /* what the checkpoint takes for written */
	state_save_or_die(r);
	rn_renewal_done(&r->renewal);
}

/* --- exact samples ------------------------------------------------------------------- */

static void
start_exact(struct run *r, const struct step *s)
{
	const uint64_t id = r->o->first_id + r->next;

	switch (s->way) {
	case DIRECT: exact_start(&r->exact, &s->ensemble); break;
	case ROW_BY_ROW: rows_start(&r->rows, &s->ensemble, id, r->o->n - r->next); break;
	case COUPLED: perfect_start(&r->perfect, &s->ensemble, &s->coupled, id); break;
	default: start_bonds_or_die(r, s);
	}
}

static const uint8_t *
draw(struct run *r, const struct step *s, uint64_t id)
{
	struct rn_error err;

	switch (s->way) {
	case DIRECT: exact_draw(&r->exact, id, r->bits); return r->bits;
	case ROW_BY_ROW: return rows_next(&r->rows);
	case COUPLED: return perfect_next(&r->perfect);
	default: rn_or_die(fk_draw(&r->fk, id, r->bits, &err), &err); return r->bits;
	}
}

static void
sample_exactly(struct run *r, const struct step *s)
{
	start_exact(r, s);
	while (r->next < r->o->n) {
		const uint64_t id = r->o->first_id + r->next;

		write_record(r,
			&(struct rn_spins_record){
				.T = s->ensemble.T,
				.h = s->ensemble.h,
				.replica = (uint32_t)id,
				.id = id,
			},
			draw(r, s, id));
		r->next++;
		save(r, false);
		rn_progress_add(&r->progress, 1);
	}
}

/* --- chains ---------------------------------------------------------------------------- */

bool
run_is_turned(const struct step *s, uint64_t id)
{
	const struct rn_random_key key = ensemble_key(&s->ensemble, "turned");
	uint64_t coin[2];

	if (!s->turned)
		return false;
	rn_random_block(&key, id, 0, coin);
	return coin[0] & 1;
}

void
run_turn(const struct rn_lattice *l, uint8_t *bits)
{
	for (size_t i = 0; i < l->bytes; i++)
		bits[i] = (uint8_t)~bits[i];
	if (l->sites % 8)
		bits[l->bytes - 1] &= (uint8_t)((1u << l->sites % 8) - 1);
}

void
run_start_chains(struct run *r, const struct step *s)
{
	const struct sampler *x = run_sampler(r, s);

	x->start(x->state, &s->ensemble, r->o->start);
	memset(r->done, 0, batches(r, s) * sizeof *r->done);
}

static void
see(struct run *r, uint64_t k, const uint8_t *bits)
{
	const struct rn_ising_sums s = rn_ising_measure(&r->lattice, bits);
	const double m = rn_ising_m(&r->lattice, s);

	if (!rn_watch_see(&r->watch, k, rn_ising_e(&r->lattice, s), m * m))
		rn_die(RN_ENOMEM, "out of memory (autocorrelation times)");
}

/* Looks at the chains of the first batches as they are thrown away. */
static void
look(struct run *r, const struct step *s, size_t batch)
{
	const struct sampler *x = run_sampler(r, s);
	const uint64_t first = batch * x->batch, n = least(x->batch, run_chains(r, s) - first);

	x->take(x->state, batch);
	for (uint64_t i = 0; i < n && first + i < WATCHED; i++)
		see(r, first + i, x->bits(x->state, i));
}

/* Takes a batch to sweep `to`, in portions: a sweep of a large lattice takes long. */
static void
advance(struct run *r, const struct step *s, size_t batch, uint64_t to)
{
	const struct sampler *x = run_sampler(r, s);
	const uint64_t portion = ((uint64_t)1 << 24) / r->lattice.sites + 1;
	const uint64_t chains = least(x->batch, run_chains(r, s) - batch * x->batch);
	const bool watched = batch * x->batch < WATCHED;

	while (r->done[batch] < to) {
		const uint64_t done = r->done[batch];
		const uint64_t due = watched ? rn_watch_next(&r->watch, done, s->therm) : UINT64_MAX;
		const uint64_t more = least(least(to, due) - done, portion);

		x->advance(x->state, batch, done, more);
		r->done[batch] += more;
		rn_progress_add(&r->progress, more * chains);
		if (r->done[batch] == due)
			look(r, s, batch);
		if (r->done[batch] < to)
			save(r, false);
	}
	x->take(x->state, batch);
}

/* Of chain k; as it is, or turned over. */
static void
write_sample(struct run *r, const struct step *s, uint64_t k, uint64_t sweep)
{
	const struct sampler *x = run_sampler(r, s);
	const uint64_t id = r->o->first_id + r->next;
	const uint8_t *bits = x->bits(x->state, k % x->batch);

	if (r->watch.records && k < WATCHED)
		see(r, k, bits);
	memcpy(r->bits, bits, r->lattice.bytes);
	if (run_is_turned(s, id))
		run_turn(&r->lattice, r->bits);
	write_record(r,
		&(struct rn_spins_record){
			.T = s->ensemble.T,
			.h = s->ensemble.h,
			.replica = (uint32_t)(r->o->first_id + k),
			.sweep = sweep,
			.id = id,
		},
		r->bits);
}

static void
begin_watch(struct run *r, const struct step *s)
{
	if (!rn_watch_begin(&r->watch, run_chains(r, s), r->o->n / s->replicas, s->therm, s->every))
		rn_die(RN_ENOMEM, "out of memory (autocorrelation times)");
}

static void
end_watch(struct run *r, const struct step *s)
{
	const struct watch_tau t = rn_watch_end(&r->watch);
	const struct rn_tau longer = rn_watch_longer(&t);
	const double estimate = choice_tau(&s->ensemble, s->algorithm);

	if (rn_watch_is_short(&t, s->therm))
		rn_remark(&r->o->common,
			"T = %.6g: --therm %" PRIu64
			" is less than %d autocorrelation times of %s%.3g +- %.2g "
			"sweeps: chains may not have forgotten their start; choose --therm %.0f",
			s->ensemble.T, s->therm, WATCH_ENOUGH, longer.open ? "at least " : "", longer.tau,
			longer.error, ceil(WATCH_ENOUGH * fmax(longer.tau, estimate)));
	else if (!rn_watch_is_resolved(&t) && WATCH_ENOUGH * estimate > 2 * (double)s->therm)
		rn_remark(&r->o->common,
			"T = %.6g: --therm %" PRIu64
			" is less than %d autocorrelation times, which on a square are "
			"about %.2g sweeps: chains may not have forgotten their start; choose --therm %.0f",
			s->ensemble.T, s->therm, WATCH_ENOUGH, estimate, ceil(WATCH_ENOUGH * estimate));
	if (r->report)
		report_chains(r->report, s, run_chains(r, s), &t);
}

/* Sample i is record i / R of chain i % R. */
static void
sample_chains(struct run *r, const struct step *s)
{
	const size_t batch = run_sampler(r, s)->batch;
	uint64_t first = r->next;

	begin_watch(r, s);
	while (r->next < r->o->n) {
		const uint64_t k = r->next % s->replicas, sweep = run_sweep_of(s, r->next / s->replicas);

		if (k % batch == 0 || r->next == first) {
			save(r, false);
			advance(r, s, k / batch, sweep);
		}
		write_sample(r, s, k, sweep);
		r->next++;
	}
	end_watch(r, s);
}

/* --- all ----------------------------------------------------------------------------------- */

/* Sweeps to be done, a sample drawn exactly counting as one. */
static uint64_t
work(const struct run *r)
{
	uint64_t sweeps = 0;

	for (size_t t = r->now; t < r->steps; t++) {
		const struct step *s = &r->step[t];

		sweeps += s->way == CHAINS ? run_chains(r, s) * s->therm + r->o->n * s->every : r->o->n;
	}
	return sweeps;
}

static bool
has_chains(const struct run *r)
{
	return r->local.state || r->clusters.state;
}

void
run_sample(struct run *r)
{
	const size_t first = r->now;

	rn_progress_begin(&r->progress, &r->o->common, has_chains(r) ? "sweeps" : "samples", work(r));
	for (; r->now < r->steps; r->now++) {
		const struct step *s = &r->step[r->now];

		if (s->way == CHAINS && !(r->is_resumed && r->now == first))
			run_start_chains(r, s);
		if (s->way == CHAINS)
			sample_chains(r, s);
		else
			sample_exactly(r, s);
		if (r->report && s->way != CHAINS)
			report_exact(r->report, r, s);
		if (r->now + 1 < r->steps)
			r->next = 0;
		else
			save(r, true);
	}
	rn_progress_end(&r->progress);
}

void
run_clear(struct run *r)
{
	if (r->has_exact)
		exact_clear(&r->exact);
	if (r->has_rows)
		rows_clear(&r->rows);
	if (r->has_perfect)
		perfect_clear(&r->perfect);
	if (r->has_fk)
		fk_clear(&r->fk);
	if (r->local.state)
		r->local.destroy(r->local.state);
	if (r->clusters.state)
		r->clusters.destroy(r->clusters.state);
	rn_schema_destroy(r->schema);
	rn_schema_destroy(r->saved);
	free(r->last);
	free(r->done);
	free(r->bits);
	free(r->step);
}
