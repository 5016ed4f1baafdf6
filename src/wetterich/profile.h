/*
 * profile.h - the potential at a field, from a mesh of Phi(J)
 *
 * Between points Phi(J) is the polynomial through six of them. Its slope dPhi/dJ = 1/W is kept within a factor of two
 * of those of the straight lines through neighbours: where the mesh cannot follow, at the foot of the kink, the
 * potential stays convex.
 */
#ifndef WETTERICH_PROFILE_H
#define WETTERICH_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

struct profile {
	double Phi, J;
	double W;    /* dJ/dPhi */
	double area; /* the integral of J dPhi from 0 */
};

/* Points 0 .. n - 1 and three more to the left of 0, odd. Fields out to Phi[n - 1], area: n values of room. */
struct mesh {
	size_t n;
	const double *J, *Phi;
	double *area; /* the integral of Phi dJ from 0 to each point, by profile_begin() */
};

void profile_begin(struct mesh *m);
struct profile profile_at(const struct mesh *m, double Phi);
/* Phi and dPhi/dJ where J = k2 Phi, the outermost; false: nowhere but at 0. No area is asked for. */
bool profile_valley(const struct mesh *m, double k2, double *Phi, double *slope);
/* All that is there. */
bool profile_minimum(const struct mesh *m, double k2, struct profile *p);

#endif
