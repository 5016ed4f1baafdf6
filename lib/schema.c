#include "renorm/schema.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/text.h"

#define MAGIC "renorm-stream 1"

/* Of merged histories; one stage's own lines are always kept. */
#define HISTORY_LINES 1000
#define HISTORY_BYTES ((size_t)256 << 10)

static const struct {
	const char *name;
	size_t bytes;
} types[] = {
	[RN_BIT] = { "bit", 0 },
	[RN_U8] = { "u8", 1 },
	[RN_I8] = { "i8", 1 },
	[RN_U16] = { "u16", 2 },
	[RN_I16] = { "i16", 2 },
	[RN_U32] = { "u32", 4 },
	[RN_I32] = { "i32", 4 },
	[RN_U64] = { "u64", 8 },
	[RN_I64] = { "i64", 8 },
	[RN_F32] = { "f32", 4 },
	[RN_F64] = { "f64", 8 },
};

const char *
rn_type_name(enum rn_type type)
{
	return types[type].name;
}

size_t
rn_type_bytes(enum rn_type type)
{
	return types[type].bytes;
}

bool
rn_type_parse(const char *name, enum rn_type *type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (!strcmp(name, types[i].name)) {
			*type = (enum rn_type)i;
			return true;
		}
	return false;
}

/* Appends to an array of n elements; false when out of memory. */
static bool
grow(void **array, size_t n, size_t size)
{
	void *p;

	/* Doubling at the powers of two keeps n appends linear without a capacity to store. */
	if (n & (n - 1))
		return true;
	p = reallocarray(*array, n ? 2 * n : 1, size);
	if (p)
		*array = p;
	return p;
}

static bool
append_string(char ***array, size_t *n, const char *s)
{
	char *copy = strdup(s);

	if (!copy || !grow((void **)array, *n, sizeof **array)) {
		free(copy);
		return false;
	}
	(*array)[(*n)++] = copy;
	return true;
}

static void
free_strings(char **array, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(array[i]);
	free(array);
}

struct rn_schema *
rn_schema_create(const char *kind)
{
	struct rn_schema *s = calloc(1, sizeof *s);

	if (s && !(s->kind = strdup(kind))) {
		free(s);
		return NULL;
	}
	return s;
}

void
rn_schema_destroy(struct rn_schema *s)
{
	if (!s)
		return;
	free(s->kind);
	free_strings(s->label, s->labels);
	free_strings(s->history, s->histories);
	for (size_t i = 0; i < s->extras; i++) {
		free(s->extra[i].key);
		free(s->extra[i].value);
	}
	free(s->extra);
	for (size_t i = 0; i < s->columns; i++)
		free(s->column[i].name);
	free(s->column);
	free(s);
}

struct rn_schema *
rn_schema_copy(const struct rn_schema *s)
{
	struct rn_schema *c = rn_schema_create(s->kind);

	if (!c)
		return NULL;
	for (size_t i = 0; i < s->labels; i++)
		if (rn_schema_add_label(c, s->label[i], NULL))
			goto fail;
	for (size_t i = 0; i < s->histories; i++)
		if (rn_schema_add_history(c, s->history[i], NULL))
			goto fail;
	for (size_t i = 0; i < s->extras; i++)
		if (rn_schema_set_key(c, s->extra[i].key, s->extra[i].value, NULL))
			goto fail;
	for (size_t i = 0; i < s->columns; i++)
		if (rn_schema_add_like(c, &s->column[i], NULL, NULL))
			goto fail;
	return c;
fail:
	rn_schema_destroy(c);
	return NULL;
}

static bool
good_name(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > 255)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f || name[i] == ',')
			return false;
	return true;
}

enum rn_status
rn_schema_add_column(struct rn_schema *s, const char *name, enum rn_type type, unsigned ndim,
	const size_t shape[], struct rn_error *err)
{
	struct rn_column c = { .type = type, .ndim = ndim, .count = 1, .offset = s->record_bytes };

	if (!good_name(name))
		return rn_fail(err, RN_EUSAGE,
			"'%.40s' cannot name a column (1 to 255 printable characters, no blank or comma)",
			name);
	if (rn_schema_find(s, name))
		return rn_fail(err, RN_EUSAGE, "there are two columns '%s'; rename one", name);
	if (s->columns == RN_MAX_COLUMNS)
		return rn_fail(err, RN_EUSAGE, "more than %d columns", RN_MAX_COLUMNS);
	if (ndim > RN_MAX_DIMS)
		return rn_fail(err, RN_EUSAGE, "column '%s' has %u dimensions; %d is the most", name, ndim,
			RN_MAX_DIMS);
	for (unsigned i = 0; i < ndim; i++) {
		/* A record is at most 2^30 bytes, hence 2^33 bits: no product here can overflow. */
		if (shape[i] == 0)
			return rn_fail(err, RN_EUSAGE, "column '%s' has an extent of 0", name);
		if (shape[i] > 8 * RN_MAX_RECORD / c.count)
			return rn_fail(err, RN_EUSAGE, "column '%s' makes a record of more than 1 GiB", name);
		c.shape[i] = shape[i];
		c.count *= shape[i];
	}
	c.bytes = type == RN_BIT ? (c.count + 7) / 8 : c.count * rn_type_bytes(type);
	if (c.bytes > RN_MAX_RECORD - s->record_bytes)
		return rn_fail(err, RN_EUSAGE, "column '%s' makes a record of more than 1 GiB", name);
	if (!(c.name = strdup(name)) || !grow((void **)&s->column, s->columns, sizeof *s->column)) {
		free(c.name);
		return rn_fail_memory(err, "columns");
	}
	s->column[s->columns++] = c;
	s->record_bytes += c.bytes;
	return RN_OK;
}

enum rn_status
rn_schema_add_like(struct rn_schema *s, const struct rn_column *like, const char *name, struct rn_error *err)
{
	return rn_schema_add_column(s, name ? name : like->name, like->type, like->ndim, like->shape, err);
}

void
rn_schema_drop_column(struct rn_schema *s, const char *name)
{
	size_t kept = 0, offset = 0;

	for (size_t i = 0; i < s->columns; i++) {
		struct rn_column c = s->column[i];

		if (!strcmp(c.name, name)) {
			free(c.name);
			continue;
		}
		c.offset = offset;
		offset += c.bytes;
		s->column[kept++] = c;
	}
	s->columns = kept;
	s->record_bytes = offset;

	kept = 0;
	for (size_t i = 0; i < s->labels; i++)
		if (!strcmp(s->label[i], name))
			free(s->label[i]);
		else
			s->label[kept++] = s->label[i];
	s->labels = kept;
}

enum rn_status
rn_schema_add_label(struct rn_schema *s, const char *name, struct rn_error *err)
{
	if (!good_name(name))
		return rn_fail(err, RN_EUSAGE, "'%.40s' cannot name a label", name);
	if (rn_schema_is_label(s, name))
		return RN_OK;
	if (s->labels == RN_MAX_COLUMNS)
		return rn_fail(err, RN_EUSAGE, "more than %d labels", RN_MAX_COLUMNS);
	return append_string(&s->label, &s->labels, name) ? RN_OK : rn_fail_memory(err, "labels");
}

bool
rn_schema_is_label(const struct rn_schema *s, const char *name)
{
	for (size_t i = 0; i < s->labels; i++)
		if (!strcmp(s->label[i], name))
			return true;
	return false;
}

static bool
has_control_bytes(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

enum rn_status
rn_schema_add_history(struct rn_schema *s, const char *line, struct rn_error *err)
{
	if (has_control_bytes(line))
		return rn_fail(err, RN_EUSAGE, "a history line has control bytes in it");
	return append_string(&s->history, &s->histories, line) ? RN_OK : rn_fail_memory(err, "history");
}

enum rn_status
rn_schema_set_key(struct rn_schema *s, const char *key, const char *value, struct rn_error *err)
{
	static const char *const taken[] = { "kind", "label", "history", "column" };
	struct rn_key_value pair;

	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (!strcmp(key, taken[i]))
			return rn_fail(err, RN_EUSAGE, "the header key '%s' has a meaning of its own", key);
	if (!good_name(key) || strchr(key, ':') || has_control_bytes(value))
		return rn_fail(err, RN_EUSAGE, "'%.40s: %.40s' cannot be a header line", key, value);
	for (size_t i = 0; i < s->extras; i++)
		if (!strcmp(s->extra[i].key, key)) {
			char *copy = strdup(value);

			if (!copy)
				return rn_fail_memory(err, "header keys");
			free(s->extra[i].value);
			s->extra[i].value = copy;
			return RN_OK;
		}
	if (s->extras == RN_MAX_COLUMNS)
		return rn_fail(err, RN_EUSAGE, "more than %d header keys", RN_MAX_COLUMNS);
	pair.key = strdup(key);
	pair.value = strdup(value);
	if (!pair.key || !pair.value || !grow((void **)&s->extra, s->extras, sizeof *s->extra)) {
		free(pair.key);
		free(pair.value);
		return rn_fail_memory(err, "header keys");
	}
	s->extra[s->extras++] = pair;
	return RN_OK;
}

const char *
rn_schema_get_key(const struct rn_schema *s, const char *key)
{
	for (size_t i = 0; i < s->extras; i++)
		if (!strcmp(s->extra[i].key, key))
			return s->extra[i].value;
	return NULL;
}

const struct rn_column *
rn_schema_find(const struct rn_schema *s, const char *name)
{
	for (size_t i = 0; i < s->columns; i++)
		if (!strcmp(s->column[i].name, name))
			return &s->column[i];
	return NULL;
}

enum rn_status
rn_schema_require_kind(const struct rn_schema *s, const char *kind, struct rn_error *err)
{
	if (!strcmp(s->kind, kind))
		return RN_OK;
	return rn_fail(err, RN_EDATA, "the stream is of kind '%.60s'; '%s' is needed here", s->kind, kind);
}

enum rn_status
rn_schema_require_column(const struct rn_schema *s, const char *name, const struct rn_column **column,
	struct rn_error *err)
{
	char names[256];
	size_t used = 0;

	*column = rn_schema_find(s, name);
	if (*column)
		return RN_OK;
	names[0] = '\0';
	for (size_t i = 0; i < s->columns && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, " %s", s->column[i].name);
	return rn_fail(err, RN_EDATA, "there is no column '%s'; there are:%s", name, names);
}

static bool
same_column(const struct rn_column *a, const struct rn_column *b)
{
	return !strcmp(a->name, b->name) && a->type == b->type && a->ndim == b->ndim &&
		!memcmp(a->shape, b->shape, sizeof a->shape);
}

/* "spins bit 10 10", for messages. */
static const char *
describe(const struct rn_column *c, char *out, size_t size)
{
	size_t used = (size_t)snprintf(out, size, "%.60s %s", c->name, rn_type_name(c->type));

	for (unsigned i = 0; i < c->ndim && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, " %zu", c->shape[i]);
	return out;
}

enum rn_status
rn_schema_match(const struct rn_schema *a, const struct rn_schema *b, struct rn_error *err)
{
	char da[160], db[160];

	if (strcmp(a->kind, b->kind))
		return rn_fail(err, RN_EDATA, "kind '%.60s' against '%.60s'", a->kind, b->kind);
	if (a->columns != b->columns)
		return rn_fail(err, RN_EDATA, "%zu columns against %zu", a->columns, b->columns);
	for (size_t i = 0; i < a->columns; i++)
		if (!same_column(&a->column[i], &b->column[i]))
			return rn_fail(err, RN_EDATA, "column '%s' against '%s'",
				describe(&a->column[i], da, sizeof da),
				describe(&b->column[i], db, sizeof db));
	for (size_t i = 0; i < a->labels || i < b->labels; i++)
		if (i >= a->labels || i >= b->labels || strcmp(a->label[i], b->label[i]))
			return rn_fail(err, RN_EDATA, "label '%.60s' against '%.60s'",
				i < a->labels ? a->label[i] : "(none)",
				i < b->labels ? b->label[i] : "(none)");
	for (size_t i = 0; i < a->extras || i < b->extras; i++) {
		const char *key = i < a->extras ? a->extra[i].key : b->extra[i].key;
		const char *va = rn_schema_get_key(a, key), *vb = rn_schema_get_key(b, key);

		if (!va || !vb || strcmp(va, vb))
			return rn_fail(err, RN_EDATA, "header key '%.60s': '%.60s' against '%.60s'", key,
				va ? va : "(none)", vb ? vb : "(none)");
	}
	return RN_OK;
}

/* The N of a last line "(and N more lines)"; 0 when there is none. */
static unsigned long long
lines_left_out(const struct rn_schema *s)
{
	unsigned long long n;
	int end = 0;

	if (s->histories && sscanf(s->history[s->histories - 1], "(and %llu more lines)%n", &n, &end) == 1 &&
		end)
		return n;
	return 0;
}

static bool
has_history(const struct rn_schema *s, const char *line)
{
	for (size_t i = 0; i < s->histories; i++)
		if (!strcmp(s->history[i], line))
			return true;
	return false;
}

static enum rn_status
count_left_out(struct rn_schema *s, unsigned long long n, struct rn_error *err)
{
	char line[64];

	if (lines_left_out(s))
		free(s->history[--s->histories]);
	snprintf(line, sizeof line, "(and %llu more lines)", n);
	return rn_schema_add_history(s, line, err);
}

enum rn_status
rn_schema_merge_history(struct rn_schema *into, const struct rn_schema *from, struct rn_error *err)
{
	const size_t lines = from->histories - (lines_left_out(from) != 0);
	const unsigned long long before = lines_left_out(into);
	unsigned long long left_out = before + lines_left_out(from);
	size_t bytes = 0;

	for (size_t i = 0; i < into->histories; i++)
		bytes += strlen(into->history[i]) + sizeof "history: ";
	for (size_t i = 0; i < lines; i++) {
		const char *line = from->history[i];

		if (has_history(into, line))
			continue;
		bytes += strlen(line) + sizeof "history: ";
		if (before || into->histories >= HISTORY_LINES || bytes > HISTORY_BYTES)
			left_out++;
		else if (rn_schema_add_history(into, line, err))
			return RN_ENOMEM;
	}
	return left_out > before ? count_left_out(into, left_out, err) : RN_OK;
}

char *
rn_schema_print(const struct rn_schema *s, size_t *length)
{
	struct rn_text t = { 0 };
	bool ok = rn_text_printf(&t, MAGIC "\nkind: %s\n", s->kind);

	if (s->labels)
		ok = ok && rn_text_printf(&t, "label:");
	for (size_t i = 0; i < s->labels; i++)
		ok = ok && rn_text_printf(&t, " %s", s->label[i]);
	if (s->labels)
		ok = ok && rn_text_printf(&t, "\n");
	for (size_t i = 0; i < s->extras; i++)
		ok = ok && rn_text_printf(&t, "%s: %s\n", s->extra[i].key, s->extra[i].value);
	for (size_t i = 0; i < s->histories; i++)
		ok = ok && rn_text_printf(&t, "history: %s\n", s->history[i]);
	for (size_t i = 0; i < s->columns; i++) {
		const struct rn_column *c = &s->column[i];

		ok = ok && rn_text_printf(&t, "column: %s %s", c->name, rn_type_name(c->type));
		for (unsigned j = 0; j < c->ndim; j++)
			ok = ok && rn_text_printf(&t, " %zu", c->shape[j]);
		ok = ok && rn_text_printf(&t, "\n");
	}
	ok = ok && rn_text_printf(&t, "\n");
	if (!ok) {
		rn_text_clear(&t);
		return NULL;
	}
	*length = t.length;
	return t.data;
}

/* "NAME TYPE [EXTENT...]": the value of a column: line. Cuts `value` into words. */
static enum rn_status
parse_column(struct rn_schema *s, char *value, struct rn_error *err)
{
	size_t shape[RN_MAX_DIMS] = { 0 };
	unsigned ndim = 0;
	enum rn_type type;
	char *rest, *word, *name = strtok_r(value, " ", &rest), *type_name = strtok_r(NULL, " ", &rest);

	if (!name || !type_name)
		return rn_fail(err, RN_EDATA, "a column needs a name and a type");
	if (!rn_type_parse(type_name, &type))
		return rn_fail(err, RN_EDATA, "column '%.60s' has the unknown type '%.20s'", name, type_name);
	while ((word = strtok_r(NULL, " ", &rest))) {
		char *end;

		if (ndim == RN_MAX_DIMS)
			return rn_fail(err, RN_EDATA, "column '%.60s' has more than %d dimensions", name,
				RN_MAX_DIMS);
		/* Larger than any record: rn_schema_add_column refuses it, overflow or not. */
		shape[ndim++] = strtoull(word, &end, 10);
		if (*end || *word < '0' || *word > '9')
			return rn_fail(err, RN_EDATA, "column '%.60s' has the extent '%.20s'", name, word);
	}
	return rn_schema_add_column(s, name, type, ndim, shape, err);
}

/* One header line that is "key: value". */
static enum rn_status
parse_line(struct rn_schema *s, char *line, struct rn_error *err)
{
	char *value = strchr(line, ':'), *rest, *word;

	if (!value)
		return rn_fail(err, RN_EDATA, "'%.40s' is not 'key: value'", line);
	*value++ = '\0';
	if (*value == ' ')
		value++;
	if (!strcmp(line, "kind")) {
		char *copy;

		if (*s->kind)
			return rn_fail(err, RN_EDATA, "a second kind: '%.40s'", value);
		if (!good_name(value))
			return rn_fail(err, RN_EDATA, "'%.40s' cannot be a kind", value);
		if (!(copy = strdup(value)))
			return rn_fail_memory(err, "header");
		free(s->kind);
		s->kind = copy;
		return RN_OK;
	}
	if (!strcmp(line, "label")) {
		for (word = strtok_r(value, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
			if (rn_schema_add_label(s, word, err))
				return err ? err->status : RN_EDATA;
		return RN_OK;
	}
	if (!strcmp(line, "history"))
		return rn_schema_add_history(s, value, err);
	if (!strcmp(line, "column"))
		return parse_column(s, value, err);
	if (rn_schema_get_key(s, line))
		return rn_fail(err, RN_EDATA, "a second '%.40s:'", line);
	return rn_schema_set_key(s, line, value, err);
}

static enum rn_status
parse_lines(struct rn_schema *s, char *text, struct rn_error *err)
{
	size_t number = 1;
	char *rest, *line = strtok_r(text, "\n", &rest);

	if (!line || strcmp(line, MAGIC)) {
		if (line && !strncmp(line, "renorm-stream ", 14))
			return rn_fail(err, RN_EDATA, "'%.40s': this program reads '" MAGIC "'", line);
		return rn_fail(err, RN_EDATA, "not a header (it begins with '" MAGIC "')");
	}
	while ((line = strtok_r(NULL, "\n", &rest))) {
		struct rn_error why = { 0 };
		enum rn_status status;

		number++;
		status = parse_line(s, line, &why);
		if (status)
			return rn_fail(err, status == RN_ENOMEM ? RN_ENOMEM : RN_EDATA, "header line %zu: %s",
				number, why.text);
	}
	if (!*s->kind)
		return rn_fail(err, RN_EDATA, "the header has no 'kind:' line");
	if (!s->columns)
		return rn_fail(err, RN_EDATA, "the header has no 'column:' line");
	for (size_t i = 0; i < s->labels; i++)
		if (!rn_schema_find(s, s->label[i]))
			return rn_fail(err, RN_EDATA, "the label '%s' is not a column", s->label[i]);
	return RN_OK;
}

enum rn_status
rn_schema_parse(const char *text, size_t length, struct rn_schema **schema, struct rn_error *err)
{
	struct rn_schema *s;
	enum rn_status status;
	char *copy;

	*schema = NULL;
	if (length > RN_MAX_HEADER)
		return rn_fail(err, RN_EDATA, "the header is longer than 1 MiB");
	if (memchr(text, '\0', length))
		return rn_fail(err, RN_EDATA, "the header has a zero byte in it");
	copy = strndup(text, length);
	s = rn_schema_create("");
	if (!copy || !s)
		status = rn_fail_memory(err, "header");
	else if (length < 2 || strstr(copy, "\n\n") != copy + length - 2)
		status = rn_fail(err, RN_EDATA, "the header does not end with its one empty line");
	else
		status = parse_lines(s, copy, err);
	free(copy);
	if (status) {
		rn_schema_destroy(s);
		return status;
	}
	*schema = s;
	return RN_OK;
}

/* Numbers in records are little-endian and need not be aligned. */

static uint64_t
load(const uint8_t *p, size_t bytes)
{
	uint16_t w;
	uint32_t d;
	uint64_t q;

	switch (bytes) {
	case 1: return *p;
	case 2: memcpy(&w, p, sizeof w); return le16toh(w);
	case 4: memcpy(&d, p, sizeof d); return le32toh(d);
	default: memcpy(&q, p, sizeof q); return le64toh(q);
	}
}

static void
store(uint8_t *p, uint64_t v, size_t bytes)
{
	v = htole64(v);
	memcpy(p, &v, bytes);
}

double
rn_get_f64(const struct rn_column *c, const void *record, size_t i)
{
	const uint8_t *p = (const uint8_t *)record + c->offset;
	size_t bytes = rn_type_bytes(c->type);
	uint64_t v;
	uint32_t w;
	double d;
	float f;

	if (c->type == RN_BIT)
		return p[i / 8] >> i % 8 & 1;
	v = load(p + i * bytes, bytes);
	switch (c->type) {
	case RN_I8: return (int8_t)v;
	case RN_I16: return (int16_t)v;
	case RN_I32: return (int32_t)v;
	case RN_I64: return (double)(int64_t)v;
	case RN_F32:
		w = (uint32_t)v;
		memcpy(&f, &w, sizeof f);
		return (double)f;
	case RN_F64: memcpy(&d, &v, sizeof d); return d;
	default: return (double)v;
	}
}

uint64_t
rn_get_u64(const struct rn_column *c, const void *record, size_t i)
{
	const uint8_t *p = (const uint8_t *)record + c->offset;
	size_t bytes = rn_type_bytes(c->type);

	if (c->type == RN_BIT)
		return p[i / 8] >> i % 8 & 1;
	if (c->type == RN_F32 || c->type == RN_F64)
		return (uint64_t)rn_get_f64(c, record, i);
	return load(p + i * bytes, bytes);
}

static void
put_bit(uint8_t *p, size_t i, bool one)
{
	p[i / 8] = (uint8_t)((p[i / 8] & ~(1u << i % 8)) | (unsigned)one << i % 8);
}

void
rn_put_f64(const struct rn_column *c, void *record, size_t i, double value)
{
	uint8_t *p = (uint8_t *)record + c->offset;
	size_t bytes = rn_type_bytes(c->type);
	float f = (float)value;
	uint64_t v = 0;
	uint32_t w;

	switch (c->type) {
	case RN_BIT: put_bit(p, i, value > 0); return;
	case RN_F64: memcpy(&v, &value, sizeof v); break;
	case RN_F32:
		memcpy(&w, &f, sizeof w);
		v = w;
		break;
	case RN_I8:
	case RN_I16:
	case RN_I32:
	case RN_I64: v = (uint64_t)(int64_t)value; break;
	default: v = (uint64_t)value;
	}
	store(p + i * bytes, v, bytes);
}

void
rn_put_u64(const struct rn_column *c, void *record, size_t i, uint64_t value)
{
	uint8_t *p = (uint8_t *)record + c->offset;
	size_t bytes = rn_type_bytes(c->type);

	if (c->type == RN_BIT)
		put_bit(p, i, value & 1);
	else if (c->type == RN_F32 || c->type == RN_F64)
		rn_put_f64(c, record, i, (double)value);
	else
		store(p + i * bytes, value, bytes);
}
