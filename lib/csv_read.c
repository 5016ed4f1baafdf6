/*
 * Text to records; renorm/csv.h has the form. Lines are found here and libcsv
 * takes them apart: a line is a comment, or one row. Nothing a stream of ours
 * holds has a line feed inside a cell, so a quote left open is refused at its
 * own line instead of swallowing what follows.
 */
#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "renorm/csv.h"

#define BUFFER_BYTES ((size_t)64 << 10)
#define LINE_MAX_BYTES ((size_t)1 << 32)
#define MAGIC "# renorm-stream "

struct rn_csv_reader {
	rn_read_fn read;
	void *arg;

	char *buffer; /* buffer[begin .. end) is still to be used */
	size_t begin, end, capacity;
	size_t searched; /* bytes from begin known to hold no line feed */
	uint64_t line;	 /* number of the line last taken, from 1 */

	struct csv_parser parser;
	struct rn_text names; /* the row of names, each with a NUL behind it */
	size_t name_count;

	struct rn_schema *schema; /* of the segment under way */
	uint64_t count;

	/* The row being parsed. */
	uint8_t *record;
	size_t column, element;
	size_t cells, rows;
	struct rn_error *err;
	enum rn_status status; /* of its first bad cell */

	bool own; /* the segment has comment lines and ends with one */
	bool pm1, input_end, parser_ready;
};

struct rn_csv_reader *
rn_csv_reader_create(rn_read_fn read, void *arg, bool pm1)
{
	struct rn_csv_reader *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->read = read;
	c->arg = arg;
	c->pm1 = pm1;
	c->buffer = malloc(BUFFER_BYTES);
	c->capacity = BUFFER_BYTES;
	c->parser_ready = !csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
	if (!c->buffer || !c->parser_ready) {
		rn_csv_reader_destroy(c);
		return NULL;
	}
	csv_set_blk_size(&c->parser, 4096);
	return c;
}

void
rn_csv_reader_destroy(struct rn_csv_reader *c)
{
	if (!c)
		return;
	if (c->parser_ready)
		csv_free(&c->parser);
	rn_schema_destroy(c->schema);
	rn_text_clear(&c->names);
	free(c->buffer);
	free(c);
}

static enum rn_status
at_line(const struct rn_csv_reader *c, enum rn_status status, struct rn_error *err)
{
	if (status == RN_EDATA)
		rn_error_prefix(err, "line %llu", (unsigned long long)c->line);
	return status;
}

/* --- lines ------------------------------------------------------------ */

/* More bytes behind those at hand. */
static enum rn_status
fill(struct rn_csv_reader *c, struct rn_error *err)
{
	size_t left = c->end - c->begin;
	long n;

	memmove(c->buffer, c->buffer + c->begin, left);
	c->begin = 0;
	c->end = left;
	if (left > LINE_MAX_BYTES) {
		c->line++;
		return at_line(c, rn_fail(err, RN_EDATA, "longer than 4 GiB: this is no CSV"), err);
	}
	if (left > c->capacity / 2) {
		char *larger = realloc(c->buffer, 2 * c->capacity);

		if (!larger)
			return rn_fail_memory(err, "a line of CSV");
		c->buffer = larger;
		c->capacity *= 2;
	}
	n = c->read(c->arg, c->buffer + c->end, c->capacity - c->end, err);
	if (n < 0)
		return err ? err->status : RN_EIO;
	c->input_end = n == 0;
	c->end += (size_t)n;
	return RN_OK;
}

/*
 * The line at hand, its line feed included, without taking it. With `wait`,
 * reads until there is one; otherwise *length is 0 when there is none yet. At
 * the end of the input the rest is a line. RN_END when nothing is left.
 */
static enum rn_status
peek_line(struct rn_csv_reader *c, bool wait, const char **line, size_t *length, struct rn_error *err)
{
	for (;;) {
		const char *start = c->buffer + c->begin;
		size_t bytes = c->end - c->begin;
		const char *feed = memchr(start + c->searched, '\n', bytes - c->searched);
		enum rn_status status;

		*line = start;
		*length = feed ? (size_t)(feed - start) + 1 : c->input_end ? bytes : 0;
		if (*length)
			return RN_OK;
		if (c->input_end)
			return RN_END;
		c->searched = bytes;
		if (!wait)
			return RN_OK;
		if ((status = fill(c, err)))
			return status;
	}
}

static void
take_line(struct rn_csv_reader *c, size_t length)
{
	c->begin += length;
	c->searched = 0;
	c->line++;
}

static bool
is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!strchr(" \t\r\n", line[i]))
			return false;
	return true;
}

/* Without the line feed, and the carriage return some systems put before it. */
static size_t
trimmed(const char *line, size_t length)
{
	if (length && line[length - 1] == '\n')
		length--;
	if (length && line[length - 1] == '\r')
		length--;
	return length;
}

static bool
starts_with(const char *line, size_t length, const char *word)
{
	return length >= strlen(word) && !memcmp(line, word, strlen(word));
}

/* --- rows ------------------------------------------------------------- */

static void
count_row(int terminator, void *arg)
{
	struct rn_csv_reader *c = arg;

	(void)terminator;
	c->rows++;
}

/* Parses the one row of the line; `cell` gets its cells. The status of the first bad one. */
static enum rn_status
parse_row(struct rn_csv_reader *c, const char *line, size_t length, void (*cell)(void *, size_t, void *),
	struct rn_error *err)
{
	bool ends = length && line[length - 1] == '\n';

	c->cells = c->rows = 0;
	c->status = RN_OK;
	c->err = err;
	if (csv_parse(&c->parser, line, length, cell, count_row, c) != length ||
		(!ends && csv_parse(&c->parser, "\n", 1, cell, count_row, c) != 1)) {
		if (csv_error(&c->parser) == CSV_EPARSE)
			return rn_fail(err, RN_EDATA, "a quote is out of place");
		return rn_fail_memory(err, "a cell of CSV");
	}
	if (c->status)
		return c->status;
	if (c->rows == 0)
		return rn_fail(err, RN_EDATA, "a quoted cell does not end on its line");
	return RN_OK;
}

/* A cell of a second row on one line; libcsv ends rows at a carriage return too. */
static bool
is_stray(struct rn_csv_reader *c)
{
	if (c->rows && !c->status)
		c->status = rn_fail(c->err, RN_EDATA,
			"a carriage return within the line; end lines with a line feed");
	return c->rows;
}

static void
store_name(void *cell, size_t length, void *arg)
{
	struct rn_csv_reader *c = arg;

	if (c->status || is_stray(c))
		return;
	c->cells++;
	if (memchr(cell, '\0', length))
		c->status = rn_fail(c->err, RN_EDATA, "a zero byte in a name");
	else if (!rn_text_put(&c->names, cell, length) || !rn_text_put(&c->names, "", 1))
		c->status = rn_fail_memory(c->err, "names of columns");
}

static void
store_cell(void *cell, size_t length, void *arg)
{
	struct rn_csv_reader *c = arg;
	const struct rn_column *column;

	if (c->status || is_stray(c))
		return;
	c->cells++;
	if (c->column == c->schema->columns) {
		c->status = rn_fail(c->err, RN_EDATA, "a long row: more than %zu cells", c->name_count);
		return;
	}
	column = &c->schema->column[c->column];
	c->status = rn_cell_store(column, c->record, c->element, cell, length, c->pm1, c->err);
	if (++c->element == column->count) {
		c->element = 0;
		c->column++;
	}
}

static enum rn_status
parse_record(struct rn_csv_reader *c, const char *line, size_t length, uint8_t *record, struct rn_error *err)
{
	enum rn_status status;

	memset(record, 0, c->schema->record_bytes);
	c->record = record;
	c->column = c->element = 0;
	status = parse_row(c, line, length, store_cell, err);
	if (!status && c->column < c->schema->columns)
		return rn_fail(err, RN_EDATA, "a short row: %zu cells of %zu, nothing for column '%.60s'",
			c->cells, c->name_count, c->schema->column[c->column].name);
	return status;
}

/* --- the row of names ------------------------------------------------- */

static bool
all_numbers(const struct rn_csv_reader *c)
{
	const char *name = c->names.data;

	for (size_t i = 0; i < c->name_count; i++, name += strlen(name) + 1)
		if (*name && !rn_cell_is_number(name))
			return false;
	return true;
}

/*
 * Whether `name` is `base` (n bytes) and the indices, in brackets and canonical
 * decimals, of value i of that shape.
 */
static bool
is_element(const char *name, const char *base, size_t n, unsigned ndim, const size_t shape[], size_t count,
	size_t i)
{
	size_t stride = count;

	if (strncmp(name, base, n))
		return false;
	name += n;
	for (unsigned k = 0; k < ndim; k++) {
		char index[32];
		size_t width;

		stride /= shape[k];
		width = (size_t)sprintf(index, "[%zu]", i / stride % shape[k]);
		if (strncmp(name, index, width))
			return false;
		name += width;
	}
	return *name == '\0';
}

/* Our own text: the header said which names must come. */
static enum rn_status
check_names(const struct rn_csv_reader *c, struct rn_error *err)
{
	const char *name = c->names.data;
	size_t seen = 0;

	for (size_t k = 0; k < c->schema->columns; k++) {
		const struct rn_column *column = &c->schema->column[k];

		for (size_t i = 0; i < column->count; i++, seen++, name += strlen(name) + 1) {
			if (seen == c->name_count)
				return rn_fail(err, RN_EDATA,
					"a short row of names: nothing for value %zu of column '%s'", i,
					column->name);
			if (!is_element(name, column->name, strlen(column->name), column->ndim, column->shape,
				    column->count, i))
				return rn_fail(err, RN_EDATA,
					"'%.60s' stands where value %zu of column '%.60s' is declared", name,
					i, column->name);
		}
	}
	if (seen < c->name_count)
		return rn_fail(err, RN_EDATA, "a long row of names: '%.60s' is not declared", name);
	return RN_OK;
}

/* The bracketed indices at the end of a name: their number, 0 when there are none; *base is the length before them. */
static unsigned
indices(const char *name, size_t *base, size_t index[RN_MAX_DIMS])
{
	size_t values[RN_MAX_DIMS], n = strlen(name);
	unsigned found = 0;

	while (n && name[n - 1] == ']' && found < RN_MAX_DIMS) {
		size_t open = n - 1;

		while (open && name[open - 1] >= '0' && name[open - 1] <= '9')
			open--;
		if (open == n - 1 || n - 1 - open > 10 || open < 2 || name[open - 1] != '[')
			break;
		values[found++] = strtoull(name + open, NULL, 10);
		n = open - 1;
	}
	for (unsigned k = 0; k < found; k++)
		index[k] = values[found - 1 - k];
	*base = n;
	return found;
}

/*
 * Foreign text: how many names from here on are a complete array x[0], x[1],
 * ... in row-major order; 1 when this one is a scalar. The last name of the run
 * says the shape, and the run must then hold all of it, in order.
 */
static size_t
run_of_names(const char *first, size_t left, unsigned *ndim, size_t shape[RN_MAX_DIMS], size_t *base)
{
	size_t index[RN_MAX_DIMS] = { 0 }, other, run = 0, count = 1;
	const char *name = first;

	*ndim = indices(first, base, index);
	for (unsigned k = 0; k < *ndim; k++)
		if (index[k])
			*ndim = 0;
	if (*ndim == 0)
		return 1;
	while (run < left && indices(name, &other, index) == *ndim && other == *base &&
		!strncmp(name, first, *base)) {
		memcpy(shape, index, sizeof index);
		name += strlen(name) + 1;
		run++;
	}
	for (unsigned k = 0; k < *ndim; k++)
		if (__builtin_mul_overflow(count, ++shape[k], &count))
			count = 0;
	name = first;
	for (size_t i = 0; i < run && count == run; i++, name += strlen(name) + 1)
		if (!is_element(name, first, *base, *ndim, shape, count, i))
			count = 0;
	if (count == run)
		return run;
	*ndim = 0;
	return 1;
}

static enum rn_status
schema_from_names(struct rn_csv_reader *c, struct rn_error *err)
{
	const char *name = c->names.data;
	size_t shape[RN_MAX_DIMS] = { 0 }, base = 0, run;

	if (all_numbers(c))
		return rn_fail(err, RN_EDATA, "the first row is all numbers; add a row of names above it");
	c->schema = rn_schema_create("table");
	if (!c->schema)
		return rn_fail_memory(err, "header");
	for (size_t i = 0; i < c->name_count; i += run) {
		unsigned ndim;
		struct rn_error why = { 0 };
		enum rn_status status;
		char *column;

		run = run_of_names(name, c->name_count - i, &ndim, shape, &base);
		column = strndup(name, ndim ? base : strlen(name));
		if (!column)
			return rn_fail_memory(err, "names of columns");
		status = rn_schema_add_column(c->schema, column, RN_F64, ndim, shape, &why);
		free(column);
		if (status) /* the caller's fault there is the text's fault here */
			return rn_fail(err, status == RN_EUSAGE ? RN_EDATA : status, "%s", why.text);
		for (size_t k = 0; k < run; k++)
			name += strlen(name) + 1;
	}
	return RN_OK;
}

/* --- segments --------------------------------------------------------- */

static enum rn_status
read_names(struct rn_csv_reader *c, const char *line, size_t length, struct rn_error *err)
{
	enum rn_status status;

	csv_set_delim(&c->parser, memchr(line, '\t', length) ? '\t' : ',');
	c->names.length = 0;
	status = parse_row(c, line, length, store_name, err);
	if (status)
		return status;
	c->name_count = c->cells;
	return c->own ? check_names(c, err) : schema_from_names(c, err);
}

/* The comment lines up to the row of names, as a header. */
static enum rn_status
read_comments(struct rn_csv_reader *c, struct rn_error *err)
{
	struct rn_text header = { 0 };
	enum rn_status status;
	const char *line;
	size_t length;

	for (;;) {
		size_t n;

		status = peek_line(c, true, &line, &length, err);
		if (status == RN_END)
			status = at_line(c, rn_fail(err, RN_EDATA, "cut short within a header"), err);
		if (status || *line != '#')
			break;
		take_line(c, length);
		n = trimmed(line, length);
		if (starts_with(line, n, "# end:"))
			status = rn_fail(err, RN_EDATA, "an end line without a row of names before it");
		else if (!starts_with(line, n, "# "))
			status = rn_fail(err, RN_EDATA, "'%.*s' is not '# key: value'", n < 40 ? (int)n : 40,
				line);
		else if (header.length + n > RN_MAX_HEADER)
			status = rn_fail(err, RN_EDATA, "the header is longer than 1 MiB");
		else if (!rn_text_put(&header, line + 2, n - 2) || !rn_text_put(&header, "\n", 1))
			status = rn_fail_memory(err, "header");
		if (status) {
			status = at_line(c, status, err);
			break;
		}
	}
	if (!status && !rn_text_put(&header, "\n", 1))
		status = rn_fail_memory(err, "header");
	if (!status)
		status = rn_schema_parse(header.data, header.length, &c->schema, err);
	rn_text_clear(&header);
	return status;
}

enum rn_status
rn_csv_reader_segment(struct rn_csv_reader *c, struct rn_schema **schema, struct rn_error *err)
{
	enum rn_status status;
	const char *line;
	size_t length;

	rn_schema_destroy(c->schema);
	c->schema = NULL;
	c->count = 0;
	*schema = NULL;
	for (;;) {
		if ((status = peek_line(c, true, &line, &length, err)))
			return status;
		if (!is_blank(line, length))
			break;
		take_line(c, length);
	}
	if (*line == '#' && !starts_with(line, length, MAGIC)) {
		take_line(c, length);
		return at_line(c,
			rn_fail(err, RN_EDATA,
				"a comment that is not '" MAGIC "1'; "
				"for other text take the lines with '#' out (grep -v '^#')"),
			err);
	}
	c->own = *line == '#';
	if (c->own && (status = read_comments(c, err)))
		return status;
	if ((status = peek_line(c, true, &line, &length, err)))
		return status;
	take_line(c, length);
	if (c->own && line[length - 1] != '\n')
		return at_line(c, rn_fail(err, RN_EDATA, "cut short within the row of names"), err);
	if ((status = read_names(c, line, length, err)))
		return at_line(c, status, err);
	*schema = rn_schema_copy(c->schema);
	return *schema ? RN_OK : rn_fail_memory(err, "header");
}

/* A '#' line behind the row of names: only the end may stand there. */
static enum rn_status
check_end(struct rn_csv_reader *c, const char *line, size_t length, struct rn_error *err)
{
	char expected[64];
	size_t n = trimmed(line, length), width;

	if (!c->own)
		return rn_fail(err, RN_EDATA,
			"a comment in a text that does not begin with '" MAGIC "1': "
			"its first lines are missing, or its comments must go (grep -v '^#')");
	width = (size_t)sprintf(expected, "# end: %llu", (unsigned long long)c->count);
	if (length == n)
		return rn_fail(err, RN_EDATA, "cut short within the end line");
	if (n == width && !memcmp(line, expected, n))
		return RN_END;
	if (starts_with(line, n, "# end:"))
		return rn_fail(err, RN_EDATA, "'%.*s' after %llu rows: rows were lost or added",
			n < 40 ? (int)n : 40, line, (unsigned long long)c->count);
	return rn_fail(err, RN_EDATA, "a comment among the rows");
}

/* Takes the line at hand: a record, or RN_END with the end line; nothing for a blank line. */
static enum rn_status
take_row(struct rn_csv_reader *c, const char *line, size_t length, uint8_t *record, size_t *n,
	struct rn_error *err)
{
	enum rn_status status;

	take_line(c, length);
	if (*line == '#')
		return check_end(c, line, length, err);
	if (is_blank(line, length))
		return RN_OK;
	if (c->own && line[length - 1] != '\n')
		return rn_fail(err, RN_EDATA, "no '# end:' line: the text is cut short within a row");
	status = parse_record(c, line, length, record, err);
	if (!status) {
		++*n;
		c->count++;
	}
	return status;
}

enum rn_status
rn_csv_reader_next(struct rn_csv_reader *c, void *records, size_t max, size_t *n, struct rn_error *err)
{
	*n = 0;
	while (*n < max) {
		const char *line;
		size_t length;
		enum rn_status status = peek_line(c, *n == 0, &line, &length, err);

		if (status == RN_END && c->own && *n == 0)
			return rn_fail(err, RN_EDATA, "no '# end:' line: the text is cut short");
		if (*n && (status || length == 0))
			return RN_OK;
		if (status)
			return status;
		status = take_row(c, line, length, (uint8_t *)records + *n * c->schema->record_bytes, n, err);
		if (status && *n) { /* first the good rows; the next call meets this line again */
			c->begin -= length;
			c->line--;
			return RN_OK;
		}
		if (status)
			return at_line(c, status, err);
	}
	return RN_OK;
}
