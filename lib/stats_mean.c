/*
 * stats_mean.c - weighted mean of independent numbers, in one pass and mergeable
 */
#include <math.h>

#include "renorm/stats.h"

void
rn_mean_add(struct rn_mean *m, double x, double weight)
{
	double away = x - m->mean;

	m->n++;
	if (!(weight > 0))
		return; /* counted, but it has no say: 0/0 below if it is the first */
	m->weight += weight;
	m->weight2 += weight * weight;
	m->mean += away * weight / m->weight;
	m->square += weight * away * (x - m->mean);
}

void
rn_mean_merge(struct rn_mean *into, const struct rn_mean *from)
{
	double weight = into->weight + from->weight;
	double away = from->mean - into->mean;

	into->n += from->n;
	if (!(from->weight > 0))
		return;
	into->square += from->square + away * away * into->weight * from->weight / weight;
	into->mean += away * from->weight / weight;
	into->weight = weight;
	into->weight2 += from->weight2;
}

double
rn_mean_samples(const struct rn_mean *m)
{
	return m->weight > 0 ? m->weight * m->weight / m->weight2 : 0;
}

double
rn_mean_variance(const struct rn_mean *m)
{
	double freedom = m->weight - m->weight2 / m->weight;

	/* One sample leaves rounding dust instead of 0, relative to its weight. */
	return freedom > 1e-12 * m->weight ? m->square / freedom : NAN;
}

double
rn_mean_error(const struct rn_mean *m)
{
	return sqrt(rn_mean_variance(m) / rn_mean_samples(m));
}
