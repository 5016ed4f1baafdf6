/*
 * mcrg - the renormalization group linearised from Monte Carlo: exponents y_t and y_h
 *
 * Reads   spins with levels of blocking: label columns, replica, sweep, id, and bits `spins`, `spins.1`, ...,
 *         as blockspin --levels writes them.
 * Writes  table: a row for each group of equal labels, level l >= 1, and number k of operators kept.
 *
 * With K couplings and S the operators of one level, K' and S' those of the next (operators.h),
 *
 *	dK'_a / dK_b = T_ab,	sum_a <S'_c S'_a>_c T_ab = <S'_c S_b>_c,
 *	y_t = ln lambda_t / ln b,	y_h = ln lambda_h / ln b,
 *
 * with the leading eigenvalues of T among the first k even and the first k odd operators [1].
 *
 * Errors  jackknife over blocks of chains, longer than they remember (renorm/stats.h).
 * Cost    time O(N / 64) a record, some million 64 x 64 a second; memory constant a group and a chain.
 *
 * [1] R. H. Swendsen, Phys. Rev. Lett. 42 (1979) 859.
 */
#include <inttypes.h>

#include "renorm/stage.h"
#include "report.h"

struct options {
	struct rn_common common;
	bool independent;
};

enum { KEY_INDEPENDENT = 0x100 };

static const struct argp_option table_of_options[] = {
	{ "independent", KEY_INDEPENDENT, NULL, 0, "Take each record as independent of all others", 1 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_INDEPENDENT: o->independent = true; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table_of_options,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Critical exponents y_t and y_h from levels of block spins: Swendsen's linearised "
	       "renormalization group.",
};

static enum rn_status
add(void *ensemble, const uint8_t *record, struct rn_error *err)
{
	return ensemble_add(ensemble, record, err);
}

static void
add_history(const struct options *o, const struct rn_schema *in, struct rn_schema *table)
{
	struct rn_text line = { 0 };
	struct rn_error err;

	rn_or_die(rn_schema_merge_history(table, in, &err), &err);
	rn_history_begin(&line, &o->common);
	if (o->independent)
		rn_history_add(&line, "--independent", NULL);
	rn_history_end(&line, &o->common, table);
}

/* --- remarks --------------------------------------------------------------- */

static void
remark(const struct rn_common *common, const struct ensemble *s, const struct rn_group *first,
	uint64_t groups, const char *what)
{
	struct rn_text where = { 0 };

	if (!groups)
		return;
	if (!rn_groups_describe(&s->groups, first, &where) ||
		(groups > 1 &&
			!rn_text_printf(&where, " (and %" PRIu64 " more group%s)", groups - 1,
				groups > 2 ? "s" : "")))
		rn_die(RN_ENOMEM, "out of memory (remark)");
	rn_remark(common, "%s: %s", where.data, what);
	rn_text_clear(&where);
}

static void
tell(const struct options *o, const struct rn_run *in, const struct ensemble *s, const struct doubts *d)
{
	const struct levels *levels = s->levels;

	if (levels->left_out)
		rn_remark(&o->common, "level %u of %zu x %zu sites is left out: too small for any operator",
			levels->left_out, levels->too_small.rows, levels->too_small.cols);
	if (!in->progress.done)
		rn_remark(&o->common, "%s: no records, so no rows", in->file);
	remark(&o->common, s, d->singular, d->singulars,
		"some exponents are nan: operators do not fluctuate apart from each other, or the leading "
		"eigenvalue is "
		"not real and positive; use more records, or a temperature nearer to the critical one");
	if (d->fews)
		remark(&o->common, s, d->few, d->fews,
			"fewer than 20 blocks of 16 tau; the errors are too small; use a larger -n or "
			"--every");
	else
		remark(&o->common, s, d->open, d->opens,
			"the chains end before tau is known; the errors are too small; use a larger -n or "
			"--every");
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct rn_run in;
	struct levels levels;
	struct ensemble s;
	struct rn_schema *table;
	struct rn_writer *out;
	struct doubts doubts;
	struct rn_error err;

	rn_stage_init(&o.common, "mcrg", RN_STAGE_READS | RN_STAGE_TABLE);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	rn_run_open(&in, &o.common);
	rn_run_or_die(&in, levels_find(&levels, in.schema, &err), &err);
	rn_run_or_die(&in, ensemble_init(&s, in.schema, &levels, o.independent, &err), &err);
	rn_run_or_die(&in, report_schema(&s, &table, &err), &err);
	out = rn_open_output(&o.common);
	rn_run_each(&in, add, &s);

	add_history(&o, in.schema, table);
	rn_or_die(rn_writer_segment(out, table, &err), &err);
	rn_or_die(report_write(&s, table, out, &doubts, &err), &err);
	rn_or_die(rn_writer_close(out, &err), &err);
	tell(&o, &in, &s, &doubts);
	if (s.groups.first && !doubts.numbers)
		rn_die(RN_ENUMERIC, "no exponent came out of %" PRIu64 " record%s: all of them are nan",
			in.progress.done, in.progress.done > 1 ? "s" : "");

	rn_schema_destroy(table);
	ensemble_clear(&s);
	levels_clear(&levels);
	rn_run_close(&in);
	return 0;
}
