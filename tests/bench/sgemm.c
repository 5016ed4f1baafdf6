/*
 * sgemm - the five matrix products of a CD-1 update, and nothing else: the limit of a trainer of RBMs
 *
 * sgemm N V H prints "seconds X": an epoch of N samples, 100 an update; the mean of a few after an update that
 * warms up. Operands stay where they are, in cache: nothing is drawn, read or moved.
 */
#include <cblas.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 100 };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *
filled(int n)
{
	float *x = aligned_alloc(64, ((size_t)n * sizeof *x + 63) / 64 * 64);

	for (int i = 0; x && i < n; i++)
		x[i] = (float)(i % 7 - 3) / 8;
	return x;
}

/* h = v W, v' = h W^T, h' = v' W, and the two halves of the gradient, v^T h - v'^T h'. */
static void
update(int V, int H, const float *W, const float *v, float *w, float *h, float *k, float *G)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, H, V, 1, v, V, W, H, 0, h, H);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, BATCH, V, H, 1, h, H, W, H, 0, w, V);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, H, V, 1, w, V, W, H, 0, k, H);
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, V, H, BATCH, 1, v, V, h, H, 0, G, H);
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, V, H, BATCH, -1, w, V, k, H, 1, G, H);
}

/* Seconds of one; x: the operands of update(). */
static double
epoch(int n, int V, int H, float *const x[6])
{
	int epochs = 0;
	double start, total = 0;

	update(V, H, x[0], x[1], x[2], x[3], x[4], x[5]);
	start = now();
	for (; epochs < 3 || total < 0.5; epochs++) {
		for (int i = 0; i < n / BATCH; i++)
			update(V, H, x[0], x[1], x[2], x[3], x[4], x[5]);
		total = now() - start;
	}
	return total / epochs;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0, V = argc > 2 ? atoi(argv[2]) : 0,
	    H = argc > 3 ? atoi(argv[3]) : 0;

	if (n < BATCH || V < 1 || H < 1)
		return 64;

	float *W = filled(V * H), *G = filled(V * H), *v = filled(BATCH * V), *w = filled(BATCH * V);
	float *h = filled(BATCH * H), *k = filled(BATCH * H);

	bool whole = W && G && v && w && h && k;

	openblas_set_num_threads(1);
	if (whole)
		printf("seconds %.6f\n", epoch(n, V, H, (float *const[]){ W, v, w, h, k, G }));
	free(W);
	free(G);
	free(v);
	free(w);
	free(h);
	free(k);
	return whole ? 0 : 71;
}
