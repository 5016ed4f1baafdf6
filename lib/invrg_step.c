/* A model at work on one size of lattice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "invrg_tables.h"
#include "renorm/normals.h"
#include "renorm/vecmath.h"

struct rn_invrg_step {
	const struct rn_invrg *m;
	enum rn_type type;
	struct rn_lattice fine;
	struct rn_tc tc, mix;
	float *w;	/* of the kernel; of a net: of each map, then of each mix */
	float *map;	/* net: a map on the fine lattice */
	float *wide;	/* net on f64: the coarse field and the fine one in f32 */
	float *z;	/* normals: sites x cols of a row of blocks; NULL: no noise */
	float *noise_w; /* sites x sites: combine them */
	float *noise;	/* f64: rows of noise */
	struct tables *tables;
};

bool
rn_cholesky(size_t n, double A[])
{
	double largest = 0;

	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, A[i * n + i]);
	for (size_t j = 0; j < n; j++) {
		double pivot = A[j * n + j];

		for (size_t k = 0; k < j; k++)
			pivot -= A[j * n + k] * A[j * n + k];
		if (!(pivot >= -1e-10 * largest))
			return false;
		pivot = pivot > 1e-14 * largest ? sqrt(pivot) : 0;
		for (size_t i = j; i < n; i++) {
			double x = A[i * n + j];

			for (size_t k = 0; k < j; k++)
				x -= A[i * n + k] * A[j * n + k];
			A[i * n + j] = i == j ? pivot : pivot > 0 ? x / pivot : 0;
			if (i != j)
				A[j * n + i] = 0;
		}
	}
	return true;
}

/* --- life ------------------------------------------------------------------------- */

/* To rounding: rn_cholesky() reads the lower triangle alone. */
static bool
is_symmetric(size_t n, const double A[])
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (!(fabs(A[i * n + j] - A[j * n + i]) <=
				    1e-10 * sqrt(fabs(A[i * n + i] * A[j * n + j]))))
				return false;
	return true;
}

/* Row r of blocks is rn_combine() of the normals: w[(p) b + s] = factor T[r b + s][p]. */
static enum rn_status
make_noise(struct rn_invrg_step *s, double factor, struct rn_error *err)
{
	const struct rn_invrg *m = s->m;
	const size_t n = m->sites, b = m->b, cols = s->tc.coarse.cols;
	double *T = malloc(n * n * sizeof *T);

	s->z = calloc(n * cols + RN_COMBINE_SLACK, sizeof *s->z);
	s->noise_w = calloc(n * n, sizeof *s->noise_w);
	s->noise = calloc(b * cols, sizeof *s->noise);
	if (!T || !s->z || !s->noise_w || !s->noise) {
		free(T);
		return rn_fail_memory(err, "noise");
	}
	memcpy(T, m->noise, n * n * sizeof *T);
	if (!is_symmetric(n, T) || !rn_cholesky(n, T)) {
		free(T);
		return rn_fail(err, RN_EDATA, "column noise of the model is no covariance: it %s",
			is_symmetric(n, m->noise) ? "has a negative eigenvalue" : "is not symmetric");
	}
	for (size_t q = 0; q < n; q++)
		for (size_t p = 0; p < n; p++)
			s->noise_w[(q / b * n + p) * b + q % b] = (float)(factor * T[q * n + p]);
	free(T);
	return RN_OK;
}

static enum rn_status
make_linear(struct rn_invrg_step *s, struct rn_error *err)
{
	float *kernel = calloc(s->m->entries, sizeof *kernel);

	s->w = calloc(s->tc.weights, sizeof *s->w);
	if (!kernel || !s->w) {
		free(kernel);
		return rn_fail_memory(err, "kernel");
	}
	for (size_t i = 0; i < s->m->entries; i++)
		kernel[i] = (float)s->m->kernel[i];
	rn_tc_weights(&s->tc, kernel, s->w);
	free(kernel);
	return RN_OK;
}

static enum rn_status
make_net(struct rn_invrg_step *s, struct rn_error *err)
{
	const struct rn_invrg *m = s->m;
	enum rn_status st = rn_tc_create(&s->mix, &s->fine, 1, m->mix, err);
	float *w;

	if (st != RN_OK)
		return st;
	s->w = w = calloc(m->maps * (s->tc.weights + s->mix.weights), sizeof *w);
	s->map = calloc(s->fine.sites, sizeof *s->map);
	if (s->type == RN_F64)
		s->wide = calloc(s->tc.coarse.sites + s->fine.sites, sizeof *s->wide);
	if (!w || !s->map || (s->type == RN_F64 && !s->wide))
		return rn_fail_memory(err, "maps");
	for (size_t k = 0; k < m->maps; k++, w += s->tc.weights)
		rn_tc_weights(&s->tc, m->kernels + k * m->entries, w);
	for (size_t k = 0; k < m->maps; k++, w += s->mix.weights)
		rn_tc_weights(&s->mix, m->mixes + k * m->mix_entries, w);
	return RN_OK;
}

static enum rn_status
make(struct rn_invrg_step *s, const struct rn_lattice *coarse, double noise, struct rn_error *err)
{
	const struct rn_invrg *m = s->m;
	enum rn_status st;

	if (m->map == RN_INVRG_TABLES)
		return tables_create(&s->tables, m, coarse, err);
	if (coarse->dim != m->dim)
		return rn_fail(err, RN_EDATA, "the model is of %u dimension%s, and the lattice has %u",
			m->dim, m->dim == 1 ? "" : "s", coarse->dim);
	if ((st = rn_tc_create(&s->tc, coarse, m->b, m->K, err)) != RN_OK)
		return st;
	st = m->map == RN_INVRG_NET ? make_net(s, err) : make_linear(s, err);
	return st == RN_OK && noise > 0 ? make_noise(s, noise, err) : st;
}

enum rn_status
rn_invrg_step_create(struct rn_invrg_step **step, const struct rn_invrg *m, const struct rn_lattice *coarse,
	enum rn_type type, double noise, struct rn_error *err)
{
	const size_t extents[2] = { coarse->dim == 1 ? m->b * coarse->cols : m->b * coarse->rows,
		m->b * coarse->cols };
	struct rn_invrg_step *s = calloc(1, sizeof *s);
	enum rn_status st;

	*step = NULL;
	if (!s)
		return rn_fail_memory(err, "model");
	s->m = m;
	s->type = type;
	s->fine = rn_lattice_make(coarse->dim, extents);
	st = make(s, coarse, noise, err);
	if (st == RN_OK)
		*step = s;
	else
		rn_invrg_step_destroy(s);
	return st;
}

void
rn_invrg_step_destroy(struct rn_invrg_step *s)
{
	if (!s)
		return;
	rn_tc_clear(&s->tc);
	rn_tc_clear(&s->mix);
	free(s->w);
	free(s->map);
	free(s->wide);
	free(s->z);
	free(s->noise_w);
	free(s->noise);
	tables_destroy(s->tables);
	free(s);
}

const struct rn_lattice *
rn_invrg_step_fine(const struct rn_invrg_step *s)
{
	return &s->fine;
}

/* --- maps ---------------------------------------------------------------------------- */

void
rn_invrg_activate(enum rn_invrg_activation f, float x[], size_t n)
{
	switch (f) {
	case RN_INVRG_TANH: rn_tanh_f32(x, x, n); return;
	case RN_INVRG_RELU:
		for (size_t i = 0; i < n; i++)
			x[i] = x[i] < 0 ? 0 : x[i]; /* nan stays nan */
		return;
	case RN_INVRG_NONE: return;
	}
}

static void
apply_net(struct rn_invrg_step *s, const void *x, void *y)
{
	const struct rn_invrg *m = s->m;

	for (size_t k = 0; k < m->maps; k++) {
		rn_tc_apply(&s->tc, s->w + k * s->tc.weights, x, false, s->map);
		rn_invrg_activate(m->activation, s->map, s->fine.sites);
		rn_tc_apply(&s->mix, s->w + m->maps * s->tc.weights + k * s->mix.weights, s->map, k > 0, y);
	}
}

/* A net is trained in f32, and does no better in f64. */
static void
apply_net_f64(struct rn_invrg_step *s, const uint8_t *x, uint8_t *y)
{
	float *in = s->wide, *out = s->wide + s->tc.coarse.sites;

	for (size_t i = 0; i < s->tc.coarse.sites; i++) {
		double value;

		memcpy(&value, x + i * sizeof value, sizeof value);
		in[i] = (float)value;
	}
	apply_net(s, in, out);
	for (size_t i = 0; i < s->fine.sites; i++) {
		const double value = (double)out[i];

		memcpy(y + i * sizeof value, &value, sizeof value);
	}
}

/* --- noise ----------------------------------------------------------------------------- */

static void
add_row_f64(const float noise[], size_t n, uint8_t *y)
{
	for (size_t i = 0; i < n; i++, y += sizeof(double)) {
		double value;

		memcpy(&value, y, sizeof value);
		value += (double)noise[i];
		memcpy(y, &value, sizeof value);
	}
}

/* The normals of row I of blocks are numbers I sites cols ... of the record, cols of each site of a block. */
static void
add_noise(struct rn_invrg_step *s, const struct rn_random_key *key, uint64_t id, uint8_t *y)
{
	const size_t n = s->m->sites, b = s->m->b, cols = s->tc.coarse.cols, fine = s->fine.cols;
	const float *plane[RN_INVRG_MAX_B * RN_INVRG_MAX_B];

	for (size_t p = 0; p < n; p++)
		plane[p] = s->z + p * cols;
	for (size_t I = 0; I < s->tc.coarse.rows; I++) {
		rn_normals_fill(key, id, I * n * cols, n * cols, s->z);
		for (size_t r = 0; r < n / b; r++) {
			const float *w = s->noise_w + r * n * b;

			if (s->type == RN_F32) {
				rn_combine(plane, n, 1, w, b, cols, true, y);
			} else {
				rn_combine(plane, n, 1, w, b, cols, false, s->noise);
				add_row_f64(s->noise, fine, y);
			}
			y += fine * rn_type_bytes(s->type);
		}
	}
}

void
rn_invrg_step_apply(struct rn_invrg_step *s, const struct rn_random_key *key, uint64_t id, const void *x,
	void *y)
{
	if (s->tables)
		tables_apply(s->tables, key, id, x, y);
	else if (s->m->map == RN_INVRG_LINEAR && s->type == RN_F64)
		rn_tc_apply_f64(&s->tc, s->m->kernel, x, y);
	else if (s->m->map == RN_INVRG_LINEAR)
		rn_tc_apply(&s->tc, s->w, x, false, y);
	else if (s->type == RN_F64)
		apply_net_f64(s, x, y);
	else
		apply_net(s, x, y);
	if (s->z)
		add_noise(s, key, id, y);
}
