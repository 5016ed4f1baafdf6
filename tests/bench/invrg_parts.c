/*
 * invrg_parts - a step from L x L to 2L x 2L without its stage, against what the machine can do
 *
 * invrg_parts L K prints lines "PART NUMBER", numbers in nanoseconds a site of the new lattice but for the two limits:
 *
 *	flops	   10^9 multiplications and additions a second, in equal numbers and not fused, on f32 in registers, with the
 *		   widest vectors (of this program's own compilation: -march=native is asked for)
 *	copy	   10^9 bytes a second that memcpy reads and writes, of two arrays as large as the lattices
 *	map	   rn_tc_apply()
 *	limit	   the same from the limits: K^2 / 4 multiplications and additions a site, and 5 bytes
 *	noise	   what noise adds to the map
 *	measure	   rn_field_measure()
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "renorm/field.h"
#include "renorm/invrg.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The least time of one call, of those that fit 0.4 s: a neighbour makes calls slower, and none faster. */
static double
least(void (*part)(void *), void *arg)
{
	const double begun = now();
	double best = 1e9;

	part(arg);
	do {
		const double t = now();
		double took;

		part(arg);
		took = now() - t;
		best = took < best ? took : best;
	} while (now() - begun < 0.4);
	return best;
}

#if defined(__AVX512F__)
#define WIDTH 16
#elif defined(__AVX__)
#define WIDTH 8
#else
#define WIDTH 4
#endif
typedef float vec __attribute__((vector_size(4 * WIDTH)));
enum { CHAINS = 10, ROUNDS = 20000 };

static void
arithmetic(void *arg)
{
	vec *x = arg, sum[CHAINS];
	const vec w = x[CHAINS];

	for (int c = 0; c < CHAINS; c++)
		sum[c] = x[c];
	for (int r = 0; r < ROUNDS; r++)
		for (int c = 0; c < CHAINS; c++) {
			vec product = w;

			/* A multiplication that does not wait for the sum, and is not taken out of the loop. */
			__asm__("" : "+x"(product));
			sum[c] += product * w;
		}
	for (int c = 0; c < CHAINS; c++)
		x[c] = sum[c];
}

struct step {
	struct rn_lattice coarse, fine;
	struct rn_tc tc;
	struct rn_invrg m;
	struct rn_invrg_step *noisy;
	float *w, *x, *y, *from;
	struct rn_field_means means;
};

static void
copy(void *arg)
{
	struct step *s = arg;

	memcpy(s->y, s->from, s->fine.sites * sizeof(float));
}

static void
map(void *arg)
{
	struct step *s = arg;

	rn_tc_apply(&s->tc, s->w, s->x, false, s->y);
}

static void
with_noise(void *arg)
{
	struct step *s = arg;
	const struct rn_random_key key = { { 1, 2 } };

	rn_invrg_step_apply(s->noisy, &key, 0, s->x, s->y);
}

static void
measure(void *arg)
{
	struct step *s = arg;

	s->means = rn_field_measure(&s->fine, RN_F32, s->y);
}

static bool
make(struct step *s, size_t L, size_t K)
{
	const size_t coarse[2] = { L, L }, fine[2] = { 2 * L, 2 * L };
	struct rn_error err;

	s->coarse = rn_lattice_make(2, coarse);
	s->fine = rn_lattice_make(2, fine);
	if (rn_tc_create(&s->tc, &s->coarse, 2, K, &err) != RN_OK ||
		rn_invrg_create_linear(&s->m, 2, 2, K, &err) != RN_OK)
		return false;
	for (size_t e = 0; e < K * K; e++)
		s->m.kernel[e] = 1.0 / (double)(e + 2);
	for (size_t q = 0; q < 4; q++)
		s->m.noise[5 * q] = 0.2;
	s->w = calloc(s->tc.weights, sizeof *s->w);
	s->x = calloc(s->coarse.sites, sizeof *s->x);
	s->y = calloc(s->fine.sites, sizeof *s->y);
	s->from = calloc(s->fine.sites, sizeof *s->from);
	if (!s->w || !s->x || !s->y || !s->from ||
		rn_invrg_step_create(&s->noisy, &s->m, &s->coarse, RN_F32, 1, &err) != RN_OK)
		return false;
	for (size_t e = 0; e < s->tc.weights; e++)
		s->w[e] = 1.0f / (float)(e + 2);
	for (size_t i = 0; i < s->coarse.sites; i++)
		s->x[i] = (float)(i % 7) - 3;
	memset(s->from, 1, s->fine.sites * sizeof *s->from);
	return true;
}

int
main(int argc, char **argv)
{
	static vec x[CHAINS + 1];
	const size_t L = argc > 1 ? (size_t)atol(argv[1]) : 256, K = argc > 2 ? (size_t)atol(argv[2]) : 6;
	struct step s = { 0 };

	if (!make(&s, L, K))
		return 71;

	const double sites = (double)s.fine.sites;
	const double flops = 2.0 * CHAINS * ROUNDS * WIDTH / least(arithmetic, x);
	const double bytes = 2 * sites * sizeof(float) / least(copy, &s);
	const double mapped = least(map, &s), noisy = least(with_noise, &s);
	const double computed = sites * (double)(K * K) / 2 / flops, moved = 5 * sites / bytes;

	printf("flops %.1f\ncopy %.1f\n", flops * 1e-9, bytes * 1e-9);
	printf("map %.4f\nlimit %.4f\n", mapped / sites * 1e9,
		(computed > moved ? computed : moved) / sites * 1e9);
	printf("noise %.4f\nmeasure %.4f\n", (noisy - mapped) / sites * 1e9,
		least(measure, &s) / sites * 1e9);
	return 0;
}
