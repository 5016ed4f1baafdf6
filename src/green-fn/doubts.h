/*
 * doubts.h - what is to be said of the numbers of a table
 */
#ifndef GREEN_FN_DOUBTS_H
#define GREEN_FN_DOUBTS_H

#include "collect.h"
#include "renorm/stage.h"

/* Of each kind the groups, and the worst of them and of their orders; the first where all are as bad. */
struct doubt {
	uint64_t groups;
	struct key last, worst;
	double badness;
	double number; /* of the worst */
	unsigned order;
	uint32_t tilt;
	const char *why;
};
struct doubts {
	struct doubt error;	  /* the exact error of plain is over twice the apparent one: their ratio */
	struct doubt rb_error;	  /* the same of rb */
	struct doubt hill;	  /* its tail has no variance: the exponent */
	struct doubt one_bag;	  /* no background */
	struct doubt few;	  /* no error at all */
	struct doubt tilt;	  /* of gauss nets, moments of another tilt: ln of their relative deviation */
	struct doubt ess;	  /* few neurons carry their moments: how many */
	struct doubt lost;	  /* of gauss nets, g that are 0: how many neurons */
	struct doubt beyond;	  /* moments are beyond what a double can hold */
	struct doubt one_neurons; /* one bag of neurons */
	struct doubt few_neurons; /* no error of moments at all */
	struct doubt exact;	  /* there are no exact values: why */
	struct doubt couplings;	  /* there are no couplings: why */
	struct doubt neurons;	  /* there are neurons, but none of this law */
	uint64_t numbers;	  /* that are some */
	struct doubt representable; /* a coupling is beyond what a double can hold */
};

/* Once more for each order: a group counts once. The worst has the largest badness. */
void doubts_note(struct doubt *d, const struct key *key, double badness, const struct doubt *what);

/* Remarks on stderr, one a kind. */
void doubts_tell(const struct doubts *d, const struct rn_common *common);

#endif
