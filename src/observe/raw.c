#include "raw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "projection.h"
#include "renorm/field.h"
#include "result.h"
#include "structure.h"

struct raw {
	const struct rn_schema *in;
	struct rn_schema *out;
	const struct levels *levels;
	struct structure *structure;	     /* one a level, of spins */
	struct projection *projection;	     /* the same, of fields */
	const struct rn_column *coupling[3]; /* kappa, lambda, mu2; NULL: no action is known */
	size_t kept;			     /* columns taken over, the first of `out` */
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
	static const char *const of_spins[] = { "e", "m", "S", NULL };
	static const char *const of_field[] = { "action", "m", "phi2", "phi4", "nn", "S", NULL };
	const char *const *measured = r->levels->fields ? of_field : of_spins;
	enum rn_status st = keep_columns(r, err);

	if (st == RN_OK && r->levels->several)
		st = result_add_column(r->out, "level", RN_U32, err);
	for (; *measured && st == RN_OK; measured++)
		st = result_add_column(r->out, *measured, RN_F64, err);
	if (st == RN_OK && !(r->row = calloc(1, r->out->record_bytes)))
		st = rn_fail_memory(err, "time series");
	return st;
}

static void
find_coupling(struct raw *r)
{
	static const char *const names[] = { "kappa", "lambda", "mu2" };

	for (size_t i = 0; i < 3; i++) {
		r->coupling[i] = rn_schema_find(r->in, names[i]);
		if (r->coupling[i] && (r->coupling[i]->ndim > 0 || !rn_schema_is_label(r->in, names[i])))
			r->coupling[i] = NULL;
	}
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
		.projection = calloc(levels->n, sizeof *r->projection),
		.from = calloc(schema->columns, sizeof *r->from),
	};
	bool ready = r->out && r->structure && r->projection && r->from;

	find_coupling(r);
	for (size_t i = 0; ready && i < levels->n; i++) {
		structure_init(&r->structure[i], &levels->level[i].l);
		projection_init(&r->projection[i], &levels->level[i].l, levels->level[i].type);
	}
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
	for (size_t i = 0; r->projection && i < r->levels->n; i++)
		projection_clear(&r->projection[i]);
	free(r->structure);
	free(r->projection);
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

static enum rn_status
put_spins(struct raw *r, size_t i, const uint8_t *spins, const struct rn_column *c, struct rn_error *err)
{
	const struct rn_lattice *l = &r->levels->level[i].l;
	struct structure *structure = &r->structure[i];

	if (!structure_prepare(structure))
		return rn_fail_memory(err, "structure factor");
	const struct rn_ising_sums s = rn_ising_measure(l, spins);

	rn_put_f64(c++, r->row, 0, rn_ising_e(l, s));
	rn_put_f64(c++, r->row, 0, rn_ising_m(l, s));
	rn_put_f64(c, r->row, 0, structure_has(structure) ? structure_factor(structure, spins) : NAN);
	return RN_OK;
}

static double
coupling(const struct rn_column *c, const uint8_t *record)
{
	return c ? rn_get_f64(c, record, 0) : NAN;
}

static enum rn_status
put_field(struct raw *r, size_t i, const uint8_t *record, const struct rn_column *c, struct rn_error *err)
{
	const struct level *level = &r->levels->level[i];
	const uint8_t *phi = record + level->offset;
	struct projection *projection = &r->projection[i];

	if (!projection_prepare(projection))
		return rn_fail_memory(err, "structure factor");
	const struct rn_field_means means = rn_field_measure(&level->l, level->type, phi);
	const struct rn_phi4 k = { coupling(r->coupling[0], record), coupling(r->coupling[1], record),
		coupling(r->coupling[2], record) };

	if (!isfinite(means.m))
		return rn_fail(err, RN_EDATA,
			"the field is not finite (nan or inf); drop such records, or look where they come "
			"from");
	rn_put_f64(c++, r->row, 0, rn_field_action(&k, &level->l, &means));
	rn_put_f64(c++, r->row, 0, means.m);
	rn_put_f64(c++, r->row, 0, means.phi2);
	rn_put_f64(c++, r->row, 0, means.phi4);
	rn_put_f64(c++, r->row, 0, means.nn);
	rn_put_f64(c, r->row, 0, projection->L > 1 ? projection_smallest(projection, phi) : NAN);
	return RN_OK;
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
		const struct rn_column *c = out + r->kept;

		if (r->levels->several)
			rn_put_u64(c++, r->row, 0, level->number);
		st = r->levels->fields ? put_field(r, i, record, c, err)
				       : put_spins(r, i, record + level->offset, c, err);
		if (st == RN_OK)
			st = rn_writer_put(w, r->row, 1, err);
	}
	return st;
}
