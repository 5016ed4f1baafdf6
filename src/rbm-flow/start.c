#include "start.h"

#include <stdlib.h>
#include <string.h>

static enum rn_status
fill_schema(struct rn_schema *s, const struct rn_rbm *rbm, const char *values)
{
	const bool gaussian = rbm->visible == RN_UNITS_GAUSSIAN;
	enum rn_status st;

	if ((st = rn_schema_add_column(s, "replica", RN_U32, 0, NULL, NULL)) != RN_OK ||
		(st = rn_schema_add_column(s, "sweep", RN_U64, 0, NULL, NULL)) != RN_OK ||
		(st = rn_schema_add_column(s, "id", RN_U64, 0, NULL, NULL)) != RN_OK)
		return st;
	return rn_schema_add_column(s, values, gaussian ? RN_F32 : RN_BIT, rbm->ndim, rbm->shape, NULL);
}

struct rn_schema *
start_schema(const struct rn_rbm *rbm)
{
	const bool spins = rbm->visible == RN_UNITS_PM1 && (rbm->ndim == 1 || rbm->ndim == 2);
	struct rn_schema *s = rn_schema_create(spins ? "spins" : "samples");

	if (s && fill_schema(s, rbm, spins ? "spins" : "x") != RN_OK) {
		rn_schema_destroy(s);
		s = NULL;
	}
	return s;
}

enum rn_status
start_make(struct start *s, const struct rn_rbm *rbm, const struct rn_schema *schema, uint64_t seed,
	struct rn_error *err)
{
	*s = (struct start){ .rbm = rbm, .schema = schema };
	s->key = rn_random_key(seed, "rbm-flow", NULL, 0, rbm->shape, rbm->ndim);
	s->words = calloc(rbm->nv / 128 + 1, 2 * sizeof *s->words);
	return s->words ? RN_OK : rn_fail_memory(err, "random numbers");
}

void
start_clear(struct start *s)
{
	free(s->words);
	*s = (struct start){ 0 };
}

static void
put_coins(struct start *s, uint64_t id, const struct rn_column *c, uint8_t *bits)
{
	rn_random_fill(&s->key, id, 0, s->words, c->count / 128 + 1);
	memcpy(bits, s->words, c->bytes);
	if (c->count % 8 > 0)
		bits[c->bytes - 1] &= (uint8_t)((1u << c->count % 8) - 1);
}

static void
put_normal(struct start *s, uint64_t id, const struct rn_column *c, uint8_t *values)
{
	struct rn_random random = rn_random_at(&s->key, id);

	for (size_t i = 0; i < c->count; i++) {
		const float x = s->rbm->sigma * (float)rn_random_normal(&random);

		memcpy(values + i * sizeof x, &x, sizeof x);
	}
}

void
start_put(struct start *s, uint64_t id, uint8_t *record)
{
	const struct rn_column *c = &s->schema->column[s->schema->columns - 1];

	memset(record, 0, s->schema->record_bytes);
	rn_put_u64(rn_schema_find(s->schema, "replica"), record, 0, (uint32_t)id);
	rn_put_u64(rn_schema_find(s->schema, "id"), record, 0, id);
	if (c->type == RN_BIT)
		put_coins(s, id, c, record + c->offset);
	else
		put_normal(s, id, c, record + c->offset);
}
