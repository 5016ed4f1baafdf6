#include "perfect.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/reader.h" /* RN_SLACK */
#include "renorm/stage.h"  /* RN_TC */

#define ONE_BY_ONE ((uint64_t)1 << 63) /* the draws of lanes settled alone begin here */

enum { TOP, BOTTOM, CURRENT, BEFORE, STATES };

/* What is being done. */
struct task {
	const struct perfect *p;
	const struct rn_random_key *key;
	uint64_t id, sweep;
	unsigned fixed; /* rounds */
};

typedef void perfect_sweeps(const struct task *task, uint64_t first, uint64_t end);

/* The rest of U in a lane, which begins with what the rounds have used up. */
static uint64_t
settling_word(const struct task *task, size_t position, size_t lane)
{
	uint64_t random[2];

	rn_random_block(task->key, task->id,
		ONE_BY_ONE + LANES / 2 * (task->sweep * task->p->lattice.sites + position) + lane / 2,
		random);
	return random[lane % 2];
}

#define LEVEL 0
#include "perfect_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "perfect_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "perfect_kernel.h"
#undef LEVEL
#define LEVEL 3
#include "perfect_kernel.h"
static perfect_sweeps *const *const kernels[] = { coupled_sweeps_0, coupled_sweeps_1, coupled_sweeps_2,
	coupled_sweeps_3 };
#else
static perfect_sweeps *const *const kernels[] = { coupled_sweeps_0, coupled_sweeps_0, coupled_sweeps_0,
	coupled_sweeps_0 };
#endif

bool
perfect_init(struct perfect *p, const struct rn_lattice *l)
{
	size_t size;

	*p = (struct perfect){ .lattice = *l, .rounds = perfect_rounds(l) };
	p->records = (size_t)p->rounds * LANES;
	if (!lanes_init(&p->lanes, l, STATES, 0, HEATBATH) || !duality_init(&p->duality, l) ||
		__builtin_mul_overflow(p->lanes.stride, p->records * sizeof *p->record, &size))
		return false;
	p->record = calloc(size + RN_SLACK, 1);
	p->random = aligned_alloc(LANES / 8, PERFECT_WORDS * LANES / 8);
	return p->record && p->random;
}

void
perfect_clear(struct perfect *p)
{
	lanes_clear(&p->lanes);
	duality_clear(&p->duality);
	free(p->record);
	free(p->random);
	*p = (struct perfect){ 0 };
}

static uint64_t *
state_of(const struct perfect *p, size_t state)
{
	return p->lanes.spin + state * (p->lattice.sites + 2) * LANE_WORDS;
}

static void
set_state(struct perfect *p, size_t state, int byte)
{
	memset(state_of(p, state), byte, p->lattice.sites * LANES / 8);
}

/* Sweeps of TOP, BOTTOM and CURRENT. */
static void
sweep(struct perfect *p, const struct rn_random_key *key, uint64_t id, uint64_t first, uint64_t n)
{
	const struct task task = { .p = p, .key = key, .id = id };

	kernels[p->lanes.level][p->field](&task, first, first + n);
}

/* The lanes in which TOP and BOTTOM are the same. */
static void
find_coalesced(const struct perfect *p, uint64_t same[LANE_WORDS])
{
	const uint64_t *top = state_of(p, TOP), *bottom = state_of(p, BOTTOM);

	memset(same, 0xff, LANES / 8);
	for (size_t i = 0; i < p->lattice.sites; i++)
		for (size_t w = 0; w < LANE_WORDS; w++)
			same[w] &= ~(top[LANE_WORDS * i + w] ^ bottom[LANE_WORDS * i + w]);
}

static size_t
ones(const uint64_t word[], size_t n)
{
	size_t sum = 0;

	for (size_t w = 0; w < n; w++)
		sum += (size_t)__builtin_popcountll(word[w]);
	return sum;
}

static size_t
count_coalesced(const struct perfect *p)
{
	uint64_t same[LANE_WORDS];

	find_coalesced(p, same);
	return ones(same, LANE_WORDS);
}

/* Sites at which TOP and BOTTOM differ, in all lanes together. TOP is above: it has what BOTTOM has. */
static size_t
count_differing(const struct perfect *p)
{
	const size_t words = p->lattice.sites * LANE_WORDS;

	return ones(state_of(p, TOP), words) - ones(state_of(p, BOTTOM), words);
}

/* --- a temperature ------------------------------------------------------------- */

/* 2^64 at K = 0. */
static uint64_t
twice(uint64_t threshold)
{
	return threshold >> 63 ? UINT64_MAX : 2 * threshold;
}

/* The rule of heat bath at coupling K. */
static void
make_rule(struct perfect *p, double K, double h)
{
	const size_t fixed = p->field ? 8 : 7;

	for (int n = 0; n < CLASSES; n++)
		p->threshold[n] = ensemble_logistic(2 * ((2 * n - 4) * K + h));
	if (!p->field) {
		const uint64_t none = p->threshold[0];

		p->threshold[0] = twice(p->threshold[1]);
		p->threshold[1] = twice(none);
	}
	for (size_t j = 0; j < fixed + FIRST; j++)
		for (size_t k = 0; k < CLASSES; k++)
			p->mask[j][k] = -(p->threshold[k] >> (63 - j) & 1);
}

/* Below Tc by more than rounding by the size of the lattice allows: where the dual temperature coalesces sooner. */
static bool
is_cold(const struct ensemble *e)
{
	const struct rn_lattice *l = &e->lattice;
	const double L = (double)(l->rows < l->cols ? l->rows : l->cols);

	return e->h == 0 && e->T < RN_TC * (1 - 0.25 / L);
}

static enum rn_status
refuse(const struct perfect *p, const struct ensemble *e, uint64_t sweeps, size_t coalesced,
	struct rn_error *err)
{
	return rn_fail(err, RN_EUSAGE,
		"T = %.6g, h = %.6g on %zux%zu: exact samples are not practical: after %" PRIu64
		" sweeps %zu of %d chains have coalesced; choose %s, or a Markov chain",
		e->T, e->h, p->lattice.rows, p->lattice.cols, sweeps, coalesced, LANES,
		e->h != 0 ? "a higher temperature, a stronger field or a smaller lattice"
			  : "a smaller lattice or a temperature farther from Tc");
}

/* At one time, and at half of it. */
struct decay {
	uint64_t sweeps;
	double differing;
};

/* Whether the decay so far foretells four times as many updates as `most`. */
static bool
is_hopeless(const struct perfect *p, uint64_t most, const struct decay *before, const struct decay *now)
{
	const double rate = log(before->differing / now->differing) / (double)(now->sweeps - before->sweeps);
	const double left = log(now->differing / LANES) / rate; /* until one site a lane differs */

	return now->differing > LANES &&
		(double)now->sweeps + left > 4 * (double)most / (double)p->lattice.sites;
}

/* B: the time until PERFECT_ENOUGH lanes have coalesced. */
static enum rn_status
find_time(struct perfect *p, const struct ensemble *e, uint64_t most, struct rn_error *err)
{
	const struct ensemble unseeded = ensemble_make(&e->lattice, e->T, e->h, 1);
	const struct rn_random_key key = ensemble_key(&unseeded, "exact time");
	struct perfect_report *r = &p->report;
	struct decay before = { 0 }, now;
	size_t coalesced = 0;
	uint64_t done = 0, next_look = most / p->lattice.sites / 16;

	set_state(p, TOP, 0xff);
	set_state(p, BOTTOM, 0);
	set_state(p, CURRENT, 0);
	while (coalesced < PERFECT_ENOUGH) {
		const uint64_t more = done / 64 + 1;

		if (done > most / p->lattice.sites)
			return refuse(p, e, done, coalesced, err);
		sweep(p, &key, 0, done, more);
		done += more;
		coalesced = count_coalesced(p);
		if (coalesced >= LANES / 2 && !r->median)
			r->median = done;
		if (done < next_look)
			continue;
		next_look = 2 * done;
		now = (struct decay){ done, (double)count_differing(p) };
		if (before.sweeps && is_hopeless(p, most, &before, &now))
			return refuse(p, e, done, coalesced, err);
		before = now;
	}
	r->sweeps = done;
	return RN_OK;
}

/* --- samples ------------------------------------------------------------------- */

static void
start_block(struct perfect *p, uint64_t block)
{
	p->block = block;
	p->sweep = 0;
	p->least = 0;
	memset(p->begun, 0, sizeof p->begun);
	memset(p->given, 0, sizeof p->given);
	memset(p->tried, 0, sizeof p->tried);
	set_state(p, CURRENT, 0);
}

/* What both need: the rule, at the temperature that is sampled at. */
static void
set_ensemble(struct perfect *p, const struct ensemble *e)
{
	const bool cold = is_cold(e);
	const double K = cold ? duality_of(e->T) : 1 / e->T;

	p->report = (struct perfect_report){ .dual = cold, .T = 1 / K };
	p->field = e->h != 0;
	make_rule(p, K, e->h);
}

enum rn_status
perfect_measure(struct perfect *p, const struct ensemble *e, uint64_t most, struct perfect_report *report,
	struct rn_error *err)
{
	enum rn_status status;

	set_ensemble(p, e);
	status = find_time(p, e, most, err);
	*report = p->report;
	return status;
}

void
perfect_start(struct perfect *p, const struct ensemble *e, const struct perfect_report *measured,
	uint64_t first_id)
{
	set_ensemble(p, e);
	p->report.median = measured->median;
	p->report.sweeps = measured->sweeps;
	p->key = ensemble_key(e, "exact");
	p->next = first_id;
	duality_start(&p->duality, e);
	start_block(p, first_id / p->records);
}

static uint64_t *
record_of(const struct perfect *p, size_t round, size_t lane)
{
	return p->record + (round * LANES + lane) * p->lanes.stride;
}

/* A sample of a lane: it is the lane's next record, unless duality refuses it or there are enough. */
static void
give(struct perfect *p, size_t lane)
{
	uint64_t *record;

	if (p->given[lane] == p->rounds)
		return;
	record = record_of(p, p->given[lane], lane);
	memcpy(record, lanes_bits(&p->lanes, lane), p->lanes.stride * sizeof *record);
	if (p->report.dual) {
		p->report.tried++;
		if (!duality_take(&p->duality, p->block * LANES + lane, p->tried[lane]++ * p->duality.draws,
			    record))
			return;
		p->report.taken++;
	}
	p->given[lane]++;
}

static void
find_least(struct perfect *p)
{
	p->least = p->rounds;
	for (size_t lane = 0; lane < LANES; lane++)
		if (p->given[lane] < p->least)
			p->least = p->given[lane];
}

/* A map of B sweeps. */
static void
apply_map(struct perfect *p)
{
	uint64_t same[LANE_WORDS];

	memcpy(state_of(p, BEFORE), state_of(p, CURRENT), p->lattice.sites * LANES / 8);
	set_state(p, TOP, 0xff);
	set_state(p, BOTTOM, 0);
	sweep(p, &p->key, p->block, p->sweep, p->report.sweeps);
	p->sweep += p->report.sweeps;
	find_coalesced(p, same);
	lanes_take(&p->lanes, BEFORE);
	for (size_t lane = 0; lane < LANES; lane++) {
		if (!(same[lane / 64] >> lane % 64 & 1))
			continue;
		p->report.coalesced++;
		if (p->begun[lane])
			give(p, lane);
		p->begun[lane] = true;
	}
	p->report.maps += LANES;
	find_least(p);
}

const uint8_t *
perfect_next(struct perfect *p)
{
	const uint64_t block = p->next / p->records;
	const size_t i = p->next % p->records;

	if (block != p->block)
		start_block(p, block);
	while (p->least <= i / LANES)
		apply_map(p);
	p->next++;
	return (const uint8_t *)record_of(p, i / LANES, i % LANES);
}
