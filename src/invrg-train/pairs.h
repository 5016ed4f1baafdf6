/*
 * pairs.h - the records of the input as pairs of a configuration and what the renormalization group made of it
 *
 * Columns phi.k (f32 or f64) or spins.k of level k - 1 and k, level 0 being phi or spins itself: what blockspin --levels
 * writes. All segments are one training set; their pairs must be of one type and shape.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "labels.h"
#include "renorm/field.h"
#include "renorm/stage.h"

struct pairs {
	struct rn_reader *in;
	unsigned step;	   /* k */
	bool spins;	   /* else a field */
	enum rn_type type; /* RN_F32, RN_F64 or RN_BIT */
	struct rn_lattice fine, coarse;
	size_t b;
	struct rn_schema *schema; /* of the first segment, with the history lines of all */
	uint64_t n;		  /* pairs given out so far */
	struct labels labels;	  /* of these */
	/* of the segment under way */
	size_t fine_offset, coarse_offset, record_bytes;
	const uint8_t *record; /* left of the batch under way */
	size_t left, batch;
};

/* Opens the first segment; exits with a message when there are no such pairs. `in` stays the caller's. */
void pairs_open(struct pairs *p, struct rn_reader *in, unsigned step);
/* The next pair, RN_SLACK bytes readable behind both; false after the last one. Exits when it is not finite. */
bool pairs_next(struct pairs *p, const uint8_t **fine, const uint8_t **coarse);
void pairs_close(struct pairs *p);

#endif
