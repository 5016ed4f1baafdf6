/*
 * rb.c - the last layer averaged analytically (D. Blackwell, Ann. Math. Stat. 18 (1947) 105)
 *
 * Given the hidden layers the outputs of a network are Gaussian, independent and all of covariance C; so the
 * average of f ... f over the last layer is the sum over pairings, with both legs of a pair of one output, of C C ...
 * The means of products of 1, 2 and 3 covariances are those of "legs" that are pairs of points, and a product
 * of pairs is found by its rank.
 */
#include "estimate.h"

#include <stdlib.h>

#include "wick.h"

struct rb {
	struct frame *f;
	size_t skip;  /* sums of f before those of covariances */
	uint32_t *at; /* for each choice of even order and each pairing, where its product is; UINT32_MAX: 0 */
};

unsigned
rb_order(const struct rn_nets *form, unsigned highest)
{
	const uint64_t pairs = rn_nets_pairs(form->points.n);
	uint64_t all = 0;

	for (unsigned n = 1; n <= highest / 2; n++)
		all += combinations_count(pairs, n);
	return pairs <= SITES_MAX && all <= COMBINATIONS_MAX ? highest / 2 : 0;
}

/* Where the product of the pairs stands, counted from the first mean of one covariance. */
static uint32_t
place(const struct frame *f, unsigned n, const uint16_t site[], const uint8_t mask[])
{
	const unsigned points = f->points->sites, pairs = points * (points + 1) / 2;
	uint16_t pair[ORDER_MAX / 2];
	size_t before = 0;

	for (unsigned k = 0; k < n / 2; k++) {
		const int a = __builtin_ctz(mask[k]), b = __builtin_ctz(mask[k] & (mask[k] - 1u));
		const uint16_t point[2] = { (uint16_t)(site[a] / f->dout), (uint16_t)(site[b] / f->dout) };
		const uint16_t here = (uint16_t)combinations_rank(points, 2, point);
		unsigned j = k;

		for (; j > 0 && pair[j - 1] > here; j--)
			pair[j] = pair[j - 1];
		pair[j] = here;
	}
	for (unsigned k = 1; k < n / 2; k++)
		before += combinations_count(pairs, k);
	return (uint32_t)(before + combinations_rank(pairs, n / 2, pair));
}

static bool
find_places(struct rb *rb)
{
	const struct combinations *c = rb->f->sites;
	uint32_t *at = rb->at = calloc(combinations_total(c) * PAIRINGS_MAX, sizeof *at);

	for (unsigned n = 2; at && n <= c->highest; n += 2)
		for (size_t i = 0; i < combinations_of(c, n); i++) {
			const uint16_t *site = c->leg[n] + i * n;
			size_t count;
			const struct pairing *p = wick_pairings(n, &count);

			for (size_t k = 0; k < count; k++)
				*at++ = wick_allowed(&p[k], n, rb->f->dout, site)
					? place(rb->f, n, site, p[k].pair)
					: UINT32_MAX;
		}
	return rb->at;
}

static void
from_means(const double mean[], double out[], void *arg)
{
	const struct rb *rb = arg;
	const struct combinations *c = rb->f->sites;
	const uint32_t *at = rb->at;

	mean += rb->skip;
	rb->f->G[0] = 1;
	for (unsigned n = 1; n <= c->highest; n++) {
		size_t count;

		wick_pairings(n, &count);
		for (size_t i = c->first[n]; i < c->first[n + 1]; i++) {
			double sum = 0;

			for (size_t k = 0; k < count; k++, at++)
				sum += *at == UINT32_MAX ? 0 : mean[*at];
			rb->f->G[i] = sum;
		}
	}
	frame_measured(rb->f, out);
}

enum rn_status
rb_estimate(struct frame *f, const struct collection *c, const struct pool *p, struct rn_estimate out[],
	struct rn_error *err)
{
	struct rb arg = { .f = f, .skip = c->f.total };
	struct rn_sample sample = { 0 };
	enum rn_status st =
		find_places(&arg) ? pool_sample(p, &sample, err) : rn_fail_memory(err, "pairings");

	if (st == RN_OK)
		st = rn_jackknife(&sample, from_means, &arg, frame_size(f), out, err);
	rn_sample_clear(&sample);
	free(arg.at);
	return st;
}
