#include "collect.h"

#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "renorm/random.h"

/* Ids of the two sequences of random numbers of one seed. */
enum { SAMPLING, SHUFFLING };

bool
collect_wanted(const struct collect *c)
{
	return c->sampling || c->shuffling || c->nsort;
}

static enum rn_status
find_keys(const struct collect *c, struct field **keys, struct rn_error *err)
{
	enum rn_status status = RN_OK;

	*keys = calloc(c->nsort + 1, sizeof **keys);
	if (!*keys)
		return rn_fail_memory(err, "keys");
	for (size_t i = 0; i < c->nsort && !status; i++)
		status = field_find(c->schema, c->sort[i] + (*c->sort[i] == '-'), *keys + i, err);
	return status;
}

enum rn_status
collect_begin(struct collect *c, const struct rn_schema *schema, struct rn_error *err)
{
	struct field *keys;
	enum rn_status status;

	if (c->schema) {
		status = rn_schema_match(c->schema, schema, err);
		if (status)
			rn_error_prefix(err, "these records and those before cannot be %s together",
				c->nsort	       ? "sorted"
					: c->shuffling ? "shuffled"
						       : "sampled");
		return status ? status : rn_schema_merge_history(c->schema, schema, err);
	}
	c->schema = rn_schema_copy(schema);
	if (!c->schema)
		return rn_fail_memory(err, "header");
	c->random = malloc(sizeof *c->random);
	if (!c->random)
		return rn_fail_memory(err, "random numbers");
	*c->random = rn_random_at(&(struct rn_random_key){ 0 }, 0);
	if (c->sampling) {
		struct rn_random_key key = rn_random_key(c->seed, "rns-sel", NULL, 0, NULL, 0);

		*c->random = rn_random_at(&key, SAMPLING);
	}
	/* A key that is not there is told before all records have been read. */
	status = find_keys(c, &keys, err);
	free(keys);
	return status;
}

static enum rn_status
grow(struct collect *c, struct rn_error *err)
{
	size_t size = c->schema->record_bytes, capacity = c->capacity ? 2 * c->capacity : 1024;
	uint8_t *records = capacity > SIZE_MAX / 2 / size ? NULL : realloc(c->records, capacity * size);
	uint64_t *index;

	if (!records)
		return rn_fail_memory(err, "records");
	c->records = records;
	index = reallocarray(c->index, capacity, sizeof *index);
	if (!index)
		return rn_fail_memory(err, "records");
	c->index = index;
	c->capacity = capacity;
	return RN_OK;
}

/*
 * Sampling: the first k records, then record number i (from 0) takes the place
 * of one of them, any with probability 1 / (i + 1) (Waterman's algorithm R:
 * Knuth, The Art of Computer Programming, vol. 2, 3.4.2).
 */
enum rn_status
collect_room(struct collect *c, void **room, struct rn_error *err)
{
	uint64_t slot = c->n;
	enum rn_status status;

	*room = NULL;
	if (c->sampling && c->n == c->sample)
		slot = rn_random_below(c->random, c->seen + 1);
	c->seen++;
	if (c->sampling && slot >= c->sample)
		return RN_OK;
	if (slot == c->n) {
		if (c->n == c->capacity && (status = grow(c, err)))
			return status;
		c->n++;
	}
	c->index[slot] = c->seen - 1;
	*room = c->records + slot * c->schema->record_bytes;
	return RN_OK;
}

struct sorting {
	const struct collect *c;
	const struct field *keys;
};

/* By the keys, then by where they stood: so the order is complete, and sorting stable. */
static int
compare(const void *a, const void *b, void *arg)
{
	const struct sorting *s = arg;
	uint64_t i = *(const uint64_t *)a, j = *(const uint64_t *)b;
	size_t size = s->c->schema->record_bytes;

	for (size_t k = 0; k < s->c->nsort; k++) {
		int order = field_compare(&s->keys[k], *s->c->sort[k] == '-', s->c->records + i * size,
			s->c->records + j * size);

		if (order)
			return order;
	}
	return s->c->index[i] < s->c->index[j] ? -1 : s->c->index[i] > s->c->index[j];
}

/* The kept records in the order in which they go out; NULL on failure. */
static uint64_t *
make_order(const struct collect *c, const struct field *keys, struct rn_error *err)
{
	struct sorting sorting = { c, keys };
	uint64_t *order = reallocarray(NULL, c->n + 1, sizeof *order);

	if (!order) {
		rn_fail_memory(err, "the order of records");
		return NULL;
	}
	for (size_t i = 0; i < c->n; i++)
		order[i] = i;
	if (c->nsort || c->sampling)
		qsort_r(order, c->n, sizeof *order, compare, &sorting);
	if (c->shuffling) {
		struct rn_random_key key = rn_random_key(c->seed, "rns-sel", NULL, 0, NULL, 0);
		struct rn_random random = rn_random_at(&key, SHUFFLING);

		rn_random_shuffle(&random, order, c->n);
	}
	return order;
}

enum rn_status
collect_write(struct collect *c, struct rn_writer *out, struct rn_error *err)
{
	size_t size = c->schema->record_bytes;
	struct field *keys;
	uint64_t *order = NULL;
	enum rn_status status = find_keys(c, &keys, err);

	if (!status && !(order = make_order(c, keys, err)))
		status = RN_ENOMEM;
	free(keys);
	for (size_t i = 0; i < c->n && !status;) {
		size_t k = c->n - i;
		uint8_t *room = rn_writer_reserve(out, &k, err);

		if (!room) {
			status = err->status;
			break;
		}
		for (size_t j = 0; j < k; j++)
			memcpy(room + j * size, c->records + order[i + j] * size, size);
		status = rn_writer_commit(out, k, err);
		i += k;
	}
	free(order);
	return status;
}

void
collect_clear(struct collect *c)
{
	rn_schema_destroy(c->schema);
	free(c->records);
	free(c->index);
	free(c->random);
}
