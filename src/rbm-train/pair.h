/* pair.h - two doubles at a time: in the base set of every 64-bit machine, so there is one kernel for all */
#ifndef PAIR_H
#define PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "renorm/cpu.h" /* RN_INLINE */

typedef double pair __attribute__((vector_size(16)));
typedef int64_t ipair __attribute__((vector_size(16)));

#if defined(__x86_64__)
pair Sleef_cinz_expd2_u10sse2(pair x);
#define pair_exp Sleef_cinz_expd2_u10sse2
#else
double Sleef_cinz_expd1_u10purec(double x);
static RN_INLINE pair
pair_exp(pair x)
{
	return (pair){ Sleef_cinz_expd1_u10purec(x[0]), Sleef_cinz_expd1_u10purec(x[1]) };
}
#endif

static RN_INLINE pair
pair_magnitude(pair x)
{
	return (pair)((ipair)x & INT64_MAX);
}

static RN_INLINE pair
pair_select(ipair mask, pair a, pair b)
{
	return (pair)((mask & (ipair)a) | (~mask & (ipair)b));
}

/* |z| (pm1) or max(z, 0): s(z) is this plus ln(1 + t), t = e^-2|z| or e^-|z|. */
static RN_INLINE pair
pair_ramp(bool pm1, pair z)
{
	return pm1 ? pair_magnitude(z) : 0.5 * (z + pair_magnitude(z));
}

static RN_INLINE pair
pair_tail(bool pm1, pair z)
{
	return pair_exp((pm1 ? -2.0 : -1.0) * pair_magnitude(z));
}

/* The probability that such a unit is up. */
static RN_INLINE pair
pair_up(pair z, pair t)
{
	const pair one = { 1, 1 };

	return pair_select(z < 0, t, one) / (1 + t);
}

/* A product of this many factors from 1 to 2, or 1/2 to 1, is still a normal number. */
#define PAIR_FACTORS 512

#endif
