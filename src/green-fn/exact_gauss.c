/*
 * exact_gauss.c - moments of a neuron of the Gauss net
 *
 * ln of the product of n factors is Gaussian in (W, b). With S the sum of the n points,
 *
 *	rho_n = exp( (n^2/2 - n) sigma_b^2 + (sigma_w^2 / (2 d)) (|S|^2 - 2 sum |x_i|^2) ).
 *
 * rho_2 = exp(-sigma_w^2 |x - y|^2 / (2 d)) alone does not change when all points move together.
 */
#include <math.h>

#include "neuron.h"

double
gauss_moment(const struct law *law, unsigned n, const uint16_t point[])
{
	const struct rn_net_points *p = law->points;
	const double b2 = law->sigma_b * law->sigma_b, w2 = law->sigma_w * law->sigma_w;
	double exponent = 0;

	/* |S|^2 - 2 sum |x|^2 as sums of what each coordinate gives, so that equal points cancel where they should. */
	for (size_t k = 0; k < p->din; k++) {
		double sum = 0, squares = 0;

		for (unsigned i = 0; i < n; i++) {
			const double x = p->x[point[i] * p->din + k];

			sum += x;
			squares += x * x;
		}
		exponent += sum * sum - 2 * squares;
	}
	return exp(((double)n * n / 2 - n) * b2 + w2 / (2 * (double)p->din) * exponent);
}
