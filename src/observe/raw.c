#include "raw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"
#include "structure.h"

struct raw {
	const struct rn_schema *in;
	struct rn_schema *out;
	const struct levels *levels;
	struct structure *structure; /* one a level */
	size_t kept;		     /* columns taken over, the first of `out` */
	const struct rn_column **from;
	uint8_t *row;
};

/* Labels and what says which configuration it is, in the order of the input. */
static bool
is_kept(const struct rn_schema *in, const char *name)
{
	return rn_schema_is_label(in, name) || !strcmp(name, "replica") || !strcmp(name, "sweep") ||
		!strcmp(name, "id");
}

static enum rn_status
keep_columns(struct raw *r, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	for (size_t i = 0; i < r->in->columns && st == RN_OK; i++) {
		const struct rn_column *c = &r->in->column[i];

		if (!is_kept(r->in, c->name))
			continue;
		st = rn_schema_add_like(r->out, c, NULL, err);
		if (st == RN_OK && rn_schema_is_label(r->in, c->name))
			st = rn_schema_add_label(r->out, c->name, err);
		r->from[r->kept++] = c;
	}
	return st;
}

static enum rn_status
add_columns(struct raw *r, struct rn_error *err)
{
	static const char *const measured[] = { "e", "m", "S" };
	enum rn_status st = keep_columns(r, err);

	if (st == RN_OK && r->levels->several)
		st = result_add_column(r->out, "level", RN_U32, err);
	for (size_t i = 0; i < 3 && st == RN_OK; i++)
		st = result_add_column(r->out, measured[i], RN_F64, err);
	if (st == RN_OK && !(r->row = calloc(1, r->out->record_bytes)))
		st = rn_fail_memory(err, "time series");
	return st;
}

struct raw *
raw_create(const struct rn_schema *schema, const struct levels *levels, struct rn_error *err)
{
	struct raw *r = calloc(1, sizeof *r);

	if (!r) {
		rn_fail_memory(err, "time series");
		return NULL;
	}
	*r = (struct raw){
		.in = schema,
		.out = rn_schema_create("table"),
		.levels = levels,
		.structure = calloc(levels->n, sizeof *r->structure),
		.from = calloc(schema->columns, sizeof *r->from),
	};
	bool ready = r->out && r->structure && r->from;

	for (size_t i = 0; ready && i < levels->n; i++)
		structure_init(&r->structure[i], &levels->level[i].l);
	if (!ready)
		rn_fail_memory(err, "time series");
	if (!ready || add_columns(r, err) != RN_OK) {
		raw_destroy(r);
		return NULL;
	}
	return r;
}

void
raw_destroy(struct raw *r)
{
	if (!r)
		return;
	for (size_t i = 0; r->structure && i < r->levels->n; i++)
		structure_clear(&r->structure[i]);
	free(r->structure);
	rn_schema_destroy(r->out);
	free(r->from);
	free(r->row);
	free(r);
}

struct rn_schema *
raw_schema(const struct raw *r)
{
	return r->out;
}

enum rn_status
raw_add(struct raw *r, const uint8_t *record, struct rn_writer *w, struct rn_error *err)
{
	const struct rn_column *out = r->out->column;
	enum rn_status st = RN_OK;

	for (size_t i = 0; i < r->kept; i++)
		memcpy(r->row + out[i].offset, record + r->from[i]->offset, out[i].bytes);
	for (size_t i = 0; i < r->levels->n && st == RN_OK; i++) {
		const struct level *level = &r->levels->level[i];
		const uint8_t *spins = record + level->offset;

		if (!structure_prepare(&r->structure[i]))
			return rn_fail_memory(err, "structure factor");
		const struct rn_ising_sums s = rn_ising_measure(&level->l, spins);
		const struct rn_column *c = out + r->kept;

		if (r->levels->several)
			rn_put_u64(c++, r->row, 0, level->number);
		rn_put_f64(c++, r->row, 0, rn_ising_e(&level->l, s));
		rn_put_f64(c++, r->row, 0, rn_ising_m(&level->l, s));
		rn_put_f64(c, r->row, 0,
			structure_has(&r->structure[i]) ? structure_factor(&r->structure[i], spins) : NAN);
		st = rn_writer_put(w, r->row, 1, err);
	}
	return st;
}
