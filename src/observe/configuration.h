/*
 * configuration.h - what every analysis may ask of a configuration, be it spins or a field
 *
 * The type says which: RN_BIT is packed spins (renorm/lattice.h), RN_F32 and RN_F64 are a field (renorm/field.h).
 */
#ifndef OBSERVE_CONFIGURATION_H
#define OBSERVE_CONFIGURATION_H

#include "renorm/lattice.h"

static inline bool
is_field(enum rn_type type)
{
	return type != RN_BIT;
}

/* m, and what moves as the energy does: e of spins, phi2 of a field. */
struct glance {
	double energy, m;
};

struct glance configuration_glance(const struct rn_lattice *l, enum rn_type type, const uint8_t *data);

/* The numbers of row y, spins as -1 and +1; to row[l->cols]. */
void
configuration_row(const struct rn_lattice *l, enum rn_type type, const uint8_t *data, size_t y, double row[]);

#endif
