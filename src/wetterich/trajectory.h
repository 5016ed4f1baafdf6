/*
 * trajectory.h - one solution of the flow equations: own steps, dense output, events
 *
 * The pair of J. R. Dormand and P. J. Prince (J. Comp. Appl. Math. 6 (1980) 19), order 5 with an estimate of order 4,
 * and its continuous extension of order 4 (L. F. Shampine, Math. Comp. 46 (1986) 135), for the variables
 *
 *	w_n(tau) = exp(D_n tau) x_n(t + tau)	(J. D. Lawson, SIAM J. Numer. Anal. 4 (1967) 372),
 *
 * in which only fluctuations make a motion: where they have died out (k below all masses) steps are as long as one
 * likes, and without interactions the solution is exact. A step is taken when each coupling's estimated error is below
 * rtol of its value, before or after the step, whichever is larger.
 */
#ifndef WETTERICH_TRAJECTORY_H
#define WETTERICH_TRAJECTORY_H

#include <stdint.h>

#include "flow.h"

/* What a row says. Odd ones end the trajectory; 2n: the n-th coupling passes zero. */
enum event {
	NO_MEMORY = -1, /* of potential_flow() alone, and of no row */
	REQUESTED = 0,
	SINGULAR = 1,	/* 1 + u'' -> 0 */
	DIVERGED = 3,	/* a coupling without bound at a finite k */
	CONVERGED = 5,	/* to a fixed point */
	UNSTARTED = 7,	/* not a number, or singular at the start */
	EXHAUSTED = 9,	/* more steps than allowed */
	ORIGIN = 11,	/* the minimum has come to zero field, where there is no expansion about it */
	FLAT = 13,	/* l2 -> 0: there is no minimum any more */
	TOO_LARGE = 15, /* a coupling beyond 1e250 in units of k, by its dimension alone */
	TOO_TIGHT = 17, /* of potential_flow() alone: doubles cannot keep the tolerance */
};

struct rules {
	double rtol; /* 1e-15 .. 0.1 */
	/*
	 * CONVERGED when all |dx/dt| <= converge |x|, or <= converge in natural units if x goes to 0; these are K for
	 * kappa, and K^(1-n) for u_2n and l_n. 0: never.
	 */
	double converge;
	bool with_units; /* the same of couplings with units: |force| <= converge |x| */
	bool crossings;	 /* rows where couplings pass zero */
	uint64_t steps_max;
};

/* A row at t = ln(k / k0); false stops the trajectory. */
typedef bool row(void *context, double t, const double x[], int event);

struct outcome {
	enum event event; /* REQUESTED: reached the last time */
	double t, x[ORDER_MAX];
	uint64_t steps, rejected;
};

/*
 * From x at t = 0 to the times in order, which go one way: all >= 0 rising, or all <= 0 falling. A row for each of
 * them, and for events between; the last row of one that does not reach the last time is why.
 */
struct outcome trajectory(const struct flow *f, const double x[], const double times[], size_t n,
	const struct rules *rules, row *emit, void *context);

#endif
