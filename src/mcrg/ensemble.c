#include "ensemble.h"

#include <stdlib.h>
#include <string.h>

#include "sums.h"

/* What may be slow: nearest neighbours and squared magnetisation of the first and the last level. */
enum { SERIES = 4 };

enum rn_status
ensemble_init(struct ensemble *s, const struct rn_schema *schema, struct levels *levels, bool independent,
	struct rn_error *err)
{
	const size_t S_bytes = levels->n * OPERATORS * sizeof *s->S;
	const struct rn_groups_shape shape = {
		.q = sums_count(levels->n),
		.series = SERIES,
		.own_bytes = S_bytes,
		.independent = independent,
	};

	*s = (struct ensemble){ .levels = levels, .S = calloc(1, S_bytes) };
	if (!s->S)
		return rn_fail_memory(err, "operators");
	if (rn_schema_is_label(schema, "h"))
		s->h = rn_schema_find(schema, "h");
	return rn_groups_init(&s->groups, schema, &shape, err);
}

void
ensemble_clear(struct ensemble *s)
{
	rn_groups_clear(&s->groups);
	free(s->S);
	*s = (struct ensemble){ 0 };
}

static enum rn_status
refuse_field(const struct ensemble *s, const uint8_t *record, struct rn_error *err)
{
	const double h = s->h ? rn_get_f64(s->h, record, 0) : 0;
	char number[RN_NUMBER_MAX];

	if (!(h < 0 || h > 0)) /* nan: is in no group */
		return RN_OK;
	rn_print_f64(number, h);
	return rn_fail(err, RN_EDATA,
		"h is %s: a field mixes even and odd operators, and mcrg takes them apart: give h = 0",
		number);
}

enum rn_status
ensemble_add(struct ensemble *s, const uint8_t *record, struct rn_error *err)
{
	const struct levels *levels = s->levels;
	const int64_t *fine = s->S, *coarse = s->S + (levels->n - 1) * OPERATORS;
	enum rn_status st = levels_prepare(s->levels, err);
	double *sum;

	if (st == RN_OK)
		st = refuse_field(s, record, err);
	if (st != RN_OK)
		return st;
	for (size_t l = 0; l < levels->n; l++)
		operators_measure(&levels->level[l].operators, record + levels->level[l].offset,
			s->S + l * OPERATORS);
	const double m = (double)fine[EVEN], m_coarse = (double)coarse[EVEN];
	const double series[SERIES] = { (double)fine[0], m * m, (double)coarse[0], m_coarse * m_coarse };

	st = rn_groups_add(&s->groups, record, series, &sum, err);
	if (st != RN_OK)
		return st;
	if (s->groups.group->n == 1)
		memcpy(s->groups.group->own, s->S, levels->n * OPERATORS * sizeof *s->S);
	sums_add(levels, s->groups.group->own, s->S, sum);
	return RN_OK;
}
