/*
 * Reading the header of NPY; renorm/npy.h has the form. The header is a Python
 * literal: this parser knows strings, tuples, lists, whole numbers, True and
 * False, in the one arrangement that numpy.save writes, with any white space.
 */
#include <stdlib.h>
#include <string.h>

#include "renorm/npy.h"

struct cursor {
	const char *p, *end;
	struct rn_error *err;
};

enum rn_status
rn_npy_header_bytes(const void *prefix, size_t n, size_t *bytes, struct rn_error *err)
{
	const uint8_t *p = prefix;
	size_t length;

	if (n < 10 || memcmp(p, "\x93NUMPY", 6))
		return rn_fail(err, RN_EDATA,
			"not an NPY file: it does not begin with \\x93NUMPY and a length");
	if (p[6] < 1 || p[6] > 3)
		return rn_fail(err, RN_EDATA, "NPY version %u.%u; 1.0, 2.0 and 3.0 are read", p[6], p[7]);
	length = p[8] | (size_t)p[9] << 8;
	if (p[6] > 1) {
		if (n < 12)
			return rn_fail(err, RN_EDATA, "the NPY file is cut short within its header");
		length |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	}
	if (length > RN_MAX_HEADER)
		return rn_fail(err, RN_EDATA, "the NPY header is longer than 1 MiB");
	*bytes = length + (p[6] > 1 ? 12 : 10);
	return RN_OK;
}

static void
skip_blanks(struct cursor *c)
{
	while (c->p < c->end && strchr(" \t\r\n", *c->p) && *c->p)
		c->p++;
}

/* Takes the character if it comes next. */
static bool
accept(struct cursor *c, char wanted)
{
	skip_blanks(c);
	if (c->p == c->end || *c->p != wanted)
		return false;
	c->p++;
	return true;
}

static enum rn_status
malformed(struct cursor *c)
{
	size_t left = (size_t)(c->end - c->p);

	return rn_fail(c->err, RN_EDATA, "the NPY header is malformed before '%.*s'",
		left < 30 ? (int)left : 30, c->p);
}

static enum rn_status
expect(struct cursor *c, char wanted)
{
	return accept(c, wanted) ? RN_OK : malformed(c);
}

/* Takes the word if it comes next. */
static bool
accept_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(c);
	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n))
		return false;
	c->p += n;
	return true;
}

/* A string in either quotes, its escaped quotes and backslashes resolved. */
static enum rn_status
parse_string(struct cursor *c, char *out, size_t size)
{
	size_t n = 0;
	char quote;

	skip_blanks(c);
	if (c->p == c->end || (*c->p != '\'' && *c->p != '"'))
		return malformed(c);
	quote = *c->p++;
	while (c->p < c->end && *c->p != quote) {
		if (*c->p == '\\' && (c->end - c->p < 2 || !strchr("'\"\\", c->p[1])))
			return malformed(c);
		c->p += *c->p == '\\';
		if (n + 1 == size)
			return malformed(c);
		out[n++] = *c->p++;
	}
	out[n] = '\0';
	return expect(c, quote);
}

static enum rn_status
parse_number(struct cursor *c, uint64_t *value)
{
	*value = 0;
	skip_blanks(c);
	if (c->p == c->end || *c->p < '0' || *c->p > '9')
		return malformed(c);
	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++)
		if (__builtin_mul_overflow(*value, 10, value) ||
			__builtin_add_overflow(*value, (uint64_t)(*c->p - '0'), value))
			return rn_fail(c->err, RN_EDATA, "an extent in the NPY header is above 2^64");
	accept(c, 'L'); /* Python 2 wrote long integers so */
	return RN_OK;
}

/* (), (3,) or (3, 4) */
static enum rn_status
parse_shape(struct cursor *c, unsigned *ndim, uint64_t shape[RN_MAX_DIMS + 1])
{
	enum rn_status status = expect(c, '(');

	*ndim = 0;
	while (!status && !accept(c, ')')) {
		if (*ndim == RN_MAX_DIMS + 1)
			return rn_fail(c->err, RN_EDATA, "more than %d dimensions; reshape the array",
				RN_MAX_DIMS + 1);
		status = parse_number(c, &shape[*ndim]);
		++*ndim;
		if (!status && !accept(c, ',')) {
			status = expect(c, ')');
			break;
		}
	}
	return status;
}

static enum rn_status
type_of_descr(struct cursor *c, const char *descr, enum rn_type *type, bool *boolean)
{
	static const struct {
		const char *descr;
		enum rn_type type;
	} known[] = {
		{ "u1", RN_U8 },
		{ "i1", RN_I8 },
		{ "b1", RN_U8 },
		{ "u2", RN_U16 },
		{ "i2", RN_I16 },
		{ "u4", RN_U32 },
		{ "i4", RN_I32 },
		{ "u8", RN_U64 },
		{ "i8", RN_I64 },
		{ "f4", RN_F32 },
		{ "f8", RN_F64 },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		bool wide = known[i].descr[1] != '1';

		if (!*descr || !strchr("<>|=", *descr) || strcmp(descr + 1, known[i].descr))
			continue;
		if (wide && *descr == '>')
			return rn_fail(c->err, RN_EDATA, "big-endian numbers '%s'; save a.astype('<%s')",
				descr, descr + 1);
		if (wide && *descr != '<')
			break;
		*type = known[i].type;
		*boolean = descr[1] == 'b';
		return RN_OK;
	}
	return rn_fail(c->err, RN_EDATA,
		"numbers of type '%.20s'; save them with astype as one of "
		"|b1 |u1 |i1 <u2 <i2 <u4 <i4 <u8 <i8 <f4 <f8",
		descr);
}

static enum rn_status
add_column(struct cursor *c, struct rn_npy *npy, const char *name, const char *descr, unsigned ndim,
	const uint64_t shape[])
{
	size_t extents[RN_MAX_DIMS] = { 0 };
	struct rn_error why = { 0 };
	enum rn_status status;
	enum rn_type type = RN_U8;
	bool boolean = false, *larger;

	if ((status = type_of_descr(c, descr, &type, &boolean)))
		return status;
	for (unsigned i = 0; i < ndim && i < RN_MAX_DIMS; i++)
		extents[i] = (size_t)shape[i];
	status = rn_schema_add_column(npy->schema, name, type, ndim, extents, &why);
	if (status) /* the caller's fault there is the file's fault here */
		return rn_fail(c->err, status == RN_EUSAGE ? RN_EDATA : status, "%s", why.text);
	larger = realloc(npy->boolean, npy->schema->columns * sizeof *larger);
	if (!larger)
		return rn_fail_memory(c->err, "columns");
	npy->boolean = larger;
	npy->boolean[npy->schema->columns - 1] = boolean;
	return RN_OK;
}

/* What may stand behind the type of a field: ")", or ", (2, 3))". */
static enum rn_status
parse_field_end(struct cursor *c, unsigned *ndim, uint64_t shape[])
{
	enum rn_status status;

	*ndim = 0;
	if (accept(c, ')'))
		return RN_OK;
	status = expect(c, ',');
	if (status || accept(c, ')'))
		return status;
	status = parse_shape(c, ndim, shape);
	return status ? status : expect(c, ')');
}

/* ('name', '<f8') or ('name', '<f8', (2, 3)) */
static enum rn_status
parse_field(struct cursor *c, struct rn_npy *npy)
{
	char name[512], descr[64];
	uint64_t shape[RN_MAX_DIMS + 1];
	unsigned ndim = 0;
	enum rn_status status = expect(c, '(');

	if (!status)
		status = parse_string(c, name, sizeof name);
	if (!status)
		status = expect(c, ',');
	if (!status && accept(c, '['))
		return rn_fail(c->err, RN_EDATA,
			"field '%.60s' is itself a structure; save its fields side by side", name);
	if (!status)
		status = parse_string(c, descr, sizeof descr);
	if (!status && *name == '\0' && strchr(descr, 'V'))
		return rn_fail(c->err, RN_EDATA,
			"the structure has padding; save it with a dtype made without align=True");
	if (!status)
		status = parse_field_end(c, &ndim, shape);
	return status ? status : add_column(c, npy, name, descr, ndim, shape);
}

static enum rn_status
parse_fields(struct cursor *c, struct rn_npy *npy)
{
	enum rn_status status = expect(c, '[');

	while (!status && !accept(c, ']')) {
		status = parse_field(c, npy);
		if (!status && !accept(c, ',')) {
			status = expect(c, ']');
			break;
		}
	}
	return status;
}

struct dictionary {
	char plain[64]; /* descr of an array of plain numbers */
	bool structured;
	bool has_descr, has_order, has_shape;
	unsigned ndim;
	uint64_t shape[RN_MAX_DIMS + 1];
};

static enum rn_status
parse_entry(struct cursor *c, struct rn_npy *npy, struct dictionary *d)
{
	char key[32];
	enum rn_status status = parse_string(c, key, sizeof key);

	if (!status)
		status = expect(c, ':');
	if (status)
		return status;
	skip_blanks(c);
	if (!strcmp(key, "descr") && !d->has_descr) {
		d->has_descr = true;
		d->structured = c->p < c->end && *c->p == '[';
		if (d->structured)
			return parse_fields(c, npy);
		return parse_string(c, d->plain, sizeof d->plain);
	}
	if (!strcmp(key, "fortran_order") && !d->has_order) {
		d->has_order = true;
		if (accept_word(c, "True"))
			return rn_fail(c->err, RN_EDATA,
				"the array is in Fortran order; save numpy.ascontiguousarray(a)");
		return accept_word(c, "False") ? RN_OK : malformed(c);
	}
	if (!strcmp(key, "shape") && !d->has_shape) {
		d->has_shape = true;
		return parse_shape(c, &d->ndim, d->shape);
	}
	return rn_fail(c->err, RN_EDATA, "the NPY header has the key '%s' twice or does not know it", key);
}

static enum rn_status
parse_dictionary(struct cursor *c, struct rn_npy *npy, struct dictionary *d)
{
	enum rn_status status = expect(c, '{');

	while (!status && !accept(c, '}')) {
		status = parse_entry(c, npy, d);
		if (!status && !accept(c, ',')) {
			status = expect(c, '}');
			break;
		}
	}
	if (status)
		return status;
	skip_blanks(c);
	if (c->p != c->end)
		return malformed(c);
	if (!d->has_descr || !d->has_order || !d->has_shape)
		return rn_fail(c->err, RN_EDATA, "the NPY header lacks one of descr, fortran_order, shape");
	return RN_OK;
}

static enum rn_status
build(struct cursor *c, struct rn_npy *npy)
{
	struct dictionary d = { 0 };
	enum rn_status status = parse_dictionary(c, npy, &d);

	if (status)
		return status;
	if (d.ndim == 0)
		return rn_fail(c->err, RN_EDATA,
			"the array has no dimension; its first must count the records");
	npy->count = d.shape[0];
	if (!d.structured)
		return add_column(c, npy, "x", d.plain, d.ndim - 1, d.shape + 1);
	if (npy->schema->columns == 0)
		return rn_fail(c->err, RN_EDATA, "the array's structure has no fields");
	if (d.ndim > 1)
		return rn_fail(c->err, RN_EDATA, "a structured array of %u dimensions; save a.ravel()",
			d.ndim);
	return RN_OK;
}

enum rn_status
rn_npy_parse(const void *header, size_t n, struct rn_npy *npy, struct rn_error *err)
{
	struct cursor c = { .end = (const char *)header + n, .err = err };
	size_t bytes = 0;
	enum rn_status status = rn_npy_header_bytes(header, n, &bytes, err);

	*npy = (struct rn_npy){ 0 };
	if (status)
		return status;
	if (n < bytes)
		return rn_fail(err, RN_EDATA, "the NPY file is cut short within its header");
	c.p = (const char *)header + (((const uint8_t *)header)[6] > 1 ? 12 : 10);
	c.end = (const char *)header + bytes;
	npy->schema = rn_schema_create("samples");
	status = npy->schema ? build(&c, npy) : rn_fail_memory(err, "NPY header");
	if (status)
		rn_npy_clear(npy);
	return status;
}

void
rn_npy_clear(struct rn_npy *npy)
{
	rn_schema_destroy(npy->schema);
	free(npy->boolean);
	*npy = (struct rn_npy){ 0 };
}
