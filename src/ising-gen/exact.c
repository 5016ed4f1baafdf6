#include "exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"

#define CHUNK 4096 /* random words at a time */

bool
exact_covers(const struct ensemble *e)
{
	return e->lattice.dim == 1 || e->T == 0 || isinf(e->T);
}

bool
exact_init(struct exact *x, const struct rn_lattice *l)
{
	*x = (struct exact){ .site = calloc(l->sites, 1) };
	return words_init(&x->words, CHUNK) && x->site;
}

void
exact_clear(struct exact *x)
{
	words_clear(&x->words);
	free(x->site);
	*x = (struct exact){ 0 };
}

static size_t
at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

static void
clear_padding(const struct rn_lattice *l, uint8_t *bits)
{
	if (l->sites % 8)
		bits[l->bytes - 1] &= (uint8_t)((1u << l->sites % 8) - 1);
}

static void
sample_ground_state(struct exact *x, uint64_t id, uint8_t *bits)
{
	const struct rn_lattice *l = &x->ensemble.lattice;
	uint64_t block[2];

	rn_random_block(&x->ensemble.key, id, 0, block);
	memset(bits, block[0] < x->up[0] ? 0xff : 0, l->bytes);
	clear_padding(l, bits);
}

/* T = inf, h = 0: a random word is 64 spins. */
static void
sample_coins(struct exact *x, uint64_t id, uint8_t *bits)
{
	const struct rn_lattice *l = &x->ensemble.lattice;

	words_start(&x->words, &x->ensemble.key, id, 0, l->bytes / 16 + 1);
	for (size_t i = 0; i < l->bytes; i += 8 * CHUNK) {
		size_t n = at_most(l->bytes - i, 8 * CHUNK);

		memcpy(bits + i, words_take(&x->words, (n + 7) / 8), n);
	}
	clear_padding(l, bits);
}

/* T = inf in a field: P(up) = 1 / (1 + exp(-2h)). */
static void
sample_paramagnet(struct exact *x, uint64_t id, uint8_t *bits)
{
	size_t sites = x->ensemble.lattice.sites;

	words_start(&x->words, &x->ensemble.key, id, 0, sites / 2 + 1);
	for (size_t i = 0; i < sites; i += CHUNK) {
		size_t n = at_most(sites - i, CHUNK);
		const uint64_t *w = words_take(&x->words, n);

		for (size_t j = 0; j < n; j++)
			x->site[i + j] = w[j] < x->up[0];
	}
	rn_bits_pack_u8(x->site, sites, bits);
}

/*
 * The ring: the transfer matrix V = exp(K s s' + h (s + s') / 2) made a Markov
 * chain by its leading eigenvalue lam = exp(K) (c + D) and eigenvector r:
 *
 *	P(s -> s') = V(s, s') r(s') / (lam r(s))
 *	P(+ -> +) = exp(h) / (c + D),   P(- -> -) = exp(-h) / (c + D)
 *	c = cosh h,   D = sqrt(sinh^2 h + exp(-4K))
 *
 * N steps from s_0 to s_N = s_0 have the probability prod V / lam^N: r has
 * dropped out. So with s_0 a fair coin, the walks that come back, and only they,
 * are kept: each has the weight of its ring. tr V^N / (2 lam^N) >= 1/2 of them do.
 */
static void
prepare_ring(struct exact *x)
{
	/* For |h|, and over exp |h|: nothing overflows. "major" is the spin along h. */
	double h = x->ensemble.h, g = fabs(h), K = 1 / x->ensemble.T;
	double c = (1 + exp(-2 * g)) / 2, s = -expm1(-2 * g) / 2, b = exp(-2 * K - g);
	double D = hypot(s, b), z = c + D;
	double major_stays = 1 / z, major_flips = D + s > 0 ? b * (b / (D + s)) / z : 0; /* (D - s) / z */
	double minor_stays = exp(-2 * g) / z, minor_flips = (D + s) / z;

	x->up[0] = h < 0 ? ensemble_threshold(major_flips, major_stays)
			 : ensemble_threshold(minor_flips, minor_stays);
	x->up[1] = h < 0 ? ensemble_threshold(minor_stays, minor_flips)
			 : ensemble_threshold(major_stays, major_flips);
}

/* One walk of N steps: whether it came back to the spin it began with. */
static bool
walk_around(struct exact *x)
{
	const uint64_t from_down = x->up[0], from_up = x->up[1];
	size_t sites = x->ensemble.lattice.sites;
	uint8_t s = words_take(&x->words, 1)[0] & 1, first = s;

	for (size_t i = 0; i < sites; i += CHUNK) {
		size_t n = at_most(sites - i, CHUNK);
		const uint64_t *w = words_take(&x->words, n);

		for (size_t j = 0; j < n; j++) {
			x->site[i + j] = s;
			s = (uint8_t)((w[j] < from_down) | ((w[j] < from_up) & s)); /* from_down <= from_up */
		}
	}
	return s == first;
}

static void
sample_ring(struct exact *x, uint64_t id, uint8_t *bits)
{
	size_t sites = x->ensemble.lattice.sites;
	uint64_t draw = 0, blocks = sites / 2 + 1;

	do {
		words_start(&x->words, &x->ensemble.key, id, draw, blocks);
		draw += blocks;
	} while (!walk_around(x));
	rn_bits_pack_u8(x->site, sites, bits);
}

void
exact_start(struct exact *x, const struct ensemble *e)
{
	x->ensemble = *e;
	if (e->T == 0) {
		x->sample = sample_ground_state;
		x->up[0] = ensemble_ground_is_up(&e->lattice, e->h);
	} else if (isinf(e->T)) {
		x->sample = e->h == 0 ? sample_coins : sample_paramagnet;
		x->up[0] = ensemble_logistic(2 * e->h);
	} else {
		x->sample = sample_ring;
		prepare_ring(x);
	}
}

void
exact_draw(struct exact *x, uint64_t id, uint8_t *bits)
{
	x->sample(x, id, bits);
}
