/*
 * tail.h - how much of a sum over networks a few of them carry
 *
 * Of each network its amplitude A = sqrt(mean over sites of f^2); a product of n legs is of the size A^n.
 * Kept are the sums of A^2, A^4, A^6 and the TAIL_MAX largest A. From these, for n legs,
 *
 *	top10, top1000th	the part of the sum of A^n that the ten largest and the largest thousandth carry
 *	hill			k / sum over the k largest of ln(A_i^n / A_k^n): B. M. Hill, Ann. Stat. 3 (1975) 1163,
 *
 * the exponent alpha of a tail P(A^n > x) ~ x^-alpha; where alpha < 2 there is no variance, and an error bar
 * from the scatter means nothing. k is the largest thousandth, 10 at least and TAIL_MAX at most. All tails
 * look lighter farther out, those of a Gaussian too: of its n = 6 legs alpha is 2.2 at the largest
 * thousandth, 1.5 at a hundredth. So hill_gauss, the same of |z|^n for a standard Gaussian z beyond its
 * quantile of k / networks, stands beside it.
 */
#ifndef GREEN_FN_TAIL_H
#define GREEN_FN_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAIL_MAX = 10000 };

struct tail {
	uint64_t n;
	double sum[4];	 /* of A^2, A^4, A^6 at 1, 2, 3 */
	double *largest; /* A^2, up to 2 TAIL_MAX of them, in no order */
	size_t kept;
	double threshold; /* TAIL_MAX are at least as large */
};

struct tail_figures {
	double top10, top1000th, hill, hill_err, hill_gauss;
};

bool tail_init(struct tail *t); /* false: no memory */
void tail_clear(struct tail *t);
/* A^2 of n networks. */
void tail_add(struct tail *t, const double square[], size_t n);
/* Sorts what is kept; may be asked again, and added to. NaN where there are fewer than 100 networks. */
struct tail_figures tail_figures(struct tail *t, unsigned legs);

/* 1 / E[ln |z| / q given |z| > q] / legs, with P(|z| > q) = p. */
double tail_gauss(double p, unsigned legs);

#endif
