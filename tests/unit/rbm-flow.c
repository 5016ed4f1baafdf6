/*
 * rbm-flow - one step of the chain has the transition probabilities of the machine, many steps reach its p(v), means
 * are the means, and a chain is itself whatever runs beside it
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/rbm-flow/flow.h"
#include "../../src/rbm-flow/start.h"
#include "renorm/vecmath.h"
#include "tap.h"

enum { NV = 6, NH = 4, STATES = 1 << NV, HIDDEN_STATES = 1 << NH };

static double W[NV][NH], b[NV], c[NH]; /* rbm_small.json, whose a and b are our b and c */
static double known[2][STATES];	       /* P(v) of rbm_small.csv: pm1, 01 */

static FILE *
reference(const char *name)
{
	const char *dir = getenv("REFERENCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/fixtures/reference", name);
	return fopen(path, "r");
}

/* n numbers behind "key":, whatever brackets are between them. */
static bool
numbers(const char *text, const char *key, double x[], size_t n)
{
	char quoted[32];
	const char *p;

	snprintf(quoted, sizeof quoted, "\"%s\":", key);
	p = strstr(text, quoted);
	if (!p)
		return false;
	p += strlen(quoted);
	for (size_t i = 0; i < n; i++) {
		char *end;

		p += strcspn(p, "-0123456789");
		x[i] = strtod(p, &end);
		if (end == p)
			return false;
		p = end;
	}
	return true;
}

static bool
read_machine(void)
{
	static char text[1 << 16];
	FILE *f = reference("rbm_small.json");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = 0;
	return numbers(text, "W", W[0], (size_t)NV * NH) && numbers(text, "a", b, NV) &&
		numbers(text, "b", c, NH);
}

/* State s of a layer: bit i is unit i. */
static double
unit(size_t s, size_t i, bool pm1)
{
	return s >> i & 1 ? 1 : pm1 ? -1 : 0;
}

static bool
read_known(void)
{
	char line[256], kind[16], bits[16];
	FILE *f = reference("rbm_small.csv");
	size_t rows = 0;
	double P;

	if (!f)
		return false;
	while (fgets(line, sizeof line, f)) {
		size_t s = 0;

		if (sscanf(line, "%15[a-z01-9],%15[01],%lf", kind, bits, &P) != 3)
			continue;
		for (size_t i = 0; i < NV; i++)
			s |= (size_t)(bits[i] == '1') << i;
		known[strcmp(kind, "pm1") != 0][s] = P;
		rows++;
	}
	fclose(f);
	return rows == (size_t)2 * STATES;
}

static struct rn_rbm
machine(enum rn_units visible, enum rn_units hidden, double scale)
{
	const size_t shape[2] = { 2, 3 };
	struct rn_rbm r;

	if (rn_rbm_create(&r, visible, hidden, 2, shape, NH, NULL) != RN_OK)
		exit(1);
	for (size_t i = 0; i < NV; i++) {
		r.b[i] = (float)(scale * b[i]);
		for (size_t a = 0; a < NH; a++)
			r.W[i * NH + a] = (float)(scale * W[i][a]);
	}
	for (size_t a = 0; a < NH; a++)
		r.c[a] = (float)(scale * c[a]);
	return r;
}

/* Probability that a unit of input z is up. */
static double
up(double z, bool pm1)
{
	return 1 / (1 + exp(pm1 ? -2 * z : -z));
}

/* P(v' | v) = sum_h P(h | v) P(v' | h). */
static void
transition(size_t v, bool pm1, double P[STATES])
{
	memset(P, 0, STATES * sizeof *P);
	for (size_t h = 0; h < HIDDEN_STATES; h++) {
		double weight = 1;

		for (size_t a = 0; a < NH; a++) {
			double z = c[a];

			for (size_t i = 0; i < NV; i++)
				z += unit(v, i, pm1) * W[i][a];
			weight *= h >> a & 1 ? up(z, pm1) : 1 - up(z, pm1);
		}
		for (size_t w = 0; w < STATES; w++) {
			double p = weight;

			for (size_t i = 0; i < NV; i++) {
				double z = b[i];

				for (size_t a = 0; a < NH; a++)
					z += unit(h, a, pm1) * W[i][a];
				p *= w >> i & 1 ? up(z, pm1) : 1 - up(z, pm1);
			}
			P[w] += p;
		}
	}
}

static void
begin_chains(struct flow *f, uint64_t seed, uint64_t first_id, size_t v, bool pm1)
{
	const struct rn_random_key key = rn_random_key(seed, "rbm-flow", NULL, 0, NULL, 0);

	for (size_t k = 0; k < FLOW_ROWS; k++) {
		f->chain[k] = (struct flow_chain){ key, first_id + k, 0 };
		for (size_t i = 0; i < NV; i++)
			f->v[k * NV + i] = (float)unit(v, i, pm1);
	}
}

static size_t
state(const float v[])
{
	size_t s = 0;

	for (size_t i = 0; i < NV; i++)
		s |= (size_t)(v[i] > 0) << i;
	return s;
}

/* Sigmas by which chi-square lies above its mean (Wilson and Hilferty 1931); cells below 10 are pooled. */
static double
chi_square(const double P[STATES], const uint64_t count[STATES], uint64_t total)
{
	double chi = 0, pool = 0, pooled = 0, f = -1;

	for (size_t s = 0; s < STATES; s++) {
		double want = P[s] * (double)total, got = (double)count[s];

		if (want < 10) {
			pool += want;
			pooled += got;
			continue;
		}
		chi += (got - want) * (got - want) / want;
		f++;
	}
	if (pool >= 10) {
		chi += (pooled - pool) * (pooled - pool) / pool;
		f++;
	}
	return (cbrt(chi / f) - 1 + 2 / (9 * f)) / sqrt(2 / (9 * f));
}

static const uint64_t BATCHES = 2400;

/* How often each state is reached from v after `steps`. */
static void
sample(const struct rn_rbm *r, size_t v, int steps, uint64_t count[STATES])
{
	struct flow f;

	memset(count, 0, STATES * sizeof *count);
	if (flow_make(&f, r, false, NULL) != RN_OK)
		exit(1);
	for (uint64_t batch = 0; batch < BATCHES; batch++) {
		begin_chains(&f, 5, batch * FLOW_ROWS, v, r->visible == RN_UNITS_PM1);
		for (int k = 0; k < steps; k++)
			flow_step(&f, 0, FLOW_ROWS);
		for (size_t k = 0; k < FLOW_ROWS; k++)
			count[state(f.v + k * NV)]++;
	}
	flow_clear(&f);
}

static void
test_transitions(enum rn_units units)
{
	static const size_t starts[] = { 0, 0x15, 0x3f };
	const bool pm1 = units == RN_UNITS_PM1;
	struct rn_rbm r = machine(units, units, 1), wrong = machine(units, units, 0.9);
	uint64_t count[STATES];
	double P[STATES], z;

	for (size_t i = 0; i < 3; i++) {
		transition(starts[i], pm1, P);
		sample(&r, starts[i], 1, count);
		z = chi_square(P, count, BATCHES * FLOW_ROWS);
		OK(z < 5, "%s: one step from %zu, %.1f sigma", rn_units_name(units), starts[i], z);
	}
	sample(&wrong, starts[2], 1, count);
	z = chi_square(P, count, BATCHES * FLOW_ROWS);
	OK(z > 5, "%s: weights of 0.9 are told, %.1f sigma", rn_units_name(units), z);
	rn_rbm_clear(&r);
	rn_rbm_clear(&wrong);
}

static void
test_equilibrium(enum rn_units units)
{
	const size_t kind = units != RN_UNITS_PM1;
	struct rn_rbm r = machine(units, units, 1), wrong = machine(units, units, 0.9);
	uint64_t count[STATES];
	double z;

	sample(&r, 0, 60, count);
	z = chi_square(known[kind], count, BATCHES * FLOW_ROWS);
	OK(z < 5, "%s: P(v) after 60 steps, %.1f sigma", rn_units_name(units), z);
	sample(&wrong, 0, 60, count);
	z = chi_square(known[kind], count, BATCHES * FLOW_ROWS);
	OK(z > 5, "%s: weights of 0.9 are told, %.1f sigma", rn_units_name(units), z);
	sample(&r, 0, 1, count);
	z = chi_square(known[kind], count, BATCHES * FLOW_ROWS);
	OK(z > 5, "%s: and so is a chain that is too short, %.1f sigma", rn_units_name(units), z);
	rn_rbm_clear(&r);
	rn_rbm_clear(&wrong);
}

/* Given v, v'_i has the mean sigma^2 (b_i + sum_a W_ia <h_a>) and the variance sigma^2 + sigma^4 sum_a W_ia^2 var h_a. */
static void
test_gaussian(void)
{
	struct rn_rbm r = machine(RN_UNITS_GAUSSIAN, RN_UNITS_PM1, 1);
	double sum[NV] = { 0 }, square[NV] = { 0 }, worst = 0, worst_var = 0, n = 0, s2;
	struct flow f;

	r.sigma = 0.7f;
	s2 = (double)r.sigma * (double)r.sigma;
	if (flow_make(&f, &r, false, NULL) != RN_OK)
		exit(1);
	for (uint64_t batch = 0; batch < BATCHES; batch++) {
		begin_chains(&f, 5, batch * FLOW_ROWS, 0x2a, true);
		flow_step(&f, 0, FLOW_ROWS);
		for (size_t k = 0; k < FLOW_ROWS; k++, n++)
			for (size_t i = 0; i < NV; i++) {
				double x = (double)f.v[k * NV + i];

				sum[i] += x;
				square[i] += x * x;
			}
	}
	for (size_t i = 0; i < NV; i++) {
		double mean = b[i], var = 0, got = sum[i] / n, got_var = square[i] / n - got * got;

		for (size_t a = 0; a < NH; a++) {
			double z = c[a];

			for (size_t j = 0; j < NV; j++)
				z += unit(0x2a, j, true) * W[j][a];
			mean += W[i][a] * tanh(z);
			var += W[i][a] * W[i][a] * (1 - tanh(z) * tanh(z));
		}
		var = s2 + s2 * s2 * var;
		worst = fmax(worst, fabs(got - s2 * mean) / sqrt(var / n));
		worst_var = fmax(worst_var, fabs(got_var - var) / (var * sqrt(2 / n)));
	}
	OK(worst < 5, "Gaussian: means of a step, %.1f sigma", worst);
	OK(worst_var < 5, "Gaussian: variances of a step, %.1f sigma", worst_var);
	flow_clear(&f);
	rn_rbm_clear(&r);
}

/* Three steps of mode mean, in double. */
static void
test_means(enum rn_units visible, enum rn_units hidden)
{
	struct rn_rbm r = machine(visible, hidden, 1);
	double v[NV], h[NH], worst = 0;
	struct flow f;

	if (flow_make(&f, &r, true, NULL) != RN_OK)
		exit(1);
	begin_chains(&f, 1, 0, 0x0d, visible != RN_UNITS_01);
	for (size_t i = 0; i < NV; i++)
		v[i] = unit(0x0d, i, visible != RN_UNITS_01);
	for (int step = 0; step < 3; step++) {
		flow_step(&f, 0, 1);
		for (size_t a = 0; a < NH; a++) {
			double z = c[a];

			for (size_t i = 0; i < NV; i++)
				z += v[i] * W[i][a];
			h[a] = hidden == RN_UNITS_PM1 ? tanh(z) : 1 / (1 + exp(-z));
		}
		for (size_t i = 0; i < NV; i++) {
			double z = b[i];

			for (size_t a = 0; a < NH; a++)
				z += W[i][a] * h[a];
			v[i] = visible == RN_UNITS_PM1	 ? tanh(z)
				: visible == RN_UNITS_01 ? 1 / (1 + exp(-z))
							 : z;
			worst = fmax(worst, fabs(v[i] - (double)f.v[i]));
		}
	}
	OK(worst < 2e-6, "means, %s and %s: differ by %.1e", rn_units_name(visible), rn_units_name(hidden),
		worst);
	flow_clear(&f);
	rn_rbm_clear(&r);
}

static bool
same_units(const float a[NV], const float other[NV])
{
	for (size_t i = 0; i < NV; i++)
		if (a[i] != other[i])
			return false;
	return true;
}

/* A chain alone, and the same as one of many; and a flow that goes on where another was. */
static void
test_independence(bool mean)
{
	const size_t row = 17;
	struct rn_rbm r = machine(RN_UNITS_PM1, RN_UNITS_01, 2);
	struct flow one, many;
	bool same = true;

	if (flow_make(&one, &r, mean, NULL) != RN_OK || flow_make(&many, &r, mean, NULL) != RN_OK)
		exit(1);
	begin_chains(&many, 3, 100, 0x11, true);
	one.chain[row] = many.chain[row];
	memcpy(one.v + row * NV, many.v + row * NV, NV * sizeof *one.v);
	for (int step = 0; step < 20; step++) {
		flow_step(&many, 0, FLOW_ROWS);
		flow_step(&one, row, 1);
		same = same && same_units(one.v + row * NV, many.v + row * NV);
	}
	OK(same, "mode %s: a chain does not feel the others", mean ? "mean" : "sample");

	flow_clear(&one);
	if (flow_make(&one, &r, mean, NULL) != RN_OK)
		exit(1);
	one.chain[row] = many.chain[row];
	memcpy(one.v + row * NV, many.v + row * NV, NV * sizeof *one.v);
	OK(one.chain[row].step == 20, "is at its step");
	for (int step = 0; step < 20; step++) {
		flow_step(&many, 0, FLOW_ROWS);
		flow_step(&one, row - 5, 6);
	}
	OK(one.chain[row].step == 40 && same_units(one.v + row * NV, many.v + row * NV),
		"and goes on from there");
	flow_clear(&one);
	flow_clear(&many);
	rn_rbm_clear(&r);
}

static void
test_start(enum rn_units units, const char *kind, const char *column)
{
	struct rn_rbm r = machine(units, RN_UNITS_PM1, 1);
	struct rn_schema *schema;
	const struct rn_column *x;
	struct start s;
	uint8_t record[256] = { 0 };
	double sum = 0, square = 0, pair = 0, n = 0, variance;

	r.sigma = 3;
	schema = start_schema(&r);
	x = schema ? rn_schema_find(schema, column) : NULL;
	if (!OK(x && strcmp(schema->kind, kind) == 0, "%s: random %s", rn_units_name(units), kind) ||
		start_make(&s, &r, schema, 1, NULL) != RN_OK)
		exit(1);
	for (uint64_t id = 7; id < 10007; id++) {
		start_put(&s, id, record);
		for (size_t i = 0; i < NV; i++, n++) {
			double v = rn_get_f64(x, record, i) - (units == RN_UNITS_GAUSSIAN ? 0 : 0.5);

			sum += v;
			square += v * v;
			pair += i
				? v * (rn_get_f64(x, record, i - 1) - (units == RN_UNITS_GAUSSIAN ? 0 : 0.5))
				: 0;
		}
	}
	variance = units == RN_UNITS_GAUSSIAN ? 9 : 0.25;
	OK(fabs(sum) < 5 * sqrt(variance * n), "%s: mean, %.1f sigma", rn_units_name(units),
		sum / sqrt(variance * n));
	OK(fabs(square - variance * n) <= 5 * variance * sqrt(2 * n), "%s: variance %g", rn_units_name(units),
		square / n);
	OK(fabs(pair) < 5 * variance * sqrt(n), "%s: neighbours, %.1f sigma", rn_units_name(units),
		pair / (variance * sqrt(n)));
	OK(rn_get_u64(rn_schema_find(schema, "id"), record, 0) == 10006 &&
			rn_get_u64(rn_schema_find(schema, "replica"), record, 0) == 10006 &&
			rn_get_u64(rn_schema_find(schema, "sweep"), record, 0) == 0,
		"each is independent of all others");
	start_clear(&s);
	rn_schema_destroy(schema);
	rn_rbm_clear(&r);
}

int
main(void)
{
	rn_blas_threads(1);
	if (!OK(read_machine() && read_known(), "rbm_small is there"))
		return tap_done();
	test_transitions(RN_UNITS_PM1);
	test_transitions(RN_UNITS_01);
	test_equilibrium(RN_UNITS_PM1);
	test_equilibrium(RN_UNITS_01);
	test_gaussian();
	test_means(RN_UNITS_PM1, RN_UNITS_PM1);
	test_means(RN_UNITS_PM1, RN_UNITS_01);
	test_means(RN_UNITS_01, RN_UNITS_01);
	test_means(RN_UNITS_GAUSSIAN, RN_UNITS_PM1);
	test_independence(false);
	test_independence(true);
	test_start(RN_UNITS_PM1, "spins", "spins");
	test_start(RN_UNITS_01, "samples", "x");
	test_start(RN_UNITS_GAUSSIAN, "samples", "x");
	return tap_done();
}
