/* Groups by labels and chains by replica: what comes where, what is refused, and the schema of their table. */
#include "renorm/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/random.h"
#include "tap.h"

struct record {
	double T;
	uint64_t replica, sweep, id;
	double x;
};

static struct rn_schema *
schema_of(const char *const names[], enum rn_type counter)
{
	struct rn_schema *s = rn_schema_create("samples");
	bool ok = s;

	for (size_t i = 0; names[i] && ok; i++)
		ok = rn_schema_add_column(s, names[i],
			     !strcmp(names[i], "T") || !strcmp(names[i], "x") ? RN_F64 : counter, 0, NULL,
			     NULL) == RN_OK;
	if (!ok || rn_schema_add_label(s, "T", NULL) != RN_OK)
		abort();
	return s;
}

static const char *const all[] = { "T", "replica", "sweep", "id", "x", NULL };

static enum rn_status
add(struct rn_groups *s, struct record r, struct rn_error *err)
{
	const double series[] = { r.x };
	double *sum;
	enum rn_status st = rn_groups_add(s, &r, series, &sum, err);

	if (st == RN_OK)
		sum[0] += r.x;
	return st;
}

static double
mean_of(struct rn_group *g, struct rn_sample *sample, double *tau)
{
	bool open = false;

	if (rn_group_finish(g, sample, tau, &open, NULL) != RN_OK)
		abort();
	return sample->total[0] / sample->records;
}

static void
sorts(void)
{
	struct rn_schema *schema = schema_of(all, RN_U64);
	const struct rn_groups_shape shape = { .q = 1, .series = 1, .own_bytes = 8 };
	struct rn_groups s;
	struct rn_error err;
	struct rn_text text = { 0 };
	struct rn_sample sample;
	double tau;
	bool ok = rn_groups_init(&s, schema, &shape, &err) == RN_OK;

	/* T = 2 has two chains, T = 0 as 0 and -0 three independent records. */
	ok = ok && add(&s, (struct record){ 2, 0, 10, 0, 1 }, &err) == RN_OK && s.group->n == 1 &&
		!*(uint64_t *)s.group->own;
	ok = ok && add(&s, (struct record){ 2, 1, 10, 1, 2 }, &err) == RN_OK;
	ok = ok && add(&s, (struct record){ 0, 5, 0, 5, 7 }, &err) == RN_OK;
	ok = ok && add(&s, (struct record){ -0.0, 6, 0, 6, 8 }, &err) == RN_OK && s.group->n == 2;
	ok = ok && add(&s, (struct record){ 2, 0, 20, 2, 3 }, &err) == RN_OK;
	ok = ok && add(&s, (struct record){ 0, 5, 0, 5, 9 }, &err) == RN_OK;
	OK(ok && s.first->n == 3 && s.first->next->n == 3 && !s.first->next->next,
		"two groups, in order of appearance");

	OK(add(&s, (struct record){ 2, 0, 20, 9, 0 }, &err) == RN_EDATA &&
			strstr(err.text, "sweep 20 after sweep 20 in the chain T 2, replica 0"),
		"a sweep that stands still: %s", err.text);
	OK(add(&s, (struct record){ NAN, 0, 20, 9, 0 }, &err) == RN_EDATA, "a label that is nan");
	OK(rn_groups_describe(&s, s.first, &text) && !strcmp(text.data, "T 2"), "it says which");

	OK(fabs(mean_of(s.first, &sample, &tau) - 2) < 1e-15 && sample.n >= 2, "two chains, one mean");
	rn_sample_clear(&sample);
	OK(fabs(mean_of(s.first->next, &sample, &tau) - 8) < 1e-15 && sample.n == 3 && tau <= 0.5,
		"independent records: blocks of one");
	rn_sample_clear(&sample);
	rn_text_clear(&text);
	rn_groups_clear(&s);
	rn_schema_destroy(schema);
}

/* x' = a x + noise has tau = (1 + a) / (2 (1 - a)), known here to 0.09. */
static double
tau_of(bool independent)
{
	struct rn_schema *schema = schema_of(all, RN_U64);
	const struct rn_groups_shape shape = { .q = 1, .series = 1, .independent = independent };
	const struct rn_random_key key = rn_random_key(1, "groups", NULL, 0, NULL, 0);
	struct rn_random random = rn_random_at(&key, 0);
	struct rn_groups s;
	struct rn_sample sample;
	double x = 0, tau;

	if (rn_groups_init(&s, schema, &shape, NULL) != RN_OK)
		abort();
	for (uint64_t t = 1; t <= 200000; t++) {
		x = 0.8 * x + rn_random_uniform(&random) - 0.5;
		if (add(&s, (struct record){ 1, 3, t, t, x }, NULL) != RN_OK)
			abort();
	}
	mean_of(s.first, &sample, &tau);
	rn_sample_clear(&sample);
	rn_groups_clear(&s);
	rn_schema_destroy(schema);
	return tau;
}

static bool
independent_without(const char *const names[])
{
	struct rn_schema *schema = schema_of(names, RN_U64);
	const struct rn_groups_shape shape = { .q = 1 };
	struct rn_groups s;
	bool ok = rn_groups_init(&s, schema, &shape, NULL) == RN_OK && s.independent;

	rn_groups_clear(&s);
	rn_schema_destroy(schema);
	return ok;
}

static void
refuses(void)
{
	static const struct rn_result results[] = { { "n", RN_U64 }, { "y", RN_F64 } },
				      taken[] = { { "T", RN_F64 } };
	struct rn_schema *schema = schema_of(all, RN_F64), *table;
	struct rn_groups_shape shape = { .q = 1 };
	struct rn_groups s;
	struct rn_error err;

	OK(rn_groups_init(&s, schema, &shape, &err) == RN_EDATA && strstr(err.text, "column replica"),
		"a replica that is no counter: %s", err.text);
	rn_groups_clear(&s);
	shape.independent = true;
	OK(rn_groups_init(&s, schema, &shape, &err) == RN_OK,
		"which is of no account to independent records");
	OK(rn_groups_table(&s, results, 2, &table, &err) == RN_OK && table->columns == 3 &&
			rn_schema_is_label(table, "T") && rn_schema_find(table, "y")->type == RN_F64,
		"a table has labels and results");
	rn_schema_destroy(table);
	OK(rn_groups_table(&s, taken, 1, &table, &err) == RN_EDATA && strstr(err.text, "rns-sel --rename T="),
		"a label with the name of a result: %s", err.text);
	rn_schema_destroy(table);
	rn_groups_clear(&s);
	rn_schema_destroy(schema);
}

int
main(void)
{
	static const char *const no_replica[] = { "T", "sweep", "id", "x", NULL };
	static const char *const no_sweep[] = { "T", "replica", "id", "x", NULL };
	double tau;

	sorts();
	tau = tau_of(false);
	OK(fabs(tau - 4.5) < 0.45, "tau %g of a chain with 4.5", tau);
	tau = tau_of(true);
	OK(tau <= 0.5, "the same taken for independent");
	OK(independent_without(no_replica) && independent_without(no_sweep),
		"without replica or sweep all are independent");
	refuses();
	return tap_done();
}
