/*
 * sweep.h - the records of a run: all ensembles of the options, all bags, all networks or neurons
 *
 * Sigma_b, sigma_w, then widths (or tilts), then bags, in the order of the options; in a bag the networks by number,
 * those of one network by step.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include "descent.h"
#include "renorm/stage.h"

struct options {
	struct rn_common common;
	enum rn_net_activation activation;
	const char *width_list, *sigma_w_list, *sigma_b_list, *tilt_list, *step_list; /* as given */
	const char *points_operand, *train_operand;
	uint64_t *width, *tilt, *step; /* lists, each number once */
	double *sigma_w, *sigma_b;
	size_t widths, tilts, steps, sigma_ws, sigma_bs;
	struct rn_net_points points;
	struct rn_net_points train; /* rows of din + dout numbers */
	double *train_x, *train_y;  /* of them */
	size_t din, dout, depth;    /* din 0: what the points have */
	uint64_t bags, nets, first_bag;
	bool f32, hidden_cov, neurons, all;
	double eta;	     /* 0: not given */
	const char *of_nets; /* the name of an option given that only networks have */
};

/*
 * Writes everything. nets is filled in by rn_nets_schema(), whose records have `bytes`. RN_ENUMERIC: a value that
 * cannot be represented, training that diverges.
 */
RN_MUST_CHECK enum rn_status sweep(const struct options *o, const struct rn_nets *nets, size_t bytes,
	struct rn_writer *out, struct rn_progress *progress, struct rn_error *err);
/* Prepares each ensemble of the options and lets it go: what cannot be is refused before anything is written. */
RN_MUST_CHECK enum rn_status sweep_check(const struct options *o, struct rn_error *err);

#endif
