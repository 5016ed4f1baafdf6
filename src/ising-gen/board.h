/*
 * board.h - local updates of one large torus, a bit a spin: many sites of a colour at once
 *
 * Both extents are even. The colour of site (y, x) is (y + x) % 2; spin (y, x) is bit k = x / 2 of row y of its
 * colour. All neighbours of a site have the other colour: k in the rows y - 1, y, y + 1, and k - 1 (y + colour
 * even) or k + 1 (odd) in row y. So a sweep updates colour 0, then colour 1, each at once. A row of L2 / 2 bits
 * is padded to 32, 64, 128, 256 bits or a multiple of 512; 512 bits are a block and BOARD_GROUP blocks a group.
 *
 * Acceptance. A site compares a random number with its threshold bit by bit from the top, up to the first bit that
 * differs. All sites of a block compare BOARD_FIRST bits, which leaves 2^-BOARD_FIRST of them undecided. Those of a
 * group are merged: of the sites at one bit of its blocks the first undecided one goes into a merged block, the second
 * into another. These compare BOARD_ROUNDS_0 and _1 bits more. What is left even then, or finds both places
 * taken, about one site in four groups, compares the rest of its threshold with a 64-bit number of its own. So
 * chances are exact to the 64 bits of a threshold, and the number of random bits does not depend on what they are.
 * Without field the heat bath gives a site with two neighbours up its first random bit, and any other the sign of
 * most neighbours, unless the comparison says otherwise.
 *
 * Random numbers. The key is that of (seed, "ising-gen", T, h; L1, L2, BOARD_STREAM + algorithm), the id that of
 * the chain. A group has BOARD_DRAWS draws; its 512-bit blocks of random bits, four draws each, are these in order:
 *
 *	draw = ((2 w + colour) groups + group) BOARD_DRAWS		w: sweep, from 1 on; the start is sweep 0
 *	the rounds of the first merged block, of the second; the rounds of block 0 of the group, of block 1, ...
 *
 * A number of a site's own: the first word of draw 2^63 + (2 w + colour) bits + bit, "bits" being those of a colour.
 * So the state depends neither on the width of vectors nor on the number of threads, nor on how sweeps are portioned.
 *
 * Metropolis proposes a flip with the chance of metropolis.c, below 1. If it were 1, a sweep by colours would not be
 * ergodic on a torus whose extents are multiples of 4: where s depends on (x + y) % 4 alone and is + + - -, each site
 * has two neighbours of each sign. Then all sites of a colour flip for certain, and the next colour finds the same: the
 * chain never leaves these states, and so, as it is stationary, never enters them. And as T -> inf all spins flip
 * together and e never changes.
 *
 * Cost: memory and time as of the padded rows: a bit a spin, and a spin of them is updated in about 50 ps on a core
 * with AVX-512 and VAES. Below 2^13 sites a group is not full, and a sweep takes as long as one of about 3000.
 */
#ifndef ISING_GEN_BOARD_H
#define ISING_GEN_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ensemble.h"

enum board_algorithm { BOARD_HEATBATH, BOARD_METROPOLIS };

enum {
	BOARD_STREAM = 512,  /* tells the keys of this kernel from those of others */
	BOARD_THREADS = 64,  /* at most */
	BOARD_GROUP = 8,     /* blocks whose undecided sites are merged */
	BOARD_FIRST = 6,     /* rounds of every block */
	BOARD_MERGED = 2,    /* merged blocks */
	BOARD_ROUNDS_0 = 10, /* rounds of each */
	BOARD_ROUNDS_1 = 6,
	BOARD_MERGED_ROUNDS = BOARD_ROUNDS_0 + BOARD_ROUNDS_1,
	BOARD_BITS = BOARD_FIRST + BOARD_ROUNDS_0, /* of a threshold that are compared in blocks at most */
	BOARD_DRAWS = 4 * (BOARD_MERGED_ROUNDS + BOARD_GROUP * BOARD_FIRST),
};
static const unsigned char board_rounds[BOARD_MERGED] = { BOARD_ROUNDS_0, BOARD_ROUNDS_1 };

/* By what the thresholds of a site depend on: see board_kernel.h. */
enum board_rule { RULE_HEATBATH, RULE_HEATBATH_FIELD, RULE_METROPOLIS, RULE_METROPOLIS_FIELD };

struct board {
	struct rn_lattice lattice;
	size_t width;  /* bits of a row that are sites */
	size_t pitch;  /* bits of a row */
	size_t blocks; /* of a colour */
	size_t groups; /* of a colour */
	unsigned threads;
	void *memory;
	uint64_t *colour[2]; /* row 0; a copy of the last row stands before it, one of row 0 after the last */

	struct rn_random_key key;
	uint64_t id;
	enum board_rule rule;
	uint64_t threshold[2][5]; /* [old spin][neighbours up]; heat bath: of up, Metropolis: of a flip */
	/* Terms of bit j of the thresholds, all ones or 0, and of a mask of the reluctant spins: board.c, set_rule(). */
	uint64_t term[BOARD_BITS][6], reluctant[5];

	/* Of 512 bits: the sites, in the last block of a row or of the lattice ([1]) and in others. */
	uint64_t valid[2][8];
	uint64_t last_word[8]; /* all ones where a row's last site is, in the last block of a row */
	/* By colour, for rows within a vector: which lanes are shifted up and down to be the neighbours to the side. */
	struct board_shift {
		uint32_t lane[16], by[16]; /* pitches above 32 shift lanes of 64 bits: by[2 i], and 0 */
	} up[2], down[2];
};

/* Whether both extents are even. */
bool board_covers(const struct rn_lattice *l);
/* false: out of memory. */
bool board_init(struct board *b, const struct rn_lattice *l, unsigned threads);
void board_clear(struct board *b);

/* A new ensemble at sweep 0: hot, independent fair coins; cold, a ground state as T = 0 has it. 0 < T < inf. */
void board_start(struct board *b, double T, double h, uint64_t seed, uint64_t id, enum board_algorithm a,
	bool hot);
/* From sweep `done` to sweep `done + more`. */
void board_sweep(struct board *b, uint64_t done, uint64_t more);

/* The configuration as packed bits (renorm/lattice.h), lattice.bytes bytes, padding 0. */
void board_extract(const struct board *b, uint8_t *bits);
/* Puts a configuration in place of the present one, for instance to go on with a chain. */
void board_insert(struct board *b, const uint8_t *bits);

#endif
