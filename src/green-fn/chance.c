#include "chance.h"

#include <math.h>

/* The lower incomplete gamma function by its series in x^k / (a + 1) ... (a + k): M. Abramowitz, I. Stegun, 6.5.29. */
double
chance_of_deviation(double ratio, size_t items)
{
	const double a = ((double)items - 1) / 2, x = a * ratio * ratio;
	double term = 1, sum = 1;

	if (items < 2)
		return NAN;
	for (double k = 1; term > 1e-17 * sum; k++) {
		term *= x / (a + k);
		sum += term;
	}
	return exp(a * log(x) - x - lgamma(a + 1)) * sum;
}
