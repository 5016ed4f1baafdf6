#include "nearest.h"

#include <math.h>

void
curve_logarithms(const double p[], size_t K, double ln[])
{
	double sum = 0;

	for (size_t k = 0; k < K; k++)
		sum += fmax(p[k], CURVE_FLOOR);
	for (size_t k = 0; k < K; k++)
		ln[k] = log(fmax(p[k], CURVE_FLOOR) / sum);
}

void
curves_finish(struct curves *c)
{
	const size_t K = c->K;

	for (size_t i = 0; i + 1 < c->n; i++) {
		c->most[i] = 0;
		for (size_t k = i * K; k < (i + 1) * K; k++) {
			const double r = expm1(fabs(c->ln[k + K] - c->ln[k]));

			c->bend[k] = r * r / 8;
			c->most[i] = fmax(c->most[i], c->bend[k]);
		}
	}
}

void
curve_at(const struct curves *c, double T, double P[])
{
	size_t i = 0;

	while (i + 2 < c->n && T > c->T[i + 1])
		i++;
	for (size_t k = 0; k < c->K; k++) {
		const double t = (T - c->T[i]) / (c->T[i + 1] - c->T[i]);

		P[k] = (1 - t) * exp(c->ln[i * c->K + k]) + t * exp(c->ln[(i + 1) * c->K + k]);
	}
}

/* sum_k P_k x_k; in four sums, which do not wait for each other. */
static double
mean_of(const double P[], const double x[], size_t K)
{
	double sum[4] = { 0 };
	size_t k = 0;

	for (; k + 4 <= K; k += 4)
		for (size_t j = 0; j < 4; j++)
			sum[j] += P[k + j] * x[k + j];
	for (; k < K; k++)
		sum[0] += P[k] * x[k];
	return sum[0] + sum[1] + sum[2] + sum[3];
}

/* The derivative in t of -sum_k P_k ln((1 - t) A_k + t B_k), and the second one. */
static double
slope(const double P[], const double A[], const double B[], size_t K, double t, double *curvature)
{
	double first = 0, second = 0;

	for (size_t k = 0; k < K; k++) {
		const double ratio = (B[k] - A[k]) / (A[k] + t * (B[k] - A[k]));

		first -= P[k] * ratio;
		second += P[k] * ratio * ratio;
	}
	*curvature = second;
	return first;
}

/* Where the slope, negative at 0 and positive at 1, is 0. It rises with t. */
static double
zero_of_slope(const double P[], const double A[], const double B[], size_t K)
{
	double lo = 0, hi = 1, t = 0.5, curvature;

	for (int i = 0; i < 200; i++) {
		const double s = slope(P, A, B, K, t, &curvature);
		double next = t - s / curvature;

		if (s < 0)
			lo = t;
		else
			hi = t;
		if (!(next > lo && next < hi))
			next = (lo + hi) / 2;
		if (s == 0 || fabs(next - t) <= 1e-14)
			break;
		t = next;
	}
	return t;
}

/* The least cross entropy strictly between two curves, at *t; INFINITY: it is at an end. */
static double
least_between(const double P[], const double A[], const double B[], size_t K, double *t)
{
	double sum = 0, unused;

	if (slope(P, A, B, K, 0, &unused) >= 0 || slope(P, A, B, K, 1, &unused) <= 0)
		return INFINITY;
	*t = zero_of_slope(P, A, B, K);
	for (size_t k = 0; k < K; k++)
		if (P[k] > 0)
			sum -= P[k] * log(A[k] + *t * (B[k] - A[k]));
	return sum;
}

/* The two curves of an interval. */
static void
take_ends(const struct curves *c, size_t i, double A[], double B[])
{
	for (size_t k = 0; k < c->K; k++) {
		A[k] = exp(c->ln[i * c->K + k]);
		B[k] = exp(c->ln[(i + 1) * c->K + k]);
	}
}

struct nearest
nearest_of(const struct curves *c, const double P[], double scratch[])
{
	const size_t K = c->K;
	double least = INFINITY, entropy = 0, T = c->T[0], *A = scratch, *B = A + K, *at_knot = B + K;

	for (size_t k = 0; k < K; k++)
		if (P[k] > 0)
			entropy -= P[k] * log(P[k]);
	for (size_t i = 0; i < c->n; i++) {
		at_knot[i] = -mean_of(P, c->ln + i * K, K);
		if (at_knot[i] < least) {
			least = at_knot[i];
			T = c->T[i];
		}
	}
	for (size_t i = 0; i + 1 < c->n; i++) {
		double t = 0, at;
		const double lower = fmin(at_knot[i], at_knot[i + 1]);

		if (lower - c->most[i] >= least || lower - mean_of(P, c->bend + i * K, K) >= least)
			continue;
		take_ends(c, i, A, B);
		at = least_between(P, A, B, K, &t);
		if (at < least) {
			least = at;
			T = c->T[i] + t * (c->T[i + 1] - c->T[i]);
		}
	}
	return (struct nearest){
		.T = T,
		.kl = fmax(0, least - entropy),
		.flag = T <= c->T[0] ? -1 : T >= c->T[c->n - 1],
	};
}
