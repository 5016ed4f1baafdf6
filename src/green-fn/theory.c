#include "theory.h"

#include <math.h>
#include <stdlib.h>

static bool
find_propagator(struct theory *t, const struct combinations *sites, unsigned dout)
{
	const struct rn_net_points *p = t->law.points;

	t->K = calloc(combinations_of(sites, 2) + 1, sizeof *t->K);
	for (size_t i = 0; t->K && i < combinations_of(sites, 2); i++) {
		const uint16_t *s = sites->leg[2] + 2 * i;

		if (s[0] % dout == s[1] % dout)
			t->K[i] = t->law.sigma_b * t->law.sigma_b +
				neuron_kernel(&t->law, p->x + s[0] / dout * p->din,
					p->x + s[1] / dout * p->din);
	}
	return t->K;
}

/* What cannot be had is NaN. */
static bool
find_moments(struct theory *t, const struct combinations *points)
{
	t->rho = calloc(combinations_total(points), sizeof *t->rho);
	if (!t->rho)
		return false;
	for (unsigned n = 2; n <= points->highest; n += 2)
		for (size_t i = 0; i < combinations_of(points, n); i++) {
			const double rho = neuron_moment(&t->neuron, n, points->leg[n] + i * n);

			t->rho[points->first[n] + i] = isfinite(rho) ? rho : NAN;
			if (isfinite(rho))
				continue;
			t->why_not = t->neuron.why_not
				? t->neuron.why_not
				: "moments of a neuron are beyond what a double can hold";
		}
	return true;
}

enum rn_status
theory_init(struct theory *t, const struct law *law, const struct combinations *sites,
	const struct combinations *points, unsigned dout, size_t depth, double box, bool canonical,
	struct rn_error *err)
{
	bool ok;

	*t = (struct theory){ .law = *law };
	if (depth > 1) {
		t->why_not = t->couplings.why_not = "nothing exact is known of more than one hidden layer";
		return RN_OK;
	}
	ok = couplings_init(&t->couplings, law, sites, points, dout, box, canonical) &&
		neuron_init(&t->neuron, law) && (sites->highest < 2 || find_propagator(t, sites, dout)) &&
		find_moments(t, points);
	if (ok)
		return RN_OK;
	theory_clear(t);
	return rn_fail_memory(err, "exact values");
}

void
theory_clear(struct theory *t)
{
	neuron_clear(&t->neuron);
	couplings_clear(&t->couplings);
	free(t->K);
	free(t->rho);
	*t = (struct theory){ 0 };
}
