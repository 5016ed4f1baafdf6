/* What trainers share: the order of samples, the split into training and test set, early stopping, rates. */
#include "renorm/training.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double
rn_training_rate(const struct rn_training *t, uint64_t epoch)
{
	return t->rate / (1 + t->decay * (double)epoch);
}

size_t
rn_training_batch(const struct rn_training *t, size_t n)
{
	if (t->method == RN_TRAIN_GD)
		return n;
	if (t->method == RN_TRAIN_SGD)
		return 1;
	return t->batch < n ? (size_t)t->batch : n;
}

struct rn_optimiser_options
rn_training_optimiser(const struct rn_training *t)
{
	return (struct rn_optimiser_options){
		.kind = t->method == RN_TRAIN_MOMENTUM ? RN_MOMENTUM
			: t->method == RN_TRAIN_ADAM   ? RN_ADAM
						       : RN_SGD,
		.momentum = t->momentum,
		.beta1 = t->beta1,
		.beta2 = t->beta2,
		.epsilon = t->epsilon,
	};
}

void
rn_training_order(const struct rn_training *t, const struct rn_random_key *key, uint64_t epoch,
	const uint64_t of[], size_t n, uint64_t order[])
{
	struct rn_random random = rn_random_at(key, epoch);

	if (t->replacement) {
		for (size_t i = 0; i < n; i++)
			order[i] = of[rn_random_below(&random, n)];
		return;
	}
	memcpy(order, of, n * sizeof *order);
	rn_random_shuffle(&random, order, n);
}

/* --- the split ------------------------------------------------------------- */

static int
ascending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/*
 * How many records of each class the test set takes. Rounded from the running total, so that the whole is right to
 * one record however small the classes are; a class of two or more keeps at least one in each set.
 */
static void
shares(double holdout, const uint64_t size[], size_t classes, uint64_t test[])
{
	double wanted = 0;
	uint64_t given = 0;

	for (size_t c = 0; c < classes; c++) {
		uint64_t share;

		wanted += holdout * (double)size[c];
		share = wanted > (double)given ? (uint64_t)llround(wanted - (double)given) : 0;
		if (size[c] >= 2 && share < 1)
			share = 1;
		if (size[c] >= 1 && share > size[c] - 1)
			share = size[c] - 1;
		test[c] = share;
		given += share;
	}
}

enum rn_status
rn_training_split(double holdout, const struct rn_random_key *key, size_t n, const uint32_t class_of[],
	size_t classes, uint64_t index[], size_t *train, struct rn_error *err)
{
	const size_t groups = class_of ? classes : 1;
	uint64_t *order = malloc(n * sizeof *order);
	uint64_t *size = calloc(groups, sizeof *size), *test = calloc(groups, sizeof *test);
	struct rn_random random = rn_random_at(key, 0);
	size_t front = 0, back = n;

	if (!order || !size || !test) {
		free(order);
		free(size);
		free(test);
		return rn_fail_memory(err, "test set");
	}
	for (size_t i = 0; i < n; i++) {
		order[i] = i;
		size[class_of ? class_of[i] : 0]++;
	}
	if (holdout > 0) {
		rn_random_shuffle(&random, order, n);
		shares(holdout, size, groups, test);
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t *left = &test[class_of ? class_of[order[i]] : 0];

		if (*left > 0) {
			--*left;
			index[--back] = order[i];
		} else {
			index[front++] = order[i];
		}
	}
	*train = front;
	qsort(index, front, sizeof *index, ascending);
	qsort(index + front, n - front, sizeof *index, ascending);
	free(order);
	free(size);
	free(test);
	if (holdout > 0 && front == n)
		return rn_fail(err, RN_EDATA, "%zu records are too few to hold some out for a test", n);
	return RN_OK;
}

/* --- early stopping ---------------------------------------------------------- */

void
rn_best_update(struct rn_best *b, double cost, uint64_t epoch, const float theta[])
{
	if (!b->theta || !(cost < b->cost))
		return;
	b->cost = cost;
	b->epoch = epoch;
	memcpy(b->theta, theta, b->n * sizeof *theta);
}

void
rn_best_take(const struct rn_best *b, float theta[], uint64_t *epoch)
{
	if (!b->theta || b->epoch == 0)
		return;
	memcpy(theta, b->theta, b->n * sizeof *theta);
	*epoch = b->epoch;
}

bool
rn_training_is_over(const struct rn_training *t, const struct rn_best *b, uint64_t epoch, uint64_t epochs)
{
	return epoch >= epochs || (b->theta && t->patience > 0 && epoch >= b->epoch + t->patience);
}

/* --- the numbers ------------------------------------------------------------- */

#define SANE 1e6f

bool
rn_training_is_sane(const float theta[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabsf(theta[i]) <= SANE)) /* NaN neither */
			return false;
	return true;
}

_Noreturn void
rn_training_give_up(const struct rn_training *t, uint64_t epoch)
{
	rn_die(RN_ENUMERIC,
		"epoch %" PRIu64 ": the cost or a parameter is not finite, or a parameter is beyond 1e6: "
		"try a smaller --rate; no model is written%s%s",
		epoch, t->checkpoint ? "; the last good state is in " : "",
		t->checkpoint ? t->checkpoint : "");
}
