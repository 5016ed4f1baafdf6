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
	size_t M;		 /* 0: as many as there are couplings */
	double x[ORDER_MAX];	 /* couplings from the command line */
	char *column[ORDER_MAX]; /* names of their columns; NULL: their own */
	double k0;
	double *times; /* as given */
	size_t n_times;
	struct rules rules;
	/* Of the full potential. */
	size_t points;
	double phi_max; /* in units of k0; 0: potential_range() */
	/* Fixed points: lists in place of d, N and M. */
	double *ds, *Ns;
	size_t *Ms, n_ds, n_Ns, n_Ms;
	char *history;
	enum expansion about;
	enum regulator_kind regulator;
	bool reads;
	bool absolute;		/* times are k, not t */
	bool full_in, full_out; /* dimensionful couplings */
	bool eta;		/* LPA' */
	bool spectrum;		/* all theta of fixed points */
	bool forced;		/* a full potential towards larger k too */
	bool active;		/* the scaling equations in place of the flow */
};

/* Name of the coupling with index i: u2, u4 ..., or kappa, l2, l3 ... */
const char *coupling_name(enum expansion about, size_t i, char name[16]);

/* Each ends the program when it cannot answer. */
void flows(const struct run *r);
void fixed_points(const struct run *r);

#endif
