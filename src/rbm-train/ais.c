/* Chains, ladders and weights of annealed importance sampling. */
#include "ais.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

/*
 * All chains at one rung. With v the visible states and z_a = sum_i v_i W_ia + c_a, the machine at beta is
 *
 *	ln f_beta(v) = sum_i [(1 - beta) b0_i + beta b_i] v_i [- sum_i v_i^2 / (2 sigma^2)] + sum_a s(beta z_a).
 */
struct annealing {
	const struct rn_rbm *r;
	struct rn_rbm rung; /* beta W and (1 - beta) b0 + beta b: gives v from h */
	const struct rn_random_key *key;
	uint64_t id; /* of the next draws */
	size_t chains;
	float *b0;	  /* nv */
	float *v, *h, *z; /* chains x nv, x nh, x nh */
	uint32_t *coins;  /* one (Gaussian visible: two) a unit of the larger need */
	double *ln_w;	  /* chains */
};

/* The ladder is refined until half of the chains count, from and to at most this many steps. */
#define FIRST_STEPS 128
#define MOST_STEPS 8192
/* Chains that are few, to an error. */
#define FEW 20
/* b0 stays finite for units that are always up in the data. */
#define SHRINK 0.95

static size_t
coins_needed(const struct rn_rbm *r)
{
	const size_t visible = r->nv * rn_units_words(r->visible);

	return visible > r->nh ? visible : r->nh;
}

static void
annealing_clear(struct annealing *a)
{
	rn_rbm_clear(&a->rung);
	free(a->b0);
	free(a->v);
	free(a->h);
	free(a->z);
	free(a->coins);
	free(a->ln_w);
}

static enum rn_status
annealing_create(struct annealing *a, const struct rn_rbm *r, size_t chains, const struct rn_random_key *key,
	struct rn_error *err)
{
	enum rn_status st;

	*a = (struct annealing){ .r = r, .key = key, .chains = chains };
	st = rn_rbm_create(&a->rung, r->visible, r->hidden, r->ndim, r->shape, r->nh, err);
	if (st != RN_OK)
		return st;
	a->rung.sigma = r->sigma;
	a->b0 = calloc(r->nv, sizeof *a->b0);
	a->v = calloc(chains * r->nv, sizeof *a->v);
	a->h = calloc(chains * r->nh, sizeof *a->h);
	a->z = calloc(chains * r->nh, sizeof *a->z);
	a->coins = calloc(chains * coins_needed(r) + 4, sizeof *a->coins);
	a->ln_w = calloc(chains, sizeof *a->ln_w);
	if (a->b0 && a->v && a->h && a->z && a->coins && a->ln_w)
		return RN_OK;
	annealing_clear(a);
	rn_fail_memory(err, "annealing");
	return RN_ENOMEM;
}

/* --- the start ------------------------------------------------------------ */

/* Fields of independent units with these means. */
static void
set_start(struct annealing *a, const double mean[])
{
	const double variance = (double)a->r->sigma * (double)a->r->sigma;

	for (size_t i = 0; mean && i < a->r->nv; i++)
		switch (a->r->visible) {
		case RN_UNITS_PM1: a->b0[i] = (float)atanh(SHRINK * mean[i]); break;
		case RN_UNITS_01: a->b0[i] = (float)(2 * atanh(SHRINK * (2 * mean[i] - 1))); break;
		case RN_UNITS_GAUSSIAN: a->b0[i] = (float)(mean[i] / variance); break;
		}
}

static double
lnz_of_start(const struct annealing *a)
{
	const double sigma = (double)a->r->sigma;
	double lnz = (double)a->r->nh * M_LN2;

	for (size_t i = 0; i < a->r->nv; i++) {
		const double b = (double)a->b0[i], size = fabs(b);

		switch (a->r->visible) {
		case RN_UNITS_PM1: lnz += size + log1p(exp(-2 * size)); break;
		case RN_UNITS_01: lnz += fmax(b, 0) + log1p(exp(-size)); break;
		case RN_UNITS_GAUSSIAN: lnz += sigma * sigma * b * b / 2 + log(sigma * sqrt(2 * M_PI)); break;
		}
	}
	return lnz;
}

/* --- one rung ------------------------------------------------------------- */

static void
toss(struct annealing *a, size_t n)
{
	rn_random_fill(a->key, a->id++, 0, (uint64_t *)(void *)a->coins, (n + 3) / 4);
}

static void
draw_visible(struct annealing *a, double beta)
{
	const struct rn_rbm *r = a->r;

	for (size_t j = 0; j < r->nv * r->nh; j++)
		a->rung.W[j] = (float)beta * r->W[j];
	for (size_t i = 0; i < r->nv; i++)
		a->rung.b[i] = (float)((1 - beta) * (double)a->b0[i] + beta * (double)r->b[i]);
	toss(a, a->chains * r->nv * rn_units_words(r->visible));
	rn_rbm_visible(&a->rung, a->h, a->chains, a->coins, NULL, a->v);
}

/* sum_i (b_i - b0_i) v_i */
static double
field_of(const struct annealing *a, const float v[])
{
	double sum = 0;

	for (size_t i = 0; i < a->r->nv; i++)
		sum += ((double)a->r->b[i] - (double)a->b0[i]) * (double)v[i];
	return sum;
}

/* sum_a s(to z_a) - s(from z_a), in double: it is a small difference, of which many are added. h is drawn at `to`. */
static RN_INLINE double
climb(bool pm1, const float z[], size_t n, double from, double to, const uint32_t coins[], float h[])
{
	const float down = pm1 ? -1 : 0;
	pair ramp = { 0, 0 }, ratio = { 1, 1 };
	double sum = 0;

	for (size_t j = 0; j < n; j += 2) {
		const bool both = j + 1 < n; /* an input of 0 adds nothing */
		const pair x = { (double)z[j], both ? (double)z[j + 1] : 0 };
		const pair t = pair_tail(pm1, to * x), up = pair_up(x, t);

		ramp += pair_ramp(pm1, x);
		ratio *= (1 + t) / (1 + pair_tail(pm1, from * x));
		h[j] = ((double)coins[j] + 0.5) * 0x1p-32 < up[0] ? 1 : down;
		if (both)
			h[j + 1] = ((double)coins[j + 1] + 0.5) * 0x1p-32 < up[1] ? 1 : down;
		if ((j + 2) % PAIR_FACTORS == 0) {
			sum += log(ratio[0]) + log(ratio[1]);
			ratio = (pair){ 1, 1 };
		}
	}
	return sum + log(ratio[0]) + log(ratio[1]) + (to - from) * (ramp[0] + ramp[1]);
}

/* The weights of all chains after a climb of `steps` even steps. */
static void
anneal(struct annealing *a, size_t steps)
{
	const size_t nv = a->r->nv, nh = a->r->nh;
	const bool pm1 = a->r->hidden == RN_UNITS_PM1;

	memset(a->h, 0, a->chains * nh * sizeof *a->h);
	memset(a->ln_w, 0, a->chains * sizeof *a->ln_w);
	draw_visible(a, 0);
	for (size_t k = 1; k <= steps; k++) {
		const double from = (double)(k - 1) / (double)steps, to = (double)k / (double)steps;

		rn_rbm_hidden_inputs(a->r, a->v, a->chains, a->z);
		toss(a, a->chains * nh);
		for (size_t c = 0; c < a->chains; c++) {
			const float *z = a->z + c * nh;
			const uint32_t *coins = a->coins + c * nh;
			float *h = a->h + c * nh;

			a->ln_w[c] += (to - from) * field_of(a, a->v + c * nv) +
				(pm1 ? climb(true, z, nh, from, to, coins, h)
				     : climb(false, z, nh, from, to, coins, h));
		}
		if (k < steps)
			draw_visible(a, to);
	}
}

/*
 * ln of the mean weight, (sum w)^2 / sum w^2, and the error of the first: to first order its square is 1/ess - 1/n.
 * That is itself known from so few chains only, and too small when the chains that should carry the mean are too rare
 * to have been drawn. The factor 1 + 20/ess makes up for it; it follows from no theory, but is a calibration on random
 * machines: deviations from their exact values, in units of the error, then have the standard deviation 1 or less also
 * where 5 of 100 chains count (2 without it). It cannot help where whole modes are missed.
 */
static void
weigh(const struct annealing *a, struct ais_result *result)
{
	const double n = (double)a->chains;
	double top = -INFINITY, sum = 0, squares = 0;

	for (size_t k = 0; k < a->chains; k++)
		top = fmax(top, a->ln_w[k]);
	for (size_t k = 0; k < a->chains; k++) {
		const double w = exp(a->ln_w[k] - top);

		sum += w;
		squares += w * w;
	}
	result->lnz = lnz_of_start(a) + top + log(sum / n);
	result->ess = sum * sum / squares;
	result->error = sqrt(fmax(0, 1 / result->ess - 1 / n) * n / (n - 1) * (1 + FEW / result->ess));
}

enum rn_status
ais_lnz(const struct rn_rbm *r, const struct ais_options *o, const struct rn_random_key *key,
	struct ais_result *result, struct rn_error *err)
{
	struct annealing a;
	enum rn_status st = annealing_create(&a, r, o->chains, key, err);

	if (st != RN_OK)
		return st;
	set_start(&a, o->mean);
	*result = (struct ais_result){ .steps = o->steps };
	if (o->steps == 0) {
		/* The last run is not among those that chose its length. */
		result->steps = FIRST_STEPS;
		do {
			anneal(&a, result->steps);
			weigh(&a, result);
			result->steps *= 2;
		} while (result->ess < (double)o->chains / 2 && result->steps < MOST_STEPS);
	}
	anneal(&a, result->steps);
	weigh(&a, result);
	annealing_clear(&a);
	return RN_OK;
}

enum rn_status
ais_means(const struct rn_rbm *r, const struct rn_dataset *d, const uint64_t index[], size_t n, double mean[],
	struct rn_error *err)
{
	float *v = calloc(r->nv, sizeof *v), low, high;
	double total = 0;

	if (!v)
		return rn_fail_memory(err, "means");
	rn_units_range(r->visible, &low, &high);
	memset(mean, 0, r->nv * sizeof *mean);
	for (size_t k = 0; k < n; k++) {
		const double w = d->weight ? d->weight[index[k]] : 1;

		rn_dataset_rows(d, index + k, 1, low, high, v);
		for (size_t i = 0; i < r->nv; i++)
			mean[i] += w * (double)v[i];
		total += w;
	}
	for (size_t i = 0; i < r->nv; i++)
		mean[i] /= total;
	free(v);
	return RN_OK;
}
