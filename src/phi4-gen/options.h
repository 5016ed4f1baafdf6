/*
 * options.h - what the command line asks for
 */
#ifndef PHI4_GEN_OPTIONS_H
#define PHI4_GEN_OPTIONS_H

#include "renorm/stage.h"

enum algorithm { AUTO, METROPOLIS, CLUSTER };
extern const char *const algorithm_names[]; /* by algorithm; NULL-terminated */

enum start { START_AUTO, START_COLD, START_HOT };
extern const char *const start_names[]; /* by start; NULL-terminated */

extern const char *const type_names[]; /* f32, f64; NULL-terminated */

#define AUTOMATIC UINT64_MAX /* of a count: to be chosen */

struct options {
	struct rn_common common;
	unsigned d;
	const char *L, *kappa, *lambda, *mu2; /* as given: -L waits for -d, and the history shows all */
	const char *model;		      /* a file; or NULL */
	uint64_t n, first_id;
	enum rn_type type; /* RN_F32 or RN_F64 */
	enum algorithm algorithm;
	enum start start;
	double step;			 /* 0: to be chosen */
	uint64_t local_per_cluster;	 /* or AUTOMATIC */
	uint64_t therm, every, replicas; /* or AUTOMATIC */
	const char *report;
};

#endif
