/*
 * nearest.h - the temperature whose calibration curve is nearest to a distribution P over the classes
 *
 * Between neighbouring temperatures T_i the curves are interpolated linearly,
 *
 *	P_cal(T) = (1 - t) A_i + t A_(i+1),   t = (T - T_i) / (T_(i+1) - T_i),
 *
 * and T minimises KL(P || P_cal(T)) = sum_k P_k ln(P_k / P_cal,k(T)), 0 ln 0 = 0. In each interval that is convex in t,
 * so its derivative has at most one zero there, found by Newton's method inside a shrinking bracket; the least over
 * all intervals is the answer, and an end of the scale when it lies beyond. The second derivative in t is at most
 * sum_k P_k (max(A_k, B_k)/min(A_k, B_k) - 1)^2, so the minimum is at most an eighth of that below the lower end:
 * nearly all intervals are done with that.
 */
#ifndef MLP_CLASSIFY_NEAREST_H
#define MLP_CLASSIFY_NEAREST_H

#include <stddef.h>

/* No class of a curve has less than this: what was never seen is not impossible. */
#define CURVE_FLOOR 1e-12

/* n >= 2 curves of K classes, T ascending. */
struct curves {
	size_t n, K;
	const double *T;
	double *ln;   /* n by K: logarithms of the probabilities */
	double *bend; /* n - 1 by K: (max(A, B)/min(A, B) - 1)^2 / 8 of neighbours A, B */
	double *most; /* n - 1: the largest of these K */
};

/* ln of p, after putting it to at least CURVE_FLOOR and to the sum 1. */
void curve_logarithms(const double p[], size_t K, double ln[]);

/* Fills bend and most from ln. */
void curves_finish(struct curves *c);

/* P of the curve at T, between the first and the last. */
void curve_at(const struct curves *c, double T, double P[]);

struct nearest {
	double T, kl;
	int flag; /* -1: at the lowest temperature; 1: at the highest; 0: between */
};
/* P >= 0, of sum 1; scratch: 2 K + n numbers. */
struct nearest nearest_of(const struct curves *c, const double P[], double scratch[]);

#endif
