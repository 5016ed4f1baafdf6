/*
 * ising_cold.c - the specific heat of tori far below Tc
 *
 * It falls as t^4, t = exp(-2K), and is what remains of terms of order t^2 in the dual form of Kaufman's partition function:
 * of 16 digits 4K / ln 10 are lost. Two other ways know it better where that is much, K > 1:
 *
 * - the low temperature series (renorm/ising_series.h), ln Z / N = 2K + (ln 2)/N + sum_k (G_k / k) exp(-4Kk), so
 *   c = 16 K^2 sum_k k G_k exp(-4Kk), as long as domain walls that wind around the torus of extents n <= m are too rare to
 *   matter: a pair of them has 2n broken bonds and m^2 places, N n t^(2n) to a single flipped spin's N t^4;
 * - for n <= 4, the transfer matrix of the rows itself.
 */
#include "ising_cold.h"

#include <math.h>

#include "broken.h"
#include "renorm/ising_rows.h"
#include "renorm/ising_series.h"

enum { EDGE = 4, ROWS = 1 << EDGE };

static double
by_series(double K)
{
	uint64_t G[RN_ISING_SERIES_MAX / 2 + 1];
	const double u = exp(-4 * K);
	double sum = 0;

	rn_ising_series(G);
	for (size_t k = RN_ISING_SERIES_MAX / 2; k >= 2; k--)
		sum = sum * u + (double)k * (double)G[k];
	return 16 * K * K * sum * u * u;
}

struct matrix {
	struct broken x[ROWS][ROWS];
};

/* out = a b, over its first element: only ratios are asked for. */
static void
product(struct matrix *out, const struct matrix *a, const struct matrix *b, size_t rows)
{
	struct matrix o = { 0 };
	double scale = 0;

	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < rows; j++) {
			struct broken sum = { 0 };

			for (size_t k = 0; k < rows; k++)
				sum = broken_plus(sum, broken_times(a->x[i][k], b->x[k][j]));
			o.x[i][j] = sum;
			if (i == 0 && j == 0)
				scale = 1 / sum.z;
		}
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < rows; j++)
			out->x[i][j] = broken_scaled(o.x[i][j], scale);
}

static double
by_rows(size_t n, size_t m, double K)
{
	const size_t rows = (size_t)1 << n;
	struct matrix v, power = { 0 };
	struct broken trace = { 0 };

	for (size_t a = 0; a < rows; a++) {
		power.x[a][a].z = 1;
		for (size_t b = 0; b < rows; b++) {
			double k = rn_row_broken(a, n) + rn_row_up(a ^ b);

			v.x[a][b] = broken_bonds(exp(-2 * K * k), k);
		}
	}
	for (size_t left = m; left > 0; left /= 2) {
		if (left % 2)
			product(&power, &power, &v, rows);
		if (left > 1)
			product(&v, &v, &v, rows);
	}
	for (size_t a = 0; a < rows; a++)
		trace = broken_plus(trace, power.x[a][a]);
	return 4 * K * K * broken_variance(trace) / ((double)n * (double)m);
}

double
rn_ising_cold_heat(const struct rn_lattice *l, double K, double c)
{
	const size_t n = l->rows < l->cols ? l->rows : l->cols;
	const double walls =
		(double)l->sites * exp(-2 * K * (2 * (double)n - 2)); /* the walls' part, over t^-2 */

	if (K <= 1 || exp(-8 * K) == 0)
		return K <= 1 ? c : 0;
	if (n <= EDGE)
		return by_rows(n, l->sites / n, K);
	return walls < 0x1p-52 ? by_series(K) : c;
}
