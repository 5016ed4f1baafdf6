/* An ensemble: the sizes its exponents can have, and how its points lie. */
#include "ensemble.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Up to these exponents exp(a)^2 summed over 2^31 units, and Z, are far from the ends of the type's range. */
static double
moderate(const struct ensemble *e)
{
	return e->type == RN_F64 ? 300 : 30;
}

static double
largest_magnitude(const double x[], size_t n)
{
	double largest = 0;

	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(x[i]));
	return largest;
}

/* x_k = x_0 + k dx but for the rounding of decimals; dx of the first and the last point. */
static bool
find_step(struct ensemble *e)
{
	const size_t P = e->P, d = e->din;
	const double slack = 4 * DBL_EPSILON * largest_magnitude(e->weight, P * d);

	if (P < 3)
		return false;
	for (size_t i = 0; i < d; i++) {
		e->step[i] = (e->weight[(P - 1) * d + i] - e->weight[i]) / (double)(P - 1);
		for (size_t k = 0; k < P; k++)
			if (fabs(e->weight[k * d + i] - e->weight[i] - (double)k * e->step[i]) > slack)
				return false;
	}
	return true;
}

static double
sum_of_magnitudes(const double x[], size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += fabs(x[i]);
	return sum;
}

/* The largest |a_1k| / RN_NORMALS_MAX. */
static double
reach(const struct ensemble *e)
{
	double largest = 0;

	for (size_t k = 0; k < e->P; k++)
		largest = fmax(largest, e->sigma_b + sum_of_magnitudes(e->weight + k * e->din, e->din));
	return largest;
}

static double
log_norm(const struct ensemble *e, size_t k)
{
	double square = 0;

	for (size_t i = 0; i < e->din; i++)
		square += e->weight[k * e->din + i] * e->weight[k * e->din + i];
	return e->sigma_b * e->sigma_b + square;
}

enum rn_status
ensemble_prepare(struct ensemble *e, struct rn_error *err)
{
	const double scale = e->sigma_w / sqrt((double)e->din);
	const double most = e->type == RN_F64 ? 1e100 : 1e12;
	double exponent;

	e->weight = calloc(e->P * e->din, sizeof *e->weight);
	e->step = calloc(e->din, sizeof *e->step);
	e->logZ = calloc(e->P, sizeof *e->logZ);
	if (!e->weight || !e->step || !e->logZ)
		return rn_fail_memory(err, "points");
	for (size_t i = 0; i < e->P * e->din; i++)
		e->weight[i] = scale * e->x[i];
	exponent = RN_NORMALS_MAX * reach(e);
	if (!(exponent <= most))
		return rn_fail(err, RN_EUSAGE,
			"sigma_w %g, sigma_b %g: a unit's input would be as large as %.1e at these points, "
			"and is represented up to %.0e%s",
			e->sigma_w, e->sigma_b, exponent, most,
			e->type == RN_F32 ? " (more without --f32)" : "");
	if (e->activation != RN_NET_GAUSS)
		return RN_OK;
	for (size_t k = 0; k < e->P; k++)
		e->logZ[k] = log_norm(e, k);
	e->scaled = e->depth == 1 && exponent <= moderate(e) && largest_magnitude(e->logZ, e->P) <= 300;
	e->spaced = e->scaled && find_step(e);
	e->close = e->spaced && RN_NORMALS_MAX * sum_of_magnitudes(e->step, e->din) < 0x1p-4;
	return RN_OK;
}

void
ensemble_clear(struct ensemble *e)
{
	free(e->weight);
	free(e->step);
	free(e->logZ);
	e->weight = e->step = e->logZ = NULL;
}
