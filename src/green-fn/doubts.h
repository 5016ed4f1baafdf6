/*
 * doubts.h - what is to be said of the numbers of a table
 */
#ifndef GREEN_FN_DOUBTS_H
#define GREEN_FN_DOUBTS_H

#include "collect.h"
#include "renorm/stage.h"

/* Of each kind the groups, and the first of them. */
struct doubt {
	uint64_t groups;
	struct key first;
	double number; /* of the first */
	unsigned order;
	const char *why;
};
struct doubts {
	struct doubt error;	    /* the exact error of plain is over twice the apparent one: their ratio */
	struct doubt hill;	    /* its tail has no variance: the exponent */
	struct doubt one_bag;	    /* no background */
	struct doubt few;	    /* no error at all */
	struct doubt exact;	    /* there are no exact values: why */
	struct doubt couplings;	    /* there are no couplings: why */
	struct doubt neurons;	    /* there are neurons, but none of this law */
	uint64_t numbers;	    /* that are some */
	struct doubt representable; /* a coupling is beyond what a double can hold */
};

/* Remarks on stderr, one a kind. */
void doubts_tell(const struct doubts *d, const struct rn_common *common);

#endif
