/* From one record to its levels: schemas, columns carried over, the keys of the coins. */
#include "levels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/reader.h" /* RN_SLACK */

static bool
is_spins(const struct rn_schema *s)
{
	return strcmp(s->kind, "spins") == 0;
}

static bool
is_carried(const struct rn_schema *s, const char *column)
{
	return rn_schema_is_label(s, column) || strcmp(column, "replica") == 0 ||
		strcmp(column, "sweep") == 0 || strcmp(column, "id") == 0;
}

const char *
plan_dropped(const struct plan *p)
{
	for (size_t i = 0; i < p->in->columns; i++) {
		const char *name = p->in->column[i].name;

		if (!rn_schema_find(p->out, name) &&
			(!p->measured || (strcmp(name, "e") != 0 && strcmp(name, "m") != 0)))
			return name;
	}
	return NULL;
}

static enum rn_status
find_configuration(struct plan *p, struct rn_error *err)
{
	const bool spins = is_spins(p->in);
	enum rn_status st;

	if (!spins && strcmp(p->in->kind, "samples") != 0)
		return rn_fail(err, RN_EDATA,
			"these records are of kind %s; blockspin takes spins, or samples with a column x of "
			"bits",
			p->in->kind);
	p->measured = spins;
	st = rn_schema_require_column(p->in, spins ? "spins" : "x", &p->configuration, err);
	return st == RN_OK ? rn_lattice_of_column(p->configuration, &p->level[0].lattice, err) : st;
}

static const char *
shape_text(char out[64], const struct rn_lattice *l)
{
	if (l->dim == 1)
		snprintf(out, 64, "%zu", l->cols);
	else
		snprintf(out, 64, "%zux%zu", l->rows, l->cols);
	return out;
}

static enum rn_status
make_blocks(struct plan *p, struct rn_error *err)
{
	const struct block_options *o = &p->o;
	char L[64], from[64];

	for (unsigned k = 1; k <= o->levels; k++) {
		struct level *l = &p->level[k];
		const struct rn_lattice *fine = &p->level[k - 1].lattice;

		if (!block_init(&l->block, fine, o->b, o->rule, o->ties))
			return rn_fail(err, RN_EDATA,
				"L = %s is not divisible by b = %zu at level %u (there L = %s); choose "
				"another -b%s",
				shape_text(L, &p->level[0].lattice), o->b, k, shape_text(from, fine),
				k > 1 ? " or fewer --levels" : " that divides L");
		l->lattice = l->block.coarse;
	}
	return RN_OK;
}

static bool
is_unsigned(enum rn_type t)
{
	return t == RN_U8 || t == RN_U16 || t == RN_U32 || t == RN_U64;
}

static enum rn_status
find_id(struct plan *p, struct rn_error *err)
{
	if (!p->level[1].block.coins)
		return RN_OK;
	p->id = rn_schema_find(p->in, "id");
	if (!p->id)
		return rn_fail(err, RN_EDATA,
			"there is no column id, and coins for ties are keyed by it; use --ties first, or an "
			"odd -b");
	if (!is_unsigned(p->id->type) || p->id->ndim != 0)
		return rn_fail(err, RN_EDATA,
			"column id is no unsigned integer, and coins for ties are keyed by it; use --ties "
			"first, or an odd -b");
	return RN_OK;
}

/* Adds the columns of a level, named spins.k but for the first one written. */
static enum rn_status
add_level(struct plan *p, unsigned k, struct rn_error *err)
{
	struct level *l = &p->level[k];
	const size_t shape[2] = { l->lattice.dim == 1 ? l->lattice.cols : l->lattice.rows, l->lattice.cols };
	char name[3][320], suffix[16] = "";
	enum rn_status st = RN_OK;

	if (!p->o.last && k > 0)
		snprintf(suffix, sizeof suffix, ".%u", k);
	snprintf(name[0], sizeof name[0], "e%s", suffix);
	snprintf(name[1], sizeof name[1], "m%s", suffix);
	snprintf(name[2], sizeof name[2], "%s%s", p->configuration->name, suffix);
	for (int i = p->measured ? 0 : 2; i < 3; i++)
		if (rn_schema_find(p->out, name[i]))
			return rn_fail(err, RN_EDATA,
				"a label has the name '%s' of a column made here; rename it with rns-sel "
				"--rename %s=...",
				name[i], name[i]);
	for (int i = 0; st == RN_OK && p->measured && i < 2; i++)
		st = rn_schema_add_column(p->out, name[i], RN_F64, 0, NULL, err);
	if (st == RN_OK)
		st = rn_schema_add_column(p->out, name[2], RN_BIT, l->lattice.dim, shape, err);
	if (st != RN_OK)
		return st;
	l->written = true;
	if (p->measured) {
		l->e = rn_schema_find(p->out, name[0])->offset;
		l->m = rn_schema_find(p->out, name[1])->offset;
	}
	l->spins = rn_schema_find(p->out, name[2])->offset;
	return RN_OK;
}

static enum rn_status
make_out(struct plan *p, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	p->out = rn_schema_copy(p->in);
	if (!p->out)
		return rn_fail_memory(err, "header");
	for (size_t i = 0; i < p->in->columns; i++)
		if (!is_carried(p->in, p->in->column[i].name))
			rn_schema_drop_column(p->out, p->in->column[i].name);
	for (unsigned k = p->o.last ? p->o.levels : 0; st == RN_OK && k <= p->o.levels; k++)
		st = add_level(p, k, err);
	return st;
}

/* Neighbours in both records are copied together. */
static void
add_range(struct range range[], size_t *n, const struct rn_column *from, size_t to)
{
	struct range *last = range + *n - 1;

	if (*n > 0 && last->from + last->bytes == from->offset && last->to + last->bytes == to)
		last->bytes += from->bytes;
	else
		range[(*n)++] = (struct range){ from->offset, to, from->bytes };
}

static enum rn_status
plan_copies(struct plan *p, struct rn_error *err)
{
	const struct rn_schema *in = p->in;
	size_t label_bytes = 0;

	p->carried = calloc(in->columns, sizeof *p->carried);
	p->label = calloc(in->labels + 1, sizeof(struct rn_column *));
	if (!p->carried || !p->label)
		return rn_fail_memory(err, "columns");
	for (size_t i = 0; i < in->labels; i++) {
		p->label[i] = rn_schema_find(in, in->label[i]);
		label_bytes += p->label[i]->bytes;
		p->nvalues += p->label[i]->count;
	}
	p->labels = calloc(label_bytes + 1, 1);
	p->values = calloc(p->nvalues + 1, sizeof *p->values);
	if (!p->labels || !p->values)
		return rn_fail_memory(err, "labels");
	for (size_t i = 0; i < in->columns; i++)
		if (is_carried(in, in->column[i].name))
			add_range(p->carried, &p->ncarried, &in->column[i],
				rn_schema_find(p->out, in->column[i].name)->offset);
	return RN_OK;
}

static enum rn_status
make_buffers(struct plan *p, struct rn_error *err)
{
	const struct rn_lattice *coarse = &p->level[1].lattice;

	for (int i = 0; i < 2; i++)
		p->scratch[i] = calloc(coarse->bytes + RN_SLACK, 1);
	p->coins = calloc(coarse->sites / 64 + 3, sizeof *p->coins);
	return p->scratch[0] && p->scratch[1] && p->coins ? RN_OK : rn_fail_memory(err, "configurations");
}

enum rn_status
plan_make(struct plan *p, const struct rn_schema *in, struct rn_error *err)
{
	enum rn_status st;

	p->in = rn_schema_copy(in);
	if (!p->in)
		return rn_fail_memory(err, "header");
	if ((st = find_configuration(p, err)) != RN_OK || (st = make_blocks(p, err)) != RN_OK ||
		(st = find_id(p, err)) != RN_OK || (st = make_out(p, err)) != RN_OK ||
		(st = plan_copies(p, err)) != RN_OK)
		return st;
	return make_buffers(p, err);
}

void
plan_clear(struct plan *p)
{
	rn_schema_destroy(p->in);
	rn_schema_destroy(p->out);
	free(p->carried);
	free(p->label);
	free(p->labels);
	free(p->values);
	free(p->scratch[0]);
	free(p->scratch[1]);
	free(p->coins);
	*p = (struct plan){ .o = p->o };
}

static bool
labels_are_new(struct plan *p, const uint8_t *in)
{
	bool new = !p->keyed;
	uint8_t *before = p->labels;

	for (size_t i = 0; i < p->in->labels; i++) {
		const struct rn_column *c = p->label[i];

		if (memcmp(before, in + c->offset, c->bytes) != 0) {
			memcpy(before, in + c->offset, c->bytes);
			new = true;
		}
		before += c->bytes;
	}
	return new;
}

/* The lattice and b stand in the key: the ties of different levels, or of different b, have nothing in common. */
static void
make_keys(struct plan *p, const uint8_t *in)
{
	size_t n = 0;

	for (size_t i = 0; i < p->in->labels; i++) {
		const struct rn_column *c = p->label[i];

		for (size_t j = 0; j < c->count; j++)
			p->values[n++] = rn_get_f64(c, in, j);
	}
	for (unsigned k = 1; k <= p->o.levels; k++) {
		const struct rn_lattice *l = &p->level[k].block.fine;
		const size_t ring[2] = { l->cols, p->o.b }, torus[3] = { l->rows, l->cols, p->o.b };

		p->level[k].key = rn_random_key(p->o.seed, "blockspin", p->values, p->nvalues,
			l->dim == 1 ? ring : torus, l->dim + 1);
	}
	p->keyed = true;
}

static void
write_level(const struct plan *p, const struct level *l, uint8_t *out)
{
	struct rn_ising_sums sums;
	double e, m;

	if (!p->measured)
		return;
	sums = rn_ising_measure(&l->lattice, out + l->spins);
	e = rn_ising_e(&l->lattice, sums);
	m = rn_ising_m(&l->lattice, sums);
	memcpy(out + l->e, &e, sizeof e);
	memcpy(out + l->m, &m, sizeof m);
}

void
plan_apply(struct plan *p, const uint8_t *in, uint8_t *out)
{
	const uint64_t id = p->id ? rn_get_u64(p->id, in, 0) : 0;
	const uint8_t *fine = in + p->configuration->offset;

	if (p->id && labels_are_new(p, in))
		make_keys(p, in);
	for (size_t i = 0; i < p->ncarried; i++)
		memcpy(out + p->carried[i].to, in + p->carried[i].from, p->carried[i].bytes);
	if (p->level[0].written) {
		memcpy(out + p->level[0].spins, fine, p->configuration->bytes);
		write_level(p, &p->level[0], out);
	}
	for (unsigned k = 1; k <= p->o.levels; k++) {
		const struct level *l = &p->level[k];
		uint8_t *coarse = l->written ? out + l->spins : p->scratch[k % 2];

		if (p->id)
			rn_random_fill(&l->key, id, 0, p->coins, (l->lattice.sites + 127) / 128);
		block_apply(&l->block, fine, (const uint8_t *)p->coins, coarse);
		if (l->written)
			write_level(p, l, out);
		fine = coarse;
	}
}
