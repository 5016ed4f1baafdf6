/* ln Z and the mean log-likelihood. */
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
log_likelihood(const struct rn_rbm *r, double lnz, const struct rn_dataset *d, const uint64_t index[],
	size_t n, struct rn_mean *mean, struct rn_error *err)
{
	float *v = calloc(ROWS * r->nv, sizeof *v), *z = calloc(ROWS * r->nh, sizeof *z), low, high;
	double F[ROWS];

	*mean = (struct rn_mean){ 0 };
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
		for (size_t k = 0; k < rows; k++)
			rn_mean_add(mean, -F[k] - lnz, d->weight ? d->weight[index[first + k]] : 1);
	}
	free(v);
	free(z);
	return RN_OK;
}
