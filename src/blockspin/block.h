/*
 * block.h - one blocking step of a packed Ising configuration
 *
 * The lattice is cut into blocks of b x b sites (a ring: of b), from row 0 and
 * column 0. Block (Y, X), of index I = Y * (L2 / b) + X, becomes one spin:
 *
 *	majority	the sign of the block's sum; of a tie (even b), a coin or
 *			the block's top left spin
 *	decimate	the block's top left spin
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "renorm/lattice.h"

enum block_rule { BLOCK_MAJORITY, BLOCK_DECIMATE };
enum block_ties { BLOCK_COIN, BLOCK_FIRST };

#define COMPRESS_STEPS 6

struct block {
	struct rn_lattice fine, coarse;
	size_t b, rows; /* of a block: b columns; b rows, or 1 of a ring */
	enum block_rule rule;
	enum block_ties ties;
	bool coins;	  /* wanted: majority, a block can tie, and coins decide */
	size_t in_word;	  /* whole blocks in a word; 0 when b > 64 */
	uint64_t corners; /* their first columns: bits 0, b, 2 b, ... */
	uint64_t move[COMPRESS_STEPS];
};

/* false unless b >= 2 divides the extents. */
bool block_init(struct block *k, const struct rn_lattice *fine, size_t b, enum block_rule rule,
	enum block_ties ties);

/*
 * Writes coarse.bytes. Bit I of coins decides the tie of block I (unread unless
 * k->coins). RN_SLACK bytes behind `fine`, and 8 behind the coins, may be read.
 */
void block_apply(const struct block *k, const uint8_t *fine, const uint8_t *coins, uint8_t *coarse);

#endif
