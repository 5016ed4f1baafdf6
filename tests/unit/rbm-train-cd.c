/* CD-k and PCD against exact statistics of small machines; gradients against finite differences. */
#include "../../src/rbm-train/cd.h"

#include <math.h>

#include "rbm_reference.h"
#include "renorm/vecmath.h"
#include "tap.h"

enum { NV = REFERENCE_NV, NH = REFERENCE_NH, N = NV * NH + NV + NH };

static const struct rn_training training = { .method = RN_TRAIN_MINIBATCH };
static struct rn_error err;

/* Data of bits, each row `copies` times. */
struct data {
	struct rn_dataset set;
	uint64_t index[1000];
};

static struct data *
data_of(const uint8_t rows[], size_t n, size_t width, size_t copies)
{
	struct data *d = calloc(1, sizeof *d);

	if (!d || n * copies > 1000)
		abort();
	d->set = (struct rn_dataset){ .type = RN_BIT,
		.ndim = 1,
		.shape = { width },
		.width = width,
		.n = n,
		.row_bytes = 1,
		.rows = calloc(n + 64, 1) };
	if (!d->set.rows)
		abort();
	memcpy(d->set.rows, rows, n);
	for (size_t i = 0; i < n * copies; i++)
		d->index[i] = i % n;
	return d;
}

static struct data *
reference_data(void)
{
	double bits[REFERENCE_DATA * NV];
	uint8_t rows[REFERENCE_DATA] = { 0 };

	reference_numbers("data_bits", REFERENCE_DATA * NV, bits);
	for (size_t i = 0; i < REFERENCE_DATA * NV; i++)
		rows[i / NV] |= (uint8_t)(bits[i] > 0 ? 1u << i % NV : 0);
	return data_of(rows, REFERENCE_DATA, NV, 100);
}

static void
data_free(struct data *d)
{
	free(d->set.rows);
	free(d);
}

/* W, b, c as a machine has them: statistics of "pm1 cd_stats 1", say. */
static void
reference_statistics(const char *keys, double out[N])
{
	char text[64];

	snprintf(text, sizeof text, "%s vh", keys);
	reference_numbers(text, NV * NH, out);
	snprintf(text, sizeof text, "%s v", keys);
	reference_numbers(text, NV, out + NV * NH);
	snprintf(text, sizeof text, "%s h", keys);
	reference_numbers(text, NH, out + NV * NH + NV);
}

struct trainer {
	struct rn_rbm *r;
	struct rn_optimiser p;
	struct cd t;
};

static void
trainer_create(struct trainer *x, struct rn_rbm *r, const struct rn_training *o, unsigned k, size_t chains,
	size_t batch)
{
	const struct rn_optimiser_options options = rn_training_optimiser(o);

	x->r = r;
	if (rn_optimiser_create(&x->p, &options, r->parameters, &err) != RN_OK ||
		cd_create(&x->t, r, &x->p, o, 5, k, chains, batch, &err) != RN_OK)
		abort();
}

static void
trainer_clear(struct trainer *x)
{
	cd_clear(&x->t);
	rn_optimiser_clear(&x->p);
}

/* Gradients of `blocks` blocks of `each` updates that change nothing: means, and errors from the blocks. */
static void
mean_gradient(struct trainer *x, const struct data *d, size_t n, size_t blocks, size_t each, double mean[],
	double error[])
{
	const size_t parameters = x->r->parameters;
	double *sum = calloc(parameters, sizeof *sum), *square = calloc(parameters, sizeof *square);
	double *block = calloc(parameters, sizeof *block);

	if (!sum || !square || !block)
		abort();
	for (size_t b = 0; b < blocks; b++) {
		memset(block, 0, parameters * sizeof *block);
		for (size_t u = 0; u < each; u++) {
			x->p.updates++;
			cd_gradient(&x->t, &d->set, d->index, n);
			for (size_t i = 0; i < parameters; i++)
				block[i] += (double)x->t.gradient[i] / (double)each;
		}
		for (size_t i = 0; i < parameters; i++) {
			sum[i] += block[i];
			square[i] += block[i] * block[i];
		}
	}
	for (size_t i = 0; i < parameters; i++) {
		mean[i] = sum[i] / (double)blocks;
		error[i] = sqrt((square[i] / (double)blocks - mean[i] * mean[i]) / (double)(blocks - 1));
	}
	free(sum);
	free(square);
	free(block);
}

/* The largest deviation in standard errors (and 1e-6 of rounding). */
static double
deviation(const double mean[], const double error[], const double model[], const double data[], size_t n)
{
	double worst = 0;

	for (size_t i = 0; i < n; i++)
		worst = fmax(worst, fabs(mean[i] - (model[i] - data[i])) / (error[i] + 1e-6));
	return worst;
}

static void
contrastive_divergence(enum rn_units units)
{
	static const unsigned steps[] = { 1, 2, 5, 10 };
	struct rn_rbm r = reference_machine(units);
	struct data *d = reference_data();
	double mean[N], error[N], exact[N], data[N];
	char keys[64];

	snprintf(keys, sizeof keys, "kinds %s data_stats", rn_units_name(units));
	reference_statistics(keys, data);
	for (size_t i = 0; i < 4; i++) {
		struct trainer x;
		double worst;

		trainer_create(&x, &r, &training, steps[i], 0, 1000);
		mean_gradient(&x, d, 1000, 200, 2, mean, error);
		snprintf(keys, sizeof keys, "kinds %s cd_stats %u", rn_units_name(units), steps[i]);
		reference_statistics(keys, exact);
		worst = deviation(mean, error, exact, data, N);
		OK(worst < 5, "%s, CD-%u: %.1f standard errors from the exact gradient", rn_units_name(units),
			steps[i], worst);
		if (i == 0) {
			snprintf(keys, sizeof keys, "kinds %s cd_stats 2", rn_units_name(units));
			reference_statistics(keys, exact);
			worst = deviation(mean, error, exact, data, N);
			OK(worst > 10, "power: CD-1 is not CD-2, by %.1f standard errors", worst);
		}
		trainer_clear(&x);
	}
	data_free(d);
	rn_rbm_clear(&r);
}

static void
persistent_chains(enum rn_units units)
{
	struct rn_rbm r = reference_machine(units);
	struct data *d = reference_data();
	double mean[N], error[N], model[N], data[N], worst;
	struct trainer x;
	char keys[64];

	snprintf(keys, sizeof keys, "kinds %s data_stats", rn_units_name(units));
	reference_statistics(keys, data);
	snprintf(keys, sizeof keys, "kinds %s model_stats", rn_units_name(units));
	reference_statistics(keys, model);
	trainer_create(&x, &r, &training, 2, 500, 1000);
	mean_gradient(&x, d, 10, 1, 30, mean, error); /* forget the start */
	mean_gradient(&x, d, 10, 40, 25, mean, error);
	worst = deviation(mean, error, model, data, N);
	OK(worst < 5, "%s, PCD: %.1f standard errors from the gradient of the likelihood",
		rn_units_name(units), worst);
	snprintf(keys, sizeof keys, "kinds %s cd_stats 2", rn_units_name(units));
	reference_statistics(keys, model);
	if (units == RN_UNITS_PM1)
		OK(deviation(mean, error, model, data, N) > 10, "power: which is not that of CD-2");
	trainer_clear(&x);
	data_free(d);
	rn_rbm_clear(&r);
}

/* <v h>, <v>, <h> of Gaussian visible units: p(h) ~ exp(c h + sigma^2 |b + W h|^2 / 2), then v ~ N(sigma^2 (b + W h), sigma). */
static void
gaussian_statistics(const struct rn_rbm *r, double out[])
{
	const size_t nv = r->nv, nh = r->nh;
	const double s2 = (double)r->sigma * (double)r->sigma;
	double Z = 0;

	for (size_t i = 0; i < (nv + 1) * (nh + 1) - 1; i++)
		out[i] = 0;
	for (size_t s = 0; s < (size_t)1 << nh; s++) {
		double h[8], z[8], w = 0;

		reference_state(r->hidden, s, nh, h);
		for (size_t a = 0; a < nh; a++)
			w += (double)r->c[a] * h[a];
		for (size_t i = 0; i < nv; i++) {
			z[i] = (double)r->b[i];
			for (size_t a = 0; a < nh; a++)
				z[i] += (double)r->W[i * nh + a] * h[a];
			w += s2 * z[i] * z[i] / 2;
		}
		w = exp(w);
		Z += w;
		for (size_t i = 0; i < nv; i++) {
			for (size_t a = 0; a < nh; a++)
				out[i * nh + a] += w * s2 * z[i] * h[a];
			out[nv * nh + i] += w * s2 * z[i];
		}
		for (size_t a = 0; a < nh; a++)
			out[nv * nh + nv + a] += w * h[a];
	}
	for (size_t i = 0; i < (nv + 1) * (nh + 1) - 1; i++)
		out[i] /= Z;
}

/* Data term: -dF/dtheta averaged over the samples, from differences of F. Uses F(v) of rn_rbm_free_energy. */
static void
data_statistics(const struct rn_rbm *r, const struct data *d, size_t n, double out[])
{
	float low, high, v[8 * 16], z[8 * 16];
	double F[16];

	rn_units_range(r->visible, &low, &high);
	rn_dataset_rows(&d->set, d->index, n, low, high, v);
	for (size_t i = 0; i < r->parameters; i++) {
		const float before = r->theta[i], step = 0x1p-7f;

		out[i] = 0;
		for (int side = -1; side <= 1; side += 2) {
			r->theta[i] = before + (float)side * step;
			rn_rbm_free_energy(r, v, n, z, F);
			for (size_t k = 0; k < n; k++)
				out[i] -= side * F[k] / (2 * (double)(step) * (double)n);
		}
		r->theta[i] = before;
	}
}

static void
gaussian(enum rn_units hidden)
{
	static const uint8_t rows[] = { 1, 2, 4, 6, 7 };
	const struct rn_random_key key = { { 5, 6 } };
	struct rn_random random = rn_random_at(&key, hidden);
	struct rn_rbm r = reference_random(RN_UNITS_GAUSSIAN, hidden, 3, 2, 0.5, &random);
	struct data *d = data_of(rows, 5, 3, 1);
	double mean[11], error[11], model[11] = { 0 }, data[11] = { 0 }, worst;
	struct trainer x;

	r.sigma = 0.8f;
	gaussian_statistics(&r, model);
	data_statistics(&r, d, 5, data);
	trainer_create(&x, &r, &training, 2, 500, 1000);
	mean_gradient(&x, d, 5, 1, 30, mean, error);
	mean_gradient(&x, d, 5, 40, 25, mean, error);
	for (size_t i = 0; i < 11; i++)
		error[i] += 2e-4; /* of the finite differences */
	worst = deviation(mean, error, model, data, 11);
	OK(worst < 5, "gaussian and %s, PCD: %.1f standard errors from the gradient", rn_units_name(hidden),
		worst);
	r.sigma = 1;
	gaussian_statistics(&r, model);
	OK(deviation(mean, error, model, data, 11) > 10, "power: it is not that of another sigma");
	trainer_clear(&x);
	data_free(d);
	rn_rbm_clear(&r);
}

/* The data term of rbm_small, by finite differences of F, is the published one. */
static void
finite_differences(enum rn_units units)
{
	struct rn_rbm r = reference_machine(units);
	struct data *d = reference_data();
	double exact[N] = { 0 }, data[N] = { 0 }, worst = 0;
	char keys[64];

	snprintf(keys, sizeof keys, "kinds %s data_stats", rn_units_name(units));
	reference_statistics(keys, exact);
	data_statistics(&r, d, REFERENCE_DATA, data);
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst, fabs(exact[i] - data[i]));
	OK(worst < 2e-4, "%s: finite differences of F: %.1e", rn_units_name(units), worst);
	data_free(d);
	rn_rbm_clear(&r);
}

/* Steps that go straight into the parameters are those of the gradient; parts of a large batch make the whole. */
static void
one_update(void)
{
	const struct rn_training o = { .method = RN_TRAIN_MINIBATCH, .l2_w = 0.1, .l2_b = 0.2 };
	struct rn_rbm r = reference_machine(RN_UNITS_PM1), q = reference_machine(RN_UNITS_PM1);
	struct data *d = reference_data();
	struct trainer x, y;
	double worst = 0;

	trainer_create(&x, &r, &o, 1, 0, 1000);
	trainer_create(&y, &q, &o, 1, 0, 1000);
	cd_update(&x.t, &d->set, d->index, 777, 0.5);
	rn_optimiser_begin(&y.p, 0.5);
	cd_gradient(&y.t, &d->set, d->index, 777);
	optimiser_step(&y.p, &o, &q, y.t.gradient);
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst, fabs((double)(r.theta[i] - q.theta[i])));
	OK(worst < 1e-6, "an update without a gradient is one with it: %.1e", worst);
	trainer_clear(&x);
	trainer_clear(&y);
	data_free(d);
	rn_rbm_clear(&r);
	rn_rbm_clear(&q);
}

/* Batches larger than what is worked on at once, with chains and without: the expectation is the same. */
static void
large_batches(void)
{
	struct rn_rbm r = reference_machine(RN_UNITS_01);
	struct data *d = reference_data();
	uint64_t *index = malloc(3000 * sizeof *index);
	double mean[N] = { 0 }, exact[N], data[N], worst = 0;
	struct trainer x;

	if (!index)
		abort();
	for (size_t i = 0; i < 3000; i++)
		index[i] = i % REFERENCE_DATA;
	reference_statistics("kinds 01 data_stats", data);
	reference_statistics("kinds 01 model_stats", exact);
	trainer_create(&x, &r, &training, 4, 3000, 3000);
	for (int u = 0; u < 60; u++) {
		x.p.updates++;
		cd_gradient(&x.t, &d->set, index, 3000);
		for (size_t i = 0; u >= 10 && i < N; i++)
			mean[i] += (double)x.t.gradient[i] / 50;
	}
	for (size_t i = 0; i < N; i++)
		worst = fmax(worst, fabs(mean[i] - (exact[i] - data[i])));
	/* 50 x 1024 nearly independent chains of numbers that differ by at most 1 */
	OK(x.t.room == 1024 && worst < 5 * 0.5 / sqrt(50 * 1024.0), "a batch of 3000, PCD: %.1e", worst);
	trainer_clear(&x);
	free(index);
	data_free(d);
	rn_rbm_clear(&r);
}

int
main(void)
{
	rn_blas_threads(1);
	contrastive_divergence(RN_UNITS_PM1);
	contrastive_divergence(RN_UNITS_01);
	persistent_chains(RN_UNITS_PM1);
	persistent_chains(RN_UNITS_01);
	finite_differences(RN_UNITS_PM1);
	finite_differences(RN_UNITS_01);
	gaussian(RN_UNITS_PM1);
	gaussian(RN_UNITS_01);
	one_update();
	large_batches();
	return tap_done();
}
