/*
 * textbook - the Ising model as it is taught: one spin at a time, or one cluster
 *
 * textbook metropolis L SWEEPS T        raster order, a table of exp(-2 s h / T)
 * textbook wolff L CONFIGURATIONS T     each after 10 N spins turned, on average
 *
 * prints "seconds X", what these took after some to warm up. xoshiro256+ for the random numbers.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct torus {
	int L;
	int8_t *s;
	int *stack; /* sites of a cluster whose neighbours have not been asked */
	double accept[5], bond;
};

static uint64_t state[4] = { 1, 2, 3, 4 };

static uint64_t
rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static double
uniform(void)
{
	uint64_t r = state[0] + state[3], t = state[1] << 17;

	state[2] ^= state[0];
	state[3] ^= state[1];
	state[1] ^= state[2];
	state[0] ^= state[3];
	state[2] ^= t;
	state[3] = rotate(state[3], 45);
	return (double)(r >> 11) * 0x1p-53;
}

static void
sweep(struct torus *t)
{
	const int L = t->L;

	for (int y = 0; y < L; y++) {
		int8_t *row = t->s + (size_t)y * (size_t)L;
		const int8_t *above = t->s + (size_t)(y ? y - 1 : L - 1) * (size_t)L;
		const int8_t *below = t->s + (size_t)(y < L - 1 ? y + 1 : 0) * (size_t)L;

		for (int x = 0; x < L; x++) {
			int right = row[x < L - 1 ? x + 1 : 0], left = row[x ? x - 1 : L - 1];
			int cost = row[x] * (right + left + below[x] + above[x]);

			if (cost <= 0 || uniform() < t->accept[cost])
				row[x] = (int8_t)-row[x];
		}
	}
}

/* Turns a cluster; returns how many spins it had. */
static int
turn_cluster(struct torus *t)
{
	const int L = t->L, N = L * L;
	int i = (int)(uniform() * N), top = 0, size = 1;
	const int8_t old = t->s[i];

	t->s[i] = (int8_t)-old;
	t->stack[top++] = i;
	while (top) {
		const int k = t->stack[--top], x = k % L, y = k / L;
		const int neighbour[4] = { x ? k - 1 : k + L - 1, x < L - 1 ? k + 1 : k + 1 - L,
			y ? k - L : k + N - L, y < L - 1 ? k + L : k + L - N };

		for (int j = 0; j < 4; j++)
			if (t->s[neighbour[j]] == old && uniform() < t->bond) {
				t->s[neighbour[j]] = (int8_t)-old;
				t->stack[top++] = neighbour[j];
				size++;
			}
	}
	return size;
}

/*
 * Clusters whose mean size makes 10 N spins. To stop when so many spins have been turned would prefer large
 * clusters, and shift the energy.
 */
static long
clusters_of_a_configuration(struct torus *t)
{
	const double N = (double)t->L * t->L;
	double turned = 0;
	long n = 0;

	while (turned < 100 * N)
		turned += turn_cluster(t);
	for (turned = 0; turned < 100 * N; n++)
		turned += turn_cluster(t);
	return (long)ceil(10 * N * (double)n / turned);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of n sweeps or configurations. */
static double
measure(struct torus *t, bool wolff, long n)
{
	double start;
	long clusters = 0;

	if (wolff)
		clusters = clusters_of_a_configuration(t);
	else
		for (int i = 0; i < 10; i++)
			sweep(t);
	start = now();
	for (long i = 0; i < n; i++)
		if (!wolff)
			sweep(t);
		else
			for (long k = 0; k < clusters; k++)
				turn_cluster(t);
	return now() - start;
}

int
main(int argc, char **argv)
{
	if (argc < 5 || atoi(argv[2]) < 1 || !(atof(argv[4]) > 0))
		return 64;

	struct torus t = { .L = atoi(argv[2]) };
	const double T = atof(argv[4]);
	const size_t N = (size_t)t.L * (size_t)t.L;

	t.s = malloc(N);
	t.stack = malloc(N * sizeof *t.stack);
	for (int cost = 0; cost <= 4; cost++)
		t.accept[cost] = exp(-2 * cost / T);
	t.bond = 1 - exp(-2 / T);
	if (t.s && t.stack) {
		for (size_t i = 0; i < N; i++)
			t.s[i] = T < 2.26 || uniform() < 0.5 ? 1 : -1;
		printf("seconds %.6f\n", measure(&t, strcmp(argv[1], "wolff") == 0, atol(argv[3])));
	}
	free(t.s);
	free(t.stack);
	return t.s && t.stack ? 0 : 71;
}
