/* sweep_kernel.h - sweeps of 16 chains at one CPU level (words_kernel.h says how it is included) */
#include <math.h>

#include "real_kernel.h"

#define HALVES (BITS / 32)	 /* words of 512 bits that hold a number of every lane */
#define VISIT_WORDS (2 * HALVES) /* of random bits */
#define IN_WORD (SIDE / HALVES)	 /* lanes */
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

/* One site, some lanes; at[0] is the first of them of site 0. */
TARGET static RN_INLINE void
LEVEL_NAME(visit_site)(const struct rule *e, real *at, const struct visit *v, bits proposal, bits chance)
{
	real *own = at + SIDE * (size_t)v->site;
	const vec p = *(const vec *)own;
	const vec near = (*(const vec *)(at + SIDE * (size_t)v->near[0]) +
				 *(const vec *)(at + SIDE * (size_t)v->near[1])) +
		(*(const vec *)(at + SIDE * (size_t)v->near[2]) +
			*(const vec *)(at + SIDE * (size_t)v->near[3]));
	const vec d = LEVEL_NAME(symmetric)(proposal) * e->step, q = p + d;
	/* S - S' = (p - q) ((q + p) (a + b (q^2 + p^2)) - h) */
	const vec less = d * ((q + p) * ((q * q + p * p) * e->b + e->a) - near * e->kappa);

	*(vec *)own = LEVEL_NAME(choose)(LEVEL_NAME(below)(chance, less), q, p);
}

/* n visits one after the other, of one colour. */
TARGET static RN_INLINE void
LEVEL_NAME(visit_group)(const struct rule *e, real *phi, const struct visit *v, size_t n,
	const struct source *random)
{
	for (size_t part = 0; part < PARTS; part++) {
		struct stream words = LEVEL_NAME(stream_from)(random, 0, part * WORDS);

		for (size_t i = 0; i < n; i++)
			for (size_t half = 0; half < HALVES; half++) {
				const bits proposal = LEVEL_NAME(next)(random, &words);
				const bits chance = LEVEL_NAME(next)(random, &words);

				LEVEL_NAME(visit_site)
				(e, phi + IN_WORD * half + REALS * part, v + i, proposal, chance);
			}
	}
}

TARGET static void
LEVEL_NAME(local)(struct chains *c, size_t block, uint64_t first, uint64_t end)
{
	const struct rule rule = LEVEL_NAME(rule_of)(&c->ensemble);
	struct source random = LEVEL_NAME(source_of)(&c->ensemble.local, c->first_block + block, c->random);
	real *phi = phi_of(c, block);

	for (uint64_t w = first; w < end; w++)
		for (size_t k = 0; k < c->colours; k++)
			for (size_t v = c->colour[k]; v < c->colour[k + 1]; v += GROUP) {
				const size_t left = c->colour[k + 1] - v, n = left < GROUP ? left : GROUP;

				LEVEL_NAME(ask)
				(&random, LANE_DRAWS * VISIT_WORDS * (w * c->lattice.sites + v),
					VISIT_WORDS * n);
				if (n == GROUP)
					LEVEL_NAME(visit_group)(&rule, phi, c->visit + v, GROUP, &random);
				else
					LEVEL_NAME(visit_group)(&rule, phi, c->visit + v, n, &random);
			}
}

/* The bonds of a site in some lanes, whose first is `lane`. */
TARGET static RN_INLINE void
LEVEL_NAME(draw_bonds)(struct chains *c, const real *phi, size_t i, size_t lane, bits right, bits down)
{
	const real *at = phi + lane;
	const vec p = *(const vec *)(at + SIDE * i) * (real)(-2 * M_LOG2E * c->ensemble.coupling.kappa);
	const vec x = p * *(const vec *)(at + SIDE * (size_t)c->ahead[i].right);
	const vec y = p * *(const vec *)(at + SIDE * (size_t)c->ahead[i].down);

	c->right[i] |=
		(uint16_t)((LEVEL_NAME(bits_of_mask)(LEVEL_NAME(below)(right, x)) ^ ALL_REALS) << lane);
	c->down[i] |= (uint16_t)((LEVEL_NAME(bits_of_mask)(LEVEL_NAME(below)(down, y)) ^ ALL_REALS) << lane);
}

/* A bond is idle with probability min(1, exp(-2 kappa phi phi')). */
TARGET static void
LEVEL_NAME(bonds)(struct chains *c, size_t block, uint64_t sweep)
{
	const size_t N = c->lattice.sites;
	const uint64_t base = sweep * (LANE_DRAWS * VISIT_WORDS * N + SIDE * (N / 128 + 1));
	struct source random =
		LEVEL_NAME(source_of)(&c->ensemble.clusters, c->first_block + block, c->random);
	const real *phi = phi_of(c, block);

	for (size_t first = 0; first < N; first += GROUP) {
		const size_t end = N - first < GROUP ? N : first + GROUP;

		LEVEL_NAME(ask)
		(&random, base + LANE_DRAWS * VISIT_WORDS * first, VISIT_WORDS * (end - first));
		memset(c->right + first, 0, (end - first) * sizeof *c->right);
		memset(c->down + first, 0, (end - first) * sizeof *c->down);
		for (size_t part = 0; part < PARTS; part++) {
			struct stream words = LEVEL_NAME(stream_from)(&random, 0, part * WORDS);

			for (size_t i = first; i < end; i++)
				for (size_t half = 0; half < HALVES; half++) {
					const bits right = LEVEL_NAME(next)(&random, &words);
					const bits down = LEVEL_NAME(next)(&random, &words);

					LEVEL_NAME(draw_bonds)
					(c, phi, i, IN_WORD * half + REALS * part, right, down);
				}
		}
	}
}

TARGET static void
LEVEL_NAME(turn)(struct chains *c, size_t block)
{
	const whole sign = (whole)((uint64_t)1 << 63 >> (64 - BITS));
	real *phi = phi_of(c, block);
	ivec lane;

	for (size_t j = 0; j < REALS; j++)
		lane[j] = (whole)1 << j;
	for (size_t i = 0; i < c->lattice.sites; i++)
		for (size_t j = 0; j < SIDE; j += REALS) {
			const ivec turned = ((whole)(c->right[i] >> j) - (ivec){ 0 }) & lane;

			*(ivec *)(phi + SIDE * i + j) ^= (turned == lane) & sign;
		}
}

TARGET static void
LEVEL_NAME(scatter)(struct chains *c, size_t block)
{
	struct source random = LEVEL_NAME(source_of)(&c->ensemble.local, c->first_block + block, c->random);
	const real widest = (real)(SYMMETRIC_UNIT * sqrt(3) * c->ensemble.scale);
	real *phi = phi_of(c, block);

	for (size_t i = 0; i < c->lattice.sites; i++) {
		LEVEL_NAME(ask)(&random, LANE_DRAWS * VISIT_WORDS * i, VISIT_WORDS);
		for (size_t part = 0; part < PARTS; part++) {
			struct stream words = LEVEL_NAME(stream_from)(&random, 0, part * WORDS);

			for (size_t half = 0; half < HALVES; half++) {
				const bits r = LEVEL_NAME(next)(&random, &words);

				LEVEL_NAME(next)(&random, &words);
				*(vec *)(phi + SIDE * i + IN_WORD * half + REALS * part) =
					LEVEL_NAME(symmetric)(r) * widest;
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
