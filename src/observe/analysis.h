/*
 * analysis.h - what is measured of a configuration, and what becomes of it
 *
 * An analysis turns each configuration into q numbers, which are summed in
 * jackknife blocks, and a few series, whose autocorrelation times say how long
 * blocks must be. When all is read it reports a group's results as rows.
 */
#ifndef OBSERVE_ANALYSIS_H
#define OBSERVE_ANALYSIS_H

#include "configuration.h"
#include "renorm/stats.h"
#include "renorm/writer.h"

enum { SERIES_MAX = 3, BLOCKS_MAX = 128 };

/* The table on its way out: group columns come first, as they are in the key of the group. */
struct table {
	struct rn_writer *writer;
	struct rn_schema *schema;
	uint8_t *record;
	size_t first; /* index of the first column that is the analysis's own */
};
/* One row: the values of the analysis's columns, in order. */
RN_MUST_CHECK enum rn_status table_row(struct table *t, const double values[], struct rn_error *err);

/* Labels that results depend on. */
enum fact { FACT_T, FACT_H, FACT_KAPPA, FACT_LAMBDA, FACT_MU2, FACTS };

/* One group of records at one level. */
struct cell {
	uint64_t n;
	double fact[FACTS]; /* of all its records; NaN when they differ or there is no such label (h: 0) */
	double reference;   /* reweighting's own */
	bool has_chains;
	bool few;  /* blocks are shorter than 16 tau: set by cell_finish() */
	bool open; /* a tau is a lower bound: set by cell_finish() */
	struct rn_jackknife *jackknife;
	struct rn_correlator *correlator[SERIES_MAX];
};

/* Measures the configurations of one level. */
struct meter {
	struct rn_lattice l;
	enum rn_type type; /* of the configuration */
	bool blocked;	   /* by blockspin: the field is no longer h. Known when it comes to report() */
	size_t q;
	const struct meter *first; /* that of the record's first level, which is measured first */
	struct cell *cell;	   /* what is measured now goes there */
	uint64_t outside;	   /* records that are in no bin of a histogram */
	uint64_t faint;		   /* rows of few effective records */
	void *state;		   /* the analysis's own */
};

struct wish {
	bool energy;	  /* --histogram e, not m */
	double bin;	  /* --bin; 0: not given */
	const double *to; /* --reweight: values of mu2 */
	size_t targets;
	double range; /* --range, of fields: bins from -range to range */
};

struct analysis {
	size_t series;
	const char *const
		*columns; /* NULL-terminated; "n", "r" and "mode" are u64, "*_flag" i8, all else f64 */
	enum rn_status (*begin)(struct meter *m, const struct wish *wish, struct rn_error *err);
	bool (*prepare)(struct meter *m); /* before the first record of a group; NULL: nothing to do */
	void (*end)(struct meter *m);	  /* NULL: nothing to do */
	/* Adds q numbers to sum[] and sets the series, which are not finite where the configuration is not. */
	void (*measure)(struct meter *m, const uint8_t *data, double sum[], double series[]);
	enum rn_status (*report)(struct meter *m, struct cell *cell, struct table *t, struct rn_error *err);
};

extern const struct analysis moments, field_moments, histogram_m, histogram_e, correlation, spectrum,
	reweighting;

/* Finishes the jackknife with blocks long enough for the slowest of the cell's series. */
RN_MUST_CHECK enum rn_status
cell_finish(struct cell *c, size_t series, struct rn_sample *sample, struct rn_error *err);
/* After that, the means of the meter's q sums, with errors: for analyses whose results are means. */
RN_MUST_CHECK enum rn_status
cell_means(struct meter *m, struct cell *c, size_t series, struct rn_estimate mean[], struct rn_error *err);

#endif
