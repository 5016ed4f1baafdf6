/*
 * counters.h - 64 bit-sliced counters: bit x of plane[p] is bit p of counter x
 *
 * Adding a word adds each of its bits to the counter in its place. Of eight words, seven full
 * adders leave one carry into plane 3 (R. Harley; H. S. Warren, Hacker's Delight, 2nd ed., 5-1).
 */
#ifndef OBSERVE_COUNTERS_H
#define OBSERVE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "renorm/cpu.h"

/* a + b + c = sum + 2 * the carry, bit by bit. */
static RN_INLINE uint64_t
add3(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
	uint64_t half = a ^ b;

	*carry = (a & b) | (half & c);
	return half ^ c;
}

static RN_INLINE void
ripple(uint64_t *plane, uint64_t carry)
{
	for (; carry; plane++) {
		uint64_t next = *plane & carry;

		*plane ^= carry;
		carry = next;
	}
}

/* `high`: planes from 3 on that may become set, so that the carry's way is known and never mispredicted. */
static RN_INLINE void
add_eight(uint64_t *plane, const uint64_t w[8], size_t high)
{
	uint64_t a, b, c, d, e, f, eights;

	plane[0] = add3(plane[0], w[0], w[1], &a);
	plane[0] = add3(plane[0], w[2], w[3], &b);
	plane[0] = add3(plane[0], w[4], w[5], &c);
	plane[0] = add3(plane[0], w[6], w[7], &d);
	plane[1] = add3(plane[1], a, b, &e);
	plane[1] = add3(plane[1], c, d, &f);
	plane[2] = add3(plane[2], e, f, &eights);
	for (size_t p = 3; p < 3 + high; p++) {
		uint64_t next = plane[p] & eights;

		plane[p] ^= eights;
		eights = next;
	}
}

#endif
