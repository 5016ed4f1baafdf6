#include "field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stage.h" /* rn_parse_f64 */
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
field_compare(const struct field *f, bool falling, const void *a, const void *b)
{
	long double x = get(f, a), y = get(f, b);

	return falling && !isnan(x) && !isnan(y) ? order(y, x) : order(x, y);
}

/* A copy without the blanks around it; NULL when memory fails. */
static char *
trim(const char *text, size_t n)
{
	while (n && (*text == ' ' || *text == '\t')) {
		text++;
		n--;
	}
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	return strndup(text, n);
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

		if (strncmp(text + n, known[i].sign, strlen(known[i].sign)) || strpbrk(value, "<>=!"))
			continue;
		c->relation = known[i].relation;
		c->name = trim(text, n);
		c->value = trim(value, strlen(value));
		if (!c->name || !c->value)
			return rn_fail_memory(err, "conditions");
		if (*c->name && *c->value)
			return RN_OK;
		break;
	}
	return rn_fail(err, RN_EUSAGE, "'%.100s' is not COLUMN<VALUE (or <= > >= = !=)", text);
}

/* The whole text as a number, rounded once to the type it will be compared in. */
static bool
parse_value(struct condition *c)
{
	const char *text = strcmp(c->value, "Tc") ? c->value : "2.269185314213022";
	bool is_nan = !strcmp(text, "nan");
	float narrow = strtof(text, NULL);

	if (is_nan)
		c->number = NAN;
	else if (!rn_parse_f64(text, &c->number))
		return false;
	c->whole = is_nan ? (long double)NAN : strtold(text, NULL);
	if (c->field.column->type == RN_F32 && !isinf(narrow)) /* 1e39 is no float, and not inf */
		c->number = (double)narrow;
	return true;
}

enum rn_status
condition_bind(struct condition *c, const struct rn_schema *s, struct rn_error *err)
{
	enum rn_status status = field_find(s, c->name, &c->field, err);
	const char *words = words_of(s, c->name);
	uint32_t code;

	if (status)
		return status;
	if (words) { /* which may look like numbers: a word is never compared with a code */
		if (!words_find(s, c->name, c->value, &code))
			return rn_fail(err, RN_EDATA,
				"'%.100s': '%.40s' is no word of column '%.40s'; its words are %.200s",
				c->text, c->value, c->name, words);
		c->number = code;
		c->whole = (long double)code;
		return RN_OK;
	}
	if (!parse_value(c))
		return rn_fail(err, RN_EDATA,
			"'%.100s': '%.40s' is no number that column '%.40s' could be compared with, as 1.5, "
			"inf, Tc or nan; it has no words",
			c->text, c->value, c->name);
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
