/* Gradient descent: of the last layer through the covariances, of all layers by the parameters. */
#include "descent.h"

#include <stdlib.h>
#include <string.h>

/* The ensemble at its points and, behind them, at the data. */
static enum rn_status
join_points(struct descent *d, const struct ensemble *e, struct rn_error *err)
{
	const size_t values = (e->P + d->data.n) * e->din;

	if (!(d->x = calloc(values, sizeof *d->x)))
		return rn_fail_memory(err, "data");
	memcpy(d->x, e->x, e->P * e->din * sizeof *d->x);
	memcpy(d->x + e->P * e->din, d->data.x, d->data.n * e->din * sizeof *d->x);
	d->both = *e;
	d->both.x = d->x;
	d->both.P = e->P + d->data.n;
	d->both.type = RN_F64;
	d->both.cov = !d->all;
	return ensemble_prepare(&d->both, err);
}

enum rn_status
descent_init(struct descent *d, const struct ensemble *e, const struct data *data, bool all, double eta,
	struct rn_error *err)
{
	enum rn_status st;

	*d = (struct descent){ .data = *data, .P = e->P, .all = all, .eta = eta };
	st = join_points(d, e, err);
	d->f = calloc(d->both.P * e->dout, sizeof *d->f);
	d->residual = calloc(data->n * e->dout, sizeof *d->residual);
	if (st == RN_OK &&
		(!d->f || !d->residual ||
			!(all ? shallow_init(&d->shallow, &d->both, data->n)
			      : networks_init(&d->networks, &d->both))))
		st = rn_fail_memory(err, "networks to train");
	if (st != RN_OK)
		descent_clear(d);
	return st;
}

void
descent_clear(struct descent *d)
{
	networks_clear(&d->networks);
	shallow_clear(&d->shallow);
	ensemble_clear(&d->both);
	free(d->x);
	free(d->f);
	free(d->residual);
	*d = (struct descent){ 0 };
}

void
descent_begin(struct descent *d, const struct rn_random_key *key, uint64_t id)
{
	d->step = 0;
	if (d->all) {
		shallow_draw(&d->shallow, key, id);
		return;
	}
	d->networks.key = *key;
	networks_block(&d->networks, id);
	memcpy(d->f, d->networks.f, d->both.P * d->both.dout * sizeof *d->f);
}

static size_t
pair_of(size_t a, size_t b, size_t P)
{
	const size_t low = a < b ? a : b, high = a < b ? b : a;

	return low * P - low * (low + 1) / 2 + high;
}

/* f -= (2 eta / n) C (f(X) - y), of all points and data at once */
static void
step_of_last(struct descent *d)
{
	const size_t n = d->data.n, total = d->both.P, dout = d->both.dout;
	const double factor = 2 * d->eta / (double)n;

	for (size_t i = 0; i < n * dout; i++)
		for (size_t lane = 0; lane < LANES; lane++)
			d->residual[i][lane] = d->f[d->P * dout + i][lane] - d->data.y[i];
	for (size_t k = 0; k < total; k++)
		for (size_t j = 0; j < n; j++) {
			const lanes *C = &d->networks.cov[pair_of(k, d->P + j, total)];

			for (size_t o = 0; o < dout; o++)
				for (size_t lane = 0; lane < LANES; lane++)
					d->f[k * dout + o][lane] -=
						factor * (*C)[lane] * d->residual[j * dout + o][lane];
		}
}

void
descent_run(struct descent *d, uint64_t step)
{
	for (; d->step < step; d->step++)
		if (d->all)
			shallow_step(&d->shallow, d->data.y, d->eta);
		else
			step_of_last(d);
	if (d->all)
		shallow_outputs(&d->shallow, 0, d->P, d->f);
}
