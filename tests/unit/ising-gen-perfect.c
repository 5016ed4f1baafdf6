/*
 * ising-gen-perfect - exact samples of tori: their distributions, and the same written plainly, one bit at a time
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-gen/perfect.h"
#include "ising_listing.h"
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
	struct perfect_report measured;
	struct rn_error err;

	if (perfect_measure(p, &e, 1 << 28, &measured, &err)) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	perfect_start(p, &e, &measured, first_id);
}

static size_t
samples_of(size_t n) /* fewer where AES is made of tables */
{
	return words_level() == WORDS_ANY ? n / 10 : n;
}

/* --- what perfect.h, bernoulli.h and duality.h say, plainly ------------------------ */

struct plain {
	const struct perfect *p;
	struct rn_random_key key;
	size_t rows, cols, sites, groups;
	double K, h, T;
	uint64_t id, sweep;
	size_t *order; /* sites by position */
	size_t *begin; /* of groups */
	bool *up;      /* [state][site][lane]: all up, all down, current; before */
	size_t settled[4];
};

static bool *
plain_state(const struct plain *q, size_t state, size_t i)
{
	return &q->up[(state * q->sites + i) * LANES];
}

/* The order of lanes.h. */
static size_t
plain_colour(const struct plain *q, size_t i)
{
	const size_t y = i / q->cols, x = i % q->cols;
	const bool odd_rows = q->rows > 1 && q->rows % 2, odd_cols = q->cols > 1 && q->cols % 2;
	const size_t cy = odd_rows && y == q->rows - 1 ? 2 : y % 2;
	const size_t cx = odd_cols && x == q->cols - 1 ? 2 : x % 2;

	return (cy + cx) % (odd_rows || odd_cols ? 3 : 2);
}

static void
plain_order(struct plain *q)
{
	size_t p = 0;

	q->order = calloc(q->sites, sizeof *q->order);
	q->begin = calloc(q->sites + 1, sizeof *q->begin);
	q->up = calloc(4 * q->sites, LANES);
	if (!q->order || !q->begin || !q->up)
		exit(1);
	for (unsigned c = 0; c < 3; c++)
		for (size_t i = 0, of_colour = 0; i < q->sites; i++)
			if (plain_colour(q, i) == c) {
				if (of_colour++ % GROUP == 0)
					q->begin[q->groups++] = p;
				q->order[p++] = i;
			}
	q->begin[q->groups] = p;
}

/* U, the first bits of which are given, and 64 more. */
typedef unsigned __int128 plain_uniform;

static plain_uniform
plain_bits(const uint64_t *word, size_t n, size_t lane)
{
	plain_uniform u = 0;

	for (size_t j = 0; j < n; j++)
		u |= (plain_uniform)(word[8 * j + lane / 64] >> lane % 64 & 1) << (127 - j);
	return u;
}

/* Thresholds that only in more bits than n differ from U. */
static bool
plain_open(plain_uniform u, size_t n, const uint64_t threshold[], size_t classes)
{
	bool open = false;

	for (size_t k = 0; k < classes; k++)
		open |= u >> (128 - n) == (plain_uniform)threshold[k] >> (64 - n);
	return open;
}

static plain_uniform
plain_settle(const struct plain *q, plain_uniform u, size_t done, size_t position, size_t lane)
{
	uint64_t block[2];

	rn_random_block(&q->key, q->id,
		((uint64_t)1 << 63) + 256 * (q->sweep * q->sites + position) + lane / 2, block);
	return u | (plain_uniform)block[lane % 2] << (64 - done);
}

/* The 2 K s_1 .. of heat bath: neighbours up, of four. */
static size_t
plain_neighbours(const struct plain *q, size_t state, size_t i, size_t lane)
{
	const size_t y = i / q->cols, x = i % q->cols;
	const size_t near[4] = { y * q->cols + (x + 1) % q->cols, y * q->cols + (x + q->cols - 1) % q->cols,
		(y + 1) % q->rows * q->cols + x, (y + q->rows - 1) % q->rows * q->cols + x };
	int field = 0;

	for (int k = 0; k < 4; k++)
		if (near[k] != i)
			field += plain_state(q, state, near[k])[lane] ? 1 : -1;
	return (size_t)(field + 4) / 2;
}

/* A lane of a group. */
static void
plain_group(struct plain *q, size_t g, const uint64_t *word, size_t lane)
{
	const bool field = q->h != 0;
	const size_t fixed = field ? 8 : 7, classes = field ? CLASSES : 2;
	uint64_t threshold[CLASSES];
	size_t opened = 0;

	for (int n = 0; n < CLASSES; n++)
		threshold[n] = ensemble_logistic(2 * ((2 * n - 4) * q->K + q->h));
	if (!field) {
		threshold[2] = 2 * threshold[0];
		threshold[0] = 2 * threshold[1];
		threshold[1] = threshold[2];
	}
	for (size_t p = q->begin[g]; p < q->begin[g + 1]; p++) {
		const uint64_t *own = word + 8 * (16 + 8 * (p - q->begin[g]));
		const bool coin = own[lane / 64] >> lane % 64 & 1;
		plain_uniform u = plain_bits(own + (field ? 0 : 8), fixed, lane);
		size_t done = fixed;

		if (plain_open(u, done, threshold, classes)) {
			const size_t more[] = { 10, 6, 0 };

			u |= plain_bits(word + (opened ? 80 : 0), more[opened], lane) >> fixed;
			done += more[opened];
			q->settled[1 + opened]++;
			opened += opened < 2;
		}
		if (plain_open(u, done, threshold, classes)) {
			u = plain_settle(q, u, done, p, lane);
			q->settled[0]++;
		}
		for (size_t state = 0; state < 3; state++) {
			const size_t n = plain_neighbours(q, state, q->order[p], lane);
			bool *up = &plain_state(q, state, q->order[p])[lane];

			if (field)
				*up = u >> 64 < threshold[n];
			else if (u >> 64 < threshold[n % 2 ? 0 : 1] && n != 2)
				*up = coin || n < 2 ? coin : false;
			else
				*up = n > 2 || (n == 2 && coin);
		}
	}
}

static void
plain_map(struct plain *q, uint64_t sweeps)
{
	uint64_t word[512 / 64 * 80];

	for (size_t i = 0; i < q->sites; i++) {
		memset(plain_state(q, 0, i), 1, LANES);
		memset(plain_state(q, 1, i), 0, LANES);
		memcpy(plain_state(q, 3, i), plain_state(q, 2, i), LANES);
	}
	for (uint64_t end = q->sweep + sweeps; q->sweep < end; q->sweep++)
		for (size_t g = 0; g < q->groups; g++) {
			rn_random_fill(&q->key, q->id, 320 * (q->sweep * q->groups + g), word, 320);
			for (size_t lane = 0; lane < LANES; lane++)
				plain_group(q, g, word, lane);
		}
}

static bool
plain_coalesced(const struct plain *q, size_t lane)
{
	bool same = true;

	for (size_t i = 0; i < q->sites; i++)
		same = same && plain_state(q, 0, i)[lane] == plain_state(q, 1, i)[lane];
	return same;
}

/* Clusters by the smallest of their sites; returns how many. Bond i goes right of site i, bond N + i up. */
static size_t
plain_clusters(const size_t (*bond)[2], const bool open[], size_t bonds, size_t label[], size_t sites)
{
	size_t n = 0;

	for (size_t i = 0; i < sites; i++)
		label[i] = i;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t b = 0; b < bonds; b++) {
			const size_t x = label[bond[b][0]], y = label[bond[b][1]];

			if (open[b] && x != y) {
				label[bond[b][0]] = label[bond[b][1]] = x < y ? x : y;
				changed = true;
			}
		}
	}
	for (size_t i = 0; i < sites; i++)
		n += label[i] == i;
	return n;
}

enum { PLAIN_MOST = 100 };

static bool
plain_duality(const struct plain *q, bool spin[], uint64_t id, size_t attempt)
{
	const size_t N = q->sites, draws = (1 + N / 64 + 1 + 2 * N) / 2 + 1;
	const struct ensemble e = ensemble_make(&q->p->lattice, q->T, 0, 17);
	const struct rn_random_key key = ensemble_key(&e, "exact dual");
	const double closed = exp(-2 * q->K); /* 1 - p*, rounded: to 1e-16 */
	size_t bond[2 * PLAIN_MOST][2], across[2 * PLAIN_MOST][2], label[PLAIN_MOST], opened = 0, k, s;
	bool open[2 * PLAIN_MOST], shut[2 * PLAIN_MOST];
	uint64_t random[4 * PLAIN_MOST];
	const uint64_t *of_bonds = random + 2 + N / 64;

	rn_random_fill(&key, id, attempt * draws, random, draws);
	for (size_t i = 0; i < N; i++) {
		const size_t y = i / q->cols, x = i % q->cols;

		bond[i][0] = bond[N + i][0] = across[i][0] = across[N + i][0] = i;
		bond[i][1] = y * q->cols + (x + 1) % q->cols;
		bond[N + i][1] = (y + q->rows - 1) % q->rows * q->cols + x;
		across[i][1] = (y + 1) % q->rows * q->cols + x;
		across[N + i][1] = y * q->cols + (x + q->cols - 1) % q->cols;
	}
	for (size_t b = 0; b < 2 * N; b++) {
		open[b] = spin[bond[b][0]] == spin[bond[b][1]] && (double)of_bonds[b] * 0x1p-64 < 1 - closed;
		shut[b] = !open[b];
		opened += open[b];
	}
	k = plain_clusters(bond, open, 2 * N, label, N);
	s = opened + k + 1 - N - plain_clusters(across, shut, 2 * N, label, N);
	if (s > 2 || (s > 0 && random[0] & 1) || (s > 1 && random[0] & 2))
		return false;
	for (size_t i = 0; i < N; i++)
		spin[i] = random[1 + label[i] / 64] >> label[i] % 64 & 1;
	return true;
}

/* The first `rounds` records of a lane of block 5 are as the plain ones are. */
static bool
plain_compare(struct plain *q, uint64_t sweeps, const uint8_t *records, size_t rounds)
{
	size_t given[LANES] = { 0 }, tried[LANES] = { 0 }, through = 0;
	bool begun[LANES] = { false }, same = true, spin[PLAIN_MOST];
	const size_t bytes = q->p->lattice.bytes;

	while (through < LANES) {
		plain_map(q, sweeps);
		for (size_t lane = 0; lane < LANES; lane++) {
			const uint8_t *r = records + (given[lane] * LANES + lane) * bytes;

			if (!plain_coalesced(q, lane) || given[lane] == rounds)
				continue;
			if (!begun[lane]) {
				begun[lane] = true;
				continue;
			}
			for (size_t i = 0; i < q->sites; i++)
				spin[i] = plain_state(q, 3, i)[lane];
			if (q->p->report.dual && !plain_duality(q, spin, q->id * LANES + lane, tried[lane]++))
				continue;
			for (size_t i = 0; i < 8 * bytes; i++)
				same = same && (r[i / 8] >> i % 8 & 1) == (i < q->sites && spin[i]);
			through += ++given[lane] == rounds;
		}
	}
	return same;
}

static void
test_plain(size_t rows, size_t cols, double T, double h, size_t settled[4])
{
	const size_t rounds = 2;
	struct perfect p = perfect_of(rows, cols);
	struct plain
		q = { .p = &p, .rows = rows, .cols = cols, .sites = rows * cols, .T = T, .h = h, .id = 5 };
	const struct ensemble e = ensemble_make(&p.lattice, T, h, 17);
	uint8_t *records = calloc(rounds * LANES, p.lattice.bytes);

	if (!records)
		exit(1);
	start(&p, T, h, 17, 5 * p.records);
	for (size_t i = 0; i < rounds * LANES; i++)
		memcpy(records + i * p.lattice.bytes, perfect_next(&p), p.lattice.bytes);
	q.key = ensemble_key(&e, "exact");
	q.K = p.report.dual ? -log(tanh(1 / T)) / 2 : 1 / T;
	plain_order(&q);
	OK(plain_compare(&q, p.report.sweeps, records, rounds),
		"%zux%zu, T = %g, h = %g%s: bit by bit what is documented", rows, cols, T, h,
		p.report.dual ? ", by duality" : "");
	for (size_t k = 0; k < 4; k++)
		settled[k] += q.settled[k];
	free(q.order);
	free(q.begin);
	free(q.up);
	free(records);
	perfect_clear(&p);
}

static void
test_documented(void)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 2 }, { 1, 5 }, { 3, 4 }, { 9, 7 },
		{ 1, 70 } };
	static const double rules[][2] = { { 3.5, 0 }, { 1.2, 0 }, { 4, -0.3 } };
	size_t settled[4] = { 0 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
			test_plain(sizes[i][0], sizes[i][1], rules[r][0], rules[r][1], settled);
	OK(settled[0] > 10 && settled[1] > 1000 && settled[2] > 100 && settled[3] > 10,
		"lanes were decided by either pool, with no room in them, and alone: %zu, %zu, %zu, %zu",
		settled[1], settled[2], settled[3], settled[0]);
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

/* Of (E, M), from the law in standard deviations. */
static double
deviation(const double p[33 * 33], const struct rn_ising_sums sums[], size_t n)
{
	static double seen[33 * 33];

	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < n; i++)
		seen[(32 - sums[i].bonds) / 2 * 33 + sums[i].spins + 16]++;
	return chi_square(p, seen, 33 * 33, (double)n);
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
	z = deviation(p, sums, n);
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

/* --- streams ----------------------------------------------------------------------- */

/* A digest of n records from first_id on. */
static uint64_t
digest(size_t rows, size_t cols, double T, double h, enum words_level level, uint64_t first_id, size_t n)
{
	struct perfect p = perfect_of(rows, cols);
	uint64_t x = 0;

	p.lanes.level = level;
	start(&p, T, h, 3, first_id);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *bits = perfect_next(&p);

		for (size_t b = 0; b < p.lattice.bytes; b++)
			x = (x ^ bits[b]) * 0x100000001b3;
	}
	perfect_clear(&p);
	return x;
}

static void
test_levels(void)
{
	static const struct {
		size_t rows, cols;
		double T, h;
	} cases[] = { { 1, 1, 2, 0.1 }, { 2, 3, 1.5, 0 }, { 10, 10, 4, 0 }, { 13, 6, 4, 0.2 },
		{ 9, 9, 1.8, 0 } };
	static const char *const names[] = { "any CPU", "AVX2", "AVX2 and VAES", "AVX-512 and VAES" };

	for (enum words_level level = WORDS_ANY; level < words_level(); level++) {
		bool same = true;

		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
			same = same &&
				digest(cases[i].rows, cases[i].cols, cases[i].T, cases[i].h, level, 512,
					700) ==
					digest(cases[i].rows, cases[i].cols, cases[i].T, cases[i].h,
						words_level(), 512, 700);
		OK(same, "the kernel for %s gives the bits of that for %s", names[level],
			names[words_level()]);
	}
}

/* A stream that begins later goes on like one that began before, over the end of a block too. */
static void
test_parts(void)
{
	const size_t begin = 32 * LANES - 700, later = 1300;
	struct perfect a = perfect_of(5, 6), b = perfect_of(5, 6);
	bool same = true;

	start(&a, 3, 0, 9, begin);
	start(&b, 3, 0, 9, begin + later);
	for (size_t i = 0; i < later; i++)
		perfect_next(&a);
	for (size_t i = 0; i < 100; i++)
		same = same && memcmp(perfect_next(&a), perfect_next(&b), a.lattice.bytes) == 0;
	OK(same, "records depend on their numbers alone");
	perfect_clear(&a);
	perfect_clear(&b);
}

/* Neighbours in the stream, and of the same lane, have nothing in common. */
static void
test_independence(double T)
{
	const size_t n = samples_of(100000);
	const size_t lags[] = { 1, LANES };
	struct rn_ising_sums *sums = sample(4, T, 0, n);

	for (size_t k = 0; k < 2; k++)
		for (int of_spins = 0; of_spins <= 1; of_spins++) {
			double mean = 0, square = 0, product = 0, r;

			for (size_t i = 0; i < n; i++) {
				const double x = (double)(of_spins ? sums[i].spins : sums[i].bonds);

				mean += x / (double)n;
				square += x * x / (double)n;
			}
			for (size_t i = lags[k]; i < n; i++) {
				const struct rn_ising_sums s = sums[i], t = sums[i - lags[k]];

				product += of_spins ? ((double)s.spins - mean) * ((double)t.spins - mean)
						    : ((double)s.bonds - mean) * ((double)t.bonds - mean);
			}
			r = product / (double)n / (square - mean * mean) * sqrt((double)n);
			OK(fabs(r) < 4.5,
				"4 x 4, T = %g: %s of samples %zu apart are correlated by %.1f sigma", T,
				of_spins ? "m" : "e", lags[k], r);
		}
	free(sums);
}

static void
test_refusal(void)
{
	struct perfect p = perfect_of(12, 12);
	const struct ensemble e = ensemble_make(&p.lattice, 1, 0.001, 1);
	struct perfect_report measured;
	struct rn_error err;

	OK(perfect_measure(&p, &e, 1 << 16, &measured, &err) == RN_EUSAGE,
		"a time that is not practical is refused");
	OK(strstr(err.text, "12x12") && strstr(err.text, "T = 1,") && strstr(err.text, "h = 0.001"),
		"and told: %s", err.text);
	perfect_clear(&p);
}

/* T so small that exp(-8 K) is 0, and the dual temperature infinite. */
static void
test_cold(void)
{
	struct perfect p = perfect_of(4, 4);
	size_t up = 0, down = 0;

	start(&p, 1e-3, 0, 1, 0);
	for (size_t i = 0; i < 2000; i++) {
		const int64_t spins = rn_ising_measure(&p.lattice, perfect_next(&p)).spins;

		up += spins == 16;
		down += spins == -16;
	}
	OK(up + down == 2000 && fabs((double)up - 1000) < 4.5 * sqrt(500), "T = 0.001: %zu up and %zu down",
		up, down);
	perfect_clear(&p);
}

int
main(void)
{
	const size_t million = samples_of(1000000), some = samples_of(40000);

	test_documented();
	test_levels();
	test_parts();
	test_refusal();
	test_cold();
	test_independence(1.5);
	test_independence(3);
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
	test_energy(10, Tc, samples_of(32768), 1);
	test_energy(10, Tc, samples_of(32768), words_level() == WORDS_ANY ? 1.015 : 1.005);
	test_moments(10, 2, some);
	test_moments(10, 2.5, some);
	test_energy(16, 2, samples_of(8192), 1);
	test_energy(16, 2.5, samples_of(8192), 1);
	return tap_done();
}
