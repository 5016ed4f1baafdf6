#include "convert.h"

#include <math.h>
#include <string.h>

#include "renorm/text.h"

_Static_assert(__LDBL_MANT_DIG__ >= 64, "a long double holds whole numbers of 64 bits");

static bool
is_float(enum rn_type type)
{
	return type == RN_F32 || type == RN_F64;
}

static long double
get(const struct rn_column *c, const void *record, size_t i)
{
	if (c->type == RN_U64)
		return (long double)rn_get_u64(c, record, i);
	if (c->type == RN_I64)
		return (long double)(int64_t)rn_get_u64(c, record, i);
	return (long double)rn_get_f64(c, record, i);
}

/* Whether x is a value of the type; a float is rounded, but not to infinity. */
static bool
fits(enum rn_type type, long double x)
{
	size_t bits = 8 * rn_type_bytes(type);

	switch (type) {
	case RN_F64: return true;
	case RN_F32: return isinf(x) || !isinf((float)x);
	case RN_BIT: return x == 0 || x == 1;
	case RN_I8:
	case RN_I16:
	case RN_I32:
	case RN_I64: return x == rintl(x) && x >= -ldexpl(1, (int)bits - 1) && x < ldexpl(1, (int)bits - 1);
	default: return x == rintl(x) && x >= 0 && x < ldexpl(1, (int)bits);
	}
}

static void
put(const struct rn_column *c, void *record, size_t i, long double x)
{
	if (is_float(c->type))
		rn_put_f64(c, record, i, (double)x);
	else
		rn_put_u64(c, record, i, x < 0 ? (uint64_t)(int64_t)x : (uint64_t)x);
}

static enum rn_status
refuse(const struct conversion *s, long double x, struct rn_error *err)
{
	const char *name = s->from->name, *type = rn_type_name(s->to->type);
	char number[RN_NUMBER_MAX];

	rn_print_f64(number, (double)x);
	switch (s->how) {
	case SIGNS:
		return rn_fail(err, RN_EDATA, "%s in column '%s': --pm1 is for -1 and 1 alone", number, name);
	case BITS:
		return rn_fail(err, RN_EDATA,
			"%s in column '%s' is neither 0 nor 1; make bits with --threshold or --pm1", number,
			name);
	case THRESHOLD:
		return rn_fail(err, RN_EDATA, "nan in column '%s' is on neither side of the threshold", name);
	default: break;
	}
	if (is_float(s->from->type) && fabsl(x) > 0x1p53L && fits(s->to->type, x))
		return rn_fail(err, RN_EDATA, "%s in column '%s': above 2^53 it was rounded when it was read",
			number, name);
	return rn_fail(err, RN_EDATA, "column '%s' of type %s cannot hold %s", name, type, number);
}

enum rn_status
convert(const struct conversion *s, const void *in, void *out, struct rn_error *err)
{
	if (s->how == COPY) {
		memcpy((uint8_t *)out + s->to->offset, (const uint8_t *)in + s->from->offset, s->from->bytes);
		return RN_OK;
	}
	for (size_t i = 0; i < s->from->count; i++) {
		long double x = get(s->from, in, i);
		bool good;

		switch (s->how) {
		case THRESHOLD:
			good = !isnan(x);
			put(s->to, out, i, x > (long double)s->threshold);
			break;
		case SIGNS:
			good = x == 1 || x == -1;
			put(s->to, out, i, x > 0);
			break;
		default:
			good = fits(s->to->type, x) &&
				(is_float(s->to->type) || !is_float(s->from->type) || fabsl(x) <= 0x1p53L);
			if (good)
				put(s->to, out, i, x);
		}
		if (!good)
			return refuse(s, x, err);
	}
	return RN_OK;
}
