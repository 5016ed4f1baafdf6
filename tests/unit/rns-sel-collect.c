/* Samples and shuffles: every outcome as likely as any other, and stable sorting. */
#include <string.h>
#include <unistd.h>

#include "../../src/rns-sel/collect.h"
#include "tap.h"

enum { RECORDS = 5, RUNS = 30000 };

static struct rn_schema *
one_column(void)
{
	struct rn_schema *s = rn_schema_create("table");

	return s && !rn_schema_add_column(s, "x", RN_U8, 0, NULL, NULL) ? s : NULL;
}

/* Chi square of n counts against equal expectation. */
static double
chi_square(const unsigned counts[], size_t n)
{
	double expected = 0, sum = 0;

	for (size_t i = 0; i < n; i++)
		expected += counts[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		sum += (counts[i] - expected) * (counts[i] - expected) / expected;
	return sum;
}

static bool
feed(struct collect *c, const struct rn_schema *s, unsigned n)
{
	void *room;
	bool ok = !collect_begin(c, s, NULL);

	for (unsigned i = 0; i < n && ok; i++) {
		ok = !collect_room(c, &room, NULL);
		if (ok && room)
			*(uint8_t *)room = (uint8_t)i;
	}
	return ok;
}

/* Which two of five: ten subsets. `sample_of` > 5 would take them from the first ones only: the power check. */
static double
sample_chi_square(const struct rn_schema *s, unsigned offered, bool *ok)
{
	static const unsigned char subset[RECORDS][RECORDS] = { { 0, 0, 1, 2, 3 }, { 0, 0, 4, 5, 6 },
		{ 1, 4, 0, 7, 8 }, { 2, 5, 7, 0, 9 }, { 3, 6, 8, 9, 0 } };
	unsigned counts[10] = { 0 };

	for (unsigned seed = 0; seed < RUNS; seed++) {
		struct collect c = { .sampling = true, .sample = 2, .seed = seed };

		*ok = *ok && feed(&c, s, offered) && c.n == 2 && c.records[0] != c.records[1];
		if (*ok)
			counts[subset[c.records[0]][c.records[1]]]++;
		collect_clear(&c);
	}
	return chi_square(counts, 10);
}

/* Writes into a pipe, which has room for it, and reads the records back. */
static size_t
written(struct collect *c, uint8_t out[], size_t max)
{
	char path[32];
	struct rn_writer_options options = { .path = path, .level = 0 };
	struct rn_writer *w;
	struct rn_error err;
	const uint8_t *records;
	uint8_t bytes[4096];
	ssize_t n;
	int ends[2];

	if (pipe(ends))
		return 0;
	snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
	w = rn_writer_open(&options, &err);
	if (!w || rn_writer_segment(w, c->schema, &err) || collect_write(c, w, &err) ||
		rn_writer_close(w, &err))
		return 0;
	close(ends[1]);
	n = read(ends[0], bytes, sizeof bytes);
	close(ends[0]);
	records = n > 0 ? memmem(bytes, (size_t)n, "\n\n", 2) : NULL;
	if (!records)
		return 0;
	records += 2;
	n -= records - bytes + 48; /* the end mark */
	memcpy(out, records, (size_t)n < max ? (size_t)n : max);
	return (size_t)n;
}

static void
check_shuffle(const struct rn_schema *s)
{
	unsigned counts[6] = { 0 };
	bool ok = true;

	for (unsigned seed = 0; seed < 6000 && ok; seed++) {
		struct collect c = { .shuffling = true, .seed = seed };
		uint8_t got[4];

		ok = feed(&c, s, 3) && written(&c, got, sizeof got) == 3 && (got[0] ^ got[1] ^ got[2]) == 3 &&
			got[0] != got[1];
		if (ok)
			counts[2 * got[0] + (got[1] > got[2])]++;
		collect_clear(&c);
	}
	OK(ok, "a shuffle has every record once");
	/* 5 degrees of freedom: above 38.8 with probability 2.6e-7, five standard deviations. */
	OK(chi_square(counts, 6) < 38.8, "all six orders of three are alike: chi2 = %.1f",
		chi_square(counts, 6));
}

static void
check_sort(void)
{
	static const uint8_t records[][2] = { { 2, 0 }, { 1, 1 }, { 2, 2 }, { 1, 3 }, { 3, 4 }, { 1, 5 } };
	static const uint8_t up[] = { 1, 1, 1, 3, 1, 5, 2, 0, 2, 2, 3, 4 },
			     down[] = { 3, 4, 2, 0, 2, 2, 1, 1, 1, 3, 1, 5 };
	char by_x[] = "x", by_minus_x[] = "-x", *keys[] = { by_x, by_minus_x };
	struct rn_schema *s = one_column();
	bool ok = s && !rn_schema_add_column(s, "y", RN_U8, 0, NULL, NULL);

	for (int i = 0; i < 2 && ok; i++) {
		struct collect c = { .sort = &keys[i], .nsort = 1 };
		uint8_t got[16];
		void *room;

		ok = !collect_begin(&c, s, NULL);
		for (size_t k = 0; k < 6 && ok; k++) {
			ok = !collect_room(&c, &room, NULL) && room;
			if (ok)
				memcpy(room, records[k], 2);
		}
		ok = ok && written(&c, got, sizeof got) == 12;
		OK(ok && !memcmp(got, i ? down : up, 12), "sorted by %s, equals stay as they were", keys[i]);
		collect_clear(&c);
	}
	rn_schema_destroy(s);
}

int
main(void)
{
	struct rn_schema *s = one_column();
	bool ok = s != NULL;
	double chi = sample_chi_square(s, RECORDS, &ok);

	OK(ok, "a sample of two has two different records");
	/* 9 degrees of freedom: above 47.3 with probability 3.4e-7, five standard deviations. */
	OK(chi < 47.3, "all ten samples of two out of five are alike: chi2 = %.1f", chi);
	chi = sample_chi_square(s, RECORDS - 1, &ok);
	OK(chi > 47.3, "of four they are not: chi2 = %.1f", chi);
	check_shuffle(s);
	check_sort();
	rn_schema_destroy(s);
	return tap_done();
}
