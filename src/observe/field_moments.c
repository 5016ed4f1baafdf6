/*
 * field_moments.c - the means of a field, its action, magnetisation and what follows from their moments (magnetic.h)
 *
 * The action is linear in phi2, phi4 and nn, so its mean is that of their means, with the couplings of the labels.
 */
#include <math.h>
#include <stdlib.h>

#include "magnetic.h"
#include "projection.h"
#include "renorm/field.h"

enum { PHI2 = MAGNETIC_SUMS, PHI4, NN, QUANTITIES }; /* sums */
enum { F_ACTION = MAGNETIC_FUNCTIONS, F_PHI2, F_PHI4, F_NN, FUNCTIONS };

static enum rn_status
begin(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	(void)wish;
	m->q = QUANTITIES;
	m->state = malloc(sizeof(struct projection));
	if (!m->state)
		return rn_fail_memory(err, "structure factor");
	projection_init(m->state, &m->l, m->type);
	return RN_OK;
}

static bool
prepare(struct meter *m)
{
	return projection_prepare(m->state);
}

static void
end(struct meter *m)
{
	if (m->state)
		projection_clear(m->state);
	free(m->state);
}

static void
measure(struct meter *meter, const uint8_t *phi, double sum[], double series[])
{
	const struct rn_field_means means = rn_field_measure(&meter->l, meter->type, phi);

	magnetic_add(means.m, projection_smallest(meter->state, phi), means.phi2, sum, series);
	sum[PHI2] += means.phi2;
	sum[PHI4] += means.phi4;
	sum[NN] += means.nn;
}

static void
functions(const double mean[], double out[], void *arg)
{
	const struct magnetic_facts *facts = arg;
	const struct rn_lattice *l = &facts->meter->l;
	const double *fact = facts->cell->fact;
	const struct rn_phi4 coupling = { fact[FACT_KAPPA], fact[FACT_LAMBDA], fact[FACT_MU2] };
	const struct rn_field_means means = { .phi2 = mean[PHI2], .phi4 = mean[PHI4], .nn = mean[NN] };

	magnetic_functions(l, facts->cell, mean, out);
	out[F_ACTION] = rn_field_action(&coupling, l, &means);
	out[F_PHI2] = mean[PHI2];
	out[F_PHI4] = mean[PHI4];
	out[F_NN] = mean[NN];
}

static const char *const columns[] = {
	"n",
	"action",
	"action_err",
	"absm",
	"absm_err",
	"m",
	"m_err",
	"m2",
	"m2_err",
	"m4",
	"m4_err",
	"chi",
	"chi_err",
	"chi0",
	"chi0_err",
	"U4",
	"U4_err",
	"xi",
	"xi_err",
	"phi2",
	"phi2_err",
	"phi4",
	"phi4_err",
	"nn",
	"nn_err",
	"tau_phi2",
	"tau_phi2_err",
	"tau_m2",
	"tau_m2_err",
	NULL,
};

/* In the order of the columns. */
static const int printed[] = { F_ACTION, F_ABSM, F_M, F_M2, F_M4, F_CHI, F_CHI0, F_U4, F_XI2, F_PHI2, F_PHI4,
	F_NN };

static enum rn_status
report(struct meter *meter, struct cell *c, struct table *t, struct rn_error *err)
{
	struct rn_tau tau[MAGNETIC_SERIES];
	struct rn_estimate f[FUNCTIONS];
	double row[sizeof columns / sizeof columns[0]], *at = row;
	enum rn_status st = magnetic_estimate(meter, c, functions, FUNCTIONS, f, tau, err);

	if (st != RN_OK)
		return st;
	*at++ = (double)c->n;
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
		at = magnetic_put(at, f[printed[i]]);
	for (size_t i = TAU_ENERGY; i <= TAU_M2; i++) {
		*at++ = tau[i].tau;
		*at++ = tau[i].error;
	}
	return table_row(t, row, err);
}

const struct analysis field_moments = {
	.series = MAGNETIC_SERIES,
	.columns = columns,
	.begin = begin,
	.prepare = prepare,
	.end = end,
	.measure = measure,
	.report = report,
};
