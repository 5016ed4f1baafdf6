/*
 * ising-exact - counts of states and coefficients of series: against listings, tables, each other, and Kaufman's Z
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-exact/states.h"
#include "renorm/ising_exact.h"
#include "renorm/ising_moments.h"
#include "renorm/ising_series.h"
#include "tap.h"

static struct rn_lattice
lattice(unsigned d, size_t rows, size_t cols)
{
	size_t extents[2] = { d == 2 ? rows : cols, cols };

	return rn_lattice_make(d, extents);
}

static FILE *
table(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	return fopen(path, "r");
}

static uint64_t *
count(const struct rn_lattice *l, bool joint)
{
	uint64_t *g = calloc(states_size(l, joint), sizeof *g);
	struct rn_error err;

	if (!g || states_count(l, joint, g, &err) != RN_OK)
		exit(1);
	return g;
}

/* Every configuration, measured as renorm/lattice.h does. */
static void
test_listing(unsigned d, size_t rows, size_t cols)
{
	struct rn_lattice l = lattice(d, rows, cols);
	uint64_t *g = count(&l, true), *energy = count(&l, false);
	uint64_t *want = calloc(states_size(&l, true), sizeof *want);
	size_t wrong = 0;

	if (!want)
		exit(1);
	for (size_t s = 0; s < (size_t)1 << l.sites; s++) {
		uint8_t bits[16] = { (uint8_t)s, (uint8_t)(s >> 8), (uint8_t)(s >> 16) };
		struct rn_ising_sums sums = rn_ising_measure(&l, bits);
		size_t up = ((size_t)sums.spins + l.sites) / 2, b = (l.bonds - (size_t)sums.bonds) / 2;

		want[up * (l.bonds + 1) + b]++;
	}
	for (size_t i = 0; i < states_size(&l, true); i++) {
		wrong += g[i] != want[i];
		energy[i % (l.bonds + 1)] -= want[i];
	}
	for (size_t b = 0; b <= l.bonds; b++)
		wrong += energy[b] != 0;
	OK(wrong == 0, "%u dimensions, %zux%zu: %zu counts differ from the listing", d, rows, cols, wrong);
	free(g);
	free(energy);
	free(want);
}

static void
test_table(void)
{
	FILE *f = table("ising2d_hist_L4.csv");
	struct rn_lattice l = lattice(2, 4, 4);
	uint64_t *g = count(&l, true);
	char line[1024];
	int rows = 0, wrong = 0;

	if (!OK(f, "the table of states opens"))
		return;
	while (fgets(line, sizeof line, f)) {
		char *p;
		long E = strtol(line, &p, 10), M = strtol(p + 1, &p, 10);

		if (line[0] == '#' || line[0] == 'E')
			continue;
		uint64_t *cell = &g[(size_t)((M + 16) / 2 * 33 + (E + 32) / 2)];
		wrong += *cell != strtoull(p + 1, NULL, 10);
		*cell = 0;
		rows++;
	}
	fclose(f);
	for (size_t i = 0; i < states_size(&l, true); i++)
		wrong += g[i] != 0;
	OK(rows == 80 && wrong == 0, "4x4: the %d counts of the table and no others, %d wrong", rows, wrong);
	free(g);
}

/* Kaufman's Z, and the moments in a field, which other programmes sum in floating point. */
static void
test_sums(size_t rows, size_t cols, bool joint)
{
	struct rn_lattice l = lattice(2, rows, cols);
	uint64_t *g = count(&l, joint), total = 0;
	const size_t bs = l.bonds + 1, ups = states_size(&l, joint) / bs;
	const double T = 2.1, h = joint ? 0.04 : 0, N = (double)l.sites;
	struct rn_ising_moments m = { 0 };
	struct rn_ising_values v = rn_ising_exact(&l, T);
	long double z = 0, m2 = 0;
	struct rn_error err;
	bool even = true;

	for (size_t up = 0; up < ups; up++)
		for (size_t b = 0; b < bs; b++) {
			uint64_t n = g[up * bs + b];
			long double M = joint ? 2 * (double)up - N : 0,
				    w = (long double)n * expl(-2 * (double)b / T + h * M);

			total += n;
			z += w;
			m2 += w * M * M / N / N;
			even = even && (b % 2 == 0 || n == 0);
			even = even && (!joint || n == g[(ups - 1 - up) * bs + b]);
		}
	OK(total == (l.sites == 64 ? 0 : (uint64_t)1 << l.sites), "%zux%zu: 2^%zu states (modulo 2^64)", rows,
		cols, l.sites);
	OK(even, "%zux%zu: broken bonds come in pairs, and M has no sign", rows, cols);
	if (joint) {
		OK(rn_ising_torus_in_field(&l, T, h, &v, &err) == RN_OK, "%s", "in a field");
		OK(rn_ising_moments(&l, T, h, &m, &err) == RN_OK, "%s", "moments");
		OK(fabs((double)(m2 / z) - m.m2) < 1e-14, "%zux%zu: <m^2> in a field", rows, cols);
	}
	OK(fabs((double)(logl(z) / N) + 2 / T - v.lnz) < 1e-15, "%zux%zu: ln Z to %.1e", rows, cols,
		fabs((double)(logl(z) / N) + 2 / T - v.lnz));
	free(g);
}

static void
test_limits(void)
{
	struct rn_lattice nine = lattice(2, 9, 9), long_ = lattice(2, 5, 13), ring = lattice(1, 1, 65);
	struct rn_error err;

	OK(!states_possible(&nine) && !states_possible(&long_) && !states_possible(&ring), "too large");
	OK(states_count(&nine, true, NULL, &err) == RN_EUSAGE, "and refused");
}

static void
test_coefficients(void)
{
	FILE *f = table("duality_series.csv");
	uint64_t G[RN_ISING_SERIES_MAX / 2 + 1];
	char line[256];
	int rows = 0, wrong = 0;

	rn_ising_series(G);
	OK(G[0] == 0 && G[1] == 0, "no loop of 0 or 2 bonds");
	if (!OK(f, "the table of coefficients opens"))
		return;
	while (fgets(line, sizeof line, f)) {
		char *p;
		uint64_t n = strtoull(line, &p, 10), num, den = 1;

		if (line[0] == '#' || line[0] == 'n')
			continue;
		num = strtoull(p + 1, &p, 10);
		if (*p == '/')
			den = strtoull(p + 1, NULL, 10);
		wrong += G[n / 2] * den != num * (n / 2);
		rows++;
	}
	fclose(f);
	OK(rows == 19 && wrong == 0, "%d coefficients as in the table, %d wrong", rows, wrong);
	/* Their ratio tends to tanh^-2 Kc = (1 + sqrt 2)^2 as 1 - 3/k: c diverges as ln, so G_k / k falls as k^-3. */
	const size_t last = RN_ISING_SERIES_MAX / 2;
	double k = (double)last, ratio = (double)G[last] / (double)G[last - 1] * (k - 1) / k;
	OK(fabs(ratio / (3 + 2 * M_SQRT2) - (1 - 3 / k)) < 6 / k / k, "the last has not wrapped: ratio %.4f",
		ratio);
}

/* N + 9 and so on of the thesis, and the counts of states: 2 p_k configurations have 2k broken bonds, k below L/2. */
static void
test_torus_series(void)
{
	uint64_t p[RN_ISING_SERIES_MAX / 2 + 1], N = 49;
	struct rn_lattice l = lattice(2, 7, 7);
	uint64_t *g = count(&l, false);

	OK(rn_ising_series_of_torus(N, 12, p), "%s", "7x7");
	OK(p[0] == 1 && p[1] == 0 && p[2] == N && p[3] == 2 * N && p[4] == N * (N + 9) / 2 &&
			p[5] == 2 * N * (N + 6) && p[6] == N * (N * N + 39 * N + 224) / 6,
		"the polynomials in N");
	OK(g[0] == 2 && g[4] == 2 * p[2] && g[6] == 2 * p[3], "7x7: states of 4 and 6 broken bonds");
	free(g);
	OK(rn_ising_series_of_torus(64, 6, p), "%s", "8x8");
	OK(!rn_ising_series_of_torus((uint64_t)1 << 40, 12, p), "what does not fit is not given");
}

int
main(void)
{
	test_listing(2, 3, 4);
	test_listing(2, 4, 3);
	test_listing(2, 2, 2);
	test_listing(2, 2, 5);
	test_listing(2, 1, 5);
	test_listing(2, 6, 1);
	test_listing(2, 1, 1);
	test_listing(2, 4, 4);
	test_listing(1, 1, 1);
	test_listing(1, 1, 2);
	test_listing(1, 1, 17);
	test_table();
	test_sums(5, 5, true);
	test_sums(6, 6, true);
	test_sums(5, 7, true);
	test_sums(8, 8, false);
	test_limits();
	test_coefficients();
	test_torus_series();
	return tap_done();
}
