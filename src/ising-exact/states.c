/*
 * states.c - a transfer matrix of which the weights are polynomials in q (a broken bond) and z (a spin up)
 *
 * Their coefficients are counts, none above 2^64: integers all the way. From row to row goes a vector over the states of the row
 * reached, of polynomials; between rows the matrix q^|a xor b| is a product of 2x2 matrices, one a spin; the first row a is
 * kept and is the last as well, one row of each orbit under translation and reflection standing for all of it.
 *
 * Time orbits 2^n R n polynomials; memory 2^n of them: 6 x 6 takes 20 ms, 8 x 8 1.2 s and 17 MB.
 */
#include "states.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/ising_rows.h"

enum { MAX_SITES = 64, MAX_EDGE = 8 };

struct strip {
	size_t n, R, rows;
	size_t ups, bs; /* the powers of z and of q that a polynomial has room for */
	size_t length;	/* ups x bs */
	size_t used;	/* of it, by the rows so far */
	bool joint;
	uint64_t *v; /* rows x length */
	uint64_t *spare;
};

static size_t
shorter(const struct rn_lattice *l)
{
	return l->rows < l->cols ? l->rows : l->cols;
}

bool
states_possible(const struct rn_lattice *l)
{
	return l->sites <= MAX_SITES && shorter(l) <= MAX_EDGE;
}

size_t
states_size(const struct rn_lattice *l, bool joint)
{
	return (joint ? l->sites + 1 : 1) * (l->bonds + 1);
}

/* x := z^up q^b x */
static void
shift(const struct strip *s, uint64_t x[], size_t up, size_t b)
{
	const size_t by =
		(s->joint ? up : 0) * s->bs + b; /* what is pushed out is 0: there is room for all bonds */

	memmove(x + by, x, (s->used - by) * sizeof *x);
	memset(x, 0, by * sizeof *x);
}

/* (x, y) := (x + q y, y + q x) */
static void
mix(const struct strip *s, uint64_t x[], uint64_t y[])
{
	memcpy(s->spare, x, s->used * sizeof *x);
	for (size_t i = 1; i < s->used; i++)
		x[i] += y[i - 1];
	for (size_t i = 1; i < s->used; i++)
		y[i] += s->spare[i - 1];
}

static void
add_row(struct strip *s, size_t r)
{
	s->used = s->joint ? ((r + 1) * s->n + 1) * s->bs : s->length;
	for (size_t a = 0; a < s->rows; a++)
		shift(s, s->v + a * s->length, rn_row_up(a), rn_row_broken(a, s->n));
	for (size_t bit = 1; bit < s->rows; bit *= 2)
		for (size_t a = 0; a < s->rows; a++)
			if (!(a & bit))
				mix(s, s->v + a * s->length, s->v + (a | bit) * s->length);
}

static void
add_orbit(struct strip *s, size_t a, uint64_t members, uint64_t g[])
{
	memset(s->v, 0, s->rows * s->length * sizeof *s->v);
	s->v[a * s->length] = 1;
	for (size_t r = 0; r < s->R; r++)
		add_row(s, r);
	for (size_t i = 0; i < s->length; i++)
		g[i] += members * s->v[a * s->length + i];
}

enum rn_status
states_count(const struct rn_lattice *l, bool joint, uint64_t g[], struct rn_error *err)
{
	struct strip s = { .n = shorter(l),
		.joint = joint,
		.ups = joint ? l->sites + 1 : 1,
		.bs = l->bonds + 1 };

	if (!states_possible(l))
		return rn_fail(err, RN_EUSAGE,
			"states are counted of at most %d sites with the shorter extent at most %d",
			MAX_SITES, MAX_EDGE);
	s.R = l->sites / s.n;
	s.rows = (size_t)1 << s.n;
	s.length = s.ups * s.bs;
	s.v = calloc(s.rows * s.length, sizeof *s.v);
	s.spare = calloc(s.length, sizeof *s.spare);
	if (s.v && s.spare) {
		memset(g, 0, s.length * sizeof *g);
		for (size_t a = 0; a < s.rows; a++) {
			unsigned members = rn_row_orbit(a, s.n);

			if (members > 0)
				add_orbit(&s, a, members, g);
		}
	}
	enum rn_status st = s.v && s.spare ? RN_OK : rn_fail_memory(err, "density of states");
	free(s.v);
	free(s.spare);
	return st;
}
