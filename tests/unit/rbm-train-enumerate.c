/* Exact ln Z and log-likelihood, against a double loop over all states and the published numbers. */
#include "../../src/rbm-train/enumerate.h"

#include <math.h>

#include "rbm_reference.h"
#include "tap.h"

static const struct rn_random_key key = { { 1, 2 } };

/* ln of the sum over all states of both layers; Gaussian visible units by the trapezium rule (one or two of them). */
static double
lnz_of_definition(const struct rn_rbm *r)
{
	const size_t grid = 600, points = r->visible == RN_UNITS_GAUSSIAN ? grid : 2;
	const double reach = 30, step = 2 * reach / (double)grid;
	double v[8], h[8];
	long double sum = 0;
	size_t visible = 1;

	for (size_t i = 0; i < r->nv; i++)
		visible *= points;
	for (size_t s = 0; s < visible; s++) {
		reference_state(r->visible, s, r->nv, v);
		for (size_t i = 0, rest = s; r->visible == RN_UNITS_GAUSSIAN && i < r->nv; i++, rest /= grid)
			v[i] = -reach + step * (double)(rest % grid);
		for (size_t t = 0; t < (size_t)1 << r->nh; t++) {
			reference_state(r->hidden, t, r->nh, h);
			sum += expl((long double)reference_minus_energy(r, v, h));
		}
	}
	/* cppcheck-suppress invalidFunctionArg ; sum > 0: there is at least one state */
	return (double)logl(sum) + (r->visible == RN_UNITS_GAUSSIAN ? (double)r->nv * log(step) : 0);
}

/* NaN when it is refused. */
static double
lnz_of(const struct rn_rbm *r)
{
	struct rn_error err;
	double lnz;

	return enumerate_lnz(r, &lnz, &err) == RN_OK ? lnz : NAN;
}

static void
of_all_layers(void)
{
	static const struct {
		enum rn_units visible, hidden;
		size_t nv, nh;
	} machines[] = { { RN_UNITS_PM1, RN_UNITS_PM1, 7, 3 }, { RN_UNITS_PM1, RN_UNITS_01, 3, 7 },
		{ RN_UNITS_01, RN_UNITS_PM1, 8, 8 }, { RN_UNITS_01, RN_UNITS_01, 1, 5 },
		{ RN_UNITS_PM1, RN_UNITS_PM1, 1, 1 }, { RN_UNITS_GAUSSIAN, RN_UNITS_PM1, 2, 3 },
		{ RN_UNITS_GAUSSIAN, RN_UNITS_01, 1, 6 } };
	struct rn_random random = rn_random_at(&key, 0);

	for (size_t k = 0; k < sizeof machines / sizeof machines[0]; k++) {
		struct rn_rbm r = reference_random(machines[k].visible, machines[k].hidden, machines[k].nv,
			machines[k].nh, 1, &random);
		double lnz, expected;

		r.sigma = r.visible == RN_UNITS_GAUSSIAN ? 1.25F : 1;
		lnz = lnz_of(&r);
		expected = lnz_of_definition(&r);
		OK(fabs(lnz - expected) < 1e-12 * (1 + fabs(lnz)),
			"ln Z of %zu %s and %zu %s units: %.15g, from the definition %.15g", r.nv,
			rn_units_name(r.visible), r.nh, rn_units_name(r.hidden), lnz, expected);
		rn_rbm_clear(&r);
	}
}

/* The same machine with its layers the other way round. */
static struct rn_rbm
turned(const struct rn_rbm *r)
{
	struct rn_rbm t = reference_create(r->hidden, r->visible, r->nh, r->nv);

	for (size_t i = 0; i < r->nv; i++)
		for (size_t a = 0; a < r->nh; a++)
			t.W[a * r->nv + i] = r->W[i * r->nh + a];
	memcpy(t.b, r->c, r->nh * sizeof *t.b);
	memcpy(t.c, r->b, r->nv * sizeof *t.c);
	return t;
}

/* Over the smaller layer, of more than one block, whichever it is; and over the larger one for all the same. */
static void
of_blocks(void)
{
	struct rn_random random = rn_random_at(&key, 1);
	struct rn_rbm r = reference_random(RN_UNITS_PM1, RN_UNITS_01, 17, 16, 0.7, &random);
	struct rn_rbm t = turned(&r);
	const double lnz = lnz_of(&r), other = lnz_of(&t);
	double sum = 0;

	OK(fabs(lnz - other) < 1e-12 * fabs(lnz),
		"17 and 16 units: ln Z over the hidden states %.15g, over those of the machine turned round "
		"%.15g",
		lnz, other);
	for (size_t s = 0; s < (size_t)1 << 17; s++) {
		float v[17], z[16];
		double F;

		for (size_t i = 0; i < 17; i++)
			v[i] = s >> i & 1 ? 1 : -1;
		rn_rbm_free_energy(&r, v, 1, z, &F);
		sum += exp(-F - lnz);
	}
	OK(fabs(sum - 1) < 1e-5, "e^-F(v) / Z adds up to 1 + %.1e", sum - 1);
	rn_rbm_clear(&r);
	rn_rbm_clear(&t);
}

/* s(z) ~ |z|: weights where e^z has overflowed long ago. */
static void
of_large_weights(void)
{
	struct rn_rbm r = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, 3, 600);
	const double expected = 600 * 3e4 + log(2);
	double lnz;

	for (size_t i = 0; i < r.nv * r.nh; i++)
		r.W[i] = 1e4F;
	lnz = lnz_of(&r);
	OK(fabs(lnz - expected) < 1e-12 * expected, "weights of 1e4: ln Z = %.15g, expected %.15g", lnz,
		expected);
	for (size_t i = 0; i < r.nv * r.nh; i++)
		r.W[i] = 0;
	OK(fabs(lnz_of(&r) - 603 * log(2)) < 1e-10, "600 factors of 2 make no overflow");
	r.W[5] = NAN;
	OK(enumerate_lnz(&r, &lnz, &(struct rn_error){ 0 }) == RN_OK && isnan(lnz), "ln Z of a NaN is NaN");
	rn_rbm_clear(&r);
}

static void
too_many(void)
{
	struct rn_rbm large = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, 21, 21);
	struct rn_rbm wide = reference_create(RN_UNITS_GAUSSIAN, RN_UNITS_PM1, 2, 21);
	struct rn_rbm deep = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, 100, 20);
	struct rn_error err = { 0 };
	double lnz;
	enum rn_status st = enumerate_lnz(&large, &lnz, &err);

	OK(!enumerate_has_lnz(&large) && st == RN_EDATA, "21 and 21 units are too many: %s", err.text);
	st = enumerate_lnz(&wide, &lnz, &err);
	OK(!enumerate_has_lnz(&wide) && st == RN_EDATA, "so are 21 hidden ones of Gaussian visible: %s",
		err.text);
	OK(enumerate_has_lnz(&deep), "100 and 20 units are not");
	rn_rbm_clear(&large);
	rn_rbm_clear(&wide);
	rn_rbm_clear(&deep);
}

/* A dataset of the reference's bits, as a stream would give it. */
static struct rn_dataset
reference_data(uint8_t rows[REFERENCE_DATA], double weight[], uint64_t index[])
{
	double bits[REFERENCE_DATA * REFERENCE_NV];
	struct rn_dataset d = { .type = RN_BIT,
		.ndim = 1,
		.shape = { REFERENCE_NV },
		.width = REFERENCE_NV,
		.n = REFERENCE_DATA,
		.row_bytes = 1,
		.rows = rows,
		.weight = weight };

	reference_numbers("data_bits", REFERENCE_DATA * REFERENCE_NV, bits);
	for (size_t k = 0; k < REFERENCE_DATA; k++) {
		index[k] = k;
		rows[k] = 0;
		for (size_t i = 0; i < REFERENCE_NV; i++)
			rows[k] |= (uint8_t)((bits[k * REFERENCE_NV + i] != 0) << i);
	}
	return d;
}

static double
mean_of(const struct rn_rbm *r, double lnz, const struct rn_dataset *d, const uint64_t index[], size_t n)
{
	struct rn_error err;
	struct rn_mean mean;

	return log_likelihood(r, lnz, d, index, n, &mean, &err) == RN_OK ? mean.mean : NAN;
}

static void
reference(enum rn_units units)
{
	const char *kind = rn_units_name(units);
	struct rn_rbm r = reference_machine(units);
	double lnz, expected, mean, one;
	double weight[REFERENCE_DATA] = { 0, 0, 2.5 };
	uint8_t rows[REFERENCE_DATA + RN_SLACK];
	uint64_t index[REFERENCE_DATA], third = 2;
	struct rn_dataset d = reference_data(rows, NULL, index);
	char keys[64];

	snprintf(keys, sizeof keys, "%s lnZ", kind);
	reference_numbers(keys, 1, &expected);
	lnz = lnz_of(&r);
	OK(fabs(lnz - expected) < 1e-6, "%s: ln Z %.10g, %.10g", kind, lnz, expected);
	snprintf(keys, sizeof keys, "%s mean_log_likelihood", kind);
	reference_numbers(keys, 1, &expected);
	mean = mean_of(&r, lnz, &d, index, REFERENCE_DATA);
	OK(fabs(mean - expected) < 1e-5, "%s: mean log-likelihood %.8g, %.8g", kind, mean, expected);
	d.weight = weight;
	mean = mean_of(&r, lnz, &d, index, REFERENCE_DATA);
	one = mean_of(&r, lnz, &d, &third, 1);
	OK(mean == one, "%s: weights count", kind);
	rn_rbm_clear(&r);
}

int
main(void)
{
	of_all_layers();
	of_blocks();
	of_large_weights();
	too_many();
	reference(RN_UNITS_PM1);
	reference(RN_UNITS_01);
	return tap_done();
}
