/*
 * renorm/spins.h - streams of kind "spins"
 *
 *	label: T h
 *	T h f64, replica u32, sweep u64, id u64, e m f64, spins bit L1 [L2]
 *
 * replica, sweep and id say which configuration this is, so stages that change
 * the configuration keep them; e and m describe it, so they recompute them.
 * Chains are (labels, replica) ordered by sweep, sweep >= 1. An exact sampler's
 * records have sweep = 0 and replica = id (mod 2^32): each is a chain of one,
 * statistically independent of all others.
 */
#ifndef RENORM_SPINS_H
#define RENORM_SPINS_H

#include "renorm/lattice.h"
#include "renorm/schema.h"

struct rn_spins_record {
	double T, h;
	uint32_t replica;
	uint64_t sweep, id;
};

/* A new schema of kind spins for that lattice; NULL: out of memory. */
struct rn_schema *rn_spins_schema(const struct rn_lattice *l);
/* Writes one record of that schema: the identity, e and m of `spins`, and the spins (padding cleared by the caller). */
void rn_spins_put(void *record, const struct rn_spins_record *identity, const struct rn_lattice *l,
	const uint8_t *spins);

/* What a record of that schema is, and its spins, RN_SLACK bytes readable behind them where the reader gave it. */
struct rn_spins_record rn_spins_get(const void *record);
const uint8_t *rn_spins_bits(const void *record);

#endif
