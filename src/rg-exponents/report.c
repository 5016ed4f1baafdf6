#include "report.h"

#include <math.h>
#include <stdlib.h>

#include "sums.h"

/* Each exponent has its error behind it. */
enum { FROM, TO, L_FROM, L_TO, N_, EXPONENT, TAU = EXPONENT + 2 * EXPONENTS, COLUMNS };

static const struct rn_result columns[COLUMNS] = {
	[FROM] = { "from", RN_U32 },
	[TO] = { "to", RN_U32 },
	[L_FROM] = { "L_from", RN_U64 },
	[L_TO] = { "L_to", RN_U64 },
	[N_] = { "n", RN_U64 },
	[EXPONENT + 2 * BETA] = { "beta_nu", RN_F64 },
	[EXPONENT + 2 * BETA + 1] = { "beta_nu_err", RN_F64 },
	[EXPONENT + 2 * GAMMA] = { "gamma_nu", RN_F64 },
	[EXPONENT + 2 * GAMMA + 1] = { "gamma_nu_err", RN_F64 },
	[EXPONENT + 2 * GAMMA_CHI] = { "gamma_nu_chi", RN_F64 },
	[EXPONENT + 2 * GAMMA_CHI + 1] = { "gamma_nu_chi_err", RN_F64 },
	[EXPONENT + 2 * BETA_VALUE] = { "beta_nu_value", RN_F64 },
	[EXPONENT + 2 * BETA_VALUE + 1] = { "beta_nu_value_err", RN_F64 },
	[EXPONENT + 2 * GAMMA_VALUE] = { "gamma_nu_value", RN_F64 },
	[EXPONENT + 2 * GAMMA_VALUE + 1] = { "gamma_nu_value_err", RN_F64 },
	[EXPONENT + 2 * GAMMA_CHI_VALUE] = { "gamma_nu_chi_value", RN_F64 },
	[EXPONENT + 2 * GAMMA_CHI_VALUE + 1] = { "gamma_nu_chi_value_err", RN_F64 },
	[TAU] = { "tau", RN_F64 },
};

enum rn_status
report_schema(const struct rn_groups *groups, struct rn_schema **table, struct rn_error *err)
{
	return rn_groups_table(groups, columns, COLUMNS, table, err);
}

/* What all rows of a group share. */
struct facts {
	const struct rn_groups *groups;
	const struct scales *scales;
	const struct rn_schema *table;
	struct rn_writer *w;
	struct rn_group *group;
	double tau;
};

static void
all_pairs(const double mean[], double y[], void *arg)
{
	const struct facts *f = arg;

	for (size_t i = 0; i < f->scales->n; i++)
		for (size_t j = i + 1; j < f->scales->n; j++, y += EXPONENTS)
			sums_exponents(f->scales, f->group->own, mean, i, j, y);
}

static enum rn_status
write_pair(const struct facts *f, size_t i, size_t j, const struct rn_estimate y[], bool *missing,
	uint64_t *numbers, struct rn_error *err)
{
	const struct scale *a = &f->scales->scale[i], *b = &f->scales->scale[j];
	double value[COLUMNS] = {
		[FROM] = a->number,
		[TO] = b->number,
		[L_FROM] = (double)a->l.cols,
		[L_TO] = (double)b->l.cols,
		[N_] = (double)f->group->n,
		[TAU] = f->tau,
	};

	for (size_t k = 0; k < EXPONENTS; k++) {
		const bool known = !isnan(y[k].value);

		value[EXPONENT + 2 * k] = y[k].value;
		value[EXPONENT + 2 * k + 1] = known ? y[k].error : NAN;
		*missing = *missing || !known;
		*numbers += known;
	}
	return rn_groups_row(f->groups, f->group, f->table, value, f->w, err);
}

static size_t
pairs(const struct scales *s)
{
	return s->n * (s->n - 1) / 2;
}

/* y: room for all exponents. */
static enum rn_status
write_group(struct facts *f, struct rn_estimate y[], struct doubts *d, struct rn_error *err)
{
	struct rn_sample sample = { 0 };
	bool open = false, missing = false;
	enum rn_status st = rn_group_finish(f->group, &sample, &f->tau, &open, err);

	if (st == RN_OK)
		st = rn_jackknife(&sample, all_pairs, f, pairs(f->scales) * EXPONENTS, y, err);
	for (size_t i = 0; i < f->scales->n; i++)
		for (size_t j = i + 1; j < f->scales->n && st == RN_OK; j++, y += EXPONENTS)
			st = write_pair(f, i, j, y, &missing, &d->numbers, err);
	if (missing && !d->missings++)
		d->missing = f->group;
	if (sample.few && !d->fews++)
		d->few = f->group;
	if (open && !d->opens++)
		d->open = f->group;
	rn_sample_clear(&sample);
	return st;
}

enum rn_status
report_write(const struct rn_groups *groups, const struct scales *scales, const struct rn_schema *table,
	struct rn_writer *w, struct doubts *doubts, struct rn_error *err)
{
	struct rn_estimate *y = calloc(pairs(scales) * EXPONENTS, sizeof *y);
	enum rn_status st = RN_OK;

	if (!y)
		return rn_fail_memory(err, "results");
	*doubts = (struct doubts){ 0 };
	for (struct rn_group *g = groups->first; g && st == RN_OK; g = g->next) {
		struct facts f = { .groups = groups, .scales = scales, .table = table, .w = w, .group = g };

		st = write_group(&f, y, doubts, err);
	}
	free(y);
	return st;
}
