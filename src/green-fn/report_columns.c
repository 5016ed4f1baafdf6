/*
 * report_columns.c - the columns of the tables, in the order in which report.c puts values into them
 */
#include <stdio.h>

#include "report.h"

static const char *const estimators[ESTIMATORS] = { "plain", "rb", "moments", "exact" };
static const char *const mean_names[MEAN] = { "absm", "dG", "Gc", "u4", "u4_flat", "u6", "u6_flat" };

static enum rn_status
add(struct rn_schema *t, const char *name, enum rn_type type, struct rn_error *err)
{
	return rn_schema_add_column(t, name, type, 0, NULL, err);
}

static enum rn_status
add_label(struct rn_schema *t, const char *name, enum rn_type type, struct rn_error *err)
{
	enum rn_status st = add(t, name, type, err);

	return st == RN_OK ? rn_schema_add_label(t, name, err) : st;
}

/* QUANTITY_ESTIMATOR and its _err, which what is exact has not. */
static enum rn_status
add_quantity(struct rn_schema *t, const char *quantity, size_t estimator, struct rn_error *err)
{
	char name[64];
	enum rn_status st;

	snprintf(name, sizeof name, "%s_%s", quantity, estimators[estimator]);
	st = add(t, name, RN_F64, err);
	snprintf(name, sizeof name, "%s_%s_err", quantity, estimators[estimator]);
	return st == RN_OK && estimator != EXACT ? add(t, name, RN_F64, err) : st;
}

static enum rn_status
add_all(struct rn_schema *t, const char *const names[], enum rn_type type, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	for (; *names && st == RN_OK; names++)
		st = add(t, *names, type, err);
	return st;
}

static enum rn_status
row_columns(struct rn_schema *t, unsigned highest, bool outputs, struct rn_error *err)
{
	static const char *const names[] = { "G", "dG", "m", "Gc", "u4", "u6", NULL };
	static const char *const before[] = { "G0", "G0_err", NULL }, *const after[] = { "se_plain", NULL };
	const size_t legs = highest;
	enum rn_status st = add(t, "n", RN_U32, err);

	if (st == RN_OK)
		st = rn_schema_add_column(t, "legs", RN_U32, 1, &legs, err);
	if (st == RN_OK && outputs)
		st = rn_schema_add_column(t, "outputs", RN_U32, 1, &legs, err);
	if (st == RN_OK)
		st = add(t, "nets", RN_U64, err);
	if (st == RN_OK)
		st = add_all(t, before, RN_F64, err);
	for (size_t e = 0; e < ESTIMATORS; e++)
		for (size_t k = 0; names[k] && st == RN_OK; k++)
			st = add_quantity(t, names[k], e, err);
	return st == RN_OK ? add_all(t, after, RN_F64, err) : st;
}

static enum rn_status
mean_columns(struct rn_schema *t, struct rn_error *err)
{
	static const char *const counts[] = { "combinations", "nets", "bags", NULL };
	static const char *const after[] = { "background", "err_plain", "se_plain", "top10", "top1000th",
		"hill", "hill_err", "hill_gauss", "ess_moments", NULL };
	enum rn_status st = add(t, "m2", RN_F64, err);

	if (st == RN_OK)
		st = add(t, "n", RN_U32, err);
	if (st == RN_OK)
		st = add_all(t, counts, RN_U64, err);
	for (size_t e = 0; e < ESTIMATORS; e++)
		for (size_t k = 0; k < MEAN && st == RN_OK; k++)
			st = add_quantity(t, mean_names[k], e, err);
	return st == RN_OK ? add_all(t, after, RN_F64, err) : st;
}

enum rn_status
report_columns(struct report *r, struct rn_error *err)
{
	struct rn_schema *t = r->schema = rn_schema_create("table");
	enum rn_status st = t ? RN_OK : rn_fail_memory(err, "table");

	if (st == RN_OK)
		st = add_label(t, "N", RN_U32, err);
	if (st == RN_OK)
		st = add_label(t, "sigma_w", RN_F64, err);
	if (st == RN_OK)
		st = add_label(t, "sigma_b", RN_F64, err);
	if (st == RN_OK && r->form->step)
		st = add_label(t, "step", RN_U64, err);
	if (st != RN_OK)
		return st;
	return r->wish.summary ? mean_columns(t, err)
			       : row_columns(t, r->wish.highest, r->form->dout > 1, err);
}
