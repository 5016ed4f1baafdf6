/*
 * plan.h - which columns go out, under which names, and what is added
 */
#ifndef RNS_SEL_PLAN_H
#define RNS_SEL_PLAN_H

#include "renorm/schema.h"

/* As the options say it; the pointers are borrowed. */
struct changes {
	char **columns, **drop, **rename, **put, **words; /* "a", "a", "old=new", "a=1.5", "a=low,high" */
	size_t ncolumns, ndrop, nrename, nput, nwords;
};

struct plan {
	struct rn_schema *out;
	bool same; /* records go out as they came in */
	struct move {
		size_t from, to, bytes;
	} * move;
	size_t moves;
	uint8_t *constants; /* what --put adds to every record, at its end */
	size_t constants_at, constants_bytes;
};

/* RN_EDATA for a column that is not there, RN_EUSAGE for changes that make no sense. */
RN_MUST_CHECK enum rn_status
plan_make(const struct rn_schema *in, const struct changes *c, struct plan *p, struct rn_error *err);
void plan_apply(const struct plan *p, const void *in, void *out);
void plan_clear(struct plan *p);

#endif
