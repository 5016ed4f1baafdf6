/*
 * plain.c - the estimator of the literature: means of products over networks
 */
#include "estimate.h"

struct plain {
	struct frame *f;
	const struct products *products;
};

static void
from_means(const double mean[], double out[], void *arg)
{
	const struct plain *p = arg;
	const struct combinations *c = p->f->sites;

	p->f->G[0] = 1;
	for (unsigned n = 1; n <= c->highest; n++)
		for (size_t i = c->first[n]; i < c->first[n + 1]; i++)
			p->f->G[i] = p->products->order[n] ? *mean++ : 0;
	frame_measured(p->f, out);
}

enum rn_status
plain_estimate(struct frame *f, const struct collection *c, const struct pool *p, struct rn_estimate out[],
	struct rn_error *err)
{
	struct plain arg = { .f = f, .products = &c->f };
	struct rn_sample sample;
	enum rn_status st = pool_sample(p, &sample, err);

	if (st == RN_OK)
		st = rn_jackknife(&sample, from_means, &arg, frame_size(f), out, err);
	rn_sample_clear(&sample);
	return st;
}
