/*
 * legendre.h - flow of the full potential in the variable conjugate to the field, on a mesh
 *
 * Not in units of k but in those of k0, U + k^2 Phi^2 / 2 is convex at every k, and so
 *
 *	J = U'(Phi) + k^2 Phi
 *
 * may take the place of Phi as the variable; W = k^2 + U'' is then 1 / (dPhi/dJ). Phi(J) is odd, and obeys, with
 * t = ln(k / k0) and the threshold function l of regulator.h,
 *
 *	dPhi/dt = -2 k^2 Phi dPhi/dJ - dF/dJ,	F = k^d l(W/k^2 - 1) + (N - 1) k^d l(J/(Phi k^2) - 1).
 *
 * With Litim's regulator F = K k^(d+2) (dPhi/dJ + (N - 1) Phi/J), and this is Burgers' equation with a viscosity that
 * goes to zero: Polchinski's equation [1]. In the broken phase the flat inner potential is the shock at J = 0: for
 * N = 1 and k -> 0 Phi = Phi_0 tanh(J Phi_0 / (K k^d)), that is k^2 + U'' = K k^d / (Phi_0^2 - Phi^2). Nothing happens
 * at the minimum, J = k^2 Phi_0, where U'' has a kink as a function of Phi. Goldstone modes and critical theories
 * make powers of J.
 *
 * LPA'	with a wave function Z_k, the regulator is Z_k times as large. Then k^2 is q2 = Z_k k^2, but in k^d; 2 k^2 is
 *	(2 - eta) q2, the rate dq2/dt; l has the factor 1 - eta / (d + 2); and dln(Z)/dt = -eta, flow.h, read off at the
 *	minimum: eta = (K / kappa) (1 - q2/W)^2, kappa = Z k^(2-d) Phi_0^2 / 2. It is 0 where there is none.
 * Mesh	J = delta sinh(Y s), with points crowded towards the outer end, which stays. The width delta follows that of the
 *	shock, K k^d, or k^(d/2+1), the J of fluctuations in a critical theory, if d < 2.
 * Space	derivatives by the mesh coordinate, those of Phi over those of J, so that straight lines are exact: of
 *	fourth order in F, of fifth where things are carried along, with the points on the side that they come from.
 * Ends	at the last point the masses in F are those of the start. Fluctuations must be small there.
 *
 * [1] T. R. Morris, JHEP 07 (2005) 027.
 */
#ifndef WETTERICH_LEGENDRE_H
#define WETTERICH_LEGENDRE_H

#include <stddef.h>

#include "regulator.h"

struct legendre {
	double d, N, k_end;
	struct regulator regulator;
	size_t n;	 /* points, the first at J = 0 */
	const double *u; /* u_2, u_4, ... of the start; not owned */
	size_t M;
	double end;		    /* J of the last point */
	double scale, power, least; /* delta = scale k^power, at least the last */
	bool has_eta;		    /* LPA'; false until the caller says so */
	double t;		    /* of the mesh as it is */
	double q2, eta;		    /* there */
	/* Arrays with LEGENDRE_LEFT more to the left of 0, where functions are odd or even. */
	double *s, *s_half; /* from 0 to 1 */
	double *J, *half;   /* at points, and at halves: half[i] is between points i and i + 1 */
	double *motion;	    /* dJ/dt of points */
	double *Phi, *F;    /* at points; at halves */
	double *room;
};

enum { LEGENDRE_LEFT = 3, LEGENDRE_REACH = 3 }; /* the second: a point depends on so many to either side */

/* u_2n phi^(2n - 2 shift) / (2n - power)!, summed over n: u'/phi with shift and power 1, u'' with 1 and 2. */
double power_sum(const double u[], size_t M, double phi, size_t shift, size_t power);

/* A mesh of n points out to phi_max, for flows from k = 1 to k_end. False: no memory. Cleared in either case. */
bool legendre_init(struct legendre *l, enum regulator_kind kind, double d, double N, const double u[],
	size_t M, double phi_max, double k_end, size_t n);
void legendre_clear(struct legendre *l);

/* How many numbers x have to move: Phi of the points 1 .. n - 1, and with has_eta ln(Z). */
size_t legendre_unknowns(const struct legendre *l);
/* Those at t = 0. False: 1 + u'' is not above 0 everywhere. */
bool legendre_start(struct legendre *l, double x[]);

/* Fills J, Phi and q2. */
void legendre_place(struct legendre *l, double t, const double x[]);
/* dx/dt, and its eta. */
void legendre_velocity(struct legendre *l, double t, const double x[], double dx[]);
/* dx/dt after legendre_place(), with eta as it was. */
void legendre_drift(struct legendre *l, double t, double dx[]);

/*
 * Below 0 where the mesh does not follow, after legendre_place(): the shock has become narrower than a step, as
 * happens when 1 + u'' comes to 0 at a finite k, or Phi falls with J, behind a kink that is not at the minimum.
 */
double legendre_resolution(const struct legendre *l);

#endif
