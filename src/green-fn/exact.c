#include "exact.h"

#include <math.h>

#include "wick.h"

/* What is common to the legs of one choice. */
struct legs {
	const uint32_t *point; /* for a mask of legs, where its moment is */
	const double *rho;     /* NULL: lognormal ones */
	const struct law *law;
	unsigned n;
	const uint16_t *place; /* the point of each leg */
	double w2, b2;
};

static double
rho(const struct legs *l, unsigned mask)
{
	uint16_t place[ORDER_MAX];
	unsigned n = 0;

	if (l->rho)
		return l->rho[l->point[mask]];
	for (unsigned k = 0; k < l->n; k++)
		if (mask >> k & 1)
			place[n++] = l->place[k];
	return gauss_moment(l->law, n, place);
}

/* t_ab, for pairs of legs a and b */
static double
correlation(const struct legs *l, unsigned a, unsigned b)
{
	const struct rn_net_points *p = l->law->points;
	double dot = 0;

	for (size_t k = 0; k < p->din; k++) {
		double A = 0, B = 0;

		for (unsigned i = 0; i < l->n; i++) {
			const double x = p->x[l->place[i] * p->din + k];

			A += a >> i & 1 ? x : 0;
			B += b >> i & 1 ? x : 0;
		}
		dot += A * B;
	}
	return expm1(4 * l->b2 + l->w2 / (double)p->din * dot);
}

static double
K(const struct legs *l, unsigned a)
{
	return l->b2 + l->w2 * rho(l, a);
}

static double
k2(const struct legs *l, unsigned a, unsigned b)
{
	const double apart = rho(l, a) * rho(l, b);

	return l->w2 * l->w2 * (l->rho ? rho(l, a | b) - apart : apart * correlation(l, a, b));
}

static double
k3(const struct legs *l, unsigned a, unsigned b, unsigned c)
{
	const double A = rho(l, a), B = rho(l, b), C = rho(l, c), w6 = l->w2 * l->w2 * l->w2;

	if (!l->rho) {
		const double ab = correlation(l, a, b), bc = correlation(l, b, c), ac = correlation(l, a, c);

		return w6 * A * B * C * (ab * bc + bc * ac + ac * ab + ab * bc * ac);
	}
	return w6 *
		(rho(l, a | b | c) - A * rho(l, b | c) - B * rho(l, a | c) - C * rho(l, a | b) +
			2 * A * B * C);
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
		.law = law,
		.n = n,
		.place = point,
		.w2 = law->sigma_w * law->sigma_w,
		.b2 = law->sigma_b * law->sigma_b,
	};

	for (size_t k = 0; k < count; k++)
		if (wick_allowed(&pairing[k], n, dout, site))
			add_pairing(&sum, &l, n, pairing[k].pair);
	sum.connected = n == 2 ? sum.G0 : n == 4 ? sum.over_N : sum.over_N2;
	return sum;
}
