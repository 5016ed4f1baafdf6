#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/ising_exact.h"

/* --- columns ------------------------------------------------------------------------ */

static bool
has_lattice(const struct report *r)
{
	return r->thermal && r->groups->observables.any;
}

/* count 0: a scalar. */
static enum rn_status
add(struct report *r, const char *name, enum rn_type type, size_t count, struct rn_error *err)
{
	if (rn_schema_find(r->schema, name))
		return rn_fail(err, RN_EDATA,
			"column %s has the name of a result: rename it with rns-sel --rename %s=my_%s", name,
			name, name);
	r->nvalues += count ? count : 1;
	return rn_schema_add_column(r->schema, name, type, count > 0, &count, err);
}

static enum rn_status
add_scalars(struct report *r, const char *const names[], struct rn_error *err)
{
	enum rn_status st = RN_OK;

	for (; *names && st == RN_OK; names++)
		st = add(r, *names, strcmp(*names, "T_est_flag") == 0 ? RN_I8 : RN_F64, 0, err);
	return st;
}

/* In the order in which fill_row() puts their values. */
static enum rn_status
add_columns(struct report *r, struct rn_error *err)
{
	static const char *const estimate[] = { "T_est", "T_est_err", "T_est_flag", "kl", "kl_err", "kl_th",
		"T_est_lo", "T_est_hi", NULL };
	static const char *const measured[] = { "e", "e_err", "m", "m_err", "absm", "absm_err", "m2",
		"m2_err", "m4", "m4_err", "T_eff", "T_eff_err", "T_absm", "T_absm_err", NULL };
	static const char *const expected[] = { "e_th", "absm_th", "m2_th", "m4_th", NULL };
	const size_t K = r->groups->classes, distances = r->groups->observables.distances;
	enum rn_status st = add(r, "n", RN_U64, 0, err);

	if (st == RN_OK && r->calibration)
		st = add_scalars(r, estimate, err);
	if (st == RN_OK && has_lattice(r))
		st = add_scalars(r, measured, err);
	if (st == RN_OK && has_lattice(r) && r->calibration)
		st = add_scalars(r, expected, err);
	if (st == RN_OK && has_lattice(r)) {
		if ((st = add(r, "G", RN_F64, distances, err)) != RN_OK ||
			(st = add(r, "G_err", RN_F64, distances, err)) != RN_OK ||
			(r->calibration && (st = add(r, "G_th", RN_F64, distances, err)) != RN_OK) ||
			(st = add(r, "P_m", RN_F64, BINS, err)) != RN_OK ||
			(st = add(r, "P_m_err", RN_F64, BINS, err)) != RN_OK)
			return st;
	}
	if (st != RN_OK || (st = add(r, "p", RN_F64, K, err)) != RN_OK ||
		(st = add(r, "p_err", RN_F64, K, err)) != RN_OK)
		return st;
	return r->thermal && !r->calibration ? add(r, "p_cov", RN_F64, K * (K + 1) / 2, err) : RN_OK;
}

enum rn_status
report_begin(struct report *r, struct rn_error *err)
{
	const struct groups *s = r->groups;
	enum rn_status st = RN_OK;

	r->schema = rn_schema_create("table");
	if (!r->schema)
		return rn_fail_memory(err, "table");
	for (size_t i = 0; i < s->by.n && st == RN_OK; i++) {
		const char *name = s->by.column[i]->name;

		st = rn_schema_add_like(r->schema, s->by.column[i], NULL, err);
		if (st == RN_OK && rn_schema_is_label(s->schema, name))
			st = rn_schema_add_label(r->schema, name, err);
	}
	r->first = r->schema->columns;
	if (st != RN_OK || (st = add_columns(r, err)) != RN_OK)
		return st;
	if (s->observables.any)
		exact_begin(&r->exact, &s->observables.l);
	r->record = calloc(1, r->schema->record_bytes);
	r->values = calloc(r->nvalues, sizeof *r->values);
	r->residual = calloc(s->classes, sizeof *r->residual);
	return r->record && r->values && r->residual ? RN_OK : rn_fail_memory(err, "table");
}

void
report_end(struct report *r)
{
	rn_schema_destroy(r->schema);
	free(r->record);
	free(r->values);
	free(r->residual);
}

/* --- means and their covariance ------------------------------------------------------ */

static void
same(const double mean[], double out[], void *arg)
{
	memcpy(out, mean, *(const size_t *)arg * sizeof *out);
}

/*
 * The covariance of the first K means, upper triangle: the jackknife of renorm/stats.h, of which the diagonal is
 * error^2, with products in place of squares. With r_j = (sum of block j) - m_j mean,
 *
 *	cov(a, b) = (1/g) sum_j r_ja r_jb / (m_j (n - m_j)).
 */
static void
covariance(const struct rn_sample *s, size_t K, double residual[], double out[])
{
	const double scale = s->inflate * s->inflate / (double)s->n;

	for (size_t i = 0; i < K * (K + 1) / 2; i++)
		out[i] = s->n > 1 ? 0 : NAN;
	for (size_t j = 0; s->n > 1 && j < s->n; j++) {
		const double m = s->count[j], *sum = s->sum + j * s->q, c = scale / (m * (s->records - m));
		double *at = out;

		for (size_t k = 0; k < K; k++)
			residual[k] = sum[k] - m * s->total[k] / s->records;
		for (size_t a = 0; a < K; a++)
			for (size_t b = a; b < K; b++)
				*at++ += c * residual[a] * residual[b];
	}
}

/* --- the temperature ------------------------------------------------------------------ */

enum { THERMAL_EACH = 4 };

struct reading {
	const struct calibration *calibration;
	const double *mean; /* P of all records */
	double *thermal;    /* P_cal at T_est */
	double *P;	    /* K, and scratch for nearest_of() */
	double stretch;
	double kl_th; /* sum over the thermal ones so far */
	size_t calls, thermals;
};

static void
to_probabilities(double P[], size_t K)
{
	double sum = 0;

	for (size_t k = 0; k < K; k++)
		sum += P[k] = fmax(P[k], 0);
	for (size_t k = 0; k < K; k++)
		P[k] /= sum;
}

/* What is nearest to P about which the resamples scatter as this one does about the mean. */
static struct nearest
read_about(struct reading *r, const double P[], const double resampled[], size_t draw)
{
	const struct calibration *c = r->calibration;
	const size_t K = c->K;

	for (size_t k = 0; k < K; k++)
		r->P[k] = P[k] + r->stretch * (resampled[k] - r->mean[k]);
	to_probabilities(r->P, K);
	return nearest_of(&c->draw[draw], r->P, r->P + K);
}

/*
 * One resample, against one draw of the calibration; and of some, a thermal ensemble at T_est with errors as large,
 * against the same: the mean of its kl need not be known to a percent. Once all are drawn, rn_bootstrap() asks for the mean itself.
 */
static void
read_resample(const double mean[], double out[], void *arg)
{
	struct reading *r = arg;
	const size_t draws = r->calibration->draws, call = r->calls++;
	const struct nearest best = read_about(r, r->mean, mean, call % draws);

	out[0] = best.T;
	out[1] = best.kl;
	if (call < draws && call % THERMAL_EACH == 0) {
		r->kl_th += read_about(r, r->thermal, mean, call).kl;
		r->thermals++;
	}
}

/* The first K columns of a sample, its blocks joined to BLOCKS_MAX at most: the time of the bootstrap goes with them. */
static enum rn_status
narrow(const struct rn_sample *s, size_t K, struct rn_sample *out, struct rn_error *err)
{
	*out = *s;
	out->q = K;
	out->n = s->n < BLOCKS_MAX ? s->n : BLOCKS_MAX;
	out->sum = calloc(out->n * K + 1, sizeof *out->sum);
	out->count = calloc(out->n + 1, sizeof *out->count);
	if (!out->sum || !out->count)
		return rn_fail_memory(err, "bootstrap");
	for (size_t j = 0; j < s->n; j++) {
		const size_t to = j % out->n;

		out->count[to] += s->count[j];
		for (size_t k = 0; k < K; k++)
			out->sum[to * K + k] += s->sum[j * s->q + k];
	}
	return RN_OK;
}

/* Keyed by the values of the group columns and the shape of the samples. */
static enum rn_status
random_of(const struct report *r, const struct group *g, struct rn_random *random, struct rn_error *err)
{
	const struct groups *s = r->groups;
	const struct rn_column *shape = s->observables.column;
	const uint8_t *key = g->key;
	double *values = calloc(s->by.bytes, sizeof *values);
	struct rn_random_key k;
	size_t n = 0;

	if (!values)
		return rn_fail_memory(err, "bootstrap");
	for (size_t i = 0; i < s->by.n; key += s->by.column[i++]->bytes) {
		struct rn_column here = *s->by.column[i];

		here.offset = 0;
		for (size_t j = 0; j < here.count; j++)
			values[n++] = rn_get_f64(&here, key, j);
	}
	k = rn_random_key(r->seed, "mlp-classify", values, n, shape->shape, shape->ndim);
	*random = rn_random_at(&k, 0);
	free(values);
	return RN_OK;
}

enum { READINGS = 8 }; /* T_est, its error, its flag, kl, its error, kl_th, the interval of T_est */

static enum rn_status
read_temperature(const struct report *r, const struct group *g, const struct rn_sample *s,
	double out[READINGS], struct rn_error *err)
{
	const size_t K = r->groups->classes;
	double *mean = calloc(5 * K + r->calibration->fine_n, sizeof *mean);
	struct reading reading = { .calibration = r->calibration, .mean = mean };
	struct rn_interval interval[2] = { { .error = NAN, .lo = NAN, .hi = NAN }, { .error = NAN } };
	struct rn_random random;
	struct rn_sample P = { 0 };
	struct nearest best;
	enum rn_status st;

	if (!mean)
		return rn_fail_memory(err, "bootstrap");
	for (size_t k = 0; k < K; k++)
		mean[k] = s->total[k] / s->records;
	to_probabilities(mean, K);
	reading.thermal = mean + K;
	reading.P = mean + 2 * K;
	best = nearest_of(&r->calibration->mean, mean, reading.P);
	curve_at(&r->calibration->mean, best.T, reading.thermal);
	if ((st = random_of(r, g, &random, err)) == RN_OK)
		st = narrow(s, K, &P, err);
	/* n drawn of n vary less than n new ones, and blocks hide some of their correlation */
	reading.stretch = s->inflate * sqrt((double)P.n / ((double)P.n - 1));
	if (st == RN_OK && s->n > 1)
		st = rn_bootstrap(&P, read_resample, &reading, 2, r->resamples, 0.68, &random, interval, err);
	if (st == RN_OK) {
		out[0] = best.T;
		out[1] = interval[0].error;
		out[2] = best.flag;
		out[3] = best.kl;
		out[4] = interval[1].error;
		out[5] = reading.kl_th / (double)reading.thermals; /* 0/0 of a single record */
		out[6] = interval[0].lo;
		out[7] = interval[0].hi;
	}
	free(P.sum);
	free(P.count);
	free(mean);
	return st;
}

/* --- thermal values ------------------------------------------------------------------- */

static double
half_width(double lo, double hi)
{
	return isinf(hi) ? INFINITY : (hi - lo) / 2;
}

static double *
put(double *at, double value)
{
	*at = value;
	return at + 1;
}

/* The temperatures of e and of |m|, each with half the distance between those of the ends of its error. */
static enum rn_status
put_thermometers(struct report *r, const struct rn_estimate *mean, bool field, double **at,
	struct rn_error *err)
{
	const struct rn_lattice *l = &r->groups->observables.l;
	const struct rn_estimate e = mean[E], a = mean[ABSM];
	double T, lo, hi;
	enum rn_status st;

	T = rn_ising_temperature(l, e.value);
	lo = rn_ising_temperature(l, e.value - e.error);
	hi = rn_ising_temperature(l, e.value + e.error);
	*at = put(*at, field ? NAN : T);
	*at = put(*at, field ? NAN : half_width(lo, hi));
	if ((st = exact_T_of_absm(&r->exact, a.value, &T, err)) != RN_OK ||
		(st = exact_T_of_absm(&r->exact, a.value + a.error, &lo, err)) != RN_OK ||
		(st = exact_T_of_absm(&r->exact, a.value - a.error, &hi, err)) != RN_OK)
		return st;
	*at = put(*at, field ? NAN : T);
	*at = put(*at, field ? NAN : half_width(lo, hi));
	return RN_OK;
}

/* What a thermal ensemble at T would have: exactly where that is known, else as the calibration measured. */
static enum rn_status
put_expected(struct report *r, double T, bool field, double **at, struct rn_error *err)
{
	const struct rn_lattice *l = &r->groups->observables.l;
	struct rn_ising_moments m;
	enum rn_status st = exact_moments(&r->exact, field ? NAN : T, &m, err);
	const bool known = !isnan(m.absm);

	*at = put(*at, field ? calibration_value(r->calibration, T, CAL_E) : rn_ising_energy(l, T));
	*at = put(*at, known ? m.absm : calibration_value(r->calibration, T, CAL_ABSM));
	*at = put(*at, known ? m.m2 : calibration_value(r->calibration, T, CAL_M2));
	*at = put(*at, known ? m.m4 : calibration_value(r->calibration, T, CAL_M4));
	return st;
}

static double *
put_values(double *at, const struct rn_estimate x[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		at = put(at, x[i].value);
	return at;
}

static double *
put_errors(double *at, const struct rn_estimate x[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		at = put(at, x[i].error);
	return at;
}

static enum rn_status
put_lattice(struct report *r, const struct group *g, const struct rn_estimate *mean, double T, double **at,
	struct rn_error *err)
{
	const struct observables *o = &r->groups->observables;
	const bool field = g->h != 0; /* also one that varies: there are no exact values */
	enum rn_status st;

	for (size_t i = E; i <= M4; i++) {
		*at = put(*at, mean[i].value);
		*at = put(*at, mean[i].error);
	}
	st = put_thermometers(r, mean, field, at, err);
	if (st == RN_OK && r->calibration)
		st = put_expected(r, T, field, at, err);
	if (st != RN_OK)
		return st;
	*at = put_values(*at, mean + G, o->distances);
	*at = put_errors(*at, mean + G, o->distances);
	for (size_t d = 0; r->calibration && d < o->distances; d++)
		*at = put(*at,
			o->l.dim == 1 && !field ? exact_G(&o->l, T, d)
						: calibration_value(r->calibration, T, CAL_SCALARS + d));
	*at = put_values(*at, mean + G + o->distances, BINS);
	*at = put_errors(*at, mean + G + o->distances, BINS);
	return RN_OK;
}

/* --- rows ----------------------------------------------------------------------------- */

static enum rn_status
fill_row(struct report *r, struct group *g, const struct rn_sample *s, const struct rn_estimate mean[],
	struct rn_error *err)
{
	const size_t K = r->groups->classes;
	double *at = put(r->values, (double)g->n), T = NAN;
	enum rn_status st = RN_OK;

	if (r->calibration) {
		st = read_temperature(r, g, s, at, err);
		T = at[0];
		at += READINGS;
	}
	if (has_lattice(r))
		group_judge_phases(g, mean + K);
	if (st == RN_OK && has_lattice(r))
		st = put_lattice(r, g, mean + K, T, &at, err);
	if (st != RN_OK)
		return st;
	at = put_values(at, mean, K);
	at = put_errors(at, mean, K);
	if (r->thermal && !r->calibration)
		covariance(s, K, r->residual, at);
	return RN_OK;
}

static enum rn_status
write_row(struct report *r, const struct group *g, struct rn_writer *w, struct rn_error *err)
{
	const double *at = r->values;

	memcpy(r->record, g->key, r->groups->by.bytes);
	for (size_t i = r->first; i < r->schema->columns; i++)
		for (size_t j = 0; j < r->schema->column[i].count; j++)
			rn_put_f64(&r->schema->column[i], r->record, j, *at++);
	return rn_writer_put(w, r->record, 1, err);
}

enum rn_status
report_write(struct report *r, struct rn_writer *w, struct rn_error *err)
{
	struct groups *s = r->groups;
	struct rn_estimate *mean = calloc(s->q, sizeof *mean);
	enum rn_status st = RN_OK;

	if (!mean)
		return rn_fail_memory(err, "table");
	for (size_t i = 0; st == RN_OK && i < s->ngroups; i++) {
		struct rn_sample sample = { 0 };

		if ((st = group_finish(&s->group[i], &sample, err)) == RN_OK &&
			(st = rn_jackknife(&sample, same, &s->q, s->q, mean, err)) == RN_OK &&
			(st = fill_row(r, &s->group[i], &sample, mean, err)) == RN_OK)
			st = write_row(r, &s->group[i], w, err);
		rn_sample_clear(&sample);
	}
	free(mean);
	return st;
}
