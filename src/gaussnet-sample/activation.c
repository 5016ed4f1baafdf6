/* Activations of arrays, one number at a time: for training and single units, where they are not what takes long. */
#include "activation.h"

double Sleef_cinz_expd1_u10purec(double x);
double Sleef_cinz_logd1_u10purec(double x);
double Sleef_cinz_erfd1_u10purec(double x);

#define TWO_OVER_ROOT_PI 1.12837916709551257390

double
activation_exp(double x)
{
	return Sleef_cinz_expd1_u10purec(x);
}

double
activation_log(double x)
{
	return Sleef_cinz_logd1_u10purec(x);
}

static double
slope_of(enum rn_net_activation g, double a, double value)
{
	switch (g) {
	case RN_NET_GAUSS: return value;
	case RN_NET_RELU: return a > 0;
	default: return TWO_OVER_ROOT_PI * activation_exp(-a * a);
	}
}

static double
value_of(enum rn_net_activation g, double a)
{
	switch (g) {
	case RN_NET_GAUSS: return activation_exp(a);
	case RN_NET_RELU: return a > 0 ? a : 0;
	default: return Sleef_cinz_erfd1_u10purec(a);
	}
}

void
activate(enum rn_net_activation g, const double a[], size_t n, double value[], double slope[])
{
	for (size_t i = 0; i < n; i++) {
		const double x = a[i];

		value[i] = value_of(g, x);
		if (slope)
			slope[i] = slope_of(g, x, value[i]);
	}
}
