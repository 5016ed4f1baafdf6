/* Samples in memory: rows of every type, classes, merging of segments, what is refused and where it is said to be. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/dataset.h"
#include "renorm/writer.h"
#include "tap.h"

static struct rn_error err;

/* A stream to be read back, made of segments of records x, T and w. */
static const char *
temporary(void)
{
	static char path[64];

	snprintf(path, sizeof path, "/tmp/dataset-%d.rns", (int)getpid());
	return path;
}

static struct rn_writer *
begin(void)
{
	const struct rn_writer_options o = { .path = temporary(), .level = 1 };
	struct rn_writer *w = rn_writer_open(&o, &err);

	if (!w)
		abort();
	return w;
}

/* A segment of kind `kind` with column x of this type and shape, and T, w f64. */
static struct rn_schema *
segment(struct rn_writer *w, const char *kind, enum rn_type type, unsigned ndim, const size_t shape[])
{
	struct rn_schema *s = rn_schema_create(kind);

	if (!s || rn_schema_add_column(s, "T", RN_F64, 0, NULL, &err) != RN_OK ||
		rn_schema_add_column(s, "w", RN_F64, 0, NULL, &err) != RN_OK ||
		rn_schema_add_column(s, strcmp(kind, "spins") ? "x" : "spins", type, ndim, shape, &err) !=
			RN_OK ||
		rn_schema_add_history(s, "somebody made it", &err) != RN_OK ||
		rn_writer_segment(w, s, &err) != RN_OK)
		abort();
	return s;
}

static void
put(struct rn_writer *w, const struct rn_schema *s, double T, double weight, const double x[])
{
	const struct rn_column *c = &s->column[2];
	uint8_t record[256] = { 0 };

	rn_put_f64(&s->column[0], record, 0, T);
	rn_put_f64(&s->column[1], record, 0, weight);
	for (size_t i = 0; i < c->count; i++)
		rn_put_f64(c, record, i, x[i]);
	if (rn_writer_put(w, record, 1, &err) != RN_OK)
		abort();
}

static enum rn_status
read_back(struct rn_writer *w, const char *label, const char *weight, struct rn_dataset *d)
{
	const struct rn_dataset_options o = { label, weight };
	enum rn_status st;

	if (rn_writer_close(w, &err) != RN_OK)
		abort();
	st = rn_dataset_read_file(temporary(), &o, d, &err);
	unlink(temporary());
	return st;
}

/* n records of one segment, x = its first value in all places, T = its second. */
static enum rn_status
small_set(const double x_T[][2], size_t n, enum rn_type type, size_t width, struct rn_dataset *d)
{
	struct rn_writer *w = begin();
	struct rn_schema *s = segment(w, "samples", type, 1, &width);
	double x[16];

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < width; j++)
			x[j] = x_T[i][0];
		put(w, s, x_T[i][1], 1, x);
	}
	rn_schema_destroy(s);
	return read_back(w, "T", NULL, d);
}

/* --- rows --------------------------------------------------------------------- */

static void
rows_of(enum rn_type type, const double x[2][15], const double want_pm1[2][15], const double want_01[2][15])
{
	const size_t shape[2] = { 3, 5 };
	const uint64_t index[] = { 1, 0, 1 };
	struct rn_writer *w = begin();
	struct rn_schema *s = segment(w, "samples", type, 2, shape);
	struct rn_dataset d;
	float pm1[45], zero_one[45];
	double off = 0;

	put(w, s, 1, 1, x[0]);
	put(w, s, 2, 1, x[1]);
	if (!OK(read_back(w, NULL, NULL, &d) == RN_OK, "%s: read", rn_type_name(type)))
		exit(tap_done());
	OK(d.n == 2 && d.width == 15 && d.ndim == 2 && d.shape[0] == 3 && d.shape[1] == 5 && !d.class_of &&
			!d.weight && d.classes == 0 && d.type == type,
		"%s: two records of 3 x 5, no classes, no weights", rn_type_name(type));
	OK(d.row_bytes ==
			(type == RN_BIT			? 2
					: type == RN_U8 ? 15
							: 60),
		"%s: packed as it came, %zu bytes", rn_type_name(type), d.row_bytes);
	rn_dataset_rows(&d, index, 3, -1, 1, pm1);
	rn_dataset_rows(&d, index, 3, 0, 1, zero_one);
	for (size_t i = 0; i < 45; i++) {
		const size_t r = index[i / 15];

		off = fmax(off, fabs((double)pm1[i] - want_pm1[r][i % 15]));
		off = fmax(off, fabs((double)zero_one[i] - want_01[r][i % 15]));
	}
	OK(off <= FLT_EPSILON, "%s: rows in any order, with both kinds of units (off by %.1g)",
		rn_type_name(type), off);
	if (type == RN_U8)
		OK(pm1[15 + 3] == 1 && pm1[15 + 4] == -1 && zero_one[15 + 3] == 1 && zero_one[15 + 4] == 0,
			"u8: 0 and 255 are the ends to the bit");
	rn_schema_destroy(s);
	rn_dataset_clear(&d);
}

static void
rows(void)
{
	double bit[2][15], u8[2][15], f32[2][15], pm1[2][15], u8_pm1[2][15], u8_01[2][15];

	for (size_t i = 0; i < 30; i++) {
		const size_t r = i / 15, j = i % 15;

		bit[r][j] = (double)((i * i + r) % 3 == 0);
		pm1[r][j] = 2 * bit[r][j] - 1;
		u8[r][j] = (double)(i == 3 ? 255 : i == 4 ? 0 : i * 37 % 256);
		u8_pm1[r][j] = 2 * u8[r][j] / 255 - 1;
		u8_01[r][j] = u8[r][j] / 255;
		f32[r][j] = 0.25 * (double)i - 3;
	}
	rows_of(RN_BIT, (const double(*)[15])bit, (const double(*)[15])pm1, (const double(*)[15])bit);
	rows_of(RN_U8, (const double(*)[15])u8, (const double(*)[15])u8_pm1, (const double(*)[15])u8_01);
	rows_of(RN_F32, (const double(*)[15])f32, (const double(*)[15])f32, (const double(*)[15])f32);
}

/* --- classes ------------------------------------------------------------------- */

static void
classes(void)
{
	const double x_T[][2] = { { 1, INFINITY }, { 1, 0.5 }, { 0, 0 }, { 1, 2.25 }, { 0, 0.5 },
		{ 1, INFINITY }, { 1, -1 } };
	const double value[] = { -1, 0, 0.5, 2.25, INFINITY };
	const uint32_t class_of[] = { 4, 2, 1, 3, 2, 4, 0 };
	struct rn_dataset d;
	size_t wrong = 0;

	if (!OK(small_set(x_T, 7, RN_BIT, 9, &d) == RN_OK && d.classes == 5, "five classes, inf among them"))
		return;
	for (size_t c = 0; c < 5; c++)
		wrong += d.class_value[c] != value[c];
	OK(wrong == 0, "in ascending order");
	OK(!memcmp(d.class_of, class_of, sizeof class_of), "and each record knows its own");
	rn_dataset_clear(&d);
}

static void
merging(void)
{
	const size_t shape[2] = { 3, 3 };
	struct rn_writer *w = begin();
	struct rn_dataset d;
	const double x[9] = { 1, 0, 1 };
	size_t wrong = 0;

	/* The second segment has its columns elsewhere. */
	for (int k = 0; k < 3; k++) {
		struct rn_schema *s = segment(w, "spins", RN_BIT, 2, shape);

		if (k == 1) {
			if (rn_schema_add_column(s, "more", RN_U8, 0, NULL, &err) != RN_OK ||
				rn_writer_segment(w, s, &err) != RN_OK)
				abort();
		}
		for (int i = 0; i < 1000 * k; i++)
			put(w, s, i % 7, 0.5 * k, x);
		rn_schema_destroy(s);
	}
	if (!OK(read_back(w, "T", "w", &d) == RN_OK && d.n == 3000 && d.classes == 7,
		    "segments are one set, empty ones among them"))
		return;
	for (size_t i = 0; i < d.n; i++)
		wrong += d.weight[i] != (i < 1000 ? 0.5 : 1) ||
			d.class_of[i] != (i < 1000 ? i : i - 1000) % 7 || d.rows[2 * i] != 5;
	OK(wrong == 0, "with rows, classes and weights in the order they came");
	OK(d.schema->histories >= 1 && !strcmp(d.schema->kind, "spins"), "and the history is kept");
	rn_dataset_clear(&d);
}

static void
matching(void)
{
	const double train_T[][2] = { { 1, 3 }, { 1, 1 }, { 0, INFINITY }, { 0, 2 } };
	const double test_T[][2] = { { 1, INFINITY }, { 0, 2 }, { 0, INFINITY } };
	const double other_T[][2] = { { 1, 2 }, { 0, 2.5 } };
	struct rn_dataset train, test, other, wider;

	if (small_set(train_T, 4, RN_BIT, 9, &train) != RN_OK ||
		small_set(test_T, 3, RN_BIT, 9, &test) != RN_OK ||
		small_set(other_T, 2, RN_BIT, 9, &other) != RN_OK ||
		small_set(test_T, 3, RN_BIT, 10, &wider) != RN_OK)
		abort();
	OK(test.classes == 2 && test.class_of[0] == 1 && test.class_of[1] == 0, "a test set by itself");
	OK(rn_dataset_match(&train, &test, &err) == RN_OK && test.classes == 4 && test.class_of[0] == 3 &&
			test.class_of[1] == 1 && test.class_of[2] == 3 && test.class_value[3] == INFINITY,
		"matched, its classes have the numbers of the training set");
	OK(rn_dataset_match(&train, &other, &err) == RN_EDATA && strstr(err.text, "2.5"), "another class: %s",
		err.text);
	OK(rn_dataset_match(&train, &wider, &err) == RN_EDATA && strstr(err.text, "bit 10") &&
			strstr(err.text, "bit 9"),
		"another shape: %s", err.text);
	rn_dataset_clear(&train);
	rn_dataset_clear(&test);
	rn_dataset_clear(&other);
	rn_dataset_clear(&wider);
}

/* --- refusals ------------------------------------------------------------------- */

/* Refused with all of these words; nothing is left in d. */
static void
refused(enum rn_status st, const struct rn_dataset *d, const char *what, const char *const words[])
{
	bool ok = st == RN_EDATA && !d->rows && !d->schema && !d->class_of && !d->weight;

	for (; *words; words++)
		ok = ok && strstr(err.text, *words);
	OK(ok && !strchr(err.text, '\n'), "%s: %s", what, err.text);
}
#define WORDS(...) ((const char *const[]){ temporary(), __VA_ARGS__, NULL })

/* Two segments of 1000 records; record 700 of the second is wrong. */
static enum rn_status
one_wrong(enum rn_type type, double T, double weight, double x, struct rn_dataset *d)
{
	const size_t width = 4;
	const double good[4] = { 1, 0, 1, 0 }, bad[4] = { 1, 0, x, 0 };
	struct rn_writer *w = begin();

	for (int k = 0; k < 2; k++) {
		struct rn_schema *s = segment(w, "samples", type, 1, &width);

		for (int i = 0; i < 1000; i++)
			if (k == 1 && i == 700)
				put(w, s, T, weight, bad);
			else
				put(w, s, i % 2, 1, good);
		rn_schema_destroy(s);
	}
	return read_back(w, "T", "w", d);
}

/* A segment of a good kind, then one of this. */
static enum rn_status
two_kinds(const char *kind, enum rn_type type, unsigned ndim, const size_t shape[], struct rn_dataset *d)
{
	const size_t square[2] = { 4, 4 };
	const double x[16] = { 1 };
	struct rn_writer *w = begin();
	struct rn_schema *a = segment(w, "spins", RN_BIT, 2, square), *b;

	put(w, a, 1, 1, x);
	b = segment(w, kind, type, ndim, shape);
	put(w, b, 2, 1, x);
	rn_schema_destroy(a);
	rn_schema_destroy(b);
	return read_back(w, "T", NULL, d);
}

static void
refusals(void)
{
	const size_t square[2] = { 4, 4 }, flat[1] = { 16 };
	const double constant[][2] = { { 1, 2.5 }, { 0, 2.5 }, { 1, 2.5 } };
	const double x[16] = { 1 };
	struct rn_dataset d;
	struct rn_writer *w;
	struct rn_schema *s;

	refused(one_wrong(RN_BIT, NAN, 1, 0, &d), &d, "NaN as a class",
		WORDS("segment 2, record 700", "T is NaN"));
	refused(one_wrong(RN_BIT, 1, -0.5, 0, &d), &d, "a negative weight",
		WORDS("segment 2, record 700", "w is -0.5"));
	refused(one_wrong(RN_BIT, 1, INFINITY, 0, &d), &d, "an infinite weight",
		WORDS("segment 2, record 700", "w is inf"));
	refused(one_wrong(RN_F32, 1, 1, NAN, &d), &d, "a sample with NaN",
		WORDS("segment 2, record 700", "x", "not finite"));
	OK(one_wrong(RN_F32, 1, 0, 0.5, &d) == RN_OK, "a weight of 0 is a weight");
	rn_dataset_clear(&d);

	refused(small_set(constant, 3, RN_BIT, 9, &d), &d, "one class alone",
		WORDS("T is 2.5 in all 3 records"));
	refused(small_set(constant, 0, RN_BIT, 9, &d), &d, "no records", WORDS("no records"));
	refused(small_set(constant, 3, RN_F64, 9, &d), &d, "values of f64",
		WORDS("segment 1", "f64", "bit, u8 or f32"));

	w = begin();
	rn_schema_destroy(segment(w, "model.mlp", RN_F32, 1, flat));
	refused(read_back(w, "T", NULL, &d), &d, "a model", WORDS("model.mlp", "not samples"));
	w = begin();
	rn_schema_destroy(segment(w, "field", RN_F32, 1, flat));
	refused(read_back(w, "T", NULL, &d), &d, "another kind", WORDS("field", "spins or samples"));
	w = begin();
	s = segment(w, "spins", RN_BIT, 2, square);
	put(w, s, 1, 1, x);
	rn_schema_destroy(s);
	refused(read_back(w, "digit", NULL, &d), &d, "no such label", WORDS("segment 1", "digit"));
	w = begin();
	rn_schema_destroy(segment(w, "spins", RN_BIT, 2, square));
	refused(read_back(w, "spins", NULL, &d), &d, "an array as a label", WORDS("spins", "array"));

	refused(two_kinds("spins", RN_BIT, 1, flat, &d), &d, "another shape",
		WORDS("segment 2", "bit 16", "bit 4 4"));
	refused(two_kinds("spins", RN_U8, 2, square, &d), &d, "another type",
		WORDS("segment 2", "u8 4 4", "bit 4 4"));
	refused(two_kinds("samples", RN_BIT, 2, square, &d), &d, "another kind behind",
		WORDS("segment 2", "kind samples", "kind spins"));
}

int
main(void)
{
	struct rn_dataset d;
	const struct rn_dataset_options o = { 0 };

	rows();
	classes();
	merging();
	matching();
	refusals();
	OK(rn_dataset_read_file("/nowhere", &o, &d, &err) == RN_ENOINPUT, "no such file: %s", err.text);
	return tap_done();
}
