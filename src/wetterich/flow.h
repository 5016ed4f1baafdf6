/*
 * flow.h - flow equations of polynomial potentials, local potential approximation, N components
 *
 * In units of k, t = ln(k / k0), rho = phi^2 / 2, with the threshold function l of regulator.h,
 *
 *	du/dt = -d u + (d - 2) rho u' + l(u' + 2 rho u'') + (N - 1) l(u').
 *
 * About zero	u = sum_{n=1}^M u_2n phi^2n / (2n)!; u_{2M+2} is set to zero. x[n - 1] is u_2n.
 *		u_2n has the dimension D = 2n - (n - 1) d: U_2n = k^D u_2n is that of the potential itself.
 * Minimum	u = sum_{n=2}^M l_n (rho - kappa)^n / n!, u'(kappa) = 0 at all k, l_{M+1} is set to zero [1].
 *		x[0] is kappa, with D = d - 2; x[n - 1] is l_n, with D = d - n (d - 2).
 *
 * LPA'	about the minimum with Litim's regulator: d - 2 becomes d - 2 + eta in front of rho u', l is multiplied with
 *		1 - eta / (d + 2), and eta, of the Goldstone modes' wave function at the minimum, y = 2 kappa l_2, is [2]
 *		4 K kappa l_2^2 / (1 + y)^2. It is used for N = 1 too, as usual, where it is right to order (4 - d)^2.
 * Polchinski	about zero: du/dt = -d u + (d - 2) rho u' + (u')^2 - K (u'' + (N - 1) u'/phi), ' = d/dphi. Its
 *		solutions u_P(phi) are those of Litim's regulator, u_P(phi) = min_psi u(psi) + (phi - psi)^2 / 2 [3].
 *
 * The equations are dx/dt = -D x + (what the fluctuations do), and flow_force() gives the latter alone: a potential
 * without interactions is not changed by a digit.
 *
 * [1] K.-I. Aoki, K. Morikawa, W. Souma, J.-I. Sumi, H. Terao, Prog. Theor. Phys. 99 (1998) 451.
 * [2] J. Berges, N. Tetradis, C. Wetterich, Phys. Rep. 363 (2002) 223.
 * [3] T. R. Morris, JHEP 07 (2005) 027.
 */
#ifndef WETTERICH_FLOW_H
#define WETTERICH_FLOW_H

#include "regulator.h"

enum expansion { ABOUT_ZERO, ABOUT_MINIMUM, NO_EXPANSION }; /* the last: not a matter of this header */
enum { ORDER_MAX = 40 };				    /* M */

struct flow {
	double d, N; /* N >= 1 */
	enum expansion about;
	size_t M; /* couplings; 1 .. ORDER_MAX about zero, 2 .. ORDER_MAX about the minimum */
	bool eta; /* LPA' */
	double dimension[ORDER_MAX];
	struct regulator regulator;
};

void flow_init(struct flow *f, enum expansion about, enum regulator_kind kind, double d, double N, size_t M);

/*
 * About zero, a potential that does not flow, u = sum a_n phi^2n with a_2 .. a_{M+1} from a_1: du2/dt = 0 says what a_2
 * is, and so on. At a fixed point of the truncation a_{M+1} is 0. a has M + 2 places.
 */
void flow_steady(const struct flow *f, double a[]);

/* What 1 + u'' (and 1 + u') are at the point of expansion: the flow is singular where it is 0. */
double flow_gap(const struct flow *f, const double x[]);

/* The anomalous dimension; 0 unless f->eta. */
double flow_eta(const struct flow *f, const double x[]);

void flow_force(const struct flow *f, const double x[], double force[]);
/* dx/dt */
void flow_velocity(const struct flow *f, const double x[], double dx[]);
/* Row-major d(velocity_i)/d(x_j), M x M. */
void flow_jacobian(const struct flow *f, const double x[], double J[]);

#endif
