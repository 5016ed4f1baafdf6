/*
 * neurons.h - single units of the hidden layer, drawn from a tilted law, with the weight that undoes the tilt
 *
 * With W = sigma_w / sqrt(din) z, b = sigma_b z_b, z and z_b standard normal, and u_k = sigma_w / sqrt(din) x_k:
 *
 *	g(x_1) ... g(x_n) = exp(z . S + n sigma_b z_b) / (Z_1 ... Z_n),   S = u_1 + ... + u_n    (Gauss net)
 *
 * so under the law in which z ~ N(S, 1) and z_b ~ N(n sigma_b, 1) the product times its weight,
 *
 *	ln w = -n sigma_b z_b + n^2 sigma_b^2 / 2 - z . S + |S|^2 / 2,
 *
 * is constant: it has no variance. For n legs at other points, S', the relative variance is exp(|S' - S|^2) - 1.
 * One S does for points that are close to each other: the one in the middle, n times the mean of the u_k. Where they
 * are not, S is drawn from a set S_1 ... S_K, so chosen that each combination of n of the points is within 1 of one of
 * them, and the weight is that of the mixture (the balance heuristic of Veach and Guibas 1995):
 *
 *	ln w = -n sigma_b z_b + n^2 sigma_b^2 / 2 - ln( (1/K) sum_c exp(z . S_c - |S_c|^2 / 2) ),
 *
 * with which the relative variance is below e K for every combination. The set is made from n mean(u) and then, in
 * lexicographic order, each combination that no member is near to. n = 0 is the law itself, ln w = 0. The weight is
 * right for any activation; it is a good one for the Gauss net.
 *
 * Random numbers are keyed by (seed, "gaussnet-sample", sigma_w, sigma_b, tilt, bag; din), their id is the neuron's.
 */
#ifndef NEURONS_H
#define NEURONS_H

#include "ensemble.h"

struct neurons {
	const struct ensemble *e; /* prepared; the caller's */
	uint32_t tilt;
	double *centre; /* K x din: the S_c */
	double *half;	/* K: |S_c|^2 / 2 */
	size_t K;
	double *z;	  /* din: of the neuron at hand */
	double *exponent; /* K */
	struct rn_random_key key;
};

#define NEURONS_CENTRES 512
#define NEURONS_COMBINATIONS 1000000

/* RN_EUSAGE: too many points, or so far apart that there would be more than NEURONS_CENTRES. */
RN_MUST_CHECK enum rn_status
neurons_init(struct neurons *n, const struct ensemble *e, uint32_t tilt, struct rn_error *err);
void neurons_clear(struct neurons *n);
/* The largest mean of ln g(x_k) under any of the laws mixed: far above what g's type holds, units would not fit. 0: not Gauss. */
double neurons_largest(const struct neurons *n);
struct rn_random_key neurons_key(const struct neurons *n, uint64_t seed, uint64_t bag);
/* g: P values, in f64; returns ln w. */
double neurons_draw(struct neurons *n, uint64_t id, double g[]);

#endif
