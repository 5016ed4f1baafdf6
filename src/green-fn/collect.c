#include "collect.h"

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
	c->value = calloc(pairs > sites ? pairs : sites, sizeof *c->value);
	c->sum = calloc(c->q + 1, sizeof *c->sum);
	return c->value && c->sum ? RN_OK : rn_fail_memory(err, "products");
}

void
collection_clear(struct collection *c)
{
	struct group *next;

	for (struct group *g = c->first; g; g = next) {
		next = g->next;
		pool_clear(&g->pool);
		tail_clear(&g->tail);
		free(g);
	}
	products_clear(&c->f);
	products_clear(&c->cov);
	rn_nets_clear(&c->form);
	free(c->value);
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

static void
add_weights(const struct collection *c, const double square[])
{
	for (size_t k = 0; k < c->lanes; k++) {
		double x = c->weight[k];

		for (size_t n = 1; n <= 3; n++) {
			x *= square[k];
			c->group->weight[n] += x;
			c->group->weight2[n] += x * x;
		}
	}
}

static void
clear_lanes(struct products *p, size_t from)
{
	for (size_t s = 0; s < p->sites && from < LANES; s++)
		memset(products_block(p) + s * LANES + from, 0, (LANES - from) * sizeof(double));
}

void
collection_flush(struct collection *c)
{
	const bool neurons = c->form.neurons;
	double square[LANES];

	if (!c->lanes)
		return;
	memset(c->sum, 0, c->q * sizeof *c->sum);
	clear_lanes(&c->f, c->lanes);
	products_add(&c->f, neurons ? c->weight : NULL, c->sum);
	if (c->cov.total) {
		clear_lanes(&c->cov, c->lanes);
		products_add(&c->cov, NULL, c->sum + c->f.total);
	}
	pool_add(&c->group->pool, c->bag, c->sum, c->lanes);
	amplitudes(c, square);
	if (neurons)
		add_weights(c, square);
	else
		tail_add(&c->group->tail, square, c->lanes);
	c->lanes = 0;
}

/* --- groups ------------------------------------------------------------------ */

static bool
same(const struct key *a, const struct key *b)
{
	return a->N == b->N && a->sigma_w == b->sigma_w && a->sigma_b == b->sigma_b && a->step == b->step;
}

static struct group *
find_group(struct collection *c, const struct key *key)
{
	struct group *g = c->first;

	while (g && !same(&g->key, key))
		g = g->next;
	if (g)
		return g;
	g = calloc(1, sizeof *g);
	if (!g || (!c->form.neurons && !tail_init(&g->tail))) {
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
		key->step = u32_at(record, form->at.tilt);
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
refuse_order(const struct collection *c, uint64_t number, struct rn_error *err)
{
	const char *what = c->form.neurons ? "neuron" : "net";

	return rn_fail(err, RN_EDATA,
		"%s %" PRIu64 " after %s %" PRIu64 " in bag %" PRIu64
		": the same ones twice, or two runs whose bags have the same numbers (give the second "
		"another --first-bag)",
		what, number, what, c->bag->last, c->bag->id);
}

/* Goes to the group and bag of the record; NULL: no memory. */
static struct bag *
turn_to(struct collection *c, const struct key *key, uint64_t id)
{
	if (!c->group || !same(&c->group->key, key)) {
		collection_flush(c);
		c->bag = NULL;
		c->group = find_group(c, key);
	}
	if (c->group && (!c->bag || c->bag->id != id)) {
		collection_flush(c);
		c->bag = pool_bag(&c->group->pool, id);
	}
	return c->group ? c->bag : NULL;
}

/* --- records ----------------------------------------------------------------- */

/* Into lane c->lanes of the block. */
static enum rn_status
take(struct collection *c, struct products *p, const uint8_t *record, size_t at, const char *name,
	struct rn_error *err)
{
	double *block = products_block(p), all = 0;

	rn_nets_values(&c->form, record, at, p->sites, c->value);
	for (size_t s = 0; s < p->sites; s++) {
		block[s * LANES + c->lanes] = c->value[s];
		all += c->value[s] * 0; /* NaN if any is infinite or NaN */
	}
	if (all == 0)
		return RN_OK;
	for (size_t s = 0; s < p->sites; s++)
		if (!isfinite(c->value[s]))
			return rn_fail(err, RN_EDATA,
				"%s[%zu] is %s: no average comes of it, drop such records", name, s,
				isnan(c->value[s]) ? "nan" : "infinite");
	return RN_OK;
}

static enum rn_status
take_weight(struct collection *c, const uint8_t *record, struct rn_error *err)
{
	const double logw = f64_at(record, c->form.at.logw), w = exp(logw);

	if (!isfinite(w))
		return rn_fail(err, RN_EDATA, "logw is %g: no weight is e to that", logw);
	c->weight[c->lanes] = w;
	return RN_OK;
}

enum rn_status
collection_add(struct collection *c, const uint8_t *record, struct rn_error *err)
{
	const struct rn_nets *form = &c->form;
	const uint64_t number = u64_at(record, form->neurons ? form->at.neuron : form->at.net);
	struct key key;
	enum rn_status st = read_key(form, record, &key, err);

	struct bag *bag;

	if (st != RN_OK)
		return st;
	bag = turn_to(c, &key, u32_at(record, form->at.bag));
	if (!bag)
		return rn_fail_memory(err, "groups");
	if (bag->nets + c->lanes > 0 && number <= bag->last)
		return refuse_order(c, number, err);
	st = take(c, &c->f, record, form->neurons ? form->at.g : form->at.f, form->neurons ? "g" : "f", err);
	if (st == RN_OK && c->cov.total)
		st = take(c, &c->cov, record, form->at.cov, "cov", err);
	if (st == RN_OK && form->neurons)
		st = take_weight(c, record, err);
	if (st != RN_OK)
		return st;
	bag->last = number;
	if (!c->lanes)
		c->room = pool_room(&c->group->pool, LANES);
	if (++c->lanes == c->room)
		collection_flush(c);
	return RN_OK;
}
