/*
 * ising-gen - sample configurations of the Ising model on rings and tori
 *
 * Reads   nothing.
 * Writes  spins (renorm/spins.h), one segment: the records of one temperature after those of the other.
 *
 * Rings, and any lattice at T = 0 and T = inf, are sampled exactly (exact.c):
 * each record is independent, replica = id, sweep = 0. Tori at 0 < T < inf are
 * sampled by `replicas` Markov chains, a record from each after every `every`
 * sweeps, sweep-major: a few chains one by one (chains.c, board.c, cluster.c), SIDE_BY_SIDE and more
 * in blocks of 512, a bit a chain (lanes.c).
 *
 * Random numbers are keyed by (seed, "ising-gen", T, h, extents) and counted by
 * (id, draw), id being the record's where it is exact, else first_id + the
 * number of the chain. So neither the other temperatures nor other ids matter.
 *
 * Cost    time O(N) per record (exact) or sweep; memory N bytes a chain, or 128 N bytes and more a block, and one record.
 */
#include <inttypes.h>
#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "exact.h"
#include "lanes.h"
#include "perfect.h"
#include "renorm/bits.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "renorm/spins.h"
#include "renorm/stage.h"
#include "sampler.h"

enum algorithm { LOCAL_HEATBATH, LOCAL_METROPOLIS, CLUSTER_SWENDSEN_WANG, CLUSTER_WOLFF, EXACT };
static const char *const algorithms[] = { "heatbath", "metropolis", "swendsen-wang", "wolff", "exact", NULL };
static const char *const starts[] = { "auto", "cold", "hot", NULL };

/*
 * From how many replicas on chains run side by side: a block of 512 then takes no longer than so many chains one by
 * one. Either way gives other samples, so this is a number and not a measurement.
 */
#define SIDE_BY_SIDE 32
/* From which even extents on a few chains are run with many sites at once. */
#define BOARD_EXTENT 32

struct options {
	struct rn_common common;
	unsigned d;
	const char *L, *T; /* as given: -L waits for -d, and the history shows both */
	double h;
	uint64_t n, first_id;
	const char *of_chains; /* an option given that only Markov chains have */
	const char *of_sweeps; /* the same, other than --algorithm */
	enum algorithm algorithm;
	enum chain_start start;
	uint64_t therm, every, replicas;
};

enum {
	KEY_FIELD = 0x100,
	KEY_FIRST_ID,
	KEY_ALGORITHM,
	KEY_START,
	KEY_THERM,
	KEY_EVERY,
	KEY_REPLICAS,
};

static const struct argp_option table[] = {
	{ NULL, 'd', "1|2", 0, "Dimension (2)", 1 },
	{ NULL, 'L', "L1[xL2]", 0, "Extents of the lattice, rows x columns; needed", 1 },
	{ NULL, 'T', "LIST", 0, "Temperatures: 2.5, 0:6:0.25, inf, Tc, and lists of these; needed", 1 },
	{ "field", KEY_FIELD, "H", 0, "Reduced field h = beta B, the same at all temperatures (0)", 1 },
	{ NULL, 'n', "N", 0, "Samples per temperature (1)", 1 },
	{ "first-id", KEY_FIRST_ID, "K", 0,
		"Number the samples from K (0); samples of other numbers are independent", 1 },
	{ NULL, 0, NULL, 0, "Markov chains (-d 2, 0 < T < inf):", 2 },
	{ "algorithm", KEY_ALGORITHM, "heatbath|metropolis|swendsen-wang|wolff|exact", 0,
		"Update of spins, or of clusters (heatbath); exact: independent samples", 2 },
	{ "start", KEY_START, "auto|cold|hot", 0, "Start of a chain (auto: hot for T >= Tc)", 2 },
	{ "therm", KEY_THERM, "SWEEPS", 0, "Sweeps that are thrown away first (1000)", 2 },
	{ "every", KEY_EVERY, "SWEEPS", 0, "Sweeps from one record of a chain to its next (10)", 2 },
	{ "replicas", KEY_REPLICAS, "R", 0, "Independent chains, from which samples are taken in turn (1)",
		2 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case 'd': o->d = (unsigned)rn_arg_u64("-d", arg, 1, 2); return 0;
	case 'L': o->L = arg; return 0;
	case 'T': o->T = arg; return 0;
	case KEY_FIELD:
		o->h = rn_arg_f64("--field", arg, -1e300, 1e300) + 0.0; /* -0 is 0 */
		return 0;
	case 'n': o->n = rn_arg_u64("-n", arg, 1, UINT64_MAX); return 0;
	case KEY_FIRST_ID: o->first_id = rn_arg_u64("--first-id", arg, 0, UINT64_MAX); return 0;
	case KEY_ALGORITHM:
		o->of_chains = "--algorithm";
		o->algorithm = (enum algorithm)rn_arg_word(o->of_chains, arg, algorithms);
		return 0;
	case KEY_START:
		o->of_chains = o->of_sweeps = "--start";
		o->start = (enum chain_start)rn_arg_word(o->of_chains, arg, starts);
		return 0;
	case KEY_THERM:
		o->of_chains = o->of_sweeps = "--therm";
		o->therm = rn_arg_u64(o->of_chains, arg, 0, UINT64_MAX);
		return 0;
	case KEY_EVERY:
		o->of_chains = o->of_sweeps = "--every";
		o->every = rn_arg_u64(o->of_chains, arg, 1, UINT64_MAX);
		return 0;
	case KEY_REPLICAS:
		o->of_chains = o->of_sweeps = "--replicas";
		o->replicas = rn_arg_u64(o->of_chains, arg, 1, UINT64_MAX);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.doc = "Sample configurations of the Ising model on rings and tori.",
};

/* A run: what main() makes of the options. */
struct run {
	const struct options *o;
	struct rn_lattice lattice;
	double *T;
	size_t temperatures;
	uint64_t replicas;  /* that give a sample */
	struct exact exact; /* each is ready if a temperature needs it */
	struct perfect perfect;
	bool has_perfect;
	struct sampler sampler;
	uint8_t *bits; /* one packed configuration, and slack behind it */
	struct rn_writer *out;
	struct rn_progress progress;
};

static struct rn_lattice
lattice_or_die(const struct options *o)
{
	size_t extents[2] = { 1, 1 }, sites;

	rn_arg_extents("-L", o->L, o->d, extents);
	if (__builtin_mul_overflow(extents[0], extents[1], &sites) ||
		rn_bits_bytes(sites) > RN_MAX_RECORD - 64)
		rn_die(RN_EUSAGE,
			"-L %s: a record would be larger than 1 GiB; choose at most 8589934080 sites", o->L);
	return rn_lattice_make(o->d, extents);
}

static int
compare_temperatures(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
keep(void *p)
{
	(void)p;
}

/* Ranges may overlap ("1:4:0.25,2:2.6:0.05"): each temperature once, where it is named first. */
static size_t
drop_repeated(double T[], size_t n)
{
	void *seen = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		double **node;

		T[kept] = T[i];
		node = tsearch(&T[kept], &seen, compare_temperatures);
		if (!node)
			rn_die(RN_ENOMEM, "out of memory (temperatures)");
		else if (*node == &T[kept])
			kept++;
	}
	tdestroy(seen, keep);
	return kept;
}

static bool
is_cluster(const struct options *o)
{
	return o->algorithm == CLUSTER_SWENDSEN_WANG || o->algorithm == CLUSTER_WOLFF;
}

static bool
is_side_by_side(const struct options *o)
{
	return o->replicas >= SIDE_BY_SIDE && o->algorithm <= LOCAL_METROPOLIS;
}

static bool
is_board(const struct rn_lattice *l)
{
	return board_covers(l) && l->rows >= BOARD_EXTENT && l->cols >= BOARD_EXTENT;
}

/* What the arithmetic of sweeps and ids can count. */
static void
check_counts_or_die(const struct run *r)
{
	const struct options *o = r->o;
	const unsigned log2_most = is_side_by_side(o) ? LANES_LOG2_UPDATES : 63;
	uint64_t last, updates;

	if (__builtin_add_overflow(o->first_id, o->n - 1, &last))
		rn_die(RN_EUSAGE,
			"--first-id %" PRIu64 ": %" PRIu64 " samples from there are numbered past 2^64",
			o->first_id, o->n);
	if (__builtin_mul_overflow((o->n - 1) / r->replicas + 1, o->every, &updates) ||
		__builtin_add_overflow(updates, o->therm, &updates) ||
		__builtin_mul_overflow(updates, r->lattice.sites, &updates) || updates >> log2_most)
		rn_die(RN_EUSAGE,
			"--therm, --every and -n ask for 2^%u updates of a chain's spins or more; choose "
			"fewer "
			"sweeps",
			log2_most);
}

static struct run
plan_or_die(const struct options *o)
{
	struct run r = { .o = o };

	if (!o->L)
		rn_die(RN_EUSAGE, "-L is missing: the extents of the lattice, such as -L 32 or -L 32x64");
	if (!o->T)
		rn_die(RN_EUSAGE, "-T is missing: temperatures, such as -T 2.5 or -T 0:6:0.25 or -T Tc");
	if (o->d == 1 && o->of_chains)
		rn_die(RN_EUSAGE, "%s is for Markov chains; rings (-d 1) are sampled exactly: leave it out",
			o->of_chains);
	if (o->algorithm == CLUSTER_WOLFF && o->h != 0)
		rn_die(RN_EUSAGE,
			"--algorithm wolff: clusters of one sign have no field; swendsen-wang takes one");
	if (o->algorithm == EXACT && o->of_sweeps)
		rn_die(RN_EUSAGE, "%s is for Markov chains; --algorithm exact has none: leave it out",
			o->of_sweeps);
	r.lattice = lattice_or_die(o);
	if (is_cluster(o) && !cluster_possible(&r.lattice))
		rn_die(RN_EUSAGE, "-L %s: clusters are for up to 2^32 sites; heatbath takes more", o->L);
	r.T = rn_arg_temperatures("-T", o->T, &r.temperatures);
	r.temperatures = drop_repeated(r.T, r.temperatures);
	r.replicas = o->replicas < o->n ? o->replicas : o->n;
	check_counts_or_die(&r);
	return r;
}

static struct sampler
make_sampler(const struct run *r)
{
	const struct options *o = r->o;
	const struct rn_lattice *l = &r->lattice;
	const enum chain_algorithm local = o->algorithm == LOCAL_HEATBATH ? HEATBATH : METROPOLIS;

	if (is_cluster(o))
		return cluster_sampler(l, r->replicas, o->first_id,
			o->algorithm == CLUSTER_WOLFF ? WOLFF : SWENDSEN_WANG, o->h != 0);
	if (is_side_by_side(o))
		return lanes_sampler(l, r->replicas, o->first_id, local);
	if (is_board(l))
		return board_sampler(l, r->replicas, o->first_id, local, o->common.threads);
	return chains_sampler(l, r->replicas, o->first_id, local);
}

static void
prepare_perfect_or_die(struct run *r)
{
	if (!perfect_init(&r->perfect, &r->lattice))
		rn_die(RN_ENOMEM, "out of memory: exact samples of -L %s; choose a smaller lattice", r->o->L);
	r->has_perfect = true;
}

static void
prepare_chains_or_die(struct run *r)
{
	const struct options *o = r->o;
	bool side_by_side = is_side_by_side(o);

	if (side_by_side && o->first_id % LANES)
		rn_die(RN_EUSAGE,
			"--first-id %" PRIu64
			": %d replicas and more run in blocks of 512; choose a multiple of 512, "
			"such as %" PRIu64,
			o->first_id, SIDE_BY_SIDE, o->first_id - o->first_id % LANES);
	r->sampler = make_sampler(r);
	if (!r->sampler.state)
		rn_die(RN_ENOMEM,
			"out of memory: %" PRIu64 " replicas of -L %s take %s; choose fewer or smaller",
			r->replicas, o->L,
			side_by_side ? "64 bytes a spin for each 512, and 84 more" : "a byte a spin");
}

/* All memory a run takes, before it writes anything. */
static void
prepare_or_die(struct run *r)
{
	r->bits = rn_alloc_or_die(r->lattice.bytes + RN_SLACK, 1);
	for (size_t t = 0; t < r->temperatures; t++) {
		struct ensemble e = { .lattice = r->lattice, .T = r->T[t] };

		if (!exact_covers(&e) && r->o->algorithm == EXACT) {
			if (!r->has_perfect)
				prepare_perfect_or_die(r);
		} else if (!exact_covers(&e)) {
			if (!r->sampler.state)
				prepare_chains_or_die(r);
		} else if (!r->exact.site && !exact_init(&r->exact, &r->lattice))
			rn_die(RN_ENOMEM,
				"out of memory: -L %s takes a byte a spin; choose a smaller lattice",
				r->o->L);
	}
}

static void
write_header(struct run *r)
{
	const struct options *o = r->o;
	struct rn_schema *schema = rn_spins_schema(&r->lattice);
	struct rn_text line;
	struct rn_error err;
	char field[RN_NUMBER_MAX];

	if (!schema)
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
		rn_history_add(&line, "--algorithm", algorithms[o->algorithm]);
	if (o->d == 2 && o->algorithm != EXACT) {
		rn_history_add(&line, "--start", starts[o->start]);
		rn_history_add_u64(&line, "--therm", o->therm);
		rn_history_add_u64(&line, "--every", o->every);
		rn_history_add_u64(&line, "--replicas", o->replicas);
	}
	rn_history_end(&line, &o->common, schema);
	rn_or_die(rn_writer_segment(r->out, schema, &err), &err);
	rn_schema_destroy(schema);
}

static void
write_record(struct run *r, const struct rn_spins_record *identity, const uint8_t *bits)
{
	struct rn_error err;
	size_t n = 1;
	void *room = rn_ptr_or_die(rn_writer_reserve(r->out, &n, &err), &err);

	rn_spins_put(room, identity, &r->lattice, bits);
	rn_or_die(rn_writer_commit(r->out, 1, &err), &err);
}

static void
sample_exactly(struct run *r, const struct ensemble *e)
{
	exact_start(&r->exact, e);
	for (uint64_t i = 0; i < r->o->n; i++) {
		uint64_t id = r->o->first_id + i;

		exact_draw(&r->exact, id, r->bits);
		write_record(r,
			&(struct rn_spins_record){ .T = e->T, .h = e->h, .replica = (uint32_t)id, .id = id },
			r->bits);
		rn_progress_add(&r->progress, 1);
	}
}

/* Tori at 0 < T < inf by coupling from the past. */
static void
sample_perfectly(struct run *r, const struct ensemble *e)
{
	struct rn_error err;

	rn_or_die(perfect_start(&r->perfect, e, r->o->first_id, &err), &err);
	for (uint64_t i = 0; i < r->o->n; i++) {
		const uint64_t id = r->o->first_id + i;

		memcpy(r->bits, perfect_next(&r->perfect), r->lattice.bytes);
		write_record(r,
			&(struct rn_spins_record){ .T = e->T, .h = e->h, .replica = (uint32_t)id, .id = id },
			r->bits);
		rn_progress_add(&r->progress, 1);
	}
}

/* A sweep of a large lattice takes long: progress is told in portions, of the `chains` that are wanted. */
static void
advance(struct run *r, size_t batch, uint64_t from, uint64_t to, uint64_t chains)
{
	uint64_t portion = ((uint64_t)1 << 24) / r->lattice.sites + 1;

	for (uint64_t done = from, more; done < to; done += more) {
		more = to - done < portion ? to - done : portion;
		r->sampler.advance(r->sampler.state, batch, done, more);
		rn_progress_add(&r->progress, more * chains);
	}
	r->sampler.take(r->sampler.state, batch);
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Sample i is record i / R of chain i % R. */
static void
sample_chains(struct run *r, const struct ensemble *e)
{
	const struct options *o = r->o;
	const struct sampler *x = &r->sampler;

	x->start(x->state, e, o->start);
	for (uint64_t i = 0; i < o->n; i++) {
		uint64_t s = i / o->replicas, k = i % o->replicas, sweep = o->therm + (s + 1) * o->every;

		if (k % x->batch == 0)
			advance(r, k / x->batch, s ? sweep - o->every : 0, sweep,
				least(x->batch, least(o->replicas - k, o->n - i)));
		write_record(r,
			&(struct rn_spins_record){
				.T = e->T,
				.h = e->h,
				.replica = (uint32_t)(o->first_id + k),
				.sweep = sweep,
				.id = o->first_id + i,
			},
			x->bits(x->state, k % x->batch));
	}
}

/* Sweeps to be done, a sample drawn exactly counting as one. */
static uint64_t
work(const struct run *r)
{
	uint64_t sweeps = 0;

	for (size_t t = 0; t < r->temperatures; t++) {
		struct ensemble e = { .lattice = r->lattice, .T = r->T[t] };

		sweeps += exact_covers(&e) || r->o->algorithm == EXACT
			? r->o->n
			: r->replicas * r->o->therm + r->o->n * r->o->every;
	}
	return sweeps;
}

static void
sample(struct run *r)
{
	const struct options *o = r->o;

	rn_progress_begin(&r->progress, &o->common, o->d == 2 ? "sweeps" : "samples", work(r));
	for (size_t t = 0; t < r->temperatures; t++) {
		struct ensemble e = ensemble_make(&r->lattice, r->T[t], o->h, o->common.seed);

		if (exact_covers(&e))
			sample_exactly(r, &e);
		else if (o->algorithm == EXACT)
			sample_perfectly(r, &e);
		else
			sample_chains(r, &e);
	}
	rn_progress_end(&r->progress);
}

int
main(int argc, char **argv)
{
	struct options o = { .d = 2, .n = 1, .therm = 1000, .every = 10, .replicas = 1 };
	struct rn_error err;
	struct run r;

	rn_stage_init(&o.common, "ising-gen", RN_STAGE_RECORDS | RN_STAGE_RANDOM | RN_STAGE_THREADS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	r = plan_or_die(&o);
	prepare_or_die(&r);
	r.out = rn_open_output(&o.common);
	write_header(&r);
	sample(&r);
	rn_or_die(rn_writer_close(r.out, &err), &err);
	exact_clear(&r.exact);
	if (r.has_perfect)
		perfect_clear(&r.perfect);
	if (r.sampler.state)
		r.sampler.destroy(r.sampler.state);
	free(r.bits);
	free(r.T);
	return 0;
}
