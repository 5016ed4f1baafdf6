/*
 * blockspin - one step of the renormalization group in real space: block spins, block averages, decimation
 *
 * Reads   spins: labels, any of replica, sweep, id, and spins bit L or L1 L2. Or field: the same, and phi f32 or f64.
 *         Or samples, with x in place of spins (bit) or of phi (f32, f64).
 * Writes  the same kind, one record for each, in the same order, with the labels, replica, sweep and id it had.
 *         spins bit L/b or L1/b L2/b, and its e and m. phi L/b or L1/b L2/b of its type, and its action m phi2 phi4 nn
 *         (renorm/field.h; the action with the couplings of the labels, if there are any). Nothing is measured of
 *         samples. With --levels k: e m spins of the input, e.1 m.1 spins.1 of the first step, up to e.k m.k spins.k,
 *         and fields likewise. All other columns are dropped.
 *
 * Rule    of spins, majority: s'_I = sgn( sum over i in block I of s_i ), [1]. A tie (b even) takes a random sign, or
 *         the sign of the block's top left spin. decimate: s'_I is the block's top left spin.
 *         Of fields: field_block.h; majority-mean is that of [2].
 *
 * Random numbers are keyed by (seed, "blockspin", labels, extents of the lattice that is blocked, b) and counted by
 * (id, index I of the block). So a result depends on no other record, streams may be split, and k levels at once
 * are k runs one after the other.
 *
 * Cost    time O(L1 L2) per record, some 25 sites a nanosecond of spins, half a site of fields; memory a record in, a
 *         record out.
 *
 * [1] L. P. Kadanoff, Physics 2 (1966) 263; R. H. Swendsen, Phys. Rev. Lett. 42 (1979) 859.
 * [2] D. Bachtis, G. Aarts, F. Di Renzo, B. Lucini, Phys. Rev. Lett. 128 (2022) 081603.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "levels.h"
#include "renorm/stage.h"

/* Of spins, then of fields; decimate is for both. */
static const char *const rules[] = { "majority", "decimate", "majority-mean", "soft", "mean", "sum", NULL };
static const char *const ties[] = { "random", "first", NULL };

struct options {
	struct rn_common common;
	struct block_options block;
	bool levels, minority; /* these options were given */
};

enum { KEY_RULE = 0x100, KEY_TIES, KEY_MINORITY, KEY_SCALE, KEY_LEVELS, KEY_LAST };

static const struct argp_option table[] = {
	{ "block", 'b', "B", 0, "Edge of a block in sites; divides L (2)", 1 },
	{ "rule", KEY_RULE, "RULE", 0,
		"Of spins: majority, the sign of the block's sum, or decimate, its top left spin (majority). "
		"Of "
		"fields: majority-mean, the mean of the sites with the sign of the sum; soft, the same where "
		"the "
		"others have the weight --minority; mean; sum; or decimate (majority-mean)",
		1 },
	{ "ties", KEY_TIES, "random|first", 0,
		"Spins: a sum of 0 takes a random sign, or that of the top left spin (random)", 1 },
	{ "minority", KEY_MINORITY, "W", 0, "Of --rule soft: from 0, majority-mean, to 1, mean", 1 },
	{ "scale", KEY_SCALE, "Z", 0, "Fields: multiply the result of each step (1)", 1 },
	{ "levels", KEY_LEVELS, "K", 0,
		"Block K times; write the input and all K levels: spins, spins.1, ...", 1 },
	{ "last", KEY_LAST, NULL, 0, "Of --levels, write the last alone, named spins", 1 },
	{ 0 },
};

static void
check_together(const struct options *o)
{
	const bool soft = o->block.rule && strcmp(o->block.rule, "soft") == 0;

	if (soft && !o->minority)
		rn_die(RN_EUSAGE,
			"--rule soft needs --minority: the weight, from 0 to 1, of sites that have not "
			"the sign of their block's sum");
	if (o->minority && !soft)
		rn_die(RN_EUSAGE, "--minority is the weight of --rule soft; give both or neither");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case 'b': o->block.b = rn_arg_u64("-b", arg, 2, UINT32_MAX); return 0;
	case KEY_RULE: o->block.rule = rules[rn_arg_word("--rule", arg, rules)]; return 0;
	case KEY_TIES:
		o->block.ties = (enum block_ties)rn_arg_word("--ties", arg, ties);
		o->block.ties_given = true;
		return 0;
	case KEY_MINORITY:
		o->block.minority = rn_arg_f64("--minority", arg, 0, 1);
		o->minority = true;
		return 0;
	case KEY_SCALE:
		o->block.scale = rn_arg_f64("--scale", arg, 1e-100, 1e100);
		o->block.scale_given = true;
		return 0;
	case KEY_LEVELS:
		o->block.levels = (unsigned)rn_arg_u64("--levels", arg, 1, MAX_LEVELS);
		o->levels = true;
		return 0;
	case KEY_LAST: o->block.last = true; return 0;
	case ARGP_KEY_END:
		o->block.last |= !o->levels;
		check_together(o);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Coarse-grain Ising configurations and real fields: block spins, block averages, decimation.",
};

static void
add_number(struct rn_text *line, const char *option, double value)
{
	char text[RN_NUMBER_MAX];

	rn_print_f64(text, value);
	rn_history_add(line, option, text);
}

static void
add_history(const struct options *o, const struct plan *p)
{
	const struct block_options *b = &o->block;
	struct rn_text line;

	rn_history_begin(&line, &o->common);
	rn_history_add_u64(&line, "-b", b->b);
	rn_history_add(&line, "--rule", (p->real ? rules_of_fields : rules_of_spins)[p->rule]);
	if (o->minority)
		add_number(&line, "--minority", b->minority);
	if (p->real)
		add_number(&line, "--scale", b->scale);
	else
		rn_history_add(&line, "--ties", ties[b->ties]);
	rn_history_add_u64(&line, "--levels", b->levels);
	if (b->last)
		rn_history_add(&line, "--last", NULL);
	rn_history_end(&line, &o->common, p->out);
}

/* What a stage works with. */
struct run {
	const struct options *o;
	struct plan plan;
	struct rn_reader *in;
	struct rn_writer *out;
	struct rn_progress progress;
};

static void
begin_segment(struct run *r, const struct rn_schema *schema)
{
	const char *dropped;
	struct rn_error err;

	plan_clear(&r->plan);
	if (plan_make(&r->plan, schema, &err) != RN_OK) {
		rn_error_prefix(&err, "%s: segment %" PRIu64, rn_reader_file(r->in),
			rn_reader_segment_index(r->in));
		rn_die(err.status, "%s", err.text);
	}
	dropped = plan_dropped(&r->plan);
	if (dropped)
		rn_remark(&r->o->common,
			"column %s is neither a label nor known to blockspin, and is dropped", dropped);
	add_history(r->o, &r->plan);
	rn_or_die(rn_writer_segment(r->out, r->plan.out, &err), &err);
}

static void
block_records(struct run *r, const uint8_t *in, size_t n)
{
	const size_t read = r->plan.in->record_bytes, written = r->plan.out->record_bytes;
	struct rn_error err;
	size_t done = 0;

	while (done < n) {
		size_t room = n - done;
		uint8_t *out = rn_ptr_or_die(rn_writer_reserve(r->out, &room, &err), &err);

		for (size_t i = 0; i < room; i++)
			if (plan_apply(&r->plan, in + (done + i) * read, out + i * written, &err) != RN_OK)
				rn_or_die(rn_reader_locate(r->in, done + i, &err), &err);
		rn_or_die(rn_writer_commit(r->out, room, &err), &err);
		done += room;
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .block = { .b = 2, .scale = 1, .levels = 1 } };
	const struct rn_schema *schema;
	const void *records;
	struct rn_error err;
	struct run r = { .o = &o };
	size_t n;

	rn_stage_init(&o.common, "blockspin", RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	o.block.seed = o.common.seed;
	r.plan.o = o.block;

	r.in = rn_open_input(&o.common);
	r.out = rn_open_output(&o.common);
	rn_progress_begin(&r.progress, &o.common, "B", rn_reader_bytes_total(r.in));
	while (rn_or_die(rn_reader_segment(r.in, &schema, &err), &err) == RN_OK) {
		begin_segment(&r, schema);
		while (rn_or_die(rn_reader_next(r.in, &records, &n, &err), &err) == RN_OK) {
			block_records(&r, records, n);
			rn_progress_add(&r.progress, rn_reader_bytes(r.in) - r.progress.done);
		}
	}
	rn_progress_end(&r.progress);

	rn_or_die(rn_writer_close(r.out, &err), &err);
	rn_reader_close(r.in);
	plan_clear(&r.plan);
	return 0;
}
