/* From a gradient to the next parameters: each number by itself, a vector of them at a time. */
#include "renorm/optimiser.h"

#include <math.h>
#include <stdlib.h>

#include "renorm/cpu.h"

/* One update of one block, in the precision of the parameters. */
struct step {
	enum rn_optimiser_kind kind;
	float rate, l1, l2;
	float momentum, beta1, rest1, beta2, rest2, epsilon;
	float scale1, scale2; /* 1 / (1 - beta^t) */
};

#define LEVEL 0
#include "optimiser_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "optimiser_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "optimiser_kernel.h"
#else
#define update_1 update_0
#define update_2 update_0
#endif

enum rn_status
rn_optimiser_create(struct rn_optimiser *p, const struct rn_optimiser_options *o, size_t n,
	struct rn_error *err)
{
	*p = (struct rn_optimiser){ .o = *o, .n = n };
	if (o->kind != RN_SGD)
		p->m = calloc(n + 1, sizeof *p->m);
	if (o->kind == RN_ADAM)
		p->v = calloc(n + 1, sizeof *p->v);
	if ((o->kind != RN_SGD && !p->m) || (o->kind == RN_ADAM && !p->v)) {
		rn_optimiser_clear(p);
		return rn_fail_memory(err, "optimiser");
	}
	return RN_OK;
}

void
rn_optimiser_clear(struct rn_optimiser *p)
{
	free(p->m);
	free(p->v);
	*p = (struct rn_optimiser){ 0 };
}

void
rn_optimiser_begin(struct rn_optimiser *p, double rate)
{
	const double t = (double)++p->updates;

	p->rate = (float)rate;
	p->scale1 = (float)(1 / (1 - pow(p->o.beta1, t)));
	p->scale2 = (float)(1 / (1 - pow(p->o.beta2, t)));
}

void
rn_optimiser_block(struct rn_optimiser *p, size_t first, size_t n, double l1, double l2, float theta[],
	const float gradient[])
{
	const struct step s = {
		.kind = p->o.kind,
		.rate = p->rate,
		.l1 = (float)l1,
		.l2 = (float)l2,
		.momentum = (float)p->o.momentum,
		.beta1 = (float)p->o.beta1,
		.rest1 = (float)(1 - p->o.beta1),
		.beta2 = (float)p->o.beta2,
		.rest2 = (float)(1 - p->o.beta2),
		.epsilon = (float)p->o.epsilon,
		.scale1 = p->scale1,
		.scale2 = p->scale2,
	};
	float *m = p->m ? p->m + first : NULL, *v = p->v ? p->v + first : NULL;

	switch (rn_cpu()) {
	case RN_CPU_BASELINE: update_0(theta, gradient, m, v, n, &s); return;
	case RN_CPU_AVX2: update_1(theta, gradient, m, v, n, &s); return;
	case RN_CPU_AVX512: update_2(theta, gradient, m, v, n, &s); return;
	}
}
