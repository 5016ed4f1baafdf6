/*
 * couplings_box.c - the integrals of couplings.h over [-L, L], in one dimension, by quadrature
 *
 * Gauss-Legendre with 16 nodes a panel. Panels end at the points and at 0, where K_W of relu has no fourth
 * derivative, and are no longer than 1 / sigma_w, over which all kernels change, and L / 8. K_W of relu has branch points at
 * x = +- i r, r = sigma_b / sigma_w: panels also end at +- r 2^k, so that none is longer than its distance from these. K_W itself has a relative error of 2^-53 / (r / x)^2 at
 * points of opposite signs. D is a sum over a
 * square of the same nodes: relu has there |x - y|^3 on the diagonal too, which leaves 1e-12 of it.
 */
#include <math.h>
#include <stdlib.h>

#include "couplings.h"
#include "legendre.h"

enum {
	NODES = 16,
	DOUBLINGS = 50,
	PANELS_MAX =
		512, /* 8192 nodes: a kernel of 512 MiB is never stored, but 67 million of its values are computed */
};

struct grid {
	size_t n;
	double x[NODES * PANELS_MAX], w[NODES * PANELS_MAX];
};

static void
add_panels(struct grid *g, double a, double b, double longest)
{
	const double panels = ceil((b - a) / longest);
	double x[NODES], w[NODES];

	legendre_nodes(NODES, x, w);
	for (double p = 0; p < panels; p++) {
		const double half = (b - a) / panels / 2, middle = a + (2 * p + 1) * half;

		for (size_t i = 0; i < NODES; i++) {
			g->x[g->n] = middle + half * x[i];
			g->w[g->n++] = half * w[i];
		}
	}
}

/* Ends towards 0, of relu: how many, 2 DOUBLINGS at most. Nearer than box 2^-DOUBLINGS nothing is left to integrate. */
static size_t
refine(const struct law *law, double box, double end[])
{
	double r = fmax(law->sigma_b / law->sigma_w, ldexp(box, -DOUBLINGS));
	size_t ends = 0;

	if (law->activation != RN_NET_RELU ||
		law->sigma_b == 0) /* then K_W is a polynomial on either side of 0 */
		return 0;
	for (; r < box && ends < (size_t)(2 * DOUBLINGS); r *= 2) {
		end[ends++] = r;
		end[ends++] = -r;
	}
	return ends;
}

/* NULL: no memory. n = 0: the box would need too many panels. */
static struct grid *
make_grid(const struct law *law, double box)
{
	const struct rn_net_points *p = law->points;
	const double longest = fmin(box / 8, 1 / law->sigma_w);
	struct grid *g = calloc(1, sizeof *g);
	double *end = calloc(p->n + 3 + 2 * DOUBLINGS, sizeof *end);
	size_t ends = 0;

	if (g && end && 2 * box / longest + (double)p->n + 2 + 2 * DOUBLINGS <= PANELS_MAX) {
		end[ends++] = -box;
		end[ends++] = box;
		end[ends++] = 0;
		for (size_t i = 0; i < p->n; i++)
			if (fabs(p->x[i]) < box)
				end[ends++] = p->x[i];
		ends += refine(law, box, end + ends);
		legendre_sort(end, ends);
		for (size_t i = 0; i + 1 < ends; i++)
			if (end[i + 1] > end[i])
				add_panels(g, end[i], end[i + 1], longest);
	}
	if (!end) {
		free(g);
		g = NULL;
	}
	free(end);
	return g;
}

/* legs[c][x] = prod K_W(x, x_i) of each choice of `order` points. NULL: no memory. */
static double *
make_legs(const struct law *law, const struct combinations *points, const struct grid *g, unsigned order)
{
	const size_t n = combinations_of(points, order);
	double *legs = calloc(n * g->n, sizeof *legs);

	for (size_t c = 0; legs && c < n; c++)
		for (size_t i = 0; i < g->n; i++) {
			double product = 1;

			for (unsigned k = 0; k < order; k++)
				product *= neuron_kernel(law, &g->x[i],
					law->points->x + points->leg[order][c * order + k]);
			legs[c * g->n + i] = product;
		}
	return legs;
}

/* through[c][x] = sum over y of K_W(x, y) w(y) legs[c][y] */
static double *
send_through(const struct law *law, const struct grid *g, const double legs[], size_t n)
{
	double *through = calloc(n * g->n, sizeof *through), *K = calloc(g->n, sizeof *K);

	for (size_t i = 0; through && K && i < g->n; i++) {
		for (size_t j = 0; j < g->n; j++)
			K[j] = neuron_kernel(law, &g->x[i], &g->x[j]) * g->w[j];
		for (size_t c = 0; c < n; c++) {
			double sum = 0;

			for (size_t j = 0; j < g->n; j++)
				sum += K[j] * legs[c * g->n + j];
			through[c * g->n + i] = sum;
		}
	}
	if (!K) {
		free(through);
		through = NULL;
	}
	free(K);
	return through;
}

static double
integral(const struct grid *g, const double a[], const double b[])
{
	double sum = 0;

	for (size_t i = 0; i < g->n; i++)
		sum += g->w[i] * a[i] * b[i];
	return sum;
}

/* ln N_n from legs of half the order. */
static void
vertices(const struct combinations *points, const struct grid *g, unsigned n, const double half[], double N[])
{
	const unsigned left = (1u << n / 2) - 1, right = left << n / 2;

	for (size_t i = 0; i < combinations_of(points, n); i++) {
		const uint32_t *subset = points->subset[n] + (i << n);
		const size_t first = points->first[n / 2];

		N[i] = log(integral(g, half + (subset[left] - first) * g->n,
			half + (subset[right] - first) * g->n));
	}
}

/* ln D from three legs, and three behind a propagator. */
static void
exchanges(const struct combinations *points, const struct grid *g, const double legs[],
	const double through[], double D[])
{
	for (size_t i = 0; i < combinations_of(points, 6); i++) {
		const uint32_t *subset = points->subset[6] + (i << 6);
		double sum = 0;

		for (size_t k = 0; k < 10; k++)
			sum += integral(g, legs + (subset[splits[k]] - points->first[3]) * g->n,
				through + (subset[63 & ~splits[k]] - points->first[3]) * g->n);
		D[i] = log(sum);
	}
}

bool
box_integrals(const struct law *law, const struct combinations *points, double box, struct integrals *out,
	const char **why_not)
{
	struct grid *g = NULL;
	double *two = NULL, *three = NULL, *through = NULL;
	bool ok = false;

	if (law->points->din > 1)
		*why_not = "--box is for one dimension";
	else if (!(g = make_grid(law, box)))
		return false;
	else if (!g->n)
		*why_not = "the box is too wide for the quadrature at this sigma_w";
	else {
		ok = !out->N4 || (two = make_legs(law, points, g, 2));
		if (ok && out->N4)
			vertices(points, g, 4, two, out->N4);
		ok = ok &&
			(!out->N6 ||
				((three = make_legs(law, points, g, 3)) &&
					(through = send_through(law, g, three, combinations_of(points, 3)))));
		if (ok && out->N6) {
			vertices(points, g, 6, three, out->N6);
			exchanges(points, g, three, through, out->D);
		}
	}
	free(two);
	free(three);
	free(through);
	free(g);
	return ok;
}
