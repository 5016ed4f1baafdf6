/* ln Z, p(v) and the mean log-likelihood. */
#include "enumerate.h"

#include <math.h>
#include <stdlib.h>

#include "states.h"

/* Rows of free energies at a time. */
#define ROWS 256

static bool
enumerates_visible(const struct rn_rbm *r)
{
	return r->visible != RN_UNITS_GAUSSIAN && r->nv <= r->nh;
}

bool
enumerate_has_lnz(const struct rn_rbm *r)
{
	return (enumerates_visible(r) ? r->nv : r->nh) <= ENUMERATE_UNITS;
}

bool
enumerate_has_p(const struct rn_rbm *r)
{
	return r->visible != RN_UNITS_GAUSSIAN && r->nv <= ENUMERATE_UNITS;
}

enum rn_status
enumerate_lnz(const struct rn_rbm *r, double *lnz, struct rn_error *err)
{
	const bool visible = enumerates_visible(r);
	struct log_sum sum = { -INFINITY, 0 };
	struct states x;
	double *ln_weight;
	enum rn_status st;

	if (!enumerate_has_lnz(r))
		return rn_fail(err, RN_EDATA,
			"%zu visible and %zu hidden units: exact sums are for up to %d in %s layer", r->nv,
			r->nh, ENUMERATE_UNITS,
			r->visible == RN_UNITS_GAUSSIAN ? "the hidden" : "the smaller");
	st = states_create(&x, r, visible, err);
	if (st != RN_OK)
		return st;
	ln_weight = calloc(x.block, sizeof *ln_weight);
	if (!ln_weight) {
		states_clear(&x);
		return rn_fail_memory(err, "states");
	}
	states_set(&x, r, visible);
	for (size_t b = 0; b < x.blocks; b++) {
		states_block(&x, b, ln_weight, NULL);
		log_sum_add(&sum, ln_weight, x.block);
	}
	*lnz = log_sum_value(&sum);
	free(ln_weight);
	states_clear(&x);
	return RN_OK;
}

enum rn_status
enumerate_p(const struct rn_rbm *r, double p[], double *lnz, struct rn_error *err)
{
	const size_t states = (size_t)1 << (r->nv & 63);
	struct log_sum sum = { -INFINITY, 0 };
	struct states x;
	double value;
	enum rn_status st;

	if (!enumerate_has_p(r))
		return rn_fail(err, RN_EDATA,
			"%zu %s visible units: a table of p(v) is for up to %d binary ones", r->nv,
			rn_units_name(r->visible), ENUMERATE_UNITS);
	st = states_create(&x, r, true, err);
	if (st != RN_OK)
		return st;
	states_set(&x, r, true);
	for (size_t b = 0; b < x.blocks; b++)
		states_block(&x, b, p + b * x.block, NULL);
	states_clear(&x);
	log_sum_add(&sum, p, states);
	value = log_sum_value(&sum);
	for (size_t k = 0; k < states; k++)
		p[k] = exp(p[k] - value);
	if (lnz)
		*lnz = value;
	return RN_OK;
}

enum rn_status
log_likelihood(const struct rn_rbm *r, double lnz, const struct rn_dataset *d, const uint64_t index[],
	size_t n, double *mean, struct rn_error *err)
{
	float *v = calloc(ROWS * r->nv, sizeof *v), *z = calloc(ROWS * r->nh, sizeof *z), low, high;
	double F[ROWS], sum = 0, weight = 0;

	if (!v || !z) {
		free(v);
		free(z);
		return rn_fail_memory(err, "free energies");
	}
	rn_units_range(r->visible, &low, &high);
	for (size_t first = 0; first < n; first += ROWS) {
		const size_t rows = n - first < ROWS ? n - first : ROWS;

		rn_dataset_rows(d, index + first, rows, low, high, v);
		rn_rbm_free_energy(r, v, rows, z, F);
		for (size_t k = 0; k < rows; k++) {
			const double w = d->weight ? d->weight[index[first + k]] : 1;

			sum -= w * F[k];
			weight += w;
		}
	}
	*mean = sum / weight - lnz;
	free(v);
	free(z);
	return RN_OK;
}
