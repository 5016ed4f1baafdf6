/* Ensembles of networks as streams: points as text, the schemas of nets and neurons and what they say. */
#include "renorm/nets.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "form.h"
#include "renorm/reader.h"
#include "renorm/stage.h" /* rn_parse_f64 */
#include "renorm/text.h"

const char *const rn_net_activations[] = { "gauss", "relu", "erf", NULL };

/* --- points -------------------------------------------------------------- */

#define BLANKS " \t\n"

static enum rn_status
add_coordinate(struct rn_net_points *p, size_t *values, const char *text, struct rn_error *err)
{
	double x;

	if (!rn_parse_f64(text, &x) || !isfinite(x))
		return rn_fail(err, RN_EDATA, "'%.40s' is not a finite number", text);
	if (*values == RN_NET_COORDINATES)
		return rn_fail(err, RN_EDATA, "there are more than %d coordinates", RN_NET_COORDINATES);
	p->x[(*values)++] = x + 0.0; /* -0 is 0 */
	return RN_OK;
}

/* "x" or "x,y,..."; the first point says how many coordinates all have. */
static enum rn_status
add_point(struct rn_net_points *p, char *text, struct rn_error *err)
{
	size_t values = p->n * p->din, here;
	const size_t before = values;
	enum rn_status st = RN_OK;
	char *rest = text, *word;

	while (st == RN_OK && (word = strsep(&rest, ",")))
		st = add_coordinate(p, &values, word, err);
	if (st != RN_OK)
		return st;
	here = values - before;
	if (p->n > 0 && here != p->din)
		return rn_fail(err, RN_EDATA,
			"point %zu has %zu coordinate%s where the first has %zu "
			"(blanks between points, commas between coordinates)",
			p->n + 1, here, here == 1 ? "" : "s", p->din);
	p->din = here;
	p->n++;
	return RN_OK;
}

enum rn_status
rn_net_points_parse(const char *text, struct rn_net_points *p, struct rn_error *err)
{
	char *copy = strdup(text), *rest = NULL;
	enum rn_status st = RN_OK;

	*p = (struct rn_net_points){ .x = calloc(strlen(text) / 2 + 1, sizeof *p->x) };
	if (!copy || !p->x) {
		free(copy);
		rn_net_points_clear(p);
		return rn_fail_memory(err, "points");
	}
	for (char *word = strtok_r(copy, BLANKS, &rest); word && st == RN_OK;
		word = strtok_r(NULL, BLANKS, &rest))
		st = add_point(p, word, err);
	free(copy);
	if (st == RN_OK && p->n == 0)
		st = rn_fail(err, RN_EDATA, "there is no point");
	if (st != RN_OK)
		rn_net_points_clear(p);
	return st;
}

/* Records of any stream: the values of all columns, in order, are a point. */
static enum rn_status
add_records(struct rn_net_points *p, const struct rn_schema *s, const void *records, size_t n,
	struct rn_error *err)
{
	double *more;

	if (n > (RN_NET_COORDINATES - p->n * p->din) / p->din)
		return rn_fail(err, RN_EDATA, "there are more than %d coordinates", RN_NET_COORDINATES);
	if (!(more = reallocarray(p->x, (p->n + n) * p->din, sizeof *p->x)))
		return rn_fail_memory(err, "points");
	p->x = more;
	for (size_t r = 0; r < n; r++, p->n++) {
		const uint8_t *record = (const uint8_t *)records + r * s->record_bytes;
		double *x = p->x + p->n * p->din;

		for (size_t c = 0; c < s->columns; c++)
			for (size_t i = 0; i < s->column[c].count; i++)
				*x++ = rn_get_f64(&s->column[c], record, i) + 0.0;
		for (size_t d = 0; d < p->din; d++)
			if (!isfinite(p->x[p->n * p->din + d]))
				return rn_fail(err, RN_EDATA, "row %zu: a coordinate is not finite",
					p->n + 1);
	}
	return RN_OK;
}

static enum rn_status
read_points(struct rn_reader *in, struct rn_net_points *p, struct rn_error *err)
{
	const struct rn_schema *schema;
	enum rn_status st;

	while ((st = rn_reader_segment(in, &schema, err)) == RN_OK) {
		size_t din = 0, n;
		const void *records;

		for (size_t c = 0; c < schema->columns; c++)
			din += schema->column[c].count;
		if (din == 0 || (p->din && din != p->din) || din > RN_NET_COORDINATES)
			return rn_fail(err, RN_EDATA, "rows of %zu columns cannot be points", din);
		p->din = din;
		while ((st = rn_reader_next(in, &records, &n, err)) == RN_OK)
			if ((st = add_records(p, schema, records, n, err)) != RN_OK)
				return st;
		if (st != RN_END)
			return st;
	}
	if (st == RN_END)
		st = p->n ? RN_OK : rn_fail(err, RN_EDATA, "there is no point");
	return st;
}

/* Begins with a number, and that is a word of its own or there are more of them; or it is empty. So not "2d.csv". */
static bool
is_meant_as_list(const char *operand)
{
	const char *first = operand + strspn(operand, BLANKS ",");
	char *end;

	(void)strtod(first, &end);
	return *first == '\0' || (end > first && (*end == '\0' || strpbrk(operand, BLANKS ",")));
}

enum rn_status
rn_net_points_of_operand(const char *operand, struct rn_net_points *p, struct rn_error *err)
{
	char *name, *files[1];
	struct rn_reader *in;
	enum rn_status st = rn_net_points_parse(operand, p, err);

	if (st == RN_OK || (access(operand, F_OK) != 0 && is_meant_as_list(operand)))
		return st;
	*p = (struct rn_net_points){ 0 };
	if (!(name = strdup(operand)))
		return rn_fail_memory(err, "points");
	files[0] = name;
	in = rn_reader_open(files, 1, NULL, err);
	st = in ? read_points(in, p, err) : err ? err->status : RN_EIO;
	rn_reader_close(in);
	free(name);
	if (st != RN_OK)
		rn_net_points_clear(p);
	return st;
}

char *
rn_net_points_print(const struct rn_net_points *p)
{
	struct rn_text text = { 0 };
	char number[RN_NUMBER_MAX];

	for (size_t i = 0; i < p->n * p->din; i++) {
		rn_print_f64(number, p->x[i]);
		if (!rn_text_printf(&text, "%s%s", i == 0 ? "" : i % p->din ? "," : " ", number)) {
			rn_text_clear(&text);
			return NULL;
		}
	}
	return text.data;
}

bool
rn_net_points_repeated(const struct rn_net_points *p, size_t *first, size_t *second)
{
	for (size_t b = 1; b < p->n; b++)
		for (size_t a = 0; a < b; a++)
			if (!memcmp(p->x + a * p->din, p->x + b * p->din, p->din * sizeof *p->x)) {
				*first = a;
				*second = b;
				return true;
			}
	return false;
}

void
rn_net_points_clear(struct rn_net_points *p)
{
	free(p->x);
	*p = (struct rn_net_points){ 0 };
}

/* --- columns ------------------------------------------------------------- */

enum { COLUMNS_MAX = 8 };

/* A column a schema has, and where its offset goes. */
struct place {
	const char *name;
	enum rn_type type;
	unsigned ndim;
	size_t shape[2];
	bool label;
	size_t *at;
};

static size_t
columns_of_nets(struct rn_nets *n, struct place c[COLUMNS_MAX])
{
	const size_t P = n->points.n;
	size_t k = 0;

	c[k++] = (struct place){ "N", RN_U32, 0, { 0 }, true, &n->at.N };
	c[k++] = (struct place){ "sigma_w", RN_F64, 0, { 0 }, true, &n->at.sigma_w };
	c[k++] = (struct place){ "sigma_b", RN_F64, 0, { 0 }, true, &n->at.sigma_b };
	if (n->step)
		c[k++] = (struct place){ "step", RN_U64, 0, { 0 }, true, &n->at.step };
	c[k++] = (struct place){ "bag", RN_U32, 0, { 0 }, false, &n->at.bag };
	c[k++] = (struct place){ "net", RN_U64, 0, { 0 }, false, &n->at.net };
	c[k++] = (struct place){ "f", n->type, 2, { P, n->dout }, false, &n->at.f };
	if (n->cov)
		c[k++] = (struct place){ "cov", n->type, 1, { rn_nets_pairs(P) }, false, &n->at.cov };
	return k;
}

static size_t
columns_of_neurons(struct rn_nets *n, struct place c[COLUMNS_MAX])
{
	size_t k = 0;

	c[k++] = (struct place){ "sigma_w", RN_F64, 0, { 0 }, true, &n->at.sigma_w };
	c[k++] = (struct place){ "sigma_b", RN_F64, 0, { 0 }, true, &n->at.sigma_b };
	c[k++] = (struct place){ "tilt", RN_U32, 0, { 0 }, true, &n->at.tilt };
	c[k++] = (struct place){ "bag", RN_U32, 0, { 0 }, false, &n->at.bag };
	c[k++] = (struct place){ "neuron", RN_U64, 0, { 0 }, false, &n->at.neuron };
	c[k++] = (struct place){ "logw", RN_F64, 0, { 0 }, false, &n->at.logw };
	c[k++] = (struct place){ "g", n->type, 1, { n->points.n }, false, &n->at.g };
	return k;
}

static size_t
columns_of(struct rn_nets *n, struct place c[COLUMNS_MAX])
{
	return n->neurons ? columns_of_neurons(n, c) : columns_of_nets(n, c);
}

/* --- writing ------------------------------------------------------------- */

static enum rn_status
set_size(struct rn_schema *s, const char *key, size_t value, struct rn_error *err)
{
	char text[24];

	snprintf(text, sizeof text, "%zu", value);
	return rn_schema_set_key(s, key, text, err);
}

static enum rn_status
set_keys(struct rn_schema *s, const struct rn_nets *n, struct rn_error *err)
{
	char *points = rn_net_points_print(&n->points);
	enum rn_status st = points ? rn_schema_set_key(s, "points", points, err) : RN_ENOMEM;

	if (!points)
		rn_fail_memory(err, "points");
	free(points);
	if (st == RN_OK)
		st = rn_schema_set_key(s, "activation", rn_net_activations[n->activation], err);
	if (st == RN_OK)
		st = set_size(s, "din", n->points.din, err);
	if (st == RN_OK && !n->neurons)
		st = set_size(s, "dout", n->dout, err);
	return st == RN_OK ? set_size(s, "depth", n->depth, err) : st;
}

enum rn_status
rn_nets_schema(struct rn_nets *n, struct rn_schema **schema, struct rn_error *err)
{
	struct rn_schema *s = rn_schema_create(n->neurons ? "neurons" : "nets");
	struct place c[COLUMNS_MAX];
	const size_t columns = columns_of(n, c);
	enum rn_status st = s ? RN_OK : rn_fail_memory(err, "header");

	memset(&n->at, 0, sizeof n->at);
	for (size_t i = 0; st == RN_OK && i < columns; i++) {
		if (c[i].label)
			st = rn_schema_add_label(s, c[i].name, err);
		if (st == RN_OK)
			st = rn_schema_add_column(s, c[i].name, c[i].type, c[i].ndim, c[i].shape, err);
		if (st == RN_OK)
			*c[i].at = rn_schema_find(s, c[i].name)->offset;
	}
	if (st == RN_OK)
		st = set_keys(s, n, err);
	if (st == RN_OK)
		*schema = s;
	else
		rn_schema_destroy(s);
	return st;
}

/* --- reading ------------------------------------------------------------- */

static enum rn_status
require_key(const struct rn_schema *s, const char *key, const char **value, struct rn_error *err)
{
	*value = rn_schema_get_key(s, key);
	if (*value)
		return RN_OK;
	return rn_fail(err, RN_EDATA, "the header has no key '%s'", key);
}

/* A whole number of at least 1 that a record could have. */
static enum rn_status
get_size(const struct rn_schema *s, const char *key, size_t *size, struct rn_error *err)
{
	const char *value;
	double x;

	if (require_key(s, key, &value, err) != RN_OK)
		return RN_EDATA;
	if (!rn_parse_f64(value, &x) || !(x >= 1 && x <= RN_MAX_RECORD) || x != floor(x))
		return rn_fail(err, RN_EDATA, "the header's '%s: %.60s' should be a whole number from 1 on",
			key, value);
	*size = (size_t)x;
	return RN_OK;
}

static enum rn_status
get_activation(const struct rn_schema *s, enum rn_net_activation *g, struct rn_error *err)
{
	const char *value;

	if (require_key(s, "activation", &value, err) != RN_OK)
		return RN_EDATA;
	for (unsigned i = 0; rn_net_activations[i]; i++)
		if (!strcmp(value, rn_net_activations[i])) {
			*g = (enum rn_net_activation)i;
			return RN_OK;
		}
	return rn_fail(err, RN_EDATA, "the header's 'activation: %.60s' should be gauss, relu or erf", value);
}

static enum rn_status
get_keys(const struct rn_schema *s, struct rn_nets *n, struct rn_error *err)
{
	const char *points;
	size_t din = 0;

	if (get_activation(s, &n->activation, err) != RN_OK || get_size(s, "din", &din, err) != RN_OK ||
		get_size(s, "depth", &n->depth, err) != RN_OK ||
		(!n->neurons && get_size(s, "dout", &n->dout, err) != RN_OK) ||
		require_key(s, "points", &points, err) != RN_OK)
		return RN_EDATA;
	if (rn_net_points_parse(points, &n->points, err) != RN_OK) {
		rn_error_prefix(err, "the header's points");
		return RN_EDATA;
	}
	if (n->points.din != din)
		return rn_fail(err, RN_EDATA,
			"the header's 'din: %zu' is not the %zu coordinates of its points", din,
			n->points.din);
	return RN_OK;
}

static enum rn_status
find_place(const struct rn_schema *s, const struct place *c, struct rn_error *err)
{
	char is[RN_FORM_MAX], wanted[RN_FORM_MAX];
	const struct rn_column *column;

	if (rn_schema_require_column(s, c->name, &column, err) != RN_OK)
		return RN_EDATA;
	if (column->type != c->type || column->ndim != c->ndim ||
		memcmp(column->shape, c->shape, c->ndim * sizeof c->shape[0]) != 0)
		return rn_fail(err, RN_EDATA, "column %s is %s, and %s is needed", c->name,
			rn_form(is, column->type, column->ndim, column->shape),
			rn_form(wanted, c->type, c->ndim, c->shape));
	*c->at = column->offset;
	return RN_OK;
}

static enum rn_status
find_columns(const struct rn_schema *s, struct rn_nets *n, struct rn_error *err)
{
	const struct rn_column *values = rn_schema_find(s, n->neurons ? "g" : "f");
	struct place c[COLUMNS_MAX];
	size_t columns;

	n->type = values && values->type == RN_F32 ? RN_F32 : RN_F64;
	n->step = !n->neurons && rn_schema_find(s, "step");
	n->cov = !n->neurons && rn_schema_find(s, "cov");
	columns = columns_of(n, c);
	for (size_t i = 0; i < columns; i++)
		if (find_place(s, &c[i], err) != RN_OK)
			return RN_EDATA;
	return RN_OK;
}

enum rn_status
rn_nets_of_schema(const struct rn_schema *s, struct rn_nets *n, struct rn_error *err)
{
	enum rn_status st = RN_EDATA;

	*n = (struct rn_nets){ .neurons = !strcmp(s->kind, "neurons"), .dout = 1 };
	if (!n->neurons && strcmp(s->kind, "nets") != 0)
		rn_fail(err, RN_EDATA, "kind is %.60s; nets or neurons are needed", s->kind);
	else if ((st = get_keys(s, n, err)) == RN_OK)
		st = find_columns(s, n, err);
	if (st != RN_OK)
		rn_nets_clear(n);
	return st;
}

void
rn_nets_clear(struct rn_nets *n)
{
	rn_net_points_clear(&n->points);
}

void
rn_nets_values(const struct rn_nets *n, const void *record, size_t at, size_t count, double out[])
{
	const uint8_t *from = (const uint8_t *)record + at;

	if (n->type == RN_F64) {
		memcpy(out, from, count * sizeof *out);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		float x;

		memcpy(&x, from + i * sizeof x, sizeof x);
		out[i] = x;
	}
}
