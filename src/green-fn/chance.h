/*
 * chance.h - how often a standard deviation from few items comes out so small
 */
#ifndef GREEN_FN_CHANCE_H
#define GREEN_FN_CHANCE_H

#include <stddef.h>

/*
 * The probability that the standard deviation of `items` >= 2 normal numbers, with items - 1 degrees of freedom, is at
 * most `ratio` <= 1 times the true one; NaN below two items.
 */
double chance_of_deviation(double ratio, size_t items);

#endif
