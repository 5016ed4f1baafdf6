/*
 * scales.h - the levels of a record: their sizes, their magnetisations, and what the coupling works on
 *
 * Of spins the columns m, spins, m.1, spins.1, ..., of a field m, phi, m.1, phi.1, ...; levels may shrink, as they
 * do by blocking, or grow, as they do by its inverse, by any one factor each. The configurations are not looked at,
 * only their shapes.
 */
#ifndef RG_EXPONENTS_SCALES_H
#define RG_EXPONENTS_SCALES_H

#include "renorm/lattice.h"

enum { SCALES_MAX = 65 }; /* what blockspin writes at most */

struct scale {
	unsigned number;	   /* m.3: 3; m: 0 */
	const struct rn_column *m; /* NULL while they are sought: not found yet */
	const struct rn_column *configuration;
	struct rn_lattice l;
};

struct scales {
	size_t n; /* at least two */
	struct scale scale[SCALES_MAX];
	const struct rn_column *conjugate; /* O, of the lattice all levels come from */
};

/*
 * `conjugate`: name of the column of O; NULL: e of spins, phi2 of a field. The schema must live as long.
 * RN_EDATA unless the kind is spins or field, with at least two levels, which have both their columns, and are of the
 * same form but of different sizes.
 */
RN_MUST_CHECK enum rn_status
scales_find(struct scales *s, const struct rn_schema *schema, const char *conjugate, struct rn_error *err);

/* L_b / L_a */
double scales_factor(const struct scale *a, const struct scale *b);

#endif
