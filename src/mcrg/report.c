#include "report.h"

#include <math.h>
#include <stdlib.h>

#include "sums.h"

enum { LEVEL_, OPERATORS_, N_, Y_T, Y_T_ERR, Y_H, Y_H_ERR, CONDITION_T, CONDITION_H, TAU, COLUMNS };

static const struct rn_result columns[COLUMNS] = {
	[LEVEL_] = { "level", RN_U32 },
	[OPERATORS_] = { "operators", RN_U32 },
	[N_] = { "n", RN_U64 },
	[Y_T] = { "y_t", RN_F64 },
	[Y_T_ERR] = { "y_t_err", RN_F64 },
	[Y_H] = { "y_h", RN_F64 },
	[Y_H_ERR] = { "y_h_err", RN_F64 },
	[CONDITION_T] = { "condition_t", RN_F64 },
	[CONDITION_H] = { "condition_h", RN_F64 },
	[TAU] = { "tau", RN_F64 },
};

enum rn_status
report_schema(const struct ensemble *s, struct rn_schema **table, struct rn_error *err)
{
	return rn_groups_table(&s->groups, columns, COLUMNS, table, err);
}

/* --- exponents ------------------------------------------------------------- */

/* y_t of 1 .. even operators at each level from the second on, then y_h of 1 .. odd. */
static size_t
exponents(const struct levels *levels)
{
	size_t p = 0;

	for (size_t l = 1; l < levels->n; l++)
		p += levels->level[l].even + levels->level[l].odd;
	return p;
}

static void
all_exponents(const double mean[], double y[], void *arg)
{
	const struct levels *levels = arg;

	for (size_t l = 1; l < levels->n; l++) {
		const struct level *level = &levels->level[l];

		for (size_t k = 1; k <= level->even; k++)
			*y++ = log(sums_even(mean, l, k).lambda) / log(level->b);
		for (size_t k = 1; k <= level->odd; k++)
			*y++ = log(sums_odd(mean, l, k).lambda) / log(level->b);
	}
}

/* --- rows ------------------------------------------------------------------ */

static void
set_exponent(double value[], int at, int condition_at, struct eigenvalue e, const struct rn_estimate *y,
	uint64_t n, size_t k, bool *singular, uint64_t *numbers)
{
	const bool known = n > k && !isnan(y->value);

	value[at] = known ? y->value : NAN;
	value[at + 1] = known ? y->error : NAN;
	value[condition_at] = e.condition;
	*singular = *singular || !known;
	*numbers += known;
}

/* What all rows of a group share. */
struct facts {
	const struct ensemble *s;
	struct rn_group *g;
	const struct rn_schema *table;
	struct rn_writer *w;
	const double *mean;
	double tau;
};

static enum rn_status
write_level(const struct facts *f, size_t l, const struct rn_estimate y[], bool *singular, uint64_t *numbers,
	struct rn_error *err)
{
	const struct level *level = &f->s->levels->level[l];
	enum rn_status st = RN_OK;

	for (size_t k = 1; k <= level->even && st == RN_OK; k++) {
		double value[COLUMNS] = {
			[LEVEL_] = level->number,
			[OPERATORS_] = (double)k,
			[N_] = (double)f->g->n,
			[Y_H] = NAN,
			[Y_H_ERR] = NAN,
			[CONDITION_H] = NAN,
			[TAU] = f->tau,
		};

		set_exponent(value, Y_T, CONDITION_T, sums_even(f->mean, l, k), &y[k - 1], f->g->n, k,
			singular, numbers);
		if (k <= level->odd)
			set_exponent(value, Y_H, CONDITION_H, sums_odd(f->mean, l, k),
				&y[level->even + k - 1], f->g->n, k, singular, numbers);
		st = rn_groups_row(&f->s->groups, f->g, f->table, value, f->w, err);
	}
	return st;
}

/* `mean`: room for the means; y: for all exponents. */
static enum rn_status
write_group(struct facts *f, struct rn_sample *sample, double mean[], struct rn_estimate y[],
	struct doubts *d, struct rn_error *err)
{
	const struct levels *levels = f->s->levels;
	bool open = false, singular = false;
	enum rn_status st;

	st = rn_group_finish(f->g, sample, &f->tau, &open, err);
	if (st == RN_OK)
		st = rn_jackknife(sample, all_exponents, (void *)levels, exponents(levels), y, err);
	if (st != RN_OK)
		return st;
	for (size_t i = 0; i < sample->q; i++)
		mean[i] = sample->total[i] / sample->records;
	for (size_t l = 1; l < levels->n && st == RN_OK; l++) {
		st = write_level(f, l, y, &singular, &d->numbers, err);
		y += levels->level[l].even + levels->level[l].odd;
	}
	if (singular && !d->singulars++)
		d->singular = f->g;
	if (sample->few && !d->fews++)
		d->few = f->g;
	if (open && !d->opens++)
		d->open = f->g;
	return st;
}

static enum rn_status
write_groups(const struct ensemble *s, const struct rn_schema *table, struct rn_writer *w, double mean[],
	struct rn_estimate y[], struct doubts *doubts, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	*doubts = (struct doubts){ 0 };
	for (struct rn_group *g = s->groups.first; g && st == RN_OK; g = g->next) {
		struct facts f = { .s = s, .g = g, .table = table, .w = w, .mean = mean };
		struct rn_sample sample = { 0 };

		st = write_group(&f, &sample, mean, y, doubts, err);
		rn_sample_clear(&sample);
	}
	return st;
}

enum rn_status
report_write(const struct ensemble *s, const struct rn_schema *table, struct rn_writer *w,
	struct doubts *doubts, struct rn_error *err)
{
	struct rn_estimate *y = calloc((size_t)LEVELS_MAX * OPERATORS, sizeof *y);
	double *mean = calloc(sums_count(LEVELS_MAX), sizeof *mean);
	enum rn_status st =
		y && mean ? write_groups(s, table, w, mean, y, doubts, err) : rn_fail_memory(err, "results");

	free(y);
	free(mean);
	return st;
}
