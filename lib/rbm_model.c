/* A restricted Boltzmann machine as a record, and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/rbm.h"

enum { ARRAYS = 4 };

static void
arrays_of(const struct rn_rbm *r, uint32_t *epoch, struct rn_array a[ARRAYS])
{
	a[0] = (struct rn_array){ "epoch", RN_U32, 0, { 0 }, epoch };
	a[1] = (struct rn_array){ "W", RN_F32, 2, { r->nv, r->nh }, r->W };
	a[2] = (struct rn_array){ "b", RN_F32, 1, { r->nv }, r->b };
	a[3] = (struct rn_array){ "c", RN_F32, 1, { r->nh }, r->c };
}

static enum rn_status
set_keys(const struct rn_rbm *r, struct rn_schema *s, struct rn_error *err)
{
	const double sigma = (double)r->sigma;
	char units[32];
	enum rn_status st;

	snprintf(units, sizeof units, "%s %s", rn_units_name(r->visible), rn_units_name(r->hidden));
	st = rn_schema_set_key(s, "units", units, err);
	if (st == RN_OK && r->visible == RN_UNITS_GAUSSIAN)
		st = rn_model_set_numbers(s, "sigma", &sigma, 1, err);
	return st == RN_OK ? rn_model_set_shape(s, r->ndim, r->shape, err) : st;
}

enum rn_status
rn_rbm_schema(const struct rn_rbm *r, struct rn_schema **schema, struct rn_error *err)
{
	struct rn_array a[ARRAYS];
	uint32_t epoch = 0;
	enum rn_status st;

	*schema = rn_schema_create("model.rbm");
	if (!*schema)
		return rn_fail_memory(err, "header");
	arrays_of(r, &epoch, a);
	st = set_keys(r, *schema, err);
	if (st == RN_OK)
		st = rn_arrays_columns(*schema, a, ARRAYS, err);
	if (st != RN_OK) {
		rn_schema_destroy(*schema);
		*schema = NULL;
	}
	return st;
}

void
rn_rbm_put(const struct rn_rbm *r, const struct rn_schema *schema, uint32_t epoch, void *record)
{
	struct rn_array a[ARRAYS];

	arrays_of(r, &epoch, a);
	rn_arrays_put(schema, a, ARRAYS, record);
}

static bool
find_units(const char *word, size_t length, enum rn_units *u)
{
	for (*u = RN_UNITS_PM1; *u <= RN_UNITS_GAUSSIAN; (*u)++)
		if (strlen(rn_units_name(*u)) == length && strncmp(rn_units_name(*u), word, length) == 0)
			return true;
	return false;
}

static enum rn_status
get_units(const struct rn_schema *s, enum rn_units *visible, enum rn_units *hidden, struct rn_error *err)
{
	const char *units = rn_schema_get_key(s, "units"), *blank = units ? strchr(units, ' ') : NULL;

	if (blank && find_units(units, (size_t)(blank - units), visible) &&
		find_units(blank + 1, strlen(blank + 1), hidden) && *hidden != RN_UNITS_GAUSSIAN)
		return RN_OK;
	return rn_fail(err, RN_EDATA,
		"the header's 'units: %.60s' should be 'pm1|01|gaussian pm1|01', visible and hidden",
		units ? units : "");
}

static enum rn_status
get_sigma(const struct rn_schema *s, struct rn_rbm *r, struct rn_error *err)
{
	double *sigma, value;
	size_t n;

	if (r->visible != RN_UNITS_GAUSSIAN)
		return RN_OK;
	if (!(sigma = rn_model_numbers(s, "sigma", &n, err)))
		return err ? err->status : RN_EDATA;
	value = n == 1 ? sigma[0] : 0;
	free(sigma);
	r->sigma = (float)value;
	if (!(r->sigma > 0) || !isfinite(r->sigma))
		return rn_fail(err, RN_EDATA, "the header's 'sigma: %.60s' is no positive number",
			rn_schema_get_key(s, "sigma"));
	return RN_OK;
}

static enum rn_status
get_parameters(struct rn_rbm *r, const struct rn_schema *s, const void *record, struct rn_error *err)
{
	struct rn_array a[ARRAYS];
	uint32_t epoch;
	enum rn_status st;

	arrays_of(r, &epoch, a);
	if ((st = rn_arrays_get(s, record, a, ARRAYS, err)) != RN_OK)
		return st;
	for (size_t i = 0; i < r->parameters; i++)
		if (!isfinite(r->theta[i]))
			return rn_fail(err, RN_EDATA, "the model has a parameter that is not finite");
	return RN_OK;
}

enum rn_status
rn_rbm_of_record(struct rn_rbm *r, const struct rn_schema *schema, const void *record, struct rn_error *err)
{
	const struct rn_column *W;
	enum rn_units visible = RN_UNITS_PM1, hidden = RN_UNITS_PM1;
	size_t shape[RN_MAX_DIMS];
	unsigned ndim = 0;
	enum rn_status st;

	*r = (struct rn_rbm){ 0 };
	if ((st = rn_schema_require_kind(schema, "model.rbm", err)) != RN_OK ||
		(st = rn_schema_require_column(schema, "W", &W, err)) != RN_OK ||
		(st = get_units(schema, &visible, &hidden, err)) != RN_OK)
		return st;
	if (W->ndim != 2)
		return rn_fail(err, RN_EDATA, "column W has %u dimensions instead of 2: visible, hidden",
			W->ndim);
	if ((st = rn_model_shape(schema, W->shape[0], &ndim, shape, err)) != RN_OK ||
		(st = rn_rbm_create(r, visible, hidden, ndim, shape, W->shape[1], err)) != RN_OK)
		return st;
	if ((st = get_sigma(schema, r, err)) != RN_OK ||
		(st = get_parameters(r, schema, record, err)) != RN_OK)
		rn_rbm_clear(r);
	return st;
}

enum rn_status
rn_rbm_read(struct rn_rbm *r, const char *path, struct rn_error *err)
{
	struct rn_model m;
	enum rn_status st = rn_model_read(path, "model.rbm", &m, err);

	*r = (struct rn_rbm){ 0 };
	if (st != RN_OK)
		return st;
	if ((st = rn_rbm_of_record(r, m.schema, m.record, err)) != RN_OK)
		rn_error_prefix(err, "%s", path);
	rn_model_clear(&m);
	return st;
}
