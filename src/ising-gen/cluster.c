#include "cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"

bool
cluster_possible(const struct rn_lattice *l)
{
	uint64_t words = l->cols / 64 + (l->cols % 64 != 0);

	return words <= UINT32_MAX / 64 && l->rows <= UINT32_MAX / (64 * words);
}

bool
cluster_init(struct cluster *c, const struct rn_lattice *l, enum cluster_algorithm algorithm, bool field)
{
	*c = (struct cluster){
		.ensemble.lattice = *l,
		.algorithm = algorithm,
		.words = l->cols / 64 + (l->cols % 64 != 0),
		.last = ~0ull >> (63 - (l->cols - 1) % 64),
	};
	c->spin = calloc(l->rows * c->words, sizeof *c->spin);
	if (!c->spin || !(algorithm == WOLFF ? wolff_init(c) : swendsen_wang_init(c, field)))
		return false;
	c->random = calloc(2 * c->random_blocks, sizeof *c->random);
	return c->random;
}

void
cluster_clear(struct cluster *c)
{
	free(c->spin);
	free(c->random);
	free(c->right);
	free(c->down);
	free(c->size);
	rn_runs_clear(&c->runs);
	free(c->site);
	free(c->stack);
	*c = (struct cluster){ 0 };
}

static void
start_cold(struct cluster *c)
{
	const struct ensemble *e = &c->ensemble;
	size_t last = c->words - 1;
	uint64_t block[2];
	bool up;

	rn_random_block(&e->key, c->id, 0, block);
	up = block[0] < ensemble_ground_is_up(&e->lattice, e->h);
	memset(c->spin, up ? 0xff : 0, e->lattice.rows * c->words * sizeof *c->spin);
	for (size_t y = 0; y < e->lattice.rows; y++)
		c->spin[y * c->words + last] &= c->last;
}

/* Row y from block y ceil(words / 2) on: always before B. */
static void
start_hot(struct cluster *c)
{
	size_t blocks = c->words / 2 + c->words % 2;

	for (size_t y = 0; y < c->ensemble.lattice.rows; y++) {
		uint64_t *row = c->spin + y * c->words;

		for (size_t w = 0, n; w < c->words; w += n) {
			n = c->words - w < 2 * c->random_blocks ? c->words - w : 2 * c->random_blocks;
			rn_random_fill(&c->ensemble.key, c->id, y * blocks + w / 2, c->random, n / 2 + n % 2);
			memcpy(row + w, c->random, n * sizeof *row);
		}
		row[c->words - 1] &= c->last;
	}
}

void
cluster_start(struct cluster *c, const struct ensemble *e, uint64_t id, bool hot)
{
	c->ensemble = *e;
	c->ensemble.key = ensemble_key(e, c->algorithm == WOLFF ? "wolff" : "swendsen-wang");
	c->id = id;
	c->bond = ensemble_threshold(-expm1(-2 / e->T), exp(-2 / e->T));
	c->clusters = wolff_clusters(&e->lattice, e->T);
	c->sweep_blocks = c->algorithm == WOLFF ? wolff_blocks(c) : swendsen_wang_blocks(c);
	if (hot)
		start_hot(c);
	else
		start_cold(c);
	if (c->algorithm == WOLFF)
		wolff_start(c);
}

void
cluster_sweep(struct cluster *c, uint64_t done, uint64_t more)
{
	for (uint64_t w = done + 1; w <= done + more; w++)
		if (c->algorithm == WOLFF)
			wolff_sweep(c, w * c->sweep_blocks);
		else
			swendsen_wang_sweep(c, w * c->sweep_blocks);
}

void
cluster_extract(const struct cluster *c, uint8_t *bits)
{
	const struct rn_lattice *l = &c->ensemble.lattice;

	if (c->algorithm == WOLFF) {
		rn_bits_pack_u8(c->site, l->sites, bits);
		return;
	}
	memset(bits, 0, l->bytes);
	for (size_t y = 0; y < l->rows; y++)
		rn_bits_or(bits, y * l->cols, l->cols, c->spin + y * c->words);
}

void
cluster_insert(struct cluster *c, const uint8_t *bits)
{
	const struct rn_lattice *l = &c->ensemble.lattice;

	if (c->algorithm == WOLFF) {
		rn_bits_unpack_u8(bits, l->sites, c->site);
		return;
	}
	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x += 64)
			c->spin[y * c->words + x / 64] =
				rn_bits_get64(bits, y * l->cols + x, l->cols - x < 64 ? l->cols - x : 64);
}
