/*
 * ising_field.c - the torus in a field: Z and the first two moments of the number b of broken bonds
 *
 * Relative to the ground state a broken bond has the weight q = exp(-2K) and a spin against the field exp(-2|h|). Along the
 * rows goes a vector over the states of the row reached: the sums of the weights w, of w b and of w b^2. A broken bond turns
 * (z, b, bb) into q (z, b + z, bb + 2b + z). One row a is kept as the first and, closing the torus, as the last; one of each
 * orbit under translation and reflection is enough: 224 of the 4096 for 12 spins.
 *
 *	ln Z = K bonds + |h| N + ln z,	e = -(bonds - 2 <b>) / N,	c = 4 (K^2/N) (<b^2> - <b>^2)
 *
 * Time orbits 2^n R n for R rows of n spins: 12 x 12 takes 0.3 s.
 */
#include "renorm/ising_exact.h"

#include <math.h>
#include <stdlib.h>

#include "broken.h"
#include "renorm/ising_moments.h"
#include "renorm/ising_rows.h"

/* The factor of a row's own bonds and spins. */
static void
within_rows(struct broken v[], const struct broken row[], size_t rows)
{
	for (size_t a = 0; a < rows; a++) {
		v[a] = broken_times(v[a], row[a]);
	}
}

static void
between_rows(struct broken v[], size_t n, double q)
{
	const size_t rows = (size_t)1 << n;
	const struct broken bond = broken_bonds(q, 1);

	for (size_t bit = 1; bit < rows; bit *= 2)
		for (size_t a = 0; a < rows; a++)
			if (!(a & bit)) {
				const struct broken up = v[a | bit], down = v[a];

				v[a] = broken_plus(down, broken_times(bond, up));
				v[a | bit] = broken_plus(up, broken_times(bond, down));
			}
}

static struct broken
trace(struct broken v[], const struct broken row[], size_t n, size_t R, double q)
{
	const size_t rows = (size_t)1 << n;
	struct broken total = { 0 };

	for (size_t a = 0; a < rows; a++) {
		double members = rn_row_orbit(a, n);

		if (members == 0)
			continue;
		for (size_t b = 0; b < rows; b++)
			v[b] = (struct broken){ b == a, 0, 0 };
		for (size_t r = 0; r < R; r++) {
			within_rows(v, row, rows);
			between_rows(v, n, q);
		}
		total = broken_plus(total, broken_scaled(v[a], members));
	}
	return total;
}

enum rn_status
rn_ising_torus_in_field(const struct rn_lattice *l, double T, double h, struct rn_ising_values *out,
	struct rn_error *err)
{
	const double N = (double)l->sites, bonds = (double)l->bonds, K = 1 / T, q = exp(-2 * K);

	if (l->dim != 2 || !rn_ising_moments_possible(l) || !(T >= 0) || !isfinite(h))
		return rn_fail(err, RN_EUSAGE,
			"exact values in a field are known of tori with one extent of at most 12 and the "
			"other of at "
			"most 64, T >= 0 and a finite field; not of %zux%zu at T = %g, h = %g",
			l->rows, l->cols, T, h);

	const size_t n = l->rows < l->cols ? l->rows : l->cols, rows = (size_t)1 << n;
	struct broken *v = calloc(rows, sizeof *v);
	struct broken *row = calloc(rows, sizeof *row);
	struct broken t = { 0 };

	if (v && row) {
		for (size_t a = 0; a < rows; a++) {
			double k = rn_row_broken(a, n), against = (double)(n - rn_row_up(a));

			row[a] = broken_bonds(pow(q, k) * exp(-2 * fabs(h) * against), k);
		}
		t = trace(v, row, n, l->sites / n, q);
	}
	free(row);
	free(v);
	if (t.z == 0)
		return rn_fail_memory(err, "transfer matrix");

	const double mean = t.b / t.z, variance = broken_variance(t);
	out->lnz = K * bonds / N + fabs(h) + log(t.z) / N;
	out->e = -(bonds - 2 * mean) / N;
	out->c = variance > 0 ? 4 * K * K * variance / N : 0;
	return RN_OK;
}
