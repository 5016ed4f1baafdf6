#include "couplings.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>

const char *
coupling_name(enum expansion about, size_t i, char name[16])
{
	if (about == ABOUT_ZERO)
		snprintf(name, 16, "u%u", (unsigned)(2 * i + 2));
	else if (i == 0)
		snprintf(name, 16, "kappa");
	else
		snprintf(name, 16, "l%u", (unsigned)(i + 1));
	return name;
}

enum expansion
couplings_about(const struct run *r)
{
	return r->about == ABOUT_MINIMUM ? ABOUT_MINIMUM : ABOUT_ZERO;
}

/* The sextic truncation unless more is asked for. */
static size_t
order(const struct couplings *c)
{
	size_t M = 3;

	for (size_t i = 0; i < ORDER_MAX; i++)
		if (c->column[i] || !isnan(c->run->x[i]))
			M = i + 1 > M ? i + 1 : M;
	return M;
}

void
couplings_of_options(struct couplings *c, const struct run *r)
{
	*c = (struct couplings){ .run = r };
	c->M = r->M ? r->M : order(c);
}

/* A letter of this expansion, u or l, and a number; which. */
static bool
looks_like_coupling(const struct run *r, const char *name, unsigned *number)
{
	const char letter = couplings_about(r) == ABOUT_ZERO ? 'u' : 'l';
	int end = 0;

	return tolower((unsigned char)name[0]) == letter && isdigit((unsigned char)name[1]) &&
		sscanf(name + 1, "%3u%n", number, &end) == 1 && !name[1 + end];
}

static bool
is_read(const struct couplings *c, const struct rn_column *column)
{
	for (size_t i = 0; i < ORDER_MAX; i++)
		if (c->column[i] == column)
			return true;
	return false;
}

/* Beyond what there is room for. */
static enum rn_status
refuse_highest(const struct couplings *c, const struct rn_schema *s, struct rn_error *err)
{
	const unsigned last = couplings_about(c->run) == ABOUT_ZERO ? 2 * ORDER_MAX : ORDER_MAX;

	for (size_t i = 0; i < s->columns; i++) {
		const char *name = s->column[i].name;
		unsigned number;

		if (!is_read(c, &s->column[i]) && looks_like_coupling(c->run, name, &number) && number > last)
			return rn_fail(err, RN_EDATA, "column %s: couplings end at %c%u", name, name[0],
				last);
	}
	return RN_OK;
}

static void
remark_columns(const struct couplings *c, const struct rn_schema *s)
{
	for (size_t i = 0; i < s->columns; i++) {
		unsigned number;

		if (!is_read(c, &s->column[i]) && looks_like_coupling(c->run, s->column[i].name, &number))
			rn_remark(c->run->common,
				"column %s is not read: couplings are %s; --columns can say that it is one",
				s->column[i].name,
				couplings_about(c->run) == ABOUT_ZERO ? "u2, u4, u6 ..."
								      : "kappa, l2, l3 ...");
	}
}

void
couplings_remark(const struct couplings *c, const struct rn_schema *s)
{
	char names[ORDER_MAX * 16] = "", name[16];
	size_t last = ORDER_MAX, used = 0;

	remark_columns(c, s);
	while (last && !c->column[last - 1] && isnan(c->run->x[last - 1]))
		last--;
	for (size_t i = 0; i < last; i++)
		if (!c->column[i] && isnan(c->run->x[i]))
			used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
				coupling_name(couplings_about(c->run), i, name));
	if (used)
		rn_remark(c->run->common, "no column and no option for %s: taken as 0", names);
}

enum rn_status
couplings_of_records(struct couplings *c, const struct run *r, const struct rn_schema *s,
	struct rn_error *err)
{
	char name[16];
	bool any = false;

	*c = (struct couplings){ .run = r };
	for (size_t i = 0; i < ORDER_MAX; i++) {
		coupling_name(couplings_about(r), i, name);
		c->column[i] = rn_schema_find(s, r->column[i] ? r->column[i] : name);
		if (r->column[i] && !c->column[i])
			return rn_fail(err, RN_EDATA, "no column %s, which --columns has for %s",
				r->column[i], name);
		any = any || c->column[i];
		if (c->column[i] && !isnan(r->x[i]))
			return rn_fail(err, RN_EDATA,
				"column %s and an option both say what %s is: leave the option out", name,
				name);
		if (c->column[i] && c->column[i]->count != 1)
			return rn_fail(err, RN_EDATA, "column %s has %zu values; a coupling is one number",
				name, c->column[i]->count);
		if (c->column[i] && r->M && i >= r->M)
			return rn_fail(err, RN_EDATA, "column %s is beyond -M %zu: choose a larger M", name,
				r->M);
	}
	if (!any)
		return rn_fail(err, RN_EDATA, "no column of couplings: %s are what to start from",
			couplings_about(r) == ABOUT_ZERO ? "u2, u4, u6 ..." : "kappa, l2, l3 ...");
	if (refuse_highest(c, s, err) != RN_OK)
		return err->status;
	c->d = rn_schema_find(s, "d");
	c->k = rn_schema_find(s, "k");
	if (!c->d && isnan(r->d))
		return rn_fail(err, RN_EDATA, "no column d, and no -d: the dimension, 1 to 4");
	if (c->d && !isnan(r->d))
		return rn_fail(err, RN_EDATA, "column d and -d both say what the dimension is: leave -d out");
	c->M = r->M ? r->M : order(c);
	return RN_OK;
}

double
coupling_unit(enum expansion about, double d, double k, size_t i)
{
	const double D = about == ABOUT_MINIMUM && i == 0 ? d - 2 : d - (double)(i + 1) * (d - 2);

	return pow(k, D);
}

void
couplings_read(const struct couplings *c, const void *record, struct start *s)
{
	const struct run *r = c->run;

	s->d = c->d ? rn_get_f64(c->d, record, 0) : r->d;
	s->k = c->k ? rn_get_f64(c->k, record, 0) : r->k0;
	for (size_t i = 0; i < c->M; i++) {
		const double given = isnan(r->x[i]) ? 0 : r->x[i];

		s->as_read[i] = s->x[i] = c->column[i] ? rn_get_f64(c->column[i], record, 0) : given;
		if (!(s->d >= 1 && s->d <= 4) || !(s->k > 0 && s->k < INFINITY))
			s->x[i] = NAN;
		else if (r->full_in)
			s->x[i] /= coupling_unit(couplings_about(r), s->d, s->k, i);
	}
}
