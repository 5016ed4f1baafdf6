#include "renorm/text.h"

#include <fenv.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
rn_text_clear(struct rn_text *t)
{
	free(t->data);
	*t = (struct rn_text){ 0 };
}

bool
rn_text_reserve(struct rn_text *t, size_t more)
{
	size_t wanted, capacity = t->capacity ? t->capacity : 64;
	char *p;

	if (more >= SIZE_MAX / 2 - t->length)
		return false;
	wanted = t->length + more + 1;
	if (wanted <= t->capacity)
		return true;
	while (capacity < wanted)
		capacity *= 2;
	p = realloc(t->data, capacity);
	if (!p)
		return false;
	t->data = p;
	t->capacity = capacity;
	return true;
}

bool
rn_text_put(struct rn_text *t, const void *data, size_t n)
{
	if (!rn_text_reserve(t, n))
		return false;
	if (n)
		memcpy(t->data + t->length, data, n);
	t->length += n;
	t->data[t->length] = '\0';
	return true;
}

bool
rn_text_printf(struct rn_text *t, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n >= 0 && rn_text_reserve(t, (size_t)n))
		vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
	else
		n = -1;
	va_end(again);
	if (n >= 0)
		t->length += (size_t)n;
	return n >= 0;
}

/* --- numbers ---------------------------------------------------------- */

/* All exact in double precision. */
static const double ten[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
	1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* r / 10^k in fixed notation without trailing zeros; r < 2^63, k <= 21. */
static size_t
put_decimal(char *out, uint64_t r, unsigned k)
{
	char reversed[RN_NUMBER_MAX] = "";
	size_t n = 0, digits = 0;

	while (k > 0 && r % 10 == 0) {
		r /= 10;
		k--;
	}
	for (; r > 0 || digits <= k; digits++, r /= 10) {
		if (digits == k && k > 0)
			reversed[n++] = '.';
		reversed[n++] = (char)('0' + r % 10);
	}
	for (size_t i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	out[n] = '\0';
	return n;
}

/* k such that x * 10^k has 15 digits before the point, but for rounding; x in [1e-4, 1e15). */
static unsigned
places(double x)
{
	unsigned k = 14;

	while (x * ten[k] >= 1e15)
		k--;
	while (x * ten[k] < 1e14)
		k++;
	return k;
}

/*
 * For x in [1e-4, 1e15) that is a decimal of at most 15 digits: its text. 0 for
 * any other x. x * 10^k is off by less than 1/4 there, so r is the one candidate,
 * and as r and 10^k are exact the division rounds as a correct reading of the
 * decimal would.
 */
static size_t
print_short(char *out, double x)
{
	unsigned k = places(x);
	double r = rint(x * ten[k]);

	if (r / ten[k] != x)
		return 0;
	return put_decimal(out, (uint64_t)r, k);
}

/*
 * For the other x in [1e-4, 1e15): 16 digits if these read back, else 17, which
 * always do. x = m / 2^s, so x * 10^k = (m * 10^k) / 2^s, which fits in 123 bits
 * and is rounded to r exactly. r reads back as x if it is nearer to x than half of
 * the distance between doubles, 10^k / 2 in units of 2^-s; a tie goes to an even m.
 * Not for powers of two, below which doubles are twice as dense.
 */
static size_t
print_long(char *out, double x)
{
	typedef unsigned __int128 wide;
	int exponent;
	uint64_t m = (uint64_t)(frexp(x, &exponent) * 0x1p53);
	unsigned s = (unsigned)(53 - exponent), k = places(x) + 1;

	for (;; k++) {
		wide power = (wide)ten[k], exact = m * power;
		uint64_t r = (uint64_t)((exact + ((wide)1 << s >> 1)) >> s);
		wide rounded = (wide)r << s;
		wide twice = 2 * (rounded > exact ? rounded - exact : exact - rounded);

		if (r >= 10000000000000000 || twice < power || (twice == power && m % 2 == 0))
			return put_decimal(out, r, k);
	}
}

static bool
same(const char *text, double x, bool narrow)
{
	return (narrow ? (double)strtof(text, NULL) : strtod(text, NULL)) == x;
}

/*
 * The first precision that reads back. A power of two has a neighbour at half
 * the distance below it, so there the nearest decimal may miss while the one
 * above still hits.
 */
static size_t
print_precisely(char *out, double x, int first, int last, bool narrow)
{
	int exponent, mode = fegetround();
	bool lopsided = frexp(x, &exponent) == 0.5;

	for (int digits = first; digits <= last; digits++) {
		int n = snprintf(out, RN_NUMBER_MAX - 1, "%.*g", digits, x);

		if (digits == last || same(out, x, narrow))
			return (size_t)n;
		if (!lopsided)
			continue;
		fesetround(FE_UPWARD);
		n = snprintf(out, RN_NUMBER_MAX - 1, "%.*g", digits, x);
		fesetround(mode);
		if (same(out, x, narrow))
			return (size_t)n;
	}
	return 0;
}

static size_t
print_special(char *out, const char *text)
{
	size_t n = strlen(text);

	memcpy(out, text, n + 1);
	return n;
}

size_t
rn_print_f64(char out[RN_NUMBER_MAX], double x)
{
	size_t n = 0, sign = 0;
	int exponent;

	if (isnan(x))
		return print_special(out, "nan"); /* neither sign nor payload of a NaN mean anything */
	if (signbit(x)) {
		out[sign++] = '-';
		x = -x;
	}
	if (isinf(x))
		return sign + print_special(out + sign, "inf");
	if (x == 0)
		return sign + print_special(out + sign, "0");
	if (x >= 1e-4 && x < 1e15)
		n = print_short(out + sign, x);
	if (n == 0 && x >= 1e-4 && x < 1e15 && frexp(x, &exponent) != 0.5)
		n = print_long(out + sign, x);
	/* Fifteen digits always survive (DBL_DIG), and %g drops their trailing zeros; subnormal numbers have fewer. */
	if (n == 0)
		n = print_precisely(out + sign, x, x < 0x1p-1022 ? 1 : 15, 17, false);
	return sign + n;
}

/*
 * As print_short, for a float: up to 9 digits always do. The quotient is rounded
 * twice, to double and to float, which differs from rounding once only if the
 * decimal is within 2^-53 of a midpoint m / 2^j, m < 2^25, without being it; but
 * it is then at least 1 / (m 5^k) or 1 / r away, both larger while k <= 11.
 */
static size_t
print_short_float(char *out, double x)
{
	int exponent;
	bool lopsided = frexp(x, &exponent) == 0.5;

	for (unsigned k = 0; k <= 11; k++) {
		double r = rint(x * ten[k]);

		if ((double)(float)(r / ten[k]) == x)
			return put_decimal(out, (uint64_t)r, k);
		if (lopsided && (double)(float)((r + 1) / ten[k]) == x)
			return put_decimal(out, (uint64_t)r + 1, k);
	}
	return 0;
}

size_t
rn_print_f32(char out[RN_NUMBER_MAX], float x)
{
	size_t n = 0, sign = 0;

	if (isnan(x))
		return print_special(out, "nan");
	if (signbit(x)) {
		out[sign++] = '-';
		x = -x;
	}
	if (isinf(x))
		return sign + print_special(out + sign, "inf");
	if (x == 0)
		return sign + print_special(out + sign, "0");
	if (x >= 1e-3f && x < 1e6f)
		n = print_short_float(out + sign, (double)x);
	if (n == 0)
		n = print_precisely(out + sign, (double)x, x < 0x1p-126f ? 1 : 6, 9, true);
	return sign + n;
}
