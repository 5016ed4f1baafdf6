/*
 * pool.h - sums of a group, bag by bag, from which errors come
 *
 * A bag is an ensemble of its own, independent of the others; the scatter of its means is the error of
 * theirs. Of a group with one bag it is that of up to BLOCKS_MAX stretches of networks, which is no
 * background, but an error: networks are independent. Memory: 8 q bytes a bag, and 8 q BLOCKS_MAX while there
 * is one.
 */
#ifndef GREEN_FN_POOL_H
#define GREEN_FN_POOL_H

#include "renorm/stats.h"

enum { BLOCKS_MAX = 64 };

struct bag {
	uint64_t id, nets, last; /* last: number of its last network */
	double sum[];
};

struct pool {
	size_t q;
	uint64_t nets;
	struct bag **bag;
	size_t bags, room;
	void *tree;

	double *block, *count; /* BLOCKS_MAX by q, BLOCKS_MAX; NULL once there are two bags */
	size_t blocks;
	uint64_t length; /* networks in a full block; a whole number of these is in all but the last */
};

void pool_init(struct pool *p, size_t q);
void pool_clear(struct pool *p);

/* The bag of that number, new if need be; NULL: no memory. */
struct bag *pool_bag(struct pool *p, uint64_t id);
/* How many networks may be added at once: as many as the block has room for, `most` at most. */
uint64_t pool_room(const struct pool *p, uint64_t most);
/* Adds sums over n networks, n <= pool_room(). */
void pool_add(struct pool *p, struct bag *b, const double sum[], uint64_t n);

/* The items of a jackknife: bags, or the blocks of the only one. Borrows nothing; rn_sample_clear() it. */
RN_MUST_CHECK enum rn_status pool_sample(const struct pool *p, struct rn_sample *s, struct rn_error *err);

#endif
