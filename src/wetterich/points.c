/*
 * points.c - the table of fixed points
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "fixed.h"
#include "lpa.h"
#include "renorm/vecmath.h"
#include "run.h"

/* Another fixed point than that of Wilson and Fisher that moves more than this from M to M + 1 is taken for spurious. */
#define SETTLED 1e-3

/* What a row is of. */
struct place {
	double d, N;
	size_t M;
};

struct points {
	const struct run *run;
	struct rn_schema *schema;
	struct rn_writer *out;
	uint8_t *record;
	size_t next, couplings; /* cells of the row so far; columns of couplings */
	uint64_t wanted, missing;
	struct place first_missing;
};

static void
add(struct points *p, const char *name, enum rn_type type)
{
	struct rn_error err;

	rn_or_die(rn_schema_add_column(p->schema, name, type, 0, NULL, &err), &err);
}

static void
add_vector(struct points *p, const char *name, size_t n)
{
	struct rn_error err;

	rn_or_die(rn_schema_add_column(p->schema, name, RN_F64, 1, &n, &err), &err);
}

static void
begin_table(struct points *p, const struct run *r)
{
	struct rn_text line;
	struct rn_error err;
	char name[16];

	*p = (struct points){ .run = r, .schema = rn_schema_create("table") };
	if (!p->schema)
		rn_die(RN_ENOMEM, "out of memory (table)");
	add(p, "d", RN_F64);
	add(p, "N", RN_F64);
	add(p, "M", RN_U32);
	p->couplings = r->about == NO_EXPANSION ? 2 : r->M;
	for (size_t i = 0; i < p->couplings; i++)
		add(p, r->about == NO_EXPANSION ? (i ? "sigma" : "kappa") : coupling_name(r->about, i, name),
			RN_F64);
	add(p, "nu", RN_F64);
	add(p, "omega", RN_F64);
	add(p, "eta", RN_F64);
	add(p, "drift", RN_F64);
	if (r->about != NO_EXPANSION)
		add(p, "relevant", RN_U32);
	if (r->about == ABOUT_ZERO) {
		add(p, "branch", RN_U32);
		add(p, "spurious", RN_U8);
	}
	if (r->spectrum) {
		add_vector(p, "theta", r->M);
		add_vector(p, "theta_im", r->M);
	}
	rn_history_begin(&line, r->common);
	if (!rn_text_printf(&line, "%s", r->history))
		rn_die(RN_ENOMEM, "out of memory (history)");
	rn_history_end(&line, r->common, p->schema);
	p->record = rn_alloc_or_die(1, p->schema->record_bytes);
	p->out = rn_open_output(r->common);
	rn_or_die(rn_writer_segment(p->out, p->schema, &err), &err);
}

/* The next column is written. */
static void
column_done(struct points *p)
{
	struct rn_error err;

	if (++p->next < p->schema->columns)
		return;
	rn_or_die(rn_writer_put(p->out, p->record, 1, &err), &err);
	p->next = 0;
}

static void
cell(struct points *p, double x)
{
	rn_put_f64(&p->schema->column[p->next], p->record, 0, x + 0.0); /* -0 is 0 */
	column_done(p);
}

/* theta and theta_im, if they are asked for; NaN beyond M. */
static void
cells_of_spectrum(struct points *p, size_t M, const struct eigenvalue theta[])
{
	for (int part = 0; p->run->spectrum && part < 2; part++) {
		for (size_t i = 0; i < p->run->M; i++) {
			const double x = i >= M ? NAN : part ? theta[i].im : theta[i].re;

			rn_put_f64(&p->schema->column[p->next], p->record, i, x + 0.0);
		}
		column_done(p);
	}
}

/* Cells up to eta; an expansion has fewer couplings than the largest. */
static void
cells(struct points *p, const struct place *at, const double x[], size_t n, const double exponents[3])
{
	cell(p, at->d);
	cell(p, at->N);
	cell(p, (double)at->M);
	for (size_t i = 0; i < p->couplings; i++)
		cell(p, i < n ? x[i] : NAN);
	for (size_t i = 0; i < 3; i++)
		cell(p, exponents[i]);
}

static void
cells_of_truncation(struct points *p, const struct place *at, const struct fixed_point *point)
{
	cells(p, at, point->x, at->M, (const double[]){ point->nu, point->omega, point->eta });
}

/*
 * A fixed point with n relevant directions comes out of the Gaussian one where phi^(2n+2) becomes relevant, below
 * d = 2 + 2/n, and its potential has n + 1 minima: one at 0 if n is even, where u2 > 0 then. With n = 1 it is that of
 * Wilson and Fisher, of which there is one.
 */
static bool
is_spurious(const struct fixed_point *point, double d)
{
	const size_t n = point->relevant;
	const bool moves = !(point->drift <= SETTLED * fabs(point->x[0]));

	return point->branch == OTHER &&
		(moves || n < 2 || d >= 2 + 2 / (double)n || (point->x[0] > 0) != (n % 2 == 0));
}

/* False: none of them is that of Wilson and Fisher, which 2 < d < 4 should have. */
static bool
rows_about_zero(struct points *p, const struct place *at)
{
	struct fixed_point point[ROOTS_MAX];
	struct flow f;
	bool found = at->d <= 2 || at->d >= 4;
	size_t n;

	flow_init(&f, ABOUT_ZERO, p->run->regulator, at->d, at->N, at->M);
	n = fixed_about_zero(&f, point);
	for (size_t i = 0; i < n; i++) {
		cells_of_truncation(p, at, &point[i]);
		cell(p, point[i].drift);
		cell(p, (double)point[i].relevant);
		cell(p, point[i].branch);
		cell(p, is_spurious(&point[i], at->d));
		cells_of_spectrum(p, at->M, point[i].theta);
		found = found || point[i].branch == WILSON_FISHER;
	}
	return found;
}

/* False: not found. drift is what the last order moved kappa by. */
static bool
row_about_minimum(struct points *p, const struct place *at)
{
	struct fixed_point point, lower;
	struct flow f;
	bool known;

	flow_init(&f, ABOUT_MINIMUM, p->run->regulator, at->d, at->N, at->M > 2 ? at->M - 1 : at->M);
	f.eta = p->run->eta;
	known = at->M > 2 && fixed_about_minimum(&f, &lower);
	flow_init(&f, ABOUT_MINIMUM, p->run->regulator, at->d, at->N, at->M);
	f.eta = p->run->eta;
	if (!fixed_about_minimum(&f, &point))
		return false;
	cells_of_truncation(p, at, &point);
	cell(p, known ? fabs(point.x[0] - lower.x[0]) : NAN);
	cell(p, (double)point.relevant);
	cells_of_spectrum(p, at->M, point.theta);
	return true;
}

/* drift is by how much nu and omega differ from those of three quarters of the polynomials, the larger of the two. */
static bool
row_of_full(struct points *p, const struct place *at)
{
	struct lpa full, fewer;

	if (!lpa_fixed_point(p->run->regulator, at->d, at->N, at->M, &full))
		return false;
	lpa_fixed_point(p->run->regulator, at->d, at->N, at->M * 3 / 4, &fewer);
	cells(p, at, (const double[]){ full.kappa, full.sigma }, 2,
		(const double[]){ full.nu, full.omega, 0 });
	cell(p, fmax(fabs(full.nu - fewer.nu), fabs(full.omega - fewer.omega)));
	return true;
}

static void
rows(struct points *p, const struct place *at)
{
	bool found = false;

	switch (p->run->about) {
	case ABOUT_ZERO: found = rows_about_zero(p, at); break;
	case ABOUT_MINIMUM: found = row_about_minimum(p, at); break;
	case NO_EXPANSION: found = row_of_full(p, at); break;
	}
	p->wanted++;
	if (!found && !p->missing++)
		p->first_missing = *at;
}

void
fixed_points(const struct run *r)
{
	struct points p;
	struct rn_error err;

	rn_blas_threads(1); /* matrices are small */
	begin_table(&p, r);
	for (size_t i = 0; i < r->n_ds; i++)
		for (size_t j = 0; j < r->n_Ns; j++)
			for (size_t k = 0; k < r->n_Ms; k++)
				rows(&p, &(struct place){ r->ds[i], r->Ns[j], r->Ms[k] });
	rn_or_die(rn_writer_close(p.out, &err), &err);
	rn_schema_destroy(p.schema);
	free(p.record);
	if (p.missing)
		rn_die(RN_ENUMERIC,
			"%" PRIu64 " of %" PRIu64 " Wilson-Fisher fixed points not found, the first at d = "
			"%.10g, N = %g, M = %zu: no "
			"convergence, or not one relevant direction with nu > 1/d; try "
			"another M or --expansion",
			p.missing, p.wanted, p.first_missing.d, p.first_missing.N, p.first_missing.M);
}
