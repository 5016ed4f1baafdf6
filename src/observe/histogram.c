/*
 * histogram.c - P(m) and P(e), with errors
 *
 * Exact bins, the values there are: m = -1 + 2 i / N, i = 0..N; e = (-bonds + 4 i) / N, for
 * every row and column is a ring of bonds, of which an even number is broken. Bins of a width w are
 * centred at its multiples; a value on a border counts half on either side, so P(-m)
 * mirrors P(m).
 */
#include <math.h>
#include <stdlib.h>

#include "analysis.h"

#define EXACT_BINS_MAX 1025 /* m on 32 x 32 */
#define DEFAULT_WIDTH 0.01  /* above that */
#define BINS_MAX 1e6

struct bins {
	double lowest, step; /* value of bin i: lowest + i * step */
	bool exact;
};

static enum rn_status
begin(struct meter *m, double bottom, double top, double step, double width, struct rn_error *err)
{
	struct bins *b = calloc(1, sizeof *b);
	double values = (top - bottom) / step, half;

	if (!b)
		return rn_fail_memory(err, "histogram");
	m->state = b;
	b->exact = width == 0 && values + 1 <= EXACT_BINS_MAX;
	if (b->exact) {
		b->lowest = bottom;
		b->step = step;
		m->q = (size_t)lround(values) + 1;
		return RN_OK;
	}
	b->step = width > 0 ? width : DEFAULT_WIDTH;
	half = ceil(fmax(-bottom, top) / b->step - 0.5 +
		1e-9); /* a value on the outer border has a bin there too */
	if (half > BINS_MAX)
		return rn_fail(err, RN_EUSAGE, "--bin %g makes more than %g bins; 0.01 is usual", width,
			BINS_MAX);
	b->lowest = -half * b->step;
	m->q = 2 * (size_t)half + 1;
	return RN_OK;
}

static void
end(struct meter *m)
{
	free(m->state);
}

static enum rn_status
begin_m(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	return begin(m, -1, 1, 2 / (double)m->l.sites, wish->bin, err);
}

static enum rn_status
begin_e(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	double ground = (double)m->l.bonds / (double)m->l.sites;

	return begin(m, -ground, ground, 4 / (double)m->l.sites, wish->bin, err);
}

static void
put(const struct bins *b, size_t exact_bin, double x, double sum[])
{
	double place = (x - b->lowest) / b->step + 0.5, below = floor(place), border = rint(place);

	if (b->exact)
		sum[exact_bin]++;
	else if (fabs(place - border) > 1e-9)
		sum[(size_t)below]++;
	else {
		sum[(size_t)border - 1] += 0.5;
		sum[(size_t)border] += 0.5;
	}
}

static void
measure_m(struct meter *meter, const uint8_t *spins, double sum[], double series[])
{
	const struct rn_ising_sums s = rn_ising_measure(&meter->l, spins);

	series[0] = rn_ising_m(&meter->l, s);
	put(meter->state, (size_t)((s.spins + (int64_t)meter->l.sites) / 2), series[0], sum);
}

static void
measure_e(struct meter *meter, const uint8_t *spins, double sum[], double series[])
{
	const struct rn_ising_sums s = rn_ising_measure(&meter->l, spins);

	series[0] = rn_ising_e(&meter->l, s);
	put(meter->state, (size_t)(((int64_t)meter->l.bonds - s.bonds) / 4), series[0], sum);
}

static void
same(const double mean[], double out[], void *arg)
{
	const struct meter *m = arg;

	for (size_t i = 0; i < m->q; i++)
		out[i] = mean[i];
}

static double
bin_value(const struct meter *m, const struct bins *b, size_t i)
{
	/* The doubles nearest to -1 + 2 i / N and to multiples of the width: symmetric, and 0 is 0. */
	double from_middle = (double)i - (double)(m->q - 1) / 2;

	return b->exact ? from_middle / (1 / b->step) : from_middle * b->step;
}

static enum rn_status
print_rows(const struct meter *m, const struct cell *c, const struct rn_estimate P[], struct table *t,
	struct rn_error *err)
{
	size_t first = 0, last = m->q - 1;
	enum rn_status st = RN_OK;

	while (first < last && P[first].value == 0)
		first++;
	while (last > first && P[last].value == 0)
		last--;
	for (size_t i = first; i <= last && st == RN_OK; i++) {
		const double row[] = { (double)c->n, bin_value(m, m->state, i), P[i].value, P[i].error };

		st = table_row(t, row, err);
	}
	return st;
}

static enum rn_status
report(struct meter *m, struct cell *c, struct table *t, struct rn_error *err)
{
	struct rn_estimate *P = calloc(m->q, sizeof *P);
	struct rn_sample sample = { 0 };
	enum rn_status st = P ? cell_finish(c, 1, &sample, err) : rn_fail_memory(err, "histogram");

	if (st == RN_OK)
		st = rn_jackknife(&sample, same, m, m->q, P, err);
	if (st == RN_OK)
		st = print_rows(m, c, P, t, err);
	rn_sample_clear(&sample);
	free(P);
	return st;
}

static const char *const columns_m[] = { "n", "m", "P", "P_err", NULL };
static const char *const columns_e[] = { "n", "e", "P", "P_err", NULL };

const struct analysis histogram_m = {
	.series = 1,
	.columns = columns_m,
	.begin = begin_m,
	.end = end,
	.measure = measure_m,
	.report = report,
};

const struct analysis histogram_e = {
	.series = 1,
	.columns = columns_e,
	.begin = begin_e,
	.end = end,
	.measure = measure_e,
	.report = report,
};
