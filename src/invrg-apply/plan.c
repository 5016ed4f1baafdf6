/* From one record to its levels: schemas, columns carried over, the keys of the random numbers. */
#include "plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/text.h"
#include "renorm/reader.h" /* RN_SLACK */

static const char *const field_means[] = { "action", "m", "phi2", "phi4", "nn" };
static const char *const spins_means[] = { "e", "m" };

static bool
is_carried(const struct rn_schema *s, const char *column)
{
	return rn_schema_is_label(s, column) || strcmp(column, "replica") == 0 ||
		strcmp(column, "sweep") == 0 || strcmp(column, "id") == 0;
}

/* Measured of each level. */
static size_t
means(const struct plan *p)
{
	return p->spins ? 2 : MEANS;
}

static const char *
mean_name(const struct plan *p, size_t i)
{
	return p->spins ? spins_means[i] : field_means[i];
}

const char *
plan_dropped(const struct plan *p)
{
	for (size_t i = 0; i < p->in->columns; i++) {
		const char *name = p->in->column[i].name;
		bool measured = strcmp(name, p->configuration->name) == 0;

		for (size_t k = 0; k < means(p); k++)
			measured |= strcmp(name, mean_name(p, k)) == 0;
		if (!measured && !rn_schema_find(p->out, name))
			return name;
	}
	return NULL;
}

/* --- a segment ---------------------------------------------------------------------- */

static enum rn_status
find_configuration(struct plan *p, struct rn_error *err)
{
	const bool of_spins = p->o.model->map == RN_INVRG_TABLES;
	enum rn_status st;

	p->spins = strcmp(p->in->kind, "spins") == 0;
	if (!p->spins && strcmp(p->in->kind, "field") != 0)
		return rn_fail(err, RN_EDATA, "these records are of kind %s; %s", p->in->kind,
			of_spins ? "the model is of spins" : "the model is of fields");
	if (p->spins != of_spins)
		return rn_fail(err, RN_EDATA, "the model is of %s, and these records are of kind %s",
			of_spins ? "spins" : "fields", p->in->kind);
	st = rn_schema_require_column(p->in, p->spins ? "spins" : "phi", &p->configuration, err);
	if (st != RN_OK)
		return st;
	return p->spins ? rn_lattice_of_column(p->configuration, &p->level[0].lattice, err)
			: rn_field_of_column(p->configuration, &p->level[0].lattice, err);
}

/* Of the configuration of a lattice of that many sites, which may be more than any record holds. */
static double
bytes_of(const struct plan *p, double sites)
{
	return p->spins ? ceil(sites / 8) : sites * (double)rn_type_bytes(p->configuration->type);
}

/* A record holds no more than RN_MAX_RECORD bytes; what would be larger is said before a step of it is made. */
static enum rn_status
check_size(const struct plan *p, struct rn_error *err)
{
	const double factor = (double)p->o.model->sites;
	double sites = (double)p->level[0].lattice.sites, written = 0;

	for (unsigned k = 0; k <= p->o.levels; k++, sites *= factor)
		if (!p->o.last || k == p->o.levels)
			written += bytes_of(p, sites);
	if (written <= (double)RN_MAX_RECORD)
		return RN_OK;
	return rn_fail(err, RN_EDATA,
		"the levels of a record would be of %.3g bytes, and a record holds %zu at most; take fewer "
		"--levels%s",
		written, RN_MAX_RECORD, p->o.last ? "" : ", or --last");
}

static enum rn_status
make_steps(struct plan *p, struct rn_error *err)
{
	for (unsigned k = 1; k <= p->o.levels; k++) {
		struct level *l = &p->level[k];
		const enum rn_status st = rn_invrg_step_create(&l->step, p->o.model, &p->level[k - 1].lattice,
			p->configuration->type, p->o.noise, err);

		if (st != RN_OK)
			return st;
		l->lattice = *rn_invrg_step_fine(l->step);
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
	if (!p->spins && p->o.noise == 0)
		return RN_OK;
	p->id = rn_schema_find(p->in, "id");
	if (p->id && is_unsigned(p->id->type) && p->id->ndim == 0)
		return RN_OK;
	return rn_fail(err, RN_EDATA, "%s, and random numbers are keyed by it%s",
		p->id ? "column id is no unsigned integer" : "there is no column id",
		p->spins ? "" : "; --noise none needs none");
}

static void
find_couplings(struct plan *p)
{
	static const char *const names[] = { "kappa", "lambda", "mu2" };

	for (int i = 0; i < 3; i++)
		p->coupling[i] = rn_schema_find(p->in, names[i]);
	for (int i = 0; i < 3; i++)
		if (!p->coupling[i] || p->coupling[i]->ndim || !rn_schema_is_label(p->in, names[i]))
			p->coupling[0] = NULL;
}

/* --- the record written ---------------------------------------------------------------- */

/* The action of each level is that of the couplings the field was made with. */
static bool
is_written(const struct plan *p, size_t mean)
{
	return p->spins || mean > 0 || p->coupling[0];
}

static enum rn_status
add_column(struct plan *p, const char *name, const char *suffix, const struct rn_lattice *l,
	struct rn_error *err)
{
	size_t shape[2] = { 0, 0 };
	char full[64];

	snprintf(full, sizeof full, "%s%s", name, suffix);
	if (rn_schema_find(p->out, full))
		return rn_fail(err, RN_EDATA,
			"a label has the name '%s' of a column made here; rename it with rns-sel --rename "
			"%s=...",
			full, full);
	if (!l)
		return rn_schema_add_column(p->out, full, RN_F64, 0, NULL, err);
	shape[0] = l->dim == 1 ? l->cols : l->rows;
	shape[1] = l->cols;
	return rn_schema_add_column(p->out, full, p->configuration->type, l->dim, shape, err);
}

static void
level_suffix(const struct plan *p, unsigned k, char suffix[16])
{
	*suffix = 0;
	if (!p->o.last && k > 0)
		snprintf(suffix, 16, ".%u", k);
}

static enum rn_status
add_level(struct plan *p, unsigned k, struct rn_error *err)
{
	struct level *l = &p->level[k];
	enum rn_status st = RN_OK;
	char suffix[16];

	level_suffix(p, k, suffix);
	for (size_t i = 0; st == RN_OK && i < means(p); i++)
		if (is_written(p, i))
			st = add_column(p, mean_name(p, i), suffix, NULL, err);
	l->written = true;
	return st == RN_OK ? add_column(p, p->configuration->name, suffix, &l->lattice, err) : st;
}

/* Once all columns are there, and stay where they are. */
static void
find_places(struct plan *p, unsigned k)
{
	struct level *l = &p->level[k];
	char suffix[16], full[64];

	level_suffix(p, k, suffix);
	for (size_t i = 0; i < means(p); i++) {
		snprintf(full, sizeof full, "%s%s", mean_name(p, i), suffix);
		l->mean[i] = is_written(p, i) ? rn_schema_find(p->out, full) : NULL;
	}
	snprintf(full, sizeof full, "%s%s", p->configuration->name, suffix);
	l->place = rn_schema_find(p->out, full)->offset;
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
	for (unsigned k = 0; st == RN_OK && k <= p->o.levels; k++)
		if (p->level[k].written)
			find_places(p, k);
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
make_scratch(struct plan *p, struct rn_error *err)
{
	for (unsigned k = 1; k <= p->o.levels; k++) {
		struct level *l = &p->level[k];
		const size_t bytes = p->spins ? l->lattice.bytes
					      : l->lattice.sites * rn_type_bytes(p->configuration->type);

		if (!l->written && !(l->scratch = calloc(bytes + RN_SLACK, 1)))
			return rn_fail_memory(err, "configurations");
	}
	return RN_OK;
}

enum rn_status
plan_make(struct plan *p, const struct rn_schema *in, struct rn_error *err)
{
	enum rn_status st;

	p->in = rn_schema_copy(in);
	if (!p->in)
		return rn_fail_memory(err, "header");
	find_couplings(p);
	if ((st = find_configuration(p, err)) != RN_OK || (st = check_size(p, err)) != RN_OK ||
		(st = make_steps(p, err)) != RN_OK || (st = find_id(p, err)) != RN_OK ||
		(st = make_out(p, err)) != RN_OK || (st = plan_copies(p, err)) != RN_OK)
		return st;
	return make_scratch(p, err);
}

void
plan_clear(struct plan *p)
{
	for (unsigned k = 0; k <= MAX_LEVELS; k++) {
		rn_invrg_step_destroy(p->level[k].step);
		free(p->level[k].scratch);
	}
	rn_schema_destroy(p->in);
	rn_schema_destroy(p->out);
	free(p->carried);
	free(p->label);
	free(p->labels);
	free(p->values);
	*p = (struct plan){ .o = p->o };
}

/* --- a record --------------------------------------------------------------------------- */

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

/* The lattice and b stand in the key: the numbers of different levels have nothing in common. */
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
		const struct rn_lattice *l = &p->level[k - 1].lattice;
		const size_t b = p->o.model->b;
		const size_t ring[2] = { l->cols, b }, torus[3] = { l->rows, l->cols, b };

		p->level[k].key = rn_random_key(p->o.seed, "invrg-apply", p->values, p->nvalues,
			l->dim == 1 ? ring : torus, l->dim + 1);
	}
	p->keyed = true;
}

/* A map does not follow the couplings: one of T = 2.3 makes what belongs to that, of whatever it is given. */
static void
compare_labels(struct plan *p, const uint8_t *in)
{
	const char *word = p->o.model->trained;
	char number[RN_NUMBER_MAX];

	for (size_t n; word && *word && !*p->elsewhere; word += n + (word[n] == ' ')) {
		const char *equals = memrchr(word, '=', n = strcspn(word, " "));
		double trained, value;

		for (size_t i = 0; equals && i < p->in->labels; i++) {
			const char *name = p->in->label[i];

			if (strlen(name) != (size_t)(equals - word) || strncmp(name, word, strlen(name)) != 0)
				continue;
			trained = strtod(equals + 1, NULL);
			value = rn_get_f64(p->label[i], in, 0);
			if (trained == value)
				continue;
			rn_print_f64(number, value);
			snprintf(p->elsewhere, sizeof p->elsewhere,
				"%.60s is %s, and the model was trained at %.*s", name, number,
				(int)(n < 60 ? n : 60), word);
		}
	}
}

static void
put_spins(const struct level *l, uint8_t *out)
{
	const struct rn_ising_sums sums = rn_ising_measure(&l->lattice, out + l->place);

	rn_put_f64(l->mean[0], out, 0, rn_ising_e(&l->lattice, sums));
	rn_put_f64(l->mean[1], out, 0, rn_ising_m(&l->lattice, sums));
}

/* false: the field is not finite, or so large that its means are not. */
static bool
put_field(const struct plan *p, const struct level *l, const uint8_t *in, uint8_t *out)
{
	const struct rn_field_means x = rn_field_measure(&l->lattice, p->configuration->type, out + l->place);
	const double mean[] = { x.m, x.phi2, x.phi4, x.nn };

	if (l->mean[0]) {
		const struct rn_phi4 coupling = { rn_get_f64(p->coupling[0], in, 0),
			rn_get_f64(p->coupling[1], in, 0), rn_get_f64(p->coupling[2], in, 0) };

		rn_put_f64(l->mean[0], out, 0, rn_field_action(&coupling, &l->lattice, &x));
	}
	for (size_t i = 0; i < 4; i++)
		rn_put_f64(l->mean[1 + i], out, 0, mean[i]);
	return isfinite(x.m) && isfinite(x.phi2) && isfinite(x.phi4) && isfinite(x.nn);
}

static bool
put_means(const struct plan *p, const struct level *l, const uint8_t *in, uint8_t *out)
{
	if (!p->spins)
		return put_field(p, l, in, out);
	put_spins(l, out);
	return true;
}

/* Each level is looked at before a step is made from it: relu and tanh may make a finite field of one that is not. */
static bool
is_finite(const struct plan *p, unsigned k, const uint8_t *phi)
{
	return rn_field_is_finite(p->configuration->type, phi, p->level[k].lattice.sites);
}

enum rn_status
plan_apply(struct plan *p, const uint8_t *in, uint8_t *out, struct rn_error *err)
{
	const uint64_t id = p->id ? rn_get_u64(p->id, in, 0) : 0;
	const uint8_t *coarse = in + p->configuration->offset;
	bool finite = true;

	if (labels_are_new(p, in)) {
		make_keys(p, in);
		compare_labels(p, in);
	}
	for (size_t i = 0; i < p->ncarried; i++)
		memcpy(out + p->carried[i].to, in + p->carried[i].from, p->carried[i].bytes);
	if (p->level[0].written) {
		memcpy(out + p->level[0].place, coarse, p->configuration->bytes);
		finite = put_means(p, &p->level[0], in, out);
	}
	for (unsigned k = 1; k <= p->o.levels; k++) {
		const struct level *l = &p->level[k];
		uint8_t *fine = l->written ? out + l->place : l->scratch;

		finite &= p->spins || is_finite(p, k - 1, coarse);
		rn_invrg_step_apply(l->step, &l->key, id, coarse, fine);
		if (l->written)
			finite &= put_means(p, l, in, out);
		coarse = fine;
	}
	return finite ? RN_OK : rn_fail(err, RN_EDATA, "the field, or what was made of it, is not finite");
}
