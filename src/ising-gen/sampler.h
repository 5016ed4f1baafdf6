/*
 * sampler.h - a way to run Markov chains, as run.c uses it
 *
 * Chains advance in batches of consecutive ones: one by one (chains.h, board.h, cluster.h), or 512
 * side by side (lanes.h). A new way is one
 * more function that fills this in.
 */
#ifndef ISING_GEN_SAMPLER_H
#define ISING_GEN_SAMPLER_H

#include <stdbool.h>

#include "chains.h"
#include "cluster.h"

struct sampler {
	void *state; /* NULL: none */
	size_t batch;

	/* Every chain at sweep 0 of a new ensemble, 0 < T < inf. */
	void (*start)(void *state, const struct ensemble *e, enum chain_start start);
	/* Takes the chains of batch b from sweep `done` to sweep `done + more`. */
	void (*advance)(void *state, size_t b, uint64_t done, uint64_t more);
	/* Packs the configurations of batch b; that of its chain i is then at bits(), with RN_SLACK behind it. */
	void (*take)(void *state, size_t b);
	const uint8_t *(*bits)(const void *state, size_t i);
	/* Puts a configuration in place of that of chain k of all, RN_SLACK bytes readable behind it. */
	void (*insert)(void *state, size_t k, const uint8_t *bits);
	void (*destroy)(void *state);
};

/* Of `replicas` chains from number first_id on. state is NULL: out of memory. */
struct sampler chains_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id,
	enum chain_algorithm algorithm);
struct sampler
lanes_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id, enum chain_algorithm algorithm);
struct sampler board_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id,
	enum chain_algorithm algorithm, unsigned threads);
/* `field`: whether an ensemble will have one. */
struct sampler cluster_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id,
	enum cluster_algorithm algorithm, bool field);

#endif
