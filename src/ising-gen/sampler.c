/* The ways to run Markov chains, behind one interface. */
#include "sampler.h"

#include <stdlib.h>

#include "lanes.h"
#include "renorm/bits.h"
#include "renorm/reader.h" /* RN_SLACK */

struct one_by_one {
	struct chains chains;
	uint8_t *bits;
};

static void
start_chains(void *state, const struct ensemble *e, enum chain_start start)
{
	chains_start(&((struct one_by_one *)state)->chains, e, start);
}

static void
advance_chain(void *state, size_t b, uint64_t done, uint64_t more)
{
	chains_sweep(&((struct one_by_one *)state)->chains, b, done, more);
}

static void
take_chain(void *state, size_t b)
{
	struct one_by_one *s = state;

	rn_bits_pack_u8(chains_sites(&s->chains, b), s->chains.ensemble.lattice.sites, s->bits);
}

static const uint8_t *
bits_of_chain(const void *state, size_t i)
{
	(void)i; /* a batch is one */
	return ((const struct one_by_one *)state)->bits;
}

static void
insert_in_chain(void *state, size_t k, const uint8_t *bits)
{
	chains_insert(&((struct one_by_one *)state)->chains, k, bits);
}

static void
destroy_chains(void *state)
{
	struct one_by_one *s = state;

	chains_clear(&s->chains);
	free(s->bits);
	free(s);
}

struct sampler
chains_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id, enum chain_algorithm algorithm)
{
	struct one_by_one *s = calloc(1, sizeof *s);

	if (!s)
		return (struct sampler){ 0 };
	s->bits = calloc(l->bytes + RN_SLACK, 1);
	if (!chains_init(&s->chains, l, replicas, first_id, algorithm) || !s->bits) {
		destroy_chains(s);
		return (struct sampler){ 0 };
	}
	return (struct sampler){ s, 1, start_chains, advance_chain, take_chain, bits_of_chain,
		insert_in_chain, destroy_chains };
}

static void
start_lanes(void *state, const struct ensemble *e, enum chain_start start)
{
	lanes_start(state, e, start);
}

static void
advance_lanes(void *state, size_t b, uint64_t done, uint64_t more)
{
	lanes_sweep(state, b, done, more);
}

static void
take_lanes(void *state, size_t b)
{
	lanes_take(state, b);
}

static const uint8_t *
bits_of_lane(const void *state, size_t i)
{
	return lanes_bits(state, i);
}

static void
insert_in_lane(void *state, size_t k, const uint8_t *bits)
{
	lanes_insert(state, k / LANES, k % LANES, bits);
}

static void
destroy_lanes(void *state)
{
	lanes_clear(state);
	free(state);
}

struct sampler
lanes_sampler(const struct rn_lattice *l, size_t replicas, uint64_t first_id, enum chain_algorithm algorithm)
{
	struct lanes *s = calloc(1, sizeof *s);

	if (!s)
		return (struct sampler){ 0 };
	if (!lanes_init(s, l, replicas / LANES + (replicas % LANES != 0), first_id / LANES, algorithm)) {
		destroy_lanes(s);
		return (struct sampler){ 0 };
	}
	return (struct sampler){ s, LANES, start_lanes, advance_lanes, take_lanes, bits_of_lane,
		insert_in_lane, destroy_lanes };
}
