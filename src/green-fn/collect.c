#include "collect.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum rn_status
collection_init(struct collection *c, const struct rn_nets *form, const bool orders[ORDER_MAX + 1],
	unsigned cov, struct rn_error *err)
{
	const unsigned sites = (unsigned)(form->points.n * form->dout);
	const unsigned pairs = (unsigned)rn_nets_pairs(form->points.n);
	const bool covariances[ORDER_MAX + 1] = { false, cov >= 1, cov >= 2, cov >= 3 };

	*c = (struct collection){ .form = *form };
	if (!products_init(&c->f, sites, orders) || (cov && !products_init(&c->cov, pairs, covariances)))
		return rn_fail_memory(err, "products");
	c->q = c->f.total + c->cov.total;
	c->values = sites + (cov ? pairs : 0);
	c->sum = calloc(c->q + 1, sizeof *c->sum);
	return c->sum ? RN_OK : rn_fail_memory(err, "products");
}

void
collection_clear(struct collection *c)
{
	struct group *next;

	for (struct group *g = c->first; g; g = next) {
		next = g->next;
		pool_clear(&g->pool);
		tail_clear(&g->tail);
		free(g->value);
		free(g);
	}
	products_clear(&c->f);
	products_clear(&c->cov);
	rn_nets_clear(&c->form);
	free(c->sum);
	*c = (struct collection){ 0 };
}

/* --- blocks ------------------------------------------------------------------ */

/* A^2 of the networks of the block. */
static void
amplitudes(const struct collection *c, double square[LANES])
{
	const double *f = c->f.list[1];

	memset(square, 0, LANES * sizeof *square);
	for (size_t s = 0; s < c->f.sites; s++)
		for (size_t k = 0; k < LANES; k++)
			square[k] += f[s * LANES + k] * f[s * LANES + k];
	for (size_t k = 0; k < LANES; k++)
		square[k] /= c->f.sites;
}

static bool
has_underflow(const struct collection *c, const double g[])
{
	const double least = c->form.type == RN_F32 ? FLT_MIN : DBL_MIN;

	for (size_t s = 0; s < c->f.sites; s++)
		if (g[s] < least)
			return true;
	return false;
}

/* w A^n of the neurons of the block. */
static void
add_counts(struct collection *c, struct group *g)
{
	for (size_t k = 0; k < g->lanes; k++) {
		const double log_square = weighted_amplitude(&c->f, k);

		for (unsigned half = 1; half <= 3; half++)
			effective_add(&g->counts[half], g->logw[k] + half * log_square);
		g->lost += c->form.activation == RN_NET_GAUSS && has_underflow(c, g->value + k * c->values);
	}
}

/* From the values of a group, which begin at value[0] in the first record, to a block, one network a lane. */
static void
fill_block(const struct collection *c, const struct group *g, const double value[], struct products *p)
{
	double *block = products_block(p);

	for (size_t s = 0; s < p->sites; s++, block += LANES) {
		for (size_t k = 0; k < g->lanes; k++)
			block[k] = value[k * c->values + s];
		for (size_t k = g->lanes; k < LANES; k++)
			block[k] = 0;
	}
}

static void
flush_group(struct collection *c, struct group *g)
{
	double square[LANES];

	if (!g->lanes)
		return;
	memset(c->sum, 0, c->q * sizeof *c->sum);
	fill_block(c, g, g->value, &c->f);
	if (c->form.neurons) {
		add_counts(c, g);
		weighted_add(&c->f, g->logw, g->lanes, c->sum);
	} else {
		amplitudes(c, square);
		tail_add(&g->tail, square, g->lanes);
		products_add(&c->f, NULL, c->sum);
	}
	if (c->cov.total) {
		fill_block(c, g, g->value + c->f.sites, &c->cov);
		products_add(&c->cov, NULL, c->sum + c->f.total);
	}
	pool_add(&g->pool, g->bag, c->sum, g->lanes);
	g->lanes = 0;
}

static void
finish_group(struct collection *c, struct group *g)
{
	flush_group(c, g);
	if (!c->form.neurons)
		tail_sort(&g->tail);
}

void
collection_flush(struct collection *c)
{
	for (struct group *g = c->first; g; g = g->next)
		finish_group(c, g);
}

/* --- groups ------------------------------------------------------------------ */

static struct group *
find_group(struct collection *c, const struct key *key)
{
	struct group *g = c->first;

	/* Interleaved groups take turns. */
	if (c->group && c->group->next && key_same(&c->group->next->key, key))
		return c->group->next;
	while (g && !key_same(&g->key, key))
		g = g->next;
	if (g)
		return g;
	g = calloc(1, sizeof *g);
	if (!g || !(g->value = calloc(LANES * c->values, sizeof *g->value)) ||
		(!c->form.neurons && !tail_init(&g->tail))) {
		free(g ? g->value : NULL);
		free(g);
		return NULL;
	}
	g->key = *key;
	pool_init(&g->pool, c->q);
	*(c->end ? &c->end->next : &c->first) = g;
	c->end = g;
	c->groups++;
	return g;
}

static double
f64_at(const uint8_t *record, size_t at)
{
	double x;

	memcpy(&x, record + at, sizeof x);
	return x;
}

static uint32_t
u32_at(const uint8_t *record, size_t at)
{
	uint32_t x;

	memcpy(&x, record + at, sizeof x);
	return x;
}

static uint64_t
u64_at(const uint8_t *record, size_t at)
{
	uint64_t x;

	memcpy(&x, record + at, sizeof x);
	return x;
}

static enum rn_status
read_key(const struct rn_nets *form, const uint8_t *record, struct key *key, struct rn_error *err)
{
	*key = (struct key){
		.sigma_w = f64_at(record, form->at.sigma_w) + 0.0, /* -0 is 0 */
		.sigma_b = f64_at(record, form->at.sigma_b) + 0.0,
	};
	if (form->neurons)
		key->tilt = u32_at(record, form->at.tilt);
	else {
		key->N = u32_at(record, form->at.N);
		key->step = form->step ? u64_at(record, form->at.step) : 0;
	}
	if (!(key->sigma_w >= 0) || !(key->sigma_b >= 0) || isinf(key->sigma_w) || isinf(key->sigma_b))
		return rn_fail(err, RN_EDATA,
			"sigma_w %g, sigma_b %g: standard deviations are finite and >= 0", key->sigma_w,
			key->sigma_b);
	if (!form->neurons && key->N == 0)
		return rn_fail(err, RN_EDATA, "N is 0: a network has at least one unit");
	return RN_OK;
}

static enum rn_status
refuse_order(const struct collection *c, const struct bag *bag, uint64_t number, struct rn_error *err)
{
	const char *what = c->form.neurons ? "neuron" : "net";

	return rn_fail(err, RN_EDATA,
		"%s %" PRIu64 " after %s %" PRIu64 " in bag %" PRIu64
		": the same ones twice, or two runs whose bags have the same numbers (give the second "
		"another --first-bag)",
		what, number, what, bag->last, bag->id);
}

/* Goes to the group and bag of the record; NULL: no memory. */
static struct group *
turn_to(struct collection *c, const struct key *key, uint64_t id)
{
	struct group *g = c->group;

	if (!g || !key_same(&g->key, key))
		g = c->group = find_group(c, key);
	if (g && (!g->bag || g->bag->id != id)) {
		flush_group(c, g);
		g->bag = pool_bag(&g->pool, id);
	}
	return g && g->bag ? g : NULL;
}

/* --- records ----------------------------------------------------------------- */

static enum rn_status
take(const struct collection *c, const uint8_t *record, size_t at, size_t n, const char *name, double value[],
	struct rn_error *err)
{
	double all = 0;

	rn_nets_values(&c->form, record, at, n, value);
	for (size_t s = 0; s < n; s++)
		all += value[s] * 0; /* NaN if any is infinite or NaN */
	if (all == 0)
		return RN_OK;
	for (size_t s = 0; s < n; s++)
		if (!isfinite(value[s]))
			return rn_fail(err, RN_EDATA,
				"%s[%zu] is %s: no average comes of it, drop such records", name, s,
				isnan(value[s]) ? "nan" : "infinite");
	return RN_OK;
}

/* Weights are at most about e^(tilt^2 sigma^2): these are errors, and would not fit an int as powers of 2. */
#define LOGW_MAX 1e6

static enum rn_status
take_weight(const struct collection *c, const uint8_t *record, double *logw, struct rn_error *err)
{
	*logw = f64_at(record, c->form.at.logw);
	if (!(fabs(*logw) <= LOGW_MAX))
		return rn_fail(err, RN_EDATA, "logw is %g: no weight is e to that", *logw);
	return RN_OK;
}

enum rn_status
collection_add(struct collection *c, const uint8_t *record, struct rn_error *err)
{
	const struct rn_nets *form = &c->form;
	const uint64_t number = u64_at(record, form->neurons ? form->at.neuron : form->at.net);
	struct key key;
	enum rn_status st = read_key(form, record, &key, err);
	struct group *g;
	double *value;

	if (st != RN_OK)
		return st;
	g = turn_to(c, &key, u32_at(record, form->at.bag));
	if (!g)
		return rn_fail_memory(err, "groups");
	if (g->bag->nets + g->lanes > 0 && number <= g->bag->last)
		return refuse_order(c, g->bag, number, err);
	value = g->value + g->lanes * c->values;
	st = take(c, record, form->neurons ? form->at.g : form->at.f, c->f.sites, form->neurons ? "g" : "f",
		value, err);
	if (st == RN_OK && c->cov.total)
		st = take(c, record, form->at.cov, c->cov.sites, "cov", value + c->f.sites, err);
	if (st == RN_OK && form->neurons)
		st = take_weight(c, record, &g->logw[g->lanes], err);
	if (st != RN_OK)
		return st;
	g->bag->last = number;
	if (!g->lanes)
		g->room = pool_room(&g->pool, LANES);
	if (++g->lanes == g->room)
		flush_group(c, g);
	return RN_OK;
}
