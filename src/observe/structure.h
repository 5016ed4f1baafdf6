/* structure.h - the structure factor of packed spins at the smallest momentum */
#ifndef OBSERVE_STRUCTURE_H
#define OBSERVE_STRUCTURE_H

#include "projection.h" /* rn_complex */
#include "renorm/lattice.h"

struct structure {
	struct rn_lattice l;
	bool along_rows, along_columns; /* momentum across the rows (k, 0), across the columns (0, k) */
	size_t words;			/* words a line; a line is a row, or word_rows rows where they fit */
	size_t lines;
	size_t planes;
	bool vectors;	 /* count by vectors of eight words: rows are whole words, the CPU has AVX-512 */
	uint64_t *plane; /* words by planes: bit-sliced counters of the columns */
	uint32_t *row;	 /* spins in each row that differ from spin 0 */
	rn_complex *row_phase;	   /* e^(iky) of every 64th row */
	rn_complex near_phase[64]; /* and from there on */
	rn_complex *word_phase;
	rn_complex nibble[16][16]; /* sum of e^(ikx) over the bits set in nibble i of a word */
};

/* Takes no memory yet: a header may claim any size. An extent of 1 has no momentum: structure_has() is false then. */
void structure_init(struct structure *s, const struct rn_lattice *l);
/* To be called when there is a configuration, before structure_factor(); again, it does nothing. False: out of memory. */
RN_MUST_CHECK bool structure_prepare(struct structure *s);
void structure_clear(struct structure *s);
bool structure_has(const struct structure *s);

/* S(k) = |sum_x s_x e^(ikx)|^2 / N, k = 2 pi / L along the longer extent, averaged over both if they are equal. */
double structure_factor(struct structure *s, const uint8_t *spins);

/* The part of it that counts, for AVX-512 and rows of whole words (structure_vectors.c). */
bool structure_fits_vectors(const struct structure *s);
void structure_count_vectors(struct structure *s, const uint8_t *spins);

#endif
