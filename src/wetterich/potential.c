#include "potential.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stddef.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunmatrix/sunmatrix_band.h>

#define CROWDING 3.0 /* a: the grid is sinh(a)/a = 3.3 times as fine at 0 as an even one */
#define RANGE 6
#define GAP_MIN 1e-9
enum { REACH = 3, OUTER = 2 }; /* of what a point depends on; points at the outer end */

struct line {
	const struct potential *p;
	struct regulator regulator;
	double *phi, *slope; /* of the points: d Phi/dx */
	double *half, *half_slope;
	double *f;  /* the bracket, half-way behind each point */
	double k;   /* where the force was last asked for */
	double gap; /* the least 1 + u'' there */
	struct {
		double radial, around, d_radial,
			d_around; /* U'', U'/Phi, and their (1/Phi) d/dPhi, at the start */
	} outer[OUTER];
};

/* u_2n phi^(2n - 2 shift) / (2n - power)!, summed over n. */
static double
sum(const double u[], size_t M, double phi, size_t shift, size_t power)
{
	double total = 0;

	for (size_t n = power / 2 + power % 2; n <= M; n++)
		if (n >= shift)
			total += u[n - 1] * pow(phi, 2 * ((double)n - (double)shift)) *
				exp(-lgamma((double)(2 * n - power) + 1));
	return total;
}

double
potential_range(double d, const double u[], size_t M)
{
	double last = sqrt(litim_factor(d));

	/* Outwards until the slope is positive for good. */
	for (double x = last / 64, end = 1e6 * last; x < end; x *= 1.1)
		if (sum(u, M, x, 1, 1) < 0)
			last = fmax(last, x);
	return RANGE * last;
}

static bool
line_init(struct line *l, const struct potential *p, const double u[], size_t M)
{
	const size_t n = p->points;
	const double unit = p->phi_max / sinh(CROWDING);
	double *room = calloc(5 * n, sizeof *room);

	*l = (struct line){ .p = p, .phi = room, .k = 1 };
	if (!room)
		return false;
	l->slope = room + n;
	l->half = room + 2 * n;
	l->half_slope = room + 3 * n;
	l->f = room + 4 * n;
	regulator_init(&l->regulator, p->regulator, p->d);
	for (size_t i = 0; i < n; i++) {
		const double x = CROWDING * (double)i / (double)(n - 1),
			     half = x + CROWDING / 2 / (double)(n - 1);

		l->phi[i] = unit * sinh(x);
		l->slope[i] = CROWDING * unit * cosh(x);
		l->half[i] = unit * sinh(half);
		l->half_slope[i] = CROWDING * unit * cosh(half);
	}
	for (size_t i = 0; i < OUTER; i++) {
		const double phi = l->phi[n - OUTER + i];

		l->outer[i].radial = sum(u, M, phi, 1, 2);
		l->outer[i].around = sum(u, M, phi, 1, 1);
		l->outer[i].d_radial = sum(u, M, phi, 2, 3);
		/* (1/Phi) d/dPhi (U'/Phi) = (U'' - U'/Phi) / Phi^2 */
		l->outer[i].d_around = (l->outer[i].radial - l->outer[i].around) / (phi * phi);
	}
	return true;
}

/* Value of an even function at a point left of 0 too. */
static double
at(const double V[], ptrdiff_t i)
{
	return V[i < 0 ? -i : i];
}

/* V and V + Phi V' half-way behind point i, which is not one of the last two. */
static void
masses(const struct line *l, const double V[], size_t i, double *radial, double *around)
{
	const double step = 1 / (double)(l->p->points - 1);
	const double left = at(V, (ptrdiff_t)i - 1), here = V[i], next = V[i + 1], far = V[i + 2];
	const double slope = (left - far + 27 * (next - here)) / (24 * step * l->half_slope[i]);

	*around = (9 * (here + next) - left - far) / 16;
	*radial = *around + l->half[i] * slope;
}

/* The least 1 + u'' half-way between points, and the bracket there. */
static void
brackets(struct line *l, const double V[], double k)
{
	const double unit = pow(k, l->p->d);

	l->gap = INFINITY;
	for (size_t i = 0; i + 2 < l->p->points; i++) {
		double radial, around;

		masses(l, V, i, &radial, &around);
		radial /= k * k;
		around /= k * k;
		l->gap = fmin(l->gap, 1 + (l->p->N == 1 ? radial : fmin(radial, around)));
		l->f[i] = unit * threshold(&l->regulator, radial);
		if (l->p->N != 1)
			l->f[i] += unit * (l->p->N - 1) * threshold(&l->regulator, around);
	}
}

/*
 * (1/Phi) df/dPhi. At 0, where f = f_0 + c x^2 + e x^4, it is 2c over the square of dPhi/dx. At the outer points
 * fluctuations are small, and so is what they have done to the masses there: those of the start are good enough, and
 * differences to one side would let errors grow.
 */
static double
force(const struct line *l, size_t i, double k)
{
	const size_t n = l->p->points;
	const double step = 1 / (double)(n - 1), *f = l->f + i;

	if (i + OUTER >= n) {
		const double k2 = k * k, radial = l->outer[i + OUTER - n].radial / k2,
			     around = l->outer[i + OUTER - n].around / k2;

		return pow(k, l->p->d - 2) *
			(threshold_slope(&l->regulator, radial) * l->outer[i + OUTER - n].d_radial +
				(l->p->N - 1) * threshold_slope(&l->regulator, around) *
					l->outer[i + OUTER - n].d_around);
	}
	if (i == 0)
		return (34 * (f[1] - f[0]) - 5 * (f[2] - f[1])) /
			(24 * step * step * l->slope[0] * l->slope[0]);
	if (i + OUTER + 1 == n) /* the bracket behind the next point is not there */
		return (f[0] - f[-1]) / (step * l->slope[i] * l->phi[i]);
	/* f is even: that before f[0] is f[0] again. */
	return ((i == 1 ? f[-1] : f[-2]) - f[1] + 27 * (f[0] - f[-1])) /
		(24 * step * l->slope[i] * l->phi[i]);
}

static int
velocity(double t, N_Vector V, N_Vector dV, void *context)
{
	struct line *l = context;
	const double k = exp(t);
	double *out = N_VGetArrayPointer(dV);

	l->k = k;
	brackets(l, N_VGetArrayPointer(V), k);
	if (!(l->gap > 0))
		return 1; /* a shorter step */
	for (size_t i = 0; i < l->p->points; i++)
		out[i] = force(l, i, k);
	return 0;
}

/* Masses are known to rtol of themselves or of k^2, whichever is larger. */
static int
weights(N_Vector V, N_Vector weight, void *context)
{
	const struct line *l = context;
	const double *v = N_VGetArrayPointer(V);
	double *w = N_VGetArrayPointer(weight);

	for (size_t i = 0; i < l->p->points; i++)
		w[i] = 1 / (l->p->rtol * fmax(fabs(v[i]), l->k * l->k));
	return 0;
}

static int
singular(double t, N_Vector V, double *gap, void *context)
{
	struct line *l = context;

	brackets(l, N_VGetArrayPointer(V), exp(t));
	*gap = l->gap - GAP_MIN;
	return 0;
}

/* --- rows ------------------------------------------------------------------------------ */

/* Phi dV/dPhi at a point. */
static double
bend(const struct line *l, const double V[], size_t i)
{
	const size_t n = l->p->points;
	const double step = 1 / (double)(n - 1), *v = V + i, far = at(V, (ptrdiff_t)i - 2);
	double slope;

	if (i == 0)
		return 0;
	if (i + 2 < n)
		slope = (far - 8 * v[-1] + 8 * v[1] - v[2]) / 12;
	else if (i + 2 == n)
		slope = (3 * v[1] + 10 * v[0] - 18 * v[-1] + 6 * v[-2] - v[-3]) / 12;
	else
		slope = (25 * v[0] - 48 * v[-1] + 36 * v[-2] - 16 * v[-3] + 3 * v[-4]) / 12;
	return l->phi[i] * slope / (step * l->slope[i]);
}

/* The integral of Phi V dPhi from the point before to this one; in x the integrand g is odd. */
static double
rise(const struct line *l, const double V[], size_t i)
{
	const size_t n = l->p->points;
	double g[4]; /* at the points i - 2 .. i + 1 */

	for (size_t j = 0; j < 4; j++) {
		const ptrdiff_t m = (ptrdiff_t)(i + j) - 2;
		const size_t here = (size_t)(m < 0 ? -m : m);

		g[j] = here < n ? V[here] * l->phi[here] * l->slope[here] : 0;
		g[j] = m < 0 ? -g[j] : g[j];
	}
	if (i == n - 1)
		return (5 * g[2] + 8 * g[1] - g[0]) / 12 / (double)(n - 1);
	return (13 * (g[1] + g[2]) - g[0] - g[3]) / 24 / (double)(n - 1);
}

static bool
emit_points(struct line *l, double t, const double V[], int event, row *emit, void *context)
{
	const double d = l->p->d, k = exp(t);
	double U = 0;

	for (size_t i = 0; i < l->p->points; i++) {
		U += i ? rise(l, V, i) : 0;
		const double x[] = { l->phi[i] * pow(k, 1 - d / 2), U * pow(k, -d),
			V[i] * l->phi[i] * pow(k, -1 - d / 2), (V[i] + bend(l, V, i)) / (k * k) };

		if (!emit(context, t, x, event))
			return false;
	}
	return true;
}

/* What CVODE needs, and what is to be given back. */
struct solver {
	SUNContext sun;
	N_Vector V;
	SUNMatrix band;
	SUNLinearSolver linear;
	void *cvode;
};

static void
solver_clear(struct solver *s)
{
	if (s->cvode)
		CVodeFree(&s->cvode);
	if (s->linear)
		SUNLinSolFree(s->linear);
	if (s->band)
		SUNMatDestroy(s->band);
	if (s->V)
		N_VDestroy(s->V);
	if (s->sun)
		SUNContext_Free(&s->sun);
}

static void
silence(int code, const char *module, const char *function, char *text, void *context)
{
	(void)code, (void)module, (void)function, (void)text, (void)context;
}

static bool
solver_init(struct solver *s, struct line *l, const double u[], size_t M)
{
	const struct potential *p = l->p;
	double *V;

	*s = (struct solver){ 0 };
	if (SUNContext_Create(NULL, &s->sun) || !(s->V = N_VNew_Serial((sunindextype)p->points, s->sun)) ||
		!(s->band = SUNBandMatrix((sunindextype)p->points, REACH, REACH, s->sun)) ||
		!(s->linear = SUNLinSol_Band(s->V, s->band, s->sun)) ||
		!(s->cvode = CVodeCreate(CV_BDF, s->sun)))
		return false;
	V = N_VGetArrayPointer(s->V);
	for (size_t i = 0; i < p->points; i++)
		V[i] = sum(u, M, l->phi[i], 1, 1);
	return !CVodeSetErrHandlerFn(s->cvode, silence, NULL) && !CVodeInit(s->cvode, velocity, 0, s->V) &&
		!CVodeWFtolerances(s->cvode, weights) && !CVodeSetUserData(s->cvode, l) &&
		!CVodeSetLinearSolver(s->cvode, s->linear, s->band) &&
		!CVodeSetMaxNumSteps(s->cvode, (long)p->steps_max) && !CVodeRootInit(s->cvode, 1, singular);
}

static enum event
reason(int flag)
{
	switch (flag) {
	case CV_TOO_MUCH_WORK: return EXHAUSTED;
	case CV_ROOT_RETURN:
	case CV_CONV_FAILURE:
	case CV_REPTD_RHSFUNC_ERR:
	case CV_UNREC_RHSFUNC_ERR: return SINGULAR;
	default: return DIVERGED;
	}
}

static void
integrate(struct solver *s, struct line *l, const double times[], size_t n, struct outcome *o, row *emit,
	void *context)
{
	for (size_t i = 0; i < n; i++) {
		int flag = CV_SUCCESS;

		if (times[i] != 0) {
			CVodeSetStopTime(s->cvode, times[n - 1]);
			flag = CVode(s->cvode, times[i], s->V, &o->t, CV_NORMAL);
		}
		if (flag < 0)
			CVodeGetCurrentTime(s->cvode, &o->t);
		o->event = flag == CV_SUCCESS || flag == CV_TSTOP_RETURN ? REQUESTED : reason(flag);
		if (!emit_points(l, o->t, N_VGetArrayPointer(s->V), (int)o->event, emit, context) ||
			o->event != REQUESTED)
			return;
	}
}

struct outcome
potential_flow(const struct potential *p, const double u[], size_t M, const double times[], size_t n,
	row *emit, void *context)
{
	struct outcome o = { .event = (enum event) - 1 };
	struct solver s = { 0 };
	struct line l;
	bool numbers = true;
	long steps = 0;

	for (size_t i = 0; i < M; i++)
		numbers = numbers && isfinite(u[i]);
	if (line_init(&l, p, u, M) && solver_init(&s, &l, u, M)) {
		brackets(&l, N_VGetArrayPointer(s.V), 1);
		if (numbers && l.gap > GAP_MIN) {
			integrate(&s, &l, times, n, &o, emit, context);
			CVodeGetNumSteps(s.cvode, &steps);
			o.steps = (uint64_t)steps;
		} else {
			o.event = UNSTARTED;
			emit_points(&l, 0, N_VGetArrayPointer(s.V), UNSTARTED, emit, context);
		}
	}
	solver_clear(&s);
	free(l.phi);
	return o;
}
