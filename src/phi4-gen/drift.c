#include "drift.h"

#include <math.h>

struct drift
drift_begin(uint64_t chains, uint64_t therm)
{
	return (struct drift){ .therm = therm, .spacing = chains >= DRIFT_CHAINS ? therm / DRIFT_LOOKS : 0 };
}

uint64_t
drift_next(const struct drift *d, uint64_t done)
{
	const uint64_t third = d->therm / 3, from = done > third ? done : third;
	uint64_t next;

	if (!d->spacing || done >= d->therm)
		return UINT64_MAX;
	next = (from / d->spacing + 1) * d->spacing;
	return next <= d->therm ? next : UINT64_MAX;
}

void
drift_see(struct drift *d, size_t k, uint64_t done, const double x[DRIFT_QUANTITIES])
{
	const size_t last = done > d->therm - d->therm / 3;

	for (size_t q = 0; q < DRIFT_QUANTITIES; q++)
		d->sum[last][k][q] += x[q];
	d->seen[last] += 1. / DRIFT_CHAINS;
}

static double
moved(const struct drift *d, size_t q)
{
	double mean = 0, square = 0, change[DRIFT_CHAINS];

	for (size_t k = 0; k < DRIFT_CHAINS; k++) {
		change[k] = d->sum[1][k][q] / d->seen[1] - d->sum[0][k][q] / d->seen[0];
		mean += change[k] / DRIFT_CHAINS;
	}
	for (size_t k = 0; k < DRIFT_CHAINS; k++)
		square += (change[k] - mean) * (change[k] - mean);
	return fabs(mean) / sqrt(square / (DRIFT_CHAINS * (DRIFT_CHAINS - 1)));
}

double
drift_moved(const struct drift *d)
{
	double most = 0;

	for (size_t q = 0; d->seen[0] > 0 && d->seen[1] > 0 && q < DRIFT_QUANTITIES; q++)
		most = fmax(most, moved(d, q)); /* which passes over 0/0 */
	return most;
}
