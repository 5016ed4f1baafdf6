/*
 * stats_bootstrap.c - resampling of items, or of the blocks of chains
 */
#include <math.h>
#include <stdlib.h>

#include "renorm/stats.h"

static void
draw_mean(const struct rn_sample *s, struct rn_random *random, double mean[])
{
	double records = 0;

	for (size_t k = 0; k < s->q; k++)
		mean[k] = 0;
	for (size_t i = 0; i < s->n; i++) {
		size_t pick = rn_random_below(random, s->n);

		for (size_t k = 0; k < s->q; k++)
			mean[k] += s->sum[pick * s->q + k];
		records += s->count[pick];
	}
	for (size_t k = 0; k < s->q; k++)
		mean[k] /= records;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Between order statistics, the first being the 0 and the last the 1 quantile. */
static double
quantile(const double sorted[], size_t n, double at)
{
	double place = at * (double)(n - 1);
	size_t below = (size_t)place;

	if (below + 1 >= n || sorted[below] == sorted[below + 1])
		return sorted[below];
	return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

static struct rn_interval
interval(double value, double draws[], size_t n, double confidence)
{
	struct rn_mean spread = { 0 };

	for (size_t i = 0; i < n; i++)
		rn_mean_add(&spread, draws[i], 1);
	qsort(draws, n, sizeof draws[0], by_value);
	return (struct rn_interval){
		.value = value,
		.error = sqrt(rn_mean_variance(&spread)),
		.lo = quantile(draws, n, (1 - confidence) / 2),
		.hi = quantile(draws, n, (1 + confidence) / 2),
	};
}

enum rn_status
rn_bootstrap(const struct rn_sample *s, rn_function f, void *arg, size_t p, size_t resamples,
	double confidence, struct rn_random *random, struct rn_interval out[], struct rn_error *err)
{
	enum rn_status status = RN_OK;
	double *mean = calloc(s->q, sizeof *mean), *value = calloc(p, sizeof *value);
	double *draws = calloc(resamples, p * sizeof *draws); /* p by resamples */

	if (s->n < 1 || resamples < 2 || !(confidence > 0 && confidence < 1)) {
		status = rn_fail(err, RN_EUSAGE,
			"a bootstrap needs an item, two resamples and a confidence in (0, 1)");
		goto out;
	}
	if (!mean || !value || !draws) {
		status = rn_fail_memory(err, "bootstrap");
		goto out;
	}
	for (size_t r = 0; r < resamples; r++) {
		draw_mean(s, random, mean);
		f(mean, value, arg);
		for (size_t k = 0; k < p; k++)
			draws[k * resamples + r] = value[k];
	}
	for (size_t k = 0; k < s->q; k++)
		mean[k] = s->total[k] / s->records;
	f(mean, value, arg);
	for (size_t k = 0; k < p; k++)
		out[k] = interval(value[k], draws + k * resamples, resamples, confidence);
out:
	free(mean);
	free(value);
	free(draws);
	return status;
}
