#include "pool.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 16 }; /* of the first blocks */

void
pool_init(struct pool *p, size_t q)
{
	*p = (struct pool){ .q = q, .length = LENGTH };
}

static void
leave(void *node)
{
	(void)node;
}

static void
drop_blocks(struct pool *p)
{
	free(p->block);
	free(p->count);
	p->block = p->count = NULL;
}

void
pool_clear(struct pool *p)
{
	tdestroy(p->tree, leave);
	for (size_t i = 0; i < p->bags; i++)
		free(p->bag[i]);
	free(p->bag);
	drop_blocks(p);
	*p = (struct pool){ 0 };
}

static int
by_id(const void *a, const void *b)
{
	const struct bag *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static bool
list(struct pool *p, struct bag *b)
{
	if (p->bags == p->room) {
		const size_t room = p->room ? 2 * p->room : 32;
		struct bag **more = reallocarray(p->bag, room, sizeof *more);

		if (!more)
			return false;
		p->bag = more;
		p->room = room;
	}
	if (!tsearch(b, &p->tree, by_id))
		return false;
	p->bag[p->bags++] = b;
	return true;
}

struct bag *
pool_bag(struct pool *p, uint64_t id)
{
	const struct bag probe = { .id = id };
	struct bag **found = tfind(&probe, &p->tree, by_id), *b;

	if (found)
		return *found;
	if (p->bags == 1)
		drop_blocks(p);
	else if (!p->bags) {
		p->block = calloc(BLOCKS_MAX * p->q, sizeof *p->block);
		p->count = calloc(BLOCKS_MAX, sizeof *p->count);
		if (!p->block || !p->count)
			return NULL;
	}
	b = calloc(1, sizeof *b + p->q * sizeof(double));
	if (!b)
		return NULL;
	b->id = id;
	if (!list(p, b)) {
		free(b);
		return NULL;
	}
	return b;
}

uint64_t
pool_room(const struct pool *p, uint64_t most)
{
	uint64_t left = most;

	if (p->bags == 1) {
		left = p->length - (p->blocks ? (uint64_t)p->count[p->blocks - 1] % p->length : 0);
		left = left < most ? left : most;
	}
	return left;
}

/* Pairs become one. */
static void
merge_blocks(struct pool *p)
{
	for (size_t i = 0; i < BLOCKS_MAX / 2; i++) {
		const double *a = p->block + 2 * i * p->q, *b = a + p->q;
		double *out = p->block + i * p->q;

		for (size_t k = 0; k < p->q; k++)
			out[k] = a[k] + b[k];
		p->count[i] = p->count[2 * i] + p->count[2 * i + 1];
	}
	p->blocks = BLOCKS_MAX / 2;
	p->length *= 2;
}

static void
add_block(struct pool *p, const double sum[], uint64_t n)
{
	double *block;

	if (!p->blocks || p->count[p->blocks - 1] >= (double)p->length) {
		if (p->blocks == BLOCKS_MAX)
			merge_blocks(p);
		block = p->block + p->blocks * p->q;
		memset(block, 0, p->q * sizeof *block);
		p->count[p->blocks++] = 0;
	}
	block = p->block + (p->blocks - 1) * p->q;
	for (size_t k = 0; k < p->q; k++)
		block[k] += sum[k];
	p->count[p->blocks - 1] += (double)n;
}

void
pool_add(struct pool *p, struct bag *b, const double sum[], uint64_t n)
{
	for (size_t k = 0; k < p->q; k++)
		b->sum[k] += sum[k];
	b->nets += n;
	p->nets += n;
	if (p->bags == 1)
		add_block(p, sum, n);
}

enum rn_status
pool_sample(const struct pool *p, struct rn_sample *s, struct rn_error *err)
{
	const bool blocks = p->bags == 1;

	*s = (struct rn_sample){ .n = blocks ? p->blocks : p->bags, .q = p->q, .inflate = 1 };
	s->sum = calloc(s->n * s->q + 1, sizeof *s->sum);
	s->count = calloc(s->n + 1, sizeof *s->count);
	s->total = calloc(s->q + 1, sizeof *s->total);
	if (!s->sum || !s->count || !s->total) {
		rn_sample_clear(s);
		return rn_fail_memory(err, "bags");
	}
	for (size_t i = 0; i < s->n; i++) {
		const double *from = blocks ? p->block + i * p->q : p->bag[i]->sum;

		memcpy(s->sum + i * s->q, from, s->q * sizeof *from);
		s->count[i] = blocks ? p->count[i] : (double)p->bag[i]->nets;
		s->records += s->count[i];
		for (size_t k = 0; k < s->q; k++)
			s->total[k] += from[k];
	}
	return RN_OK;
}
