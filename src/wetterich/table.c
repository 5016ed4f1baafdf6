#include "table.h"

#include <math.h>
#include <string.h>

static void
add_column(struct table *t, const struct rn_column *like, const char *name, enum rn_type type)
{
	struct rn_error err;

	if (rn_schema_find(t->schema, name))
		rn_die(RN_EDATA,
			"label %s has the name of a result: rename it with rns-sel --rename %s=my_%s", name,
			name, name);
	rn_or_die(like ? rn_schema_add_like(t->schema, like, name, &err)
		       : rn_schema_add_column(t->schema, name, type, 0, NULL, &err),
		&err);
}

/* A column of the records, as a label of the rows. */
static void
carry(struct table *t, const struct rn_column *c)
{
	struct rn_error err;

	t->carried[t->head++] = c;
	add_column(t, c, c->name, c->type);
	rn_or_die(rn_schema_add_label(t->schema, c->name, &err), &err);
}

/* With d a row says all that a start needs. */
static void
add_labels(struct table *t, const struct couplings *couplings, const struct rn_schema *records)
{
	struct rn_error err;

	for (size_t i = 0; i < records->labels; i++) {
		const struct rn_column *c = rn_schema_find(records, records->label[i]);

		if (c)
			carry(t, c);
	}
	if (couplings->d && !rn_schema_find(t->schema, "d"))
		carry(t, couplings->d);
	if (rn_schema_find(t->schema, "id"))
		return;
	t->id = rn_schema_find(records, "id");
	if (t->id && t->id->count != 1)
		t->id = NULL;
	t->carried[t->head++] = t->id;
	add_column(t, t->id, "id", RN_U64);
	rn_or_die(rn_schema_add_label(t->schema, "id", &err), &err);
}

static void
add_history(struct table *t, const struct rn_schema *records)
{
	struct rn_text line;
	struct rn_error err;

	if (records)
		rn_or_die(rn_schema_merge_history(t->schema, records, &err), &err);
	rn_history_begin(&line, t->run->common);
	if (!rn_text_printf(&line, "%s", t->run->history))
		rn_die(RN_ENOMEM, "out of memory (history)");
	rn_history_end(&line, t->run->common, t->schema);
}

static const char *
value_name(const struct run *r, size_t i, char name[16])
{
	static const char *const of_potential[] = { "phi", "u", "du", "d2u" };

	return r->about == NO_EXPANSION ? of_potential[i] : coupling_name(r->about, i, name);
}

/* What a value in units of k is to be multiplied with. */
static double
value_unit(const struct run *r, double d, double k, size_t i)
{
	const double power[] = { d / 2 - 1, d, d / 2 + 1, 2 };

	return r->about == NO_EXPANSION ? pow(k, power[i]) : coupling_unit(r->about, d, k, i);
}

void
table_begin(struct table *t, const struct couplings *c, const struct rn_schema *records)
{
	struct rn_writer *out = t->out;
	struct rn_error err;
	char name[16];

	*t = (struct table){ .run = c->run, .out = out, .schema = rn_schema_create("table") };
	if (!t->schema)
		rn_die(RN_ENOMEM, "out of memory (table)");
	t->values = c->run->about == NO_EXPANSION ? 4 : c->M;
	if (records)
		add_labels(t, c, records);
	add_column(t, NULL, "k", RN_F64);
	add_column(t, NULL, "t", RN_F64);
	for (size_t i = 0; i < t->values; i++)
		add_column(t, NULL, value_name(c->run, i, name), RN_F64);
	add_column(t, NULL, "event", RN_I32);
	add_history(t, records);
	if (!t->out)
		t->out = rn_open_output(c->run->common);
	rn_or_die(rn_writer_segment(t->out, t->schema, &err), &err);
}

size_t
table_head_bytes(const struct table *t)
{
	return t->schema->column[t->head].offset;
}

void
table_head(const struct table *t, const void *record, uint64_t number, uint8_t *head)
{
	for (size_t i = 0; i < t->head; i++) {
		const struct rn_column *to = &t->schema->column[i], *from = t->carried[i];

		if (from)
			memcpy(head + to->offset, (const uint8_t *)record + from->offset, to->bytes);
		else
			rn_put_u64(to, head, 0, number);
	}
}

void
table_row(struct table *t, const uint8_t *head, const struct start *s, double k, double time,
	const double x[], int event)
{
	const struct run *r = t->run;
	const struct rn_column *c = &t->schema->column[t->head];
	const bool as_read =
		time == 0 && event == REQUESTED && r->full_in == r->full_out && r->about != NO_EXPANSION;
	size_t room = 1;
	struct rn_error err;
	uint8_t *record = rn_writer_reserve(t->out, &room, &err);

	if (!record)
		rn_die(err.status, "%s", err.text);
	if (t->head)
		memcpy(record, head, table_head_bytes(t));
	rn_put_f64(c++, record, 0, k);
	rn_put_f64(c++, record, 0, time + 0.0);
	for (size_t i = 0; i < t->values; i++) {
		const double unit = r->full_out ? value_unit(r, s->d, k, i) : 1;

		rn_put_f64(c++, record, 0, (as_read ? s->as_read[i] : x[i] * unit) + 0.0); /* -0 is 0 */
	}
	rn_put_f64(c, record, 0, event);
	rn_or_die(rn_writer_commit(t->out, 1, &err), &err);
}

void
table_end(struct table *t)
{
	rn_schema_destroy(t->schema);
	t->schema = NULL;
}
