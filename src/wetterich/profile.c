#include "profile.h"

#include <math.h>

enum { STENCIL = 6, NODES = 3 };

/* The first of the points that the polynomial between i and i + 1 goes through. */
static ptrdiff_t
first(const struct mesh *m, size_t i)
{
	const ptrdiff_t last = (ptrdiff_t)m->n - STENCIL, wish = (ptrdiff_t)i - STENCIL / 2 + 1;

	return wish < last ? wish : last;
}

/* The polynomial and its slope, by Neville's scheme. */
static double
polynomial(const struct mesh *m, size_t i, double J, double *slope)
{
	const double *x = m->J + first(m, i), *y = m->Phi + first(m, i);
	double value[STENCIL], rise[STENCIL];

	for (size_t a = 0; a < STENCIL; a++) {
		value[a] = y[a];
		rise[a] = 0;
	}
	for (size_t width = 1; width < STENCIL; width++)
		for (size_t a = 0; a + width < STENCIL; a++) {
			const double left = J - x[a], right = J - x[a + width], span = x[a + width] - x[a];

			rise[a] = (value[a + 1] - value[a] + left * rise[a + 1] - right * rise[a]) / span;
			value[a] += left * (value[a + 1] - value[a]) / span;
		}
	*slope = rise[0];
	return value[0];
}

/* The integral of Phi dJ from point i, by Gauss's three nodes. */
static double
area(const struct mesh *m, size_t i, double J)
{
	static const double node[NODES] = { -0.774596669241483377, 0, 0.774596669241483377 };
	static const double weight[NODES] = { 5.0 / 9, 8.0 / 9, 5.0 / 9 };
	const double half = (J - m->J[i]) / 2;
	double sum = 0, unused;

	for (size_t j = 0; j < NODES; j++)
		sum += weight[j] * polynomial(m, i, m->J[i] + half * (1 + node[j]), &unused);
	return half * sum;
}

void
profile_begin(struct mesh *m)
{
	m->area[0] = 0;
	for (size_t i = 0; i + 1 < m->n; i++)
		m->area[i + 1] = m->area[i] + area(m, i, m->J[i + 1]);
}

/* dPhi/dJ between i and i + 1. */
static double
bounded(const struct mesh *m, size_t i, double slope)
{
	double least = INFINITY, most = 0;

	for (ptrdiff_t a = (ptrdiff_t)i - 1; a < (ptrdiff_t)i + 2 && a + 1 < (ptrdiff_t)m->n; a++) {
		const double line = (m->Phi[a + 1] - m->Phi[a]) / (m->J[a + 1] - m->J[a]);

		if (line > 0) {
			least = fmin(least, line);
			most = fmax(most, line);
		}
	}
	return fmin(fmax(slope, least / 2), most * 2);
}

static struct profile
inside(const struct mesh *m, size_t i, double J)
{
	double slope;
	const double Phi = polynomial(m, i, J, &slope);

	return (struct profile){ Phi, J, 1 / bounded(m, i, slope), J * Phi - m->area[i] - area(m, i, J) };
}

/* J between points i and i + 1 where Phi - factor J is what is wanted; at the points it is on either side. */
static double
search(const struct mesh *m, size_t i, double factor, double wanted)
{
	double low = m->J[i], high = m->J[i + 1], unused;
	const bool rises = m->Phi[i + 1] - factor * high > m->Phi[i] - factor * low;

	for (int bisections = 0; bisections < 60; bisections++) {
		const double mid = (low + high) / 2;

		if ((polynomial(m, i, mid, &unused) - factor * mid < wanted) == rises)
			low = mid;
		else
			high = mid;
	}
	return (low + high) / 2;
}

struct profile
profile_at(const struct mesh *m, double Phi)
{
	size_t i = 0;

	while (i + 2 < m->n && m->Phi[i + 1] < Phi)
		i++;
	struct profile p = inside(m, i, Phi > 0 ? search(m, i, 0, Phi) : 0);

	p.Phi = Phi;
	return p;
}

/* The interval where J - k2 Phi becomes positive for good, or 0. */
static size_t
valley(const struct mesh *m, double k2)
{
	size_t i = m->n - 2;

	while (i > 0 && m->J[i] >= k2 * m->Phi[i])
		i--;
	return i;
}

bool
profile_valley(const struct mesh *m, double k2, double *Phi, double *slope)
{
	const size_t i = valley(m, k2);

	if (i == 0)
		return false;
	*Phi = polynomial(m, i, search(m, i, 1 / k2, 0), slope);
	return true;
}

bool
profile_minimum(const struct mesh *m, double k2, struct profile *p)
{
	const size_t i = valley(m, k2);

	if (i == 0)
		return false;
	*p = inside(m, i, search(m, i, 1 / k2, 0));
	return true;
}
