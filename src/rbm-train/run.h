/* run.h - what a training run works with: options, data, machine, and where it stands */
#ifndef RUN_H
#define RUN_H

#include "cd.h"
#include "divergence.h"
#include "renorm/dataset.h"
#include "renorm/stage.h"
#include "renorm/training.h"

struct options {
	struct rn_common common;
	struct rn_training training;
	uint64_t hidden; /* units */
	enum rn_units visible_units, hidden_units;
	double sigma;
	unsigned k; /* of CD-k and PCD-k */
	bool persistent;
	double tau; /* 0: --epochs says how long */
	double init_sd;
	bool exact; /* the gradient of `loss` itself instead of CD's */
	enum divergence_loss loss;
	double smooth;
	const char *weight; /* column; NULL: all records weigh 1 */
	uint64_t ais, ais_steps;
};

struct run {
	const struct options *o;
	struct rn_dataset train, test; /* test: of --test */
	uint64_t *index;	       /* of the training samples in `train`, then of held out ones */
	uint64_t *test_index;
	size_t n, test_n;
	uint64_t *order; /* of this epoch */
	size_t batch;
	struct rn_rbm rbm;
	struct rn_optimiser optimiser;
	struct cd cd;
	struct divergence divergence;
	uint64_t epochs; /* to train in all */
	uint64_t epoch;	 /* trained so far */
	double tau;	 /* trained so far */
	double loss; /* with --exact: of the machine as it is, whose gradient is cd.gradient; if it has_loss */
	bool has_loss;
	struct rn_best best; /* of the test reconstruction, with --patience; theta is NULL without */
};

/* Reads the data and makes the machine; exits when something is wrong. */
void run_create(struct run *r, const struct options *o);
void run_clear(struct run *r);

/* What --test or --holdout left to test with; NULL: nothing. */
const struct rn_dataset *run_test(const struct run *r);

/* Updates an epoch, and how much tau, rate x updates / (1 - momentum), an epoch adds. */
uint64_t run_updates(const struct run *r);
double run_tau(const struct run *r, uint64_t epoch);

/* With --exact: the divergence of the machine as it is. An epoch begins with it, and its gradient, too: it is kept. */
double run_loss(struct run *r);
/* The next epoch: false when its loss or a parameter is not finite, or a parameter beyond 1e6. */
bool run_epoch(struct run *r, struct rn_progress *progress);

#endif
