/*
 * endmark.h - the 48 bytes that seal a segment
 *
 * "\nend " COUNT " " HASH 9 blanks "\n": COUNT records and XXH64 (seed 0) of all
 * header and record bytes, 16 lower-case hex digits each. Private to librenorm.
 */
#ifndef RENORM_ENDMARK_H
#define RENORM_ENDMARK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define RN_MARK_BYTES 48
#define RN_MARK_PREFIX "\nend "
#define RN_MARK_PREFIX_BYTES 5

static inline void
rn_mark_print(char out[RN_MARK_BYTES + 1], uint64_t count, uint64_t hash)
{
	snprintf(out, RN_MARK_BYTES + 1, RN_MARK_PREFIX "%016" PRIx64 " %016" PRIx64 "%9s\n", count, hash,
		"");
}

#endif
