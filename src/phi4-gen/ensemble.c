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

/* Differences of S come from rounded terms of the order of step V': a hundredth of 1 is what they may be wrong by. */
static enum rn_status
check_digits(const struct ensemble *e, enum rn_type type, struct rn_error *err)
{
	const double v = e->scale + e->step;
	const double slope = 2 * fabs(e->a) * v + 4 * e->b * v * v * v + 4 * fabs(e->coupling.kappa) * v;
	const double error = slope * e->step * (type == RN_F32 ? 0x1p-24 : 0x1p-53);

	if (error < 0.01)
		return RN_OK;
	return rn_fail(err, RN_EUSAGE,
		"kappa = %.6g, lambda = %.6g, mu2 = %.6g: %s cannot tell differences of so large an action; "
		"choose %s",
		e->coupling.kappa, e->coupling.lambda, e->coupling.mu2, rn_type_name(type),
		type == RN_F32 ? "--type f64" : "smaller couplings");
}

static struct rn_random_key
key_of(const struct ensemble *e, const struct options *o, const char *what)
{
	const double labels[3] = { e->coupling.kappa, e->coupling.lambda, e->coupling.mu2 };
	const size_t extents[2] = { e->lattice.dim == 1 ? e->lattice.cols : e->lattice.rows,
		e->lattice.cols };
	char stage[64];

	snprintf(stage, sizeof stage, "phi4-gen %s %s%s", algorithm_names[e->algorithm],
		rn_type_name(o->type), what);
	return rn_random_key(o->common.seed, stage, labels, 3, extents, e->lattice.dim);
}

enum rn_status
ensemble_make(const struct rn_lattice *l, const struct rn_phi4 *coupling, const struct options *o,
	struct ensemble *e, struct rn_error *err)
{
	const enum rn_status status = check_bounded(l, coupling, err);
	double a, x;

	if (status != RN_OK)
		return status;
	*e = (struct ensemble){
		.lattice = *l,
		.coupling = *coupling,
		.algorithm = o->algorithm == METROPOLIS ? METROPOLIS : CLUSTER,
		.a = (coupling->mu2 + 4 * coupling->kappa) / 2 - coupling->kappa * self_bonds(l),
		.b = coupling->lambda / 4,
	};
	/* 4 b x^2 + 2 a x = 1, in the form that neither b = 0 nor a large a hurts */
	a = e->a - fabs(coupling->kappa);
	x = a > 0 ? 1 / (a + sqrt(a * a + 4 * e->b)) : (sqrt(a * a + 4 * e->b) - a) / (4 * e->b);
	if (!isfinite(x)) /* lambda = 0 */
		x = 1 / least_mass(l, coupling);
	e->scale = sqrt(x);
	e->step = o->step > 0 ? o->step : 4.2 / sqrt(fmax(2 * e->a + 12 * e->b * x, 1 / x));
	e->local = key_of(e, o, "");
	e->clusters = key_of(e, o, " clusters");
	return check_digits(e, o->type, err);
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
		e->coupling.kappa * e->coupling.kappa / e->coupling.lambda; /* or infinite, or NaN */

	if (e->algorithm == METROPOLIS)
		return 0.5 + local;
	return 0.5 + (15 * pow(L, 0.3) + fmin(local, 5 * weakness)) / (double)local_per_cluster;
}
