/* ln Z by annealed importance sampling against enumeration: pulls, what they hide, and that numbers are keyed. */
#include "../../src/rbm-train/ais.h"

#include <math.h>

#include "../../src/rbm-train/enumerate.h"
#include "rbm_reference.h"
#include "renorm/vecmath.h"
#include "tap.h"

#define MACHINES 20

static const struct rn_random_key key = { { 5, 6 } };

static struct ais_result
ais_of(const struct rn_rbm *r, size_t chains, size_t steps, const double mean[], uint64_t id)
{
	const struct rn_random_key of_run = { { id, 7 } };
	const struct ais_options o = { .chains = chains, .steps = steps, .mean = mean };
	struct ais_result result;
	struct rn_error err;

	if (ais_lnz(r, &o, &of_run, &result, &err) != RN_OK)
		abort();
	return result;
}

static double
exact_lnz(const struct rn_rbm *r)
{
	struct rn_error err;
	double lnz;

	if (enumerate_lnz(r, &lnz, &err) != RN_OK)
		abort();
	return lnz;
}

/* Weights of sd 0.1 to 3, 6 to 20 units a layer. `power`: what is added to the true value, in errors. */
struct pulls {
	double worst, square, least_ess;
};
static struct pulls
pulls_of(enum rn_units visible, enum rn_units hidden, size_t chains, size_t steps, double power)
{
	struct rn_random random = rn_random_at(&key, (uint64_t)visible * 4 + hidden);
	struct pulls pulls = { .least_ess = INFINITY };

	for (uint64_t k = 0; k < MACHINES; k++) {
		const double sd = 0.1 * pow(30, (double)k / (MACHINES - 1));
		const size_t nv = 6 + rn_random_below(&random, 15), nh = 6 + rn_random_below(&random, 15);
		struct rn_rbm r = reference_random(visible, hidden, nv, nh,
			visible == RN_UNITS_GAUSSIAN ? sd / 6 : sd, &random);
		const struct ais_result a = ais_of(&r, chains, steps, NULL, k);
		const double pull = (a.lnz - exact_lnz(&r)) / a.error + power;

		pulls.worst = fmax(pulls.worst, fabs(pull));
		pulls.square += pull * pull / MACHINES;
		pulls.least_ess = fmin(pulls.least_ess, a.ess);
		rn_rbm_clear(&r);
	}
	return pulls;
}

/* The mean of 20 squares has the standard deviation sqrt(2 / 20). */
static const double most = 1 + 5 * 0.3162;

static void
random_machines(enum rn_units visible, enum rn_units hidden)
{
	struct pulls p = pulls_of(visible, hidden, 100, 0, 0);

	OK(p.worst < 5 && p.square < most && p.square > 0.1,
		"%s %s: 20 machines agree with enumeration: pulls have the sd %.2f, the worst is %.1f; ess "
		"at least %.0f of 100",
		rn_units_name(visible), rn_units_name(hidden), sqrt(p.square), p.worst, p.least_ess);
	p = pulls_of(visible, hidden, 100, 0, 3);
	OK(!(p.square < most), "and not with 3 errors more");
	p = pulls_of(visible, hidden, 100, 30, 0);
	OK(p.square < 4 && p.least_ess < 15,
		"%s %s: on a ladder too coarse the error says so: sd %.2f, the worst %.1f; ess down to %.1f",
		rn_units_name(visible), rn_units_name(hidden), sqrt(p.square), p.worst, p.least_ess);
}

static void
without_couplings(void)
{
	static const enum rn_units units[] = { RN_UNITS_PM1, RN_UNITS_01, RN_UNITS_GAUSSIAN };
	double mean[5], exact;
	struct ais_result a;

	for (size_t u = 0; u < 3; u++) {
		struct rn_rbm r = reference_create(units[u], RN_UNITS_01, 5, 3);

		r.sigma = units[u] == RN_UNITS_GAUSSIAN ? 1.5F : 1;
		for (size_t i = 0; i < 5; i++)
			mean[i] = 0.2 * (double)i;
		exact = exact_lnz(&r);
		a = ais_of(&r, 4, 8, NULL, 0);
		OK(fabs(a.lnz - exact) < 1e-12 && a.error < 1e-6 && fabs(a.ess - 4) < 1e-9,
			"%s: without weights Z is known from the start", rn_units_name(units[u]));
		a = ais_of(&r, 500, 200, mean, 0);
		OK(fabs(a.lnz - exact) < 5 * a.error && a.error > 0,
			"%s: and from another start %.4f(%.0e), exactly %.4f", rn_units_name(units[u]), a.lnz,
			a.error, exact);
		rn_rbm_clear(&r);
	}
}

static void
means(void)
{
	struct rn_rbm r = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, 3, 1);
	uint8_t rows[3 + RN_SLACK] = { 1, 3, 0 };
	double weight[3] = { 1, 2, 5 }, mean[3];
	const uint64_t index[2] = { 0, 1 };
	struct rn_dataset d = { .type = RN_BIT,
		.ndim = 1,
		.shape = { 3 },
		.width = 3,
		.n = 3,
		.row_bytes = 1,
		.rows = rows };
	struct rn_error err;

	OK(ais_means(&r, &d, index, 2, mean, &err) == RN_OK && mean[0] == 1 && mean[1] == 0 && mean[2] == -1,
		"means of two of three rows");
	d.weight = weight;
	OK(ais_means(&r, &d, index, 2, mean, &err) == RN_OK && fabs(mean[1] - 1.0 / 3) < 1e-15, "weighted");
	rn_rbm_clear(&r);
}

static void
keyed(void)
{
	struct rn_random random = rn_random_at(&key, 99);
	struct rn_rbm r = reference_random(RN_UNITS_PM1, RN_UNITS_PM1, 9, 7, 1, &random);
	const struct ais_result a = ais_of(&r, 10, 50, NULL, 1), b = ais_of(&r, 10, 50, NULL, 1),
				c = ais_of(&r, 10, 50, NULL, 2);

	OK(a.lnz == b.lnz && a.error == b.error && a.steps == 50, "the same key, the same numbers");
	OK(a.lnz != c.lnz, "another key, others");
	r.W[3] = NAN;
	OK(isnan(ais_of(&r, 10, 50, NULL, 1).lnz), "weights that are no numbers give none");
	rn_rbm_clear(&r);
}

int
main(void)
{
	rn_blas_threads(1);
	random_machines(RN_UNITS_PM1, RN_UNITS_PM1);
	random_machines(RN_UNITS_01, RN_UNITS_01);
	random_machines(RN_UNITS_PM1, RN_UNITS_01);
	random_machines(RN_UNITS_GAUSSIAN, RN_UNITS_PM1);
	without_couplings();
	means();
	keyed();
	return tap_done();
}
