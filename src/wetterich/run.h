/*
 * run.h - what the options ask for
 */
#ifndef WETTERICH_RUN_H
#define WETTERICH_RUN_H

#include "renorm/stage.h"
#include "trajectory.h"

/* Absent numbers are NaN. */
struct run {
	const struct rn_common *common;
	double d, N;
	size_t M; /* 0: as many as there are couplings */
	enum expansion about;
	enum regulator_kind regulator;
	bool eta;	     /* LPA' */
	double x[ORDER_MAX]; /* couplings from the command line */
	double k0;
	bool absolute; /* times are k, not t */
	double *times; /* as given */
	size_t n_times;
	bool full_in, full_out; /* dimensionful couplings */
	struct rules rules;
	bool reads;
	/* Of the full potential. */
	size_t points;
	double phi_max; /* in units of k0; 0: potential_range() */
	bool forced;	/* towards larger k too */
	bool active;	/* the two scaling equations in place of the flow */
	/* Fixed points: lists in place of d, N and M. */
	double *ds, *Ns;
	size_t *Ms, n_ds, n_Ns, n_Ms;
	const char *history;
};

/* Name of the coupling with index i: u2, u4 ..., or kappa, l2, l3 ... */
const char *coupling_name(enum expansion about, size_t i, char name[16]);

/* Each ends the program when it cannot answer. */
void flows(const struct run *r);
void fixed_points(const struct run *r);

#endif
