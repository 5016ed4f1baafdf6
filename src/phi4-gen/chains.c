/* Chains side by side: tables, starts, and the order of sweeps; the sweeps are in sweep_kernel.h and clusters.c. */
#include "chains.h"

#include <math.h>
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

static void *
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

/* With diagonals, whose ends differ in both: nine at most. */
static unsigned
colour_pair(const struct rn_lattice *t, size_t i)
{
	return 3 * colour_on_ring(i / t->cols, t->rows) + colour_on_ring(i % t->cols, t->cols);
}

static void
order_visits(struct chains *c, bool diagonals)
{
	const struct rn_lattice *t = &c->lattice;
	size_t v = 0;

	c->colours = diagonals ? 9 : is_odd(t->rows) || is_odd(t->cols) ? 3 : 2;
	for (unsigned k = 0; k < c->colours; k++) {
		c->colour[k] = v;
		for (size_t i = 0; i < t->sites; i++)
			if ((diagonals ? colour_pair(t, i) : colour(t, (unsigned)c->colours, i)) == k)
				c->visit[v++] = neighbours(t, i / t->cols, i % t->cols);
	}
	c->colour[c->colours] = v;
}

/* Where the bonds of a site end; those to itself nowhere. */
static void
find_ends(struct chains *c)
{
	const size_t N = c->lattice.sites;
	const struct rn_phi4_model grid = { .lattice = c->lattice };

	for (size_t i = 0; i < N; i++)
		for (unsigned k = 0; k < 2 * c->bond_sets; k++) {
			const size_t end = k == 1 && c->lattice.dim == 1 ? i : rn_phi4_model_end(&grid, k, i);

			c->ahead[k / 2][i].end[k % 2] = (uint32_t)(end == i ? N : end);
		}
}

static void
set_number(const struct chains *c, void *numbers, size_t i, double x)
{
	if (c->type == RN_F32)
		((float *)numbers)[i] = (float)x;
	else
		((double *)numbers)[i] = x;
}

/* The couplings of a model as the kernels want them: times -log2(e), those of clusters twice that. */
static void
set_model(struct chains *c, const struct rn_phi4_model *m)
{
	const size_t N = c->lattice.sites;

	for (size_t v = 0; v < N; v++) {
		const struct model_site s = ensemble_model_site(m, c->visit[v].site);
		const double step = ensemble_model_step(&s) * (c->type == RN_F32 ? 0x1p-31 : 2);

		set_number(c, c->terms, MODEL_TERMS * v, -M_LOG2E * s.a);
		set_number(c, c->terms, MODEL_TERMS * v + 1, -M_LOG2E * s.b);
		set_number(c, c->terms, MODEL_TERMS * v + 2, step);
		for (size_t k = 0; k < MODEL_NEAR; k++) {
			c->near[MODEL_NEAR * v + k] = (uint32_t)(k < s.bonds ? s.end[k] : N);
			set_number(c, c->terms, MODEL_TERMS * v + 3 + k, k < s.bonds ? -M_LOG2E * s.w[k] : 0);
		}
	}
	for (size_t i = 0; i < N; i++)
		for (unsigned k = 0; c->bond_sets && k < rn_phi4_model_bonds(m); k++)
			set_number(c, c->pull[k / 2], 2 * i + k % 2,
				-2 * M_LOG2E * rn_phi4_model_coupling(m, k, i));
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
init_clusters(struct chains *c, const struct rn_phi4_model *model)
{
	const size_t N = c->lattice.sites, rows = c->lattice.rows * ((c->lattice.cols + 63) / 64);

	c->bond_sets = model && model->w2 ? 2 : 1;
	for (size_t k = 0; k < 2 * c->bond_sets; k++) {
		c->bond[k] = calloc(N, sizeof *c->bond[k]);
		c->rows[k] = calloc(SIDE * rows, sizeof *c->rows[k]);
		if (!c->bond[k] || !c->rows[k])
			return false;
	}
	for (size_t s = 0; s < c->bond_sets; s++) {
		c->ahead[s] = calloc(N, sizeof *c->ahead[s]);
		c->pull[s] = model ? calloc(2 * N, bytes_of_number(c)) : NULL;
		if (!c->ahead[s] || (model && !c->pull[s]))
			return false;
	}
	c->entered = calloc(rows, sizeof *c->entered);
	c->coins = calloc(2 * (N / 128 + 1), sizeof *c->coins);
	return rn_runs_init(&c->runs, &c->lattice) && c->entered && c->coins;
}

static bool
init_model(struct chains *c)
{
	c->near = calloc(c->lattice.sites, MODEL_NEAR * sizeof *c->near);
	c->terms = calloc(c->lattice.sites, MODEL_TERMS * bytes_of_number(c));
	return c->near && c->terms;
}

bool
chains_init(struct chains *c, const struct rn_lattice *l, enum rn_type type, size_t blocks,
	uint64_t first_block, bool clusters, const struct rn_phi4_model *model)
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
	c->phi = vectors(bytes);
	c->random = vectors(64 * MOST_WORDS * GROUP);
	if (!c->visit || !c->phi || !c->random || (clusters && !init_clusters(c, model)) ||
		(model && !init_model(c)))
		return false;
	order_visits(c, model && model->w2);
	find_ends(c);
	if (model)
		set_model(c, model);
	return true;
}

void
chains_clear(struct chains *c)
{
	free(c->visit);
	free(c->phi);
	free(c->random);
	free(c->near);
	free(c->terms);
	for (size_t k = 0; k < 4; k++) {
		free(c->bond[k]);
		free(c->rows[k]);
	}
	for (size_t s = 0; s < 2; s++) {
		free(c->ahead[s]);
		free(c->pull[s]);
	}
	free(c->entered);
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
		memset((uint8_t *)block_of(c, b) + SIDE * c->lattice.sites * bytes_of_number(c), 0,
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
	const void *from = block_of(c, k / SIDE);

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
	void *to = block_of(c, k / SIDE);

	if (c->type == RN_F32)
		for (size_t i = 0; i < c->lattice.sites; i++)
			((float *)to)[SIDE * i + k % SIDE] = ((const float *)phi)[i];
	else
		for (size_t i = 0; i < c->lattice.sites; i++)
			((double *)to)[SIDE * i + k % SIDE] = ((const double *)phi)[i];
}

static uint64_t
bond_draws(const struct chains *c)
{
	return c->bond_sets * (c->type == RN_F32 ? 8 : 16) * (uint64_t)c->lattice.sites;
}

uint64_t
chains_cluster_draw(const struct chains *c, uint64_t sweep)
{
	return sweep * (bond_draws(c) + SIDE * (c->lattice.sites / 128 + 1));
}

uint64_t
chains_coins_draw(const struct chains *c, uint64_t sweep)
{
	return chains_cluster_draw(c, sweep) + bond_draws(c);
}

double
chains_draws(const struct rn_lattice *l, enum rn_type type, uint64_t local_per_cluster)
{
	const double visit = type == RN_F32 ? 8 : 16, m = (double)local_per_cluster;

	return (visit * (m > 2 ? m : 2) + 1) * ((double)l->sites + 128);
}
