/*
 * renorm/normals.h - standard normals, sixteen at a time
 *
 * Box and Muller (1958): with u uniform on (0, 1] and an angle phi uniform on the circle
 *
 *	z = sqrt(-2 ln u) cos phi,   z' = sqrt(-2 ln u) sin phi
 *
 * are independent standard normals. u has 39 random bits, u = (k + 1/2) 2^-39, and phi has 24; all is computed
 * with f32, to a few units in its last place. f32 has u to 2^-24 of itself: small u, and with them large radii, are as
 * fine as the bits, but u near 1 has steps of 2^-24, so that r^2 has steps of 2^-23 and small radii are coarse: they are
 * 0 (with probability 2^-25), 3.5e-4, 4.9e-4, 6.0e-4, ... Both normals of a pair are then that coarse together; where
 * r is of order 1 they have 24 significant bits. That moves no moment by more than some 2^-24. None is larger than
 *
 *	RN_NORMALS_MAX = sqrt(-2 ln 2^-40) = 7.45,
 *
 * beyond which a normal lies with probability 9.6e-14.
 *
 * Row pair j of id are the rows 2 j (z) and 2 j + 1 (z'), from the 16 words of the blocks 8 j ... 8 j + 7
 * (renorm/random.h). As 32 halves, low half first: the highest 31 bits of half l < 16, then the lowest 8 bits of half
 * 16 + l, are k of lane l; the other 24 bits of that are its angle. The same bits on every CPU.
 */
#ifndef RENORM_NORMALS_H
#define RENORM_NORMALS_H

#include <stddef.h>
#include <stdint.h>

#include "renorm/random.h"

#define RN_NORMALS_LANES 16
#define RN_NORMALS_MAX 7.45

typedef float rn_normals_row[RN_NORMALS_LANES];

/* z: 2 n rows, from row pair `first` on. */
void
rn_normals_rows(const struct rn_random_key *key, uint64_t id, uint64_t first, size_t n, rn_normals_row z[]);

/* The same as one sequence, of which number i is lane i mod 16 of row i / 16: numbers first ... first + n - 1. */
void rn_normals_fill(const struct rn_random_key *key, uint64_t id, uint64_t first, size_t n, float z[]);

#endif
