/*
 * ising-gen-cluster - Swendsen-Wang and Wolff sweeps against plain ones, and against exact averages
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-gen/cluster.h"
#include "renorm/bits.h"
#include "renorm/ising_exact.h"
#include "renorm/ising_moments.h"
#include "renorm/stage.h" /* RN_TC */
#include "tap.h"

static const char *const names[] = { [SWENDSEN_WANG] = "Swendsen-Wang", [WOLFF] = "Wolff" };

static struct rn_lattice
torus(size_t rows, size_t cols)
{
	return rn_lattice_make(2, (const size_t[]){ rows, cols });
}

static struct cluster
cluster_at(const struct rn_lattice *l, double T, double h, enum cluster_algorithm algorithm, bool hot)
{
	struct ensemble e = ensemble_make(l, T, h, 17);
	struct cluster c;

	if (!cluster_init(&c, l, algorithm, h != 0))
		exit(1);
	cluster_start(&c, &e, 5, hot);
	return c;
}

static uint64_t
word_of(const struct cluster *c, uint64_t block, int which)
{
	uint64_t words[2];

	rn_random_block(&c->ensemble.key, c->id, block, words);
	return words[which];
}

/* ---- Swendsen-Wang, site by site, from the words that swendsen_wang.c says ---- */

enum { ROUNDS = 12, GROUP = 8 };

static uint64_t
group_blocks(const struct cluster *c)
{
	return ROUNDS * GROUP * ((c->words * c->ensemble.lattice.rows + GROUP - 1) / GROUP);
}

static bool
plain_bond(const struct cluster *c, uint64_t block, size_t y, size_t x, int direction)
{
	uint64_t i = c->words * y + x / 64, lead = 0, rest;

	for (unsigned j = 0; j < ROUNDS; j++) {
		uint64_t word = 2 * ROUNDS * GROUP * (i / GROUP) + (unsigned)direction * ROUNDS * GROUP +
			GROUP * j + i % GROUP;

		lead = lead << 1 | (word_of(c, block + word / 2, word % 2) >> x % 64 & 1);
	}
	rest = word_of(c, block + group_blocks(c) + 64 * i + x % 64, direction);
	return (lead << (64 - ROUNDS) | rest >> ROUNDS) < c->bond;
}

/* The sites that active bonds join to site i, in member[]; returns how many. They are `unseen` no longer. */
static size_t
plain_spread(const struct rn_lattice *l, const uint8_t *right, const uint8_t *down, size_t i, bool unseen[],
	size_t member[])
{
	size_t n = 0;

	unseen[i] = false;
	member[n++] = i;
	for (size_t m = 0; m < n; m++) {
		size_t s = member[m], y = s / l->cols, x = s % l->cols;
		size_t e = y * l->cols + (x + 1) % l->cols, w = y * l->cols + (x + l->cols - 1) % l->cols;
		size_t d = (y + 1) % l->rows * l->cols + x, u = (y + l->rows - 1) % l->rows * l->cols + x;
		const size_t to[4] = { e, w, d, u };
		const bool active[4] = { right[s], right[w], down[s], down[u] };

		for (int k = 0; k < 4; k++)
			if (active[k] && unseen[to[k]]) {
				unseen[to[k]] = false;
				member[n++] = to[k];
			}
	}
	return n;
}

static void
plain_swendsen_wang(const struct cluster *c, uint8_t *spin, uint64_t block)
{
	const struct rn_lattice *l = &c->ensemble.lattice;
	uint64_t coins = block + group_blocks(c) + 64 * c->words * l->rows;
	uint64_t unfair = coins + (l->sites + 127) / 128, run = 0;
	uint8_t *right = calloc(l->sites, 1), *down = calloc(l->sites, 1);
	size_t *member = malloc(l->sites * sizeof *member);
	bool *unseen = malloc(l->sites * sizeof *unseen);

	if (!right || !down || !member || !unseen)
		exit(1);
	for (size_t i = 0; i < l->sites; i++) {
		size_t y = i / l->cols, x = i % l->cols;

		unseen[i] = true;
		right[i] = spin[i] == spin[y * l->cols + (x + 1) % l->cols] && plain_bond(c, block, y, x, 0);
		down[i] = spin[i] == spin[(y + 1) % l->rows * l->cols + x] && plain_bond(c, block, y, x, 1);
	}
	for (size_t i = 0; i < l->sites; i++) {
		size_t n;
		bool up;

		run += i > 0 && (i % l->cols == 0 || !right[i - 1]);
		if (!unseen[i])
			continue;
		n = plain_spread(l, right, down, i, unseen, member);
		up = word_of(c, coins + run / 128, run / 64 % 2) >> run % 64 & 1;
		if (c->ensemble.h != 0)
			up = word_of(c, unfair + run, 0) < ensemble_logistic(2 * c->ensemble.h * (double)n);
		for (size_t m = 0; m < n; m++)
			spin[member[m]] = up;
	}
	free(right);
	free(down);
	free(member);
	free(unseen);
}

/* ---- Wolff, with a list of what belongs to the cluster, flipped at the end ---- */

enum { LEAD = 15, BATCH = 32 };

struct plain_cluster {
	const struct cluster *c;
	const uint8_t *spin;
	uint64_t block, next; /* words of the sweep used so far */
	uint8_t *in;
	size_t *stack, top, first;
	size_t again; /* numbers that needed a second word */
};

static uint64_t
next_word(struct plain_cluster *p)
{
	p->next++;
	return word_of(p->c, p->block + (p->next - 1) / 2, (p->next - 1) % 2);
}

/* The spin s asks its neighbours. */
static void
plain_visit(struct plain_cluster *p, size_t s)
{
	const struct rn_lattice *l = &p->c->ensemble.lattice;
	const size_t y = s / l->cols, x = s % l->cols;
	const size_t to[4] = { y * l->cols + (x + 1) % l->cols, y * l->cols + (x + l->cols - 1) % l->cols,
		(y + 1) % l->rows * l->cols + x, (y + l->rows - 1) % l->rows * l->cols + x };
	const uint64_t word = next_word(p), bond = p->c->bond;
	bool active[4];

	for (int b = 0; b < 4; b++) {
		uint64_t lead = word >> 16 * b & ((1 << LEAD) - 1);

		active[b] = lead < bond >> (64 - LEAD);
		if (lead == bond >> (64 - LEAD)) {
			active[b] = (lead << (64 - LEAD) | next_word(p) >> LEAD) < bond;
			p->again++;
		}
	}
	for (int b = 0; b < 4; b++)
		if (active[b] && !p->in[to[b]] && p->spin[to[b]] == p->spin[p->first]) {
			p->in[to[b]] = 1;
			p->stack[p->top++] = to[b];
		}
}

/* What belongs to the cluster of p->first, in batches of those that joined last. */
static void
plain_grow(struct plain_cluster *p)
{
	p->in[p->first] = 1;
	p->stack[p->top++] = p->first;
	while (p->top) {
		size_t batch[BATCH], n = p->top < BATCH ? p->top : BATCH;

		p->top -= n;
		memcpy(batch, p->stack + p->top, n * sizeof *batch);
		for (const size_t *s = batch; s < batch + n; s++)
			plain_visit(p, *s);
	}
}

/* Returns how many numbers needed a second word. */
static size_t
plain_wolff(const struct cluster *c, uint8_t *spin, uint64_t block)
{
	const size_t sites = c->ensemble.lattice.sites;
	struct plain_cluster p = { c, spin, block, .in = malloc(sites),
		.stack = malloc(sites * sizeof *p.stack) };

	if (!p.stack || !p.in)
		exit(1);
	for (uint64_t k = 0; k < c->clusters; k++) {
		p.first = (size_t)((unsigned __int128)next_word(&p) * sites >> 64);
		memset(p.in, 0, sites);
		plain_grow(&p);
		for (size_t i = 0; i < sites; i++)
			spin[i] ^= p.in[i];
	}
	free(p.stack);
	free(p.in);
	return p.again;
}

/* Returns how many numbers of Wolff's needed a second word. */
static size_t
test_sweep(size_t rows, size_t cols, double T, double h, enum cluster_algorithm algorithm)
{
	struct rn_lattice l = torus(rows, cols);
	struct cluster c = cluster_at(&l, T, h, algorithm, true);
	uint8_t *want = calloc(l.sites, 1), *bits = malloc(l.bytes), *packed = malloc(l.bytes);
	size_t again = 0;
	bool same = true;

	if (!want || !bits || !packed)
		exit(1);
	cluster_extract(&c, bits);
	rn_bits_unpack_u8(bits, l.sites, want);
	for (uint64_t done = 0, more; done < 12; done += more) {
		more = 1 + done % 4;
		cluster_sweep(&c, done, more);
		for (uint64_t w = done + 1; w <= done + more; w++)
			if (algorithm == WOLFF)
				again += plain_wolff(&c, want, w * c.sweep_blocks);
			else
				plain_swendsen_wang(&c, want, w * c.sweep_blocks);
		cluster_extract(&c, bits);
		rn_bits_pack_u8(want, l.sites, packed);
		same = same && !memcmp(packed, bits, l.bytes);
	}
	OK(same, "%s on %zux%zu at T = %g, h = %g: sweeps are as they are defined", names[algorithm], rows,
		cols, T, h);
	cluster_clear(&c);
	free(want);
	free(bits);
	free(packed);
	return again;
}

static FILE *
table(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	return fopen(path, "r");
}

/* ---- averages ---- */

enum { BATCHES = 64, QUANTITIES = 5 };
static const char *const quantity_names[QUANTITIES] = { "e", "|m|", "m^2", "m^4", "m" };

struct averages {
	double mean[QUANTITIES], error[QUANTITIES];
};

/* Batch means, of a chain that has run an eighth of its length before. */
static struct averages
averages_of(const struct rn_lattice *l, double T, double h, enum cluster_algorithm algorithm, size_t samples)
{
	struct cluster c = cluster_at(l, T, h, algorithm, T >= RN_TC);
	uint8_t *bits = calloc(l->bytes + 64, 1);
	struct averages a = { 0 };
	double square[QUANTITIES] = { 0 };
	size_t batch = samples / BATCHES;
	uint64_t done = samples / 8;

	if (!bits)
		exit(1);
	cluster_sweep(&c, 0, done);
	for (int b = 0; b < BATCHES; b++) {
		double sum[QUANTITIES] = { 0 };

		for (size_t i = 0; i < batch; i++) {
			cluster_sweep(&c, done++, 1);
			cluster_extract(&c, bits);
			struct rn_ising_sums s = rn_ising_measure(l, bits);
			double m = rn_ising_m(l, s);

			sum[0] += rn_ising_e(l, s);
			sum[1] += fabs(m);
			sum[2] += m * m;
			sum[3] += m * m * m * m;
			sum[4] += m;
		}
		for (int q = 0; q < QUANTITIES; q++) {
			a.mean[q] += sum[q] / (double)batch / BATCHES;
			square[q] += sum[q] / (double)batch * sum[q] / (double)batch / BATCHES;
		}
	}
	for (int q = 0; q < QUANTITIES; q++)
		a.error[q] = sqrt(fmax(0, square[q] - a.mean[q] * a.mean[q]) / (BATCHES - 1));
	cluster_clear(&c);
	free(bits);
	return a;
}

/* The largest deviation in standard errors. NaN in `exact`: not known. */
static double
worst_of(const struct averages *a, const double exact[QUANTITIES], int *which)
{
	double worst = 0;

	for (int q = 0; q < QUANTITIES; q++) {
		double z = fabs(a->mean[q] - exact[q]) / a->error[q];

		if (z > worst) {
			worst = z;
			*which = q;
		}
	}
	return worst;
}

static void
test_averages(const struct rn_lattice *l, double T, double h, const double exact[QUANTITIES], size_t samples)
{
	for (enum cluster_algorithm algorithm = SWENDSEN_WANG; algorithm <= WOLFF; algorithm++) {
		if (algorithm == WOLFF && h != 0)
			continue;
		struct averages a = averages_of(l, T, h, algorithm, samples);
		int q = 0;
		double worst = worst_of(&a, exact, &q);

		OK(worst < 5, "%s, %zux%zu, T = %g, h = %g: averages; worst: %s, %.1f errors",
			names[algorithm], l->rows, l->cols, T, h, quantity_names[q], worst);
	}
}

/* Every row of the table at the sizes asked for, T >= 1: below, excitations are too rare to have an error. */
static void
test_table(void)
{
	FILE *f = table("ising2d_moments.csv");
	char line[256];
	int rows = 0;

	if (!OK(f, "the table of moments opens"))
		return;
	while (fgets(line, sizeof line, f)) {
		double T, exact[QUANTITIES] = { 0 };
		size_t L;

		if (sscanf(line, "%zu,%lf,%lf,%lf,%lf", &L, &T, &exact[1], &exact[2], &exact[3]) != 5 ||
			L == 6 || T < 1)
			continue;
		struct rn_lattice l = torus(L, L);
		exact[0] = rn_ising_energy(&l, T);
		test_averages(&l, T, 0, exact, 16384);
		rows++;
	}
	fclose(f);
	OK(rows == 4 * 8, "%d rows of the table", rows);
}

static void
test_other_shapes(void)
{
	static const struct {
		size_t rows, cols;
		double T, h;
	} cases[] = { { 1, 1, 2, 0 }, { 1, 2, 2, 0 }, { 2, 1, 2, 0 }, { 2, 2, 2.5, 0 }, { 1, 7, 1.5, 0 },
		{ 7, 1, 1.5, 0 }, { 2, 5, 2.5, 0 }, { 5, 2, 2.5, 0 }, { 3, 8, 2.3, 0 }, { 8, 3, 2.3, 0 },
		{ 4, 40, 2, 0 }, { 10, 6, RN_TC, 0 }, { 4, 4, 2.269185314213022, 0.1 }, { 4, 4, 1.5, -0.05 },
		{ 8, 8, 3, 0.05 }, { 2, 3, 2, 0.3 }, { 1, 1, 2, 0.4 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rn_lattice l = torus(cases[i].rows, cases[i].cols);
		struct rn_ising_moments m;
		struct rn_ising_values v = { .e = NAN };
		struct rn_error err;

		if (rn_ising_moments(&l, cases[i].T, cases[i].h, &m, &err))
			exit(1);
		if (cases[i].h == 0)
			v.e = rn_ising_energy(&l, cases[i].T);
		else if (rn_ising_torus_in_field(&l, cases[i].T, cases[i].h, &v, &err))
			exit(1);
		/* What does not vary has no error; a single spin's energy does not. */
		const double exact[] = { l.sites == 1 ? NAN : v.e, l.sites == 1 ? NAN : m.absm,
			l.sites == 1 ? NAN : m.m2, l.sites == 1 ? NAN : m.m4, m.m };
		test_averages(&l, cases[i].T, cases[i].h, exact, 16384);
	}
	for (int i = 0; i < 3; i++) {
		struct rn_lattice l = i < 2 ? torus(16, 16) : torus(64, 130);
		const double T = (const double[]){ 2.269185314213022, 1.5, 2.5 }[i];
		const double exact[] = { rn_ising_energy(&l, T), NAN, NAN, NAN, 0 };

		test_averages(&l, T, 0, exact, i < 2 ? 8192 : 2048);
	}
}

/* At 0.5 % more K the same test must fail. */
static void
test_power(void)
{
	struct rn_lattice l = torus(10, 10);
	double exact[] = { rn_ising_energy(&l, RN_TC), NAN, NAN, NAN, NAN };

	for (enum cluster_algorithm algorithm = SWENDSEN_WANG; algorithm <= WOLFF; algorithm++) {
		struct averages right = averages_of(&l, RN_TC, 0, algorithm, 131072);
		struct averages wrong = averages_of(&l, RN_TC / 1.005, 0, algorithm, 131072);
		int q;
		double z = worst_of(&right, exact, &q), bad = worst_of(&wrong, exact, &q);

		OK(z < 5, "%s, 10x10 at Tc: e is %.1f errors off", names[algorithm], z);
		OK(bad > 5, "%s, 10x10, K wrong by 0.5 %%: e is %.1f errors off", names[algorithm], bad);
	}
}

/* ---- the joint law of E and M at L = 4 ---- */

enum { LEVELS = 64 / 4 + 1, MAGNETISATIONS = 16 / 2 + 1 };
typedef double histogram[LEVELS][2 * MAGNETISATIONS]; /* E = -32, -28, ..; M = -16, -14, .. */

static bool
read_histogram(histogram p, int column)
{
	FILE *f = table("ising2d_hist_L4.csv");
	char line[256];

	if (!f)
		return false;
	memset(p, 0, sizeof(histogram));
	while (fgets(line, sizeof line, f)) {
		int E, M;
		double g, P[3];

		if (sscanf(line, "%d,%d,%lf,%lf,%lf,%lf", &E, &M, &g, &P[0], &P[1], &P[2]) == 6)
			p[(E + 32) / 4][(M + 16) / 2] = P[column];
	}
	fclose(f);
	return true;
}

/* Chi-square of the cells that expect 10 or more, the others together; in standard deviations above its mean. */
static double
chi_square(histogram count, histogram p, double n)
{
	double chi2 = 0, rest = 0, rest_p = 0;
	int cells = 0;

	for (int i = 0; i < LEVELS; i++)
		for (int j = 0; j < 2 * MAGNETISATIONS; j++)
			if (n * p[i][j] >= 10) {
				chi2 += pow(count[i][j] - n * p[i][j], 2) / (n * p[i][j]);
				cells++;
			} else {
				rest += count[i][j];
				rest_p += p[i][j];
			}
	if (rest_p > 0) {
		chi2 += pow(rest - n * rest_p, 2) / (n * rest_p);
		cells++;
	}
	return (chi2 - (cells - 1)) / sqrt(2.0 * (cells - 1));
}

/* A record every `stride` sweeps, ten autocorrelation times and more. */
static double
joint_deviation(enum cluster_algorithm algorithm, double T, histogram p, size_t samples, uint64_t stride)
{
	struct rn_lattice l = torus(4, 4);
	struct cluster c = cluster_at(&l, T, 0, algorithm, true);
	uint8_t bits[64] = { 0 };
	histogram count = { 0 };

	cluster_sweep(&c, 0, 100);
	for (size_t i = 0; i < samples; i++) {
		cluster_sweep(&c, 100 + i * stride, stride);
		cluster_extract(&c, bits);
		struct rn_ising_sums s = rn_ising_measure(&l, bits);
		count[(32 - s.bonds) / 4][(s.spins + 16) / 2]++;
	}
	cluster_clear(&c);
	return chi_square(count, p, (double)samples);
}

static void
test_joint(void)
{
	static const double Ts[] = { 1.5, 2.269185314213022, 3 };
	histogram p;

	for (int t = 0; t < 3; t++)
		for (enum cluster_algorithm algorithm = SWENDSEN_WANG; algorithm <= WOLFF; algorithm++) {
			if (!OK(read_histogram(p, t), "the table of the joint law"))
				return;
			double z = joint_deviation(algorithm, Ts[t], p, 60000, 20);
			OK(fabs(z) < 5, "%s, 4x4, T = %g: joint law of E and M, chi-square off by %.1f",
				names[algorithm], Ts[t], z);
		}
}

static void
test_limits(void)
{
	struct rn_lattice l = torus(9, 70);
	bool whole = true, free_spins = true;
	uint8_t bits[256] = { 0 };

	for (enum cluster_algorithm algorithm = SWENDSEN_WANG; algorithm <= WOLFF; algorithm++) {
		struct cluster c = cluster_at(&l, 1e-310, 0, algorithm, false);

		cluster_sweep(&c, 0, 20);
		cluster_extract(&c, bits);
		whole = whole && rn_ising_measure(&l, bits).bonds == (int64_t)l.bonds;
		cluster_clear(&c);
		c = cluster_at(&l, 1e300, 0, algorithm, false);
		cluster_sweep(&c, 0, 20);
		cluster_extract(&c, bits);
		free_spins = free_spins && llabs(rn_ising_measure(&l, bits).spins) < 5 * 26;
		cluster_clear(&c);
	}
	OK(whole, "T = 1e-310: one cluster");
	OK(free_spins, "T = 1e300: each spin is a cluster");
}

int
main(void)
{
	/* The last ones have more than PAIRS pairs, and more than a strip of several words a row. */
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 7 }, { 7, 1 }, { 2, 2 },
		{ 2, 5 }, { 5, 2 }, { 3, 3 }, { 8, 8 }, { 3, 63 }, { 3, 64 }, { 4, 65 }, { 9, 64 },
		{ 17, 31 }, { 5, 200 }, { 30, 128 }, { 1, 1000 }, { 1000, 1 }, { 203, 257 } };
	size_t again = 0;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		test_sweep(sizes[i][0], sizes[i][1], 2.2, 0, SWENDSEN_WANG);
		test_sweep(sizes[i][0], sizes[i][1], 1.0, 0, SWENDSEN_WANG);
		test_sweep(sizes[i][0], sizes[i][1], 2.5, 0.01, SWENDSEN_WANG);
		again += test_sweep(sizes[i][0], sizes[i][1], 2.5, 0, WOLFF);
	}
	again += test_sweep(150, 100, 2.3, 0, WOLFF);
	OK(again > 0, "Wolff's numbers that are at the threshold in their leading bits: %zu", again);
	test_limits();
	test_table();
	test_other_shapes();
	test_power();
	test_joint();
	return tap_done();
}
