/*
 * source.h - the records of a foreign file
 */
#ifndef RNS_IMPORT_SOURCE_H
#define RNS_IMPORT_SOURCE_H

#include "input.h"
#include "renorm/schema.h"

enum form { FORM_IDX, FORM_NPY, FORM_CSV, FORM_PGM, FORM_GUESS };

struct source {
	struct rn_schema *schema; /* of the records it gives */
	bool *boolean;		  /* of each column: u8 values that are 0 or 1 and meant as bits */
	/* The next records, at least one, until the next call; RN_END when all came and nothing follows them. */
	enum rn_status (*next)(struct source *s, const void **records, size_t *n, struct rn_error *err);
	void (*close)(struct source *s);
	struct input *in;
};

/* The form by the file's first bytes; RN_EDATA when they are of none, with the cure for near misses. */
RN_MUST_CHECK enum rn_status source_guess(struct input *in, enum form *form, struct rn_error *err);
/* NULL on failure. pm1: bits in CSV are -1/+1. */
struct source *source_open(struct input *in, enum form form, bool pm1, struct rn_error *err);
void source_close(struct source *s); /* NULL is accepted */

/* For source_open(): the sources of each form. They fill what follows their struct source, and its schema. */
struct source *source_idx(struct input *in, struct rn_error *err);
struct source *source_npy(struct input *in, struct rn_error *err);
struct source *source_csv(struct input *in, bool pm1, struct rn_error *err);
struct source *source_pgm(struct input *in, struct rn_error *err);

#endif
