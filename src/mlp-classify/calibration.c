#include "calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "interpolate.h"
#include "renorm/random.h"
#include "renorm/reader.h"

static const char *const scalars[CAL_SCALARS] = { "e", "absm", "m2", "m4" };

/* Columns of the table. */
struct columns {
	const struct rn_column *T, *p, *cov, *scalar[CAL_SCALARS], *G;
	const struct rn_column *n, *m, *m_err, *T_eff; /* to judge the phases */
};

static size_t
triangle(size_t K)
{
	return K * (K + 1) / 2;
}

static enum rn_status
find_columns(struct columns *f, const struct rn_schema *schema, size_t K, const char *network,
	struct rn_error *err)
{
	const char *of = rn_schema_get_key(schema, "network");
	enum rn_status st;

	if (strcmp(schema->kind, "table") != 0)
		return rn_fail(err, RN_EDATA,
			"kind %s: a calibration is the table that mlp-classify --collect T writes",
			schema->kind);
	if ((st = rn_schema_require_column(schema, "T", &f->T, err)) != RN_OK ||
		(st = rn_schema_require_column(schema, "p", &f->p, err)) != RN_OK)
		return st;
	if (f->T->ndim || f->p->count != K)
		return rn_fail(err, RN_EDATA, "%zu classes, and the model has %zu: calibrate with this model",
			f->p->count, K);
	if (of && strcmp(of, network) != 0)
		return rn_fail(err, RN_EDATA,
			"made with another network (%.40s, not %s): calibrate with this model", of, network);
	f->cov = rn_schema_find(schema, "p_cov");
	if (f->cov && f->cov->count != triangle(K))
		return rn_fail(err, RN_EDATA, "p_cov has %zu values; %zu classes need %zu", f->cov->count, K,
			triangle(K));
	for (int i = 0; i < CAL_SCALARS; i++)
		f->scalar[i] = rn_schema_find(schema, scalars[i]);
	f->G = rn_schema_find(schema, "G");
	f->n = rn_schema_find(schema, "n");
	f->m = rn_schema_find(schema, "m");
	f->m_err = rn_schema_find(schema, "m_err");
	f->T_eff = rn_schema_find(schema, "T_eff");
	return RN_OK;
}

static double *
numbers(size_t n)
{
	return calloc(n + 1, sizeof(double));
}

/* --- curves ------------------------------------------------------------------------- */

/*
 * ln p at a temperature between knots. Where curves were poorly sampled ln p jumps, and a cubic swings: it may leave
 * the range of its two neighbours by 1/2 at most.
 */
static double
between_knots(const struct stencil *s, const double ln[], size_t K)
{
	const double a = ln[s->interval * K], b = ln[(s->interval + 1) * K];
	double x = 0;

	for (size_t i = 0; i < s->n; i++)
		x += s->w[i] * ln[(s->first + i) * K];
	return fmin(fmax(x, fmin(a, b) - 0.5), fmax(a, b) + 0.5);
}

static bool
curves_make(const struct calibration *c, struct curves *out)
{
	*out = (struct curves){ c->fine_n, c->K, c->fine_T, numbers(c->fine_n * c->K),
		numbers(c->fine_n * c->K), numbers(c->fine_n) };
	return out->ln && out->bend && out->most;
}

/* From the n curves p of the table those at the close temperatures. knots: scratch, n by K. */
static void
refine(const struct calibration *c, const double p[], double knots[], struct curves *fine)
{
	const size_t K = c->K;

	for (size_t i = 0; i < c->n; i++)
		curve_logarithms(p + i * K, K, knots + i * K);
	for (size_t i = 0; i < c->fine_n; i++) {
		const struct stencil s = stencil_at(c->T, c->n, c->fine_T[i]);
		double *ln = fine->ln + i * K, sum = 0;

		for (size_t k = 0; k < K; k++) {
			ln[k] = between_knots(&s, knots + k, K);
			sum += exp(ln[k]);
		}
		for (size_t k = 0; k < K; k++)
			ln[k] -= log(sum);
	}
	curves_finish(fine);
}

enum rn_status
calibration_curves(struct calibration *c, struct rn_error *err)
{
	const size_t sub = (c->fine_n - 1) / (c->n - 1);
	double *knots = numbers(c->n * c->K);

	for (size_t i = 0; i < c->fine_n; i++) {
		const size_t at = i / sub < c->n - 1 ? i / sub : c->n - 2;
		const double t = (double)(i - at * sub) / (double)sub;

		c->fine_T[i] = (1 - t) * c->T[at] + t * c->T[at + 1];
	}
	if (!knots || !curves_make(c, &c->mean)) {
		free(knots);
		return rn_fail_memory(err, "calibration");
	}
	refine(c, c->p, knots, &c->mean);
	free(knots);
	return RN_OK;
}

/* --- rows --------------------------------------------------------------------------- */

/* All rows as they stand in the file. */
struct rows {
	uint8_t *data;
	size_t n, bytes;
};

static enum rn_status
read_rows(struct rn_reader *in, struct rows *rows, struct rn_error *err)
{
	const void *records;
	enum rn_status st;
	size_t n;

	while ((st = rn_reader_next(in, &records, &n, err)) == RN_OK) {
		uint8_t *data = reallocarray(rows->data, rows->n + n, rows->bytes);

		if (!data)
			return rn_fail_memory(err, "calibration");
		rows->data = data;
		memcpy(data + rows->n * rows->bytes, records, n * rows->bytes);
		rows->n += n;
	}
	return st == RN_END ? RN_OK : st;
}

static int
by_T(const void *a, const void *b, void *column)
{
	const double x = rn_get_f64(column, a, 0), y = rn_get_f64(column, b, 0);

	return (x > y) - (x < y);
}

static enum rn_status
check_numbers(const struct rn_column *c, const uint8_t *row, double T, struct rn_error *err)
{
	for (size_t i = 0; c && i < c->count; i++)
		if (!isfinite(rn_get_f64(c, row, i)))
			return rn_fail(err, RN_EDATA,
				"%s is not finite at T = %g: give each temperature at least two records",
				c->name, T);
	return RN_OK;
}

static enum rn_status
check_rows(const struct columns *f, const struct rows *rows, struct rn_error *err)
{
	double last = -INFINITY;

	if (rows->n < 2)
		return rn_fail(err, RN_EDATA, "%zu temperature%s; a scale needs two at least", rows->n,
			rows->n == 1 ? "" : "s");
	for (size_t i = 0; i < rows->n; i++) {
		const uint8_t *row = rows->data + i * rows->bytes;
		const double T = rn_get_f64(f->T, row, 0);
		enum rn_status st;

		if (!isfinite(T))
			return rn_fail(err, RN_EDATA, "T = %g is no temperature", T);
		if (T == last)
			return rn_fail(err, RN_EDATA,
				"T = %g twice: one row a temperature, as of --collect T", T);
		last = T;
		if ((st = check_numbers(f->p, row, T, err)) != RN_OK ||
			(st = check_numbers(f->cov, row, T, err)) != RN_OK)
			return st;
	}
	return RN_OK;
}

static double
last_T(const struct columns *f, const struct rows *rows)
{
	return rn_get_f64(f->T, rows->data + (rows->n - 1) * rows->bytes, 0);
}

/* As group_judge_phases() of groups.c; in a field there is no T_eff. A few records may well have one sign. */
static bool
is_in_one_phase(const struct columns *f, const uint8_t *row)
{
	const struct rn_column *absm = f->scalar[CAL_ABSM];
	double m;

	if (!f->n || !f->m || !f->m_err || !f->T_eff || !absm)
		return false;
	m = fabs(rn_get_f64(f->m, row, 0));
	return rn_get_f64(f->n, row, 0) >= 10 && !isnan(rn_get_f64(f->T_eff, row, 0)) &&
		m > PHASE_ERRORS * rn_get_f64(f->m_err, row, 0) && m > PHASE_PART * rn_get_f64(absm, row, 0);
}

static void
take_column(const struct rn_column *c, const uint8_t *row, double out[])
{
	for (size_t i = 0; i < c->count; i++)
		out[i] = rn_get_f64(c, row, i);
}

static enum rn_status
make_room(struct calibration *c, const struct columns *f, struct rn_error *err)
{
	const size_t n = c->n;
	size_t sub = FINE;

	while (sub > 1 && sub * (n - 1) > FINE_MOST)
		sub--;
	c->distances = f->G ? f->G->count : 0;
	c->fine_n = sub * (n - 1) + 1;
	c->T = numbers(n);
	c->p = numbers(n * c->K);
	c->scalar = numbers(n * CAL_SCALARS);
	c->G = numbers(n * c->distances);
	c->cov = f->cov ? numbers(n * triangle(c->K)) : NULL;
	c->fine_T = numbers(c->fine_n);
	if (!c->T || !c->p || !c->scalar || !c->G || !c->fine_T || (f->cov && !c->cov))
		return rn_fail_memory(err, "calibration");
	return RN_OK;
}

static enum rn_status
take_rows(struct calibration *c, const struct columns *f, const struct rows *rows, size_t K,
	struct rn_error *err)
{
	enum rn_status st;

	c->n = rows->n;
	c->K = K;
	if ((st = make_room(c, f, err)) != RN_OK)
		return st;
	for (size_t i = 0; i < c->n; i++) {
		const uint8_t *row = rows->data + i * rows->bytes;

		c->T[i] = rn_get_f64(f->T, row, 0);
		if (isnan(c->one_phase) && is_in_one_phase(f, row))
			c->one_phase = c->T[i];
		take_column(f->p, row, c->p + i * K);
		if (f->cov)
			take_column(f->cov, row, c->cov + i * triangle(K));
		if (f->G)
			take_column(f->G, row, c->G + i * c->distances);
		for (size_t k = 0; k < CAL_SCALARS; k++)
			c->scalar[i * CAL_SCALARS + k] =
				f->scalar[k] ? rn_get_f64(f->scalar[k], row, 0) : NAN;
	}
	return calibration_curves(c, err);
}

static enum rn_status
read_table(struct calibration *c, struct rn_reader *in, size_t K, const char *network, struct rn_error *err)
{
	const struct rn_schema *schema, *more;
	struct columns f = { 0 };
	struct rows rows = { 0 };
	enum rn_status st = rn_reader_segment(in, &schema, err);
	struct rn_schema *own = st == RN_OK ? rn_schema_copy(schema) : NULL;

	if (st != RN_OK)
		return st;
	if (!own)
		return rn_fail_memory(err, "calibration");
	rows.bytes = own->record_bytes;
	if ((st = find_columns(&f, own, K, network, err)) == RN_OK &&
		(st = read_rows(in, &rows, err)) == RN_OK) {
		st = rn_reader_segment(in, &more, err);
		if (st == RN_OK)
			st = rn_fail(err, RN_EDATA, "several tables; one is a calibration");
		else if (st == RN_END)
			st = RN_OK;
	}
	if (st == RN_OK && rows.n)
		qsort_r(rows.data, rows.n, rows.bytes, by_T, (void *)f.T);
	for (; st == RN_OK && rows.n && last_T(&f, &rows) == INFINITY; rows.n--)
		c->dropped = true;
	if (st == RN_OK && (st = check_rows(&f, &rows, err)) == RN_OK)
		st = take_rows(c, &f, &rows, K, err);
	free(rows.data);
	rn_schema_destroy(own);
	return st;
}

enum rn_status
calibration_read(struct calibration *c, const char *path, size_t classes, const char *network,
	struct rn_error *err)
{
	char *files[] = { (char *)path };
	struct rn_reader *in = rn_reader_open(files, 1, NULL, err);
	enum rn_status st;

	*c = (struct calibration){ .one_phase = NAN };
	if (!in)
		return err->status;
	st = read_table(c, in, classes, network, err);
	rn_reader_close(in);
	if (st == RN_EDATA && !strstr(err->text, path))
		rn_error_prefix(err, "--calibration %s", path);
	return st;
}

void
calibration_end(struct calibration *c)
{
	for (size_t d = 0; c->draw && d < c->draws; d++) {
		free(c->draw[d].ln);
		free(c->draw[d].bend);
		free(c->draw[d].most);
	}
	free(c->draw);
	free(c->mean.ln);
	free(c->mean.bend);
	free(c->mean.most);
	free(c->T);
	free(c->p);
	free(c->cov);
	free(c->root);
	free(c->scalar);
	free(c->G);
	free(c->fine_T);
	*c = (struct calibration){ 0 };
}

/* --- draws -------------------------------------------------------------------------- */

/*
 * L with L L^T = C, lower, of a covariance that may be singular: that of probabilities is, since they add up to 1. A
 * pivot that is nothing but rounding makes its column 0, which is exact for what is positive semidefinite.
 */
static void
cholesky(const double upper[], size_t K, double L[])
{
	double largest = 0;
	size_t at = 0;

	for (size_t i = 0; i < K; i++)
		for (size_t j = i; j < K; j++, at++) {
			L[j * K + i] = upper[at];
			L[i * K + j] = i == j ? upper[at] : 0;
			largest = fmax(largest, i == j ? upper[at] : 0);
		}
	for (size_t i = 0; i < K; i++) {
		double pivot = L[i * K + i];

		for (size_t k = 0; k < i; k++)
			pivot -= L[i * K + k] * L[i * K + k];
		pivot = pivot > 1e-12 * largest ? sqrt(pivot) : 0;
		L[i * K + i] = pivot;
		for (size_t j = i + 1; j < K; j++) {
			double x = L[j * K + i];

			for (size_t k = 0; k < i; k++)
				x -= L[j * K + k] * L[i * K + k];
			L[j * K + i] = pivot > 0 ? x / pivot : 0;
		}
	}
}

static void
draw_curve(const double mean[], const double L[], size_t K, struct rn_random *random, double z[], double p[])
{
	for (size_t k = 0; k < K; k++)
		z[k] = rn_random_normal(random);
	for (size_t i = 0; i < K; i++) {
		p[i] = mean[i];
		for (size_t k = 0; k <= i; k++)
			p[i] += L[i * K + k] * z[k];
	}
}

enum rn_status
calibration_roots(struct calibration *c, struct rn_error *err)
{
	c->root = numbers(c->n * c->K * c->K);
	if (!c->root)
		return rn_fail_memory(err, "calibration");
	for (size_t i = 0; c->cov && i < c->n; i++)
		cholesky(c->cov + i * triangle(c->K), c->K, c->root + i * c->K * c->K);
	return RN_OK;
}

void
calibration_draw_one(const struct calibration *c, uint64_t seed, size_t d, double z[], double p[])
{
	const size_t K = c->K;

	for (size_t i = 0; i < c->n; i++) {
		const struct rn_random_key key = rn_random_key(seed, "mlp-classify", &c->T[i], 1, NULL, 0);
		struct rn_random random = rn_random_at(&key, d);

		draw_curve(c->p + i * K, c->root + i * K * K, K, &random, z, p + i * K);
	}
}

/* p, knots: scratch, n by K; z: K. */
static enum rn_status
draw_all(struct calibration *c, uint64_t seed, double p[], double knots[], double z[], struct rn_error *err)
{
	for (size_t d = 0; d < c->draws; d++) {
		if (!curves_make(c, &c->draw[d]))
			return rn_fail_memory(err, "calibration");
		calibration_draw_one(c, seed, d, z, p);
		refine(c, p, knots, &c->draw[d]);
	}
	return RN_OK;
}

enum rn_status
calibration_draw(struct calibration *c, uint64_t seed, size_t draws, struct rn_error *err)
{
	const size_t all = c->n * c->K;
	double *scratch = numbers(2 * all + c->K);
	enum rn_status st = calibration_roots(c, err);

	c->draw = calloc(draws + 1, sizeof *c->draw);
	if (!scratch || !c->draw) {
		free(scratch);
		return rn_fail_memory(err, "calibration");
	}
	c->draws = draws;
	if (st == RN_OK)
		st = draw_all(c, seed, scratch, scratch + all, scratch + 2 * all, err);
	free(scratch);
	return st;
}

/* --- thermal values ------------------------------------------------------------------ */

static double
value_of(const struct calibration *c, size_t i, size_t which)
{
	if (which < CAL_SCALARS)
		return c->scalar[i * CAL_SCALARS + which];
	return which - CAL_SCALARS < c->distances ? c->G[i * c->distances + which - CAL_SCALARS] : NAN;
}

double
calibration_value(const struct calibration *c, double T, size_t which)
{
	const struct stencil s = stencil_at(c->T, c->n, T);
	double x = 0;

	for (size_t i = 0; i < s.n; i++)
		x += s.w[i] * value_of(c, s.first + i, which);
	return x;
}
