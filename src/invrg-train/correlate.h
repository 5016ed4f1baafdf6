/*
 * correlate.h - sums over a lattice of products of a coarse field x and a fine one y, displaced
 *
 * With a block's place q = r b + s (in one dimension q = s) and taps a = first + i (renorm/invrg.h):
 *
 *	cross  X[q][i] = sum_I y[b I + q] x[I + a_i]		gradient of a kernel, right-hand side of least squares
 *	auto   C[d]    = sum_I x[I] x[I + d]			the matrix of least squares: it depends on a' - a alone
 *	block  Y[q][p] = sum_I y[b I + q] y[b I + p]		second moments of a block
 *
 * All in double, in eight lanes by column, so one result on every CPU.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "renorm/invrg.h"

struct correlate {
	struct rn_taps rows, cols;
	struct rn_lattice coarse, fine;
	size_t sites;  /* of a block */
	size_t taps;   /* rows.n cols.n */
	size_t reach;  /* columns of images on either side of x */
	size_t padded; /* numbers in a row of x */
	size_t width;  /* and in one of y: cols, and zeros up to a multiple of eight */
	double *x, *y; /* coarse.rows x padded; sites x coarse.rows x width */
	double *lanes; /* eight for each sum */
};

RN_MUST_CHECK enum rn_status correlate_create(struct correlate *c, const struct rn_lattice *coarse, size_t b,
	size_t K, struct rn_error *err);
void correlate_clear(struct correlate *c);

/* The entry of the kernel for place q and tap i, or how many it has: none. */
size_t correlate_entry(const struct correlate *c, size_t q, size_t i);

/* Fields of RN_F32 or RN_F64, aligned to nothing. */
void correlate_take_x(struct correlate *c, enum rn_type type, const void *x);
void correlate_take_y(struct correlate *c, enum rn_type type, const void *y);

/* X[q][i1 cols.n + i2]: sites x taps. */
void correlate_cross(struct correlate *c, double X[]);
/* C[d1][d2 + cols.n - 1], 0 <= d1 < rows.n, |d2| < cols.n: rows.n x (2 cols.n - 1). */
void correlate_auto(struct correlate *c, double C[]);
/* Y[q][p], sites x sites. */
void correlate_block(struct correlate *c, double Y[]);

#endif
