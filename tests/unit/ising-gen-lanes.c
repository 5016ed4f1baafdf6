/*
 * ising-gen-lanes - 512 chains side by side against the same written plainly, one bit at a time
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-gen/lanes.h"
#include "tap.h"

/* --- what lanes.h and bernoulli.h say, plainly -------------------------------- */

/* Bit `lane` of word k of 512 bits, counted from draw. */
static bool
bit_of(const struct lanes *l, uint64_t id, uint64_t draw, size_t lane)
{
	uint64_t block[2];

	rn_random_block(&l->key, id, draw + lane / 128, block);
	return block[lane / 64 % 2] >> lane % 64 & 1;
}

struct plain {
	const struct lanes *l;
	struct heatbath heatbath;
	struct metropolis metropolis;
	double T, h;
	uint64_t id;
	size_t settled[4]; /* how many lanes were decided by fixed rounds, either pool, and alone */
	size_t sites, groups;
	size_t *order; /* sites by position */
	size_t *begin; /* of groups */
	bool *up;      /* [site][lane] */
};

static unsigned
plain_colour(const struct rn_lattice *t, size_t i)
{
	size_t y = i / t->cols, x = i % t->cols;
	bool odd_rows = t->rows > 1 && t->rows % 2, odd_cols = t->cols > 1 && t->cols % 2;
	unsigned cy = odd_rows && y == t->rows - 1 ? 2 : y % 2, cx = odd_cols && x == t->cols - 1 ? 2 : x % 2;

	return (cy + cx) % (odd_rows || odd_cols ? 3 : 2);
}

static void
plain_order(struct plain *q, const struct rn_lattice *t)
{
	size_t p = 0;

	q->sites = t->sites;
	q->order = calloc(t->sites, sizeof *q->order);
	q->begin = calloc(t->sites + 1, sizeof *q->begin);
	q->up = calloc(t->sites, LANES);
	if (!q->order || !q->begin || !q->up)
		exit(1);
	for (unsigned c = 0; c < 3; c++)
		for (size_t i = 0, of_colour = 0; i < t->sites; i++)
			if (plain_colour(t, i) == c) {
				if (of_colour++ % GROUP == 0)
					q->begin[q->groups++] = p;
				q->order[p++] = i;
			}
	q->begin[q->groups] = p;
}

static void
plain_clear(struct plain *q)
{
	free(q->order);
	free(q->begin);
	free(q->up);
}

/* How a lane of a site is decided: new = base, or the other where U < threshold; bits: those after which the rest is 0. */
struct chance {
	bool base;
	uint64_t threshold;
	bool pooled; /* false: the threshold has 1 or 5 bits */
};

static struct chance
plain_chance(const struct plain *q, size_t i, size_t lane)
{
	const struct rn_lattice *t = &q->l->lattice;
	size_t y = i / t->cols, x = i % t->cols, cols = t->cols, rows = t->rows;
	size_t near[4] = { y * cols + (x + 1) % cols, y * cols + (x + cols - 1) % cols,
		(y + 1) % rows * cols + x, (y + rows - 1) % rows * cols + x };
	bool s = q->up[i * LANES + lane];
	int field = 0, n;

	for (int k = 0; k < 4; k++)
		if (near[k] != i)
			field += q->up[near[k] * LANES + lane] ? 1 : -1;
	n = (field + 4) / 2;
	if (q->l->algorithm == METROPOLIS) {
		bool pays = (s ? 1 : -1) * (field / q->T + q->h) > 0;

		return (struct chance){ s, pays ? q->metropolis.flip[s][n] : (uint64_t)31 << 59, pays };
	}
	if (q->h != 0)
		return (struct chance){ false, q->heatbath.up[n], true };
	if (n == 2)
		return (struct chance){ true, (uint64_t)1 << 63, false };
	return (struct chance){ n > 2, q->heatbath.up[n > 2 ? 4 - n : n], true };
}

/* Compares bits from `rounds` on with n words from `draw` on: 1 yes, 0 no, -1 they are all equal. */
static int
plain_rounds(const struct plain *q, uint64_t threshold, unsigned rounds, unsigned n, uint64_t draw,
	size_t lane)
{
	for (unsigned j = 0; j < n; j++) {
		bool r = bit_of(q->l, q->id, draw + 4 * j, lane), t = threshold >> (63 - rounds - j) & 1;

		if (r != t)
			return t;
	}
	return -1;
}

static void
plain_group(struct plain *q, uint64_t sweep, size_t g)
{
	uint64_t draw = 256 * (sweep * q->groups + g), block[2];

	for (size_t lane = 0; lane < LANES; lane++)
		for (size_t p = q->begin[g], opened = 0; p < q->begin[g + 1]; p++) {
			size_t i = q->order[p], done = FIXED;
			struct chance c = plain_chance(q, i, lane);
			int yes = plain_rounds(q, c.threshold, 0, FIXED,
				draw + 4 * (16 + 6 * (p - q->begin[g])), lane);

			q->settled[0] += yes >= 0;
			if (yes < 0 && !c.pooled)
				yes = 0;
			if (yes < 0 && opened == 0) {
				yes = plain_rounds(q, c.threshold, FIXED, FIRST, draw, lane);
				done = FIXED + FIRST;
				opened = 1;
				q->settled[1] += yes >= 0;
			} else if (yes < 0 && opened == 1) {
				yes = plain_rounds(q, c.threshold, FIXED, SECOND, draw + 4 * 10, lane);
				done = FIXED + SECOND;
				opened = 2;
				q->settled[2] += yes >= 0;
			}
			if (yes < 0) {
				uint64_t at = ((uint64_t)1 << 63) + 256 * (sweep * q->sites + p) + lane / 2;

				rn_random_block(&q->l->key, q->id, at, block);
				yes = block[lane % 2] < c.threshold << done;
				q->settled[3]++;
			}
			q->up[i * LANES + lane] = c.base ^ (bool)yes;
		}
}

static void
plain_start(struct plain *q, bool hot, uint64_t ground_is_up)
{
	uint64_t block[2];

	for (size_t lane = 0; lane < LANES; lane++)
		for (size_t p = 0; p < q->sites; p++) {
			bool *up = &q->up[q->order[p] * LANES + lane];

			if (hot) {
				*up = bit_of(q->l, q->id, 4 * p, lane);
			} else {
				rn_random_block(&q->l->key, q->id, lane / 2, block);
				*up = block[lane % 2] < ground_is_up;
			}
		}
}

/* The block as bytes: all lanes' packed configurations. */
static bool
same_bits(const struct plain *q, struct lanes *l, size_t block)
{
	bool same = true;

	lanes_take(l, block);
	for (size_t lane = 0; lane < LANES; lane++) {
		const uint8_t *bits = lanes_bits(l, lane);

		for (size_t i = 0; i < 8 * l->lattice.bytes; i++)
			same = same &&
				(bits[i / 8] >> i % 8 & 1) == (i < q->sites && q->up[i * LANES + lane]);
	}
	return same;
}

struct rule {
	enum chain_algorithm algorithm;
	double T, h;
};

static const struct rule rules[] = { { HEATBATH, 2.3, 0 }, { HEATBATH, 2.3, 0.07 }, { HEATBATH, 1.1, -0.4 },
	{ METROPOLIS, 2.3, 0 }, { METROPOLIS, 2.3, 0.07 }, { METROPOLIS, 1.9, -2 / 1.9 },
	{ METROPOLIS, 3, -6 } };
enum { RULES = sizeof rules / sizeof *rules };

/* Two blocks, of which the second is compared. */
static void
test_plain(size_t rows, size_t cols, const struct rule *rule, uint64_t sweeps, bool hot, size_t settled[4])
{
	const size_t extents[] = { rows, cols };
	const struct rn_lattice t = rn_lattice_make(2, extents);
	const struct ensemble e = ensemble_make(&t, rule->T, rule->h, 17);
	struct lanes l;
	struct plain q = { .l = &l, .T = rule->T, .h = rule->h, .id = 6 };
	bool same;

	if (!lanes_init(&l, &t, 2, 5, rule->algorithm))
		exit(1);
	q.heatbath = heatbath_make(e.T, e.h);
	q.metropolis = metropolis_make(e.T, e.h);
	plain_order(&q, &t);
	lanes_start(&l, &e, hot ? START_HOT : START_COLD);
	plain_start(&q, hot, ensemble_ground_is_up(&t, e.h));
	same = same_bits(&q, &l, 1);
	for (uint64_t done = 0, more; done < sweeps; done += more) {
		more = done % 3 < sweeps - done ? 1 + done % 3 : sweeps - done;
		if (done + more > sweeps)
			more = sweeps - done;
		lanes_sweep(&l, 1, done, more);
		for (uint64_t w = 1; w <= more; w++)
			for (size_t g = 0; g < q.groups; g++)
				plain_group(&q, done + w, g);
		same = same && same_bits(&q, &l, 1);
	}
	OK(same, "%s on %zux%zu, T = %g, h = %g: bit by bit what is documented",
		rule->algorithm == HEATBATH ? "heat bath" : "Metropolis", rows, cols, rule->T, rule->h);
	for (size_t k = 0; k < 4; k++)
		settled[k] += q.settled[k];
	plain_clear(&q);
	lanes_clear(&l);
}

static void
test_order_of_sweeps(void)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 7 }, { 2, 2 }, { 3, 3 },
		{ 3, 4 }, { 5, 2 }, { 9, 7 }, { 8, 10 } };
	size_t settled[4] = { 0 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t r = 0; r < RULES; r++)
			test_plain(sizes[i][0], sizes[i][1], &rules[r], 4, (i + r) % 2, settled);
	OK(settled[0] > 0 && settled[1] > 1000 && settled[2] > 100 && settled[3] > 10,
		"lanes were decided by the fixed rounds, by either pool and alone: %zu, %zu, %zu, %zu",
		settled[0], settled[1], settled[2], settled[3]);
}

/* --- levels ------------------------------------------------------------------ */

/* A digest of what a level makes of some sweeps, packed. */
static uint64_t
digest(const size_t extents[2], const struct rule *rule, enum words_level level)
{
	const struct rn_lattice t = rn_lattice_make(2, extents);
	const struct ensemble e = ensemble_make(&t, rule->T, rule->h, 3);
	uint64_t x = 0;
	struct lanes l;

	if (!lanes_init(&l, &t, 1, 9, rule->algorithm))
		exit(1);
	l.level = level;
	lanes_start(&l, &e, START_AUTO);
	lanes_sweep(&l, 0, 0, 5);
	lanes_take(&l, 0);
	for (size_t lane = 0; lane < LANES; lane++)
		for (size_t b = 0; b < t.bytes; b++)
			x = (x ^ lanes_bits(&l, lane)[b]) * 0x100000001b3;
	lanes_clear(&l);
	return x;
}

static void
test_levels(void)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 2, 3 }, { 3, 3 }, { 10, 10 }, { 13, 6 } };
	static const char *const names[] = { "any CPU", "AVX2", "AVX2 and VAES", "AVX-512 and VAES" };

	for (enum words_level level = WORDS_ANY; level < words_level(); level++) {
		bool same = true;

		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			for (size_t r = 0; r < RULES; r++)
				same = same &&
					digest(sizes[i], &rules[r], level) ==
						digest(sizes[i], &rules[r], words_level());
		OK(same, "the kernel for %s gives the bits of that for %s", names[level],
			names[words_level()]);
	}
}

/* --- distributions --------------------------------------------------------------- */

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
	return f;
}

/*
 * Chains of an L x L torus after 200 sweeps, one sample each: independent. Both signs are alike at the start and ever
 * after, so it is the energy and |m| alone that have to forget it, which at L <= 10 they do in 20 sweeps at most.
 */
static void
sample(size_t L, double T, enum chain_algorithm algorithm, size_t blocks, struct rn_ising_sums sums[])
{
	const size_t extents[] = { L, L };
	const struct rn_lattice t = rn_lattice_make(2, extents);
	const struct ensemble e = ensemble_make(&t, T, 0, 23);
	struct lanes l;

	if (!lanes_init(&l, &t, blocks, 0, algorithm))
		exit(1);
	lanes_start(&l, &e, START_AUTO);
	for (size_t b = 0; b < blocks; b++) {
		lanes_sweep(&l, b, 0, 200);
		lanes_take(&l, b);
		for (size_t lane = 0; lane < LANES; lane++)
			sums[b * LANES + lane] = rn_ising_measure(&t, lanes_bits(&l, lane));
	}
	lanes_clear(&l);
}

static size_t
blocks_of(size_t samples) /* fewer where AES is made of tables */
{
	return (words_level() == WORDS_ANY ? samples / 10 : samples) / LANES + 1;
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

static void
test_histogram(enum chain_algorithm algorithm)
{
	static const double Ts[] = { 1.5, 2.269185314213022, 3 };
	static double p[3][33 * 33];
	const size_t blocks = blocks_of(1000000), n = blocks * LANES;
	const double wrong = words_level() == WORDS_ANY ? 1.015 : 1.005;
	struct rn_ising_sums *sums = calloc(n, sizeof *sums);
	const char *name = algorithm == HEATBATH ? "heat bath" : "Metropolis";
	FILE *f = reference("ising2d_hist_L4.csv");
	double q[3], z;
	int E, M;

	if (!sums || !OK(f, "%s: the reference of 4 x 4 opens", name))
		exit(1);
	while (fscanf(f, "%d,%d,%*d,%lf,%lf,%lf", &E, &M, &q[0], &q[1], &q[2]) == 5)
		for (int i = 0; i < 3; i++)
			p[i][(E + 32) / 2 * 33 + M + 16] = q[i];
	fclose(f);
	for (int i = 0; i < 3; i++) {
		sample(4, Ts[i], algorithm, blocks, sums);
		z = chi_square(p[i], sums, n);
		OK(fabs(z) < 4.5, "%s, 4 x 4, T = %g: (E, M) of %zu samples, chi-square off by %.1f sigma",
			name, Ts[i], n, z);
	}
	sample(4, Ts[1] / wrong, algorithm, blocks, sums);
	z = chi_square(p[1], sums, n);
	OK(z > 4.5, "%s, 4 x 4: K wrong by %.1f%% is seen, %.1f sigma", name, 100 * (wrong - 1), z);
	free(sums);
}

/* The exact e and its variance from ising2d_energy.csv, L = 10 at Tc. */
static void
test_energy(enum chain_algorithm algorithm)
{
	const size_t blocks = 30000 / LANES + 1, n = blocks * LANES, L = 10;
	const double Tc = 2.269185314213022;
	const char *name = algorithm == HEATBATH ? "heat bath" : "Metropolis";
	struct rn_ising_sums *sums = calloc(n, sizeof *sums);
	FILE *f = reference("ising2d_energy.csv");
	double size, T, e, c, exact = 0, error = 0;

	if (!sums || !OK(f, "%s: the reference of energies opens", name))
		exit(1);
	while (fscanf(f, "%lf,%lf,%*f,%lf,%lf", &size, &T, &e, &c) == 4)
		if (size == (double)L && T == Tc) {
			exact = e;
			error = sqrt(c * T * T / (double)(L * L * n));
		}
	fclose(f);
	for (int wrong = 0; wrong <= 1; wrong++) {
		double mean = 0;

		sample(L, wrong ? Tc / 1.005 : Tc, algorithm, blocks, sums);
		for (size_t i = 0; i < n; i++)
			mean -= (double)sums[i].bonds / (double)(L * L * n);
		OK((fabs(mean - exact) < 4.5 * error) != wrong,
			"%s, 10 x 10 at Tc%s: e = %.5f(%.5f), exactly %.5f", name,
			wrong ? ", K wrong by 0.5% is seen" : "", mean, error, exact);
	}
	free(sums);
}

int
main(void)
{
	test_order_of_sweeps();
	test_levels();
	for (enum chain_algorithm algorithm = HEATBATH; algorithm <= METROPOLIS; algorithm++) {
		test_histogram(algorithm);
		test_energy(algorithm);
	}
	return tap_done();
}
