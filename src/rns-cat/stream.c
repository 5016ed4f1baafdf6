/* The stream again: merged segments, in any of its forms. */
#include <stdlib.h>

#include "sink.h"

struct stream {
	struct sink sink;
	const struct rn_common *common;
	struct rn_writer *out;
	bool begun;
};

static void
begin(struct sink *s, const struct rn_schema *schema, bool continues)
{
	struct stream *t = (struct stream *)s;
	struct rn_error err;

	if (continues)
		return;
	if (t->begun && t->common->format != RN_FORMAT_RNS && t->common->no_comments)
		rn_die(RN_EDATA,
			"segments with other columns follow, and without comments nothing would tell them "
			"apart; "
			"choose one with rns-sel");
	t->begun = true;
	rn_or_die(rn_writer_segment(t->out, schema, &err), &err);
}

static void
put(struct sink *s, const void *records, size_t n)
{
	struct rn_error err;

	rn_or_die(rn_writer_put(((struct stream *)s)->out, records, n, &err), &err);
}

static void
finish(struct sink *s)
{
	struct rn_error err;

	rn_or_die(rn_writer_close(((struct stream *)s)->out, &err), &err);
	free(s);
}

struct sink *
sink_stream(const struct rn_common *c)
{
	struct stream *t = rn_alloc_or_die(1, sizeof *t);

	t->sink = (struct sink){ begin, put, finish };
	t->common = c;
	t->out = rn_open_output(c);
	return &t->sink;
}
