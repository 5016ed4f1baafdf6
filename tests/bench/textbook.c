/*
 * textbook - Metropolis as it is taught: one spin at a time, in raster order, a table of exp(-2 s h / T)
 *
 * textbook L SWEEPS prints "seconds X", what the sweeps took. xoshiro256+ for the random numbers.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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
sweep(int8_t *s, int L, const double accept[5])
{
	for (int y = 0; y < L; y++)
		for (int x = 0; x < L; x++) {
			int right = s[y * L + (x + 1) % L], left = s[y * L + (x + L - 1) % L];
			int below = s[(y + 1) % L * L + x], above = s[(y + L - 1) % L * L + x];
			int cost = s[y * L + x] * (right + left + below + above);

			if (cost <= 0 || uniform() < accept[cost])
				s[y * L + x] = (int8_t)-s[y * L + x];
		}
}

int
main(int argc, char **argv)
{
	int L = argc > 1 ? atoi(argv[1]) : 0;
	long sweeps = argc > 2 ? atol(argv[2]) : 0;
	int8_t *s = L > 0 ? malloc((size_t)L * (size_t)L) : NULL;
	struct timespec a, b;
	double accept[5];

	if (!s)
		return 64;
	for (int i = 0; i < L * L; i++)
		s[i] = uniform() < 0.5 ? 1 : -1;
	for (int cost = 0; cost <= 4; cost++)
		accept[cost] = exp(-2 * cost / 2.269185314213022);
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (long i = 0; i < sweeps; i++)
		sweep(s, L, accept);
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("seconds %.6f\n", (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec));
	free(s);
	return 0;
}
