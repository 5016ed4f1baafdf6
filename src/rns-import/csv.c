/* CSV and TSV of other programs: a row of names, then numbers. */
#include <stdlib.h>
#include <string.h>

#include "renorm/csv.h"
#include "source.h"

#define BATCH_BYTES ((size_t)64 << 10)

struct csv {
	struct source source;
	struct rn_csv_reader *reader;
	uint8_t *batch;
	size_t room; /* records */
};

static long
read_bytes(void *arg, void *buffer, size_t max, struct rn_error *err)
{
	struct input *in = arg;
	size_t n;

	if (input_want(in, 1, err))
		return -1;
	n = input_have(in) < max ? input_have(in) : max;
	memcpy(buffer, input_bytes(in), n);
	input_take(in, n);
	return (long)n;
}

static enum rn_status
next(struct source *s, const void **records, size_t *n, struct rn_error *err)
{
	struct csv *c = (struct csv *)s;
	struct rn_schema *another;
	enum rn_status status = rn_csv_reader_next(c->reader, c->batch, c->room, n, err);

	*records = c->batch;
	if (status != RN_END)
		return status;
	status = rn_csv_reader_segment(c->reader, &another, err);
	if (status)
		return status;
	rn_schema_destroy(another);
	return rn_fail(err, RN_EDATA, "more than one segment: this is a stream, which rns-cat reads");
}

static void
close_csv(struct source *s)
{
	struct csv *c = (struct csv *)s;

	rn_csv_reader_destroy(c->reader);
	free(c->batch);
}

static enum rn_status
begin(struct csv *c, bool pm1, struct rn_error *err)
{
	struct source *s = &c->source;
	enum rn_status status;
	bool bom;

	if ((status = input_want(s->in, 3, err)))
		return status;
	bom = input_have(s->in) >= 3 && !memcmp(input_bytes(s->in), "\xef\xbb\xbf", 3);
	input_take(s->in, bom ? 3 : 0); /* spreadsheets write it */
	c->reader = rn_csv_reader_create(read_bytes, s->in, pm1);
	if (!c->reader)
		return rn_fail_memory(err, "CSV");
	status = rn_csv_reader_segment(c->reader, &s->schema, err);
	if (status == RN_END)
		return rn_fail(err, RN_EDATA, "empty: there is no row of names in it");
	if (status)
		return status;
	c->room = BATCH_BYTES / s->schema->record_bytes + 1;
	c->batch = malloc(c->room * s->schema->record_bytes);
	s->boolean = calloc(s->schema->columns, sizeof *s->boolean);
	return c->batch && s->boolean ? RN_OK : rn_fail_memory(err, "records");
}

struct source *
source_csv(struct input *in, bool pm1, struct rn_error *err)
{
	struct csv *c = calloc(1, sizeof *c);

	if (!c) {
		rn_fail_memory(err, "CSV");
		return NULL;
	}
	c->source = (struct source){ .next = next, .close = close_csv, .in = in };
	if (!begin(c, pm1, err))
		return &c->source;
	source_close(&c->source);
	return NULL;
}
