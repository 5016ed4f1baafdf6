/*
 * The last n records. Until the end nobody knows which these are, so each
 * segment keeps what may still be among them: n records in all, and as much
 * again before the room of those that fell out is taken back.
 */
#include <stdlib.h>
#include <string.h>

#include "sink.h"

struct part {
	struct rn_schema *schema;
	bool continues;
	struct rn_text records;
	size_t dropped; /* bytes at the front that are no longer among the last n */
};

struct tail {
	struct sink sink;
	struct sink *next;
	struct part *part;
	size_t first, parts; /* part[first ..) still hold records, or nothing came after them */
	uint64_t n, kept;
};

static void
begin(struct sink *s, const struct rn_schema *schema, bool continues)
{
	struct tail *t = (struct tail *)s;
	struct part *p;

	t->part = reallocarray(t->part, t->parts + 1, sizeof *t->part);
	if (!t->part)
		rn_die(RN_ENOMEM, "out of memory (segments)");
	p = &t->part[t->parts++];
	*p = (struct part){ .schema = rn_schema_copy(schema), .continues = continues };
	if (!p->schema)
		rn_die(RN_ENOMEM, "out of memory (header)");
}

static uint64_t
held(const struct part *p)
{
	return (p->records.length - p->dropped) / p->schema->record_bytes;
}

static void
drop_oldest(struct tail *t, uint64_t n)
{
	t->kept -= n;
	while (n > 0) {
		struct part *p = &t->part[t->first];
		uint64_t k = held(p) < n ? held(p) : n;

		p->dropped += k * p->schema->record_bytes;
		n -= k;
		if (held(p) == 0 && t->first + 1 < t->parts) {
			rn_text_clear(&p->records);
			p->dropped = 0;
			t->first++;
		} else if (p->dropped > p->records.length / 2) {
			memmove(p->records.data, p->records.data + p->dropped,
				p->records.length - p->dropped);
			p->records.length -= p->dropped;
			p->dropped = 0;
		}
	}
}

static void
put(struct sink *s, const void *records, size_t n)
{
	struct tail *t = (struct tail *)s;
	struct part *p = &t->part[t->parts - 1];
	size_t size = p->schema->record_bytes, skip = n > t->n ? n - (size_t)t->n : 0;

	n -= skip;
	if (!rn_text_put(&p->records, (const char *)records + skip * size, n * size))
		rn_die(RN_ENOMEM, "out of memory (the last %llu records)", (unsigned long long)t->n);
	t->kept += n;
	if (t->kept > t->n)
		drop_oldest(t, t->kept - t->n);
}

static void
finish(struct sink *s)
{
	struct tail *t = (struct tail *)s;

	for (size_t i = t->first; i < t->parts; i++) {
		struct part *p = &t->part[i];

		t->next->segment(t->next, p->schema, p->continues && i > t->first);
		if (held(p))
			t->next->records(t->next, p->records.data + p->dropped, held(p));
		rn_schema_destroy(p->schema);
		rn_text_clear(&p->records);
	}
	t->next->close(t->next);
	free(t->part);
	free(t);
}

struct sink *
sink_tail(struct sink *next, uint64_t n)
{
	struct tail *t = rn_alloc_or_die(1, sizeof *t);

	t->sink = (struct sink){ begin, put, finish };
	t->next = next;
	t->n = n;
	return &t->sink;
}
