/*
 * products.h - sums over networks of all products of n values
 *
 * A block is LANES values of each of S sites, one network a lane. A product of n legs is one of n1 = n / 2
 * legs times one of the n2 = n - n1 others, which are no smaller: for each product of n1 legs that ends in s,
 * all of n2 legs from s on, and these stand one behind the other at the end of their list (combinations.h).
 * So the sums of a product of n1 legs held in registers with each of them come out in order, without a table:
 * of six points 609 products a network, 1.3 multiplications each, where f f^T of all products of three legs
 * would do 1596.
 *
 * Multiplications and additions are not fused and lanes are added in one fixed tree: the same bits on every
 * CPU.
 */
#ifndef GREEN_FN_PRODUCTS_H
#define GREEN_FN_PRODUCTS_H

#include "combinations.h"

enum { LANES = 64 };

struct products {
	unsigned sites;
	bool order[ORDER_MAX + 1];	 /* which are summed */
	size_t total;			 /* numbers that come out */
	double *list[ORDER_MAX / 2 + 1]; /* products of so many legs, LANES each; list[1] is the block */
	size_t count[ORDER_MAX / 2 + 1];
	size_t *from[ORDER_MAX / 2 + 1]; /* products of so many legs that are all of site s or later */
};

/* order[0] is not looked at. false: no memory. */
bool products_init(struct products *p, unsigned sites, const bool order[ORDER_MAX + 1]);
void products_clear(struct products *p);

/* The block, to be filled: value of site s and network k at [s * LANES + k]. Empty lanes must be 0. */
static inline double *
products_block(struct products *p)
{
	return p->list[1];
}

/* Adds to sum[], orders rising, each in the order of combinations.h. weight: of each network; NULL: 1. */
void products_add(struct products *p, const double weight[LANES], double sum[]);

#endif
