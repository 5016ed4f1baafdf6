/* Epochs of a run: which samples they see and in which order, and when the numbers have failed. */
#include "../../src/mlp-train/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/vecmath.h"
#include "renorm/writer.h"
#include "tap.h"

enum { N = 100, WIDTH = 16, PARAMETERS = (WIDTH + 1) * 3 + (3 + 1) * 2 };

static char path[64];

/* N samples of random bits, in two classes. */
static void
write_samples(void)
{
	const struct rn_random_key key = rn_random_key(1, "test", NULL, 0, NULL, 0);
	struct rn_random random = rn_random_at(&key, 0);
	const size_t shape[1] = { WIDTH };
	struct rn_schema *s = rn_schema_create("samples");
	struct rn_writer_options o = { .path = path, .format = RN_FORMAT_RNS };
	uint8_t rows[N][1 + WIDTH / 8];
	struct rn_writer *w;
	struct rn_error err;

	snprintf(path, sizeof path, "/tmp/mlp-train-run-%d.rns", (int)getpid());
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < sizeof rows[i]; j++)
			rows[i][j] = (uint8_t)(j ? rn_random_below(&random, 256) : i % 2);
	if (!s || rn_schema_add_column(s, "T", RN_U8, 0, NULL, &err) != RN_OK ||
		rn_schema_add_column(s, "x", RN_BIT, 1, shape, &err) != RN_OK ||
		!(w = rn_writer_open(&o, &err)) || rn_writer_segment(w, s, &err) != RN_OK ||
		rn_writer_put(w, rows, N, &err) != RN_OK || rn_writer_close(w, &err) != RN_OK)
		abort();
	rn_schema_destroy(s);
}

static struct options
options(void)
{
	static char *files[] = { path };

	return (struct options){
		.common = { .stage = "mlp-train", .seed = 1, .files = files, .nfiles = 1, .quiet = true },
		.training = { RN_TRAINING_DEFAULTS, .method = RN_TRAIN_MINIBATCH, .rate = 0.1, .epochs = 5 },
		.layers = "3:tanh,softmax",
		.label = "T",
	};
}

static struct result
epoch(struct run *r)
{
	struct rn_progress progress;

	rn_progress_begin(&progress, &r->o->common, "samples", 0);
	return run_epoch(r, &progress);
}

static int
ascending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
orders(void)
{
	const struct options o = options();
	uint64_t first[N], second[N];
	struct run r;

	run_create(&r, &o);
	epoch(&r);
	memcpy(first, r.order, sizeof first);
	epoch(&r);
	memcpy(second, r.order, sizeof second);
	OK(memcmp(first, second, sizeof first) != 0, "each epoch has an order of its own");
	qsort(first, N, sizeof *first, ascending);
	qsort(second, N, sizeof *second, ascending);
	OK(!memcmp(first, second, sizeof first) && first[0] == 0 && first[N - 1] == N - 1, "of all samples");
	run_clear(&r);
}

/* The parameters after two epochs with one sample changed (NULL: none). */
static void
trained_with(const struct options *o, uint64_t (*which)(const struct run *r), double theta[])
{
	struct run r;

	run_create(&r, o);
	if (which)
		r.train.rows[which(&r) * r.train.row_bytes] ^= 0xff;
	epoch(&r);
	epoch(&r);
	if (r.mlp.parameters != PARAMETERS)
		abort();
	for (size_t i = 0; i < PARAMETERS; i++)
		theta[i] = (double)r.mlp.theta[i];
	run_clear(&r);
}

static uint64_t
a_training_sample(const struct run *r)
{
	return r->index[0];
}

static uint64_t
a_test_sample(const struct run *r)
{
	return r->test_index[0];
}

static size_t
differences(const double a[], const double b[], size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += a[i] != b[i];
	return count;
}

static void
held_out(void)
{
	struct options o = options();
	double plain[PARAMETERS], changed[PARAMETERS];

	o.training.holdout = 0.3;
	trained_with(&o, NULL, plain);
	trained_with(&o, a_test_sample, changed);
	OK(differences(plain, changed, PARAMETERS) == 0,
		"a sample that is held out does not matter to training");
	trained_with(&o, a_training_sample, changed);
	OK(differences(plain, changed, PARAMETERS) > 0, "a training sample does");
}

static void
failures(void)
{
	struct options o = options();
	struct run r;

	run_create(&r, &o);
	OK(isfinite(epoch(&r).cost), "an epoch");
	r.mlp.theta[0] = 2e6F;
	OK(!isfinite(epoch(&r).cost), "a parameter beyond 1e6 is a failure, though it is finite");
	run_clear(&r);
	run_create(&r, &o);
	r.mlp.theta[0] = NAN;
	OK(!isfinite(epoch(&r).cost), "so is one that is none");
	run_clear(&r);
}

/* The rate that is applied falls, not only that of the log: plain descent is linear in it, in a step small enough. */
static void
decay(void)
{
	struct options o = options();
	double step[2] = { 0 };

	o.training.method = RN_TRAIN_GD;
	o.training.rate = 1e-3;
	for (int falls = 0; falls < 2; falls++) {
		struct run r;
		float before[PARAMETERS];

		o.training.decay = falls ? 3 : 0;
		run_create(&r, &o);
		epoch(&r);
		memcpy(before, r.mlp.theta, sizeof before);
		epoch(&r);
		for (size_t i = 0; i < PARAMETERS; i++)
			step[falls] += fabs((double)(r.mlp.theta[i] - before[i]));
		run_clear(&r);
	}
	OK(fabs(step[1] / step[0] - 0.25) < 1e-3, "a decay of 3 makes the second step a quarter: %g",
		step[1] / step[0]);
}

int
main(void)
{
	rn_blas_threads(1);
	write_samples();
	orders();
	held_out();
	failures();
	decay();
	unlink(path);
	return tap_done();
}
