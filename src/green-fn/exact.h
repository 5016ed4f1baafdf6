/*
 * exact.h - Green functions at finite width, from moments of one neuron
 *
 * Given the hidden layer an output is Gaussian, with covariance V(x, y) = sigma_b^2 + (1/N) sum_i v_i(x, y),
 * v = sigma_w^2 g(x) g(y), the same for all outputs, and outputs are independent. So G_n is a sum over
 * pairings in which both legs of each pair are of one output, of E[V V ...]; and as V is a mean of N
 * independent terms, the joint cumulants of V are those of v over N^(m-1):
 *
 *	E[V_a V_b]     = K_a K_b + k2(ab) / N
 *	E[V_a V_b V_c] = K_a K_b K_c + (K_a k2(bc) + K_b k2(ac) + K_c k2(ab)) / N + k3(abc) / N^2
 *	K  = sigma_b^2 + sigma_w^2 rho_2
 *	k2 = sigma_w^4 (rho_4(ab) - rho_2(a) rho_2(b))
 *	k3 = sigma_w^6 (rho_6(abc) - rho_2(a) rho_4(bc) - ... + 2 rho_2(a) rho_2(b) rho_2(c))
 *
 * G0 is the sum of K K .., the connected function that of k2 / N, k3 / N^2. Odd ones are 0. Exact at every N.
 */
#ifndef GREEN_FN_EXACT_H
#define GREEN_FN_EXACT_H

#include "neuron.h"

/* G(N) = G0 + over_N / N + over_N2 / N^2; the connected function is connected / N^(n/2 - 1). */
struct coefficients {
	double G0, over_N, over_N2, connected;
};

/*
 * Choice i of order n of the sites. moment: those of one neuron, a number for each choice of points, in the
 * order of *points. dout outputs: site s is point s / dout.
 */
struct coefficients exact_coefficients(const struct combinations *sites, const struct combinations *points,
	unsigned dout, const struct law *law, const double moment[], unsigned n, size_t i);

/* G_n of *legs, 2 n of them at most NEURON_ORDER_MAX, at width N, by powers of series (exact_series.c). */
double exact_moment(struct neuron *u, double N, unsigned dout, unsigned n, const uint16_t site[]);
/* Standard deviation over networks of a product of n legs; NaN: not known, inf: more than a double holds. */
double exact_deviation(struct neuron *u, double N, unsigned dout, unsigned n, const uint16_t site[]);

#endif
