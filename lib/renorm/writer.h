/*
 * renorm/writer.h - writing a stream (renorm-stream(5)), framed and sealed
 *
 * How to use it:
 *
 *	struct rn_writer *out = rn_writer_open(&options, &err);
 *	rn_writer_segment(out, schema, &err);		(one segment or several)
 *	void *room = rn_writer_reserve(out, &n, &err);	(n: wanted, then granted)
 *	rn_writer_commit(out, n, &err);
 *	rn_writer_put(out, records, n, &err);		(or copy ready records)
 *	rn_writer_close(out, &err);			(end mark, flush, fsync, rename)
 *
 * Without rn_writer_close() what was written has no end mark, and with a file
 * name nothing appears under that name: no half of a stream looks whole.
 */
#ifndef RENORM_WRITER_H
#define RENORM_WRITER_H

#include "renorm/schema.h"

enum rn_format { RN_FORMAT_RNS, RN_FORMAT_CSV, RN_FORMAT_TSV };

struct rn_writer_options {
	const char *path; /* NULL: file descriptor 1; else a temporary beside it, renamed at close */
	enum rn_format format;
	int level;	  /* of zstd, -7..19; 0: plain */
	bool pm1;	  /* text: bits as -1/+1 */
	bool no_comments; /* text: neither header lines nor the end line */
};

struct rn_writer;

/* NULL on failure. */
struct rn_writer *rn_writer_open(const struct rn_writer_options *options, struct rn_error *err);

/* Ends the segment under way, if any, and begins one with this header (copied). */
RN_MUST_CHECK enum rn_status
rn_writer_segment(struct rn_writer *w, const struct rn_schema *schema, struct rn_error *err);

/*
 * Room for *n records to be filled in place; *n comes back as how many fit
 * (at least 1). The room is not cleared. It ends at the next call; commit says
 * how many of them were filled, from the front.
 */
RN_MUST_CHECK void *rn_writer_reserve(struct rn_writer *w, size_t *n, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_writer_commit(struct rn_writer *w, size_t n, struct rn_error *err);
/* Copies n records. */
RN_MUST_CHECK enum rn_status
rn_writer_put(struct rn_writer *w, const void *records, size_t n, struct rn_error *err);

/* Sends what is pending now, as a frame of its own. */
RN_MUST_CHECK enum rn_status rn_writer_flush(struct rn_writer *w, struct rn_error *err);

/* What is written to a file stays beside it as "NAME.part" if the stage dies: rn_outfile_keep(). */
RN_MUST_CHECK enum rn_status rn_writer_keep(struct rn_writer *w, struct rn_error *err);

/* Seals the stream and frees w, whatever it returns. */
RN_MUST_CHECK enum rn_status rn_writer_close(struct rn_writer *w, struct rn_error *err);
/* Gives up: frees w; a temporary file is removed. NULL is accepted. */
void rn_writer_abandon(struct rn_writer *w);

#endif
