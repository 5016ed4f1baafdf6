/* level.h - the configurations of a record: spins, spins.1, spins.2, ... or x */
#ifndef OBSERVE_LEVEL_H
#define OBSERVE_LEVEL_H

#include "renorm/lattice.h"

struct level {
	unsigned number;
	size_t offset; /* in the record */
	struct rn_lattice l;
};

struct levels {
	size_t n;
	bool several; /* there is a spins.1 or the like: tables have a column `level` */
	struct level *level;
};

/* RN_EDATA unless the kind is spins or samples, with bits of one or two dimensions. */
RN_MUST_CHECK enum rn_status
levels_find(struct levels *s, const struct rn_schema *schema, struct rn_error *err);
void levels_clear(struct levels *s);

#endif
