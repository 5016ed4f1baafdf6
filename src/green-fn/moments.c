/*
 * moments.c - Green functions at any width from sampled moments of one neuron
 *
 * rho_n is the mean of w g ... g over neurons drawn from a tilted law, w being the ratio of densities. For
 * Gauss nets w g ... g hardly fluctuates when the tilt is n, so each order has its stream. Streams of
 * different tilts are independent: the squared error of what follows is the sum of those from a jackknife of
 * each stream with the others held fixed.
 */
#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct moments {
	struct frame *f;
	const struct sources *s;
	const struct group *here; /* the stream that is resampled */
	double *rho;		  /* of all choices of points */
	int *power;		  /* of 2, of each number that comes out */
};

/* Whether `g` serves n legs better than what there is. */
static bool
is_nearer(const struct group *g, const struct group *than, unsigned n)
{
	const double here = fabs((double)g->key.tilt - n);
	const double there = than ? fabs((double)than->key.tilt - n) : INFINITY;

	return here < there || (than && here == there && g->key.tilt > than->key.tilt);
}

struct sources
moments_sources(const struct collection *c, double sigma_w, double sigma_b)
{
	struct sources s = { 0 };

	for (const struct group *g = c->first; g; g = g->next)
		for (unsigned n = 2; n <= ORDER_MAX; n += 2)
			if (g->key.sigma_w == sigma_w && g->key.sigma_b == sigma_b &&
				is_nearer(g, s.of[n], n))
				s.of[n] = g;
	return s;
}

/* The orders that come from `g`, from its sums or means. */
static void
take(const struct moments *m, const struct group *g, const double sum[], double scale)
{
	const struct combinations *c = m->f->points;

	for (unsigned n = 2; n <= c->highest; n += 2) {
		const size_t count = combinations_of(c, n);

		for (size_t i = 0; m->s->of[n] == g && i < count; i++)
			m->rho[c->first[n] + i] = sum[i] * scale;
		sum += count;
	}
}

static void
from_means(const double mean[], double out[], void *arg)
{
	const struct moments *m = arg;

	take(m, m->here, mean, 1);
	frame_moments(m->f, m->rho, out);
	for (size_t i = 0; i < frame_size(m->f); i++)
		out[i] = ldexp(out[i], -m->power[i]);
}

/* The jackknife squares what comes out, which may be more or less than a double holds: divided by powers of 2 it is not. */
static void
find_powers(struct moments *m, double room[])
{
	frame_moments(m->f, m->rho, room);
	for (size_t i = 0; i < frame_size(m->f); i++)
		m->power[i] = room[i] != 0 && isfinite(room[i]) ? ilogb(room[i]) : 0;
}

static enum rn_status
resample(struct moments *m, struct rn_sample *sample, struct rn_estimate out[], struct rn_error *err)
{
	const size_t size = frame_size(m->f);
	struct rn_estimate *part = calloc(size + 1, sizeof *part);
	enum rn_status st;

	if (!part)
		return rn_fail_memory(err, "moments");
	st = rn_jackknife(sample, from_means, m, size, part, err);

	for (size_t i = 0; i < size && st == RN_OK; i++) {
		out[i].value = ldexp(part[i].value, m->power[i]);
		out[i].error = hypot(out[i].error, ldexp(part[i].error, m->power[i]));
	}
	free(part);
	return st;
}

/* Whether of[n] is the first order that its stream serves. */
static bool
is_first(const struct sources *s, unsigned n)
{
	for (unsigned k = 2; k < n; k += 2)
		if (s->of[k] == s->of[n])
			return false;
	return s->of[n];
}

enum rn_status
moments_estimate(struct frame *f, const struct sources *s, struct rn_estimate out[], struct rn_error *err)
{
	const unsigned highest = f->points->highest;
	const size_t size = frame_size(f);
	struct moments m = {
		.f = f,
		.s = s,
		.rho = calloc(combinations_total(f->points), sizeof *m.rho),
		.power = calloc(size + 1, sizeof *m.power),
	};
	double *room = calloc(size + 1, sizeof *room);
	struct rn_sample sample[ORDER_MAX + 1] = { 0 };
	enum rn_status st = RN_OK;

	memset(out, 0, size * sizeof *out);
	if (!m.rho || !m.power || !room) {
		st = rn_fail_memory(err, "moments");
		goto out;
	}
	for (unsigned n = 2; n <= highest && st == RN_OK; n += 2)
		if (is_first(s, n))
			st = pool_sample(&s->of[n]->pool, &sample[n], err);
	for (unsigned n = 2; n <= highest && st == RN_OK; n += 2) {
		if (!is_first(s, n))
			continue;
		for (unsigned k = 2; k <= highest; k += 2)
			if (is_first(s, k))
				take(&m, s->of[k], sample[k].total, 1 / sample[k].records);
		m.here = s->of[n];
		find_powers(&m, room);
		st = resample(&m, &sample[n], out, err);
	}
out:
	for (unsigned n = 2; n <= highest; n += 2)
		rn_sample_clear(&sample[n]);
	free(m.rho);
	free(m.power);
	free(room);
	return st;
}
