/*
 * ising-gen-rows - samples of small tori from the transfer matrix: their probabilities, written plainly too, and what was drawn
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-gen/rows.h"
#include "ising_listing.h"
#include "renorm/ising_exact.h"
#include "renorm/ising_moments.h"
#include "tap.h"

static const double Tc = 2.269185314213022;

static struct rn_lattice
torus(size_t rows, size_t cols)
{
	const size_t extents[] = { rows, cols };

	return rn_lattice_make(2, extents);
}

static struct rows
rows_of(size_t rows, size_t cols)
{
	const struct rn_lattice l = torus(rows, cols);
	struct rows r;

	if (!rows_covers(&l) || !rows_init(&r, &l)) {
		printf("Bail out! %zu x %zu\n", rows, cols);
		exit(1);
	}
	return r;
}

static void
start(struct rows *r, double T, double h, uint64_t first_id, uint64_t n)
{
	const struct ensemble e = ensemble_make(&r->lattice, T, h, 29);

	rows_start(r, &e, first_id, n);
}

static void *
zeros(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		exit(1);
	return p;
}

/* --- probabilities, in floating point ------------------------------------------------ */

/* Site x of row y of the torus as rows.h has it: n sites a row. */
static size_t
site_of(const struct rows *r, size_t y, size_t x)
{
	return r->upright ? x * r->R + y : y * r->n + x;
}

static size_t
row_of(const struct rows *r, size_t configuration, size_t y)
{
	size_t row = 0;

	for (size_t x = 0; x < r->n; x++)
		row |= (configuration >> site_of(r, y, x) & 1) << x;
	return row;
}

/* Row y of a record. */
static size_t
drawn_row(const struct rows *r, const uint8_t *bits, size_t y)
{
	size_t row = 0;

	for (size_t x = 0; x < r->n; x++) {
		const size_t i = site_of(r, y, x);

		row |= (size_t)(bits[i / 8] >> i % 8 & 1) << x;
	}
	return row;
}

/* What the table says of a configuration, given its first row. */
static double
chance_by_table(const struct rows *r, size_t configuration)
{
	size_t u = row_of(r, configuration, 0);
	double p = 1;

	for (size_t y = 1; y < r->R; y++) {
		const size_t next = row_of(r, configuration, y);

		for (size_t x = r->n; x-- > 0;) {
			const double *g = r->table + ((r->R - 1 - y) * r->n + x) * r->states;
			const double stay = g[u], flip = r->q * g[u ^ (size_t)1 << x];
			const bool flipped = (u ^ next) >> x & 1;

			if (stay + flip == 0)
				return 0;
			p *= (flipped ? flip : stay) / (stay + flip);
			u ^= (size_t)flipped << x;
		}
	}
	return p;
}

static double
relative_error(double x, double exact)
{
	return exact < 1e-290 ? fabs(x) > 1e-280 : fabs(x / exact - 1);
}

/* Of all configurations with the first row along the field, and of all first rows: the largest relative error. */
static double
largest_error(struct rows *r, const struct listing *x)
{
	const struct rows_orbit *aligned = &r->orbit[r->orbits - 1];
	const size_t rows = (size_t)1 << r->n;
	long double *first = zeros(rows, sizeof *first);
	double sum = 0, all = 0, worst = 0;

	for (size_t c = 0; c < x->states; c++)
		first[row_of(r, c, 0)] += x->p[c];
	for (size_t k = 0; k < r->orbits; k++)
		sum += r->orbit[k].p;
	for (size_t k = 0; k < r->orbits; k++) {
		const double exact = (double)first[r->orbit[k].row] * r->orbit[k].members;
		const double p = r->orbit[k].p / sum;

		worst = fmax(worst, relative_error(p, exact));
		all += exact;
	}
	worst = fmax(worst, fabs(all - 1)); /* no row was forgotten */
	for (size_t c = 0; c < x->states; c++)
		if (row_of(r, c, 0) == aligned->row)
			worst = fmax(worst,
				relative_error(aligned->p / sum / aligned->members * chance_by_table(r, c),
					x->p[c]));
	free(first);
	return worst;
}

static void
test_precision(void)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 }, { 1, 7 }, { 9, 1 },
		{ 2, 8 }, { 3, 2 }, { 2, 3 }, { 5, 3 }, { 4, 4 } };
	static const double ensembles[][2] = { { 0.05, 0 }, { 0.05, 1e-3 }, { 0.7, -0.3 }, { Tc, 0 },
		{ Tc, 0.05 }, { 4, -20 }, { 1e4, 0.3 }, { 1e300, 0 } };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct listing x = listing_make(sizes[i][0], sizes[i][1]);
		struct rows r = rows_of(sizes[i][0], sizes[i][1]);
		double worst = 0;

		for (size_t k = 0; k < sizeof ensembles / sizeof *ensembles; k++) {
			const double T = ensembles[k][0], h = ensembles[k][1];

			listing_set(&x, T, h);
			start(&r, T, h, 0, 1000);
			rows_next(&r); /* the table of the last orbit stays: the first row along the field */
			/* exp() of large arguments is known to as many roundings of them; so is T */
			worst = fmax(worst, largest_error(&r, &x) / (1 + 4 / T + fabs(h)));
		}
		OK(worst < 2e-14, "%zux%zu: all probabilities are right, to %.1e and the rounding of T and h",
			sizes[i][0], sizes[i][1], worst);
		rows_clear(&r);
		listing_clear(&x);
	}
}

/* --- the same written plainly ---------------------------------------------------------- */

enum { PLAIN_STATES = 64 };

static double
plain_between(const struct rows *r, size_t s, size_t t)
{
	return pow(r->q, __builtin_popcountll(s ^ t));
}

/* g[j] = D V ... D V (., a) with j factors each. */
static void
plain_vectors(const struct rows *r, size_t a, double g[][PLAIN_STATES])
{
	const size_t rows = (size_t)1 << r->n;

	for (size_t s = 0; s < rows; s++)
		g[0][s] = s == a;
	for (size_t j = 1; j < r->R; j++)
		for (size_t s = 0; s < rows; s++) {
			g[j][s] = 0;
			for (size_t t = 0; t < rows; t++)
				g[j][s] += r->weight[s] * plain_between(r, s, t) * g[j - 1][t];
		}
}

/* P(next row | row, g) summed over the rows that agree with `row` in the sites >= x. */
static double
plain_sum(const struct rows *r, size_t from, const double g[], size_t row, size_t x)
{
	double sum = 0;

	for (size_t s = 0; s >> r->n == 0; s++)
		if (s >> x == row >> x)
			sum += plain_between(r, from, s) * g[s];
	return sum;
}

static size_t
plain_next(const struct rows *r, size_t from, const double g[], const uint64_t word[])
{
	size_t row = from;

	for (size_t k = 0; k < r->n; k++) {
		const size_t x = r->n - 1 - k, other = row ^ (size_t)1 << x;
		const double stay = plain_sum(r, from, g, row, x), flip = plain_sum(r, from, g, other, x);
		const double uniform = (double)(word[k] >> 1) * 0x1p-63;
		const bool likely = flip / stay > 2.7;

		if (likely ? uniform >= stay / (stay + flip) : uniform < flip / (stay + flip))
			row = other;
	}
	return row;
}

static size_t
plain_image(const struct rows *r, size_t row, size_t image)
{
	size_t out = 0;

	for (size_t x = 0; x < r->n; x++) {
		const size_t from = (x + image) % r->n, mirrored = r->n - 1 - from;
		const bool reflect = image / r->n % 2, flip = image / r->n / 2;

		out |= ((row >> (reflect ? mirrored : from) & 1) ^ flip) << x;
	}
	return out;
}

static bool
plain_is(const struct rows *r, uint64_t id, bool field, const uint8_t *bits)
{
	static double g[256][PLAIN_STATES];
	const size_t N = r->lattice.sites;
	uint64_t *word = zeros(N + 4, sizeof *word);
	size_t k = 0, row, image;
	bool same = true;

	rn_random_fill(&r->key, id, 0, word, N / 2 + 1);
	while (k + 1 < r->orbits && word[0] >= r->orbit[k].below)
		k++;
	row = r->orbit[k].row;
	image = (size_t)((double)word[1] * 0x1p-64 * (double)(r->n * (field ? 2 : 4)));
	plain_vectors(r, row, g);
	for (size_t y = 0; y < r->R; y++) {
		if (y > 0)
			row = plain_next(r, row, g[r->R - y], word + 2 + (y - 1) * r->n);
		same = same && plain_image(r, row, image) == drawn_row(r, bits, y);
	}
	for (size_t i = N; i < 8 * r->lattice.bytes; i++)
		same = same && !(bits[i / 8] >> i % 8 & 1);
	free(word);
	return same;
}

static void
test_plain(void)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 3 }, { 6, 6 }, { 5, 6 },
		{ 6, 5 }, { 1, 70 }, { 5, 13 }, { 33, 4 }, { 6, 32 } };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct rows r = rows_of(sizes[i][0], sizes[i][1]);
		const uint64_t n = 60;
		bool same = true;

		for (int field = 0; field < 2; field++) {
			start(&r, 2.4, -0.03 * field, 1000, n);
			for (uint64_t id = 1000; id < 1000 + n; id++)
				same = plain_is(&r, id, field, rows_next(&r)) && same;
		}
		OK(same, "%zux%zu: site by site what is documented", sizes[i][0], sizes[i][1]);
		rows_clear(&r);
	}
}

/* --- distributions of samples ------------------------------------------------------------ */

/* Of the configurations themselves, and of (E, M). */
static void
test_listed(size_t rows, size_t cols)
{
	static const double temperatures[] = { 0.7, 1.5, Tc, 4 }, fields[] = { 0, 0.05, -0.3 };
	const size_t n = 200000;
	struct listing x = listing_make(rows, cols);
	struct rows r = rows_of(rows, cols);
	const size_t cells = listing_cells(&x.lattice);
	double *seen = zeros(x.states, sizeof *seen), *law = zeros(cells, sizeof *law);
	double *folded = zeros(cells, sizeof *folded), of_states = 0, of_cells = 0;

	for (size_t k = 0; k < 12; k++) {
		const double T = temperatures[k / 3], h = fields[k % 3];

		memset(seen, 0, x.states * sizeof *seen);
		memset(law, 0, cells * sizeof *law);
		memset(folded, 0, cells * sizeof *folded);
		listing_set(&x, T, h);
		start(&r, T, h, 0, n);
		for (size_t i = 0; i < n; i++) {
			const uint8_t *bits = rows_next(&r);

			seen[x.lattice.sites > 8 ? bits[0] | bits[1] << 8 : bits[0]]++;
		}
		for (size_t c = 0; c < x.states; c++) {
			law[listing_cell(&x.lattice, x.sums[c])] += x.p[c];
			folded[listing_cell(&x.lattice, x.sums[c])] += seen[c];
		}
		of_states = fmax(of_states, fabs(chi_square(x.p, seen, x.states, (double)n)));
		of_cells = fmax(of_cells, fabs(chi_square(law, folded, cells, (double)n)));
	}
	OK(of_states < 4.5 && of_cells < 4.5,
		"%zux%zu: 12 times %zu samples, chi-square of configurations and (E, M) off by %.1f and %.1f "
		"sigma "
		"at most",
		rows, cols, n, of_states, of_cells);
	free(seen);
	free(law);
	free(folded);
	rows_clear(&r);
	listing_clear(&x);
}

struct means {
	double e, m, absm, m2;
};

static struct means
sample_means(size_t rows, size_t cols, double T, double h, size_t n)
{
	struct rows r = rows_of(rows, cols);
	struct means o = { 0 };

	start(&r, T, h, 0, n);
	for (size_t i = 0; i < n; i++) {
		const struct rn_ising_sums s = rn_ising_measure(&r.lattice, rows_next(&r));
		const double m = rn_ising_m(&r.lattice, s);

		o.e += rn_ising_e(&r.lattice, s) / (double)n;
		o.m += m / (double)n;
		o.absm += fabs(m) / (double)n;
		o.m2 += m * m / (double)n;
	}
	rows_clear(&r);
	return o;
}

/* By their exact variances; 0 of 0 where a mean has none. */
static double
sigmas(double mean, double exact, double variance, double n)
{
	return mean == exact ? 0 : (mean - exact) / sqrt(variance / n);
}

/* The deviation that is largest, of e, m, |m| and m^2, in standard errors. */
static double
deviation(struct means o, struct rn_ising_values v, struct rn_ising_moments m, double T, size_t sites,
	double n)
{
	const double of_e = sigmas(o.e, v.e, v.c * T * T / (double)sites, n);
	const double of_m = sigmas(o.m, m.m, m.m2 - m.m * m.m, n);
	const double of_absm = sigmas(o.absm, m.absm, m.m2 - m.absm * m.absm, n);
	const double of_m2 = sigmas(o.m2, m.m2, m.m4 - m.m2 * m.m2, n);

	return fmax(fmax(fabs(of_e), fabs(of_m)), fmax(fabs(of_absm), fabs(of_m2)));
}

/* Against lib/ising_moments.c and lib/ising_field.c. `wrong` times the coupling must be seen. */
static void
test_moments(size_t rows, size_t cols, double T, double h, double wrong)
{
	const struct rn_lattice l = torus(rows, cols);
	const size_t n = 200000;
	struct rn_ising_values v;
	struct rn_ising_moments m;
	struct rn_error err;
	double z;

	if (rn_ising_torus_in_field(&l, T, h, &v, &err) || rn_ising_moments(&l, T, h, &m, &err)) {
		OK(false, "exact values: %s", err.text);
		return;
	}
	z = deviation(sample_means(rows, cols, T / wrong, h, n), v, m, T, l.sites, (double)n);
	if (wrong == 1)
		OK(z < 4.5, "%zux%zu, T = %g, h = %g: e, m, |m|, m^2 are off by %.1f sigma at most", rows,
			cols, T, h, z);
	else
		OK(z > 4.5, "%zux%zu, T = %g, h = %g: K wrong by %g%% is seen: %.1f sigma", rows, cols, T, h,
			100 * (wrong - 1), z);
}

/* The rows of tests/fixtures/reference, which another program made, of lattices and fields such as `L,T,h`. */
static void
test_reference(size_t L)
{
	const char *dir = getenv("REFERENCE");
	char path[4096], line[512];
	const size_t n = 100000;
	double worst = 0;
	int cases = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/ising2d_moments_field.csv", dir ? dir : "tests/fixtures/reference");
	f = fopen(path, "r");
	if (!OK(f, "the reference ising2d_moments_field.csv opens"))
		return;
	while (fgets(line, sizeof line, f)) {
		struct rn_ising_values v = { 0 };
		struct rn_ising_moments m;
		double T, h;
		size_t size;

		if (sscanf(line, "%zu,%lf,%lf,%lf,%lf,%lf,%lf,%*f,%lf,%lf", &size, &T, &h, &m.m, &m.absm,
			    &m.m2, &m.m4, &v.e, &v.c) != 9 ||
			size != L || T < 1.5)
			continue; /* colder ones have too few excited states in a sample */
		worst = fmax(worst, deviation(sample_means(L, L, T, h, n), v, m, T, L * L, (double)n));
		cases++;
	}
	fclose(f);
	OK(cases > 3 && worst < 4.5, "%zux%zu: %d reference values of T and h, off by %.1f sigma at most", L,
		L, cases, worst);
}

static void
test_magnetisation(size_t L, double T, double h)
{
	const struct rn_lattice l = torus(L, L);
	const size_t n = 200000;
	double *p = zeros(l.sites + 1, sizeof *p), *seen = zeros(l.sites + 1, sizeof *seen), z;
	struct rows r = rows_of(L, L);
	struct rn_error err;

	if (rn_ising_magnetisation_law(&l, T, h, p, &err))
		exit(1);
	start(&r, T, h, 0, n);
	for (size_t i = 0; i < n; i++) {
		const int64_t spins = rn_ising_measure(&l, rows_next(&r)).spins;

		seen[((int64_t)l.sites + spins) / 2]++;
	}
	z = chi_square(p, seen, l.sites + 1, (double)n);
	OK(fabs(z) < 4.5, "%zux%zu, T = %g, h = %g: the law of m, chi-square off by %.1f sigma", L, L, T, h,
		z);
	rows_clear(&r);
	free(p);
	free(seen);
}

/* --- rows next to each other, anywhere in the torus ------------------------------------------ */

enum { LONGEST = 100 };

/* P(s, t) = T(s, t) (T^(R - 1))(t, s) / Z, plainly. */
static void
pair_law(const struct rows *r, double p[])
{
	static double power[LONGEST][PLAIN_STATES][PLAIN_STATES];
	const size_t rows = (size_t)1 << r->n;
	double sum = 0;

	for (size_t k = 0; k < r->R; k++)
		for (size_t s = 0; s < rows; s++)
			for (size_t t = 0; t < rows; t++) {
				double x = 0;

				for (size_t u = 0; k > 0 && u < rows; u++)
					x += power[k - 1][s][u] * power[0][u][t];
				power[k][s][t] = k > 0 ? x : plain_between(r, s, t) * r->weight[t];
			}
	for (size_t s = 0; s < rows; s++)
		for (size_t t = 0; t < rows; t++)
			sum += p[s * rows + t] = power[0][s][t] * power[r->R - 2][t][s];
	for (size_t c = 0; c < rows * rows; c++)
		p[c] /= sum;
}

/* Of the first rows, the last, and some between. */
static void
test_pairs(size_t height, size_t width, double T, double h)
{
	static double p[PLAIN_STATES * PLAIN_STATES], seen[4][PLAIN_STATES * PLAIN_STATES];
	struct rows r = rows_of(height, width);
	const struct rn_ising_values v = rn_ising_exact(&r.lattice, T);
	const size_t n = 200000, rows = (size_t)1 << r.n, places[] = { 0, r.R / 2, r.R - 2, r.R - 1 };
	double worst = 0, e = 0;

	memset(seen, 0, sizeof seen);
	start(&r, T, h, 0, n);
	pair_law(&r, p);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *bits = rows_next(&r);

		e += rn_ising_e(&r.lattice, rn_ising_measure(&r.lattice, bits)) / (double)n;
		for (size_t k = 0; k < 4; k++) {
			const size_t s = drawn_row(&r, bits, places[k]);
			const size_t t = drawn_row(&r, bits, (places[k] + 1) % r.R);

			seen[k][s * rows + t]++;
		}
	}
	for (size_t k = 0; k < 4; k++)
		worst = fmax(worst, fabs(chi_square(p, seen[k], rows * rows, (double)n)));
	OK(worst < 4.5, "%zux%zu, T = %g, h = %g: pairs of rows, chi-square off by %.1f sigma at most",
		height, width, T, h, worst);
	if (h == 0) {
		const double z = sigmas(e, v.e, v.c * T * T / (double)r.lattice.sites, (double)n);

		OK(fabs(z) < 4.5, "%zux%zu, T = %g: e is off by %.1f sigma", height, width, T, z);
	}
	rows_clear(&r);
}

/* --- extremes --------------------------------------------------------------------------------- */

/* Ground states alone: up with 1 / (1 + exp(-2 N h)). */
static void
test_ground(size_t rows, size_t cols, double T, double h)
{
	struct rows r = rows_of(rows, cols);
	const double N = (double)r.lattice.sites, p = 1 / (1 + exp(-2 * N * h));
	const size_t n = 20000;
	size_t up = 0, down = 0;

	start(&r, T, h, 0, n);
	for (size_t i = 0; i < n; i++) {
		const double spins = (double)rn_ising_measure(&r.lattice, rows_next(&r)).spins;

		up += spins == N;
		down += spins == -N;
	}
	OK(up + down == n &&
			(p == 0 || p == 1 ? (double)up == p * (double)n
					  : fabs((double)up - p * (double)n) <
						4.5 * sqrt((double)n * p * (1 - p))),
		"%zux%zu, T = %g, h = %g: %zu up and %zu down", rows, cols, T, h, up, down);
	rows_clear(&r);
}

static void
test_covers(void)
{
	static const struct {
		size_t rows, cols;
		bool covered;
	} cases[] = { { 1, 1, true }, { 12, 12, true }, { 13, 13, false }, { 171, 12, true },
		{ 12, 172, false }, { 10, 820, true }, { 821, 10, false }, { 1, 2097153, true },
		{ 1, 2097154, false }, { 1, 8589934080, false } };
	const size_t ring = 8;
	const struct rn_lattice l = rn_lattice_make(1, &ring);
	bool right = !rows_covers(&l);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct rn_lattice t = torus(cases[i].rows, cases[i].cols);

		right = right && rows_covers(&t) == cases[i].covered;
	}
	OK(right, "covers what has a table of 64 MiB");
}

/* The largest of their kind: that they can be had, and are not all the same. */
static void
test_largest(size_t rows, size_t cols, double T, double h)
{
	struct rows r = rows_of(rows, cols);
	const double N = (double)r.lattice.sites;
	double e;

	start(&r, T, h, 0, 1);
	e = rn_ising_e(&r.lattice, rn_ising_measure(&r.lattice, rows_next(&r)));
	OK(fabs(e - rn_ising_energy(&r.lattice, T)) <
			4.5 * sqrt(rn_ising_specific_heat(&r.lattice, T) / N) * T,
		"%zux%zu, T = %g: e = %.4f", rows, cols, T, e);
	rows_clear(&r);
}

/* --- streams ------------------------------------------------------------------------------------ */

struct stream {
	size_t rows, cols;
	double T, h;
};
static const struct stream streams[] = { { 1, 1, 2, 0.1 }, { 2, 3, 1.5, 0 }, { 10, 10, 4, -0.01 },
	{ 12, 6, 2, 0 }, { 3, 21, Tc, 0.2 } };

static uint64_t
digest(const struct stream *s, bool avx2, size_t block, uint64_t first_id, uint64_t wanted, size_t n)
{
	struct rows r = rows_of(s->rows, s->cols);
	uint64_t x = 0xcbf29ce484222325;

	r.avx2 = avx2;
	r.block = block ? block : r.block;
	start(&r, s->T, s->h, first_id, wanted);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *bits = rows_next(&r);

		for (size_t b = 0; b < r.lattice.bytes; b++)
			x = (x ^ bits[b]) * 0x100000001b3;
	}
	rows_clear(&r);
	return x;
}

static void
test_levels(void)
{
	struct rows any = rows_of(1, 1);
	bool same = true;

	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		same = same &&
			digest(&streams[i], false, 0, 0, 700, 700) ==
				digest(&streams[i], any.avx2, 0, 0, 700, 700);
	OK(same, "the vectors of any CPU give the bits of those of this one");
	rows_clear(&any);
}

/* Whatever block a record is drawn in, and however many are said to be wanted. */
static void
test_parts(void)
{
	const uint64_t ids[] = { 0, 12345, (uint64_t)1 << 40, UINT64_MAX - 999 };
	bool same = true;

	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		for (size_t k = 0; k < 4; k++) {
			const struct stream *s = &streams[i];
			const uint64_t x = digest(s, true, 0, ids[k], 1000, 1000);

			same = same && digest(s, true, 16, ids[k], 1000, 1000) == x;
			same = same && digest(s, true, 100, ids[k], 0, 1000) == x;
			same = same && digest(s, true, 0, ids[k], 1, 1000) == x;
			same = same && digest(s, true, 0, ids[k] + 1, 999, 999) != x;
		}
	OK(same, "blocks do not matter");

	struct rows a = rows_of(5, 6), b = rows_of(5, 6);

	same = true;
	start(&a, 3, 0.1, 7, 1300);
	start(&b, 3, 0.1, 7 + 700, 600);
	for (size_t i = 0; i < 700; i++)
		rows_next(&a);
	for (size_t i = 0; i < 600; i++)
		same = same && memcmp(rows_next(&a), rows_next(&b), a.lattice.bytes) == 0;
	OK(same, "records depend on their numbers alone");
	rows_clear(&a);
	rows_clear(&b);
}

/* A temperature leaves nothing behind for the next. */
static void
test_again(void)
{
	struct rows a = rows_of(6, 7), b = rows_of(6, 7);
	bool same = true;

	start(&a, 1, 0.2, 0, 100);
	rows_next(&a);
	start(&a, 2, 0, 3, 100);
	start(&b, 2, 0, 3, 100);
	for (size_t i = 0; i < 100; i++)
		same = same && memcmp(rows_next(&a), rows_next(&b), a.lattice.bytes) == 0;
	OK(same, "temperatures depend on nothing before");
	rows_clear(&a);
	rows_clear(&b);
}

/* Records next to each other have nothing in common. */
static void
test_independence(void)
{
	const size_t n = 200000;
	struct rows r = rows_of(4, 4);
	double before[2] = { 0 }, mean[2] = { 0 }, square[2] = { 0 }, product[2] = { 0 };

	start(&r, 2, 0.02, 0, n);
	for (size_t i = 0; i < n; i++) {
		const struct rn_ising_sums s = rn_ising_measure(&r.lattice, rows_next(&r));
		const double x[2] = { (double)s.bonds, (double)s.spins };

		for (size_t k = 0; k < 2; k++) {
			mean[k] += x[k] / (double)n;
			square[k] += x[k] * x[k] / (double)n;
			product[k] += x[k] * before[k] / (double)n;
			before[k] = x[k];
		}
	}
	for (size_t k = 0; k < 2; k++) {
		const double c =
			(product[k] - mean[k] * mean[k]) / (square[k] - mean[k] * mean[k]) * sqrt((double)n);

		OK(fabs(c) < 4.5, "%s of neighbours are correlated by %.1f sigma", k ? "m" : "e", c);
	}
	rows_clear(&r);
}

int
main(void)
{
	static const size_t listed[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 }, { 1, 5 }, { 6, 1 },
		{ 2, 3 }, { 3, 2 }, { 2, 5 }, { 4, 2 }, { 3, 3 }, { 3, 4 }, { 5, 3 }, { 2, 8 }, { 4, 4 } };
	static const size_t shapes[][2] = { { 4, 100 }, { 100, 4 }, { 6, 6 }, { 6, 9 } };

	test_precision();
	test_plain();
	test_covers();
	test_levels();
	test_parts();
	test_again();
	test_independence();
	for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
		test_listed(listed[i][0], listed[i][1]);
	for (size_t L = 6; L <= 10; L += 2) {
		test_moments(L, L, 1.5, 0, 1);
		test_moments(L, L, 1.5, 0.02, 1);
		test_moments(L, L, Tc, 0.05, 1);
		test_moments(L, L, 4, -0.3, 1);
	}
	test_moments(5, 9, 2, 0.01, 1);
	test_moments(9, 5, 2, -0.01, 1);
	test_moments(3, 64, 2.5, 0.02, 1);
	test_moments(12, 12, Tc, 0.01, 1);
	test_moments(10, 10, 1e4, 0.3, 1);
	test_moments(10, 10, Tc, 0, 1.005);
	test_moments(10, 10, Tc, 0.05, 1.005);
	test_reference(4);
	test_reference(8);
	test_magnetisation(10, Tc, 0);
	test_magnetisation(10, 2, 0.005);
	test_magnetisation(10, 3, -0.1);
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		test_pairs(shapes[i][0], shapes[i][1], 1.5, 0);
		test_pairs(shapes[i][0], shapes[i][1], 1.8, 0.01);
		test_pairs(shapes[i][0], shapes[i][1], 2.5, 0);
		test_pairs(shapes[i][0], shapes[i][1], 4, -0.3);
	}
	test_ground(6, 6, 0.01, 0);
	test_ground(6, 6, 0.01, 0.01);
	test_ground(6, 6, 1e-6, -0.02);
	test_ground(12, 12, 0.02, 0.001);
	test_ground(7, 12, 0.02, -30);
	test_ground(3, 5, 1e4, 1e300);
	test_ground(4, 100, 0.05, 0.0005);
	test_largest(10, 820, 2, 0);
	test_largest(2000, 1, 1, 0);
	return tap_done();
}
