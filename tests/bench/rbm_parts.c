/*
 * rbm_parts - what an update of rbm-train spends beside its five matrix products
 *
 * rbm_parts V H prints, of a CD-1 update of 100 samples, a line "PART MICROSECONDS" for: products, of BLAS alone;
 * nonlinearity, by which the three passes through the machine with biases, tanh and draw take longer than their
 * products; words, the random ones. The passes and the words are those of librenorm. What then is missing to the time
 * of an update is bits that become floats, biases and bookkeeping.
 */
#include <cblas.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "renorm/rbm.h"
#include "renorm/vecmath.h"

enum { BATCH = 100 };

struct parts {
	struct rn_rbm machine;
	struct rn_random_key key;
	float *v, *w, *h, *p, *G;
	uint64_t *words; /* for both layers */
	size_t blocks;
	int V, H;
};

static void
products(struct parts *x)
{
	const float *W = x->machine.W;
	const int V = x->V, H = x->H;

	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, H, V, 1, x->v, V, W, H, 0, x->p, H);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, BATCH, V, H, 1, x->h, H, W, H, 0, x->w, V);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, H, V, 1, x->v, V, W, H, 0, x->p, H);
}

static void
gradient(struct parts *x)
{
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, x->V, x->H, BATCH, 1, x->v, x->V, x->h, x->H, 0,
		x->G, x->H);
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, x->V, x->H, BATCH, -1, x->v, x->V, x->h, x->H, 1,
		x->G, x->H);
}

static void
passes(struct parts *x)
{
	const uint32_t *words = (const uint32_t *)x->words;

	rn_rbm_hidden(&x->machine, x->v, BATCH, words, x->p, x->h);
	rn_rbm_visible(&x->machine, x->h, BATCH, words, NULL, x->w);
	rn_rbm_hidden(&x->machine, x->v, BATCH, NULL, x->p, NULL);
}

static void
draw_words(struct parts *x)
{
	rn_random_fill(&x->key, 0, 0, x->words, x->blocks);
}

/* Microseconds of one call. */
static double
time_of(void (*part)(struct parts *), struct parts *x)
{
	struct timespec a, b;
	double total = 0;
	long n = 0;

	part(x);
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (; total < 0.3; n++) {
		part(x);
		clock_gettime(CLOCK_MONOTONIC, &b);
		total = (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
	}
	return 1e6 * total / (double)n;
}

static void
measure(struct parts *x)
{
	for (int i = 0; i < x->V * x->H; i++)
		x->machine.W[i] = (float)(i % 7) / 70 - 0.04f;
	rn_blas_threads(1);
	draw_words(x);

	const double forward = time_of(products, x), back = time_of(gradient, x), all = time_of(passes, x);

	printf("products %.2f\nnonlinearity %.2f\nwords %.2f\n", forward + back, all - forward,
		time_of(draw_words, x));
}

static float *
spins(size_t n)
{
	float *x = aligned_alloc(64, (n * sizeof *x + 64) / 64 * 64);

	for (size_t i = 0; x && i < n; i++)
		x[i] = i % 3 ? 1 : -1;
	return x;
}

int
main(int argc, char **argv)
{
	struct parts x = { .V = argc > 1 ? atoi(argv[1]) : 0, .H = argc > 2 ? atoi(argv[2]) : 0 };
	struct rn_error err;

	if (x.V < 1 || x.H < 1)
		return 64;

	const size_t V = (size_t)x.V, H = (size_t)x.H;

	x.blocks = (BATCH * (V + H) + 3) / 4;
	x.words = malloc(x.blocks * 16);
	x.v = spins(BATCH * V);
	x.w = spins(BATCH * V);
	x.h = spins(BATCH * H);
	x.p = spins(BATCH * H);
	x.G = spins(V * H);

	bool whole = x.words && x.v && x.w && x.h && x.p && x.G &&
		rn_rbm_create(&x.machine, RN_UNITS_PM1, RN_UNITS_PM1, 1, &V, H, &err) == RN_OK;

	if (whole)
		measure(&x);
	rn_rbm_clear(&x.machine);
	free(x.words);
	free(x.v);
	free(x.w);
	free(x.h);
	free(x.p);
	free(x.G);
	return whole ? 0 : 71;
}
