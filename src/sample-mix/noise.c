#include "noise.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"
#include "renorm/reader.h" /* RN_SLACK */

static bool
is_any_of(const char *name, const char *const names[])
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Labels, replica, sweep and id stay; what describes the sample goes with it. */
static void
drop_columns(struct noise *n)
{
	static const char *const identity[] = { "replica", "sweep", "id", NULL };
	static const char *const measured[] = { "e", "m", NULL };
	const bool spins = strcmp(n->in->kind, "spins") == 0;

	for (size_t i = 0; i < n->in->columns; i++) {
		const struct rn_column *c = &n->in->column[i];

		if (rn_schema_is_label(n->in, c->name) || is_any_of(c->name, identity))
			continue;
		if (c != n->pixels.column && !(spins && is_any_of(c->name, measured)) && !n->dropped)
			n->dropped = c->name;
		rn_schema_drop_column(n->out, c->name);
	}
}

static enum rn_status
find_id(struct noise *n, struct rn_error *err)
{
	n->id = rn_schema_find(n->in, "id");
	if (!n->id)
		return rn_fail(err, RN_EDATA,
			"there is no column id, and the noise is keyed by it; rns-import makes one");
	if (n->id->ndim ||
		(n->id->type != RN_U8 && n->id->type != RN_U16 && n->id->type != RN_U32 &&
			n->id->type != RN_U64))
		return rn_fail(err, RN_EDATA,
			"column id is no unsigned whole number, and the noise is keyed by it");
	return RN_OK;
}

static enum rn_status
make_out(struct noise *n, struct rn_error *err)
{
	enum rn_status st;
	char *kind = strdup("samples");

	n->out = rn_schema_copy(n->in);
	if (!n->out || !kind) {
		free(kind);
		return rn_fail_memory(err, "header");
	}
	free(n->out->kind);
	n->out->kind = kind;
	drop_columns(n);
	if (rn_schema_find(n->out, "alpha"))
		return rn_fail(err, RN_EDATA,
			"there is a label alpha already; rename it with rns-sel --rename alpha=...");
	if ((st = rn_schema_add_label(n->out, "alpha", err)) != RN_OK ||
		(st = rn_schema_add_column(n->out, "alpha", RN_F64, 0, NULL, err)) != RN_OK)
		return st;
	return pixels_add_column(&n->pixels, n->out, err);
}

static enum rn_status
make_buffers(struct noise *n, struct rn_error *err)
{
	const size_t count = n->pixels.column->count;

	for (size_t i = 0; i < n->in->labels; i++)
		n->nlabels += rn_schema_find(n->in, n->in->label[i])->count;
	n->labels = calloc(n->nlabels + 1, sizeof *n->labels);
	n->coins = calloc(count / 64 + 2 + RN_SLACK / 8, sizeof *n->coins);
	n->row = calloc(count, sizeof *n->row);
	n->eta = calloc(count, sizeof *n->eta);
	return n->labels && n->coins && n->row && n->eta ? RN_OK : rn_fail_memory(err, "samples");
}

enum rn_status
noise_begin(struct noise *n, const struct rn_schema *in, const struct noise_options *o, struct rn_error *err)
{
	enum rn_status st;

	*n = (struct noise){ .o = o, .in = rn_schema_copy(in) };
	if (!n->in)
		return rn_fail_memory(err, "header");
	if ((st = pixels_find(&n->pixels, n->in, o->low, o->high, err)) != RN_OK ||
		(st = find_id(n, err)) != RN_OK || (st = make_out(n, err)) != RN_OK)
		return st;
	n->alpha = rn_schema_find(n->out, "alpha");
	return make_buffers(n, err);
}

void
noise_end(struct noise *n)
{
	rn_schema_destroy(n->in);
	rn_schema_destroy(n->out);
	free(n->labels);
	free(n->coins);
	free(n->row);
	free(n->eta);
	*n = (struct noise){ 0 };
}

size_t
noise_copies(const struct noise *n)
{
	return n->o->one ? 1 : n->o->alphas;
}

static void
take_labels(struct noise *n, const uint8_t *record)
{
	double *value = n->labels;

	for (size_t i = 0; i < n->in->labels; i++) {
		const struct rn_column *c = rn_schema_find(n->in, n->in->label[i]);

		for (size_t j = 0; j < c->count; j++)
			*value++ = rn_get_f64(c, record, j);
	}
}

/* Labels, and with `extra` also alpha, which stands behind them. */
static struct rn_random_key
key_of(const struct noise *n, bool extra)
{
	const struct rn_column *c = n->pixels.column;

	return rn_random_key(n->o->seed, "sample-mix", n->labels, n->nlabels + extra, c->shape, c->ndim);
}

static void
write_one(struct noise *n, const uint8_t *record, uint64_t id, double alpha, uint8_t *out)
{
	const size_t count = n->pixels.column->count;
	const float keep = (float)(1 - alpha), a = (float)alpha;
	struct rn_random_key key;

	n->labels[n->nlabels] = alpha;
	key = key_of(n, true);
	rn_random_fill(&key, id, 0, n->coins, (count + 127) / 128);
	rn_bits_unpack_f32((const uint8_t *)n->coins, count, a * n->o->low, a * n->o->high, n->eta);
	for (size_t i = 0; i < count; i++)
		n->eta[i] += keep * n->row[i];

	for (size_t i = 0; i < n->out->columns; i++) {
		const struct rn_column *to = &n->out->column[i], *from;

		if (to == n->alpha)
			rn_put_f64(to, out, 0, alpha);
		else if (strcmp(to->name, "x") == 0)
			memcpy(out + to->offset, n->eta, to->bytes);
		else if ((from = rn_schema_find(n->in, to->name)))
			memcpy(out + to->offset, record + from->offset, to->bytes);
	}
}

enum rn_status
noise_apply(struct noise *n, const uint8_t *record, uint8_t *out, struct rn_error *err)
{
	const uint64_t id = rn_get_u64(n->id, record, 0);
	enum rn_status st = pixels_read(&n->pixels, record, n->row, err);

	if (st != RN_OK)
		return st;
	take_labels(n, record);
	if (n->o->one) {
		const struct rn_random_key key = key_of(n, false);
		struct rn_random random = rn_random_at(&key, id);

		write_one(n, record, id, n->o->alpha[rn_random_below(&random, n->o->alphas)], out);
		return RN_OK;
	}
	for (size_t k = 0; k < n->o->alphas; k++, out += n->out->record_bytes)
		write_one(n, record, id, n->o->alpha[k], out);
	return RN_OK;
}
