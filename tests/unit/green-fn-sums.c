/*
 * green-fn-sums.c - sums of products against plain loops, bags and blocks, tails of known exponent, and the estimators on
 * ensembles that are written out
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/green-fn/chance.h"
#include "../../src/green-fn/doubts.h"
#include "../../src/green-fn/estimate.h"
#include "../../src/green-fn/theory.h"
#include "../../src/green-fn/wick.h"
#include "renorm/random.h"
#include "tap.h"

static void
keep_worst(double *worst, double error)
{
	if (!(error <= *worst)) /* NaN is the worst of all */
		*worst = error;
}

static struct rn_random
keyed(uint64_t id)
{
	const struct rn_random_key key = rn_random_key(1, "green-fn-sums", NULL, 0, NULL, 0);

	return rn_random_at(&key, id);
}

static double
uniform(struct rn_random *r)
{
	return 2 * rn_random_uniform(r) - 1;
}

/* --- products ---------------------------------------------------------------- */

static void
test_products(unsigned sites, bool weighted)
{
	const bool all[ORDER_MAX + 1] = { true, true, true, true, true, true, true };
	struct rn_random random = keyed(sites);
	struct combinations c;
	struct products p;
	double weight[LANES], worst = 0;

	if (!combinations_init(&c, sites, 6) || !products_init(&p, sites, all))
		abort();
	OK(p.total == combinations_total(&c) - 1, "%u sites: %zu sums", sites, p.total);

	double *sum = calloc(p.total, sizeof *sum), *block = products_block(&p);

	for (size_t i = 0; i < sites * LANES; i++)
		block[i] = uniform(&random);
	for (size_t k = 0; k < LANES; k++)
		weight[k] = weighted ? uniform(&random) : 1;
	products_add(&p, weighted ? weight : NULL, sum);
	products_add(&p, weighted ? weight : NULL, sum);
	for (unsigned n = 1; n <= 6; n++)
		for (size_t i = 0; i < combinations_of(&c, n); i++) {
			double want = 0;

			for (size_t k = 0; k < LANES; k++) {
				double product = weight[k];

				for (unsigned j = 0; j < n; j++)
					product *= block[c.leg[n][i * n + j] * LANES + k];
				want += 2 * product;
			}
			keep_worst(&worst, fabs(sum[c.first[n] - 1 + i] - want));
		}
	OK(worst < 1e-13, "%u sites%s: %.1e from a plain loop", sites, weighted ? ", weights" : "", worst);
	free(sum);
	products_clear(&p);
	combinations_clear(&c);
}

/* Only what is wanted, each where it belongs. */
static void
test_some(void)
{
	const bool all[ORDER_MAX + 1] = { false, true, true, true, true, true, true };
	const bool some[ORDER_MAX + 1] = { false, false, true, false, true, false, false };
	struct rn_random random = keyed(99);
	struct products a, b;
	double *x, *y;
	size_t equal = 0;

	if (!products_init(&a, 3, all) || !products_init(&b, 3, some))
		abort();
	x = calloc(a.total, sizeof *x);
	y = calloc(b.total, sizeof *y);
	for (size_t i = 0; i < 3 * LANES; i++)
		products_block(&a)[i] = products_block(&b)[i] = uniform(&random);
	products_add(&a, NULL, x);
	products_add(&b, NULL, y);
	/* Of orders 1, 2, 3, 4 there are 3, 6, 10, 15. */
	for (size_t i = 0; i < 21; i++)
		equal += y[i] == x[i < 6 ? 3 + i : 13 + i];
	OK(b.total == 21 && equal == 21, "orders 2 and 4 alone are the same numbers");
	free(x);
	free(y);
	products_clear(&a);
	products_clear(&b);
}

/* --- weights ----------------------------------------------------------------- */

/* The same as with factors near 1, when g is 2^200 or 2^-300 times as large, and the weight makes up for four legs of it. */
static void
test_weighted(int power)
{
	const bool orders[ORDER_MAX + 1] = { false, false, true, false, true, false, true };
	struct rn_random random = keyed(77);
	struct products p;
	double *g, logw[LANES], plain[15] = { 0 }, scaled[15] = { 0 }, worst = 0;
	struct effective e = { 0 };

	if (!products_init(&p, 2, orders) || p.total != 3 + 5 + 7)
		abort();
	g = products_block(&p);
	for (size_t i = 0; i < 2 * LANES; i++)
		g[i] = uniform(&random);
	g[5] = 0;
	for (size_t k = 0; k < LANES; k++)
		logw[k] = uniform(&random);
	weighted_add(&p, logw, LANES - 1, plain);
	for (size_t i = 0; i < 2 * LANES; i++)
		g[i] = ldexp(g[i], power);
	for (size_t k = 0; k < LANES; k++)
		logw[k] -= 4 * power * M_LN2;
	weighted_add(&p, logw, LANES - 1, scaled);
	for (size_t i = 3; i < 8; i++)
		keep_worst(&worst, fabs(scaled[i] / plain[i] - 1));
	OK(worst < 1e-11, "g 2^%d times as large: four legs are %.1e from what they were", power, worst);
	for (size_t k = 0; k < 10; k++)
		effective_add(&e, 5000.0 * power + (k < 4 ? 0 : -1e4));
	OK(fabs(effective_count(&e) - 4) < 1e-14, "of ten four count");
	products_clear(&p);
}

/* --- bags and blocks --------------------------------------------------------- */

static void
test_pool(void)
{
	struct rn_random random = keyed(3);
	struct pool p;
	struct rn_sample s;
	struct rn_error err;
	double total = 0, squares = 0;
	uint64_t n = 0;
	bool ok = true;

	pool_init(&p, 1);
	while (n < 100000) {
		struct bag *b = pool_bag(&p, 7);
		const uint64_t room = pool_room(&p, 64), here = n + room > 99990 ? 100000 - n : room;
		double sum = 0;

		for (uint64_t i = 0; i < here; i++) {
			const double x = rn_random_normal(&random);

			sum += x;
			squares += x * x;
		}
		pool_add(&p, b, &sum, here);
		total += sum;
		n += here;
	}
	if (pool_sample(&p, &s, &err) != RN_OK)
		abort();
	for (size_t i = 0; i + 1 < s.n; i++)
		ok = ok && s.count[i] == (double)p.length;
	OK(s.n >= BLOCKS_MAX / 2 && s.n <= BLOCKS_MAX && ok && s.records == 100000,
		"one bag: %zu equal blocks", s.n);
	OK(fabs(s.total[0] - total) < 1e-9 && p.bag[0]->nets == 100000, "nothing is lost");

	double scatter = 0;

	for (size_t i = 0; i < s.n; i++)
		scatter += pow(s.sum[i] - s.count[i] * total / 1e5, 2) / s.count[i] / (double)(s.n - 1);
	/* The variance of a chi square of s.n - 1 degrees. */
	OK(fabs(scatter / (squares / 1e5) - 1) < 5 * sqrt(2.0 / (double)(s.n - 1)),
		"whose scatter is the variance");
	rn_sample_clear(&s);

	OK(pool_bag(&p, 8) && !p.block && pool_room(&p, 64) == 64 && p.bags == 2 &&
			pool_bag(&p, 7) == p.bag[0],
		"two bags need no blocks");
	pool_clear(&p);
}

/* --- tails ------------------------------------------------------------------- */

static void
test_tail(void)
{
	const double exponent = 3; /* P(A > x) = x^-3, so A^4 falls off like x^(-3/4) */
	struct rn_random random = keyed(4);
	struct tail heavy, gauss;
	struct tail_figures f;
	double largest[10] = { 0 }, sum = 0;
	const size_t n = 1 << 20;

	if (!tail_init(&heavy) || !tail_init(&gauss))
		abort();
	for (size_t i = 0; i < n; i += LANES) {
		double square[LANES], z[LANES];

		for (size_t k = 0; k < LANES; k++) {
			double A2 = pow(1 - rn_random_uniform(&random), -2 / exponent);

			square[k] = A2;
			sum += A2 * A2;
			for (size_t j = 0; j < 10; j++)
				if (A2 > largest[j]) {
					const double swap = largest[j];

					largest[j] = A2;
					A2 = swap;
				}
			z[k] = pow(rn_random_normal(&random), 2);
		}
		tail_add(&heavy, square, LANES);
		tail_add(&gauss, z, LANES);
	}
	tail_sort(&heavy);
	tail_sort(&gauss);
	f = tail_figures(&heavy, 4);
	OK(fabs(f.hill - exponent / 4) < 4.5 * f.hill_err && f.hill_err < 0.05, "a power: %g +- %g", f.hill,
		f.hill_err);

	double ten = 0;

	for (size_t j = 0; j < 10; j++)
		ten += largest[j] * largest[j];
	OK(fabs(f.top10 - ten / sum) < 1e-12 && f.top1000th > f.top10 && f.top1000th < 1,
		"the share of ten: %g", f.top10);
	for (unsigned legs = 2; legs <= 6; legs += 2) {
		f = tail_figures(&gauss, legs);
		OK(fabs(f.hill - f.hill_gauss) < 4.5 * f.hill_err, "a Gaussian, %u legs: %g +- %g against %g",
			legs, f.hill, f.hill_err, f.hill_gauss);
	}
	OK(fabs(tail_gauss(1e-3, 6) - 2.227) < 1e-3 && tail_gauss(1e-2, 6) < 2,
		"six legs of a Gaussian look heavy at a hundredth");
	tail_clear(&heavy);
	tail_clear(&gauss);
}

/* --- what is unlikely -------------------------------------------------------- */

static void
test_chance(void)
{
	/* Of two degrees of freedom 1 - exp(-r^2); of one, erf(r / sqrt 2). */
	OK(fabs(chance_of_deviation(0.5, 3) - (1 - exp(-0.25))) < 1e-14 &&
			fabs(chance_of_deviation(0.3, 2) - erf(0.3 / sqrt(2))) < 1e-14,
		"three items and two in closed form");
	/* The thousandth of chi square of 19 degrees is 5.40682. */
	OK(fabs(chance_of_deviation(sqrt(5.40682 / 19), 20) - 1e-3) < 1e-8 &&
			isnan(chance_of_deviation(0.5, 1)),
		"twenty from the table");
}

static void
test_doubts(void)
{
	const struct key five = { .N = 5 }, ten = { .N = 10 };
	struct doubt d = { 0 };

	doubts_note(&d, &five, 2, &(struct doubt){ .number = 2, .order = 2 });
	doubts_note(&d, &five, 30, &(struct doubt){ .number = 30, .order = 6 });
	OK(d.groups == 1 && d.number == 30 && d.order == 6,
		"two orders are one group, and the worst is told");
	doubts_note(&d, &ten, 4, &(struct doubt){ .number = 4, .order = 4 });
	OK(d.groups == 2 && d.number == 30 && d.worst.N == 5, "of two groups, too");
}

/* --- estimators -------------------------------------------------------------- */

/* A stream in memory: two points, two outputs, with covariances or of neurons. */
struct written {
	struct rn_nets form;
	struct rn_schema *schema;
	uint8_t *record;
};

static void
write_form(struct written *w, bool neurons, size_t dout)
{
	struct rn_error err;

	*w = (struct written){
		.form = { .neurons = neurons, .dout = dout, .depth = 1, .type = RN_F64, .cov = !neurons }
	};
	if (rn_net_points_parse("-0.3 0.5", &w->form.points, &err) != RN_OK ||
		rn_nets_schema(&w->form, &w->schema, &err) != RN_OK)
		abort();
	w->record = calloc(1, w->schema->record_bytes);
}

static void
set(struct written *w, const char *name, size_t i, double x)
{
	rn_put_f64(rn_schema_find(w->schema, name), w->record, i, x);
}

static void
set_u(struct written *w, const char *name, uint64_t x)
{
	rn_put_u64(rn_schema_find(w->schema, name), w->record, 0, x);
}

struct scene {
	struct combinations sites, points;
	struct theory theory;
	struct rn_net_points p;
	struct frame frame;
};

static void
begin_scene(struct scene *s, const struct rn_nets *form, size_t dout, double N, double sW, double sb,
	unsigned highest)
{
	struct rn_error err;

	*s = (struct scene){ .p = form->points };

	const struct law law = { RN_NET_GAUSS, sW, sb, &s->p };

	if (!combinations_init(&s->points, 2, highest) ||
		!combinations_init(&s->sites, (unsigned)(2 * dout), highest) ||
		theory_init(&s->theory, &law, &s->sites, &s->points, (unsigned)dout, 1, 0, false, &err) !=
			RN_OK)
		abort();
	s->frame = (struct frame){ .sites = &s->sites,
		.points = &s->points,
		.dout = (unsigned)dout,
		.even = true,
		.law = law,
		.N = N,
		.K = s->theory.K,
		.u = &s->theory.couplings };
	for (unsigned n = 2; n <= highest; n += 2)
		s->frame.wanted[n] = true;
	if (!frame_init(&s->frame))
		abort();
}

static void
end_scene(struct scene *s)
{
	frame_clear(&s->frame);
	theory_clear(&s->theory);
	combinations_clear(&s->sites);
	combinations_clear(&s->points);
}

/* E[f .. f] of Gaussians of that covariance, by recursion on the first leg. */
static double
isserlis(const double C[3], unsigned n, const uint16_t site[])
{
	double sum = 0;

	if (n == 0)
		return 1;
	for (unsigned j = 1; j < n; j++) {
		uint16_t rest[ORDER_MAX];
		unsigned m = 0;

		for (unsigned k = 1; k < n; k++)
			if (k != j)
				rest[m++] = site[k];
		if (site[0] % 2 == site[j] % 2)
			sum += C[site[0] / 2 + site[j] / 2] * isserlis(C, n - 2, rest);
	}
	return sum;
}

static void
test_rb_and_plain(void)
{
	enum { NETS = 200, BAGS = 4 };
	const bool orders[ORDER_MAX + 1] = { false, false, true, false, true, false, true };
	struct rn_random random = keyed(5);
	struct written w;
	struct scene s;
	struct collection c;
	struct rn_error err;
	struct rn_estimate *rb, *plain;
	double C[NETS][3], f[NETS][4], worst[2] = { 0 }, worst_error = 0;

	write_form(&w, false, 2);
	begin_scene(&s, &w.form, 2, 3, 1.2, 0.4, 6);
	if (collection_init(&c, &w.form, orders, 3, &err) != RN_OK)
		abort();
	set_u(&w, "N", 3);
	set(&w, "sigma_w", 0, 1.2);
	set(&w, "sigma_b", 0, 0.4);
	for (size_t i = 0; i < NETS; i++) {
		/* Anything is a covariance here. In bags of 30, 30, 70, 70. */
		const uint64_t bag = i < 60 ? i / 30 : 2 + (i - 60) / 70;

		set_u(&w, "bag", bag);
		set_u(&w, "net", i);
		for (size_t k = 0; k < 3; k++)
			set(&w, "cov", k, C[i][k] = 1 + uniform(&random) / 2);
		for (size_t k = 0; k < 4; k++)
			set(&w, "f", k, f[i][k] = uniform(&random));
		if (collection_add(&c, w.record, &err) != RN_OK)
			abort();
	}
	collection_flush(&c);
	OK(c.groups == 1 && c.first->pool.bags == BAGS && c.first->pool.nets == NETS,
		"four bags of one group");

	const size_t size = frame_size(&s.frame);

	rb = calloc(size, sizeof *rb);
	plain = calloc(size, sizeof *plain);
	if (rb_estimate(&s.frame, &c, &c.first->pool, rb, &err) != RN_OK ||
		plain_estimate(&s.frame, &c, &c.first->pool, plain, &err) != RN_OK)
		abort();
	for (unsigned n = 2, at = 0; n <= 6; n += 2)
		for (size_t i = 0; i < combinations_of(&s.sites, n); i++, at += ROW) {
			const uint16_t *site = s.sites.leg[n] + i * n;
			double of_C = 0, of_f = 0, mean[BAGS] = { 0 }, count[BAGS] = { 30, 30, 70, 70 },
			       square = 0;

			for (size_t k = 0; k < NETS; k++) {
				double product = 1;

				for (unsigned j = 0; j < n; j++)
					product *= f[k][site[j]];
				of_f += product / NETS;
				of_C += isserlis(C[k], n, site) / NETS;
				mean[k < 60 ? k / 30 : 2 + (k - 60) / 70] += product;
			}
			keep_worst(&worst[0], fabs(rb[at + ROW_G].value - of_C));
			keep_worst(&worst[1], fabs(plain[at + ROW_G].value - of_f));
			/* Of a mean, the jackknife for unequal blocks is this: see renorm/stats.h. */
			for (size_t b = 0; b < BAGS; b++)
				square += pow(mean[b] / count[b] - of_f, 2) / (NETS / count[b] - 1) / BAGS;
			keep_worst(&worst_error, fabs(plain[at + ROW_G].error - sqrt(square)));
		}
	OK(worst[0] < 1e-12 && worst[1] < 1e-14, "rb and plain: %.1e, %.1e from plain sums", worst[0],
		worst[1]);
	OK(worst_error < 1e-13, "errors are those of bags: %.1e", worst_error);
	free(rb);
	free(plain);
	collection_clear(&c);
	rn_schema_destroy(w.schema);
	free(w.record);
	end_scene(&s);
}

/*
 * Two streams of three equal bags: the polynomials of their means, and errors by leaving out one bag of one of them.
 * Tilt 3 serves orders 2 and 4 (the nearest, and of two the larger), 6 order 6; 0 none.
 */
enum { TILTS = 3, NEURON_BAGS = 3, NEURONS = 100 };

/* Moments of all choices, each order from its stream, bag `without` of the stream of tilt `of` left out. */
static void
moments_by_hand(const struct scene *s, double part[TILTS][NEURON_BAGS][100], unsigned of, size_t without,
	double rho[])
{
	for (unsigned n = 2; n <= 6; n += 2)
		for (size_t i = s->points.first[n]; i < s->points.first[n + 1]; i++) {
			const unsigned tilt = n < 6 ? 3 : 6;
			double sum = 0, bags = 0;

			for (size_t b = 0; b < NEURON_BAGS; b++)
				if (tilt != of || b != without) {
					sum += part[tilt / 3][b][i];
					bags++;
				}
			rho[i] = sum / (bags * NEURONS);
		}
}

static void
write_neurons(struct written *w, struct collection *c, const struct scene *s,
	double part[TILTS][NEURON_BAGS][100])
{
	struct rn_random random = keyed(6);
	struct rn_error err;

	set(w, "sigma_w", 0, 1.1);
	set(w, "sigma_b", 0, 0.6);
	for (unsigned tilt = 0; tilt <= 6; tilt += 3)
		for (size_t i = 0; i < NEURON_BAGS * NEURONS; i++) {
			const double logw = uniform(&random), g[2] = { uniform(&random), uniform(&random) };

			set_u(w, "tilt", tilt);
			set_u(w, "bag", i / NEURONS);
			set_u(w, "neuron", i);
			set(w, "logw", 0, logw);
			set(w, "g", 0, g[0]);
			set(w, "g", 1, g[1]);
			if (collection_add(c, w->record, &err) != RN_OK)
				abort();
			for (unsigned n = 2; n <= 6; n += 2)
				for (size_t k = 0; k < combinations_of(&s->points, n); k++) {
					double product = exp(logw);

					for (unsigned j = 0; j < n; j++)
						product *= g[s->points.leg[n][k * n + j]];
					part[tilt / 3][i / NEURONS][s->points.first[n] + k] += product;
				}
		}
	collection_flush(c);
}

static void
test_moments(void)
{
	static double part[TILTS][NEURON_BAGS][100];
	const bool orders[ORDER_MAX + 1] = { false, false, true, false, true, false, true };
	struct written w;
	struct scene s;
	struct collection c;
	struct rn_error err;
	double rho[100] = { 0 }, worst = 0, worst_error = 0;

	write_form(&w, true, 1);
	begin_scene(&s, &w.form, 1, 7, 1.1, 0.6, 6);
	if (collection_init(&c, &w.form, orders, 0, &err) != RN_OK || combinations_total(&s.points) > 100)
		abort();
	write_neurons(&w, &c, &s, part);

	const size_t size = frame_size(&s.frame);
	const struct sources sources = moments_sources(&c, 1.1, 0.6);
	struct rn_estimate *got = calloc(size, sizeof *got);
	double *want = calloc(5 * size, sizeof *want), *square = want + size, *less = square + size;

	OK(sources.of[2]->key.tilt == 3 && sources.of[4]->key.tilt == 3 && sources.of[6]->key.tilt == 6,
		"each order from the stream of the nearest tilt");
	OK(!moments_sources(&c, 1.1, 0.7).of[2], "none of another law");
	if (moments_estimate(&s.frame, &sources, got, &err) != RN_OK)
		abort();
	moments_by_hand(&s, part, 0, 0, rho);
	frame_moments(&s.frame, rho, want);
	for (unsigned tilt = 3; tilt <= 6; tilt += 3) {
		for (size_t b = 0; b < NEURON_BAGS; b++) {
			moments_by_hand(&s, part, tilt, b, rho);
			frame_moments(&s.frame, rho, less + b * size);
		}
		for (size_t i = 0; i < size; i++) {
			const double *f = less + i;
			const double mean = (f[0] + f[size] + f[2 * size]) / 3;

			square[i] +=
				(pow(f[0] - mean, 2) + pow(f[size] - mean, 2) + pow(f[2 * size] - mean, 2)) *
				2 / 3;
		}
	}
	for (size_t i = 0; i < size; i++)
		if (!isnan(want[i]) || !isnan(got[i].value)) {
			keep_worst(&worst, fabs(got[i].value - want[i]) / (1 + fabs(want[i])));
			keep_worst(&worst_error,
				fabs(got[i].error - sqrt(square[i])) / (1e-3 + sqrt(square[i])));
		}
	OK(worst < 1e-12, "polynomials of the means: %.1e", worst);
	OK(worst_error < 1e-9, "errors of both streams: %.1e", worst_error);
	free(want);
	free(got);
	collection_clear(&c);
	rn_schema_destroy(w.schema);
	free(w.record);
	end_scene(&s);
}

static void
test_refusals(void)
{
	const bool orders[ORDER_MAX + 1] = { false, false, true };
	struct written w;
	struct collection c;
	struct rn_error err;

	write_form(&w, false, 1);
	if (collection_init(&c, &w.form, orders, 1, &err) != RN_OK)
		abort();
	set_u(&w, "N", 3);
	set(&w, "f", 1, INFINITY);
	OK(collection_add(&c, w.record, &err) == RN_EDATA && strstr(err.text, "f[1] is infinite"), "%s",
		err.text);
	set(&w, "f", 1, 1);
	set(&w, "cov", 2, NAN);
	OK(collection_add(&c, w.record, &err) == RN_EDATA && strstr(err.text, "cov[2] is nan"), "%s",
		err.text);
	set(&w, "cov", 2, 1);
	set(&w, "sigma_b", 0, -1);
	OK(collection_add(&c, w.record, &err) == RN_EDATA && strstr(err.text, "sigma_b"), "%s", err.text);
	set(&w, "sigma_b", 0, 1);
	OK(collection_add(&c, w.record, &err) == RN_OK, "one that is right");
	OK(collection_add(&c, w.record, &err) == RN_EDATA && strstr(err.text, "net 0 after net 0"), "%s",
		err.text);
	collection_clear(&c);
	rn_schema_destroy(w.schema);
	free(w.record);
}

int
main(void)
{
	test_products(1, false);
	test_products(6, false);
	test_products(6, true);
	test_products(11, false);
	test_some();
	test_weighted(1);
	test_weighted(200);
	test_weighted(-300);
	test_pool();
	test_tail();
	test_chance();
	test_doubts();
	test_rb_and_plain();
	test_moments();
	test_refusals();
	return tap_done();
}
