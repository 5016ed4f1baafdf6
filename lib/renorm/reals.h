/*
 * renorm/reals.h - the numbers of a column f32 or f64 as doubles, eight at a time
 *
 * For kernels that do the same in every lane: the compiler makes of a vector of eight what the CPU has. `p` may be
 * aligned to nothing; i counts numbers. With the type a constant where it is called, nothing is left of the choice.
 */
#ifndef RENORM_REALS_H
#define RENORM_REALS_H

#include <string.h>

#include "renorm/cpu.h"
#include "renorm/schema.h"

#define RN_EIGHT 8

typedef double rn_eight __attribute__((vector_size(8 * RN_EIGHT)));
typedef float rn_eight_f32 __attribute__((vector_size(4 * RN_EIGHT)));
typedef int64_t rn_eight_mask __attribute__((vector_size(8 * RN_EIGHT))); /* of a comparison: -1 is true */

static RN_INLINE rn_eight
rn_load_eight(const uint8_t *p, enum rn_type type, size_t i)
{
	rn_eight_f32 narrow;
	rn_eight v;

	if (type == RN_F64) {
		memcpy(&v, p + i * sizeof(double), sizeof v);
		return v;
	}
	memcpy(&narrow, p + i * sizeof(float), sizeof narrow);
	return __builtin_convertvector(narrow, rn_eight);
}

static RN_INLINE double
rn_load_real(const uint8_t *p, enum rn_type type, size_t i)
{
	float narrow;
	double v;

	if (type == RN_F64) {
		memcpy(&v, p + i * sizeof v, sizeof v);
		return v;
	}
	memcpy(&narrow, p + i * sizeof narrow, sizeof narrow);
	return (double)narrow;
}

static RN_INLINE void
rn_store_eight(uint8_t *p, enum rn_type type, size_t i, rn_eight v)
{
	if (type == RN_F64) {
		memcpy(p + i * sizeof(double), &v, sizeof v);
	} else {
		const rn_eight_f32 narrow = __builtin_convertvector(v, rn_eight_f32);

		memcpy(p + i * sizeof(float), &narrow, sizeof narrow);
	}
}

static RN_INLINE void
rn_store_real(uint8_t *p, enum rn_type type, size_t i, double v)
{
	if (type == RN_F64) {
		memcpy(p + i * sizeof v, &v, sizeof v);
	} else {
		const float narrow = (float)v;

		memcpy(p + i * sizeof narrow, &narrow, sizeof narrow);
	}
}

/* x where the mask is true, else 0. */
static RN_INLINE rn_eight
rn_eight_if(rn_eight_mask mask, rn_eight x)
{
	return (rn_eight)((rn_eight_mask)x & mask);
}

#endif
