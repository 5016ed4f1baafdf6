/*
 * Arrays of numbers behind a header: IDX (big-endian; the form of MNIST) and
 * NPY. The first extent counts the records.
 *
 * IDX: two zero bytes, a type, the number of dimensions, each extent in four
 * bytes, the values in row-major order; all big-endian.
 *
 * [1] Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
 */
#include <stdlib.h>
#include <string.h>

#include "renorm/npy.h"
#include "source.h"

struct array {
	struct source source;
	uint64_t count, given;
	size_t swap; /* bytes of a value that stand in the other order; 1: none */
};

static enum rn_status
at_end(struct array *a, struct rn_error *err)
{
	enum rn_status status = input_want(a->source.in, 1, err);

	if (!status && input_have(a->source.in))
		return rn_fail(err, RN_EDATA, "more bytes follow the %llu records that its header tells of",
			(unsigned long long)a->count);
	return status ? status : RN_END;
}

static void
reverse(uint8_t *p, size_t bytes, size_t width)
{
	for (uint8_t *end = p + bytes; p < end; p += width)
		for (size_t i = 0; i < width / 2; i++) {
			uint8_t low = p[i];

			p[i] = p[width - 1 - i];
			p[width - 1 - i] = low;
		}
}

static enum rn_status
next(struct source *s, const void **records, size_t *n, struct rn_error *err)
{
	struct array *a = (struct array *)s;
	size_t size = s->schema->record_bytes;
	enum rn_status status;

	*n = 0;
	if (a->given == a->count)
		return at_end(a, err);
	status = input_want(s->in, size, err);
	if (status)
		return status;
	if (input_have(s->in) < size)
		return rn_fail(err, RN_EDATA, "cut short within record %llu; its header tells of %llu",
			(unsigned long long)a->given, (unsigned long long)a->count);
	*n = input_have(s->in) / size;
	if (*n > a->count - a->given)
		*n = (size_t)(a->count - a->given);
	if (a->swap > 1)
		reverse(input_bytes(s->in), *n * size, a->swap);
	*records = input_bytes(s->in);
	input_take(s->in, *n * size);
	a->given += *n;
	return RN_OK;
}

static void
close_array(struct source *s)
{
	(void)s;
}

static struct array *
create(struct input *in, struct rn_error *err)
{
	struct array *a = calloc(1, sizeof *a);

	if (a)
		a->source = (struct source){ .next = next, .close = close_array, .in = in };
	else
		rn_fail_memory(err, "input");
	return a;
}

/* --- IDX ---------------------------------------------------------------- */

static enum rn_status
idx_type(uint8_t code, enum rn_type *type, struct rn_error *err)
{
	static const struct {
		uint8_t code;
		enum rn_type type;
	} known[] = { { 0x08, RN_U8 }, { 0x09, RN_I8 }, { 0x0b, RN_I16 }, { 0x0c, RN_I32 }, { 0x0d, RN_F32 },
		{ 0x0e, RN_F64 } };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].code == code) {
			*type = known[i].type;
			return RN_OK;
		}
	return rn_fail(err, RN_EDATA, "not IDX: its third byte is 0x%02x, and no type of numbers", code);
}

static enum rn_status
read_idx_header(struct array *a, struct rn_error *err)
{
	struct input *in = a->source.in;
	size_t extents[256] = { 0 }, ndim, bytes;
	enum rn_type type = RN_U8;
	enum rn_status status = input_want(in, 4, err);
	struct rn_error why = { 0 };
	const uint8_t *p;

	if (status)
		return status;
	p = input_bytes(in);
	if (input_have(in) < 4 || p[0] || p[1] || p[3] == 0)
		return rn_fail(err, RN_EDATA,
			"not IDX: it does not begin with two zero bytes, a type and a number of dimensions");
	if ((status = idx_type(p[2], &type, err)))
		return status;
	ndim = p[3];
	bytes = 4 + 4 * ndim;
	if ((status = input_want(in, bytes, err)))
		return status;
	if (input_have(in) < bytes)
		return rn_fail(err, RN_EDATA, "cut short within the IDX header");
	p = input_bytes(in) + 4;
	for (size_t i = 0; i < ndim; i++, p += 4)
		extents[i] = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	input_take(in, bytes);
	a->count = extents[0];
	a->swap = rn_type_bytes(type);
	status = rn_schema_add_column(a->source.schema, "x", type, (unsigned)ndim - 1, extents + 1, &why);
	/* The caller's fault there is the file's fault here. */
	return status ? rn_fail(err, status == RN_EUSAGE ? RN_EDATA : status, "%s", why.text) : RN_OK;
}

struct source *
source_idx(struct input *in, struct rn_error *err)
{
	struct array *a = create(in, err);

	if (!a)
		return NULL;
	a->source.schema = rn_schema_create("samples");
	a->source.boolean = calloc(1, sizeof *a->source.boolean);
	if (!a->source.schema || !a->source.boolean)
		rn_fail_memory(err, "header");
	else if (!read_idx_header(a, err))
		return &a->source;
	source_close(&a->source);
	return NULL;
}

/* --- NPY ---------------------------------------------------------------- */

static enum rn_status
read_npy_header(struct array *a, struct rn_error *err)
{
	struct input *in = a->source.in;
	struct rn_npy npy = { 0 };
	size_t bytes = 0;
	enum rn_status status = input_want(in, RN_NPY_PREFIX_BYTES, err);

	if (!status)
		status = rn_npy_header_bytes(input_bytes(in), input_have(in), &bytes, err);
	if (!status)
		status = input_want(in, bytes, err);
	if (!status)
		status = rn_npy_parse(input_bytes(in), input_have(in), &npy, err);
	if (status)
		return status;
	input_take(in, bytes);
	a->source.schema = npy.schema;
	a->source.boolean = npy.boolean;
	a->count = npy.count;
	a->swap = 1;
	return RN_OK;
}

struct source *
source_npy(struct input *in, struct rn_error *err)
{
	struct array *a = create(in, err);

	if (!a || !read_npy_header(a, err))
		return a ? &a->source : NULL;
	source_close(&a->source);
	return NULL;
}
