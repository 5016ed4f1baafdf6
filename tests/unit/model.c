/* Arrays into records and back, keys of numbers, and what is refused as a model. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/checkpoint.h"
#include "renorm/model.h"
#include "renorm/rbm.h"
#include "tap.h"

static struct rn_error err;

static char *
temporary(void)
{
	static char path[64];

	snprintf(path, sizeof path, "/tmp/model-%d.rns", (int)getpid());
	return path;
}

/* A file of n zero records of kind `kind` with columns epoch and W. */
static bool
write_file(const char *kind, size_t n)
{
	const size_t shape[2] = { 2, 3 };
	struct rn_schema *s = rn_schema_create(kind);
	bool ok = s && rn_schema_add_column(s, "epoch", RN_U32, 0, NULL, &err) == RN_OK &&
		rn_schema_add_column(s, "W", RN_F32, 2, shape, &err) == RN_OK;
	uint8_t *records = ok ? calloc(n + 1, s->record_bytes) : NULL;

	for (size_t i = 0; records && i < n; i++)
		rn_put_u64(rn_schema_find(s, "epoch"), records + i * s->record_bytes, 0, i);
	ok = records && rn_checkpoint_write(temporary(), s, records, n, &err) == RN_OK;
	free(records);
	rn_schema_destroy(s);
	return ok;
}

static void
arrays(void)
{
	float W[6] = { 1, 2, 3, 4, 5, 6 }, again[6] = { 0 };
	double x = 0.1, y = 0;
	struct rn_array a[] = { { "W", RN_F32, 2, { 2, 3 }, W }, { "x", RN_F64, 0, { 0 }, &x } };
	struct rn_array b[] = { { "x", RN_F64, 0, { 0 }, &y }, { "W", RN_F32, 2, { 2, 3 }, again } };
	const struct rn_array other = { "W", RN_F32, 2, { 3, 2 }, again };
	const struct rn_array missing = { "V", RN_F32, 0, { 0 }, again };
	struct rn_schema *s = rn_schema_create("model.test");
	uint8_t record[64];
	size_t wrong = 0;

	if (!s ||
		!OK(rn_arrays_columns(s, a, 2, &err) == RN_OK && s->record_bytes == 32, "columns of arrays"))
		exit(tap_done());
	rn_arrays_put(s, a, 2, record);
	OK(rn_arrays_get(s, record, b, 2, &err) == RN_OK && y == x, "arrays come back, in any order");
	for (size_t i = 0; i < 6; i++)
		wrong += again[i] != W[i];
	OK(wrong == 0, "with all they hold");
	OK(rn_arrays_get(s, record, &other, 1, &err) == RN_EDATA && strstr(err.text, "f32 2 3") &&
			strstr(err.text, "f32 3 2"),
		"another shape: %s", err.text);
	OK(rn_arrays_get(s, record, &missing, 1, &err) == RN_EDATA && strstr(err.text, "V"),
		"no such column: %s", err.text);
	rn_schema_destroy(s);
}

static void
numbers(void)
{
	const double x[] = { 0, 0.1, INFINITY, 1e-300, 2.269185314213022 };
	struct rn_schema *s = rn_schema_create("model.test");
	double *y;
	size_t n = 0, wrong = 0;

	if (!s || rn_model_set_numbers(s, "classes", x, 5, &err) != RN_OK)
		abort();
	OK(strcmp(rn_schema_get_key(s, "classes"), "0 0.1 inf 1e-300 2.269185314213022") == 0,
		"numbers as a key: %s", rn_schema_get_key(s, "classes"));
	y = rn_model_numbers(s, "classes", &n, &err);
	for (size_t i = 0; y && n == 5 && i < n; i++)
		wrong += y[i] != x[i];
	OK(y && n == 5 && wrong == 0, "and back, to the bit");
	free(y);
	OK(!rn_model_numbers(s, "shape", &n, &err) && err.status == RN_EDATA && strstr(err.text, "shape"),
		"no key: %s", err.text);
	OK(rn_schema_set_key(s, "shape", "3 x", &err) == RN_OK && !rn_model_numbers(s, "shape", &n, &err) &&
			strstr(err.text, "3 x"),
		"no numbers: %s", err.text);
	rn_schema_destroy(s);
}

static void
files(void)
{
	struct rn_model m;

	OK(write_file("model.test", 3) && rn_model_read(temporary(), "model.test", &m, &err) == RN_OK &&
			m.records == 3 && rn_get_u64(rn_schema_find(m.schema, "epoch"), m.record, 0) == 2,
		"the last record is the model");
	rn_model_clear(&m);
	OK(rn_model_read(temporary(), "model.rbm", &m, &err) == RN_EDATA && !m.record &&
			strstr(err.text, "model.test") && strstr(err.text, temporary()),
		"another model: %s", err.text);
	OK(write_file("spins", 1) && rn_model_read(temporary(), "model.rbm", &m, &err) == RN_EDATA &&
			strstr(err.text, "no model"),
		"samples where a model is expected: %s", err.text);
	OK(write_file("model.test", 0) && rn_model_read(temporary(), "model.test", &m, &err) == RN_EDATA &&
			strstr(err.text, "no record"),
		"an empty model: %s", err.text);
	OK(write_file("model.test", 2) && truncate(temporary(), 150) == 0 &&
			rn_model_read(temporary(), "model.test", &m, &err) == RN_EDATA && !m.record,
		"a model cut short: %s", err.text);
	unlink(temporary());
	OK(rn_model_read(temporary(), "model.test", &m, &err) == RN_ENOINPUT, "no such file: %s", err.text);
}

int
main(void)
{
	arrays();
	numbers();
	files();
	return tap_done();
}
