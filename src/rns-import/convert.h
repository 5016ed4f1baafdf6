/*
 * convert.h - a column's values in another type, or refused
 */
#ifndef RNS_IMPORT_CONVERT_H
#define RNS_IMPORT_CONVERT_H

#include "renorm/schema.h"

enum how {
	COPY,	   /* the bytes */
	CONVERT,   /* the same number; a float is rounded, all else must be exact */
	THRESHOLD, /* 1 where it is above the threshold; nan is refused */
	SIGNS,	   /* -1 and 1 become 0 and 1; all else is refused */
	BITS,	   /* 0 and 1; all else is refused */
};

struct conversion {
	const struct rn_column *from, *to; /* of equal count */
	enum how how;
	double threshold;
};

/* The column's values, from record to record. Bits must have been zero. */
RN_MUST_CHECK enum rn_status
convert(const struct conversion *c, const void *in, void *out, struct rn_error *err);

#endif
