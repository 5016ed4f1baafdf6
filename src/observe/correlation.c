/*
 * correlation.c - the two-point function G(r) = <phi_0 phi_r> along the axes, of spins and fields
 *
 * Blocks are as long as the slowest of e (of a field, of phi2) and m^2 asks: G(1) is -e/d, G(0) is phi2, and the
 * long distances move as m^2 does.
 */
#include <stdlib.h>

#include "analysis.h"
#include "field_pairs.h"
#include "pairs.h"

/* Of fields alone: spins need no memory. */
static enum rn_status
begin(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	(void)wish;
	m->q = pairs_distances(&m->l);
	if (!is_field(m->type))
		return RN_OK;
	m->state = malloc(sizeof(struct field_pairs));
	if (!m->state)
		return rn_fail_memory(err, "two-point function");
	field_pairs_init(m->state, &m->l, m->type);
	return RN_OK;
}

static bool
prepare(struct meter *m)
{
	return !is_field(m->type) || field_pairs_prepare(m->state);
}

static void
end(struct meter *m)
{
	if (m->state)
		field_pairs_clear(m->state);
	free(m->state);
}

static void
measure(struct meter *meter, const uint8_t *data, double sum[], double series[])
{
	const struct glance g = configuration_glance(&meter->l, meter->type, data);

	if (is_field(meter->type))
		field_pairs_add(meter->state, data, sum);
	else
		pairs_add(&meter->l, data, sum);
	series[0] = g.energy;
	series[1] = g.m * g.m;
}

static enum rn_status
report(struct meter *m, struct cell *c, struct table *t, struct rn_error *err)
{
	struct rn_estimate *G = calloc(m->q, sizeof *G);
	enum rn_status st;

	if (!G)
		return rn_fail_memory(err, "two-point function");
	st = cell_means(m, c, 2, G, err);
	for (size_t r = 0; r < m->q && st == RN_OK; r++) {
		const double row[] = { (double)c->n, (double)r, G[r].value, G[r].error };

		st = table_row(t, row, err);
	}
	free(G);
	return st;
}

static const char *const columns[] = { "n", "r", "G", "G_err", NULL };

const struct analysis correlation = {
	.series = 2,
	.columns = columns,
	.begin = begin,
	.prepare = prepare,
	.end = end,
	.measure = measure,
	.report = report,
};
