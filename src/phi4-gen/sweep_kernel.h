/* sweep_kernel.h - sweeps of 16 chains at one CPU level (words_kernel.h says how it is included) */
#include <math.h>

#include "real_kernel.h"

#define HALVES (BITS / 32)	 /* words of 512 bits that hold a number of every lane */
#define VISIT_WORDS (2 * HALVES) /* of random bits */
#define VISIT_DRAWS (LANE_DRAWS * VISIT_WORDS)
#define IN_WORD (SIDE / HALVES) /* lanes */
#define ALL_REALS ((1u << REALS) - 1)
#define PARTS (LANE_WORDS / WORDS)

#ifndef SWEEP_NAMES
#define SWEEP_NAMES
#define rule LEVEL_NAME(rule)

static RN_INLINE real *
phi_of(const struct chains *c, size_t block)
{
	return (real *)c->phi + block * SIDE * (c->lattice.sites + 1);
}
#endif

/* The rule of a local update: the couplings times -log2(e), and the step. */
struct rule {
	vec a, b, kappa, step;
};

TARGET static RN_INLINE struct rule
LEVEL_NAME(rule_of)(const struct ensemble *e)
{
	return (struct rule){
		LEVEL_NAME(all)((real)(-M_LOG2E * e->a)),
		LEVEL_NAME(all)((real)(-M_LOG2E * e->b)),
		LEVEL_NAME(all)((real)(-M_LOG2E * e->coupling.kappa)),
		LEVEL_NAME(all)((real)(SYMMETRIC_UNIT * e->step)),
	};
}

/* What becomes of p; with the couplings times -log2(e), 2^less is exp(S - S'). */
TARGET static RN_INLINE vec
LEVEL_NAME(updated)(const struct rule *e, vec p, vec h, bits proposal, bits chance)
{
	const vec d = LEVEL_NAME(symmetric)(proposal) * e->step, q = p + d;
	/* S - S' = (p - q) ((q + p) (a + b (q^2 + p^2)) - h) */
	const vec less = d * ((q + p) * ((q * q + p * p) * e->b + e->a) - h);

	return LEVEL_NAME(choose)(LEVEL_NAME(below)(chance, less), q, p);
}

/* One site, some lanes; at[0] is the first of them of site 0. */
TARGET static RN_INLINE void
LEVEL_NAME(visit_site)(const struct rule *e, real *at, const struct visit *v, bits proposal, bits chance)
{
	real *own = at + SIDE * (size_t)v->site;
	const vec left = *(const vec *)(at + SIDE * (size_t)v->near[0]);
	const vec right = *(const vec *)(at + SIDE * (size_t)v->near[1]);
	const vec up = *(const vec *)(at + SIDE * (size_t)v->near[2]);
	const vec down = *(const vec *)(at + SIDE * (size_t)v->near[3]);
	const vec h = ((left + right) + (up + down)) * e->kappa;

	*(vec *)own = LEVEL_NAME(updated)(e, *(const vec *)own, h, proposal, chance);
}

/* The same by the terms of a model. */
TARGET static RN_INLINE void
LEVEL_NAME(
	visit_term)(const uint32_t *near, const real *term, real *at, size_t site, bits proposal, bits chance)
{
	const struct rule e = {
		.a = LEVEL_NAME(all)(term[0]),
		.b = LEVEL_NAME(all)(term[1]),
		.step = LEVEL_NAME(all)(term[2]),
	};
	real *own = at + SIDE * site;
	vec h = { 0 };

	for (size_t k = 0; k < MODEL_NEAR; k++)
		h += *(const vec *)(at + SIDE * (size_t)near[k]) * term[3 + k];
	*(vec *)own = LEVEL_NAME(updated)(&e, *(const vec *)own, h, proposal, chance);
}

/* Visits v .. v + n - 1 one after the other, of one colour. */
TARGET static RN_INLINE void
LEVEL_NAME(visit_group)(const struct chains *c, const struct rule *e, real *phi, size_t v, size_t n,
	const struct source *random)
{
	for (size_t part = 0; part < PARTS; part++) {
		struct stream words = LEVEL_NAME(stream_from)(random, 0, part * WORDS);

		for (size_t i = v; i < v + n; i++)
			for (size_t half = 0; half < HALVES; half++) {
				const bits proposal = LEVEL_NAME(next)(random, &words);
				const bits chance = LEVEL_NAME(next)(random, &words);
				const real *term = (const real *)c->terms + MODEL_TERMS * i;
				const struct visit *visit = c->visit + i;
				real *at = phi + IN_WORD * half + REALS * part;

				if (e)
					LEVEL_NAME(visit_site)(e, at, visit, proposal, chance);
				else
					LEVEL_NAME(visit_term)
				(c->near + MODEL_NEAR * i, term, at, visit->site, proposal, chance);
			}
	}
}

/* e: the rule of all sites; NULL: a model. */
TARGET static RN_INLINE void
LEVEL_NAME(sweep)(const struct chains *c, const struct rule *e, real *phi, uint64_t w, struct source *random)
{
	for (size_t k = 0; k < c->colours; k++)
		for (size_t v = c->colour[k]; v < c->colour[k + 1]; v += GROUP) {
			const size_t left = c->colour[k + 1] - v, n = left < GROUP ? left : GROUP;
			const uint64_t draw = VISIT_DRAWS * (w * c->lattice.sites + v);

			LEVEL_NAME(ask)(random, draw, VISIT_WORDS * n);
			if (n == GROUP)
				LEVEL_NAME(visit_group)(c, e, phi, v, GROUP, random);
			else
				LEVEL_NAME(visit_group)(c, e, phi, v, n, random);
		}
}

TARGET static void
LEVEL_NAME(local)(struct chains *c, size_t block, uint64_t first, uint64_t end)
{
	const uint64_t id = c->first_block + block;
	struct source random = LEVEL_NAME(source_of)(&c->ensemble.local, id, c->random);
	const struct rule rule = LEVEL_NAME(rule_of)(&c->ensemble);
	real *phi = phi_of(c, block);

	for (uint64_t w = first; w < end; w++)
		if (c->terms)
			LEVEL_NAME(sweep)(c, NULL, phi, w, &random);
		else
			LEVEL_NAME(sweep)(c, &rule, phi, w, &random);
}

/* The lanes in which a bond is active: it is idle with probability 2^x, if that is below 1. */
TARGET static RN_INLINE uint16_t
LEVEL_NAME(active)(bits r, vec x, size_t lane)
{
	return (uint16_t)((LEVEL_NAME(bits_of_mask)(LEVEL_NAME(below)(r, x)) ^ ALL_REALS) << lane);
}

/* A pair of bonds of a site, in some lanes, whose first is `lane`: idle with probability exp(-2 w phi phi') = 2^x. */
TARGET static RN_INLINE void
LEVEL_NAME(draw_bonds)(struct chains *c, size_t set, const real *phi, size_t i, size_t lane, bits r0, bits r1)
{
	const real *at = phi + lane, *pull = c->pull[set];
	const uint32_t *end = c->ahead[set][i].end;
	const real w0 = pull ? pull[2 * i] : (real)(-2 * M_LOG2E * c->ensemble.coupling.kappa);
	const real w1 = pull ? pull[2 * i + 1] : w0;
	const vec p = *(const vec *)(at + SIDE * i);
	const vec x0 = p * w0 * *(const vec *)(at + SIDE * (size_t)end[0]);
	const vec x1 = p * w1 * *(const vec *)(at + SIDE * (size_t)end[1]);

	c->bond[2 * set][i] |= LEVEL_NAME(active)(r0, x0, lane);
	c->bond[2 * set + 1][i] |= LEVEL_NAME(active)(r1, x1, lane);
}

/* Sites first .. end - 1. */
TARGET static RN_INLINE void
LEVEL_NAME(draw_group)(struct chains *c, size_t set, const real *phi, size_t first, size_t end,
	const struct source *random)
{
	for (size_t i = first; i < end; i++)
		c->bond[2 * set][i] = c->bond[2 * set + 1][i] = 0;
	for (size_t part = 0; part < PARTS; part++) {
		struct stream words = LEVEL_NAME(stream_from)(random, 0, part * WORDS);

		for (size_t i = first; i < end; i++)
			for (size_t half = 0; half < HALVES; half++) {
				const size_t lane = IN_WORD * half + REALS * part;
				const bits r0 = LEVEL_NAME(next)(random, &words);
				const bits r1 = LEVEL_NAME(next)(random, &words);

				LEVEL_NAME(draw_bonds)(c, set, phi, i, lane, r0, r1);
			}
	}
}

TARGET static void
LEVEL_NAME(bonds)(struct chains *c, size_t block, uint64_t sweep)
{
	const size_t N = c->lattice.sites;
	const uint64_t id = c->first_block + block;
	struct source random = LEVEL_NAME(source_of)(&c->ensemble.clusters, id, c->random);
	uint64_t draw = chains_cluster_draw(c, sweep);

	for (size_t set = 0; set < c->bond_sets; set++, draw += VISIT_DRAWS * N)
		for (size_t first = 0; first < N; first += GROUP) {
			const size_t end = N - first < GROUP ? N : first + GROUP;

			LEVEL_NAME(ask)(&random, draw + VISIT_DRAWS * first, VISIT_WORDS * (end - first));
			LEVEL_NAME(draw_group)(c, set, phi_of(c, block), first, end, &random);
		}
}

TARGET static void
LEVEL_NAME(turn)(struct chains *c, size_t block)
{
	const whole sign = (whole)((uint64_t)1 << 63 >> (64 - BITS));
	real *phi = phi_of(c, block);
	ivec lane = { 0 }, numbers;

	for (size_t j = 0; j < REALS; j++)
		lane[j] = (whole)1 << j;
	for (size_t i = 0; i < c->lattice.sites; i++)
		for (size_t j = 0; j < SIDE; j += REALS) {
			const ivec turned = ((whole)(c->bond[0][i] >> j) - (ivec){ 0 }) & lane;

			memcpy(&numbers, phi + SIDE * i + j, sizeof numbers);
			numbers ^= (turned == lane) & sign;
			memcpy(phi + SIDE * i + j, &numbers, sizeof numbers);
		}
}

TARGET static void
LEVEL_NAME(scatter)(struct chains *c, size_t block)
{
	struct source random = LEVEL_NAME(source_of)(&c->ensemble.local, c->first_block + block, c->random);
	const whole sign = (whole)((uint64_t)1 << 63 >> (64 - BITS));
	real *phi = phi_of(c, block);

	for (size_t i = 0; i < c->lattice.sites; i++) {
		const vec scale = LEVEL_NAME(all)((real)(c->start ? c->start[i] : c->ensemble.scale));

		LEVEL_NAME(ask)(&random, VISIT_DRAWS * i, VISIT_WORDS);
		for (size_t part = 0; part < PARTS; part++) {
			struct stream words = LEVEL_NAME(stream_from)(&random, 0, part * WORDS);

			for (size_t half = 0; half < HALVES; half++) {
				const bits r = LEVEL_NAME(next)(&random, &words);

				LEVEL_NAME(next)(&random, &words);
				*(vec *)(phi + SIDE * i + IN_WORD * half + REALS * part) =
					(vec)((ivec)scale ^ ((ivec)r & sign));
			}
		}
	}
}

static const struct sweep LEVEL_NAME(kernel) = {
	.local = LEVEL_NAME(local),
	.bonds = LEVEL_NAME(bonds),
	.turn = LEVEL_NAME(turn),
	.scatter = LEVEL_NAME(scatter),
};
