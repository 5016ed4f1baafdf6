#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

void
table_begin(struct table *t, const struct run *r, const struct column columns[], uint64_t rows)
{
	struct rn_text line;
	struct rn_error err;

	*t = (struct table){ .run = r, .schema = rn_schema_create("table") };
	if (!t->schema)
		rn_die(RN_ENOMEM, "out of memory (table)");
	for (; columns->name; columns++) {
		bool label = strcmp(columns->name, "T") == 0 || strcmp(columns->name, "h") == 0;

		rn_or_die(rn_schema_add_column(t->schema, columns->name, columns->type, 0, NULL, &err), &err);
		if (label && r->mode == VALUES)
			rn_or_die(rn_schema_add_label(t->schema, columns->name, &err), &err);
	}
	rn_history_begin(&line, r->common);
	if (!rn_text_printf(&line, "%s", r->history))
		rn_die(RN_ENOMEM, "out of memory (history)");
	rn_history_end(&line, r->common, t->schema);
	t->record = rn_alloc_or_die(1, t->schema->record_bytes);
	t->out = rn_open_output(r->common);
	rn_or_die(rn_writer_segment(t->out, t->schema, &err), &err);
	rn_progress_begin(&t->progress, r->common, "rows", rows);
}

static void
next_cell(struct table *t)
{
	struct rn_error err;

	if (++t->next < t->schema->columns)
		return;
	rn_or_die(rn_writer_put(t->out, t->record, 1, &err), &err);
	rn_progress_add(&t->progress, 1);
	t->next = 0;
}

void
table_f64(struct table *t, double x)
{
	rn_put_f64(&t->schema->column[t->next], t->record, 0, x + 0.0); /* -0 is 0 */
	next_cell(t);
}

void
table_u64(struct table *t, uint64_t x)
{
	rn_put_u64(&t->schema->column[t->next], t->record, 0, x);
	next_cell(t);
}

void
table_size(struct table *t, const struct size *s)
{
	table_f64(t, !s->infinite ? (double)s->l.rows : t->run->d == 1 ? 1 : INFINITY);
	table_f64(t, s->infinite ? INFINITY : (double)s->l.cols);
}

void
table_end(struct table *t)
{
	struct rn_error err;

	rn_progress_end(&t->progress);
	rn_or_die(rn_writer_close(t->out, &err), &err);
	rn_schema_destroy(t->schema);
	free(t->record);
}
