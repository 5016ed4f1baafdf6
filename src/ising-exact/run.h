/*
 * run.h - what the options ask for, and the table that answers
 */
#ifndef ISING_EXACT_RUN_H
#define ISING_EXACT_RUN_H

#include "renorm/lattice.h"
#include "renorm/stage.h"

enum mode { VALUES, DECIMATION, ARROWS, DUALITY, SERIES, STATES };

/* A lattice of -L; l is not used of an infinite one. */
struct size {
	bool infinite;
	const char *text; /* as given */
	struct rn_lattice l;
};

struct run {
	const struct rn_common *common;
	enum mode mode;
	unsigned d;
	struct size *size;
	size_t sizes;
	double *T, *K; /* of the same index: one is 1 over the other */
	size_t temperatures;
	double *h;
	size_t fields;
	bool moments;	     /* VALUES */
	uint64_t steps;	     /* DECIMATION */
	uint64_t order;	     /* SERIES */
	bool joint;	     /* STATES: by M too */
	const char *history; /* what follows the stage's name */
};

struct column {
	const char *name;
	enum rn_type type; /* RN_F64 or RN_U64 */
};

/* The columns end with one without a name. All failures end the program. */
struct table {
	const struct run *run;
	struct rn_schema *schema;
	struct rn_writer *out;
	uint8_t *record;
	size_t next;
	struct rn_progress progress;
};

void table_begin(struct table *t, const struct run *r, const struct column columns[], uint64_t rows);
/* The cells of a row, one after the other; the row is written with its last. */
void table_f64(struct table *t, double x);
void table_u64(struct table *t, uint64_t x);
/* Cells L1 and L2; a ring of N is 1 x N, and an infinite extent inf. */
void table_size(struct table *t, const struct size *s);
void table_end(struct table *t);

/* Each refuses what it cannot answer (exit 64) before it writes. */
void values(const struct run *r);
void decimation(const struct run *r);
void arrows(const struct run *r);
void duality(const struct run *r);
void series(const struct run *r);
void density_of_states(const struct run *r);

/* ln Z per spin at h = 0. */
double lnz_per_spin(const struct run *r, const struct size *s, double T);

#endif
