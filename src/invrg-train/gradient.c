#include "gradient.h"

#include <stdlib.h>
#include <string.h>

static size_t
maps_of(const struct rn_invrg *m)
{
	return m->map == RN_INVRG_NET ? m->maps : 1;
}

static enum rn_status
create_lattices(struct gradient *g, const struct rn_lattice *coarse, struct rn_error *err)
{
	const struct rn_invrg *m = g->m;
	enum rn_status st;

	if ((st = rn_tc_create(&g->tc, coarse, m->b, m->K, err)) != RN_OK ||
		(st = correlate_create(&g->of_tc, coarse, m->b, m->K, err)) != RN_OK ||
		m->map != RN_INVRG_NET)
		return st;
	st = rn_tc_create(&g->mix, &g->tc.fine, 1, m->mix, err);
	return st == RN_OK ? correlate_create(&g->of_mix, &g->tc.fine, 1, m->mix, err) : st;
}

enum rn_status
gradient_create(struct gradient *g, const struct rn_invrg *m, const struct rn_lattice *coarse,
	struct rn_error *err)
{
	const size_t maps = maps_of(m);
	size_t fine, sums;
	enum rn_status st;

	*g = (struct gradient){ .m = m, .parameters = m->map == RN_INVRG_NET ? m->parameters : m->entries };
	st = create_lattices(g, coarse, err);
	if (st != RN_OK) {
		gradient_clear(g);
		return st;
	}
	fine = g->tc.fine.sites;
	sums = g->of_tc.sites * g->of_tc.taps;
	sums = sums < g->of_mix.taps ? g->of_mix.taps : sums;
	g->w = calloc(maps * g->tc.weights, sizeof *g->w);
	g->w_mix = calloc(maps * g->mix.weights + 1, sizeof *g->w_mix);
	g->w_back = calloc(maps * g->mix.weights + 1, sizeof *g->w_back);
	g->a = calloc(maps * fine, sizeof *g->a);
	g->y = calloc(fine, sizeof *g->y);
	g->g = calloc(fine, sizeof *g->g);
	g->delta = calloc(fine, sizeof *g->delta);
	g->X = calloc(sums, sizeof *g->X);
	g->sum = calloc(g->parameters, sizeof *g->sum);
	if (g->w && g->w_mix && g->w_back && g->a && g->y && g->g && g->delta && g->X && g->sum)
		return RN_OK;
	gradient_clear(g);
	return rn_fail_memory(err, "a map");
}

void
gradient_clear(struct gradient *g)
{
	rn_tc_clear(&g->tc);
	rn_tc_clear(&g->mix);
	correlate_clear(&g->of_tc);
	correlate_clear(&g->of_mix);
	free(g->w);
	free(g->w_mix);
	free(g->w_back);
	free(g->a);
	free(g->y);
	free(g->g);
	free(g->delta);
	free(g->X);
	free(g->sum);
	*g = (struct gradient){ 0 };
}

void
gradient_begin(struct gradient *g, const float theta[])
{
	const struct rn_invrg *m = g->m;
	const size_t n = m->mix_entries;
	float turned[RN_INVRG_MAX_K * RN_INVRG_MAX_K];

	for (size_t k = 0; k < maps_of(m); k++)
		rn_tc_weights(&g->tc, theta + k * m->entries, g->w + k * g->tc.weights);
	for (size_t k = 0; m->map == RN_INVRG_NET && k < m->maps; k++) {
		const float *mix = theta + m->maps * m->entries + k * n;

		for (size_t e = 0; e < n; e++)
			turned[e] = mix[n - 1 - e];
		rn_tc_weights(&g->mix, mix, g->w_mix + k * g->mix.weights);
		rn_tc_weights(&g->mix, turned, g->w_back + k * g->mix.weights);
	}
	memset(g->sum, 0, g->parameters * sizeof *g->sum);
}

/* --- forwards ------------------------------------------------------------------------ */

static void
forward(struct gradient *g, const float x[])
{
	const struct rn_invrg *m = g->m;
	const size_t fine = g->tc.fine.sites;

	if (m->map == RN_INVRG_LINEAR) {
		rn_tc_apply(&g->tc, g->w, x, false, g->y);
		return;
	}
	for (size_t k = 0; k < m->maps; k++) {
		float *a = g->a + k * fine;

		rn_tc_apply(&g->tc, g->w + k * g->tc.weights, x, false, a);
		rn_invrg_activate(m->activation, a, fine);
		rn_tc_apply(&g->mix, g->w_mix + k * g->mix.weights, a, k > 0, g->y);
	}
}

double
gradient_miss(struct gradient *g, const float x[], const float y[])
{
	double sum = 0;

	forward(g, x);
	for (size_t i = 0; i < g->tc.fine.sites; i++) {
		g->g[i] = g->y[i] - y[i];
		sum += (double)g->g[i] * (double)g->g[i];
	}
	return sum;
}

/* --- backwards ------------------------------------------------------------------------ */

static void
times_slope(enum rn_invrg_activation f, const float a[], float delta[], size_t n)
{
	for (size_t i = 0; f == RN_INVRG_TANH && i < n; i++)
		delta[i] *= 1 - a[i] * a[i];
	for (size_t i = 0; f == RN_INVRG_RELU && i < n; i++)
		delta[i] = a[i] > 0 ? delta[i] : 0;
}

/* The gradient of a kernel from the fine field taken into c, over the coarse one in there. */
static void
add_kernel(struct gradient *g, struct correlate *c, double scale, double sum[])
{
	const size_t none = c->rows.K * c->cols.K;

	correlate_cross(c, g->X);
	for (size_t q = 0; q < c->sites; q++)
		for (size_t i = 0; i < c->taps; i++) {
			const size_t e = correlate_entry(c, q, i);

			if (e != none)
				sum[e] += scale * g->X[q * c->taps + i];
		}
}

double
gradient_add(struct gradient *g, const float x[], const float y[], double scale)
{
	const struct rn_invrg *m = g->m;
	const double sum = gradient_miss(g, x, y);
	const size_t fine = g->tc.fine.sites;

	scale *= 2;
	correlate_take_x(&g->of_tc, RN_F32, x);
	if (m->map == RN_INVRG_LINEAR) {
		correlate_take_y(&g->of_tc, RN_F32, g->g);
		add_kernel(g, &g->of_tc, scale, g->sum);
		return sum;
	}
	correlate_take_y(&g->of_mix, RN_F32, g->g);
	for (size_t k = 0; k < m->maps; k++) {
		const float *a = g->a + k * fine;

		correlate_take_x(&g->of_mix, RN_F32, a);
		add_kernel(g, &g->of_mix, scale, g->sum + m->maps * m->entries + k * m->mix_entries);
		rn_tc_apply(&g->mix, g->w_back + k * g->mix.weights, g->g, false, g->delta);
		times_slope(m->activation, a, g->delta, fine);
		correlate_take_y(&g->of_tc, RN_F32, g->delta);
		add_kernel(g, &g->of_tc, scale, g->sum + k * m->entries);
	}
	return sum;
}
