/*
 * squares.h - the linear map of least squares, in closed form, from sums over the pairs
 *
 * For place q of a block and taps i, with w_qi the entry of the kernel there (renorm/invrg.h), the mean square of what
 * the map misses is, with X, C, Y of correlate.h as means over the pairs,
 *
 *	b^d V mse = sum_q [ Y_qq - 2 sum_i w_qi X_qi + sum_ij w_qi w_qj C(a_j - a_i) ],	 V coarse sites,
 *
 * and the normal equations couple the taps of one place alone. Entries that are one under the symmetries of the square
 * (u <-> K - 1 - u in each direction, and both directions exchanged) are one unknown when these are asked for.
 *
 * The sums need no more memory than their number, however many pairs there are. Errors are jackknife errors from 32 to
 * 64 blocks of consecutive pairs; such blocks are long when chains are, and stand for time where chains are interleaved.
 */
#ifndef SQUARES_H
#define SQUARES_H

#include "correlate.h"
#include "renorm/stats.h"

struct squares {
	struct correlate c;
	bool symmetric;
	size_t unknowns;
	size_t *unknown; /* of each entry of the kernel */
	size_t count;	 /* sums a pair: C, X, Y, and two of the magnetisations */
	struct rn_jackknife *jackknife;
	struct rn_blocks *chain;
	uint64_t pairs;
	/* scratch */
	double *pair, *matrix, *rhs, *kernel, *moment;
};

RN_MUST_CHECK enum rn_status squares_create(struct squares *s, const struct rn_lattice *coarse, size_t b,
	size_t K, bool symmetric, struct rn_error *err);
void squares_clear(struct squares *s);

/* One more pair. */
RN_MUST_CHECK enum rn_status
squares_add(struct squares *s, enum rn_type type, const void *fine, const void *coarse, struct rn_error *err);

/*
 * Of all pairs: m->least_squares, and m->fit of it. RN_ENUMERIC when the equations are singular: fewer pairs than
 * unknowns, or constant fields.
 */
RN_MUST_CHECK enum rn_status squares_solve(struct squares *s, struct rn_invrg *m, struct rn_error *err);
/*
 * m->noise and m->fit of m->kernel, whatever that is. The errors of its gain are left as squares_solve() made them: a
 * kernel that is near the solution would have been another one, like the solution, of other pairs.
 */
RN_MUST_CHECK enum rn_status squares_judge(struct squares *s, struct rn_invrg *m, struct rn_error *err);

#endif
