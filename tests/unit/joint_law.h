/*
 * joint_law.h - the joint law of energy and magnetisation on tori of up to 16 sites, and how far samples are from it
 */
#ifndef JOINT_LAW_H
#define JOINT_LAW_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/lattice.h"
#include "tap.h"

enum { JOINT_CELLS = 33 * 33 };

static inline size_t
joint_cell(struct rn_ising_sums s)
{
	return (size_t)((32 - s.bonds) / 2 * 33 + s.spins + 16);
}

/* A file of exact values, beyond its '#' lines and its row of names. */
static inline FILE *
reference(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096], line[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f) && line[0] == '#')
		;
	if (!OK(f, "the reference %s opens", name))
		exit(1);
	return f;
}

/* By listing all states. */
static inline void
joint_law(const struct rn_lattice *l, double T, double h, double p[JOINT_CELLS])
{
	const double lowest = (double)l->bonds / T + (double)l->sites * fabs(h);
	double sum = 0;

	memset(p, 0, JOINT_CELLS * sizeof *p);
	for (uint64_t state = 0; state < (uint64_t)1 << l->sites; state++) {
		uint8_t bits[8 + 64] = { 0 };
		struct rn_ising_sums s;
		double weight;

		memcpy(bits, &state, sizeof state);
		s = rn_ising_measure(l, bits);
		weight = exp((double)s.bonds / T + h * (double)s.spins - lowest);
		p[joint_cell(s)] += weight;
		sum += weight;
	}
	for (size_t c = 0; c < JOINT_CELLS; c++)
		p[c] /= sum;
}

/* Chi-square in standard deviations (Wilson and Hilferty 1931); cells that expect fewer than 10 are one. */
static inline double
joint_chi_square(const double p[JOINT_CELLS], const struct rn_ising_sums sums[], size_t n)
{
	static double seen[JOINT_CELLS];
	double poor = 0, few = 0, x = 0, f = -1;

	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < n; i++)
		seen[joint_cell(sums[i])]++;
	for (size_t c = 0; c < JOINT_CELLS; c++) {
		double expected = (double)n * p[c];

		if (p[c] == 0 && seen[c] > 0)
			return INFINITY;
		if (expected < 10) {
			poor += expected;
			few += seen[c];
		} else {
			x += (seen[c] - expected) * (seen[c] - expected) / expected;
			f++;
		}
	}
	if (poor > 0) {
		x += (few - poor) * (few - poor) / fmax(poor, 1);
		f++;
	}
	return (cbrt(x / f) - 1 + 2 / (9 * f)) / sqrt(2 / (9 * f));
}

#endif
