/* pixels.h - the values of a sample, whatever they are stored as, as floats */
#ifndef SAMPLE_MIX_PIXELS_H
#define SAMPLE_MIX_PIXELS_H

#include "renorm/schema.h"

struct pixels {
	const struct rn_column *column; /* spins or x: bit, u8 or f32 */
	float low, high;		/* what bits 0 and 1, and bytes 0 and 255, are */
	float byte[256];
};

/* RN_EDATA unless the kind is spins or samples with such a column. */
RN_MUST_CHECK enum rn_status
pixels_find(struct pixels *p, const struct rn_schema *schema, float low, float high, struct rn_error *err);
/* column->count values. RN_EDATA when one is not finite. RN_SLACK bytes behind the record may be read. */
RN_MUST_CHECK enum rn_status
pixels_read(const struct pixels *p, const uint8_t *record, float out[], struct rn_error *err);

/* Adds the column x f32 of that shape to a schema. */
RN_MUST_CHECK enum rn_status
pixels_add_column(const struct pixels *p, struct rn_schema *out, struct rn_error *err);

#endif
