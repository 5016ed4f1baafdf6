/* Inhomogeneous phi^4 theory: its action, whether that has a lower bound, and it as a record and back. */
#include "renorm/phi4_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ARRAYS = 5, MOST_DECOMPOSED = 2048 };

enum rn_status
rn_phi4_model_create(struct rn_phi4_model *m, const struct rn_lattice *l, bool diagonals,
	struct rn_error *err)
{
	const size_t N = l->sites, bonds = l->dim + (diagonals ? 2 : 0);

	*m = (struct rn_phi4_model){ .lattice = *l, .parameters = (bonds + 2) * N };
	if (diagonals && l->dim == 1)
		return rn_fail(err, RN_EUSAGE, "a ring has no diagonals");
	m->theta = calloc(bonds + 2, N * sizeof *m->theta);
	if (!m->theta)
		return rn_fail_memory(err, "model");
	m->w = m->theta;
	m->w2 = diagonals ? m->w + l->dim * N : NULL;
	m->a = m->theta + bonds * N;
	m->b = m->a + N;
	return RN_OK;
}

void
rn_phi4_model_clear(struct rn_phi4_model *m)
{
	free(m->theta);
	*m = (struct rn_phi4_model){ 0 };
}

void
rn_phi4_model_set(struct rn_phi4_model *m, const struct rn_phi4 *coupling)
{
	const size_t N = m->lattice.sites;

	for (size_t i = 0; i < m->lattice.dim * N; i++)
		m->w[i] = coupling->kappa;
	for (size_t i = 0; m->w2 && i < 2 * N; i++)
		m->w2[i] = 0;
	for (size_t i = 0; i < N; i++) {
		m->a[i] = (coupling->mu2 + 4 * coupling->kappa) / 2;
		m->b[i] = coupling->lambda / 4;
	}
}

/* --- bonds ---------------------------------------------------------------------------- */

unsigned
rn_phi4_model_bonds(const struct rn_phi4_model *m)
{
	return m->lattice.dim + (m->w2 ? 2 : 0);
}

size_t
rn_phi4_model_end(const struct rn_phi4_model *m, unsigned k, size_t i)
{
	const size_t rows = m->lattice.rows, cols = m->lattice.cols, y = i / cols, x = i % cols;
	const size_t below = y + 1 < rows ? y + 1 : 0, right = x + 1 < cols ? x + 1 : 0,
		     left = (x ? x : cols) - 1;

	switch (k) {
	case 0: return y * cols + right;
	case 1: return below * cols + x;
	case 2: return below * cols + right;
	default: return below * cols + left;
	}
}

double
rn_phi4_model_coupling(const struct rn_phi4_model *m, unsigned k, size_t i)
{
	const size_t N = m->lattice.sites;

	return k >= 2 && m->w2 ? m->w2[(k - 2) * N + i] : m->w[k * N + i];
}

static double
number_at(enum rn_type type, const void *phi, size_t i)
{
	double x;
	float narrow;

	if (type == RN_F64) {
		memcpy(&x, (const uint8_t *)phi + i * sizeof x, sizeof x);
		return x;
	}
	memcpy(&narrow, (const uint8_t *)phi + i * sizeof narrow, sizeof narrow);
	return (double)narrow;
}

double
rn_phi4_model_action(const struct rn_phi4_model *m, enum rn_type type, const void *phi)
{
	double S = 0;

	for (size_t i = 0; i < m->lattice.sites; i++) {
		const double p = number_at(type, phi, i), p2 = p * p;
		double near = 0;

		for (unsigned k = 0; k < rn_phi4_model_bonds(m); k++)
			near += rn_phi4_model_coupling(m, k, i) *
				number_at(type, phi, rn_phi4_model_end(m, k, i));
		S += m->a[i] * p2 + m->b[i] * p2 * p2 - p * near;
	}
	return S;
}

/* --- the lower bound ------------------------------------------------------------------- */

static enum rn_status
check_numbers(const struct rn_phi4_model *m, struct rn_error *err)
{
	for (size_t i = 0; i < m->parameters; i++)
		if (!isfinite(m->theta[i]))
			return rn_fail(err, RN_EDATA, "the model has a parameter that is not finite");
	for (size_t i = 0; i < m->lattice.sites; i++)
		if (m->b[i] < 0)
			return rn_fail(err, RN_EDATA,
				"b of site %zu is %.6g: below 0 the action has no lower bound", i, m->b[i]);
	return RN_OK;
}

/* Of sites with b = 0: 2 a, less what bonds to itself take, over what its other bonds to such sites can add up to. */
static bool
dominates(const struct rn_phi4_model *m)
{
	const size_t N = m->lattice.sites;
	double *pull = calloc(N, sizeof *pull);
	bool all = pull != NULL;

	for (size_t i = 0; pull && i < N; i++)
		for (unsigned k = 0; k < rn_phi4_model_bonds(m); k++) {
			const size_t j = rn_phi4_model_end(m, k, i);
			const double w = rn_phi4_model_coupling(m, k, i);

			if (i == j) {
				pull[i] += 2 * w;
			} else if (m->b[i] == 0 && m->b[j] == 0) {
				pull[i] += fabs(w);
				pull[j] += fabs(w);
			}
		}
	for (size_t i = 0; all && i < N; i++)
		all = m->b[i] > 0 || 2 * m->a[i] > pull[i];
	free(pull);
	return all;
}

/* The matrix of S between the sites with b = 0, n of them, whose numbers are in place[]. Its lower half. */
static void
fill_matrix(const struct rn_phi4_model *m, const size_t *place, size_t n, double *S)
{
	for (size_t i = 0; i < m->lattice.sites; i++) {
		if (m->b[i] > 0)
			continue;
		S[place[i] * n + place[i]] += 2 * m->a[i];
		for (unsigned k = 0; k < rn_phi4_model_bonds(m); k++) {
			const size_t j = rn_phi4_model_end(m, k, i);
			const double w = rn_phi4_model_coupling(m, k, i);

			if (i == j)
				S[place[i] * n + place[i]] -= 2 * w;
			else if (m->b[j] == 0 && place[j] < place[i])
				S[place[i] * n + place[j]] -= w;
			else if (m->b[j] == 0)
				S[place[j] * n + place[i]] -= w;
		}
	}
}

/*
 * Cholesky's decomposition, in place; what is left of the first entry of a row stays 0, and is most of it. By hand: a
 * stage that draws samples should not have to load a library of linear algebra.
 */
static bool
is_positive(double *S, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double *row = S + i * n;
		size_t first = 0;

		while (first < i && row[first] == 0)
			first++;
		for (size_t j = first; j <= i; j++) {
			const double *other = S + j * n;

			for (size_t k = first; k < j; k++)
				row[j] -= row[k] * other[k];
			if (j < i)
				row[j] /= other[j];
		}
		if (!(row[i] > 0))
			return false;
		row[i] = sqrt(row[i]);
	}
	return true;
}

static enum rn_status
check_matrix(const struct rn_phi4_model *m, struct rn_error *err)
{
	size_t *place = calloc(m->lattice.sites, sizeof *place), n = 0;
	double *S = NULL;
	enum rn_status st = RN_OK;

	if (!place)
		return rn_fail_memory(err, "model");
	for (size_t i = 0; i < m->lattice.sites; i++)
		if (m->b[i] == 0)
			place[i] = n++;
	if (n == 0)
		goto out;
	if (n > MOST_DECOMPOSED) {
		st = rn_fail(err, RN_EDATA,
			"b is 0 at %zu sites, and a too small there to be sure of a lower bound; choose b > "
			"0",
			n);
		goto out;
	}
	S = calloc(n, n * sizeof *S);
	if (!S) {
		st = rn_fail_memory(err, "model");
		goto out;
	}
	fill_matrix(m, place, n, S);
	if (!is_positive(S, n))
		st = rn_fail(err, RN_EDATA,
			"the action has no lower bound where b is 0; choose b > 0, or a larger a");
out:
	free(S);
	free(place);
	return st;
}

enum rn_status
rn_phi4_model_check(const struct rn_phi4_model *m, struct rn_error *err)
{
	const enum rn_status st = check_numbers(m, err);

	return st != RN_OK || dominates(m) ? st : check_matrix(m, err);
}

/* --- as a record ------------------------------------------------------------------------ */

static size_t
arrays_of(const struct rn_phi4_model *m, uint32_t *epoch, struct rn_array a[ARRAYS])
{
	const struct rn_lattice *l = &m->lattice;
	size_t n = 0;

	a[n++] = (struct rn_array){ "epoch", RN_U32, 0, { 0 }, epoch };
	if (l->dim == 1) {
		a[n++] = (struct rn_array){ "w", RN_F64, 2, { 1, l->cols }, m->w };
		a[n++] = (struct rn_array){ "a", RN_F64, 1, { l->cols }, m->a };
		a[n++] = (struct rn_array){ "b", RN_F64, 1, { l->cols }, m->b };
		return n;
	}
	a[n++] = (struct rn_array){ "w", RN_F64, 3, { 2, l->rows, l->cols }, m->w };
	if (m->w2)
		a[n++] = (struct rn_array){ "w2", RN_F64, 3, { 2, l->rows, l->cols }, m->w2 };
	a[n++] = (struct rn_array){ "a", RN_F64, 2, { l->rows, l->cols }, m->a };
	a[n++] = (struct rn_array){ "b", RN_F64, 2, { l->rows, l->cols }, m->b };
	return n;
}

enum rn_status
rn_phi4_model_schema(const struct rn_phi4_model *m, struct rn_schema **schema, struct rn_error *err)
{
	struct rn_array a[ARRAYS];
	uint32_t epoch = 0;
	enum rn_status st;

	*schema = rn_schema_create("model.phi4");
	if (!*schema)
		return rn_fail_memory(err, "header");
	st = rn_arrays_columns(*schema, a, arrays_of(m, &epoch, a), err);
	if (st != RN_OK) {
		rn_schema_destroy(*schema);
		*schema = NULL;
	}
	return st;
}

void
rn_phi4_model_put(const struct rn_phi4_model *m, const struct rn_schema *schema, uint32_t epoch, void *record)
{
	struct rn_array a[ARRAYS];

	rn_arrays_put(schema, a, arrays_of(m, &epoch, a), record);
}

enum rn_status
rn_phi4_model_of_record(struct rn_phi4_model *m, const struct rn_schema *schema, const void *record,
	struct rn_error *err)
{
	const struct rn_column *a;
	struct rn_array arrays[ARRAYS];
	struct rn_lattice l;
	uint32_t epoch;
	enum rn_status st;

	*m = (struct rn_phi4_model){ 0 };
	if ((st = rn_schema_require_kind(schema, "model.phi4", err)) != RN_OK ||
		(st = rn_schema_require_column(schema, "a", &a, err)) != RN_OK ||
		(st = rn_field_of_column(a, &l, err)) != RN_OK)
		return st;
	if (l.dim == 1 && rn_schema_find(schema, "w2"))
		return rn_fail(err, RN_EDATA,
			"the model is a ring and has a column w2; a ring has no diagonals");
	if ((st = rn_phi4_model_create(m, &l, rn_schema_find(schema, "w2") != NULL, err)) != RN_OK)
		return st;
	st = rn_arrays_get(schema, record, arrays, arrays_of(m, &epoch, arrays), err);
	if (st != RN_OK)
		rn_phi4_model_clear(m);
	return st;
}

enum rn_status
rn_phi4_model_read(struct rn_phi4_model *m, const char *path, struct rn_error *err)
{
	struct rn_model model;
	enum rn_status st = rn_model_read(path, "model.phi4", &model, err);

	*m = (struct rn_phi4_model){ 0 };
	if (st != RN_OK)
		return st;
	st = rn_phi4_model_of_record(m, model.schema, model.record, err);
	if (st == RN_OK && (st = rn_phi4_model_check(m, err)) != RN_OK)
		rn_phi4_model_clear(m);
	if (st != RN_OK)
		rn_error_prefix(err, "%s", path);
	rn_model_clear(&model);
	return st;
}
