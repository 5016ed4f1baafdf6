/*
 * ising-gen-update - the chances of the updates, and a sweep against one that is written plainly
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ising-gen/chains.h"
#include "tap.h"

/* 2^64 p to the 53 digits of the smaller of p and 1 - p, given as 1 / (1 + exp(-x)). */
static bool
is_logistic(uint64_t threshold, long double x)
{
	long double p = 1 / (1 + expl(-x)), q = 1 / (1 + expl(x));
	long double got = (long double)threshold, error = fabsl(got - 0x1p64L * p);

	return error <= 1 + 0x1p64L * 0x1p-51L * fminl(p, q);
}

static void
test_heatbath(void)
{
	static const double Ts[] = { 0.3, 1, 2.269185314213022, 10 }, hs[] = { 0, 0.1, -2 };
	bool right = true, antisymmetric = true, rising = true;

	for (size_t i = 0; i < sizeof Ts / sizeof *Ts; i++)
		for (size_t j = 0; j < sizeof hs / sizeof *hs; j++) {
			struct heatbath r = heatbath_make(Ts[i], hs[j]),
					mirror = heatbath_make(Ts[i], -hs[j]);

			for (int n = 0; n <= 4; n++) {
				double x = 2 * ((2 * n - 4) / Ts[i] + hs[j]);

				right = right && is_logistic(r.up[n], x);
				antisymmetric = antisymmetric && r.up[n] + mirror.up[4 - n] == 0;
				rising = rising && (n == 0 || r.up[n] > r.up[n - 1]);
			}
		}
	OK(right, "heat bath: the chances are 1 / (1 + exp(-2 (K field + h))) to 64 bits");
	OK(antisymmetric, "heat bath: up and down are treated alike, to the last bit");
	OK(rising, "heat bath: the chance rises with the field");

	struct heatbath cold = heatbath_make(1e-310, 0);
	OK(cold.up[0] == 0 && cold.up[1] == 0 && cold.up[2] == (uint64_t)1 << 63 &&
			cold.up[3] == UINT64_MAX && cold.up[4] == UINT64_MAX,
		"heat bath: T = 1e-310 is certain, but without field a coin");
}

/* Detailed balance: P(+ -> -) / P(- -> +) = exp(-2 (K field + h)). */
static void
test_metropolis(void)
{
	static const double Ts[] = { 1, 2.269185314213022, 10 }, hs[] = { 0, 0.1, -0.5 };
	double worst = 0;
	bool open = true;

	for (size_t i = 0; i < sizeof Ts / sizeof *Ts; i++)
		for (size_t j = 0; j < sizeof hs / sizeof *hs; j++) {
			struct metropolis r = metropolis_make(Ts[i], hs[j]);

			for (int n = 0; n <= 4; n++) {
				double ratio = (double)r.flip[1][n] / (double)r.flip[0][n];
				double want = exp(-2 * ((2 * n - 4) / Ts[i] + hs[j]));

				worst = fmax(worst, fabs(ratio / want - 1));
				for (int s = 0; s <= 1; s++)
					open = open && r.flip[s][n] > 0 &&
						r.flip[s][n] < UINT64_MAX / 32 * 31 + 32;
			}
		}
	OK(worst < 1e-14, "Metropolis: detailed balance to %.1e", worst);
	OK(open, "Metropolis: neither a flip nor its absence is ever certain");

	struct metropolis cold = metropolis_make(1e-310, 0);
	OK(cold.flip[1][4] == 0 && cold.flip[0][0] == 0 && cold.flip[1][2] == cold.flip[0][2] &&
			cold.flip[1][2] > 0,
		"Metropolis: T = 1e-310 refuses what costs energy, and only that");
}

/* What the headers say, spin by spin. */
static void
plain_sweep(const struct chains *c, uint8_t *site, size_t r, uint64_t sweep)
{
	const struct rn_lattice *l = &c->ensemble.lattice;

	for (size_t i = 0; i < l->sites; i++) {
		size_t y = i / l->cols, x = i % l->cols, B = (l->sites + 1) / 2;
		size_t neighbour[4] = { y * l->cols + (x + 1) % l->cols,
			y * l->cols + (x + l->cols - 1) % l->cols, (y + 1) % l->rows * l->cols + x,
			(y + l->rows - 1) % l->rows * l->cols + x };
		int field = 0;
		uint64_t block[2], word;

		for (int k = 0; k < 4; k++)
			if (neighbour[k] != i)
				field += site[neighbour[k]] ? 1 : -1;
		rn_random_block(&c->ensemble.key, c->first_id + r, sweep * B + i / 2, block);
		word = block[i % 2];
		if (c->algorithm == HEATBATH)
			site[i] = word < c->heatbath.up[(field + 4) / 2];
		else
			site[i] ^= word < c->metropolis.flip[site[i]][(field + 4) / 2];
	}
}

static void
test_sweep(size_t rows, size_t cols, enum chain_algorithm algorithm)
{
	const size_t extents[] = { rows, cols };
	struct rn_lattice l = rn_lattice_make(2, extents);
	struct ensemble e = ensemble_make(&l, 3, 0.05, 17);
	struct chains c;
	uint8_t *want = malloc(l.sites);
	bool same = true;

	if (!want || !chains_init(&c, &l, 2, 5, algorithm))
		exit(1);
	chains_start(&c, &e, START_HOT);
	for (size_t r = 0; r < 2; r++) {
		memcpy(want, chains_sites(&c, r), l.sites);
		for (uint64_t done = 0, more; done < 30; done += more) {
			more = 1 + done % 7;
			chains_sweep(&c, r, done, more);
			for (uint64_t w = 1; w <= more; w++)
				plain_sweep(&c, want, r, done + w);
			same = same && !memcmp(want, chains_sites(&c, r), l.sites);
		}
	}
	OK(same, "%s on %zux%zu: sweeps are as they are defined",
		algorithm == HEATBATH ? "heat bath" : "Metropolis", rows, cols);
	chains_clear(&c);
	free(want);
}

/* Taken in any portions, the words are those of rn_random_fill(). */
static void
test_words(void)
{
	enum { N = 30000 };
	struct rn_random_key key = rn_random_key(3, "test", NULL, 0, NULL, 0);
	uint64_t *want = calloc(N, sizeof *want);
	struct words w;
	bool same = true;
	size_t at = 0;

	if (!want || !words_init(&w, 5001))
		exit(1);
	rn_random_fill(&key, 9, 4, want, N / 2);
	words_start(&w, &key, 9, 4, N / 2);
	for (size_t n = 1; at + n <= N; at += n, n = n * 7 % 5001 + 1)
		same = same && !memcmp(words_take(&w, n), want + at, n * sizeof *want);
	OK(same && at > N / 2, "random words in portions");
	words_clear(&w);
	free(want);
}

int
main(void)
{
	static const size_t sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 7 }, { 7, 1 }, { 2, 2 },
		{ 2, 5 }, { 5, 2 }, { 3, 3 }, { 8, 8 }, { 3, 5000 }, { 70, 70 } };

	test_heatbath();
	test_metropolis();
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		test_sweep(sizes[i][0], sizes[i][1], HEATBATH);
		test_sweep(sizes[i][0], sizes[i][1], METROPOLIS);
	}
	test_words();
	return tap_done();
}
