/*
 * potential.h - flow of the full potential: method of lines
 *
 * The equation of legendre.h, in time by SUNDIALS' CVODE (backward differentiation, a band matrix): A. C. Hindmarsh et
 * al., ACM Trans. Math. Softw. 31 (2005) 363.
 *
 * Towards the infrared the flow is diffusion. Towards the ultraviolet it is diffusion backwards in time: small
 * wavelengths grow without bound, and what comes out is no solution.
 */
#ifndef WETTERICH_POTENTIAL_H
#define WETTERICH_POTENTIAL_H

#include "trajectory.h"

enum { POINTS_MIN = 16, POINTS_MAX = 100000 };

struct potential {
	double d, N, phi_max, rtol;
	enum regulator_kind regulator;
	size_t points; /* of the mesh, and of the rows */
	uint64_t steps_max;
	bool eta; /* LPA', of legendre.h */
};

/* Phi_max when none is given: six times the minimum of u, and at least what fluctuations reach, sqrt(N K). */
double potential_range(double d, double N, const double u[], size_t M);

/*
 * From u = sum u_2n phi^2n / (2n)! at t = 0 to the times, which go one way. For each of them a row for each point:
 * phi, u - u(0), u', u'' in units of k, of the renormalized field; points are three times as dense at 0. The minimum, if it is not at 0, is a row
 * of its own, with u'' on its outer side. Ends with SINGULAR where the mesh does not follow. Out of memory: the event
 * is NO_MEMORY.
 */
struct outcome potential_flow(const struct potential *p, const double u[], size_t M, const double times[],
	size_t n, row *emit, void *context);

#endif
