/*
 * renorm/reader.h - reading a stream (renorm-stream(5)), verified
 *
 * How to use it:
 *
 *	struct rn_reader *in = rn_reader_open(files, nfiles, NULL, &err);
 *	while ((st = rn_reader_segment(in, &schema, &err)) == RN_OK) {
 *		(check the schema; start a segment of output)
 *		while ((st = rn_reader_next(in, &records, &n, &err)) == RN_OK)
 *			(n records of schema->record_bytes each)
 *		(st is RN_END: the end mark was there and count and hash agreed)
 *	}
 *	(st is RN_END: every segment was whole)
 *
 * Input is told by its first bytes: zstd, plain, or CSV. The operands are read
 * one after the other as one stream. Errors name file, segment and record.
 * Memory grows with the data that arrives, not with what a header claims.
 */
#ifndef RENORM_READER_H
#define RENORM_READER_H

#include "renorm/schema.h"

struct rn_reader;

struct rn_reader_options {
	bool pm1;     /* CSV: bits are -1/+1 instead of 0/1 */
	bool salvage; /* of a cut stream give what its checksums vouch for, then RN_END */
};

/* Bytes behind the last record given out that may be read (but mean nothing). */
#define RN_SLACK 64

/* files: n paths, "-" is stdin; n = 0 is stdin. options may be NULL. NULL on failure. */
struct rn_reader *
rn_reader_open(char *const files[], size_t n, const struct rn_reader_options *options, struct rn_error *err);
void rn_reader_close(struct rn_reader *r); /* NULL is accepted */

/*
 * Goes to the next segment (skipping, verified, what is left of this one).
 * *schema belongs to the reader and lives until the next call. RN_END after
 * the last one; a stream with no segment at all is RN_EDATA.
 */
RN_MUST_CHECK enum rn_status
rn_reader_segment(struct rn_reader *r, const struct rn_schema **schema, struct rn_error *err);

/*
 * The next records of the segment: all that are at hand, at least one, never
 * waiting for more than one. They live until the next call. RN_END after the
 * segment's verified end.
 */
RN_MUST_CHECK enum rn_status
rn_reader_next(struct rn_reader *r, const void **records, size_t *n, struct rn_error *err);

/* Where the reader stands: for messages about records just given out. */
const char *rn_reader_file(const struct rn_reader *r);	     /* "standard input" or the path */
uint64_t rn_reader_segment_index(const struct rn_reader *r); /* 1 for the first */
uint64_t rn_reader_record_index(
	const struct rn_reader *r); /* index in the segment of the first record of the last batch, from 0 */

/* Bytes of input read so far, as stored, and their total if known (else 0): for progress. */
uint64_t rn_reader_bytes(const struct rn_reader *r);
uint64_t rn_reader_bytes_total(const struct rn_reader *r);

/* salvage: whether the stream was cut (or damaged) where it stopped. */
bool rn_reader_was_cut(const struct rn_reader *r);
/* "zstd", "plain", "csv" */
const char *rn_reader_form(const struct rn_reader *r);

/* Prefixes *err with "FILE: segment S, record R" of record i of the last batch; returns err->status. */
enum rn_status rn_reader_locate(const struct rn_reader *r, size_t i, struct rn_error *err);

#endif
