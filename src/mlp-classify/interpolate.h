/*
 * interpolate.h - cubic interpolation between knots that need not be evenly spaced
 *
 * In each interval the cubic with the values and slopes of its two ends, a slope being that of the parabola through the
 * knot and its neighbours (at the ends of the scale: through the last three knots). It is linear in the values, so
 * one set of weights serves all functions on the same knots.
 */
#ifndef MLP_CLASSIFY_INTERPOLATE_H
#define MLP_CLASSIFY_INTERPOLATE_H

#include <stddef.h>

struct stencil {
	size_t interval; /* x lies between knots interval and interval + 1 */
	size_t first, n; /* knots with weights: n <= 4 from the first on */
	double w[4];
};

/* n >= 2 knots, ascending; x between the first and the last. */
struct stencil stencil_at(const double knot[], size_t n, double x);

#endif
