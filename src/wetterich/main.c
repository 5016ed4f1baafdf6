/*
 * wetterich - functional renormalization group flows of a scalar potential
 *
 * Reads   couplings u2, u4, ... (or kappa, l2, ...) from records of any kind or from a CSV table, one trajectory a
 *         record (couplings.c); or nothing, when they are given as options.
 * Writes  table: the couplings at the k asked for, and events on the way (trajectory.h, flows.c).
 *
 * The equations are in flow.h, the regulators in regulator.h. Cost: some 10 microseconds a trajectory and 100 rows;
 * memory constant.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "couplings.h"
#include "lpa.h"
#include "potential.h"
#include "run.h"

struct options {
	struct rn_common common;
	/* As given, NULL if not. */
	const char *d, *N, *M, *u, *x[3], *k0, *k, *t, *full, *rtol, *converge, *steps, *points, *phi_max,
		*columns;
	bool crossings, fixed, forced, active, eta, spectrum;
	enum expansion about;
	enum regulator_kind regulator;
	bool regulator_given, polchinski;
};

enum {
	KEY_U = 0x100,
	KEY_U2,
	KEY_U4,
	KEY_U6,
	KEY_K0,
	KEY_K,
	KEY_T,
	KEY_FULL,
	KEY_RTOL,
	KEY_CONVERGE,
	KEY_STEPS,
	KEY_CROSSINGS,
	KEY_EXPANSION,
	KEY_REGULATOR,
	KEY_FIXED,
	KEY_POINTS,
	KEY_PHI_MAX,
	KEY_FORCE,
	KEY_ACTIVE,
	KEY_ETA,
	KEY_EQUATION,
	KEY_COLUMNS,
	KEY_SPECTRUM,
};

static const struct argp_option table[] = {
	{ "fixed-point", KEY_FIXED, NULL, 0,
		"Fixed points and exponents in place of flows; -d, -N and -M may then be lists", 1 },
	{ "spectrum", KEY_SPECTRUM, NULL, 0,
		"Fixed points with all eigenvalues theta of the stability matrix", 1 },
	{ NULL, 'd', "D", 0, "Dimension, any number from 1 to 4", 1 },
	{ NULL, 'N', "N", 0, "Components of the field (1)", 1 },
	{ NULL, 'M', "M", 0, "Truncation: couplings up to the 2M-th power of the field (3, or what is given)",
		1 },
	{ "expansion", KEY_EXPANSION, "zero|minimum|none", 0,
		"Where the potential is expanded (zero); none: the full potential", 1 },
	{ "regulator", KEY_REGULATOR, "litim|exponential|sharp", 0, "Of the flow equation (litim)", 1 },
	{ "eta", KEY_ETA, NULL, 0, "LPA': with the anomalous dimension; minimum or none, litim", 1 },
	{ "equation", KEY_EQUATION, "wetterich|polchinski", 0,
		"Polchinski's: about zero, without a regulator", 1 },
	{ "u", KEY_U, "LIST", 0, "Couplings to start from: u2,u4,... or kappa,l2,...", 2 },
	{ "u2", KEY_U2, "X", 0, "One of them (0)", 2 },
	{ "u4", KEY_U4, "X", 0, NULL, 2 },
	{ "u6", KEY_U6, "X", 0, NULL, 2 },
	{ "columns", KEY_COLUMNS, "u4=NAME,...", 0,
		"Columns of records that have couplings under other names", 2 },
	{ "k0", KEY_K0, "K", 0, "Scale to start from, unless records have a column k (1)", 2 },
	{ "k", KEY_K, "LIST", 0, "Scales of the rows, on either side of k0", 2 },
	{ "t", KEY_T, "LIST", 0, "The same as t = ln(k / k0): 0:-10:-1 goes to the infrared", 2 },
	{ "dimensionful", KEY_FULL, "in|out|both", OPTION_ARG_OPTIONAL,
		"Couplings not in units of k: those read, those written, or both (the default)", 2 },
	{ "crossings", KEY_CROSSINGS, NULL, 0, "Rows where couplings pass zero too", 2 },
	{ "converge", KEY_CONVERGE, "X", 0, "Stop when no coupling changes by more than X of itself in t",
		2 },
	{ "rtol", KEY_RTOL, "X", 0, "Relative error of a step (1e-10)", 2 },
	{ "active", KEY_ACTIVE, NULL, 0, "Canonical scaling alone: the two equations of active RG", 2 },
	{ "points", KEY_POINTS, "N", 0, "Full potential: points of the grid (201)", 3 },
	{ "phi-max", KEY_PHI_MAX, "X", 0, "Full potential: its end, in units of k0 (six times the minimum)",
		3 },
	{ "force", KEY_FORCE, NULL, 0, "Full potential: towards larger k, where there is no solution", 3 },
	{ "steps", KEY_STEPS, "N", 0, "Of a trajectory, at most (100000)", 2 },
	{ 0 },
};

static const char *const expansions[] = { "zero", "minimum", "none", NULL };
static const char *const regulators[] = { "litim", "exponential", "sharp", NULL };
static const char *const equations[] = { "wetterich", "polchinski", NULL };
static const char *const directions[] = { "in", "out", "both", NULL };

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case 'd': o->d = arg; return 0;
	case 'N': o->N = arg; return 0;
	case 'M': o->M = arg; return 0;
	case KEY_U: o->u = arg; return 0;
	case KEY_U2:
	case KEY_U4:
	case KEY_U6: o->x[key - KEY_U2] = arg; return 0;
	case KEY_K0: o->k0 = arg; return 0;
	case KEY_K: o->k = arg; return 0;
	case KEY_T: o->t = arg; return 0;
	case KEY_FULL: o->full = arg ? arg : "both"; return 0;
	case KEY_RTOL: o->rtol = arg; return 0;
	case KEY_CONVERGE: o->converge = arg; return 0;
	case KEY_STEPS: o->steps = arg; return 0;
	case KEY_CROSSINGS: o->crossings = true; return 0;
	case KEY_FIXED: o->fixed = true; return 0;
	case KEY_POINTS: o->points = arg; return 0;
	case KEY_PHI_MAX: o->phi_max = arg; return 0;
	case KEY_FORCE: o->forced = true; return 0;
	case KEY_ACTIVE: o->active = true; return 0;
	case KEY_ETA: o->eta = true; return 0;
	case KEY_SPECTRUM: o->spectrum = true; return 0;
	case KEY_COLUMNS: o->columns = arg; return 0;
	case KEY_EQUATION: o->polchinski = rn_arg_word("--equation", arg, equations) == 1; return 0;
	case KEY_EXPANSION: o->about = (enum expansion)rn_arg_word("--expansion", arg, expansions); return 0;
	case KEY_REGULATOR:
		o->regulator = (enum regulator_kind)rn_arg_word("--regulator", arg, regulators);
		o->regulator_given = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Flows of the Wetterich equation: couplings of a scalar potential as functions of the scale "
	       "k.",
};

/* --- which equation --------------------------------------------------------------------- */

/* Equation and approximation of flows and fixed points alike. */
static void
choose_equation(struct run *r, const struct options *o)
{
	*r = (struct run){ .common = &o->common, .about = o->about, .regulator = o->regulator, .eta = o->eta };
	if (o->eta && o->regulator == SHARP)
		rn_die(RN_EUSAGE,
			"--eta: a sharp cutoff has no derivative expansion, so no anomalous dimension; use "
			"--regulator=litim");
	if (o->eta && (o->regulator != LITIM || o->about == ABOUT_ZERO))
		rn_die(RN_EUSAGE, "--eta goes with --expansion=minimum or none and --regulator=litim");
	if (o->eta && o->fixed && o->about == NO_EXPANSION)
		rn_die(RN_EUSAGE, "--eta: fixed points with it are those of --expansion=minimum");
	if (!o->polchinski)
		return;
	if (o->regulator_given || o->eta || o->about != ABOUT_ZERO)
		rn_die(RN_EUSAGE,
			"--equation=polchinski goes with --expansion=zero, without --regulator and --eta");
	r->regulator = POLCHINSKI;
}

static void
add_equation(struct rn_text *t, const struct run *r)
{
	rn_history_add(t, "--expansion", expansions[r->about]);
	if (r->regulator == POLCHINSKI)
		rn_history_add(t, "--equation", "polchinski");
	else
		rn_history_add(t, "--regulator", regulators[r->regulator]);
	if (r->eta)
		rn_history_add(t, "--eta", NULL);
}

/* --- what the options say -------------------------------------------------------------- */

static double
coupling_of(const char *option, const char *text)
{
	return rn_arg_f64(option, text, -1e100, 1e100);
}

static void
read_couplings(struct run *r, const struct options *o)
{
	static const char *const names[] = { "--u2", "--u4", "--u6" };
	size_t n = 0;
	double *list = o->u ? rn_arg_list("--u", o->u, &n) : NULL;

	for (size_t i = 0; i < ORDER_MAX; i++)
		r->x[i] = NAN;
	if (n > ORDER_MAX)
		rn_die(RN_EUSAGE, "--u: %zu couplings; there may be %d", n, ORDER_MAX);
	for (size_t i = 0; i < n; i++) {
		if (!(fabs(list[i]) <= 1e100))
			rn_die(RN_EUSAGE, "--u %s: couplings are finite, -1e100 to 1e100", o->u);
		r->x[i] = list[i];
	}
	free(list);
	for (size_t i = 0; i < 3; i++) {
		if (!o->x[i])
			continue;
		if (o->u)
			rn_die(RN_EUSAGE, "--u and %s say the same in two ways: choose one", names[i]);
		if (o->about == ABOUT_MINIMUM)
			rn_die(RN_EUSAGE, "%s: about the minimum couplings are kappa, l2, ...: use --u",
				names[i]);
		r->x[i] = coupling_of(names[i], o->x[i]);
	}
	r->reads = (!o->u && !o->x[0] && !o->x[1] && !o->x[2]) || o->common.nfiles;
}

/* "u4=NAME,u6=NAME" */
static void
read_columns(struct run *r, const char *list)
{
	char *copy = strdup(list), *next = copy, *item;

	if (!copy)
		rn_die(RN_ENOMEM, "out of memory (--columns)");
	while ((item = strsep(&next, ","))) {
		char *is = strchr(item, '='), name[16];
		size_t i = 0;

		if (is)
			*is++ = '\0';
		while (i < ORDER_MAX && strcmp(coupling_name(couplings_about(r), i, name), item) != 0)
			i++;
		if (!is || !*is || i == ORDER_MAX)
			rn_die(RN_EUSAGE,
				"--columns: '%s' is not a list of couplings and columns, such as "
				"u4=u4_exact,u6=u6_exact",
				list);
		free(r->column[i]);
		r->column[i] = strdup(is);
		if (!r->column[i])
			rn_die(RN_ENOMEM, "out of memory (--columns)");
	}
	free(copy);
}

static void
read_times(struct run *r, const struct options *o)
{
	if (!o->k == !o->t)
		rn_die(RN_EUSAGE,
			o->k ? "--k and --t say the same in two ways: choose one"
			     : "--t or --k is missing: where the rows are, such as --t 0:-10:-0.5 or --k "
			       "0.1,0.01");
	r->absolute = o->k != NULL;
	r->times = rn_arg_list(r->absolute ? "--k" : "--t", r->absolute ? o->k : o->t, &r->n_times);
	for (size_t i = 0; i < r->n_times; i++) {
		if (r->absolute && !(r->times[i] > 0 && r->times[i] <= 1e100))
			rn_die(RN_EUSAGE, "--k %s: scales are above 0, and at most 1e100", o->k);
		if (!r->absolute && !(fabs(r->times[i]) <= 500))
			rn_die(RN_EUSAGE, "--t %s: ln(k / k0) is from -500 to 500", o->t);
	}
}

static void
add_number(struct rn_text *t, const char *option, double x)
{
	char text[RN_NUMBER_MAX];

	rn_print_f64(text, x);
	rn_history_add(t, option, text);
}

static char *
history(const struct options *o, const struct run *r)
{
	struct rn_text t = { 0 };

	if (o->d)
		add_number(&t, "-d", r->d);
	add_number(&t, "-N", r->N);
	if (r->M)
		rn_history_add_u64(&t, "-M", r->M);
	add_equation(&t, r);
	if (o->u)
		rn_history_add(&t, "--u", o->u);
	for (int i = 0; i < 3; i++)
		if (o->x[i])
			add_number(&t, (const char *[]){ "--u2", "--u4", "--u6" }[i], r->x[i]);
	if (o->columns)
		rn_history_add(&t, "--columns", o->columns);
	add_number(&t, "--k0", r->k0);
	rn_history_add(&t, o->k ? "--k" : "--t", o->k ? o->k : o->t);
	if (o->full)
		rn_history_add(&t, "--dimensionful", o->full);
	if (o->active)
		rn_history_add(&t, "--active", NULL);
	if (r->about == NO_EXPANSION)
		rn_history_add_u64(&t, "--points", r->points);
	if (o->phi_max)
		add_number(&t, "--phi-max", r->phi_max);
	if (o->forced)
		rn_history_add(&t, "--force", NULL);
	if (o->crossings)
		rn_history_add(&t, "--crossings", NULL);
	if (o->converge)
		add_number(&t, "--converge", r->rules.converge);
	add_number(&t, "--rtol", r->rules.rtol);
	rn_history_add_u64(&t, "--steps", r->rules.steps_max);
	return t.data;
}

/* What goes with the full potential, and what does not. */
static void
check_together(const struct options *o)
{
	const bool full = o->about == NO_EXPANSION;

	if (o->spectrum)
		rn_die(RN_EUSAGE, "--spectrum is that of fixed points: it goes with --fixed-point");
	const struct {
		const char *option;
		bool given, of_full;
	} all[] = {
		{ "--points", o->points, true },
		{ "--phi-max", o->phi_max, true },
		{ "--force", o->forced, true },
		{ "--crossings", o->crossings, false },
		{ "--converge", o->converge, false },
		{ "--active", o->active, false },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].given && all[i].of_full != full)
			rn_die(RN_EUSAGE, "%s has no meaning with%s --expansion=none: leave it out",
				all[i].option, full ? "" : "out");
	if (o->active && (o->crossings || o->converge || o->about != ABOUT_ZERO))
		rn_die(RN_EUSAGE, "--active scales couplings about zero, which neither cross nor converge");
}

static struct run
plan(const struct options *o)
{
	struct run r;

	choose_equation(&r, o);
	check_together(o);
	r.d = o->d ? rn_arg_f64("-d", o->d, 1, 4) : NAN;
	r.N = o->N ? rn_arg_f64("-N", o->N, 1, 1e6) : 1;
	r.M = o->M ? rn_arg_u64("-M", o->M, 2, ORDER_MAX) : 0;
	r.k0 = o->k0 ? rn_arg_f64("--k0", o->k0, 1e-100, 1e100) : 1;
	read_couplings(&r, o);
	if (o->columns)
		read_columns(&r, o->columns);
	for (size_t i = r.M; r.M && i < ORDER_MAX; i++)
		if (!isnan(r.x[i]))
			rn_die(RN_EUSAGE, "-M %zu is less than the couplings given: choose a larger M", r.M);
	if (!r.reads && !o->d)
		rn_die(RN_EUSAGE, "-d is missing: the dimension, 1 to 4");
	read_times(&r, o);
	if (o->active) /* what has no units does not change */
		r.full_in = r.full_out = true;
	if (o->full) {
		const unsigned way = rn_arg_word("--dimensionful", o->full, directions);

		r.full_in = way != 1;
		r.full_out = way != 0;
	}
	if (o->columns && !r.reads)
		rn_die(RN_EUSAGE, "--columns are those of records, and there are none: name a file, or '-'");
	r.rules = (struct rules){
		.rtol = o->rtol ? rn_arg_f64("--rtol", o->rtol, 1e-16, 0.1) : 1e-10,
		.converge = o->converge ? rn_arg_f64("--converge", o->converge, 1e-15, 1) : 0,
		.with_units = r.full_out,
		.crossings = o->crossings,
		.steps_max = o->steps ? rn_arg_u64("--steps", o->steps, 1, UINT32_MAX) : 100000,
	};
	r.points = o->points ? rn_arg_u64("--points", o->points, POINTS_MIN, POINTS_MAX) : 201;
	r.phi_max = o->phi_max ? rn_arg_f64("--phi-max", o->phi_max, 1e-6, 1e6) : 0;
	r.forced = o->forced;
	for (size_t i = 0; i < r.n_times; i++)
		if (r.about == NO_EXPANSION && !r.absolute && !r.forced && r.times[i] > 0)
			rn_die(RN_EUSAGE,
				"--t %s: towards larger k the flow of the full potential is diffusion "
				"backwards in "
				"time and has no solution: leave out t > 0, or --force it",
				o->t);
	r.active = o->active;
	r.history = history(o, &r);
	return r;
}

/* --- fixed points ---------------------------------------------------------------------- */

static void
refuse(const char *given, const char *option)
{
	if (given)
		rn_die(RN_EUSAGE, "%s has no meaning with --fixed-point: leave it out", option);
}

static double *
list_in(const char *option, const char *text, double lo, double hi, size_t *n)
{
	double *x = rn_arg_list(option, text, n);

	for (size_t i = 0; i < *n; i++)
		if (!(x[i] >= lo && x[i] <= hi))
			rn_die(RN_EUSAGE, "%s: %g is not from %g to %g", option, x[i], lo, hi);
	return x;
}

/* Orders that are there by default show whether the numbers have settled. */
static void
read_orders(struct run *r, const char *text)
{
	static const char *const usual[] = { "2:10:1", "2:12:1", "64" };
	static const double most[] = { ORDER_MAX - 1, ORDER_MAX, LPA_MAX };
	const double least = r->about == NO_EXPANSION ? LPA_MIN : 2;
	double *M = list_in("-M", text ? text : usual[r->about], least, most[r->about], &r->n_Ms);

	r->Ms = rn_alloc_or_die(r->n_Ms, sizeof *r->Ms);
	for (size_t i = 0; i < r->n_Ms; i++) {
		if (M[i] != floor(M[i]))
			rn_die(RN_EUSAGE, "-M: %g is not a whole number", M[i]);
		r->Ms[i] = (size_t)M[i];
		r->M = r->Ms[i] > r->M ? r->Ms[i] : r->M;
	}
	free(M);
}

static struct run
plan_fixed(const struct options *o)
{
	const bool zero = o->about == ABOUT_ZERO;
	struct rn_text t = { 0 };
	struct run r;

	choose_equation(&r, o);

	if (o->polchinski)
		rn_die(RN_EUSAGE,
			"--fixed-point: truncations of Polchinski's equation do not converge to a "
			"Wilson-Fisher "
			"fixed point; leave out --equation: Litim's regulator has the same one");
	refuse(o->u, "--u");
	refuse(o->x[0], "--u2");
	refuse(o->x[1], "--u4");
	refuse(o->x[2], "--u6");
	refuse(o->columns, "--columns");
	refuse(o->k0, "--k0");
	refuse(o->k, "--k");
	refuse(o->t, "--t");
	refuse(o->full, "--dimensionful");
	refuse(o->rtol, "--rtol");
	refuse(o->converge, "--converge");
	refuse(o->steps, "--steps");
	refuse(o->points, "--points");
	refuse(o->phi_max, "--phi-max");
	refuse(o->crossings ? "" : NULL, "--crossings");
	refuse(o->forced ? "" : NULL, "--force");
	refuse(o->active ? "" : NULL, "--active");
	refuse(o->common.nfiles ? o->common.files[0] : NULL, "an input file");
	if (!o->d)
		rn_die(RN_EUSAGE, "-d is missing: the dimension, such as -d 3 or -d 2.5:3.5:0.25");
	r.ds = list_in("-d", o->d, 1, 4, &r.n_ds);
	r.Ns = list_in("-N", o->N ? o->N : "1", 1, 1e6, &r.n_Ns);
	read_orders(&r, o->M);
	r.spectrum = o->spectrum;
	if (o->spectrum && o->about == NO_EXPANSION)
		rn_die(RN_EUSAGE,
			"--spectrum goes with --expansion=zero or minimum; the full potential has nu "
			"and omega alone");
	for (size_t i = 0; i < r.n_ds && !zero; i++)
		if (!(r.ds[i] > 2 && r.ds[i] < 4))
			rn_die(RN_EUSAGE,
				"-d %g: only --expansion=zero has fixed points outside of 2 < d < 4",
				r.ds[i]);
	rn_history_add(&t, "--fixed-point", NULL);
	rn_history_add(&t, "-d", o->d);
	rn_history_add(&t, "-N", o->N ? o->N : "1");
	if (o->M)
		rn_history_add(&t, "-M", o->M);
	add_equation(&t, &r);
	if (o->spectrum)
		rn_history_add(&t, "--spectrum", NULL);
	r.history = t.data;
	return r;
}

static void
run_clear(struct run *r)
{
	for (size_t i = 0; i < ORDER_MAX; i++)
		free(r->column[i]);
	free(r->times);
	free(r->ds);
	free(r->Ns);
	free(r->Ms);
	free(r->history);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct run r;

	rn_stage_init(&o.common, "wetterich", RN_STAGE_READS | RN_STAGE_TABLE);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.fixed) {
		r = plan_fixed(&o);
		fixed_points(&r);
	} else {
		r = plan(&o);
		flows(&r);
	}
	run_clear(&r);
	return 0;
}
