/* Chains side by side: tables, starts, and the order of sweeps; the sweeps are in sweep_kernel.h and clusters.c. */
#include "chains.h"

#include <stdlib.h>
#include <string.h>

#include "sweep.h"

static size_t
bytes_of_number(const struct chains *c)
{
	return rn_type_bytes(c->type);
}

/* Of a block: 16 numbers a site, and the site that is 0. */
static size_t
block_bytes(const struct chains *c)
{
	return SIDE * (c->lattice.sites + 1) * bytes_of_number(c);
}

static uint8_t *
block_of(const struct chains *c, size_t block)
{
	return (uint8_t *)c->phi + block * block_bytes(c);
}

static const struct sweep *
sweep_of(const struct chains *c)
{
	return (c->type == RN_F32 ? sweep_f32 : sweep_f64)[c->level];
}

/* 0 1 0 1 ..., and 2 where a ring of odd length closes. */
static unsigned
colour_on_ring(size_t x, size_t length)
{
	return length % 2 && length > 1 && x == length - 1 ? 2 : x % 2;
}

static bool
is_odd(size_t length)
{
	return length % 2 && length > 1;
}

static unsigned
colour(const struct rn_lattice *t, unsigned colours, size_t i)
{
	return (colour_on_ring(i / t->cols, t->rows) + colour_on_ring(i % t->cols, t->cols)) % colours;
}

/* The neighbours of site (y, x); one that is itself is none. */
static struct visit
neighbours(const struct rn_lattice *t, size_t y, size_t x)
{
	const size_t rows = t->rows, cols = t->cols, none = t->sites;
	const size_t left = cols > 1 ? y * cols + (x ? x : cols) - 1 : none;
	const size_t right = cols > 1 ? y * cols + (x + 1 < cols ? x + 1 : 0) : none;
	const size_t up = rows > 1 ? ((y ? y : rows) - 1) * cols + x : none;
	const size_t down = rows > 1 ? (y + 1 < rows ? y + 1 : 0) * cols + x : none;

	return (struct visit){ (uint32_t)(y * cols + x),
		{ (uint32_t)left, (uint32_t)right, (uint32_t)up, (uint32_t)down } };
}

static void
order_visits(struct chains *c)
{
	const struct rn_lattice *t = &c->lattice;
	size_t v = 0;

	c->colours = is_odd(t->rows) || is_odd(t->cols) ? 3 : 2;
	for (unsigned k = 0; k < c->colours; k++) {
		c->colour[k] = v;
		for (size_t i = 0; i < t->sites; i++)
			if (colour(t, (unsigned)c->colours, i) == k)
				c->visit[v++] = neighbours(t, i / t->cols, i % t->cols);
	}
	c->colour[c->colours] = v;
	for (size_t i = 0; i < t->sites; i++)
		c->ahead[c->visit[i].site] = (struct ahead){ c->visit[i].near[1], c->visit[i].near[3] };
}

static void *
vectors(size_t size)
{
	size_t whole;

	if (__builtin_add_overflow(size, 63, &whole))
		return NULL;
	return aligned_alloc(64, whole / 64 * 64);
}

static bool
init_clusters(struct chains *c)
{
	const size_t N = c->lattice.sites, rows = c->lattice.rows * ((c->lattice.cols + 63) / 64);

	c->right = calloc(N, sizeof *c->right);
	c->down = calloc(N, sizeof *c->down);
	c->rows_right = calloc(SIDE * rows, sizeof *c->rows_right);
	c->rows_down = calloc(SIDE * rows, sizeof *c->rows_down);
	c->coins = calloc(2 * (N / 128 + 1), sizeof *c->coins);
	return rn_runs_init(&c->runs, &c->lattice) && c->right && c->down && c->rows_right && c->rows_down &&
		c->coins;
}

bool
chains_init(struct chains *c, const struct rn_lattice *l, enum rn_type type, size_t blocks,
	uint64_t first_block, bool clusters)
{
	size_t bytes;

	*c = (struct chains){
		.level = words_level(),
		.lattice = *l,
		.type = type,
		.blocks = blocks,
		.first_block = first_block,
	};
	if (l->sites > UINT32_MAX - 64 || __builtin_mul_overflow(block_bytes(c), blocks, &bytes))
		return false;
	c->visit = calloc(l->sites, sizeof *c->visit);
	c->ahead = calloc(l->sites, sizeof *c->ahead);
	c->phi = vectors(bytes);
	c->random = vectors(64 * MOST_WORDS * GROUP);
	if (!c->visit || !c->ahead || !c->phi || !c->random || (clusters && !init_clusters(c)))
		return false;
	order_visits(c);
	return true;
}

void
chains_clear(struct chains *c)
{
	free(c->visit);
	free(c->ahead);
	free(c->phi);
	free(c->random);
	free(c->right);
	free(c->down);
	free(c->rows_right);
	free(c->rows_down);
	free(c->coins);
	rn_runs_clear(&c->runs);
	*c = (struct chains){ 0 };
}

static void
start_cold(struct chains *c, size_t block)
{
	const double scale = c->ensemble.scale;
	uint64_t coins[2];

	rn_random_block(&c->ensemble.local, c->first_block + block, 0, coins);
	for (size_t i = 0; i < c->lattice.sites; i++)
		for (size_t l = 0; l < SIDE; l++) {
			const double phi = coins[0] >> l & 1 ? scale : -scale;

			if (c->type == RN_F32)
				((float *)block_of(c, block))[SIDE * i + l] = (float)phi;
			else
				((double *)block_of(c, block))[SIDE * i + l] = phi;
		}
}

void
chains_start(struct chains *c, const struct ensemble *e, bool hot, uint64_t local_per_cluster)
{
	c->ensemble = *e;
	c->local_per_cluster = local_per_cluster;
	for (size_t b = 0; b < c->blocks; b++) {
		memset(block_of(c, b) + SIDE * c->lattice.sites * bytes_of_number(c), 0,
			SIDE * bytes_of_number(c));
		if (hot)
			sweep_of(c)->scatter(c, b);
		else
			start_cold(c, b);
	}
}

void
chains_advance(struct chains *c, size_t block, uint64_t done, uint64_t more)
{
	const struct sweep *s = sweep_of(c);
	const uint64_t m = c->local_per_cluster;

	if (m == 0) {
		s->local(c, block, done + 1, done + more + 1);
		return;
	}
	for (uint64_t w = done + 1; w <= done + more; w++) {
		s->local(c, block, (w - 1) * m + 1, w * m + 1);
		s->bonds(c, block, w);
		chains_turn(c, block, w);
		s->turn(c, block);
	}
}

void
chains_get(const struct chains *c, size_t k, void *phi)
{
	const uint8_t *from = block_of(c, k / SIDE);

	if (c->type == RN_F32)
		for (size_t i = 0; i < c->lattice.sites; i++)
			((float *)phi)[i] = ((const float *)from)[SIDE * i + k % SIDE];
	else
		for (size_t i = 0; i < c->lattice.sites; i++)
			((double *)phi)[i] = ((const double *)from)[SIDE * i + k % SIDE];
}

void
chains_put(struct chains *c, size_t k, const void *phi)
{
	uint8_t *to = block_of(c, k / SIDE);

	if (c->type == RN_F32)
		for (size_t i = 0; i < c->lattice.sites; i++)
			((float *)to)[SIDE * i + k % SIDE] = ((const float *)phi)[i];
	else
		for (size_t i = 0; i < c->lattice.sites; i++)
			((double *)to)[SIDE * i + k % SIDE] = ((const double *)phi)[i];
}

double
chains_draws(const struct rn_lattice *l, enum rn_type type, uint64_t local_per_cluster)
{
	const double visit = type == RN_F32 ? 8 : 16, m = (double)local_per_cluster;

	return (visit * (m > 1 ? m : 1) + 1) * ((double)l->sites + 128);
}
