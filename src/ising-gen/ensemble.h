/*
 * ensemble.h - one temperature of a run, and the random numbers it is sampled with
 */
#ifndef ISING_GEN_ENSEMBLE_H
#define ISING_GEN_ENSEMBLE_H

#include "renorm/lattice.h"
#include "renorm/random.h"

struct ensemble {
	struct rn_lattice lattice;
	double T, h;
	uint64_t seed;
	struct rn_random_key key;
};

struct ensemble ensemble_make(const struct rn_lattice *l, double T, double h, uint64_t seed);

/* A key of the same labels for one algorithm alone, so that different algorithms give unrelated samples. */
struct rn_random_key ensemble_key(const struct ensemble *e, const char *algorithm);

/*
 * u64 < threshold has probability p to 64 bits: q = 1 - p, so that neither a
 * small p nor a small q is lost in rounding the other.
 */
uint64_t ensemble_threshold(double p, double q);

/* The same for p = 1 / (1 + exp(-x)); x may be infinite. Antisymmetric in x, to the bit. */
uint64_t ensemble_logistic(double x);

/* T = 0: all up with probability 1 / (1 + exp(-2 N h)), else all down. */
uint64_t ensemble_ground_is_up(const struct rn_lattice *l, double h);

/*
 * A run of random words, made in bulk: `blocks` blocks of `id` from block `draw` on.
 */
struct words {
	uint64_t *word;
	size_t capacity; /* even */
	size_t next, have;
	struct rn_random_key key;
	uint64_t id, draw, blocks;
};

/* Room for at least n words at once; false: out of memory. */
bool words_init(struct words *w, size_t n);
void words_clear(struct words *w);
void
words_start(struct words *w, const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t blocks);
/* The next n words, n <= capacity. The run must have them. */
const uint64_t *words_take(struct words *w, size_t n);

#endif
