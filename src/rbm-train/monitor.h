/*
 * monitor.h - what is measured of a machine after an epoch: the columns of --log
 *
 * reconstruction	sum_i (v_i - v'_i)^2 / 2 a record, v -> h -> v' with sampled h and v' (thesis 4.5)
 * free_energy_gap	<F> over the test set minus <F> over training samples, as many as the test set has and 1000
 *			at least (or all): grows when it overfits. Means count each sample by its --weight; *_err are their standard errors.
 * w_norm ...		Euclidean norms of W, b, c
 * lnZ ...		with --ais, for each record of the output: exact where a layer has up to 20 units, else by
 *			annealed importance sampling; with it the mean log-likelihood of a record, whose
 *			error is that of the mean and of ln Z in quadrature
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "renorm/stats.h"
#include "run.h"

struct monitor_lnz {
	uint64_t epoch;		    /* of the machine that was measured; 0: none yet */
	double lnz, error, ess;	    /* ess: NaN when exact */
	size_t steps;		    /* of the annealing; 0 when exact */
	struct rn_mean train, test; /* log-likelihood of a sample */
};

struct monitor {
	struct run *run; /* only read, but that its divergence has room to work in */
	bool on;	 /* there is a log, or the test reconstruction is needed */
	struct rn_curve curve;
	size_t probe_n; /* training samples that are measured: some of all, evenly spaced */
	uint64_t *probe;
	struct rn_random_key key;
	float *v, *h, *z;
	uint64_t *words;
	double *F;
	struct monitor_lnz lnz;
};

void monitor_create(struct monitor *m, struct run *r);
void monitor_clear(struct monitor *m);

/* Adds a row for the machine as it is, with ln Z if wanted. Returns the test reconstruction (NaN without a test set). */
double monitor_epoch(struct monitor *m, bool lnz);
/* ln Z of the machine as it is, also in the row of its epoch. */
const struct monitor_lnz *monitor_last_lnz(struct monitor *m);
/* With --resume: the rows that --log has of the epochs before. */
void monitor_resume(struct monitor *m);
/* Writes --log; exits when that fails. */
void monitor_save(const struct monitor *m);

#endif
