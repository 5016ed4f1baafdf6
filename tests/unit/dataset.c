/* Samples in memory: values, classes and weights as they came, two sets side by side, and what is refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/dataset.h"
#include "tap.h"

static struct rn_error err;
static char path[64];

/* Segments of CSV, as a stream in a file. */
static void
write_text(const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static struct rn_dataset
read_text(const char *text, const char *class_column, const char *weight_column)
{
	const struct rn_dataset_options o = { class_column, weight_column };
	struct rn_dataset d;

	write_text(text);
	if (rn_dataset_read_file(path, &o, &d, &err) != RN_OK) {
		printf("# %s\n", err.text);
		abort();
	}
	return d;
}

static void
refused(const char *text, const char *class_column, const char *weight_column, const char *word)
{
	const struct rn_dataset_options o = { class_column, weight_column };
	struct rn_dataset d;

	write_text(text);
	OK(rn_dataset_read_file(path, &o, &d, &err) == RN_EDATA && strstr(err.text, word), "refused: %s",
		err.text);
}

static bool
same(const float a[], const float b[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

#define HEAD(kind) "# renorm-stream 1\n# kind: " kind "\n"
#define SPINS \
	HEAD("spins") \
	"# label: T\n# column: T f64\n# column: spins bit 1 3\nT,spins[0][0],spins[0][1],spins[0][2]\n"

static void
bits(void)
{
	const uint64_t index[] = { 3, 0 };
	const float pm1[] = { 1, 1, 1, -1, 1, 1 }, zero_one[] = { 1, 1, 1, 0, 1, 1 };
	struct rn_dataset d =
		read_text(SPINS "2,0,1,1\ninf,1,0,0\n# end: 2\n" SPINS "0.5,0,0,0\n2,1,1,1\n# end: 2\n", "T",
			NULL);
	float out[6];

	OK(d.n == 4 && d.width == 3 && d.row_bytes == 1 && d.ndim == 2 && d.shape[0] == 1 && d.shape[1] == 3,
		"two segments are one set, in packed rows");
	OK(d.classes == 3 && d.class_value[0] == 0.5 && d.class_value[1] == 2 && isinf(d.class_value[2]),
		"each distinct value is a class, in order, inf too");
	OK(d.class_of[0] == 1 && d.class_of[1] == 2 && d.class_of[2] == 0 && d.class_of[3] == 1,
		"records know their class");
	rn_dataset_rows(&d, index, 2, -1, 1, out);
	OK(same(out, pm1, 6), "bits are -1 and +1");
	rn_dataset_rows(&d, index, 2, 0, 1, out);
	OK(same(out, zero_one, 6), "or 0 and 1");
	rn_dataset_clear(&d);
}

static void
bytes_and_floats(void)
{
	const uint64_t index[] = { 1, 0 };
	const float low_high[] = { 1, -1, -1, -0.6f }, floats[] = { -1e30f, 0, 0.1f, 3 };
	struct rn_dataset d = read_text(HEAD("samples") "# column: digit u8\n# column: x u8 2\n"
							"digit,x[0],x[1]\n7,0,51\n9,255,0\n# end: 2\n",
		"digit", NULL);
	float out[4], worst = 0;

	rn_dataset_rows(&d, index, 2, -1, 1, out);
	for (size_t i = 0; i < 4; i++)
		worst = fmaxf(worst, fabsf(out[i] - low_high[i]));
	OK(worst <= 1e-7f && out[0] == 1, "bytes 0 ... 255 are spread from low to high");
	OK(d.classes == 2 && d.class_value[1] == 9, "classes of an integer column");
	rn_dataset_clear(&d);

	d = read_text(HEAD("samples") "# column: w f64\n# column: x f32 "
				      "2\nw,x[0],x[1]\n0.5,0.1,3\n0,-1e30,0\n# end: 2\n",
		NULL, "w");
	rn_dataset_rows(&d, index, 2, -1, 1, out);
	OK(same(out, floats, 4), "floats stay what they are");
	OK(!d.class_of && d.weight[0] == 0.5 && d.weight[1] == 0, "weights");
	rn_dataset_clear(&d);
}

/* More records than a buffer of any kind holds: room must grow on the way. */
static void
many(void)
{
	enum { N = 30000, W = 70 };
	FILE *f = fopen(path, "w");
	const struct rn_dataset_options o = { "k", NULL };
	struct rn_dataset d;
	size_t wrong = 0;
	float out[W];

	if (!f)
		abort();
	fputs(HEAD("samples") "# column: k u32\n# column: x bit 70\nk", f);
	for (size_t j = 0; j < W; j++)
		fprintf(f, ",x[%zu]", j);
	for (uint64_t i = 0; i < N; i++) {
		fprintf(f, "\n%d", (int)(i * 7919 % 1000));
		for (size_t j = 0; j < W; j++)
			fputs(i * (j + 3) % 7 < 3 ? ",1" : ",0", f);
	}
	fprintf(f, "\n# end: %d\n", N);
	if (fclose(f) != 0 || !OK(rn_dataset_read_file(path, &o, &d, &err) == RN_OK, "30000 records"))
		return;
	for (uint64_t i = 0; i < N; i++) {
		rn_dataset_rows(&d, &i, 1, -1, 1, out);
		wrong += d.class_of[i] != i * 7919 % 1000;
		for (size_t j = 0; j < W; j++)
			wrong += out[j] != (i * (j + 3) % 7 < 3 ? 1.0f : -1.0f);
	}
	OK(d.n == N && d.classes == 1000 && wrong == 0, "all there, in 1000 classes");
	rn_dataset_clear(&d);
}

static void
two_sets(void)
{
	struct rn_dataset train = read_text(SPINS "1,0,1,1\n2,1,0,0\n3,1,1,1\n# end: 3\n", "T", NULL);
	struct rn_dataset test = read_text(SPINS "3,0,1,1\n1,1,0,0\n# end: 2\n", "T", NULL);

	OK(rn_dataset_match(&train, &test, &err) == RN_OK && test.classes == 3 && test.class_of[0] == 2 &&
			test.class_of[1] == 0 && test.class_value[1] == 2,
		"a test set counts classes as the training set does");
	rn_dataset_clear(&test);
	test = read_text(SPINS "3,0,1,1\n1.5,1,0,0\n# end: 2\n", "T", NULL);
	OK(rn_dataset_match(&train, &test, &err) == RN_EDATA && strstr(err.text, "1.5"), "unknown class: %s",
		err.text);
	rn_dataset_clear(&test);
	test = read_text(HEAD("spins") "# column: T f64\n# column: spins bit "
				       "3\nT,spins[0],spins[1],spins[2]\n"
				       "1,0,1,1\n2,1,0,0\n# end: 2\n",
		"T", NULL);
	OK(rn_dataset_match(&train, &test, &err) == RN_EDATA && strstr(err.text, "bit 3") &&
			strstr(err.text, "bit 1 3"),
		"another shape: %s", err.text);
	rn_dataset_clear(&test);
	rn_dataset_clear(&train);
}

static void
refusals(void)
{
	refused(SPINS "2,0,1,1\n2,1,0,0\n# end: 2\n", "T", NULL, "T is 2 in all 2 records");
	refused(SPINS "2,0,1,1\nnan,1,0,0\n# end: 2\n", "T", NULL, "record 1");
	refused(SPINS "2,0,1,1\n# end: 1\n", "digit", NULL, "digit");
	refused(SPINS "2,0,1,1\n# end: 1\n", "spins", NULL, "array");
	refused(SPINS "-2,0,1,1\n# end: 1\n", NULL, "T", "weight");
	refused(SPINS "inf,0,1,1\n# end: 1\n", NULL, "T", "weight");
	refused(SPINS "# end: 0\n", NULL, NULL, "no records");
	refused(SPINS "2,0,1,1\n# end: 1\n" HEAD(
			"spins") "# column: T f64\n# column: spins bit 2\nT,spins[0],spins[1]\n"
				 "1,0,1\n# end: 1\n",
		"T", NULL, "segment 2");
	refused(HEAD("model.rbm") "# column: W f32 2\nW[0],W[1]\n1,2\n# end: 1\n", NULL, NULL, "model");
	refused(HEAD("table") "# column: x f32 2\nx[0],x[1]\n1,2\n# end: 1\n", NULL, NULL, "kind is table");
	refused(HEAD("samples") "# column: x f64 2\nx[0],x[1]\n1,2\n# end: 1\n", NULL, NULL, "f64");
	refused(HEAD("samples") "# column: x f32 2\nx[0],x[1]\n1,2\n3,inf\n# end: 2\n", NULL, NULL,
		"not finite");
}

int
main(void)
{
	snprintf(path, sizeof path, "/tmp/dataset-%d.csv", (int)getpid());
	bits();
	bytes_and_floats();
	many();
	two_sets();
	refusals();
	unlink(path);
	return tap_done();
}
