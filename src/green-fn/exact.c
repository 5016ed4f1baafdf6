#include "exact.h"

#include <math.h>

#include "wick.h"

/* What is common to the legs of one choice. */
struct legs {
	const uint32_t *point; /* for a mask of legs, where its moment is */
	const double *rho;
	double w2, b2;
};

static double
rho(const struct legs *l, unsigned mask)
{
	return l->rho[l->point[mask]];
}

static double
K(const struct legs *l, unsigned a)
{
	return l->b2 + l->w2 * rho(l, a);
}

static double
k2(const struct legs *l, unsigned a, unsigned b)
{
	return l->w2 * l->w2 * (rho(l, a | b) - rho(l, a) * rho(l, b));
}

static double
k3(const struct legs *l, unsigned a, unsigned b, unsigned c)
{
	return l->w2 * l->w2 * l->w2 *
		(rho(l, a | b | c) - rho(l, a) * rho(l, b | c) - rho(l, b) * rho(l, a | c) -
			rho(l, c) * rho(l, a | b) + 2 * rho(l, a) * rho(l, b) * rho(l, c));
}

static void
add_pairing(struct coefficients *sum, const struct legs *l, unsigned n, const uint8_t p[])
{
	if (n == 2)
		sum->G0 += K(l, p[0]);
	else if (n == 4) {
		sum->G0 += K(l, p[0]) * K(l, p[1]);
		sum->over_N += k2(l, p[0], p[1]);
	} else {
		sum->G0 += K(l, p[0]) * K(l, p[1]) * K(l, p[2]);
		sum->over_N += K(l, p[0]) * k2(l, p[1], p[2]) + K(l, p[1]) * k2(l, p[0], p[2]) +
			K(l, p[2]) * k2(l, p[0], p[1]);
		sum->over_N2 += k3(l, p[0], p[1], p[2]);
	}
}

struct coefficients
exact_coefficients(const struct combinations *sites, const struct combinations *points, unsigned dout,
	const struct law *law, const double moment[], unsigned n, size_t i)
{
	const uint16_t *site = sites->leg[n] + i * n;
	uint16_t point[ORDER_MAX];
	struct coefficients sum = { 0 };
	size_t count;
	const struct pairing *pairing = wick_pairings(n, &count);

	for (unsigned k = 0; k < n; k++)
		point[k] = (uint16_t)(site[k] / dout);

	const size_t at = combinations_rank(points->sites, n, point);
	const struct legs l = {
		.point = points->subset[n] + (at << n),
		.rho = moment,
		.w2 = law->sigma_w * law->sigma_w,
		.b2 = law->sigma_b * law->sigma_b,
	};

	for (size_t k = 0; k < count; k++)
		if (wick_allowed(&pairing[k], n, dout, site))
			add_pairing(&sum, &l, n, pairing[k].pair);
	sum.connected = n == 2 ? sum.G0 : n == 4 ? sum.over_N : sum.over_N2;
	return sum;
}
