/*
 * ising_moments.c - the law of the magnetisation, from weights that are all positive: nothing cancels
 *
 * Weights are relative to the ground state: a broken bond (its two spins differ) has the weight q = exp(-2K), any
 * other 1. Z_k is the sum over the configurations with k spins up; P(k) is Z_k exp(2hk) over the sum of that.
 *
 * Ring of N: a configuration with 0 < k < N spins up has j >= 1 runs of up and j runs of down, so 2j broken bonds, and
 *
 *	Z_k = sum_j (N/j) C(k-1, j-1) C(N-k-1, j-1) q^2j
 *
 * Torus of R rows of n <= 12 spins. Let w(a) = q^(broken bonds within row a), and let B_r(a, b; k) be the sum over r
 * rows between the rows a and b with k of their spins up, of all bonds but those within a and b. Cut at two rows,
 *
 *	Z(k) = sum_{a,b} w(a) w(b) sum_{i+j+|a|+|b| = k} B_r(a, b; i) B_r'(a, b; j),	r + r' + 2 = R,
 *
 * |a| the number of spins up in a. B_0(a, b) = q^|a xor b|, and a further row is one factor w and z^|.| for each state of
 * it (z counts spins up) and the matrix q^|. xor .|, which is a product of n 2x2 matrices, one a spin: n butterflies.
 *
 * Translations, reflection and flip of rows (which turns k into N - k) leave 122 orbits of the 4096 rows a. The terms
 * are symmetric in a and b, so only b of the same or a later orbit are summed.
 *
 * Rounding: relative errors of each P(k), small ones too, of a few R n 2^-53 (those below 1e-300 become 0); of the
 * ring's, of N 2^-53. Time as 2^n orbits (R n^2 k + k^2), k = Rn/2: 10 x 10 takes 20 ms, 12 x 12 0.3 s, 12 x 64 10 s.
 * Memory 2^n (R/2) n doubles, twice that for odd R: 2 MB at 12 x 12.
 */
#include "renorm/ising_moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/cpu.h"

enum { MAX_SHORT = 12, MAX_LONG = 64, MAX_RING = 4096 };

bool
rn_ising_moments_possible(const struct rn_lattice *l)
{
	if (l->dim == 1)
		return l->sites <= MAX_RING;
	return (l->rows <= MAX_SHORT && l->cols <= MAX_LONG) || (l->cols <= MAX_SHORT && l->rows <= MAX_LONG);
}

/* ln of sum_j, without the factor N q^2 of its first term. */
static double
ring_log_sum(double N, double k, double q2)
{
	const double huge = 0x1p512;
	double term = 1, sum = 1;
	int scale = 0;

	for (double j = 1; j < k && j < N - k; j++) {
		double ratio = (k - j) * (N - k - j) / (j * (j + 1)) * q2;

		term *= ratio;
		sum += term;
		if (sum > huge) {
			term /= huge;
			sum /= huge;
			scale++;
		}
		if (ratio < 1 &&
			term < sum * 0x1p-70) /* ratios fall: the rest is less than a rounding error */
			break;
	}
	return log(sum) + scale * 512 * M_LN2;
}

static void
ring_law(size_t sites, double K, double h, double p[])
{
	const double N = (double)sites, q2 = exp(-4 * K);
	double most = -INFINITY;

	for (size_t k = 0; k <= sites; k++) {
		double up = (double)k;

		p[k] = k == 0 || k == sites ? 0 : ring_log_sum(N, up, q2) + log(N) - 4 * K;
		p[k] += h * (2 * up - N);
		most = fmax(most, p[k]);
	}
	for (size_t k = 0; k <= sites; k++)
		p[k] = exp(p[k] - most);
}

/* The rows of a torus, and what is being summed. */
struct strip {
	size_t n, R, rows; /* rows: 2^n */
	double q;
	void (*mix)(double x[], double y[], size_t n, double q);
	void (*add_products)(double sums[], double w, const double x[], const double y[], size_t n,
		bool half);
	double within[1 << MAX_SHORT];	  /* w */
	uint16_t orbit[1 << MAX_SHORT];	  /* the smallest row of its orbit */
	uint16_t members[1 << MAX_SHORT]; /* of the orbit, at that row */
	uint8_t up[1 << MAX_SHORT];	  /* number of spins up */
	size_t stride;			  /* doubles of room for one B(a, b; .) */
	double *first, *second;		  /* B_r and B_r' of one a: rows x stride; the same array if r = r' */
	double *products; /* sums over b of B_r(i) B_r'(j): stride x stride; if r = r', of j >= i */
};

static size_t
rotated(size_t row, size_t n)
{
	return (row >> 1 | row << n >> 1) & (((size_t)1 << n) - 1);
}

static size_t
reflected(size_t row, size_t n)
{
	size_t out = 0;

	for (size_t x = 0; x < n; x++)
		out |= (row >> x & 1) << (n - 1 - x);
	return out;
}

static size_t
smallest_of_orbit(size_t row, size_t n)
{
	const size_t all = ((size_t)1 << n) - 1;
	size_t image[4] = { row, row ^ all, reflected(row, n), reflected(row, n) ^ all }, least = row;

	for (size_t x = 0; x < n; x++)
		for (int i = 0; i < 4; i++) {
			image[i] = rotated(image[i], n);
			least = image[i] < least ? image[i] : least;
		}
	return least;
}

static void
strip_rows(struct strip *s)
{
	for (size_t a = 1; a < s->rows; a++)
		s->up[a] = (uint8_t)(s->up[a / 2] + a % 2);
	for (size_t a = 0; a < s->rows; a++) {
		s->within[a] = pow(s->q, s->up[a ^ rotated(a, s->n)]);
		s->orbit[a] = (uint16_t)smallest_of_orbit(a, s->n);
		s->members[s->orbit[a]]++;
	}
}

/* Lengths are rounded up to whole vectors; zeros stay zeros. */
enum { LANES = 4 }; /* wider ones are no faster: memory is the limit */
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

/* Of one pair of rows: (x, y) becomes (x + qy, qx + y). */
static RN_INLINE void
mix_body(lanes *restrict x, lanes *restrict y, size_t n, double q)
{
	for (size_t i = 0; i < n / LANES; i++) {
		const lanes a = x[i], b = y[i];

		x[i] = a + q * b;
		y[i] = q * a + b;
	}
}

/* sums[i][j] += w x[i] y[j]; half: needed of j >= i alone */
static RN_INLINE void
add_products_body(lanes *restrict sums, double w, const double x[], const lanes *y, size_t n, bool half)
{
	for (size_t i = 0; i < n; i++, sums += n / LANES)
		for (size_t j = half ? i / LANES : 0; j < n / LANES; j++)
			sums[j] += w * x[i] * y[j];
}

static void
mix_baseline(double x[], double y[], size_t n, double q)
{
	mix_body((lanes *)x, (lanes *)y, n, q);
}

RN_TARGET_AVX2 static void
mix_avx2(double x[], double y[], size_t n, double q)
{
	mix_body((lanes *)x, (lanes *)y, n, q);
}

static void
add_products_baseline(double sums[], double w, const double x[], const double y[], size_t n, bool half)
{
	add_products_body((lanes *)sums, w, x, (const lanes *)y, n, half);
}

RN_TARGET_AVX2 static void
add_products_avx2(double sums[], double w, const double x[], const double y[], size_t n, bool half)
{
	add_products_body((lanes *)sums, w, x, (const lanes *)y, n, half);
}

/* The matrix q^|. xor .|: one spin after the other, halves within halves so that what is small enough stays in the cache. */
static void
bonds_between_rows(const struct strip *s, double x[], size_t rows, size_t n)
{
	const size_t half = rows / 2;

	if (half == 0)
		return;
	for (size_t a = 0; a < half; a++)
		s->mix(x + a * s->stride, x + (a + half) * s->stride, n, s->q);
	bonds_between_rows(s, x, half, n);
	bonds_between_rows(s, x + half * s->stride, half, n);
}

static size_t
whole_lanes(size_t n)
{
	return (n + LANES - 1) / LANES * LANES;
}

/* From B_r to B_(r+1). */
static void
add_row(const struct strip *s, double x[], size_t r)
{
	const size_t before = r * s->n + 1;

	for (size_t b = 0; b < s->rows; b++) {
		double *at = x + b * s->stride;
		size_t up = s->up[b];

		for (size_t k = before; k-- > 0;)
			at[k + up] = s->within[b] * at[k];
		memset(at, 0, up * sizeof *at);
	}
	bonds_between_rows(s, x, s->rows, whole_lanes(before + s->n));
}

static void
start_at(const struct strip *s, double x[], size_t a)
{
	memset(x, 0, s->rows * s->stride * sizeof *x);
	for (size_t b = 0; b < s->rows; b++)
		x[b * s->stride] = pow(s->q, s->up[a ^ b]);
}

/* Those of the second cut that have `up` spins up; the terms of a pair of orbits stand for those of the pair exchanged. */
static void
add_closing_rows(struct strip *s, size_t a, size_t up, double Z[])
{
	const size_t n = s->stride;
	const bool half = s->second == s->first; /* the products are symmetric in i and j */
	double *sums = s->products;

	memset(sums, 0, n * n * sizeof *sums);
	for (size_t b = 0; b < s->rows; b++) {
		if (s->up[b] != up || s->orbit[b] < s->orbit[a])
			continue;
		double w = s->orbit[b] == s->orbit[a] ? s->within[b] : 2 * s->within[b];
		s->add_products(sums, w, s->first + b * n, s->second + b * n, n, half);
	}
	double w = s->members[a] * s->within[a];
	for (size_t i = 0; i < n; i++)
		for (size_t j = half ? i : 0; j < n; j++)
			if (sums[i * n + j] != 0)
				Z[s->up[a] + up + i + j] += (half && j > i ? 2 * w : w) * sums[i * n + j];
}

static void
add_orbit(struct strip *s, size_t a, double Z[])
{
	const size_t r = (s->R - 2) / 2;

	start_at(s, s->first, a);
	for (size_t i = 0; i < r; i++)
		add_row(s, s->first, i);
	if (s->second != s->first) {
		memcpy(s->second, s->first, s->rows * s->stride * sizeof *s->first);
		add_row(s, s->second, r);
	}
	for (size_t up = 0; up <= s->n; up++)
		add_closing_rows(s, a, up, Z);
}

static enum rn_status
strip_make(struct strip *s, const struct rn_lattice *l, double K, struct rn_error *err)
{
	s->n = l->rows < l->cols ? l->rows : l->cols;
	s->R = l->sites / s->n;
	s->rows = (size_t)1 << s->n;
	s->q = exp(-2 * K);
	s->mix = rn_cpu() >= RN_CPU_AVX2 ? mix_avx2 : mix_baseline;
	s->add_products = rn_cpu() >= RN_CPU_AVX2 ? add_products_avx2 : add_products_baseline;
	strip_rows(s);
	if (s->R == 1)
		return RN_OK;

	const size_t between = (s->R - 1) / 2;
	s->stride = whole_lanes(between * s->n + 1);
	s->first = aligned_alloc(sizeof(lanes), s->rows * s->stride * sizeof *s->first);
	s->second = s->R % 2 == 0 ? s->first
				  : aligned_alloc(sizeof(lanes), s->rows * s->stride * sizeof *s->first);
	s->products = aligned_alloc(sizeof(lanes), s->stride * s->stride * sizeof *s->products);
	return s->first && s->second && s->products ? RN_OK : rn_fail_memory(err, "transfer matrix");
}

static void
strip_clear(struct strip *s)
{
	if (s->second != s->first)
		free(s->second);
	free(s->first);
	free(s->products);
	free(s);
}

/* Z_k in p, for h = 0. */
static enum rn_status
torus_weights(const struct rn_lattice *l, double K, double p[], struct rn_error *err)
{
	struct strip *s = calloc(1, sizeof *s);

	memset(p, 0, (l->sites + 1) * sizeof *p);
	if (!s)
		return rn_fail_memory(err, "transfer matrix");
	enum rn_status st = strip_make(s, l, K, err);
	for (size_t a = 0; st == RN_OK && a < s->rows; a++)
		if (s->R == 1) /* a row is its own neighbour: no bond between rows is broken */
			p[s->up[a]] += s->within[a];
		else if (s->members[a] > 0)
			add_orbit(s, a, p);
	strip_clear(s);
	return st;
}

static enum rn_status
torus_law(const struct rn_lattice *l, double K, double h, double p[], struct rn_error *err)
{
	const size_t N = l->sites;
	enum rn_status st = torus_weights(l, K, p, err);

	if (st != RN_OK)
		return st;
	for (size_t k = 0; 2 * k <= N;
		k++) /* an orbit holds flipped rows too: only the mean of both is right */
		p[k] = p[N - k] = (p[k] + p[N - k]) / 2;
	for (size_t k = 0; k <= N; k++)
		p[k] *= exp(-2 * fabs(h) * (double)(h > 0 ? N - k : k));
	return RN_OK;
}

static void
normalise(double p[], size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	for (size_t i = 0; i < n; i++)
		p[i] /= sum;
}

enum rn_status
rn_ising_magnetisation_law(const struct rn_lattice *l, double T, double h, double p[], struct rn_error *err)
{
	enum rn_status st = RN_OK;

	if (!(T >= 0) || !isfinite(h))
		return rn_fail(err, RN_EUSAGE, "no magnetisation at T = %g, h = %g: T is 0 to inf, h finite",
			T, h);
	if (!rn_ising_moments_possible(l))
		return rn_fail(err, RN_EUSAGE,
			"the exact magnetisation is known of rings of up to %d spins, and of tori with one "
			"extent "
			"of at most %d and the other of at most %d; not of %zux%zu",
			MAX_RING, MAX_SHORT, MAX_LONG, l->rows, l->cols);
	if (l->dim == 2)
		st = torus_law(l, 1 / T, h, p, err);
	else
		ring_law(l->sites, 1 / T, h, p);
	if (st == RN_OK)
		normalise(p, l->sites + 1);
	return st;
}

struct rn_ising_moments
rn_ising_moments_of_law(const struct rn_lattice *l, const double p[])
{
	const double N = (double)l->sites;
	struct rn_ising_moments o = { 0 };

	for (size_t k = 0; 2 * k <= l->sites; k++) { /* m and -m together: <m> is 0 where it should be */
		double m = (N - 2 * (double)k) / N, both = p[l->sites - k] + p[k];

		if (m == 0)
			continue;
		o.m += m * (p[l->sites - k] - p[k]);
		o.absm += m * both;
		o.m2 += m * m * both;
		o.m4 += m * m * m * m * both;
	}
	return o;
}

enum rn_status
rn_ising_moments(const struct rn_lattice *l, double T, double h, struct rn_ising_moments *m,
	struct rn_error *err)
{
	double p[MAX_RING + 1] = { 0 }; /* a torus has fewer spins */
	enum rn_status st = rn_ising_magnetisation_law(l, T, h, p, err);

	if (st == RN_OK)
		*m = rn_ising_moments_of_law(l, p);
	return st;
}
