/*
 * block.h - 16 networks side by side, a lane each: from normals to sums over the units of the last hidden layer
 *
 * Row r of a block is row r of normals.h; 2 rows are a pair. Layer after layer, each from an even row on:
 *
 *	layer 1, a unit: din weights, 1 bias;  layer l > 1, a unit: N weights, 1 bias;
 *	each unit of the last layer also its dout weights to the outputs; then, from an even row, the dout last biases
 *
 * So a unit's numbers depend on none before it and on no point.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "ensemble.h"

enum { CHUNK = 16, DEEP_CHUNK = 2 }; /* units at a time, in the first layer and in others; both even */

/* Numbers of 16 networks; in f32 and f64 ensembles alike. */
typedef double lanes[LANES];

/*
 * All of 16 networks. sums[k dout + o] = sum_i W_oi h_i(x_k), without its factor sigma_w / sqrt(N), and without
 * 1 / Z_k when e->scaled; grams[(a, b)] = sum_i h_i(x_a) h_i(x_b) likewise, pairs as in renorm/nets.h (if e->cov).
 */
typedef void block_function(const struct ensemble *e, const struct rn_random_key *key, uint64_t id,
	void *work, lanes sums[], rn_normals_row bias[], lanes grams[]);

/* Bytes of `work`: below 2^56, as N < 2^32 and P and dout are at most RN_NET_COORDINATES. */
size_t block_work_bytes(const struct ensemble *e);
block_function block_f32, block_f64;

#endif
