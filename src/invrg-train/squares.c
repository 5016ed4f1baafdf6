#include "squares.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/field.h"
#include "symmetry.h"

enum { BLOCKS_MAX = 64 };

/* --- unknowns --------------------------------------------------------------------- */

static void
number_unknowns(struct squares *s)
{
	const size_t K1 = s->c.rows.K, K2 = s->c.cols.K;

	for (size_t e = 0; e < K1 * K2; e++) {
		const size_t first = s->symmetric ? symmetry_first(K1, K2, e) : e;

		s->unknown[e] = first == e ? s->unknowns++ : s->unknown[first];
	}
}

/* --- sums ------------------------------------------------------------------------- */

static size_t
autos(const struct squares *s)
{
	return s->c.rows.n * (2 * s->c.cols.n - 1);
}

/* Where X, Y and the magnetisations stand among the sums; C is first. */
static size_t
at_cross(const struct squares *s)
{
	return autos(s);
}

static size_t
at_block(const struct squares *s)
{
	return at_cross(s) + s->c.sites * s->c.taps;
}

static size_t
at_means(const struct squares *s)
{
	return at_block(s) + s->c.sites * s->c.sites;
}

enum rn_status
squares_create(struct squares *s, const struct rn_lattice *coarse, size_t b, size_t K, bool symmetric,
	struct rn_error *err)
{
	enum rn_status st;

	*s = (struct squares){ .symmetric = symmetric };
	st = correlate_create(&s->c, coarse, b, K, err);
	if (st != RN_OK)
		return st;
	s->unknown = calloc(s->c.rows.K * s->c.cols.K, sizeof *s->unknown);
	if (s->unknown)
		number_unknowns(s);
	s->count = at_means(s) + 2;
	s->pair = calloc(s->count, sizeof *s->pair);
	s->matrix = calloc(s->unknowns * s->unknowns + 1, sizeof *s->matrix);
	s->rhs = calloc(s->unknowns + 1, sizeof *s->rhs);
	s->kernel = calloc(s->c.rows.K * s->c.cols.K + 1, sizeof *s->kernel);
	s->moment = calloc(s->c.sites * s->c.sites, sizeof *s->moment);
	s->jackknife = rn_jackknife_create(s->count, BLOCKS_MAX);
	s->chain = s->jackknife ? rn_jackknife_chain(s->jackknife, false) : NULL;
	if (s->unknown && s->pair && s->matrix && s->rhs && s->kernel && s->moment && s->chain)
		return RN_OK;
	squares_clear(s);
	return rn_fail_memory(err, "least squares");
}

void
squares_clear(struct squares *s)
{
	correlate_clear(&s->c);
	rn_jackknife_destroy(s->jackknife);
	free(s->unknown);
	free(s->pair);
	free(s->matrix);
	free(s->rhs);
	free(s->kernel);
	free(s->moment);
	*s = (struct squares){ 0 };
}

enum rn_status
squares_add(struct squares *s, enum rn_type type, const void *fine, const void *coarse, struct rn_error *err)
{
	const double m = rn_field_measure(&s->c.fine, type, fine).m;
	const double coarse_m = rn_field_measure(&s->c.coarse, type, coarse).m;
	double *sum = rn_blocks_record(s->chain), *pair = s->pair;

	if (!sum)
		return rn_fail_memory(err, "sums");
	correlate_take_x(&s->c, type, coarse);
	correlate_take_y(&s->c, type, fine);
	correlate_auto(&s->c, pair);
	correlate_cross(&s->c, pair + at_cross(s));
	correlate_block(&s->c, pair + at_block(s));
	pair[at_means(s)] = m * coarse_m;
	pair[at_means(s) + 1] = coarse_m * coarse_m;
	for (size_t i = 0; i < s->count; i++)
		sum[i] += pair[i];
	s->pairs++;
	return RN_OK;
}

/* --- from sums to kernels ------------------------------------------------------------- */

/* C(a_j - a_i), C being even. */
static double
auto_of(const struct squares *s, const double sum[], size_t i, size_t j)
{
	const size_t n = s->c.cols.n;
	ptrdiff_t down = (ptrdiff_t)(j / n) - (ptrdiff_t)(i / n),
		  right = (ptrdiff_t)(j % n) - (ptrdiff_t)(i % n);

	if (down < 0) {
		down = -down;
		right = -right;
	}
	return sum[(size_t)down * (2 * n - 1) + (size_t)(right + (ptrdiff_t)n - 1)];
}

static void
normal_equations(struct squares *s, const double sum[])
{
	const size_t n = s->unknowns, none = s->c.rows.K * s->c.cols.K, taps = s->c.taps;
	const double *X = sum + at_cross(s);

	memset(s->matrix, 0, n * n * sizeof *s->matrix);
	memset(s->rhs, 0, n * sizeof *s->rhs);
	for (size_t q = 0; q < s->c.sites; q++)
		for (size_t i = 0; i < taps; i++) {
			const size_t e = correlate_entry(&s->c, q, i);

			if (e == none)
				continue;
			s->rhs[s->unknown[e]] += X[q * taps + i];
			for (size_t j = 0; j < taps; j++) {
				const size_t f = correlate_entry(&s->c, q, j);

				if (f != none)
					s->matrix[s->unknown[e] * n + s->unknown[f]] += auto_of(s, sum, i, j);
			}
		}
}

/* A pivot that rounding alone may have made is none. */
#define SINGULAR 1e-11

static bool
solve(struct squares *s, const double sum[], double kernel[])
{
	const size_t n = s->unknowns;
	const lapack_int order = (lapack_int)n;
	double *diagonal = s->kernel; /* at least as long */

	normal_equations(s, sum);
	for (size_t i = 0; i < n; i++)
		diagonal[i] = s->matrix[i * n + i];
	if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', order, 1, s->matrix, order, s->rhs, 1) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(s->matrix[i * n + i] * s->matrix[i * n + i] > SINGULAR * diagonal[i]))
			return false;
	for (size_t e = 0; e < s->c.rows.K * s->c.cols.K; e++)
		kernel[e] = s->rhs[s->unknown[e]];
	return true;
}

/* Second moments of what the kernel misses, places q and p of a block: means over its sites. */
static void
residual_moments(struct squares *s, const double sum[], const double kernel[], double R[])
{
	const size_t sites = s->c.sites, taps = s->c.taps, none = s->c.rows.K * s->c.cols.K;
	const double *X = sum + at_cross(s), *Y = sum + at_block(s), V = (double)s->c.coarse.sites;

	for (size_t q = 0; q < sites; q++)
		for (size_t p = 0; p <= q; p++) {
			double moment = Y[q * sites + p];

			for (size_t i = 0; i < taps; i++) {
				const size_t e = correlate_entry(&s->c, q, i),
					     f = correlate_entry(&s->c, p, i);

				if (e != none)
					moment -= kernel[e] * X[p * taps + i];
				if (f != none)
					moment -= kernel[f] * X[q * taps + i];
				for (size_t j = 0; e != none && j < taps; j++) {
					const size_t g = correlate_entry(&s->c, p, j);

					if (g != none)
						moment += kernel[e] * kernel[g] * auto_of(s, sum, i, j);
				}
			}
			R[q * sites + p] = R[p * sites + q] = moment / V;
		}
}

static double
gain_of(const struct squares *s, const double kernel[])
{
	double sum = 0;

	for (size_t e = 0; e < s->c.rows.K * s->c.cols.K; e++)
		sum += kernel[e];
	return sum / (double)s->c.sites;
}

enum { GAIN, BETA_NU, GAIN_LIMIT, MSE, RESULTS };

/* What is told of a kernel, given the mean sums. */
static void
tell(struct squares *s, const double sum[], const double kernel[], double out[RESULTS])
{
	const size_t n = s->c.sites;

	residual_moments(s, sum, kernel, s->moment);
	out[GAIN] = gain_of(s, kernel);
	out[BETA_NU] = -log(out[GAIN]) / log((double)s->c.cols.b);
	out[GAIN_LIMIT] = sum[at_means(s)] / sum[at_means(s) + 1];
	out[MSE] = 0;
	for (size_t q = 0; q < n; q++)
		out[MSE] += s->moment[q * n + q] / (double)n;
}

/* --- with their errors ---------------------------------------------------------------- */

struct request {
	struct squares *s;
	double *given;	/* a kernel to be told of; NULL: the solution */
	double *kernel; /* room for that */
	bool singular;
};

static void
results(const double mean[], double out[RESULTS], void *arg)
{
	struct request *r = arg;

	if (!r->given && !solve(r->s, mean, r->kernel)) {
		r->singular = true;
		for (int i = 0; i < RESULTS; i++)
			out[i] = NAN;
		return;
	}
	tell(r->s, mean, r->given ? r->given : r->kernel, out);
}

static enum rn_status
estimate(struct request *r, struct rn_invrg_fit *fit, double noise[], struct rn_error *err)
{
	struct squares *s = r->s;
	struct rn_estimate e[RESULTS];
	struct rn_sample sample;
	double at[RESULTS];
	enum rn_status st = rn_jackknife_finish(s->jackknife, NAN, &sample, err);

	if (st != RN_OK)
		return st;
	st = rn_jackknife(&sample, results, r, RESULTS, e, err);
	for (size_t i = 0; st == RN_OK && i < s->count; i++)
		s->pair[i] = sample.total[i] / sample.records;
	rn_sample_clear(&sample);
	if (st != RN_OK)
		return st;
	results(s->pair, at, r); /* leaves the kernel, and the moments, of all pairs behind */
	if (!isfinite(at[MSE]))
		return rn_fail(err, RN_ENUMERIC,
			"%zu entries of the kernel cannot be told from these pairs, whose fields are too "
			"much "
			"alike; more pairs, or a smaller --kernel",
			s->unknowns);
	memcpy(noise, s->moment, s->c.sites * s->c.sites * sizeof *noise);
	fit->gain = e[GAIN].value;
	fit->beta_nu = e[BETA_NU].value;
	if (!r->given) {
		fit->gain_err = e[GAIN].error;
		fit->beta_nu_err = e[BETA_NU].error;
	}
	fit->gain_limit = e[GAIN_LIMIT].value;
	fit->gain_limit_err = e[GAIN_LIMIT].error;
	fit->mse = e[MSE].value;
	fit->mse_err = e[MSE].error;
	return RN_OK;
}

enum rn_status
squares_solve(struct squares *s, struct rn_invrg *m, struct rn_error *err)
{
	struct request r = { .s = s, .kernel = m->least_squares };

	return estimate(&r, &m->fit, m->noise, err);
}

enum rn_status
squares_judge(struct squares *s, struct rn_invrg *m, struct rn_error *err)
{
	struct request r = { .s = s, .given = m->kernel };

	return estimate(&r, &m->fit, m->noise, err);
}
