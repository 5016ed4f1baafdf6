/*
 * lanes-kernel - the sweeps of src/ising-gen/lanes.c alone
 *
 * lanes-kernel L T H heatbath|metropolis NANOSECONDS prints spins/ns, the best of 40 runs of about that long, by the clock of the processor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/ising-gen/lanes.h"

#define RUNS 40

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int
main(int argc, char **argv)
{
	if (argc != 6)
		return 64;

	const size_t extents[] = { strtoul(argv[1], NULL, 10), strtoul(argv[1], NULL, 10) };
	const struct rn_lattice t = rn_lattice_make(2, extents);
	const struct ensemble e = ensemble_make(&t, strtod(argv[2], NULL), strtod(argv[3], NULL), 1);
	const uint64_t sweeps = (uint64_t)(strtod(argv[5], NULL) / (25.0 * (double)t.sites)) + 1;
	double best = 0;
	struct lanes l;

	if (!lanes_init(&l, &t, 1, 0, strcmp(argv[4], "heatbath") ? METROPOLIS : HEATBATH))
		return 71;
	lanes_start(&l, &e, START_AUTO);
	for (uint64_t run = 0; run < RUNS; run++) {
		double begin = now(), speed;

		lanes_sweep(&l, 0, run * sweeps, sweeps);
		speed = (double)(LANES * t.sites * sweeps) / (now() - begin);
		if (speed > best)
			best = speed;
	}
	printf("%.2f\n", best);
	lanes_clear(&l);
	return 0;
}
