/* Writing NPY; renorm/npy.h has the form. */
#include <string.h>

#include "renorm/bits.h"
#include "renorm/npy.h"

#define ALIGNMENT 64
#define V1_MAX 65535

static const char *
descr(enum rn_type type, bool pm1)
{
	static const char *const names[] = {
		[RN_U8] = "|u1",
		[RN_I8] = "|i1",
		[RN_U16] = "<u2",
		[RN_I16] = "<i2",
		[RN_U32] = "<u4",
		[RN_I32] = "<i4",
		[RN_U64] = "<u8",
		[RN_I64] = "<i8",
		[RN_F32] = "<f4",
		[RN_F64] = "<f8",
	};

	return type == RN_BIT ? (pm1 ? "|i1" : "|u1") : names[type];
}

static bool
put_field(struct rn_text *t, const struct rn_column *c, bool pm1)
{
	bool ok = rn_text_put(t, "('", 2);

	for (const char *p = c->name; ok && *p; p++)
		ok = (*p != '\'' && *p != '\\') || rn_text_put(t, "\\", 1) ? rn_text_put(t, p, 1) : false;
	ok = ok && rn_text_printf(t, "', '%s'", descr(c->type, pm1));
	for (unsigned i = 0; ok && i < c->ndim; i++)
		ok = rn_text_printf(t, i ? ", %zu" : ", (%zu", c->shape[i]);
	if (c->ndim) /* a tuple of one has a comma behind it */
		ok = ok && rn_text_printf(t, c->ndim == 1 ? ",)" : ")");
	return ok && rn_text_put(t, ")", 1);
}

/* The dictionary, padded so that `prefix` bytes and it end on the alignment, with room for any count. */
static bool
put_dictionary(struct rn_text *t, const struct rn_schema *s, bool pm1, uint64_t count, size_t prefix)
{
	size_t start, room;
	bool ok = rn_text_printf(t, "{'descr': [");

	for (size_t k = 0; ok && k < s->columns; k++)
		ok = (k == 0 || rn_text_put(t, ", ", 2)) && put_field(t, &s->column[k], pm1);
	start = t->length;
	ok = ok &&
		rn_text_printf(t, "], 'fortran_order': False, 'shape': (%llu,), }",
			(unsigned long long)count);
	room = strlen("], 'fortran_order': False, 'shape': (18446744073709551615,), }\n");
	room += (ALIGNMENT - (prefix + start + room) % ALIGNMENT) % ALIGNMENT;
	return ok && rn_text_printf(t, "%*s\n", (int)(start + room - 1 - t->length), "");
}

static bool
is_ascii(const struct rn_schema *s)
{
	for (size_t k = 0; k < s->columns; k++)
		for (const char *p = s->column[k].name; *p; p++)
			if ((unsigned char)*p > 126)
				return false;
	return true;
}

enum rn_status
rn_npy_print_header(struct rn_text *out, const struct rn_schema *s, bool pm1, uint64_t count,
	struct rn_error *err)
{
	struct rn_text dictionary = { 0 };
	uint8_t prefix[12] = "\x93NUMPY";
	size_t prefix_bytes = 10, n;
	bool ok;

	prefix[6] = is_ascii(s) ? 1 : 3;
	if (prefix[6] == 3)
		prefix_bytes = 12;
	ok = put_dictionary(&dictionary, s, pm1, count, prefix_bytes);
	if (ok && prefix[6] == 1 && dictionary.length > V1_MAX) {
		prefix[6] = 2;
		prefix_bytes = 12;
		dictionary.length = 0;
		ok = put_dictionary(&dictionary, s, pm1, count, prefix_bytes);
	}
	n = dictionary.length;
	for (size_t i = 8; i < prefix_bytes; i++)
		prefix[i] = (uint8_t)(n >> 8 * (i - 8));
	ok = ok && rn_text_put(out, prefix, prefix_bytes) && rn_text_put(out, dictionary.data, n);
	rn_text_clear(&dictionary);
	return ok ? RN_OK : rn_fail_memory(err, "NPY header");
}

static size_t
column_bytes(const struct rn_column *c)
{
	return c->type == RN_BIT ? c->count : c->bytes;
}

size_t
rn_npy_record_bytes(const struct rn_schema *s)
{
	size_t bytes = 0;

	for (size_t k = 0; k < s->columns; k++)
		bytes += column_bytes(&s->column[k]);
	return bytes;
}

void
rn_npy_expand(const struct rn_schema *s, const void *records, size_t n, bool pm1, void *out)
{
	const uint8_t *record = records;
	uint8_t *p = out;

	for (size_t i = 0; i < n; i++, record += s->record_bytes)
		for (size_t k = 0; k < s->columns; k++) {
			const struct rn_column *c = &s->column[k];

			if (c->type != RN_BIT)
				memcpy(p, record + c->offset, c->bytes);
			else if (pm1)
				rn_bits_unpack_i8(record + c->offset, c->count, (int8_t *)p);
			else
				rn_bits_unpack_u8(record + c->offset, c->count, p);
			p += column_bytes(c);
		}
}
