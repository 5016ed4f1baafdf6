/*
 * moments.c - energy, magnetisation and what follows from their moments (magnetic.h), of spins
 *
 *	c = N K^2 (<e^2> - <e>^2), K = 1/T
 */
#include <math.h>
#include <stdlib.h>

#include "magnetic.h"
#include "structure.h"
#include "thermometer.h"

enum { E = MAGNETIC_SUMS, E2, QUANTITIES }; /* sums */
enum { F_E = MAGNETIC_FUNCTIONS, F_C, FUNCTIONS };

static enum rn_status
begin(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	struct structure *s = malloc(sizeof *s);

	(void)wish;
	if (!s)
		return rn_fail_memory(err, "structure factor");
	structure_init(s, &m->l);
	m->q = QUANTITIES;
	m->state = s;
	return RN_OK;
}

static bool
prepare(struct meter *m)
{
	return structure_prepare(m->state);
}

static void
end(struct meter *m)
{
	if (!m->state)
		return;
	structure_clear(m->state);
	free(m->state);
}

static void
measure(struct meter *meter, const uint8_t *spins, double sum[], double series[])
{
	const struct rn_ising_sums s = rn_ising_measure(&meter->l, spins);
	const double e = rn_ising_e(&meter->l, s);
	const double Sk = structure_has(meter->state) ? structure_factor(meter->state, spins) : 0;

	magnetic_add(rn_ising_m(&meter->l, s), Sk, e, sum, series);
	sum[E] += e;
	sum[E2] += e * e;
}

/* At T = 0 and inf it is 0, also where 0 meets infinity. */
static double
specific_heat(double N, double T, double variance)
{
	if (isnan(T))
		return NAN;
	return T == 0 || variance <= 0 ? 0 : N * variance / T / T;
}

static void
functions(const double mean[], double out[], void *arg)
{
	const struct magnetic_facts *facts = arg;
	const struct rn_lattice *l = &facts->meter->l;

	magnetic_functions(l, facts->cell, mean, out);
	out[F_E] = mean[E];
	out[F_C] = specific_heat((double)l->sites, facts->cell->fact[FACT_T], mean[E2] - mean[E] * mean[E]);
}

static const char *const columns[] = {
	"n",
	"e",
	"e_err",
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
	"c",
	"c_err",
	"U4",
	"U4_err",
	"xi",
	"xi_err",
	"tau_e",
	"tau_e_err",
	"tau_m2",
	"tau_m2_err",
	"T_eff",
	"T_eff_err",
	"T_eff_lo",
	"T_eff_hi",
	"T_eff_flag",
	NULL,
};

/* In the order of the columns. */
static const int printed[] = { F_E, F_ABSM, F_M, F_M2, F_M4, F_CHI, F_CHI0, F_C, F_U4, F_XI2 };

static enum rn_status
report(struct meter *meter, struct cell *c, struct table *t, struct rn_error *err)
{
	const double h = c->fact[FACT_H];
	struct rn_tau tau[MAGNETIC_SERIES];
	struct rn_estimate f[FUNCTIONS];
	double row[sizeof columns / sizeof columns[0]], *at = row;
	enum rn_status st = magnetic_estimate(meter, c, functions, FUNCTIONS, f, tau, err);
	struct reading T;

	if (st != RN_OK)
		return st;
	*at++ = (double)c->n;
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
		at = magnetic_put(at, f[printed[i]]);
	for (size_t i = TAU_ENERGY; i <= TAU_M2; i++) {
		*at++ = tau[i].tau;
		*at++ = tau[i].error;
	}
	/* Blocking changes the field, to one nobody knows. */
	T = thermometer_read(&meter->l, meter->blocked && h != 0 ? NAN : h, f[F_E].value, f[F_E].error);
	*at++ = T.T;
	*at++ = T.error;
	*at++ = T.lo;
	*at++ = T.hi;
	*at = T.flag;
	return table_row(t, row, err);
}

const struct analysis moments = {
	.series = MAGNETIC_SERIES,
	.columns = columns,
	.begin = begin,
	.prepare = prepare,
	.end = end,
	.measure = measure,
	.report = report,
};
