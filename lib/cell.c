#include "cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ±digits / 10^places */
struct decimal {
	bool negative;
	uint64_t digits;
	unsigned places;
};

/* False for any other notation, and for more digits than fit. */
static bool
parse_decimal(const char *s, size_t n, struct decimal *d)
{
	const char *end = s + n;
	bool any = false, point = false;

	*d = (struct decimal){ .negative = n > 0 && *s == '-' };
	if (n > 0 && (*s == '-' || *s == '+'))
		s++;
	for (; s < end; s++) {
		unsigned digit = (unsigned char)*s - (unsigned)'0';

		if (*s == '.' && !point) {
			point = true;
			continue;
		}
		if (digit > 9 || __builtin_mul_overflow(d->digits, 10, &d->digits) ||
			__builtin_add_overflow(d->digits, digit, &d->digits))
			return false;
		any = true;
		d->places += point;
	}
	return any;
}

bool
rn_cell_is_number(const char *text)
{
	char *end;

	strtod(text, &end);
	return end != text && *end == '\0';
}

static enum rn_status
refuse(const struct rn_column *c, const char *text, size_t n, bool pm1, struct rn_error *err)
{
	if (memchr(text, '\0', n))
		return rn_fail(err, RN_EDATA, "a zero byte in a cell of column '%.60s'", c->name);
	if (*text == '\0')
		return rn_fail(err, RN_EDATA,
			"an empty cell in column '%.60s'; a missing number is written nan", c->name);
	if (!rn_cell_is_number(text))
		return rn_fail(err, RN_EDATA, "'%.40s' in column '%.60s' is not a number", text, c->name);
	if (c->type == RN_BIT)
		return rn_fail(err, RN_EDATA, "%.40s in column '%.60s': its bits are %s", text, c->name,
			pm1 ? "-1 and 1 (--pm1)" : "0 and 1 (-1 and 1 with --pm1)");
	return rn_fail(err, RN_EDATA, "column '%.60s' of type %s cannot hold %.40s", c->name,
		rn_type_name(c->type), text);
}

/* The text as a decimal without places, from whatever notation strtod knows; false: not integral, or above 2^53. */
static bool
integral(const char *text, size_t n, struct decimal *d)
{
	double x;

	if (parse_decimal(text, n, d) && d->places == 0)
		return true;
	if (memchr(text, '\0', n) || !rn_cell_is_number(text))
		return false;
	x = strtod(text, NULL);
	if (!(fabs(x) <= 0x1p53) || x != rint(x))
		return false;
	*d = (struct decimal){ .negative = x < 0, .digits = (uint64_t)fabs(x) };
	return true;
}

static bool
store_integer(const struct rn_column *c, void *record, size_t i, const char *text, size_t n)
{
	bool is_signed = c->type == RN_I8 || c->type == RN_I16 || c->type == RN_I32 || c->type == RN_I64;
	uint64_t largest = UINT64_MAX >> (64 - 8 * rn_type_bytes(c->type)) >> is_signed;
	struct decimal d;

	if (!integral(text, n, &d) || d.digits > largest + (is_signed && d.negative))
		return false;
	if (d.negative && d.digits && !is_signed)
		return false;
	rn_put_u64(c, record, i, d.negative ? -d.digits : d.digits);
	return true;
}

static bool
store_bit(const struct rn_column *c, void *record, size_t i, const char *text, size_t n, bool pm1)
{
	struct decimal d;

	if (!integral(text, n, &d) || d.digits > 1 || (pm1 ? d.digits == 0 : d.negative && d.digits))
		return false;
	((uint8_t *)record)[c->offset + i / 8] |= (uint8_t)((d.digits && !d.negative) << i % 8);
	return true;
}

/* strtod or strtof; an infinite result must have been written as one. */
static bool
store_any_float(const struct rn_column *c, void *record, size_t i, const char *text, size_t n)
{
	double x;
	char *end;

	if (n == 0)
		return false;
	x = c->type == RN_F32 ? (double)strtof(text, &end) : strtod(text, &end);
	if (end != text + n || (isinf(x) && !strpbrk(text, "iI")))
		return false;
	rn_put_f64(c, record, i, x);
	return true;
}

/*
 * Clinger's fast path: digits and power of ten are exact, so the quotient is
 * rounded once. For floats the second rounding is harmless up to 9 digits and
 * 11 places (the argument is at print_short_float in text.c).
 */
static bool
store_float(const struct rn_column *c, void *record, size_t i, const char *text, size_t n)
{
	static const double ten[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
		1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	bool narrow = c->type == RN_F32;
	struct decimal d;
	double x;

	if (!parse_decimal(text, n, &d) || d.places > (narrow ? 11 : 22) ||
		d.digits > (narrow ? 999999999u : (uint64_t)1 << 53))
		return store_any_float(c, record, i, text, n);
	x = (double)d.digits / ten[d.places];
	rn_put_f64(c, record, i, d.negative ? -x : x);
	return true;
}

enum rn_status
rn_cell_store(const struct rn_column *c, void *record, size_t i, const char *text, size_t n, bool pm1,
	struct rn_error *err)
{
	bool good;

	if (c->type == RN_BIT)
		good = store_bit(c, record, i, text, n, pm1);
	else if (c->type == RN_F32 || c->type == RN_F64)
		good = store_float(c, record, i, text, n);
	else
		good = store_integer(c, record, i, text, n);
	return good ? RN_OK : refuse(c, text, n, pm1, err);
}
