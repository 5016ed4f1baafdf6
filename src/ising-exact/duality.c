/*
 * duality.c - Kramers and Wannier: sinh 2K sinh 2K* = 1, and
 *
 *	Z(K) / sinh^(N/2) 2K = Z(K*) / sinh^(N/2) 2K*
 *
 * per spin in the logarithm: lhs and rhs. It holds of the infinite lattice; a torus differs by the loops that wind around
 * it. The formula as the thesis prints it (3.2.31) stands beside.
 */
#include <math.h>

#include "renorm/ising_infinite.h"
#include "run.h"

static double
log_sinh(double x)
{
	return x + log(-expm1(-2 * x)) - M_LN2;
}

/* ln sinh 2K* also where K* is below the smallest double. */
static double
log_sinh_dual(double K, double dual)
{
	return K > 20 ? M_LN2 - 2 * K : log_sinh(2 * dual);
}

/* Both sides of 3.2.31: the weaker coupling on the left. */
static double
as_printed(double K, double lnz, double dual, double lnz_dual)
{
	double one = lnz - log_sinh(K) / 2, other = lnz_dual - log_sinh(dual) / 2;

	return K < dual ? one - M_LN2 - other : other - M_LN2 - one;
}

static void
put(struct table *t, const struct size *s, double T, double K)
{
	const double dual = rn_ising_dual(K);
	const double lnz = lnz_per_spin(t->run, s, T), lnz_dual = lnz_per_spin(t->run, s, 1 / dual);
	const double lhs = lnz - log_sinh(2 * K) / 2, rhs = lnz_dual - log_sinh_dual(K, dual) / 2;

	table_size(t, s);
	table_f64(t, T);
	table_f64(t, 1 / dual);
	table_f64(t, K);
	table_f64(t, dual);
	table_f64(t, lnz);
	table_f64(t, lnz_dual);
	table_f64(t, lhs);
	table_f64(t, rhs);
	table_f64(t, lhs - rhs);
	table_f64(t, as_printed(K, lnz, dual, lnz_dual));
}

void
duality(const struct run *r)
{
	static const struct column columns[] = {
		{ "L1", RN_F64 },
		{ "L2", RN_F64 },
		{ "T", RN_F64 },
		{ "T_dual", RN_F64 },
		{ "K", RN_F64 },
		{ "K_dual", RN_F64 },
		{ "lnZ_per_spin", RN_F64 },
		{ "lnZ_dual_per_spin", RN_F64 },
		{ "lhs", RN_F64 },
		{ "rhs", RN_F64 },
		{ "difference", RN_F64 },
		{ "difference_as_printed", RN_F64 },
		{ 0 },
	};
	struct table t;

	table_begin(&t, r, columns, r->sizes * r->temperatures);
	for (size_t i = 0; i < r->sizes; i++)
		for (size_t k = 0; k < r->temperatures; k++)
			put(&t, &r->size[i], r->T[k], r->K[k]);
	table_end(&t);
}
