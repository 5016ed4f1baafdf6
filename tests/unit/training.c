/* What trainers share: rates, the order of samples, the split, early stopping, curves. */
#include "renorm/training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static struct rn_error err;

static struct rn_random_key
key_of(uint64_t seed)
{
	return rn_random_key(seed, "training", NULL, 0, NULL, 0);
}

static void
rates(void)
{
	const struct rn_training t = { RN_TRAINING_DEFAULTS, .method = RN_TRAIN_ADAM, .rate = 0.5,
		.decay = 0.25 };
	const struct rn_training gd = { RN_TRAINING_DEFAULTS, .method = RN_TRAIN_GD };
	const struct rn_training sgd = { RN_TRAINING_DEFAULTS, .method = RN_TRAIN_SGD };

	OK(rn_training_rate(&t, 0) == 0.5 && rn_training_rate(&t, 4) == 0.25, "the rate decays");
	OK(rn_training_batch(&t, 1000) == 100 && rn_training_batch(&t, 30) == 30 &&
			rn_training_batch(&gd, 1000) == 1000 && rn_training_batch(&sgd, 1000) == 1,
		"samples an update");
	OK(rn_training_optimiser(&t).kind == RN_ADAM && rn_training_optimiser(&gd).kind == RN_SGD,
		"optimisers");
}

/* Each position of an order of 10, over 20000 epochs, has each sample alike: chi-square of 9 x 9 degrees of freedom. */
static double
unevenness(const struct rn_training *t, size_t *strangers)
{
	enum { N = 10, EPOCHS = 20000 };
	const struct rn_random_key key = key_of(1);
	size_t count[N][N] = { 0 };
	uint64_t of[N], order[N];
	double chi = 0;

	for (size_t i = 0; i < N; i++)
		of[i] = 3 * i + 1;
	for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
		rn_training_order(t, &key, epoch, of, N, order);
		for (size_t i = 0; i < N; i++) {
			*strangers += order[i] % 3 != 1 || order[i] >= 3 * N;
			count[i][order[i] / 3 % N]++;
		}
	}
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++)
			chi += pow((double)count[i][j] - EPOCHS / N, 2) / (EPOCHS / N);
	return chi;
}

static void
orders(void)
{
	enum { N = 1000 };
	const struct rn_training t = { RN_TRAINING_DEFAULTS },
				 drawn = { RN_TRAINING_DEFAULTS, .replacement = true };
	const struct rn_random_key key = key_of(1), other = key_of(2);
	uint64_t of[N], order[N], again[N], next[N];
	size_t strangers = 0, missing = 0, seen[N] = { 0 };
	double chi;

	for (size_t i = 0; i < N; i++)
		of[i] = i;
	rn_training_order(&t, &key, 5, of, N, order);
	for (size_t i = 0; i < N; i++)
		seen[order[i]]++;
	for (size_t i = 0; i < N; i++)
		missing += seen[i] != 1;
	OK(missing == 0, "an epoch sees each sample once");
	rn_training_order(&t, &key, 5, of, N, again);
	OK(!memcmp(order, again, sizeof order), "key and epoch decide the order");
	rn_training_order(&t, &key, 6, of, N, next);
	rn_training_order(&t, &other, 5, of, N, again);
	OK(memcmp(order, next, sizeof order) != 0 && memcmp(order, again, sizeof order) != 0,
		"another epoch, another key: another order");
	/* mean 81 and 90, standard deviations below 14: 4.5 of them */
	chi = unevenness(&t, &strangers);
	OK(chi < 81 + 4.5 * sqrt(2 * 81), "orders are alike: chi-square %.1f of 81", chi);
	chi = unevenness(&drawn, &strangers);
	OK(chi < 90 + 4.5 * sqrt(2 * 90), "draws are alike: chi-square %.1f of 90", chi);
	OK(strangers == 0, "none but the samples given");
	rn_training_order(&drawn, &key, 5, of, N, order);
	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < N; i++)
		seen[order[i]]++;
	for (size_t i = missing = 0; i < N; i++)
		missing += seen[i] == 0;
	/* N/e = 368 are left out on average, with a standard deviation of 9.8 */
	OK(missing > 368 - 44 && missing < 368 + 44, "draws leave out 1/e: %zu of 1000", missing);
}

static void
splits(void)
{
	enum { N = 1000 };
	const struct rn_random_key key = key_of(1), other = key_of(2);
	uint64_t index[N], again[N];
	uint32_t class_of[N];
	size_t train = 0, of_class[3] = { 0 }, disorder = 0, seen[N] = { 0 }, lost = 0;

	for (size_t i = 0; i < N; i++)
		class_of[i] = i < 100 ? 0 : i < 110 ? 1 : 2;
	if (!OK(rn_training_split(0.2, &key, N, class_of, 3, index, &train, &err) == RN_OK && train == 800,
		    "a fifth is held out"))
		return;
	for (size_t i = 0; i < N; i++) {
		seen[index[i]]++;
		of_class[class_of[index[i]]] += i >= train;
		disorder += i > 0 && i != train && index[i] <= index[i - 1];
	}
	for (size_t i = 0; i < N; i++)
		lost += seen[i] != 1;
	OK(lost == 0 && disorder == 0, "each record is in one of two ascending parts");
	OK(of_class[0] == 20 && of_class[1] == 2 && of_class[2] == 178, "each class gives its share");
	OK(rn_training_split(0.2, &key, N, class_of, 3, again, &train, &err) == RN_OK &&
			!memcmp(index, again, sizeof index),
		"the key decides");
	OK(rn_training_split(0.2, &other, N, class_of, 3, again, &train, &err) == RN_OK &&
			memcmp(index, again, sizeof index) != 0,
		"another key, another split");
	OK(rn_training_split(0.333, &key, 10, NULL, 0, index, &train, &err) == RN_OK && train == 7,
		"without classes");
	OK(rn_training_split(0, &key, N, class_of, 3, index, &train, &err) == RN_OK && train == N &&
			index[N - 1] == N - 1,
		"nothing held out");
	OK(rn_training_split(0.5, &key, 1, NULL, 0, index, &train, &err) == RN_EDATA, "too few: %s",
		err.text);
	for (size_t i = 0; i < 6; i++)
		class_of[i] = (uint32_t)(i / 2);
	OK(rn_training_split(0.01, &key, 6, class_of, 3, index, &train, &err) == RN_OK && train == 3,
		"a class of two has one on each side");
}

static void
stopping(void)
{
	const struct rn_training t = { RN_TRAINING_DEFAULTS, .patience = 2 },
				 never = { RN_TRAINING_DEFAULTS };
	struct rn_best b = { .cost = INFINITY };

	OK(rn_best_update(&b, 3, 1) && rn_best_update(&b, 2, 2) && !rn_best_update(&b, 2, 3) &&
			!rn_best_update(&b, NAN, 3) && b.epoch == 2,
		"the best is the first of the lowest");
	OK(!rn_best_is_past(&b, &t, 3) && rn_best_is_past(&b, &t, 4) && !rn_best_is_past(&b, &never, 1000),
		"patience");
}

static void
curves(void)
{
	static const char *const names[] = { "epoch", "cost" };
	const double rows[2][2] = { { 1, 0.1 }, { 2, NAN } };
	char path[64], text[256] = { 0 };
	struct rn_curve c;
	FILE *f;

	snprintf(path, sizeof path, "/tmp/training-%d.csv", (int)getpid());
	OK(rn_curve_create(&c, names, 2, &err) == RN_OK && rn_curve_add(&c, rows[0], &err) == RN_OK &&
			rn_curve_add(&c, rows[1], &err) == RN_OK && rn_curve_save(&c, path, &err) == RN_OK,
		"a curve is saved");
	f = fopen(path, "r");
	if (!f || fread(text, 1, sizeof text - 1, f) == 0)
		abort();
	fclose(f);
	OK(strstr(text, "\nepoch,cost\n1,0.1\n2,nan\n# end: 2\n") != NULL, "as a table of the suite");
	OK(rn_curve_save(&c, "/nonexistent/curve.csv", &err) > RN_OK, "no such directory: %s", err.text);
	unlink(path);
	rn_curve_clear(&c);
}

int
main(void)
{
	rates();
	orders();
	splits();
	stopping();
	curves();
	return tap_done();
}
