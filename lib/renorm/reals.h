/*
 * renorm/reals.h - the numbers of a column f32 or f64 as doubles, four at a time
 *
 * For kernels that do the same in every lane. The compiler makes of a vector of four what the CPU has; of a longer one
 * it makes poor shuffles for AVX2. `p` may be aligned to nothing; i counts numbers. With the type a constant where
 * it is called, nothing is left of the choice.
 */
#ifndef RENORM_REALS_H
#define RENORM_REALS_H

#include <string.h>

#include "renorm/cpu.h"
#include "renorm/schema.h"

#define RN_FOUR 4

typedef double rn_four __attribute__((vector_size(8 * RN_FOUR)));
typedef float rn_four_f32 __attribute__((vector_size(4 * RN_FOUR)));
typedef int64_t rn_four_mask __attribute__((vector_size(8 * RN_FOUR))); /* of a comparison: -1 is true */

static RN_INLINE rn_four
rn_load_four(const uint8_t *p, enum rn_type type, size_t i)
{
	rn_four_f32 narrow;
	rn_four v;

	if (type == RN_F64) {
		memcpy(&v, p + i * sizeof(double), sizeof v);
		return v;
	}
	memcpy(&narrow, p + i * sizeof(float), sizeof narrow);
	return __builtin_convertvector(narrow, rn_four);
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
rn_store_four(uint8_t *p, enum rn_type type, size_t i, rn_four v)
{
	if (type == RN_F64) {
		memcpy(p + i * sizeof(double), &v, sizeof v);
	} else {
		const rn_four_f32 narrow = __builtin_convertvector(v, rn_four_f32);

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
static RN_INLINE rn_four
rn_four_if(rn_four_mask mask, rn_four x)
{
	return (rn_four)((rn_four_mask)x & mask);
}

#endif
