/* What trainers share: order, split, batches, rates, early stopping, learning curves. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/reader.h"
#include "renorm/training.h"
#include "tap.h"

enum { N = 1000 };

static struct rn_error err;

static struct rn_random_key
key(uint64_t seed)
{
	return rn_random_key(seed, "test", NULL, 0, NULL, 0);
}

/* --- order ----------------------------------------------------------------- */

static void
order(void)
{
	const struct rn_training t = { RN_TRAINING_DEFAULTS };
	const struct rn_random_key a = key(1), b = key(2);
	uint64_t of[N], one[N], again[N], next[N], other[N];
	unsigned seen[3 * N] = { 0 };
	size_t once = 0, moved = 0;

	for (size_t i = 0; i < N; i++)
		of[i] = 3 * i;
	rn_training_order(&t, &a, 5, of, N, one);
	rn_training_order(&t, &a, 6, of, N, next);
	rn_training_order(&t, &a, 5, of, N, again);
	rn_training_order(&t, &b, 5, of, N, other);
	for (size_t i = 0; i < N; i++)
		seen[one[i]]++;
	for (size_t i = 0; i < N; i++) {
		once += seen[3 * i] == 1;
		moved += one[i] != of[i];
	}
	OK(once == N, "an epoch sees each sample once");
	OK(moved > N - 20, "in another order");
	OK(!memcmp(one, again, sizeof one), "an epoch has its order, whichever came before it");
	OK(memcmp(one, next, sizeof one) && memcmp(one, other, sizeof one), "of its own, and of its key");
}

/* Draws of one epoch are a multinomial sample: the number of those never drawn is N/e, of variance N (e - 2) / e^2. */
static void
replacement(void)
{
	const struct rn_training t = { RN_TRAINING_DEFAULTS, .replacement = true };
	const struct rn_random_key a = key(1);
	uint64_t of[N], drawn[N], again[N];
	unsigned seen[2 * N] = { 0 };
	double never = 0, wrong = 0;

	for (size_t i = 0; i < N; i++)
		of[i] = 2 * i + 1;
	rn_training_order(&t, &a, 3, of, N, drawn);
	rn_training_order(&t, &a, 3, of, N, again);
	for (size_t i = 0; i < N; i++)
		seen[drawn[i]]++;
	for (size_t i = 0; i < N; i++) {
		never += seen[2 * i + 1] == 0;
		wrong += seen[2 * i];
	}
	OK(wrong == 0, "draws are from the samples");
	OK(fabs(never - N / M_E) < 5 * sqrt(N * (M_E - 2)) / M_E, "independent ones: %g never, %g expected",
		never, N / M_E);
	OK(!memcmp(drawn, again, sizeof drawn), "the same draws for the same epoch");
}

/* --- split ----------------------------------------------------------------- */

struct split {
	uint64_t index[N];
	size_t train;
};

static enum rn_status
split(double holdout, uint64_t seed, const uint32_t class_of[], size_t classes, size_t n, struct split *s)
{
	const struct rn_random_key k = key(seed);

	return rn_training_split(holdout, &k, n, class_of, classes, s->index, &s->train, &err);
}

/* Both parts ascend, and together they are 0 ... n-1. */
static bool
is_partition(const struct split *s, size_t n)
{
	unsigned seen[N] = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (s->index[i] >= n || seen[s->index[i]]++)
			return false;
		if (i > 0 && i != s->train && s->index[i] <= s->index[i - 1])
			return false;
	}
	return true;
}

static void
plain_splits(void)
{
	struct split s, again, other, none;

	OK(split(0.2, 1, NULL, 0, N, &s) == RN_OK && s.train == 800, "a fifth of 1000 is 200");
	OK(is_partition(&s, N), "two sets that have nothing in common, in ascending order");
	OK(split(0.2, 1, NULL, 0, N, &again) == RN_OK && !memcmp(s.index, again.index, sizeof s.index),
		"the same for the same key");
	OK(split(0.2, 2, NULL, 0, N, &other) == RN_OK && memcmp(s.index, other.index, sizeof s.index),
		"another for another key");
	OK(split(0, 1, NULL, 0, N, &none) == RN_OK && none.train == N && is_partition(&none, N),
		"nothing held out");
	OK(split(0.01, 1, NULL, 0, 5, &none) == RN_OK && none.train == 4, "at least one is tested on");
	OK(split(0.99, 1, NULL, 0, 5, &none) == RN_OK && none.train == 1, "and at least one trained with");
	OK(split(0.5, 1, NULL, 0, 1, &none) == RN_EDATA && strstr(err.text, "too few"), "one is too few: %s",
		err.text);
}

/* Of classes of sizes 10, 20, 30, ... the test set has its share, and each record of a class the same chance. */
static void
stratified(void)
{
	enum { CLASSES = 13, RUNS = 2000 };
	uint32_t class_of[N];
	size_t n = 0, exact = 0, size[CLASSES] = { 0 }, first = 0;
	struct split s;
	double chance;

	for (uint32_t c = 0; c < CLASSES; c++)
		for (uint32_t i = 0; i < 10 * (c + 1); i++)
			class_of[n++] = c;
	if (!OK(split(0.3, 1, class_of, CLASSES, n, &s) == RN_OK && is_partition(&s, n), "stratified split"))
		return;
	for (size_t i = s.train; i < n; i++)
		size[class_of[s.index[i]]]++;
	for (size_t c = 0; c < CLASSES; c++)
		exact += size[c] == 3 * (c + 1);
	OK(exact == CLASSES, "each class gives its share, exactly");

	for (uint64_t seed = 0; seed < RUNS; seed++) {
		if (split(0.3, seed, class_of, CLASSES, n, &s) != RN_OK)
			abort();
		for (size_t i = s.train; i < n; i++)
			first += s.index[i] == 0;
	}
	chance = (double)first / RUNS;
	OK(fabs(chance - 0.3) < 5 * sqrt(0.3 * 0.7 / RUNS), "record 0 is held out with chance %.3f", chance);
}

/* Classes of three: a fifth of 60 is 12, and none is left without a test or without training. */
static void
small_classes(void)
{
	uint32_t class_of[60];
	size_t in_test[20] = { 0 }, wrong = 0;
	struct split s;

	for (uint32_t i = 0; i < 60; i++)
		class_of[i] = i % 20;
	if (split(0.2, 1, class_of, 20, 60, &s) != RN_OK)
		abort();
	for (size_t i = s.train; i < 60; i++)
		in_test[class_of[s.index[i]]]++;
	for (size_t c = 0; c < 20; c++)
		wrong += in_test[c] < 1 || in_test[c] > 2;
	OK(wrong == 0, "small classes are in both sets");
}

/* --- rates, batches, stopping ------------------------------------------------ */

static void
rates(void)
{
	struct rn_training t = { RN_TRAINING_DEFAULTS, .rate = 0.3, .decay = 0.5 };

	OK(rn_training_rate(&t, 0) == 0.3 && fabs(rn_training_rate(&t, 4) - 0.1) < 1e-15,
		"the rate falls as 1 / (1 + D k)");
	t.method = RN_TRAIN_GD;
	OK(rn_training_batch(&t, 1234) == 1234 && rn_training_optimiser(&t).kind == RN_SGD,
		"gd: all samples");
	t.method = RN_TRAIN_SGD;
	OK(rn_training_batch(&t, 1234) == 1 && rn_training_optimiser(&t).kind == RN_SGD, "sgd: one");
	t.method = RN_TRAIN_MOMENTUM;
	OK(rn_training_batch(&t, 1234) == 100 && rn_training_optimiser(&t).kind == RN_MOMENTUM &&
			rn_training_optimiser(&t).momentum == 0.9,
		"momentum: a batch");
	t.method = RN_TRAIN_ADAM;
	OK(rn_training_batch(&t, 12) == 12 && rn_training_optimiser(&t).kind == RN_ADAM &&
			rn_training_optimiser(&t).beta2 == 0.999,
		"adam: a batch, of no more than there are");
}

static void
stopping(void)
{
	const struct rn_training three = { .patience = 3 }, never = { .patience = 0 };
	const double cost[] = { 5, 4, 4, 4.5, 3, 3.5, NAN, 3.1, 2 };
	const bool past[] = { false, false, false, false, false, false, false, true, false };
	float theta = 0, best = 0;
	struct rn_best b = { .cost = INFINITY, .theta = &best, .n = 1 }, none = { .cost = INFINITY };
	uint64_t epoch = 77;
	size_t wrong = 0;

	rn_best_take(&b, &theta, &epoch);
	OK(theta == 0 && epoch == 77, "before the first there is no best epoch");
	for (uint64_t e = 1; e <= 9; e++) {
		theta = (float)e;
		rn_best_update(&b, cost[e - 1], e, &theta);
		rn_best_update(&none, cost[e - 1], e, &theta);
		wrong += rn_training_is_over(&three, &b, e, 100) != past[e - 1];
		wrong += rn_training_is_over(&never, &b, e, 100);
		wrong += rn_training_is_over(&three, &none, e, 100);
		if (e == 8)
			OK(b.epoch == 5 && b.cost == 3 && best == 5,
				"the best epoch is the first of the lowest cost");
	}
	OK(wrong == 0, "patience counts from the best epoch");
	OK(rn_training_is_over(&never, &b, 100, 100) && !rn_training_is_over(&never, &b, 99, 100),
		"all epochs are enough");
	theta = 0;
	rn_best_take(&b, &theta, &epoch);
	OK(theta == 9 && epoch == 9, "the model is that of the best epoch");
}

/* --- curves -------------------------------------------------------------------- */

static void
curves(void)
{
	static const char *const columns[] = { "epoch", "cost" };
	char path[64], *files[] = { path };
	struct rn_curve c;
	struct rn_reader *in;
	const struct rn_schema *s;
	const void *records;
	size_t n = 0, rows = 0, wrong = 0;

	snprintf(path, sizeof path, "/tmp/training-%d.csv", (int)getpid());
	if (!OK(rn_curve_create(&c, columns, 2, &err) == RN_OK && rn_curve_save(&c, path, &err) == RN_OK,
		    "a curve without rows can be saved"))
		return;
	for (int i = 0; i < 300; i++) {
		const double row[2] = { i, i == 7 ? NAN : 1 / (1.0 + i) };

		if (rn_curve_add(&c, row, &err) != RN_OK)
			abort();
	}
	OK(rn_curve_save(&c, path, &err) == RN_OK, "and again with rows, in its place");
	in = rn_reader_open(files, 1, NULL, &err);
	if (!in || rn_reader_segment(in, &s, &err) != RN_OK)
		abort();
	OK(!strcmp(s->kind, "table") && s->columns == 2 && !strcmp(s->column[1].name, "cost"), "a table");
	while (rn_reader_next(in, &records, &n, &err) == RN_OK)
		for (size_t i = 0; i < n; i++, rows++) {
			const void *r = (const char *)records + i * s->record_bytes;
			const double x = rn_get_f64(&s->column[0], r, 0), y = rn_get_f64(&s->column[1], r, 0);

			wrong += x != (double)rows || (rows == 7 ? !isnan(y) : y != 1 / (1.0 + (double)rows));
		}
	OK(rows == 300 && wrong == 0, "of all rows, to the bit");
	rn_reader_close(in);
	unlink(path);
	OK(rn_curve_save(&c, "/nowhere/log.csv", &err) != RN_OK, "a place that is none: %s", err.text);
	rn_curve_clear(&c);
}

int
main(void)
{
	order();
	replacement();
	plain_splits();
	stratified();
	small_classes();
	rates();
	stopping();
	curves();
	return tap_done();
}
