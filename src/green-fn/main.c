/*
 * green-fn - n-point functions of ensembles of networks, how far they are from Gaussian ones, and u4, u6
 *
 * Reads   nets: f at given points, by N, sigma_w, sigma_b and, when trained, step;
 *         or neurons: g of single ones, with weights.
 * Writes  table: a row for each group, order n and choice of n legs; with --summary a row for each group and
 * order.
 *
 *	G(x_1..x_n) = <f(x_1) ... f(x_n)>,  G0: Wick's theorem,  dG = G - G0,  m = dG / G0,  Gc: connected,
 *	u4 = -G4c / N4,  u6 = (u4^2 D - G6c) / N6							(couplings.h)
 *
 * by up to four estimators side by side: plain, rb, moments, exact (estimate.h), with errors from bags and,
 * for the plain one, the error that it has in truth where that is known, and what its tail looks like
 * (tail.h).
 *
 * Cost    609 products a network for six points and orders 2, 4, 6: some ten million networks a second;
 *         memory does not grow with networks, but with groups and bags (collect.h, pool.h).
 *
 * H. Erbin, V. Lahoche, D. Ousmane Samary, arXiv:2108.01403; J. Halverson, A. Maiti, K. Stoner,
 * arXiv:2008.08601.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

struct list {
	double *x;
	size_t n;
};

struct options {
	struct rn_common common;
	struct wish wish;
	const char *orders; /* as given */
	char **neurons;	    /* files */
	size_t nneurons;
	struct list width, sigma_w, sigma_b;
	bool theory;
	int activation; /* -1: not given */
	const char *points;
};

enum {
	KEY_NEURONS = 0x100,
	KEY_WIDTH,
	KEY_ORDERS,
	KEY_WICK,
	KEY_NORMALISE,
	KEY_SUMMARY,
	KEY_BOX,
	KEY_THEORY,
	KEY_ACTIVATION,
	KEY_SIGMA_W,
	KEY_SIGMA_B,
	KEY_POINTS,
};

static const struct argp_option table_of_options[] = {
	{ "orders", KEY_ORDERS, "LIST", 0, "Numbers of legs, 1 to 6; default 2,4", 1 },
	{ "summary", KEY_SUMMARY, NULL, 0, "A row an order, of means over all choices of legs", 1 },
	{ "neurons", KEY_NEURONS, "FILE", 0, "A stream of neurons for the moments estimator; may be repeated",
		1 },
	{ "width", KEY_WIDTH, "LIST", 0, "Also these N, without networks: moments and exact values", 1 },
	{ "wick", KEY_WICK, "WHICH", 0, "Propagator of G0: exact (default), or measured", 1 },
	{ "normalise", KEY_NORMALISE, "FIELD", 0,
		"u4 and u6 of the field as it is: raw (default), or canonical", 1 },
	{ "box", KEY_BOX, "L", 0, "Vertices are integrated over [-L, L], not over all of space", 1 },
	{ "theory", KEY_THEORY, NULL, 0, "Reads nothing: exact values of what the following say", 2 },
	{ "activation", KEY_ACTIVATION, "NAME", 0, "gauss, relu or erf; default gauss", 2 },
	{ "sigma-w", KEY_SIGMA_W, "LIST", 0, "Standard deviation of weights; default 1", 2 },
	{ "sigma-b", KEY_SIGMA_B, "LIST", 0, "Standard deviation of biases; default 1", 2 },
	{ "points", KEY_POINTS, "LIST|FILE", 0,
		"Points: blanks between them, commas between coordinates; default: six", 2 },
	{ 0 },
};

/* Each number once, where it first stands. */
static void
drop_repeated(struct list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		size_t j = 0;

		while (j < kept && list->x[j] != list->x[i])
			j++;
		if (j == kept)
			list->x[kept++] = list->x[i];
	}
	list->n = kept;
}

static void
set_list(struct list *list, const char *option, const char *text, double least, double most, bool whole)
{
	free(list->x);
	list->x = rn_arg_list(option, text, &list->n);
	for (size_t i = 0; i < list->n; i++)
		if (!(list->x[i] >= least && list->x[i] <= most) ||
			(whole && list->x[i] != floor(list->x[i])))
			rn_die(RN_EUSAGE, "%s %s: %g is not a%s number from %g to %g", option, text,
				list->x[i], whole ? " whole" : "", least, most);
	drop_repeated(list);
}

static void
set_orders(struct options *o, const char *text)
{
	struct list list = { 0 };

	set_list(&list, "--orders", text, 1, ORDER_MAX, true);
	memset(o->wish.order, 0, sizeof o->wish.order);
	o->wish.highest = 0;
	for (size_t i = 0; i < list.n; i++) {
		const unsigned n = (unsigned)list.x[i];

		o->wish.order[n] = true;
		o->wish.highest = n > o->wish.highest ? n : o->wish.highest;
	}
	free(list.x);
}

static void
add_neurons(struct options *o, char *file)
{
	char **more = reallocarray(o->neurons, o->nneurons + 1, sizeof *more);

	if (!more)
		rn_die(RN_ENOMEM, "out of memory (options)");
	o->neurons = more;
	o->neurons[o->nneurons++] = file;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	static const char *const wicks[] = { "exact", "measured", NULL },
				 *const fields[] = { "raw", "canonical", NULL };
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_ORDERS: set_orders(o, arg); return 0;
	case KEY_SUMMARY: o->wish.summary = true; return 0;
	case KEY_NEURONS: add_neurons(o, arg); return 0;
	case KEY_WIDTH: set_list(&o->width, "--width", arg, 1, 4294967295.0, true); return 0;
	case KEY_WICK: o->wish.measured = rn_arg_word("--wick", arg, wicks); return 0;
	case KEY_NORMALISE: o->wish.canonical = rn_arg_word("--normalise", arg, fields); return 0;
	case KEY_BOX: o->wish.box = rn_arg_f64("--box", arg, 1e-300, 1e300); return 0;
	case KEY_THEORY: o->theory = true; return 0;
	case KEY_ACTIVATION:
		o->activation = (int)rn_arg_word("--activation", arg, rn_net_activations);
		return 0;
	case KEY_SIGMA_W: set_list(&o->sigma_w, "--sigma-w", arg, 0, 1e100, false); return 0;
	case KEY_SIGMA_B: set_list(&o->sigma_b, "--sigma-b", arg, 0, 1e100, false); return 0;
	case KEY_POINTS: o->points = arg; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table_of_options,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Green functions of ensembles of random networks, their deviations from a Gaussian process, "
	       "and the "
	       "couplings u4 and u6.",
};

static void
check(const struct options *o)
{
	if (o->theory && (o->common.nfiles || o->nneurons))
		rn_die(RN_EUSAGE, "--theory reads nothing: give no file");
	if (o->theory && o->wish.measured)
		rn_die(RN_EUSAGE, "--wick measured needs networks, which --theory has not");
	if (o->theory && !o->width.n)
		rn_die(RN_EUSAGE, "--theory needs --width, as in --width 10,100");
	if (!o->theory && (o->activation >= 0 || o->sigma_w.n || o->sigma_b.n || o->points))
		rn_die(RN_EUSAGE,
			"--activation, --sigma-w, --sigma-b and --points go with --theory: "
			"a stream says its own");
}

/* --- streams ----------------------------------------------------------------- */

/* The stages of a run, to be cleared when it is over. */
struct run {
	struct options o;
	struct input nets, neurons;
	struct rn_nets theory; /* form of --theory */
	struct report report;
	struct rn_progress progress;
	uint64_t groups;
};

static void
read_streams(struct run *run)
{
	struct options *o = &run->o;
	struct input first = { 0 };
	struct rn_error err;

	rn_progress_begin(&run->progress, &o->common, "records", 0);
	input_open(&first, &o->wish, rn_open_input(&o->common), false);
	if (first.collection.form.neurons && o->nneurons)
		rn_die(RN_EUSAGE,
			"%s is of neurons, too: give all of them as operands, or with --neurons beside nets",
			first.file);
	input_read(&first, &run->progress);
	if (first.collection.form.neurons)
		run->neurons = first;
	else
		run->nets = first;
	if (o->nneurons) {
		const struct rn_reader_options options = { .pm1 = o->common.pm1 };

		input_open(&run->neurons, &o->wish,
			rn_ptr_or_die(rn_reader_open(o->neurons, o->nneurons, &options, &err), &err), true);
		input_match(&run->nets, &run->neurons);
		input_read(&run->neurons, &run->progress);
	}
	rn_progress_end(&run->progress);
}

/* --- history ----------------------------------------------------------------- */

static void
add_numbers(struct rn_text *line, const char *option, const struct list *list)
{
	struct rn_text text = { 0 };
	bool ok = true;

	for (size_t i = 0; i < list->n && ok; i++) {
		char number[RN_NUMBER_MAX];

		rn_print_f64(number, list->x[i]);
		ok = rn_text_printf(&text, "%s%s", i ? "," : "", number);
	}
	if (!ok)
		rn_die(RN_ENOMEM, "out of memory (history)");
	if (list->n)
		rn_history_add(line, option, text.data);
	rn_text_clear(&text);
}

static void
add_orders(struct rn_text *line, const struct wish *w)
{
	struct list list = { 0 };
	double x[ORDER_MAX];

	list.x = x;
	for (unsigned n = 1; n <= ORDER_MAX; n++)
		if (w->order[n])
			x[list.n++] = n;
	add_numbers(line, "--orders", &list);
}

static void
add_theory(struct rn_text *line, const struct run *run)
{
	char *points = rn_net_points_print(&run->theory.points);

	if (!points)
		rn_die(RN_ENOMEM, "out of memory (history)");
	rn_history_add(line, "--theory", NULL);
	rn_history_add(line, "--activation", rn_net_activations[run->theory.activation]);
	add_numbers(line, "--sigma-w", &run->o.sigma_w);
	add_numbers(line, "--sigma-b", &run->o.sigma_b);
	rn_history_add(line, "--points", points);
	free(points);
}

static void
add_history(const struct run *run, struct rn_schema *table)
{
	const struct options *o = &run->o;
	struct rn_text line = { 0 };
	struct rn_error err;

	if (run->nets.open)
		rn_or_die(rn_schema_merge_history(table, run->nets.schema, &err), &err);
	if (run->neurons.open)
		rn_or_die(rn_schema_merge_history(table, run->neurons.schema, &err), &err);
	rn_history_begin(&line, &o->common);
	if (o->theory)
		add_theory(&line, run);
	add_orders(&line, &o->wish);
	if (o->wish.summary)
		rn_history_add(&line, "--summary", NULL);
	for (size_t i = 0; i < o->nneurons; i++) {
		const char *slash = strrchr(o->neurons[i], '/');

		rn_history_add(&line, "--neurons", slash ? slash + 1 : o->neurons[i]);
	}
	add_numbers(&line, "--width", &o->width);
	if (o->wish.measured)
		rn_history_add(&line, "--wick", "measured");
	if (o->wish.canonical)
		rn_history_add(&line, "--normalise", "canonical");
	if (o->wish.box > 0)
		add_numbers(&line, "--box", &(struct list){ (double *)&o->wish.box, 1 });
	rn_history_end(&line, &o->common, table);
}

/* --- groups ------------------------------------------------------------------ */

static void
write_one(struct run *run, const struct key *key, const struct group *nets)
{
	struct rn_error err;

	run->groups++;
	rn_or_die(report_group(&run->report, key, nets, &err), &err);
}

/* Whether there are networks of that law and width. */
static bool
has_nets(const struct run *run, const struct key *key)
{
	for (const struct group *g = run->nets.collection.first; g; g = g->next)
		if (g->key.N == key->N && g->key.sigma_w == key->sigma_w && g->key.sigma_b == key->sigma_b &&
			g->key.step == 0)
			return true;
	return false;
}

static bool
law_seen_before(const struct group *first, const struct group *g)
{
	for (; first != g; first = first->next)
		if (first->key.sigma_w == g->key.sigma_w && first->key.sigma_b == g->key.sigma_b)
			return true;
	return false;
}

/* --width: for each law of the streams. */
static void
write_widths(struct run *run, const struct group *first)
{
	for (const struct group *g = first; g; g = g->next)
		for (size_t i = 0; i < run->o.width.n && !law_seen_before(first, g); i++) {
			const struct key key = {
				.N = run->o.width.x[i],
				.sigma_w = g->key.sigma_w,
				.sigma_b = g->key.sigma_b,
			};

			if (!has_nets(run, &key))
				write_one(run, &key, NULL);
		}
}

static void
write_theory(struct run *run)
{
	const struct options *o = &run->o;

	for (size_t w = 0; w < o->sigma_w.n; w++)
		for (size_t b = 0; b < o->sigma_b.n; b++)
			for (size_t i = 0; i < o->width.n; i++) {
				const struct key key = {
					.N = o->width.x[i],
					.sigma_w = o->sigma_w.x[w],
					.sigma_b = o->sigma_b.x[b],
				};

				write_one(run, &key, NULL);
			}
}

static void
write_groups(struct run *run)
{
	if (run->o.theory) {
		write_theory(run);
		return;
	}
	for (const struct group *g = run->nets.collection.first; g; g = g->next)
		write_one(run, &g->key, g);
	write_widths(run, run->nets.open ? run->nets.collection.first : run->neurons.collection.first);
}

/* --- main -------------------------------------------------------------------- */

static void
tell(const struct run *run)
{
	if (!run->o.theory && !run->progress.done)
		rn_remark(&run->o.common, "%s: no records, so no rows",
			run->nets.open ? run->nets.file : run->neurons.file);
	if (run->neurons.open && !run->nets.open && !run->o.width.n)
		rn_remark(&run->o.common, "neurons alone have no width: give --width, as in --width 10,100");
	doubts_tell(&run->report.doubts, &run->o.common);
}

static void
one(struct list *list)
{
	if (list->n)
		return;
	list->x = rn_alloc_or_die(1, sizeof *list->x);
	list->x[0] = 1;
	list->n = 1;
}

static void
begin_theory(struct run *run)
{
	struct options *o = &run->o;
	struct rn_error err;

	one(&o->sigma_w);
	one(&o->sigma_b);
	run->theory = (struct rn_nets){
		.activation = o->activation < 0 ? RN_NET_GAUSS : (enum rn_net_activation)o->activation,
		.dout = 1,
		.depth = 1,
	};
	if (rn_net_points_of_operand(o->points ? o->points : RN_NET_POINTS_DEFAULT, &run->theory.points,
		    &err) != RN_OK) {
		rn_error_prefix(&err, "--points");
		rn_or_die(err.status, &err);
	}
	input_refuse_repeated(&run->theory.points, "--points", RN_EUSAGE);
}

int
main(int argc, char **argv)
{
	struct run run = { .o = { .activation = -1 } };
	struct options *o = &run.o;
	struct report *r = &run.report;
	struct rn_writer *out;
	struct rn_error err;

	set_orders(o, "2,4");
	rn_stage_init(&o->common, "green-fn", RN_STAGE_READS | RN_STAGE_TABLE);
	argp_parse(&argp, argc, argv, 0, NULL, o);
	check(o);

	if (o->theory)
		begin_theory(&run);
	else
		read_streams(&run);
	rn_or_die(report_init(r, &o->wish,
			  o->theory		  ? &run.theory
				  : run.nets.open ? &run.nets.collection.form
						  : &run.neurons.collection.form,
			  &err),
		&err);
	r->nets = run.nets.open ? &run.nets.collection : NULL;
	r->neurons = run.neurons.open ? &run.neurons.collection : NULL;
	add_history(&run, r->schema);
	out = r->writer = rn_open_output(&o->common);
	rn_or_die(rn_writer_segment(out, r->schema, &err), &err);
	write_groups(&run);
	rn_or_die(rn_writer_close(out, &err), &err);
	tell(&run);
	if (run.groups && !r->doubts.numbers)
		rn_die(RN_ENUMERIC, "no number came out: all of them are nan");

	report_clear(r);
	input_close(&run.nets);
	input_close(&run.neurons);
	rn_net_points_clear(&run.theory.points);
	free(o->neurons);
	free(o->width.x);
	free(o->sigma_w.x);
	free(o->sigma_b.x);
	return 0;
}
