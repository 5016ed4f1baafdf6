#include "couplings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WITH(a, b) (1 | 1 << (a) | 1 << (b))
const uint8_t splits[10] = { WITH(1, 2), WITH(1, 3), WITH(1, 4), WITH(1, 5), WITH(2, 3), WITH(2, 4),
	WITH(2, 5), WITH(3, 4), WITH(3, 5), WITH(4, 5) };

/* --- Gauss nets -------------------------------------------------------------- */

static double
c_of(const struct law *law)
{
	return law->sigma_w * law->sigma_w / (2 * (double)law->points->din);
}

/* ln N_n */
static double
gauss_vertex(const struct law *law, unsigned n, const uint16_t point[])
{
	const struct rn_net_points *p = law->points;
	const double d = (double)p->din, c = c_of(law);
	double spread = 0;

	/* sum |x|^2 - |sum x|^2 / n about the first point: nothing cancels when all are far out together. */
	for (size_t k = 0; k < p->din; k++) {
		double sum = 0, squares = 0;

		for (unsigned i = 0; i < n; i++) {
			const double x = p->x[point[i] * p->din + k] - p->x[point[0] * p->din + k];

			sum += x;
			squares += x * x;
		}
		spread += squares - sum * sum / n;
	}
	return 2 * n * log(law->sigma_w) + d / 2 * log(M_PI / (n * c)) - c * spread;
}

/* What stands in the exponent of one split, without -c. */
static double
gauss_split(const struct law *law, const uint16_t point[], unsigned mask)
{
	const struct rn_net_points *p = law->points;
	double spread = 0;

	for (size_t k = 0; k < p->din; k++) {
		double A = 0, B = 0, squares = 0;

		for (unsigned i = 0; i < 6; i++) {
			const double x = p->x[point[i] * p->din + k] - p->x[point[0] * p->din + k];

			squares += x * x;
			*(mask >> i & 1 ? &A : &B) += x;
		}
		spread += squares - (4 * A * A + 4 * B * B + 2 * A * B) / 15;
	}
	return spread;
}

/* ln D */
static double
gauss_exchange(const struct law *law, const uint16_t point[])
{
	const double d = (double)law->points->din, c = c_of(law);
	double least = INFINITY, sum = 0;

	for (size_t i = 0; i < 10; i++)
		least = fmin(least, gauss_split(law, point, splits[i]));
	for (size_t i = 0; i < 10; i++)
		sum += exp(-c * (gauss_split(law, point, splits[i]) - least));
	return 14 * log(law->sigma_w) + d / 2 * log(M_PI * M_PI / (15 * c * c)) - c * least + log(sum);
}

static bool
gauss_integrals(const struct law *law, const struct combinations *points, struct integrals *out)
{
	for (size_t i = 0; out->N4 && i < combinations_of(points, 4); i++)
		out->N4[i] = gauss_vertex(law, 4, points->leg[4] + 4 * i);
	for (size_t i = 0; out->N6 && i < combinations_of(points, 6); i++) {
		out->N6[i] = gauss_vertex(law, 6, points->leg[6] + 6 * i);
		out->D[i] = gauss_exchange(law, points->leg[6] + 6 * i);
	}
	return true;
}

/* --- choices of sites -------------------------------------------------------- */

/* From choices of points to those of sites: the integral for legs of one output, NaN for others. */
static bool
spread(const double of_points[], const struct combinations *sites, unsigned n, unsigned dout,
	double **of_sites)
{
	*of_sites = malloc(combinations_of(sites, n) * sizeof **of_sites);
	if (!*of_sites)
		return false;
	for (size_t i = 0; i < combinations_of(sites, n); i++) {
		const uint16_t *site = sites->leg[n] + i * n;
		uint16_t point[ORDER_MAX];
		bool one = true;

		for (unsigned k = 0; k < n; k++) {
			point[k] = (uint16_t)(site[k] / dout);
			one = one && site[k] % dout == site[0] % dout;
		}
		(*of_sites)[i] = one ? of_points[combinations_rank(sites->sites / dout, n, point)] : NAN;
	}
	return true;
}

static bool
integrate(struct couplings *u, const struct law *law, const struct combinations *points, double box,
	struct integrals *x)
{
	if (points->highest >= 4 && !(x->N4 = calloc(combinations_of(points, 4), sizeof *x->N4)))
		return false;
	if (points->highest >= 6 &&
		(!(x->N6 = calloc(combinations_of(points, 6), sizeof *x->N6)) ||
			!(x->D = calloc(combinations_of(points, 6), sizeof *x->D))))
		return false;
	if (box > 0)
		return box_integrals(law, points, box, x, &u->why_not);
	if (law->activation == RN_NET_GAUSS && law->sigma_w > 0)
		return gauss_integrals(law, points, x);
	u->why_not = law->sigma_w > 0 ? "N_K diverges: K_W of relu and erf does not fall off; give --box"
				      : "sigma_w is 0, and so is K_W";
	return true;
}

bool
couplings_init(struct couplings *u, const struct law *law, const struct combinations *sites,
	const struct combinations *points, unsigned dout, double box, bool canonical)
{
	const double d = (double)law->points->din;
	struct integrals x = { 0 };
	bool ok;

	*u = (struct couplings){ 0 };
	if (canonical)
		u->Z = log(d / 2) + d / 2 * log(4 * M_PI) +
			(4 - d) / 2 * log(2 * law->sigma_w * law->sigma_w / d);
	ok = integrate(u, law, points, box, &x) || u->why_not;
	if (ok && !u->why_not)
		ok = (!x.N4 || spread(x.N4, sites, 4, dout, &u->N4)) &&
			(!x.N6 ||
				(spread(x.N6, sites, 6, dout, &u->N6) && spread(x.D, sites, 6, dout, &u->D)));
	free(x.N4);
	free(x.N6);
	free(x.D);
	if (!ok)
		couplings_clear(u);
	return ok;
}

void
couplings_clear(struct couplings *u)
{
	free(u->N4);
	free(u->N6);
	free(u->D);
	*u = (struct couplings){ 0 };
}

double
couplings_u4(const struct couplings *u, size_t choice, double G4c)
{
	return u->N4 ? -G4c * exp(2 * u->Z - u->N4[choice]) : NAN;
}

double
couplings_u6(const struct couplings *u, size_t choice, double u4, double G6c)
{
	if (!u->N6)
		return NAN;
	return u4 * u4 * exp(u->D[choice] - u->N6[choice] - u->Z) - G6c * exp(3 * u->Z - u->N6[choice]);
}
