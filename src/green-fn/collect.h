/*
 * collect.h - from records to sums, group by group
 *
 * nets: groups of equal (N, sigma_w, sigma_b, step). Summed are the products of the orders wanted, of all
 * sites, and, where there is the covariance given the hidden layers, those of 1, 2 and 3 covariances (rb.c).
 * neurons: groups of equal (sigma_w, sigma_b, tilt). Summed are exp(logw) times products of even orders of
 * all points.
 *
 * Memory: pool.h, and 160 kB a group for its tail.
 */
#ifndef GREEN_FN_COLLECT_H
#define GREEN_FN_COLLECT_H

#include "pool.h"
#include "products.h"
#include "renorm/nets.h"
#include "tail.h"

struct key {
	double N, sigma_w, sigma_b;
	uint64_t step; /* of neurons: tilt; then N is 0 */
};

struct group {
	struct group *next;
	struct key key;
	struct pool pool;
	struct tail tail; /* of nets */
	/* of neurons: sums of w A^n and its square, n = 2, 4, 6 at 1, 2, 3: how many neurons count */
	double weight[4], weight2[4];
};

struct collection {
	struct rn_nets form;	/* of all segments */
	struct products f, cov; /* cov.total is 0 where it is not summed */
	size_t q;
	struct group *first, *end;
	size_t groups;

	/* The block that is being filled. */
	struct group *group;
	struct bag *bag;
	size_t lanes, room;
	double weight[LANES]; /* of neurons */
	double *value;	      /* of a record */
	double *sum;
};

/*
 * For streams of that form, which is taken over. orders: of the products wanted; cov: up to which order of
 * covariances, 0 for none.
 */
RN_MUST_CHECK enum rn_status collection_init(struct collection *c, const struct rn_nets *form,
	const bool orders[ORDER_MAX + 1], unsigned cov, struct rn_error *err);
void collection_clear(struct collection *c);

/* RN_EDATA for numbers that are none, and networks that do not come in order. */
RN_MUST_CHECK enum rn_status
collection_add(struct collection *c, const uint8_t *record, struct rn_error *err);
/* After the last record. */
void collection_flush(struct collection *c);

#endif
