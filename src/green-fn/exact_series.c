/*
 * exact_series.c - any Green function at width N, by powers of a generating function
 *
 * f = b + sum of N equal, independent terms phi = a g(W x + b0). With t_s for each distinct site s,
 *
 *	A(t) = E exp(sum t_s phi_s) = sum_l A_l t^l,   A_l = E[phi^l] / l!,
 *
 * and that of f is A^N B, B that of b. Of its coefficients those up to the powers k that are asked for suffice. From
 * A d(A^N) = N A^N dA, with P = A^N and any s with k_s > 0,
 *
 *	k_s P_k = sum over 0 < l <= k of ((N + 1) l_s - k_s) A_l P_(k-l)
 *
 * (in one variable: J. C. P. Miller; P. Henrici, J. ACM 3 (1956) 10). Products of six legs need powers up to 4 of
 * three sites or 2 of six, so a few hundred coefficients. E[phi^l] is rho_|l| times the moments of a, one
 * Gaussian an output.
 */
#include <math.h>
#include <stdlib.h>

#include "exact.h"

struct series {
	unsigned m, dout;
	uint16_t site[NEURON_ORDER_MAX]; /* the distinct ones, rising */
	unsigned k[NEURON_ORDER_MAX];	 /* their powers */
	size_t stride[NEURON_ORDER_MAX + 1];
};

static void
begin(struct series *s, unsigned dout, unsigned n, const uint16_t site[])
{
	*s = (struct series){ .dout = dout, .stride[0] = 1 };
	for (unsigned i = 0; i < n; i++) {
		if (!s->m || s->site[s->m - 1] != site[i])
			s->site[s->m++] = site[i];
		s->k[s->m - 1]++;
	}
	for (unsigned i = 0; i < s->m; i++)
		s->stride[i + 1] = s->stride[i] * (s->k[i] + 1);
}

/* The powers of coefficient i. */
static void
powers(const struct series *s, size_t i, unsigned l[])
{
	for (unsigned k = 0; k < s->m; k++)
		l[k] = (unsigned)(i / s->stride[k] % (s->k[k] + 1));
}

static bool
next_below(const struct series *s, const unsigned top[], unsigned l[], size_t *i)
{
	for (unsigned k = 0; k < s->m; k++) {
		if (l[k] < top[k]) {
			l[k]++;
			*i += s->stride[k];
			return true;
		}
		*i -= l[k] * s->stride[k];
		l[k] = 0;
	}
	return false;
}

/* The moment of independent standard Gaussians, one an output, and 1 / l!: 0 when a power is odd. */
static double
gaussian(const struct series *s, const unsigned l[])
{
	double value = 1;

	for (unsigned i = 0; i < s->m; i++) {
		unsigned of_output = 0;
		bool first = true;

		for (unsigned j = 0; j < s->m; j++)
			if (s->site[j] % s->dout == s->site[i] % s->dout) {
				first = first && j >= i;
				of_output += l[j];
			}
		if (first && of_output % 2)
			return 0;
		for (unsigned k = 1; first && k < of_output; k += 2)
			value *= k;
		for (unsigned k = 2; k <= l[i]; k++)
			value /= k;
	}
	return value;
}

static double
one_neuron(const struct series *s, struct neuron *u, const unsigned l[])
{
	uint16_t point[NEURON_ORDER_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < s->m; i++)
		for (unsigned k = 0; k < l[i]; k++)
			point[n++] = (uint16_t)(s->site[i] / s->dout);
	return neuron_moment(u, n, point);
}

/* A and B. */
static void
factors(const struct series *s, struct neuron *u, double N, double A[], double B[])
{
	const struct law *law = &u->law;

	for (size_t i = 0; i < s->stride[s->m]; i++) {
		unsigned l[NEURON_ORDER_MAX], n = 0;

		powers(s, i, l);
		for (unsigned k = 0; k < s->m; k++)
			n += l[k];
		A[i] = B[i] = gaussian(s, l);
		if (A[i] != 0) {
			A[i] *= pow(law->sigma_w / sqrt(N), n) * one_neuron(s, u, l);
			B[i] *= pow(law->sigma_b, n);
		}
	}
}

static void
to_the_N(const struct series *s, double N, const double A[], double P[])
{
	P[0] = 1;
	for (size_t i = 1; i < s->stride[s->m]; i++) {
		unsigned top[NEURON_ORDER_MAX], l[NEURON_ORDER_MAX] = { 0 }, at = 0;
		size_t j = 0;
		double sum = 0;

		powers(s, i, top);
		while (!top[at])
			at++;
		while (next_below(s, top, l, &j))
			if (A[j] != 0)
				sum += ((N + 1) * l[at] - top[at]) * A[j] * P[i - j];
		P[i] = sum / top[at];
	}
}

double
exact_moment(struct neuron *u, double N, unsigned dout, unsigned n, const uint16_t site[])
{
	struct series s;
	double *A, *B, *P, sum = 0;

	begin(&s, dout, n, site);

	const size_t size = s.stride[s.m];

	A = calloc(3 * size, sizeof *A);
	if (!A)
		return NAN;
	B = A + size;
	P = B + size;
	factors(&s, u, N, A, B);
	to_the_N(&s, N, A, P);
	for (size_t i = 0; i < size; i++)
		sum += P[i] * B[size - 1 - i];
	for (unsigned i = 0; i < s.m; i++)
		for (unsigned k = 2; k <= s.k[i]; k++)
			sum *= k;
	free(A);
	return sum;
}

double
exact_deviation(struct neuron *u, double N, unsigned dout, unsigned n, const uint16_t site[])
{
	uint16_t twice[NEURON_ORDER_MAX];
	const double mean = n % 2 ? 0 : exact_moment(u, N, dout, n, site);

	for (unsigned i = 0; i < 2 * n; i++)
		twice[i] = site[i / 2];

	const double square = exact_moment(u, N, dout, 2 * n, twice);

	if (u->why_not && n > 1)
		return NAN;
	return isfinite(square) ? sqrt(fmax(0, square - mean * mean)) : INFINITY;
}
