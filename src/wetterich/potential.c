#include "potential.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunmatrix/sunmatrix_band.h>

#include "legendre.h"
#include "profile.h"

#define RANGE 6
#define CROWDING 3.0	/* of the rows: sinh(a)/a = 3.3 times as many at 0 as evenly, a = 3 */
enum { ORDER_BDF = 4 }; /* the fifth has steps refused: waves of the mesh are all but undamped */

struct line {
	const struct potential *p;
	struct legendre equation;
	double *area; /* of profile.h */
};

double
potential_range(double d, double N, const double u[], size_t M)
{
	double last = sqrt(N * litim_factor(d));

	/* Outwards until the slope is positive for good. */
	for (double x = last / 64, end = 1e6 * last; x < end; x *= 1.1)
		if (power_sum(u, M, x, 1, 1) < 0)
			last = fmax(last, x);
	return RANGE * last;
}

/* --- rows ------------------------------------------------------------------------------ */

static bool
emit_profile(const struct line *l, double t, const struct profile *p, int event, row *emit, void *context)
{
	const double d = l->p->d, k = exp(t), k2 = k * k;
	const double x[] = { p->Phi * pow(k, 1 - d / 2), (p->area - k2 * p->Phi * p->Phi / 2) * pow(k, -d),
		(p->J - k2 * p->Phi) * pow(k, -1 - d / 2), p->W / k2 - 1 };

	return emit(context, t, x, event);
}

static double
row_place(const struct potential *p, size_t i)
{
	return p->phi_max * sinh(CROWDING * (double)i / (double)(p->points - 1)) / sinh(CROWDING);
}

/* The points of the rows, and among them the minimum if it is not at 0. */
static bool
emit_points(struct line *l, double t, const double Phi[], int event, row *emit, void *context)
{
	const size_t n = l->p->points;
	const double k = exp(t);
	struct mesh m = { n, l->equation.J, l->equation.Phi, l->area };
	struct profile minimum;
	bool broken, going = true;

	legendre_place(&l->equation, t, Phi);
	profile_begin(&m);
	broken = profile_minimum(&m, k * k, &minimum);
	for (size_t i = 0; i < n && going; i++) {
		const struct profile p = profile_at(&m, row_place(l->p, i));

		if (broken && p.Phi > minimum.Phi) {
			going = emit_profile(l, t, &minimum, event, emit, context);
			broken = false;
		}
		going = going && emit_profile(l, t, &p, event, emit, context);
	}
	return going;
}

/* --- steps ----------------------------------------------------------------------------- */

static int
velocity(double t, N_Vector Phi, N_Vector dPhi, void *context)
{
	struct line *l = context;

	legendre_velocity(&l->equation, t, N_VGetArrayPointer(Phi), N_VGetArrayPointer(dPhi));
	return 0;
}

/* Each Phi is known to rtol of itself: those near J = 0 are small. */
static int
weights(N_Vector Phi, N_Vector weight, void *context)
{
	const struct line *l = context;
	const double *x = N_VGetArrayPointer(Phi);
	double *w = N_VGetArrayPointer(weight);

	for (size_t i = 0; i + 1 < l->p->points; i++)
		w[i] = 1 / (l->p->rtol * fabs(x[i]));
	return 0;
}

static int
resolution(double t, N_Vector Phi, double *value, void *context)
{
	struct line *l = context;

	legendre_place(&l->equation, t, N_VGetArrayPointer(Phi));
	*value = legendre_resolution(&l->equation);
	return 0;
}

/* What CVODE needs, and what is to be given back. */
struct solver {
	SUNContext sun;
	N_Vector Phi;
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
	if (s->Phi)
		N_VDestroy(s->Phi);
	if (s->sun)
		SUNContext_Free(&s->sun);
}

static void
silence(int code, const char *module, const char *function, char *text, void *context)
{
	(void)code, (void)module, (void)function, (void)text, (void)context;
}

/* All but the start. */
static bool
solver_init(struct solver *s, const struct potential *p)
{
	const sunindextype n = (sunindextype)p->points - 1;

	*s = (struct solver){ 0 };
	return !SUNContext_Create(NULL, &s->sun) && (s->Phi = N_VNew_Serial(n, s->sun)) &&
		(s->band = SUNBandMatrix(n, LEGENDRE_REACH, LEGENDRE_REACH, s->sun)) &&
		(s->linear = SUNLinSol_Band(s->Phi, s->band, s->sun)) &&
		(s->cvode = CVodeCreate(CV_BDF, s->sun));
}

static bool
solver_start(struct solver *s, struct line *l)
{
	return !CVodeSetErrHandlerFn(s->cvode, silence, NULL) && !CVodeInit(s->cvode, velocity, 0, s->Phi) &&
		!CVodeWFtolerances(s->cvode, weights) && !CVodeSetUserData(s->cvode, l) &&
		!CVodeSetLinearSolver(s->cvode, s->linear, s->band) && !CVodeSetMaxOrd(s->cvode, ORDER_BDF) &&
		!CVodeSetMaxNumSteps(s->cvode, (long)l->p->steps_max) &&
		!CVodeRootInit(s->cvode, 1, resolution);
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
			flag = CVode(s->cvode, times[i], s->Phi, &o->t, CV_NORMAL);
		}
		if (flag < 0)
			CVodeGetCurrentTime(s->cvode, &o->t);
		o->event = flag == CV_SUCCESS || flag == CV_TSTOP_RETURN ? REQUESTED : reason(flag);
		if (!emit_points(l, o->t, N_VGetArrayPointer(s->Phi), (int)o->event, emit, context) ||
			o->event != REQUESTED)
			return;
	}
}

/* A start that is none has a row for each point, of the start as far as it has numbers. */
static void
refuse(const struct potential *p, const double u[], size_t M, row *emit, void *context)
{
	for (size_t i = 0; i < p->points; i++) {
		const double phi = row_place(p, i);
		const double x[] = { phi, phi * phi * power_sum(u, M, phi, 1, 0),
			phi * power_sum(u, M, phi, 1, 1), power_sum(u, M, phi, 1, 2) };

		if (!emit(context, 0, x, UNSTARTED))
			return;
	}
}

struct outcome
potential_flow(const struct potential *p, const double u[], size_t M, const double times[], size_t n,
	row *emit, void *context)
{
	struct outcome o = { .event = (enum event) - 1 };
	struct solver s = { 0 };
	struct line l = { .p = p, .area = calloc(p->points, sizeof *l.area) };
	long steps = 0;

	if (legendre_init(&l.equation, p->regulator, p->d, p->N, u, M, p->phi_max, exp(times[n - 1]),
		    p->points) &&
		l.area && solver_init(&s, p)) {
		if (!legendre_start(&l.equation, N_VGetArrayPointer(s.Phi))) {
			o.event = UNSTARTED;
			refuse(p, u, M, emit, context);
		} else if (solver_start(&s, &l)) {
			integrate(&s, &l, times, n, &o, emit, context);
			CVodeGetNumSteps(s.cvode, &steps);
			o.steps = (uint64_t)steps;
		}
	}
	solver_clear(&s);
	legendre_clear(&l.equation);
	free(l.area);
	return o;
}
