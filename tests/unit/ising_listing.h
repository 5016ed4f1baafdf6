/*
 * ising_listing.h - all configurations of a small lattice with their probabilities, and chi-square against what was seen
 */
#ifndef ISING_LISTING_H
#define ISING_LISTING_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "renorm/lattice.h"
#include "renorm/reader.h" /* RN_SLACK */

/* At most 20 sites. Configuration c has spin i up where bit i of c is 1. */
struct listing {
	struct rn_lattice lattice;
	size_t states;
	struct rn_ising_sums *sums; /* [states] */
	double *p;		    /* [states], of the last listing_set() */
};

static inline struct listing
listing_make(size_t rows, size_t cols)
{
	const size_t extents[] = { rows, cols };
	struct listing x = { .lattice = rn_lattice_make(2, extents) };

	x.states = (size_t)1 << x.lattice.sites;
	x.sums = calloc(x.states, sizeof *x.sums);
	x.p = calloc(x.states, sizeof *x.p);
	if (!x.sums || !x.p)
		exit(1);
	for (size_t c = 0; c < x.states; c++) {
		const uint8_t bits[4 + RN_SLACK] = { (uint8_t)c, (uint8_t)(c >> 8), (uint8_t)(c >> 16) };

		x.sums[c] = rn_ising_measure(&x.lattice, bits);
	}
	return x;
}

static inline void
listing_clear(struct listing *x)
{
	free(x->sums);
	free(x->p);
}

/* Relative to the ground state: cold lattices and strong fields are no trouble. */
static inline void
listing_set(struct listing *x, double T, double h)
{
	const double N = (double)x->lattice.sites, bonds = (double)x->lattice.bonds;
	long double sum = 0;

	for (size_t c = 0; c < x->states; c++) {
		const double b = (double)x->sums[c].bonds, s = (double)x->sums[c].spins;

		x->p[c] = exp((b - bonds) / T + h * s - fabs(h) * N);
		sum += x->p[c];
	}
	for (size_t c = 0; c < x->states; c++)
		x->p[c] = (double)(x->p[c] / sum);
}

/* Cells of (E, M): the number of broken bonds, and of spins up. */
static inline size_t
listing_cells(const struct rn_lattice *l)
{
	return (l->bonds + 1) * (l->sites + 1);
}

static inline size_t
listing_cell(const struct rn_lattice *l, struct rn_ising_sums s)
{
	const size_t broken = (size_t)((int64_t)l->bonds - s.bonds) / 2;

	return broken * (l->sites + 1) + (size_t)((int64_t)l->sites + s.spins) / 2;
}

/*
 * Chi-square of n events in standard deviations (Wilson and Hilferty 1931); cells that expect fewer than 10 are one. Infinite
 * if something impossible was seen; 0 if there is only one cell.
 */
static inline double
chi_square(const double p[], const double seen[], size_t cells, double n)
{
	double poor = 0, few = 0, x = 0, f = -1;

	for (size_t c = 0; c < cells; c++) {
		const double expected = n * p[c];

		if (p[c] == 0 && seen[c] > 0)
			return INFINITY;
		if (expected < 10) {
			poor += expected;
			few += seen[c];
		} else {
			x += (seen[c] - expected) * (seen[c] - expected) / expected;
			f++;
		}
	}
	if (poor > 0) {
		x += (few - poor) * (few - poor) / fmax(poor, 1);
		f++;
	}
	return f > 0 ? (cbrt(x / f) - 1 + 2 / (9 * f)) / sqrt(2 / (9 * f)) : 0;
}

#endif
