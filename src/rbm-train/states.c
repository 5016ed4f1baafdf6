/* The inner loops of exact enumeration: pairs of states at a time. */
#include "states.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

/* Blocks fit the second-level cache, tables and means together; a table of 2^6 states is always worth it. */
#define TABLE_BYTES ((size_t)256 << 10)
#define LEAST_LOW 6

static size_t
low_bits(size_t n, size_t m)
{
	size_t low = n < LEAST_LOW ? n : LEAST_LOW;

	while (low < n && (m * sizeof(double) << (low + 1)) <= TABLE_BYTES)
		low++;
	return low;
}

enum rn_status
states_create(struct states *x, const struct rn_rbm *r, bool visible, struct rn_error *err)
{
	const size_t n = visible ? r->nv : r->nh, m = visible ? r->nh : r->nv;
	float down, up;

	rn_units_range(visible ? r->visible : r->hidden, &down, &up);
	*x = (struct states){ .n = n, .m = m, .low = low_bits(n, m), .down = (double)down, .up = (double)up };
	x->block = (size_t)1 << x->low;
	x->blocks = (size_t)1 << (n - x->low);
	x->units = visible ? r->hidden : r->visible;
	x->w = calloc(n * m, sizeof *x->w);
	x->field = calloc(n, sizeof *x->field);
	x->bias = calloc(m, sizeof *x->bias);
	x->inputs = calloc(m * x->block, sizeof *x->inputs);
	x->fields = calloc(x->block, sizeof *x->fields);
	x->product = calloc(x->block, sizeof *x->product);
	if (x->w && x->field && x->bias && x->inputs && x->fields && x->product)
		return RN_OK;
	states_clear(x);
	rn_fail_memory(err, "states");
	return RN_ENOMEM;
}

void
states_clear(struct states *x)
{
	free(x->w);
	free(x->field);
	free(x->bias);
	free(x->inputs);
	free(x->fields);
	free(x->product);
	*x = (struct states){ 0 };
}

/* table[k] = start + sum of weight_i x_i over the low bits of k: each bit doubles what is there. */
static void
tabulate(const struct states *x, double start, const double weight[], size_t stride, double table[])
{
	table[0] = start;
	for (size_t i = 0; i < x->low; i++)
		table[0] += x->down * weight[i * stride];
	for (size_t i = 0; i < x->low; i++) {
		const double flip = (x->up - x->down) * weight[i * stride];
		const size_t half = (size_t)1 << i;

		for (size_t k = 0; k < half; k++)
			table[half + k] = table[k] + flip;
	}
}

void
states_set(struct states *x, const struct rn_rbm *r, bool visible)
{
	const float *field = visible ? r->b : r->c, *bias = visible ? r->c : r->b;

	for (size_t i = 0; i < x->n; i++)
		for (size_t a = 0; a < x->m; a++)
			x->w[i * x->m + a] = (double)(visible ? r->W[i * r->nh + a] : r->W[a * r->nh + i]);
	for (size_t i = 0; i < x->n; i++)
		x->field[i] = (double)field[i];
	for (size_t a = 0; a < x->m; a++)
		x->bias[a] = (double)bias[a];
	x->sigma = (double)r->sigma;
	for (size_t a = 0; a < x->m; a++)
		tabulate(x, x->bias[a], x->w + a, x->m, x->inputs + a * x->block);
	tabulate(x, 0, x->field, 1, x->fields);
}

double
states_unit(const struct states *x, size_t k, size_t i)
{
	return k >> i & 1 ? x->up : x->down;
}

/* What the high bits add, the same for all states of block b. */
static double
high_part(const struct states *x, size_t b, const double weight[], size_t stride)
{
	double sum = 0;

	for (size_t i = x->low; i < x->n; i++)
		sum += states_unit(x, b, i - x->low) * weight[i * stride];
	return sum;
}

/*
 * One unit of the other layer in all states of a block. The factors 1 + t of e^s(z) are multiplied, and one
 * logarithm is taken for all of them.
 */
static RN_INLINE void
binary_unit(bool pm1, const double input[], double shift, size_t n, double ln_weight[], double product[],
	double mean[])
{
	for (size_t k = 0; k < n; k += 2) {
		pair z, sum, factors, t;

		memcpy(&z, input + k, sizeof z);
		memcpy(&sum, ln_weight + k, sizeof sum);
		memcpy(&factors, product + k, sizeof factors);
		z += shift;
		t = pair_tail(pm1, z);
		sum += pair_ramp(pm1, z);
		factors *= 1 + t;
		memcpy(ln_weight + k, &sum, sizeof sum);
		memcpy(product + k, &factors, sizeof factors);
		if (mean) {
			const pair up = pair_up(z, t), y = pm1 ? 2 * up - 1 : up;

			memcpy(mean + k, &y, sizeof y);
		}
	}
}

static void
gaussian_unit(const struct states *x, const double input[], double shift, double ln_weight[])
{
	const double half_variance = x->sigma * x->sigma / 2, norm = log(x->sigma * sqrt(2 * M_PI));

	for (size_t k = 0; k < x->block; k++) {
		const double z = input[k] + shift;

		ln_weight[k] += half_variance * z * z + norm;
	}
}

static void
take_product(const struct states *x, double ln_weight[])
{
	for (size_t k = 0; k < x->block; k++) {
		ln_weight[k] += log(x->product[k]);
		x->product[k] = 1;
	}
}

void
states_block(const struct states *x, size_t b, double ln_weight[], double mean[])
{
	const double field = high_part(x, b, x->field, 1);

	for (size_t k = 0; k < x->block; k++) {
		ln_weight[k] = x->fields[k] + field;
		x->product[k] = 1;
	}
	for (size_t a = 0; a < x->m; a++) {
		const double *input = x->inputs + a * x->block, shift = high_part(x, b, x->w + a, x->m);
		double *y = mean ? mean + a * x->block : NULL;

		if (x->units == RN_UNITS_GAUSSIAN)
			gaussian_unit(x, input, shift, ln_weight);
		else if (x->units == RN_UNITS_PM1)
			binary_unit(true, input, shift, x->block, ln_weight, x->product, y);
		else
			binary_unit(false, input, shift, x->block, ln_weight, x->product, y);
		if ((a + 1) % PAIR_FACTORS == 0)
			take_product(x, ln_weight);
	}
	if (x->units != RN_UNITS_GAUSSIAN)
		take_product(x, ln_weight);
}

void
log_sum_add(struct log_sum *s, const double x[], size_t n)
{
	double top = s->top;

	for (size_t k = 0; k < n; k++)
		top = x[k] > top ? x[k] : top;
	if (top > s->top) {
		s->sum *= exp(s->top - top);
		s->top = top;
	}
	for (size_t k = 0; k < n; k++)
		s->sum += exp(x[k] - s->top);
}

double
log_sum_value(const struct log_sum *s)
{
	return s->top + log(s->sum);
}
