/*
 * renorm/random.h - keyed, counter-based random numbers
 *
 * ARS-7 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", SC11): block(key, counter) is 7 rounds of AES on the 128-bit
 * counter with Weyl-sequence round keys, no state. AES instructions are used
 * where there are some; tables give the same bits elsewhere.
 *
 * Random123's ars4x32_R(7, c, k) gives the same words, and its known answers are
 * our test:
 *
 *	c.v[0], c.v[1] = draw, low half first	k.v[0], k.v[1] = key.k[0], low half first
 *	c.v[2], c.v[3] = id			k.v[2], k.v[3] = key.k[1]
 *	out[0] = v[0] + 2^32 v[1]		out[1] = v[2] + 2^32 v[3]
 *
 * dieharder 3.31.1, -a -g 200 -k 2 -Y 1, on the words of "ising-gen -L 8192 -T inf -n 1000" at seeds 1001, 1002, ...:
 * all of its tests passed. Four p-values of 170 were weak at first (0.99999 the farthest) and not when repeated.
 *
 * What the numbers depend on: the key is a 128-bit hash of (seed, stage name,
 * label values, lattice extents); the counter is (id, draw): `id` names the
 * record (or chain, or block of 512 records), `draw` counts 128-bit blocks within
 * it. Nothing else enters: not the position in a stream, the clock, or the number
 * of threads.
 *
 * The key is XXH3_128bits (low half in k[0]) of these bytes, numbers as u64 and
 * IEEE binary64, little-endian; every list is preceded by its length, so different
 * arguments never give the same bytes:
 *
 *	seed, length of the stage name, the name, nlabels, labels..., nextents, extents...
 */
#ifndef RENORM_RANDOM_H
#define RENORM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct rn_random_key {
	uint64_t k[2]; /* k[0] low */
};

/* labels and extents may be NULL when their number is 0. -0.0 counts as 0, and all NaN as one. */
struct rn_random_key rn_random_key(uint64_t seed, const char *stage, const double labels[], size_t nlabels,
	const size_t extents[], size_t nextents);

/* out[0], out[1] = ARS-7(key, counter = id * 2^64 + draw). draw counts modulo 2^64. */
void rn_random_block(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[2]);
/* 2 * nblocks words: blocks draw, draw + 1, ... of one id; bulk, as fast as the CPU goes. */
void
rn_random_fill(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[], size_t nblocks);

/* A sequence of scalar draws of one id. Copying it copies the position. */
struct rn_random {
	struct rn_random_key key;
	uint64_t id, draw; /* the next block */
	uint64_t word;	   /* the unused half of the last block */
	int have;
};
struct rn_random rn_random_at(const struct rn_random_key *key, uint64_t id);
uint64_t rn_random_u64(struct rn_random *r);
double rn_random_uniform(struct rn_random *r);		   /* [0, 1), multiples of 2^-53 */
uint64_t rn_random_below(struct rn_random *r, uint64_t n); /* 0..n-1, exactly uniform; n >= 1 */
double rn_random_normal(struct rn_random *r);		   /* standard normal; 2.74 words on average */
/* Puts the n values of order[] in random order, all orders alike (Fisher-Yates). */
void rn_random_shuffle(struct rn_random *r, uint64_t order[], size_t n);

/* floor(p 2^64) as a threshold: u64 < threshold has probability p; p >= 1 gives UINT64_MAX (p = 1 - 2^-64). */
uint64_t rn_random_threshold(double p);

#endif
