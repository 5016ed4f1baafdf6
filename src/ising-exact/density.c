/*
 * density.c - the table of the density of states: E, M and how many configurations have them
 */
#include <stdlib.h>

#include "run.h"
#include "states.h"

/* Ends with 0. `joint` rows first by E, then by M, as E is what most readers sort by. */
static void
put(struct table *t, const struct size *s, const uint64_t g[])
{
	const size_t bs = s->l.bonds + 1, ups = t->run->joint ? s->l.sites + 1 : 1;

	for (size_t b = 0; b < bs; b++)
		for (size_t up = 0; up < ups; up++) {
			if (g[up * bs + b] == 0)
				continue;
			table_size(t, s);
			table_f64(t, 2 * (double)b - (double)s->l.bonds);
			if (t->run->joint)
				table_f64(t, 2 * (double)up - (double)s->l.sites);
			table_u64(t, g[up * bs + b]);
		}
}

static void
check(const struct run *r)
{
	for (size_t i = 0; i < r->sizes; i++)
		if (r->size[i].infinite || !states_possible(&r->size[i].l))
			rn_die(RN_EUSAGE,
				"--density-of-states: -L %s is too large; states are counted of at most 64 "
				"sites: of rings, and of "
				"tori with one extent of at most 8",
				r->size[i].text);
}

void
density_of_states(const struct run *r)
{
	static const struct column with_M[] = { { "L1", RN_F64 }, { "L2", RN_F64 }, { "E", RN_F64 },
		{ "M", RN_F64 }, { "g", RN_U64 }, { 0 } };
	static const struct column without[] = { { "L1", RN_F64 }, { "L2", RN_F64 }, { "E", RN_F64 },
		{ "g", RN_U64 }, { 0 } };
	struct table t;

	check(r);
	table_begin(&t, r, r->joint ? with_M : without, 0);
	for (size_t i = 0; i < r->sizes; i++) {
		const struct rn_lattice *l = &r->size[i].l;
		uint64_t *g = rn_alloc_or_die(states_size(l, r->joint), sizeof *g);
		struct rn_error err;

		rn_or_die(states_count(l, r->joint, g, &err), &err);
		put(&t, &r->size[i], g);
		free(g);
	}
	table_end(&t);
}
