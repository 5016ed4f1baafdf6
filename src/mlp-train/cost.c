/*
 * Matched costs: dC/dz = f(z) - y, so C(z) = integral of (f(s) - y) ds from f^-1(y) to z (thesis A.15-A.17).
 *
 * ReLU, leaky ReLU and ELU have y >= 0 (targets are 0 and 1), where f is the identity and f^-1(y) = y. Above 0 the
 * integral is (z - y)^2 / 2; below it goes on from y^2 / 2 at 0, continuously: the thesis' A.18b and A.19b jump.
 */
#include "cost.h"

#include <math.h>

float
cost_target(enum rn_activation f, bool is_class)
{
	if (is_class)
		return 1;
	return f == RN_TANH ? -1 : 0;
}

static double
softplus(double x)
{
	return fmax(x, 0) + log1p(exp(-fabs(x)));
}

double
cost_of_output(enum rn_activation f, double z, double y)
{
	const double at_zero = y * y / 2;

	switch (f) {
	case RN_SIGMOID: return softplus(z) - y * z;
	/* A.8 with (1 + tanh z)/2 = 1/(1 + e^-2z) put in */
	case RN_TANH: return (1 + y) / 2 * softplus(-2 * z) + (1 - y) / 2 * softplus(2 * z) - M_LN2;
	case RN_RELU: return z < 0 ? at_zero - y * z : (z - y) * (z - y) / 2;
	case RN_LEAKY_RELU:
		return z < 0 ? at_zero + (double)RN_LEAK * z * z / 2 - y * z : (z - y) * (z - y) / 2;
	case RN_ELU: return z < 0 ? at_zero + expm1(z) - (1 + y) * z : (z - y) * (z - y) / 2;
	case RN_LINEAR:
	case RN_SOFTMAX: break;
	}
	return (z - y) * (z - y) / 2;
}
