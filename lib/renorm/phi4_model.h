/*
 * renorm/phi4_model.h - phi^4 theory whose couplings differ from place to place
 *
 *	S = -sum w_ij phi_i phi_j + sum a_i phi_i^2 + sum b_i phi_i^4
 *
 * over the bonds of a ring or torus, and on tori, if wanted, over the diagonals (next-nearest neighbours). The
 * homogeneous theory (renorm/field.h) is w = kappa, a = (mu2 + 4 kappa)/2, b = lambda/4. A bond of a site to itself, where an
 * extent is 1, is -w phi^2; double bonds, where one is 2, count each for itself.
 *
 * As a stream: kind model.phi4, columns epoch u32, and f64
 *
 *	w	[2][L1][L2]	the bond of a site to the right; the one down. Rings: [1][L]
 *	w2	[2][L1][L2]	the bonds down and to the right; down and to the left. May be missing: there are none
 *	a, b	[L1][L2]	rings: [L]
 */
#ifndef RENORM_PHI4_MODEL_H
#define RENORM_PHI4_MODEL_H

#include "renorm/field.h"
#include "renorm/model.h"

struct rn_phi4_model {
	struct rn_lattice lattice;
	size_t parameters;
	double *theta;		/* all of them: w, w2, a, b, which point into it */
	double *w, *w2, *a, *b; /* w2 NULL: no diagonals */
};

enum { RN_PHI4_BONDS = 4 }; /* right, down, down right, down left: at most */

/* Zeros. RN_ENOMEM; RN_EUSAGE for the diagonals of a ring. */
RN_MUST_CHECK enum rn_status rn_phi4_model_create(struct rn_phi4_model *m, const struct rn_lattice *l,
	bool diagonals, struct rn_error *err);
void rn_phi4_model_clear(struct rn_phi4_model *m);
void rn_phi4_model_set(struct rn_phi4_model *m, const struct rn_phi4 *coupling); /* homogeneous; w2 is 0 */

/* Bonds of a site: 1, 2 or 4. */
unsigned rn_phi4_model_bonds(const struct rn_phi4_model *m);
/* Where bond k of site i ends, and its coupling. */
size_t rn_phi4_model_end(const struct rn_phi4_model *m, unsigned k, size_t i);
double rn_phi4_model_coupling(const struct rn_phi4_model *m, unsigned k, size_t i);

/* S of N numbers, RN_F32 or RN_F64, aligned to nothing. */
double rn_phi4_model_action(const struct rn_phi4_model *m, enum rn_type type, const void *phi);

/*
 * Whether exp(-S) can be normalised: all couplings finite, no b < 0, and where b = 0 the quadratic form is positive
 * definite (between those sites: where b > 0 a quartic wins). RN_EDATA with what is wrong. Sites with b = 0 whose
 * 2 a_i does not exceed the sum of |w_ij| over their bonds need a decomposition of a matrix, and may be 2048 with all others whose b = 0.
 */
RN_MUST_CHECK enum rn_status rn_phi4_model_check(const struct rn_phi4_model *m, struct rn_error *err);

RN_MUST_CHECK enum rn_status
rn_phi4_model_schema(const struct rn_phi4_model *m, struct rn_schema **schema, struct rn_error *err);
void rn_phi4_model_put(const struct rn_phi4_model *m, const struct rn_schema *schema, uint32_t epoch,
	void *record);
RN_MUST_CHECK enum rn_status rn_phi4_model_of_record(struct rn_phi4_model *m, const struct rn_schema *schema,
	const void *record, struct rn_error *err);
/* Reads a file, and checks it. */
RN_MUST_CHECK enum rn_status
rn_phi4_model_read(struct rn_phi4_model *m, const char *path, struct rn_error *err);

#endif
