/*
 * operators.h - the interactions whose couplings mcrg follows, summed over a torus
 *
 * S_a = sum over all translations, rotations and reflections of a product of spins, each product once a site:
 *
 *	even						odd
 *	1  nearest neighbours		o o		1  spins		o
 *	2  next nearest, (1,1)		o .		2  corners		o o
 *					. o					o .
 *	3  plaquettes			o o		3  three in a row	o o o
 *					o o
 *	4  third neighbours, (2,0)	o . o
 *	5  fourth neighbours, (2,1)	o . .
 *					. . o
 *	6  diamonds			. o .
 *					o . o
 *					. o .
 *	7  fifth neighbours, (2,2)	o . .
 *					. . .
 *					. . o
 *
 * On a torus with an extent of 2 or 3 several are the same: (2,0) is a constant or (1,0), and so on. There the first
 * three and two are different, and at 2 x 2 all that there are. Below 2 there is nothing.
 */
#ifndef MCRG_OPERATORS_H
#define MCRG_OPERATORS_H

#include "renorm/lattice.h"

enum { EVEN = 7, ODD = 3, OPERATORS = EVEN + ODD };

struct operators {
	struct rn_lattice l;
	size_t words;  /* a row takes */
	uint64_t last; /* mask of its last word */
	uint64_t *plane
		[3]; /* spins at (y, x), (y, x + 1), (y, x + 2), each row from a whole word on, and rows 0 and 1 again */
	uint64_t *row; /* with its first two spins again behind the last */
};

/* How many, from the first on, are different there: 7 and 3, 3 and 2, or none. */
size_t operators_even(const struct rn_lattice *l);
size_t operators_odd(const struct rn_lattice *l);

/* l has two dimensions and extents of at least 2. false: out of memory. */
bool operators_init(struct operators *o, const struct rn_lattice *l);
void operators_clear(struct operators *o); /* { 0 } is accepted */

/* S[0..6] even, S[7..9] odd. RN_SLACK bytes behind `spins` may be read. */
void operators_measure(const struct operators *o, const uint8_t *spins, int64_t S[OPERATORS]);

#endif
