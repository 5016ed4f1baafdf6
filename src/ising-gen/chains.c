#include "chains.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"
#include "renorm/stage.h" /* RN_TC */

bool
chain_starts_hot(enum chain_start start, double T)
{
	return start == START_HOT || (start == START_AUTO && T >= RN_TC);
}

bool
chains_init(struct chains *c, const struct rn_lattice *l, size_t replicas, uint64_t first_id,
	enum chain_algorithm algorithm)
{
	*c = (struct chains){
		.algorithm = algorithm,
		.replicas = replicas,
		.first_id = first_id,
		.sweep_blocks = l->sites / 2 + l->sites % 2,
		.site = calloc(replicas, l->sites),
		.zeros = calloc(l->cols, 1),
		.ones = malloc(l->cols),
	};
	if (!words_init(&c->words, l->cols) || !c->site || !c->zeros || !c->ones)
		return false;
	memset(c->ones, 1, l->cols);
	return true;
}

void
chains_clear(struct chains *c)
{
	words_clear(&c->words);
	free(c->site);
	free(c->zeros);
	free(c->ones);
	*c = (struct chains){ 0 };
}

static uint8_t *
sites_of(const struct chains *c, size_t r)
{
	return c->site + r * c->ensemble.lattice.sites;
}

const uint8_t *
chains_sites(const struct chains *c, size_t r)
{
	return sites_of(c, r);
}

void
chains_insert(struct chains *c, size_t r, const uint8_t *bits)
{
	rn_bits_unpack_u8(bits, c->ensemble.lattice.sites, sites_of(c, r));
}

static void
start_cold(struct chains *c, size_t r)
{
	const struct ensemble *e = &c->ensemble;
	const uint64_t *word;

	words_start(&c->words, &e->key, c->first_id + r, 0, 1);
	word = words_take(&c->words, 1);
	memset(sites_of(c, r), *word < ensemble_ground_is_up(&e->lattice, e->h), e->lattice.sites);
}

static void
start_hot(struct chains *c, size_t r)
{
	const struct ensemble *e = &c->ensemble;
	uint8_t *site = sites_of(c, r);
	size_t sites = e->lattice.sites;

	words_start(&c->words, &e->key, c->first_id + r, 0, c->sweep_blocks);
	for (size_t i = 0; i < sites; i += 64) {
		uint64_t word = *words_take(&c->words, 1);

		for (size_t j = i; j < sites && j < i + 64; j++)
			site[j] = word >> (j - i) & 1;
	}
}

void
chains_start(struct chains *c, const struct ensemble *e, enum chain_start start)
{
	bool hot = chain_starts_hot(start, e->T);

	c->ensemble = *e;
	c->heatbath = heatbath_make(e->T, e->h);
	c->metropolis = metropolis_make(e->T, e->h);
	for (size_t r = 0; r < c->replicas; r++)
		if (hot)
			start_hot(c, r);
		else
			start_cold(c, r);
}

static void
update_row(struct chains *c, uint8_t *site, size_t y)
{
	const struct rn_lattice *l = &c->ensemble.lattice;
	uint8_t *row = site + y * l->cols;
	const uint8_t *above = site + (y ? y - 1 : l->rows - 1) * l->cols;
	const uint8_t *below = site + (y + 1 < l->rows ? y + 1 : 0) * l->cols;
	const uint64_t *word = words_take(&c->words, l->cols);

	if (l->rows == 1) {
		above = c->zeros;
		below = c->ones;
	}
	if (c->algorithm == HEATBATH)
		heatbath_row(&c->heatbath, row, above, below, l->cols, word);
	else
		metropolis_row(&c->metropolis, row, above, below, l->cols, word);
}

void
chains_sweep(struct chains *c, size_t r, uint64_t done, uint64_t more)
{
	const struct rn_lattice *l = &c->ensemble.lattice;

	words_start(&c->words, &c->ensemble.key, c->first_id + r, (done + 1) * c->sweep_blocks,
		more * c->sweep_blocks);
	for (uint64_t w = 0; w < more; w++) {
		for (size_t y = 0; y < l->rows; y++)
			update_row(c, sites_of(c, r), y);
		if (l->sites % 2) /* the second half of the sweep's last block */
			words_take(&c->words, 1);
	}
}
