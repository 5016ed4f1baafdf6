/*
 * bernoulli.h - yes with probability p in each of 512 lanes, exact to 64 bits at about eight random bits each
 *
 * A lane says yes if a uniform U = 0.r_1 r_2 r_3 ... is below p = 0.t_1 t_2 t_3 ... (binary). The first bit in which
 * they differ decides: U < p if t is 1 there, U > p if it is 0; a lane whose bits have all been equal is open. For
 * many lanes at once, with a vector r_j of random bits and one t_j of each lane's own threshold,
 *
 *	less = differ ? t_j : less	from the last of a run of rounds to the first, so that the first difference wins
 *	open = open & ~differ		differ = r_j ^ t_j
 *
 * Half of the lanes stay open after a round. To go on until the last of 512 is decided takes 10.3 vectors of random
 * bits on average and a branch that cannot be foreseen. Instead eight vectors, a group, are decided together:
 *
 *	1. each has FIXED rounds, without a branch; a lane stays open with probability 2^-FIXED;
 *	2. what is open is gathered in two pools, vectors again: a lane of the first pool is that of the first vector of
 *	   the group where it is open, with its threshold; of the second pool, of the second vector where it is. The
 *	   pools have FIRST and SECOND rounds more, and the answers go back to where the lanes came from;
 *	3. what is open then, about one lane in four groups, is settled one by one: all bits that are left of the
 *	   threshold, t << rounds done, are compared with one random word.
 *
 * A random bit is used for one lane and one round only, and which bit that is does not depend on any other lane: so
 * answers are independent, P(yes) is threshold / 2^64 exactly, and the width of the vectors does not matter.
 *
 * Classes. The lanes of a vector have one of a few thresholds. They are ordered, and mask g[k - 1] has the lanes of
 * the classes >= k; with the change of bit j from class to class, as masks of all ones or none,
 *
 *	t_j = change[j][0] ^ (g[0] & change[j][1]) ^ (g[1] & change[j][2]) ^ ...
 */
#ifndef ISING_GEN_BERNOULLI_H
#define ISING_GEN_BERNOULLI_H

#include <stddef.h>
#include <stdint.h>

#include "words.h"

enum {
	GROUP = 8,
	FIXED = 6,
	FIRST = 10,
	SECOND = 6,
	CLASSES = 5,
};

/* The random words of 512 bits of a group of n vectors: the first pool's, the second's, then FIXED for each vector. */
enum { POOL_WORDS = FIRST + SECOND, GROUP_WORDS = POOL_WORDS + GROUP * FIXED };

struct bernoulli {
	uint64_t threshold[CLASSES]; /* P(yes) 2^64 */
	uint64_t change[FIXED + FIRST][CLASSES];
};

struct bernoulli bernoulli_make(const uint64_t threshold[], size_t classes);

/* The changes, from class to class, of any bit that the classes have. */
void bernoulli_changes(const _Bool bit[], size_t classes, uint64_t change[]);

#endif
