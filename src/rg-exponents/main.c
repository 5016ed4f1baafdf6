/*
 * rg-exponents - beta/nu and gamma/nu from one configuration at several scales
 *
 * Reads   spins or field with levels: label columns, replica, sweep, id, O, and of each level its magnetisation m
 *         and its configuration, of which the shape alone is used.
 * Writes  table: a row for each group of equal labels and pair of levels.
 *
 * Between levels i and j of sizes L_i and L_j, at the critical coupling [1],
 *
 *	beta/nu = -ln(dm_j / dm_i) / ln(L_j / L_i),   gamma/nu = ln(dchi_j / dchi_i) / ln(L_j / L_i),
 *
 * with the derivatives along the coupling of the lattice that all levels come from: covariances with the O that this
 * coupling stands before, the energy of spins, phi^2 of a field (sums.h). Beside them the same from the values.
 *
 * Errors  jackknife over blocks of chains, longer than they remember, all levels in the same blocks (renorm/groups.h).
 * Cost    time O(1) a record and level, beside reading it; memory constant a group and a chain.
 *
 * [1] D. Bachtis, G. Aarts, F. Di Renzo, B. Lucini, Phys. Rev. Lett. 128 (2022) 081603.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "renorm/stage.h"
#include "report.h"
#include "sums.h"

struct options {
	struct rn_common common;
	const char *conjugate; /* NULL: what goes with the kind */
	bool independent;
};

enum { KEY_CONJUGATE = 0x100, KEY_INDEPENDENT };

static const struct argp_option table_of_options[] = {
	{ "conjugate", KEY_CONJUGATE, "COLUMN", 0,
		"What the coupling stands before, on the lattice all levels come from (default: e of spins, "
		"phi2 of a "
		"field)",
		1 },
	{ "independent", KEY_INDEPENDENT, NULL, 0, "Take each record as independent of all others", 1 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_CONJUGATE: o->conjugate = arg; return 0;
	case KEY_INDEPENDENT: o->independent = true; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table_of_options,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Critical exponents beta/nu and gamma/nu from configurations at several scales, as the "
	       "renormalization group or its inverse makes them.",
};

/* --- records --------------------------------------------------------------- */

/* What may be slow: O, and squared magnetisation of the first and the last level. */
enum { SERIES = 3 };

struct collector {
	const struct scales *scales;
	struct rn_groups groups; /* own: the values of the first record */
};

static void
collector_init(struct collector *c, const struct rn_run *in, const struct scales *scales, bool independent)
{
	const struct rn_groups_shape shape = {
		.q = sums_count(scales->n),
		.series = SERIES,
		.own_bytes = (1 + scales->n) * sizeof(double),
		.independent = independent,
	};
	struct rn_error err;

	c->scales = scales;
	rn_run_or_die(in, rn_groups_init(&c->groups, in->schema, &shape, &err), &err);
}

static enum rn_status
take(const struct rn_column *c, const uint8_t *record, double *x, struct rn_error *err)
{
	*x = rn_get_f64(c, record, 0);
	return isfinite(*x) ? RN_OK : rn_fail(err, RN_EDATA, "%s is not finite: drop such records", c->name);
}

static enum rn_status
add(void *collector, const uint8_t *record, struct rn_error *err)
{
	struct collector *c = collector;
	const size_t n = c->scales->n;
	double value[1 + SCALES_MAX] = { 0 }, *sum;
	enum rn_status st = take(c->scales->conjugate, record, &value[0], err);

	for (size_t i = 0; i < n && st == RN_OK; i++) {
		st = take(c->scales->scale[i].m, record, &value[1 + i], err);
		value[1 + i] = fabs(value[1 + i]);
	}
	if (st != RN_OK)
		return st;
	const double series[SERIES] = { value[0], value[1] * value[1], value[n] * value[n] };

	st = rn_groups_add(&c->groups, record, series, &sum, err);
	if (st != RN_OK)
		return st;
	if (c->groups.group->n == 1)
		memcpy(c->groups.group->own, value, (1 + n) * sizeof value[0]);
	sums_add(n, c->groups.group->own, value, sum);
	return RN_OK;
}

/* --- the table ------------------------------------------------------------- */

static void
add_history(const struct options *o, const struct rn_schema *in, struct rn_schema *table)
{
	struct rn_text line = { 0 };
	struct rn_error err;

	rn_or_die(rn_schema_merge_history(table, in, &err), &err);
	rn_history_begin(&line, &o->common);
	if (o->conjugate)
		rn_history_add(&line, "--conjugate", o->conjugate);
	if (o->independent)
		rn_history_add(&line, "--independent", NULL);
	rn_history_end(&line, &o->common, table);
}

static void
remark(const struct rn_common *common, const struct rn_groups *s, const struct rn_group *first,
	uint64_t groups, const char *what)
{
	struct rn_text where = { 0 };

	if (!groups)
		return;
	if (!rn_groups_describe(s, first, &where) ||
		(groups > 1 &&
			!rn_text_printf(&where, " (and %" PRIu64 " more group%s)", groups - 1,
				groups > 2 ? "s" : "")))
		rn_die(RN_ENOMEM, "out of memory (remark)");
	rn_remark(common, "%s: %s", where.data, what);
	rn_text_clear(&where);
}

static void
tell(const struct options *o, const struct rn_run *in, const struct rn_groups *s, const struct doubts *d)
{
	if (!in->progress.done)
		rn_remark(&o->common, "%s: no records, so no rows", in->file);
	remark(&o->common, s, d->missing, d->missings,
		"some exponents are nan: of two levels something does not change with the coupling, or in "
		"opposite directions; use more records, or a coupling nearer to the critical one");
	if (d->fews)
		remark(&o->common, s, d->few, d->fews,
			"fewer than 20 blocks of 16 tau; the errors are too small; use more records, or "
			"farther apart");
	else
		remark(&o->common, s, d->open, d->opens,
			"the chains end before tau is known; the errors are too small; use more records, or "
			"farther apart");
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct rn_run in;
	struct scales scales;
	struct collector c;
	struct rn_schema *table;
	struct rn_writer *out;
	struct doubts doubts;
	struct rn_error err;

	rn_stage_init(&o.common, "rg-exponents", RN_STAGE_READS | RN_STAGE_TABLE);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	rn_run_open(&in, &o.common);
	rn_run_or_die(&in, scales_find(&scales, in.schema, o.conjugate, &err), &err);
	collector_init(&c, &in, &scales, o.independent);
	rn_run_or_die(&in, report_schema(&c.groups, &table, &err), &err);
	out = rn_open_output(&o.common);
	rn_run_each(&in, add, &c);

	add_history(&o, in.schema, table);
	rn_or_die(rn_writer_segment(out, table, &err), &err);
	rn_or_die(report_write(&c.groups, &scales, table, out, &doubts, &err), &err);
	rn_or_die(rn_writer_close(out, &err), &err);
	tell(&o, &in, &c.groups, &doubts);
	if (c.groups.first && !doubts.numbers)
		rn_die(RN_ENUMERIC, "no exponent came out of %" PRIu64 " record%s: all of them are nan",
			in.progress.done, in.progress.done > 1 ? "s" : "");

	rn_schema_destroy(table);
	rn_groups_clear(&c.groups);
	rn_run_close(&in);
	return 0;
}
