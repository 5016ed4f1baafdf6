#include "duality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool
duality_init(struct duality *d, const struct rn_lattice *l)
{
	const size_t N = l->sites, words = 1 + N / 64 + 1 + 2 * N;
	const size_t of_row = (l->cols + 63) / 64, n = l->rows * of_row;

	*d = (struct duality){
		.lattice = *l,
		.draws = words / 2 + 1,
		.random = calloc(words / 2 + 1, 2 * sizeof *d->random),
		.cluster = calloc(N, sizeof *d->cluster),
		.words = of_row,
		.row = calloc(6 * n, sizeof *d->row),
	};
	if (!d->random || !d->cluster || !d->row)
		return false;
	d->starts = d->row + n;
	d->of_spins = (struct bonds){ d->row + 2 * n, d->row + 3 * n };
	d->of_squares = (struct bonds){ d->row + 4 * n, d->row + 5 * n };
	return true;
}

void
duality_clear(struct duality *d)
{
	free(d->random);
	free(d->cluster);
	free(d->row);
	*d = (struct duality){ 0 };
}

double
duality_of(double T)
{
	return atanh(exp(-2 / T));
}

void
duality_start(struct duality *d, const struct ensemble *e)
{
	d->key = ensemble_key(e, "exact dual");
	d->open = ensemble_threshold(2 / (1 + exp(2 / e->T)), tanh(1 / e->T));
}

/* Joins the clusters of two sites under the first of their sites; 1 if they were two. Paths are halved on the way. */
static inline size_t
join(uint32_t *cluster, size_t a, size_t b)
{
	if (cluster[a] == cluster[b]) /* mostly, in a large cluster */
		return 0;
	while (cluster[a] != a)
		a = cluster[a] = cluster[cluster[a]];
	while (cluster[b] != b)
		b = cluster[b] = cluster[cluster[b]];
	if (a < b)
		cluster[b] = (uint32_t)a;
	else
		cluster[a] = (uint32_t)b;
	return a != b;
}

static inline uint64_t
low_bits(size_t n)
{
	return n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

/* Columns of word k of a row. */
static inline size_t
columns(const struct duality *d, size_t k)
{
	return d->lattice.cols - 64 * k < 64 ? d->lattice.cols - 64 * k : 64;
}

/* Bits i .. i + n - 1, n <= 64. */
static inline uint64_t
get(const uint64_t *bits, size_t i, size_t n)
{
	const unsigned shift = i % 64;
	uint64_t word = bits[i / 64] >> shift;

	if (shift + n > 64)
		word |= bits[i / 64 + 1] << (64 - shift);
	return word & low_bits(n);
}

/* Of the site to the right of each in word k of a row; rows are periodic. */
static inline uint64_t
shifted(const struct duality *d, const uint64_t *row, size_t k)
{
	const uint64_t next = row[k + 1 < d->words ? k + 1 : 0] & 1;

	return row[k] >> 1 | next << (columns(d, k) - 1);
}

/* With the probability p* each. */
static inline uint64_t
coins(const struct duality *d, const uint64_t *random, size_t n)
{
	uint64_t word = 0;

	for (size_t j = 0; j < n; j++)
		word |= (uint64_t)(random[j] < d->open) << j;
	return word;
}

/* Opens the bonds; returns how many. */
static size_t
open_bonds(struct duality *d, const uint64_t *spins, const uint64_t *random)
{
	const size_t rows = d->lattice.rows, cols = d->lattice.cols, N = d->lattice.sites, words = d->words;
	size_t open = 0;

	for (size_t y = 0; y < rows; y++)
		for (size_t k = 0; k < words; k++)
			d->row[y * words + k] = get(spins, y * cols + 64 * k, columns(d, k));
	for (size_t y = 0; y < rows; y++) {
		const uint64_t *row = d->row + y * words, *above = d->row + (y ? y - 1 : rows - 1) * words;
		struct bonds w = { d->of_spins.right + y * words, d->of_spins.above + y * words };

		for (size_t k = 0; k < words; k++) {
			const size_t n = columns(d, k), i = y * cols + 64 * k;

			w.right[k] = coins(d, random + i, n) & ~(row[k] ^ shifted(d, row, k));
			w.above[k] = coins(d, random + N + i, n) & ~(row[k] ^ above[k]);
			open += (size_t)__builtin_popcountll(w.right[k]) +
				(size_t)__builtin_popcountll(w.above[k]);
		}
	}
	return open;
}

/* The bonds of the dual torus: square i has site i at its lower left. */
static void
cross_bonds(struct duality *d)
{
	const size_t rows = d->lattice.rows, words = d->words;
	const struct bonds *w = &d->of_spins, *v = &d->of_squares;

	for (size_t y = 0; y < rows; y++)
		for (size_t k = 0; k < words; k++) {
			const uint64_t all = low_bits(columns(d, k));

			v->right[y * words + k] = all & ~shifted(d, w->above + y * words, k);
			v->above[y * words + k] = all & ~w->right[(y ? y - 1 : rows - 1) * words + k];
		}
}

/* Where the run of sites begins that column x of a word is in. */
static inline size_t
start_of(uint64_t starts, size_t x)
{
	return 63 - (size_t)__builtin_clzll(starts & low_bits(x + 1));
}

/* Runs of sites with open bonds in a word of a row are found at once; d->starts has their first sites. */
static size_t
find_runs(struct duality *d, const struct bonds *b)
{
	const size_t words = d->words;
	size_t n = 0;

	for (size_t y = 0; y < d->lattice.rows; y++)
		for (size_t k = 0; k < words; k++) {
			const size_t first = y * d->lattice.cols + 64 * k;
			const uint64_t s = (~(b->right[y * words + k] << 1) | 1) & low_bits(columns(d, k));

			d->starts[y * words + k] = s;
			n += (size_t)__builtin_popcountll(s);
			for (uint64_t left = s; left; left &= left - 1) {
				const size_t i = first + (size_t)__builtin_ctzll(left);

				d->cluster[i] = (uint32_t)i;
			}
		}
	return n;
}

/* Clusters, in d->cluster of the first site of each run; returns how many. */
static size_t
find_clusters(struct duality *d, const struct bonds *b)
{
	const size_t rows = d->lattice.rows, cols = d->lattice.cols, words = d->words;
	size_t n = find_runs(d, b);

	for (size_t y = 0; y < rows; y++) {
		const size_t up = y ? y - 1 : rows - 1;

		for (size_t k = 0; k < words; k++) {
			const size_t last = columns(d, k) - 1, next = k + 1 < words ? k + 1 : 0;
			const uint64_t s = d->starts[y * words + k], t = d->starts[up * words + k];
			uint64_t above = b->above[y * words + k];

			above &= ~(above << 1) | s | t; /* one bond for two runs will do */
			for (; above; above &= above - 1) {
				const size_t x = (size_t)__builtin_ctzll(above);

				n -= join(d->cluster, up * cols + 64 * k + start_of(t, x),
					y * cols + 64 * k + start_of(s, x));
			}
			if (b->right[y * words + k] >> last & 1)
				n -= join(d->cluster, y * cols + 64 * next,
					y * cols + 64 * k + start_of(s, last));
		}
	}
	return n;
}

/* A coin for each cluster: that of its first site. */
static void
colour_clusters(struct duality *d, const uint64_t *coin, uint64_t *spins)
{
	const size_t cols = d->lattice.cols, words = d->words;

	memset(spins, 0, (d->lattice.sites + 63) / 64 * sizeof *spins);
	for (size_t y = 0; y < d->lattice.rows; y++)
		for (size_t k = 0; k < words; k++) {
			const size_t first = y * cols + 64 * k, n = columns(d, k);
			uint64_t word = 0;

			for (uint64_t left = d->starts[y * words + k]; left; left &= left - 1) {
				const size_t x = (size_t)__builtin_ctzll(left);
				uint32_t *c = &d->cluster[first + x];

				*c = d->cluster[*c]; /* what is before is labelled already */
				if ((word >> x ^ coin[*c / 64] >> *c % 64) & 1)
					word ^= UINT64_MAX << x;
			}
			word &= low_bits(n);
			spins[first / 64] |= word << first % 64;
			if (first % 64 + n > 64)
				spins[first / 64 + 1] |= word >> (64 - first % 64);
		}
}

bool
duality_take(struct duality *d, uint64_t id, uint64_t draw, uint64_t *spins)
{
	const size_t N = d->lattice.sites;
	size_t open, s;

	rn_random_fill(&d->key, id, draw, d->random, d->draws);
	open = open_bonds(d, spins, d->random + 1 + N / 64 + 1);
	s = open + find_clusters(d, &d->of_spins) + 1 - N;
	cross_bonds(d);
	s -= find_clusters(d, &d->of_squares);
	if (d->random[0] & ((1u << s) - 1))
		return false;
	colour_clusters(d, d->random + 1, spins);
	return true;
}
