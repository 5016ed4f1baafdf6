/*
 * collect.h - what needs all records at once: samples, sorting, shuffling
 *
 * Memory: the records (with --sample at most that many) and 16 bytes for each.
 */
#ifndef RNS_SEL_COLLECT_H
#define RNS_SEL_COLLECT_H

#include "renorm/stage.h"

struct collect {
	bool sampling, shuffling;
	uint64_t sample; /* keep that many, each subset as likely as any other */
	char **sort;	 /* names of fields, "-" in front: largest first */
	size_t nsort;
	uint64_t seed;

	struct rn_schema *schema; /* NULL: none came yet */
	uint8_t *records;
	uint64_t *index; /* of each kept record: where it stood in the input */
	size_t n, capacity;
	uint64_t seen;
	struct rn_random *random;
};

bool collect_wanted(const struct collect *c);
/* Records with this schema follow. RN_EDATA when they cannot stand with those before. */
RN_MUST_CHECK enum rn_status
collect_begin(struct collect *c, const struct rn_schema *schema, struct rn_error *err);
/* Room for the next record; NULL in *room when it is not wanted. Filled before the next call. */
RN_MUST_CHECK enum rn_status collect_room(struct collect *c, void **room, struct rn_error *err);
/* Writes them, in their order. */
RN_MUST_CHECK enum rn_status collect_write(struct collect *c, struct rn_writer *out, struct rn_error *err);
void collect_clear(struct collect *c);

#endif
