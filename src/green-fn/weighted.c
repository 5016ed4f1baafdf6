#include "weighted.h"

#include <math.h>

/* ln of what no partial product in products.c may exceed, nor its inverse. */
#define SAFE 690

/* Whether the weight, three legs, and three legs with the weight, are numbers of full precision. */
static bool
is_safe(struct products *p, const double logw[], size_t lanes)
{
	const double *g = products_block(p);

	for (size_t k = 0; k < lanes; k++) {
		double least = 1, most = 1;

		for (size_t s = 0; s < p->sites; s++) {
			const double size = fabs(g[s * LANES + k]);

			most = size > most ? size : most;
			least = size < least && size > 0 ? size : least;
		}
		if (fabs(logw[k]) + ORDER_MAX / 2.0 * log(most / least) > SAFE)
			return false;
	}
	return true;
}

/* x = mantissa 2^exponent */
struct scaled {
	double mantissa;
	int exponent;
};

static struct scaled
scaled_exp(double log_x)
{
	const double whole = rint(log_x / M_LN2);
	/* ln 2 in two parts, the first with 21 zeros at its end, so that whole times it is exact. */
	const double high = 0x1.62e42feep-1, low = 0x1.a39ef35793c76p-33;

	return (struct scaled){ exp(log_x - whole * high - whole * low), (int)whole };
}

/* g: of the first site; the others are LANES apart. */
static void
add_scaled(const struct products *p, const double g[], struct scaled w, double sum[])
{
	for (unsigned n = 1; n <= ORDER_MAX; n++) {
		uint16_t leg[ORDER_MAX] = { 0 };

		if (!p->order[n])
			continue;
		do {
			struct scaled product = w;

			for (unsigned j = 0; j < n; j++) {
				int exponent;

				product.mantissa *= frexp(g[leg[j] * LANES], &exponent);
				product.exponent += exponent;
			}
			*sum++ += ldexp(product.mantissa, product.exponent);
		} while (combinations_next(p->sites, n, leg));
	}
}

void
weighted_add(struct products *p, const double logw[LANES], size_t lanes, double sum[])
{
	double weight[LANES] __attribute__((aligned(64))) = { 0 };

	if (is_safe(p, logw, lanes)) {
		for (size_t k = 0; k < lanes; k++)
			weight[k] = exp(logw[k]);
		products_add(p, weight, sum);
		return;
	}
	for (size_t k = 0; k < lanes; k++)
		add_scaled(p, products_block(p) + k, scaled_exp(logw[k]), sum);
}

double
weighted_amplitude(struct products *p, size_t lane)
{
	const double *g = products_block(p) + lane;
	double most = 0, sum = 0;

	for (size_t s = 0; s < p->sites; s++)
		most = fmax(most, fabs(g[s * LANES]));
	for (size_t s = 0; s < p->sites && most > 0; s++)
		sum += (g[s * LANES] / most) * (g[s * LANES] / most);
	return most > 0 ? 2 * log(most) + log(sum / p->sites) : -INFINITY;
}

void
effective_add(struct effective *e, double log_x)
{
	double x;

	if (log_x == -INFINITY)
		return;
	if (e->sum == 0 || log_x > e->top) {
		x = e->sum > 0 ? exp(e->top - log_x) : 0;
		e->top = log_x;
		e->sum = e->sum * x + 1;
		e->square = e->square * x * x + 1;
		return;
	}
	x = exp(log_x - e->top);
	e->sum += x;
	e->square += x * x;
}

double
effective_count(const struct effective *e)
{
	return e->sum > 0 ? e->sum * e->sum / e->square : NAN;
}
