#include "between.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/reader.h" /* RN_SLACK */
#include "renorm/text.h"

static enum rn_status
find_class(struct between *b, struct rn_error *err)
{
	enum rn_status st = rn_schema_require_column(b->in, b->o->column, &b->class, err);

	if (st == RN_OK && (b->class->ndim || b->class->type == RN_BIT))
		return rn_fail(err, RN_EDATA, "column %s is no single number, and so tells no classes apart",
			b->o->column);
	if (st == RN_OK && !strcmp(b->o->column, "id"))
		return rn_fail(err, RN_EDATA,
			"--between id: mixtures have an id of their own; rename the column with rns-sel "
			"--rename id=number");
	return st;
}

/* A label of the first partner keeps its name, that of the second is NAME.2. */
static enum rn_status
add_label(struct between *b, const struct rn_column *like, const char *suffix, struct rn_error *err)
{
	char name[320];
	enum rn_status st;

	snprintf(name, sizeof name, "%s%s", like->name, suffix);
	if (rn_schema_find(b->out, name) || !strcmp(name, "id") || !strcmp(name, "alpha"))
		return rn_fail(err, RN_EDATA,
			"a label has the name '%s' of a column made here; rename it with rns-sel --rename "
			"%s=...",
			name, name);
	st = rn_schema_add_label(b->out, name, err);
	return st == RN_OK ? rn_schema_add_like(b->out, like, name, err) : st;
}

static enum rn_status
add_labels(struct between *b, const char *suffix, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	for (size_t i = 0; i < b->in->labels && st == RN_OK; i++)
		st = add_label(b, rn_schema_find(b->in, b->in->label[i]), suffix, err);
	if (st == RN_OK && !rn_schema_is_label(b->in, b->class->name))
		st = add_label(b, b->class, suffix, err);
	return st;
}

static enum rn_status
make_out(struct between *b, struct rn_error *err)
{
	enum rn_status st;

	b->out = rn_schema_create("samples");
	if (!b->out)
		return rn_fail_memory(err, "header");
	for (size_t i = 0; i < b->in->extras; i++)
		if ((st = rn_schema_set_key(b->out, b->in->extra[i].key, b->in->extra[i].value, err)) !=
			RN_OK)
			return st;
	if ((st = add_labels(b, "", err)) != RN_OK || (st = add_labels(b, ".2", err)) != RN_OK ||
		(st = rn_schema_add_label(b->out, "alpha", err)) != RN_OK ||
		(st = rn_schema_add_column(b->out, "alpha", RN_F64, 0, NULL, err)) != RN_OK ||
		(st = rn_schema_add_column(b->out, "id", RN_U64, 0, NULL, err)) != RN_OK)
		return st;
	return pixels_add_column(&b->pixels, b->out, err);
}

enum rn_status
between_begin(struct between *b, const struct rn_schema *in, const struct between_options *o,
	struct rn_error *err)
{
	enum rn_status st;

	*b = (struct between){ .o = o, .in = rn_schema_copy(in) };
	if (!b->in)
		return rn_fail_memory(err, "header");
	if ((st = pixels_find(&b->pixels, b->in, o->low, o->high, err)) != RN_OK ||
		(st = find_class(b, err)) != RN_OK || (st = make_out(b, err)) != RN_OK)
		return st;
	for (int i = 0; i < 2; i++)
		if (!(b->row[i] = calloc(b->pixels.column->count, sizeof(float))))
			return rn_fail_memory(err, "samples");
	return RN_OK;
}

void
between_end(struct between *b)
{
	rn_schema_destroy(b->in);
	rn_schema_destroy(b->out);
	for (int i = 0; i < 2; i++) {
		free(b->pile[i].records);
		free(b->row[i]);
	}
	*b = (struct between){ 0 };
}

static enum rn_status
keep(struct pile *p, const uint8_t *record, size_t bytes, struct rn_error *err)
{
	if (p->n == p->room) {
		const size_t room = p->room ? 2 * p->room : 64;
		size_t all;
		uint8_t *records = NULL;

		if (!__builtin_mul_overflow(room, bytes, &all) &&
			!__builtin_add_overflow(all, RN_SLACK, &all))
			records = realloc(p->records, all);
		if (!records)
			return rn_fail_memory(err, "samples of the two classes");
		p->records = records;
		p->room = room;
	}
	memcpy(p->records + p->n++ * bytes, record, bytes);
	return RN_OK;
}

enum rn_status
between_add(struct between *b, const uint8_t *record, struct rn_error *err)
{
	const double value = rn_get_f64(b->class, record, 0);

	for (int i = 0; i < 2; i++) {
		enum rn_status st;

		if (value != b->o->value[i])
			continue;
		st = pixels_read(&b->pixels, record, b->row[0], err);
		return st == RN_OK ? keep(&b->pile[i], record, b->in->record_bytes, err) : st;
	}
	return RN_OK;
}

enum rn_status
between_check(const struct between *b, struct rn_error *err)
{
	for (int i = 0; i < 2; i++)
		if (b->pile[i].n == 0) {
			char value[RN_NUMBER_MAX];

			rn_print_f64(value, b->o->value[i]);
			return rn_fail(err, RN_EDATA,
				"no record has %s = %s, and both classes must have some", b->o->column,
				value);
		}
	return RN_OK;
}

void
between_set_alpha(struct between *b, double alpha)
{
	const double key[3] = { b->o->value[0], b->o->value[1], alpha };
	const struct rn_column *c = b->pixels.column;

	b->alpha = alpha;
	b->key = rn_random_key(b->o->seed, "sample-mix", key, 3, c->shape, c->ndim);
}

/* The labels stand in `out` as add_labels() put them, from column `at` on. Returns the column behind them. */
static size_t
put_labels(const struct between *b, const uint8_t *record, size_t at, uint8_t *out)
{
	const struct rn_schema *in = b->in;
	const bool extra = !rn_schema_is_label(in, b->class->name);

	for (size_t i = 0; i < in->labels + extra; i++, at++) {
		const struct rn_column *from = i < in->labels ? rn_schema_find(in, in->label[i]) : b->class;

		memcpy(out + b->out->column[at].offset, record + from->offset, from->bytes);
	}
	return at;
}

enum rn_status
between_draw(struct between *b, uint64_t id, uint8_t *out, struct rn_error *err)
{
	struct rn_random random = rn_random_at(&b->key, id);
	const float keep = (float)(1 - b->alpha), a = (float)b->alpha;
	size_t at = 0;

	for (int i = 0; i < 2; i++) {
		const struct pile *p = &b->pile[i];
		const uint8_t *record = p->records + rn_random_below(&random, p->n) * b->in->record_bytes;
		enum rn_status st = pixels_read(&b->pixels, record, b->row[i], err);

		if (st != RN_OK)
			return st;
		at = put_labels(b, record, at, out);
	}
	for (size_t i = 0; i < b->pixels.column->count; i++)
		b->row[0][i] = keep * b->row[0][i] + a * b->row[1][i];
	rn_put_f64(&b->out->column[at], out, 0, b->alpha);
	rn_put_u64(&b->out->column[at + 1], out, 0, id);
	memcpy(out + b->out->column[at + 2].offset, b->row[0], b->out->column[at + 2].bytes);
	return RN_OK;
}
