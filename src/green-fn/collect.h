/*
 * collect.h - from records to sums, group by group
 *
 * nets: groups of equal (N, sigma_w, sigma_b, step). Summed are the products of the orders wanted, of all
 * sites, and, where there is the covariance given the hidden layers, those of 1, 2 and 3 covariances (rb.c).
 * neurons: groups of equal (sigma_w, sigma_b, tilt). Summed are exp(logw) times products of even orders of
 * all points, by mantissa and exponent where a factor alone would not be a double (weighted.h).
 *
 * Each group fills a block of its own: records of groups may be interleaved, as those of trained networks are.
 *
 * Memory: pool.h, and a group 160 kB for its tail, 512 bytes for each value of a record.
 */
#ifndef GREEN_FN_COLLECT_H
#define GREEN_FN_COLLECT_H

#include "pool.h"
#include "products.h"
#include "renorm/nets.h"
#include "tail.h"
#include "weighted.h"

struct key {
	double N, sigma_w, sigma_b; /* N: 0 of neurons */
	uint64_t step;		    /* of nets */
	uint32_t tilt;		    /* of neurons */
};

static inline bool
key_same(const struct key *a, const struct key *b)
{
	return a->N == b->N && a->sigma_w == b->sigma_w && a->sigma_b == b->sigma_b && a->step == b->step &&
		a->tilt == b->tilt;
}

struct group {
	struct group *next;
	struct key key;
	struct pool pool;
	struct tail tail;	    /* of nets */
	struct effective counts[4]; /* of neurons: w A^n, n = 2, 4, 6 at 1, 2, 3 */
	uint64_t lost; /* of neurons of gauss nets: those of which a g > 0 was too small for its type */

	/* The block that is being filled. */
	struct bag *bag;
	size_t lanes, room;
	double *value; /* of sites, and pairs where there are covariances: LANES records, one behind the other */
	double logw[LANES];
};

struct collection {
	struct rn_nets form;	/* of all segments */
	struct products f, cov; /* cov.total is 0 where it is not summed */
	size_t q;
	struct group *first, *end;
	size_t groups;

	struct group *group; /* of the last record */
	size_t values;	     /* of a record */
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
