/* Models of the inverse renormalization group: memory, records of kind model.invrg, and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/invrg.h"
#include "renorm/model.h"

const char *const rn_invrg_activations[] = { "tanh", "relu", "none", NULL };
const char *const rn_invrg_contexts[] = { "centre+4", "centre+8", "two-colour", NULL };
static const char *const maps[] = { "linear", "net", "tables", NULL };

/* --- life ------------------------------------------------------------------- */

static size_t
power(size_t x, unsigned n)
{
	size_t product = 1;

	while (n--)
		product *= x;
	return product;
}

static enum rn_status
create_field(struct rn_invrg *m, unsigned dim, size_t b, size_t K, struct rn_error *err)
{
	const struct rn_invrg_fit nothing = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN };

	m->dim = dim;
	m->b = b;
	m->sites = power(b, dim);
	m->K = K;
	m->entries = power(K, dim);
	m->fit = nothing;
	m->noise = calloc(m->sites * m->sites, sizeof *m->noise);
	return m->noise ? RN_OK : rn_fail_memory(err, "model");
}

enum rn_status
rn_invrg_create_linear(struct rn_invrg *m, unsigned dim, size_t b, size_t K, struct rn_error *err)
{
	enum rn_status st;

	*m = (struct rn_invrg){ .map = RN_INVRG_LINEAR };
	st = create_field(m, dim, b, K, err);
	m->kernel = calloc(m->entries, sizeof *m->kernel);
	m->least_squares = calloc(m->entries, sizeof *m->least_squares);
	if (st == RN_OK && (!m->kernel || !m->least_squares))
		st = rn_fail_memory(err, "model");
	if (st != RN_OK)
		rn_invrg_clear(m);
	return st;
}

enum rn_status
rn_invrg_create_net(struct rn_invrg *m, unsigned dim, size_t b, size_t K, size_t nmaps,
	enum rn_invrg_activation f, size_t mix, struct rn_error *err)
{
	enum rn_status st;

	*m = (struct rn_invrg){ .map = RN_INVRG_NET, .maps = nmaps, .activation = f, .mix = mix };
	st = create_field(m, dim, b, K, err);
	m->mix_entries = power(mix, dim);
	m->parameters = nmaps * (m->entries + m->mix_entries);
	m->theta = calloc(m->parameters, sizeof *m->theta);
	if (st == RN_OK && !m->theta)
		st = rn_fail_memory(err, "model");
	if (st != RN_OK) {
		rn_invrg_clear(m);
		return st;
	}
	m->kernels = m->theta;
	m->mixes = m->theta + nmaps * m->entries;
	return RN_OK;
}

enum rn_status
rn_invrg_create_tables(struct rn_invrg *m, enum rn_invrg_context context, struct rn_error *err)
{
	const unsigned tables = context == RN_INVRG_TWO_COLOUR ? 2 : 1;

	*m = (struct rn_invrg){
		.map = RN_INVRG_TABLES,
		.dim = 2,
		.b = 2,
		.sites = 4,
		.context = context,
		.contexts = context == RN_INVRG_CENTRE4 ? 32 : 512,
	};
	for (unsigned k = 0; k < tables; k++)
		m->count[k] = calloc(m->contexts * RN_INVRG_STATES, sizeof *m->count[k]);
	if (m->count[0] && m->count[tables - 1])
		return RN_OK;
	rn_invrg_clear(m);
	rn_fail_memory(err, "model");
	return RN_ENOMEM;
}

void
rn_invrg_clear(struct rn_invrg *m)
{
	free(m->trained);
	free(m->noise);
	free(m->kernel);
	free(m->least_squares);
	free(m->theta);
	free(m->count[0]);
	free(m->count[1]);
	*m = (struct rn_invrg){ 0 };
}

/* --- records ------------------------------------------------------------------ */

enum { ARRAYS_MAX = 16 };

static size_t
fit_arrays(const struct rn_invrg_fit *fit, struct rn_array a[])
{
	const struct {
		const char *name;
		const double *value;
	} number[] = {
		{ "gain", &fit->gain },
		{ "gain_err", &fit->gain_err },
		{ "beta_nu", &fit->beta_nu },
		{ "beta_nu_err", &fit->beta_nu_err },
		{ "gain_limit", &fit->gain_limit },
		{ "gain_limit_err", &fit->gain_limit_err },
		{ "mse", &fit->mse },
		{ "mse_err", &fit->mse_err },
	};
	const size_t n = sizeof number / sizeof number[0];

	for (size_t i = 0; i < n; i++)
		a[i] = (struct rn_array){ number[i].name, RN_F64, 0, { 0 }, (void *)number[i].value };
	return n;
}

static size_t
arrays_of(const struct rn_invrg *m, uint32_t *epoch, struct rn_array a[ARRAYS_MAX])
{
	size_t n = 0;

	a[n++] = (struct rn_array){ "epoch", RN_U32, 0, { 0 }, epoch };
	switch (m->map) {
	case RN_INVRG_LINEAR:
		a[n++] = (struct rn_array){ "kernel", RN_F64, m->dim, { m->K, m->K }, m->kernel };
		a[n++] = (struct rn_array){ "least_squares", RN_F64, m->dim, { m->K, m->K },
			m->least_squares };
		break;
	case RN_INVRG_NET:
		a[n++] = (struct rn_array){ "kernels", RN_F32, 2, { m->maps, m->entries }, m->kernels };
		a[n++] = (struct rn_array){ "mixes", RN_F32, 2, { m->maps, m->mix_entries }, m->mixes };
		break;
	case RN_INVRG_TABLES:
		a[n++] = (struct rn_array){ m->count[1] ? "even" : "counts", RN_U64, 2,
			{ m->contexts, RN_INVRG_STATES }, m->count[0] };
		if (m->count[1])
			a[n++] = (struct rn_array){ "odd", RN_U64, 2, { m->contexts, RN_INVRG_STATES },
				m->count[1] };
		return n;
	}
	a[n++] = (struct rn_array){ "noise", RN_F64, 2, { m->sites, m->sites }, m->noise };
	return n + fit_arrays(&m->fit, a + n);
}

static enum rn_status
set_number(struct rn_schema *s, const char *key, size_t value, struct rn_error *err)
{
	const double x = (double)value;

	return rn_model_set_numbers(s, key, &x, 1, err);
}

static enum rn_status
set_keys(const struct rn_invrg *m, struct rn_schema *s, struct rn_error *err)
{
	enum rn_status st = rn_schema_set_key(s, "map", maps[m->map], err);

	if (st == RN_OK)
		st = set_number(s, "dim", m->dim, err);
	if (st == RN_OK)
		st = set_number(s, "b", m->b, err);
	if (st == RN_OK && m->map == RN_INVRG_TABLES)
		st = rn_schema_set_key(s, "context", rn_invrg_contexts[m->context], err);
	if (st == RN_OK)
		st = rn_schema_set_key(s, "symmetry", m->symmetric ? "d4" : "none", err);
	if (st == RN_OK && m->trained)
		st = rn_schema_set_key(s, "trained", m->trained, err);
	if (m->map == RN_INVRG_TABLES)
		return st;
	if (st == RN_OK)
		st = set_number(s, "kernel", m->K, err);
	if (st == RN_OK && m->map == RN_INVRG_NET)
		st = rn_schema_set_key(s, "activation", rn_invrg_activations[m->activation], err);
	if (st == RN_OK && m->map == RN_INVRG_NET)
		st = set_number(s, "mix", m->mix, err);
	return st;
}

enum rn_status
rn_invrg_schema(const struct rn_invrg *m, struct rn_schema **schema, struct rn_error *err)
{
	struct rn_array a[ARRAYS_MAX];
	uint32_t epoch = 0;
	enum rn_status st;

	*schema = rn_schema_create("model.invrg");
	if (!*schema)
		return rn_fail_memory(err, "header");
	st = set_keys(m, *schema, err);
	if (st == RN_OK)
		st = rn_arrays_columns(*schema, a, arrays_of(m, &epoch, a), err);
	if (st != RN_OK) {
		rn_schema_destroy(*schema);
		*schema = NULL;
	}
	return st;
}

void
rn_invrg_put(const struct rn_invrg *m, const struct rn_schema *schema, uint32_t epoch, void *record)
{
	struct rn_array a[ARRAYS_MAX];

	rn_arrays_put(schema, a, arrays_of(m, &epoch, a), record);
}

/* --- and back ------------------------------------------------------------------- */

static enum rn_status
get_word(const struct rn_schema *s, const char *key, const char *const words[], unsigned *i,
	struct rn_error *err)
{
	const char *value = rn_schema_get_key(s, key);

	for (*i = 0; value && words[*i]; ++*i)
		if (strcmp(words[*i], value) == 0)
			return RN_OK;
	return rn_fail(err, RN_EDATA, "the header's '%s: %.60s' is nothing that is known here", key,
		value ? value : "");
}

static enum rn_status
get_number(const struct rn_schema *s, const char *key, size_t lo, size_t hi, size_t *x, struct rn_error *err)
{
	size_t n;
	double *value = rn_model_numbers(s, key, &n, err);

	if (!value)
		return err ? err->status : RN_EDATA;
	*x = n == 1 && value[0] >= (double)lo && value[0] <= (double)hi ? (size_t)value[0] : SIZE_MAX;
	if (n != 1 || (double)*x != value[0]) {
		free(value);
		return rn_fail(err, RN_EDATA, "the header's '%s: %.60s' is no whole number from %zu to %zu",
			key, rn_schema_get_key(s, key), lo, hi);
	}
	free(value);
	return RN_OK;
}

static enum rn_status
create_net(struct rn_invrg *m, const struct rn_schema *s, size_t dim, size_t b, size_t K,
	struct rn_error *err)
{
	const struct rn_column *kernels;
	unsigned activation = 0;
	size_t mix = 0;
	enum rn_status st;

	if ((st = get_word(s, "activation", rn_invrg_activations, &activation, err)) != RN_OK ||
		(st = get_number(s, "mix", 1, RN_INVRG_MAX_K, &mix, err)) != RN_OK ||
		(st = rn_schema_require_column(s, "kernels", &kernels, err)) != RN_OK)
		return st;
	if (kernels->ndim != 2 || mix % 2 == 0)
		return rn_fail(err, RN_EDATA,
			"column kernels has %u dimensions, mix: is %zu; 2 and an odd "
			"number are right",
			kernels->ndim, mix);
	return rn_invrg_create_net(m, (unsigned)dim, b, K, kernels->shape[0],
		(enum rn_invrg_activation)activation, mix, err);
}

static enum rn_status
create(struct rn_invrg *m, const struct rn_schema *s, struct rn_error *err)
{
	unsigned map = 0, context = 0;
	size_t dim = 0, b = 0, K = 0;
	enum rn_status st;

	if ((st = rn_schema_require_kind(s, "model.invrg", err)) != RN_OK ||
		(st = get_word(s, "map", maps, &map, err)) != RN_OK)
		return st;
	if (map == RN_INVRG_TABLES) {
		st = get_word(s, "context", rn_invrg_contexts, &context, err);
		return st == RN_OK ? rn_invrg_create_tables(m, (enum rn_invrg_context)context, err) : st;
	}
	if ((st = get_number(s, "dim", 1, 2, &dim, err)) != RN_OK ||
		(st = get_number(s, "b", 2, RN_INVRG_MAX_B, &b, err)) != RN_OK ||
		(st = get_number(s, "kernel", b, RN_INVRG_MAX_K, &K, err)) != RN_OK)
		return st;
	if (map == RN_INVRG_NET)
		return create_net(m, s, dim, b, K, err);
	return rn_invrg_create_linear(m, (unsigned)dim, b, K, err);
}

static bool
all_finite(const struct rn_invrg *m)
{
	bool finite = true;

	for (size_t i = 0; m->kernel && i < m->entries; i++)
		finite &= isfinite(m->kernel[i]) != 0;
	for (size_t i = 0; m->theta && i < m->parameters; i++)
		finite &= isfinite(m->theta[i]) != 0;
	for (size_t i = 0; m->noise && i < m->sites * m->sites; i++)
		finite &= isfinite(m->noise[i]) != 0;
	return finite;
}

enum rn_status
rn_invrg_of_record(struct rn_invrg *m, const struct rn_schema *schema, const void *record,
	struct rn_error *err)
{
	const char *trained = rn_schema_get_key(schema, "trained");
	struct rn_array a[ARRAYS_MAX];
	uint32_t epoch;
	enum rn_status st;

	*m = (struct rn_invrg){ 0 };
	if ((st = create(m, schema, err)) != RN_OK)
		return st;
	m->symmetric = rn_schema_get_key(schema, "symmetry") &&
		strcmp(rn_schema_get_key(schema, "symmetry"), "d4") == 0;
	st = rn_arrays_get(schema, record, a, arrays_of(m, &epoch, a), err);
	if (st == RN_OK && trained && !(m->trained = strdup(trained)))
		st = rn_fail_memory(err, "model");
	if (st == RN_OK && !all_finite(m))
		st = rn_fail(err, RN_EDATA, "the model has a number that is not finite");
	if (st != RN_OK)
		rn_invrg_clear(m);
	return st;
}

enum rn_status
rn_invrg_read(struct rn_invrg *m, const char *path, struct rn_error *err)
{
	struct rn_model file;
	enum rn_status st = rn_model_read(path, "model.invrg", &file, err);

	*m = (struct rn_invrg){ 0 };
	if (st != RN_OK)
		return st;
	if ((st = rn_invrg_of_record(m, file.schema, file.record, err)) != RN_OK)
		rn_error_prefix(err, "%s", path);
	rn_model_clear(&file);
	return st;
}
