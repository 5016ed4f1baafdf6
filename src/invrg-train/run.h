/* run.h - what the options ask for, and the model it is asked of */
#ifndef RUN_H
#define RUN_H

#include "pairs.h"
#include "renorm/invrg.h"
#include "renorm/training.h"

enum method { EXACT, DESCENT };

struct options {
	struct rn_common common;
	struct rn_training training;
	enum method method;
	uint64_t step;
	size_t K;     /* 0: 3 b */
	int symmetry; /* 1: of the square; 0: none; -1: what suits the model */
	size_t maps;  /* 0: a linear map */
	enum rn_invrg_activation activation;
	size_t mix;
	enum rn_invrg_context context;
	/* The last option that was given of those that only some models have; NULL: none. */
	const char *of_field, *of_net, *of_spins;
	bool trains; /* a training option was given */
};

/* Makes o whole, given the lattices: K, symmetry. Exits with a usage error when it cannot be so. */
void run_complete(struct options *o, const struct pairs *p);

/* A line "stage version options" in the header of a model. */
void run_history(const void *options, bool continues, struct rn_schema *schema);

/* The model of one closed formula, or of counting, written to out. */
void run_exact(const struct options *o, struct pairs *p, struct rn_writer *out);
void run_tables(const struct options *o, struct pairs *p, struct rn_writer *out);
/* One trained epoch by epoch. */
void run_descent(const struct options *o, struct pairs *p, struct rn_writer *out);

/* What is told of a linear map on stderr. */
void run_tell(const struct options *o, const struct rn_invrg *m);

#endif
