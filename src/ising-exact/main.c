/*
 * ising-exact - exact values of the Ising model
 *
 * Reads   nothing.
 * Writes  table: ln Z, e, c, the moments of m of each lattice, temperature and field (values.c); or with
 *         --decimation, --arrows the renormalization group flow of the chain (flow.c), --duality (duality.c),
 *         --series N the high and low temperature series (series.c), --density-of-states (density.c, states.c).
 *
 * Nothing is sampled. Cost: see the manual; memory a few megabytes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/ising_series.h"
#include "run.h"

struct options {
	struct rn_common common;
	enum mode mode;
	const char *d, *T, *K, *h, *steps, *moments; /* as given, NULL if not */
	const char *L;				     /* all of them, with commas */
	struct rn_text sizes;
	uint64_t order;
	bool joint;
};

enum {
	KEY_FIELD = 0x100,
	KEY_MOMENTS,
	KEY_DECIMATION,
	KEY_STEPS,
	KEY_ARROWS,
	KEY_DUALITY,
	KEY_SERIES,
	KEY_STATES,
};

static const struct argp_option table[] = {
	{ NULL, 'd', "1|2", 0, "Dimension (2)", 1 },
	{ NULL, 'L', "L1[xL2],...", 0,
		"Extents of the lattices, and inf for the infinite one; may be repeated", 1 },
	{ NULL, 'T', "LIST", 0, "Temperatures: 2.5, 0:6:0.25, inf, Tc, and lists of these", 1 },
	{ NULL, 'K', "LIST", 0, "Couplings K = 1/T, in place of -T", 1 },
	{ "field", KEY_FIELD, "LIST", 0, "Reduced fields h = beta B (0)", 1 },
	{ "moments", KEY_MOMENTS, NULL, 0,
		"The moments of m too: rings up to 4096, tori with an extent up to 12", 1 },
	{ NULL, 0, NULL, 0, "In place of these values:", 2 },
	{ "decimation", KEY_DECIMATION, NULL, 0, "The flow of K, h, K0 of the chain from each T (or K) and h",
		2 },
	{ "steps", KEY_STEPS, "N", 0, "Of --decimation (6)", 2 },
	{ "arrows", KEY_ARROWS, NULL, 0, "One step from each T (or K) and h, as gnuplot draws vectors", 2 },
	{ "duality", KEY_DUALITY, NULL, 0, "The dual temperatures, and both sides of Z's duality", 2 },
	{ "series", KEY_SERIES, "N", 0, "High and low temperature series up to order N, even, 4 to 60", 2 },
	{ "density-of-states", KEY_STATES, "joint|energy", OPTION_ARG_OPTIONAL,
		"Configurations of each E and M (joint, the default) or E", 2 },
	{ 0 },
};

static const char *const mode_names[] = { "", "--decimation", "--arrows", "--duality", "--series",
	"--density-of-states" };

static void
choose(struct options *o, enum mode mode)
{
	if (o->mode != VALUES && o->mode != mode)
		rn_die(RN_EUSAGE, "%s and %s are different tables: choose one", mode_names[o->mode],
			mode_names[mode]);
	o->mode = mode;
}

static void
add_sizes(struct options *o, const char *arg)
{
	if (!rn_text_printf(&o->sizes, "%s%s", o->sizes.length ? "," : "", arg))
		rn_die(RN_ENOMEM, "out of memory (-L)");
	o->L = o->sizes.data;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	static const char *const kinds[] = { "joint", "energy", NULL };
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case 'd': o->d = arg; return 0;
	case 'L': add_sizes(o, arg); return 0;
	case 'T': o->T = arg; return 0;
	case 'K': o->K = arg; return 0;
	case KEY_FIELD: o->h = arg; return 0;
	case KEY_MOMENTS: o->moments = ""; return 0;
	case KEY_STEPS: o->steps = arg; return 0;
	case KEY_DECIMATION: choose(o, DECIMATION); return 0;
	case KEY_ARROWS: choose(o, ARROWS); return 0;
	case KEY_DUALITY: choose(o, DUALITY); return 0;
	case KEY_SERIES:
		choose(o, SERIES);
		o->order = rn_arg_u64("--series", arg, 4, RN_ISING_SERIES_MAX);
		return 0;
	case KEY_STATES:
		choose(o, STATES);
		o->joint = !arg || rn_arg_word("--density-of-states", arg, kinds) == 0;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.doc = "Exact values of the Ising model: finite and infinite lattices, flows, duality, series, "
	       "densities of states.",
};

/* --- what goes with what --------------------------------------------------------------- */

static void
refuse(const struct options *o, const char *given, const char *option)
{
	if (given && o->mode == VALUES)
		rn_die(RN_EUSAGE, "%s goes with --decimation: leave it out", option);
	if (given)
		rn_die(RN_EUSAGE, "%s has no meaning with %s: leave it out", option, mode_names[o->mode]);
}

static void
check_together(const struct options *o)
{
	const bool chain = o->mode == DECIMATION || o->mode == ARROWS;

	if (o->mode != VALUES)
		refuse(o, o->moments, "--moments");
	if (o->mode != DECIMATION)
		refuse(o, o->steps, "--steps");
	if (o->mode != VALUES && !chain)
		refuse(o, o->h, "--field");
	if (o->mode != VALUES && o->mode != STATES)
		refuse(o, o->d, "-d");
	if (chain)
		refuse(o, o->L, "-L");
	if (o->mode == STATES) {
		refuse(o, o->T, "-T");
		refuse(o, o->K, "-K");
	}
	if ((o->mode == VALUES || o->mode == STATES) && !o->L)
		rn_die(RN_EUSAGE,
			"-L is missing: the extents of the lattice, such as -L 32, -L 8x16,64 or -L inf");
	if (o->mode != STATES && !o->T && !o->K)
		rn_die(RN_EUSAGE,
			"-T is missing: temperatures, such as -T 2.5 or -T 0:6:0.25 or -T Tc; or couplings, "
			"-K 0.44");
	if (o->T && o->K)
		rn_die(RN_EUSAGE, "-T and -K say the same in two ways: choose one");
	if (o->mode == SERIES && o->order % 2)
		rn_die(RN_EUSAGE, "--series %d: the series have even orders alone; choose %d", (int)o->order,
			(int)o->order + 1);
}

enum { LARGEST = 1 << 20 }; /* modes of a torus, some 0.1 s a temperature */

/* --- lists ----------------------------------------------------------------------------- */

static struct size
size_of(const char *text, unsigned d)
{
	struct size s = { .infinite = strcmp(text, "inf") == 0, .text = text };
	size_t extents[2] = { 1, 1 };

	if (s.infinite)
		return s;
	rn_arg_extents("-L", text, d, extents);
	s.l = rn_lattice_make(d, extents);
	if (s.l.sites > (size_t)1 << 53)
		rn_die(RN_EUSAGE, "-L %s: more than 2^53 sites; choose a smaller lattice, or -L inf", text);
	if (d == 2 && s.l.rows > LARGEST && s.l.cols > LARGEST)
		rn_die(RN_EUSAGE,
			"-L %s: one extent of a torus may be at most %d; the infinite lattice, -L inf, is "
			"hardly told from it",
			text, LARGEST);
	return s;
}

static void
read_sizes(struct run *r, const char *L)
{
	char *copy = strdup(L);

	if (!copy)
		rn_die(RN_ENOMEM, "out of memory (-L)");
	r->sizes = 1;
	for (const char *p = copy; *p; p++)
		r->sizes += *p == ',';
	r->size = rn_alloc_or_die(r->sizes, sizeof *r->size);
	for (size_t i = 0; i < r->sizes; i++) { /* the pieces of copy stay: size.text */
		const char *piece = strsep(&copy, ",");

		r->size[i] = size_of(piece, r->d);
	}
}

static void
read_temperatures(struct run *r, const struct options *o)
{
	double *given = o->T ? rn_arg_temperatures("-T", o->T, &r->temperatures)
			     : rn_arg_list("-K", o->K, &r->temperatures);
	double *inverse = rn_alloc_or_die(r->temperatures, sizeof *inverse);

	for (size_t i = 0; i < r->temperatures; i++) {
		given[i] += 0.0; /* -0 is 0 */
		if (given[i] < 0)
			rn_die(RN_EUSAGE, "-K %s: couplings are 0 or more, inf included", o->K);
		inverse[i] = 1 / given[i];
	}
	r->T = o->T ? given : inverse;
	r->K = o->T ? inverse : given;
}

static void
read_fields(struct run *r, const char *h)
{
	r->h = rn_arg_list("--field", h, &r->fields);
	for (size_t i = 0; i < r->fields; i++) {
		r->h[i] += 0.0;
		if (!(fabs(r->h[i]) <= 1e300))
			rn_die(RN_EUSAGE, "--field %s: fields are finite, -1e300 to 1e300", h);
	}
}

/* --- the run --------------------------------------------------------------------------- */

static char *
history(const struct options *o, const struct run *r)
{
	const bool chain = r->mode == DECIMATION || r->mode == ARROWS;
	struct rn_text t = { 0 };

	if (r->mode == SERIES)
		rn_history_add_u64(&t, mode_names[SERIES], r->order);
	else if (r->mode == STATES)
		rn_history_add(&t, mode_names[STATES], r->joint ? "joint" : "energy");
	else if (r->mode != VALUES)
		rn_history_add(&t, mode_names[r->mode], NULL);
	if (r->mode == DECIMATION)
		rn_history_add_u64(&t, "--steps", r->steps);
	if (!chain) {
		rn_history_add_u64(&t, "-d", r->d);
		rn_history_add(&t, "-L", o->L ? o->L : "inf");
	}
	if (r->mode != STATES)
		rn_history_add(&t, o->T ? "-T" : "-K", o->T ? o->T : o->K);
	if (chain || r->mode == VALUES)
		rn_history_add(&t, "--field", o->h ? o->h : "0");
	if (r->moments)
		rn_history_add(&t, "--moments", NULL);
	return t.data;
}

static struct run
plan(const struct options *o)
{
	struct run r = { .common = &o->common, .mode = o->mode, .order = o->order, .joint = o->joint };

	check_together(o);
	r.d = o->d ? (unsigned)rn_arg_u64("-d", o->d, 1, 2) : 2;
	r.steps = o->steps ? rn_arg_u64("--steps", o->steps, 1, 1000) : 6;
	r.moments = o->moments != NULL;
	read_sizes(&r, o->L ? o->L : "inf");
	if (o->mode != STATES)
		read_temperatures(&r, o);
	read_fields(&r, o->h ? o->h : "0");
	r.history = history(o, &r);
	return r;
}

int
main(int argc, char **argv)
{
	static void (*const answer[])(
		const struct run *) = { values, decimation, arrows, duality, series, density_of_states };
	struct options o = { 0 };
	struct run r;

	rn_stage_init(&o.common, "ising-exact", RN_STAGE_TABLE);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	r = plan(&o);
	answer[r.mode](&r);
	return 0;
}
