/*
 * ahead.h - the headers that are still to come
 *
 * A joined segment's header goes out before the segments that will be joined
 * have been read, and should have their history. Where an operand is a regular
 * file its headers can be looked at before: all of them where zstd frames are as
 * renorm-stream(5) says, since frames can be skipped without being decoded;
 * else the first one. What is found is a forecast and not relied on.
 */
#ifndef RNS_CAT_AHEAD_H
#define RNS_CAT_AHEAD_H

#include "renorm/stage.h"

struct ahead {
	const struct rn_common *common;
	struct ahead_file {
		struct rn_schema **schema;
		size_t n;
	} * file;
	size_t files;
	const char *current; /* where the reader was at the last call, and at which segment of it */
	size_t file_index, segment;
};

/* Looks at the operands, or at standard input if it is a file. Before any of it is read. */
void ahead_open(struct ahead *a, const struct rn_common *c);
/* The reader has come to its next segment. */
void ahead_next(struct ahead *a, const struct rn_reader *in);
/* Adds the history of the segments behind that one which will be joined with `into`. */
void ahead_merge_history(const struct ahead *a, struct rn_schema *into);
void ahead_close(struct ahead *a);

#endif
