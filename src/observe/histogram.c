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
#define BINS_MAX 10000	    /* each is a sum in every jackknife block */

/* Bin i is at (i - middle) / per, so 0 is 0 and m and -m have the same digits. */
struct bins {
	double middle, per;
	bool exact;
};

/* Values from -top to top; `per` of them in a unit interval. */
static enum rn_status
begin(struct meter *m, double top, double per, double width, struct rn_error *err)
{
	struct bins *b = calloc(1, sizeof *b);

	if (!b)
		return rn_fail_memory(err, "histogram");
	m->state = b;
	*b = (struct bins){ .middle = top * per, .per = per, .exact = true };
	if (width > 0 || 2 * b->middle + 1 > EXACT_BINS_MAX) {
		b->exact = false;
		b->per = 1 / (width > 0 ? width : DEFAULT_WIDTH);
		if (fabs(b->per - rint(b->per)) < 1e-9)
			b->per = rint(b->per); /* multiples of 0.1 as one writes them */
		/* a value on the outer border has a bin behind it too */
		b->middle = ceil(top * b->per - 0.5 + 1e-9);
	}
	if (2 * b->middle + 1 > BINS_MAX)
		return rn_fail(err, RN_EUSAGE,
			"--bin %g makes %.0f bins, above the %d there may be: give 0.001 or more", width,
			2 * b->middle + 1, BINS_MAX);
	m->q = (size_t)(2 * b->middle) + 1;
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
	return begin(m, 1, (double)m->l.sites / 2, wish->bin, err);
}

static enum rn_status
begin_e(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	double ground = (double)m->l.bonds / (double)m->l.sites;

	return begin(m, ground, (double)m->l.sites / 4, wish->bin, err);
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
