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
#define STEP 0x1p-26	/* of differences, relative */
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
	const double d = l->p->d, k = exp(t), q2 = l->equation.q2, root = sqrt(q2) / k;
	const double x[] = { p->Phi * root * pow(k, 1 - d / 2),
		(p->area - q2 * p->Phi * p->Phi / 2) * pow(k, -d),
		(p->J - q2 * p->Phi) / root * pow(k, -1 - d / 2), p->W / q2 - 1 };

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
	struct mesh m = { n, l->equation.J, l->equation.Phi, l->area };
	struct profile minimum;
	bool broken, going = true;

	legendre_place(&l->equation, t, Phi);
	profile_begin(&m);
	broken = profile_minimum(&m, l->equation.q2, &minimum);
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

/*
 * df_i/dx_j by differences, as many columns at once as do not share a row. A change of ln(Z) moves everything and
 * everything moves it, but slowly, so both are left out: Newton's iteration does not miss them.
 */
static int
jacobian(double t, N_Vector x, N_Vector f, SUNMatrix J, void *context, N_Vector moved, N_Vector changed,
	N_Vector unused)
{
	enum { BAND = 2 * LEGENDRE_REACH + 1 };
	struct line *l = context;
	const sunindextype n = (sunindextype)l->p->points - 1;
	double *y = N_VGetArrayPointer(moved), *g = N_VGetArrayPointer(changed);

	(void)unused;
	legendre_velocity(&l->equation, t, N_VGetArrayPointer(x), g); /* eta is that of x */
	N_VScale(1, x, moved);
	for (sunindextype first = 0; first < BAND; first++) {
		for (sunindextype j = first; j < n; j += BAND)
			y[j] *= 1 + STEP;
		legendre_place(&l->equation, t, y);
		legendre_drift(&l->equation, t, g);
		for (sunindextype j = first; j < n; j += BAND) {
			const double step = y[j] - NV_Ith_S(x, j);

			for (sunindextype i = j < LEGENDRE_REACH ? 0 : j - LEGENDRE_REACH;
				i <= j + LEGENDRE_REACH && i < n; i++)
				SM_ELEMENT_B(J, i, j) = (g[i] - NV_Ith_S(f, i)) / step;
			y[j] = NV_Ith_S(x, j);
		}
	}
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
	if (l->p->eta)
		w[l->p->points - 1] = 1 / l->p->rtol;
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
solver_init(struct solver *s, const struct legendre *l)
{
	const sunindextype n = (sunindextype)legendre_unknowns(l);

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
		!CVodeSetLinearSolver(s->cvode, s->linear, s->band) && !CVodeSetJacFn(s->cvode, jacobian) &&
		!CVodeSetMaxOrd(s->cvode, ORDER_BDF) &&
		!CVodeSetMaxNumSteps(s->cvode, (long)l->p->steps_max) &&
		!CVodeRootInit(s->cvode, 1, resolution);
}

static enum event
reason(int flag)
{
	switch (flag) {
	case CV_TOO_MUCH_WORK: return EXHAUSTED;
	case CV_TOO_MUCH_ACC:
	case CV_ERR_FAILURE: return TOO_TIGHT;
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
	struct outcome o = { .event = NO_MEMORY };
	struct solver s = { 0 };
	struct line l = { .p = p, .area = calloc(p->points, sizeof *l.area) };
	const bool room = legendre_init(&l.equation, p->regulator, p->d, p->N, u, M, p->phi_max,
		exp(times[n - 1]), p->points);
	long steps = 0;

	l.equation.has_eta = p->eta;
	if (room && l.area && solver_init(&s, &l.equation)) {
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
