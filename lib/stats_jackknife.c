/*
 * stats_jackknife.c - blocks of many chains in bounded memory, and the jackknife over them
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stats.h"

struct rn_blocks {
	struct rn_jackknife *owner;
	struct rn_blocks *next;
	double *full; /* sums of the full blocks, fulls by q */
	size_t fulls, capacity;
	uint64_t open; /* records in the open block */
	bool independent;
	double sum[]; /* of the open block */
};

struct rn_jackknife {
	size_t q, max_blocks;
	uint64_t length; /* of full blocks */
	uint64_t merged; /* of those of correlated chains, once finished; 0 before */
	size_t fulls;	 /* over all chains */
	struct rn_blocks *first, **last;
};

struct rn_jackknife *
rn_jackknife_create(size_t q, size_t max_blocks)
{
	struct rn_jackknife *j = calloc(1, sizeof *j);

	if (!j)
		return NULL;
	*j = (struct rn_jackknife){ .q = q, .max_blocks = max_blocks, .length = 1, .last = &j->first };
	return j;
}

void
rn_jackknife_destroy(struct rn_jackknife *j)
{
	struct rn_blocks *b, *next;

	if (!j)
		return;
	for (b = j->first; b; b = next) {
		next = b->next;
		free(b->full);
		free(b);
	}
	free(j);
}

struct rn_blocks *
rn_jackknife_chain(struct rn_jackknife *j, bool independent)
{
	struct rn_blocks *b = calloc(1, sizeof *b + j->q * sizeof b->sum[0]);

	if (!b)
		return NULL;
	b->owner = j;
	b->independent = independent;
	*j->last = b;
	j->last = &b->next;
	return b;
}

static void
add(double into[], const double from[], size_t q)
{
	for (size_t i = 0; i < q; i++)
		into[i] += from[i];
}

/* Pairs of full blocks become one; an odd one goes to the front of the open block. */
static void
merge_pairs(struct rn_blocks *b, uint64_t length)
{
	size_t q = b->owner->q, row = q * sizeof(double);

	for (size_t i = 0; i + 1 < b->fulls; i += 2) {
		memmove(b->full + i / 2 * q, b->full + i * q, row);
		add(b->full + i / 2 * q, b->full + (i + 1) * q, q);
	}
	if (b->fulls % 2) {
		add(b->sum, b->full + (b->fulls - 1) * q, q);
		b->open += length;
	}
	b->fulls /= 2;
	if (!b->fulls) { /* of very many chains, few hold full blocks at a time: so memory stays bounded */
		free(b->full);
		b->full = NULL;
		b->capacity = 0;
	}
}

static void
double_length(struct rn_jackknife *j)
{
	j->fulls = 0;
	for (struct rn_blocks *b = j->first; b; b = b->next) {
		merge_pairs(b, j->length);
		j->fulls += b->fulls;
	}
	j->length *= 2;
}

static bool
close_block(struct rn_blocks *b)
{
	size_t q = b->owner->q;

	if (b->fulls == b->capacity) {
		size_t capacity = b->capacity ? 2 * b->capacity : 2;
		double *full = reallocarray(b->full, capacity * q, sizeof *full);

		if (!full)
			return false;
		b->full = full;
		b->capacity = capacity;
	}
	memcpy(b->full + b->fulls * q, b->sum, q * sizeof(double));
	memset(b->sum, 0, q * sizeof(double));
	b->open = 0;
	b->fulls++;
	if (++b->owner->fulls >= b->owner->max_blocks)
		double_length(b->owner);
	return true;
}

double *
rn_blocks_record(struct rn_blocks *b)
{
	if (b->open == b->owner->length && !close_block(b))
		return NULL;
	b->open++;
	return b->sum;
}

/* --- the end --------------------------------------------------------------- */

static size_t
blocks_of(const struct rn_blocks *b, bool merged)
{
	size_t fulls = merged && !b->independent ? b->fulls / 2 : b->fulls;

	return fulls ? fulls : b->open + b->fulls > 0;
}

static size_t
blocks_left(const struct rn_jackknife *j, bool merged)
{
	size_t n = 0;

	for (const struct rn_blocks *b = j->first; b; b = b->next)
		n += blocks_of(b, merged);
	return n;
}

static bool
can_merge(const struct rn_jackknife *j)
{
	for (const struct rn_blocks *b = j->first; b; b = b->next)
		if (!b->independent && b->fulls > 1)
			return true;
	return false;
}

static bool
sample_alloc(struct rn_sample *s, size_t n, size_t q)
{
	*s = (struct rn_sample){ .n = n, .q = q, .inflate = 1 };
	s->sum = calloc(n ? n : 1, q * sizeof(double));
	s->count = calloc(n ? n : 1, sizeof(double));
	s->total = calloc(q, sizeof(double));
	return s->sum && s->count && s->total;
}

void
rn_sample_clear(struct rn_sample *s)
{
	free(s->sum);
	free(s->count);
	free(s->total);
	*s = (struct rn_sample){ 0 };
}

static void
sample_totals(struct rn_sample *s)
{
	for (size_t i = 0; i < s->n; i++) {
		add(s->total, s->sum + i * s->q, s->q);
		s->records += s->count[i];
	}
}

/* The blocks of one chain into rows from `at`; returns the next free row. */
static size_t
take_blocks(const struct rn_blocks *b, uint64_t length, struct rn_sample *s, size_t at)
{
	size_t rows = blocks_of(b, false);

	if (!rows)
		return at;
	if (b->fulls)
		memcpy(s->sum + at * s->q, b->full, b->fulls * s->q * sizeof(double));
	for (size_t i = 0; i < b->fulls; i++)
		s->count[at + i] = (double)length;
	add(s->sum + (at + rows - 1) * s->q, b->sum, s->q);
	s->count[at + rows - 1] += (double)b->open;
	return at + rows;
}

/* Open blocks that are full by now count as full. */
static bool
close_full(struct rn_jackknife *j)
{
	for (struct rn_blocks *b = j->first; b; b = b->next)
		if (b->open == j->length && !close_block(b))
			return false;
	return true;
}

/* Until the blocks of correlated chains are long enough; true when too few are left for that. */
static bool
merge_until(struct rn_jackknife *j, double length)
{
	for (; (double)j->merged < length && can_merge(j); j->merged *= 2) {
		if (blocks_left(j, true) < RN_BLOCKS_LEAST)
			return true;
		for (struct rn_blocks *b = j->first; b; b = b->next)
			if (!b->independent)
				merge_pairs(b, j->merged);
	}
	return false;
}

static double
inflation(const struct rn_jackknife *j, double tau)
{
	double hidden = -expm1(-(double)j->merged / tau) * tau / (double)j->merged, borders = 0, records = 0;

	for (const struct rn_blocks *b = j->first; b; b = b->next) {
		double full = (double)(b->independent ? j->length : j->merged);
		double n = (double)b->fulls * full + (double)b->open;

		records += n;
		if (!b->independent && b->fulls > 1)
			borders += n * ((double)b->fulls - 1) / (double)b->fulls;
	}
	return borders > 0 && tau > 0.5 ? 1 / sqrt(1 - hidden * borders / records) : 1;
}

enum rn_status
rn_jackknife_finish(struct rn_jackknife *j, double tau, struct rn_sample *sample, struct rn_error *err)
{
	size_t at = 0;
	bool few;

	if (!j->merged) {
		if (!close_full(j))
			return rn_fail_memory(err, "jackknife blocks");
		j->merged = j->length;
	}
	if (!(tau > 0.5))
		tau = 0.5;
	few = merge_until(j, RN_BLOCK_TAUS * tau);
	if (!sample_alloc(sample, blocks_left(j, false), j->q)) {
		rn_sample_clear(sample);
		return rn_fail_memory(err, "jackknife blocks");
	}
	for (struct rn_blocks *b = j->first; b; b = b->next)
		at = take_blocks(b, b->independent ? j->length : j->merged, sample, at);
	sample->length = j->merged;
	sample->few = few;
	sample->inflate = inflation(j, tau);
	sample_totals(sample);
	return RN_OK;
}

enum rn_status
rn_sample_of(const double values[], size_t n, size_t q, struct rn_sample *sample, struct rn_error *err)
{
	if (!sample_alloc(sample, n, q)) {
		rn_sample_clear(sample);
		return rn_fail_memory(err, "sample");
	}
	if (n)
		memcpy(sample->sum, values, n * q * sizeof(double));
	for (size_t i = 0; i < n; i++)
		sample->count[i] = 1;
	sample->length = 1;
	sample_totals(sample);
	return RN_OK;
}

/* --- the jackknife --------------------------------------------------------- */

struct work {
	double *mean;  /* q */
	double *left;  /* n by p: f without each block */
	double *value; /* p */
};

static void
leave_one_out(const struct rn_sample *s, rn_function f, void *arg, size_t p, struct work *w)
{
	for (size_t k = 0; k < s->q; k++)
		w->mean[k] = s->total[k] / s->records;
	f(w->mean, w->value, arg);
	for (size_t i = 0; s->n > 1 && i < s->n; i++) {
		for (size_t k = 0; k < s->q; k++)
			w->mean[k] = (s->total[k] - s->sum[i * s->q + k]) / (s->records - s->count[i]);
		f(w->mean, w->left + i * p, arg);
	}
}

static struct rn_estimate
estimate(const struct rn_sample *s, const struct work *w, size_t p, size_t k)
{
	double f = w->value[k], g = (double)s->n, sum = 0, squares = 0;
	struct rn_estimate e = { .value = f, .error = NAN, .bias = NAN };
	double low = INFINITY, high = -INFINITY;
	bool same = true, finite = isfinite(f);

	if (s->n < 2)
		return e;
	for (size_t i = 0; i < s->n; i++) {
		same = same && w->left[i * p + k] == f;
		finite = finite && isfinite(w->left[i * p + k]);
		low = fmin(low, w->left[i * p + k]);
		high = fmax(high, w->left[i * p + k]);
	}
	if (same || !finite) {
		e.error = same ? 0 : isnan(f) ? NAN : INFINITY;
		e.bias = same ? 0 : NAN;
		return e;
	}

	/* All f_j equal, but not f: of a variance from two blocks of one record each, they are 0. They say nothing. */
	if (high - low <= 1e-12 * fabs(f - low) && fabs(f - low) > 1e-12 * fabs(f))
		return e;

	/* With d = f_j - f: bias = sum (1 - 1/h) d and t_j - (f - bias) = bias - (h - 1) d, without cancellation. */
	for (size_t i = 0; i < s->n; i++)
		sum += (1 - s->count[i] / s->records) * (w->left[i * p + k] - f);
	for (size_t i = 0; i < s->n; i++) {
		double h = s->records / s->count[i];
		double t = sum - (h - 1) * (w->left[i * p + k] - f);

		squares += t * t / (h - 1);
	}
	e.bias = sum;
	e.error = s->inflate * sqrt(squares / g);
	return e;
}

enum rn_status
rn_jackknife(const struct rn_sample *s, rn_function f, void *arg, size_t p, struct rn_estimate out[],
	struct rn_error *err)
{
	struct work w = {
		.mean = calloc(s->q, sizeof(double)),
		.left = calloc(s->n ? s->n : 1, p * sizeof(double)),
		.value = calloc(p, sizeof(double)),
	};
	enum rn_status status = RN_OK;

	if (w.mean && w.left && w.value) {
		leave_one_out(s, f, arg, p, &w);
		for (size_t k = 0; k < p; k++)
			out[k] = estimate(s, &w, p, k);
	} else
		status = rn_fail_memory(err, "jackknife");
	free(w.mean);
	free(w.left);
	free(w.value);
	return status;
}
