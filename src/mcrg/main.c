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
#include <stdlib.h>
#include <string.h>

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

/* The input as one run of records: all segments must have the schema of the first. */
struct input {
	struct rn_reader *reader;
	struct rn_schema *schema; /* of the first segment, with the history of all so far */
	char *file;		  /* it came from */
	struct rn_progress progress;
};

static void
open_input(struct input *in, const struct rn_common *common)
{
	const struct rn_schema *schema;
	struct rn_error err;

	in->reader = rn_open_input(common);
	rn_or_die(rn_reader_segment(in->reader, &schema, &err), &err);
	in->schema = rn_schema_copy(schema);
	in->file = strdup(rn_reader_file(in->reader));
	if (!in->schema || !in->file)
		rn_die(RN_ENOMEM, "out of memory (schema)");
	rn_progress_begin(&in->progress, common, "records", 0);
}

/* False after the last segment. */
static bool
next_segment(struct input *in)
{
	const struct rn_schema *schema;
	struct rn_error err;

	if (rn_or_die(rn_reader_segment(in->reader, &schema, &err), &err) == RN_END)
		return false;
	if (rn_schema_match(in->schema, schema, &err) != RN_OK)
		rn_die(RN_EDATA, "%s: segment %" PRIu64 " does not go with segment 1 (%s): %s",
			rn_reader_file(in->reader), rn_reader_segment_index(in->reader), in->file, err.text);
	rn_or_die(rn_schema_merge_history(in->schema, schema, &err), &err);
	return true;
}

static void
read_all(struct input *in, struct ensemble *s)
{
	const void *records;
	struct rn_error err;
	size_t n;

	do
		while (rn_or_die(rn_reader_next(in->reader, &records, &n, &err), &err) == RN_OK) {
			const uint8_t *record = records;

			for (size_t i = 0; i < n; i++, record += in->schema->record_bytes)
				if (ensemble_add(s, record, &err) != RN_OK)
					rn_or_die(err.status == RN_EDATA
							? rn_reader_locate(in->reader, i, &err)
							: err.status,
						&err);
			rn_progress_add(&in->progress, n);
		}
	while (next_segment(in));
	rn_progress_end(&in->progress);
}

static void
close_input(struct input *in)
{
	rn_reader_close(in->reader);
	rn_schema_destroy(in->schema);
	free(in->file);
}

static void
or_die_of_schema(enum rn_status st, const struct input *in, struct rn_error *err)
{
	if (st == RN_EDATA)
		rn_error_prefix(err, "%s: segment 1", in->file);
	rn_or_die(st, err);
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
tell(const struct options *o, const struct input *in, const struct ensemble *s, const struct doubts *d)
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
	struct input in = { 0 };
	struct levels levels;
	struct ensemble s;
	struct rn_schema *table;
	struct rn_writer *out;
	struct doubts doubts;
	struct rn_error err;

	rn_stage_init(&o.common, "mcrg", RN_STAGE_READS | RN_STAGE_TABLE);
	argp_parse(&argp, argc, argv, 0, NULL, &o);

	open_input(&in, &o.common);
	or_die_of_schema(levels_find(&levels, in.schema, &err), &in, &err);
	or_die_of_schema(ensemble_init(&s, in.schema, &levels, o.independent, &err), &in, &err);
	or_die_of_schema(report_schema(&s, &table, &err), &in, &err);
	out = rn_open_output(&o.common);
	read_all(&in, &s);

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
	close_input(&in);
	return 0;
}
