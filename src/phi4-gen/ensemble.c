#include "ensemble.h"

#include <math.h>

/* Bonds of a site to itself: one for each extent of 1. */
static double
self_bonds(const struct rn_lattice *l)
{
	return (l->cols == 1) + (l->dim == 2 && l->rows == 1);
}

/* The cosine of the momentum on a ring at which a bond of that sign adds least to S. */
static double
least_cosine(size_t length, double kappa)
{
	return kappa >= 0 ? 1 : length % 2 == 0 ? -1 : cos(2 * M_PI * (double)(length / 2) / (double)length);
}

/* The smallest eigenvalue of S at lambda = 0, mu2 + 4 kappa - 2 kappa sum cos p over the momenta of the lattice. */
static double
least_mass(const struct rn_lattice *l, const struct rn_phi4 *c)
{
	double cosines = least_cosine(l->cols, c->kappa);

	if (l->dim == 2)
		cosines += least_cosine(l->rows, c->kappa);
	return c->mu2 + 2 * c->kappa * (2 - cosines);
}

static enum rn_status
check_bounded(const struct rn_lattice *l, const struct rn_phi4 *c, struct rn_error *err)
{
	const double mass = least_mass(l, c);

	if (c->lambda < 0)
		return rn_fail(err, RN_EUSAGE,
			"--lambda: %.6g is negative, so the action has no lower bound; choose 0 or more",
			c->lambda);
	if (c->lambda == 0 && !(mass > 0))
		return rn_fail(err, RN_EUSAGE,
			"lambda = 0, kappa = %.6g: the action has no lower bound; choose --mu2 above %.6g",
			c->kappa, c->mu2 - mass);
	return RN_OK;
}

/* How large phi^2 is where neighbours pull with couplings whose absolute values add up to `pull`, and the step. */
struct guess {
	double x, step;
};

static struct guess
guess(double a, double b, double pull)
{
	/* 4 b x^2 + 2 rest x = 1, in the form that neither b = 0 nor a large a hurts */
	const double rest = a - pull / 4, root = sqrt(rest * rest + 4 * b);
	double x = rest > 0 ? 1 / (rest + root) : (root - rest) / (4 * b);

	if (!isfinite(x)) /* b = 0 */
		x = 1 / a;
	return (struct guess){ x, 4.2 / sqrt(fmax(2 * a + 12 * b * x, 1 / x)) };
}

/* Differences of S come from rounded terms of the order of step V': a hundredth of 1 is what they may be wrong by. */
static bool
has_digits(enum rn_type type, double a, double b, double pull, double scale, double step)
{
	const double v = scale + step, slope = 2 * fabs(a) * v + 4 * b * v * v * v + pull * v;

	return slope * step * (type == RN_F32 ? 0x1p-24 : 0x1p-53) < 0.01;
}

static enum rn_status
refuse_digits(enum rn_type type, struct rn_error *err)
{
	return rn_fail(err, RN_EUSAGE, "%s cannot tell differences of so large an action; choose %s",
		rn_type_name(type), type == RN_F32 ? "--type f64" : "smaller couplings");
}

static struct rn_random_key
key_of(const struct ensemble *e, const struct options *o, const double labels[], size_t n, const char *what)
{
	const size_t extents[2] = { e->lattice.dim == 1 ? e->lattice.cols : e->lattice.rows,
		e->lattice.cols };
	char stage[64];

	snprintf(stage, sizeof stage, "phi4-gen %s %s%s", algorithm_names[e->algorithm],
		rn_type_name(o->type), what);
	return rn_random_key(o->common.seed, stage, labels, n, extents, e->lattice.dim);
}

static enum algorithm
algorithm_of(const struct options *o)
{
	return o->algorithm == METROPOLIS ? METROPOLIS : CLUSTER;
}

enum rn_status
ensemble_make(const struct rn_lattice *l, const struct rn_phi4 *coupling, const struct options *o,
	struct ensemble *e, struct rn_error *err)
{
	const enum rn_status status = check_bounded(l, coupling, err);
	const double labels[3] = { coupling->kappa, coupling->lambda, coupling->mu2 };
	const double pull = 4 * fabs(coupling->kappa);
	struct guess g;

	if (status != RN_OK)
		return status;
	*e = (struct ensemble){
		.lattice = *l,
		.coupling = *coupling,
		.algorithm = algorithm_of(o),
		.a = (coupling->mu2 + 4 * coupling->kappa) / 2 - coupling->kappa * self_bonds(l),
		.b = coupling->lambda / 4,
	};
	g = guess(e->a, e->b, pull);
	e->scale = sqrt(g.x);
	e->step = o->step > 0 ? o->step : g.step;
	e->local = key_of(e, o, labels, 3, "");
	e->clusters = key_of(e, o, labels, 3, " clusters");
	if (has_digits(o->type, e->a, e->b, pull, e->scale, e->step))
		return RN_OK;
	refuse_digits(o->type, err);
	rn_error_prefix(err, "kappa = %.6g, lambda = %.6g, mu2 = %.6g", coupling->kappa, coupling->lambda,
		coupling->mu2);
	return RN_EUSAGE;
}

struct model_site
ensemble_model_site(const struct rn_phi4_model *m, size_t i)
{
	const size_t rows = m->lattice.rows, cols = m->lattice.cols, y = i / cols, x = i % cols;
	const size_t above = (y ? y : rows) - 1, left = (x ? x : cols) - 1, right = x + 1 < cols ? x + 1 : 0;
	/* Whose bond of each kind comes here. */
	const size_t from[RN_PHI4_BONDS] = { y * cols + left, above * cols + x, above * cols + left,
		above * cols + right };
	struct model_site s = { .a = m->a[i], .b = m->b[i] };

	for (unsigned k = 0; k < rn_phi4_model_bonds(m); k++) {
		if (from[k] == i) {
			s.a -= rn_phi4_model_coupling(m, k, i);
			continue;
		}
		s.end[s.bonds] = rn_phi4_model_end(m, k, i);
		s.w[s.bonds++] = rn_phi4_model_coupling(m, k, i);
		s.end[s.bonds] = from[k];
		s.w[s.bonds++] = rn_phi4_model_coupling(m, k, from[k]);
	}
	return s;
}

static double
pull_of(const struct model_site *s)
{
	double pull = 0;

	for (unsigned k = 0; k < s->bonds; k++)
		pull += fabs(s->w[k]);
	return pull;
}

double
ensemble_model_step(const struct model_site *s)
{
	return guess(s->a, s->b, pull_of(s)).step;
}

enum rn_status
ensemble_make_model(const struct rn_phi4_model *m, const struct options *o, struct ensemble *e,
	struct rn_error *err)
{
	const size_t N = m->lattice.sites;
	double x2 = 0;

	*e = (struct ensemble){ .lattice = m->lattice, .algorithm = algorithm_of(o), .model = m };
	for (size_t i = 0; i < N; i++) {
		const struct model_site s = ensemble_model_site(m, i);
		const double pull = pull_of(&s);
		const struct guess g = guess(s.a, s.b, pull);

		if (!has_digits(o->type, s.a, s.b, pull, sqrt(g.x), g.step))
			return refuse_digits(o->type, err);
		x2 += g.x / (double)N;
	}
	e->scale = sqrt(x2);
	e->local = key_of(e, o, m->theta, m->parameters, " model");
	e->clusters = key_of(e, o, m->theta, m->parameters, " model clusters");
	return RN_OK;
}

double
ensemble_action(const struct ensemble *e, enum rn_type type, const void *phi)
{
	struct rn_field_means means;

	if (e->model)
		return rn_phi4_model_action(e->model, type, phi) / (double)e->lattice.sites;
	means = rn_field_measure(&e->lattice, type, phi);
	return rn_field_action(&e->coupling, &e->lattice, &means);
}

/*
 * Fitted to chains at kappa = 1, lambda = 0.7, mu2 = -0.9515, which is critical, at m^2: 35, 106 and 330 sweeps at L = 8,
 * 16 and 32; with clusters and 5 local sweeps 4.3, 6.3, 8.5, 9.4 and 8 cycles at L = 8 .. 128, and about half more per
 * ten times smaller lambda, down to what local sweeps need without clusters: then it is |phi| of long waves that is
 * slow, which signs do not help (93 cycles at L = 32, lambda = 0.01). Rings have no critical point.
 */
double
ensemble_tau(const struct ensemble *e, uint64_t local_per_cluster)
{
	const struct rn_lattice *l = &e->lattice;
	const double L = l->dim == 1 ? fmin((double)l->cols, 32) : sqrt((double)l->sites);
	const double local = 0.2 * pow(L, 2.17);
	const double weakness =
		e->coupling.kappa * e->coupling.kappa / e->coupling.lambda; /* or infinite; NaN: a model */

	if (e->algorithm == METROPOLIS)
		return 0.5 + local;
	return 0.5 + (15 * pow(L, 0.3) + fmin(local, 5 * weakness)) / (double)local_per_cluster;
}
