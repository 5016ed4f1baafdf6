/*
 * fixed.h - fixed points of truncations, and their exponents
 *
 * About zero the recursion does all: at a fixed point u2 determines u4 (from du2/dt = 0), u4 determines u6, and so on,
 * and the truncation is u_{2M+2}(u2) = 0, one equation in one unknown whose real roots are looked for on a grid that
 * is fine around 0. About the minimum Newton's iteration starts from the truncation M = 2 in d = 3, and goes up in M
 * and then to other dimensions in small steps.
 *
 * Exponents come from the eigenvalues theta of d(velocity)/d(x): nu = -1 / theta_1, theta_1 the lowest, and omega the
 * lowest above 0. NaN: complex, or not there.
 */
#ifndef WETTERICH_FIXED_H
#define WETTERICH_FIXED_H

#include "flow.h"

enum { ROOTS_MAX = 64 };

enum branch {
	GAUSSIAN,
	WILSON_FISHER, /* goes over into the Gaussian one continuously as d goes to 4 */
	OTHER,
};

struct fixed_point {
	double x[ORDER_MAX];
	enum branch branch;
	double drift;	 /* distance in u2 to the nearest one of the truncation M + 1; NaN if that has none */
	size_t relevant; /* directions with theta < 0 */
	double nu, omega, eta;
};

/* All fixed points about zero, ascending in u2: returns how many; f->M < ORDER_MAX. */
size_t fixed_about_zero(const struct flow *f, struct fixed_point points[ROOTS_MAX]);
/* False: none was found. d > 2. */
bool fixed_about_minimum(const struct flow *f, struct fixed_point *point);

#endif
