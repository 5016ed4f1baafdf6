/*
 * block_kernel.h - 16 networks side by side at one CPU level and in one precision
 *
 * NAME.c defines REAL (4 or 8 bytes) and LEVEL (vector.h). Each lane is added up over the units in their order, so
 * the sums are the same whatever the width of vectors.
 *
 * exp(x) for |x| of moderate size: n = x / ln 2 rounded, by adding and taking away 1.5 2^23 (2^52); r = x - n ln 2, ln 2
 * in two parts of which n times the first is exact; exp(r) = 1 + r + r^2 p(r), p interpolating at Chebyshev nodes
 * (errors of exp of 8e-9 and 1.3e-17 before rounding); and n is added to the exponent's bits. For |x| < 1/16 the
 * first terms of the series do (errors of 1e-9 and 3e-19).
 */
#include "vector.h"

#define rvec LEVEL_NAME(rvec)
#define rint LEVEL_NAME(rint)
#define fvec LEVEL_NAME(fvec)
#define dvec LEVEL_NAME(dvec)
#undef R
#undef SLEEF_R
#if REAL == 4
#define R W
#define real float
#define SLEEF_R(f, ulp) SLEEF(f, ulp)
typedef int32_t rint __attribute__((vector_size(4 * R)));
#else
#define R (W / 2)
#define real double
#if LEVEL == 2
#define SLEEF_R(f, ulp) Sleef_cinz_##f##d8_##ulp##avx512fnofma
#elif LEVEL == 1
#define SLEEF_R(f, ulp) Sleef_cinz_##f##d4_##ulp##avx
#else
#define SLEEF_R(f, ulp) Sleef_cinz_##f##d2_##ulp##sse2
#endif
typedef int64_t rint __attribute__((vector_size(8 * R)));
#endif
typedef real rvec __attribute__((vector_size(REAL * R)));
typedef float fvec __attribute__((vector_size(4 * R)));
typedef double dvec __attribute__((vector_size(8 * R)));

/* fvec to rvec; the compiler would take the halves of an AVX-512 vector apart and put them together again. */
#undef WIDEN
#if REAL == 8 && LEVEL == 2
#include <immintrin.h>
#define WIDEN(v) (rvec) _mm512_cvtps_pd((__m256)(v))
#else
#define WIDEN(v) __builtin_convertvector(v, rvec)
#endif

#if defined(__x86_64__)
#if REAL == 8
TARGET rvec SLEEF_R(exp, u10)(rvec x);
#endif
TARGET rvec SLEEF_R(erf, u10)(rvec x);
#else
#if REAL == 8
#define SCALAR(f) \
	double Sleef_cinz_##f##d1_u10purec(double x); \
	static RN_INLINE rvec SLEEF_R(f, u10)(rvec x) \
	{ \
		for (size_t i = 0; i < R; i++) \
			x[i] = Sleef_cinz_##f##d1_u10purec(x[i]); \
		return x; \
	}
SCALAR(exp)
#else
#define SCALAR(f) \
	float Sleef_cinz_##f##f1_u10purec(float x); \
	static RN_INLINE rvec SLEEF_R(f, u10)(rvec x) \
	{ \
		for (size_t i = 0; i < R; i++) \
			x[i] = Sleef_cinz_##f##f1_u10purec(x[i]); \
		return x; \
	}
#endif
SCALAR(erf)
#undef SCALAR
#endif

TARGET static RN_INLINE rvec
LEVEL_NAME(get)(const real *x)
{
	rvec v;

	memcpy(&v, x, sizeof v);
	return v;
}

TARGET static RN_INLINE void
LEVEL_NAME(put)(real *y, rvec v)
{
	memcpy(y, &v, sizeof v);
}

TARGET static RN_INLINE rvec
LEVEL_NAME(normal)(const float *z)
{
	fvec v;

	memcpy(&v, z, sizeof v);
	return WIDEN(v);
}

#if REAL == 4
TARGET static RN_INLINE rvec
LEVEL_NAME(exp_moderate)(rvec x)
{
	const rvec t = x * 1.44269504f + 0x1.8p23f;
	const rvec n = t - 0x1.8p23f;
	const rvec r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
	const rvec q = r * r;
	const rvec even = (0.0013926204f * q + 0.041666556f) * q + 0.5f;
	const rvec odd = 0.008363195f * q + 0.16666576f;
	const rvec p = ((odd * r + even) * q + r) + 1;

	return (rvec)((rint)p + ((rint)t << 23));
}

TARGET static RN_INLINE rvec
LEVEL_NAME(exp_small)(rvec x)
{
	const rvec p = (1.f / 6 * x + 0.5f) + (1.f / 120 * x + 1.f / 24) * (x * x);

	return (p * (x * x) + x) + 1;
}
#else
TARGET static RN_INLINE rvec
LEVEL_NAME(exp_moderate)(rvec x)
{
	const rvec t = x * 0x1.71547652b82fep+0 + 0x1.8p52;
	const rvec n = t - 0x1.8p52;
	const rvec r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
	const rvec r2 = r * r, r4 = r2 * r2;
	const rvec low =
		(0x1.5555555555556p-3 * r + 0.5) + (0x1.11111111109afp-7 * r + 0x1.5555555553d56p-5) * r2;
	const rvec high = (0x1.a01a01a7c73c0p-13 * r + 0x1.6c16c17890eb4p-10) +
		(0x1.71de0da24602dp-19 * r + 0x1.a019b8f9792eep-16) * r2 +
		(0x1.af38c67fbb53fp-26 * r + 0x1.28919ccaf9211p-22) * r4;
	const rvec p = ((low + high * r4) * r2 + r) + 1;

	return (rvec)((rint)p + ((rint)t << 52));
}

TARGET static RN_INLINE rvec
LEVEL_NAME(exp_small)(rvec x)
{
	const rvec x2 = x * x;
	const rvec low = (1. / 6 * x + 0.5) + (1. / 120 * x + 1. / 24) * x2;
	const rvec high = (1. / 5040 * x + 1. / 720) + (1. / 362880 * x + 1. / 40320) * x2;

	return ((low + high * (x2 * x2)) * x2 + x) + 1;
}
#endif

#ifndef FEW
#define FEW 8 /* points, of which no factor of a progression is more than the 7th */
#endif

typedef real LEVEL_NAME(row)[LANES];
#define row LEVEL_NAME(row)

/* What a block works with; all of it in the caller's memory. */
struct LEVEL_NAME(state) {
	const struct ensemble *e;
	rn_normals_row *z;
	row *out;	     /* CHUNK x dout: weights to the outputs */
	row *h;		     /* CHUNK x P */
	row *sums;	     /* P x dout */
	row *norm;	     /* P: ln Z of a layer l > 1 */
	row *before, *after; /* N x P, of whole layers when depth > 1 */
	real *weight, *step, *logZ;
};
#define state LEVEL_NAME(state)

/* g(a), but for a factor 1 / Z when e->scaled. */
TARGET static RN_INLINE rvec
LEVEL_NAME(activation)(const struct ensemble *e, rvec a, rvec logZ)
{
	switch (e->activation) {
	case RN_NET_GAUSS: return e->scaled ? LEVEL_NAME(exp_moderate)(a) : SLEEF_R(exp, u10)(a - logZ);
	case RN_NET_RELU: return (rvec)((rint)a & (rint)(a > 0));
	default: return SLEEF_R(erf, u10)(a);
	}
}

/* sum_i factor[i] z[i]: of a point, or of the step between two */
TARGET static RN_INLINE rvec
LEVEL_NAME(dot)(const real factor[], const rn_normals_row z[], size_t lane, size_t din)
{
	rvec sum = factor[0] * LEVEL_NAME(normal)(z[0] + lane);

	for (size_t i = 1; i < din; i++)
		sum += factor[i] * LEVEL_NAME(normal)(z[i] + lane);
	return sum;
}

/* exp(a_k) of equally spaced points; anew every FEW of them, so that few factors gather errors. */
TARGET static RN_INLINE void
LEVEL_NAME(progression)(const struct state *s, const rn_normals_row z[], size_t lane, row h[])
{
	const struct ensemble *e = s->e;
	const rvec bias = (real)e->sigma_b * LEVEL_NAME(normal)(z[e->din] + lane);
	const rvec step = LEVEL_NAME(dot)(s->step, z, lane, e->din);
	const rvec ratio = e->close ? LEVEL_NAME(exp_small)(step) : LEVEL_NAME(exp_moderate)(step);
	rvec g = { 0 };

	for (size_t k = 0; k < e->P; k++) {
		g = k % FEW ? g * ratio
			    : LEVEL_NAME(exp_moderate)(
				      bias + LEVEL_NAME(dot)(s->weight + k * e->din, z, lane, e->din));
		LEVEL_NAME(put)(h[k] + lane, g);
	}
}

/* Units of the first layer, from n x stride rows. */
TARGET static void
LEVEL_NAME(first_layer)(const struct state *s, size_t n, size_t stride, row h[])
{
	const struct ensemble *e = s->e;

	for (size_t u = 0; u < n; u++) {
		const rn_normals_row *z = s->z + u * stride;

		for (size_t lane = 0; lane < LANES; lane += R) {
			if (e->spaced) {
				LEVEL_NAME(progression)(s, z, lane, h + u * e->P);
				continue;
			}
			for (size_t k = 0; k < e->P; k++) {
				const rvec a = (real)e->sigma_b * LEVEL_NAME(normal)(z[e->din] + lane) +
					LEVEL_NAME(dot)(s->weight + k * e->din, z, lane, e->din);
				const rvec logZ = a * 0 + s->logZ[k];

				LEVEL_NAME(put)(h[u * e->P + k] + lane, LEVEL_NAME(activation)(e, a, logZ));
			}
		}
	}
}

/* ln Z_k = sigma_b^2 + sigma_w^2 |h|^2 / N of what comes in. */
TARGET static void
LEVEL_NAME(norms)(const struct state *s)
{
	const struct ensemble *e = s->e;
	const real square = (real)(e->sigma_w * e->sigma_w / (double)e->N);

	for (size_t k = 0; k < e->P; k++)
		for (size_t lane = 0; lane < LANES; lane += R) {
			rvec sum = { 0 };

			for (size_t i = 0; i < e->N; i++) {
				const rvec h = LEVEL_NAME(get)(s->before[i * e->P + k] + lane);

				sum += h * h;
			}
			LEVEL_NAME(put)(s->norm[k] + lane, square * sum + (real)(e->sigma_b * e->sigma_b));
		}
}

/* Units of a later layer, from n x stride rows and the layer before. */
TARGET static void
LEVEL_NAME(later_layer)(const struct state *s, size_t n, size_t stride, row h[])
{
	const struct ensemble *e = s->e;
	const real scale = (real)(e->sigma_w / __builtin_sqrt((double)e->N));

	for (size_t u = 0; u < n; u++)
		for (size_t k = 0; k < e->P; k++)
			for (size_t lane = 0; lane < LANES; lane += R) {
				const rn_normals_row *z = s->z + u * stride;
				rvec sum = { 0 };

				for (size_t i = 0; i < e->N; i++)
					sum += LEVEL_NAME(normal)(z[i] + lane) *
						LEVEL_NAME(get)(s->before[i * e->P + k] + lane);
				sum = scale * sum + (real)e->sigma_b * LEVEL_NAME(normal)(z[e->N] + lane);
				LEVEL_NAME(put)
				(h[u * e->P + k] + lane,
					LEVEL_NAME(activation)(e, sum, LEVEL_NAME(get)(s->norm[k] + lane)));
			}
}

/* sums += W h, of the n units of a chunk; `at` is the row of a unit with its first weight to an output. */
TARGET static void
LEVEL_NAME(add_outputs)(const struct state *s, size_t n, size_t stride, size_t at)
{
	const struct ensemble *e = s->e;

	for (size_t u = 0; u < n; u++)
		for (size_t o = 0; o < e->dout; o++)
			for (size_t lane = 0; lane < LANES; lane += R)
				LEVEL_NAME(put)
	(s->out[u * e->dout + o] + lane, LEVEL_NAME(normal)(s->z[u * stride + at + o] + lane));
	for (size_t k = 0; k < e->P; k++)
		for (size_t o = 0; o < e->dout; o++)
			for (size_t lane = 0; lane < LANES; lane += R) {
				real *to = s->sums[k * e->dout + o] + lane;
				rvec sum = LEVEL_NAME(get)(to);

				for (size_t u = 0; u < n; u++)
					sum += LEVEL_NAME(get)(s->out[u * e->dout + o] + lane) *
						LEVEL_NAME(get)(s->h[u * e->P + k] + lane);
				LEVEL_NAME(put)(to, sum);
			}
}

/*
 * What first_layer() and add_outputs() do, to the bit, for P equally spaced points and one output, P being known to the
 * compiler: sums stay in registers. In three passes, each of short independent chains, of which a CPU has several under
 * way. It takes two thirds of their time.
 */
TARGET static RN_INLINE void
LEVEL_NAME(exponents)(const struct state *s, size_t n, row first[], row ratio[])
{
	const struct ensemble *e = s->e;
	const size_t din = e->din;

	for (size_t u = 0; u < n; u++)
		for (size_t lane = 0; lane < LANES; lane += R) {
			const rn_normals_row *z = s->z + u * (din + 2);
			const rvec bias = (real)e->sigma_b * LEVEL_NAME(normal)(z[din] + lane);

			LEVEL_NAME(put)(first[u] + lane, bias + LEVEL_NAME(dot)(s->weight, z, lane, din));
			LEVEL_NAME(put)(ratio[u] + lane, LEVEL_NAME(dot)(s->step, z, lane, din));
		}
}

TARGET static RN_INLINE void
LEVEL_NAME(exponentials)(row x[], size_t n, const bool small)
{
	for (size_t u = 0; u < n; u++)
#pragma GCC unroll 2
		for (size_t lane = 0; lane < LANES; lane += R) {
			const rvec v = LEVEL_NAME(get)(x[u] + lane);

			LEVEL_NAME(put)
			(x[u] + lane, small ? LEVEL_NAME(exp_small)(v) : LEVEL_NAME(exp_moderate)(v));
		}
}

TARGET static RN_INLINE void
LEVEL_NAME(add_progression)(const struct state *s, size_t n, const size_t P)
{
	const size_t din = s->e->din;
	row *const first = s->h, *const ratio = s->h + n;

	LEVEL_NAME(exponents)(s, n, first, ratio);
	LEVEL_NAME(exponentials)(first, n, false);
	if (s->e->close)
		LEVEL_NAME(exponentials)(ratio, n, true);
	else
		LEVEL_NAME(exponentials)(ratio, n, false);
	for (size_t lane = 0; lane < LANES; lane += R) {
		const rn_normals_row *z = s->z + din + 1;
		rvec sum[FEW];

#pragma GCC unroll 8
		for (size_t k = 0; k < P; k++)
			sum[k] = LEVEL_NAME(get)(s->sums[k] + lane);
		for (size_t u = 0; u < n; u++, z += din + 2) {
			const rvec out = LEVEL_NAME(normal)(*z + lane), by = LEVEL_NAME(get)(ratio[u] + lane);
			rvec g = LEVEL_NAME(get)(first[u] + lane);

			sum[0] += out * g;
#pragma GCC unroll 8
			for (size_t k = 1; k < P; k++) {
				g = g * by;
				sum[k] += out * g;
			}
		}
#pragma GCC unroll 8
		for (size_t k = 0; k < P; k++)
			LEVEL_NAME(put)(s->sums[k] + lane, sum[k]);
	}
}

/* false: not such points. */
TARGET static bool
LEVEL_NAME(few_points)(const struct state *s, size_t n)
{
	const struct ensemble *e = s->e;

	if (!e->spaced || e->dout != 1 || e->cov)
		return false;
	switch (e->P) {
	case 3: LEVEL_NAME(add_progression)(s, n, 3); return true;
	case 4: LEVEL_NAME(add_progression)(s, n, 4); return true;
	case 5: LEVEL_NAME(add_progression)(s, n, 5); return true;
	case 6: LEVEL_NAME(add_progression)(s, n, 6); return true;
	case 7: LEVEL_NAME(add_progression)(s, n, 7); return true;
	case FEW: LEVEL_NAME(add_progression)(s, n, FEW); return true;
	}
	return false;
}

/*
 * A chunk at a time in the block's precision, chunks in f64: terms of one sign would stop counting in an f32 sum of
 * some 10^7 of them.
 */
TARGET static void
LEVEL_NAME(add_grams)(const struct state *s, size_t n, lanes grams[])
{
	const size_t P = s->e->P;
	size_t pair = 0;

	for (size_t a = 0; a < P; a++)
		for (size_t b = a; b < P; b++, pair++)
			for (size_t lane = 0; lane < LANES; lane += R) {
				rvec sum = { 0 };
				dvec total;

				for (size_t u = 0; u < n; u++)
					sum += LEVEL_NAME(get)(s->h[u * P + a] + lane) *
						LEVEL_NAME(get)(s->h[u * P + b] + lane);
				memcpy(&total, grams[pair] + lane, sizeof total);
				total += __builtin_convertvector(sum, dvec);
				memcpy(grams[pair] + lane, &total, sizeof total);
			}
}

TARGET static void
LEVEL_NAME(widen)(const row from[], size_t n, lanes to[])
{
	for (size_t i = 0; i < n; i++)
		for (size_t lane = 0; lane < LANES; lane++)
			to[i][lane] = from[i][lane];
}

static struct state
LEVEL_NAME(place)(const struct ensemble *e, void *work)
{
	const struct block_sizes n = block_sizes(e);
	struct state s = { .e = e, .z = work };

	s.out = (row *)(s.z + n.z);
	s.h = s.out + n.out;
	s.sums = s.h + n.h;
	s.norm = s.sums + n.sums;
	s.before = s.norm + n.norm;
	s.after = s.before + n.layer;
	s.weight = (real *)(s.after + n.layer);
	s.step = s.weight + e->P * e->din;
	s.logZ = s.step + e->din;
	for (size_t i = 0; i < e->P * e->din; i++)
		s.weight[i] = (real)e->weight[i];
	for (size_t i = 0; i < e->din; i++)
		s.step[i] = (real)e->step[i];
	for (size_t k = 0; k < e->P; k++)
		s.logZ[k] = (real)e->logZ[k];
	return s;
}

TARGET static void
LEVEL_NAME(block)(const struct ensemble *e, const struct rn_random_key *key, uint64_t id, void *work,
	lanes sums[], rn_normals_row bias[], lanes grams[])
{
	struct state s = LEVEL_NAME(place)(e, work);
	const size_t biases = (e->dout + 1) / 2; /* row pairs */
	uint64_t pair = 0;

	memset(s.sums, 0, e->P * e->dout * sizeof *s.sums);
	memset(grams, 0, (e->cov ? rn_nets_pairs(e->P) : 0) * sizeof *grams);
	for (size_t layer = 1; layer <= e->depth; layer++) {
		const bool last = layer == e->depth;
		const size_t in = layer == 1 ? e->din : e->N, chunk = layer == 1 ? CHUNK : DEEP_CHUNK;
		const size_t stride = in + 1 + (last ? e->dout : 0);
		row *other = s.before;

		for (size_t u = 0; u < e->N; u += chunk) {
			const size_t n = e->N - u < chunk ? e->N - u : chunk, pairs = (n * stride + 1) / 2;
			const bool ends = last && u + n == e->N;
			row *h = last ? s.h : s.after + u * e->P;

			rn_normals_rows(key, id, pair, pairs + (ends ? biases : 0), s.z);
			pair += pairs;
			if (ends)
				memcpy(bias, s.z + 2 * pairs, e->dout * sizeof *bias);
			if (LEVEL_NAME(few_points)(&s, n))
				continue;
			if (layer == 1)
				LEVEL_NAME(first_layer)(&s, n, stride, h);
			else
				LEVEL_NAME(later_layer)(&s, n, stride, h);
			if (last)
				LEVEL_NAME(add_outputs)(&s, n, stride, in + 1);
			if (last && e->cov)
				LEVEL_NAME(add_grams)(&s, n, grams);
		}
		s.before = s.after;
		s.after = other;
		if (!last)
			LEVEL_NAME(norms)(&s);
	}
	LEVEL_NAME(widen)(s.sums, e->P * e->dout, sums);
}

#undef rvec
#undef rint
#undef fvec
#undef dvec
#undef real
#undef row
#undef state
