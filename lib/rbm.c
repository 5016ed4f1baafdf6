/* Restricted Boltzmann machines: parameters, conditional layers, free energy. */
#include "renorm/rbm.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "rbm_units.h"
#include "renorm/vecmath.h"

#define LN2 0.69314718055994530942

static const char *const names[] = { "pm1", "01", "gaussian" };

const char *
rn_units_name(enum rn_units u)
{
	return names[u];
}

void
rn_units_range(enum rn_units u, float *low, float *high)
{
	*low = u == RN_UNITS_01 ? 0 : -1;
	*high = 1;
}

/* A normal number is made of two. */
size_t
rn_units_words(enum rn_units u)
{
	return u == RN_UNITS_GAUSSIAN ? 2 : 1;
}

enum rn_status
rn_rbm_create(struct rn_rbm *r, enum rn_units visible, enum rn_units hidden, unsigned ndim,
	const size_t shape[], size_t nh, struct rn_error *err)
{
	size_t nv = 1;

	*r = (struct rn_rbm){ .visible = visible, .hidden = hidden, .nh = nh, .ndim = ndim, .sigma = 1 };
	for (unsigned d = 0; d < ndim; d++) {
		r->shape[d] = shape[d];
		if (__builtin_mul_overflow(nv, shape[d], &nv))
			nv = SIZE_MAX / 2;
	}
	r->nv = nv;
	if (nv == 0 || nh == 0 || nv > RN_MAX_RECORD || nh > RN_MAX_RECORD ||
		(nv + 1) * (nh + 1) > RN_MAX_RECORD / sizeof(float))
		return rn_fail(err, RN_EDATA, "%zu visible and %zu hidden units: a model holds up to 1 GiB",
			nv, nh);
	r->parameters = nv * nh + nv + nh;
	r->theta = aligned_alloc(64, (r->parameters * sizeof(float) + 63) / 64 * 64);
	if (!r->theta)
		return rn_fail_memory(err, "parameters");
	memset(r->theta, 0, r->parameters * sizeof(float));
	r->W = r->theta;
	r->b = r->W + nv * nh;
	r->c = r->b + nv;
	return RN_OK;
}

void
rn_rbm_clear(struct rn_rbm *r)
{
	free(r->theta);
	*r = (struct rn_rbm){ 0 };
}

static void
repeat_row(const float row[], size_t columns, size_t rows, float out[])
{
	for (size_t i = 0; i < rows; i++)
		memcpy(out + i * columns, row, columns * sizeof *row);
}

/* z = v W + c. The bias is there before the product is added to it: no pass of its own. */
void
rn_rbm_hidden_inputs(const struct rn_rbm *r, const float v[], size_t n, float z[])
{
	repeat_row(r->c, r->nh, n, z);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)r->nh, (int)r->nv, 1, v,
		(int)r->nv, r->W, (int)r->nh, 1, z, (int)r->nh);
}

static void
visible_inputs(const struct rn_rbm *r, const float h[], size_t n, float z[])
{
	repeat_row(r->b, r->nv, n, z);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)r->nv, (int)r->nh, 1, h, (int)r->nh,
		r->W, (int)r->nh, 1, z, (int)r->nv);
}

void
rn_rbm_hidden(const struct rn_rbm *r, const float v[], size_t n, const uint32_t random[], float mean[],
	float state[])
{
	float *z = mean ? mean : state;

	rn_rbm_hidden_inputs(r, v, n, z);
	rn_rbm_units(r->hidden, 1, z, random, mean, state, n * r->nh);
}

void
rn_rbm_visible(const struct rn_rbm *r, const float h[], size_t n, const uint32_t random[], float mean[],
	float state[])
{
	float *z = mean ? mean : state;

	visible_inputs(r, h, n, z);
	rn_rbm_units(r->visible, r->sigma, z, random, mean, state, n * r->nv);
}

/* -sum_i b_i v_i [+ sum_i v_i^2 / (2 sigma^2)] */
static double
visible_energy(const struct rn_rbm *r, const float v[])
{
	double field = 0, square = 0;

	for (size_t i = 0; i < r->nv; i++) {
		field += (double)r->b[i] * (double)v[i];
		square += (double)v[i] * (double)v[i];
	}
	if (r->visible != RN_UNITS_GAUSSIAN)
		return -field;
	return square / (2 * (double)r->sigma * (double)r->sigma) - field;
}

void
rn_rbm_free_energy(const struct rn_rbm *r, const float v[], size_t n, float z[], double F[])
{
	const bool pm1 = r->hidden == RN_UNITS_PM1;

	rn_rbm_hidden_inputs(r, v, n, z);
	(pm1 ? rn_logcosh_f32 : rn_softplus_f32)(z, z, n * r->nh);
	for (size_t k = 0; k < n; k++) {
		double sum = pm1 ? (double)r->nh * LN2 : 0;

		for (size_t a = 0; a < r->nh; a++)
			sum += (double)z[k * r->nh + a];
		F[k] = visible_energy(r, v + k * r->nv) - sum;
	}
}
