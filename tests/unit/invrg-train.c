/*
 * Correlations against plain loops; least squares against equations set up site by site, and on fields made by a known
 * kernel with known noise; gradients against differences of the cost; counts against the definition of contexts.
 */
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/invrg-train/count.h"
#include "../../src/invrg-train/gradient.h"
#include "../../src/invrg-train/squares.h"
#include "../../src/invrg-train/symmetry.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "tap.h"

#undef I /* of <complex.h>, which LAPACK brings along */

static struct rn_error err;
static struct rn_random source;

static void *
alloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		abort();
	return p;
}

static void
normals(double x[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rn_random_normal(&source);
}

/* --- correlations ----------------------------------------------------------------- */

static size_t
shifted(size_t I, ptrdiff_t d, size_t n)
{
	return (size_t)((((ptrdiff_t)I + d) % (ptrdiff_t)n + (ptrdiff_t)n) % (ptrdiff_t)n);
}

static bool
correlates(size_t L1, size_t L2, size_t b, size_t K)
{
	const size_t extents[2] = { L1, L2 };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	struct correlate c;
	bool right = true;

	if (correlate_create(&c, &l, b, K, &err) != RN_OK)
		abort();

	const size_t n = c.cols.n, width = 2 * n - 1, fine = c.fine.cols;
	double *x = alloc(l.sites, 8), *y = alloc(c.fine.sites, 8),
	       *sum = alloc(c.sites * (c.taps + c.sites) + width * n, 8);

	normals(x, l.sites);
	normals(y, c.fine.sites);
	correlate_take_x(&c, RN_F64, x);
	correlate_take_y(&c, RN_F64, y);
	correlate_cross(&c, sum);
	for (size_t q = 0; q < c.sites; q++)
		for (size_t i = 0; i < c.taps; i++) {
			double want = 0;

			for (size_t I = 0; I < l.sites; I++) {
				const size_t A = shifted(I / L2, c.rows.first + (ptrdiff_t)(i / n), L1);
				const size_t B = shifted(I % L2, c.cols.first + (ptrdiff_t)(i % n), L2);

				want += y[(I / L2 * b + q / b) * fine + I % L2 * b + q % b] * x[A * L2 + B];
			}
			right &= fabs(sum[q * c.taps + i] - want) < 1e-10;
		}
	correlate_auto(&c, sum);
	for (size_t d = 0; d < c.rows.n; d++)
		for (size_t e = 0; e < width; e++) {
			double want = 0;

			for (size_t I = 0; I < l.sites; I++)
				want += x[I] *
					x[shifted(I / L2, (ptrdiff_t)d, L1) * L2 +
						shifted(I % L2, (ptrdiff_t)e - (ptrdiff_t)n + 1, L2)];
			right &= fabs(sum[d * width + e] - want) < 1e-10;
		}
	correlate_block(&c, sum);
	for (size_t q = 0; q < c.sites; q++)
		for (size_t p = 0; p < c.sites; p++) {
			double want = 0;

			for (size_t I = 0; I < l.sites; I++)
				want += y[(I / L2 * b + q / b) * fine + I % L2 * b + q % b] *
					y[(I / L2 * b + p / b) * fine + I % L2 * b + p % b];
			right &= fabs(sum[q * c.sites + p] - want) < 1e-10;
		}
	correlate_clear(&c);
	free(x);
	free(y);
	free(sum);
	return right;
}

/* --- least squares ------------------------------------------------------------------- */

enum { PAIRS = 5, L = 6, B = 2, N = L * L, FINE = B * B * N, MOST = 64 };

struct data {
	double x[PAIRS][N], y[PAIRS][FINE];
};

/* What multiplies entry e in site i of the fine lattice: the field itself is linear in the kernel. */
static void
design(const struct rn_lattice *l, size_t K, const double x[], double column[][FINE])
{
	double kernel[MOST] = { 0 };
	struct rn_tc t;

	if (rn_tc_create(&t, l, B, K, &err) != RN_OK)
		abort();
	for (size_t e = 0; e < K * K; e++) {
		kernel[e] = 1;
		rn_tc_apply_f64(&t, kernel, x, column[e]);
		kernel[e] = 0;
	}
	rn_tc_clear(&t);
}

/* The symmetric one by adding up columns. */
static void
solve_plainly(const struct rn_lattice *l, const struct data *d, size_t K, bool symmetric, double kernel[])
{
	static double column[MOST][FINE];
	double *matrix = alloc(MOST * MOST, 8), rhs[MOST] = { 0 };
	size_t unknown[MOST], n = 0;

	for (size_t e = 0; e < K * K; e++) {
		const size_t first = symmetric ? symmetry_first(K, K, e) : e;

		unknown[e] = first == e ? n++ : unknown[first];
	}
	for (size_t k = 0; k < PAIRS; k++) {
		design(l, K, d->x[k], column);
		for (size_t e = 0; e < K * K; e++)
			for (size_t i = 0; i < FINE; i++) {
				rhs[unknown[e]] += column[e][i] * d->y[k][i];
				for (size_t f = 0; f < K * K; f++)
					matrix[unknown[e] * n + unknown[f]] += column[e][i] * column[f][i];
			}
	}
	if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (int)n, 1, matrix, (int)n, rhs, 1) != 0)
		abort();
	for (size_t e = 0; e < K * K; e++)
		kernel[e] = rhs[unknown[e]];
	free(matrix);
}

/* Second moments of what is missed, and its mean square. */
static double
miss(const struct rn_lattice *l, const struct data *d, size_t K, const double kernel[], double moment[16])
{
	static double y[FINE];
	struct rn_tc t;

	memset(moment, 0, 16 * sizeof *moment);
	if (rn_tc_create(&t, l, B, K, &err) != RN_OK)
		abort();
	for (size_t k = 0; k < PAIRS; k++) {
		rn_tc_apply_f64(&t, kernel, d->x[k], y);
		for (size_t i = 0; i < FINE; i++)
			y[i] -= d->y[k][i];
		for (size_t I = 0; I < N; I++)
			for (size_t q = 0; q < 4; q++)
				for (size_t p = 0; p < 4; p++)
					moment[q * 4 + p] +=
						y[(I / L * 2 + q / 2) * 2 * L + I % L * 2 + q % 2] *
						y[(I / L * 2 + p / 2) * 2 * L + I % L * 2 + p % 2] /
						(N * PAIRS);
	}
	rn_tc_clear(&t);
	return (moment[0] + moment[5] + moment[10] + moment[15]) / 4;
}

static bool
near(const double a[], const double b[], size_t n, double tolerance)
{
	bool right = true;

	for (size_t i = 0; i < n; i++)
		right &= fabs(a[i] - b[i]) < tolerance;
	return right;
}

static void
test_squares(size_t K, bool symmetric)
{
	static const size_t extents[2] = { L, L };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	double want[MOST], moment[16], mse;
	struct squares s;
	struct rn_invrg m;
	static struct data d;

	normals(d.x[0], PAIRS * N);
	normals(d.y[0], PAIRS * FINE);
	if (rn_invrg_create_linear(&m, 2, B, K, &err) != RN_OK ||
		squares_create(&s, &l, B, K, symmetric, &err) != RN_OK)
		abort();
	for (size_t k = 0; k < PAIRS; k++)
		if (squares_add(&s, RN_F64, d.y[k], d.x[k], &err) != RN_OK)
			abort();
	solve_plainly(&l, &d, K, symmetric, want);
	OK(squares_solve(&s, &m, &err) == RN_OK && near(m.least_squares, want, K * K, 1e-11),
		"K = %zu%s: the kernel of plain normal equations", K, symmetric ? ", symmetric" : "");
	mse = miss(&l, &d, K, want, moment);
	OK(near(m.noise, moment, 16, 1e-12) && fabs(m.fit.mse - mse) < 1e-12,
		"what it misses, and its covariance");
	normals(m.kernel, K * K);
	mse = miss(&l, &d, K, m.kernel, moment);
	OK(squares_judge(&s, &m, &err) == RN_OK && near(m.noise, moment, 16, 1e-10) &&
			fabs(m.fit.mse - mse) < 1e-10,
		"what another kernel misses");
	squares_clear(&s);
	rn_invrg_clear(&m);
}

/*
 * y = TC(x) + noise, x and noise of known law: the gain of the solution scatters about that of the kernel as its error
 * says, and the second moments are those of the noise.
 */
static void
test_known(void)
{
	enum { RUNS = 40, EACH = 200 };
	static const size_t extents[2] = { L, L };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	double kernel[36], x[N], y[FINE], noise[FINE], c = 0, chi2 = 0, trace = 0;
	struct rn_tc t;

	if (rn_tc_create(&t, &l, B, 6, &err) != RN_OK)
		abort();
	normals(kernel, 36);
	for (size_t e = 0; e < 36; e++)
		c += (kernel[e] += 0.5) / 4;
	for (int run = 0; run < RUNS; run++) {
		struct squares s;
		struct rn_invrg m;

		if (rn_invrg_create_linear(&m, 2, B, 6, &err) != RN_OK ||
			squares_create(&s, &l, B, 6, false, &err) != RN_OK)
			abort();
		for (int k = 0; k < EACH; k++) {
			normals(x, N);
			normals(noise, FINE);
			rn_tc_apply_f64(&t, kernel, x, y);
			for (size_t i = 0; i < FINE; i++)
				y[i] += 0.7 * noise[i];
			if (squares_add(&s, RN_F64, y, x, &err) != RN_OK)
				abort();
		}
		if (squares_solve(&s, &m, &err) != RN_OK)
			abort();
		chi2 += pow((m.fit.gain - c) / m.fit.gain_err, 2);
		trace += (m.noise[0] + m.noise[5] + m.noise[10] + m.noise[15]) / 4 / RUNS;
		squares_clear(&s);
		rn_invrg_clear(&m);
	}
	rn_tc_clear(&t);
	/* 40 squares of normals: 40 +- 9; 1152000 squares of noise, 36 unknowns of 28800 equations each run */
	OK(fabs(chi2 - RUNS) < 4.5 * sqrt(2.0 * RUNS), "gains scatter as their errors say: %.1f for %d", chi2,
		RUNS);
	OK(fabs(trace / 0.49 - 1) < 4.5 * sqrt(2.0 / (RUNS * EACH * FINE)) + 36.0 / (EACH * FINE),
		"the noise is %.5f for 0.49", trace);
}

static void
test_singular(void)
{
	static const size_t extents[2] = { L, L };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	double x[N], y[FINE];
	struct squares s;
	struct rn_invrg m;

	for (size_t i = 0; i < FINE; i++)
		y[i] = 1;
	for (size_t i = 0; i < N; i++)
		x[i] = 0.3;
	if (rn_invrg_create_linear(&m, 2, B, 6, &err) != RN_OK ||
		squares_create(&s, &l, B, 6, true, &err) != RN_OK ||
		squares_add(&s, RN_F64, y, x, &err) != RN_OK || squares_add(&s, RN_F64, y, x, &err) != RN_OK)
		abort();
	OK(squares_solve(&s, &m, &err) == RN_ENUMERIC, "of constant fields nothing is learned: %s", err.text);
	squares_clear(&s);
	rn_invrg_clear(&m);
}

/* --- gradients --------------------------------------------------------------------------- */

/* The cost by plain arithmetic in double, from the definition of the map. */
static double
cost(const struct rn_invrg *m, const struct rn_lattice *l, const double theta[], const double x[],
	const double y[])
{
	const size_t maps = m->map == RN_INVRG_NET ? m->maps : 1;
	double z[FINE], part[FINE], out[FINE] = { 0 }, sum = 0;
	struct rn_tc t, mix;

	if (rn_tc_create(&t, l, B, m->K, &err) != RN_OK ||
		rn_tc_create(&mix, &t.fine, 1, m->mix ? m->mix : 1, &err) != RN_OK)
		abort();
	for (size_t k = 0; k < maps; k++) {
		rn_tc_apply_f64(&t, theta + k * m->entries, x, z);
		for (size_t i = 0; i < FINE && m->map == RN_INVRG_NET; i++)
			z[i] = m->activation == RN_INVRG_TANH	 ? tanh(z[i])
				: m->activation == RN_INVRG_RELU ? fmax(z[i], 0)
								 : z[i];
		if (m->map == RN_INVRG_NET)
			rn_tc_apply_f64(&mix, theta + maps * m->entries + k * m->mix_entries, z, part);
		for (size_t i = 0; i < FINE; i++)
			out[i] += m->map == RN_INVRG_NET ? part[i] : z[i];
	}
	for (size_t i = 0; i < FINE; i++)
		sum += (out[i] - y[i]) * (out[i] - y[i]);
	rn_tc_clear(&t);
	rn_tc_clear(&mix);
	return sum;
}

/* relu has corners: a step of the difference over one would be no error of the gradient; so steps are small there. */
static void
test_gradient(struct rn_invrg *m, const char *what)
{
	static const size_t extents[2] = { L, L };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	const double h = m->map == RN_INVRG_NET && m->activation == RN_INVRG_RELU ? 1e-7 : 1e-4;
	double x[N], y[FINE], theta[512], worst = 0, largest = 0, sum;
	float x4[N], y4[FINE], theta4[512];
	struct gradient g;

	if (gradient_create(&g, m, &l, &err) != RN_OK || g.parameters > 512)
		abort();
	normals(x, N);
	normals(y, FINE);
	normals(theta, g.parameters);
	for (size_t i = 0; i < N; i++)
		x[i] = (double)(x4[i] = (float)x[i]);
	for (size_t i = 0; i < FINE; i++)
		y[i] = (double)(y4[i] = (float)y[i]);
	for (size_t i = 0; i < g.parameters; i++)
		theta[i] = (double)(theta4[i] = (float)theta[i] / 3);
	gradient_begin(&g, theta4);
	sum = gradient_add(&g, x4, y4, 0.25);
	gradient_add(&g, x4, y4, 0.5);
	for (size_t i = 0; i < g.parameters; i++) {
		const double at = theta[i];
		double difference;

		theta[i] = at + h;
		difference = cost(m, &l, theta, x, y);
		theta[i] = at - h;
		difference = (difference - cost(m, &l, theta, x, y)) / (2 * h);
		theta[i] = at;
		worst = fmax(worst, fabs(g.sum[i] - 0.75 * difference));
		largest = fmax(largest, fabs(difference));
	}
	OK(fabs(sum / cost(m, &l, theta, x, y) - 1) < 1e-5, "%s: the cost", what);
	OK(worst < 1e-5 * largest, "%s: its gradient, to %.1e of the largest entry", what, worst / largest);
	gradient_clear(&g);
	rn_invrg_clear(m);
}

static void
test_gradients(void)
{
	struct rn_invrg m;

	OK(rn_invrg_create_linear(&m, 2, B, 6, &err) == RN_OK, "a linear map");
	test_gradient(&m, "linear");
	OK(rn_invrg_create_net(&m, 2, B, 6, 3, RN_INVRG_TANH, 3, &err) == RN_OK, "a net");
	test_gradient(&m, "tanh");
	OK(rn_invrg_create_net(&m, 2, B, 4, 4, RN_INVRG_RELU, 3, &err) == RN_OK, "another one");
	test_gradient(&m, "relu");
	OK(rn_invrg_create_net(&m, 2, B, 3, 2, RN_INVRG_NONE, 1, &err) == RN_OK, "and a small one");
	test_gradient(&m, "none");
}

/* --- counts --------------------------------------------------------------------------------- */

static uint64_t
total(const uint64_t count[], size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += count[i];
	return sum;
}

/* Spins turned and mirrored: on tori, at which the blocks stay blocks. */
static void
turn(const uint8_t in[], size_t n, uint8_t out[])
{
	for (size_t y = 0; y < n; y++)
		for (size_t x = 0; x < n; x++)
			out[x * n + n - 1 - y] = in[y * n + x];
}

static void
pack(const uint8_t up[], size_t n, uint8_t bits[])
{
	memset(bits, 0, n / 8);
	for (size_t i = 0; i < n; i++)
		bits[i / 8] |= (uint8_t)(up[i] << i % 8);
}

enum { E = 8, BLOCKS = E * E, SPINS = 4 * BLOCKS };

static void
count_pair(struct rn_invrg *m, enum rn_invrg_context kind, const uint8_t up[], const uint8_t blocks[],
	bool symmetric)
{
	static const size_t coarse[2] = { E, E }, fine[2] = { 2 * E, 2 * E };
	const struct rn_lattice l = rn_lattice_make(2, coarse), f = rn_lattice_make(2, fine);
	uint8_t x[BLOCKS / 8 + RN_SLACK], y[SPINS / 8 + RN_SLACK];
	struct count c;

	if (rn_invrg_create_tables(m, kind, &err) != RN_OK || count_create(&c, m, &f, &l, &err) != RN_OK)
		abort();
	pack(up, SPINS, y);
	pack(blocks, BLOCKS, x);
	count_add(&c, y, x);
	if (count_images(&c, symmetric, &err) != RN_OK)
		abort();
	count_clear(&c);
}

/*
 * The counts of turned and of flipped spins are the same, once images count. A turn by a quarter exchanges no colours when
 * E is odd + odd; here it maps block (I, J) to (J, E - 1 - I), which exchanges them: so it is done twice.
 */
static void
test_counts(enum rn_invrg_context kind)
{
	uint8_t up[SPINS], blocks[BLOCKS], up2[SPINS], blocks2[BLOCKS], up3[SPINS], blocks3[BLOCKS];
	const size_t most = 512 * RN_INVRG_STATES;
	struct rn_invrg a, b, c, plain;
	bool same, flipped;

	for (size_t i = 0; i < SPINS; i++)
		up[i] = rn_random_u64(&source) & 1;
	for (size_t i = 0; i < BLOCKS; i++)
		blocks[i] = rn_random_u64(&source) & 1;
	turn(up, 2 * E, up3);
	turn(blocks, E, blocks3);
	turn(up3, 2 * E, up2);
	turn(blocks3, E, blocks2);
	count_pair(&a, kind, up, blocks, true);
	count_pair(&b, kind, up2, blocks2, true);
	for (size_t i = 0; i < SPINS; i++)
		up3[i] = !up[i];
	for (size_t i = 0; i < BLOCKS; i++)
		blocks3[i] = !blocks[i];
	count_pair(&c, kind, up3, blocks3, false);
	count_pair(&plain, kind, up, blocks, false);

	const size_t n = a.contexts * RN_INVRG_STATES;

	same = !memcmp(a.count[0], b.count[0], n * 8) &&
		(!a.count[1] || !memcmp(a.count[1], b.count[1], n * 8));
	flipped = !memcmp(c.count[0], plain.count[0], n * 8) &&
		(!a.count[1] || !memcmp(c.count[1], plain.count[1], n * 8));
	OK(same, "%s: turned spins give the same counts", rn_invrg_contexts[kind]);
	OK(flipped, "flipped ones too");
	OK(memcmp(a.count[0], plain.count[0], n * 8) != 0 && n <= most,
		"which are not the counts without images");
	OK(total(plain.count[0], n) + (plain.count[1] ? total(plain.count[1], n) : 0) == 2 * BLOCKS &&
			total(a.count[0], n) + (a.count[1] ? total(a.count[1], n) : 0) == 16 * BLOCKS,
		"each block counts once an image");
	rn_invrg_clear(&a);
	rn_invrg_clear(&b);
	rn_invrg_clear(&c);
	rn_invrg_clear(&plain);
}

/* A quarter turn exchanges rows and columns, which the half turn does not test: a mirror image in the diagonal keeps colours. */
static void
test_diagonal(enum rn_invrg_context kind)
{
	uint8_t up[SPINS], blocks[BLOCKS], up2[SPINS], blocks2[BLOCKS];
	struct rn_invrg a, b;

	for (size_t i = 0; i < SPINS; i++)
		up[i] = rn_random_u64(&source) & 1;
	for (size_t i = 0; i < BLOCKS; i++)
		blocks[i] = rn_random_u64(&source) & 1;
	for (size_t i = 0; i < SPINS; i++)
		up2[i % (2 * E) * 2 * E + i / (2 * E)] = up[i];
	for (size_t i = 0; i < BLOCKS; i++)
		blocks2[i % E * E + i / E] = blocks[i];
	count_pair(&a, kind, up, blocks, true);
	count_pair(&b, kind, up2, blocks2, true);

	const size_t bytes = a.contexts * RN_INVRG_STATES * 8;

	OK(!memcmp(a.count[0], b.count[0], bytes) && (!a.count[1] || !memcmp(a.count[1], b.count[1], bytes)),
		"%s: so do mirrored ones", rn_invrg_contexts[kind]);
	rn_invrg_clear(&a);
	rn_invrg_clear(&b);
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "invrg-train", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	OK(correlates(5, 7, 2, 6), "correlations, 5x7, K = 6");
	OK(correlates(4, 16, 2, 4), "4x16, K = 4");
	OK(correlates(3, 19, 3, 10), "3x19, b = 3, K = 10");
	OK(correlates(9, 12, 1, 5), "9x12, b = 1, K = 5");
	test_squares(6, true);
	test_squares(6, false);
	test_squares(4, true);
	test_squares(3, false);
	test_squares(8, true);
	test_known();
	test_singular();
	test_gradients();
	for (enum rn_invrg_context kind = RN_INVRG_CENTRE4; kind <= RN_INVRG_TWO_COLOUR; kind++) {
		test_counts(kind);
		test_diagonal(kind);
	}
	return tap_done();
}
