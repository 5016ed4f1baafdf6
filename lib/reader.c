/*
 * Bytes come from source.c, decompressed; here they become header, records and
 * end mark. Nothing in this file depends on where zstd frames begin and end, but
 * for salvage, so a stream recompressed in one frame, or not at all, reads the same.
 */
#include "renorm/reader.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "endmark.h"
#include "renorm/csv.h"
#include "source.h"

/* A batch should stay in the second-level cache between the stages of its life. */
#define BUFFER_BYTES ((size_t)256 << 10)

struct rn_reader {
	struct rn_source *source;
	struct rn_reader_options options;
	bool in_file; /* a file is open and not used up */
	bool csv;
	struct rn_csv_reader *csv_reader;
	uint8_t *csv_records; /* the last batch; `buffer` may still hold text */
	size_t csv_bytes;

	uint8_t *buffer; /* buffer[begin .. end) are to be used; RN_SLACK more are allocated */
	size_t begin, end, capacity;
	bool source_end; /* the file has no more bytes */
	uint64_t taken;	 /* decompressed bytes of this file before `begin` */

	struct rn_schema *schema; /* of the segment under way; NULL before the first */
	uint64_t segment;	  /* 1 for the first */
	uint64_t given;		  /* records given out before the last batch */
	size_t batch;		  /* records of the last batch */
	bool ended;		  /* the segment's end has been verified */
	bool cut;		  /* salvage: it stopped before its end */
	XXH64_state_t *hash;
};

struct rn_reader *
rn_reader_open(char *const files[], size_t n, const struct rn_reader_options *options, struct rn_error *err)
{
	struct rn_reader *r = calloc(1, sizeof *r);

	if (!r || !(r->source = rn_source_create(files, n)) || !(r->hash = XXH64_createState()) ||
		!(r->buffer = malloc(BUFFER_BYTES + RN_SLACK))) {
		rn_reader_close(r);
		rn_fail_memory(err, "reader");
		return NULL;
	}
	r->capacity = BUFFER_BYTES;
	r->ended = true;
	if (options)
		r->options = *options;
	return r;
}

void
rn_reader_close(struct rn_reader *r)
{
	if (!r)
		return;
	rn_source_destroy(r->source);
	rn_csv_reader_destroy(r->csv_reader);
	rn_schema_destroy(r->schema);
	XXH64_freeState(r->hash);
	free(r->csv_records);
	free(r->buffer);
	free(r);
}

/*
 * Where a message belongs: the file, and the segment and record that were being
 * read. Applied once, where an error leaves this module.
 */
static enum rn_status
located(const struct rn_reader *r, enum rn_status status, struct rn_error *err)
{
	const char *file = rn_source_name(r->source);

	if (status <= RN_OK || !err)
		return status;
	if (status == RN_ENOMEM || status == RN_ENOINPUT || r->segment == 0)
		rn_error_prefix(err, "%s", file);
	else if (r->ended)
		rn_error_prefix(err, "%s: after segment %llu", file, (unsigned long long)r->segment);
	else
		rn_error_prefix(err, "%s: segment %llu, record %llu", file, (unsigned long long)r->segment,
			(unsigned long long)(r->given + r->batch));
	return status;
}

static size_t
available(const struct rn_reader *r)
{
	return r->end - r->begin;
}

static void
consume(struct rn_reader *r, size_t bytes)
{
	r->begin += bytes;
	r->taken += bytes;
}

/*
 * More bytes behind those at hand; at the end of the file sets source_end.
 * The buffer doubles only when it is full of data that is still needed.
 */
static enum rn_status
fill(struct rn_reader *r, struct rn_error *err)
{
	long k;

	memmove(r->buffer, r->buffer + r->begin, available(r));
	r->end = available(r);
	r->begin = 0;
	if (r->end > r->capacity / 2) {
		uint8_t *larger = realloc(r->buffer, 2 * r->capacity + RN_SLACK);

		if (!larger)
			return rn_fail_memory(err, "records");
		r->buffer = larger;
		r->capacity *= 2;
	}
	k = rn_source_read(r->source, r->buffer + r->end, r->capacity - r->end, err);
	if (k < 0)
		return err->status;
	r->source_end = k == 0;
	r->end += (size_t)k;
	return RN_OK;
}

/* --- headers ---------------------------------------------------------- */

static const char first_line[] = "renorm-stream ";

/* No control bytes, and no byte that can only continue a UTF-8 sequence without one to continue. */
static bool
looks_like_text(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool control = (p[i] < ' ' && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') || p[i] == 0x7f;
		bool stray = p[i] >= 0x80 && p[i] < 0xc0 && (i == 0 || p[i - 1] < 0x80);

		if (control || stray)
			return false;
	}
	return n > 0;
}

/* For the CSV reader: the bytes at hand, then those of the source. */
static long
read_for_csv(void *arg, void *buffer, size_t max, struct rn_error *err)
{
	struct rn_reader *r = arg;
	size_t n = available(r) < max ? available(r) : max;

	if (n == 0)
		return rn_source_read(r->source, buffer, max, err);
	memcpy(buffer, r->buffer + r->begin, n);
	consume(r, n);
	return (long)n;
}

/* "P5" and white space: more likely a picture than the name of the only column. */
static bool
looks_like_netpbm(const uint8_t *p, size_t n)
{
	return n >= 3 && p[0] == 'P' && p[1] >= '1' && p[1] <= '6' && (p[2] == '\n' || p[2] == ' ');
}

/* Opens the next file and tells its form; RN_END when there is none. */
static enum rn_status
next_file(struct rn_reader *r, struct rn_error *err)
{
	enum rn_status status = rn_source_next_file(r->source, err);
	size_t wanted = sizeof first_line - 1, n = 0;

	if (status)
		return status;
	r->in_file = true;
	r->source_end = r->csv = false;
	r->begin = r->end = 0;
	r->taken = 0;
	/* No longer than the bytes leave it open: a live CSV of a few bytes is not held back. */
	while (n < wanted && !r->source_end && (n < 3 || !memcmp(r->buffer, first_line, n))) {
		if ((status = fill(r, err)))
			return status;
		n = available(r) < wanted ? available(r) : wanted;
	}
	if (n == 0)
		return rn_fail(err, RN_EDATA, "empty: there is no stream in it");
	if (!memcmp(r->buffer, first_line, n))
		return RN_OK;
	if (looks_like_netpbm(r->buffer, n))
		return rn_fail(err, RN_EDATA, "a picture, it seems: rns-import reads PGM and PBM");
	if (n >= 3 && !memcmp(r->buffer, "\xef\xbb\xbf", 3)) /* a byte order mark that spreadsheets write */
		consume(r, 3);
	if (!looks_like_text(r->buffer + r->begin, n - r->begin))
		return rn_fail(err, RN_EDATA,
			"neither a renorm-stream nor CSV (rns-import reads IDX, NPY and PGM)");
	r->csv = true;
	rn_csv_reader_destroy(r->csv_reader);
	r->csv_reader = rn_csv_reader_create(read_for_csv, r, r->options.pm1);
	return r->csv_reader ? RN_OK : rn_fail_memory(err, "CSV");
}

/* Parses the header at hand: the bytes up to the first empty line. */
static enum rn_status
read_header(struct rn_reader *r, struct rn_error *err)
{
	size_t searched = 0, length;
	enum rn_status status;

	for (;;) {
		const uint8_t *p = r->buffer + r->begin;
		size_t n = available(r), magic = n < sizeof first_line - 1 ? n : sizeof first_line - 1;
		const uint8_t *empty = n > searched ? memmem(p + searched, n - searched, "\n\n", 2) : NULL;

		if (memcmp(p, first_line, magic))
			return rn_fail(err, RN_EDATA,
				"what follows is not a segment: it does not begin with 'renorm-stream 1'");
		if (empty) {
			length = (size_t)(empty - p) + 2;
			break;
		}
		if (n > RN_MAX_HEADER)
			return rn_fail(err, RN_EDATA, "the header is longer than 1 MiB");
		searched = n ? n - 1 : 0;
		if (r->source_end)
			return rn_fail(err, RN_EDATA, "cut short within a header");
		if ((status = fill(r, err)))
			return status;
	}
	status = rn_schema_parse((const char *)r->buffer + r->begin, length, &r->schema, err);
	if (status)
		return status;
	XXH64_reset(r->hash, 0);
	XXH64_update(r->hash, r->buffer + r->begin, length);
	consume(r, length);
	return RN_OK;
}

/* Whether the file under way holds another segment. */
static enum rn_status
more_in_file(struct rn_reader *r, bool *more, struct rn_error *err)
{
	enum rn_status status;

	*more = false;
	if (!r->in_file)
		return RN_OK;
	while (available(r) == 0 && !r->source_end)
		if ((status = fill(r, err)))
			return status;
	*more = available(r) > 0;
	return RN_OK;
}

static enum rn_status
next_segment(struct rn_reader *r, struct rn_error *err)
{
	enum rn_status status;
	bool more;

	for (;;) {
		if (r->csv && r->in_file) {
			status = rn_csv_reader_segment(r->csv_reader, &r->schema, err);
			if (status != RN_END)
				return status;
			r->in_file = false;
		}
		if ((status = more_in_file(r, &more, err)))
			return status;
		if (more)
			return read_header(r, err);
		if ((status = next_file(r, err)))
			return status;
	}
}

enum rn_status
rn_reader_segment(struct rn_reader *r, const struct rn_schema **schema, struct rn_error *err)
{
	struct rn_error own;
	enum rn_status status = RN_OK;
	const void *records;
	size_t n;

	if (!err)
		err = &own;
	while (!r->ended && status == RN_OK)
		status = rn_reader_next(r, &records, &n, err);
	if (status > RN_OK)
		return status;
	rn_schema_destroy(r->schema);
	r->schema = NULL;
	*schema = NULL;
	if (r->cut)
		return RN_END;
	status = next_segment(r, err);
	if (status)
		return located(r, status, err);
	r->segment++;
	r->given = r->batch = 0;
	r->ended = false;
	*schema = r->schema;
	return RN_OK;
}

/* --- records ---------------------------------------------------------- */

/* Whether the mark at p seals the segment of `count` records hashed so far. */
static bool
mark_agrees(const struct rn_reader *r, const uint8_t *p, uint64_t count)
{
	char mark[RN_MARK_BYTES + 1];

	rn_mark_print(mark, count, XXH64_digest(r->hash));
	return !memcmp(p, mark, RN_MARK_BYTES);
}

/*
 * Looks for the end mark at every border between the records at hand. Returns
 * how many records can be given out now, hashed; sets r->ended when the mark
 * stands right behind them. A border that may still become the mark, when more
 * bytes have come, ends the batch.
 */
static size_t
scan(struct rn_reader *r, size_t bytes)
{
	const uint8_t *base = r->buffer + r->begin;
	size_t size = r->schema->record_bytes, whole = bytes / size, hashed = 0, i;

	for (i = 0; i <= whole; i++) {
		const uint8_t *p = base + i * size;
		size_t left = bytes - i * size;
		size_t compare = left < RN_MARK_PREFIX_BYTES ? left : RN_MARK_PREFIX_BYTES;

		if (left == 0 || *p != '\n' || memcmp(p, RN_MARK_PREFIX, compare))
			continue;
		if (left < RN_MARK_BYTES && !r->source_end)
			break;
		if (left < RN_MARK_BYTES)
			continue;
		XXH64_update(r->hash, base + hashed, i * size - hashed);
		hashed = i * size;
		r->ended = mark_agrees(r, p, r->given + i);
		if (r->ended)
			break;
	}
	if (i > whole)
		i = whole;
	XXH64_update(r->hash, base + hashed, i * size - hashed);
	return i;
}

/* DESIGN: the unused bits of a bit column's last byte are zero. */
static enum rn_status
check_padding(struct rn_reader *r, const uint8_t *records, size_t n, struct rn_error *err)
{
	const struct rn_schema *s = r->schema;

	for (size_t k = 0; k < s->columns; k++) {
		const struct rn_column *c = &s->column[k];
		const uint8_t *last = records + c->offset + c->bytes - 1;

		if (c->type != RN_BIT || c->count % 8 == 0)
			continue;
		for (size_t i = 0; i < n; i++, last += s->record_bytes)
			if (*last >> c->count % 8) {
				r->batch = i;
				return rn_fail(err, RN_EDATA, "column '%s' has bits set behind its end",
					c->name);
			}
	}
	return RN_OK;
}

/* Bytes at hand that may be used: with salvage, only those of frames that were verified whole. */
static size_t
usable(const struct rn_reader *r)
{
	uint64_t verified;

	if (!r->options.salvage || !rn_source_is_zstd(r->source))
		return available(r);
	verified = rn_source_verified(r->source);
	if (verified <= r->taken)
		return 0;
	return verified - r->taken < available(r) ? (size_t)(verified - r->taken) : available(r);
}

static enum rn_status
no_end_mark(const struct rn_reader *r, struct rn_error *err)
{
	const uint8_t *p = r->buffer + r->begin;

	if (available(r) == RN_MARK_BYTES && !memcmp(p, RN_MARK_PREFIX, RN_MARK_PREFIX_BYTES))
		return rn_fail(err, RN_EDATA,
			"the end mark does not agree with the records before it: damaged or incomplete");
	return rn_fail(err, RN_EDATA, "no end mark: the stream is cut short%s",
		available(r) ? " within a record" : " (was the stage before it stopped?)");
}

static enum rn_status
next_binary(struct rn_reader *r, const void **records, size_t *n, struct rn_error *err)
{
	size_t size = r->schema->record_bytes;
	enum rn_status status;

	for (;;) {
		size_t bytes = usable(r);

		*n = scan(r, bytes);
		*records = r->buffer + r->begin;
		if (*n > 0) {
			if ((status = check_padding(r, *records, *n, err)))
				return status;
			consume(r, *n * size);
			r->batch = *n;
		}
		if (r->ended)
			consume(r, RN_MARK_BYTES);
		if (*n > 0)
			return RN_OK;
		if (r->ended)
			return RN_END;
		if (r->source_end)
			return no_end_mark(r, err);
		if ((status = fill(r, err)))
			return status;
	}
}

static enum rn_status
next_csv(struct rn_reader *r, const void **records, size_t *n, struct rn_error *err)
{
	size_t size = r->schema->record_bytes;
	size_t room = size < BUFFER_BYTES ? BUFFER_BYTES / size : 1;
	enum rn_status status;

	if (room * size > r->csv_bytes) {
		/* malloc'd, not cleared: a claimed giant record takes memory only as its cells arrive. */
		free(r->csv_records);
		r->csv_bytes = 0;
		r->csv_records = malloc(room * size + RN_SLACK);
		if (!r->csv_records)
			return rn_fail_memory(err, "records");
		r->csv_bytes = room * size;
	}
	status = rn_csv_reader_next(r->csv_reader, r->csv_records, room, n, err);
	*records = r->csv_records;
	if (status == RN_OK)
		r->batch = *n;
	r->ended = status == RN_END;
	return status;
}

enum rn_status
rn_reader_next(struct rn_reader *r, const void **records, size_t *n, struct rn_error *err)
{
	struct rn_error own;
	enum rn_status status;

	if (!err)
		err = &own;
	*n = 0;
	*records = NULL;
	r->given += r->batch;
	r->batch = 0;
	if (r->ended || !r->schema)
		return RN_END;
	status = r->csv ? next_csv(r, records, n, err) : next_binary(r, records, n, err);
	if (status == RN_EDATA && r->options.salvage) {
		*n = 0;
		r->cut = r->ended = true;
		return RN_END;
	}
	return located(r, status, err);
}

const char *
rn_reader_file(const struct rn_reader *r)
{
	return rn_source_name(r->source);
}

uint64_t
rn_reader_segment_index(const struct rn_reader *r)
{
	return r->segment;
}

uint64_t
rn_reader_record_index(const struct rn_reader *r)
{
	return r->given;
}

uint64_t
rn_reader_bytes(const struct rn_reader *r)
{
	return rn_source_bytes(r->source);
}

uint64_t
rn_reader_bytes_total(const struct rn_reader *r)
{
	return rn_source_bytes_total(r->source);
}

bool
rn_reader_was_cut(const struct rn_reader *r)
{
	return r->cut;
}

const char *
rn_reader_form(const struct rn_reader *r)
{
	return r->csv ? "csv" : rn_source_is_zstd(r->source) ? "zstd" : "plain";
}

enum rn_status
rn_reader_locate(const struct rn_reader *r, size_t i, struct rn_error *err)
{
	rn_error_prefix(err, "%s: segment %llu, record %llu", rn_reader_file(r),
		(unsigned long long)r->segment, (unsigned long long)(r->given + i));
	return err ? err->status : RN_EDATA;
}
