/* The key "shape" of a model: what one sample looks like. */
#include <math.h>
#include <stdlib.h>

#include "renorm/model.h"

enum rn_status
rn_model_set_shape(struct rn_schema *s, unsigned ndim, const size_t shape[], struct rn_error *err)
{
	double x[RN_MAX_DIMS];

	for (unsigned d = 0; d < ndim; d++)
		x[d] = (double)shape[d];
	return rn_model_set_numbers(s, "shape", x, ndim, err);
}

enum rn_status
rn_model_shape(const struct rn_schema *s, size_t count, unsigned *ndim, size_t shape[RN_MAX_DIMS],
	struct rn_error *err)
{
	double product = 1, *x;
	size_t n;

	if (!(x = rn_model_numbers(s, "shape", &n, err)))
		return err ? err->status : RN_EDATA;
	for (size_t d = 0; d < n && d < RN_MAX_DIMS; d++) {
		const bool whole = x[d] >= 1 && x[d] <= (double)RN_MAX_RECORD && x[d] == floor(x[d]);

		shape[d] = whole ? (size_t)x[d] : 0;
		product *= (double)shape[d];
	}
	free(x);
	*ndim = (unsigned)n;
	if (n > RN_MAX_DIMS || product != (double)count)
		return rn_fail(err, RN_EDATA,
			"the header's 'shape: %.60s' does not make the %zu inputs of the model",
			rn_schema_get_key(s, "shape"), count);
	return RN_OK;
}
