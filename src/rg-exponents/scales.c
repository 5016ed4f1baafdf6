#include "scales.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/field.h"

/* "spins" is level 0 of "spins", "spins.7" level 7; false for any other name. */
static bool
level_number(const char *name, const char *base, unsigned *number)
{
	const size_t n = strlen(base);
	char again[32];

	*number = 0;
	if (strncmp(name, base, n) || strlen(name) > n + 4)
		return false;
	if (!name[n])
		return true;
	*number = (unsigned)strtoul(name + n + 1, NULL, 10);
	snprintf(again, sizeof again, ".%u", *number);
	return *number > 0 && !strcmp(again, name + n);
}

/* The level of that number, new if there is none; NULL: too many. */
static struct scale *
find_scale(struct scales *s, unsigned number)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->scale[i].number == number)
			return &s->scale[i];
	if (s->n == SCALES_MAX)
		return NULL;
	s->scale[s->n] = (struct scale){ .number = number };
	return &s->scale[s->n++];
}

static enum rn_status
collect(struct scales *s, const struct rn_schema *schema, const char *base, struct rn_error *err)
{
	for (size_t i = 0; i < schema->columns; i++) {
		const struct rn_column *c = &schema->column[i];
		unsigned number;
		const bool is_m = level_number(c->name, "m", &number);
		struct scale *scale;

		if (!is_m && !level_number(c->name, base, &number))
			continue;
		scale = find_scale(s, number);
		if (!scale)
			return rn_fail(err, RN_EDATA, "more than %d levels", SCALES_MAX);
		if (is_m)
			scale->m = c;
		else
			scale->configuration = c;
	}
	return RN_OK;
}

static int
by_number(const void *a, const void *b)
{
	const struct scale *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static bool
is_number(const struct rn_column *c)
{
	return !c->ndim && c->type != RN_BIT;
}

/* Both columns are there and fit for use. */
static enum rn_status
check(struct scale *scale, const char *base, struct rn_error *err)
{
	const struct rn_column *m = scale->m, *c = scale->configuration;
	char dot[16] = "";

	if (scale->number)
		snprintf(dot, sizeof dot, ".%u", scale->number);
	if (!m)
		return rn_fail(err, RN_EDATA, "no column m%s, the magnetisation of %s: it was dropped", dot,
			c->name);
	if (!is_number(m))
		return rn_fail(err, RN_EDATA, "column %s is not one number", m->name);
	if (!c)
		return rn_fail(err, RN_EDATA,
			"no column %s%s: its shape tells the size of the lattice of %s; do not drop it", base,
			dot, m->name);
	return c->type == RN_BIT ? rn_lattice_of_column(c, &scale->l, err)
				 : rn_field_of_column(c, &scale->l, err);
}

/* "16 x 16", "16" of a ring */
static const char *
print_size(char text[64], const struct rn_lattice *l)
{
	if (l->dim == 1)
		snprintf(text, 64, "%zu", l->cols);
	else
		snprintf(text, 64, "%zu x %zu", l->rows, l->cols);
	return text;
}

/* Whether one torus is the other but for its lattice spacing; rings always are. */
static bool
same_form(const struct rn_lattice *a, const struct rn_lattice *b)
{
	return a->dim == b->dim &&
		(a->dim == 1 || (unsigned __int128)a->rows * b->cols == (unsigned __int128)b->rows * a->cols);
}

static enum rn_status
compare(const struct scale *a, const struct scale *b, struct rn_error *err)
{
	char size_a[64], size_b[64];

	print_size(size_a, &a->l);
	print_size(size_b, &b->l);
	if (!same_form(&a->l, &b->l))
		return rn_fail(err, RN_EDATA,
			"level %u of %s sites is not level %u of %s with another lattice spacing", b->number,
			size_b, a->number, size_a);
	if (a->l.cols == b->l.cols)
		return rn_fail(err, RN_EDATA,
			"levels %u and %u both have %s sites: exponents need a change of scale; drop one of "
			"them",
			a->number, b->number, size_a);
	return RN_OK;
}

static enum rn_status
find_conjugate(struct scales *s, const struct rn_schema *schema, const char *name, struct rn_error *err)
{
	s->conjugate = rn_schema_find(schema, name);
	if (!s->conjugate)
		return rn_fail(err, RN_EDATA,
			"no column %s: derivatives along the coupling are covariances with it, or with what "
			"--conjugate names",
			name);
	return is_number(s->conjugate) ? RN_OK : rn_fail(err, RN_EDATA, "column %s is not one number", name);
}

enum rn_status
scales_find(struct scales *s, const struct rn_schema *schema, const char *conjugate, struct rn_error *err)
{
	const bool field = !strcmp(schema->kind, "field");
	const char *base = field ? "phi" : "spins";
	enum rn_status st = field ? RN_OK : rn_schema_require_kind(schema, "spins", err);

	*s = (struct scales){ 0 };
	if (st == RN_OK)
		st = collect(s, schema, base, err);
	if (st == RN_OK && s->n < 2)
		st = rn_fail(err, RN_EDATA,
			"%s: exponents come from levels in one record, as blockspin --levels 3 writes them",
			s->n ? "one level" : "no column m");
	qsort(s->scale, s->n, sizeof s->scale[0], by_number);
	for (size_t j = 0; j < s->n && st == RN_OK; j++) {
		st = check(&s->scale[j], base, err);
		for (size_t i = 0; i < j && st == RN_OK; i++)
			st = compare(&s->scale[i], &s->scale[j], err);
	}
	return st == RN_OK ? find_conjugate(s, schema,
				     conjugate	     ? conjugate
					     : field ? "phi2"
						     : "e",
				     err)
			   : st;
}

double
scales_factor(const struct scale *a, const struct scale *b)
{
	return (double)b->l.cols / (double)a->l.cols;
}
