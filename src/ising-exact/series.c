/*
 * series.c - partial sums of the high and low temperature series (thesis 3.2.25 and 3.2.26), beside the exact ln Z
 *
 * Of the infinite lattice the series of ln Z per spin; of a torus that of Z, of which the logarithm per spin is printed.
 */
#include <math.h>
#include <stdlib.h>

#include "renorm/ising_series.h"
#include "run.h"

enum { TERMS = RN_ISING_SERIES_MAX / 2 + 1 };

struct terms {
	bool infinite;
	uint64_t num[TERMS], den[TERMS];
	double sites;
};

static uint64_t
common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Of ln Z / N, or of Z. */
static bool
terms_of(struct terms *t, const struct size *s, size_t order)
{
	*t = (struct terms){ .infinite = s->infinite, .sites = (double)s->l.sites };
	for (size_t k = 0; k < TERMS; k++)
		t->den[k] = 1;
	if (!s->infinite)
		return rn_ising_series_of_torus(s->l.sites, order, t->num);
	rn_ising_series(t->num);
	for (size_t k = 1; k < TERMS; k++) {
		uint64_t d = common_divisor(t->num[k], k);

		t->num[k] /= d;
		t->den[k] = k / d;
	}
	return true;
}

static double
term(const struct terms *t, size_t k, double x)
{
	return (double)t->num[k] / (double)t->den[k] * pow(x, 2 * (double)k);
}

/* What a partial sum adds to ln Z per spin. */
static double
part(const struct terms *t, double sum)
{
	return t->infinite ? sum : log(sum) / t->sites;
}

static void
put(struct table *t, const struct size *s, const struct terms *terms, double T, double K)
{
	const double exact = lnz_per_spin(t->run, s, T), high = 2 * (K + log1p(exp(-2 * K))) - M_LN2;
	const double low = 2 * K + (s->infinite ? 0 : M_LN2 / terms->sites); /* two ground states */
	double high_sum = term(terms, 0, 1), low_sum = high_sum;

	for (size_t k = 1; k <= t->run->order / 2; k++) {
		high_sum += term(terms, k, tanh(K));
		low_sum += term(terms, k, exp(-2 * K));
		if (k == 1) /* no loop is that short */
			continue;
		table_size(t, s);
		table_f64(t, T);
		table_f64(t, K);
		table_u64(t, 2 * k);
		table_u64(t, terms->num[k]);
		table_u64(t, terms->den[k]);
		table_f64(t, high + part(terms, high_sum));
		table_f64(t, low + part(terms, low_sum));
		table_f64(t, exact);
	}
}

static void
check(const struct run *r, struct terms terms[])
{
	for (size_t i = 0; i < r->sizes; i++) {
		const struct rn_lattice *l = &r->size[i].l;
		size_t edge = l->rows < l->cols ? l->rows : l->cols;

		if (!terms_of(&terms[i], &r->size[i], r->order))
			rn_die(RN_EUSAGE,
				"--series %zu: of -L %s a coefficient of that order does not fit 64 bits; "
				"choose a lower order or a "
				"smaller torus",
				(size_t)r->order, r->size[i].text);
		if (!r->size[i].infinite && r->order >= edge)
			rn_remark(r->common,
				"-L %s: loops around the torus begin at order %zu; they are not in the "
				"series",
				r->size[i].text, edge);
	}
}

void
series(const struct run *r)
{
	static const struct column columns[] = {
		{ "L1", RN_F64 },
		{ "L2", RN_F64 },
		{ "T", RN_F64 },
		{ "K", RN_F64 },
		{ "order", RN_U64 },
		{ "num", RN_U64 },
		{ "den", RN_U64 },
		{ "high", RN_F64 },
		{ "low", RN_F64 },
		{ "lnZ_per_spin", RN_F64 },
		{ 0 },
	};
	struct terms *terms = rn_alloc_or_die(r->sizes, sizeof *terms);
	struct table t;

	check(r, terms);
	table_begin(&t, r, columns, r->sizes * r->temperatures * (r->order / 2 - 1));
	for (size_t i = 0; i < r->sizes; i++)
		for (size_t k = 0; k < r->temperatures; k++)
			put(&t, &r->size[i], &terms[i], r->T[k], r->K[k]);
	table_end(&t);
	free(terms);
}
