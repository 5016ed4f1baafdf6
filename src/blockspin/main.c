/*
 * blockspin - coarse-grain Ising configurations: block spins and decimation
 *
 * Reads   spins: labels, any of replica, sweep, id, and spins bit L or L1 L2. Or samples, with x in place of spins.
 * Writes  the same kind, one record for each, in the same order, with the labels, replica, sweep and id it had.
 *         spins bit L/b or L1/b L2/b, and its e and m (not of samples). With --levels k: e m spins of the input,
 *         e.1 m.1 spins.1 of the first step, up to e.k m.k spins.k. All other columns are dropped.
 *
 * Rule    majority: s'_I = sgn( sum over i in block I of s_i ), [1]. A tie (b even) takes a random sign, or the
 *         sign of the block's top left spin. decimate: s'_I is the block's top left spin.
 *
 * Random numbers are keyed by (seed, "blockspin", labels, extents of the lattice that is blocked, b) and counted by
 * (id, index I of the block). So a result depends on no other record, streams may be split, and k levels at once
 * are k runs one after the other.
 *
 * Cost    time O(L1 L2) per record, some 25 sites a nanosecond; memory a record in, a record out.
 *
 * [1] L. P. Kadanoff, Physics 2 (1966) 263; R. H. Swendsen, Phys. Rev. Lett. 42 (1979) 859.
 */
#include <inttypes.h>
#include <stdio.h>

#include "levels.h"
#include "renorm/stage.h"

static const char *const rules[] = { "majority", "decimate", NULL };
static const char *const ties[] = { "random", "first", NULL };

struct options {
	struct rn_common common;
	struct block_options block;
	bool levels; /* --levels was given */
};

enum { KEY_RULE = 0x100, KEY_TIES, KEY_LEVELS, KEY_LAST };

static const struct argp_option table[] = {
	{ "block", 'b', "B", 0, "Edge of a block in sites; divides L (2)", 1 },
	{ "rule", KEY_RULE, "majority|decimate", 0,
		"Sign of the block's sum, or its top left spin (majority)", 1 },
	{ "ties", KEY_TIES, "random|first", 0,
		"A sum of 0 takes a random sign, or that of the top left spin (random)", 1 },
	{ "levels", KEY_LEVELS, "K", 0,
		"Block K times; write the input and all K levels: spins, spins.1, ...", 1 },
	{ "last", KEY_LAST, NULL, 0, "Of --levels, write the last alone, named spins", 1 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case 'b': o->block.b = rn_arg_u64("-b", arg, 2, UINT32_MAX); return 0;
	case KEY_RULE: o->block.rule = (enum block_rule)rn_arg_word("--rule", arg, rules); return 0;
	case KEY_TIES: o->block.ties = (enum block_ties)rn_arg_word("--ties", arg, ties); return 0;
	case KEY_LEVELS:
		o->block.levels = (unsigned)rn_arg_u64("--levels", arg, 1, MAX_LEVELS);
		o->levels = true;
		return 0;
	case KEY_LAST: o->block.last = true; return 0;
	case ARGP_KEY_END: o->block.last |= !o->levels; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Coarse-grain Ising configurations: block spins and decimation.",
};

static void
add_history(const struct options *o, struct rn_schema *schema)
{
	struct rn_text line;

	rn_history_begin(&line, &o->common);
	rn_history_add_u64(&line, "-b", o->block.b);
	rn_history_add(&line, "--rule", rules[o->block.rule]);
	rn_history_add(&line, "--ties", ties[o->block.ties]);
	rn_history_add_u64(&line, "--levels", o->block.levels);
	if (o->block.last)
		rn_history_add(&line, "--last", NULL);
	rn_history_end(&line, &o->common, schema);
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
	add_history(r->o, r->plan.out);
	rn_or_die(rn_writer_segment(r->out, r->plan.out, &err), &err);
}

static void
block_records(struct run *r, const uint8_t *in, size_t n)
{
	const size_t read = r->plan.in->record_bytes, written = r->plan.out->record_bytes;
	struct rn_error err;

	while (n > 0) {
		size_t room = n;
		uint8_t *out = rn_ptr_or_die(rn_writer_reserve(r->out, &room, &err), &err);

		for (size_t i = 0; i < room; i++)
			plan_apply(&r->plan, in + i * read, out + i * written);
		rn_or_die(rn_writer_commit(r->out, room, &err), &err);
		in += room * read;
		n -= room;
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .block = { .b = 2, .levels = 1 } };
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
