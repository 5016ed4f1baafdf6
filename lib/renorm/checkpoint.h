/*
 * renorm/checkpoint.h - state that survives a kill, and taking it up again
 *
 * A checkpoint is an ordinary stream in a file, written like every -o FILE: on
 * disk stands the old whole one or the new whole one. --resume FILE also takes
 * a stream that was cut (the output of a stage that was killed, say): its last
 * record that a frame checksum vouches for.
 */
#ifndef RENORM_CHECKPOINT_H
#define RENORM_CHECKPOINT_H

#include "renorm/schema.h"

/* Replaces `path` by one segment of these n records, at compression level 1. */
RN_MUST_CHECK enum rn_status rn_checkpoint_write(const char *path, const struct rn_schema *schema,
	const void *records, size_t n, struct rn_error *err);

/*
 * Files on disk are renewed once a second, or less often when that takes long: true when it is time. { 0 } to begin
 * with; rn_renewal_done() comes after the work is done.
 */
struct rn_renewal {
	double begun, renewed, cost; /* seconds */
};
bool rn_renewal_is_due(struct rn_renewal *r);
void rn_renewal_done(struct rn_renewal *r);

struct rn_resume {
	struct rn_schema *schema; /* of the last record; NULL, like the record, when there is none */
	void *record;
	uint64_t records; /* in that segment, up to and with this one */
	bool cut;	  /* the stream had no end: tell the user */
};

/* Fills *r; rn_resume_clear frees what it holds. */
RN_MUST_CHECK enum rn_status rn_resume_read(const char *path, struct rn_resume *r, struct rn_error *err);
void rn_resume_clear(struct rn_resume *r);

#endif
