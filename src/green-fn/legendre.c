#include "legendre.h"

#include <math.h>

void
legendre_nodes(unsigned n, double x[], double w[])
{
	for (unsigned i = 0; i < n; i++) {
		double z = -cos(M_PI * (i + 0.75) / (n + 0.5)), slope = 1;

		for (unsigned step = 0; step < 8; step++) {
			double p = 1, before = 0;

			for (unsigned k = 0; k < n; k++) {
				const double next = ((2 * k + 1) * z * p - k * before) / (k + 1);

				before = p;
				p = next;
			}
			slope = n * (z * p - before) / (z * z - 1);
			z -= p / slope;
		}
		x[i] = z;
		w[i] = 2 / ((1 - z * z) * slope * slope);
	}
}
