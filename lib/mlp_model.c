/* A multilayer perceptron as a record, and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/mlp.h"

enum { ARRAYS = 1 + 2 * RN_MLP_LAYERS, NAME = 16 };

/* epoch, W1, b1, W2, b2, ...: how many. */
static size_t
arrays_of(const struct rn_mlp *m, uint32_t *epoch, char names[ARRAYS][NAME], struct rn_array a[ARRAYS])
{
	size_t n = 0;

	a[n++] = (struct rn_array){ "epoch", RN_U32, 0, { 0 }, epoch };
	for (unsigned l = 0; l < m->layers; l++) {
		const struct rn_mlp_layer *layer = &m->layer[l];

		snprintf(names[n], NAME, "W%u", l + 1);
		a[n] = (struct rn_array){ names[n], RN_F32, 2, { layer->in, layer->out }, layer->W };
		n++;
		snprintf(names[n], NAME, "b%u", l + 1);
		a[n] = (struct rn_array){ names[n], RN_F32, 1, { layer->out }, layer->b };
		n++;
	}
	return n;
}

static enum rn_status
set_keys(const struct rn_mlp *m, struct rn_schema *s, struct rn_error *err)
{
	char *layers = rn_mlp_layers_text(m);
	enum rn_status st;

	if (!layers)
		return rn_fail_memory(err, "header");
	st = rn_schema_set_key(s, "layers", layers, err);
	free(layers);
	if (st == RN_OK)
		st = rn_schema_set_key(s, "units", m->low < 0 ? "pm1" : "01", err);
	if (st == RN_OK)
		st = rn_model_set_shape(s, m->ndim, m->shape, err);
	if (st == RN_OK)
		st = rn_schema_set_key(s, "class", m->class_column, err);
	return st == RN_OK ? rn_model_set_numbers(s, "classes", m->class_value, m->classes, err) : st;
}

enum rn_status
rn_mlp_schema(const struct rn_mlp *m, struct rn_schema **schema, struct rn_error *err)
{
	char names[ARRAYS][NAME];
	struct rn_array a[ARRAYS];
	uint32_t epoch = 0;
	enum rn_status st;

	*schema = rn_schema_create("model.mlp");
	if (!*schema)
		return rn_fail_memory(err, "header");
	st = set_keys(m, *schema, err);
	if (st == RN_OK)
		st = rn_arrays_columns(*schema, a, arrays_of(m, &epoch, names, a), err);
	if (st != RN_OK) {
		rn_schema_destroy(*schema);
		*schema = NULL;
	}
	return st;
}

void
rn_mlp_put(const struct rn_mlp *m, const struct rn_schema *schema, uint32_t epoch, void *record)
{
	char names[ARRAYS][NAME];
	struct rn_array a[ARRAYS];

	rn_arrays_put(schema, a, arrays_of(m, &epoch, names, a), record);
}

/* --- back ----------------------------------------------------------------------- */

static enum rn_status
required_key(const struct rn_schema *s, const char *key, const char **value, struct rn_error *err)
{
	*value = rn_schema_get_key(s, key);
	return *value ? RN_OK : rn_fail(err, RN_EDATA, "the model's header has no key '%s'", key);
}

static enum rn_status
get_units(struct rn_mlp *m, const struct rn_schema *s, struct rn_error *err)
{
	const char *units;

	if (required_key(s, "units", &units, err) != RN_OK)
		return RN_EDATA;
	if (strcmp(units, "pm1") != 0 && strcmp(units, "01") != 0)
		return rn_fail(err, RN_EDATA, "the header's 'units: %.60s' should be pm1 or 01", units);
	m->low = units[0] == '0' ? 0 : -1;
	return RN_OK;
}

/* What the classes are: at least two numbers, ascending. */
static enum rn_status
get_classes(const struct rn_schema *s, double **value, size_t *n, struct rn_error *err)
{
	if (!(*value = rn_model_numbers(s, "classes", n, err)))
		return err ? err->status : RN_EDATA;
	for (size_t i = 1; i < *n; i++)
		if (!((*value)[i] > (*value)[i - 1]))
			return rn_fail(err, RN_EDATA, "the header's classes do not ascend");
	return RN_OK;
}

static enum rn_status
get_parameters(struct rn_mlp *m, const struct rn_schema *s, const void *record, struct rn_error *err)
{
	char names[ARRAYS][NAME];
	struct rn_array a[ARRAYS];
	uint32_t epoch;
	enum rn_status st = rn_arrays_get(s, record, a, arrays_of(m, &epoch, names, a), err);

	for (size_t i = 0; st == RN_OK && i < m->parameters; i++)
		if (!isfinite(m->theta[i]))
			st = rn_fail(err, RN_EDATA, "the model has a parameter that is not finite");
	return st;
}

static enum rn_status
get_rest(struct rn_mlp *m, const struct rn_schema *s, const void *record, const char *class_column,
	struct rn_error *err)
{
	enum rn_status st = get_units(m, s, err);

	if (st == RN_OK)
		st = rn_model_shape(s, m->layer[0].in, &m->ndim, m->shape, err);
	if (st == RN_OK && !(m->class_column = strdup(class_column)))
		st = rn_fail_memory(err, "model");
	return st == RN_OK ? get_parameters(m, s, record, err) : st;
}

enum rn_status
rn_mlp_of_record(struct rn_mlp *m, const struct rn_schema *schema, const void *record, struct rn_error *err)
{
	const char *layers, *class_column;
	const struct rn_column *W1;
	double *value = NULL;
	size_t classes = 0;
	enum rn_status st;

	*m = (struct rn_mlp){ 0 };
	if ((st = rn_schema_require_kind(schema, "model.mlp", err)) != RN_OK ||
		(st = rn_schema_require_column(schema, "W1", &W1, err)) != RN_OK ||
		(st = required_key(schema, "layers", &layers, err)) != RN_OK ||
		(st = required_key(schema, "class", &class_column, err)) != RN_OK)
		return st;
	st = get_classes(schema, &value, &classes, err);
	if (st == RN_OK && rn_mlp_create(m, layers, W1->shape[0], classes, err) != RN_OK) {
		rn_error_prefix(err, "the header's 'layers'");
		st = RN_EDATA;
	}
	m->class_value = value;
	if (st == RN_OK)
		st = get_rest(m, schema, record, class_column, err);
	if (st != RN_OK)
		rn_mlp_clear(m);
	return st;
}

enum rn_status
rn_mlp_read(struct rn_mlp *m, const char *path, struct rn_error *err)
{
	struct rn_model model;
	enum rn_status st = rn_model_read(path, "model.mlp", &model, err);

	*m = (struct rn_mlp){ 0 };
	if (st != RN_OK)
		return st;
	if ((st = rn_mlp_of_record(m, model.schema, model.record, err)) != RN_OK)
		rn_error_prefix(err, "%s", path);
	rn_model_clear(&model);
	return st;
}
