#include "cd.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "purpose.h"
#include "renorm/vecmath.h"

#define ROOM 1024 /* rows at once: the products are as fast as they get, and memory stays small */

/* Random numbers for `rows` rows of either layer: 128-bit blocks. */
static size_t
blocks_of(const struct rn_rbm *r, size_t rows)
{
	const size_t visible = r->nv * rn_units_words(r->visible);

	return (rows * (visible > r->nh ? visible : r->nh) + 3) / 4;
}

/* Random words for n units. */
static const uint32_t *
random_words(struct cd *t, size_t n)
{
	const size_t blocks = (n + 3) / 4;

	rn_random_fill(&t->key, t->optimiser->updates, t->draw, t->words, blocks);
	t->draw += blocks;
	return (const uint32_t *)t->words;
}

static void
sample_hidden(struct cd *t, const float v[], size_t n, float mean[])
{
	rn_rbm_hidden(t->rbm, v, n, random_words(t, n * t->rbm->nh), mean, t->h);
}

static void
sample_visible(struct cd *t, float v[], size_t n)
{
	const size_t words = rn_units_words(t->rbm->visible);

	rn_rbm_visible(t->rbm, t->h, n, random_words(t, n * t->rbm->nv * words), NULL, v);
}

/* Visible states of the biases alone. */
static void
start_chains(struct cd *t, uint64_t seed)
{
	const struct rn_rbm *r = t->rbm;
	const struct rn_random_key key = purpose_key(seed, PURPOSE_CHAINS, r);

	memset(t->h, 0, t->room * r->nh * sizeof *t->h);
	rn_random_fill(&key, 0, 0, t->words, blocks_of(r, t->chains));
	rn_rbm_visible(r, t->h, t->chains, (const uint32_t *)t->words, NULL, t->v);
}

static float *
floats(size_t n)
{
	return aligned_alloc(64, (n * sizeof(float) + 64) / 64 * 64);
}

enum rn_status
cd_create(struct cd *t, struct rn_rbm *rbm, struct rn_optimiser *optimiser,
	const struct rn_training *training, uint64_t seed, unsigned k, size_t chains, size_t batch,
	struct rn_error *err)
{
	const size_t room = batch < ROOM ? batch : ROOM;

	*t = (struct cd){
		.rbm = rbm,
		.optimiser = optimiser,
		.training = training,
		.key = purpose_key(seed, PURPOSE_UPDATE, rbm),
		.k = k,
		.chains = chains < room ? chains : room,
		.room = room,
		.v = floats(2 * room * rbm->nv),
		.p = floats(2 * room * rbm->nh),
		.h = floats(room * rbm->nh),
		.sign = floats(2 * room),
		.gradient = floats(rbm->parameters),
		.words = malloc(blocks_of(rbm, room) * 16),
	};
	rn_units_range(rbm->visible, &t->low, &t->high);
	if (!t->v || !t->p || !t->h || !t->sign || !t->gradient || !t->words) {
		cd_clear(t);
		return rn_fail_memory(err, "a batch");
	}
	memset(t->gradient, 0, rbm->parameters * sizeof *t->gradient); /* beta = 0 times a NaN may be one */
	if (t->chains)
		start_chains(t, seed);
	return RN_OK;
}

void
cd_clear(struct cd *t)
{
	free(t->v);
	free(t->p);
	free(t->h);
	free(t->sign);
	free(t->gradient);
	free(t->words);
	*t = (struct cd){ 0 };
}

/* Chains of n rows from hidden states t->h: k steps to v and p. */
static void
follow_samples(struct cd *t, size_t n)
{
	for (unsigned step = 1; step < t->k; step++) {
		sample_visible(t, t->v, n);
		sample_hidden(t, t->v, n, NULL);
	}
	sample_visible(t, t->v, n);
	rn_rbm_hidden(t->rbm, t->v, n, NULL, t->p, NULL);
}

static void
follow_chains(struct cd *t)
{
	for (unsigned step = 0; step < t->k; step++) {
		sample_hidden(t, t->v, t->chains, NULL);
		sample_visible(t, t->v, t->chains);
	}
	rn_rbm_hidden(t->rbm, t->v, t->chains, NULL, t->p, NULL);
}

/* The rows v, p of both terms, one after the other, and the sign and weight they have in the gradient. */
struct rows {
	float *v, *p;
	size_t model, data;
	float weight; /* of one of the model */
};

/*
 * For m of the n samples of an update. The chains of CD stand before the samples, those of PCD have their place at
 * the start of t->v, and move on in the first part of an update.
 */
static struct rows
make_rows(struct cd *t, const struct rn_dataset *d, const uint64_t index[], size_t m, size_t n, bool first)
{
	const struct rn_rbm *r = t->rbm;
	const size_t before = t->chains ? t->chains : m;
	float *v = t->v + before * r->nv, *p = t->p + before * r->nh;

	if (t->chains && first)
		follow_chains(t);
	rn_dataset_rows(d, index, m, t->low, t->high, v);
	if (t->chains) {
		rn_rbm_hidden(r, v, m, NULL, p, NULL);
	} else {
		sample_hidden(t, v, m, p);
		follow_samples(t, m);
	}
	if (t->chains && !first)
		return (struct rows){ v, p, 0, m, 0 };
	return (struct rows){ t->v, t->p, before, m, t->chains ? (float)n / (float)t->chains : 1 };
}

/* p of the data with a minus, p of the model with its weight: W's gradient is one product. */
static void
apply_signs(struct cd *t, const struct rows *x)
{
	const size_t nh = t->rbm->nh;

	for (size_t i = 0; i < x->model; i++)
		t->sign[i] = x->weight;
	for (size_t i = 0; i < x->data; i++)
		t->sign[x->model + i] = -1;
	if (x->weight != 1)
		cblas_sscal((int)(x->model * nh), x->weight, x->p, 1);
	cblas_sscal((int)(x->data * nh), -1, x->p + x->model * nh, 1);
}

/* W = keep W + scale v^T p */
static void
add_weights(const struct cd *t, const struct rows *x, float scale, float keep, float W[])
{
	const int nv = (int)t->rbm->nv, nh = (int)t->rbm->nh;

	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, nv, nh, (int)(x->model + x->data), scale, x->v,
		nv, x->p, nh, keep, W, nh);
}

/* b = keep b + scale v^T sign, c = keep c + scale p^T 1 */
static void
add_biases(struct cd *t, const struct rows *x, float scale, float keep, float b[], float c[])
{
	const int nv = (int)t->rbm->nv, nh = (int)t->rbm->nh, rows = (int)(x->model + x->data);

	cblas_sgemv(CblasRowMajor, CblasTrans, rows, nv, scale, x->v, nv, t->sign, 1, keep, b, 1);
	for (int i = 0; i < rows; i++)
		t->sign[i] = 1;
	cblas_sgemv(CblasRowMajor, CblasTrans, rows, nh, scale, x->p, nh, t->sign, 1, keep, c, 1);
}

static void
gradient_of(struct cd *t, const struct rn_dataset *d, const uint64_t index[], size_t n)
{
	const struct rn_rbm *r = t->rbm;
	float *W = t->gradient, *b = W + r->nv * r->nh, *c = b + r->nv;

	for (size_t i = 0, m; i < n; i += m) {
		struct rows x;

		m = n - i < t->room ? n - i : t->room;
		x = make_rows(t, d, index + i, m, n, i == 0);
		apply_signs(t, &x);
		add_weights(t, &x, 1 / (float)n, i > 0, W);
		add_biases(t, &x, 1 / (float)n, i > 0, b, c);
	}
}

void
cd_gradient(struct cd *t, const struct rn_dataset *d, const uint64_t index[], size_t n)
{
	t->draw = 0;
	gradient_of(t, d, index, n);
}

/* Plain gradient descent without L1 needs no gradient: the products are added to the parameters themselves. */
static void
descend(struct cd *t, const struct rn_dataset *d, const uint64_t index[], size_t n, float rate)
{
	const struct rn_training *o = t->training;
	const struct rows x = make_rows(t, d, index, n, n, true);

	apply_signs(t, &x);
	add_weights(t, &x, -rate / (float)n, 1 - rate * (float)o->l2_w, t->rbm->W);
	add_biases(t, &x, -rate / (float)n, 1 - rate * (float)o->l2_b, t->rbm->b, t->rbm->c);
}

void
optimiser_step(struct rn_optimiser *p, const struct rn_training *o, struct rn_rbm *r, const float gradient[])
{
	const size_t weights = r->nv * r->nh, biases = r->nv + r->nh;

	rn_optimiser_block(p, 0, weights, o->l1_w, o->l2_w, r->theta, gradient);
	rn_optimiser_block(p, weights, biases, o->l1_b, o->l2_b, r->b, gradient + weights);
}

void
cd_update(struct cd *t, const struct rn_dataset *d, const uint64_t index[], size_t n, double rate)
{
	const struct rn_training *o = t->training;

	t->draw = 0;
	rn_optimiser_begin(t->optimiser, rate);
	if (t->optimiser->o.kind == RN_SGD && o->l1_w == 0 && o->l1_b == 0 && n <= t->room) {
		descend(t, d, index, n, (float)rate);
		return;
	}
	gradient_of(t, d, index, n);
	optimiser_step(t->optimiser, o, t->rbm, t->gradient);
}
