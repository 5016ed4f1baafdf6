/* run.h - what a training run works with: options, data, network, and where it stands */
#ifndef RUN_H
#define RUN_H

#include "backprop.h"
#include "renorm/dataset.h"
#include "renorm/stage.h"
#include "renorm/training.h"

struct options {
	struct rn_common common;
	struct rn_training training;
	const char *layers, *label;
	bool zero_one; /* bits are 0/1 and not -1/+1 */
};

struct run {
	const struct options *o;
	struct rn_dataset train, test; /* test: of --test */
	uint64_t *index;	       /* of the training samples in `train`, then of held out ones */
	uint64_t *test_index;
	size_t n, test_n;
	uint64_t *order;    /* of this epoch */
	uint32_t *class_of; /* of the batch at hand */
	size_t batch;
	struct rn_mlp mlp;
	struct rn_optimiser optimiser;
	struct backprop backprop; /* has room for batches of training and of testing */
	uint64_t epoch;		  /* trained so far */
	struct rn_best best;	  /* on the test set; theta is NULL without one */
};

/* Mean cost and accuracy over a set. */
struct result {
	double cost, accuracy;
};

/* Reads the data and makes the network; exits when something is wrong. */
void run_create(struct run *r, const struct options *o);
void run_clear(struct run *r);

bool run_has_test(const struct run *r);
/* The next epoch; the cost is that of each batch before it was learned from. Not finite: the numbers failed. */
struct result run_epoch(struct run *r, struct rn_progress *progress);
struct result run_test(struct run *r);

#endif
