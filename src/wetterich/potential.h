/*
 * potential.h - flow of the full potential on a grid: method of lines
 *
 * Not in units of k but in those of k0, with Phi fixed, for the mass V = U'/Phi, in which nothing is lost to
 * differences of large numbers,
 *
 *	dV/dt = (1 / Phi) d/dPhi [ k^d l_d((V + Phi V')/k^2) + (N - 1) k^d l_d(V/k^2) ].
 *
 * V is even in Phi, which is Phi = Phi_max sinh(a x) / sinh(a), 0 <= x <= 1, on a grid of equal steps in x: fine near
 * 0, where the potential changes down to small k. The bracket stands half-way between points, so that the shortest
 * wavelengths diffuse as they should; interpolation and differences are of fourth order. SUNDIALS' CVODE (backward
 * differentiation, a band matrix) makes the steps: A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363.
 *
 * Towards the infrared this is diffusion with the coefficient -k^(d-2) dl/dw > 0. Towards the ultraviolet it is
 * diffusion backwards in time: small wavelengths grow without bound, and what comes out is no solution.
 */
#ifndef WETTERICH_POTENTIAL_H
#define WETTERICH_POTENTIAL_H

#include "trajectory.h"

enum { POINTS_MIN = 16, POINTS_MAX = 100000 };

struct potential {
	double d, N, phi_max, rtol;
	enum regulator_kind regulator;
	size_t points;
	uint64_t steps_max;
};

/* Phi_max when none is given: six times the minimum of u, and at least what fluctuations reach, sqrt(K). */
double potential_range(double d, const double u[], size_t M);

/*
 * From u = sum u_2n phi^2n / (2n)! at t = 0 to the times, which go one way. For each of them a row for each point:
 * phi, u - u(0), u', u'' in units of k. Ends with SINGULAR where 1 + u'' (or 1 + u'/phi) falls below 1e-9 between the
 * points. Out of memory: the event is -1.
 */
struct outcome potential_flow(const struct potential *p, const double u[], size_t M, const double times[],
	size_t n, row *emit, void *context);

#endif
