#include "backprop.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "renorm/vecmath.h"

enum rn_status
backprop_create(struct backprop *b, const struct rn_mlp *m, size_t batch, struct rn_error *err)
{
	const size_t in = m->layer[0].in;
	size_t widest = 0;
	float *at;

	*b = (struct backprop){ .m = m };
	for (unsigned l = 0; l < m->layers; l++)
		widest = m->layer[l].out > widest ? m->layer[l].out : widest;
	at = calloc(batch * (in + 2 * widest) + m->parameters, sizeof *at);
	b->z_class = calloc(batch, sizeof *b->z_class);
	b->best = calloc(batch, sizeof *b->best);
	b->memory = at;
	if (!at || !b->z_class || !b->best)
		return rn_fail_memory(err, "a batch");
	b->gradient = at;
	b->x = at += m->parameters;
	b->delta[0] = at += batch * in;
	b->delta[1] = at + batch * widest;
	return rn_mlp_work_create(&b->work, m, batch, err);
}

void
backprop_clear(struct backprop *b)
{
	rn_mlp_work_clear(&b->work);
	free(b->z_class);
	free(b->best);
	free(b->memory);
	*b = (struct backprop){ 0 };
}

/* --- the output layer: its inputs z become outputs, and the batch gets its score ----- */

static size_t
largest_of(const float z[], size_t n)
{
	size_t best = 0;

	for (size_t k = 1; k < n; k++)
		best = z[k] > z[best] ? k : best;
	return best;
}

/*
 * With y_hat the softmax, -ln y_hat_c = (z_best - z_c) - ln y_hat_best: the largest output is at least one over the
 * number of classes, and so its logarithm is safe where that of y_hat_c is not.
 */
static struct score
softmax_outputs(struct backprop *b, float z[], const uint32_t class_of[], size_t n, size_t classes)
{
	struct score s = { 0 };

	for (size_t i = 0; i < n; i++) {
		const float *row = z + i * classes;

		b->best[i] = (uint32_t)largest_of(row, classes);
		b->z_class[i] = (double)row[b->best[i]] - (double)row[class_of[i]];
		s.right += b->best[i] == class_of[i];
	}
	rn_softmax_f32(z, n, classes);
	for (size_t i = 0; i < n; i++)
		s.cost += b->z_class[i] - log((double)z[i * classes + b->best[i]]);
	return s;
}

static struct score
other_outputs(enum rn_activation f, float z[], const uint32_t class_of[], size_t n, size_t classes)
{
	struct score s = { 0 };

	for (size_t i = 0; i < n; i++) {
		const float *row = z + i * classes;

		s.right += largest_of(row, classes) == class_of[i];
		for (size_t k = 0; k < classes; k++)
			s.cost += cost_of_output(f, (double)row[k], (double)cost_target(f, k == class_of[i]));
	}
	rn_mlp_activate(f, z, n, classes);
	return s;
}

static struct score
outputs(struct backprop *b, const uint32_t class_of[], size_t n)
{
	const struct rn_mlp_layer *last = &b->m->layer[b->m->layers - 1];
	float *z = rn_mlp_inputs(b->m, &b->work, b->x, n);

	if (last->f == RN_SOFTMAX)
		return softmax_outputs(b, z, class_of, n, last->out);
	return other_outputs(last->f, z, class_of, n, last->out);
}

struct score
backprop_score(struct backprop *b, const uint32_t class_of[], size_t n)
{
	return outputs(b, class_of, n);
}

/* --- backwards ------------------------------------------------------------------------- */

/* delta_L / n: the gradient is that of the mean. */
static void
output_error(const struct backprop *b, const uint32_t class_of[], size_t n)
{
	const unsigned last = b->m->layers - 1;
	const size_t classes = b->m->layer[last].out;
	const enum rn_activation f = b->m->layer[last].f;
	const float low = cost_target(f, false), high = cost_target(f, true), scale = 1 / (float)n;
	const float *y_hat = b->work.a[last];
	float *delta = b->delta[last % 2];

	for (size_t i = 0; i < n * classes; i++)
		delta[i] = scale * (y_hat[i] - low);
	for (size_t i = 0; i < n; i++)
		delta[i * classes + class_of[i]] = scale * (y_hat[i * classes + class_of[i]] - high);
}

/* delta *= f'(z), in terms of a = f(z). */
static void
times_slope(enum rn_activation f, const float a[], float delta[], size_t n)
{
	switch (f) {
	case RN_LINEAR:
	case RN_SOFTMAX: return; /* softmax is never a hidden layer */
	case RN_SIGMOID:
		for (size_t i = 0; i < n; i++)
			delta[i] *= a[i] * (1 - a[i]);
		return;
	case RN_TANH:
		for (size_t i = 0; i < n; i++)
			delta[i] *= 1 - a[i] * a[i];
		return;
	case RN_RELU:
		for (size_t i = 0; i < n; i++)
			delta[i] = a[i] > 0 ? delta[i] : 0;
		return;
	case RN_LEAKY_RELU:
		for (size_t i = 0; i < n; i++)
			delta[i] *= a[i] > 0 ? 1 : RN_LEAK;
		return;
	case RN_ELU:
		for (size_t i = 0; i < n; i++)
			delta[i] *= a[i] > 0 ? 1 : a[i] + 1;
		return;
	}
}

static void
layer_gradient(const struct backprop *b, unsigned l, size_t n)
{
	const struct rn_mlp_layer *layer = &b->m->layer[l];
	const float *below = l ? b->work.a[l - 1] : b->x, *delta = b->delta[l % 2];

	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)layer->in, (int)layer->out, (int)n, 1,
		below, (int)layer->in, delta, (int)layer->out, 0, b->gradient + (layer->W - b->m->theta),
		(int)layer->out);
	rn_column_sums_f32(delta, n, layer->out, b->gradient + (layer->b - b->m->theta));
}

/* delta of layer l - 1 from that of layer l. */
static void
error_below(const struct backprop *b, unsigned l, size_t n)
{
	const struct rn_mlp_layer *layer = &b->m->layer[l];
	float *below = b->delta[(l - 1) % 2];

	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)layer->in, (int)layer->out, 1,
		b->delta[l % 2], (int)layer->out, layer->W, (int)layer->out, 0, below, (int)layer->in);
	times_slope(b->m->layer[l - 1].f, b->work.a[l - 1], below, n * layer->in);
}

struct score
backprop_gradient(struct backprop *b, const uint32_t class_of[], size_t n)
{
	const struct score s = outputs(b, class_of, n);

	output_error(b, class_of, n);
	for (unsigned l = b->m->layers; l-- > 0;) {
		layer_gradient(b, l, n);
		if (l > 0)
			error_below(b, l, n);
	}
	return s;
}
