/*
 * spectrum.c - the structure factor S(k) along the axes at all momenta, of spins and fields
 *
 * Blocks are as long as the slowest of e (of a field, of phi2) and m^2 asks: S(0) is N m^2, and short waves move as
 * energies do.
 */
#include <math.h>
#include <stdlib.h>

#include "analysis.h"
#include "projection.h"

static enum rn_status
begin(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	(void)wish;
	m->state = malloc(sizeof(struct projection));
	if (!m->state)
		return rn_fail_memory(err, "structure factor");
	projection_init(m->state, &m->l, m->type);
	m->q = projection_modes(m->state);
	return RN_OK;
}

static bool
prepare(struct meter *m)
{
	return projection_prepare(m->state);
}

static void
end(struct meter *m)
{
	if (m->state)
		projection_clear(m->state);
	free(m->state);
}

static void
measure(struct meter *meter, const uint8_t *data, double sum[], double series[])
{
	const struct glance g = configuration_glance(&meter->l, meter->type, data);

	projection_add(meter->state, data, sum);
	series[0] = g.energy;
	series[1] = g.m * g.m;
}

static enum rn_status
report(struct meter *m, struct cell *c, struct table *t, struct rn_error *err)
{
	const struct projection *p = m->state;
	struct rn_estimate *S = calloc(m->q, sizeof *S);
	enum rn_status st;

	if (!S)
		return rn_fail_memory(err, "structure factor");
	st = cell_means(m, c, 2, S, err);
	for (size_t n = 0; n < m->q && st == RN_OK; n++) {
		const double row[] = { (double)c->n, (double)n, 2 * M_PI * (double)n / (double)p->L,
			S[n].value, S[n].error };

		st = table_row(t, row, err);
	}
	free(S);
	return st;
}

static const char *const columns[] = { "n", "mode", "k", "S", "S_err", NULL };

const struct analysis spectrum = {
	.series = 2,
	.columns = columns,
	.begin = begin,
	.prepare = prepare,
	.end = end,
	.measure = measure,
	.report = report,
};
