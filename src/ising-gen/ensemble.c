#include "ensemble.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rn_random_key
key_of(const struct ensemble *e, const char *name)
{
	const struct rn_lattice *l = &e->lattice;
	const double labels[] = { e->T, e->h };
	const size_t extents[] = { l->dim == 2 ? l->rows : l->cols, l->cols };

	return rn_random_key(e->seed, name, labels, 2, extents, l->dim);
}

struct ensemble
ensemble_make(const struct rn_lattice *l, double T, double h, uint64_t seed)
{
	struct ensemble e = { .lattice = *l, .T = T, .h = h, .seed = seed };

	e.key = key_of(&e, "ising-gen");
	return e;
}

struct rn_random_key
ensemble_key(const struct ensemble *e, const char *algorithm)
{
	char name[64];

	snprintf(name, sizeof name, "ising-gen %s", algorithm);
	return key_of(e, name);
}

uint64_t
ensemble_threshold(double p, double q)
{
	uint64_t t;

	if (p <= q)
		return rn_random_threshold(p);
	t = -rn_random_threshold(q); /* 2^64 - floor(q 2^64) */
	return t ? t : UINT64_MAX;   /* p = 1 but for 2^-64 */
}

uint64_t
ensemble_logistic(double x)
{
	return ensemble_threshold(1 / (1 + exp(-x)), 1 / (1 + exp(x)));
}

uint64_t
ensemble_ground_is_up(const struct rn_lattice *l, double h)
{
	return ensemble_logistic(2 * (double)l->sites * h);
}

bool
words_init(struct words *w, size_t n)
{
	*w = (struct words){ .capacity = n < 4096 ? 4096 : n + n % 2 + 2 };
	w->word = calloc(w->capacity, sizeof *w->word);
	return w->word;
}

void
words_clear(struct words *w)
{
	free(w->word);
	*w = (struct words){ 0 };
}

void
words_start(struct words *w, const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t blocks)
{
	w->next = w->have = 0;
	w->key = *key;
	w->id = id;
	w->draw = draw;
	w->blocks = blocks;
}

static void
refill(struct words *w)
{
	size_t left = w->have - w->next, n;

	memmove(w->word, w->word + w->next, left * sizeof *w->word);
	n = (w->capacity - left) / 2;
	if (n > w->blocks)
		n = w->blocks;
	rn_random_fill(&w->key, w->id, w->draw, w->word + left, n);
	w->draw += n;
	w->blocks -= n;
	w->next = 0;
	w->have = left + 2 * n;
}

const uint64_t *
words_take(struct words *w, size_t n)
{
	const uint64_t *word;

	if (w->have - w->next < n)
		refill(w);
	word = w->word + w->next;
	w->next += n;
	return word;
}
