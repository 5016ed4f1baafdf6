/* level.h - the configurations of a record: spins, spins.1, spins.2, ..., or phi, phi.1, ..., or x */
#ifndef OBSERVE_LEVEL_H
#define OBSERVE_LEVEL_H

#include "configuration.h"

struct level {
	unsigned number;
	size_t offset; /* in the record */
	struct rn_lattice l;
	enum rn_type type; /* configuration.h */
};

struct levels {
	size_t n;
	bool several; /* there is a spins.1 or the like: tables have a column `level` */
	bool fields;  /* or else all are spins */
	struct level *level;
};

/* RN_EDATA unless there are spins, a field, or samples of bits or real numbers, of one or two dimensions. */
RN_MUST_CHECK enum rn_status
levels_find(struct levels *s, const struct rn_schema *schema, struct rn_error *err);
void levels_clear(struct levels *s);

#endif
