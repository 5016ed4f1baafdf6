/* Networks of depth 1 by their parameters: outputs, and a step of gradient descent by backpropagation. */
#include "shallow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation.h"

bool
shallow_init(struct shallow *s, const struct ensemble *e, size_t n)
{
	const size_t rows = e->N * (e->din + 1 + e->dout) + e->dout + 2;

	*s = (struct shallow){
		.e = e,
		.n = n,
		.W0 = calloc(e->N * e->din, sizeof(lanes)),
		.b0 = calloc(e->N, sizeof(lanes)),
		.W1 = calloc(e->N * e->dout, sizeof(lanes)),
		.b1 = calloc(e->dout, sizeof(lanes)),
		.gW1 = calloc(e->N * e->dout, sizeof(lanes)),
		.gb1 = calloc(e->dout, sizeof(lanes)),
		.ga = calloc(n * e->N, sizeof(lanes)),
		.h = calloc(n * e->N, sizeof(lanes)),
		.slope = calloc(n * e->N, sizeof(lanes)),
		.delta = calloc(n * e->dout, sizeof(lanes)),
		.z = calloc(rows, sizeof *s->z),
	};
	return s->W0 && s->b0 && s->W1 && s->b1 && s->gW1 && s->gb1 && s->ga && s->h && s->slope &&
		s->delta && s->z;
}

void
shallow_clear(struct shallow *s)
{
	lanes *all[] = { s->W0, s->b0, s->W1, s->b1, s->gW1, s->gb1, s->ga, s->h, s->slope, s->delta };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
	free(s->z);
	*s = (struct shallow){ 0 };
}

static void
widen(lanes to, const rn_normals_row from)
{
	for (size_t lane = 0; lane < LANES; lane++)
		to[lane] = from[lane];
}

/* The rows that block.h gives to a network of depth 1. */
void
shallow_draw(struct shallow *s, const struct rn_random_key *key, uint64_t id)
{
	const struct ensemble *e = s->e;
	const size_t stride = e->din + 1 + e->dout, pairs = (e->N * stride + 1) / 2;

	rn_normals_rows(key, id, 0, pairs + (e->dout + 1) / 2, s->z);
	for (size_t u = 0; u < e->N; u++) {
		const rn_normals_row *z = s->z + u * stride;

		for (size_t i = 0; i < e->din; i++)
			widen(s->W0[u * e->din + i], z[i]);
		widen(s->b0[u], z[e->din]);
		for (size_t o = 0; o < e->dout; o++)
			widen(s->W1[u * e->dout + o], z[e->din + 1 + o]);
	}
	for (size_t o = 0; o < e->dout; o++)
		widen(s->b1[o], s->z[2 * pairs + o]);
}

/* to += factor x */
static void
add_multiple(lanes to, double factor, const lanes x)
{
	for (size_t lane = 0; lane < LANES; lane++)
		to[lane] += factor * x[lane];
}

/* to += factor x y */
static void
add_product(lanes to, double factor, const lanes x, const lanes y)
{
	for (size_t lane = 0; lane < LANES; lane++)
		to[lane] += factor * x[lane] * y[lane];
}

/* h and, unless NULL, dh/da of unit u at point k */
static void
unit_at(const struct shallow *s, size_t u, size_t k, lanes h, lanes slope)
{
	const struct ensemble *e = s->e;
	lanes a;

	for (size_t lane = 0; lane < LANES; lane++)
		a[lane] = -e->logZ[k];
	add_multiple(a, e->sigma_b, s->b0[u]);
	for (size_t i = 0; i < e->din; i++)
		add_multiple(a, e->weight[k * e->din + i], s->W0[u * e->din + i]);
	activate(e->activation, a, LANES, h, slope);
}

static double
output_scale(const struct ensemble *e)
{
	return e->sigma_w / sqrt((double)e->N);
}

void
shallow_outputs(const struct shallow *s, size_t first, size_t points, lanes f[])
{
	const struct ensemble *e = s->e;
	lanes h;

	memset(f, 0, points * e->dout * sizeof *f);
	for (size_t k = 0; k < points; k++)
		for (size_t o = 0; o < e->dout; o++)
			add_multiple(f[k * e->dout + o], e->sigma_b, s->b1[o]);
	for (size_t u = 0; u < e->N; u++)
		for (size_t k = 0; k < points; k++) {
			unit_at(s, u, first + k, h, NULL);
			for (size_t o = 0; o < e->dout; o++)
				add_product(f[k * e->dout + o], output_scale(e), s->W1[u * e->dout + o], h);
		}
}

/* h, slope and delta = dL/df at the data. */
static void
forward(struct shallow *s, const double y[])
{
	const struct ensemble *e = s->e;

	memset(s->delta, 0, s->n * e->dout * sizeof *s->delta);
	for (size_t j = 0; j < s->n; j++) {
		for (size_t u = 0; u < e->N; u++) {
			lanes *h = &s->h[j * e->N + u];

			unit_at(s, u, e->P - s->n + j, *h, s->slope[j * e->N + u]);
			for (size_t o = 0; o < e->dout; o++)
				add_product(s->delta[j * e->dout + o], output_scale(e),
					s->W1[u * e->dout + o], *h);
		}
		for (size_t o = 0; o < e->dout; o++) {
			lanes *delta = &s->delta[j * e->dout + o];

			add_multiple(*delta, e->sigma_b, s->b1[o]);
			for (size_t lane = 0; lane < LANES; lane++)
				(*delta)[lane] = 2 * ((*delta)[lane] - y[j * e->dout + o]) / (double)s->n;
		}
	}
}

/* dL/dtheta of the last layer, and dL/da of the first. */
static void
backward(struct shallow *s)
{
	const struct ensemble *e = s->e;
	const double scale = output_scale(e);

	memset(s->gW1, 0, e->N * e->dout * sizeof *s->gW1);
	memset(s->gb1, 0, e->dout * sizeof *s->gb1);
	memset(s->ga, 0, s->n * e->N * sizeof *s->ga);
	for (size_t j = 0; j < s->n; j++)
		for (size_t o = 0; o < e->dout; o++) {
			const lanes *delta = &s->delta[j * e->dout + o];

			add_multiple(s->gb1[o], e->sigma_b, *delta);
			for (size_t u = 0; u < e->N; u++) {
				add_product(s->gW1[u * e->dout + o], scale, *delta, s->h[j * e->N + u]);
				add_product(s->ga[j * e->N + u], scale, *delta, s->W1[u * e->dout + o]);
			}
		}
	for (size_t i = 0; i < s->n * e->N; i++)
		for (size_t lane = 0; lane < LANES; lane++)
			s->ga[i][lane] *= s->slope[i][lane];
}

void
shallow_step(struct shallow *s, const double y[], double eta)
{
	const struct ensemble *e = s->e;

	forward(s, y);
	backward(s);
	for (size_t u = 0; u < e->N; u++) {
		for (size_t j = 0; j < s->n; j++) {
			const lanes *ga = &s->ga[j * e->N + u];
			const double *weight = e->weight + (e->P - s->n + j) * e->din;

			for (size_t i = 0; i < e->din; i++)
				add_multiple(s->W0[u * e->din + i], -eta * weight[i], *ga);
			add_multiple(s->b0[u], -eta * e->sigma_b, *ga);
		}
		for (size_t o = 0; o < e->dout; o++)
			add_multiple(s->W1[u * e->dout + o], -eta, s->gW1[u * e->dout + o]);
	}
	for (size_t o = 0; o < e->dout; o++)
		add_multiple(s->b1[o], -eta, s->gb1[o]);
}
