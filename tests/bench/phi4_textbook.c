/*
 * phi^4 as the textbooks have it: phi4_textbook L SWEEPS prints "seconds X"
 *
 * Metropolis in raster order, one lattice, doubles, random numbers of erand48's kind but faster (xorshift64*);
 * kappa = 1, lambda = 0.7, mu2 = -0.9515.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state = 88172645463325252u;

static double
uniform(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (double)(state * 2685821657736338717u >> 11) * 0x1p-53;
}

static void
sweep(double *phi, int L, double a, double b, double step)
{
	for (int y = 0; y < L; y++)
		for (int x = 0; x < L; x++) {
			const double h = phi[(y + L - 1) % L * L + x] + phi[(y + 1) % L * L + x] +
				phi[y * L + (x + L - 1) % L] + phi[y * L + (x + 1) % L];
			const double p = phi[y * L + x], q = p + step * (2 * uniform() - 1);
			const double more = (q - p) * ((q + p) * (a + b * (q * q + p * p)) - h);

			if (more <= 0 || uniform() < exp(-more))
				phi[y * L + x] = q;
		}
}

int
main(int argc, char **argv)
{
	const int L = argc > 2 ? atoi(argv[1]) : 32, sweeps = argc > 2 ? atoi(argv[2]) : 1;
	double *phi = calloc((size_t)L * (size_t)L, sizeof *phi);
	struct timespec begun, done;

	if (!phi)
		return 1;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	for (int i = 0; i < sweeps; i++)
		sweep(phi, L, (-0.9515 + 4) / 2, 0.7 / 4, 2);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &done);
	printf("seconds %.6f\n",
		(double)(done.tv_sec - begun.tv_sec) + 1e-9 * (double)(done.tv_nsec - begun.tv_nsec));
	free(phi);
	return 0;
}
