#include "interpolate.h"

/* Adds c times the slope at knot j to the weights. */
static void
add_slope(struct stencil *s, const double x[], size_t n, size_t j, double c)
{
	const size_t left = j == 0 ? 0 : j == n - 1 ? n - 2 : j - 1; /* of the two intervals that are used */

	if (n == 2) {
		s->w[0] -= c / (x[1] - x[0]);
		s->w[1] += c / (x[1] - x[0]);
		return;
	}

	const size_t a = left + 2 < n ? left : n - 3;
	const double h0 = x[a + 1] - x[a], h1 = x[a + 2] - x[a + 1];
	/* the derivative at x[j] of the parabola with the rises d0 = (y1 - y0)/h0 and d1: d0 + (d1 - d0) v */
	const double v = (2 * x[j] - x[a] - x[a + 1]) / (h0 + h1);
	double *w = s->w + (a - s->first);

	w[0] -= c * (1 - v) / h0;
	w[1] += c * ((1 - v) / h0 - v / h1);
	w[2] += c * v / h1;
}

struct stencil
stencil_at(const double knot[], size_t n, double x)
{
	struct stencil s = { 0 };

	while (s.interval + 2 < n && x > knot[s.interval + 1])
		s.interval++;

	const size_t i = s.interval;
	const double h = knot[i + 1] - knot[i], t = (x - knot[i]) / h;

	s.first = i > 0 ? i - 1 : 0;
	s.n = (i + 3 < n ? i + 3 : n) - s.first;
	s.w[i - s.first] += (1 + 2 * t) * (1 - t) * (1 - t);
	s.w[i + 1 - s.first] += t * t * (3 - 2 * t);
	add_slope(&s, knot, n, i, h * t * (1 - t) * (1 - t));
	add_slope(&s, knot, n, i + 1, h * t * t * (t - 1));
	return s;
}
