/* field_pairs.h - the two-point function of a field along the axes: pairs.h for real numbers */
#ifndef OBSERVE_FIELD_PAIRS_H
#define OBSERVE_FIELD_PAIRS_H

#include "configuration.h"

struct field_pairs {
	struct rn_lattice l;
	enum rn_type type;
	size_t stride;	      /* numbers from row to row */
	double *phi;	      /* rows, each going on around its end */
	double *along, *down; /* sums over the pairs at each distance */
};

/* Takes no memory yet. */
void field_pairs_init(struct field_pairs *p, const struct rn_lattice *l, enum rn_type type);
RN_MUST_CHECK bool
field_pairs_prepare(struct field_pairs *p); /* again, it does nothing; false: out of memory */
void field_pairs_clear(struct field_pairs *p);

/* Adds G(r), r = 0 .. pairs_distances() - 1, averaged over the axes whose extent is at least 2 r. */
void field_pairs_add(struct field_pairs *p, const uint8_t *data, double G[]);

#endif
