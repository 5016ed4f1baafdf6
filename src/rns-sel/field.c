#include "field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stage.h" /* RN_TC */
#include "words.h"

/* "[3][4]" as the row-major index into the column's shape. */
static bool
parse_indices(const struct rn_column *c, const char *p, size_t *element)
{
	*element = 0;
	for (unsigned k = 0; k < c->ndim; k++) {
		char *end;
		unsigned long long i;

		if (p[0] != '[' || p[1] < '0' || p[1] > '9')
			return false;
		i = strtoull(p + 1, &end, 10);
		if (*end != ']' || i >= c->shape[k])
			return false;
		*element = *element * c->shape[k] + (size_t)i;
		p = end + 1;
	}
	return *p == '\0';
}

enum rn_status
field_find(const struct rn_schema *s, const char *name, struct field *f, struct rn_error *err)
{
	const char *bracket = strchr(name, '[');
	char *base = bracket ? strndup(name, (size_t)(bracket - name)) : NULL;

	*f = (struct field){ .column = rn_schema_find(s, name) };
	if (!f->column && base && rn_schema_find(s, base)) {
		f->column = rn_schema_find(s, base);
		free(base);
		if (!parse_indices(f->column, bracket, &f->element))
			return rn_fail(err, RN_EDATA,
				"'%.80s' is not one of the %zu values of column '%.80s'", name,
				f->column->count, f->column->name);
		return RN_OK;
	}
	free(base);
	if (!f->column)
		return rn_schema_require_column(s, name, &f->column, err);
	if (f->column->ndim)
		return rn_fail(err, RN_EDATA, "column '%.80s' has %zu values; name one, as %.80s[0]%s", name,
			f->column->count, name, f->column->ndim > 1 ? "[0]" : "");
	return RN_OK;
}

static int
order(long double a, long double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

/* Exact: a long double has the 64 bits of the largest whole numbers. */
static long double
get(const struct field *f, const void *record)
{
	_Static_assert(__LDBL_MANT_DIG__ >= 64, "whole numbers of 64 bits must be exact");

	if (f->column->type == RN_U64)
		return (long double)rn_get_u64(f->column, record, f->element);
	if (f->column->type == RN_I64)
		return (long double)(int64_t)rn_get_u64(f->column, record, f->element);
	return (long double)rn_get_f64(f->column, record, f->element);
}

int
field_compare(const struct field *f, const void *a, const void *b)
{
	return order(get(f, a), get(f, b));
}

enum rn_status
condition_parse(const char *text, struct condition *c, struct rn_error *err)
{
	static const struct {
		const char *sign;
		enum relation relation;
	} known[] = { { "<=", LESS_EQUAL }, { ">=", GREATER_EQUAL }, { "==", EQUAL }, { "!=", UNEQUAL },
		{ "<", LESS }, { ">", GREATER }, { "=", EQUAL } };
	size_t n = strcspn(text, "<>=!");

	*c = (struct condition){ .text = text };
	for (size_t i = 0; i < sizeof known / sizeof *known && n; i++) {
		const char *value = text + n + strlen(known[i].sign);

		if (strncmp(text + n, known[i].sign, strlen(known[i].sign)) || !*value ||
			strpbrk(value, "<>=!"))
			continue;
		c->relation = known[i].relation;
		c->name = strndup(text, n);
		c->value = strdup(value);
		return c->name && c->value ? RN_OK : rn_fail_memory(err, "conditions");
	}
	return rn_fail(err, RN_EUSAGE, "'%.100s' is not COLUMN<VALUE (or <= > >= = !=)", text);
}

/* The whole text as a number, rounded once to the type it will be compared in. */
static bool
parse_value(struct condition *c)
{
	const char *text = strcmp(c->value, "Tc") ? c->value : "2.269185314213022";
	char *end;

	c->whole = strtold(text, &end);
	c->number = c->field.column->type == RN_F32 ? (double)strtof(text, NULL) : strtod(text, NULL);
	return end != text && *end == '\0';
}

enum rn_status
condition_bind(struct condition *c, const struct rn_schema *s, struct rn_error *err)
{
	enum rn_status status = field_find(s, c->name, &c->field, err);
	uint32_t code;

	if (status)
		return status;
	if (!parse_value(c)) {
		if (!words_find(s, c->name, c->value, &code))
			return rn_fail(err, RN_EDATA,
				"'%.100s': '%.40s' is no number, and no word of column '%.40s'%s%.200s",
				c->text, c->value, c->name, words_of(s, c->name) ? "; its words are " : "",
				words_of(s, c->name) ? words_of(s, c->name) : "");
		c->number = code;
		c->whole = (long double)code;
	}
	if (isnan(c->whole) && c->relation != EQUAL && c->relation != UNEQUAL)
		return rn_fail(err, RN_EUSAGE,
			"'%.100s': nan is neither less nor greater; use = or !=", c->text);
	return RN_OK;
}

void
condition_clear(struct condition *c)
{
	free(c->name);
	free(c->value);
}

bool
condition_holds(const struct condition *c, const void *record)
{
	enum rn_type type = c->field.column->type;
	long double x = get(&c->field, record);
	long double y = type == RN_F32 || type == RN_F64 ? (long double)c->number : c->whole;

	switch (c->relation) {
	case LESS: return x < y;
	case LESS_EQUAL: return x <= y;
	case GREATER: return x > y;
	case GREATER_EQUAL: return x >= y;
	case EQUAL: return order(x, y) == 0; /* here NaN equals NaN */
	default: return order(x, y) != 0;
	}
}
