/*
 * projection.h - the structure factor along the axes, of spins and fields
 *
 *	S(k) = (1/N) |sum_x phi_x e^(ikx)|^2,	k = 2 pi n / L, x along the longer extent L,
 *
 * averaged over both axes where they are equal. The sums of the columns and of the rows are taken first, in O(N); what
 * is left is a Fourier transform of L numbers. For n > 0 their first one is taken from all, which changes nothing but that
 * a constant field has S(k) = 0 exactly.
 */
#ifndef OBSERVE_PROJECTION_H
#define OBSERVE_PROJECTION_H

#include "configuration.h"

typedef double rn_complex __attribute__((vector_size(16))); /* real, imaginary */

struct projection {
	struct rn_lattice l;
	enum rn_type type;
	size_t L;			/* the longer extent */
	bool along_rows, along_columns; /* momentum across the rows (k, 0), across the columns (0, k) */
	double *row;			/* one row of the configuration */
	double *rows, *columns;		/* their sums */
	rn_complex *phase;		/* e^(2 pi i x / L) */
	rn_complex *F;			/* of every n */
};

/* Takes no memory yet: a header may claim any size. */
void projection_init(struct projection *p, const struct rn_lattice *l, enum rn_type type);
/* To be called when there is a configuration; again, it does nothing. False: out of memory. */
RN_MUST_CHECK bool projection_prepare(struct projection *p);
void projection_clear(struct projection *p);
/* Momenta n = 0 .. projection_modes() - 1, up to L/2. */
size_t projection_modes(const struct projection *p);

/* S at n = 1; of a single site, which has no such momentum, 0. */
double projection_smallest(struct projection *p, const uint8_t *data);
/* Adds S of every n. */
void projection_add(struct projection *p, const uint8_t *data, double S[]);

#endif
