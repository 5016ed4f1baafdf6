/*
 * ising-gen-fk - coupling from the past of bonds: the same written plainly, and exact laws and averages
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-gen/fk.h"
#include "ising_listing.h"
#include "renorm/ising_exact.h"
#include "renorm/ising_moments.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "renorm/stage.h"  /* RN_TC */
#include "tap.h"

enum { SEED = 23 };

static struct rn_lattice
torus(size_t rows, size_t cols)
{
	return rn_lattice_make(2, (const size_t[]){ rows, cols });
}

static struct fk
fk_at(const struct rn_lattice *l, double T, double h)
{
	const struct ensemble e = ensemble_make(l, T, h, SEED);
	struct rn_error err;
	struct fk f;

	if (!fk_init(&f, l) || fk_start(&f, &e, &err))
		exit(1);
	return f;
}

static void
draw(struct fk *f, uint64_t id, uint8_t *bits)
{
	struct rn_error err;

	if (fk_draw(f, id, bits, &err)) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
}

/* --- what fk.h says, plainly: one state, and the labels of its clusters for each bond -------------------- */

enum { PLAIN_SITES = 256 };

struct plain {
	const struct fk *f;
	size_t rows, cols, sites, of_site, bonds;
	size_t end[3 * PLAIN_SITES]
		  [2]; /* of bond of_site i + 0, 1, 2: right, down, to the ghost, which is site N */
};

static void
plain_init(struct plain *q, const struct fk *f)
{
	*q = (struct plain){ .f = f,
		.rows = f->lattice.rows,
		.cols = f->lattice.cols,
		.sites = f->lattice.sites };
	q->of_site = f->h != 0 ? 3 : 2;
	q->bonds = q->of_site * q->sites;
	for (size_t i = 0; i < q->sites; i++) {
		const size_t y = i / q->cols, x = i % q->cols;
		const size_t to[] = { y * q->cols + (x + 1) % q->cols, (y + 1) % q->rows * q->cols + x,
			q->sites };

		for (size_t k = 0; k < q->of_site; k++) {
			q->end[q->of_site * i + k][0] = i;
			q->end[q->of_site * i + k][1] = to[k];
		}
	}
}

/* Clusters by their first site. */
static void
plain_label(const struct plain *q, const bool open[], size_t label[])
{
	for (size_t i = 0; i <= q->sites; i++)
		label[i] = i;
	for (size_t b = 0; b < q->bonds; b++) {
		const size_t x = label[q->end[b][0]], y = label[q->end[b][1]];

		for (size_t i = 0; open[b] && x != y && i <= q->sites; i++)
			if (label[i] == (x > y ? x : y))
				label[i] = x < y ? x : y;
	}
}

static bool
plain_connected(const struct plain *q, const bool open[], size_t b)
{
	size_t label[PLAIN_SITES + 1];

	plain_label(q, open, label);
	return label[q->end[b][0]] == label[q->end[b][1]];
}

static void
plain_sweep(const struct plain *q, uint64_t id, uint64_t t, bool open[])
{
	const uint64_t B = (q->bonds + 1) / 2;

	for (size_t b = 0; b < q->bonds; b++) {
		const double K = b % q->of_site == 2 ? fabs(q->f->h) : 1 / q->f->T, p = 1 - exp(-2 * K);
		uint64_t word[2];
		double u;

		rn_random_block(&q->f->key, id, (t - 1) * B + b / 2, word);
		u = (double)word[b % 2] * 0x1p-64;
		open[b] = false;
		open[b] = u < p / (2 - p) || (u < p && plain_connected(q, open, b));
	}
}

static void
plain_colour(const struct plain *q, uint64_t id, const bool open[], uint8_t *bits)
{
	size_t label[PLAIN_SITES + 1];

	plain_label(q, open, label);
	memset(bits, 0, q->f->lattice.bytes);
	for (size_t i = 0; i < q->sites; i++) {
		const size_t first = label[i];
		uint64_t word[2];
		bool up;

		rn_random_block(&q->f->key, id, ((uint64_t)1 << 63) + first / 128, word);
		up = word[first / 64 % 2] >> first % 64 & 1;
		if (first == label[q->sites])
			up = q->f->h > 0;
		bits[i / 8] |= (uint8_t)(up << i % 8);
	}
}

/* Record `id`; returns T0. */
static uint64_t
plain_draw(const struct plain *q, uint64_t id, uint8_t *bits)
{
	bool lower[3 * PLAIN_SITES], upper[3 * PLAIN_SITES];
	uint64_t T0 = 1;

	for (;; T0++) {
		memset(lower, 0, sizeof lower);
		memset(upper, 1, sizeof upper);
		for (uint64_t t = T0; t > 0; t--) {
			plain_sweep(q, id, t, lower);
			plain_sweep(q, id, t, upper);
		}
		if (!memcmp(lower, upper, q->bonds))
			break;
	}
	plain_colour(q, id, lower, bits);
	return T0;
}

/* Whether bonds of a state are as in the plain one, at both ends. */
static bool
plain_same(const struct plain *q, const bool open[], unsigned state)
{
	static const enum fk_bond here[] = { FK_RIGHT, FK_DOWN, FK_GHOST };
	bool same = true;

	for (size_t b = 0; b < q->bonds; b++) {
		const size_t k = b % q->of_site, far = q->end[b][1];

		same = same && (q->f->site[q->end[b][0]].bonds >> state >> here[k] & 1) == open[b];
		if (far < q->sites)
			same = same &&
				(q->f->site[far].bonds >> state >> (k ? FK_UP : FK_LEFT) & 1) == open[b];
	}
	return same;
}

static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 }, { 1, 6 }, { 7, 1 }, { 2, 3 },
	{ 5, 2 }, { 3, 4 }, { 6, 6 }, { 5, 13 }, { 12, 11 } };
static const double ensembles[][2] = { { 1, 0 }, { 2, 0 }, { RN_TC, 0 }, { 4, 0 }, { 1.5, 0.01 },
	{ RN_TC, -0.03 }, { 3, 0.2 }, { 5, -1.5 } };

static void
test_sweeps(size_t rows, size_t cols, double T, double h)
{
	const struct rn_lattice l = torus(rows, cols);
	struct fk f = fk_at(&l, T, h);
	bool lower[3 * PLAIN_SITES] = { false }, upper[3 * PLAIN_SITES], same = true, ordered = true;
	static struct plain q;

	plain_init(&q, &f);
	memset(upper, 1, sizeof upper);
	fk_set_bonds(&f, false, true);
	for (uint64_t t = 12; t > 0; t--) {
		fk_sweep(&f, 5, t);
		plain_sweep(&q, 5, t, lower);
		plain_sweep(&q, 5, t, upper);
		same = same && plain_same(&q, lower, 0) && plain_same(&q, upper, FK_UPPER);
		same = same && fk_coalesced(&f) == !memcmp(lower, upper, q.bonds);
		for (size_t b = 0; b < q.bonds; b++)
			ordered = ordered && lower[b] <= upper[b];
	}
	OK(same, "%zux%zu, T = %g, h = %g: sweeps are as they are defined", rows, cols, T, h);
	OK(ordered, "%zux%zu, T = %g, h = %g: one by one they keep the order of states", rows, cols, T, h);
	fk_clear(&f);
}

static void
test_records(size_t rows, size_t cols, double T, double h, size_t n)
{
	const struct rn_lattice l = torus(rows, cols);
	struct fk f = fk_at(&l, T, h);
	uint8_t bits[PLAIN_SITES / 8], want[PLAIN_SITES / 8];
	static struct plain q;
	uint64_t sweeps = 0;
	bool same = true;

	plain_init(&q, &f);
	for (size_t i = 0; i < n; i++) {
		memset(bits, 0xa5, sizeof bits);
		draw(&f, (uint64_t)1 << 60 | i, bits);
		sweeps += plain_draw(&q, (uint64_t)1 << 60 | i, want);
		same = same && !memcmp(bits, want, l.bytes);
	}
	OK(same, "%zux%zu, T = %g, h = %g: %zu records from %.1f sweeps back are as they are defined", rows,
		cols, T, h, n, (double)sweeps / (double)n);
	OK(f.report.records == n && f.report.sweeps >= n && f.report.longest >= f.report.sweeps / n,
		"reported: %.1f sweeps", (double)f.report.sweeps / (double)n);
	fk_clear(&f);
}

/* The next search is one that has its number for the second time, and all sites have marks of that. */
static void
number_anew(struct fk *f)
{
	f->search = UINT16_MAX / 2;
	for (size_t i = 0; i < f->lattice.sites; i++)
		f->site[i].seen = (uint16_t)(2 + i % 2);
}

/* All bonds closed in turn, of bonds that are open with a chance each, more of them in the upper state. */
static void
test_connected(size_t rows, size_t cols, double T, double h, size_t answers[2])
{
	const struct rn_lattice l = torus(rows, cols);
	struct fk f = fk_at(&l, T, h);
	struct rn_random r = rn_random_at(&f.key, 77);
	bool open[2][3 * PLAIN_SITES], same = true;
	static struct plain q;

	plain_init(&q, &f);
	for (size_t round = 0; round < 40; round++) {
		const double p = 0.2 + 0.02 * (double)round;

		fk_set_bonds(&f, false, false);
		for (size_t b = 0; b < q.bonds; b++) {
			static const enum fk_bond here[] = { FK_RIGHT, FK_DOWN, FK_GHOST };
			const size_t k = b % q.of_site, far = q.end[b][1];
			const double chance = k == 2 ? p / 10 : p;
			unsigned bits;

			open[0][b] = rn_random_uniform(&r) < chance;
			open[1][b] = rn_random_uniform(&r) < 0.05 || open[0][b];
			bits = open[0][b] | (unsigned)open[1][b] << FK_UPPER;
			f.site[q.end[b][0]].bonds |= (uint16_t)(bits << here[k]);
			if (far < q.sites)
				f.site[far].bonds |= (uint16_t)(bits << (k ? FK_UP : FK_LEFT));
		}
		for (size_t b = 0; b < q.bonds; b++) {
			const uint32_t from = (uint32_t)q.end[b][0], to = (uint32_t)q.end[b][1];
			unsigned got, want;

			if (open[0][b] || open[1][b])
				continue;
			if (round % 2)
				number_anew(&f);
			got = to == q.sites ? fk_connected_to_ghost(&f, from)
					    : fk_connected(&f, from, to, b % q.of_site ? FK_DOWN : FK_RIGHT);
			want = plain_connected(&q, open[0], b) |
				(unsigned)plain_connected(&q, open[1], b) << FK_UPPER;
			same = same && got == want;
			answers[0] += want == 0;
			answers[1] += want == 1 << FK_UPPER;
		}
	}
	OK(same, "%zux%zu%s: connections are found", rows, cols, h != 0 ? " and a ghost" : "");
	fk_clear(&f);
}

/* --- laws ---------------------------------------------------------------------------- */

static struct rn_ising_sums *
sample(const struct rn_lattice *l, double T, double h, size_t n)
{
	struct fk f = fk_at(l, T, h);
	struct rn_ising_sums *sums = calloc(n, sizeof *sums);
	uint8_t *bits = calloc(l->bytes + RN_SLACK, 1);

	if (!sums || !bits)
		exit(1);
	for (size_t i = 0; i < n; i++) {
		draw(&f, i, bits);
		sums[i] = rn_ising_measure(l, bits);
	}
	fk_clear(&f);
	free(bits);
	return sums;
}

struct deviation {
	double states, cells; /* chi-square of configurations, and of (E, M) */
};

static void *
zeros(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		exit(1);
	return p;
}

/* Of n samples at K times `wrong`, from the law at K. */
static struct deviation
deviation_of(struct listing *x, double T, double h, double wrong, size_t n)
{
	const struct rn_lattice *l = &x->lattice;
	const size_t cells = listing_cells(l);
	struct fk f = fk_at(l, T / wrong, h);
	double *seen = zeros(x->states, sizeof *seen), *law = zeros(cells, sizeof *law);
	double *folded = zeros(cells, sizeof *folded);
	struct deviation d;

	listing_set(x, T, h);
	for (size_t i = 0; i < n; i++) {
		uint8_t bits[2] = { 0 };

		draw(&f, i, bits);
		seen[bits[0] | bits[1] << 8]++;
	}
	for (size_t c = 0; c < x->states; c++) {
		law[listing_cell(l, x->sums[c])] += x->p[c];
		folded[listing_cell(l, x->sums[c])] += seen[c];
	}
	d.states = chi_square(x->p, seen, x->states, (double)n);
	d.cells = chi_square(law, folded, cells, (double)n);
	fk_clear(&f);
	free(seen);
	free(law);
	free(folded);
	return d;
}

static const double listed[][2] = { { 1.5, 0 }, { RN_TC, 0 }, { 3, 0 }, { 1.5, 0.01 }, { 1.5, -0.1 },
	{ 2.5, 0.3 }, { 6, -1 } };

static void
test_listed(size_t rows, size_t cols, size_t n)
{
	struct listing x = listing_make(rows, cols);

	for (size_t i = 0; i < sizeof listed / sizeof *listed; i++) {
		const double T = listed[i][0], h = listed[i][1];
		const struct deviation d = deviation_of(&x, T, h, 1, n);

		OK(fabs(d.states) < 4.5 && fabs(d.cells) < 4.5,
			"%zux%zu, T = %g, h = %g: configurations and (E, M) of %zu samples, chi-square off "
			"by %.1f and %.1f sigma",
			rows, cols, T, h, n, d.states, d.cells);
	}
	listing_clear(&x);
}

static void
test_listed_power(void)
{
	struct listing x = listing_make(4, 4);

	for (size_t i = 0; i < 4; i++) {
		const double T = listed[i][0], h = listed[i][1],
			     z = deviation_of(&x, T, h, 1.02, 100000).cells;

		OK(z > 4.5, "4x4, T = %g, h = %g, K wrong by 2%% is seen: chi-square off by %.1f sigma", T, h,
			z);
	}
	listing_clear(&x);
}

struct average {
	double mean, error;
};

static struct average
average_of(const double x[], size_t n)
{
	double mean = 0, square = 0;

	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		square += (x[i] - mean) * (x[i] - mean) / (double)n;
	return (struct average){ mean, sqrt(square / (double)(n - 1)) };
}

enum { QUANTITIES = 5 };
static const char *const names[QUANTITIES] = { "e", "m", "|m|", "m^2", "m^4" };

static void
averages(const struct rn_lattice *l, double T, double h, size_t n, struct average a[QUANTITIES])
{
	struct rn_ising_sums *sums = sample(l, T, h, n);
	double *x = calloc(QUANTITIES * n, sizeof *x);

	if (!x)
		exit(1);
	for (size_t i = 0; i < n; i++) {
		const double m = rn_ising_m(l, sums[i]);

		x[i] = rn_ising_e(l, sums[i]);
		x[n + i] = m;
		x[2 * n + i] = fabs(m);
		x[3 * n + i] = m * m;
		x[4 * n + i] = m * m * m * m;
	}
	for (size_t q = 0; q < QUANTITIES; q++)
		a[q] = average_of(x + q * n, n);
	free(sums);
	free(x);
}

/* NaN: not known. */
static void
test_averages(const struct rn_lattice *l, double T, double h, size_t n, const double exact[QUANTITIES])
{
	struct average a[QUANTITIES];
	double worst = 0;
	size_t which = 0;

	averages(l, T, h, n, a);
	for (size_t q = 0; q < QUANTITIES; q++) {
		const double z = fabs(a[q].mean - exact[q]) / a[q].error;

		if (z > worst) {
			worst = z;
			which = q;
		}
	}
	OK(worst < 4.5, "%zux%zu, T = %g, h = %g, %zu samples: worst: %s = %.5f(%.5f), exactly %.5f", l->rows,
		l->cols, T, h, n, names[which], a[which].mean, a[which].error, exact[which]);
}

/* Extents that tables have, and those of Kaufman's energy alone. */
static void
test_energies(void)
{
	static const double Ts[] = { 1.5, 2, RN_TC, 2.5, 4 };

	for (size_t i = 0; i < sizeof Ts / sizeof *Ts; i++) {
		const struct rn_lattice tori[] = { torus(16, 16), torus(32, 32), torus(20, 70) };

		for (size_t k = 0; k < 3; k++) {
			const double exact[] = { rn_ising_energy(&tori[k], Ts[i]), 0, NAN, NAN, NAN };

			test_averages(&tori[k], Ts[i], 0, k ? 500 : 2000, exact);
		}
	}
}

static void
test_moments(void)
{
	static const double at[][2] = { { 1.5, 0 }, { 2, 0 }, { RN_TC, 0 }, { 3, 0 }, { 1.5, 0.01 },
		{ 2, -0.001 }, { RN_TC, 0.02 }, { 4, 0.5 } };

	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		const struct rn_lattice l = torus(i % 2 ? 10 : 9, i % 2 ? 10 : 24);
		const double T = at[i][0], h = at[i][1];
		struct rn_ising_moments m;
		struct rn_ising_values v = { .e = rn_ising_energy(&l, T) };
		struct rn_error err;

		if (rn_ising_moments(&l, T, h, &m, &err) ||
			(h != 0 && rn_ising_torus_in_field(&l, T, h, &v, &err)))
			exit(1);
		test_averages(&l, T, h, 4000, (const double[]){ v.e, m.m, m.absm, m.m2, m.m4 });
	}
}

/* A wrong K, and a wrong h. */
static void
test_power(void)
{
	const struct rn_lattice l = torus(16, 16), small = torus(10, 10);
	struct average a[QUANTITIES];
	struct rn_ising_moments m;
	struct rn_error err;
	double z;

	averages(&l, RN_TC / 1.02, 0, 2000, a);
	z = fabs(a[0].mean - rn_ising_energy(&l, RN_TC)) / a[0].error;
	OK(z > 4.5, "16x16, Tc, K wrong by 2%% is seen: e is %.1f errors off", z);
	averages(&small, 1.5, 0.015, 4000, a);
	if (rn_ising_moments(&small, 1.5, 0.01, &m, &err))
		exit(1);
	z = fabs(a[1].mean - m.m) / a[1].error;
	OK(z > 4.5, "10x10, T = 1.5, h = 0.015 is not 0.01: m is %.1f errors off", z);
}

/* --- records of their own ------------------------------------------------------------- */

static void
test_independence(void)
{
	const struct rn_lattice l = torus(8, 8);
	const size_t n = 20000;
	struct rn_ising_sums *sums = sample(&l, RN_TC, 0, n + 2);

	for (size_t lag = 1; lag <= 2; lag++)
		for (int of_spins = 0; of_spins < 2; of_spins++) {
			double mean = 0, square = 0, product = 0, r;

			for (size_t i = 0; i < n + 2; i++)
				mean += (double)(of_spins ? sums[i].spins : sums[i].bonds) / (double)(n + 2);
			for (size_t i = 0; i < n; i++) {
				const double x = (double)(of_spins ? sums[i].spins : sums[i].bonds) - mean;
				const double y =
					(double)(of_spins ? sums[i + lag].spins : sums[i + lag].bonds) - mean;

				square += x * x;
				product += x * y;
			}
			r = product / square * sqrt((double)n);
			OK(fabs(r) < 4.5, "8x8, Tc: %s of samples %zu apart are correlated by %.1f sigma",
				of_spins ? "m" : "e", lag, r);
		}
	free(sums);
}

/* Wherever one begins, and whatever was drawn before. */
static void
test_ids(double T, double h)
{
	const struct rn_lattice l = torus(13, 9);
	struct fk f = fk_at(&l, T, h);
	uint8_t bits[100][(13 * 9 + 7) / 8], again[(13 * 9 + 7) / 8];
	bool same = true, differ = false;

	for (size_t i = 0; i < 100; i++)
		draw(&f, i, bits[i]);
	for (size_t i = 100; i-- > 0;) {
		f.typical = 1 + (double)(i * i % 41);
		draw(&f, i, again);
		same = same && !memcmp(again, bits[i], sizeof again);
		differ = differ || memcmp(again, bits[99 - i], sizeof again);
	}
	OK(same && differ,
		"T = %g, h = %g: a record is its number's, not that of its time to coalesce or of what was "
		"before",
		T, h);
	fk_clear(&f);
}

static void
test_seed(void)
{
	const struct rn_lattice l = torus(8, 8);
	struct fk f = fk_at(&l, 2.5, 0);
	const struct ensemble other = ensemble_make(&l, 2.5, 0, SEED + 1);
	uint8_t a[8], b[8];
	struct rn_error err;

	draw(&f, 3, a);
	if (fk_start(&f, &other, &err))
		exit(1);
	draw(&f, 3, b);
	OK(memcmp(a, b, 8), "another seed gives another record");
	fk_clear(&f);
}

/* --- limits --------------------------------------------------------------------------- */

static void
test_extremes(void)
{
	static const struct {
		double T, h;
		int expected; /* sum of spins: 1 all up, -1 all down, 0 either, 2 coins */
	} cases[] = { { 1e-3, 0, 0 }, { 1e-310, 0, 0 }, { 1e4, 0, 2 }, { 1e300, 0, 2 }, { 2, 1e300, 1 },
		{ 2, -1e300, -1 }, { 1e4, 700, 1 }, { 1e-3, 0.5, 1 }, { 1e-3, 1e-300, 0 },
		{ 1e4, 1e-300, 2 } };
	const struct rn_lattice l = torus(9, 7);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const size_t n = 1000;
		struct rn_ising_sums *sums = sample(&l, cases[i].T, cases[i].h, n);
		size_t up = 0, down = 0;
		double mean = 0;

		for (size_t k = 0; k < n; k++) {
			up += sums[k].spins == 63;
			down += sums[k].spins == -63;
			mean += (double)sums[k].spins / (double)n;
		}
		switch (cases[i].expected) {
		case 1: OK(up == n, "T = %g, h = %g: all up", cases[i].T, cases[i].h); break;
		case -1: OK(down == n, "T = %g, h = %g: all down", cases[i].T, cases[i].h); break;
		case 0:
			OK(up + down == n && fabs((double)up - 500) < 4.5 * sqrt(250.0),
				"T = %g, h = %g: %zu up, %zu down", cases[i].T, cases[i].h, up, down);
			break;
		default:
			OK(up + down == 0 && fabs(mean) < 4.5 * sqrt(63.0 / 1000),
				"T = %g, h = %g: coins, M = %.2f", cases[i].T, cases[i].h, mean);
		}
		free(sums);
	}
}

static void
test_refusal(void)
{
	const struct rn_lattice l = torus(70, 200), small = torus(12, 12);
	const struct ensemble e = ensemble_make(&l, RN_TC, 0, 1),
			      in_field = ensemble_make(&small, 2, 0.001, 1);
	struct rn_error err = { 0 };
	uint8_t bits[18];
	struct fk f;

	if (!fk_init(&f, &l))
		exit(1);
	OK(fk_start(&f, &e, &err) == RN_OK, "a record of 70x200 at Tc is practical");
	f.most = 1 << 20;
	OK(fk_start(&f, &e, &err) == RN_EUSAGE && strstr(err.text, "70x200") && strstr(err.text, "h = 0 "),
		"it is not, were less allowed: %s", err.text);
	OK(f.report.bonds == 0, "and that is known from a smaller lattice");
	fk_clear(&f);
	if (!fk_init(&f, &small))
		exit(1);
	f.most = 1000;
	OK(fk_start(&f, &in_field, &err) == RN_OK, "a small lattice is not tried before");
	OK(fk_draw(&f, 0, bits, &err) == RN_EUSAGE && strstr(err.text, "12x12") &&
			strstr(err.text, "T = 2,") && strstr(err.text, "h = 0.001"),
		"its record is given up: %s", err.text);
	f.most = 1 << 20;
	OK(fk_draw(&f, 0, bits, &err) == RN_OK && f.report.records == 1, "and drawn when more is allowed");
	fk_clear(&f);
	OK(fk_possible(&l) && !fk_possible(&(const struct rn_lattice){ .sites = (size_t)1 << 30 }),
		"2^30 sites are too many to be numbered");
}

int
main(void)
{
	size_t answers[2] = { 0 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t k = 0; k < sizeof ensembles / sizeof *ensembles; k++) {
			test_sweeps(sizes[i][0], sizes[i][1], ensembles[k][0], ensembles[k][1]);
			test_records(sizes[i][0], sizes[i][1], ensembles[k][0], ensembles[k][1],
				i < 10 ? 40 : 4);
		}
	for (size_t i = 3; i < sizeof sizes / sizeof *sizes; i++) {
		test_connected(sizes[i][0], sizes[i][1], 2, 0, answers);
		test_connected(sizes[i][0], sizes[i][1], 2, 0.1, answers);
	}
	OK(answers[0] > 1000 && answers[1] > 1000,
		"of the ends not connected %zu were so in the upper state, %zu were not", answers[1],
		answers[0]);
	for (size_t i = 0; i < 7; i++)
		test_listed(sizes[i][0], sizes[i][1], 30000);
	test_listed(3, 2, 30000);
	test_listed(3, 3, 30000);
	test_listed(4, 4, 100000);
	test_listed_power();
	test_energies();
	test_moments();
	test_power();
	test_independence();
	test_ids(RN_TC, 0);
	test_ids(1.5, 0.01);
	test_seed();
	test_extremes();
	test_refusal();
	return tap_done();
}
