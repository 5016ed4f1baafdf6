/* Models as records: named arrays and columns, keys of numbers, and a whole model file. */
#include "renorm/model.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "renorm/reader.h"
#include "renorm/stage.h" /* rn_parse_f64 */
#include "renorm/text.h"

/* --- arrays -------------------------------------------------------------- */

static size_t
array_bytes(const struct rn_array *a)
{
	size_t n = rn_type_bytes(a->type);

	for (unsigned d = 0; d < a->ndim; d++)
		n *= a->shape[d];
	return n;
}

enum rn_status
rn_arrays_columns(struct rn_schema *s, const struct rn_array a[], size_t n, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	for (size_t i = 0; st == RN_OK && i < n; i++)
		st = rn_schema_add_column(s, a[i].name, a[i].type, a[i].ndim, a[i].shape, err);
	return st;
}

void
rn_arrays_put(const struct rn_schema *s, const struct rn_array a[], size_t n, void *record)
{
	for (size_t i = 0; i < n; i++)
		memcpy((uint8_t *)record + rn_schema_find(s, a[i].name)->offset, a[i].data,
			array_bytes(&a[i]));
}

static enum rn_status
check_form(const struct rn_column *c, const struct rn_array *a, struct rn_error *err)
{
	char is[RN_FORM_MAX], wanted[RN_FORM_MAX];

	if (c->type == a->type && c->ndim == a->ndim &&
		memcmp(c->shape, a->shape, a->ndim * sizeof a->shape[0]) == 0)
		return RN_OK;
	return rn_fail(err, RN_EDATA, "column %s is %s, and %s is needed", c->name,
		rn_form(is, c->type, c->ndim, c->shape), rn_form(wanted, a->type, a->ndim, a->shape));
}

enum rn_status
rn_arrays_get(const struct rn_schema *s, const void *record, const struct rn_array a[], size_t n,
	struct rn_error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct rn_column *c;
		enum rn_status st = rn_schema_require_column(s, a[i].name, &c, err);

		if (st == RN_OK)
			st = check_form(c, &a[i], err);
		if (st != RN_OK)
			return st;
		memcpy(a[i].data, (const uint8_t *)record + c->offset, c->bytes);
	}
	return RN_OK;
}

/* --- a whole model file -------------------------------------------------- */

static enum rn_status
require_kind(const struct rn_schema *s, const char *kind, struct rn_error *err)
{
	if (strcmp(s->kind, kind) == 0)
		return RN_OK;
	return rn_fail(err, RN_EDATA, "these records are of kind %s, %s where a model of kind %s is expected",
		s->kind, strncmp(s->kind, "model.", 6) == 0 ? "another model" : "no model", kind);
}

static enum rn_status
keep_last(struct rn_reader *in, struct rn_model *m, struct rn_error *err)
{
	const size_t bytes = m->schema->record_bytes;
	const void *records;
	enum rn_status st;
	size_t n;

	while ((st = rn_reader_next(in, &records, &n, err)) == RN_OK) {
		if (!m->record && !(m->record = malloc(bytes)))
			return rn_fail_memory(err, "model");
		memcpy(m->record, (const uint8_t *)records + (n - 1) * bytes, bytes);
		m->records += n;
	}
	return st;
}

static enum rn_status
read_model(struct rn_reader *in, const char *kind, struct rn_model *m, struct rn_error *err)
{
	const struct rn_schema *schema;
	enum rn_status st = rn_reader_segment(in, &schema, err);

	if (st != RN_OK)
		return st;
	if ((st = require_kind(schema, kind, err)) == RN_OK) {
		if (!(m->schema = rn_schema_copy(schema)))
			return rn_fail_memory(err, "model");
		if ((st = keep_last(in, m, err)) != RN_END)
			return st;
		st = m->record ? RN_OK : rn_fail(err, RN_EDATA, "the model has no record");
	}
	if (st == RN_OK) {
		if ((st = rn_reader_segment(in, &schema, err)) != RN_OK)
			return st == RN_END ? RN_OK : st;
		st = rn_fail(err, RN_EDATA,
			"there are several segments where one model is expected (rns-cat joins those that "
			"are alike; the last record counts)");
	}
	rn_error_prefix(err, "%s", rn_reader_file(in));
	return st;
}

enum rn_status
rn_model_read(const char *path, const char *kind, struct rn_model *m, struct rn_error *err)
{
	char *name = strdup(path), *files[] = { name };
	struct rn_reader *in;
	enum rn_status st;

	*m = (struct rn_model){ 0 };
	if (!name)
		return rn_fail_memory(err, "model");
	in = rn_reader_open(files, 1, NULL, err);
	st = in ? read_model(in, kind, m, err) : err ? err->status : RN_EIO;
	rn_reader_close(in);
	free(name);
	if (st != RN_OK)
		rn_model_clear(m);
	return st;
}

void
rn_model_clear(struct rn_model *m)
{
	rn_schema_destroy(m->schema);
	free(m->record);
	*m = (struct rn_model){ 0 };
}

/* --- keys of numbers ----------------------------------------------------- */

enum rn_status
rn_model_set_numbers(struct rn_schema *s, const char *key, const double x[], size_t n, struct rn_error *err)
{
	struct rn_text text = { 0 };
	enum rn_status st = RN_OK;
	char number[RN_NUMBER_MAX];

	for (size_t i = 0; st == RN_OK && i < n; i++) {
		rn_print_f64(number, x[i]);
		if (!rn_text_printf(&text, "%s%s", i ? " " : "", number))
			st = rn_fail_memory(err, key);
	}
	if (st == RN_OK)
		st = rn_schema_set_key(s, key, n ? text.data : "", err);
	rn_text_clear(&text);
	return st;
}

/* Into x, which has room for one number every two characters. */
static bool
parse_numbers(char *text, double x[], size_t *n)
{
	char *rest = NULL;

	*n = 0;
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		if (!rn_parse_f64(word, &x[(*n)++]))
			return false;
	return *n > 0;
}

double *
rn_model_numbers(const struct rn_schema *s, const char *key, size_t *n, struct rn_error *err)
{
	const char *value = rn_schema_get_key(s, key);
	char *text = value ? strdup(value) : NULL;
	double *x = value ? calloc(strlen(value) / 2 + 1, sizeof *x) : NULL;

	if (!value)
		rn_fail(err, RN_EDATA, "the header has no key '%s'", key);
	else if (!text || !x)
		rn_fail_memory(err, key);
	else if (!parse_numbers(text, x, n))
		rn_fail(err, RN_EDATA, "the header's '%s: %.100s' is no list of numbers", key, value);
	else {
		free(text);
		return x;
	}
	free(text);
	free(x);
	return NULL;
}
