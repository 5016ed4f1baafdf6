#include "magnetic.h"

#include <math.h>

void
magnetic_add(double m, double Sk, double energy, double sum[], double series[])
{
	const double m2 = m * m;

	sum[ABSM] += fabs(m);
	sum[M] += m;
	sum[M2] += m2;
	sum[M4] += m2 * m2;
	sum[SK] += Sk;
	series[TAU_ENERGY] = energy;
	series[TAU_M2] = m2;
	series[TAU_M] = m;
}

static double
xi_squared(const struct rn_lattice *l, double S0, double Sk)
{
	size_t L = l->cols > l->rows ? l->cols : l->rows;
	double s = 2 * sin(M_PI / (double)L);

	return L > 1 ? (S0 / Sk - 1) / (s * s) : NAN;
}

void
magnetic_functions(const struct rn_lattice *l, const struct cell *c, const double mean[], double out[])
{
	const double N = (double)l->sites;
	const double connected = c->fact[FACT_H] == 0 ? 0 : mean[M] * mean[M];

	out[F_ABSM] = mean[ABSM];
	out[F_M] = mean[M];
	out[F_M2] = mean[M2];
	out[F_M4] = mean[M4];
	/* A variance: what is below 0 is rounding. */
	out[F_CHI] = N * fmax(0, mean[M2] - mean[ABSM] * mean[ABSM]);
	out[F_CHI0] = N * mean[M2];
	out[F_U4] = 1 - mean[M4] / (3 * mean[M2] * mean[M2]);
	out[F_XI2] = xi_squared(l, N * (mean[M2] - connected), mean[SK]);
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
 * m has a slow motion of its own, its sign, which energies and m^2 do not see: its error is
 * taken from longer blocks when that is needed, after the others.
 */
enum rn_status
magnetic_estimate(const struct meter *meter, struct cell *c, rn_function f, size_t functions,
	struct rn_estimate out[], struct rn_tau tau[MAGNETIC_SERIES], struct rn_error *err)
{
	struct magnetic_facts facts = { meter, c };
	struct rn_estimate again[FUNCTIONS_MAX];
	struct rn_sample sample = { 0 };
	enum rn_status st = cell_finish(c, 2, &sample, err);

	for (int i = 0; i < MAGNETIC_SERIES; i++)
		tau[i] = tau_of(c, i);
	if (st == RN_OK)
		st = rn_jackknife(&sample, f, &facts, functions, out, err);
	rn_sample_clear(&sample);
	if (st != RN_OK)
		return st;
	out[F_XI2] = root(out[F_XI2]);
	if (!(tau[TAU_M].tau > fmax(fmax(tau[TAU_ENERGY].tau, tau[TAU_M2].tau), 0.5)))
		return st;

	st = rn_jackknife_finish(c->jackknife, tau[TAU_M].tau, &sample, err);
	if (st == RN_OK)
		st = rn_jackknife(&sample, f, &facts, functions, again, err);
	rn_sample_clear(&sample);
	if (st == RN_OK)
		out[F_M].error = again[F_M].error;
	return st;
}

double *
magnetic_put(double *row, struct rn_estimate x)
{
	*row++ = x.value;
	*row++ = isnan(x.value) ? NAN : x.error;
	return row;
}
