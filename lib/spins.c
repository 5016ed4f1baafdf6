/* The schema and the records of kind "spins". */
#include "renorm/spins.h"

#include <string.h>

static enum rn_status
fill_schema(struct rn_schema *s, const struct rn_lattice *l)
{
	static const struct {
		const char *name;
		enum rn_type type;
	} scalar[] = {
		{ "T", RN_F64 },
		{ "h", RN_F64 },
		{ "replica", RN_U32 },
		{ "sweep", RN_U64 },
		{ "id", RN_U64 },
		{ "e", RN_F64 },
		{ "m", RN_F64 },
	};
	const size_t shape[2] = { l->dim == 1 ? l->cols : l->rows, l->cols };
	enum rn_status st = rn_schema_add_label(s, "T", NULL);

	if (st == RN_OK)
		st = rn_schema_add_label(s, "h", NULL);
	for (size_t i = 0; st == RN_OK && i < sizeof scalar / sizeof scalar[0]; i++)
		st = rn_schema_add_column(s, scalar[i].name, scalar[i].type, 0, NULL, NULL);
	if (st == RN_OK)
		st = rn_schema_add_column(s, "spins", RN_BIT, l->dim, shape, NULL);
	return st;
}

struct rn_schema *
rn_spins_schema(const struct rn_lattice *l)
{
	struct rn_schema *s = rn_schema_create("spins");

	if (s && fill_schema(s, l) != RN_OK) {
		rn_schema_destroy(s);
		s = NULL;
	}
	return s;
}

/* The columns of fill_schema(), in order. */
struct __attribute__((packed)) head {
	double T, h;
	uint32_t replica;
	uint64_t sweep, id;
	double e, m;
};

void
rn_spins_put(void *record, const struct rn_spins_record *identity, const struct rn_lattice *l,
	const uint8_t *spins)
{
	const struct rn_ising_sums sums = rn_ising_measure(l, spins);
	const struct head head = {
		.T = identity->T,
		.h = identity->h,
		.replica = identity->replica,
		.sweep = identity->sweep,
		.id = identity->id,
		.e = rn_ising_e(l, sums),
		.m = rn_ising_m(l, sums),
	};

	memcpy(record, &head, sizeof head);
	memcpy((uint8_t *)record + sizeof head, spins, l->bytes);
}

struct rn_spins_record
rn_spins_get(const void *record)
{
	struct head head;

	memcpy(&head, record, sizeof head);
	return (struct rn_spins_record){ head.T, head.h, head.replica, head.sweep, head.id };
}

const uint8_t *
rn_spins_bits(const void *record)
{
	return (const uint8_t *)record + sizeof(struct head);
}
