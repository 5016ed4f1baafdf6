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
	const size_t half = length / 2;

	return kappa >= 0 ? 1 : length % 2 == 0 ? -1 : cos(2 * M_PI * (double)half / (double)length);
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

	if (!isfinite(mass))
		return rn_fail(err, RN_EUSAGE, "f64 has no numbers so large: choose couplings of order 1");
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

/* A site: neighbours pull with couplings whose absolute values add up to `pull`; `mass` is the least of all waves. */
struct seen {
	double a, b, pull, mass;
};

/* How large phi^2 is, of short waves and of the lightest; the curvature of S/N in that; and the step. */
struct guess {
	double x_short, x_light, curvature, step;
};

/* 4 b x^2 + 2 a x = 1, in the form that neither b = 0 nor a large a hurts. */
static double
mean_square(double a, double b)
{
	const double root = hypot(a, 2 * sqrt(b));

	return a > 0 ? 1 / (a + root) : (root - a) / (4 * b);
}

static struct guess
guess(const struct seen *s, size_t sites)
{
	const double N = (double)sites;
	struct guess g = { .x_short = mean_square(s->a - s->pull / 4, s->b) };
	double mass, x;

	if (!isfinite(g.x_short)) /* b = 0 */
		g.x_short = 1 / s->a;
	mass = s->mass + 12 * s->b * g.x_short;
	if (s->pull > 0)
		g.x_light = mean_square(N * mass / 2, N * s->b);
	if (!isfinite(g.x_light)) /* b = 0, at sites of a model that others hold */
		g.x_light = 0;
	g.curvature = mass + 12 * s->b * g.x_light;
	x = g.x_short + g.x_light;
	g.step = 4.2 / sqrt(fmax(2 * s->a + 12 * s->b * x, 1 / x));
	return g;
}

/*
 * Between the wells of a site, phi^2 = -a / 2b = v^2, where neighbours do not settle in which it is: one that is turned
 * against all of them has a weight of exp(-2 pull v^2), and with 16 there are none to speak of.
 */
static double
barrier_of(const struct seen *s)
{
	const double v2 = -s->a / (2 * s->b);

	return s->a < 0 && s->pull * v2 < 8 ? s->a * s->a / (4 * s->b) : 0;
}

/*
 * A light wave takes c / (step^2 curvature) sweeps: each moves every phi by some fraction of step^2, and the wave drifts by
 * half of that times N dS/N. c = 30 as measured at lambda = 0, where 7000 sweeps at L = 16 are 7 / mu2. No wave of a model
 * is lighter than the sites are among neighbours that are alike (Gershgorin); where that is no mass nothing is known.
 */
static double
light_time(const struct guess *g)
{
	return 30 / (g->step * g->step * g->curvature);
}

static double
scale_of(const struct guess *g)
{
	return sqrt(g->x_short + g->x_light);
}

static double
digit(enum rn_type type)
{
	return type == RN_F32 ? 0x1p-24 : 0x1p-53;
}

/* 0, or what has all its digits. */
static bool
is_normal(enum rn_type type, double x)
{
	return x == 0 || (type == RN_F32 ? isnormal((float)x) : isnormal(x));
}

/* As the kernels have them (sweep_kernel.h). */
static bool
has_numbers(enum rn_type type, const struct seen *s, double scale, double step)
{
	return is_normal(type, 2 * M_LOG2E * s->a) && is_normal(type, M_LOG2E * s->b) &&
		is_normal(type, 2 * M_LOG2E * s->pull) && is_normal(type, scale * scale) &&
		is_normal(type, step * 0x1p-31);
}

/* Differences of S come from rounded terms of the order of step V': a hundredth of 1 is what they may be wrong by. */
static bool
has_digits(enum rn_type type, const struct seen *s, double scale, double step)
{
	const double v = scale + step, slope = 2 * fabs(s->a) * v + 4 * s->b * v * v * v + s->pull * v;

	return slope * step * digit(type) < 0.01;
}

static enum rn_status
check_numbers(enum rn_type type, const struct seen *s, double scale, double step, struct rn_error *err)
{
	const char *cure = type == RN_F32 ? "--type f64" : "couplings of order 1";

	if (!has_numbers(type, s, scale, step))
		return rn_fail(err, RN_EUSAGE, "%s has no numbers so large or so small; choose %s",
			rn_type_name(type), cure);
	if (!has_digits(type, s, scale, step))
		return rn_fail(err, RN_EUSAGE, "%s cannot tell differences of so large an action; choose %s",
			rn_type_name(type), type == RN_F32 ? cure : "smaller couplings");
	return RN_OK;
}

/* Rounded couplings shift the mass of the lightest wave: by a hundredth at most. */
static bool
has_mass(enum rn_type type, const struct seen *s, double curvature)
{
	return (2 * fabs(s->a) + s->pull) * digit(type) < 0.01 * curvature;
}

static enum rn_status
check_mass(enum rn_type type, const struct seen *s, double curvature, struct rn_error *err)
{
	if (has_mass(type, s, curvature))
		return RN_OK;
	return rn_fail(err, RN_EUSAGE, "%s cannot tell so light a field from a massless one; choose %s",
		rn_type_name(type), type == RN_F32 ? "--type f64" : "a larger mass");
}

enum { DEEP = 4 };

static enum rn_status
check_barrier(const struct ensemble *e, struct rn_error *err)
{
	if (e->algorithm != METROPOLIS || e->barrier < DEEP)
		return RN_OK;
	return rn_fail(err, RN_EUSAGE,
		"--algorithm metropolis hardly leaves a well of S that is %.3g deep; choose --algorithm "
		"cluster",
		e->barrier);
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
	enum rn_status status = check_bounded(l, coupling, err);
	const double labels[3] = { coupling->kappa, coupling->lambda, coupling->mu2 };
	const struct seen seen = {
		.a = (coupling->mu2 + 4 * coupling->kappa) / 2 - coupling->kappa * self_bonds(l),
		.b = coupling->lambda / 4,
		.pull = 2 * fabs(coupling->kappa) * (l->dim - self_bonds(l)),
		.mass = least_mass(l, coupling),
	};
	const struct guess g = guess(&seen, l->sites);

	*e = (struct ensemble){
		.lattice = *l,
		.coupling = *coupling,
		.algorithm = algorithm_of(o),
		.a = seen.a,
		.b = seen.b,
		.scale = scale_of(&g),
		.alike = g.x_light > g.x_short,
		.light = light_time(&g),
		.barrier = barrier_of(&seen),
		.step = o->step > 0 ? o->step : g.step,
		.best_step = g.step,
	};
	e->local = key_of(e, o, labels, 3, "");
	e->clusters = key_of(e, o, labels, 3, " clusters");
	if (status == RN_OK)
		status = check_numbers(o->type, &seen, e->scale, g.step, err);
	if (status == RN_OK)
		status = check_mass(o->type, &seen, g.curvature, err);
	if (status == RN_OK)
		status = check_barrier(e, err);
	if (status != RN_OK) {
		rn_error_prefix(err, "kappa = %.6g, lambda = %.6g, mu2 = %.6g", coupling->kappa,
			coupling->lambda, coupling->mu2);
		return status;
	}
	status = check_numbers(o->type, &seen, e->scale, e->step, err);
	if (status != RN_OK)
		return rn_fail(err, RN_EUSAGE,
			"--step %.6g: kappa = %.6g, lambda = %.6g, mu2 = %.6g want about %.3g; choose that "
			"or auto",
			e->step, coupling->kappa, coupling->lambda, coupling->mu2, g.step);
	return RN_OK;
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

static struct seen
seen_of(const struct model_site *s)
{
	const double pull = pull_of(s);

	return (struct seen){ s->a, s->b, pull, 2 * s->a - pull };
}

static struct guess
model_guess(const struct rn_phi4_model *m, const struct model_site *s)
{
	const struct seen seen = seen_of(s);

	return guess(&seen, m->lattice.sites);
}

double
ensemble_model_step(const struct rn_phi4_model *m, const struct model_site *s)
{
	return model_guess(m, s).step;
}

double
ensemble_model_scale(const struct rn_phi4_model *m, const struct model_site *s)
{
	const struct guess g = model_guess(m, s);

	return scale_of(&g);
}

enum rn_status
ensemble_make_model(const struct rn_phi4_model *m, const struct options *o, struct ensemble *e,
	struct rn_error *err)
{
	const size_t N = m->lattice.sites;
	double x_short = 0, x_light = 0;

	*e = (struct ensemble){ .lattice = m->lattice,
		.algorithm = algorithm_of(o),
		.model = m,
		.light = NAN };
	for (size_t i = 0; i < N; i++) {
		const struct model_site s = ensemble_model_site(m, i);
		const struct seen seen = seen_of(&s);
		const struct guess g = guess(&seen, N);
		const enum rn_status status = check_numbers(o->type, &seen, scale_of(&g), g.step, err);

		if (status != RN_OK)
			return status;
		x_short += g.x_short / (double)N;
		x_light += g.x_light / (double)N;
		e->barrier = fmax(e->barrier, barrier_of(&seen));
		if (has_mass(o->type, &seen, g.curvature))
			e->light = fmax(e->light, light_time(&g)); /* fmax passes over NaN */
	}
	e->scale = sqrt(x_short + x_light);
	e->alike = x_light > x_short;
	e->local = key_of(e, o, m->theta, m->parameters, " model");
	e->clusters = key_of(e, o, m->theta, m->parameters, " model clusters");
	return check_barrier(e, err);
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
 *
 * Without clusters a site of two wells has to climb out of one, which takes exp(barrier) times as long.
 */
double
ensemble_tau(const struct ensemble *e, uint64_t local_per_cluster)
{
	const struct rn_lattice *l = &e->lattice;
	const double L = l->dim == 1 ? fmin((double)l->cols, 32) : sqrt((double)l->sites);
	const double local = 0.2 * pow(L, 2.17);
	const double weakness =
		e->coupling.kappa * e->coupling.kappa / e->coupling.lambda; /* or infinite; NaN: a model */
	/* fmax and fmin pass over NaN */
	const double light = fmax(local, e->light);
	const double small_steps = fmax(1, pow(e->best_step / e->step, 2));

	if (e->algorithm == METROPOLIS)
		return 0.5 + light * exp(e->barrier) * small_steps;
	return 0.5 + (15 * pow(L, 0.3) + fmin(light, 5 * weakness)) * small_steps / (double)local_per_cluster;
}
