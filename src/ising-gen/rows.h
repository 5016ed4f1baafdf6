/*
 * rows.h - small tori at 0 < T < inf and any field: independent samples, drawn site by site from the transfer matrix
 *
 * A torus of R rows of n <= 12 sites, n the smaller extent. Relative to the ground state a broken bond (its two spins
 * differ) has the weight q = exp(-2K), a spin against the field exp(-2|h|). With V(s, s') = q^|s xor s'| for the bonds
 * between two rows and D(s) for the bonds and spins within one,
 *
 *	P(s_1, ..., s_R) = V(s_1, s_2) ... V(s_(R-1), s_R) V(s_R, s_1) D(s_1) ... D(s_R) / Z
 *
 * First row. P(s_1 = a) ~ D(a) (V D V ... D V)(a, a), R factors V. With v_1 = V(., a) and v_(j+1) = V D v_j this is
 * D(a) sum_s v_i(s) D(s) v_j(s), i + j = R, all terms positive. Translations and the reflection of rows, and the flip of
 * all spins if h = 0, change no weight: one a of each orbit is enough, 224 of 4096 for n = 12 (122 if h = 0). An
 * orbit is drawn, then one of the symmetries, which is applied to the sample drawn with the first row a.
 *
 * Other rows. Given s_r = t and a, the next row s has P(s) ~ V(t, s) g(s), g = D v_(R-r). V is a product over sites, and V g
 * is found by one site after the other, x = 0 ... n - 1, as a butterfly does:
 *
 *	g_0 = g,	g_(x+1)(u) = g_x(u) + q g_x(u with site x flipped),	g_n = V g.
 *
 * So g_x(u) is the sum over the sites y < x of s, those of the row t being u's, with the sites y >= x being u's. The other
 * way round, with u = t to begin with and from x = n - 1 down to 0, site x is flipped with
 *
 *	P(flip) = q g_x(u flipped) / g_(x+1)(u)
 *
 * and u ends as the next row. This is one step a site at every T and h, if all g_x of all rows are at hand: (R - 1) n
 * 2^n doubles, made by as many butterflies of one site. They serve all samples with this a: so samples are drawn in blocks,
 * ordered by the orbits of their first rows.
 *
 * Precision. Other exact samples have thresholds of 64 bits; these have probabilities in floating point. That of an orbit
 * has a relative error of about R n 2^-52. P(flip) is a quotient of stored numbers, whose denominator is the numerator of
 * the site before: rounding errors of the sums cancel, and a site leaves about 2^-51, of its rarer value too. So the
 * probability of a configuration is right to 4 N 2^-52 of itself as a bound, 1e-13 for 10 x 10 (1e-15 is found on 4 x 4), and
 * to N 2^-63 absolutely, as random numbers have 63 bits. Weights below 1e-300 of the greatest become 0; they belong to
 * configurations rarer than 1e-16 in all. exp() enters by q and exp(-2|h|) alone, where an error of the last bit is no
 * more than one of T or h. Nothing depends on the CPU: no sum changes its order with the width of vectors, and FMA is not
 * used. Another libm, if its exp() differs in that bit, gives another record with a chance of 1e-15 a site.
 *
 * Random numbers. Key: (seed, "ising-gen exact rows", T, h, extents). The id is the record's. Draw 0: a word for the
 * orbit, one for the symmetry. Then a word w a site in the order drawn, two a draw; U = floor(w / 2) 2^-63 is compared with
 * P(flip), or with P(stay) where P(flip) > 2.7 P(stay). So a record depends on no other, nor on its block.
 *
 * Cost on a core with AVX2, 10 x 10 (12 x 12): a temperature 0.5 ms (8 ms), an orbit in a block 10 us (70 us), a sample
 * 0.25 us (0.4 us). Memory: the table, 0.7 MB (4.3 MB), and a block, at most 9 MB for lattices below 2^22 sites.
 */
#ifndef ISING_GEN_ROWS_H
#define ISING_GEN_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ensemble.h"

enum {
	ROWS_SITES = 12,	    /* of a row, at most */
	ROWS_TABLE = 64 << 20,	    /* bytes for g_x, at most */
	ROWS_ORBITS = 224,	    /* of rows of 12 under translation and reflection */
	ROWS_BLOCK = 1 << 16,	    /* records of a block, at most */
	ROWS_BLOCK_BYTES = 8 << 20, /* unless these are fewer than 16 records */
};

/* An orbit of rows, by its smallest member; with a field, or none, the orbits that are drawn from. */
struct rows_orbit {
	uint16_t row, members;
	uint16_t flipped; /* the smallest of the orbit of the flipped rows */
	double p;	  /* relative to other orbits; not used further */
	uint64_t below; /* a random word less than this, and not than that of the orbit before, is this orbit */
};

struct rows {
	struct rn_lattice lattice;
	struct rn_random_key key;
	size_t n, R;
	size_t states; /* 2^n, but at least 4: those above 2^n have no weight */
	bool upright;  /* rows of n sites are columns of the lattice */
	bool avx2;

	double q;
	double *bonds;	/* [n + 1]: q^k */
	double *weight; /* [states]: D */
	double *vector[2];
	double *table; /* [R - 1][n][states]: g_x, of the last row first */

	struct rows_orbit orbit[ROWS_ORBITS]; /* from start on: the row along the field last */
	size_t orbits;
	struct rows_orbit all[ROWS_ORBITS]; /* of translation and reflection */
	size_t all_orbits;
	size_t images;	       /* symmetries */
	uint16_t *mirrored[2]; /* a row, and reflected */

	uint64_t first_id, wanted; /* of the next block; records that will be asked for */
	size_t block, next, have;  /* records: room, the next, those made */
	struct rows_place {
		uint8_t orbit, image;
	} * place;
	uint32_t *order; /* records of the block by orbit */
	uint8_t *record; /* packed */
};

/* Whether the smaller extent is at most 12, and the table at most 64 MiB: 12 x 171, 10 x 820, 8 x 4097, 4 x 131073. */
bool rows_covers(const struct rn_lattice *l);

/* false: out of memory. */
bool rows_init(struct rows *r, const struct rn_lattice *l);
void rows_clear(struct rows *r);

/* A new ensemble, 0 < T < inf, from record first_id on. n: how many will be asked for; it changes speed alone. */
void rows_start(struct rows *r, const struct ensemble *e, uint64_t first_id, uint64_t n);

/* The next record, packed, RN_SLACK bytes readable behind it; good until the next call. */
const uint8_t *rows_next(struct rows *r);

#endif
