/*
 * Numbers, words and lists from the command line. All of them are read whole
 * or refused, with the option, what stood there and what would be right.
 */
#include "renorm/stage.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 1000000 /* numbers in one list */

uint64_t
rn_arg_u64(const char *option, const char *text, uint64_t lo, uint64_t hi)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || v < lo || v > hi) {
		if (hi == UINT64_MAX)
			rn_die(RN_EUSAGE, "%s: '%s' is not a whole number of at least %" PRIu64, option, text,
				lo);
		rn_die(RN_EUSAGE, "%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64, option, text,
			lo, hi);
	}
	return v;
}

bool
rn_parse_f64(const char *text, double *x)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;

	if (!isdigit((unsigned char)*digits) && *digits != '.' && strcmp(digits, "inf"))
		return false;
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		return false;
	errno = 0;
	*x = strtod(text, &end);
	/* 1e400 is not inf and 1e-400 not 0; what is merely denormal is as near as a double comes. */
	return !*end && end != text && !(errno == ERANGE && (isinf(*x) || *x == 0));
}

double
rn_arg_f64(const char *option, const char *text, double lo, double hi)
{
	double x;

	if (!rn_parse_f64(text, &x) || !(x >= lo && x <= hi)) {
		if (lo == -INFINITY && hi == INFINITY)
			rn_die(RN_EUSAGE, "%s: '%s' is not a number", option, text);
		rn_die(RN_EUSAGE, "%s: '%s' is not a number from %g to %g", option, text, lo, hi);
	}
	return x;
}

unsigned
rn_arg_word(const char *option, const char *text, const char *const words[])
{
	char list[256] = "";
	size_t used = 0;

	for (unsigned i = 0; words[i]; i++)
		if (!strcmp(text, words[i]))
			return i;
	for (unsigned i = 0; words[i] && used < sizeof list; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
	rn_die(RN_EUSAGE, "%s: '%s' is none of %s", option, text, list);
}

/* Decimal digits alone, 1 .. 2^33 (no record holds more sites); 0 when it is not that. */
static size_t
parse_extent(const char *text, size_t length)
{
	size_t v = 0;

	for (size_t i = 0; i < length; i++) {
		if (!isdigit((unsigned char)text[i]) || v > (size_t)1 << 33)
			return 0;
		v = 10 * v + (size_t)(text[i] - '0');
	}
	return v <= (size_t)1 << 33 ? v : 0;
}

void
rn_arg_extents(const char *option, const char *text, unsigned d, size_t extents[])
{
	const char *x = strchr(text, 'x');

	if (x && d != 2)
		rn_die(RN_EUSAGE, "%s: '%s' is two-dimensional; one dimension has one extent", option, text);
	extents[0] = parse_extent(text, x ? (size_t)(x - text) : strlen(text));
	if (d == 2)
		extents[1] = x ? parse_extent(x + 1, strlen(x + 1)) : extents[0];
	if (!extents[0] || (d == 2 && !extents[1]))
		rn_die(RN_EUSAGE, "%s: '%s' is not %s, from 1 to 2^33", option, text,
			d == 2 ? "an extent or ROWSxCOLS" : "an extent");
}

/* --- lists and ranges ---------------------------------------------------- */

/* mantissa * 10^-decimals, exactly. */
struct decimal {
	int64_t mantissa;
	int decimals;
};

/* "-1.25e-3", at most 17 digits; false for anything else. */
static bool
parse_decimal(const char *text, struct decimal *d)
{
	bool negative = *text == '-', point = false;
	int digits = 0;
	const char *p = text + (*text == '-' || *text == '+');

	*d = (struct decimal){ 0, 0 };
	for (; isdigit((unsigned char)*p) || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		if (++digits > 17)
			return false;
		d->mantissa = 10 * d->mantissa + (*p - '0');
		d->decimals += point;
	}
	if (digits == 0)
		return false;
	if (*p == 'e' || *p == 'E') {
		char *end;
		long e = strtol(p + 1, &end, 10);

		if (end == p + 1 || e < -17 || e > 17)
			return false;
		d->decimals -= (int)e;
		p = end;
	}
	if (negative)
		d->mantissa = -d->mantissa;
	return *p == '\0';
}

/* Writes d with `decimals` places behind the point; false when that does not fit 18 digits. */
static bool
rescale(struct decimal *d, int decimals)
{
	for (; d->decimals < decimals; d->decimals++)
		if (__builtin_mul_overflow(d->mantissa, 10, &d->mantissa))
			return false;
	return d->mantissa > -1000000000000000000 && d->mantissa < 1000000000000000000;
}

static double
decimal_value(struct decimal d)
{
	char text[64];

	/* The decimal is exact; strtod gives the double nearest to it, as for a number typed in. */
	snprintf(text, sizeof text, "%" PRId64 "e%d", d.mantissa, -d.decimals);
	return strtod(text, NULL);
}

struct list {
	const char *option, *text; /* for messages */
	double *x;
	size_t n, capacity;
};

static void
push(struct list *l, double x)
{
	if (l->n == LIST_MAX)
		rn_die(RN_EUSAGE, "%s: '%s' has more than %d numbers", l->option, l->text, LIST_MAX);
	if (l->n == l->capacity) {
		l->capacity = l->capacity ? 2 * l->capacity : 16;
		l->x = reallocarray(l->x, l->capacity, sizeof *l->x);
		if (!l->x)
			rn_die(RN_ENOMEM, "out of memory (%s)", l->option);
	}
	l->x[l->n++] = x;
}

/* "a:b:step", cut at its colons by the caller's strchr; both ends belong to it. */
static void
push_range(struct list *l, const char *text)
{
	const char *option = l->option;
	char *copy = strdup(text), *b, *step;
	struct decimal first, last, by;
	int places = 0;

	if (!copy)
		rn_die(RN_ENOMEM, "out of memory (%s)", option);
	b = strchr(copy, ':');
	*b++ = '\0';
	step = strchr(b, ':');
	if (step)
		*step++ = '\0';
	if (!step || !parse_decimal(copy, &first) || !parse_decimal(b, &last) || !parse_decimal(step, &by))
		rn_die(RN_EUSAGE, "%s: '%s' is not a range first:last:step of decimal numbers", option, text);
	for (const struct decimal *d = (const struct decimal[]){ first, last, by }, *end = d + 3; d < end;
		d++)
		places = d->decimals > places ? d->decimals : places;
	if (!rescale(&first, places) || !rescale(&last, places) || !rescale(&by, places))
		rn_die(RN_EUSAGE, "%s: '%s' needs more than 18 digits", option, text);
	if (by.mantissa == 0 || (last.mantissa - first.mantissa) % by.mantissa ||
		(last.mantissa - first.mantissa) / by.mantissa < 0)
		rn_die(RN_EUSAGE,
			"%s: '%s': steps of %s do not lead from %s to %s (both ends belong to a range)",
			option, text, step, copy, b);
	for (int64_t k = 0, n = (last.mantissa - first.mantissa) / by.mantissa; k <= n; k++)
		push(l, decimal_value((struct decimal){ first.mantissa + k * by.mantissa, places }));
	free(copy);
}

static double *
parse_list(const char *option, const char *text, bool temperatures, size_t *n)
{
	struct list l = { .option = option, .text = text };
	char *copy = strdup(text), *next = copy, *item;
	double x;

	if (!copy)
		rn_die(RN_ENOMEM, "out of memory (%s)", option);
	while ((item = strsep(&next, ","))) {
		if (strchr(item, ':'))
			push_range(&l, item);
		else if (temperatures && !strcmp(item, "Tc"))
			push(&l, RN_TC);
		else if (rn_parse_f64(item, &x))
			push(&l, x + 0.0); /* -0 is 0 */
		else
			rn_die(RN_EUSAGE, "%s: '%s': '%s' is not a number, a range first:last:step%s", option,
				text, item, temperatures ? ", 'inf' or 'Tc'" : " or 'inf'");
	}
	for (size_t i = 0; temperatures && i < l.n; i++)
		if (!(l.x[i] >= 0))
			rn_die(RN_EUSAGE, "%s: the temperature %g is negative; 0 and inf are the limits",
				option, l.x[i]);
	free(copy);
	*n = l.n;
	return l.x;
}

double *
rn_arg_temperatures(const char *option, const char *text, size_t *n)
{
	return parse_list(option, text, true, n);
}

double *
rn_arg_list(const char *option, const char *text, size_t *n)
{
	return parse_list(option, text, false, n);
}
