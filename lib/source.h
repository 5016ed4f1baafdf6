/*
 * source.h - the bytes of the input files, decompressed
 *
 * Private to librenorm (reader.c). Knows files and zstd frames, nothing of
 * streams: one file after the other, each told by its first bytes.
 */
#ifndef RENORM_SOURCE_H
#define RENORM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "renorm/status.h"

struct rn_source;

/* n = 0: standard input. Opens nothing yet; NULL when out of memory. */
struct rn_source *rn_source_create(char *const files[], size_t n);
void rn_source_destroy(struct rn_source *s);

/* Goes to the next file and looks at its first bytes; RN_END when there is none. */
RN_MUST_CHECK enum rn_status rn_source_next_file(struct rn_source *s, struct rn_error *err);

/* 1..max bytes, 0 at the end of this file, -1 with err filled (RN_EDATA or RN_EIO). */
RN_MUST_CHECK long rn_source_read(struct rn_source *s, void *buffer, size_t max, struct rn_error *err);

const char *rn_source_name(const struct rn_source *s);
bool rn_source_is_zstd(const struct rn_source *s);
/* How many of the bytes given out of this file stand in frames whose checksum has been seen to agree. */
uint64_t rn_source_verified(const struct rn_source *s);
uint64_t rn_source_bytes(const struct rn_source *s);	   /* read, of all files, as stored */
uint64_t rn_source_bytes_total(const struct rn_source *s); /* 0: not known */

#endif
