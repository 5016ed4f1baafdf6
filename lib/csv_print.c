/* Records and headers as text; renorm/csv.h has the form. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/csv.h"

/* The longest name a cell of the row of names has: column name, and eight indices of at most 10 digits in brackets. */
#define NAME_MAX_BYTES (255 + RN_MAX_DIMS * 12 + 1)

/* "spins[3][4]" for value i; returns the length. */
static size_t
print_name(char *out, const struct rn_column *c, size_t i)
{
	size_t n = strlen(c->name), stride = c->count;

	memcpy(out, c->name, n);
	for (unsigned k = 0; k < c->ndim; k++) {
		stride /= c->shape[k];
		n += (size_t)sprintf(out + n, "[%zu]", i / stride % c->shape[k]);
	}
	out[n] = '\0';
	return n;
}

/* A name with a quote in it, or a '#' in front, would not be read back as a name. */
static bool
put_name(struct rn_text *out, const char *name, size_t n)
{
	size_t quoted;

	if (*name != '#' && !strchr(name, '"'))
		return rn_text_put(out, name, n);
	if (!rn_text_reserve(out, 2 * n + 2))
		return false;
	quoted = csv_write(out->data + out->length, 2 * n + 2, name, n);
	out->length += quoted;
	return true;
}

static bool
put_names(struct rn_text *out, const struct rn_schema *s, char separator)
{
	char name[NAME_MAX_BYTES];

	for (size_t k = 0; k < s->columns; k++)
		for (size_t i = 0; i < s->column[k].count; i++) {
			if ((k || i) && !rn_text_put(out, &separator, 1))
				return false;
			if (!put_name(out, name, print_name(name, &s->column[k], i)))
				return false;
		}
	return rn_text_put(out, "\n", 1);
}

/* The header of the binary form, each line behind "# ". */
static bool
put_comments(struct rn_text *out, const struct rn_schema *s)
{
	size_t length;
	char *header = rn_schema_print(s, &length);
	bool ok = header != NULL;

	for (char *line = header, *end; ok && *line != '\n'; line = end + 1) {
		end = strchr(line, '\n');
		ok = rn_text_put(out, "# ", 2) && rn_text_put(out, line, (size_t)(end - line) + 1);
	}
	free(header);
	return ok;
}

enum rn_status
rn_csv_print_header(struct rn_text *out, const struct rn_schema *s, const struct rn_csv_style *style,
	struct rn_error *err)
{
	if ((!style->no_comments && !put_comments(out, s)) || !put_names(out, s, style->separator))
		return rn_fail_memory(err, "text");
	return RN_OK;
}

/* --- records ---------------------------------------------------------- */

static char *
put_u64(char *p, uint64_t v)
{
	char reversed[20];
	size_t n = 0;

	do
		reversed[n++] = (char)('0' + v % 10);
	while (v /= 10);
	while (n)
		*p++ = reversed[--n];
	return p;
}

static char *
put_bits(char *p, const uint8_t *bits, size_t n, const struct rn_csv_style *style)
{
	for (size_t i = 0; i < n; i++) {
		bool one = bits[i / 8] >> i % 8 & 1;

		if (style->pm1 && !one)
			*p++ = '-';
		*p++ = one || style->pm1 ? '1' : '0';
		*p++ = style->separator;
	}
	return p;
}

static char *
put_value(char *p, const struct rn_column *c, const void *record, size_t i)
{
	int64_t v;

	switch (c->type) {
	case RN_F64: return p + rn_print_f64(p, rn_get_f64(c, record, i));
	case RN_F32: return p + rn_print_f32(p, (float)rn_get_f64(c, record, i));
	case RN_I64: v = (int64_t)rn_get_u64(c, record, i); break;
	case RN_I8:
	case RN_I16:
	case RN_I32: v = (int64_t)rn_get_f64(c, record, i); break;
	default: return put_u64(p, rn_get_u64(c, record, i));
	}
	if (v < 0)
		*p++ = '-';
	return put_u64(p, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* Each value and a separator behind it; `out` has the room. */
static char *
put_column(char *p, const struct rn_column *c, const void *record, const struct rn_csv_style *style)
{
	if (c->type == RN_BIT)
		return put_bits(p, (const uint8_t *)record + c->offset, c->count, style);
	for (size_t i = 0; i < c->count; i++) {
		p = put_value(p, c, record, i);
		*p++ = style->separator;
	}
	return p;
}

enum rn_status
rn_csv_print_records(struct rn_text *out, const struct rn_schema *s, const void *records, size_t n,
	const struct rn_csv_style *style, struct rn_error *err)
{
	const uint8_t *record = records;

	for (size_t i = 0; i < n; i++, record += s->record_bytes) {
		for (size_t k = 0; k < s->columns; k++) {
			const struct rn_column *c = &s->column[k];
			size_t widest = c->type == RN_BIT ? 3 : RN_NUMBER_MAX;

			if (!rn_text_reserve(out, c->count * widest))
				return rn_fail_memory(err, "text");
			out->length =
				(size_t)(put_column(out->data + out->length, c, record, style) - out->data);
		}
		out->data[out->length - 1] = '\n'; /* in place of the last separator */
	}
	if (n)
		out->data[out->length] = '\0';
	return RN_OK;
}

enum rn_status
rn_csv_print_end(struct rn_text *out, uint64_t count, const struct rn_csv_style *style, struct rn_error *err)
{
	if (!style->no_comments && !rn_text_printf(out, "# end: %llu\n", (unsigned long long)count))
		return rn_fail_memory(err, "text");
	return RN_OK;
}
