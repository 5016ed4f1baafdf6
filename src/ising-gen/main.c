/*
 * ising-gen - sample configurations of the Ising model on rings and tori
 *
 * Reads   nothing, or with --resume a stream of its own.
 * Writes  spins (renorm/spins.h), one segment: the records of one temperature after those of the other.
 *
 * How a temperature is sampled is decided before anything is written (choice.h): directly (exact.c), row by row
 * (rows.c) or by coupling from the past (perfect.c, fk.c), each record independent, replica = id, sweep = 0; or by
 * Markov chains, a record from each after every `every` sweeps, sweep-major: a few one by one (chains.c, board.c,
 * cluster.c), 32 and more in blocks of 512, a bit a chain (lanes.c). run.c goes through the temperatures; state.c has
 * checkpoints and goes on from them.
 *
 * Random numbers are keyed by (seed, "ising-gen ...", T, h, extents) and counted by (id, draw), id being the record's
 * where it is exact, else first_id + the number of the chain. So neither the other temperatures nor other ids matter.
 *
 * Cost    time O(N) per record (exact) or sweep; memory N bytes a chain, or 128 N bytes and more a block, and one record.
 */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cluster.h"
#include "renorm/bits.h"
#include "renorm/outfile.h"
#include "report.h"
#include "run.h"

enum {
	KEY_FIELD = 0x100,
	KEY_FIRST_ID,
	KEY_ALGORITHM,
	KEY_START,
	KEY_THERM,
	KEY_EVERY,
	KEY_REPLICAS,
	KEY_REPORT,
	KEY_CHECKPOINT,
	KEY_RESUME,
};

static const struct argp_option table[] = {
	{ NULL, 'd', "1|2", 0, "Dimension (2)", 1 },
	{ NULL, 'L', "L1[xL2]", 0, "Extents of the lattice, rows x columns; needed", 1 },
	{ NULL, 'T', "LIST", 0, "Temperatures: 2.5, 0:6:0.25, inf, Tc, and lists of these; needed", 1 },
	{ "field", KEY_FIELD, "H", 0, "Reduced field h = beta B, the same at all temperatures (0)", 1 },
	{ NULL, 'n', "N", 0, "Samples per temperature (1)", 1 },
	{ "first-id", KEY_FIRST_ID, "K", 0,
		"Number the samples from K (0); samples of other numbers are independent", 1 },
	{ "algorithm", KEY_ALGORITHM, "auto|exact|heatbath|metropolis|swendsen-wang|wolff|...", 0,
		"How tori at 0 < T < inf are sampled (auto: exactly where that is cheap, else by chains)",
		1 },
	{ "report", KEY_REPORT, "FILE", 0, "Table of how each T was sampled: coalescence, autocorrelation",
		1 },
	{ NULL, 0, NULL, 0, "Markov chains (heatbath, if --algorithm does not say which):", 2 },
	{ "start", KEY_START, "auto|cold|hot", 0, "Start of a chain (auto: hot for T >= Tc)", 2 },
	{ "therm", KEY_THERM, "SWEEPS|auto", 0,
		"Sweeps that are thrown away first (auto: 20 estimated autocorrelation times)", 2 },
	{ "every", KEY_EVERY, "SWEEPS|auto", 0,
		"Sweeps from one record of a chain to its next (auto: 2 of these times)", 2 },
	{ "replicas", KEY_REPLICAS, "R", 0, "Independent chains, from which samples are taken in turn (1)",
		2 },
	{ NULL, 0, NULL, 0, "Long runs:", 3 },
	{ "checkpoint", KEY_CHECKPOINT, "FILE", 0, "Keep there what --resume needs, renewed as time goes by",
		3 },
	{ "resume", KEY_RESUME, "FILE", 0, "Go on from a checkpoint, or from an output that was cut", 3 },
	{ 0 },
};

/* "auto", or a count. */
static uint64_t
count_or_auto(const char *option, const char *arg, uint64_t least)
{
	return !strcmp(arg, "auto") ? AUTOMATIC : rn_arg_u64(option, arg, least, AUTOMATIC - 1);
}

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
		o->algorithm = (enum algorithm)rn_arg_word("--algorithm", arg, algorithm_names);
		if (o->algorithm != AUTO && !choice_is_exact(o->algorithm))
			o->of_chains = "--algorithm";
		return 0;
	case KEY_START:
		o->of_chains = o->of_sweeps = "--start";
		o->start = (enum chain_start)rn_arg_word(o->of_chains, arg, start_names);
		return 0;
	case KEY_THERM:
		o->of_chains = o->of_sweeps = "--therm";
		o->therm = count_or_auto(o->of_chains, arg, 0);
		return 0;
	case KEY_EVERY:
		o->of_chains = o->of_sweeps = "--every";
		o->every = count_or_auto(o->of_chains, arg, 1);
		return 0;
	case KEY_REPLICAS:
		o->of_chains = o->of_sweeps = "--replicas";
		o->replicas = count_or_auto(o->of_chains, arg, 1);
		return 0;
	case KEY_REPORT: o->report = arg; return 0;
	case KEY_CHECKPOINT: o->checkpoint = arg; return 0;
	case KEY_RESUME: o->resume = arg; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.doc = "Sample configurations of the Ising model on rings and tori.",
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

static void
check_options_or_die(const struct options *o)
{
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
	if (choice_is_exact(o->algorithm) && o->of_sweeps)
		rn_die(RN_EUSAGE, "%s is for Markov chains; --algorithm %s has none: leave it out",
			o->of_sweeps, algorithm_names[o->algorithm]);
}

/* A file of its own, which can be replaced. */
static void
check_file_or_die(const char *option, const char *path, const struct options *o)
{
	const char *output = o->common.output;

	if (!path)
		return;
	if (!*path || !strcmp(path, "-") || !strncmp(path, "/dev/", 5))
		rn_die(RN_EUSAGE, "%s '%s': is no file to be kept; choose the name of one", option, path);
	if (output && rn_same_file(path, output))
		rn_die(RN_EUSAGE, "%s %s would replace the output; choose another name", option, path);
}

static void
check_files_or_die(const struct options *o)
{
	struct stat s;

	check_file_or_die("--report", o->report, o);
	check_file_or_die("--checkpoint", o->checkpoint, o);
	if (o->report &&
		((o->checkpoint && rn_same_file(o->report, o->checkpoint)) ||
			(o->resume && rn_same_file(o->report, o->resume))))
		rn_die(RN_EUSAGE, "--report %s would replace another file of this run; choose another name",
			o->report);
	if (o->resume && stat(o->resume, &s) == 0 && !S_ISREG(s.st_mode))
		rn_die(RN_EUSAGE, "--resume %s: is no regular file; it is read twice", o->resume);
}

static void
check_lattice_or_die(const struct options *o, const struct rn_lattice *l)
{
	uint64_t last;

	if (choice_is_cluster(o->algorithm) && !cluster_possible(l))
		rn_die(RN_EUSAGE, "-L %s: clusters are for up to 2^32 sites; heatbath takes more", o->L);
	if (__builtin_add_overflow(o->first_id, o->n - 1, &last))
		rn_die(RN_EUSAGE,
			"--first-id %" PRIu64 ": %" PRIu64 " samples from there are numbered past 2^64",
			o->first_id, o->n);
}

static struct run
plan_or_die(const struct options *o)
{
	struct run r = { .o = o };
	double *T;

	check_options_or_die(o);
	check_files_or_die(o);
	r.lattice = lattice_or_die(o);
	check_lattice_or_die(o, &r.lattice);
	T = rn_arg_temperatures("-T", o->T, &r.steps);
	r.steps = drop_repeated(T, r.steps);
	r.step = rn_alloc_or_die(r.steps, sizeof *r.step);
	for (size_t t = 0; t < r.steps; t++)
		r.step[t].ensemble = ensemble_make(&r.lattice, T[t], o->h, o->common.seed);
	free(T);
	run_prepare_or_die(&r);
	return r;
}

int
main(int argc, char **argv)
{
	struct options o = {
		.d = 2,
		.n = 1,
		.therm = AUTOMATIC,
		.every = AUTOMATIC,
		.replicas = AUTOMATIC,
	};
	struct rn_error err;
	struct run r;

	rn_stage_init(&o.common, "ising-gen", RN_STAGE_RECORDS | RN_STAGE_RANDOM | RN_STAGE_THREADS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	r = plan_or_die(&o);
	if (o.report)
		r.report = report_open(o.report);
	run_begin(&r);
	run_sample(&r);
	rn_or_die(rn_writer_close(r.out, &err), &err);
	report_close(r.report);
	run_clear(&r);
	return 0;
}
