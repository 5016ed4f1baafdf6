/* invrg_tables.h - states of blocks of Ising spins drawn from tables: what a step of kind "tables" does */
#ifndef INVRG_TABLES_H
#define INVRG_TABLES_H

#include "renorm/invrg.h"

struct tables;

/* The lattice is two-dimensional; RN_EDATA when two colours do not fit it. */
RN_MUST_CHECK enum rn_status tables_create(struct tables **t, const struct rn_invrg *m,
	const struct rn_lattice *coarse, struct rn_error *err);
void tables_destroy(struct tables *t);

/* coarse, fine: packed; RN_SLACK bytes behind `coarse` may be read. */
void tables_apply(struct tables *t, const struct rn_random_key *key, uint64_t id, const uint8_t *coarse,
	uint8_t *fine);

/*
 * The contexts of the blocks of row I (colour 0: even I + J, 1: odd; all of them where there is one table), from spins
 * 0 and 1, a byte each: context[J] of L2 blocks. The fine spins are read for colour 1 alone.
 */
void tables_contexts(enum rn_invrg_context kind, unsigned colour, const struct rn_lattice *coarse, size_t I,
	const uint8_t spins[], const uint8_t fine[], uint16_t context[]);

#endif
