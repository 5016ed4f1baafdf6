/*
 * neuron.h - moments of one neuron, rho_n = E[g(x_1) ... g(x_n)], exactly
 *
 * g of W x + b with W ~ N(0, sigma_w^2 / d), b ~ N(0, sigma_b^2) (renorm/nets.h). Gauss nets have them in closed form
 * (exact_gauss.c). Of relu and erf rho_2 is closed in any d, the others are Gaussian integrals over (W, b), done
 * to the last digits for d = 1 and not at all for d > 1 (exact_relu_erf.c).
 */
#ifndef GREEN_FN_NEURON_H
#define GREEN_FN_NEURON_H

#include "combinations.h"
#include "renorm/nets.h"

/* The law of a group. */
struct law {
	enum rn_net_activation activation;
	double sigma_w, sigma_b;
	const struct rn_net_points *points;
};

enum { NEURON_ORDER_MAX = 2 * ORDER_MAX }; /* for the variance of a product of six legs */

struct neuron {
	struct law law;
	/* relu, erf in d = 1: rho_n = scale(n) sum over q of weight[q] g[p_1][q] ... g[p_n][q] */
	size_t nodes;
	double *weight, *g;		     /* nodes; points by nodes */
	const char *why_not;		     /* rho_n, n > 2, are not to be had; else NULL */
	double *known[NEURON_ORDER_MAX + 1]; /* by rank, NaN where not yet asked for; NULL: not kept */
};

/* false: no memory. */
bool neuron_init(struct neuron *u, const struct law *law);
void neuron_clear(struct neuron *u);

/* Even n <= NEURON_ORDER_MAX; point[] in rising order. NaN: not to be had, inf: more than a double holds. */
double neuron_moment(struct neuron *u, unsigned n, const uint16_t point[]);

/* K_W(x, y) = sigma_w^2 rho_2 of any two places, in any d. */
double neuron_kernel(const struct law *law, const double x[], const double y[]);

/* exact_gauss.c, exact_relu_erf.c */
double gauss_moment(const struct law *law, unsigned n, const uint16_t point[]);
double relu_pair(double xx, double xy, double yy); /* E[g(u) g(v)] for u, v of that covariance */
double erf_pair(double xx, double xy, double yy);
bool quadrature_init(struct neuron *u); /* fills nodes, weight, g, or why_not; false: no memory */
double quadrature_moment(const struct neuron *u, unsigned n, const uint16_t point[]);

#endif
