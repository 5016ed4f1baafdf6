/* descent.h - a linear map or a net trained epoch by epoch: the pairs, and where training stands */
#ifndef DESCENT_H
#define DESCENT_H

#include "gradient.h"
#include "run.h"
#include "squares.h"

/* Pairs in memory, in f32. */
struct set {
	size_t n, room;
	size_t fine, coarse; /* sites */
	float *pair;	     /* n times: fine, coarse */
};

struct descent {
	const struct options *o;
	struct set train, test; /* test: of --test */
	uint64_t *index;	/* of the training pairs in `train`, then of held out ones */
	uint64_t *test_index;
	size_t n, test_n;
	uint64_t *order; /* of this epoch */
	size_t batch;
	struct rn_invrg m;
	float *theta, *derivative; /* parameters each */
	size_t parameters;
	struct rn_optimiser optimiser;
	struct gradient gradient;
	struct squares squares; /* linear: of the training pairs */
	struct rn_random_key split_key, order_key;
	uint64_t epoch;	     /* trained so far */
	struct rn_best best; /* on the test set; theta is NULL without one */
};

/* Reads the pairs and makes the map; exits when something is wrong. */
void descent_create(struct descent *d, const struct options *o, struct pairs *p);
void descent_clear(struct descent *d);

bool descent_has_test(const struct descent *d);
/* The next epoch: mean square of what was missed, before each batch was learned from; NaN: the numbers failed. */
double descent_epoch(struct descent *d, struct rn_progress *progress);
double descent_test(struct descent *d);

/* Makes d->m the map as it is now, with its noise and what is told of it. */
void descent_judge(struct descent *d);

#endif
