/*
 * watch.h - how long chains remember, measured while they run
 *
 * The integrated autocorrelation times of e, an energy or action, and of m^2, of up to WATCHED chains together: from their
 * records where each gives WATCH_RECORDS and more, else from looks at them, a WATCH_TIMES-th of what is thrown away at
 * first apart and in its last two thirds; of fewer than 8 sweeps nothing is known. A chain that has thrown away less than
 * 20 times that may not have forgotten its start.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>

#include "renorm/stats.h"

enum { WATCHED = 16, WATCH_RECORDS = 50, WATCH_TIMES = 64, WATCH_ENOUGH = 20 };

struct watch {
	struct rn_correlator *e, *m2;
	struct rn_history *of_e[WATCHED], *of_m2[WATCHED];
	size_t chains;
	uint64_t spacing; /* sweeps between looks; 0: nothing is looked at */
	bool records;	  /* looks are at records */
};

struct watch_tau {
	struct rn_tau e, m2; /* in sweeps; NaN: not known */
	double spacing;	     /* sweeps between looks: what is shorter than this looks like half of it */
};

/* `each`: records of a chain. false: out of memory. */
bool rn_watch_begin(struct watch *w, uint64_t chains, uint64_t each, uint64_t therm, uint64_t every);
/* Before what sweep the next look is due, from sweep `done` on; UINT64_MAX: none. */
uint64_t rn_watch_next(const struct watch *w, uint64_t done, uint64_t therm);
/* A look at chain k. false: out of memory. */
bool rn_watch_see(struct watch *w, uint64_t k, double e, double m2);
/* And frees what it holds. */
struct watch_tau rn_watch_end(struct watch *w);

/* Whether `therm` sweeps are too few for certain: the longer tau less two errors is seen, and 20 of it are more. */
bool rn_watch_is_short(const struct watch_tau *t, uint64_t therm);
/* Whether the longer tau is known, and not hidden between looks. */
bool rn_watch_is_resolved(const struct watch_tau *t);
struct rn_tau rn_watch_longer(const struct watch_tau *t);

#endif
