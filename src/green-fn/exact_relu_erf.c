/*
 * exact_relu_erf.c - moments of a neuron of the ReLU and the Erf net
 *
 * Two legs, in any dimension d, u and v Gaussian with covariance (xx, xy, yy):
 *
 *	relu	E[uv+] = sqrt(xx yy) (sin t + (pi - t) cos t) / (2 pi),   cos t = xy / sqrt(xx yy)	[1]
 *	erf	E[uv]  = (2 / pi) asin(2 xy / sqrt((1 + 2 xx)(1 + 2 yy)))				[2]
 *
 * More legs, d = 1: W = sigma_w z1, b = sigma_b z2 with z standard, so rho_n is an integral over a plane.
 *
 * relu: in polar coordinates each factor is r max(0, sigma_w x cos t + sigma_b sin t). The radius gives
 * 2^(n/2) (n/2)! / (2 pi); in the angle the integrand is a trigonometric polynomial of degree n <= 12 between
 * the kinks of its factors, where Gauss-Legendre with 32 nodes leaves e^-60 and less.
 *
 * erf: the integrand is entire, so the trapezoid rule converges as fast as it grows off the real axis allows.
 * There |erf(s(x + iy))| < 1 + e^(s^2 y^2), and with n factors and the weight, error < exp(-2 pi y / h + (n
 * s^2 + 1/2) y^2), least for y = pi / (h (n s^2 + 1/2)): steps h = pi / sqrt(37 (n s^2 + 1/2)) leave e^-37. s
 * is sigma_w max|x| along z1 and sigma_b along z2. The signs of all z change nothing when n is even, so half
 * of the plane does.
 *
 * [1] Y. Cho, L. K. Saul, NIPS 22 (2009). [2] C. K. I. Williams, Neural Comput. 10 (1998) 1203.
 */
#include <math.h>
#include <stdlib.h>

#include "legendre.h"
#include "neuron.h"

enum {
	ANGLES = 32,	     /* nodes between two kinks */
	NODES_MAX = 1 << 20, /* of erf: 8 MiB a point */
	REACH = 10,	     /* standard deviations, beyond which the weight is e^-50 */
};

double
relu_pair(double xx, double xy, double yy)
{
	const double norm = sqrt(xx * yy);
	const double c = norm > 0 ? fmax(-1, fmin(1, xy / norm)) : 0;
	/* Near c = 1 half of the digits of t are lost; but the derivative in t vanishes there, so they do not matter. */
	const double s = sqrt((1 - c) * (1 + c));

	return norm * (s + (M_PI - atan2(s, c)) * c) / (2 * M_PI);
}

double
erf_pair(double xx, double xy, double yy)
{
	const double sine = 2 * xy / sqrt((1 + 2 * xx) * (1 + 2 * yy));

	return 2 / M_PI * asin(fmax(-1, fmin(1, sine)));
}

static bool
make_room(struct neuron *u, size_t nodes)
{
	u->weight = calloc(nodes + 1, sizeof *u->weight);
	u->g = calloc(nodes * u->law.points->n + 1, sizeof *u->g);
	return u->weight && u->g;
}

/* --- relu -------------------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* All kinks in [0, 2 pi], and its ends: 2 points + 2. */
static void
find_kinks(const struct law *law, double kink[])
{
	const size_t n = law->points->n;

	for (size_t i = 0; i < n; i++) {
		/* sigma_w x cos t + sigma_b sin t = 0 */
		double t = atan2(-law->sigma_w * law->points->x[i], law->sigma_b);

		t -= floor(t / M_PI) * M_PI;
		kink[2 * i] = t;
		kink[2 * i + 1] = t + M_PI;
	}
	kink[2 * n] = 0;
	kink[2 * n + 1] = 2 * M_PI;
	qsort(kink, 2 * n + 2, sizeof *kink, by_size);
}

static bool
init_relu(struct neuron *u)
{
	const struct law *law = &u->law;
	const size_t n = law->points->n, intervals = 2 * n + 1;
	double *kink = calloc(2 * n + 2, sizeof *kink), x[ANGLES], w[ANGLES];

	if (!kink || !make_room(u, intervals * ANGLES)) {
		free(kink);
		return false;
	}
	find_kinks(law, kink);
	legendre_nodes(ANGLES, x, w);
	u->nodes = intervals * ANGLES;
	for (size_t k = 0; k < u->nodes; k++) {
		const double a = kink[k / ANGLES], b = kink[k / ANGLES + 1];
		const double t = (a + b) / 2 + (b - a) / 2 * x[k % ANGLES];

		u->weight[k] = (b - a) / 2 * w[k % ANGLES] / (2 * M_PI);
		for (size_t i = 0; i < n; i++)
			u->g[i * u->nodes + k] =
				fmax(0, law->sigma_w * law->points->x[i] * cos(t) + law->sigma_b * sin(t));
	}
	free(kink);
	return true;
}

/* --- erf --------------------------------------------------------------------- */

static double
step_for(double s)
{
	return M_PI / sqrt(37 * (NEURON_ORDER_MAX * s * s + 0.5));
}

static bool
init_erf(struct neuron *u)
{
	const struct law *law = &u->law;
	const struct rn_net_points *p = law->points;
	double largest = 0;

	for (size_t i = 0; i < p->n; i++)
		largest = fmax(largest, fabs(p->x[i]));

	const double h1 = step_for(law->sigma_w * largest), h2 = step_for(law->sigma_b);
	const double n1 = ceil(REACH / h1), n2 = ceil(REACH / h2);

	if ((2 * n1 + 1) * (n2 + 1) > NODES_MAX) {
		u->why_not = "the pre-activations are too wide for the quadrature of erf";
		return true;
	}
	if (!make_room(u, (size_t)(2 * n1 + 1) * (size_t)(n2 + 1)))
		return false;
	for (double j = 0; j <= n2; j++)
		for (double i = -n1; i <= n1; i++) {
			const double z1 = i * h1, z2 = j * h2;
			const size_t k = u->nodes++;

			u->weight[k] = (j > 0 ? 2 : 1) * h1 * h2 / (2 * M_PI) * exp(-(z1 * z1 + z2 * z2) / 2);
			for (size_t q = 0; q < p->n; q++)
				u->g[q * (size_t)((2 * n1 + 1) * (n2 + 1)) + k] =
					erf(law->sigma_w * z1 * p->x[q] + law->sigma_b * z2);
		}
	return true;
}

bool
quadrature_init(struct neuron *u)
{
	if (u->law.points->din > 1) {
		u->why_not = "moments of more than two legs of relu and erf are done for one dimension alone";
		return true;
	}
	return u->law.activation == RN_NET_RELU ? init_relu(u) : init_erf(u);
}

double
quadrature_moment(const struct neuron *u, unsigned n, const uint16_t point[])
{
	const double *g[NEURON_ORDER_MAX];
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		g[i] = u->g + point[i] * u->nodes;
	for (size_t k = 0; k < u->nodes; k++) {
		double product = u->weight[k];

		for (unsigned i = 0; i < n; i++)
			product *= g[i][k];
		sum += product;
	}
	/* E[r^n] of two standard normals: 2^(n/2) (n/2)! */
	for (unsigned i = 1; u->law.activation == RN_NET_RELU && i <= n / 2; i++)
		sum *= 2 * i;
	return sum;
}
