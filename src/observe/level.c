#include "level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/field.h"

/* "spins" is level 0, "spins.7" level 7, if the base is "spins"; false for any other name. */
static bool
level_number(const char *base, const char *name, unsigned *number)
{
	const size_t n = strlen(base);
	char again[32];

	*number = 0;
	if (!strcmp(name, base))
		return true;
	if (strncmp(name, base, n) || name[n] != '.' || strlen(name) > n + 4)
		return false;
	*number = (unsigned)strtoul(name + n + 1, NULL, 10);
	snprintf(again, sizeof again, "%s.%u", base, *number);
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
	*level = (struct level){ .number = number, .offset = c->offset, .type = c->type };
	return (s->fields ? rn_field_of_column : rn_lattice_of_column)(c, &level->l, err);
}

static bool
is_real(const struct rn_schema *schema, const char *name)
{
	const struct rn_column *c = rn_schema_find(schema, name);

	return c && (c->type == RN_F32 || c->type == RN_F64);
}

enum rn_status
levels_find(struct levels *s, const struct rn_schema *schema, struct rn_error *err)
{
	const bool samples = !strcmp(schema->kind, "samples"), field = !strcmp(schema->kind, "field");
	const char *base = samples ? "x" : field ? "phi" : "spins";
	enum rn_status st = RN_OK;
	unsigned number;

	*s = (struct levels){ .fields = field || (samples && is_real(schema, base)) };
	if (!samples && !field && strcmp(schema->kind, "spins"))
		return rn_fail(err, RN_EDATA,
			"kind %s: give a stream of kind spins or field, or samples with a column x of bits, "
			"f32 "
			"or f64",
			schema->kind);
	for (size_t i = 0; i < schema->columns && st == RN_OK; i++) {
		const struct rn_column *c = &schema->column[i];

		if (!level_number(base, c->name, &number) || (samples && number > 0))
			continue;
		s->several = s->several || number > 0;
		st = add_level(s, c, number, err);
	}
	if (st == RN_OK && !s->n)
		st = rn_fail(err, RN_EDATA, "no column %s to measure", base);
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
