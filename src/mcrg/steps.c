#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "spins" is level 0, "spins.7" level 7; false for any other name. */
static bool
level_number(const char *name, unsigned *number)
{
	char again[32];

	*number = 0;
	if (!strcmp(name, "spins"))
		return true;
	if (strncmp(name, "spins.", 6) || strlen(name) > 9)
		return false;
	*number = (unsigned)strtoul(name + 6, NULL, 10);
	snprintf(again, sizeof again, "spins.%u", *number);
	return *number > 0 && !strcmp(again, name);
}

static int
by_number(const void *a, const void *b)
{
	const struct level *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static enum rn_status
collect(struct levels *s, const struct rn_schema *schema, struct rn_error *err)
{
	unsigned number;

	for (size_t i = 0; i < schema->columns; i++) {
		const struct rn_column *c = &schema->column[i];
		struct level *level = &s->level[s->n];

		if (!level_number(c->name, &number))
			continue;
		if (s->n == LEVELS_MAX)
			return rn_fail(err, RN_EDATA, "more than %d levels of spins", LEVELS_MAX);
		*level = (struct level){ .number = number, .offset = c->offset };
		if (rn_lattice_of_column(c, &level->l, err) != RN_OK)
			return RN_EDATA;
		if (level->l.dim != 2)
			return rn_fail(err, RN_EDATA,
				"column %s is a ring: mcrg knows the operators of lattices of two dimensions",
				c->name);
		s->n++;
	}
	qsort(s->level, s->n, sizeof *s->level, by_number);
	return RN_OK;
}

/* What is too small is left out, and all that is behind it. */
static void
leave_out(struct levels *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct level *level = &s->level[i];

		level->even = operators_even(&level->l);
		level->odd = operators_odd(&level->l);
		if (level->even)
			continue;
		s->left_out = level->number;
		s->too_small = level->l;
		s->n = i;
	}
}

static enum rn_status
connect(struct levels *s, struct rn_error *err)
{
	for (size_t i = 1; i < s->n; i++) {
		const struct rn_lattice *fine = &s->level[i - 1].l, *coarse = &s->level[i].l;
		const size_t b = fine->rows / coarse->rows;

		if (b < 2 || b * coarse->rows != fine->rows || b * coarse->cols != fine->cols)
			return rn_fail(err, RN_EDATA,
				"level %u of %zu x %zu sites is not level %u of %zu x %zu reduced by a whole "
				"factor",
				s->level[i].number, coarse->rows, coarse->cols, s->level[i - 1].number,
				fine->rows, fine->cols);
		s->level[i].b = (double)b;
	}
	return RN_OK;
}

enum rn_status
levels_find(struct levels *s, const struct rn_schema *schema, struct rn_error *err)
{
	enum rn_status st = rn_schema_require_kind(schema, "spins", err);
	size_t all;

	*s = (struct levels){ 0 };
	if (st == RN_OK)
		st = collect(s, schema, err);
	if (st != RN_OK)
		return st;
	all = s->n;
	leave_out(s);
	if (all < 2)
		return rn_fail(err, RN_EDATA,
			"%s: mcrg compares levels of blocking, as blockspin --levels 3 writes them",
			all ? "one level of spins" : "no column spins");
	if (s->n < 2)
		return rn_fail(err, RN_EDATA,
			"level %u has %zu x %zu sites, too few for any operator: start from a larger lattice",
			s->left_out, s->too_small.rows, s->too_small.cols);
	return connect(s, err);
}

enum rn_status
levels_prepare(struct levels *s, struct rn_error *err)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->level[i].operators.row && !operators_init(&s->level[i].operators, &s->level[i].l))
			return rn_fail_memory(err, "operators");
	return RN_OK;
}

void
levels_clear(struct levels *s)
{
	for (size_t i = 0; i < s->n; i++)
		operators_clear(&s->level[i].operators);
}
