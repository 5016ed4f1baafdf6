/* Numbers as text: the shortest decimal that reads back, and the growing buffer. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/random.h"
#include "renorm/text.h"
#include "tap.h"

/* Digits of the mantissa, without zeros at its ends. */
static int
significant_digits(const char *s)
{
	int n = 0, zeros = 0;

	for (; *s && *s != 'e'; s++) {
		if (*s < '0' || *s > '9' || (*s == '0' && n == 0))
			continue;
		n++;
		zeros = *s == '0' ? zeros + 1 : 0;
	}
	return n - zeros;
}

static bool
bits_equal(double a, double b)
{
	uint64_t x, y;

	memcpy(&x, &a, sizeof x);
	memcpy(&y, &b, sizeof y);
	return x == y;
}

/*
 * Whether some decimal with fewer digits reads back as x: then it is one of the
 * two neighbours of x at that precision, of which printf gives the nearer and
 * one unit in the last place on either side are tried too.
 */
static bool
shorter_exists(double x, int digits, bool narrow)
{
	char text[64];
	double unit;

	if (digits < 2)
		return false;
	snprintf(text, sizeof text, "%.*e", digits - 2, x);
	unit = pow(10, atoi(strchr(text, 'e') + 1) - (digits - 2));
	for (int step = -1; step <= 1; step++) {
		double y;

		snprintf(text, sizeof text, "%.*e", digits - 2, x + step * unit);
		y = narrow ? (double)strtof(text, NULL) : strtod(text, NULL);
		if (y == x)
			return true;
	}
	return false;
}

static void
check_known(void)
{
	static const struct {
		double x;
		const char *text;
	} known[] = {
		{ 0, "0" },
		{ -0.0, "-0" },
		{ 1, "1" },
		{ -1, "-1" },
		{ 0.1, "0.1" },
		{ -0.1, "-0.1" },
		{ 0.3, "0.3" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 100, "100" },
		{ 123456789, "123456789" },
		{ 1e14, "100000000000000" },
		{ 999999999999999, "999999999999999" },
		{ 1e15, "1e+15" },
		{ 9007199254740991, "9007199254740991" },
		{ 1e300, "1e+300" },
		{ 1e-300, "1e-300" },
		{ 0.0001, "0.0001" },
		{ 0.00001, "1e-05" },
		{ 2.269185314213022, "2.269185314213022" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 5e-324, "5e-324" },
		{ 0x1p-1022, "2.2250738585072014e-308" },
		{ 0x1.fffffffffffffp+1023, "1.7976931348623157e+308" },
		{ 0x1p-44, "5.684341886080802e-14" },
		{ INFINITY, "inf" },
		{ -INFINITY, "-inf" },
		{ NAN, "nan" },
		{ -NAN, "nan" },
	};
	char text[RN_NUMBER_MAX];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t n = rn_print_f64(text, known[i].x);

		OK(!strcmp(text, known[i].text) && n == strlen(text), "%s, got '%s'", known[i].text, text);
	}
}

static void
check_known_floats(void)
{
	static const struct {
		float x;
		const char *text;
	} known[] = {
		{ 0, "0" },
		{ -0.0f, "-0" },
		{ 0.1f, "0.1" },
		{ 1.0f / 3, "0.33333334" },
		{ 16777216, "16777216" },
		{ 0x1p-149f, "1e-45" },
		{ 0x1.fffffep+127f, "3.4028235e+38" },
		{ 0x1p-96f, "1.2621775e-29" },
		{ 999999, "999999" },
		{ 0.001f, "0.001" },
		{ INFINITY, "inf" },
		{ -INFINITY, "-inf" },
		{ NAN, "nan" },
	};
	char text[RN_NUMBER_MAX];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t n = rn_print_f32(text, known[i].x);

		OK(!strcmp(text, known[i].text) && n == strlen(text), "float %s, got '%s'", known[i].text,
			text);
	}
}

/* Numbers of every kind a stream meets: any bits, uniform, short decimals, powers of two and their neighbours. */
static double
sample(uint64_t word, unsigned kind)
{
	double x;

	switch (kind) {
	case 0: memcpy(&x, &word, sizeof x); return x;
	case 1: return (double)(word >> 11) * 0x1p-53;
	case 2:
		return (double)(int64_t)(word % 2000001 - 1000000) /
			pow(10, (double)(word >> 32) / 0x1p32 * 12);
	case 3: return ldexp(1, (int)(word % 2098) - 1074);
	case 4: return nextafter(ldexp(1, (int)(word % 2098) - 1074), word >> 63 ? INFINITY : 0);
	default: return (double)(int64_t)(word % 2000001 - 1000000) / 1e4;
	}
}

static void
check_many(const uint64_t words[], size_t n)
{
	char text[RN_NUMBER_MAX];
	size_t unequal = 0, long_ones = 0, unequal_f = 0, long_f = 0, longest = 0;

	for (size_t i = 0; i < n; i++) {
		double x = sample(words[i], (unsigned)(i % 6));
		float f = (float)x;
		size_t length = rn_print_f64(text, x);

		if (length > longest)
			longest = length;
		if (isnan(x))
			continue;
		unequal += !bits_equal(strtod(text, NULL), x);
		long_ones += isfinite(x) && shorter_exists(x, significant_digits(text), false);
		rn_print_f32(text, f);
		unequal_f += !bits_equal((double)strtof(text, NULL), (double)f);
		long_f += isfinite(f) && shorter_exists((double)f, significant_digits(text), true);
	}
	OK(unequal == 0, "%zu doubles read back, all but %zu", n, unequal);
	OK(long_ones == 0, "none has a shorter decimal, but %zu", long_ones);
	OK(unequal_f == 0, "floats read back, all but %zu", unequal_f);
	OK(long_f == 0, "none has a shorter decimal, but %zu", long_f);
	OK(longest < RN_NUMBER_MAX, "the longest, %zu, is below RN_NUMBER_MAX", longest);
}

static void
check_buffer(void)
{
	struct rn_text t = { 0 };
	bool ok = true;

	for (int i = 0; i < 1000; i++)
		ok = ok && rn_text_printf(&t, "%d,", i) && rn_text_put(&t, "x\n", 2);
	OK(ok && t.length == 2890 + 3000 && !strncmp(t.data, "0,x\n1,x\n", 8), "a buffer grows to %zu",
		t.length);
	OK(t.data[t.length] == '\0', "and ends with a NUL");
	OK(!rn_text_reserve(&t, SIZE_MAX) && !rn_text_reserve(&t, SIZE_MAX / 2), "an absurd size is refused");
	OK(t.length == 5890, "and leaves the text as it was");
	rn_text_clear(&t);
	OK(t.data == NULL && t.length == 0, "clear frees it");
}

int
main(void)
{
	enum { N = 120000 };
	static uint64_t words[N];
	struct rn_random_key key = rn_random_key(1, "text", NULL, 0, NULL, 0);

	check_known();
	check_known_floats();
	rn_random_fill(&key, 0, 0, words, N / 2);
	check_many(words, N);
	check_buffer();
	return tap_done();
}
