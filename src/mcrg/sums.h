/*
 * sums.h - what is summed over configurations, and the exponents that follow from its means
 *
 * Of each level l the sums of S_a, and from level 1 on those of S_c S_a and S_c S'_b, S' being level l - 1, for even
 * and odd operators apart. Even ones are counted from those of the group's first record: covariances do not change,
 * numbers stay small, and what does not fluctuate is 0 to the bit. Odd ones are not: without a field their mean is 0
 * by symmetry, which is better known than any chain could tell that seldom turns its sign.
 */
#ifndef MCRG_SUMS_H
#define MCRG_SUMS_H

#include "linear.h"
#include "steps.h"

/* Quantities summed for n levels. */
size_t sums_count(size_t n);

/* S: of all levels, OPERATORS each. */
void sums_add(const struct levels *levels, const int64_t origin[], const int64_t S[], double sum[]);

/* From means, the eigenvalue of the step to level[l], l >= 1, of the first k operators. */
struct eigenvalue sums_even(const double mean[], size_t l, size_t k);
struct eigenvalue sums_odd(const double mean[], size_t l, size_t k);

#endif
