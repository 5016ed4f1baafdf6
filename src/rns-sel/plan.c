#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stage.h" /* RN_TC, rn_parse_f64 */
#include "words.h"

/* The part of "name=value" behind the first '=' if the part before it is `name`. */
static const char *
value_for(char *const pairs[], size_t n, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!strncmp(pairs[i], name, length) && pairs[i][length] == '=')
			return pairs[i] + length + 1;
	return NULL;
}

static bool
contains(char *const list[], size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

static const char *
new_name(const struct changes *c, const char *name)
{
	const char *renamed = value_for(c->rename, c->nrename, name);

	return renamed ? renamed : name;
}

static bool
is_kept(const struct changes *c, const char *name)
{
	return (!c->ncolumns || contains(c->columns, c->ncolumns, name)) &&
		!contains(c->drop, c->ndrop, name);
}

/* Every name an option mentions must be there: a misspelt one must not pass for one that has no effect. */
static enum rn_status
check_names(const struct rn_schema *in, const struct changes *c, struct rn_error *err)
{
	const struct rn_column *found;
	enum rn_status status = RN_OK;

	for (size_t i = 0; i < c->ncolumns && !status; i++)
		status = rn_schema_require_column(in, c->columns[i], &found, err);
	for (size_t i = 0; i < c->ndrop && !status; i++)
		status = rn_schema_require_column(in, c->drop[i], &found, err);
	for (size_t i = 0; i < c->nrename && !status; i++) {
		char *old = strndup(c->rename[i], strcspn(c->rename[i], "="));

		if (!old)
			return rn_fail_memory(err, "names");
		status = rn_schema_require_column(in, old, &found, err);
		if (!status && !is_kept(c, old))
			status = rn_fail(err, RN_EUSAGE, "--rename '%.100s': that column does not go out",
				c->rename[i]);
		free(old);
	}
	return status;
}

static enum rn_status
add_move(struct plan *p, const struct rn_column *from, const struct rn_column *to, struct rn_error *err)
{
	struct move *last = p->moves ? &p->move[p->moves - 1] : NULL;

	if (last && last->from + last->bytes == from->offset && last->to + last->bytes == to->offset) {
		last->bytes += from->bytes;
		return RN_OK;
	}
	last = reallocarray(p->move, p->moves + 1, sizeof *p->move);
	if (!last)
		return rn_fail_memory(err, "columns");
	p->move = last;
	p->move[p->moves++] = (struct move){ from->offset, to->offset, from->bytes };
	return RN_OK;
}

static enum rn_status
add_column(struct plan *p, const struct rn_column *from, const struct changes *c, struct rn_error *err)
{
	enum rn_status status = rn_schema_add_like(p->out, from, new_name(c, from->name), err);

	return status ? status : add_move(p, from, &p->out->column[p->out->columns - 1], err);
}

/* With --columns in the order given there, else as they come. */
static enum rn_status
add_columns(const struct rn_schema *in, struct plan *p, const struct changes *c, struct rn_error *err)
{
	size_t n = c->ncolumns ? c->ncolumns : in->columns;
	enum rn_status status = RN_OK;

	for (size_t i = 0; i < n && !status; i++) {
		const struct rn_column *from =
			c->ncolumns ? rn_schema_find(in, c->columns[i]) : &in->column[i];

		if (is_kept(c, from->name))
			status = add_column(p, from, c, err);
	}
	return status;
}

/* Labels, history and the keys no one here knows; those of columns that do not go out stay behind too. */
static enum rn_status
add_header(const struct rn_schema *in, struct plan *p, const struct changes *c, struct rn_error *err)
{
	enum rn_status status = RN_OK;

	for (size_t i = 0; i < in->labels && !status; i++)
		if (is_kept(c, in->label[i]))
			status = rn_schema_add_label(p->out, new_name(c, in->label[i]), err);
	for (size_t i = 0; i < in->histories && !status; i++)
		status = rn_schema_add_history(p->out, in->history[i], err);
	for (size_t i = 0; i < in->extras && !status; i++) {
		const struct rn_column *described = NULL;
		struct rn_text key = { 0 };
		bool ok;

		for (size_t k = 0; k < in->columns && !described; k++)
			if (words_is_key(in->extra[i].key, in->column[k].name))
				described = &in->column[k];
		if (described && !is_kept(c, described->name))
			continue;
		ok = described ? rn_text_printf(&key, "code.%s", new_name(c, described->name))
			       : rn_text_printf(&key, "%s", in->extra[i].key);
		status = ok ? rn_schema_set_key(p->out, key.data, in->extra[i].value, err)
			    : rn_fail_memory(err, "header");
		rn_text_clear(&key);
	}
	return status;
}

/* A number, or a word alone; not what is nearly a number. */
static enum rn_status
parse_constant(const char *put, const char *value, bool *is_number, double *number, struct rn_error *err)
{
	char *end;

	if (!strcmp(value, "Tc"))
		*number = RN_TC;
	else if (isnan(strtod(value, &end)) && !*end)
		return rn_fail(err, RN_EUSAGE, "--put '%.100s': nan labels nothing", put);
	else if (!rn_parse_f64(value, number)) {
		if (!*end)
			return rn_fail(err, RN_EUSAGE,
				"--put '%.100s': not a number that a double holds, in decimal, as 1.5 or inf",
				put);
		if (strchr(value, ','))
			return rn_fail(err, RN_EUSAGE,
				"--put '%.100s': a comma in a value; numbers have a point, and lists of "
				"words belong to --words",
				put);
		return RN_OK;
	}
	*is_number = true;
	return RN_OK;
}

/* A number makes an f64 column, a word a u32 column of its code. */
static enum rn_status
add_constant(struct plan *p, const struct changes *c, const char *put, struct rn_error *err)
{
	const char *value = strchr(put, '=') + 1;
	char *name = strndup(put, (size_t)(value - put) - 1);
	const char *list = name ? value_for(c->words, c->nwords, name) : NULL;
	bool is_number = false;
	double number = 0;
	uint32_t code = 0;
	enum rn_status status = RN_OK;

	if (!name)
		return rn_fail_memory(err, "names");
	if (!list)
		status = parse_constant(put, value, &is_number, &number, err);
	if (!status)
		status = rn_schema_add_column(p->out, name, is_number ? RN_F64 : RN_U32, 0, NULL, err);
	if (!status)
		status = rn_schema_add_label(p->out, name, err);
	if (!status && !is_number)
		status = words_declare(p->out, name, list ? list : value, err);
	if (!status && !is_number && !words_find(p->out, name, value, &code))
		status = rn_fail(err, RN_EUSAGE, "--put '%.100s': the word is not among --words '%.200s'",
			put, list);
	if (!status) {
		const struct rn_column *column = &p->out->column[p->out->columns - 1];
		uint8_t *grown = realloc(p->constants, p->constants_bytes + column->bytes);
		struct rn_column here = *column;

		if (!grown) {
			free(name);
			return rn_fail_memory(err, "labels");
		}
		p->constants = grown;
		here.offset = p->constants_bytes;
		if (is_number)
			rn_put_f64(&here, grown, 0, number);
		else
			rn_put_u64(&here, grown, 0, code);
		p->constants_bytes += column->bytes;
	}
	free(name);
	return status;
}

static enum rn_status
make(const struct rn_schema *in, const struct changes *c, struct plan *p, struct rn_error *err)
{
	enum rn_status status = check_names(in, c, err);

	if (!status)
		status = add_columns(in, p, c, err);
	if (!status && p->out->columns == 0)
		status = rn_fail(err, RN_EUSAGE, "no column is left; --columns and --drop must leave one");
	if (!status)
		status = add_header(in, p, c, err);
	p->constants_at = p->out->record_bytes;
	for (size_t i = 0; i < c->nput && !status; i++)
		status = add_constant(p, c, c->put[i], err);
	return status;
}

enum rn_status
plan_make(const struct rn_schema *in, const struct changes *c, struct plan *p, struct rn_error *err)
{
	enum rn_status status;

	*p = (struct plan){ .out = rn_schema_create(in->kind) };
	if (!p->out)
		return rn_fail_memory(err, "header");
	status = make(in, c, p, err);
	p->same = !status && p->moves == 1 && p->move[0].from == 0 && p->move[0].bytes == in->record_bytes &&
		p->constants_bytes == 0;
	if (status)
		plan_clear(p);
	return status;
}

void
plan_apply(const struct plan *p, const void *in, void *out)
{
	for (size_t i = 0; i < p->moves; i++)
		memcpy((uint8_t *)out + p->move[i].to, (const uint8_t *)in + p->move[i].from,
			p->move[i].bytes);
	if (p->constants_bytes)
		memcpy((uint8_t *)out + p->constants_at, p->constants, p->constants_bytes);
}

void
plan_clear(struct plan *p)
{
	rn_schema_destroy(p->out);
	free(p->move);
	free(p->constants);
	*p = (struct plan){ 0 };
}
