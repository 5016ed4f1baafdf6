/* The parts of mlp-classify against loops, grids, and the library's exact values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/mlp-classify/calibration.h"
#include "../../src/mlp-classify/exact.h"
#include "../../src/mlp-classify/interpolate.h"
#include "../../src/mlp-classify/keys.h"
#include "../../src/mlp-classify/observables.h"
#include "renorm/random.h"
#include "renorm/reader.h"
#include "tap.h"

static struct rn_random source;

/* --- the nearest curve ---------------------------------------------------------------- */

enum { KNOTS = 7, CLASSES = 5 };

static void
random_distribution(double p[], bool zeros)
{
	double sum = 0;

	for (size_t k = 0; k < CLASSES; k++) {
		p[k] = zeros && rn_random_below(&source, 3) == 0 ? 0 : -log(1 - rn_random_uniform(&source));
		sum += p[k];
	}
	if (sum == 0)
		sum = p[0] = 1;
	for (size_t k = 0; k < CLASSES; k++)
		p[k] /= sum;
}

static double
divergence(const double p[], const double P[], size_t i, double t)
{
	double sum = 0;

	for (size_t k = 0; k < CLASSES; k++) {
		const double q = (1 - t) * p[i * CLASSES + k] + t * p[(i + 1) * CLASSES + k];

		sum += P[k] > 0 ? P[k] * log(P[k] / q) : 0;
	}
	return sum;
}

static void
nearest_curve(void)
{
	static const double T[KNOTS] = { 0, 0.5, 1, 2, 2.25, 4, 10 };
	double p[KNOTS * CLASSES], ln[KNOTS * CLASSES], P[CLASSES];
	double bend[KNOTS * CLASSES], most[KNOTS], scratch[2 * CLASSES + KNOTS];
	struct curves c = { KNOTS, CLASSES, T, ln, bend, most };
	size_t wrong = 0, missed = 0, ends = 0;

	for (int n = 0; n < 300; n++) {
		double least = INFINITY, at = 0;
		struct nearest found;

		for (size_t i = 0; i < KNOTS * CLASSES; i += CLASSES) {
			random_distribution(p + i, true);
			curve_logarithms(p + i, CLASSES, ln + i);
			for (size_t k = 0; k < CLASSES; k++)
				p[i + k] = exp(ln[i + k]);
		}
		curves_finish(&c);
		random_distribution(P, true);
		found = nearest_of(&c, P, scratch);
		for (size_t i = 0; i + 1 < KNOTS; i++)
			for (int s = 0; s <= 400; s++) {
				const double kl = divergence(p, P, i, s / 400.);

				if (kl < least) {
					least = kl;
					at = T[i] + s / 400. * (T[i + 1] - T[i]);
				}
			}
		/* the grid is a little above the minimum, and near it unless another is as deep */
		missed += found.kl > least + 1e-12 || (least - found.kl < 1e-9 && fabs(found.T - at) > 0.02);
		ends += found.flag != 0;
		wrong += (found.flag == -1) != (found.T == 0) || (found.flag == 1) != (found.T == 10);

		/* on a curve, the curve itself: unless another passes through the same point */
		const size_t i = rn_random_below(&source, KNOTS - 1);
		const double t = rn_random_uniform(&source);

		for (size_t k = 0; k < CLASSES; k++)
			P[k] = (1 - t) * p[i * CLASSES + k] + t * p[(i + 1) * CLASSES + k];
		found = nearest_of(&c, P, scratch);
		wrong += found.kl > 1e-12 || fabs(found.T - (T[i] + t * (T[i + 1] - T[i]))) > 1e-4;
	}
	OK(missed == 0, "the least divergence of all, against a grid: %zu of 300 missed", missed);
	OK(wrong == 0 && ends > 10, "a point of the curves is its own temperature, and the ends are flagged");
}

/* What was hardly seen is what it is, down to CURVE_FLOOR; and a jump of ln p does not make its neighbours swing. */
static void
rare_classes(void)
{
	static const double rare[2] = { 1e-8, 1 - 1e-8 }, never[2] = { 0, 1 };
	double T[4] = { 1, 2, 3, 4 }, p[8] = { 0.5, 0.5, 0.5, 0.5, 1e-10, 1 - 1e-10, 0.5, 0.5 }, ln[2];
	double fine_T[25], least = 1, most = 0;
	struct calibration c = { .n = 4, .K = 2, .T = T, .p = p, .fine_n = 25, .fine_T = fine_T };
	struct rn_error err;

	curve_logarithms(rare, 2, ln);
	OK(fabs(ln[0] - log(1e-8)) < 1e-10, "a probability of 1e-8 is kept");
	curve_logarithms(never, 2, ln);
	OK(fabs(ln[0] - log(1e-12)) < 1e-10, "0 counts as 1e-12");
	if (!OK(calibration_curves(&c, &err) == RN_OK, "curves"))
		return;
	for (size_t i = 0; i < 8; i++) { /* between the first two knots, which are alike */
		least = fmin(least, exp(c.mean.ln[2 * i]));
		most = fmax(most, exp(c.mean.ln[2 * i]));
	}
	OK(least > 0.49 && most < 0.74, "a jump moves ln p of its neighbours by 1/2 at most: %g to %g", least,
		most);
	OK(most > 0.6, "and it does move them");
	free(c.mean.ln);
	free(c.mean.bend);
	free(c.mean.most);
}

/* --- draws of the calibration ----------------------------------------------------------- */

/* C = V V^T with the columns of V adding up to 0: as singular as that of probabilities. */
static void
calibration_draws(void)
{
	enum { DRAWS = 4000 };
	static const double V[3][2] = { { 0.02, 0.01 }, { -0.03, 0.005 }, { 0.01, -0.015 } };
	double T[2] = { 1, 2 }, p[6] = { 0.3, 0.4, 0.3, 0.2, 0.5, 0.3 }, cov[12], z[3], q[6];
	double sum[6] = { 0 }, product[3][3] = { { 0 } }, cross = 0, worst = 0, worst_mean = 0;
	struct calibration c = { .n = 2, .K = 3, .T = T, .p = p, .cov = cov };
	struct rn_error err;

	for (size_t i = 0, at = 0; i < 2; i++)
		for (size_t a = 0; a < 3; a++)
			for (size_t b = a; b < 3; b++)
				cov[at++] = V[a][0] * V[b][0] + V[a][1] * V[b][1];
	if (!OK(calibration_roots(&c, &err) == RN_OK, "roots"))
		return;
	for (size_t d = 0; d < DRAWS; d++) {
		calibration_draw_one(&c, 1, d, z, q);
		for (size_t a = 0; a < 6; a++)
			sum[a] += q[a] - p[a];
		for (size_t a = 0; a < 3; a++)
			for (size_t b = 0; b < 3; b++)
				product[a][b] += (q[a] - p[a]) * (q[b] - p[b]) / DRAWS;
		cross += (q[0] - p[0]) * (q[3] - p[3]) / DRAWS;
	}
	for (size_t a = 0; a < 3; a++) {
		const double aa = V[a][0] * V[a][0] + V[a][1] * V[a][1];

		worst_mean = fmax(worst_mean, fabs(sum[a]) / sqrt(aa * DRAWS));
		for (size_t b = 0; b < 3; b++) {
			const double bb = V[b][0] * V[b][0] + V[b][1] * V[b][1];
			const double ab = V[a][0] * V[b][0] + V[a][1] * V[b][1];

			worst = fmax(worst, fabs(product[a][b] - ab) / sqrt((aa * bb + ab * ab) / DRAWS));
		}
	}
	OK(worst_mean < 4.5, "draws: their mean is the curve, %.1f errors", worst_mean);
	OK(worst < 4.5, "their covariance is that of the table, %.1f errors", worst);
	OK(fabs(cross) < 4.5 * (0.02 * 0.02 + 0.01 * 0.01) / sqrt(DRAWS), "two temperatures are independent");
	free(c.root);
}

/* Cubics that the three-point slopes know exactly are parabolas; any knots. */
static void
interpolation(void)
{
	static const double x[] = { 0, 0.3, 1, 1.2, 4, 5 };
	const size_t most = sizeof x / sizeof x[0];
	double worst = 0, line = 0;

	for (size_t n = 2; n <= most; n++)
		for (double at = 0; at <= x[n - 1]; at += 0.07) {
			const struct stencil s = stencil_at(x, n, at);
			double sum = 0, y = 0, one = 0;

			for (size_t i = 0; i < s.n; i++) {
				const double k = x[s.first + i];

				sum += s.w[i] * (2 - 3 * k + 0.7 * k * k);
				y += s.w[i] * k;
				one += s.w[i];
			}
			line = fmax(line, fmax(fabs(one - 1), fabs(y - at)));
			if (n > 2)
				worst = fmax(worst, fabs(sum - (2 - 3 * at + 0.7 * at * at)));
		}
	OK(line < 1e-13, "lines are interpolated exactly");
	OK(worst < 1e-12, "parabolas are, on three knots or more");
}

/* --- exact values ------------------------------------------------------------------------ */

static void
exact_on(unsigned dim, size_t L, double tolerance)
{
	static const double T[] = { 0, 0.3, 0.77, 1, 1.31, 0.4, 2, 2.2691, 2.5, 3.3, 6, 40, INFINITY };
	const size_t extents[2] = { L, L };
	const struct rn_lattice l = rn_lattice_make(dim, extents);
	struct rn_ising_moments want, have;
	struct rn_error err;
	struct exact x;
	double worst = 0, worst_T = 0;

	exact_begin(&x, &l);
	for (size_t i = 0; i < sizeof T / sizeof T[0]; i++) {
		double back;

		if (rn_ising_moments(&l, T[i], 0, &want, &err) != RN_OK ||
			exact_moments(&x, T[i], &have, &err) != RN_OK ||
			exact_T_of_absm(&x, want.absm, &back, &err) != RN_OK) {
			OK(false, "%s", err.text);
			return;
		}
		worst = fmax(worst, fabs(have.absm - want.absm));
		worst = fmax(worst, fabs(have.m2 - want.m2));
		worst = fmax(worst, fabs(have.m4 - want.m4));
		if (T[i] > 0.7 && T[i] < 10)
			worst_T = fmax(worst_T, fabs(back - T[i]));
	}
	OK(worst < tolerance, "%ud, L = %zu: interpolated moments, off by %.1e", dim, L, worst);
	OK(worst_T < 100 * tolerance, "%ud, L = %zu: T of <|m|>, off by %.1e", dim, L, worst_T);
	if (exact_T_of_absm(&x, 1, &worst, &err) == RN_OK)
		OK(worst == 0, "<|m|> = 1 is T = 0");
	if (exact_T_of_absm(&x, 0.001, &worst, &err) == RN_OK)
		OK(isinf(worst), "less than that of T = inf is T = inf");
}

/* Sum over all states of a ring. */
static void
exact_ring(void)
{
	enum { N = 6 };
	const size_t extent = N;
	const struct rn_lattice l = rn_lattice_make(1, &extent);
	double worst = 0;

	for (double T = 0.5; T < 5; T += 0.7) {
		double Z = 0, G[N / 2 + 1] = { 0 };

		for (unsigned s = 0; s < 1u << N; s++) {
			double bonds = 0, w;

			for (unsigned i = 0; i < N; i++)
				bonds += (s >> i & 1) == (s >> (i + 1) % N & 1) ? 1 : -1;
			Z += w = exp(bonds / T);
			for (unsigned r = 0; r <= N / 2; r++)
				G[r] += (s & 1) == (s >> r & 1) ? w : -w;
		}
		for (size_t r = 0; r <= N / 2; r++)
			worst = fmax(worst, fabs(G[r] / Z - exact_G(&l, T, r)));
	}
	OK(worst < 1e-12, "G(r) of a ring, off by %.1e", worst);
	OK(exact_G(&l, 0, 3) == 1 && exact_G(&l, INFINITY, 1) == 0 && exact_G(&l, INFINITY, 0) == 1,
		"and at T = 0 and inf");
}

/* --- observables ------------------------------------------------------------------------- */

static double
naive_G(const struct rn_lattice *l, const float v[], size_t r)
{
	double sum = 0;
	size_t n = 0;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			const double here = (double)v[y * l->cols + x];

			if (2 * r <= l->cols) {
				sum += here * (double)v[y * l->cols + (x + r) % l->cols];
				n++;
			}
			if (l->dim == 2 && 2 * r <= l->rows) {
				sum += here * (double)v[(y + r) % l->rows * l->cols + x];
				n++;
			}
		}
	return sum / (double)n;
}

static double
naive_e(const struct rn_lattice *l, const float v[])
{
	double sum = 0;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			const double here = (double)v[y * l->cols + x];

			sum += here * (double)v[y * l->cols + (x + 1) % l->cols];
			if (l->dim == 2)
				sum += here * (double)v[(y + 1) % l->rows * l->cols + x];
		}
	return -sum / (double)l->sites;
}

/* The bin of m by its definition. */
static double
naive_bin(double m, size_t i)
{
	const double d = fabs(m - (-1 + 0.1 * (double)i)) - 0.05;

	return fabs(d) < 1e-6 ? 0.5 : d < 0;
}

static double
observed_wrong(unsigned dim, size_t rows, size_t cols, bool bits, bool units01)
{
	const size_t shape[2] = { dim == 1 ? cols : rows, cols };
	struct rn_column c = { .type = bits ? RN_BIT : RN_F32, .ndim = dim, .offset = 3 };
	const size_t N = dim == 1 ? cols : rows * cols;
	uint8_t *record = calloc(1, 3 + 4 * N + RN_SLACK);
	float *v = calloc(N, sizeof *v);
	double *G, e = 0, sum_m = 0, absm = 0, m2 = 0, m4 = 0, P[BINS] = { 0 }, now_e, now_m, worst = 0,
		   m = 0;
	const float low = units01 ? 0 : -1, high = 1;
	struct observables o;
	struct rn_error err;

	memcpy(c.shape, shape, sizeof shape);
	c.count = N;
	if (observables_begin(&o, &c, low, high, &err) != RN_OK)
		abort();
	G = calloc(o.distances, sizeof *G);
	if (!record || !v || !G)
		abort();
	for (size_t i = 0; i < N; i++) {
		const bool up = rn_random_below(&source, 3) == 0;

		v[i] = bits ? (up ? 1 : -1) : (float)rn_random_below(&source, 1 << 23) / (1 << 22) - 1;
		if (bits && up)
			record[3 + i / 8] |= (uint8_t)(1u << i % 8);
		m += (double)v[i] / (double)N;
	}
	for (size_t i = 0; !bits && i < N; i++) {
		const float x = units01 ? (v[i] + 1) / 2 : v[i]; /* v has 23 bits behind the point: exact */

		memcpy(record + 3 + 4 * i, &x, sizeof x);
	}
	memset(record + 3 + (bits ? (N + 7) / 8 : 4 * N), 0xa5, RN_SLACK);
	observables_add(&o, record, &(struct observed){ &e, &sum_m, &absm, &m2, &m4, G, P }, &now_e, &now_m);
	worst = fmax(fabs(e - naive_e(&o.l, v)), fabs(now_e - e));
	worst = fmax(worst, fmax(fabs(now_m - m), fmax(fabs(sum_m - m), fabs(absm - fabs(m)))));
	worst = fmax(worst, fmax(fabs(m2 - m * m), fabs(m4 - pow(m, 4))));
	for (size_t r = 0; r < o.distances; r++)
		worst = fmax(worst, fabs(G[r] - naive_G(&o.l, v, r)));
	for (size_t i = 0; bits && i < BINS; i++)
		worst = fmax(worst, fabs(P[i] - naive_bin(m, i)));
	observables_end(&o);
	free(record);
	free(v);
	free(G);
	return worst;
}

static void
observables(void)
{
	static const size_t extents[] = { 1, 2, 3, 5, 8, 10, 20, 40, 64, 65, 130 };
	const struct rn_column bytes = { .type = RN_U8, .ndim = 2, .shape = { 3, 3 }, .count = 9 };
	const size_t n = sizeof extents / sizeof extents[0];
	struct observables o;
	struct rn_error err;
	double worst = 0;

	for (int what = 0; what < 3; what++) /* reals of -1 to 1, of 0 to 1, bits */
		for (size_t i = 0; i < n; i++) {
			const bool bits = what == 2, units01 = what == 1;

			worst = fmax(worst, observed_wrong(1, 1, extents[i], bits, units01));
			for (size_t j = 0; j < n; j++)
				worst = fmax(worst, observed_wrong(2, extents[i], extents[j], bits, units01));
		}
	OK(worst < 1e-12, "e, m, G and the bin of m, against loops over sites: off by %.1e", worst);
	OK(observables_begin(&o, &bytes, -1, 1, &err) == RN_OK && !o.any, "bytes are no lattice");
}

static void
many_keys(void)
{
	struct keys t = { .key_bytes = 8 };
	size_t wrong = 0;
	int added;

	for (int pass = 0; pass < 2; pass++)
		for (uint64_t i = 0; i < 10000; i++) {
			const uint64_t key = i * 0x9e3779b97f4a7c15;

			wrong += keys_find(&t, (const uint8_t *)&key, &added) != i || added != !pass;
		}
	OK(wrong == 0 && t.n == 10000, "keys are numbered in the order they come");
	keys_clear(&t);
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "mlp-classify test", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	nearest_curve();
	rare_classes();
	calibration_draws();
	interpolation();
	exact_on(1, 8, 1e-12);
	exact_on(1, 500, 1e-12); /* all between T = 0.25 and 0.6 */
	exact_on(2, 4, 1e-6);
	exact_on(2, 10, 2e-5);
	exact_ring();
	observables();
	many_keys();
	return tap_done();
}
