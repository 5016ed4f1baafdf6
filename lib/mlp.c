/* Multilayer perceptrons: layers, and the way forward. */
#include "renorm/mlp.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/vecmath.h"

static const char *const names[] = { "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softmax" };

const char *
rn_activation_name(enum rn_activation f)
{
	return names[f];
}

/* --- "64:tanh,25:softmax" ---------------------------------------------------- */

static bool
find_activation(const char *word, size_t length, enum rn_activation *f)
{
	for (*f = RN_LINEAR; *f <= RN_SOFTMAX; (*f)++)
		if (strlen(names[*f]) == length && !strncmp(names[*f], word, length))
			return true;
	return false;
}

/* One layer, `text` up to `end`: "64:tanh", or "softmax" alone, whose width is left 0. */
static enum rn_status
parse_layer(const char *text, const char *end, struct rn_mlp_layer *layer, struct rn_error *err)
{
	const int length = (int)(end - text);
	const char *colon = memchr(text, ':', (size_t)length), *word = colon ? colon + 1 : text;
	unsigned long width = 0;
	char *after;

	if (colon) {
		width = strtoul(text, &after, 10);
		if (after != colon || *text < '1' || *text > '9' || width > RN_MAX_RECORD)
			return rn_fail(err, RN_EUSAGE, "layer '%.*s': '%.*s' is no number of units", length,
				text, (int)(colon - text), text);
	}
	layer->out = width;
	if (!find_activation(word, (size_t)(end - word), &layer->f))
		return rn_fail(err, RN_EUSAGE,
			"layer '%.*s': the activation is one of linear, sigmoid, tanh, relu, leaky_relu, "
			"elu, "
			"softmax, as in 64:tanh",
			length, text);
	return RN_OK;
}

static enum rn_status
parse_layers(struct rn_mlp *m, const char *text, struct rn_error *err)
{
	for (;;) {
		const char *end = text + strcspn(text, ",");

		if (m->layers == RN_MLP_LAYERS)
			return rn_fail(err, RN_EUSAGE, "more than %d layers", RN_MLP_LAYERS);
		if (parse_layer(text, end, &m->layer[m->layers], err) != RN_OK)
			return RN_EUSAGE;
		m->layers++;
		if (!*end)
			return RN_OK;
		text = end + 1;
	}
}

/* Widths from layer to layer; the last one has a unit a class. */
static enum rn_status
join_layers(struct rn_mlp *m, size_t in, size_t classes, struct rn_error *err)
{
	for (unsigned l = 0; l < m->layers; l++) {
		struct rn_mlp_layer *layer = &m->layer[l];
		const bool last = l + 1 == m->layers;

		if (layer->f == RN_SOFTMAX && !last)
			return rn_fail(err, RN_EUSAGE, "softmax is for the last layer alone");
		if (last && layer->out == 0)
			layer->out = classes;
		if (layer->out == 0)
			return rn_fail(err, RN_EUSAGE, "layer %u has no number of units, as in 64:%s", l + 1,
				names[layer->f]);
		if (last && layer->out != classes)
			return rn_fail(err, RN_EUSAGE,
				"the last layer has %zu units, but there are %zu classes", layer->out,
				classes);
		layer->in = in;
		if ((in + 1) * layer->out > RN_MAX_RECORD / sizeof(float) - m->parameters)
			return rn_fail(err, RN_EUSAGE, "these layers have more parameters than 1 GiB holds");
		m->parameters += (in + 1) * layer->out;
		in = layer->out;
	}
	return RN_OK;
}

static enum rn_status
make_parameters(struct rn_mlp *m, struct rn_error *err)
{
	float *at = aligned_alloc(64, (m->parameters * sizeof(float) + 63) / 64 * 64);

	if (!at)
		return rn_fail_memory(err, "parameters");
	memset(at, 0, m->parameters * sizeof(float));
	m->theta = at;
	for (unsigned l = 0; l < m->layers; l++) {
		struct rn_mlp_layer *layer = &m->layer[l];

		layer->W = at;
		layer->b = at += layer->in * layer->out;
		at += layer->out;
	}
	return RN_OK;
}

enum rn_status
rn_mlp_create(struct rn_mlp *m, const char *layers, size_t in, size_t classes, struct rn_error *err)
{
	enum rn_status st;

	*m = (struct rn_mlp){ .low = -1, .high = 1, .ndim = 1, .shape = { in }, .classes = classes };
	st = parse_layers(m, layers, err);
	if (st == RN_OK)
		st = join_layers(m, in, classes, err);
	return st == RN_OK ? make_parameters(m, err) : st;
}

void
rn_mlp_clear(struct rn_mlp *m)
{
	free(m->theta);
	free(m->class_value);
	free(m->class_column);
	*m = (struct rn_mlp){ 0 };
}

char *
rn_mlp_layers_text(const struct rn_mlp *m)
{
	char *text = malloc((size_t)m->layers * 40 + 1);
	size_t at = 0;

	for (unsigned l = 0; text && l < m->layers; l++)
		at += (size_t)sprintf(text + at, "%s%zu:%s", l ? "," : "", m->layer[l].out,
			names[m->layer[l].f]);
	return text;
}

/* --- forward --------------------------------------------------------------------- */

enum rn_status
rn_mlp_work_create(struct rn_mlp_work *w, const struct rn_mlp *m, size_t batch, struct rn_error *err)
{
	size_t units = m->layer[0].out;
	float *at;

	*w = (struct rn_mlp_work){ .batch = batch };
	for (unsigned l = 1; l < m->layers; l++)
		units += m->layer[l].out;
	at = calloc(units * batch, sizeof *at);
	if (!at)
		return rn_fail_memory(err, "activations");
	w->memory = at;
	for (unsigned l = 0; l < m->layers; l++) {
		w->a[l] = at;
		at += m->layer[l].out * batch;
	}
	return RN_OK;
}

void
rn_mlp_work_clear(struct rn_mlp_work *w)
{
	free(w->memory);
	*w = (struct rn_mlp_work){ 0 };
}

static void
rectify(float z[], size_t n, float slope)
{
	for (size_t i = 0; i < n; i++)
		z[i] = z[i] > 0 ? z[i] : slope * z[i];
}

/* Beyond 0 the exponential is of 0, so that it cannot overflow. */
static void
elu(float z[], size_t n)
{
	enum { BLOCK = 1024 };
	float e[BLOCK];

	for (; n > 0; z += BLOCK) {
		const size_t some = n < BLOCK ? n : BLOCK;

		for (size_t i = 0; i < some; i++)
			e[i] = z[i] < 0 ? z[i] : 0;
		rn_exp_f32(e, e, some);
		for (size_t i = 0; i < some; i++)
			z[i] = z[i] < 0 ? e[i] - 1 : z[i];
		n -= some;
	}
}

void
rn_mlp_activate(enum rn_activation f, float z[], size_t rows, size_t columns)
{
	const size_t n = rows * columns;

	switch (f) {
	case RN_LINEAR: return;
	case RN_SIGMOID: rn_sigmoid_f32(z, z, n); return;
	case RN_TANH: rn_tanh_f32(z, z, n); return;
	case RN_RELU: rectify(z, n, 0); return;
	case RN_LEAKY_RELU: rectify(z, n, RN_LEAK); return;
	case RN_ELU: elu(z, n); return;
	case RN_SOFTMAX: rn_softmax_f32(z, rows, columns); return;
	}
}

/* The bias is there before the product is added to it: no pass of its own. */
static void
inputs(const struct rn_mlp_layer *layer, const float a[], size_t n, float z[])
{
	for (size_t r = 0; r < n; r++)
		memcpy(z + r * layer->out, layer->b, layer->out * sizeof *z);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)layer->out, (int)layer->in, 1, a,
		(int)layer->in, layer->W, (int)layer->out, 1, z, (int)layer->out);
}

float *
rn_mlp_inputs(const struct rn_mlp *m, struct rn_mlp_work *w, const float x[], size_t n)
{
	for (unsigned l = 0;; l++) {
		inputs(&m->layer[l], x, n, w->a[l]);
		if (l + 1 == m->layers)
			return w->a[l];
		rn_mlp_activate(m->layer[l].f, w->a[l], n, m->layer[l].out);
		x = w->a[l];
	}
}

const float *
rn_mlp_forward(const struct rn_mlp *m, struct rn_mlp_work *w, const float x[], size_t n)
{
	const struct rn_mlp_layer *last = &m->layer[m->layers - 1];
	float *z = rn_mlp_inputs(m, w, x, n);

	rn_mlp_activate(last->f, z, n, last->out);
	return z;
}
