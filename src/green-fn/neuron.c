#include "neuron.h"

#include <math.h>
#include <stdlib.h>

enum { KEEP_MAX = 1 << 20 }; /* moments of one order that are kept */

bool
neuron_init(struct neuron *u, const struct law *law)
{
	*u = (struct neuron){ .law = *law };
	if (law->activation == RN_NET_GAUSS)
		return true;
	if (!quadrature_init(u)) {
		neuron_clear(u);
		return false;
	}
	return true;
}

void
neuron_clear(struct neuron *u)
{
	free(u->weight);
	free(u->g);
	for (unsigned n = 0; n <= NEURON_ORDER_MAX; n++)
		free(u->known[n]);
	*u = (struct neuron){ 0 };
}

/* Covariance of the pre-activations at x and y. */
static double
covariance(const struct law *law, const double x[], const double y[])
{
	const size_t d = law->points->din;
	double dot = 0;

	for (size_t i = 0; i < d; i++)
		dot += x[i] * y[i];
	return law->sigma_b * law->sigma_b + law->sigma_w * law->sigma_w / (double)d * dot;
}

static double
distance2(const double x[], const double y[], size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum += (x[i] - y[i]) * (x[i] - y[i]);
	return sum;
}

/* rho_2 */
static double
pair(const struct law *law, const double x[], const double y[])
{
	const double w2 = law->sigma_w * law->sigma_w;
	const size_t d = law->points->din;

	if (law->activation == RN_NET_GAUSS)
		return exp(-w2 / (2 * (double)d) * distance2(x, y, d));
	return (law->activation == RN_NET_RELU ? relu_pair : erf_pair)(covariance(law, x, x),
		covariance(law, x, y), covariance(law, y, y));
}

double
neuron_kernel(const struct law *law, const double x[], const double y[])
{
	return law->sigma_w * law->sigma_w * pair(law, x, y);
}

/* Where a moment is kept, NULL where it is not: many are asked for again and again. */
static double *
place(struct neuron *u, unsigned n, const uint16_t point[])
{
	const unsigned points = (unsigned)u->law.points->n;
	const uint64_t all = combinations_count(points, n);

	if (all > KEEP_MAX)
		return NULL;
	if (!u->known[n]) {
		u->known[n] = malloc(all * sizeof **u->known);
		for (size_t i = 0; u->known[n] && i < all; i++)
			u->known[n][i] = NAN;
	}
	return u->known[n] ? u->known[n] + combinations_rank(points, n, point) : NULL;
}

double
neuron_moment(struct neuron *u, unsigned n, const uint16_t point[])
{
	const struct rn_net_points *p = u->law.points;
	double *known;

	if (n == 0)
		return 1;
	if (u->law.activation == RN_NET_GAUSS)
		return gauss_moment(&u->law, n, point);
	if (n == 2)
		return pair(&u->law, p->x + point[0] * p->din, p->x + point[1] * p->din);
	if (u->why_not)
		return NAN;
	known = place(u, n, point);
	if (!known)
		return quadrature_moment(u, n, point);
	if (isnan(*known))
		*known = quadrature_moment(u, n, point);
	return *known;
}
