/*
 * sextic.h - many trajectories of (u2, u4, u6) at once, their end points alone
 *
 * The equations of flow.h about zero with M = 3, N = 1 and Litim's regulator: with A = 1 + u2,
 *
 *	du2/dt = -2 u2 - K u4 / A^2
 *	du4/dt = -(4 - d) u4 - K u6 / A^2 + 6 K u4^2 / A^3
 *	du6/dt = -(6 - 2d) u6 + 30 K u4 u6 / A^3 - 90 K u4^3 / A^4,
 *
 * solved as in trajectory.h, one trajectory in each lane of a vector with its own step. A lane that is done takes the
 * next trajectory, so none waits for another; what a trajectory gives does not depend on its lane, on the others, or
 * on the width of vectors.
 */
#ifndef WETTERICH_SEXTIC_H
#define WETTERICH_SEXTIC_H

#include "trajectory.h"

struct sextic {
	double u[3];	  /* at t = 0; comes back at `reached` */
	double d, end;	  /* 1 .. 4; t of the end point */
	double reached;	  /* end, if the event is REQUESTED */
	enum event event; /* REQUESTED, SINGULAR, DIVERGED, UNSTARTED, EXHAUSTED, TOO_LARGE */
	uint32_t steps;
};

/* rtol and steps_max of the rules; steps_max at most 2^32 - 1. */
void sextic_run(struct sextic trajectories[], size_t n, const struct rules *rules);

#endif
