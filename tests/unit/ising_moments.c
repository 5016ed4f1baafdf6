/*
 * ising_moments - against tables of 20 digits, the sum over all states of small lattices, and what is known of large ones
 */
#include "renorm/ising_moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/ising_exact.h"
#include "tap.h"

enum { MAX_SITES = 4096 };

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

/* The next line of numbers: n of them, the rest left alone. */
static bool
row(FILE *f, double x[], size_t n)
{
	char line[4096];

	while (fgets(line, sizeof line, f)) {
		char *p = line;

		if ((line[0] < '0' || line[0] > '9') && line[0] != '-')
			continue;
		for (size_t i = 0; i < n; i++, p += *p == ',')
			x[i] = strtod(p, &p);
		return true;
	}
	return false;
}

static void
keep_worst(double *worst, double error)
{
	if (!(error <= *worst)) /* NaN is the worst of all */
		*worst = error;
}

static double
relative(double got, double want)
{
	return got == want ? 0 : fabs(got - want) / fabs(want);
}

static struct rn_ising_moments
moments(const struct rn_lattice *l, double T, double h)
{
	struct rn_ising_moments m = { NAN, NAN, NAN, NAN };
	struct rn_error err;

	if (rn_ising_moments(l, T, h, &m, &err) != RN_OK)
		printf("# %s\n", err.text);
	return m;
}

static void
test_table(void)
{
	FILE *f = table("ising2d_moments.csv");
	double x[6], worst[2] = { 0 };
	int rows = 0;

	if (!OK(f, "ising2d_moments.csv opens"))
		return;
	for (; row(f, x, 6); rows++) {
		struct rn_lattice l = lattice(2, (size_t)x[0], (size_t)x[0]);
		struct rn_ising_moments m = moments(&l, x[1], 0);
		double *w = worst + (x[0] > 8); /* of which the table has about 13 digits */

		keep_worst(w, relative(m.absm, x[2]));
		keep_worst(w, relative(m.m2, x[3]));
		keep_worst(w, relative(m.m4, x[4]));
	}
	fclose(f);
	OK(rows == 45, "45 rows, got %d", rows);
	OK(worst[0] < 5e-15, "absm, m2, m4 for L <= 8: relative error %.1e", worst[0]);
	OK(worst[1] < 1e-12, "the same for L = 10: %.1e", worst[1]);
}

static void
test_field_table(void)
{
	FILE *f = table("ising2d_moments_field.csv");
	double x[7], worst = 0;
	int rows = 0, lattices = 0;

	if (!OK(f, "ising2d_moments_field.csv opens"))
		return;
	for (; row(f, x, 7); rows++) {
		struct rn_lattice l = lattice(2, (size_t)x[0], (size_t)x[0]);
		struct rn_ising_moments m = moments(&l, x[1], x[2]), minus = moments(&l, x[1], -x[2]);

		keep_worst(&worst, fmax(relative(m.m, x[3]), relative(m.absm, x[4])));
		keep_worst(&worst, fmax(relative(m.m2, x[5]), relative(m.m4, x[6])));
		keep_worst(&worst, fmax(relative(minus.m, -x[3]), relative(minus.m2, x[5])));
		lattices |= 1 << l.cols;
	}
	fclose(f);
	OK(rows > 30 && (lattices & (lattices - 1)), "%d rows, several L", rows);
	OK(worst < 1e-14, "in a field of either sign: relative error %.1e", worst);
}

static void
test_ring_table(void)
{
	FILE *f = table("ising1d.csv");
	double x[8], worst = 0;
	int rows = 0;

	if (!OK(f, "ising1d.csv opens"))
		return;
	for (; row(f, x, 8); rows++) {
		struct rn_lattice l = lattice(1, 1, (size_t)x[0]);
		struct rn_ising_moments m = moments(&l, x[1], x[2]);

		keep_worst(&worst, fmax(relative(m.m, x[6]), relative(m.m2, x[7])));
	}
	fclose(f);
	OK(rows == 144, "144 rows, got %d", rows);
	OK(worst < 1e-11, "rings: m and m2, relative error %.1e", worst);
}

/* P(M) from the number of states g(E, M) of the 4 x 4 torus, at temperatures the table does not have too. */
static void
test_density_of_states(void)
{
	static const double Ts[] = { 0.1, 0.3, 1.5, 2.269185314213022, 3, 100, INFINITY },
			    hs[] = { 0, 0.2, -1 };
	struct rn_lattice l = lattice(2, 4, 4);
	double x[3], worst = 0;
	FILE *f = table("ising2d_hist_L4.csv");
	int rows = 0;

	if (!OK(f, "ising2d_hist_L4.csv opens"))
		return;
	for (size_t i = 0; i < sizeof Ts / sizeof Ts[0]; i++)
		for (size_t j = 0; j < sizeof hs / sizeof hs[0]; j++) {
			long double want[17] = { 0 }, z = 0;
			double p[17];

			rewind(f);
			for (rows = 0; row(f, x, 3); rows++)
				want[((int)x[1] + 16) / 2] +=
					x[2] * expl(-(x[0] + 32) / (long double)Ts[i] + hs[j] * x[1]);
			for (int k = 0; k <= 16; k++)
				z += want[k];
			if (rn_ising_magnetisation_law(&l, Ts[i], hs[j], p, NULL) != RN_OK)
				p[0] = NAN;
			for (int k = 0; k <= 16; k++)
				keep_worst(&worst, relative(p[k], (double)(want[k] / z)));
		}
	fclose(f);
	OK(rows > 17, "%d rows", rows);
	OK(worst < 3e-14, "each P(M) of 4 x 4, down to 1e-130: relative error %.1e", worst);
}

/* All 2^N states, bond by bond as renorm/lattice.h defines them. */
static void
list_states(const struct rn_lattice *l, double T, double h, double p[])
{
	long double weight[32] = { 0 }, z = 0;
	const int bonds = (int)l->bonds;

	for (size_t s = 0; s < (size_t)1 << l->sites; s++) {
		int sum = 0, up = __builtin_popcountll(s);

		for (size_t y = 0; y < l->rows; y++)
			for (size_t x = 0; x < l->cols; x++) {
				int here = s >> (y * l->cols + x) & 1 ? 1 : -1;
				int right = s >> (y * l->cols + (x + 1) % l->cols) & 1 ? 1 : -1;
				int below = s >> ((y + 1) % l->rows * l->cols + x) & 1 ? 1 : -1;

				sum += here * right + (l->dim == 2 ? here * below : 0);
			}
		if (T > 0 || sum == bonds)
			weight[up] +=
				expl((T > 0 ? (sum - bonds) / (long double)T : 0) + 2 * up * (long double)h);
	}
	for (size_t k = 0; k <= l->sites; k++)
		z += weight[k];
	for (size_t k = 0; k <= l->sites; k++)
		p[k] = (double)(weight[k] / z);
}

static void
test_states(unsigned d, size_t rows, size_t cols)
{
	static const double Ts[] = { 0, 0.4, 1, 2.269185314213022, 5, 1e4, INFINITY },
			    hs[] = { 0, 0.1, -0.7, 5 };
	struct rn_lattice l = lattice(d, rows, cols);
	double got[32] = { 0 }, want[32], worst = 0;

	for (size_t i = 0; i < sizeof Ts / sizeof Ts[0]; i++)
		for (size_t j = 0; j < sizeof hs / sizeof hs[0]; j++) {
			list_states(&l, Ts[i], hs[j], want);
			if (rn_ising_magnetisation_law(&l, Ts[i], hs[j], got, NULL) != RN_OK)
				got[0] = NAN;
			for (size_t k = 0; k <= l.sites; k++)
				keep_worst(&worst, relative(got[k], want[k]));
		}
	OK(worst < 3e-14, "all states of %uD %zux%zu: relative error of each P %.1e", d, rows, cols, worst);
}

/* All spins are up with the probability exp(K bonds) / Z, and Z is known of every size (renorm/ising_exact.h). */
static void
test_partition_function(unsigned d, size_t rows, size_t cols)
{
	static const double Ts[] = { 1, 2.269185314213022, 4 };
	static double p[MAX_SITES + 1];
	struct rn_lattice l = lattice(d, rows, cols);
	double worst = 0;

	for (size_t i = 0; i < sizeof Ts / sizeof Ts[0]; i++) {
		if (rn_ising_magnetisation_law(&l, Ts[i], 0, p, NULL) != RN_OK)
			p[l.sites] = NAN;
		double lnz = ((double)l.bonds / Ts[i] - log(p[l.sites])) / (double)l.sites;
		keep_worst(&worst, relative(lnz, rn_ising_lnz_per_spin(&l, Ts[i])));
	}
	OK(worst < 1e-14, "%uD %zux%zu: ln Z from P(all up), relative error %.1e", d, rows, cols, worst);
}

/* T = inf: coins. */
static void
test_coins(const struct rn_lattice *l, double h)
{
	static double p[MAX_SITES + 1];
	const double N = (double)l->sites;
	double worst = 0, sum = 0;

	OK(rn_ising_magnetisation_law(l, INFINITY, h, p, NULL) == RN_OK, "%zux%zu", l->rows, l->cols);
	for (size_t k = 0; k <= l->sites; k++) {
		double up = (double)k;
		double ln = lgamma(N + 1) - lgamma(up + 1) - lgamma(N - up + 1) - up * log1p(exp(-2 * h)) -
			(N - up) * log1p(exp(2 * h));

		sum += p[k];
		if (ln > -600)
			keep_worst(&worst, relative(p[k], exp(ln)));
	}
	OK(worst < 1e-10, "%zux%zu: binomial at T = inf, h = %g, relative error %.1e", l->rows, l->cols, h,
		worst);
	OK(fabs(sum - 1) < 1e-13, "and its sum is 1 but for %.1e", sum - 1);
}

static void
test_large(void)
{
	struct rn_lattice twelve = lattice(2, 12, 12), long_ = lattice(2, 64, 6),
			  ring = lattice(1, 1, MAX_SITES);
	static const double Ts[] = { 0.01, 0.3, 1, 5 }, hs[] = { 0, 1e-4, -0.1 };
	double worst = 0;

	test_coins(&twelve, 0);
	test_coins(&long_, 0.3);
	test_coins(&ring, -0.05);
	for (size_t i = 0; i < sizeof Ts / sizeof Ts[0]; i++)
		for (size_t j = 0; j < sizeof hs / sizeof hs[0]; j++) {
			struct rn_ising_moments m = moments(&ring, Ts[i], hs[j]);
			struct rn_ising_ring_values o = rn_ising_ring(ring.sites, Ts[i], hs[j]);

			keep_worst(&worst, fmax(relative(m.m, o.m), relative(m.m2, o.m2)));
		}
	OK(worst < 1e-10, "a ring of %d: m and m2, relative error %.1e", MAX_SITES, worst);
}

/* d<m>/dh = N (<m^2> - <m>^2) */
static void
test_response(void)
{
	struct rn_lattice l = lattice(2, 10, 10);
	double d = 1e-4, slope = (moments(&l, 2.5, 0.01 + d).m - moments(&l, 2.5, 0.01 - d).m) / (2 * d);
	struct rn_ising_moments m = moments(&l, 2.5, 0.01);

	OK(relative(slope, 100 * (m.m2 - m.m * m.m)) < 1e-5,
		"10 x 10: response to a field is the fluctuation");
}

static void
test_limits(void)
{
	struct rn_lattice square = lattice(2, 10, 10), point = lattice(2, 1, 1), wide = lattice(2, 13, 13),
			  far = lattice(2, 12, 65), thin = lattice(2, 64, 1),
			  chain = lattice(1, 1, MAX_SITES + 1);
	struct rn_ising_moments m = moments(&square, 0, 0);
	struct rn_error err;

	OK(m.m == 0 && m.absm == 1 && m.m2 == 1 && m.m4 == 1, "T = 0: all up or all down");
	m = moments(&square, 0.01, 1e-3);
	OK(relative(m.m, tanh(0.1)) < 1e-14 && m.absm == 1, "T = 0.01: the field acts on all spins as one");
	m = moments(&square, 2, 10);
	OK(relative(1 - m.m, 2 * exp(-24)) < 1e-5,
		"strong fields do not overflow: one spin is down now and then");
	m = moments(&square, 2, -1e6);
	OK(m.m == -1, "nor do absurd ones");
	m = moments(&point, 1, 0.5);
	OK(relative(m.m, tanh(0.5)) < 1e-15, "1 x 1: a free spin");
	OK(rn_ising_moments_possible(&thin) && !rn_ising_moments_possible(&wide) &&
			!rn_ising_moments_possible(&far) && !rn_ising_moments_possible(&chain),
		"what is possible");
	OK(rn_ising_moments(&wide, 1, 0, &m, &err) == RN_EUSAGE && strstr(err.text, "13x13"), "13 x 13: %s",
		err.text);
	OK(rn_ising_moments(&square, -1, 0, &m, &err) == RN_EUSAGE, "T < 0: %s", err.text);
	OK(rn_ising_moments(&square, NAN, 0, &m, &err) == RN_EUSAGE, "T = nan: %s", err.text);
	OK(rn_ising_moments(&square, 1, INFINITY, &m, &err) == RN_EUSAGE, "h = inf: %s", err.text);
}

int
main(void)
{
	static const size_t tori[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 5 }, { 2, 2 }, { 2, 5 },
		{ 3, 3 }, { 4, 3 }, { 3, 5 }, { 4, 4 }, { 7, 2 }, { 2, 8 } };

	test_table();
	test_field_table();
	test_ring_table();
	test_density_of_states();
	for (size_t i = 0; i < sizeof tori / sizeof tori[0]; i++)
		test_states(2, tori[i][0], tori[i][1]);
	for (size_t N = 1; N <= 8; N++)
		test_states(1, 1, N);
	test_partition_function(2, 5, 12);
	test_partition_function(2, 31, 7);
	test_partition_function(2, 12, 12);
	test_partition_function(2, 3, 64);
	test_partition_function(1, 1, 300);
	test_large();
	test_response();
	test_limits();
	return tap_done();
}
