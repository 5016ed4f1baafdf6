/*
 * rns-cat - look into streams, join and convert them
 *
 * Reads   any streams, verified; the operands one after the other.
 * Writes  by default the same records as a stream. Segments that follow each
 *         other and whose headers agree (but for the history) become one, with
 *         all their history lines where these can be read ahead (ahead.h).
 *         Otherwise the form that --to says, or one of the reports.
 *
 * Cost    one copy of each record; constant memory, but for --tail n (some
 *         records), pictures (one) and --to=npy into a pipe (a temporary file).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ahead.h"
#include "renorm/outfile.h"
#include "sink.h"

enum mode { AS_STREAM, AS_NPY, AS_PGM, AS_PBM, AS_RECORDS, INFO, LABEL, COUNT, STATS };

struct options {
	struct rn_common common;
	enum mode mode;
	const char *mode_option; /* that chose it; NULL: none did */
	bool has_format, plain;
	enum rn_format format; /* that --to said */
	bool has_head, has_tail, salvage;
	uint64_t head, tail;
	struct picture_options picture;
	const char *picture_option; /* one that only pictures have */
};

enum {
	KEY_TO = 0x100,
	KEY_INFO,
	KEY_LABEL,
	KEY_COUNT,
	KEY_STATS,
	KEY_RECORDS,
	KEY_HEAD,
	KEY_TAIL,
	KEY_SALVAGE,
	KEY_COLUMN,
	KEY_GRID,
	KEY_BORDER,
	KEY_RANGE,
};

static const struct argp_option table[] = {
	{ "to", KEY_TO, "FORM", 0, "rns, plain (not compressed), csv, tsv, npy (NumPy), pgm, pbm (pictures)",
		1 },
	{ "records", KEY_RECORDS, NULL, 0, "The bytes of the records, nothing else", 1 },
	{ "head", KEY_HEAD, "N", 0, "The first N records; what follows them is not read", 1 },
	{ "tail", KEY_TAIL, "N", 0, "The last N records", 1 },
	{ "salvage", KEY_SALVAGE, NULL, 0, "Of a stream that was cut, all that its checksums vouch for", 1 },
	{ NULL, 0, NULL, 0, "Reports:", 2 },
	{ "info", KEY_INFO, NULL, 0, "What each segment is", 2 },
	{ "label", KEY_LABEL, NULL, 0, "The first header", 2 },
	{ "count", KEY_COUNT, NULL, 0, "The number of records", 2 },
	{ "stats", KEY_STATS, NULL, 0, "Count, min, max, mean, NaN of each column", 2 },
	{ NULL, 0, NULL, 0, "Pictures (--to=pgm, --to=pbm):", 3 },
	{ "column", KEY_COLUMN, "NAME", 0, "Column to draw (the first with two dimensions, else with one)",
		3 },
	{ "grid", KEY_GRID, "CxR", 0, "Records in a picture, across and down (8x8, fewer if large)", 3 },
	{ "border", KEY_BORDER, "N", 0, "Pixels between them (1)", 3 },
	{ "range", KEY_RANGE, "LO:HI", 0,
		"Numbers that become black and white (smallest and largest in the picture)", 3 },
	{ 0 },
};

static void
set_mode(struct options *o, enum mode mode, const char *option)
{
	if (o->mode_option && strcmp(o->mode_option, option))
		rn_die(RN_EUSAGE, "%s and %s ask for different things; choose one", o->mode_option, option);
	o->mode = mode;
	o->mode_option = option;
}

static void
set_to(struct options *o, const char *arg)
{
	static const char *const forms[] = { "rns", "plain", "csv", "tsv", "npy", "pgm", "pbm", NULL };
	static const enum mode modes[] = { AS_STREAM, AS_STREAM, AS_STREAM, AS_STREAM, AS_NPY, AS_PGM,
		AS_PBM };
	static const enum rn_format formats[] = { RN_FORMAT_RNS, RN_FORMAT_RNS, RN_FORMAT_CSV,
		RN_FORMAT_TSV };
	unsigned i = rn_arg_word("--to", arg, forms);

	set_mode(o, modes[i], "--to");
	o->has_format = true;
	o->format = i < 4 ? formats[i] : RN_FORMAT_RNS;
	o->plain = i == 1;
}

static void
set_range(struct options *o, const char *arg)
{
	const char *colon = strchr(arg, ':');
	char *low = colon ? strndup(arg, (size_t)(colon - arg)) : NULL;

	if (!low)
		rn_die(RN_EUSAGE, "--range: '%s' is not LO:HI", arg);
	o->picture.low = rn_arg_f64("--range", low, -1e30, 1e30);
	o->picture.high = rn_arg_f64("--range", colon + 1, -1e30, 1e30);
	if (!(o->picture.low < o->picture.high))
		rn_die(RN_EUSAGE, "--range: %s is not below %s", low, colon + 1);
	o->picture.has_range = true;
	free(low);
}

static void
set_grid(struct options *o, const char *arg)
{
	size_t extents[2];

	rn_arg_extents("--grid", arg, 2, extents);
	o->picture.across = extents[0];
	o->picture.down = extents[1];
}

static error_t
parse_picture(int key, char *arg, struct options *o)
{
	switch (key) {
	case KEY_COLUMN:
		o->picture_option = "--column";
		o->picture.column = arg;
		return 0;
	case KEY_GRID:
		o->picture_option = "--grid";
		set_grid(o, arg);
		return 0;
	case KEY_BORDER:
		o->picture_option = "--border";
		o->picture.border = rn_arg_u64("--border", arg, 0, 1000);
		return 0;
	case KEY_RANGE:
		o->picture_option = "--range";
		set_range(o, arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_TO: set_to(o, arg); return 0;
	case KEY_INFO: set_mode(o, INFO, "--info"); return 0;
	case KEY_LABEL: set_mode(o, LABEL, "--label"); return 0;
	case KEY_COUNT: set_mode(o, COUNT, "--count"); return 0;
	case KEY_STATS: set_mode(o, STATS, "--stats"); return 0;
	case KEY_RECORDS: set_mode(o, AS_RECORDS, "--records"); return 0;
	case KEY_SALVAGE: o->salvage = true; return 0;
	case KEY_HEAD:
		o->has_head = true;
		o->head = rn_arg_u64("--head", arg, 0, UINT64_MAX);
		return 0;
	case KEY_TAIL:
		o->has_tail = true;
		o->tail = rn_arg_u64("--tail", arg, 0, UINT64_MAX);
		return 0;
	}
	return parse_picture(key, arg, o);
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Look into streams, join and convert them.",
};

/* --to and the common options say the same thing in two ways: make them one, and refuse contradictions. */
static void
settle(struct options *o)
{
	struct rn_common *c = &o->common;

	if (c->format != RN_FORMAT_RNS && o->mode_option && !(o->has_format && c->format == o->format))
		rn_die(RN_EUSAGE, "--format and %s ask for different things; choose one", o->mode_option);
	if (o->has_format)
		c->format = o->format;
	if (o->plain)
		c->level = 0;
	if (o->picture_option && o->mode != AS_PGM && o->mode != AS_PBM)
		rn_die(RN_EUSAGE, "%s is for pictures: add --to=pgm or --to=pbm", o->picture_option);
	if (o->picture.has_range && o->mode == AS_PBM)
		rn_die(RN_EUSAGE, "--range is for graymaps: use --to=pgm");
	if (o->has_head && o->has_tail)
		rn_die(RN_EUSAGE, "--head and --tail together: pipe one rns-cat into another");
	if ((o->has_head || o->has_tail) && (o->mode == INFO || o->mode == LABEL || o->mode == COUNT))
		rn_die(RN_EUSAGE, "%s looks at whole streams: without --head or --tail", o->mode_option);
	if (o->salvage && c->nfiles > 1)
		rn_die(RN_EUSAGE, "--salvage: one stream at a time");
}

static struct rn_reader *
open_input(const struct options *o)
{
	struct rn_reader_options options = { .pm1 = o->common.pm1, .salvage = true };
	struct rn_error err;

	if (!o->salvage)
		return rn_open_input(&o->common);
	return rn_ptr_or_die(rn_reader_open(o->common.files, o->common.nfiles, &options, &err), &err);
}

static struct sink *
open_sink(struct options *o, const struct rn_reader *in)
{
	const struct rn_common *c = &o->common;

	switch (o->mode) {
	case AS_NPY: return sink_npy(c);
	case AS_PBM: o->picture.bitmap = true; return sink_picture(c, &o->picture);
	case AS_PGM: return sink_picture(c, &o->picture);
	case AS_RECORDS: return sink_records(c);
	case INFO: return sink_info(c, in);
	case COUNT: return sink_count(c);
	case STATS: return sink_stats(c);
	default: return sink_stream(c);
	}
}

static void
print_label(const struct options *o, struct rn_reader *in)
{
	struct rn_outfile *file = open_bytes(&o->common, false);
	const struct rn_schema *schema;
	struct rn_error err;
	struct rn_text t = { 0 };

	rn_or_die(rn_reader_segment(in, &schema, &err), &err);
	t.data = rn_schema_print(schema, &t.length);
	if (!t.data)
		rn_die(RN_ENOMEM, "out of memory (header)");
	write_text(file, &t);
	rn_or_die(rn_outfile_close(file, &err), &err);
	rn_text_clear(&t);
}

/* --- joining -------------------------------------------------------------- */

/* What is written at the moment. */
struct joint {
	struct options *o;
	struct rn_reader *in;
	struct sink *sink;
	struct rn_schema *schema; /* of the segment under way */
	struct ahead ahead;
	uint64_t without_history; /* segments that came too late for the header */
};

/* rns-cat changes no record and adds no line of its own, unless it leaves records out. */
static void
add_history(const struct options *o, struct rn_schema *schema)
{
	struct rn_text line;
	char n[32];

	if (!o->has_head && !o->has_tail && !o->salvage)
		return;
	rn_history_begin(&line, &o->common);
	snprintf(n, sizeof n, "%llu", (unsigned long long)(o->has_head ? o->head : o->tail));
	if (o->has_head || o->has_tail)
		rn_history_add(&line, o->has_head ? "--head" : "--tail", n);
	if (o->salvage)
		rn_history_add(&line, "--salvage", NULL);
	rn_history_end(&line, &o->common, schema);
}

static bool
has_history(const struct rn_schema *s, const char *line)
{
	for (size_t i = 0; i < s->histories; i++)
		if (!strcmp(s->history[i], line))
			return true;
	return false;
}

static void
begin_segment(struct joint *j, const struct rn_schema *schema)
{
	bool continues = j->schema && rn_schema_match(j->schema, schema, NULL) == RN_OK;

	ahead_next(&j->ahead, j->in);
	if (continues) {
		for (size_t i = 0; i < schema->histories; i++)
			if (!has_history(j->schema, schema->history[i])) {
				j->without_history++;
				break;
			}
	} else {
		rn_schema_destroy(j->schema);
		j->schema = rn_schema_copy(schema);
		if (!j->schema)
			rn_die(RN_ENOMEM, "out of memory (header)");
		ahead_merge_history(&j->ahead, j->schema);
		add_history(j->o, j->schema);
	}
	j->sink->segment(j->sink, j->o->mode == INFO ? schema : j->schema, continues);
}

/* Passes records on, up to --head of them; false when there were that many. */
static bool
copy_records(struct joint *j, uint64_t *left, struct rn_progress *progress)
{
	struct rn_error err;
	const void *records;
	size_t n;

	while (*left > 0 && rn_or_die(rn_reader_next(j->in, &records, &n, &err), &err) == RN_OK) {
		if (n > *left)
			n = (size_t)*left;
		j->sink->records(j->sink, records, n);
		if (j->o->has_head)
			*left -= n;
		rn_progress_add(progress, rn_reader_bytes(j->in) - progress->done);
	}
	return *left > 0;
}

static void
tell_losses(const struct joint *j)
{
	const struct rn_common *c = &j->o->common;

	if (rn_reader_was_cut(j->in))
		rn_remark(c, "%s: cut in segment %llu; its first %llu records are whole and were kept",
			rn_reader_file(j->in), (unsigned long long)rn_reader_segment_index(j->in),
			(unsigned long long)rn_reader_record_index(j->in));
	if (j->without_history && j->o->mode == AS_STREAM && !c->no_comments)
		rn_remark(c,
			"segments joined without their history: %llu (only files named as operands are read "
			"ahead)",
			(unsigned long long)j->without_history);
}

int
main(int argc, char **argv)
{
	struct options o = { .picture.border = 1 };
	struct joint j = { .o = &o };
	const struct rn_schema *schema;
	struct rn_progress progress;
	struct rn_error err;
	uint64_t left = UINT64_MAX;

	rn_stage_init(&o.common, "rns-cat", RN_STAGE_READS | RN_STAGE_RECORDS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	settle(&o);
	j.in = open_input(&o);
	if (o.mode == LABEL) {
		print_label(&o, j.in);
		rn_reader_close(j.in);
		return 0;
	}
	j.sink = open_sink(&o, j.in);
	if (o.has_tail)
		j.sink = sink_tail(j.sink, o.tail);
	if (o.has_head)
		left = o.head;
	ahead_open(&j.ahead, &o.common);
	rn_progress_begin(&progress, &o.common, "bytes", rn_reader_bytes_total(j.in));

	do {
		if (rn_or_die(rn_reader_segment(j.in, &schema, &err), &err) == RN_END)
			break;
		begin_segment(&j, schema);
	} while (copy_records(&j, &left, &progress));

	j.sink->close(j.sink);
	rn_progress_end(&progress);
	tell_losses(&j);
	rn_reader_close(j.in);
	ahead_close(&j.ahead);
	rn_schema_destroy(j.schema);
	return 0;
}
