/*
 * phi4-gen - sample configurations of lattice phi^4 theory on rings and tori
 *
 * Reads   nothing, or a model (renorm/phi4_model.h).
 * Writes  fields (renorm/field.h), one segment: the records of one set of couplings after those of the other.
 *
 * Markov chains run in blocks of 16, a number a chain for every site (chains.h): local updates, and cluster updates of
 * the signs (clusters.c). Each gives a record after every `every` sweeps, sweep-major (run.c).
 *
 * Random numbers are keyed by (seed, "phi4-gen ...", couplings, extents) and counted by (block, draw), so neither the
 * other couplings nor other blocks matter.
 *
 * Cost    time O(N) per sweep; memory 64 N (f32) or 128 N bytes a block, and 45 N for all of them.
 */
#include <string.h>

#include "report.h"

enum {
	KEY_KAPPA = 0x100,
	KEY_LAMBDA,
	KEY_MU2,
	KEY_MODEL,
	KEY_FIRST_ID,
	KEY_TYPE,
	KEY_ALGORITHM,
	KEY_STEP,
	KEY_LOCAL_PER_CLUSTER,
	KEY_START,
	KEY_THERM,
	KEY_EVERY,
	KEY_REPLICAS,
	KEY_REPORT,
};

static const struct argp_option table[] = {
	{ NULL, 'd', "1|2", 0, "Dimension (2)", 1 },
	{ NULL, 'L', "L1[xL2]", 0, "Extents of the lattice, rows x columns; needed", 1 },
	{ "kappa", KEY_KAPPA, "LIST", 0, "Couplings of neighbours: numbers, ranges and lists (1)", 1 },
	{ "lambda", KEY_LAMBDA, "LIST", 0, "Couplings of phi^4 / 4; needed", 1 },
	{ "mu2", KEY_MU2, "LIST", 0, "Squared masses; needed. A list of negative ones is --mu2=-1,-0.5", 1 },
	{ "model", KEY_MODEL, "FILE", 0, "Instead of these: a model, with couplings for each site and bond",
		1 },
	{ NULL, 'n', "N", 0, "Samples for each set of couplings (1)", 1 },
	{ "first-id", KEY_FIRST_ID, "K", 0,
		"Number the samples from K (0), a multiple of 16; samples of other numbers are independent",
		1 },
	{ "type", KEY_TYPE, "f32|f64", 0, "Numbers that are computed with and written (f32)", 1 },
	{ "report", KEY_REPORT, "FILE", 0, "Table of how each was sampled: step, autocorrelation times", 1 },
	{ NULL, 0, NULL, 0, "Markov chains:", 2 },
	{ "algorithm", KEY_ALGORITHM, "auto|metropolis|cluster", 0,
		"Local updates alone, or cycles of local updates and one of clusters (auto: cluster)", 2 },
	{ "step", KEY_STEP, "X|auto", 0, "Largest change of phi that a local update proposes", 2 },
	{ "local-per-cluster", KEY_LOCAL_PER_CLUSTER, "M", 0, "Local sweeps of a cycle (5)", 2 },
	{ "start", KEY_START, "auto|cold|hot", 0, "Start of a chain (auto: cold for metropolis, else hot)",
		2 },
	{ "therm", KEY_THERM, "SWEEPS|auto", 0,
		"Sweeps, or cycles, that are thrown away first (auto: 20 estimated autocorrelation times)",
		2 },
	{ "every", KEY_EVERY, "SWEEPS|auto", 0,
		"Sweeps, or cycles, from one record of a chain to its next (auto: 2 of these times)", 2 },
	{ "replicas", KEY_REPLICAS, "R", 0, "Independent chains, from which samples are taken in turn (16)",
		2 },
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
	case KEY_KAPPA: o->kappa = arg; return 0;
	case KEY_LAMBDA: o->lambda = arg; return 0;
	case KEY_MU2: o->mu2 = arg; return 0;
	case KEY_MODEL: o->model = arg; return 0;
	case 'n': o->n = rn_arg_u64("-n", arg, 1, UINT64_MAX); return 0;
	case KEY_FIRST_ID: o->first_id = rn_arg_u64("--first-id", arg, 0, UINT64_MAX); return 0;
	case KEY_TYPE: o->type = rn_arg_word("--type", arg, type_names) == 0 ? RN_F32 : RN_F64; return 0;
	case KEY_ALGORITHM:
		o->algorithm = (enum algorithm)rn_arg_word("--algorithm", arg, algorithm_names);
		return 0;
	case KEY_STEP:
		o->step = !strcmp(arg, "auto") ? 0 : rn_arg_f64("--step", arg, 1e-300, 1e300);
		return 0;
	case KEY_LOCAL_PER_CLUSTER:
		o->local_per_cluster = rn_arg_u64("--local-per-cluster", arg, 1, 1000000);
		return 0;
	case KEY_START: o->start = (enum start)rn_arg_word("--start", arg, start_names); return 0;
	case KEY_THERM: o->therm = count_or_auto("--therm", arg, 0); return 0;
	case KEY_EVERY: o->every = count_or_auto("--every", arg, 1); return 0;
	case KEY_REPLICAS: o->replicas = count_or_auto("--replicas", arg, 1); return 0;
	case KEY_REPORT: o->report = arg; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.doc = "Sample configurations of lattice phi^4 theory on rings and tori.",
};

int
main(int argc, char **argv)
{
	struct options o = {
		.d = 2,
		.n = 1,
		.type = RN_F32,
		.local_per_cluster = AUTOMATIC,
		.therm = AUTOMATIC,
		.every = AUTOMATIC,
		.replicas = AUTOMATIC,
	};
	struct rn_error err;
	struct run r;

	rn_stage_init(&o.common, "phi4-gen", RN_STAGE_RECORDS | RN_STAGE_RANDOM);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	r = run_plan_or_die(&o);
	if (o.report)
		r.report = report_open(o.report);
	run_begin(&r);
	run_sample(&r);
	rn_or_die(rn_writer_close(r.out, &err), &err);
	report_close(r.report);
	run_clear(&r);
	return 0;
}
