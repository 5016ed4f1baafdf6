/*
 * renorm/ising_rows.h - rows of n <= 16 spins as the bits of a number, and the orbits that symmetry makes of them
 */
#ifndef RENORM_ISING_ROWS_H
#define RENORM_ISING_ROWS_H

#include <stdbool.h>
#include <stddef.h>

static inline unsigned
rn_row_up(size_t row)
{
	return (unsigned)__builtin_popcountll(row);
}

static inline size_t
rn_row_rotated(size_t row, size_t n)
{
	return (row >> 1 | row << n >> 1) & (((size_t)1 << n) - 1);
}

/* Broken bonds within a row that is closed to a ring; two sites have two bonds. */
static inline unsigned
rn_row_broken(size_t row, size_t n)
{
	return rn_row_up(row ^ rn_row_rotated(row, n));
}

static inline size_t
rn_row_reflected(size_t row, size_t n)
{
	size_t out = 0;

	for (size_t x = 0; x < n; x++)
		out |= (row >> x & 1) << (n - 1 - x);
	return out;
}

/* How many rows translations and the reflection make of this one, if it is the smallest of them; else 0. */
static inline unsigned
rn_row_orbit(size_t row, size_t n)
{
	size_t image[2] = { row, rn_row_reflected(row, n) };
	unsigned period = 0;
	bool mirror = false; /* the reflected row is one of the translated */

	for (size_t x = 0; x < n; x++) {
		for (int i = 0; i < 2; i++) {
			image[i] = rn_row_rotated(image[i], n);
			if (image[i] < row)
				return 0;
		}
		if (!period && image[0] == row)
			period = (unsigned)x + 1;
		mirror = mirror || image[1] == row;
	}
	return mirror ? period : 2 * period;
}

#endif
