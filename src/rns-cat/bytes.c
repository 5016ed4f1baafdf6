/* Outputs that are not streams: the bytes of the records, and text. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/outfile.h"
#include "sink.h"

struct rn_outfile *
open_bytes(const struct rn_common *c, bool binary)
{
	struct rn_error err;

	if (binary && (!c->output || !strcmp(c->output, "-")) && isatty(STDOUT_FILENO))
		rn_die(RN_EUSAGE,
			"standard output is a terminal and this is binary: use -o FILE, or --to=csv to read "
			"it");
	return rn_ptr_or_die(rn_outfile_open(c->output, &err), &err);
}

void
write_text(struct rn_outfile *f, struct rn_text *t)
{
	struct rn_error err;

	rn_or_die(rn_outfile_write(f, t->data, t->length, &err), &err);
	t->length = 0;
}

/* --- the bytes of the records ------------------------------------------ */

struct bytes {
	struct sink sink;
	struct rn_outfile *file;
	size_t record_bytes;
};

static void
begin(struct sink *s, const struct rn_schema *schema, bool continues)
{
	(void)continues;
	((struct bytes *)s)->record_bytes = schema->record_bytes;
}

static void
put(struct sink *s, const void *records, size_t n)
{
	struct bytes *b = (struct bytes *)s;
	struct rn_error err;

	rn_or_die(rn_outfile_write(b->file, records, n * b->record_bytes, &err), &err);
}

static void
finish(struct sink *s)
{
	struct rn_error err;

	rn_or_die(rn_outfile_close(((struct bytes *)s)->file, &err), &err);
	free(s);
}

struct sink *
sink_records(const struct rn_common *c)
{
	struct bytes *b = rn_alloc_or_die(1, sizeof *b);

	b->sink = (struct sink){ begin, put, finish };
	b->file = open_bytes(c, true);
	return &b->sink;
}
