/* Tilted units: the set of centres, and draws. */
#include "neurons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation.h"

/* C(P + n - 1, n), as far as it matters. */
static size_t
combinations(size_t P, uint32_t n)
{
	double count = 1;

	for (uint32_t i = 1; i <= n && count <= 2.0 * NEURONS_COMBINATIONS; i++)
		count = count * (double)(P + i - 1) / i;
	return count > NEURONS_COMBINATIONS ? SIZE_MAX : (size_t)(count + 0.5);
}

static bool
is_covered(const struct neurons *n, const double S[])
{
	for (size_t c = 0; c < n->K; c++) {
		double square = 0;

		for (size_t i = 0; i < n->e->din; i++) {
			const double away = S[i] - n->centre[c * n->e->din + i];

			square += away * away;
		}
		if (square <= 1)
			return true;
	}
	return false;
}

static enum rn_status
add_centre(struct neurons *n, const double S[], struct rn_error *err)
{
	const size_t din = n->e->din;
	double square = 0;

	if (n->K == NEURONS_CENTRES)
		return rn_fail(err, RN_EUSAGE,
			"--tilt %u at sigma_w %g: the points are so far apart that "
			"more than %d tilted laws would be mixed; choose points that are closer together",
			n->tilt, n->e->sigma_w, NEURONS_CENTRES);
	memcpy(n->centre + n->K * din, S, din * sizeof *S);
	for (size_t i = 0; i < din; i++)
		square += S[i] * S[i];
	n->half[n->K++] = square / 2;
	return RN_OK;
}

/* The next combination with repetition, legs[0] <= legs[1] <= ...; false after the last. */
static bool
next_combination(size_t legs[], size_t n, size_t P)
{
	size_t i = n;

	while (i > 0 && legs[i - 1] == P - 1)
		i--;
	if (i == 0)
		return false;
	legs[i - 1]++;
	for (size_t j = i; j < n; j++)
		legs[j] = legs[i - 1];
	return true;
}

static void
sum_of_legs(const struct neurons *n, const size_t legs[], double S[])
{
	const size_t din = n->e->din;

	memset(S, 0, din * sizeof *S);
	for (uint32_t l = 0; l < n->tilt; l++)
		for (size_t i = 0; i < din; i++)
			S[i] += n->e->weight[legs[l] * din + i];
}

static enum rn_status
cover(struct neurons *n, size_t legs[], double S[], struct rn_error *err)
{
	const struct ensemble *e = n->e;
	enum rn_status st;

	memset(S, 0, e->din * sizeof *S);
	for (size_t k = 0; k < e->P; k++)
		for (size_t i = 0; i < e->din; i++)
			S[i] += e->weight[k * e->din + i] * n->tilt / (double)e->P;
	st = add_centre(n, S, err);
	if (n->tilt == 0)
		return st;
	do {
		sum_of_legs(n, legs, S);
		if (st == RN_OK && !is_covered(n, S))
			st = add_centre(n, S, err);
	} while (st == RN_OK && next_combination(legs, n->tilt, e->P));
	return st;
}

enum rn_status
neurons_init(struct neurons *n, const struct ensemble *e, uint32_t tilt, struct rn_error *err)
{
	size_t *legs = calloc((size_t)tilt + 1, sizeof *legs);
	double *S = calloc(e->din, sizeof *S);
	enum rn_status st;

	*n = (struct neurons){
		.e = e,
		.tilt = tilt,
		.centre = calloc(NEURONS_CENTRES, e->din * sizeof *n->centre),
		.half = calloc(NEURONS_CENTRES, sizeof *n->half),
		.z = calloc(e->din, sizeof *n->z),
		.exponent = calloc(NEURONS_CENTRES, sizeof *n->exponent),
	};
	if (!legs || !S || !n->centre || !n->half || !n->z || !n->exponent)
		st = rn_fail_memory(err, "points");
	else if (combinations(e->P, tilt) == SIZE_MAX)
		st = rn_fail(err, RN_EUSAGE,
			"--tilt %u: more than %d combinations of %zu points; "
			"choose fewer points or a lower --tilt",
			tilt, NEURONS_COMBINATIONS, e->P);
	else
		st = cover(n, legs, S, err);
	free(legs);
	free(S);
	if (st != RN_OK)
		neurons_clear(n);
	return st;
}

void
neurons_clear(struct neurons *n)
{
	free(n->centre);
	free(n->half);
	free(n->z);
	free(n->exponent);
	*n = (struct neurons){ 0 };
}

static double
dot(const double x[], const double y[], size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i] * y[i];
	return sum;
}

double
neurons_largest(const struct neurons *n)
{
	const struct ensemble *e = n->e;
	const double shift = n->tilt * e->sigma_b * e->sigma_b;
	double largest = -INFINITY;

	if (e->activation != RN_NET_GAUSS)
		return 0;
	for (size_t c = 0; c < n->K; c++)
		for (size_t k = 0; k < e->P; k++)
			largest = fmax(largest,
				dot(n->centre + c * e->din, e->weight + k * e->din, e->din) + shift -
					e->logZ[k]);
	return largest;
}

struct rn_random_key
neurons_key(const struct neurons *n, uint64_t seed, uint64_t bag)
{
	const double labels[] = { n->e->sigma_w, n->e->sigma_b, n->tilt, (double)bag };

	return rn_random_key(seed, "gaussnet-sample", labels, 4, &n->e->din, 1);
}

/* ln( (1/K) sum_c exp(z . S_c - |S_c|^2 / 2) ), the largest exponent taken out */
static double
log_mixture(struct neurons *n)
{
	const size_t din = n->e->din;
	double largest = -INFINITY, sum = 0;

	for (size_t c = 0; c < n->K; c++) {
		n->exponent[c] = dot(n->z, n->centre + c * din, din) - n->half[c];
		largest = n->exponent[c] > largest ? n->exponent[c] : largest;
	}
	if (n->K == 1)
		return largest;
	for (size_t c = 0; c < n->K; c++)
		sum += activation_exp(n->exponent[c] - largest);
	return largest + activation_log(sum / (double)n->K);
}

double
neurons_draw(struct neurons *n, uint64_t id, double g[])
{
	const struct ensemble *e = n->e;
	const double shift = n->tilt * e->sigma_b;
	struct rn_random r = rn_random_at(&n->key, id);
	const size_t c = n->K > 1 ? rn_random_below(&r, n->K) : 0;
	double zb;

	for (size_t i = 0; i < e->din; i++)
		n->z[i] = n->centre[c * e->din + i] + rn_random_normal(&r);
	zb = shift + rn_random_normal(&r);
	for (size_t k = 0; k < e->P; k++)
		g[k] = dot(n->z, e->weight + k * e->din, e->din) + e->sigma_b * zb - e->logZ[k];
	activate(e->activation, g, e->P, g, NULL);
	return n->tilt == 0 ? 0 : -shift * zb + shift * shift / 2 - log_mixture(n);
}
