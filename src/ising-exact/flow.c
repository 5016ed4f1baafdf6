/*
 * flow.c - decimation of the chain: trajectories and the field of arrows
 *
 * The bond weight is exp(K0 + K s s' + h (s + s') / 2). ln Z per spin of the chain one started from,
 * (K0 + ln lambda_+(K, h)) / 2^step, is the same at every step: a check that stands in each row.
 */
#include <math.h>

#include "renorm/ising_infinite.h"
#include "run.h"

void
decimation(const struct run *r)
{
	static const struct column columns[] = {
		{ "K_start", RN_F64 },
		{ "h_start", RN_F64 },
		{ "step", RN_U64 },
		{ "T", RN_F64 },
		{ "K", RN_F64 },
		{ "h", RN_F64 },
		{ "K0", RN_F64 },
		{ "lnZ_per_spin", RN_F64 },
		{ 0 },
	};
	struct table t;

	table_begin(&t, r, columns, r->temperatures * r->fields * (r->steps + 1));
	for (size_t i = 0; i < r->temperatures; i++)
		for (size_t j = 0; j < r->fields; j++) {
			struct rn_ising_couplings a = { r->K[i], r->h[j], 0 };

			for (uint64_t step = 0; step <= r->steps; step++) {
				double lnz = a.K0 + rn_ising_chain(1 / a.K, a.h).lnz;

				table_f64(&t, r->K[i]);
				table_f64(&t, r->h[j]);
				table_u64(&t, step);
				table_f64(&t, 1 / a.K);
				table_f64(&t, a.K);
				table_f64(&t, a.h);
				table_f64(&t, a.K0);
				table_f64(&t, ldexp(lnz, -(int)step));
				a = rn_ising_decimate(a);
			}
		}
	table_end(&t);
}

/* What gnuplot's "with vectors" takes: a point and the step from it. */
void
arrows(const struct run *r)
{
	static const struct column columns[] = {
		{ "K", RN_F64 },
		{ "h", RN_F64 },
		{ "dK", RN_F64 },
		{ "dh", RN_F64 },
		{ 0 },
	};
	struct table t;

	table_begin(&t, r, columns, r->temperatures * r->fields);
	for (size_t i = 0; i < r->temperatures; i++)
		for (size_t j = 0; j < r->fields; j++) {
			struct rn_ising_couplings a = { r->K[i], r->h[j], 0 }, b = rn_ising_decimate(a);

			table_f64(&t, a.K);
			table_f64(&t, a.h);
			table_f64(&t, a.K == INFINITY ? 0 : b.K - a.K);
			table_f64(&t, b.h - a.h);
		}
	table_end(&t);
}
