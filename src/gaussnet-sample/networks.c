/* Networks of a bag: from sums over the hidden layer to outputs. */
#include "networks.h"

#include <math.h>
#include <stdlib.h>

#include "activation.h"

bool
networks_init(struct networks *n, const struct ensemble *e)
{
	const size_t bytes = block_work_bytes(e);

	*n = (struct networks){
		.e = e,
		.f = calloc(e->P * e->dout, sizeof *n->f),
		.cov = calloc(e->cov ? rn_nets_pairs(e->P) : 1, sizeof *n->cov),
		.bias = calloc(e->dout, sizeof *n->bias),
		.factor = calloc(e->P, sizeof *n->factor),
		.work = aligned_alloc(64, (bytes + 63) / 64 * 64),
	};
	if (!n->f || !n->cov || !n->bias || !n->factor || !n->work)
		return false;
	for (size_t k = 0; k < e->P; k++)
		n->factor[k] =
			e->sigma_w / sqrt((double)e->N) * (e->scaled ? activation_exp(-e->logZ[k]) : 1);
	return true;
}

void
networks_clear(struct networks *n)
{
	free(n->f);
	free(n->cov);
	free(n->bias);
	free(n->factor);
	free(n->work);
	*n = (struct networks){ 0 };
}

struct rn_random_key
networks_key(const struct ensemble *e, uint64_t seed, uint64_t bag)
{
	const double labels[] = { (double)e->N, e->sigma_w, e->sigma_b, (double)bag };
	const size_t extents[] = { e->activation, e->din, e->dout, e->depth };

	return rn_random_key(seed, "gaussnet-sample", labels, 4, extents, 4);
}

void
networks_block(struct networks *n, uint64_t id)
{
	const struct ensemble *e = n->e;
	size_t pair = 0;

	(e->type == RN_F64 ? block_f64 : block_f32)(e, &n->key, id, n->work, n->f, n->bias, n->cov);
	for (size_t k = 0; k < e->P; k++)
		for (size_t o = 0; o < e->dout; o++)
			for (size_t lane = 0; lane < LANES; lane++) {
				double *f = &n->f[k * e->dout + o][lane];

				*f = n->factor[k] * *f + e->sigma_b * n->bias[o][lane];
			}
	for (size_t a = 0; e->cov && a < e->P; a++)
		for (size_t b = a; b < e->P; b++, pair++)
			for (size_t lane = 0; lane < LANES; lane++)
				n->cov[pair][lane] = n->factor[a] * n->factor[b] * n->cov[pair][lane] +
					e->sigma_b * e->sigma_b;
}
