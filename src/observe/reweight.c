/*
 * reweight.c - the magnetisation of fields at other values of mu2, by reweighting
 *
 * The action is linear in mu2, so a record drawn at mu2 has at mu2' the weight
 *
 *	w = exp(-(mu2' - mu2)/2 sum phi^2),	<O>(mu2') = <w O> / <w>,
 *
 * with the field phi that was simulated, level 0, whatever level O is of (A. M. Ferrenberg, R. H. Swendsen, Phys.
 * Rev. Lett. 61 (1988) 2635). n_eff = (sum w)^2 / sum w^2 says how many records of equal weight would tell as much. The
 * sum of the first record of a group is taken from all, which changes no ratio and keeps the exponents small.
 */
#include <math.h>
#include <stdlib.h>

#include "analysis.h"
#include "renorm/field.h"

enum { W, W2, W_ABSM, W_M2, W_M4, WEIGHTED_SUMS };
enum { F_N_EFF, F_ABSM, F_M2, F_M4, F_CHI, F_CHI0, F_U4, WEIGHTED_FUNCTIONS };

#define N_EFF_LEAST 100 /* below it weights and errors are not to be trusted */

/* The last record's sum phi^2 at level 0, which the other levels' weights are made of. */
struct weights {
	const double *to;
	size_t n;
	double phi2_sum;
};

static enum rn_status
begin(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	struct weights *w = malloc(sizeof *w);

	if (!w)
		return rn_fail_memory(err, "weights");
	*w = (struct weights){ .to = wish->to, .n = wish->targets };
	m->state = w;
	m->q = w->n * WEIGHTED_SUMS;
	return RN_OK;
}

static void
end(struct meter *m)
{
	free(m->state);
}

static double
original_phi2_sum(struct meter *meter, const struct rn_field_means *means)
{
	struct weights *w = meter->first->state;

	if (meter == meter->first)
		w->phi2_sum = means->phi2 * (double)meter->l.sites;
	return w->phi2_sum;
}

static void
measure(struct meter *meter, const uint8_t *phi, double sum[], double series[])
{
	const struct weights *weights = meter->state;
	const struct rn_field_means means = rn_field_measure(&meter->l, meter->type, phi);
	const double phi2_sum = original_phi2_sum(meter, &means), m2 = means.m * means.m;
	struct cell *cell = meter->cell;

	if (cell->n == 0)
		cell->reference = phi2_sum;
	for (size_t i = 0; i < weights->n; i++, sum += WEIGHTED_SUMS) {
		const double shift = weights->to[i] - cell->fact[FACT_MU2];
		const double w = exp(-shift / 2 * (phi2_sum - cell->reference));

		sum[W] += w;
		sum[W2] += w * w;
		sum[W_ABSM] += w * fabs(means.m);
		sum[W_M2] += w * m2;
		sum[W_M4] += w * m2 * m2;
	}
	series[0] = means.phi2;
	series[1] = m2;
}

struct facts {
	const struct meter *meter;
	const struct cell *cell;
};

static void
functions(const double mean[], double out[], void *arg)
{
	const struct facts *facts = arg;
	const struct weights *weights = facts->meter->state;
	const double N = (double)facts->meter->l.sites;

	for (size_t i = 0; i < weights->n; i++, mean += WEIGHTED_SUMS, out += WEIGHTED_FUNCTIONS) {
		const double absm = mean[W_ABSM] / mean[W], m2 = mean[W_M2] / mean[W],
			     m4 = mean[W_M4] / mean[W];

		out[F_N_EFF] = (double)facts->cell->n * mean[W] * mean[W] / mean[W2];
		out[F_ABSM] = absm;
		out[F_M2] = m2;
		out[F_M4] = m4;
		out[F_CHI] = N * fmax(0, m2 - absm * absm);
		out[F_CHI0] = N * m2;
		out[F_U4] = 1 - m4 / (3 * m2 * m2);
	}
}

static enum rn_status
print_rows(struct meter *m, const struct cell *c, const struct rn_estimate f[], struct table *t,
	struct rn_error *err)
{
	const struct weights *weights = m->state;
	enum rn_status st = RN_OK;

	for (size_t i = 0; i < weights->n && st == RN_OK; i++, f += WEIGHTED_FUNCTIONS) {
		double row[3 + 2 * WEIGHTED_FUNCTIONS], *at = row;

		*at++ = (double)c->n;
		*at++ = weights->to[i];
		*at++ = f[F_N_EFF].value;
		for (int k = F_ABSM; k < WEIGHTED_FUNCTIONS; k++) {
			*at++ = f[k].value;
			*at++ = isnan(f[k].value) ? NAN : f[k].error;
		}
		m->faint += !(f[F_N_EFF].value >= N_EFF_LEAST);
		st = table_row(t, row, err);
	}
	return st;
}

static enum rn_status
report(struct meter *m, struct cell *c, struct table *t, struct rn_error *err)
{
	const struct weights *weights = m->state;
	const size_t p = weights->n * WEIGHTED_FUNCTIONS;
	struct rn_estimate *f = calloc(p, sizeof *f);
	struct facts facts = { m, c };
	struct rn_sample sample = { 0 };
	enum rn_status st;

	if (!f)
		return rn_fail_memory(err, "weights");
	st = cell_finish(c, 2, &sample, err);
	if (st == RN_OK)
		st = rn_jackknife(&sample, functions, &facts, p, f, err);
	rn_sample_clear(&sample);
	if (st == RN_OK)
		st = print_rows(m, c, f, t, err);
	free(f);
	return st;
}

static const char *const columns[] = { "n", "mu2_to", "n_eff", "absm", "absm_err", "m2", "m2_err", "m4",
	"m4_err", "chi", "chi_err", "chi0", "chi0_err", "U4", "U4_err", NULL };

const struct analysis reweighting = {
	.series = 2,
	.columns = columns,
	.begin = begin,
	.end = end,
	.measure = measure,
	.report = report,
};
