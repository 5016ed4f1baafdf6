/* Samples in memory: reading and merging segments, classes, rows as floats. */
#include "renorm/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "renorm/bits.h"

/* --- what a segment has for us ------------------------------------------- */

struct source {
	const struct rn_column *x, *label, *weight; /* the last two may be NULL */
	size_t bytes;				    /* of a record */
};

/* NULL: *err says why. */
static const struct rn_column *
find_values(const struct rn_schema *s, struct rn_error *err)
{
	const bool spins = !strcmp(s->kind, "spins");
	const struct rn_column *x = NULL;
	enum rn_status st;

	if (!strncmp(s->kind, "model.", 6))
		st = rn_fail(err, RN_EDATA, "this is a trained model (kind %s), not samples to train on",
			s->kind);
	else if (!spins && strcmp(s->kind, "samples") != 0)
		st = rn_fail(err, RN_EDATA, "kind is %s; spins or samples are needed", s->kind);
	else
		st = rn_schema_require_column(s, spins ? "spins" : "x", &x, err);
	if (st != RN_OK || !x)
		return NULL;
	if (x->type == RN_BIT || x->type == RN_U8 || x->type == RN_F32)
		return x;
	rn_fail(err, RN_EDATA, "column %s is %s; bit, u8 or f32 is needed", x->name, rn_type_name(x->type));
	return NULL;
}

static enum rn_status
find_scalar(const struct rn_schema *s, const char *name, const struct rn_column **c, struct rn_error *err)
{
	*c = NULL;
	if (!name)
		return RN_OK;
	if (rn_schema_require_column(s, name, c, err) != RN_OK)
		return RN_EDATA;
	if ((*c)->ndim != 0)
		return rn_fail(err, RN_EDATA, "column %s is an array; a number a record is needed", name);
	return RN_OK;
}

static enum rn_status
find_columns(const struct rn_schema *s, const struct rn_dataset_options *o, struct source *from,
	struct rn_error *err)
{
	from->bytes = s->record_bytes;
	from->x = find_values(s, err);
	if (!from->x || find_scalar(s, o->class_column, &from->label, err) != RN_OK ||
		find_scalar(s, o->weight_column, &from->weight, err) != RN_OK)
		return RN_EDATA;
	return RN_OK;
}

static bool
same_shape(const struct rn_dataset *d, unsigned ndim, const size_t shape[])
{
	return d->ndim == ndim && !memcmp(d->shape, shape, ndim * sizeof *shape);
}

/* What real values range over, if the stream says so. */
static enum rn_status
find_units(const struct rn_schema *s, const struct rn_column *x, float *low, struct rn_error *err)
{
	const char *units = x->type == RN_F32 ? rn_schema_get_key(s, "units") : NULL;

	*low = NAN;
	if (!units)
		return RN_OK;
	if (strcmp(units, "pm1") != 0 && strcmp(units, "01") != 0)
		return rn_fail(err, RN_EDATA, "the header's 'units: %.60s' should be pm1 or 01", units);
	*low = units[0] == '0' ? 0 : -1;
	return RN_OK;
}

static enum rn_status
begin_segment(struct rn_dataset *d, const struct rn_schema *s, const struct rn_column *x,
	struct rn_error *err)
{
	char now[RN_FORM_MAX], before[RN_FORM_MAX];
	float low;

	if (find_units(s, x, &low, err) != RN_OK)
		return RN_EDATA;
	if (d->schema) {
		if (d->low != low && !(isnan(d->low) && isnan(low)))
			return rn_fail(err, RN_EDATA, "values of other units than in the segments before it");
		if (strcmp(d->schema->kind, s->kind) != 0 || d->type != x->type ||
			!same_shape(d, x->ndim, x->shape))
			return rn_fail(err, RN_EDATA,
				"%s %s of kind %s; the segments before it have %s of kind %s", x->name,
				rn_form(now, x->type, x->ndim, x->shape), s->kind,
				rn_form(before, d->type, d->ndim, d->shape), d->schema->kind);
		return rn_schema_merge_history(d->schema, s, err);
	}
	d->type = x->type;
	d->low = low;
	d->ndim = x->ndim;
	memcpy(d->shape, x->shape, sizeof d->shape);
	d->width = x->count;
	d->row_bytes = x->bytes;
	d->schema = rn_schema_copy(s);
	return d->schema ? RN_OK : rn_fail_memory(err, "header");
}

/* --- records ----------------------------------------------------------------- */

/* Room grows by half at a time: memory follows what has arrived, not what a header claims. */
struct room {
	size_t records;
	double *label; /* of each record, until classes are made of them */
};

static bool
grow(void **array, size_t n, size_t size, size_t slack)
{
	void *more = n <= (SIZE_MAX - slack) / (size ? size : 1) ? realloc(*array, n * size + slack) : NULL;

	if (more)
		*array = more;
	return more;
}

static enum rn_status
make_room(struct rn_dataset *d, struct room *room, const struct source *from, size_t n, struct rn_error *err)
{
	size_t wanted = room->records + room->records / 2;

	if (d->n + n <= room->records)
		return RN_OK;
	if (wanted < d->n + n)
		wanted = d->n + n;
	if (!grow((void **)&d->rows, wanted, d->row_bytes, RN_SLACK) ||
		(from->label && !grow((void **)&room->label, wanted, sizeof(double), 0)) ||
		(from->weight && !grow((void **)&d->weight, wanted, sizeof(double), 0)))
		return rn_fail_memory(err, "samples");
	room->records = wanted;
	return RN_OK;
}

static bool
is_finite_row(const uint8_t *row, size_t width)
{
	float v;

	for (size_t i = 0; i < width; i++) {
		memcpy(&v, row + i * sizeof v, sizeof v);
		if (!isfinite(v))
			return false;
	}
	return true;
}

static enum rn_status
begin_part(struct rn_dataset *d, const struct rn_reader *in, struct rn_error *err)
{
	struct rn_dataset_part *part = reallocarray(d->part, d->parts + 1, sizeof *part);

	if (!part)
		return rn_fail_memory(err, "samples");
	d->part = part;
	part += d->parts;
	part->file = strdup(rn_reader_file(in));
	if (!part->file)
		return rn_fail_memory(err, "samples");
	part->segment = rn_reader_segment_index(in);
	part->first = d->n;
	d->parts++;
	return RN_OK;
}

static enum rn_status
take_record(struct rn_dataset *d, struct room *room, const struct source *from, const uint8_t *record,
	struct rn_error *err)
{
	uint8_t *row = d->rows + d->n * d->row_bytes;

	memcpy(row, record + from->x->offset, d->row_bytes);
	if (d->type == RN_F32 && !is_finite_row(row, d->width))
		return rn_fail(err, RN_EDATA, "column %s has a value that is not finite", from->x->name);
	if (room->label) {
		room->label[d->n] = rn_get_f64(from->label, record, 0);
		if (isnan(room->label[d->n]))
			return rn_fail(err, RN_EDATA, "%s is NaN, which is no class", from->label->name);
	}
	if (d->weight) {
		d->weight[d->n] = rn_get_f64(from->weight, record, 0);
		if (!(d->weight[d->n] >= 0) || isinf(d->weight[d->n]))
			return rn_fail(err, RN_EDATA, "%s is %g; a weight is a finite number >= 0",
				from->weight->name, d->weight[d->n]);
	}
	d->n++;
	return RN_OK;
}

static enum rn_status
read_segment(struct rn_reader *in, struct rn_dataset *d, struct room *room, const struct source *from,
	struct rn_error *err)
{
	const void *records;
	enum rn_status st;
	size_t n;

	while ((st = rn_reader_next(in, &records, &n, err)) == RN_OK) {
		if ((st = make_room(d, room, from, n, err)) != RN_OK)
			return st;
		for (size_t i = 0; i < n; i++)
			if (take_record(d, room, from, (const uint8_t *)records + i * from->bytes, err) !=
				RN_OK)
				return rn_reader_locate(in, i, err);
	}
	return st;
}

/* --- classes -------------------------------------------------------------------- */

static int
ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The index of a value that is among the sorted n. */
static size_t
class_index(const double value[], size_t n, double x)
{
	size_t low = 0;

	while (n > 1) {
		const size_t half = n / 2;

		if (value[low + half] <= x)
			low += half;
		n -= half;
	}
	return low;
}

static enum rn_status
make_classes(struct rn_dataset *d, const double label[], const char *name, struct rn_error *err)
{
	double *sorted = malloc(d->n * sizeof *sorted);
	size_t n = 0;

	d->class_of = malloc(d->n * sizeof *d->class_of);
	if (!sorted || !d->class_of) {
		free(sorted);
		return rn_fail_memory(err, "classes");
	}
	memcpy(sorted, label, d->n * sizeof *sorted);
	qsort(sorted, d->n, sizeof *sorted, ascending);
	for (size_t i = 0; i < d->n; i++)
		if (n == 0 || sorted[i] > sorted[n - 1])
			sorted[n++] = sorted[i];
	d->class_value = sorted;
	d->classes = n;
	for (size_t i = 0; i < d->n; i++)
		d->class_of[i] = (uint32_t)class_index(sorted, n, label[i]);
	if (n == 1)
		return rn_fail(err, RN_EDATA,
			"%s is %.15g in all %zu records: classes need at least two different values", name,
			sorted[0], d->n);
	return RN_OK;
}

/* --- the whole --------------------------------------------------------------------- */

static enum rn_status
read_all(struct rn_reader *in, const struct rn_dataset_options *o, struct rn_dataset *d, struct room *room,
	struct rn_error *err)
{
	const struct rn_schema *schema;
	enum rn_status st;

	while ((st = rn_reader_segment(in, &schema, err)) == RN_OK) {
		struct source from = { 0 };

		st = find_columns(schema, o, &from, err);
		if (st == RN_OK)
			st = begin_segment(d, schema, from.x, err);
		if (st != RN_OK) {
			rn_error_prefix(err, "%s: segment %llu", rn_reader_file(in),
				(unsigned long long)rn_reader_segment_index(in));
			return st;
		}
		st = begin_part(d, in, err);
		if (st == RN_OK)
			st = read_segment(in, d, room, &from, err);
		if (st > RN_OK)
			return st;
	}
	return st == RN_END ? RN_OK : st;
}

enum rn_status
rn_dataset_read(struct rn_reader *in, const struct rn_dataset_options *o, struct rn_dataset *d,
	struct rn_error *err)
{
	struct room room = { 0 };
	enum rn_status st;

	*d = (struct rn_dataset){ 0 };
	st = read_all(in, o, d, &room, err);
	if (st == RN_OK && d->n == 0)
		st = rn_fail(err, RN_EDATA, "%s: no records to train on", rn_reader_file(in));
	else if (st == RN_OK && room.label) {
		st = make_classes(d, room.label, o->class_column, err);
		if (st != RN_OK)
			rn_error_prefix(err, "%s", rn_reader_file(in));
	}
	free(room.label);
	if (st != RN_OK)
		rn_dataset_clear(d);
	return st;
}

enum rn_status
rn_dataset_read_file(const char *path, const struct rn_dataset_options *o, struct rn_dataset *d,
	struct rn_error *err)
{
	char *files[] = { (char *)path };
	struct rn_reader *in = rn_reader_open(files, 1, NULL, err);
	enum rn_status st;

	*d = (struct rn_dataset){ 0 };
	if (!in)
		return err->status;
	st = rn_dataset_read(in, o, d, err);
	rn_reader_close(in);
	return st;
}

void
rn_dataset_clear(struct rn_dataset *d)
{
	free(d->rows);
	free(d->class_of);
	free(d->weight);
	free(d->class_value);
	for (size_t p = 0; p < d->parts; p++)
		free(d->part[p].file);
	free(d->part);
	rn_schema_destroy(d->schema);
	*d = (struct rn_dataset){ 0 };
}

enum rn_status
rn_dataset_locate(const struct rn_dataset *d, size_t i, struct rn_error *err)
{
	const struct rn_dataset_part *part = d->part;

	if (d->parts == 0) {
		rn_error_prefix(err, "record %zu", i);
	} else {
		while (part + 1 < d->part + d->parts && part[1].first <= i)
			part++;
		rn_error_prefix(err, "%s: segment %llu, record %zu", part->file,
			(unsigned long long)part->segment, i - part->first);
	}
	return err ? err->status : RN_EDATA;
}

const char rn_dataset_dark[] =
	"all u8 are 0 or 1, where they run from 0 to 255: what is binary should be imported as bit";

bool
rn_dataset_is_dark(const struct rn_dataset *d)
{
	if (d->type != RN_U8)
		return false;
	for (size_t i = 0; i < d->n * d->row_bytes; i++)
		if (d->rows[i] > 1)
			return false;
	return true;
}

enum rn_status
rn_dataset_match(const struct rn_dataset *train, struct rn_dataset *test, struct rn_error *err)
{
	char of_test[RN_FORM_MAX], of_train[RN_FORM_MAX];

	if (train->type != test->type || !same_shape(train, test->ndim, test->shape))
		return rn_fail(err, RN_EDATA, "the test set has samples %s, the training set %s",
			rn_form(of_test, test->type, test->ndim, test->shape),
			rn_form(of_train, train->type, train->ndim, train->shape));
	if (!train->class_of || !test->class_of)
		return RN_OK;
	for (size_t c = 0; c < test->classes; c++) {
		const size_t k = class_index(train->class_value, train->classes, test->class_value[c]);

		if (train->class_value[k] != test->class_value[c])
			return rn_fail(err, RN_EDATA,
				"the test set has the class %.15g, of which the training set has no record",
				test->class_value[c]);
	}
	for (size_t i = 0; i < test->n; i++)
		test->class_of[i] = (uint32_t)class_index(train->class_value, train->classes,
			test->class_value[test->class_of[i]]);
	test->classes = train->classes;
	test->class_value = realloc(test->class_value, train->classes * sizeof *train->class_value);
	if (!test->class_value)
		return rn_fail_memory(err, "classes");
	memcpy(test->class_value, train->class_value, train->classes * sizeof *train->class_value);
	return RN_OK;
}

/* What each byte is, computed once: its ends are low and high to the bit. */
static void
rows_of_bytes(const struct rn_dataset *d, const uint64_t index[], size_t n, float low, float high,
	float out[])
{
	float value[256];

	for (int i = 0; i < 256; i++)
		value[i] = low + (high - low) * ((float)i / 255);
	for (size_t i = 0; i < n; i++, out += d->width) {
		const uint8_t *row = d->rows + index[i] * d->row_bytes;

		for (size_t j = 0; j < d->width; j++)
			out[j] = value[row[j]];
	}
}

/* From low..1 of the stream to low..high of the units they are for. */
static void
rows_of_reals(const struct rn_dataset *d, const uint64_t index[], size_t n, float low, float high,
	float out[])
{
	const float scale = (high - low) / (1 - d->low);

	for (size_t i = 0; i < n; i++)
		memcpy(out + i * d->width, d->rows + index[i] * d->row_bytes, d->row_bytes);
	if (isnan(d->low) || d->low == low)
		return;
	for (size_t i = 0; i < n * d->width; i++)
		out[i] = low + scale * (out[i] - d->low);
}

void
rn_dataset_rows(const struct rn_dataset *d, const uint64_t index[], size_t n, float low, float high,
	float out[])
{
	if (d->type == RN_U8) {
		rows_of_bytes(d, index, n, low, high, out);
		return;
	}
	if (d->type == RN_F32) {
		rows_of_reals(d, index, n, low, high, out);
		return;
	}
	for (size_t i = 0; i < n; i++, out += d->width)
		rn_bits_unpack_f32(d->rows + index[i] * d->row_bytes, d->width, low, high, out);
}
