/*
 * observables.h - energy, magnetisation and two-point function of a configuration, of bits or of real values
 *
 *	e    = -(1/N) sum_bonds v v'		m = (1/N) sum_i v_i
 *	G(r) =  (1/N) sum_i v_i v_(i + r)	r = 0 ... L/2, averaged over the axes whose extent is at least 2 r
 *
 * Bits are v = -1, +1, and real values are brought to that scale: those of a 0/1 machine, means of 0 and 1, count as
 * v = 2x - 1. Bonds as in renorm/lattice.h.
 */
#ifndef MLP_CLASSIFY_OBSERVABLES_H
#define MLP_CLASSIFY_OBSERVABLES_H

#include "renorm/lattice.h"

enum { BINS = 21 }; /* of m, 0.1 wide, centred at -1, -0.9, ..., 1 */

struct observables {
	bool any;			/* the column is a lattice: bits or f32 of one or two dimensions */
	const struct rn_column *column; /* spins or x */
	struct rn_lattice l;
	size_t distances; /* L/2 + 1, L the longer extent */
	float low, high;  /* the values of real columns that mean -1 and +1 */
	float *v;	  /* room for one configuration */
};

/* What is measured of one configuration, as sums to be added to. */
struct observed {
	double *e, *m, *absm, *m2, *m4;
	double *G; /* distances of them */
	double *P; /* BINS: an m on the border of two bins counts half in each */
};

/* RN_ENOMEM is the only failure. */
RN_MUST_CHECK enum rn_status observables_begin(struct observables *o, const struct rn_column *column,
	float low, float high, struct rn_error *err);
void observables_end(struct observables *o);
/* Adds to the sums; e and m are also returned. RN_SLACK bytes behind the record may be read. */
void observables_add(const struct observables *o, const uint8_t *record, const struct observed *sum,
	double *e, double *m);

#endif
