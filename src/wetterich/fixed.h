/*
 * fixed.h - fixed points of truncations, and their exponents
 *
 * About zero u2 determines u4 (from du2/dt = 0), u4 determines u6, and so on, and the truncation is u_{2M+2}(u2) = 0, one
 * equation in one unknown whose real roots are looked for on a grid that is fine around 0. About the minimum Newton's
 * iteration starts from the truncation M = 2 in d = 3, and goes up in M and then to other dimensions in small steps.
 *
 * Exponents come from the eigenvalues theta of d(velocity)/d(x): nu = -1 / theta_1, theta_1 the lowest, and omega the
 * lowest above 0. NaN: complex, or not there.
 *
 * The fixed point of Wilson and Fisher has one relevant direction, with theta > -d: the energy of a block of spins does
 * not grow faster than the block. Between it and 0 truncations about zero have spurious roots, because there the
 * singularity of u(phi) that is nearest to 0 is complex, and u_{2M+2} changes its sign with u2; beyond it the nearest
 * one is real. All these have more relevant directions.
 */
#ifndef WETTERICH_FIXED_H
#define WETTERICH_FIXED_H

#include "flow.h"

enum { ROOTS_MAX = 64 };

enum branch {
	GAUSSIAN,
	WILSON_FISHER,
	OTHER,
};

struct eigenvalue {
	double re, im;
};

struct fixed_point {
	double x[ORDER_MAX];
	enum branch branch;
	double drift;	 /* distance in u2 to the nearest one of the truncation M + 1; NaN if that has none */
	size_t relevant; /* directions with theta < 0 */
	double nu, omega, eta;
	struct eigenvalue theta[ORDER_MAX]; /* ascending in re, then in im */
};

/* One relevant direction, with nu > 1 / d. */
bool fixed_is_critical(const struct flow *f, const struct fixed_point *point);

/* All fixed points about zero, ascending in u2: returns how many; f->M < ORDER_MAX. One of them at most is that of Wilson
 * and Fisher: the critical one with u2 < 0, and if there are several, that which drifts least. */
size_t fixed_about_zero(const struct flow *f, struct fixed_point points[ROOTS_MAX]);
/* False: none was found that is critical. 2 < d < 4. */
bool fixed_about_minimum(const struct flow *f, struct fixed_point *point);

#endif
