/*
 * perfect.h - tori at 0 < T < inf exactly: independent samples by coupling from the past, 512 lanes side by side
 *
 * Coupling (Propp and Wilson 1996). A sweep of heat bath with given random numbers is a map of configurations to
 * configurations. It keeps their order, s <= s' at every site, if at each site a configuration with more neighbours up
 * goes up whenever one with fewer does: here a site has one uniform U for all configurations, and goes up if
 * U < P(up | neighbours). So a map F of B sweeps is constant, "coalesces", if all up and all down have the same image.
 *
 * Read once (Wilson 2000). F_1, F_2, ... are independent maps of B sweeps, each coalescing with the same probability
 * p > 0. From the past: the state at time 0 of a chain that has run for ever, ... F_-2 F_-1, is that of pi, and it is
 * known once one has gone back to a map that coalesces: it is the image of that one taken through k maps that do not,
 * and k is geometric, P(k) = p (1 - p)^k. Forward in time the same happens between any two maps that coalesce: one that
 * does, k that do not, and then the next that does, which tells when to stop but is no part of what is given out: the
 * state just *before* it. So
 *
 *	a lane gives out the state before each map that coalesces, but for its first;
 *
 * its samples use different maps: they are independent, and each is of pi exactly, whatever B > 0 is.
 *
 * Sample i of a lane is record i of it, however long it took. All that come in a given time would be too many of those
 * that take short, and k is not independent of the state. So a lane gives a fixed number, perfect_rounds(), and those
 * that are through wait for the others. B changes speed alone; it is the time after which PERFECT_ENOUGH of 512 other
 * lanes have coalesced, which have random numbers of their own.
 *
 * How long that will be is foretold from an eighth of the time allowed on, by how the number of sites at which top and
 * bottom differ has fallen since half of the time; four times too long is given up. (Where there are two phases and
 * histories agree by nucleation they may yet do so sooner than that.)
 *
 * Below Tc the maps of a chain at T take exponentially long to coalesce. There, without a field, samples are those of
 * the dual temperature, exp(-2 K) = tanh K*, taken to T one by one: see duality.h. It accepts or not with coins of its
 * own, so that what a lane has accepted is independent and exact again, and these are counted.
 *
 * Random numbers. Key: (seed, "ising-gen exact", T, h, extents). The id is the number of a block of 512 rounds
 * records; its record number i is sample i / 512 of lane i % 512. So records of any number can be had without those of
 * other blocks. Draws of 128 bits, 4 to a word of 512 bits, lane l is bit l; sites and groups are in the order of
 * lanes.h; sweep w = 0, 1, ... of the block:
 *
 *	320 (w groups + g) + d			group g, word by word: as bernoulli.h has it, the pools', then 8 a site
 *	2^63 + 256 (w N + p) + lane / 2		position p, lanes settled one by one, a 64-bit word each
 *
 * The maps that find B have the same with the key "ising-gen exact time", seed 1 whatever the seed is, and id 0; duality has "ising-gen exact dual".
 *
 * A site, no field. Its words are a coin and 7 rounds of one U' for two thresholds, 2 P(up | 1 neighbour up) and
 * 2 P(up | none): U is U'/2 where the coin is 1, 1 - U'/2 where it is 0. In a field, 8 rounds of U and five thresholds.
 */
#ifndef ISING_GEN_PERFECT_H
#define ISING_GEN_PERFECT_H

#include "duality.h"
#include "lanes.h"
#include "renorm/status.h"

enum {
	PERFECT_ENOUGH = 6 * LANES / 10, /* B costs least about there, at 6 to 32 samples a lane */
	PERFECT_SITE_WORDS = 8,
	PERFECT_WORDS = POOL_WORDS + GROUP * PERFECT_SITE_WORDS,
};

/* Samples of a lane in a block: fewer where they are large, so that a block of packed records takes 128 MiB at most. */
static inline unsigned
perfect_rounds(const struct rn_lattice *l)
{
	return l->sites <= 1 << 14 ? 32 : 8;
}

/* A temperature: the first four by perfect_measure(), and what has been done since. */
struct perfect_report {
	bool dual;	       /* sampled at the dual temperature */
	double T;	       /* that it was sampled at */
	uint64_t median;       /* sweeps until half of the lanes had coalesced */
	uint64_t sweeps;       /* B */
	uint64_t maps;	       /* maps of B sweeps, times 512 lanes */
	uint64_t coalesced;    /* of these */
	uint64_t tried, taken; /* by duality: samples it was given, and accepted */
};

struct perfect {
	struct lanes lanes; /* tables, and blocks TOP, BOTTOM, CURRENT and BEFORE */
	struct rn_lattice lattice;
	struct rn_random_key key;
	struct duality duality;
	struct perfect_report report;
	unsigned rounds;
	size_t records; /* of a block */

	bool field;
	uint64_t threshold[CLASSES];
	uint64_t mask[PERFECT_SITE_WORDS + FIRST][CLASSES]; /* their bits, as masks */

	uint64_t next;		      /* the next record */
	uint64_t block, sweep;	      /* that is being sampled, and its next sweep */
	bool begun[LANES];	      /* has coalesced once */
	uint32_t tried[LANES];	      /* samples of the dual temperature */
	unsigned given[LANES], least; /* samples of a lane, and the least of these */
	uint64_t *record;	      /* rounds x 512 x lanes.stride */
	uint64_t *random;
};

/* false: out of memory. */
bool perfect_init(struct perfect *p, const struct rn_lattice *l);
void perfect_clear(struct perfect *p);

/*
 * Finds B of an ensemble, 0 < T < inf. RN_EUSAGE: it is more than `most` updates of a site (sweeps x sites). This is
 * a function of T, h, the lattice and `most` alone. Whatever was being sampled is over.
 */
RN_MUST_CHECK enum rn_status perfect_measure(struct perfect *p, const struct ensemble *e, uint64_t most,
	struct perfect_report *report, struct rn_error *err);

/*
 * Begins with that ensemble, of which perfect_measure() has told, from record first_id on; any will do, but the
 * samples of its block before it are made too.
 */
void perfect_start(struct perfect *p, const struct ensemble *e, const struct perfect_report *measured,
	uint64_t first_id);

/* The next record, packed, RN_SLACK bytes readable behind it; good until the next call. */
const uint8_t *perfect_next(struct perfect *p);

#endif
