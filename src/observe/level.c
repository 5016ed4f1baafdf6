#include "level.h"

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
add_level(struct levels *s, const struct rn_column *c, unsigned number, struct rn_error *err)
{
	struct level *level = reallocarray(s->level, s->n + 1, sizeof *level);

	if (!level)
		return rn_fail_memory(err, "levels");
	s->level = level;
	level += s->n++;
	*level = (struct level){ .number = number, .offset = c->offset };
	return rn_lattice_of_column(c, &level->l, err);
}

enum rn_status
levels_find(struct levels *s, const struct rn_schema *schema, struct rn_error *err)
{
	bool samples = !strcmp(schema->kind, "samples");
	enum rn_status st = RN_OK;
	unsigned number;

	*s = (struct levels){ 0 };
	if (!samples && strcmp(schema->kind, "spins"))
		return rn_fail(err, RN_EDATA,
			"kind %s: give a stream of kind spins, or samples with a bit column x", schema->kind);
	for (size_t i = 0; i < schema->columns && st == RN_OK; i++) {
		const struct rn_column *c = &schema->column[i];

		if (samples && !strcmp(c->name, "x"))
			st = add_level(s, c, 0, err);
		else if (!samples && level_number(c->name, &number)) {
			s->several = s->several || number > 0;
			st = add_level(s, c, number, err);
		}
	}
	if (st == RN_OK && !s->n)
		st = rn_fail(err, RN_EDATA, "no column %s to measure", samples ? "x" : "spins");
	if (st != RN_OK)
		levels_clear(s);
	else
		qsort(s->level, s->n, sizeof *s->level, by_number);
	return st;
}

void
levels_clear(struct levels *s)
{
	free(s->level);
	*s = (struct levels){ 0 };
}
