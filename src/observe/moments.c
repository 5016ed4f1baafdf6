/*
 * moments.c - energy, magnetisation and what follows from their moments
 *
 * With K = 1/T, N sites, L the longer extent, k = 2 pi / L, S(k) the structure factor:
 *
 *	chi  = N (<m^2> - <|m|>^2)		chi0 = N <m^2>
 *	c    = N K^2 (<e^2> - <e>^2)		U4   = 1 - <m^4> / (3 <m^2>^2)
 *	xi^2 = (S(0) / S(k) - 1) / (4 sin^2(k/2)),	S(0) = N <m^2>, in a field N (<m^2> - <m>^2)
 *
 * xi is the second-moment correlation length (F. Cooper, B. Freedman, D. Preston, Nucl. Phys. B
 * 210 (1982) 210). Near xi = 0 the root has no slope and xi^2 may come out negative, so the
 * jackknife is of xi^2, and xi_err is the way to the farther end of sqrt(xi^2 -+ its error).
 */
#include <math.h>
#include <stdlib.h>

#include "analysis.h"
#include "structure.h"
#include "thermometer.h"

enum { E, E2, ABSM, M, M2, M4, SK, QUANTITIES }; /* sums */
enum { TAU_E, TAU_M2, TAU_M };			 /* series */
enum { F_E, F_ABSM, F_M, F_M2, F_M4, F_CHI, F_CHI0, F_C, F_U4, F_XI2, FUNCTIONS };

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
	const double e = rn_ising_e(&meter->l, s), m = rn_ising_m(&meter->l, s), m2 = m * m;

	sum[E] += e;
	sum[E2] += e * e;
	sum[ABSM] += fabs(m);
	sum[M] += m;
	sum[M2] += m2;
	sum[M4] += m2 * m2;
	sum[SK] += structure_has(meter->state) ? structure_factor(meter->state, spins) : 0;
	series[TAU_E] = e;
	series[TAU_M2] = m2;
	series[TAU_M] = m;
}

struct ensemble_facts {
	const struct meter *meter;
	const struct cell *cell;
};

/* At T = 0 and inf it is 0, also where 0 meets infinity. */
static double
specific_heat(double N, double T, double variance)
{
	if (isnan(T))
		return NAN;
	return T == 0 || variance <= 0 ? 0 : N * variance / T / T;
}

static double
xi_squared(const struct meter *meter, double S0, double Sk)
{
	size_t L = meter->l.cols > meter->l.rows ? meter->l.cols : meter->l.rows;
	double s = 2 * sin(M_PI / (double)L);

	return structure_has(meter->state) ? (S0 / Sk - 1) / (s * s) : NAN;
}

static void
functions(const double mean[], double out[], void *arg)
{
	const struct ensemble_facts *facts = arg;
	const double N = (double)facts->meter->l.sites;
	const double connected = facts->cell->h == 0 ? 0 : mean[M] * mean[M];

	out[F_E] = mean[E];
	out[F_ABSM] = mean[ABSM];
	out[F_M] = mean[M];
	out[F_M2] = mean[M2];
	out[F_M4] = mean[M4];
	/* A variance: what is below 0 is rounding. */
	out[F_CHI] = N * fmax(0, mean[M2] - mean[ABSM] * mean[ABSM]);
	out[F_CHI0] = N * mean[M2];
	out[F_C] = specific_heat(N, facts->cell->T, mean[E2] - mean[E] * mean[E]);
	out[F_U4] = 1 - mean[M4] / (3 * mean[M2] * mean[M2]);
	out[F_XI2] = xi_squared(facts->meter, N * (mean[M2] - connected), mean[SK]);
}

static struct rn_estimate
root(struct rn_estimate square)
{
	double x = fmax(square.value, 0), d = square.error;
	struct rn_estimate r = { .value = sqrt(x), .error = d };

	if (isnan(square.value))
		r.value = NAN;
	else if (isfinite(x) && isfinite(d))
		r.error = fmax(sqrt(x + d) - sqrt(x), sqrt(x) - sqrt(fmax(x - d, 0)));
	return r;
}

static struct rn_tau
tau_of(const struct cell *c, int series)
{
	static const struct rn_tau none = { .tau = 0.5 }; /* independent records: known, not measured */

	return c->has_chains ? rn_correlator_tau(c->correlator[series]) : none;
}

/*
 * m has a slow motion of its own, its sign, which e and m^2 do not see: its error is
 * taken from longer blocks when that is needed, after the others.
 */
static enum rn_status
estimate(const struct meter *meter, struct cell *c, const struct rn_tau tau[], struct rn_estimate f[],
	struct rn_error *err)
{
	struct ensemble_facts facts = { meter, c };
	struct rn_estimate again[FUNCTIONS];
	struct rn_sample sample = { 0 };
	enum rn_status st = cell_finish(c, 2, &sample, err);

	if (st == RN_OK)
		st = rn_jackknife(&sample, functions, &facts, FUNCTIONS, f, err);
	rn_sample_clear(&sample);
	if (st != RN_OK || !(tau[TAU_M].tau > fmax(fmax(tau[TAU_E].tau, tau[TAU_M2].tau), 0.5)))
		return st;

	st = rn_jackknife_finish(c->jackknife, tau[TAU_M].tau, &sample, err);
	if (st == RN_OK)
		st = rn_jackknife(&sample, functions, &facts, FUNCTIONS, again, err);
	rn_sample_clear(&sample);
	if (st == RN_OK)
		f[F_M].error = again[F_M].error;
	return st;
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

static enum rn_status
report(struct meter *meter, struct cell *c, struct table *t, struct rn_error *err)
{
	const struct rn_tau tau[] = { tau_of(c, TAU_E), tau_of(c, TAU_M2), tau_of(c, TAU_M) };
	struct rn_estimate f[FUNCTIONS];
	double row[sizeof columns / sizeof columns[0]];
	enum rn_status st = estimate(meter, c, tau, f, err);
	struct reading T;
	size_t at = 0;

	if (st != RN_OK)
		return st;
	f[F_XI2] = root(f[F_XI2]);
	row[at++] = (double)c->n;
	for (size_t i = 0; i < FUNCTIONS; i++) {
		row[at++] = f[i].value;
		row[at++] = isnan(f[i].value) ? NAN : f[i].error;
	}
	for (size_t i = TAU_E; i <= TAU_M2; i++) {
		row[at++] = tau[i].tau;
		row[at++] = tau[i].error;
	}
	/* Blocking changes the field, to one nobody knows. */
	T = thermometer_read(&meter->l, meter->blocked && c->h != 0 ? NAN : c->h, f[F_E].value, f[F_E].error);
	row[at++] = T.T;
	row[at++] = T.error;
	row[at++] = T.lo;
	row[at++] = T.hi;
	row[at] = T.flag;
	return table_row(t, row, err);
}

const struct analysis moments = {
	.series = 3,
	.columns = columns,
	.begin = begin,
	.prepare = prepare,
	.end = end,
	.measure = measure,
	.report = report,
};
