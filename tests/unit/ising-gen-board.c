/*
 * ising-gen-board - sites side by side: against a plain reading of board.h, site by site; the same bytes from each
 * CPU level and number of threads; energies, moments and histograms against the exact ones
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "../../src/ising-gen/board.h"
#include "../../src/ising-gen/update.h"
#include "renorm/cpu.h"
#include "renorm/ising_exact.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "tap.h"

static const double TC = 2.269185314213022;

struct setting {
	size_t rows, cols;
	double T, h;
	enum board_algorithm algorithm;
};

static struct rn_lattice
lattice(size_t rows, size_t cols)
{
	const size_t extents[] = { rows, cols };

	return rn_lattice_make(2, extents);
}

static void
open_board(struct board *b, const struct setting *s, unsigned threads, uint64_t seed, bool hot)
{
	struct rn_lattice l = lattice(s->rows, s->cols);

	if (!board_init(b, &l, threads))
		exit(1);
	board_start(b, s->T, s->h, seed, 3, s->algorithm, hot);
}

static uint8_t *
new_bits(const struct rn_lattice *l)
{
	uint8_t *bits = calloc(l->bytes + RN_SLACK, 1);

	if (!bits)
		exit(1);
	return bits;
}

/* The same chain, a byte a spin, as board.h tells it. */
struct plain {
	struct setting s;
	struct rn_random_key key;
	uint64_t id, heatbath[5], flip[2][5];
	size_t pitch, blocks, groups;
	uint8_t *spin; /* row by row */
};

static size_t
plain_pitch(size_t width)
{
	return width <= 32     ? 32
		: width <= 64  ? 64
		: width <= 128 ? 128
		: width <= 256 ? 256
			       : (width + 511) / 512 * 512;
}

static void
plain_open(struct plain *p, const struct setting *s, uint64_t seed, uint64_t id)
{
	const double labels[] = { s->T, s->h };
	const size_t extents[] = { s->rows, s->cols, 512 + s->algorithm };
	const struct heatbath heatbath = heatbath_make(s->T, s->h);
	const struct metropolis metropolis = metropolis_make(s->T, s->h);

	*p = (struct plain){ .s = *s, .id = id, .pitch = plain_pitch(s->cols / 2) };
	p->key = rn_random_key(seed, "ising-gen", labels, 2, extents, 3);
	memcpy(p->heatbath, heatbath.up, sizeof p->heatbath);
	memcpy(p->flip, metropolis.flip, sizeof p->flip);
	p->blocks = (s->rows * p->pitch + 511) / 512;
	p->groups = (p->blocks + 7) / 8;
	p->spin = calloc(s->rows, s->cols);
	if (!p->spin)
		exit(1);
}

static uint64_t
plain_draw(const struct plain *p, uint64_t sweep, unsigned colour, size_t group)
{
	return ((2 * sweep + colour) * p->groups + group) * BOARD_DRAWS;
}

/* Bit `lane` of the q-th random block of 512 bits from draw on. */
static uint8_t
plain_bit(const struct plain *p, uint64_t draw, size_t q, size_t lane)
{
	uint64_t word[2];

	rn_random_block(&p->key, p->id, draw + 4 * q + lane / 128, word);
	return word[lane / 64 % 2] >> lane % 64 & 1;
}

/* Spin of a bit of a colour; NULL: padding. */
static uint8_t *
plain_spin(const struct plain *p, unsigned colour, size_t bit)
{
	const size_t y = bit / p->pitch, k = bit % p->pitch;

	return y < p->s.rows && k < p->s.cols / 2 ? &p->spin[y * p->s.cols + 2 * k + (y + colour) % 2] : NULL;
}

static void
plain_hot(struct plain *p)
{
	for (unsigned colour = 0; colour < 2; colour++)
		for (size_t bit = 0; bit < 512 * p->blocks; bit++) {
			uint8_t *s = plain_spin(p, colour, bit);

			if (s)
				*s = plain_bit(p, plain_draw(p, 0, colour, bit / 4096), bit / 512 % 8,
					bit % 512);
		}
}

/* What a site compares random numbers with, and what it becomes if they are less or not. */
struct choice {
	uint64_t threshold;
	uint8_t less, else_;
	bool tie; /* the first random bit is the spin */
};

static struct choice
plain_choice(const struct plain *p, const uint8_t *s)
{
	const size_t i = (size_t)(s - p->spin), rows = p->s.rows, cols = p->s.cols, y = i / cols,
		     x = i % cols;
	const unsigned n = p->spin[y * cols + (x + 1) % cols] + p->spin[y * cols + (x + cols - 1) % cols] +
		p->spin[(y + 1) % rows * cols + x] + p->spin[(y + rows - 1) % rows * cols + x];

	if (p->s.algorithm == BOARD_METROPOLIS)
		return (struct choice){ p->flip[*s][n], !*s, *s, false };
	if (p->s.h != 0)
		return (struct choice){ p->heatbath[n], 1, 0, false };
	return (struct choice){ p->heatbath[n < 2 ? n : 4 - n], n<2, n> 2, n == 2 };
}

/* Compares bits from..from + count - 1; -1: less, 1: greater, 0: equal. */
static int
plain_compare(const struct plain *p, uint64_t threshold, unsigned from, unsigned count, uint64_t draw,
	size_t q, size_t lane)
{
	for (unsigned j = 0; j < count; j++) {
		const int r = (int)plain_bit(p, draw, q + j, lane), t = threshold >> (63 - from - j) & 1;

		if (r != t)
			return r - t;
	}
	return 0;
}

/* The sites of one lane of a group, in order. */
static void
plain_lane(struct plain *p, uint64_t sweep, unsigned colour, size_t group, size_t lane)
{
	const uint64_t draw = plain_draw(p, sweep, colour, group);
	static const unsigned rounds[] = { BOARD_ROUNDS_0, BOARD_ROUNDS_1 };
	size_t undecided = 0;

	for (size_t v = 0; v < 8 && 8 * group + v < p->blocks; v++) {
		const size_t bit = (8 * group + v) * 512 + lane, q = BOARD_MERGED_ROUNDS + v * BOARD_FIRST;
		uint8_t *s = plain_spin(p, colour, bit);
		struct choice c;
		unsigned used = BOARD_FIRST;
		int sign;

		if (!s)
			continue;
		c = plain_choice(p, s);
		if (c.tie) {
			*s = (uint8_t)plain_bit(p, draw, q, lane);
			continue;
		}
		sign = plain_compare(p, c.threshold, 0, used, draw, q, lane);
		if (sign == 0) {
			const size_t m = undecided++;

			if (m < BOARD_MERGED) {
				sign = plain_compare(p, c.threshold, used, rounds[m], draw, m ? rounds[0] : 0,
					lane);
				used += rounds[m];
			}
		}
		if (sign == 0) {
			uint64_t word[2];

			rn_random_block(&p->key, p->id,
				((uint64_t)1 << 63) + (2 * sweep + colour) * 512 * p->blocks + bit, word);
			sign = word[0] < c.threshold << used ? -1 : 1;
		}
		*s = sign < 0 ? c.less : c.else_;
	}
}

static void
plain_sweep(struct plain *p, uint64_t sweep)
{
	for (unsigned colour = 0; colour < 2; colour++)
		for (size_t group = 0; group < p->groups; group++)
			for (size_t lane = 0; lane < 512; lane++)
				plain_lane(p, sweep, colour, group, lane);
}

static bool
plain_equals(const struct plain *p, const uint8_t *bits)
{
	for (size_t i = 0; i < p->s.rows * p->s.cols; i++)
		if ((bits[i / 8] >> i % 8 & 1) != p->spin[i])
			return false;
	return true;
}

static void
test_plain(const struct setting *s)
{
	struct board b;
	struct plain p;
	uint64_t done = 0;
	uint8_t *bits;
	bool same;

	open_board(&b, s, 1, 11, true);
	bits = new_bits(&b.lattice);
	plain_open(&p, s, 11, 3);
	plain_hot(&p);
	board_extract(&b, bits);
	same = plain_equals(&p, bits);
	for (uint64_t more = 1; more <= 2; more++) {
		board_sweep(&b, done, more);
		for (uint64_t w = 1; w <= more; w++)
			plain_sweep(&p, done + w);
		done += more;
		board_extract(&b, bits);
		same = same && plain_equals(&p, bits);
	}
	OK(same, "%s, h = %g, on %zux%zu: sweeps are as they are defined",
		s->algorithm == BOARD_HEATBATH ? "heat bath" : "Metropolis", s->h, s->rows, s->cols);
	board_clear(&b);
	free(p.spin);
	free(bits);
}

static uint64_t
digest(const struct setting *s, unsigned threads)
{
	struct board b;
	uint64_t hash;
	uint8_t *bits;

	open_board(&b, s, threads, 5, false);
	bits = new_bits(&b.lattice);
	board_sweep(&b, 0, 3);
	board_sweep(&b, 3, 2);
	board_extract(&b, bits);
	hash = XXH64(bits, b.lattice.bytes, 0);
	board_clear(&b);
	free(bits);
	return hash;
}

static const struct setting many[] = {
	{ 256, 512, 2.3, 0, BOARD_HEATBATH },
	{ 320, 256, 2.3, 0.01, BOARD_HEATBATH },
	{ 90, 1100, 2.3, 0, BOARD_METROPOLIS },
	{ 600, 128, 2.3, -0.02, BOARD_METROPOLIS },
	{ 80, 2048, 4, 0, BOARD_METROPOLIS },
};
enum { MANY = sizeof many / sizeof *many };

/* One number for all that a CPU level does. */
static uint64_t
all_digests(unsigned threads)
{
	uint64_t hash[MANY];

	for (size_t i = 0; i < MANY; i++)
		hash[i] = digest(&many[i], threads);
	return XXH64(hash, sizeof hash, 0);
}

static void
test_threads(void)
{
	const uint64_t want = all_digests(1);

	for (unsigned threads = 2; threads <= 3; threads++)
		OK(all_digests(threads) == want, "%u threads give the bytes of one", threads);
}

/* This program again, lowered to a level, says its digest. */
static void
test_levels(const char *program)
{
	static const char *const level[] = { "baseline", "avx2", "avx512" };
	const uint64_t want = all_digests(1);

	for (size_t i = 0; i < 3; i++) {
		char command[4096];
		unsigned long long got = 0;
		FILE *pipe;
		bool read;

		snprintf(command, sizeof command, "RENORM_CPU=%s '%s' digest", level[i], program);
		pipe = popen(command, "r");
		read = pipe && fscanf(pipe, "%llx", &got) == 1;
		OK(read && pclose(pipe) == 0 && got == want, "%s gives the bytes of the others", level[i]);
	}
}

static void
test_insert(void)
{
	const struct setting s = { 12, 1100, TC, 0, BOARD_METROPOLIS };
	struct board b;
	uint8_t *stripes, *bits;
	size_t same = 0;

	open_board(&b, &s, 1, 1, true);
	stripes = new_bits(&b.lattice);
	bits = new_bits(&b.lattice);
	for (size_t i = 0; i < b.lattice.sites; i++)
		if ((i / s.cols + i % s.cols) % 4 < 2)
			stripes[i / 8] |= (uint8_t)(1u << i % 8);
	board_insert(&b, stripes);
	board_extract(&b, bits);
	OK(!memcmp(bits, stripes, b.lattice.bytes), "what is put in comes out");

	/* Each site has two neighbours of each sign. Of the colour updated first those stay that are not proposed. */
	board_sweep(&b, 0, 1);
	board_extract(&b, bits);
	for (size_t i = 0; i < b.lattice.sites; i++)
		if ((i / s.cols + i % s.cols) % 2 == 0)
			same += !((bits[i / 8] ^ stripes[i / 8]) >> i % 8 & 1);
	const double n = (double)b.lattice.sites / 2;
	const double stay = 1 - 0x1p-64 * (double)metropolis_make(TC, 0).flip[0][2];
	OK(stay > 0 && fabs((double)same - n * stay) < 5 * sqrt(n * stay * (1 - stay)),
		"Metropolis: a flip that costs nothing does not always happen (%zu of %.0f stay)", same, n);
	board_clear(&b);
	free(stripes);
	free(bits);
}

/* Means of a chain and their errors, from batches much longer than its memory. */
enum { E, M, ABSM, M2, M4, QUANTITIES, BATCHES = 32 };

struct means {
	double mean[QUANTITIES], error[QUANTITIES];
};

static void
measure(const struct board *b, uint8_t *bits, double x[QUANTITIES])
{
	struct rn_ising_sums sums;
	double m;

	board_extract(b, bits);
	sums = rn_ising_measure(&b->lattice, bits);
	m = rn_ising_m(&b->lattice, sums);
	x[E] = rn_ising_e(&b->lattice, sums);
	x[M] = m;
	x[ABSM] = fabs(m);
	x[M2] = m * m;
	x[M4] = m * m * m * m;
}

static struct means
run(const struct setting *s, uint64_t seed, uint64_t sweeps, uint64_t every)
{
	const uint64_t n = sweeps / every / BATCHES;
	struct means r = { 0 };
	struct board b;
	double square[QUANTITIES] = { 0 };
	uint64_t done = sweeps / 20;
	uint8_t *bits;

	open_board(&b, s, 1, seed, s->T > TC - 0.01);
	bits = new_bits(&b.lattice);
	board_sweep(&b, 0, done);
	for (size_t batch = 0; batch < BATCHES; batch++) {
		double sum[QUANTITIES] = { 0 }, x[QUANTITIES];

		for (uint64_t i = 0; i < n; i++, done += every) {
			board_sweep(&b, done, every);
			measure(&b, bits, x);
			for (int q = 0; q < QUANTITIES; q++)
				sum[q] += x[q] / (double)n;
		}
		for (int q = 0; q < QUANTITIES; q++) {
			r.mean[q] += sum[q] / BATCHES;
			square[q] += sum[q] * sum[q] / BATCHES;
		}
	}
	for (int q = 0; q < QUANTITIES; q++)
		r.error[q] = sqrt((square[q] - r.mean[q] * r.mean[q]) / (BATCHES - 1));
	board_clear(&b);
	free(bits);
	return r;
}

static FILE *
table_or_exit(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static bool
row(FILE *f, double x[], size_t n)
{
	char line[4096];

	while (fgets(line, sizeof line, f)) {
		char *p = line;

		if (strchr("0123456789-", line[0]) == NULL)
			continue;
		for (size_t i = 0; i < n; i++, p += *p == ',')
			x[i] = strtod(p, &p);
		return true;
	}
	return false;
}

/* Deviations in errors: the largest, and the sum of squares against their number. */
struct deviations {
	double worst, squares;
	size_t n;
};

static void
deviate(struct deviations *d, const struct means *r, int q, double want)
{
	const double z = fabs(r->mean[q] - want) / r->error[q];

	if (!(z <= d->worst))
		d->worst = z;
	d->squares += z * z;
	d->n++;
}

/* Errors from 32 batches: z has Student's law, whose variance is 31/29 and that of z^2 not much above 2. */
static bool
agree(const struct deviations *d)
{
	return d->n > 0 && d->worst < 5 && d->squares < (double)d->n + 5 * sqrt(2.5 * (double)d->n);
}

static void
report(const struct deviations *d, const char *algorithm, const char *what)
{
	OK(agree(d), "%s: %s: %zu means, the worst off by %.1f errors, chi^2 %.0f", algorithm, what, d->n,
		d->worst, d->squares);
}

static const char *
name_of(enum board_algorithm a)
{
	return a == BOARD_HEATBATH ? "heat bath" : "Metropolis";
}

static void
test_energies(enum board_algorithm a)
{
	FILE *f = table_or_exit("ising2d_energy.csv");
	struct deviations d = { 0 };
	double x[4];

	while (row(f, x, 4))
		if (x[1] == 1.5 || x[1] == TC || x[1] == 4) {
			const size_t L = (size_t)x[0];
			const uint64_t sweeps = x[1] != TC ? 64000 : L == 64 ? 640000 : 160000;
			const struct setting s = { L, L, x[1], 0, a };
			const struct means r = run(&s, 1, sweeps, L < 32 ? 2 : 10);

			deviate(&d, &r, E, x[3]);
		}
	report(&d, name_of(a), "energies, L = 4 to 64");
	fclose(f);
}

static void
test_moments(enum board_algorithm a)
{
	FILE *f = table_or_exit("ising2d_moments.csv");
	struct deviations d = { 0 };
	double x[5];

	while (row(f, x, 5))
		if ((int)x[0] % 2 == 0 && (x[1] == TC || x[1] == 3 || x[1] == 6)) {
			const struct setting s = { (size_t)x[0], (size_t)x[0], x[1], 0, a };
			const struct means r = run(&s, 2, 100000, 2);

			deviate(&d, &r, ABSM, x[2]);
			deviate(&d, &r, M2, x[3]);
		}
	report(&d, name_of(a), "|m| and m^2, L = 4 to 10");
	fclose(f);
}

static void
test_field(enum board_algorithm a)
{
	FILE *f = table_or_exit("ising2d_moments_field.csv");
	struct deviations d = { 0 };
	double x[9];

	while (row(f, x, 9))
		if (x[1] == TC || x[1] == 3) {
			const struct setting s = { (size_t)x[0], (size_t)x[0], x[1], x[2], a };
			const struct means r = run(&s, 3, 200000, 4);

			deviate(&d, &r, M, x[3]);
			deviate(&d, &r, M4, x[6]);
			deviate(&d, &r, E, x[8]);
		}
	report(&d, name_of(a), "m, m^4 and energy in fields");
	fclose(f);
}

/* Power: a coupling wrong by 0.5% is seen. */
static void
test_power(enum board_algorithm a)
{
	const struct setting s = { 10, 10, TC / 1.005, 0, a };
	const struct means r = run(&s, 4, 800000, 4);
	const struct rn_lattice l = lattice(10, 10);
	const double exact = rn_ising_energy(&l, TC);
	const double z = fabs(r.mean[E] - exact) / r.error[E];

	OK(z > 5, "%s: K wrong by 0.5%% is off by %.1f errors in the energy", name_of(a), z);
}

/* The joint law of energy and magnetisation; `column` of the table is P at T. */
static void
test_histogram(enum board_algorithm a, double T, size_t column, size_t samples, uint64_t every)
{
	enum { CELLS = 33 * 33 };
	static double want[CELLS], got[CELLS];
	FILE *f = table_or_exit("ising2d_hist_L4.csv");
	const struct setting s = { 4, 4, T, 0, a };
	double x[6] = { 0 }, chi2 = 0, rest_want = 0, rest_got = 0;
	struct board b;
	uint8_t *bits;
	int cells = 0;

	memset(want, 0, sizeof want);
	memset(got, 0, sizeof got);
	while (row(f, x, 6))
		want[(int)(x[0] + 32) / 2 * 33 + (int)x[1] + 16] = x[column] * (double)samples;
	fclose(f);
	open_board(&b, &s, 1, 6, true);
	bits = new_bits(&b.lattice);
	for (size_t i = 0; i < samples; i++) {
		struct rn_ising_sums sums;

		board_sweep(&b, i * every, every);
		board_extract(&b, bits);
		sums = rn_ising_measure(&b.lattice, bits);
		got[(32 - sums.bonds) / 2 * 33 + sums.spins + 16]++;
	}
	for (int i = 0; i < CELLS; i++)
		if (want[i] >= 10) {
			chi2 += (got[i] - want[i]) * (got[i] - want[i]) / want[i];
			cells++;
		} else {
			rest_want += want[i];
			rest_got += got[i];
		}
	if (rest_want >= 10) {
		chi2 += (rest_got - rest_want) * (rest_got - rest_want) / rest_want;
		cells++;
	}
	OK(cells > 20 && chi2 < cells - 1 + 5 * sqrt(2.0 * (cells - 1)) && (rest_want > 0 || rest_got == 0),
		"%s: histogram of energy and magnetisation at T = %g: chi^2 %.1f of %d", name_of(a), T, chi2,
		cells - 1);
	board_clear(&b);
	free(bits);
}

static void
test_covers(void)
{
	const struct rn_lattice even = lattice(2, 6), rows = lattice(3, 4), cols = lattice(4, 5);

	OK(board_covers(&even) && !board_covers(&rows) && !board_covers(&cols), "even extents only");
}

int
main(int argc, char **argv)
{
	static const size_t extents[][2] = { { 2, 2 }, { 4, 4 }, { 64, 64 }, { 6, 100 }, { 34, 128 },
		{ 10, 256 }, { 6, 250 }, { 8, 512 }, { 6, 300 }, { 4, 1024 }, { 2, 1100 }, { 14, 2048 } };

	if (argc == 2 && !strcmp(argv[1], "digest")) {
		printf("%llx\n", (unsigned long long)all_digests(1));
		return 0;
	}
	if (argc ==
		4) { /* by hand, at Tc: 0 or 1, samples, sweeps from one to the next (tau of m: 42 and 28) */
		test_histogram(argv[1][0] != '0', TC, 4, strtoul(argv[2], NULL, 10),
			strtoul(argv[3], NULL, 10));
		return tap_done();
	}
	test_covers();
	for (size_t i = 0; i < sizeof extents / sizeof *extents; i++)
		for (unsigned k = 0; k < 4; k++)
			test_plain(&(struct setting){ extents[i][0], extents[i][1], 2.3, k / 2 ? 0.1 : 0,
				k % 2 ? BOARD_METROPOLIS : BOARD_HEATBATH });
	test_insert();
	test_threads();
	test_levels(argv[0]);
	if (!rn_cpu_aes()) { /* without AES minutes, for the bytes that other CPUs have measured */
		puts("# no means: the CPU has no AES instructions");
		return tap_done();
	}
	for (unsigned a = 0; a < 2; a++) {
		test_energies(a);
		test_moments(a);
		test_field(a);
		test_power(a);
		test_histogram(a, 3, 5, 40000, 60);
	}
	return tap_done();
}
