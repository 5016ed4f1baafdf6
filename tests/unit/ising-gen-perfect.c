/*
 * ising-gen-perfect - exact samples of tori: their distributions, and the same written plainly, one bit at a time
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-gen/perfect.h"
#include "tap.h"

static const double Tc = 2.269185314213022;

static struct perfect
perfect_of(size_t rows, size_t cols)
{
	const size_t extents[] = { rows, cols };
	const struct rn_lattice t = rn_lattice_make(2, extents);
	struct perfect p;

	if (!perfect_init(&p, &t))
		exit(1);
	return p;
}

static void
start(struct perfect *p, double T, double h, uint64_t seed, uint64_t first_id)
{
	const struct ensemble e = ensemble_make(&p->lattice, T, h, seed);
	struct rn_error err;

	if (perfect_start(p, &e, first_id, &err)) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
}

static size_t
samples_of(size_t n) /* fewer where AES is made of tables */
{
	return words_level() == WORDS_ANY ? n / 10 : n;
}

/* --- distributions --------------------------------------------------------------- */

static struct rn_ising_sums *
sample(size_t L, double T, double h, size_t n)
{
	struct perfect p = perfect_of(L, L);
	struct rn_ising_sums *sums = calloc(n, sizeof *sums);

	if (!sums)
		exit(1);
	start(&p, T, h, 23, 0);
	for (size_t i = 0; i < n; i++)
		sums[i] = rn_ising_measure(&p.lattice, perfect_next(&p));
	perfect_clear(&p);
	return sums;
}

/* A file of exact values, beyond its '#' lines and its row of names. */
static FILE *
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

/* Chi-square of (E, M) in standard deviations (Wilson and Hilferty 1931); cells that expect fewer than 10 are one. */
static double
chi_square(const double p[33 * 33], const struct rn_ising_sums sums[], size_t n)
{
	static double seen[33 * 33];
	double poor = 0, few = 0, x = 0, f = -1;

	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < n; i++)
		seen[(32 - sums[i].bonds) / 2 * 33 + sums[i].spins + 16]++;
	for (size_t c = 0; c < 33 * 33; c++) {
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

/* P(E, M) on 4 x 4 at any T and h, from the numbers of states. */
static void
read_histogram(double T, double h, double p[33 * 33])
{
	FILE *f = reference("ising2d_hist_L4.csv");
	double sum = 0;
	int E, M, g;

	memset(p, 0, 33 * 33 * sizeof *p);
	while (fscanf(f, "%d,%d,%d,%*f,%*f,%*f", &E, &M, &g) == 3)
		sum += p[(E + 32) / 2 * 33 + M + 16] = g * exp(-(E + 32) / T + h * M);
	for (size_t c = 0; c < 33 * 33; c++)
		p[c] /= sum;
	fclose(f);
}

static void
test_histogram(double T, double h, size_t n)
{
	static double p[33 * 33];
	struct rn_ising_sums *sums = sample(4, T, h, n);
	double z;

	read_histogram(T, h, p);
	z = chi_square(p, sums, n);
	OK(fabs(z) < 4.5, "4 x 4, T = %g, h = %g: (E, M) of %zu samples, chi-square off by %.1f sigma", T, h,
		n, z);
	free(sums);
}

static double
sample_energy(size_t L, double T, size_t n)
{
	struct rn_ising_sums *sums = sample(L, T, 0, n);
	double e = 0;

	for (size_t i = 0; i < n; i++)
		e -= (double)sums[i].bonds / (double)(L * L * n);
	free(sums);
	return e;
}

/* e and its variance. */
static void
test_energy(size_t L, double T, size_t n, double wrong)
{
	FILE *f = reference("ising2d_energy.csv");
	double size, t, e, c, exact = NAN, error = NAN, mean;

	while (fscanf(f, "%lf,%lf,%*f,%lf,%lf", &size, &t, &e, &c) == 4)
		if (size == (double)L && t == T) {
			exact = e;
			error = sqrt(c * T * T / (double)(L * L * n));
		}
	fclose(f);
	mean = sample_energy(L, T / wrong, n);
	if (wrong == 1)
		OK(fabs(mean - exact) < 4.5 * error, "%zu x %zu, T = %g: e = %.5f(%.5f), exactly %.5f", L, L,
			T, mean, error, exact);
	else
		OK(fabs(mean - exact) > 4.5 * error,
			"%zu x %zu, T = %g, K wrong by %g%% is seen: e = %.5f(%.5f), exactly %.5f", L, L, T,
			100 * (wrong - 1), mean, error, exact);
}

/* <|m|>, <m^2>, <m^4> */
static void
test_moments(size_t L, double T, size_t n)
{
	static const int power[] = { 1, 2, 4 };
	FILE *f = reference("ising2d_moments.csv");
	struct rn_ising_sums *sums = sample(L, T, 0, n);
	double size, t, m[3], exact[3] = { NAN, NAN, NAN };

	while (fscanf(f, "%lf,%lf,%lf,%lf,%lf,%*f", &size, &t, &m[0], &m[1], &m[2]) == 5)
		if (size == (double)L && t == T)
			memcpy(exact, m, sizeof m);
	fclose(f);
	for (size_t k = 0; k < 3; k++) {
		double mean = 0, square = 0, error;

		for (size_t i = 0; i < n; i++) {
			double x = pow(fabs((double)sums[i].spins) / (double)(L * L), power[k]);

			mean += x / (double)n;
			square += x * x / (double)n;
		}
		error = sqrt((square - mean * mean) / (double)n);
		OK(fabs(mean - exact[k]) < 4.5 * error,
			"%zu x %zu, T = %g: |m|^%d = %.5f(%.5f), exactly %.5f", L, L, T, power[k], mean,
			error, exact[k]);
	}
	free(sums);
}

int
main(void)
{
	const size_t million = samples_of(1000000), some = samples_of(40000);

	test_histogram(1.5, 0, million);
	test_histogram(Tc, 0, million);
	test_histogram(3, 0, million);
	test_histogram(2, 0.1, million / 4);
	test_histogram(3, -0.5, million / 4);
	test_moments(3, 2, some);
	test_moments(3, Tc, some);
	test_energy(8, 1.5, some, 1);
	test_energy(8, 2.5, some, 1);
	test_energy(10, 2, some, 1);
	test_energy(10, Tc, 32768, 1);
	test_energy(10, Tc, 32768, 1.005);
	test_moments(10, 2, some);
	test_moments(10, 2.5, some);
	test_energy(16, 2, samples_of(8192), 1);
	test_energy(16, 2.5, samples_of(8192), 1);
	return tap_done();
}
