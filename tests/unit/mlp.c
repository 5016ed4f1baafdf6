/* Layers as text, the way forward against a plain sum in f64, extreme inputs, and models as records. */
#include "renorm/mlp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/random.h"
#include "tap.h"

static struct rn_error err;

static struct rn_mlp
network(const char *layers, size_t in, size_t classes)
{
	struct rn_mlp m;

	if (rn_mlp_create(&m, layers, in, classes, &err) != RN_OK)
		abort();
	return m;
}

static void
refused(const char *layers, const char *word)
{
	struct rn_mlp m;

	OK(rn_mlp_create(&m, layers, 8, 3, &err) == RN_EUSAGE && strstr(err.text, word), "%s: %s", layers,
		err.text);
	rn_mlp_clear(&m);
}

static void
layers(void)
{
	struct rn_mlp m = network("64:tanh,5:leaky_relu,softmax", 8, 3);
	char *text = rn_mlp_layers_text(&m);

	OK(m.layers == 3 && m.layer[0].in == 8 && m.layer[0].out == 64 && m.layer[1].in == 64 &&
			m.layer[2].out == 3 && m.layer[2].f == RN_SOFTMAX,
		"layers and widths");
	OK(m.parameters == 9 * 64 + 65 * 5 + 6 * 3 && m.layer[2].b + 3 == m.theta + m.parameters,
		"parameters, all in one array");
	OK(text && !strcmp(text, "64:tanh,5:leaky_relu,3:softmax"), "and as text again");
	free(text);
	rn_mlp_clear(&m);
	refused("", "activation");
	refused("64", "activation");
	refused("64:cosh,softmax", "64:cosh");
	refused("tanh,softmax", "layer 1");
	refused("0:tanh,softmax", "number of units");
	refused("-1:tanh,softmax", "number of units");
	refused("6x:tanh,softmax", "6x");
	refused("64:tanh,4:softmax", "4 units, but there are 3 classes");
	refused("64:softmax,3:softmax", "last layer");
	refused("64:tanh,", "activation");
	refused("900000000:tanh,900000000:tanh,softmax", "1 GiB");
}

/* --- forward ------------------------------------------------------------------ */

static double
reference(enum rn_activation f, double z)
{
	switch (f) {
	case RN_LINEAR:
	case RN_SOFTMAX: return z;
	case RN_SIGMOID: return 1 / (1 + exp(-z));
	case RN_TANH: return tanh(z);
	case RN_RELU: return fmax(z, 0);
	case RN_LEAKY_RELU: return z > 0 ? z : 0.01 * z;
	case RN_ELU: return z > 0 ? z : expm1(z);
	}
	return NAN;
}

static void
softmax(double z[], size_t n)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += z[k] = exp(z[k]);
	for (size_t k = 0; k < n; k++)
		z[k] /= sum;
}

static void
reference_forward(const struct rn_mlp *m, const float x[], double out[])
{
	double a[32] = { 0 }, z[32];

	for (size_t i = 0; i < m->layer[0].in; i++)
		a[i] = (double)x[i];
	for (unsigned l = 0; l < m->layers; l++) {
		const struct rn_mlp_layer *layer = &m->layer[l];

		for (size_t j = 0; j < layer->out; j++) {
			z[j] = (double)layer->b[j];
			for (size_t i = 0; i < layer->in; i++)
				z[j] += a[i] * (double)layer->W[i * layer->out + j];
		}
		for (size_t j = 0; j < layer->out; j++)
			a[j] = reference(layer->f, z[j]);
		if (layer->f == RN_SOFTMAX)
			softmax(a, layer->out);
	}
	memcpy(out, a, m->classes * sizeof *out);
}

static void
forward(const char *text)
{
	enum { IN = 30, CLASSES = 7, ROWS = 40 };
	const struct rn_random_key key = rn_random_key(1, "mlp", NULL, 0, NULL, 0);
	struct rn_random random = rn_random_at(&key, 0);
	struct rn_mlp m = network(text, IN, CLASSES);
	float x[ROWS * IN];
	const float *y;
	double worst = 0, want[32];
	struct rn_mlp_work w;

	for (size_t i = 0; i < m.parameters; i++)
		m.theta[i] = (float)(0.3 * rn_random_normal(&random));
	for (size_t i = 0; i < ROWS * IN; i++)
		x[i] = (float)rn_random_normal(&random);
	if (rn_mlp_work_create(&w, &m, ROWS + 3, &err) != RN_OK)
		abort();
	y = rn_mlp_forward(&m, &w, x, ROWS);
	for (size_t r = 0; r < ROWS; r++) {
		reference_forward(&m, x + r * IN, want);
		for (size_t k = 0; k < CLASSES; k++)
			worst = fmax(worst, fabs((double)y[r * CLASSES + k] - want[k]) / (1 + fabs(want[k])));
	}
	OK(worst < 5e-6, "%s: within %.1e of sums in f64", text, worst);
	rn_mlp_work_clear(&w);
	rn_mlp_clear(&m);
}

/* At z = +-1e4 every activation is what it tends to, and no infinity or NaN on the way. */
static void
extremes(void)
{
	static const double want[][2] = { { 1e4, -1e4 }, { 1, 0 }, { 1, -1 }, { 1e4, 0 }, { 1e4, -100 },
		{ 1e4, -1 }, { 1, 0 } };
	size_t wrong = 0;

	for (enum rn_activation f = RN_LINEAR; f <= RN_SOFTMAX; f++) {
		float z[2] = { 1e4f, -1e4f };

		rn_mlp_activate(f, z, 1, 2);
		for (size_t i = 0; i < 2; i++)
			if (!(fabs((double)z[i] - want[f][i]) <= 1e-5 * fabs(want[f][i]))) {
				printf("# %s: %g\n", rn_activation_name(f), (double)z[i]);
				wrong++;
			}
	}
	OK(wrong == 0, "activations at +-1e4");
}

/* --- records -------------------------------------------------------------------- */

static struct rn_mlp
labelled(void)
{
	const double classes[] = { 0, 2.5, INFINITY };
	struct rn_mlp m = network("4:elu,softmax", 6, 3);

	m.low = 0;
	m.ndim = 2;
	m.shape[0] = 2;
	m.shape[1] = 3;
	m.class_value = malloc(sizeof classes);
	m.class_column = strdup("T");
	if (!m.class_value || !m.class_column)
		abort();
	memcpy(m.class_value, classes, sizeof classes);
	for (size_t i = 0; i < m.parameters; i++)
		m.theta[i] = 0.1f * (float)i;
	return m;
}

static void
records(void)
{
	struct rn_mlp m = labelled(), back;
	struct rn_schema *s;
	uint8_t *record;

	if (!OK(rn_mlp_schema(&m, &s, &err) == RN_OK, "a header"))
		exit(tap_done());
	OK(!strcmp(s->kind, "model.mlp") && !strcmp(rn_schema_get_key(s, "classes"), "0 2.5 inf") &&
			!strcmp(rn_schema_get_key(s, "units"), "01") &&
			!strcmp(rn_schema_get_key(s, "shape"), "2 3") &&
			!strcmp(rn_schema_get_key(s, "class"), "T") &&
			!strcmp(rn_schema_get_key(s, "layers"), "4:elu,3:softmax"),
		"its keys");
	record = calloc(1, s->record_bytes);
	if (!record)
		abort();
	rn_mlp_put(&m, s, 17, record);
	OK(rn_get_u64(rn_schema_find(s, "epoch"), record, 0) == 17 &&
			rn_schema_find(s, "W2")->shape[0] == 4 && rn_schema_find(s, "b1")->count == 4,
		"its columns");
	if (OK(rn_mlp_of_record(&back, s, record, &err) == RN_OK, "and back"))
		OK(back.parameters == m.parameters &&
				!memcmp(back.theta, m.theta, m.parameters * sizeof *m.theta) &&
				back.low == 0 && back.ndim == 2 && back.shape[1] == 3 &&
				isinf(back.class_value[2]) && !strcmp(back.class_column, "T"),
			"the same");
	rn_mlp_clear(&back);
	free(record);
	rn_schema_destroy(s);
	rn_mlp_clear(&m);
}

/* The model with another value of a key, without a column, or with a parameter that is none: refused, with a word. */
static void
damaged(const char *key, const char *value, const char *without, const char *word)
{
	struct rn_mlp m = labelled(), back;
	struct rn_schema *s;
	uint8_t *record;

	if (!key && !without)
		m.theta[5] = NAN;
	if (rn_mlp_schema(&m, &s, &err) != RN_OK || !(record = calloc(1, s->record_bytes)))
		abort();
	rn_mlp_put(&m, s, 17, record);
	if (key && rn_schema_set_key(s, key, value, &err) != RN_OK)
		abort();
	if (without)
		rn_schema_drop_column(s, without);
	OK(rn_mlp_of_record(&back, s, record, &err) == RN_EDATA && strstr(err.text, word) && !back.theta &&
			!back.class_value && !back.class_column,
		"damaged: %s", err.text);
	free(record);
	rn_schema_destroy(s);
	rn_mlp_clear(&m);
}

static void
damage(void)
{
	damaged("layers", "4:elu,4:softmax", NULL, "3 classes");
	damaged("layers", "5:elu,softmax", NULL, "W1");
	damaged("layers", "4:elu,4:tanh,softmax", NULL, "W2");
	damaged("layers", "softmax", NULL, "W1");
	damaged("layers", "rubbish", NULL, "layers");
	damaged("units", "2", NULL, "pm1 or 01");
	damaged("shape", "3 3", NULL, "shape");
	damaged("shape", "3 x", NULL, "shape");
	damaged("shape", "-2 -3", NULL, "shape");
	damaged("classes", "0 1", NULL, "classes");
	damaged("classes", "1 0 2", NULL, "ascend");
	damaged("classes", "0 1 1", NULL, "ascend");
	damaged("classes", "0 nan 1", NULL, "classes");
	damaged(NULL, NULL, "W1", "W1");
	damaged(NULL, NULL, "b2", "b2");
	damaged(NULL, NULL, NULL, "not finite");
}

int
main(void)
{
	layers();
	for (enum rn_activation f = RN_LINEAR; f < RN_SOFTMAX; f++) {
		char text[64];

		snprintf(text, sizeof text, "20:%s,softmax", rn_activation_name(f));
		forward(text);
		snprintf(text, sizeof text, "20:tanh,9:elu,7:%s", rn_activation_name(f));
		forward(text);
	}
	forward("softmax");
	extremes();
	records();
	damage();
	return tap_done();
}
