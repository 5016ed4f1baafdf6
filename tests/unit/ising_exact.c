/*
 * ising_exact - against tables of 20 digits, and against the sum over all states of small tori and rings
 */
#include "renorm/ising_exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The next line that is neither a comment nor the row of names: `n` comma-separated numbers. */
static bool
row(FILE *f, double x[], size_t n)
{
	char line[4096];

	while (fgets(line, sizeof line, f)) {
		char *p = line;

		if (line[0] < '0' || line[0] > '9')
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

/* In units of what the sums over states below are good for: they subtract terms of order 1. */
static double
of_rounding(double got, long double want)
{
	return (double)(fabsl(got - want) / (2e-15 * fabsl(want) + 3e-17L));
}

static double
relative(double got, double want)
{
	return fabs(got - want) / fabs(want);
}

static void
test_energy_table(void)
{
	FILE *f = table("ising2d_energy.csv");
	double x[5], lnz = 0, e = 0, c = 0, T = 0;
	int rows = 0;

	if (!OK(f, "the table of tori opens"))
		return;
	for (; row(f, x, 5); rows++) {
		struct rn_lattice l = lattice(2, (size_t)x[0], (size_t)x[0]);
		struct rn_ising_values o = rn_ising_exact(&l, x[1]);

		keep_worst(&lnz, relative(o.lnz, x[2]));
		keep_worst(&e, relative(o.e, x[3]));
		/* At T = 0.5 only a 1e-4 of the largest term is left of c. */
		keep_worst(&c, relative(o.c, x[4]));
		/* e carries half a unit in its last place, 2.2e-16, which is this much in T. */
		keep_worst(&T, fabs(rn_ising_temperature(&l, x[3]) - x[1]) / (1e-14 * x[1] + 4.4e-16 / x[4]));
	}
	fclose(f);
	OK(rows == 54, "54 rows, got %d", rows);
	OK(lnz < 2e-15, "tori: ln Z, relative error %.1e", lnz);
	OK(e < 2e-15, "tori: e, relative error %.1e", e);
	OK(c < 1e-11, "tori: c, relative error %.1e", c);
	OK(T < 1, "tori: T(e) to the rounding of e, %.2f of it", T);
}

/* Kaufman's formula with 60 digits, derivatives by differences. */
static void
test_large_tori(void)
{
	static const double table[][6] = {
		/* rows, columns, T, lnz, e, c */
		{ 1024, 1024, 2.0, 1.0257934737315811651, -1.7455645753125539646, 0.72487144860157392778 },
		{ 1024, 1024, 2.269185314213022, 0.92969600860927292096, -1.414821413216524636,
			3.5658628737173205744 },
		{ 1024, 1024, 2.2692, 0.92969197356717263952, -1.4147690298009386628, 3.5680248399290513031 },
		{ 1024, 1024, 2.3, 0.9215777821743865051, -1.3428663876963648201, 1.8223686864574256747 },
		{ 4096, 4096, 2.0, 1.02579285400970905, -1.7455645753125539646, 0.72487144860157392778 },
		{ 4096, 4096, 2.269185314213022, 0.92969543648333478026, -1.414365525129066855,
			4.2515641232350651546 },
		{ 4096, 4096, 2.2692, 0.92969140275584710504, -1.4143030247344469869, 4.2600363223505988997 },
		{ 4096, 4096, 2.3, 0.92157778217438639705, -1.3428663876959274201, 1.8223686861231035503 },
		{ 3, 1000, 2.0, 1.0510922184328848901, -1.6089588949159424497, 0.70611196004798571503 },
		{ 3, 1000, 2.269185314213022, 0.96117266932622260472, -1.4142135623730949874,
			0.72109958021058595244 },
		{ 3, 1000, 2.2692, 0.96116863595814219019, -1.4142029724742401613, 0.72109740525888170008 },
		{ 3, 1000, 2.3, 0.95288804681072391743, -1.3920693659127643174, 0.71596097698220046399 },
	};
	double lnz = 0, e = 0, c = 0;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const double *x = table[i];
		struct rn_lattice l = lattice(2, (size_t)x[0], (size_t)x[1]);
		struct rn_ising_values o = rn_ising_exact(&l, x[2]);

		keep_worst(&lnz, relative(o.lnz, x[3]));
		keep_worst(&e, relative(o.e, x[4]));
		keep_worst(&c, relative(o.c, x[5]));
	}
	OK(lnz < 1e-15 && e < 4e-15, "large tori: ln Z and e, relative errors %.1e, %.1e", lnz, e);
	OK(c < 2e-12, "large tori: c, relative error %.1e", c);
}

static void
test_ring_table(void)
{
	FILE *f = table("ising1d.csv");
	double x[9], lnz = 0, e = 0, m = 0, m2 = 0, zero = 0, T = 0;
	int rows = 0;

	if (!OK(f, "the table of rings opens"))
		return;
	for (; row(f, x, 9); rows++) {
		size_t N = (size_t)x[0];
		struct rn_ising_ring_values o = rn_ising_ring(N, x[1], x[2]);

		keep_worst(&lnz, relative(o.lnz, x[3]));
		keep_worst(&e, relative(o.e, x[4]));
		keep_worst(&m, x[6] == 0 ? fabs(o.m) : relative(o.m, x[6]));
		keep_worst(&m2, relative(o.m2, x[7]));
		if (x[2] != 0)
			continue;

		struct rn_lattice l = lattice(1, 1, N);
		struct rn_ising_values v = rn_ising_exact(&l, x[1]);
		keep_worst(&zero,
			fmax(relative(v.lnz, x[3]), fmax(relative(v.e, x[4]), relative(v.c, x[5]))));
		keep_worst(&T, fabs(rn_ising_temperature(&l, x[4]) - x[1]) / (1e-14 * x[1] + 4.4e-16 / x[5]));
	}
	fclose(f);
	OK(rows == 144, "144 rows, got %d", rows);
	OK(lnz < 5e-15 && e < 5e-15, "rings: ln Z and e, relative errors %.1e, %.1e", lnz, e);
	OK(m < 5e-15 && m2 < 5e-15, "rings: m and m2, relative errors %.1e, %.1e", m, m2);
	OK(zero < 5e-15, "rings without field: ln Z, e and c, relative error %.1e", zero);
	OK(T < 1, "rings: T(e) to the rounding of e, %.2f of it", T);
}

/* All 2^N states, bond by bond as renorm/lattice.h defines them. */
struct listing {
	int bonds, spins;
};

static size_t
list_states(const struct rn_lattice *l, struct listing **out)
{
	size_t n = (size_t)1 << l->sites;

	*out = calloc(n, sizeof **out);
	if (!*out)
		exit(1);
	for (size_t s = 0; s < n; s++)
		for (size_t y = 0; y < l->rows; y++)
			for (size_t x = 0; x < l->cols; x++) {
				int here = s >> (y * l->cols + x) & 1 ? 1 : -1;
				int right = s >> (y * l->cols + (x + 1) % l->cols) & 1 ? 1 : -1;
				int below = s >> ((y + 1) % l->rows * l->cols + x) & 1 ? 1 : -1;

				(*out)[s].bonds += here * right + (l->dim == 2 ? here * below : 0);
				(*out)[s].spins += here;
			}
	return n;
}

struct moments {
	long double z, e, c, m, m2;
};

static struct moments
sum_states(const struct rn_lattice *l, const struct listing *state, size_t n, long double K, long double h)
{
	struct moments o = { 0 };
	long double N = (long double)l->sites, bonds = 0, bonds2 = 0;

	for (size_t s = 0; s < n; s++) {
		long double w = expl(K * state[s].bonds + h * state[s].spins);

		o.z += w;
		bonds += w * state[s].bonds;
		o.m += w * state[s].spins / N;
		o.m2 += w * state[s].spins * state[s].spins / (N * N);
	}
	for (size_t s = 0; s < n; s++) {
		long double d = state[s].bonds - bonds / o.z;

		bonds2 += expl(K * state[s].bonds + h * state[s].spins) * d * d;
	}
	o.e = -bonds / o.z / N;
	o.c = K * K * bonds2 / o.z / N;
	o.m /= o.z;
	o.m2 /= o.z;
	return o;
}

static void
test_states_of_torus(size_t rows, size_t cols)
{
	static const double Ts[] = { 0.6, 1, 1.9, 2.2, 2.269185314213022, 2.3, 3, 10, 1e4, INFINITY };
	struct rn_lattice l = lattice(2, rows, cols);
	struct listing *state;
	size_t n = list_states(&l, &state);
	double lnz = 0, e = 0, c = 0;

	for (size_t i = 0; i < sizeof Ts / sizeof Ts[0]; i++) {
		double K = 1 / Ts[i];
		struct moments want = sum_states(&l, state, n, 1 / (long double)Ts[i], 0);
		struct rn_ising_values o = rn_ising_exact(&l, Ts[i]);

		keep_worst(&lnz, of_rounding(o.lnz, logl(want.z) / (long double)l.sites));
		keep_worst(&e, of_rounding(o.e, want.e));
		keep_worst(&c, fabs(o.c - (double)want.c) / (K * K + 1e-300));
	}
	free(state);
	OK(lnz < 1 && e < 1, "all states of %zux%zu: ln Z and e differ by %.2f and %.2f of rounding", rows,
		cols, lnz, e);
	OK(c < 1e-14, "all states of %zux%zu: c / K^2 differs by %.1e", rows, cols, c);
}

static void
test_states_of_ring(size_t N)
{
	static const double Ts[] = { 0.4, 1, 3, 1e4, INFINITY }, hs[] = { 0, 1e-9, 0.1, -0.7, 3 };
	struct rn_lattice l = lattice(1, 1, N);
	struct listing *state;
	size_t n = list_states(&l, &state);
	double worst = 0;

	for (size_t i = 0; i < sizeof Ts / sizeof Ts[0]; i++)
		for (size_t j = 0; j < sizeof hs / sizeof hs[0]; j++) {
			struct moments want = sum_states(&l, state, n, 1 / (long double)Ts[i], hs[j]);
			struct rn_ising_ring_values o = rn_ising_ring(N, Ts[i], hs[j]);

			keep_worst(&worst, of_rounding(o.lnz, logl(want.z) / (long double)N));
			keep_worst(&worst, of_rounding(o.e, want.e));
			keep_worst(&worst, of_rounding(o.m, want.m));
			keep_worst(&worst, of_rounding(o.m2, want.m2));
			if (hs[j] != 0)
				continue;
			struct rn_ising_values v = rn_ising_exact(&l, Ts[i]);
			keep_worst(&worst, of_rounding(v.e, want.e));
			keep_worst(&worst, of_rounding(v.c, want.c));
		}
	free(state);
	OK(worst < 1, "all states of the ring of %zu: all differ by less than %.2f of rounding", N, worst);
}

static void
test_limits(void)
{
	struct rn_lattice tiny = lattice(2, 4, 4), large = lattice(2, 4096, 4096),
			  long_ = lattice(2, 3, 4096);
	struct rn_lattice chain = lattice(1, 1, 1000), self = lattice(2, 1, 4);
	const struct rn_lattice *all[] = { &tiny, &large, &long_, &chain, &self };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct rn_lattice *l = all[i];
		double ground = -(double)l->dim, last = ground;
		bool finite = true, rising = true;

		OK(rn_ising_energy(l, 0) == ground && rn_ising_energy(l, 1e-300) == ground,
			"%zux%zu: ground state", l->rows, l->cols);
		OK(rn_ising_specific_heat(l, 0) == 0 && rn_ising_specific_heat(l, 1e-200) == 0,
			"%zux%zu: no specific heat there", l->rows, l->cols);
		OK(rn_ising_lnz_per_spin(l, INFINITY) == M_LN2 || l->sites > 16 || l == &self ||
				fabs(rn_ising_lnz_per_spin(l, INFINITY) - M_LN2) < 2e-16,
			"%zux%zu: ln 2", l->rows, l->cols);
		OK(rn_ising_specific_heat(l, INFINITY) == 0, "%zux%zu: nor at T = inf", l->rows, l->cols);
		for (int k = 0; k <= 60; k++) {
			struct rn_ising_values o = rn_ising_exact(l, 0.01 * pow(10, k / 10.0));

			finite = finite && isfinite(o.lnz) && isfinite(o.e) && isfinite(o.c) && o.c >= 0;
			rising = rising && o.e >= last - 1e-15;
			last = o.e;
		}
		OK(finite, "%zux%zu: finite for 0.01 <= T <= 1e4", l->rows, l->cols);
		OK(rising, "%zux%zu: e does not fall with T", l->rows, l->cols);
		OK(isnan(rn_ising_energy(l, -1)) && isnan(rn_ising_energy(l, NAN)), "%zux%zu: no T < 0",
			l->rows, l->cols);
	}
	OK(relative(rn_ising_energy(&large, 1e12), -2e-12) < 1e-13, "e = -2K as K -> 0, relative error %.1e",
		relative(rn_ising_energy(&large, 1e12), -2e-12));
	/* The torus of 1 row: each spin has a self-bond, e = -1 + e(ring). */
	OK(rn_ising_energy(&self, INFINITY) == -1, "self-bonds at T = inf");
	/* Onsager's infinite lattice at Tc: -sqrt 2; the finite torus differs by O(1/L). */
	OK(fabs(rn_ising_energy(&large, 2.269185314213022) + M_SQRT2) < 1.0 / 4096,
		"L = 4096 at Tc is near -sqrt 2");
	/* lnz is ln 2 + K^2 + ... at high T and 2K + (ln 2)/N + ... at low. */
	OK(relative(rn_ising_lnz_per_spin(&tiny, 0.01), 200 + M_LN2 / 16) < 1e-15, "ln Z at T = 0.01");
}

/* c = de/dT, continuous through Tc, where the two sides use different formulas. */
static void
test_derivatives(void)
{
	static const size_t sizes[][2] = { { 5, 5 }, { 6, 9 }, { 64, 64 }, { 500, 300 }, { 4096, 4096 } };
	static const double Ts[] = { 1.2, 2.2, 2.269185314213022, 2.34, 5 };

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct rn_lattice l = lattice(2, sizes[i][0], sizes[i][1]);
		double worst = 0, swap = 0;

		for (size_t j = 0; j < sizeof Ts / sizeof Ts[0]; j++) {
			struct rn_lattice t = lattice(2, sizes[i][1], sizes[i][0]);
			double T = Ts[j], d = 1e-4;
			double e[4] = { rn_ising_energy(&l, T - 2 * d), rn_ising_energy(&l, T - d),
				rn_ising_energy(&l, T + d), rn_ising_energy(&l, T + 2 * d) };
			double slope = (e[0] - 8 * e[1] + 8 * e[2] - e[3]) / (12 * d);

			keep_worst(&worst, fabs(slope - rn_ising_specific_heat(&l, T)));
			keep_worst(&swap, fabs(rn_ising_energy(&l, T) - rn_ising_energy(&t, T)));
		}
		/* d^4 e''''' / 30: the peak of c has width 1/L, its fourth derivative grows as L^4. */
		double L = (double)sizes[i][0];
		OK(worst < 1e-10 + 1e-18 * L * L * L * L, "%zux%zu: c = de/dT to %.1e", sizes[i][0],
			sizes[i][1], worst);
		OK(swap < 2e-15, "%zux%zu: rows and columns may be exchanged", sizes[i][0], sizes[i][1]);
	}
}

static void
test_thermometer(void)
{
	struct rn_lattice square = lattice(2, 10, 10), ring = lattice(1, 1, 8), big = lattice(2, 1024, 1024);
	const struct rn_lattice *all[] = { &square, &ring, &big };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct rn_lattice *l = all[i];
		double ground = -(double)l->dim, worst = 0, last = 0;
		bool rising = true;

		OK(rn_ising_temperature(l, ground) == 0 && rn_ising_temperature(l, ground - 1) == 0,
			"not above the ground state: 0");
		OK(rn_ising_temperature(l, 0) == INFINITY && rn_ising_temperature(l, 0.1) == INFINITY,
			"not below 0: inf");
		OK(isnan(rn_ising_temperature(l, NAN)), "NaN stays NaN");
		for (int k = 0, n = l->sites > 1000 ? 20 : 200; k < n; k++) {
			double e = ground + 1e-12 - ground * k / n, T = rn_ising_temperature(l, e);

			/* K = 1/T and tanh K are rounded, which is felt as a change of T. */
			keep_worst(&worst,
				fabs(rn_ising_energy(l, T) - e) /
					(8.8e-16 * (1 + T * rn_ising_specific_heat(l, T))));
			rising = rising && T > last;
			last = T;
		}
		OK(worst < 1, "e(T(e)) = e to the rounding of T, %.2f of it", worst);
		worst = 0;
		OK(rising, "T(e) rises");
		for (int k = 3; k < 290; k += 9) {
			double e = -pow(10, -k);

			keep_worst(&worst, relative(rn_ising_energy(l, rn_ising_temperature(l, e)), e));
		}
		OK(worst < 1e-14, "the same relative to small e: %.1e", worst);
	}
}

int
main(void)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 4 }, { 5, 1 }, { 2, 2 },
		{ 2, 3 }, { 3, 2 }, { 3, 3 }, { 2, 7 }, { 3, 5 }, { 5, 3 }, { 4, 4 } };

	test_energy_table();
	test_large_tori();
	test_ring_table();
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		test_states_of_torus(sizes[i][0], sizes[i][1]);
	for (size_t N = 1; N <= 10; N++)
		test_states_of_ring(N);
	test_limits();
	test_derivatives();
	test_thermometer();
	return tap_done();
}
