/*
 * weighted.h - products of g with weights exp(logw), whatever the size of the factors
 *
 * Of neurons drawn from a tilted law w g ... g is nearly constant, but not its factors: at a tilt of 4, sigma_w = 1 and
 * x = 10, w is e^-800 and g is e^200.
 */
#ifndef GREEN_FN_WEIGHTED_H
#define GREEN_FN_WEIGHTED_H

#include "products.h"

/*
 * Adds what products_add() does with weight exp(logw), for `lanes` networks: where all factors are in a safe range by
 * that, else by mantissas and exponents, network by network.
 */
void weighted_add(struct products *p, const double logw[LANES], size_t lanes, double sum[]);

/* ln A^2 of a lane, A^2 the mean over sites of g^2; -inf: all of them are 0. */
double weighted_amplitude(struct products *p, size_t lane);

/* How many of positive numbers count: (sum x)^2 / sum x^2, from their logarithms. { 0 } is empty. */
struct effective {
	double top; /* the largest logarithm; sums are divided by exp(top) and its square */
	double sum, square;
};
void effective_add(struct effective *e, double log_x);
double effective_count(const struct effective *e); /* NaN: none */

#endif
