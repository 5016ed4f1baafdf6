#include "records.h"

#include <stdlib.h>
#include <string.h>

static bool
is_kept(const struct rn_schema *in, const char *name)
{
	return rn_schema_is_label(in, name) || !strcmp(name, "replica") || !strcmp(name, "sweep") ||
		!strcmp(name, "id");
}

enum rn_status
records_begin(struct records *r, const struct rn_schema *in, size_t classes, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	*r = (struct records){ .in = in, .out = rn_schema_create("table") };
	r->from = calloc(in->columns, sizeof *r->from);
	if (!r->out || !r->from)
		return rn_fail_memory(err, "table");
	for (size_t i = 0; i < in->columns && st == RN_OK; i++) {
		const struct rn_column *c = &in->column[i];

		if (!is_kept(in, c->name))
			continue;
		r->from[r->out->columns] = c;
		st = rn_schema_add_like(r->out, c, NULL, err);
		if (st == RN_OK && rn_schema_is_label(in, c->name))
			st = rn_schema_add_label(r->out, c->name, err);
	}
	if (st == RN_OK && rn_schema_find(r->out, "p"))
		return rn_fail(err, RN_EDATA,
			"label p has the name of a result: rename it with rns-sel --rename p=my_p");
	return st == RN_OK ? rn_schema_add_column(r->out, "p", RN_F32, 1, &classes, err) : st;
}

void
records_end(struct records *r)
{
	rn_schema_destroy(r->out);
	free(r->from);
}

void
records_row(const struct records *r, const uint8_t *record, const float p[], uint8_t *row)
{
	const size_t last = r->out->columns - 1;

	for (size_t i = 0; i < last; i++)
		memcpy(row + r->out->column[i].offset, record + r->from[i]->offset, r->from[i]->bytes);
	memcpy(row + r->out->column[last].offset, p, r->out->column[last].bytes);
}
