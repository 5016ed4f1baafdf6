#include "duality.h"

#include <math.h>
#include <stdlib.h>

bool
duality_init(struct duality *d, const struct rn_lattice *l)
{
	const size_t N = l->sites, words = 1 + N / 64 + 1 + 2 * N;

	*d = (struct duality){
		.lattice = *l,
		.draws = words / 2 + 1,
		.random = calloc(words / 2 + 1, 2 * sizeof *d->random),
		.cluster = calloc(N, sizeof *d->cluster),
		.cluster2 = calloc(N, sizeof *d->cluster2),
	};
	return d->random && d->cluster && d->cluster2;
}

void
duality_clear(struct duality *d)
{
	free(d->random);
	free(d->cluster);
	free(d->cluster2);
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
join(uint32_t *cluster, uint32_t a, uint32_t b)
{
	if (cluster[a] == cluster[b]) /* mostly, in a large cluster */
		return 0;
	while (cluster[a] != a)
		a = cluster[a] = cluster[cluster[a]];
	while (cluster[b] != b)
		b = cluster[b] = cluster[cluster[b]];
	if (a < b)
		cluster[b] = a;
	else
		cluster[a] = b;
	return a != b;
}

static inline unsigned
bit(const uint64_t *word, size_t i)
{
	return word[i / 64] >> i % 64 & 1;
}

/* Opens the bonds; returns s. */
static size_t
open_bonds(struct duality *d, const uint64_t *spins, const uint64_t *random)
{
	const size_t rows = d->lattice.rows, cols = d->lattice.cols, N = d->lattice.sites;
	size_t open = 0, k = N, k2 = N;

	for (uint32_t i = 0; i < N; i++)
		d->cluster[i] = d->cluster2[i] = i;
	for (size_t y = 0; y < rows; y++)
		for (size_t x = 0; x < cols; x++) {
			const size_t i = y * cols + x, right = y * cols + (x + 1 < cols ? x + 1 : 0);
			const size_t down = (y + 1 < rows ? y + 1 : 0) * cols + x;
			/* Square i has site i at its upper left. */
			const size_t above = (y ? y - 1 : rows - 1) * cols + x;
			const size_t left = y * cols + (x ? x - 1 : cols - 1);

			if (random[i] < d->open && bit(spins, i) == bit(spins, right)) {
				open++;
				k -= join(d->cluster, (uint32_t)i, (uint32_t)right);
			} else
				k2 -= join(d->cluster2, (uint32_t)above, (uint32_t)i);
			if (random[N + i] < d->open && bit(spins, i) == bit(spins, down)) {
				open++;
				k -= join(d->cluster, (uint32_t)i, (uint32_t)down);
			} else
				k2 -= join(d->cluster2, (uint32_t)left, (uint32_t)i);
		}
	return open + k + 1 - N - k2;
}

/* A coin for each cluster of the dual torus: that of its first site. */
static void
colour_clusters(struct duality *d, const uint64_t *coin, uint64_t *spins)
{
	const size_t N = d->lattice.sites;

	for (size_t i = 0; i < N; i += 64) {
		const size_t end = N - i < 64 ? N : i + 64;
		uint64_t word = 0;

		for (size_t j = i; j < end; j++) {
			d->cluster2[j] = d->cluster2[d->cluster2[j]]; /* what is before is labelled already */
			word |= (uint64_t)bit(coin, d->cluster2[j]) << (j - i);
		}
		spins[i / 64] = word;
	}
}

bool
duality_take(struct duality *d, uint64_t id, uint64_t draw, uint64_t *spins)
{
	const size_t coins = d->lattice.sites / 64 + 1;
	size_t s;

	rn_random_fill(&d->key, id, draw, d->random, d->draws);
	s = open_bonds(d, spins, d->random + 1 + coins);
	if (d->random[0] & ((1u << s) - 1))
		return false;
	colour_clusters(d, d->random + 1, spins);
	return true;
}
