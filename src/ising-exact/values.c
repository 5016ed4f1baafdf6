/*
 * values.c - ln Z, e, c, the moments of m and xi of each lattice, temperature and field
 *
 * What has no closed form that is known, or was not asked for by --moments, is NaN.
 */
#include <math.h>

#include "renorm/ising_exact.h"
#include "renorm/ising_infinite.h"
#include "renorm/ising_moments.h"
#include "run.h"

static const struct column columns[] = {
	{ "L1", RN_F64 },
	{ "L2", RN_F64 },
	{ "T", RN_F64 },
	{ "h", RN_F64 },
	{ "lnZ_per_spin", RN_F64 },
	{ "e", RN_F64 },
	{ "c", RN_F64 },
	{ "absm", RN_F64 },
	{ "m2", RN_F64 },
	{ "m4", RN_F64 },
	{ "U4", RN_F64 },
	{ "m", RN_F64 },
	{ "xi", RN_F64 },
	{ 0 },
};

struct row {
	double lnz, e, c, m, absm, m2, m4, xi;
};

/* m has the one absolute value a in an infinite system. */
static void
sharp(struct row *r, double m, double a)
{
	r->m = m;
	r->absm = a;
	r->m2 = a * a;
	r->m4 = a * a * a * a;
}

static struct row
infinite_chain(double T, double h)
{
	const struct rn_ising_chain v = rn_ising_chain(T, h);
	struct row r = { .lnz = v.lnz, .e = v.e, .c = v.c, .xi = v.xi };

	sharp(&r, v.m, T == 0 ? 1 : fabs(v.m));
	return r;
}

static struct row
infinite_lattice(double T)
{
	const struct rn_ising_plane v = rn_ising_plane(T);
	struct row r = { .lnz = v.lnz, .e = v.e, .c = v.c, .xi = v.xi };

	sharp(&r, 0, v.m0);
	return r;
}

static struct row
ring(const struct rn_lattice *l, double T, double h)
{
	const struct rn_ising_ring_values v = rn_ising_ring(l->sites, T, h);
	struct row r = { v.lnz, v.e, v.c, v.m, NAN, v.m2, NAN, rn_ising_chain(T, h).xi };

	return r;
}

static struct row
torus(const struct rn_lattice *l, double T, double h)
{
	struct rn_ising_values v = rn_ising_exact(l, T);
	struct rn_error err;

	if (h != 0)
		rn_or_die(rn_ising_torus_in_field(l, T, h, &v, &err), &err);
	return (struct row){ v.lnz, v.e, v.c, h == 0 ? 0 : NAN, NAN, NAN, NAN, NAN };
}

static struct row
row_of(const struct run *run, const struct size *s, double T, double h)
{
	struct rn_ising_moments m;
	struct rn_error err;
	struct row r;

	if (s->infinite)
		return run->d == 1 ? infinite_chain(T, h) : infinite_lattice(T);
	r = run->d == 1 ? ring(&s->l, T, h) : torus(&s->l, T, h);
	if (!run->moments)
		return r;
	rn_or_die(rn_ising_moments(&s->l, T, h, &m, &err), &err);
	r.m = m.m;
	r.absm = m.absm;
	r.m2 = m.m2;
	r.m4 = m.m4;
	return r;
}

/* 0 above Tc, where m is Gaussian in an infinite system. */
static double
binder(const struct run *run, const struct size *s, double T, const struct row *r)
{
	if (r->m2 > 0)
		return 1 - r->m4 / (3 * r->m2 * r->m2);
	return s->infinite && (run->d == 1 || T > RN_TC) ? 0 : NAN;
}

static void
check_field(const struct run *run, const struct size *s)
{
	bool field = false;

	for (size_t j = 0; j < run->fields; j++)
		field = field || run->h[j] != 0;
	if (!field || run->d == 1)
		return;
	if (s->infinite)
		rn_die(RN_EUSAGE,
			"-L %s: nothing exact is known of the infinite lattice in a field; choose --field 0, "
			"or a torus with one "
			"extent of at most 12 and the other of at most 64",
			s->text);
	if (!rn_ising_moments_possible(&s->l))
		rn_die(RN_EUSAGE,
			"-L %s: exact values in a field are known of tori with one extent of at most 12 and "
			"the other of at "
			"most 64; choose such a torus, or --field 0",
			s->text);
}

static void
check(const struct run *run)
{
	for (size_t i = 0; i < run->sizes; i++) {
		const struct size *s = &run->size[i];

		check_field(run, s);
		if (s->infinite)
			continue;
		if (run->moments && !rn_ising_moments_possible(&s->l))
			rn_die(RN_EUSAGE,
				"--moments: -L %s is too large; the moments are known of rings of up to 4096 "
				"spins, and of tori with "
				"one extent of at most 12 and the other of at most 64",
				s->text);
	}
}

double
lnz_per_spin(const struct run *run, const struct size *s, double T)
{
	if (!s->infinite)
		return rn_ising_lnz_per_spin(&s->l, T);
	return run->d == 1 ? rn_ising_chain(T, 0).lnz : rn_ising_plane(T).lnz;
}

static void
put(struct table *t, const struct size *s, double T, double h)
{
	const struct row r = row_of(t->run, s, T, h);

	table_size(t, s);
	table_f64(t, T);
	table_f64(t, h);
	table_f64(t, r.lnz);
	table_f64(t, r.e);
	table_f64(t, r.c);
	table_f64(t, r.absm);
	table_f64(t, r.m2);
	table_f64(t, r.m4);
	table_f64(t, binder(t->run, s, T, &r));
	table_f64(t, r.m);
	table_f64(t, r.xi);
}

void
values(const struct run *r)
{
	struct table t;

	check(r);
	table_begin(&t, r, columns, r->sizes * r->temperatures * r->fields);
	for (size_t i = 0; i < r->sizes; i++)
		for (size_t k = 0; k < r->temperatures; k++)
			for (size_t j = 0; j < r->fields; j++)
				put(&t, &r->size[i], r->T[k], r->h[j]);
	table_end(&t);
}
