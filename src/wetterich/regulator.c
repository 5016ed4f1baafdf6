#include "regulator.h"

#include <math.h>

double
litim_factor(double d)
{
	return exp(-d / 2 * log(4 * M_PI) - lgamma(d / 2 + 1));
}

/*
 * y r(y) = y / (e^y - 1) and -2 y^2 r' = 2 (y / 2 / sinh(y/2))^2. With y = exp(x - exp(-x)) the trapezoid rule converges
 * exponentially at any d; the integrand is below 1e-18 of its maximum outside of the range.
 */
static void
exponential(struct regulator *r, double d)
{
	const double first = -4, last = 4.2, h = (last - first) / (POLES - 1);
	const double v = r->K * d / 4;

	for (size_t j = 0; j < POLES; j++) {
		const double x = first + h * (double)j, y = exp(x - exp(-x)), dy = y * (1 + exp(-x)) * h;
		const double half = y < 1e-8 ? 1 : y / 2 / sinh(y / 2);

		r->place[j] = y < 1e-8 ? 1 + y / 2 : y / -expm1(-y);
		r->weight[j] = v * pow(y, d / 2 - 1) * 2 * half * half * dy;
	}
	r->poles = POLES;
}

void
regulator_init(struct regulator *r, enum regulator_kind kind, double d)
{
	*r = (struct regulator){ .kind = kind, .K = litim_factor(d) };
	switch (kind) {
	case LITIM:
		r->poles = 1;
		r->weight[0] = r->K;
		r->place[0] = 1;
		return;
	case EXPONENTIAL: exponential(r, d); return;
	case SHARP: r->log = -r->K * d / 2; return;
	case POLCHINSKI: return;
	}
}

double
threshold(const struct regulator *r, double w)
{
	double l = 0;

	for (size_t j = 0; j < r->poles; j++)
		l += r->weight[j] / (r->place[j] + w);
	return r->log != 0 ? r->log * log1p(w) : l;
}

double
threshold_slope(const struct regulator *r, double w)
{
	double l = 0;

	for (size_t j = 0; j < r->poles; j++)
		l -= r->weight[j] / ((r->place[j] + w) * (r->place[j] + w));
	return r->log != 0 ? r->log / (1 + w) : l;
}

/* 1 / (place + w) = q: q_m = -(sum_{j=1}^m w_j q_{m-j}) q_0. */
static void
inverse(double place, const double w[], size_t n, double q[])
{
	q[0] = 1 / (place + w[0]);
	for (size_t m = 1; m < n; m++) {
		double sum = 0;

		for (size_t j = 1; j <= m; j++)
			sum += w[j] * q[m - j];
		q[m] = -sum * q[0];
	}
}

/* L = ln(1 + w), from (1 + w) L' = w': m w_m = m L_m (1 + w_0) + sum_{j=1}^{m-1} (m - j) L_{m-j} w_j. */
static void
add_log(double factor, const double w[], size_t n, double l[])
{
	double L[SERIES_MAX];

	l[0] += factor * log1p(w[0]);
	for (size_t m = 1; m < n; m++) {
		double sum = (double)m * w[m];

		for (size_t j = 1; j < m; j++)
			sum -= (double)(m - j) * L[m - j] * w[j];
		L[m] = sum / ((double)m * (1 + w[0]));
		l[m] += factor * L[m];
	}
}

void
threshold_series(const struct regulator *r, const double w[], size_t n, double l[])
{
	double q[SERIES_MAX];

	for (size_t m = 0; m < n; m++)
		l[m] = 0;
	for (size_t j = 0; j < r->poles; j++) {
		inverse(r->place[j], w, n, q);
		for (size_t m = 0; m < n; m++)
			l[m] += r->weight[j] * q[m];
	}
	if (r->log != 0)
		add_log(r->log, w, n, l);
}

void
threshold_slope_series(const struct regulator *r, const double w[], size_t n, double slope[])
{
	double q[SERIES_MAX];

	for (size_t m = 0; m < n; m++)
		slope[m] = 0;
	for (size_t j = 0; j < r->poles; j++) {
		inverse(r->place[j], w, n, q);
		for (size_t m = 0; m < n; m++)
			for (size_t i = 0; i <= m; i++)
				slope[m] -= r->weight[j] * q[i] * q[m - i];
	}
	if (r->log != 0) {
		inverse(1, w, n, q);
		for (size_t m = 0; m < n; m++)
			slope[m] += r->log * q[m];
	}
}

/* --- one coefficient at a time --------------------------------------------------------- */

void
threshold_begin(struct threshold_steps *s, const struct regulator *r, double w0)
{
	s->r = r;
	s->n = 1;
	s->w[0] = w0;
	for (size_t j = 0; j < r->poles; j++)
		s->q[j] = 1 / (r->place[j] + w0);
}

/* inverse() and add_log() without their last terms. */
double
threshold_rest(struct threshold_steps *s)
{
	const struct regulator *r = s->r;
	const size_t n = s->n;
	double l = 0;

	for (size_t j = 0; j < r->poles; j++)
		s->rest[j] = 0;
	for (size_t i = 1; i < n; i++)
		for (size_t j = 0; j < r->poles; j++)
			s->rest[j] -= s->w[i] * s->q[(n - i) * r->poles + j];
	for (size_t j = 0; j < r->poles; j++)
		l += r->weight[j] * (s->rest[j] *= s->q[j]);
	if (r->log == 0)
		return l;
	s->rest[0] = 0;
	for (size_t i = 1; i < n; i++)
		s->rest[0] -= (double)(n - i) * s->q[n - i] * s->w[i];
	s->rest[0] /= (double)n * (1 + s->w[0]);
	return r->log * s->rest[0];
}

void
threshold_append(struct threshold_steps *s, double w)
{
	const size_t n = s->n++, poles = s->r->poles;

	s->w[n] = w;
	for (size_t j = 0; j < poles; j++)
		s->q[n * poles + j] = s->rest[j] - w * s->q[j] * s->q[j];
	if (s->r->log != 0)
		s->q[n] = s->rest[0] + w / (1 + s->w[0]);
}
