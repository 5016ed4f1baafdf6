/*
 * histogram.c - P(m) and P(e) of spins, P(m) of fields, with errors
 *
 * Exact bins, the values there are: m = -1 + 2 i / N, i = 0..N; e = (-bonds + 4 i) / N, for
 * every row and column is a ring of bonds, of which an even number is broken. Bins of a width w are
 * centred at its multiples; a value on a border counts half on either side, so P(-m)
 * mirrors P(m).
 *
 * The m of a field has no bounds: there are bins from -range to range, and what is outside is counted as such.
 */
#include <math.h>
#include <stdlib.h>

#include "analysis.h"

#define EXACT_BINS_MAX 1025 /* m on 32 x 32 */
#define DEFAULT_WIDTH 0.01  /* above that */
#define FIELD_WIDTH 0.05    /* of fields */
#define FIELD_RANGE 3
#define BINS_MAX 10000 /* each is a sum in every jackknife block */

/* Bin i is at (i - middle) / per, so 0 is 0 and m and -m have the same digits. */
struct bins {
	double middle, per;
	bool exact;
};

/* Bins of that width for values from -top to top. */
static struct bins
bins_of_width(double top, double width)
{
	struct bins b = { .per = 1 / width };

	if (fabs(b.per - rint(b.per)) < 1e-9)
		b.per = rint(b.per); /* multiples of 0.1 as one writes them */
	/* a value on the outer border has a bin behind it too */
	b.middle = ceil(top * b.per - 0.5 + 1e-9);
	return b;
}

static enum rn_status
begin(struct meter *m, struct bins bins, const struct wish *wish, struct rn_error *err)
{
	struct bins *b = malloc(sizeof *b);

	if (!b)
		return rn_fail_memory(err, "histogram");
	m->state = b;
	*b = bins;
	if (2 * b->middle + 1 > BINS_MAX)
		return rn_fail(err, RN_EUSAGE, "--bin %g makes %.0f bins, above the %d there may be: give %s",
			wish->bin, 2 * b->middle + 1, BINS_MAX,
			is_field(m->type) ? "a larger one, or a smaller --range" : "0.001 or more");
	m->q = (size_t)(2 * b->middle) + 1;
	return RN_OK;
}

/* Values from -top to top; `per` of them in a unit interval. */
static enum rn_status
begin_exact(struct meter *m, double top, double per, const struct wish *wish, struct rn_error *err)
{
	const struct bins exact = { .middle = top * per, .per = per, .exact = true };

	if (wish->bin > 0 || 2 * exact.middle + 1 > EXACT_BINS_MAX)
		return begin(m, bins_of_width(top, wish->bin > 0 ? wish->bin : DEFAULT_WIDTH), wish, err);
	return begin(m, exact, wish, err);
}

static void
end(struct meter *m)
{
	free(m->state);
}

static enum rn_status
begin_m(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	if (is_field(m->type))
		return begin(m,
			bins_of_width(wish->range > 0 ? wish->range : FIELD_RANGE,
				wish->bin > 0 ? wish->bin : FIELD_WIDTH),
			wish, err);
	return begin_exact(m, 1, (double)m->l.sites / 2, wish, err);
}

static enum rn_status
begin_e(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	double ground = (double)m->l.bonds / (double)m->l.sites;

	return begin_exact(m, ground, (double)m->l.sites / 4, wish, err);
}

static void
put(const struct bins *b, size_t exact_bin, double x, double sum[])
{
	double place = x * b->per + b->middle + 0.5, below = floor(place), border = rint(place);

	if (b->exact)
		sum[exact_bin]++;
	else if (fabs(place - border) > 1e-9)
		sum[(size_t)below]++;
	else {
		sum[(size_t)border - 1] += 0.5;
		sum[(size_t)border] += 0.5;
	}
}

/* A value beyond the outer bins, or nan, is in none. */
static void
measure_field(struct meter *meter, const uint8_t *phi, double sum[], double series[])
{
	const struct bins *b = meter->state;
	const double m = configuration_glance(&meter->l, meter->type, phi).m;

	series[0] = m;
	if (fabs(m) * b->per < b->middle + 0.5 - 1e-9)
		put(b, 0, m, sum);
	else
		meter->outside++;
}

static void
measure_m(struct meter *meter, const uint8_t *spins, double sum[], double series[])
{
	if (is_field(meter->type)) {
		measure_field(meter, spins, sum, series);
		return;
	}
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

static enum rn_status
print_rows(const struct meter *m, const struct cell *c, const struct rn_estimate P[], struct table *t,
	struct rn_error *err)
{
	const struct bins *b = m->state;
	size_t first = 0, last = m->q - 1;
	enum rn_status st = RN_OK;

	while (first < last && P[first].value == 0)
		first++;
	while (last > first && P[last].value == 0)
		last--;
	for (size_t i = first; i <= last && st == RN_OK; i++) {
		const double row[] = { (double)c->n, ((double)i - b->middle) / b->per, P[i].value,
			P[i].error };

		st = table_row(t, row, err);
	}
	return st;
}

static enum rn_status
report(struct meter *m, struct cell *c, struct table *t, struct rn_error *err)
{
	struct rn_estimate *P = calloc(m->q, sizeof *P);
	enum rn_status st;

	if (!P)
		return rn_fail_memory(err, "histogram");
	st = cell_means(m, c, 1, P, err);
	if (st == RN_OK)
		st = print_rows(m, c, P, t, err);
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
