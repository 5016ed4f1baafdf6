#include "records.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"

static bool
is_spins(const struct rn_schema *s)
{
	return strcmp(s->kind, "spins") == 0;
}

/* Labels, and what says which configuration this is. */
static bool
is_carried(const struct rn_schema *s, const char *name)
{
	return rn_schema_is_label(s, name) || strcmp(name, "replica") == 0 || strcmp(name, "sweep") == 0 ||
		strcmp(name, "id") == 0;
}

/* What describes the configuration and goes with it. */
static bool
is_measured(const struct rn_schema *s, const char *name)
{
	return is_spins(s) && (strcmp(name, "e") == 0 || strcmp(name, "m") == 0);
}

static bool
is_unsigned(const struct rn_column *c)
{
	return c->ndim == 0 &&
		(c->type == RN_U8 || c->type == RN_U16 || c->type == RN_U32 || c->type == RN_U64);
}

static const char *
shape_text(char out[128], unsigned ndim, const size_t shape[])
{
	size_t at = 0;

	snprintf(out, 128, "1");
	for (unsigned d = 0; d < ndim && at < 128; d++)
		at += (size_t)snprintf(out + at, 128 - at, "%s%zu", d ? "x" : "", shape[d]);
	return out;
}

/* What x f32 ranges over, as its stream says; else what ours does. */
static enum rn_status
find_units(struct records *r, struct rn_error *err)
{
	const char *units = rn_schema_get_key(r->in, "units");

	rn_units_range(r->rbm->visible, &r->low, &r->high);
	r->from_low = r->low;
	r->from_high = r->high;
	r->units = r->rbm->visible;
	if (!units || is_spins(r->in) || r->values->type != RN_F32)
		return RN_OK;
	for (enum rn_units u = RN_UNITS_PM1; u <= RN_UNITS_01; u++)
		if (strcmp(units, rn_units_name(u)) == 0) {
			r->units = u;
			rn_units_range(u, &r->from_low, &r->from_high);
			return RN_OK;
		}
	return rn_fail(err, RN_EDATA, "the header's 'units: %.60s' should be pm1 or 01", units);
}

static enum rn_status
find_values(struct records *r, struct rn_error *err)
{
	const struct rn_rbm *rbm = r->rbm;
	const struct rn_column *c;
	char ours[128], theirs[128];
	enum rn_status st;

	if (!is_spins(r->in) && strcmp(r->in->kind, "samples") != 0)
		return rn_fail(err, RN_EDATA, "these records are of kind %s; %s", r->in->kind,
			strncmp(r->in->kind, "model.", 6) == 0
				? "a model goes with --model, and samples to standard input or among the "
				  "files"
				: "rbm-flow takes spins, or samples with a column x");
	if ((st = rn_schema_require_column(r->in, is_spins(r->in) ? "spins" : "x", &r->values, err)) != RN_OK)
		return st;
	c = r->values;
	if (c->type != RN_BIT && (is_spins(r->in) || (c->type != RN_U8 && c->type != RN_F32)))
		return rn_fail(err, RN_EDATA, "column %s is %s; spins are bit, samples bit, u8 or f32",
			c->name, rn_type_name(c->type));
	if (c->ndim != rbm->ndim || memcmp(c->shape, rbm->shape, c->ndim * sizeof c->shape[0]) != 0)
		return rn_fail(err, RN_EDATA, "column %s has the shape %s, the visible layer of the model %s",
			c->name, shape_text(theirs, c->ndim, c->shape),
			shape_text(ours, rbm->ndim, rbm->shape));
	return find_units(r, err);
}

static enum rn_status
find_id(struct records *r, struct rn_error *err)
{
	r->id = rn_schema_find(r->in, "id");
	if (r->mode == FLOW_MEAN)
		return RN_OK;
	if (!r->id)
		return rn_fail(err, RN_EDATA,
			"there is no column id, and drawn states are keyed by it; rns-import makes one");
	if (!is_unsigned(r->id))
		return rn_fail(err, RN_EDATA,
			"column id is no unsigned whole number, and drawn states are keyed by it");
	return RN_OK;
}

static enum rn_status
find_step(struct records *r, struct rn_error *err)
{
	r->step = rn_schema_find(r->in, "step");
	if (!r->step || (rn_schema_is_label(r->in, "step") && is_unsigned(r->step)))
		return RN_OK;
	return rn_fail(err, RN_EDATA,
		"column step is no label of unsigned whole numbers, as rbm-flow writes; rename it with "
		"rns-sel --rename step=...");
}

static bool
writes_bits(const struct records *r)
{
	return r->mode == FLOW_DRAW ||
		(r->mode == FLOW_SAMPLE && r->rbm->visible != RN_UNITS_GAUSSIAN && r->values->type == RN_BIT);
}

static void
drop_key(struct rn_schema *s, const char *key)
{
	for (size_t i = 0; i < s->extras; i++)
		if (strcmp(s->extra[i].key, key) == 0) {
			free(s->extra[i].key);
			free(s->extra[i].value);
			memmove(s->extra + i, s->extra + i + 1, (--s->extras - i) * sizeof *s->extra);
			return;
		}
}

/* What x f32 ranges over is told by no type, so the stream says it. */
static enum rn_status
put_units(struct records *r, struct rn_error *err)
{
	if (!writes_bits(r) && r->rbm->visible != RN_UNITS_GAUSSIAN)
		return rn_schema_set_key(r->out, "units", rn_units_name(r->rbm->visible), err);
	drop_key(r->out, "units");
	return RN_OK;
}

/* Leaves the labels alone in `out`. */
static enum rn_status
keep_labels(struct records *r, struct rn_error *err)
{
	char *kind = strdup(writes_bits(r) ? r->in->kind : "samples");

	r->out = rn_schema_copy(r->in);
	if (!r->out || !kind) {
		free(kind);
		return rn_fail_memory(err, "header");
	}
	free(r->out->kind);
	r->out->kind = kind;
	for (size_t i = 0; i < r->in->columns; i++) {
		const struct rn_column *c = &r->in->column[i];

		if (rn_schema_is_label(r->in, c->name))
			continue;
		if (c != r->values && !is_carried(r->in, c->name) && !is_measured(r->in, c->name) &&
			!r->dropped)
			r->dropped = c->name;
		rn_schema_drop_column(r->out, c->name);
	}
	return RN_OK;
}

static enum rn_status
add_column(struct records *r, const char *name, enum rn_type type, const struct rn_column *like,
	struct rn_error *err)
{
	if (rn_schema_find(r->out, name))
		return rn_fail(err, RN_EDATA,
			"a label has the name '%s' of a column made here; rename it with rns-sel --rename "
			"%s=...",
			name, name);
	return rn_schema_add_column(r->out, name, type, like ? like->ndim : 0, like ? like->shape : NULL,
		err);
}

static enum rn_status
make_out(struct records *r, struct rn_error *err)
{
	static const char *const identity[] = { "replica", "sweep", "id" };
	const bool bits = writes_bits(r), spins = bits && is_spins(r->in);
	const char *values = spins ? "spins" : "x";
	enum rn_status st = keep_labels(r, err);

	if (st == RN_OK)
		st = put_units(r, err);
	if (st == RN_OK && !r->step && (st = rn_schema_add_label(r->out, "step", err)) == RN_OK)
		st = add_column(r, "step", RN_U32, NULL, err);
	for (int i = 0; st == RN_OK && i < 3; i++) {
		const struct rn_column *c = rn_schema_find(r->in, identity[i]);

		if (c && !rn_schema_find(r->out, identity[i]))
			st = rn_schema_add_like(r->out, c, NULL, err);
	}
	if (st == RN_OK && spins)
		st = rn_lattice_of_column(r->values, &r->lattice, err);
	if (st == RN_OK && spins && (st = add_column(r, "e", RN_F64, NULL, err)) == RN_OK)
		st = add_column(r, "m", RN_F64, NULL, err);
	if (st == RN_OK)
		st = add_column(r, values, bits ? RN_BIT : RN_F32, r->values, err);
	if (st != RN_OK)
		return st;
	if (spins) {
		r->e = rn_schema_find(r->out, "e")->offset;
		r->m = rn_schema_find(r->out, "m")->offset;
	}
	r->step_out = rn_schema_find(r->out, "step");
	r->values_out = rn_schema_find(r->out, values);
	return RN_OK;
}

static enum rn_status
plan_copies(struct records *r, struct rn_error *err)
{
	const struct rn_schema *out = r->out;

	r->carried = calloc(out->columns, sizeof *r->carried);
	r->label = calloc(r->in->labels + 1, sizeof(struct rn_column *));
	if (!r->carried || !r->label)
		return rn_fail_memory(err, "columns");
	for (size_t i = 0; i < out->columns; i++) {
		const struct rn_column *to = &out->column[i], *from = rn_schema_find(r->in, to->name);

		if (from && to != r->step_out && is_carried(r->in, to->name))
			r->carried[r->ncarried++] =
				(struct records_range){ from->offset, to->offset, to->bytes };
	}
	for (size_t i = 0; i < r->in->labels; i++) {
		const struct rn_column *c = rn_schema_find(r->in, r->in->label[i]);

		if (c == r->step)
			continue;
		r->label[r->nlabels++] = c;
		r->nvalues += c->count;
	}
	r->label_values = calloc(r->nvalues + 1, sizeof *r->label_values);
	return r->label_values ? RN_OK : rn_fail_memory(err, "labels");
}

/* Of four 32-bit words. */
static size_t
random_blocks(size_t words)
{
	return (words + 3) / 4;
}

static enum rn_status
make_room_to_draw(struct records *r, struct rn_error *err)
{
	if (r->rbm->visible == RN_UNITS_GAUSSIAN)
		return rn_fail(err, RN_EUSAGE, "--draw: Gaussian units have no bits to be drawn");
	r->words = calloc(random_blocks(r->rbm->nv), 2 * sizeof *r->words);
	r->drawn = calloc(r->rbm->nv, sizeof *r->drawn);
	return r->words && r->drawn ? RN_OK : rn_fail_memory(err, "random numbers");
}

enum rn_status
records_begin(struct records *r, const struct rn_schema *in, const struct rn_rbm *rbm, enum flow_mode mode,
	uint64_t seed, struct firsts *firsts, struct rn_error *err)
{
	enum rn_status st;

	*r = (struct records){ .rbm = rbm,
		.mode = mode,
		.seed = seed,
		.firsts = firsts,
		.in = rn_schema_copy(in) };
	if (!r->in)
		return rn_fail_memory(err, "header");
	if (mode == FLOW_DRAW && (st = make_room_to_draw(r, err)) != RN_OK)
		return st;
	if ((st = find_values(r, err)) != RN_OK || (st = find_id(r, err)) != RN_OK ||
		(st = find_step(r, err)) != RN_OK || (st = make_out(r, err)) != RN_OK)
		return st;
	return plan_copies(r, err);
}

void
records_end(struct records *r)
{
	rn_schema_destroy(r->in);
	rn_schema_destroy(r->out);
	free(r->carried);
	free(r->label);
	free(r->label_values);
	free(r->words);
	free(r->drawn);
	*r = (struct records){ 0 };
}

/* Hashed when the labels change, which is seldom; says whether they did. */
static bool
update_key(struct records *r, const uint8_t *record)
{
	size_t extents[RN_MAX_DIMS + 1], n = 0;
	bool new = !r->keyed;

	for (size_t i = 0; i < r->nlabels; i++)
		for (size_t j = 0; j < r->label[i]->count; j++, n++) {
			const double value = rn_get_f64(r->label[i], record, j);

			new |= !(value == r->label_values[n]); /* NaN: each time anew */
			r->label_values[n] = value;
		}
	if (!new)
		return false;
	memcpy(extents, r->rbm->shape, r->rbm->ndim * sizeof extents[0]);
	extents[r->rbm->ndim] = r->rbm->nh;
	r->key = rn_random_key(r->seed, r->mode == FLOW_DRAW ? "rbm-flow --draw" : "rbm-flow",
		r->label_values, n, extents, r->rbm->ndim + 1);
	r->keyed = true;
	return true;
}

static void
describe_repeated(struct records *r, uint64_t id)
{
	const size_t size = sizeof r->repeated;
	int at = snprintf(r->repeated, size, "id %llu again", (unsigned long long)id);

	for (size_t i = 0, n = 0; i < r->nlabels; i++)
		for (size_t j = 0; j < r->label[i]->count && (size_t)at < size; j++, n++)
			at += snprintf(r->repeated + at, size - (size_t)at, "%s %.60s %.9g",
				n ? "," : " with", r->label[i]->name, r->label_values[n]);
}

/* Keys the chain, and sees whether its random numbers are those of an earlier one. */
static enum rn_status
key_chain(struct records *r, const uint8_t *record, struct flow_chain *chain, struct rn_error *err)
{
	if (update_key(r, record) && !(r->first = firsts_find(r->firsts, &r->key))) {
		const struct first first = { r->key, chain->id, chain->step };

		if (firsts_add(r->firsts, first, err) != RN_OK)
			return RN_ENOMEM;
		r->first = firsts_find(r->firsts, &r->key);
	} else if (chain->id == r->first->id && chain->step == r->first->step && !r->repeated[0])
		describe_repeated(r, chain->id);
	chain->key = r->key;
	return RN_OK;
}

static enum rn_status
read_numbers(const struct records *r, const uint8_t *values, float v[], struct rn_error *err)
{
	const bool binary = r->rbm->visible != RN_UNITS_GAUSSIAN;
	const bool told = r->units != r->rbm->visible, other = r->from_low != r->low;

	memcpy(v, values, r->values->bytes);
	for (size_t i = 0; i < r->values->count; i++) {
		if (!isfinite(v[i]))
			return rn_fail(err, RN_EDATA, "value %zu of column %s is %g", i, r->values->name,
				(double)v[i]);
		if ((binary || told) && !(v[i] >= r->from_low && v[i] <= r->from_high))
			return rn_fail(err, RN_EDATA, "value %zu of column %s is %g, but %s are %s: %g to %g",
				i, r->values->name, (double)v[i],
				told ? "the units of this stream" : "the model's visible units",
				rn_units_name(r->units), (double)r->from_low, (double)r->from_high);
		if (other)
			v[i] = r->low +
				(v[i] - r->from_low) * (r->high - r->low) / (r->from_high - r->from_low);
	}
	return RN_OK;
}

static enum rn_status
read_values(const struct records *r, const uint8_t *values, float v[], struct rn_error *err)
{
	const struct rn_column *c = r->values;

	if (c->type == RN_F32)
		return read_numbers(r, values, v, err);
	if (c->type == RN_BIT)
		rn_bits_unpack_f32(values, c->count, r->low, r->high, v);
	for (size_t i = 0; c->type == RN_U8 && i < c->count; i++)
		v[i] = r->low + (r->high - r->low) * (float)values[i] / 255;
	return RN_OK;
}

static uint64_t
most_steps(const struct rn_column *c)
{
	return c->bytes == 8 ? UINT64_MAX : (1ull << (8 * c->bytes)) - 1;
}

enum rn_status
records_read(struct records *r, const uint8_t *record, uint64_t steps, struct flow_chain *chain, float v[],
	struct rn_error *err)
{
	const uint64_t step = r->step ? rn_get_u64(r->step, record, 0) : 0;

	if (steps > most_steps(r->step_out) || step > most_steps(r->step_out) - steps)
		return rn_fail(err, RN_EDATA,
			"step %llu and %llu more are more than %s of the label step holds",
			(unsigned long long)step, (unsigned long long)steps, rn_type_name(r->step_out->type));
	*chain = (struct flow_chain){ .step = step };
	if (r->mode != FLOW_MEAN) {
		chain->id = rn_get_u64(r->id, record, 0);
		if (key_chain(r, record, chain, err) != RN_OK)
			return RN_ENOMEM;
	}
	return read_values(r, record + r->values->offset, v, err);
}

/* Each unit is up with the probability that its mean says: of 24 bits, as in renorm/rbm.h. */
static void
draw(const struct records *r, const struct flow_chain *chain, const float v[])
{
	const size_t n = r->values->count, blocks = random_blocks(n);

	rn_random_fill(&chain->key, chain->id, chain->step * blocks, r->words, blocks);
	for (size_t i = 0; i < n; i++) {
		const uint32_t word = (uint32_t)(r->words[i / 2] >> 32 * (i % 2));
		const double p = (double)((v[i] - r->low) / (r->high - r->low));

		r->drawn[i] = (word >> 8) + 0.5 < p * 0x1p24 ? 1 : 0;
	}
}

void
records_write(const struct records *r, const uint8_t *in, const struct flow_chain *chain, const float v[],
	uint8_t *out)
{
	uint8_t *values = out + r->values_out->offset;

	for (size_t i = 0; i < r->ncarried; i++)
		memcpy(out + r->carried[i].to, in + r->carried[i].from, r->carried[i].bytes);
	rn_put_u64(r->step_out, out, 0, chain->step);
	if (r->values_out->type == RN_F32) {
		memcpy(values, v, r->values_out->bytes);
		return;
	}
	if (r->mode == FLOW_DRAW)
		draw(r, chain, v);
	rn_bits_pack_f32(r->mode == FLOW_DRAW ? r->drawn : v, r->values_out->count, values);
	if (r->lattice.sites == 0)
		return;
	const struct rn_ising_sums sums = rn_ising_measure(&r->lattice, values);
	const double e = rn_ising_e(&r->lattice, sums), m = rn_ising_m(&r->lattice, sums);
	memcpy(out + r->e, &e, sizeof e);
	memcpy(out + r->m, &m, sizeof m);
}
