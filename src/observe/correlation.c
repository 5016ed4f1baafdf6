/*
 * correlation.c - the two-point function G(r) = <s_0 s_r> along the axes
 *
 * Blocks are as long as the slowest of e and m^2 asks: G(1) is -e/d, and the
 * long distances move as m^2 does.
 */
#include <stdlib.h>

#include "analysis.h"
#include "pairs.h"

static enum rn_status
begin(struct meter *m, const struct wish *wish, struct rn_error *err)
{
	(void)wish;
	(void)err;
	m->q = pairs_distances(&m->l);
	return RN_OK;
}

static void
measure(struct meter *meter, const uint8_t *spins, double sum[], double series[])
{
	const struct rn_ising_sums s = rn_ising_measure(&meter->l, spins);
	const double m = rn_ising_m(&meter->l, s);

	pairs_add(&meter->l, spins, sum);
	series[0] = rn_ising_e(&meter->l, s);
	series[1] = m * m;
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
	.measure = measure,
	.report = report,
};
