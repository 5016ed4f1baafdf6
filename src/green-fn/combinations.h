/*
 * combinations.h - inequivalent choices of n legs among the sites, with repetition
 *
 * A site is a point and an output: number p * dout + c. A choice of n sites is written in rising order,
 * s_1 <= ... <= s_n, and the C(sites + n - 1, n) of them stand in lexicographic order. So those that
 * begin at s or above are the last of their list, which is what products.c lives on.
 */
#ifndef GREEN_FN_COMBINATIONS_H
#define GREEN_FN_COMBINATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ORDER_MAX = 6,
	SITES_MAX = 65535,
	SUBSETS = 1 << ORDER_MAX,
};
#define COMBINATIONS_MAX 200000 /* of all orders together: what one would still want to read */

/* C(sites + order - 1, order); UINT64_MAX where it is that or more. */
uint64_t combinations_count(uint64_t sites, unsigned order);
/* Where a choice stands in its list. leg[] is in rising order; the count has to fit size_t. */
size_t combinations_rank(unsigned sites, unsigned order, const uint16_t leg[]);

/* The lists of orders 0 (one choice, of nothing) to `highest`, one behind the other. */
struct combinations {
	unsigned sites, highest;
	size_t first[ORDER_MAX + 2];  /* order n is first[n] .. first[n + 1] */
	uint16_t *leg[ORDER_MAX + 1]; /* of order n: n each */
	/*
	 * Of each choice of order n, 2^n places: where the choice made of the legs in a mask stands,
	 * counted from the very first. Bit j of the mask is leg j.
	 */
	uint32_t *subset[ORDER_MAX + 1];
};

/* false: no memory, or more than COMBINATIONS_MAX of an order, which is for the caller to see to. */
bool combinations_init(struct combinations *c, unsigned sites, unsigned highest);
void combinations_clear(struct combinations *c); /* { 0 } is accepted */

static inline size_t
combinations_of(const struct combinations *c, unsigned order)
{
	return c->first[order + 1] - c->first[order];
}

static inline size_t
combinations_total(const struct combinations *c)
{
	return c->first[c->highest + 1];
}

#endif
