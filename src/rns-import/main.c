/*
 * rns-import - make a stream of IDX, NPY, CSV or netpbm files
 *
 * Reads   files of one of these forms, told by their first bytes; of several,
 *         the records one after the other. --labels: another file with a number for each.
 * Writes  samples: the labels, id u64, and the file's columns (x, but for CSV and
 *                  structured NPY, which have names);
 *         spins:   the columns of renorm/spins.h, e and m computed;
 *         field:   as samples, the configuration named phi;
 *         table:   the file's columns.
 *
 * A header is not believed: what it tells of must be there, and nothing behind it.
 *
 * Cost    constant memory: one record, or 256 KiB of them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "layout.h"
#include "renorm/stage.h"

struct options {
	struct rn_common common;
	struct wishes wishes;
	enum form from;
	const char *from_text, *threshold_text;
	char *labels_file;
};

enum {
	KEY_FROM = 0x100,
	KEY_KIND,
	KEY_LABEL,
	KEY_LABELS,
	KEY_COLUMN,
	KEY_THRESHOLD,
	KEY_TYPE,
	KEY_INDEPENDENT
};

static const struct argp_option table[] = {
	{ "from", KEY_FROM, "idx|npy|csv|pgm", 0,
		"Form of the files (told by their first bytes); pgm: PBM too", 1 },
	{ "kind", KEY_KIND, "samples|spins|table|field", 0, "Kind of the stream (samples; of CSV: table)",
		1 },
	{ "label", KEY_LABEL, "NAME[=VALUE]", 0,
		"A label of all records; without VALUE: that column is a label", 1 },
	{ "put", 0, NULL, OPTION_ALIAS, NULL, 1 },
	{ "labels", KEY_LABELS, "FILE", 0,
		"A number for each record (IDX, NPY or CSV): the label column digit", 1 },
	{ "column", KEY_COLUMN, "NAME", 0, "The configuration (the column with most values)", 1 },
	{ "threshold", KEY_THRESHOLD, "X", 0, "Make bits of it: 1 where a value is above X", 1 },
	{ "type", KEY_TYPE, "NAME=TYPE", 0, "Type of a column: bit, u8, ... f64; values must go into it", 1 },
	{ "independent", KEY_INDEPENDENT, NULL, 0,
		"Spins: each record stands alone (without: successive ones of a chain)", 1 },
	{ 0 },
};

static void
append(char ***list, size_t *n, char *item)
{
	*list = reallocarray(*list, *n + 1, sizeof **list);
	if (!*list)
		rn_die(RN_ENOMEM, "out of memory (options)");
	(*list)[(*n)++] = item;
}

/* An option that is given once. */
static void
once(const char *option, const char *before, const char *arg)
{
	if (before)
		rn_die(RN_EUSAGE, "%s: '%s' and '%s'; choose one", option, before, arg);
}

static void
append_type(struct wishes *w, char *arg)
{
	const char *equals = strchr(arg, '=');
	enum rn_type type;

	if (!equals || equals == arg || !rn_type_parse(equals + 1, &type))
		rn_die(RN_EUSAGE,
			"--type: '%s' is not NAME=TYPE with a type of bit u8 i8 u16 i16 u32 i32 u64 i64 f32 "
			"f64",
			arg);
	for (size_t i = 0; i < w->types; i++)
		once("--type", strncmp(w->type[i], arg, (size_t)(equals - arg) + 1) ? NULL : w->type[i], arg);
	append(&w->type, &w->types, arg);
}

static void
append_label(struct wishes *w, char *arg)
{
	const char *equals = strchr(arg, '=');

	if (!*arg || equals == arg || (equals && !equals[1]))
		rn_die(RN_EUSAGE, "--label: '%s' is neither NAME=VALUE nor NAME", arg);
	append(&w->label, &w->labels, arg);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	static const char *const forms[] = { "idx", "npy", "csv", "pgm", NULL };
	static const char *const kinds[] = { "samples", "spins", "table", "field", NULL };
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_FROM:
		once("--from", o->from_text, arg);
		o->from = (enum form)rn_arg_word("--from", arg, forms);
		o->from_text = arg;
		return 0;
	case KEY_KIND:
		once("--kind", o->wishes.kind, arg);
		o->wishes.kind = kinds[rn_arg_word("--kind", arg, kinds)];
		return 0;
	case KEY_LABEL: append_label(&o->wishes, arg); return 0;
	case KEY_LABELS:
		once("--labels", o->labels_file, arg);
		o->labels_file = arg;
		return 0;
	case KEY_COLUMN:
		once("--column", o->wishes.column, arg);
		o->wishes.column = arg;
		return 0;
	case KEY_THRESHOLD:
		once("--threshold", o->threshold_text, arg);
		o->wishes.has_threshold = true;
		o->wishes.threshold = rn_arg_f64("--threshold", arg, -1e300, 1e300);
		o->threshold_text = arg;
		return 0;
	case KEY_TYPE: append_type(&o->wishes, arg); return 0;
	case KEY_INDEPENDENT: o->wishes.independent = true; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Make a stream of IDX, NPY, CSV or netpbm files.",
};

static void
check(const struct options *o)
{
	const struct wishes *w = &o->wishes;

	if (w->has_threshold && w->pm1)
		rn_die(RN_EUSAGE, "--threshold and --pm1 both make bits; choose one");
	if (w->independent && (!w->kind || strcmp(w->kind, "spins") != 0))
		rn_die(RN_EUSAGE, "--independent is for --kind spins");
	if (o->common.nfiles == 0 && isatty(STDIN_FILENO))
		rn_die(RN_EUSAGE, "standard input is a terminal: name a file (--help says more)");
}

static void
add_history(const struct options *o, const char *kind, struct rn_schema *schema)
{
	const struct wishes *w = &o->wishes;
	struct rn_text line;

	rn_history_begin(&line, &o->common);
	if (o->from_text)
		rn_history_add(&line, "--from", o->from_text);
	rn_history_add(&line, "--kind", kind);
	for (size_t i = 0; i < w->labels; i++)
		rn_history_add(&line, "--label", w->label[i]);
	if (o->labels_file)
		rn_history_add(&line, "--labels", basename(o->labels_file));
	if (w->column)
		rn_history_add(&line, "--column", w->column);
	if (o->threshold_text)
		rn_history_add(&line, "--threshold", o->threshold_text);
	for (size_t i = 0; i < w->types; i++)
		rn_history_add(&line, "--type", w->type[i]);
	if (w->pm1)
		rn_history_add(&line, "--pm1", NULL);
	if (w->independent)
		rn_history_add(&line, "--independent", NULL);
	rn_history_end(&line, &o->common, schema);
}

/* --- files ---------------------------------------------------------------------- */

struct file {
	struct input input;
	struct source *source;
	enum form form;
	const uint8_t *records; /* of the last batch, `left` of them not used yet */
	size_t left;
};

_Noreturn static void
die_in(const struct file *f, const struct rn_error *err)
{
	rn_die(err->status, "%s: %s", f->input.name, err->text);
}

static void
open_file(struct file *f, const char *path, const struct options *o)
{
	struct rn_error err = { 0 };

	*f = (struct file){ .form = o->from };
	if (input_open(&f->input, path, &err))
		die_in(f, &err);
	if (f->form == FORM_GUESS && source_guess(&f->input, &f->form, &err))
		die_in(f, &err);
	f->source = source_open(&f->input, f->form, o->wishes.pm1, &err);
	if (!f->source)
		die_in(f, &err);
}

static void
close_file(struct file *f)
{
	source_close(f->source);
	input_close(&f->input);
	*f = (struct file){ 0 };
}

/* The next record; NULL at the end. */
static const uint8_t *
next_record(struct file *f)
{
	const uint8_t *record;
	struct rn_error err = { 0 };
	const void *records;
	enum rn_status status;

	if (f->left == 0) {
		status = f->source->next(f->source, &records, &f->left, &err);
		if (status > RN_OK)
			die_in(f, &err);
		if (status == RN_END)
			return NULL;
		f->records = records;
	}
	record = f->records;
	f->records += f->source->schema->record_bytes;
	f->left--;
	return record;
}

static void
open_labels(struct file *f, struct options *o)
{
	struct options plain = { .from = FORM_GUESS };

	open_file(f, o->labels_file, &plain);
	if (f->source->schema->columns != 1 || f->source->schema->column[0].count != 1)
		rn_die(RN_EDATA, "%s: --labels needs one number for each record", f->input.name);
}

/* --- the loop -------------------------------------------------------------------- */

struct import {
	struct options *o;
	struct rn_writer *out;
	struct rn_schema *in; /* of the first file; the others must agree */
	struct file labels;
	struct layout layout;
	struct rn_progress progress;
	uint64_t count;
};

static void
begin(struct import *m, const struct file *f)
{
	struct options *o = m->o;
	struct rn_error err = { 0 };
	enum rn_status status;

	if (m->in) {
		if (rn_schema_match(m->in, f->source->schema, &err))
			rn_die(RN_EDATA, "%s: not like the file before: %s", f->input.name, err.text);
		/* The layout points into the first file's schema, which has gone with it. */
		layout_clear(&m->layout);
	}
	if (!o->wishes.kind)
		o->wishes.kind = f->form == FORM_CSV ? "table" : "samples";
	status = layout_make(&m->layout, f->source, o->labels_file ? m->labels.source->schema : NULL,
		&o->wishes, &err);
	if (status == RN_EUSAGE)
		rn_die(status, "%s", err.text);
	if (status)
		die_in(f, &err);
	if (m->in)
		return;
	m->in = rn_schema_copy(f->source->schema);
	if (!m->in)
		rn_die(RN_ENOMEM, "out of memory (header)");
	add_history(o, o->wishes.kind, m->layout.out);
	m->out = rn_open_output(&o->common);
	rn_or_die(rn_writer_segment(m->out, m->layout.out, &err), &err);
}

static void
import_file(struct import *m, const char *path)
{
	struct file f;
	const uint8_t *record, *label = NULL;
	struct rn_error err = { 0 };
	uint64_t in_file = 0;

	open_file(&f, path, m->o);
	begin(m, &f);
	for (; (record = next_record(&f)); m->count++, in_file++) {
		size_t one = 1;
		void *room = rn_ptr_or_die(rn_writer_reserve(m->out, &one, &err), &err);

		if (m->o->labels_file && !(label = next_record(&m->labels)))
			rn_die(RN_EDATA, "%s: there are only %llu labels for more records",
				m->labels.input.name, (unsigned long long)m->count);
		if (layout_record(&m->layout, record, label, m->count, room, &err))
			rn_die(err.status, "%s: record %llu: %s", f.input.name, (unsigned long long)in_file,
				err.text);
		rn_or_die(rn_writer_commit(m->out, 1, &err), &err);
		rn_progress_add(&m->progress, 1);
	}
	close_file(&f);
}

int
main(int argc, char **argv)
{
	static char standard_input[] = "-", *only[] = { standard_input };
	struct options o = { .from = FORM_GUESS };
	struct import m = { .o = &o };
	struct rn_error err;

	rn_stage_init(&o.common, "rns-import", RN_STAGE_READS | RN_STAGE_RECORDS);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	o.wishes.pm1 = o.common.pm1;
	check(&o);
	if (o.labels_file)
		open_labels(&m.labels, &o);
	rn_progress_begin(&m.progress, &o.common, "records", 0);

	for (size_t i = 0; i < (o.common.nfiles ? o.common.nfiles : 1); i++)
		import_file(&m, o.common.nfiles ? o.common.files[i] : only[0]);
	if (o.labels_file && next_record(&m.labels))
		rn_die(RN_EDATA, "%s: more labels than the %llu records", m.labels.input.name,
			(unsigned long long)m.count);
	rn_or_die(rn_writer_close(m.out, &err), &err);

	rn_progress_end(&m.progress);
	if (o.labels_file)
		close_file(&m.labels);
	layout_clear(&m.layout);
	rn_schema_destroy(m.in);
	free(o.wishes.label);
	free(o.wishes.type);
	return 0;
}
