/*
 * mcrg.c - operators against loops over spins; T against matrices made by hand, and against the derivatives of the
 * exactly known couplings of 2 x 2 blocks of the 4 x 4 torus
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/mcrg/linear.h"
#include "../../src/mcrg/operators.h"
#include "../../src/mcrg/sums.h"
#include "renorm/random.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "tap.h"

/* --- operators --------------------------------------------------------------- */

struct site {
	int y, x;
};
struct pattern {
	size_t n;
	struct site site[4];
};

/* One product each, as drawn in operators.h; the others follow by symmetry. */
static const struct pattern drawn[OPERATORS] = {
	{ 2, { { 0, 0 }, { 0, 1 } } },
	{ 2, { { 0, 0 }, { 1, 1 } } },
	{ 4, { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } } },
	{ 2, { { 0, 0 }, { 0, 2 } } },
	{ 2, { { 0, 0 }, { 1, 2 } } },
	{ 4, { { 0, 1 }, { 1, 0 }, { 1, 2 }, { 2, 1 } } },
	{ 2, { { 0, 0 }, { 2, 2 } } },
	{ 1, { { 0, 0 } } },
	{ 3, { { 0, 0 }, { 0, 1 }, { 1, 0 } } },
	{ 3, { { 0, 0 }, { 0, 1 }, { 0, 2 } } },
};

static int
by_place(const void *a, const void *b)
{
	const struct site *p = a, *q = b;

	return p->y != q->y ? p->y - q->y : p->x - q->x;
}

/* Turned by one of the 8 symmetries of the square, moved to the corner, sorted: equal patterns have equal bytes. */
static struct pattern
turned(struct pattern p, int symmetry)
{
	int top = 0, left = 0;

	for (size_t i = 0; i < p.n; i++) {
		struct site *s = &p.site[i], was = *s;

		if (symmetry & 1)
			*s = (struct site){ was.x, was.y };
		s->y = symmetry & 2 ? -s->y : s->y;
		s->x = symmetry & 4 ? -s->x : s->x;
		top = i && top < s->y ? top : s->y;
		left = i && left < s->x ? left : s->x;
	}
	for (size_t i = 0; i < p.n; i++) {
		p.site[i].y -= top;
		p.site[i].x -= left;
	}
	qsort(p.site, p.n, sizeof p.site[0], by_place);
	return p;
}

static size_t
images(const struct pattern *p, struct pattern image[8])
{
	size_t n = 0;

	for (int symmetry = 0; symmetry < 8; symmetry++) {
		bool is_new = true;

		image[n] = turned(*p, symmetry);
		for (size_t i = 0; i < n; i++)
			is_new = is_new && memcmp(&image[i], &image[n], sizeof image[n]) != 0;
		n += is_new;
	}
	return n;
}

static int
spin(const struct rn_lattice *l, const uint8_t *bits, size_t y, size_t x)
{
	size_t i = y % l->rows * l->cols + x % l->cols;

	return bits[i / 8] >> i % 8 & 1 ? 1 : -1;
}

static int64_t
plain(const struct rn_lattice *l, const uint8_t *bits, size_t operator)
{
	struct pattern image[8];
	size_t n = images(&drawn[operator], image);
	int64_t sum = 0;

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++)
			for (size_t k = 0; k < n; k++) {
				int product = 1;

				for (size_t i = 0; i < image[k].n; i++)
					product *= spin(l, bits, y + (size_t)image[k].site[i].y,
						x + (size_t)image[k].site[i].x);
				sum += product;
			}
	return sum;
}

/* Widths below, at and above a word; more and fewer words than a vector has, and not a multiple. */
static const size_t shapes[][2] = { { 2, 2 }, { 2, 3 }, { 3, 3 }, { 4, 4 }, { 5, 5 }, { 6, 6 }, { 7, 4 },
	{ 8, 8 }, { 10, 10 }, { 16, 16 }, { 32, 32 }, { 33, 31 }, { 63, 63 }, { 64, 64 }, { 65, 65 },
	{ 4, 66 }, { 66, 2 }, { 100, 100 }, { 128, 128 }, { 3, 127 }, { 5, 129 }, { 6, 130 }, { 64, 256 } };
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

/* Half of the spins up, or few: a quarter. */
static void
draw(uint8_t *bits, size_t n, uint64_t id, bool few)
{
	struct rn_random_key key = rn_random_key(1, "test-mcrg", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, id);

	for (size_t i = 0; i < n; i++) {
		uint64_t any = rn_random_u64(&r);

		bits[i] = (uint8_t)(few ? any & any >> 8 : any);
	}
}

static void
test_operators(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		struct rn_lattice l = rn_lattice_make(2, shapes[i]);
		uint8_t *bits = calloc(1, l.bytes + RN_SLACK);
		struct operators o;
		size_t wrong = 0;

		if (!operators_init(&o, &l) || !bits)
			exit(1);
		for (uint64_t id = 0; id < 4; id++) {
			int64_t S[OPERATORS];

			draw(bits, l.bytes + RN_SLACK, 10 * i + id,
				id > 1); /* garbage behind the last spin too */
			operators_measure(&o, bits, S);
			for (size_t a = 0; a < OPERATORS; a++)
				wrong += S[a] != plain(&l, bits, a);
		}
		OK(wrong == 0, "operators on %zu x %zu: %zu are not those of the plain sums", l.rows, l.cols,
			wrong);
		operators_clear(&o);
		free(bits);
	}
}

/* Correlations of random spins. */
static void
correlate_random(const struct rn_lattice *l, double M[EVEN * EVEN], double O[ODD * ODD])
{
	enum { N = 2000 };
	int64_t mean[OPERATORS] = { 0 }, product[OPERATORS][OPERATORS] = { { 0 } };
	struct operators o;

	if (!operators_init(&o, l))
		exit(1);
	for (uint64_t id = 0; id < N; id++) {
		uint8_t bits[8 + RN_SLACK];
		int64_t S[OPERATORS];

		draw(bits, sizeof bits, 1000 + id, false);
		operators_measure(&o, bits, S);
		for (size_t a = 0; a < OPERATORS; a++) {
			mean[a] += S[a];
			for (size_t b = 0; b < OPERATORS; b++)
				product[a][b] += S[a] * S[b];
		}
	}
	for (size_t a = 0; a < EVEN; a++)
		for (size_t b = 0; b < EVEN; b++)
			M[a * EVEN + b] = (double)(N * product[a][b] - mean[a] * mean[b]);
	for (size_t a = 0; a < ODD; a++)
		for (size_t b = 0; b < ODD; b++)
			O[a * ODD + b] = (double)product[EVEN + a][EVEN + b];
	operators_clear(&o);
}

/* Those that are said to be different are; at 2 x 2 no others are, and at 3 x 3 no other even one. */
static void
test_known(void)
{
	static const size_t extents[][2] = { { 2, 2 }, { 3, 3 }, { 2, 8 }, { 4, 4 }, { 4, 5 } };
	const size_t thin[] = { 1, 9 }, ring[] = { 9 };
	struct rn_lattice l, r = rn_lattice_make(1, ring);
	double M[EVEN * EVEN], O[ODD * ODD], T[EVEN * EVEN], condition;

	for (size_t i = 0; i < sizeof extents / sizeof extents[0]; i++) {
		l = rn_lattice_make(2, extents[i]);
		const size_t even = operators_even(&l), odd = operators_odd(&l);

		correlate_random(&l, M, O);
		OK(linear_matrix(M, M, even, EVEN, T, &condition) &&
				linear_matrix(O, O, odd, ODD, T, &condition),
			"%zu even and %zu odd operators are different on %zu x %zu", even, odd, l.rows,
			l.cols);
		if (l.cols < 4)
			OK(!linear_matrix(M, M, even + 1, EVEN, T, &condition), "  not %zu even ones",
				even + 1);
		if (l.cols < 3)
			OK(!linear_matrix(O, O, odd + 1, ODD, T, &condition), "  nor %zu odd ones", odd + 1);
	}
	l = rn_lattice_make(2, thin);
	OK(operators_even(&l) == 0 && operators_odd(&l) == 0 && operators_even(&r) == 0,
		"there are none on 1 x 9, nor on a ring");
}

/* --- linear equations ---------------------------------------------------------- */

/* A = M T, with rows `stride` apart. */
static void
multiply(const double M[], const double T[], size_t k, size_t stride, double A[])
{
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			A[i * stride + j] = 0;
			for (size_t a = 0; a < k; a++)
				A[i * stride + j] += M[i * stride + a] * T[a * k + j];
		}
}

/* Positive definite, the operators of very different size. */
static void
draw_correlations(double M[EVEN * EVEN], size_t k, uint64_t id)
{
	struct rn_random_key key = rn_random_key(1, "test-mcrg-linear", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, id);
	double X[EVEN * EVEN] = { 0 };

	for (size_t i = 0; i < k * k; i++)
		X[i] = rn_random_uniform(&r) - 0.5;
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			M[i * EVEN + j] = i == j ? 0.1 * pow(1000, (double)(i + j)) : 0;
			for (size_t a = 0; a < k; a++)
				M[i * EVEN + j] += X[i * k + a] * X[j * k + a] * pow(1000, (double)(i + j));
		}
}

static void
test_linear(void)
{
	double M[EVEN * EVEN], A[EVEN * EVEN], T[EVEN * EVEN], got[EVEN * EVEN], condition;

	for (size_t k = 1; k <= EVEN; k++) {
		struct eigenvalue e;
		double worst = 0;

		/* Triangular, so the eigenvalues stand on the diagonal: 2.5, -2, 1.5, ... */
		for (size_t i = 0; i < k; i++)
			for (size_t j = 0; j < k; j++)
				T[i * k + j] = i == j ? (i % 2 ? -1 : 1) * (2.5 - 0.3 * (double)i)
					: i < j	      ? 0.7 / pow(1000, (double)i - (double)j)
						      : 0;
		draw_correlations(M, k, k);
		multiply(M, T, k, EVEN, A);
		OK(linear_matrix(M, A, k, EVEN, got, &condition), "%zu operators: condition %.3g", k,
			condition);
		for (size_t i = 0; i < k; i++)
			for (size_t j = 0; j < k; j++)
				worst = fmax(worst,
					fabs(got[i * k + j] - T[i * k + j]) *
						pow(1000, (double)i - (double)j));
		e = linear_leading(M, A, k, EVEN);
		OK(worst < 1e-10 && fabs(e.lambda - 2.5) < 1e-11 && e.condition == condition,
			"  T within %.1e, its eigenvalue %.15g", worst, e.lambda);
	}
}

static void
test_linear_fails(void)
{
	const double one[] = { 1, 0, 0, 1 }, turn[] = { 0, -2, 2, 0 }, negative[] = { -3, 0, 0, 1 };
	const double alike[] = { 4, 2, 2, 1 }, still[] = { 1, 0, 0, 0 }, nan[] = { NAN, NAN, NAN, NAN };
	struct eigenvalue e;

	OK(isnan(linear_leading(one, turn, 2, 2).lambda),
		"a leading pair of complex eigenvalues is no exponent");
	OK(isnan(linear_leading(one, negative, 2, 2).lambda), "nor is a negative one");
	e = linear_leading(alike, one, 2, 2);
	OK(isnan(e.lambda) && e.condition > CONDITION_MAX, "operators that are the same");
	e = linear_leading(still, one, 2, 2);
	OK(isnan(e.lambda) && isinf(e.condition), "an operator that does not fluctuate");
	OK(isnan(linear_leading(nan, nan, 2, 2).lambda), "nan");
}

/* --- exact: 4 x 4 and its 2 x 2 blocks ------------------------------------------ */

/*
 * Of 2 x 2 spins, three even and two odd operators are all there are that know the symmetries of the torus. So the
 * law of the blocks, summed up over the 65536 states, is exp(K' S'), and gives K' as a function of K with no
 * error at all. Its derivatives by differences are T, which mcrg has from correlations alone.
 */
enum { STATES = 1 << 16, KEPT_EVEN = 3, KEPT_ODD = 2, COUPLINGS = KEPT_EVEN + KEPT_ODD };

/* Of all states: operators of both levels, all that mcrg knows, and the blocks. */
static int64_t (*fine)[OPERATORS], coarse[16][OPERATORS];
static uint8_t *blocks;

/* Majority, of a tie the top left spin. */
static uint8_t
block(unsigned s)
{
	uint8_t out = 0;

	for (unsigned I = 0; I < 4; I++) {
		unsigned corner = I / 2 * 8 + I % 2 * 2;
		unsigned ups = (s >> corner & 1) + (s >> (corner + 1) & 1) + (s >> (corner + 4) & 1) +
			(s >> (corner + 5) & 1);

		if (ups > 2 || (ups == 2 && (s >> corner & 1)))
			out |= (uint8_t)(1u << I);
	}
	return out;
}

static void
enumerate(void)
{
	const size_t four[] = { 4, 4 }, two[] = { 2, 2 };
	struct rn_lattice l = rn_lattice_make(2, four), l2 = rn_lattice_make(2, two);

	fine = calloc(STATES, sizeof *fine);
	blocks = calloc(STATES, 1);
	if (!fine || !blocks)
		exit(1);
	for (unsigned s = 0; s < STATES; s++) {
		uint8_t bits[2] = { (uint8_t)s, (uint8_t)(s >> 8) };

		blocks[s] = block(s);
		for (size_t a = 0; a < OPERATORS; a++) {
			fine[s][a] = plain(&l, bits, a);
			if (s < 16)
				coarse[s][a] = plain(&l2, bits, a);
		}
	}
}

/* Couplings of the operators that are kept: even 0, 1, 2 and odd EVEN, EVEN + 1. */
static size_t
kept(size_t i)
{
	return i < KEPT_EVEN ? i : EVEN + i - KEPT_EVEN;
}

static double
weight(const double K[COUPLINGS], unsigned s)
{
	double exponent = 0;

	for (size_t i = 0; i < COUPLINGS; i++)
		exponent += K[i] * (double)fine[s][kept(i)];
	return exp(exponent);
}

/* K' from the law of the blocks; the largest deviation from exp(K' S') in *misfit. */
static void
block_couplings(const double K[COUPLINGS], double out[COUPLINGS], double *misfit)
{
	/* One state of each kind: all up, one down, a stripe, a chequerboard. */
	enum { ORDER = 15, ONE = 14, STRIPE = 3, CHEQUERS = 9 };
	static const unsigned kinds[] = { ONE, STRIPE, CHEQUERS };
	double p[16] = { 0 }, log_p[16], M[9], x[3];

	for (unsigned s = 0; s < STATES; s++)
		p[blocks[s]] += weight(K, s);
	for (unsigned s = 0; s < 16; s++)
		log_p[s] = log(p[s]);

	/* Even: differences to ORDER of the part that does not change sign with the spins; Cramer's rule. */
	for (size_t r = 0; r < 3; r++) {
		unsigned s = kinds[r];

		x[r] = (log_p[s] + log_p[15 - s] - log_p[ORDER] - log_p[15 - ORDER]) / 2;
		for (size_t a = 0; a < 3; a++)
			M[3 * r + a] = (double)(coarse[s][a] - coarse[ORDER][a]);
	}
#define DET(a, b, c) \
	((a)[0] * ((b)[3] * (c)[6] - (b)[6] * (c)[3]) - (b)[0] * ((a)[3] * (c)[6] - (a)[6] * (c)[3]) + \
		(c)[0] * ((a)[3] * (b)[6] - (a)[6] * (b)[3]))
	const double column[9] = { x[0], 0, 0, x[1], 0, 0, x[2], 0, 0 };
	const double *m0 = M, *m1 = M + 1, *m2 = M + 2, det = DET(m0, m1, m2);

	out[0] = DET(column, m1, m2) / det;
	out[1] = DET(m0, column, m2) / det;
	out[2] = DET(m0, m1, column) / det;

	/* Odd. */
	const double a = (double)coarse[ORDER][EVEN], b = (double)coarse[ORDER][EVEN + 1];
	const double c = (double)coarse[ONE][EVEN], d = (double)coarse[ONE][EVEN + 1];
	const double u = (log_p[ORDER] - log_p[15 - ORDER]) / 2, v = (log_p[ONE] - log_p[15 - ONE]) / 2;

	out[3] = (u * d - v * b) / (a * d - b * c);
	out[4] = (a * v - c * u) / (a * d - b * c);

	*misfit = 0;
	for (unsigned s = 0; s < 16; s++) {
		double exponent = log_p[ORDER];

		for (size_t i = 0; i < COUPLINGS; i++)
			exponent += out[i] * (double)(coarse[s][kept(i)] - coarse[ORDER][kept(i)]);
		*misfit = fmax(*misfit, fabs(exponent - log_p[s]));
	}
}

/* dK' / dK_b by differences of fourth order. */
static void
differentiate(const double K[COUPLINGS], size_t b, double out[COUPLINGS])
{
	static const double at[] = { -2, -1, 1, 2 }, factor[] = { 1. / 12, -2. / 3, 2. / 3, -1. / 12 };
	const double step = 2e-4;

	memset(out, 0, COUPLINGS * sizeof *out);
	for (size_t i = 0; i < 4; i++) {
		double here[COUPLINGS], there[COUPLINGS], misfit;

		memcpy(here, K, sizeof here);
		here[b] += at[i] * step;
		block_couplings(here, there, &misfit);
		for (size_t a = 0; a < COUPLINGS; a++)
			out[a] += factor[i] * there[a] / step;
	}
}

static double
power_iteration(const double T[], size_t k)
{
	double x[EVEN] = { 1, 0.3, 0.1 }, y[EVEN], norm = 0;

	for (int n = 0; n < 2000; n++) {
		norm = 0;
		for (size_t i = 0; i < k; i++) {
			y[i] = 0;
			for (size_t j = 0; j < k; j++)
				y[i] += T[i * k + j] * x[j];
			norm = fmax(norm, fabs(y[i]));
		}
		for (size_t i = 0; i < k; i++)
			x[i] = y[i] / norm;
	}
	return norm;
}

/* Weighted means of what mcrg sums up, in its own order. */
static double *
means(const double K[COUPLINGS])
{
	static struct levels levels = { .n = 2 };
	const int64_t origin[2 * OPERATORS] = { 8, -4, 2, 6, 0, 10, -2 }; /* any */
	double *mean = calloc(sums_count(2), sizeof *mean), *one = calloc(sums_count(2), sizeof *one), Z = 0;

	if (!mean || !one)
		exit(1);
	for (unsigned s = 0; s < STATES; s++) {
		int64_t S[2 * OPERATORS];
		double w = weight(K, s);

		memcpy(S, fine[s], sizeof fine[s]);
		memcpy(S + OPERATORS, coarse[blocks[s]], sizeof coarse[0]);
		memset(one, 0, sums_count(2) * sizeof *one);
		sums_add(&levels, origin, S, one);
		for (size_t i = 0; i < sums_count(2); i++)
			mean[i] += w * one[i];
		Z += w;
	}
	for (size_t i = 0; i < sums_count(2); i++)
		mean[i] /= Z;
	free(one);
	return mean;
}

/* M and A of operators first, ..., first + k - 1, by hand. */
static void
correlate(const double K[COUPLINGS], size_t first, size_t k, double M[], double A[])
{
	double Z = 0, mean[2][3] = { 0 };

	memset(M, 0, k * k * sizeof *M);
	memset(A, 0, k * k * sizeof *A);
	for (unsigned s = 0; s < STATES; s++) {
		const int64_t *S = fine[s] + first, *C = coarse[blocks[s]] + first;
		const double w = weight(K, s);

		Z += w;
		for (size_t c = 0; c < k; c++) {
			mean[0][c] += w * (double)S[c];
			mean[1][c] += w * (double)C[c];
			for (size_t b = 0; b < k; b++) {
				M[c * k + b] += w * (double)(C[c] * C[b]);
				A[c * k + b] += w * (double)(C[c] * S[b]);
			}
		}
	}
	for (size_t c = 0; c < k; c++)
		for (size_t b = 0; b < k; b++) {
			M[c * k + b] = M[c * k + b] / Z - mean[1][c] * mean[1][b] / Z / Z;
			A[c * k + b] = A[c * k + b] / Z - mean[1][c] * mean[0][b] / Z / Z;
		}
}

static void
test_exact(void)
{
	static const double points[][COUPLINGS] = { { 0.44 }, { 0.2 }, { 0.3, 0.05, 0.02 },
		{ 0.35, -0.04, 0.06 } };

	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		const double *K = points[i];
		double to[COUPLINGS], d[COUPLINGS], misfit, worst = 0, condition;
		double M[9], A[9], T[9], exact_even[9] = { 0 }, exact_odd[4] = { 0 }, *mean = means(K);

		block_couplings(K, to, &misfit);
		OK(misfit < 1e-12, "K = (%g, %g, %g): blocks have K' = (%.6f, %.6f, %.6f), exactly to %.0e",
			K[0], K[1], K[2], to[0], to[1], to[2], misfit);
		for (size_t b = 0; b < COUPLINGS; b++) {
			differentiate(K, b, d);
			for (size_t a = 0; b < 3 && a < 3; a++)
				exact_even[3 * a + b] = d[a];
			for (size_t a = 0; b >= 3 && a < 2; a++)
				exact_odd[2 * a + b - 3] = d[3 + a];
		}

		correlate(K, 0, 3, M, A);
		OK(linear_matrix(M, A, 3, 3, T, &condition), "  T of even operators, condition %.3g",
			condition);
		for (size_t a = 0; a < 9; a++)
			worst = fmax(worst, fabs(T[a] - exact_even[a]));
		OK(worst < 1e-9, "  is dK'/dK within %.1e", worst);
		double lambda = sums_even(mean, 1, 3).lambda, exact = power_iteration(exact_even, 3);
		OK(fabs(lambda - exact) < 1e-9,
			"  lambda_t %.12g of the stage's sums, %.12g of the derivatives", lambda, exact);
		OK(fabs(sums_even(mean, 1, 1).lambda - A[0] / M[0]) < 1e-12,
			"  of one operator, the quotient");

		correlate(K, EVEN, 2, M, A);
		worst = 0;
		OK(linear_matrix(M, A, 2, 2, T, &condition), "  T of odd operators, condition %.3g",
			condition);
		for (size_t a = 0; a < 4; a++)
			worst = fmax(worst, fabs(T[a] - exact_odd[a]));
		OK(worst < 1e-9, "  is dK'/dK within %.1e", worst);
		lambda = sums_odd(mean, 1, 2).lambda;
		exact = power_iteration(exact_odd, 2);
		OK(fabs(lambda - exact) < 1e-9,
			"  lambda_h %.12g of the stage's sums, %.12g of the derivatives", lambda, exact);
		free(mean);
	}
	free(fine);
	free(blocks);
}

int
main(void)
{
	test_operators();
	test_known();
	test_linear();
	test_linear_fails();
	enumerate();
	test_exact();
	return tap_done();
}
