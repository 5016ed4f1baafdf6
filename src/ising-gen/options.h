/*
 * options.h - what the command line asks for
 */
#ifndef ISING_GEN_OPTIONS_H
#define ISING_GEN_OPTIONS_H

#include "chains.h"
#include "renorm/stage.h"

enum algorithm {
	AUTO,
	LOCAL_HEATBATH,
	LOCAL_METROPOLIS,
	CLUSTER_SWENDSEN_WANG,
	CLUSTER_WOLFF,
	EXACT,
	EXACT_ROWS,
	EXACT_SITES,
	EXACT_BONDS,
};
extern const char *const algorithm_names[]; /* by algorithm; NULL-terminated */
extern const char *const start_names[];	    /* by chain_start; NULL-terminated */

#define AUTOMATIC UINT64_MAX /* of a count: to be chosen, see choice.h */

struct options {
	struct rn_common common;
	unsigned d;
	const char *L, *T; /* as given: -L waits for -d, and the history shows both */
	double h;
	uint64_t n, first_id;
	const char *of_chains; /* an option given that only Markov chains have */
	const char *of_sweeps; /* the same, other than --algorithm */
	enum algorithm algorithm;
	enum chain_start start;
	uint64_t therm, every, replicas; /* or AUTOMATIC */
	const char *report, *checkpoint;
	char *resume;
};

#endif
