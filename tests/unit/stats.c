/*
 * stats.c - means, jackknife, autocorrelation and bootstrap against what is known exactly
 *
 * The workhorse is the AR(1) process x' = a x + sqrt(1 - a^2) g, g standard normal,
 * started in its stationary law: variance 1, C(t) = a^t, tau = (1 + a) / (2 (1 - a)),
 * and the mean of n values has variance
 *
 *	(1/n) [ (1 + a)/(1 - a) - 2 a (1 - a^n) / (n (1 - a)^2) ].
 */
#include <math.h>
#include <stdlib.h>

#include "renorm/stats.h"
#include "tap.h"

#define NEAR(x, y, tolerance) (fabs((x) - (y)) <= (tolerance))

static struct rn_random
numbers(uint64_t id)
{
	static struct rn_random_key key;

	key = rn_random_key(1, "test-stats", NULL, 0, NULL, 0);
	return rn_random_at(&key, id);
}

static double
ar1_next(double x, double a, struct rn_random *r)
{
	return a * x + sqrt(1 - a * a) * rn_random_normal(r);
}

static double
ar1_mean_variance(double a, double n)
{
	return ((1 + a) / (1 - a) - 2 * a * (1 - pow(a, n)) / (n * (1 - a) * (1 - a))) / n;
}

static void
first(const double mean[], double out[], void *arg)
{
	(void)arg;
	out[0] = mean[0];
}

static void
square(const double mean[], double out[], void *arg)
{
	(void)arg;
	out[0] = mean[0] * mean[0];
}

static void
ratio(const double mean[], double out[], void *arg)
{
	(void)arg;
	out[0] = mean[1] / mean[0];
}

static void
inverse(const double mean[], double out[], void *arg)
{
	(void)arg;
	out[0] = 1 / mean[0];
}

static struct rn_estimate
jackknife_of(const struct rn_sample *s, rn_function f)
{
	struct rn_estimate e = { NAN, NAN, NAN };

	if (rn_jackknife(s, f, NULL, 1, &e, NULL) != RN_OK)
		e.value = NAN;
	return e;
}

/* --- weighted mean --------------------------------------------------------- */

static void
test_mean(void)
{
	const double x[] = { 1, 2, 4, 8, 16 }, w[] = { 1, 2, 0.5, 0, 3 };
	struct rn_mean all = { 0 }, left = { 0 }, right = { 0 }, equal = { 0 }, heavy = { 0 };
	double W = 0, W2 = 0, sum = 0, square_sum = 0, mean;

	for (size_t i = 0; i < 5; i++) {
		W += w[i];
		W2 += w[i] * w[i];
		sum += w[i] * x[i];
		rn_mean_add(&all, x[i], w[i]);
		rn_mean_add(i < 2 ? &left : &right, x[i], w[i]);
		rn_mean_add(&equal, x[i], 1);
	}
	mean = sum / W;
	for (size_t i = 0; i < 5; i++)
		square_sum += w[i] * (x[i] - mean) * (x[i] - mean);
	OK(NEAR(all.mean, mean, 1e-14), "weighted mean %.15g", all.mean);
	OK(NEAR(rn_mean_samples(&all), W * W / W2, 1e-14), "effective samples %.15g", rn_mean_samples(&all));
	OK(NEAR(rn_mean_variance(&all), square_sum / (W - W2 / W), 1e-12), "weighted variance");
	OK(NEAR(rn_mean_error(&all), sqrt(square_sum / (W - W2 / W) * W2 / W / W), 1e-13), "its error");
	rn_mean_merge(&left, &right);
	OK(left.n == 5 && NEAR(left.mean, mean, 1e-14) &&
			NEAR(rn_mean_error(&left), rn_mean_error(&all), 1e-13) &&
			NEAR(left.weight2, W2, 1e-14),
		"merging the parts gives the whole");

	/* The textbook: mean 6.2, s^2 = sum (x - 6.2)^2 / 4 = 37.2 */
	OK(NEAR(equal.mean, 6.2, 1e-14) && NEAR(rn_mean_error(&equal), sqrt(37.2 / 5), 1e-13) &&
			NEAR(rn_mean_samples(&equal), 5, 1e-14),
		"equal weights are the textbook");

	OK(isnan(rn_mean_error(&heavy)) && rn_mean_samples(&heavy) == 0, "nothing known of nothing");
	rn_mean_add(&heavy, 3, 7.7);
	OK(heavy.mean == 3 && isnan(rn_mean_error(&heavy)), "one sample has a mean and no error");
	rn_mean_add(&heavy, 5, 0);
	OK(heavy.mean == 3 && isnan(rn_mean_error(&heavy)), "weight 0 says nothing");
}

/* --- jackknife ------------------------------------------------------------- */

static void
test_jackknife_textbook(void)
{
	enum { n = 40 };
	double v[n][2], mean[2] = { 0 }, cov[2][2] = { { 0 } };
	struct rn_random r = numbers(100);
	struct rn_sample s = { 0 };
	struct rn_estimate e;
	double delta;

	for (size_t i = 0; i < n; i++) {
		v[i][0] = 5 + rn_random_normal(&r);
		v[i][1] = 2 * v[i][0] + 0.3 * rn_random_normal(&r);
		mean[0] += v[i][0] / n;
		mean[1] += v[i][1] / n;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t a = 0; a < 2; a++)
			for (size_t b = 0; b < 2; b++)
				cov[a][b] += (v[i][a] - mean[a]) * (v[i][b] - mean[b]) / (n * (n - 1.0));
	if (!OK(rn_sample_of(&v[0][0], n, 2, &s, NULL) == RN_OK, "a sample of ready items"))
		return;

	e = jackknife_of(&s, first);
	OK(NEAR(e.value, mean[0], 1e-13) && NEAR(e.error, sqrt(cov[0][0]), 1e-13) && NEAR(e.bias, 0, 1e-12),
		"of a mean it is s / sqrt n exactly, unbiased");
	e = jackknife_of(&s, square);
	/* E[mean^2] = mu^2 + var / n: the jackknife knows it exactly, s^2 / n */
	OK(NEAR(e.bias, cov[0][0], 1e-11), "bias of a squared mean: %.15g, exactly %.15g", e.bias, cov[0][0]);
	e = jackknife_of(&s, ratio);
	delta = e.value *
		sqrt(cov[0][0] / mean[0] / mean[0] + cov[1][1] / mean[1] / mean[1] -
			2 * cov[0][1] / mean[0] / mean[1]);
	/* They differ at relative order (cv of the mean) = 0.2 / sqrt 40 = 3%. */
	OK(NEAR(e.error, delta, 0.03 * delta), "ratio: jackknife %.6g, delta method %.6g", e.error, delta);
	OK(e.error < 0.5 * e.value * sqrt(cov[0][0] / mean[0] / mean[0] + cov[1][1] / mean[1] / mean[1]),
		"and it sees the correlation of the two");
	rn_sample_clear(&s);
}

static void
variance(const double mean[], double out[], void *arg)
{
	(void)arg;
	out[0] = mean[1] - mean[0] * mean[0];
}

/* Without either of two records the variance is 0, with both it is not. */
static void
test_jackknife_of_two(void)
{
	const double two[] = { 0.1, 0.1 * 0.1, 0.7, 0.7 * 0.7 }, same[] = { 0.1, 0.1, 0.1 };
	struct rn_sample s;
	struct rn_estimate e;

	if (rn_sample_of(two, 2, 2, &s, NULL) != RN_OK)
		exit(1);
	e = jackknife_of(&s, variance);
	OK(NEAR(e.value, 0.09, 1e-15) && isnan(e.error) && isnan(e.bias),
		"two records: a variance has no error");
	e = jackknife_of(&s, first);
	OK(NEAR(e.value, 0.4, 1e-15) && NEAR(e.error, 0.3, 1e-15), "their mean has one");
	rn_sample_clear(&s);

	if (rn_sample_of(same, 3, 1, &s, NULL) != RN_OK)
		exit(1);
	e = jackknife_of(&s, first);
	OK(NEAR(e.value, 0.1, 1e-16) && e.error < 1e-16,
		"of equal numbers the error is 0, whatever rounding did");
	rn_sample_clear(&s);
}

static void
test_jackknife_edges(void)
{
	double v[3] = { 2, 2, 2 }, zeros[3] = { 0, 0, 0 }, mixed[3] = { 0, 1, 0 };
	struct rn_sample s = { 0 };
	struct rn_estimate e;

	if (rn_sample_of(v, 1, 1, &s, NULL) == RN_OK) {
		e = jackknife_of(&s, first);
		OK(e.value == 2 && isnan(e.error), "one block has no error");
	}
	rn_sample_clear(&s);
	if (rn_sample_of(v, 3, 1, &s, NULL) == RN_OK) {
		e = jackknife_of(&s, square);
		OK(e.value == 4 && e.error == 0 && e.bias == 0, "equal values have error 0");
	}
	rn_sample_clear(&s);
	if (rn_sample_of(zeros, 3, 1, &s, NULL) == RN_OK) {
		e = jackknife_of(&s, inverse);
		OK(isinf(e.value) && e.error == 0, "a sure infinity has error 0");
	}
	rn_sample_clear(&s);
	if (rn_sample_of(mixed, 3, 1, &s, NULL) == RN_OK) {
		e = jackknife_of(&s, inverse);
		OK(e.value == 3 && isinf(e.error),
			"a value that one block keeps from infinity has an infinite error");
	}
	rn_sample_clear(&s);
}

/* Pushes n records of a chain: the value and its square. */
static bool
push(struct rn_blocks *b, const double x[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double *sum = rn_blocks_record(b);

		if (!sum)
			return false;
		sum[0] += x[i];
		sum[1] += x[i] * x[i];
	}
	return true;
}

static void
test_blocks(void)
{
	double x[1000], sum = 0, t = 0, direct = 0;
	struct rn_jackknife *j = rn_jackknife_create(2, 16);
	struct rn_blocks *a = rn_jackknife_chain(j, false), *b = rn_jackknife_chain(j, false);
	struct rn_sample s = { 0 };
	struct rn_estimate e;
	bool lengths = true;

	for (size_t i = 0; i < 1000; i++) {
		x[i] = (double)(i * i % 97);
		sum += x[i];
	}
	/* 700 and 300 records in turns, so that chains interleave */
	for (size_t i = 0; i < 100; i++)
		if (!push(a, x + 7 * i, 7) || !push(b, x + 700 + 3 * i, 3))
			OK(false, "memory");
	if (!OK(rn_jackknife_finish(j, 0.5, &s, NULL) == RN_OK, "blocks of two chains"))
		return;
	OK(s.records == 1000 && s.total[0] == sum, "every record is in a block");
	/* The length doubles whenever 16 blocks are full: 64 is the first power of two of which 1000 hold fewer. */
	OK(s.length == 64 && s.n == 10 + 4, "block length %zu, %zu blocks", s.length, s.n);
	for (size_t i = 0; i < s.n; i++)
		lengths = lengths && s.count[i] >= 64 && s.count[i] < 128;
	OK(lengths, "none is shorter than full, or twice as long");
	OK(s.count[9] == 64 + 700 % 64 && s.count[13] == 64 + 300 % 64,
		"what is left joins the last block of its chain");
	for (size_t i = 0, block = 0, at = 0; block < s.n; block++, at = i) {
		double want = 0;

		for (; i < at + (size_t)s.count[block]; i++)
			want += x[i];
		lengths = lengths && want == s.sum[2 * block];
	}
	OK(lengths, "a block is a stretch of its chain");

	/* Unequal blocks: the formula in the header, term by term. */
	e = jackknife_of(&s, square);
	for (size_t i = 0; i < s.n; i++) {
		double f = (s.total[0] - s.sum[2 * i]) / (s.records - s.count[i]);

		direct += f * f * (1 - s.count[i] / s.records);
	}
	direct = (double)s.n * e.value - direct;
	for (size_t i = 0; i < s.n; i++) {
		double h = s.records / s.count[i], f = (s.total[0] - s.sum[2 * i]) / (s.records - s.count[i]);
		double d = h * e.value - (h - 1) * f * f - direct;

		t += d * d / (h - 1) / (double)s.n;
	}
	OK(NEAR(e.error, sqrt(t), 1e-9 * e.error), "delete-m jackknife: error %.12g, direct %.12g", e.error,
		sqrt(t));
	OK(NEAR(e.value - e.bias, direct, 1e-9 * e.value), "and bias");
	rn_sample_clear(&s);
	rn_jackknife_destroy(j);
}

static void
test_blocks_long_enough(void)
{
	double x[4000];
	struct rn_sample s = { 0 };
	struct rn_jackknife *j;

	for (size_t i = 0; i < 4000; i++)
		x[i] = (double)i;
	static const struct {
		double tau;
		size_t length;
		bool few;
	} want[] = {
		{ NAN, 32, false }, { 0.5, 32, false }, { 2, 32, false }, { 2.1, 64, false },
		{ 8, 128, false }, { 8.1, 128, true }, { 1000, 128, true }, /* 4000 / 256 < 20 */
	};
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		j = rn_jackknife_create(2, 128);
		if (push(rn_jackknife_chain(j, false), x, 4000) &&
			rn_jackknife_finish(j, want[i].tau, &s, NULL) == RN_OK)
			OK(s.length == want[i].length && s.few == want[i].few, "tau %g: blocks of %zu%s",
				want[i].tau, s.length, s.few ? ", too few to be longer" : "");
		rn_sample_clear(&s);
		rn_jackknife_destroy(j);
	}

	j = rn_jackknife_create(2, 128);
	if (push(rn_jackknife_chain(j, true), x, 4000) && rn_jackknife_finish(j, 1000, &s, NULL) == RN_OK)
		OK(s.n == 4000 / 32 && !s.few, "independent records need no long blocks");
	rn_sample_clear(&s);
	rn_jackknife_destroy(j);

	j = rn_jackknife_create(2, 128);
	for (size_t i = 0; i < 1000; i++)
		if (!push(rn_jackknife_chain(j, false), x + 4 * i, i % 3 ? 4 : 1))
			OK(false, "memory");
	if (rn_jackknife_finish(j, 1000, &s, NULL) == RN_OK)
		OK(s.n == 1000 && !s.few && s.count[0] == 1 && s.count[1] == 4,
			"many short chains: each is a block");
	rn_sample_clear(&s);
	rn_jackknife_destroy(j);
}

/* A slower quantity may ask for longer blocks afterwards; independent chains do not follow. */
static void
test_blocks_again(void)
{
	double x[4000];
	struct rn_sample s = { 0 };
	struct rn_jackknife *j = rn_jackknife_create(2, 128);

	for (size_t i = 0; i < 4000; i++)
		x[i] = (double)(i * i % 89);
	if (!push(rn_jackknife_chain(j, false), x, 3000) ||
		!push(rn_jackknife_chain(j, true), x + 3000, 1000))
		exit(1);
	for (double tau = 1; tau <= 4; tau *= 2) {
		if (rn_jackknife_finish(j, tau, &s, NULL) != RN_OK)
			exit(1);
		OK(s.records == 4000 && (double)s.length == fmax(32, 16 * tau) &&
				s.n == 3000 / s.length + 1000 / 32 && s.inflate > 1 && s.inflate < 1.04,
			"finished with tau = %g: %zu blocks, those of the chain of %zu", tau, s.n, s.length);
		rn_sample_clear(&s);
	}
	rn_jackknife_destroy(j);

	j = rn_jackknife_create(2, 128);
	if (!push(rn_jackknife_chain(j, true), x, 4000) || rn_jackknife_finish(j, 100, &s, NULL) != RN_OK)
		exit(1);
	OK(s.inflate == 1, "nothing is hidden between independent records");
	rn_sample_clear(&s);
	rn_jackknife_destroy(j);
}

/* --- correlator ------------------------------------------------------------ */

/* The mean product of block means over 2^level at a distance, straight from the definition. */
static double
direct_correlation(const double x[], size_t n, unsigned level, unsigned lag, double mean)
{
	size_t width = (size_t)1 << level, blocks = n / width, pairs = 0;
	double sum = 0;

	for (size_t b = lag; b < blocks; b++, pairs++) {
		double here = 0, there = 0;

		for (size_t i = 0; i < width; i++) {
			here += (x[b * width + i] - mean) / (double)width;
			there += (x[(b - lag) * width + i] - mean) / (double)width;
		}
		sum += here * there;
	}
	return sum / (double)pairs;
}

static void
test_correlator_products(void)
{
	/* Small integers: their means over 2^l, l < 8, are exact in single precision. */
	enum { n = 1000 };
	double x[n], mean = 0, worst = 0;
	struct rn_correlator *c = rn_correlator_create();
	struct rn_history *h = rn_correlator_chain(c);
	unsigned known = 0;

	for (size_t i = 0; i < n; i++) {
		x[i] = (double)(i * i * 7 % 101);
		mean += x[i] / n;
		if (!rn_history_push(h, x[i]))
			OK(false, "memory");
	}
	rn_correlator_tau(c);
	for (unsigned level = 0; level < 8; level++)
		for (unsigned lag = level ? 8 : 0; lag < 16; lag++) {
			double got = rn_correlator_at(c, level, lag), want;

			if ((size_t)n >> level <= lag) {
				worst = isnan(got) ? worst : INFINITY;
				continue;
			}
			known++;
			want = direct_correlation(x, n, level, lag, mean);
			worst = fmax(worst, fabs(got - want));
		}
	OK(worst < 1e-9 && known == 16 + 8 * 5 + 7,
		"products at all levels as defined, %u of them, within %.1g", known, worst);
	rn_correlator_destroy(c);
}

/* With C(t) known in closed form for block means, the weights must integrate it exactly. */
static void
test_correlator_integral(void)
{
	const double a = 0.97;
	double sum = 0, exact = 0.5 * (1 + a) / (1 - a) - 0.5;

	for (int l = 0; l < 12; l++)
		for (int lag = l ? 8 : 1; lag < 16; lag++) {
			double width = ldexp(1, l), C = 0;

			for (double t = 1 - width; t < width; t++)
				C += (1 - fabs(t) / width) * pow(a, fabs(lag * width + t)) / width;
			sum += width * (lag == 15 ? 0.5 : 1) * C;
		}
	OK(NEAR(sum, exact, 1e-12), "the levels' weights integrate a^t: %.13g, exactly %.13g", sum, exact);
}

static struct rn_tau
ar1_tau(double a, size_t chains, size_t records, uint64_t id)
{
	struct rn_correlator *c = rn_correlator_create();
	struct rn_tau tau;

	for (size_t k = 0; k < chains; k++) {
		struct rn_random r = numbers(id * 1000 + k);
		struct rn_history *h = rn_correlator_chain(c);
		double x = rn_random_normal(&r);

		for (size_t i = 0; i < records; i++, x = ar1_next(x, a, &r))
			if (!rn_history_push(h, 100 + x))
				OK(false, "memory");
	}
	tau = rn_correlator_tau(c);
	rn_correlator_destroy(c);
	return tau;
}

static void
test_tau(void)
{
	static const struct {
		double a;
		size_t chains, records;
	} cases[] = {
		{ 0, 1, 100000 },
		{ -0.5, 1, 100000 },
		{ 0.5, 1, 100000 },
		{ 0.9, 1, 100000 },
		{ 0.98, 1, 200000 },
		{ 0.9, 100, 1000 },
		{ 0.5, 5000, 20 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double a = cases[i].a, exact = (1 + a) / (2 * (1 - a));
		struct rn_tau t = ar1_tau(a, cases[i].chains, cases[i].records, i + 1);

		OK(NEAR(t.tau, exact, 4 * t.error) && t.error < 0.1 * exact && !t.open,
			"a = %g, %zu chains of %zu: tau %.4g(%.2g), exactly %.4g", a, cases[i].chains,
			cases[i].records, t.tau, t.error, exact);
	}
}

static void
test_tau_edges(void)
{
	struct rn_correlator *c = rn_correlator_create();
	struct rn_history *h;
	struct rn_tau t;

	OK(rn_correlator_chain(c) && isnan(rn_correlator_tau(c).tau), "no records: no tau");
	rn_correlator_destroy(c);

	c = rn_correlator_create();
	h = rn_correlator_chain(c);
	for (int i = 0; i < 1000; i++)
		if (!rn_history_push(h, 0.1))
			exit(1);
	t = rn_correlator_tau(c);
	OK(isnan(t.tau) && isnan(t.error), "a constant has no tau");
	rn_correlator_destroy(c);

	c = rn_correlator_create();
	for (int i = 0; i < 100; i++)
		if (!rn_history_push(rn_correlator_chain(c), i))
			exit(1);
	OK(isnan(rn_correlator_tau(c).tau), "chains of one record have no tau");
	rn_correlator_destroy(c);

	c = rn_correlator_create();
	h = rn_correlator_chain(c);
	if (!rn_history_push(h, 1) || !rn_history_push(h, 2))
		exit(1);
	t = rn_correlator_tau(c);
	OK(isnan(t.tau) && isnan(t.error), "two records have no tau, least of all a negative one");
	rn_correlator_destroy(c);

	t = ar1_tau(0.99, 1000, 20, 77);
	OK(t.open && t.tau < 20 && t.tau > 5,
		"chains shorter than their memory: tau %.3g is marked a lower bound", t.tau);
}

/* The error of tau is itself true: pulls over many runs have the spread of a normal variate. */
static void
test_tau_error(void)
{
	enum { runs = 400 };
	const double a = 0.8, exact = (1 + a) / (2 * (1 - a));
	double squares = 0, sum = 0;

	for (uint64_t i = 0; i < runs; i++) {
		struct rn_tau t = ar1_tau(a, 1, 20000, 2000 + i);
		double pull = (t.tau - exact) / t.error;

		sum += pull;
		squares += pull * pull;
	}
	/* chi^2 of 400: 400 +- 28. Truncation at the window costs up to half an error of bias (Wolff): allow 1.25 + 4 sigma. */
	OK(squares / runs < 1.25 + 4 * 0.07 && squares / runs > 1 - 4 * 0.07,
		"pulls of tau: mean %.3f, mean square %.3f", sum / runs, squares / runs);
}

/* --- coverage: does the error bar hold the truth as often as it says? ------- */

struct coverage {
	unsigned inside, runs;
	double variance; /* mean of error^2, in units of the exact variance */
};

static struct coverage
cover(double a, size_t chains, size_t records, bool know_tau, unsigned runs, uint64_t id)
{
	struct coverage out = { .runs = runs };
	double exact = ar1_mean_variance(a, (double)records) / (double)chains;

	for (unsigned run = 0; run < runs; run++) {
		struct rn_random r = numbers(id * 100000 + run);
		struct rn_jackknife *j = rn_jackknife_create(1, 128);
		struct rn_sample s = { 0 };
		struct rn_estimate e;

		for (size_t k = 0; k < chains; k++) {
			struct rn_blocks *b = rn_jackknife_chain(j, !know_tau);
			double x = rn_random_normal(&r);

			for (size_t i = 0; i < records; i++, x = ar1_next(x, a, &r)) {
				double *sum = rn_blocks_record(b);

				if (!sum)
					exit(1);
				sum[0] += x;
			}
		}
		if (rn_jackknife_finish(j, (1 + a) / (2 * (1 - a)), &s, NULL) != RN_OK)
			exit(1);
		e = jackknife_of(&s, first);
		out.inside += fabs(e.value) < e.error;
		out.variance += e.error * e.error / exact / runs;
		rn_sample_clear(&s);
		rn_jackknife_destroy(j);
	}
	return out;
}

static bool
covers(struct coverage c)
{
	double p = erf(M_SQRT1_2), n = c.runs;

	return NEAR(c.inside / n, p, 4.5 * sqrt(p * (1 - p) / n));
}

static void
test_coverage(void)
{
	static const struct {
		double a;
		size_t chains, records;
	} cases[] = {
		{ 0, 1, 1000 },
		{ 0.8, 1, 10000 },
		{ 0.8, 30, 400 },
		{ 0.9, 300, 7 },
	};
	struct coverage c;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		c = cover(cases[i].a, cases[i].chains, cases[i].records, true, 600, i + 1);
		OK(covers(c), "a = %g, %zu chains of %zu: %u of %u inside one error", cases[i].a,
			cases[i].chains, cases[i].records, c.inside, c.runs);
		/* 20 blocks at least: error^2 spreads by sqrt(2/19) a run. */
		OK(NEAR(c.variance, 1, 4.5 * sqrt(2 / 19. / c.runs)),
			"mean square error %.3f of the exact variance", c.variance);
	}
	/* Blocks of 1, 2, 4 tau for want of records: 20 to 39 of them, whose scatter alone holds 0.37, 0.57, 0.75 of it. */
	for (size_t records = 100; records <= 400; records *= 2) {
		c = cover(0.8, 1, records, true, 600, 20 + records);
		OK(NEAR(c.variance, 1, 0.05 + 4.5 * sqrt(2 / 19. / c.runs)),
			"a chain of %zu tau: mean square error %.3f of the exact variance", records * 2 / 9,
			c.variance);
	}
	c = cover(0.8, 1, 500, false, 600, 9);
	OK(!covers(c), "power: taken for independent, only %u of %u are inside", c.inside, c.runs);
}

/* --- bootstrap ------------------------------------------------------------- */

static void
test_bootstrap(void)
{
	enum { n = 50, resamples = 4000 };
	double v[n], s2 = 0, mean = 0, scale;
	struct rn_random r = numbers(7), again;
	struct rn_interval b = { 0 }, b2 = { 0 };
	struct rn_sample s = { 0 };
	bool known;

	for (size_t i = 0; i < n; i++) {
		v[i] = rn_random_normal(&r);
		mean += v[i] / n;
	}
	for (size_t i = 0; i < n; i++)
		s2 += (v[i] - mean) * (v[i] - mean) / n;
	if (rn_sample_of(v, n, 1, &s, NULL) != RN_OK)
		exit(1);
	again = r;
	known = rn_bootstrap(&s, first, NULL, 1, resamples, 0.9, &r, &b, NULL) == RN_OK &&
		rn_bootstrap(&s, first, NULL, 1, resamples, 0.9, &again, &b2, NULL) == RN_OK;
	scale = sqrt(s2 / n); /* the exact standard deviation of a resampled mean */
	OK(known && NEAR(b.value, mean, 1e-15), "value is that of the sample");
	OK(NEAR(b.error, scale, 4.5 * scale / sqrt(2. * resamples)), "error %.4g, exactly %.4g", b.error,
		scale);
	/* quantile 0.95 of a nearly normal law: its spread over resamples is sqrt(p (1-p) / R) / density */
	OK(NEAR(b.hi - mean, 1.6449 * scale, 0.1 * scale) && NEAR(mean - b.lo, 1.6449 * scale, 0.1 * scale),
		"90%% interval %.3f .. %.3f errors", (b.lo - mean) / scale, (b.hi - mean) / scale);
	OK(b.error == b2.error && b.lo == b2.lo && b.hi == b2.hi, "the same numbers give the same bytes");
	OK(rn_bootstrap(&s, first, NULL, 1, 1, 0.9, &r, &b, NULL) == RN_EUSAGE &&
			rn_bootstrap(&s, first, NULL, 1, 10, 1, &r, &b, NULL) == RN_EUSAGE,
		"one resample or confidence 1 is refused");
	rn_sample_clear(&s);
}

static void
test_bootstrap_coverage(void)
{
	enum { n = 60, runs = 400 };
	unsigned inside = 0;
	double p = 0.9;

	for (uint64_t run = 0; run < runs; run++) {
		struct rn_random r = numbers(50000 + run);
		struct rn_sample s = { 0 };
		struct rn_interval b;
		double v[n];

		for (size_t i = 0; i < n; i++)
			v[i] = rn_random_normal(&r);
		if (rn_sample_of(v, n, 1, &s, NULL) != RN_OK ||
			rn_bootstrap(&s, first, NULL, 1, 300, p, &r, &b, NULL) != RN_OK)
			exit(1);
		inside += b.lo < 0 && 0 < b.hi;
		rn_sample_clear(&s);
	}
	/* percentile intervals are short by about (1 + 2.7) / (4 n) in width for a normal mean: 1% of coverage here */
	OK(NEAR(inside / (double)runs, p, 0.01 + 4.5 * sqrt(p * (1 - p) / runs)),
		"90%% intervals hold %u of %d", inside, runs);
}

int
main(void)
{
	test_mean();
	test_jackknife_textbook();
	test_jackknife_edges();
	test_jackknife_of_two();
	test_blocks();
	test_blocks_long_enough();
	test_blocks_again();
	test_correlator_products();
	test_correlator_integral();
	test_tau();
	test_tau_edges();
	test_tau_error();
	test_coverage();
	test_bootstrap();
	test_bootstrap_coverage();
	return tap_done();
}
