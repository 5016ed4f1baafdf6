/* Networks side by side against one network at a time, in plain loops, from the same normals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/gaussnet-sample/networks.h"
#include "tap.h"

static struct rn_error err;
static const uint64_t seed = 3, bag = 2, id = 5;

/* The rows of block.h, one layer after the other. */
struct rows {
	struct rn_random_key key;
	uint64_t pair;
	rn_normals_row *z;
};

static const rn_normals_row *
next_rows(struct rows *r, size_t n)
{
	free(r->z);
	r->z = calloc(n + 1, sizeof *r->z);
	if (!r->z)
		abort();
	rn_normals_rows(&r->key, id, r->pair, (n + 1) / 2, r->z);
	r->pair += (n + 1) / 2;
	return (const rn_normals_row *)r->z;
}

static double
activation(const struct ensemble *e, double a, double square)
{
	switch (e->activation) {
	case RN_NET_GAUSS: return exp(a - e->sigma_b * e->sigma_b - square);
	case RN_NET_RELU: return fmax(0, a);
	default: return erf(a);
	}
}

/* f and cov of network `lane` of the block, as the manual has them. */
static void
reference(const struct ensemble *e, size_t lane, double f[], double cov[])
{
	struct rows rows = { .key = networks_key(e, seed, bag) };
	double *in = calloc(e->P * (e->N + e->din), sizeof *in), *out = calloc(e->P * e->N, sizeof *out);
	size_t fan = e->din, pair = 0;

	memcpy(in, e->x, e->P * e->din * sizeof *in);
	memset(f, 0, e->P * e->dout * sizeof *f);
	for (size_t layer = 1; layer <= e->depth; layer++) {
		const size_t tail = layer == e->depth ? e->dout : 0, stride = fan + 1 + tail;
		const rn_normals_row *z = next_rows(&rows, e->N * stride);

		for (size_t k = 0; k < e->P; k++)
			for (size_t u = 0; u < e->N; u++) {
				double a = e->sigma_b * z[u * stride + fan][lane], square = 0;

				for (size_t i = 0; i < fan; i++) {
					const double scale = e->sigma_w / sqrt((double)fan);

					a += scale * z[u * stride + i][lane] * in[k * fan + i];
					square += pow(scale * in[k * fan + i], 2);
				}
				out[k * e->N + u] = activation(e, a, square);
				for (size_t o = 0; o < tail; o++)
					f[k * e->dout + o] += e->sigma_w / sqrt((double)e->N) *
						z[u * stride + fan + 1 + o][lane] * out[k * e->N + u];
			}
		fan = e->N;
		memcpy(in, out, e->P * e->N * sizeof *in);
	}
	for (size_t o = 0; o < e->dout; o++) {
		const double bias = o == 0 ? next_rows(&rows, e->dout)[0][lane] : rows.z[o][lane];

		for (size_t k = 0; k < e->P; k++)
			f[k * e->dout + o] += e->sigma_b * bias;
	}
	for (size_t a = 0; a < e->P; a++)
		for (size_t b = a; b < e->P; b++) {
			double sum = 0;

			for (size_t u = 0; u < e->N; u++)
				sum += in[a * e->N + u] * in[b * e->N + u];
			cov[pair++] = e->sigma_w * e->sigma_w / (double)e->N * sum + e->sigma_b * e->sigma_b;
		}
	free(in);
	free(out);
	free(rows.z);
}

static double
worst(const lanes got[], const double want[], size_t n, size_t lane)
{
	double off = 0;

	for (size_t i = 0; i < n; i++)
		off = fmax(off, fabs(got[i][lane] - want[i]) / (1 + fabs(want[i])));
	return isfinite(off) ? off : INFINITY;
}

static void
compare(struct ensemble e, double tolerance, const char *what)
{
	struct networks n;
	double *f = calloc(e.P * e.dout, sizeof *f), *cov = calloc(rn_nets_pairs(e.P), sizeof *cov);
	double off = 0, cov_off = 0;

	if (ensemble_prepare(&e, &err) != RN_OK || !networks_init(&n, &e) || !f || !cov)
		abort();
	n.key = networks_key(&e, seed, bag);
	networks_block(&n, id);
	for (size_t lane = 0; lane < LANES; lane++) {
		reference(&e, lane, f, cov);
		off = fmax(off, worst(n.f, f, e.P * e.dout, lane));
		if (e.cov)
			cov_off = fmax(cov_off, worst(n.cov, cov, rn_nets_pairs(e.P), lane));
	}
	OK(off < tolerance && cov_off < tolerance, "%s (%s%s): outputs to %.1e, covariances to %.1e", what,
		e.type == RN_F64 ? "f64" : "f32",
		e.spaced	   ? ", spaced"
			: e.scaled ? ", scaled"
				   : "",
		off, cov_off);
	networks_clear(&n);
	ensemble_clear(&e);
	free(f);
	free(cov);
}

static const double line[] = { -0.01, -0.006, -0.002, 0.002, 0.006, 0.01, 0.014, 0.018, 0.022, 0.026, 0.03,
	0.034 };
static const double apart[] = { 0.3, -1.25, 0.7, 0.05, 2 };
static const double plane[] = { 0, 0, 1, 0.5, 2, 1, 3, 1.5, 4, 2 }; /* spaced, in two dimensions */

static void
both(struct ensemble e, const char *what)
{
	e.type = RN_F64;
	compare(e, 1e-14, what);
	e.type = RN_F32;
	compare(e, 5e-6, what);
}

static void
kernels(void)
{
	const struct ensemble gauss = { .activation = RN_NET_GAUSS,
		.N = 37,
		.P = 6,
		.din = 1,
		.dout = 1,
		.depth = 1,
		.sigma_w = 1.3,
		.sigma_b = 0.7,
		.x = line };
	struct ensemble e;

	both(gauss, "six points of a line");
	for (size_t P = 1; P <= 12; P++) {
		e = gauss;
		e.P = P;
		e.type = RN_F64;
		compare(e, 1e-14, "more or fewer points");
	}
	e = gauss;
	e.cov = true;
	both(e, "with covariances");
	e = gauss;
	e.x = apart;
	e.P = 5;
	e.cov = true;
	both(e, "points apart");
	e.dout = 3;
	both(e, "three outputs");
	e.sigma_w = 20;
	both(e, "large sigmas");
	e = gauss;
	e.x = plane;
	e.din = 2;
	e.P = 5;
	both(e, "a line in the plane");
	e.N = 1;
	both(e, "one unit");
	for (unsigned g = 0; g < 3; g++) {
		e = gauss;
		e.activation = (enum rn_net_activation)g;
		e.x = apart;
		e.P = 5;
		e.cov = true;
		both(e, rn_net_activations[g]);
		e.dout = 2;
		e.depth = 3;
		e.N = 7;
		both(e, "of depth 3");
	}
}

static void
points_of(struct ensemble e, bool spaced, const char *what)
{
	if (ensemble_prepare(&e, &err) != RN_OK)
		abort();
	OK(e.spaced == spaced, "%s: %sspaced", what, spaced ? "" : "not ");
	ensemble_clear(&e);
}

static void
spacing(void)
{
	static const double nearly[] = { 0, 0.1, 0.2000001 };
	static const double same[] = { 0.5, 0.5, 0.5 };
	struct ensemble e = { .type = RN_F64,
		.N = 3,
		.P = 6,
		.din = 1,
		.dout = 1,
		.depth = 1,
		.sigma_w = 1,
		.sigma_b = 1,
		.x = line };

	points_of(e, true, "the six points");
	e.P = 3;
	e.x = nearly;
	points_of(e, false, "nearly");
	e.x = same;
	points_of(e, true, "one point thrice");
	e.sigma_w = 1e120;
	OK(ensemble_prepare(&e, &err) == RN_EUSAGE, "refused: %s", err.text);
	ensemble_clear(&e);
}

int
main(void)
{
	kernels();
	spacing();
	return tap_done();
}
