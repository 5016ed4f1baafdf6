#include "trajectory.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "dormand_prince.h"

enum { STAGES = 7, ROOT_STEPS = 60 };

static const double c[STAGES] = { 0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1 };
static const double a[STAGES][STAGES - 1] = {
	{ 0 },
	{ A21 },
	{ A31, A32 },
	{ A41, A42, A43 },
	{ A51, A52, A53, A54 },
	{ A61, A62, A63, A64, A65 },
	{ A71, 0, A73, A74, A75, A76 },
};
static const double e[STAGES] = { E1, 0, E3, E4, E5, E6, E7 };
/* Of the term of fourth order of the continuous extension. */
static const double dense[STAGES] = { -12715105075. / 11282082432, 0, 87487479700. / 32700410799,
	-10690763975. / 1880347072, 701980252875. / 199316789632, -1453857185. / 822651844,
	69997945. / 29380423 };

struct state {
	const struct flow *f;
	const struct rules *rules;
	row *emit;
	void *context;
	double t, h;
	double x[ORDER_MAX];	     /* at t */
	double k[STAGES][ORDER_MAX]; /* of w; k[0] is the force at t */
	double w[ORDER_MAX];	     /* at t + h; at t it is x */
	double next[ORDER_MAX];	     /* x at t + h */
	double extension[4][ORDER_MAX];
	struct outcome outcome;
};

static bool
all_finite(const double x[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabs(x[i]) <= BOUND))
			return false;
	return true;
}

/* All stages of a step; false where the flow has no value. */
static bool
stages(struct state *s)
{
	const size_t M = s->f->M;

	for (size_t i = 1; i < STAGES; i++) {
		double x[ORDER_MAX], force[ORDER_MAX];

		for (size_t n = 0; n < M; n++) {
			double sum = 0;

			for (size_t j = 0; j < i; j++)
				sum += a[i][j] * s->k[j][n];
			s->w[n] = s->x[n] + s->h * sum;
			x[n] = s->w[n] * exp(-s->f->dimension[n] * c[i] * s->h);
		}
		if (!all_finite(x, M) || !(flow_gap(s->f, x) > 0))
			return false;
		flow_force(s->f, x, force);
		for (size_t n = 0; n < M; n++)
			s->k[i][n] = force[n] * exp(s->f->dimension[n] * c[i] * s->h);
		memcpy(s->next, x, sizeof x);
	}
	return all_finite(s->k[STAGES - 1], M);
}

/* The largest error in units of what is allowed. */
static double
error(const struct state *s)
{
	double worst = 0;

	for (size_t n = 0; n < s->f->M; n++) {
		const double size = fmax(fabs(s->x[n]), fabs(s->w[n]));
		double sum = 0;

		for (size_t j = 0; j < STAGES; j++)
			sum += e[j] * s->k[j][n];
		worst = fmax(worst, fabs(s->h * sum) / (s->rules->rtol * size + DBL_MIN));
	}
	return worst;
}

static void
extend(struct state *s)
{
	for (size_t n = 0; n < s->f->M; n++) {
		const double all = s->w[n] - s->x[n], first = s->h * s->k[0][n] - all;
		double sum = 0;

		for (size_t j = 0; j < STAGES; j++)
			sum += dense[j] * s->k[j][n];
		s->extension[0][n] = all;
		s->extension[1][n] = first;
		s->extension[2][n] = all - s->h * s->k[STAGES - 1][n] - first;
		s->extension[3][n] = s->h * sum;
	}
}

/* w_n at t + theta h. */
static double
between(const struct state *s, size_t n, double theta)
{
	const double rest = 1 - theta;

	return s->x[n] +
		theta *
		(s->extension[0][n] +
			rest *
				(s->extension[1][n] +
					theta * (s->extension[2][n] + rest * s->extension[3][n])));
}

static bool
emit_between(struct state *s, double t, double theta, int event)
{
	double x[ORDER_MAX];

	for (size_t n = 0; n < s->f->M; n++)
		x[n] = between(s, n, theta) * exp(-s->f->dimension[n] * theta * s->h);
	return s->emit(s->context, t, x, event);
}

/* Where w_n, which has the sign of x_n, passes zero; it does so in this step. */
static double
root(const struct state *s, size_t n)
{
	double low = 0, high = 1;

	for (int i = 0; i < ROOT_STEPS; i++) {
		const double middle = (low + high) / 2;

		if (signbit(between(s, n, middle)) == signbit(s->x[n]))
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The next crossing behind theta, if any. */
static bool
next_crossing(const struct state *s, double theta, double *at, size_t *which)
{
	bool found = false;

	*at = 1;
	for (size_t n = 0; n < s->f->M; n++) {
		double r;

		if (s->x[n] == 0 || s->w[n] == 0 || signbit(s->x[n]) == signbit(s->w[n]))
			continue;
		r = root(s, n);
		if (r > theta && (!found || r < *at)) {
			*at = r;
			*which = n;
			found = true;
		}
	}
	return found;
}

/* Crossings between two places of the step. */
static bool
emit_crossings(struct state *s, double from, double to)
{
	size_t which = 0;
	double at;

	while (s->rules->crossings && next_crossing(s, from, &at, &which) && at <= to) {
		if (!emit_between(s, s->t + at * s->h, at, (int)(2 * which + 2)))
			return false;
		from = at;
	}
	return true;
}

/* What a coupling is compared with that may be 0 at a fixed point. */
static double
natural_unit(const struct flow *f, size_t i)
{
	return f->about == ABOUT_MINIMUM && i == 0 ? f->regulator.K : pow(f->regulator.K, -(double)i);
}

static bool
is_fixed(const struct state *s, double way)
{
	const double limit = s->rules->converge;

	for (size_t n = 0; n < s->f->M; n++) {
		const double x = s->x[n], force = s->k[0][n];
		const double speed = s->rules->with_units ? force : force - s->f->dimension[n] * x;
		const bool dies_out = !s->rules->with_units && way * speed * x <= 0;

		if (!(fabs(speed) <= limit * (dies_out ? fmax(fabs(x), natural_unit(s->f, n)) : fabs(x))))
			return false;
	}
	return true;
}

static enum event
stop(struct state *s, enum event event)
{
	if (!s->emit(s->context, s->t, s->x, event))
		event = REQUESTED;
	return event;
}

/* The longest step in which no canonical factor gets out of hand. */
static double
longest(const struct flow *f)
{
	double most = 1;

	for (size_t n = 0; n < f->M; n++)
		most = fmax(most, fabs(f->dimension[n]));
	return LONGEST_FACTOR / most;
}

/* Rows that the step passes, from the index-th time on; false to stop. */
static bool
emit_passed(struct state *s, const double times[], size_t n, size_t *index)
{
	double theta = 0;

	extend(s);
	for (; *index < n; ++*index) {
		const double here = (times[*index] - s->t) / s->h;

		if (here > 1 || (here == 1 && *index == n - 1))
			break;
		if (!emit_crossings(s, theta, here) || !emit_between(s, times[*index], here, REQUESTED))
			return false;
		theta = here;
	}
	return emit_crossings(s, theta, 1);
}

/* To t + h: exactly to `end`, if that is where the step leads. */
static void
arrive(struct state *s, bool last, double end)
{
	const size_t M = s->f->M;

	for (size_t n = 0; n < M; n++)
		s->k[0][n] = s->k[STAGES - 1][n] * exp(-s->f->dimension[n] * s->h);
	memcpy(s->x, s->next, M * sizeof *s->x);
	s->t = last ? end : s->t + s->h;
}

/* The minimum has reached zero field in this step. */
static bool
at_origin(const struct state *s)
{
	return s->f->about == ABOUT_MINIMUM && !(s->next[0] > 0);
}

/* l2 would be 0 within 1e-6 of t. */
static bool
is_flat(const struct state *s, double way)
{
	const double l2 = s->x[1], speed = s->k[0][1] - s->f->dimension[1] * l2;

	return s->f->about == ABOUT_MINIMUM && way * speed * l2 < 0 && fabs(l2) < 1e-6 * fabs(speed);
}

/* A coupling at the end of the range that fluctuations do not drive there. */
static bool
is_too_large(const struct state *s)
{
	for (size_t n = 0; n < s->f->M; n++)
		if (fabs(s->x[n]) > BOUND / 2 && fabs(s->k[0][n]) <= fabs(s->x[n]))
			return true;
	return false;
}

static enum event
give_up(struct state *s, double way)
{
	if (flow_gap(s->f, s->x) < GAP_GIVEN_UP)
		return stop(s, SINGULAR);
	if (is_flat(s, way))
		return stop(s, FLAT);
	return stop(s, is_too_large(s) ? TOO_LARGE : DIVERGED);
}

static enum event
stop_at_origin(struct state *s)
{
	double theta;

	extend(s);
	theta = root(s, 0);
	if (s->rules->crossings && !emit_crossings(s, 0, theta * (1 - 1e-12)))
		return REQUESTED;
	emit_between(s, s->t + theta * s->h, theta, ORIGIN);
	s->t += theta * s->h;
	return ORIGIN;
}

static enum event
integrate(struct state *s, const double times[], size_t n, size_t index)
{
	const double end = times[n - 1], way = end < 0 ? -1 : 1, most = longest(s->f);
	double h = way * fmin(most, first_step(s->rules->rtol));

	for (uint64_t tried = 0; tried < s->rules->steps_max; tried++) {
		const bool last = fabs(h) >= fabs(end - s->t) * (1 - 1e-12);
		double worst, factor;

		if (s->rules->converge > 0 && is_fixed(s, way))
			return stop(s, CONVERGED);
		s->h = last ? end - s->t : h;
		if (fabs(h) <= 1e-13 * fmax(1, fabs(s->t)))
			return give_up(s, way);
		worst = stages(s) ? error(s) : INFINITY;
		factor = worst > 0 ? fmin(5, fmax(0.2, STEP_SAFETY * pow(worst, -0.2))) : 5;
		if (!(worst <= 1)) {
			s->outcome.rejected++;
			h = s->h * fmin(factor, 0.9);
			continue;
		}
		s->outcome.steps++;
		if (at_origin(s))
			return stop_at_origin(s);
		if (!emit_passed(s, times, n, &index))
			return REQUESTED;
		h = last ? h : s->h * factor;
		h = way * fmin(fabs(h), most);
		arrive(s, last, end);
		if (last) {
			s->emit(s->context, s->t, s->x, REQUESTED);
			return REQUESTED;
		}
		if (flow_gap(s->f, s->x) < GAP_MIN)
			return stop(s, SINGULAR);
	}
	return stop(s, EXHAUSTED);
}

struct outcome
trajectory(const struct flow *f, const double x[], const double times[], size_t n, const struct rules *rules,
	row *emit, void *context)
{
	struct state s = { .f = f, .rules = rules, .emit = emit, .context = context };
	size_t index = 0;

	memcpy(s.x, x, f->M * sizeof *x);
	if (!all_finite(x, f->M) || !(flow_gap(f, x) > GAP_MIN) ||
		(f->about == ABOUT_MINIMUM && !(x[0] > 0 && x[1] > 0))) {
		s.outcome.event = UNSTARTED;
		emit(context, 0, x, UNSTARTED);
	} else {
		for (; index < n && times[index] == 0; index++)
			if (!emit(context, 0, x, REQUESTED))
				return s.outcome;
		flow_force(f, s.x, s.k[0]);
		if (index < n)
			s.outcome.event = integrate(&s, times, n, index);
	}
	s.outcome.t = s.t;
	memcpy(s.outcome.x, s.x, f->M * sizeof *x);
	return s.outcome;
}
