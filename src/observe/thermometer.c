#include "thermometer.h"

#include <math.h>

#include "renorm/ising_exact.h"

/* The ring in a field: bisection in ln T between powers of two that hold the answer. */
static double
ring_temperature(size_t N, double h, double e)
{
	double lo = 1, hi = 1;

	if (e <= rn_ising_energy_1d(N, 0, h))
		return 0;
	if (e >= rn_ising_energy_1d(N, INFINITY, h))
		return INFINITY;
	while (lo > 0 && rn_ising_energy_1d(N, lo, h) > e)
		lo /= 2;
	while (isfinite(hi) && rn_ising_energy_1d(N, hi, h) < e)
		hi *= 2;
	for (int i = 0; i < 100 && nextafter(lo, hi) < hi; i++) {
		double mid = sqrt(lo) * sqrt(hi);

		if (rn_ising_energy_1d(N, mid, h) < e)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

static double
temperature(const struct rn_lattice *l, double h, double e)
{
	if (isnan(e))
		return NAN;
	return h == 0 ? rn_ising_temperature(l, e) : ring_temperature(l->sites, h, e);
}

struct reading
thermometer_read(const struct rn_lattice *l, double h, double e, double e_error)
{
	struct reading r = { .T = NAN, .error = NAN, .lo = NAN, .hi = NAN, .flag = READING_NONE };

	if (isnan(h) || (h != 0 && l->dim != 1))
		return r;
	r.T = temperature(l, h, e);
	r.lo = temperature(l, h, e - e_error);
	r.hi = temperature(l, h, e + e_error);
	r.error = isinf(r.hi) ? INFINITY : (r.hi - r.lo) / 2;
	r.flag = isinf(r.T) ? READING_HOT : r.T == 0 ? READING_COLD : READING_INSIDE;
	return r;
}
