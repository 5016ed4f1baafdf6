/* Layers, draws and free energy against their definitions in double; a machine as a record and back. */
#include "renorm/rbm.h"

#include <float.h>
#include <math.h>

#include "rbm_reference.h"
#include "tap.h"

static const struct rn_random_key key = { { 3, 4 } };

/* One of the layer's units: its mean, and the probability to be up (Gaussian: NaN). */
static double
mean_of(enum rn_units units, double sigma, double z)
{
	return units == RN_UNITS_PM1 ? tanh(z) : units == RN_UNITS_01 ? 1 / (1 + exp(-z)) : sigma * sigma * z;
}

static double
up_of(enum rn_units units, double z)
{
	return units == RN_UNITS_PM1 ? 1 / (1 + exp(-2 * z)) : 1 / (1 + exp(-z));
}

enum { ROWS = 7, NV = 13, NH = 5 };

/* z of the hidden layer (or visible) in double. */
static double
input_of(const struct rn_rbm *r, bool hidden, const float other[], size_t row, size_t k)
{
	double z = (double)(hidden ? r->c[k] : r->b[k]);

	for (size_t i = 0; i < (hidden ? r->nv : r->nh); i++)
		z += (double)other[row * (hidden ? r->nv : r->nh) + i] *
			(double)(hidden ? r->W[i * r->nh + k] : r->W[k * r->nh + i]);
	return z;
}

/* Means are right, and a state is what its word says. */
static size_t
wrong_layer(const struct rn_rbm *r, bool hidden, const float other[], const uint32_t words[])
{
	const enum rn_units units = hidden ? r->hidden : r->visible;
	const size_t n = hidden ? NH : NV;
	float mean[ROWS * NV] = { 0 }, state[ROWS * NV] = { 0 }, alone[ROWS * NV] = { 0 }, low, high;
	size_t wrong = 0;

	rn_units_range(units, &low, &high);
	(hidden ? rn_rbm_hidden : rn_rbm_visible)(r, other, ROWS, words, mean, state);
	(hidden ? rn_rbm_hidden : rn_rbm_visible)(r, other, ROWS, words, NULL, alone);
	for (size_t k = 0; k < ROWS * n; k++) {
		const double z = input_of(r, hidden, other, k / n, k % n);

		wrong +=
			!(fabs((double)mean[k] - mean_of(units, (double)r->sigma, z)) < 3e-6 * (1 + fabs(z)));
		wrong += state[k] != alone[k];
		if (units == RN_UNITS_GAUSSIAN)
			continue;
		wrong += state[k] != low && state[k] != high;
		if (fabs((double)words[k] * 0x1p-32 - up_of(units, z)) > 1e-5)
			wrong += (state[k] == high) != ((double)words[k] * 0x1p-32 < up_of(units, z));
	}
	(hidden ? rn_rbm_hidden : rn_rbm_visible)(r, other, ROWS, NULL, alone, NULL);
	for (size_t k = 0; k < ROWS * n; k++)
		wrong += alone[k] != mean[k];
	return wrong;
}

static void
layers(void)
{
	static const enum rn_units kinds[] = { RN_UNITS_PM1, RN_UNITS_01, RN_UNITS_GAUSSIAN };
	struct rn_random random = rn_random_at(&key, 0);
	uint64_t words[ROWS * NV];
	float v[ROWS * NV], h[ROWS * NH];

	for (size_t k = 0; k < 6; k++) {
		struct rn_rbm r = reference_random(kinds[k / 2], kinds[k % 2], NV, NH, 1, &random);
		size_t wrong = 0;

		r.sigma = kinds[k / 2] == RN_UNITS_GAUSSIAN ? 0.7f : 1;
		for (size_t i = 0; i < ROWS * NV; i++)
			v[i] = (float)rn_random_normal(&random);
		for (size_t i = 0; i < ROWS * NH; i++)
			h[i] = (float)rn_random_normal(&random);
		rn_random_fill(&key, 1, 0, words, sizeof words / 16);
		wrong += wrong_layer(&r, true, v, (const uint32_t *)words);
		wrong += wrong_layer(&r, false, h, (const uint32_t *)words);
		OK(wrong == 0, "layers %s and %s", rn_units_name(r.visible), rn_units_name(r.hidden));
		rn_rbm_clear(&r);
	}
}

/* Certain units do what they are certain of, with any word. */
static void
certainty(void)
{
	static const uint32_t words[4] = { 0, UINT32_MAX, 0, UINT32_MAX };
	static const float z[] = { 1e4f, 100, 17.5f, FLT_MAX };
	size_t wrong = 0;

	for (int units = RN_UNITS_PM1; units <= RN_UNITS_01; units++)
		for (size_t k = 0; k < 4; k++) {
			struct rn_rbm r = reference_create((enum rn_units)units, (enum rn_units)units, 1, 4);
			float one = 1, up[4], down[4], low, high;

			rn_units_range(r.hidden, &low, &high);
			for (size_t a = 0; a < 4; a++)
				r.c[a] = z[k];
			rn_rbm_hidden(&r, &one, 1, words, NULL, up);
			for (size_t a = 0; a < 4; a++)
				r.c[a] = -z[k];
			rn_rbm_hidden(&r, &one, 1, words, NULL, down);
			for (size_t a = 0; a < 4; a++)
				wrong += (up[a] != high) + (down[a] != low);
			rn_rbm_clear(&r);
		}
	OK(wrong == 0, "units of |z| from 17.5 to FLT_MAX are certain");
}

/* Frequencies of up, over all 2^24 words' classes: p to 2^-24, at p near 0, 1/2 and 1. */
static void
probabilities(void)
{
	enum { N = 1 << 16 };
	static uint32_t words[N];
	static float c[N];
	double worst = 0;

	for (int k = -12; k <= 12; k++) {
		struct rn_rbm r = reference_create(RN_UNITS_01, RN_UNITS_01, N, 1);
		const double p = up_of(RN_UNITS_01, (double)k);
		const float none = 0;
		size_t up = 0, below;

		/* The words around p: all below it are up, all above down, so their number says where the border is. */
		for (size_t i = 0; i < N; i++) {
			const double word = floor(p * 0x1p24) - 0.5 * N + (double)i;

			words[i] = (uint32_t)fmin(fmax(word, 0), 0xffffff) << 8;
			r.b[i] = (float)k;
		}
		rn_rbm_visible(&r, &none, 1, words, NULL, c);
		for (size_t i = 0; i < N; i++)
			up += c[i] == 1;
		below = N / 2;
		worst = fmax(worst, fabs((double)up - (double)below) / (1 + p * 0x1p24 * 4e-7));
		rn_rbm_clear(&r);
	}
	OK(worst <= 2, "probabilities are right to 2^-24, but for rounding of exp: %g", worst);
}

static void
gaussian(void)
{
	enum { N = 100000 };
	struct rn_rbm r = reference_create(RN_UNITS_GAUSSIAN, RN_UNITS_01, N, 1);
	uint64_t *words = malloc(8 * N);
	float *v = malloc(N * sizeof *v), none = 0;
	double m1 = 0, m2 = 0, m4 = 0, edge = 0;

	if (!words || !v)
		abort();
	r.sigma = 2;
	for (size_t i = 0; i < N; i++)
		r.b[i] = 0.75f;
	rn_random_fill(&key, 2, 0, words, N / 2);
	rn_rbm_visible(&r, &none, 1, (const uint32_t *)words, NULL, v);
	for (size_t i = 0; i < N; i++) {
		const double x = ((double)v[i] - 3) / 2;

		m1 += x / N;
		m2 += x * x / N;
		m4 += x * x * x * x / N;
		edge = fmax(edge, fabs(x));
	}
	OK(fabs(m1) < 5 / sqrt(N) && fabs(m2 - 1) < 5 * sqrt(2.0 / N) && fabs(m4 - 3) < 5 * sqrt(96.0 / N) &&
			edge > 3.5 && edge < 6,
		"Gaussian units of sigma 2: moments %.4f %.4f %.4f", m1, m2, m4);
	free(words);
	free(v);
	rn_rbm_clear(&r);
}

/* F = -ln sum_h e^-H(v, h) */
static void
free_energy(void)
{
	static const enum rn_units kinds[] = { RN_UNITS_PM1, RN_UNITS_01, RN_UNITS_GAUSSIAN };
	struct rn_random random = rn_random_at(&key, 3);
	double worst = 0;

	for (size_t k = 0; k < 6; k++) {
		struct rn_rbm r = reference_random(kinds[k / 2], kinds[k % 2], NV, NH, 1, &random);
		float v[ROWS * NV], z[ROWS * NH];
		double F[ROWS], x[NV], h[NH];

		r.sigma = kinds[k / 2] == RN_UNITS_GAUSSIAN ? 0.7f : 1;
		for (size_t i = 0; i < ROWS * NV; i++)
			v[i] = (float)rn_random_normal(&random);
		rn_rbm_free_energy(&r, v, ROWS, z, F);
		for (size_t row = 0; row < ROWS; row++) {
			double sum = 0;

			for (size_t i = 0; i < NV; i++)
				x[i] = (double)v[row * NV + i];
			for (size_t s = 0; s < 1u << NH; s++) {
				reference_state(r.hidden, s, NH, h);
				sum += exp(reference_minus_energy(&r, x, h));
			}
			worst = fmax(worst, fabs(F[row] + log(sum)));
		}
		rn_rbm_clear(&r);
	}
	OK(worst < 1e-5, "free energies: %.1e", worst);
}

/* The published F(v), and -F(v) = ln P(v) + ln Z. */
static void
published(void)
{
	static const char *const kinds[] = { "pm1", "01" };
	double worst = 0, lnz[2];
	char kind[8], bits[8], line[256];
	size_t rows = 0;
	FILE *f = reference_open("rbm_small.csv");

	reference_numbers("kinds pm1 lnZ", 1, &lnz[0]);
	reference_numbers("kinds 01 lnZ", 1, &lnz[1]);
	while (fgets(line, sizeof line, f)) {
		double P, published_F, F;
		float v[REFERENCE_NV], z[REFERENCE_NH], low, high;
		struct rn_rbm r;
		int k;

		if (sscanf(line, "%3[a-z01m],%6[01],%lf,%lf", kind, bits, &P, &published_F) != 4)
			continue;
		k = strcmp(kind, kinds[1]) == 0;
		r = reference_machine(k ? RN_UNITS_01 : RN_UNITS_PM1);
		rn_units_range(r.visible, &low, &high);
		for (size_t i = 0; i < REFERENCE_NV; i++)
			v[i] = bits[i] == '1' ? high : low;
		rn_rbm_free_energy(&r, v, 1, z, &F);
		worst = fmax(worst, fmax(fabs(F - published_F), fabs(-F - log(P) - lnz[k])));
		rows++;
		rn_rbm_clear(&r);
	}
	fclose(f);
	OK(rows == 128 && worst < 3e-6, "F and P of rbm_small: %.1e", worst);
}

static void
record(void)
{
	const size_t shape[2] = { 3, 5 }, wrong_shape = 7;
	struct rn_random random = rn_random_at(&key, 5);
	struct rn_rbm r, again;
	struct rn_schema *s;
	struct rn_error err;
	uint8_t *bytes;
	size_t wrong = 0;

	if (rn_rbm_create(&r, RN_UNITS_GAUSSIAN, RN_UNITS_01, 2, shape, 4, &err) != RN_OK)
		abort();
	r.sigma = 0.3f;
	for (size_t i = 0; i < r.parameters; i++)
		r.theta[i] = (float)rn_random_normal(&random);
	if (rn_rbm_schema(&r, &s, &err) != RN_OK || !(bytes = calloc(s->record_bytes, 1)))
		abort();
	rn_rbm_put(&r, s, 17, bytes);
	OK(rn_rbm_of_record(&again, s, bytes, &err) == RN_OK && again.nv == 15 && again.nh == 4 &&
			again.ndim == 2 && again.shape[1] == 5 && again.visible == RN_UNITS_GAUSSIAN &&
			again.hidden == RN_UNITS_01 && again.sigma == r.sigma,
		"a record has units, shape and sigma");
	for (size_t i = 0; i < r.parameters; i++)
		wrong += again.theta[i] != r.theta[i];
	OK(wrong == 0 && rn_get_u64(rn_schema_find(s, "epoch"), bytes, 0) == 17, "and all parameters");
	rn_rbm_clear(&again);

	r.c[1] = NAN;
	rn_rbm_put(&r, s, 17, bytes);
	OK(rn_rbm_of_record(&again, s, bytes, &err) == RN_EDATA, "a NaN is refused: %s", err.text);
	rn_schema_drop_column(s, "c");
	OK(rn_rbm_of_record(&again, s, bytes, &err) == RN_EDATA, "no c: %s", err.text);
	if (rn_schema_set_key(s, "units", "pm1 gaussian", &err) != RN_OK)
		abort();
	OK(rn_rbm_of_record(&again, s, bytes, &err) == RN_EDATA, "units: %s", err.text);
	if (rn_schema_set_key(s, "units", "01 pm1", &err) != RN_OK ||
		rn_schema_set_key(s, "shape", "3 4", &err) != RN_OK)
		abort();
	OK(rn_rbm_of_record(&again, s, bytes, &err) == RN_EDATA, "shape: %s", err.text);
	OK(rn_rbm_create(&again, RN_UNITS_01, RN_UNITS_01, 1, &wrong_shape, 1u << 30, &err) == RN_EDATA,
		"too large: %s", err.text);
	free(bytes);
	rn_schema_destroy(s);
	rn_rbm_clear(&r);
}

int
main(void)
{
	layers();
	certainty();
	probabilities();
	gaussian();
	free_energy();
	published();
	record();
	return tap_done();
}
