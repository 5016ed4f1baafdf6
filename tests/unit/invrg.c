/*
 * Transposed convolutions against their definition, site by site; steps of models: the magnetisation, the covariance of
 * the noise, the frequencies of states of blocks; models as records.
 */
#include "renorm/invrg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/reader.h" /* RN_SLACK */
#include "renorm/model.h"
#include "tap.h"

static struct rn_error err;
static struct rn_random source;

static double
uniform(void)
{
	return 2 * rn_random_uniform(&source) - 1;
}

static void *
alloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		abort();
	return p;
}

/* --- the definition --------------------------------------------------------------- */

/* w[b (I - A) + r + p] along one direction, 0 where the kernel does not reach; over all images A. */
static bool
reaches(size_t b, size_t K, ptrdiff_t I, size_t r, ptrdiff_t A, size_t *u)
{
	const ptrdiff_t at = (ptrdiff_t)b * (I - A) + (ptrdiff_t)r + (ptrdiff_t)((K - b) / 2);

	*u = (size_t)at;
	return at >= 0 && at < (ptrdiff_t)K;
}

static ptrdiff_t
modulo(ptrdiff_t a, size_t n)
{
	return (a % (ptrdiff_t)n + (ptrdiff_t)n) % (ptrdiff_t)n;
}

static double
definition(const struct rn_lattice *coarse, size_t b, size_t K, const double kernel[], const double x[],
	size_t y, size_t z)
{
	const bool ring = coarse->dim == 1;
	const size_t b1 = ring ? 1 : b, K1 = ring ? 1 : K, reach = K + 1;
	const ptrdiff_t I = (ptrdiff_t)(y / b1), J = (ptrdiff_t)(z / b);
	double sum = 0;
	size_t u, v;

	for (ptrdiff_t A = I - (ptrdiff_t)reach; A <= I + (ptrdiff_t)reach; A++)
		for (ptrdiff_t B = J - (ptrdiff_t)reach; B <= J + (ptrdiff_t)reach; B++)
			if (reaches(b1, K1, I, y % b1, A, &u) && reaches(b, K, J, z % b, B, &v))
				sum += kernel[u * K + v] *
					x[modulo(A, coarse->rows) * (ptrdiff_t)coarse->cols +
						modulo(B, coarse->cols)];
	return sum;
}

/* f32 and f64, one byte off alignment; y = TC(x), and y += TC(x). */
static bool
convolves(unsigned d, size_t L1, size_t L2, size_t b, size_t K)
{
	const size_t extents[2] = { L1, L2 }, entries = d == 1 ? K : K * K;
	const struct rn_lattice coarse = rn_lattice_make(d, d == 1 ? &L2 : extents);
	double *kernel = alloc(entries, sizeof *kernel), *x = alloc(coarse.sites, sizeof *x);
	float *narrow = alloc(entries, sizeof *narrow), *w;
	uint8_t *x4, *y4, *x8, *y8;
	struct rn_tc t;
	bool right = true;

	if (rn_tc_create(&t, &coarse, b, K, &err) != RN_OK)
		abort();
	w = alloc(t.weights, sizeof *w);
	x4 = alloc(coarse.sites * 4 + 1, 1);
	y4 = alloc(t.fine.sites * 4 + 1, 1);
	x8 = alloc(coarse.sites * 8 + 1, 1);
	y8 = alloc(t.fine.sites * 8 + 1, 1);
	for (size_t i = 0; i < entries; i++)
		kernel[i] = (double)(narrow[i] = (float)uniform());
	for (size_t i = 0; i < coarse.sites; i++) {
		const float value = (float)uniform();

		x[i] = (double)value;
		memcpy(x4 + 1 + i * 4, &value, 4);
		memcpy(x8 + 1 + i * 8, &x[i], 8);
	}
	rn_tc_weights(&t, narrow, w);
	rn_tc_apply(&t, w, x4 + 1, false, y4 + 1);
	rn_tc_apply(&t, w, x4 + 1, true, y4 + 1);
	rn_tc_apply_f64(&t, kernel, x8 + 1, y8 + 1);
	for (size_t i = 0; i < t.fine.sites; i++) {
		const double want = definition(&coarse, b, K, kernel, x, i / t.fine.cols, i % t.fine.cols);
		float twice;
		double once;

		memcpy(&twice, y4 + 1 + i * 4, 4);
		memcpy(&once, y8 + 1 + i * 8, 8);
		right &= fabs((double)twice - 2 * want) < 1e-5 && fabs(once - want) < 1e-12;
	}
	rn_tc_clear(&t);
	free(kernel);
	free(narrow);
	free(x);
	free(w);
	free(x4);
	free(y4);
	free(x8);
	free(y8);
	return right;
}

static void
test_convolutions(void)
{
	static const struct {
		unsigned d;
		size_t L1, L2, b, K;
	} shape[] = {
		{ 2, 16, 16, 2, 6 },
		{ 2, 5, 7, 2, 6 },
		{ 2, 3, 2, 2, 6 }, /* images of images */
		{ 2, 1, 1, 2, 8 },
		{ 2, 4, 67, 2, 4 },
		{ 2, 9, 33, 2, 3 },
		{ 2, 6, 130, 2, 2 },
		{ 2, 8, 20, 3, 9 },
		{ 2, 5, 19, 4, 7 },
		{ 2, 7, 40, 1, 3 },
		{ 2, 7, 131, 1, 5 },
		{ 2, 3, 3, 8, 32 },
		{ 1, 1, 50, 2, 6 },
		{ 1, 1, 3, 3, 10 },
	};

	for (size_t i = 0; i < sizeof shape / sizeof shape[0]; i++)
		OK(convolves(shape[i].d, shape[i].L1, shape[i].L2, shape[i].b, shape[i].K),
			"d = %u, %zux%zu, b = %zu, K = %zu: as defined", shape[i].d, shape[i].L1, shape[i].L2,
			shape[i].b, shape[i].K);
}

/* --- steps --------------------------------------------------------------------------- */

static void
fill(double x[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = uniform();
}

static double
mean(const double x[], size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

static void
test_magnetisation(void)
{
	static const size_t extents[2] = { 6, 10 };
	const struct rn_lattice coarse = rn_lattice_make(2, extents);
	const struct rn_random_key key = { { 1, 2 } };
	double x[60], y[240], c = 0;
	struct rn_invrg_step *step;
	struct rn_invrg m;

	if (rn_invrg_create_linear(&m, 2, 2, 6, &err) != RN_OK)
		abort();
	fill(m.kernel, m.entries);
	fill(x, 60);
	for (size_t e = 0; e < m.entries; e++)
		c += m.kernel[e] / 4;
	OK(rn_invrg_step_create(&step, &m, &coarse, RN_F64, 0, &err) == RN_OK, "a step without noise");
	rn_invrg_step_apply(step, &key, 0, x, y);
	OK(fabs(mean(y, 240) - c * mean(x, 60)) < 1e-14, "m(y) = c m(x), whatever the kernel");
	rn_invrg_step_destroy(step);
	rn_invrg_clear(&m);
}

/*
 * Noise alone (a kernel of 0): means over blocks of products of places q and p, against the covariance; and of neighbouring
 * blocks, against 0. N blocks have the standard error sqrt((C_qq C_pp + C_qp^2) / N).
 */
static double
worst_of_noise(enum rn_type type, const double noise[16], double told[16], bool neighbours)
{
	static const size_t extents[2] = { 64, 50 };
	const struct rn_lattice coarse = rn_lattice_make(2, extents);
	const struct rn_random_key key = rn_random_key(4, "invrg", NULL, 0, NULL, 0);
	double sum[16] = { 0 }, worst = 0, blocks = 0;
	uint8_t *x = alloc(coarse.sites, 8), *y = alloc(4 * coarse.sites, 8);
	struct rn_invrg_step *step;
	struct rn_invrg m;

	if (rn_invrg_create_linear(&m, 2, 2, 4, &err) != RN_OK)
		abort();
	memcpy(m.noise, noise, 16 * sizeof *noise);
	if (rn_invrg_step_create(&step, &m, &coarse, type, 1, &err) != RN_OK)
		abort();
	for (uint64_t id = 0; id < 30; id++) {
		rn_invrg_step_apply(step, &key, id, x, y);
		for (size_t I = 0; I < 64; I++)
			for (size_t J = 0; J < 50; J++, blocks++)
				for (size_t k = 0; k < 16; k++) {
					const size_t q = k / 4, p = k % 4, K = neighbours ? (J + 1) % 50 : J;
					const size_t at[2] = { (2 * I + q / 2) * 100 + 2 * J + q % 2,
						(2 * I + p / 2) * 100 + 2 * K + p % 2 };
					double value[2];
					float narrow;

					for (int i = 0; i < 2; i++)
						if (type == RN_F32) {
							memcpy(&narrow, y + at[i] * 4, 4);
							value[i] = (double)narrow;
						} else {
							memcpy(&value[i], y + at[i] * 8, 8);
						}
					sum[k] += value[0] * value[1];
				}
	}
	for (size_t k = 0; k < 16; k++) {
		const size_t q = k / 4, p = k % 4;
		const double C = neighbours ? 0 : told[k];

		worst = fmax(worst,
			fabs(sum[k] / blocks - C) / sqrt((noise[5 * q] * noise[5 * p] + C * C) / blocks));
	}
	rn_invrg_step_destroy(step);
	rn_invrg_clear(&m);
	free(x);
	free(y);
	return worst;
}

static void
test_noise(void)
{
	/* about that of phi^4: variance, edge, diagonal */
	static const double noise[16] = { .206, -.006, -.006, -.05, -.006, .206, -.05, -.006, -.006, -.05,
		.206, -.006, -.05, -.006, -.006, .206 };
	static const double bad[4] = { 1, 2, 2, 1 };
	double told[16], worst, T[16], A[4];
	bool right = true;

	memcpy(told, noise, sizeof told);
	worst = worst_of_noise(RN_F32, noise, told, false);
	OK(worst < 4.5, "f32: the covariance of a block, %.1f errors", worst);
	worst = worst_of_noise(RN_F64, noise, told, false);
	OK(worst < 4.5, "f64: %.1f errors", worst);
	worst = worst_of_noise(RN_F32, noise, told, true);
	OK(worst < 4.5, "none between blocks: %.1f errors", worst);
	told[3] = told[12] = -.044; /* power */
	OK(worst_of_noise(RN_F32, noise, told, false) > 5, "another covariance would be seen");

	memcpy(T, noise, sizeof T);
	OK(rn_cholesky(4, T), "the covariance has a root");
	for (size_t q = 0; q < 4; q++)
		for (size_t p = 0; p < 4; p++) {
			double product = 0;

			for (size_t k = 0; k < 4; k++)
				product += T[q * 4 + k] * T[p * 4 + k];
			right &= fabs(product - noise[q * 4 + p]) < 1e-15;
		}
	OK(right, "whose square it is");
	memcpy(A, bad, sizeof A);
	OK(!rn_cholesky(2, A), "a matrix with a negative eigenvalue has none");
}

/* --- tables ----------------------------------------------------------------------------- */

/* Counts that depend on all of a context, with a state that never is. */
static void
count_something(uint64_t count[], size_t contexts)
{
	for (size_t c = 0; c < contexts; c++)
		for (size_t s = 0; s < RN_INVRG_STATES; s++)
			count[c * RN_INVRG_STATES + s] = s == 5 ? 0 : (c * 7 + s * s * 3 + c % 5 * s) % 23;
}

static unsigned
spin(const uint8_t *bits, const struct rn_lattice *l, size_t y, size_t x)
{
	const size_t i = (y + l->rows) % l->rows * l->cols + (x + l->cols) % l->cols;

	return bits[i / 8] >> i % 8 & 1;
}

/* The context of a block as renorm/invrg.h describes it. */
static size_t
context_of(enum rn_invrg_context kind, const struct rn_lattice *coarse, const struct rn_lattice *fine,
	const uint8_t *x, const uint8_t *y, size_t I, size_t J)
{
	static const int adjoining[8][2] = { { -1, 0 }, { -1, 1 }, { 0, -1 }, { 0, 2 }, { 1, -1 }, { 1, 2 },
		{ 2, 0 }, { 2, 1 } };
	size_t c = spin(x, coarse, I, J), bit = 1;

	if (kind == RN_INVRG_TWO_COLOUR && (I + J) % 2) {
		for (int k = 0; k < 8; k++)
			c |= (size_t)spin(y, fine, 2 * I + (size_t)adjoining[k][0],
				     2 * J + (size_t)adjoining[k][1])
				<< bit++;
		return c;
	}
	for (int i = -1; i <= 1; i++)
		for (int j = -1; j <= 1; j++)
			if ((i || j) && (kind != RN_INVRG_CENTRE4 || !i || !j))
				c |= (size_t)spin(x, coarse, I + (size_t)i, J + (size_t)j) << bit++;
	return c;
}

/* Chi-square of the states drawn in all contexts, and its degrees of freedom; p * (1 + wrong) for state 0 is a power check. */
static double
off_tables(enum rn_invrg_context kind, double wrong)
{
	static const size_t extents[2] = { 6, 8 };
	const struct rn_lattice coarse = rn_lattice_make(2, extents);
	const struct rn_random_key key = rn_random_key(5, "invrg", NULL, 0, NULL, 0);
	double chi2 = 0, freedom = 0;
	uint8_t x[6 + RN_SLACK] = { 0 }, y[24 + RN_SLACK];
	uint64_t *seen[2];
	struct rn_invrg_step *step;
	struct rn_invrg m;

	if (rn_invrg_create_tables(&m, kind, &err) != RN_OK)
		abort();
	for (int k = 0; k < 2; k++) {
		seen[k] = alloc(m.contexts * RN_INVRG_STATES, sizeof *seen[k]);
		if (m.count[k])
			count_something(m.count[k], m.contexts);
	}
	if (rn_invrg_step_create(&step, &m, &coarse, RN_BIT, 0, &err) != RN_OK)
		abort();
	for (uint64_t id = 0; id < 40000; id++) {
		const uint64_t word = rn_random_u64(&source);

		memcpy(x, &word, 6);
		rn_invrg_step_apply(step, &key, id, x, y);
		for (size_t I = 0; I < 6; I++)
			for (size_t J = 0; J < 8; J++) {
				const struct rn_lattice *fine = rn_invrg_step_fine(step);
				const size_t c = context_of(kind, &coarse, fine, x, y, I, J);
				const unsigned s = spin(y, fine, 2 * I, 2 * J) |
					spin(y, fine, 2 * I, 2 * J + 1) << 1 |
					spin(y, fine, 2 * I + 1, 2 * J) << 2 |
					spin(y, fine, 2 * I + 1, 2 * J + 1) << 3;

				seen[m.count[1] ? (I + J) % 2 : 0][c * RN_INVRG_STATES + s]++;
			}
	}
	for (int k = 0; k < 2 && m.count[k]; k++)
		for (size_t c = 0; c < m.contexts; c++) {
			double p[RN_INVRG_STATES], n = 0;

			rn_invrg_probabilities(m.count[k], m.contexts, c, p);
			p[0] *= 1 + wrong;
			for (size_t s = 0; s < RN_INVRG_STATES; s++)
				n += (double)seen[k][c * RN_INVRG_STATES + s];
			for (size_t s = 0; s < RN_INVRG_STATES; s++) {
				const double want = n * p[s],
					     d = (double)seen[k][c * RN_INVRG_STATES + s] - want;

				if (p[s] == 0 && d > 0)
					chi2 = INFINITY;
				if (want < 10)
					continue;
				chi2 += d * d / want;
				freedom += 1 - p[s];
			}
		}
	rn_invrg_step_destroy(step);
	rn_invrg_clear(&m);
	free(seen[0]);
	free(seen[1]);
	return (chi2 - freedom) / sqrt(2 * freedom);
}

static void
test_tables(void)
{
	static const size_t odd[2] = { 6, 7 };
	const struct rn_lattice coarse = rn_lattice_make(2, odd);
	uint64_t counts[4 * RN_INVRG_STATES] = { 0 };
	double p[RN_INVRG_STATES], off;
	struct rn_invrg_step *step;
	struct rn_invrg m;

	for (enum rn_invrg_context kind = RN_INVRG_CENTRE4; kind <= RN_INVRG_TWO_COLOUR; kind++) {
		off = off_tables(kind, 0);
		OK(fabs(off) < 4.5, "%s: states as likely as the table says, %.1f errors",
			rn_invrg_contexts[kind], off);
		OK(off_tables(kind, 0.2) > 6, "%s: 20%% of one of them would be seen",
			rn_invrg_contexts[kind]);
	}

	/* contexts 1 and 3 have the centre up */
	counts[1 * RN_INVRG_STATES + 15] = 6;
	counts[1 * RN_INVRG_STATES + 7] = 2;
	rn_invrg_probabilities(counts, 4, 1, p);
	OK(fabs(p[15] - (6 + 0.75) / 9) < 1e-15 && fabs(p[7] - (2 + 0.25) / 9) < 1e-15 && p[0] == 0,
		"one observation more, spread as the centre has it");
	rn_invrg_probabilities(counts, 4, 3, p);
	OK(p[15] == 0.75 && p[7] == 0.25, "a context that was never seen is that average");
	rn_invrg_probabilities(counts, 4, 0, p);
	OK(p[0] == 1.0 / 16 && p[15] == 1.0 / 16, "and with nothing seen at all, states are alike");

	if (rn_invrg_create_tables(&m, RN_INVRG_TWO_COLOUR, &err) != RN_OK)
		abort();
	OK(rn_invrg_step_create(&step, &m, &coarse, RN_BIT, 0, &err) == RN_EDATA && !step,
		"two colours do not fit an odd torus: %s", err.text);
	rn_invrg_clear(&m);
}

/* --- records ------------------------------------------------------------------------------ */

static void
fill_model(struct rn_invrg *m)
{
	for (size_t i = 0; m->kernel && i < m->entries; i++) {
		m->kernel[i] = uniform();
		m->least_squares[i] = uniform();
	}
	for (size_t i = 0; m->theta && i < m->parameters; i++)
		m->theta[i] = (float)uniform();
	for (size_t i = 0; m->noise && i < m->sites * m->sites; i++)
		m->noise[i] = uniform();
	for (int k = 0; k < 2 && m->count[k]; k++)
		count_something(m->count[k], m->contexts);
	m->symmetric = true;
}

static bool
same(const void *a, const void *b, size_t bytes)
{
	return (!a && !b) || (a && b && memcmp(a, b, bytes) == 0);
}

static bool
comes_back(struct rn_invrg *m)
{
	struct rn_schema *schema;
	struct rn_invrg back;
	void *record;
	bool right;

	fill_model(m);
	if (rn_invrg_schema(m, &schema, &err) != RN_OK)
		abort();
	record = alloc(schema->record_bytes, 1);
	rn_invrg_put(m, schema, 3, record);
	right = rn_invrg_of_record(&back, schema, record, &err) == RN_OK && back.map == m->map &&
		back.dim == m->dim && back.b == m->b && back.K == m->K && back.maps == m->maps &&
		back.mix == m->mix && back.activation == m->activation && back.context == m->context &&
		back.symmetric && same(back.kernel, m->kernel, m->entries * sizeof *m->kernel) &&
		same(back.least_squares, m->least_squares, m->entries * sizeof *m->kernel) &&
		same(back.theta, m->theta, m->parameters * sizeof *m->theta) &&
		same(back.noise, m->noise, m->sites * m->sites * sizeof *m->noise) &&
		same(back.count[0], m->count[0], m->contexts * RN_INVRG_STATES * 8) &&
		same(back.count[1], m->count[1], m->contexts * RN_INVRG_STATES * 8);
	rn_invrg_clear(&back);
	if (m->noise) {
		m->noise[1] = NAN;
		rn_invrg_put(m, schema, 3, record);
		right &= rn_invrg_of_record(&back, schema, record, &err) == RN_EDATA;
	}
	if (rn_schema_set_key(schema, "map", "crystal ball", &err) != RN_OK)
		abort();
	right &= rn_invrg_of_record(&back, schema, record, &err) == RN_EDATA;
	rn_schema_destroy(schema);
	free(record);
	rn_invrg_clear(m);
	return right;
}

static void
test_records(void)
{
	struct rn_invrg m;

	OK(rn_invrg_create_linear(&m, 2, 2, 6, &err) == RN_OK && comes_back(&m), "a linear map comes back");
	OK(rn_invrg_create_linear(&m, 1, 3, 7, &err) == RN_OK && comes_back(&m), "one of rings");
	OK(rn_invrg_create_net(&m, 2, 2, 4, 5, RN_INVRG_RELU, 3, &err) == RN_OK && comes_back(&m), "a net");
	OK(rn_invrg_create_tables(&m, RN_INVRG_CENTRE4, &err) == RN_OK && comes_back(&m), "a table");
	OK(rn_invrg_create_tables(&m, RN_INVRG_TWO_COLOUR, &err) == RN_OK && comes_back(&m), "two tables");
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "invrg", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	test_convolutions();
	test_magnetisation();
	test_noise();
	test_tables();
	test_records();
	return tap_done();
}
