#include "classifier.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"

/* "10x10", for people. */
static const char *
shape_text(char out[256], unsigned ndim, const size_t shape[])
{
	size_t at = 0;

	snprintf(out, 256, "one number");
	for (unsigned i = 0; i < ndim; i++)
		at += (size_t)snprintf(out + at, 256 - at, "%s%zu", i ? "x" : "", shape[i]);
	return out;
}

static enum rn_status
find_column(struct classifier *c, const struct rn_schema *schema, struct rn_error *err)
{
	const bool spins = strcmp(schema->kind, "spins") == 0;
	const struct rn_mlp *m = &c->mlp;
	char have[256], want[256];
	enum rn_status st;

	if (strncmp(schema->kind, "model.", 6) == 0)
		return rn_fail(err, RN_EDATA, "this is a model (%s): give it with --model, and samples here",
			schema->kind);
	if (!spins && strcmp(schema->kind, "samples") != 0)
		return rn_fail(err, RN_EDATA,
			"these records are of kind %s; mlp-classify takes spins, or samples with a column x",
			schema->kind);
	st = rn_schema_require_column(schema, spins ? "spins" : "x", &c->column, err);
	if (st != RN_OK)
		return st;
	if (c->column->type != RN_BIT && c->column->type != RN_U8 && c->column->type != RN_F32)
		return rn_fail(err, RN_EDATA, "column %s is %s; a network takes bit, u8 or f32",
			c->column->name, rn_type_name(c->column->type));
	if (c->column->ndim != m->ndim || memcmp(c->column->shape, m->shape, m->ndim * sizeof m->shape[0]))
		return rn_fail(err, RN_EDATA, "column %s is %s, and the model was trained on %s",
			c->column->name, shape_text(have, c->column->ndim, c->column->shape),
			shape_text(want, m->ndim, m->shape));
	return RN_OK;
}

/* What real values range over, if the stream says so. */
static enum rn_status
find_units(struct classifier *c, const struct rn_schema *schema, struct rn_error *err)
{
	const char *units = c->column->type == RN_F32 ? rn_schema_get_key(schema, "units") : NULL;

	c->low = NAN;
	if (!units)
		return RN_OK;
	if (strcmp(units, "pm1") != 0 && strcmp(units, "01") != 0)
		return rn_fail(err, RN_EDATA, "the header's 'units: %.60s' should be pm1 or 01", units);
	c->low = units[0] == '0' ? 0 : -1;
	return RN_OK;
}

enum rn_status
classifier_begin(struct classifier *c, const struct rn_schema *schema, struct rn_error *err)
{
	const struct rn_mlp *m = &c->mlp;
	enum rn_status st = find_column(c, schema, err);

	if (st == RN_OK)
		st = find_units(c, schema, err);
	if (st != RN_OK)
		return st;
	for (int i = 0; i < 256; i++)
		c->byte[i] = m->low + (m->high - m->low) * (float)i / 255;
	c->x = calloc(BATCH, c->column->count * sizeof *c->x);
	c->p = calloc(BATCH, m->classes * sizeof *c->p);
	if (!c->x || !c->p)
		return rn_fail_memory(err, "batch");
	return rn_mlp_work_create(&c->work, m, BATCH, err);
}

void
classifier_end(struct classifier *c)
{
	free(c->x);
	free(c->p);
	rn_mlp_work_clear(&c->work);
}

/* From c->low..1 of the stream to what the network was trained on. */
static void
take_reals(const struct classifier *c, const uint8_t *values, float x[])
{
	const float low = c->mlp.low, scale = (c->mlp.high - low) / (1 - c->low);

	memcpy(x, values, c->column->bytes);
	if (isnan(c->low) || c->low == low)
		return;
	for (size_t i = 0; i < c->column->count; i++)
		x[i] = low + scale * (x[i] - c->low);
}

static void
take_row(const struct classifier *c, const uint8_t *values, float x[])
{
	const struct rn_column *column = c->column;

	if (column->type == RN_BIT)
		rn_bits_unpack_f32(values, column->count, c->mlp.low, c->mlp.high, x);
	else if (column->type == RN_F32)
		take_reals(c, values, x);
	else
		for (size_t i = 0; i < column->count; i++)
			x[i] = c->byte[values[i]];
}

/* Softmax outputs are probabilities as they are. */
static void
normalise(enum rn_activation f, const float y[], size_t classes, float p[])
{
	float sum = 0;

	for (size_t k = 0; k < classes; k++) {
		const float q = f == RN_TANH ? (1 + y[k]) / 2 : y[k];

		p[k] = q > 0 ? q : 0;
		sum += p[k];
	}
	if (f == RN_SOFTMAX)
		return;
	for (size_t k = 0; k < classes; k++)
		p[k] = sum > 0 ? p[k] / sum : 1 / (float)classes;
}

const float *
classifier_run(struct classifier *c, const uint8_t *records, size_t stride, size_t n)
{
	const struct rn_mlp *m = &c->mlp;
	const float *y;

	for (size_t i = 0; i < n; i++)
		take_row(c, records + i * stride + c->column->offset, c->x + i * c->column->count);
	memset(c->x + n * c->column->count, 0, (BATCH - n) * c->column->count * sizeof *c->x);
	y = rn_mlp_forward(m, &c->work, c->x, BATCH);
	for (size_t i = 0; i < n; i++)
		normalise(m->layer[m->layers - 1].f, y + i * m->classes, m->classes, c->p + i * m->classes);
	return c->p;
}

static bool
are_finite(const float x[], size_t n)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i] * 0;
	return sum == 0;
}

bool
classifier_was_finite(const struct classifier *c, size_t i)
{
	const size_t inputs = c->column->count, K = c->mlp.classes;

	return are_finite(c->p + i * K, K) &&
		(c->column->type != RN_F32 || are_finite(c->x + i * inputs, inputs));
}
