/* From one record to its levels: schemas, columns carried over, the keys of the coins. */
#include "levels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/field.h"
#include "renorm/reader.h" /* RN_SLACK */

const char *const rules_of_spins[] = { "majority", "decimate", NULL };
const char *const rules_of_fields[] = { "majority-mean", "soft", "mean", "sum", "decimate", NULL };

static const char *const of_spins[] = { "e", "m" };
static const char *const of_field[] = { "action", "m", "phi2", "phi4", "nn" };

static bool
is_kind(const struct rn_schema *s, const char *kind)
{
	return strcmp(s->kind, kind) == 0;
}

/* The columns of a level are measured anew, whatever they were. */
static bool
is_measure(const struct rn_schema *s, const char *column)
{
	const bool spins = is_kind(s, "spins");
	const char *const *measure = spins ? of_spins : of_field;

	for (size_t i = 0; i < (spins ? sizeof of_spins : sizeof of_field) / sizeof *measure; i++)
		if (strcmp(column, measure[i]) == 0)
			return spins || is_kind(s, "field");
	return false;
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

		if (!rn_schema_find(p->out, name) && !is_measure(p->in, name))
			return name;
	}
	return NULL;
}

static bool
is_real(enum rn_type t)
{
	return t == RN_F32 || t == RN_F64;
}

/* The action is written where the labels say what its couplings are. */
static void
find_measures(struct plan *p)
{
	static const char *const names[] = { "kappa", "lambda", "mu2" };
	bool coupled = true;

	if (is_kind(p->in, "spins")) {
		p->measure = of_spins;
		p->measures = sizeof of_spins / sizeof *of_spins;
	}
	if (!is_kind(p->in, "field"))
		return;
	for (size_t i = 0; i < 3; i++) {
		p->coupling[i] = rn_schema_find(p->in, names[i]);
		coupled &= p->coupling[i] && p->coupling[i]->ndim == 0 && rn_schema_is_label(p->in, names[i]);
	}
	if (!coupled)
		p->coupling[0] = NULL;
	p->measure = of_field + !coupled;
	p->measures = sizeof of_field / sizeof *of_field - !coupled;
}

static enum rn_status
find_configuration(struct plan *p, struct rn_error *err)
{
	const bool spins = is_kind(p->in, "spins"), field = is_kind(p->in, "field");
	const char *name = spins ? "spins" : field ? "phi" : "x";
	enum rn_status st;

	if (!spins && !field && !is_kind(p->in, "samples"))
		return rn_fail(err, RN_EDATA,
			"these records are of kind %s; blockspin takes spins, field, or samples with a "
			"column x "
			"of bits, f32 or f64",
			p->in->kind);
	st = rn_schema_require_column(p->in, name, &p->configuration, err);
	if (st != RN_OK)
		return st;
	p->real = field || (!spins && is_real(p->configuration->type));
	find_measures(p);
	return (p->real ? rn_field_of_column : rn_lattice_of_column)(p->configuration, &p->level[0].lattice,
		err);
}

static bool
find_word(const char *const words[], const char *word, unsigned *index)
{
	for (*index = 0; words[*index]; ++*index)
		if (strcmp(words[*index], word) == 0)
			return true;
	return false;
}

/* The options are for spins or for fields; which there are is known only now. */
static enum rn_status
find_rule(struct plan *p, struct rn_error *err)
{
	const struct block_options *o = &p->o;

	p->rule = 0;
	if (o->rule && !find_word(p->real ? rules_of_fields : rules_of_spins, o->rule, &p->rule))
		return rn_fail(err, RN_EUSAGE, "--rule %s is for %s; column %s, of %s, takes %s", o->rule,
			p->real ? "spins" : "fields", p->configuration->name,
			rn_type_name(p->configuration->type),
			p->real ? "majority-mean, soft, mean, sum or decimate" : "majority or decimate");
	if (p->real && o->ties_given)
		return rn_fail(err, RN_EUSAGE,
			"--ties is for spins; a block of a field whose sum is 0 takes the sign of its top "
			"left "
			"site");
	if (!p->real && o->scale_given)
		return rn_fail(err, RN_EUSAGE, "--scale is for fields; spins stay +1 and -1");
	return RN_OK;
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

/* The step from level k - 1. */
static bool
make_block(const struct plan *p, const struct rn_lattice *fine, struct level *l)
{
	const struct block_options *o = &p->o;

	if (!p->real) {
		if (!block_init(&l->block, fine, o->b, (enum block_rule)p->rule, o->ties))
			return false;
		l->lattice = l->block.coarse;
		return true;
	}
	l->field = (struct field_block){
		.type = p->configuration->type,
		.rule = (enum field_rule)p->rule,
		.minority = o->minority,
		.scale = o->scale,
	};
	if (!field_block_init(&l->field, fine, o->b))
		return false;
	l->lattice = l->field.coarse;
	return true;
}

static enum rn_status
make_blocks(struct plan *p, struct rn_error *err)
{
	const struct block_options *o = &p->o;
	char L[64], from[64];

	for (unsigned k = 1; k <= o->levels; k++) {
		const struct rn_lattice *fine = &p->level[k - 1].lattice;

		if (!make_block(p, fine, &p->level[k]))
			return rn_fail(err, RN_EDATA,
				"L = %s is not divisible by b = %zu at level %u (there L = %s); choose "
				"another -b%s",
				shape_text(L, &p->level[0].lattice), o->b, k, shape_text(from, fine),
				k > 1 ? " or fewer --levels" : " that divides L");
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

static enum rn_status
add_column(struct plan *p, const char *name, enum rn_type type, const struct rn_lattice *l, size_t *place,
	struct rn_error *err)
{
	const size_t shape[2] = { l && l->dim == 2 ? l->rows : l ? l->cols : 0, l ? l->cols : 0 };
	enum rn_status st;

	if (rn_schema_find(p->out, name))
		return rn_fail(err, RN_EDATA,
			"a label has the name '%s' of a column made here; rename it with rns-sel --rename "
			"%s=...",
			name, name);
	st = rn_schema_add_column(p->out, name, type, l ? l->dim : 0, shape, err);
	if (st == RN_OK)
		*place = rn_schema_find(p->out, name)->offset;
	return st;
}

/* Adds the columns of a level, named spins.k but for the first one written. */
static enum rn_status
add_level(struct plan *p, unsigned k, struct rn_error *err)
{
	struct level *l = &p->level[k];
	char name[320], suffix[16] = "";
	enum rn_status st = RN_OK;

	if (!p->o.last && k > 0)
		snprintf(suffix, sizeof suffix, ".%u", k);
	for (size_t i = 0; st == RN_OK && i < p->measures; i++) {
		snprintf(name, sizeof name, "%s%s", p->measure[i], suffix);
		st = add_column(p, name, RN_F64, NULL, &l->measure[i], err);
	}
	if (st != RN_OK)
		return st;
	snprintf(name, sizeof name, "%s%s", p->configuration->name, suffix);
	l->written = true;
	return add_column(p, name, p->configuration->type, &l->lattice, &l->configuration, err);
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

	const size_t bytes = p->real ? coarse->sites * rn_type_bytes(p->configuration->type) : coarse->bytes;

	for (int i = 0; i < 2; i++)
		p->scratch[i] = calloc(bytes + RN_SLACK, 1);
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
	if ((st = find_configuration(p, err)) != RN_OK || (st = find_rule(p, err)) != RN_OK ||
		(st = make_blocks(p, err)) != RN_OK || (st = find_id(p, err)) != RN_OK ||
		(st = make_out(p, err)) != RN_OK || (st = plan_copies(p, err)) != RN_OK)
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
write_measures(const struct plan *p, const struct level *l, const double value[], uint8_t *out)
{
	for (size_t i = 0; i < p->measures; i++)
		memcpy(out + l->measure[i], &value[i], sizeof value[i]);
}

static void
measure_spins(const struct plan *p, const struct level *l, uint8_t *out)
{
	const struct rn_ising_sums sums = rn_ising_measure(&l->lattice, out + l->configuration);
	const double value[] = { rn_ising_e(&l->lattice, sums), rn_ising_m(&l->lattice, sums) };

	write_measures(p, l, value, out);
}

static void
measure_field(const struct plan *p, const struct level *l, const uint8_t *in, uint8_t *out)
{
	const struct rn_field_means means =
		rn_field_measure(&l->lattice, p->configuration->type, out + l->configuration);
	double value[MAX_MEASURES] = { 0, means.m, means.phi2, means.phi4, means.nn };

	if (p->coupling[0]) {
		const struct rn_phi4 coupling = { rn_get_f64(p->coupling[0], in, 0),
			rn_get_f64(p->coupling[1], in, 0), rn_get_f64(p->coupling[2], in, 0) };

		value[0] = rn_field_action(&coupling, &l->lattice, &means);
	}
	write_measures(p, l, p->coupling[0] ? value : value + 1, out);
}

static void
write_level(const struct plan *p, const struct level *l, const uint8_t *in, uint8_t *out)
{
	if (p->measures > 0 && p->real)
		measure_field(p, l, in, out);
	else if (p->measures > 0)
		measure_spins(p, l, out);
}

static enum rn_status
check_finite(const struct plan *p, unsigned k, const uint8_t *phi, struct rn_error *err)
{
	const struct level *l = &p->level[k];

	if (!p->real || rn_field_is_finite(p->configuration->type, phi, l->lattice.sites))
		return RN_OK;
	if (k == 0)
		return rn_fail(err, RN_EDATA,
			"%s is not finite (nan or inf); drop such records, or look where they come from",
			p->configuration->name);
	return rn_fail(err, RN_EDATA, "%s is beyond what %s holds after step %u; choose a smaller --scale",
		p->configuration->name, rn_type_name(p->configuration->type), k);
}

static void
apply_step(struct plan *p, const struct level *l, uint64_t id, const uint8_t *fine, uint8_t *coarse)
{
	if (p->real) {
		field_block_apply(&l->field, fine, coarse);
		return;
	}
	if (p->id)
		rn_random_fill(&l->key, id, 0, p->coins, (l->lattice.sites + 127) / 128);
	block_apply(&l->block, fine, (const uint8_t *)p->coins, coarse);
}

enum rn_status
plan_apply(struct plan *p, const uint8_t *in, uint8_t *out, struct rn_error *err)
{
	const uint64_t id = p->id ? rn_get_u64(p->id, in, 0) : 0;
	const uint8_t *fine = in + p->configuration->offset;
	enum rn_status st = check_finite(p, 0, fine, err);

	if (p->id && labels_are_new(p, in))
		make_keys(p, in);
	for (size_t i = 0; i < p->ncarried; i++)
		memcpy(out + p->carried[i].to, in + p->carried[i].from, p->carried[i].bytes);
	if (p->level[0].written) {
		memcpy(out + p->level[0].configuration, fine, p->configuration->bytes);
		write_level(p, &p->level[0], in, out);
	}
	for (unsigned k = 1; st == RN_OK && k <= p->o.levels; k++) {
		const struct level *l = &p->level[k];
		uint8_t *coarse = l->written ? out + l->configuration : p->scratch[k % 2];

		apply_step(p, l, id, fine, coarse);
		if (l->written)
			write_level(p, l, in, out);
		fine = coarse;
		st = check_finite(p, k, coarse, err);
	}
	return st;
}
