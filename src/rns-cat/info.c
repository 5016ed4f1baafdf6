/* What each segment is, in words; and the number of records. */
#include <stdlib.h>
#include <string.h>

#include "renorm/outfile.h"
#include "sink.h"

struct info {
	struct sink sink;
	const struct rn_reader *in;
	struct rn_outfile *file;
	struct rn_text text;
	bool counting_only;
	bool begun;
	uint64_t segments, records; /* records: of this segment, or of all when only counting */
	bool hashed;
};

static void
must(bool ok)
{
	if (!ok)
		rn_die(RN_ENOMEM, "out of memory (text)");
}

/* The header says all of it but the form; a reader wants words before a colon lined up. */
static void
describe(struct rn_text *t, const struct rn_schema *s)
{
	must(rn_text_printf(t, "kind      %s\n", s->kind));
	for (size_t i = 0; i < s->labels; i++)
		must(rn_text_printf(t, "%s%s%s", i ? " " : "label     ", s->label[i],
			i + 1 < s->labels ? "" : "\n"));
	for (size_t i = 0; i < s->extras; i++)
		must(rn_text_printf(t, "%-9s %s\n", s->extra[i].key, s->extra[i].value));
	for (size_t i = 0; i < s->histories; i++)
		must(rn_text_printf(t, "history   %s\n", s->history[i]));
	for (size_t k = 0; k < s->columns; k++) {
		const struct rn_column *c = &s->column[k];

		must(rn_text_printf(t, "column    %s %s", c->name, rn_type_name(c->type)));
		for (unsigned i = 0; i < c->ndim; i++)
			must(rn_text_printf(t, " %zu", c->shape[i]));
		must(rn_text_put(t, "\n", 1));
	}
	must(rn_text_printf(t, "record    %zu bytes\n", s->record_bytes));
}

static void
end_segment(struct info *i)
{
	const char *verdict = i->hashed ? ", count and hash agree" : "";

	if (!i->begun)
		return;
	if (rn_reader_was_cut(i->in))
		verdict = ", cut here";
	must(rn_text_printf(&i->text, "records   %llu%s\n", (unsigned long long)i->records, verdict));
	write_text(i->file, &i->text);
}

static void
begin(struct sink *s, const struct rn_schema *schema, bool continues)
{
	struct info *i = (struct info *)s;

	(void)continues;
	if (i->counting_only)
		return;
	end_segment(i);
	must(rn_text_printf(&i->text, "%s%s: segment %llu, %s\n", i->begun ? "\n" : "", rn_reader_file(i->in),
		(unsigned long long)rn_reader_segment_index(i->in), rn_reader_form(i->in)));
	describe(&i->text, schema);
	write_text(i->file, &i->text);
	i->begun = true;
	i->records = 0;
	i->hashed = strcmp(rn_reader_form(i->in), "csv") != 0;
}

static void
put(struct sink *s, const void *records, size_t n)
{
	(void)records;
	((struct info *)s)->records += n;
}

static void
finish(struct sink *s)
{
	struct info *i = (struct info *)s;
	struct rn_error err;

	if (i->counting_only) {
		must(rn_text_printf(&i->text, "%llu\n", (unsigned long long)i->records));
		write_text(i->file, &i->text);
	} else {
		end_segment(i);
	}
	rn_or_die(rn_outfile_close(i->file, &err), &err);
	rn_text_clear(&i->text);
	free(i);
}

struct sink *
sink_info(const struct rn_common *c, const struct rn_reader *in)
{
	struct info *i = rn_alloc_or_die(1, sizeof *i);

	i->sink = (struct sink){ begin, put, finish };
	i->in = in;
	i->file = open_bytes(c, false);
	return &i->sink;
}

struct sink *
sink_count(const struct rn_common *c)
{
	struct info *i = (struct info *)sink_info(c, NULL);

	i->counting_only = true;
	return &i->sink;
}
