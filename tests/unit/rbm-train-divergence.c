/* Exact losses: values, gradients, the ring as a machine, and what exact gradients reach. */
#include "../../src/rbm-train/divergence.h"

#include <math.h>

#include "../../src/rbm-train/enumerate.h"
#include "rbm_reference.h"
#include "renorm/optimiser.h"
#include "tap.h"

#define RING 8
#define RING_STATES (1 << RING)

static const struct rn_random_key key = { { 3, 4 } };
static const char *const loss_name[] = { "kl", "reverse-kl", "js" };

static struct divergence
divergence_of(const struct rn_rbm *r, enum divergence_loss loss, double eps, const double q[])
{
	struct divergence x;
	struct rn_error err;

	if (divergence_create(&x, r, loss, eps, q, &err) != RN_OK) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	return x;
}

/* --- the reference machine ------------------------------------------------ */

static size_t
reference_rows(uint8_t rows[], uint64_t index[])
{
	double bits[REFERENCE_DATA * REFERENCE_NV];

	reference_numbers("data_bits", REFERENCE_DATA * REFERENCE_NV, bits);
	for (size_t k = 0; k < REFERENCE_DATA; k++) {
		index[k] = k;
		rows[k] = 0;
		for (size_t i = 0; i < REFERENCE_NV; i++)
			rows[k] |= (uint8_t)((bits[k * REFERENCE_NV + i] != 0) << i);
	}
	return REFERENCE_DATA;
}

/* The table writes the first unit first; our state has it in the lowest bit. */
static size_t
wrong_p(const char *kind, const double p[], size_t *lines)
{
	FILE *f = reference_open("rbm_small.csv");
	char line[512], name[8], bits[16];
	size_t wrong = 0;
	double expected;

	*lines = 0;
	while (fgets(line, sizeof line, f)) {
		size_t s = 0;

		if (sscanf(line, "%7[^,],%15[01],%lf", name, bits, &expected) != 3 || strcmp(name, kind) != 0)
			continue;
		for (size_t i = 0; i < REFERENCE_NV; i++)
			s |= (size_t)(bits[i] == '1') << i;
		/* The numbers of the machine are f32 here and decimal there. */
		wrong += !(fabs(p[s] / expected - 1) < 1e-6);
		(*lines)++;
	}
	fclose(f);
	return wrong;
}

/* The KL divergence is -mean log-likelihood - entropy of the data, and its gradient minus the reference's. */
static void
reference(enum rn_units units)
{
	static const char *const block[] = { "W", "a", "b" };
	const size_t size[] = { REFERENCE_NV * REFERENCE_NH, REFERENCE_NV, REFERENCE_NH };
	const char *kind = rn_units_name(units);
	struct rn_rbm r = reference_machine(units);
	uint8_t rows[REFERENCE_DATA + RN_SLACK];
	uint64_t index[REFERENCE_DATA];
	double expected[REFERENCE_NV * REFERENCE_NH], entropy = 0, loss, worst = 0;
	float gradient[(REFERENCE_NV + 1) * (REFERENCE_NH + 1)], *g = gradient;
	const size_t n = reference_rows(rows, index);
	const struct rn_dataset d = { .type = RN_BIT,
		.ndim = 1,
		.shape = { REFERENCE_NV },
		.width = REFERENCE_NV,
		.n = n,
		.row_bytes = 1,
		.rows = rows };
	struct rn_error err;
	double *q = divergence_count(&r, &d, index, n, &err);
	struct divergence x;
	size_t lines, wrong;
	char keys[64];

	if (!q || divergence_create(&x, &r, LOSS_KL, 0, q, &err) != RN_OK)
		abort();
	free(q);
	loss = divergence_loss(&x, &r, gradient);
	for (size_t s = 0; s < x.states; s++)
		entropy -= x.q[s] > 0 ? x.q[s] * log(x.q[s]) : 0;
	snprintf(keys, sizeof keys, "%s mean_log_likelihood", kind);
	reference_numbers(keys, 1, expected);
	OK(fabs(loss + expected[0] + entropy) < 1e-6, "%s: KL %.10g, expected %.10g", kind, loss,
		-expected[0] - entropy);
	for (size_t b = 0; b < 3; g += size[b++]) {
		snprintf(keys, sizeof keys, "%s gradient %s", kind, block[b]);
		reference_numbers(keys, size[b], expected);
		for (size_t j = 0; j < size[b]; j++)
			worst = fmax(worst, fabs((double)g[j] + expected[j]));
	}
	OK(worst < 1e-6, "%s: its gradient, within %.1e", kind, worst);
	wrong = wrong_p(kind, x.p, &lines);
	OK(wrong == 0 && lines == x.states, "%s: p(v) of all %zu states, %zu wrong", kind, lines, wrong);
	divergence_clear(&x);
	rn_rbm_clear(&r);
}

/* --- values and gradients of random machines ------------------------------ */

static void
random_q(double q[], size_t states, struct rn_random *random)
{
	for (size_t s = 0; s < states; s++)
		q[s] = exp(2 * rn_random_normal(random));
}

static double
loss_of_definition(const struct divergence *x)
{
	long double sum = 0;

	for (size_t s = 0; s < x->states; s++) {
		const long double p = (long double)x->p[s], q = (long double)x->q[s], m = (p + q) / 2;

		switch (x->loss) {
		case LOSS_KL: sum += q * logl(q / p); break;
		case LOSS_REVERSE_KL: sum += p * logl(p / q); break;
		case LOSS_JS: sum += (p * logl(p / m) + q * logl(q / m)) / 2; break;
		}
	}
	return (double)sum;
}

/* Central differences; steps that a float holds exactly. */
static double
worst_gradient(struct divergence *x, struct rn_rbm *r)
{
	float *gradient = calloc(r->parameters, sizeof *gradient);
	double worst = 0;

	divergence_loss(x, r, gradient);
	for (size_t j = 0; j < r->parameters; j++) {
		const float at = r->theta[j], up = at + 0x1p-10f, down = at - 0x1p-10f;
		double difference;

		r->theta[j] = up;
		difference = divergence_loss(x, r, NULL);
		r->theta[j] = down;
		difference -= divergence_loss(x, r, NULL);
		r->theta[j] = at;
		worst = fmax(worst, fabs(difference / ((double)up - (double)down) - (double)gradient[j]));
	}
	free(gradient);
	return worst;
}

static void
random_machine(enum rn_units visible, enum rn_units hidden, size_t nv, size_t nh, enum divergence_loss loss)
{
	struct rn_random random = rn_random_at(&key, loss);
	struct rn_rbm r = reference_random(visible, hidden, nv, nh, 0.5, &random);
	double *q = calloc((size_t)1 << nv, sizeof *q), value, worst;
	struct divergence x;

	random_q(q, (size_t)1 << nv, &random);
	x = divergence_of(&r, loss, 0.1, q);
	value = divergence_loss(&x, &r, NULL);
	OK(fabs(value - loss_of_definition(&x)) < 1e-13, "%zu %s, %zu %s: %s = %.12g", nv,
		rn_units_name(visible), nh, rn_units_name(hidden), loss_name[loss], value);
	worst = worst_gradient(&x, &r);
	OK(worst < 2e-6, "its gradient is that of finite differences within %.1e", worst);
	divergence_clear(&x);
	rn_rbm_clear(&r);
	free(q);
}

/* Gradients where the states fill more than one block: against one block's worth of hidden units each. */
static void
many_blocks(void)
{
	random_machine(RN_UNITS_PM1, RN_UNITS_01, 8, 200, LOSS_KL);
	random_machine(RN_UNITS_01, RN_UNITS_PM1, 9, 150, LOSS_REVERSE_KL);
}

/* --- limits and refusals -------------------------------------------------- */

static void
of_sparse_data(void)
{
	struct rn_rbm r = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, 3, 2);
	double q[8] = { 3, 0, 0, 0, 0, 0, 0, 1 }, loss;
	struct divergence x;
	struct rn_error err = { 0 };
	enum rn_status st;
	float gradient[11];

	x = divergence_of(&r, LOSS_KL, 0, q);
	loss = divergence_loss(&x, &r, gradient);
	OK(fabs(loss - (log(8) + 0.75 * log(0.75) + 0.25 * log(0.25))) < 1e-14, "KL of two states: %.15g",
		loss);
	OK(fabs((double)gradient[6] - 0.5) < 1e-7, "of which three quarters are down: gradient %g",
		(double)gradient[6]);
	divergence_clear(&x);
	x = divergence_of(&r, LOSS_JS, 0, q);
	for (size_t i = 0; i < 3; i++)
		r.b[i] = i % 2 ? 500.F : -500.F; /* a state the data do not have, and p = 0 for all others */
	loss = divergence_loss(&x, &r, gradient);
	OK(fabs(loss - log(2)) < 1e-14 && isfinite(gradient[0]),
		"JS of what has nothing in common: ln 2 - %.1e", log(2) - loss);
	r.W[0] = INFINITY;
	OK(isnan(divergence_loss(&x, &r, NULL)), "numbers that are not finite give NaN");
	divergence_clear(&x);
	st = divergence_create(&x, &r, LOSS_REVERSE_KL, 0, q, &err);
	OK(st == RN_EDATA && strstr(err.text, "6 of 8"), "refused: %s", err.text);
	divergence_clear(&x);
	st = divergence_create(&x, &r, LOSS_REVERSE_KL, 1.5, q, &err);
	OK(st == RN_EDATA, "refused: %s", err.text);
	divergence_clear(&x);
	q[0] = q[7] = 0;
	st = divergence_create(&x, &r, LOSS_KL, 0, q, &err);
	OK(st == RN_EDATA, "refused: %s", err.text);
	divergence_clear(&x);
	rn_rbm_clear(&r);
	r = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, 21, 1);
	st = divergence_create(&x, &r, LOSS_KL, 0, q, &err);
	OK(st == RN_EDATA, "refused: %s", err.text);
	divergence_clear(&x);
	rn_rbm_clear(&r);
}

static void
of_other_values(void)
{
	struct rn_rbm r = reference_create(RN_UNITS_01, RN_UNITS_01, 2, 1);
	uint8_t rows[4 + RN_SLACK] = { 0, 255, 255, 100 };
	const uint64_t index[2] = { 0, 1 };
	double weight[2] = { 1, 3 };
	struct rn_dataset d = { .type = RN_U8,
		.ndim = 1,
		.shape = { 2 },
		.width = 2,
		.n = 2,
		.row_bytes = 2,
		.rows = rows,
		.weight = weight };
	struct divergence x;
	struct rn_error err = { 0 };
	double *q = divergence_count(&r, &d, index, 2, &err);
	enum rn_status st;

	OK(!q && err.status == RN_EDATA && strstr(err.text, "record 1") && strstr(err.text, "0 and 255"),
		"refused: %s", err.text);
	rows[3] = 0;
	q = divergence_count(&r, &d, index, 2, &err);
	st = q ? divergence_create(&x, &r, LOSS_KL, 0.2, q, &err) : RN_EDATA;
	free(q);
	OK(st == RN_OK && fabs(x.q[2] - 0.25) < 1e-15 && fabs(x.q[1] - 0.65) < 1e-15 &&
			fabs(x.q[0] - 0.05) < 1e-15,
		"weights 1 and 3, smoothed by 0.2");
	divergence_clear(&x);
	rn_rbm_clear(&r);
}

/* --- the ring of 8 -------------------------------------------------------- */

static void
ring_q(double T, double q[RING_STATES])
{
	double sum = 0;

	for (unsigned s = 0; s < RING_STATES; s++) {
		const unsigned next = (s >> 1 | s << (RING - 1)) & (RING_STATES - 1);

		q[s] = exp((RING - 2.0 * __builtin_popcount(s ^ next)) / T);
		sum += q[s];
	}
	for (unsigned s = 0; s < RING_STATES; s++)
		q[s] /= sum;
}

/* One hidden unit a bond, coupled with +w to both of its spins: 2 cosh(w (s + s')) = A e^{K s s'}, cosh 2w = e^{2K}. */
static void
bonds(double T)
{
	struct rn_rbm r = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, RING, RING);
	double q[RING_STATES], loss, wrong;
	struct divergence x;

	for (size_t a = 0; a < RING; a++)
		r.W[a * RING + a] = r.W[(a + 1) % RING * RING + a] = (float)(acosh(exp(2 / T)) / 2);
	ring_q(T, q);
	x = divergence_of(&r, LOSS_KL, 0, q);
	loss = divergence_loss(&x, &r, NULL);
	/* w is rounded to 2^-25 of itself, and KL is quadratic in that. */
	OK(fabs(loss) < 1e-12, "T = %g: a hidden unit a bond has KL %.1e", T, loss);
	for (size_t a = 0; a < RING; a++)
		r.W[a * RING + a] *= 1.01F;
	wrong = divergence_loss(&x, &r, NULL);
	OK(wrong > 1e-6, "T = %g: and %.1e with half of the weights off by a hundredth", T, wrong);
	divergence_clear(&x);
	rn_rbm_clear(&r);
}

/*
 * An even ring is bipartite as the machine is: half as many hidden units do, when each copies every second spin
 * (a large weight) and couples to its neighbours with K. The floor with 4 is 0, at infinite weights.
 */
static void
copies(double T)
{
	struct rn_rbm r = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, RING, RING / 2);
	double q[RING_STATES], loss;
	struct divergence x;

	for (size_t a = 0; a < RING / 2; a++) {
		const size_t i = 2 * a;

		r.W[i * (RING / 2) + a] = 20;
		r.W[(i + 1) * (RING / 2) + a] = r.W[(i + RING - 1) % RING * (RING / 2) + a] = (float)(1 / T);
	}
	ring_q(T, q);
	x = divergence_of(&r, LOSS_KL, 0, q);
	loss = divergence_loss(&x, &r, NULL);
	OK(fabs(loss) < 1e-12, "T = %g: half as many units, copies of every second spin, have KL %.1e", T,
		loss);
	divergence_clear(&x);
	rn_rbm_clear(&r);
}

/* The loss after so many updates of Adam whose rate falls to a hundredth, from W ~ N(0, 0.3^2). */
static double
trained(struct divergence *x, struct rn_rbm *r, struct rn_random *random, size_t updates, double rate)
{
	const struct rn_optimiser_options o = { .kind = RN_ADAM,
		.beta1 = 0.9,
		.beta2 = 0.999,
		.epsilon = 1e-8 };
	float *gradient = calloc(r->parameters, sizeof *gradient);
	struct rn_optimiser p;
	struct rn_error err;

	if (!gradient || rn_optimiser_create(&p, &o, r->parameters, &err) != RN_OK)
		abort();
	for (size_t j = 0; j < r->parameters; j++)
		r->theta[j] = j < r->nv * r->nh ? (float)(0.3 * rn_random_normal(random)) : 0;
	for (size_t t = 0; t < updates; t++) {
		divergence_loss(x, r, gradient);
		rn_optimiser_begin(&p, rate * pow(0.01, (double)t / (double)updates));
		rn_optimiser_block(&p, 0, r->parameters, 0, 0, r->theta, gradient);
	}
	rn_optimiser_clear(&p);
	free(gradient);
	return divergence_loss(x, r, NULL);
}

/* The best of `starts`, and how many came below 1e-4. */
static double
best_of(size_t nh, double T, size_t starts, size_t updates, double rate, size_t *good)
{
	struct rn_rbm r = reference_create(RN_UNITS_PM1, RN_UNITS_PM1, RING, nh);
	double q[RING_STATES], best = INFINITY;
	struct divergence x;

	ring_q(T, q);
	x = divergence_of(&r, LOSS_KL, 0, q);
	*good = 0;
	for (size_t k = 0; k < starts; k++) {
		struct rn_random random = rn_random_at(&key, 100 + k);
		const double loss = trained(&x, &r, &random, updates, rate);

		*good += loss < 1e-4;
		best = fmin(best, loss);
	}
	divergence_clear(&x);
	rn_rbm_clear(&r);
	return best;
}

static void
training(double T)
{
	size_t good;
	double best = best_of(RING, T, 3, 8000, 0.03, &good);

	OK(best < 1e-4 && good == 3,
		"T = %g: 8 hidden units, %zu of 3 starts below 1e-4, the best at KL %.1e", T, good, best);
	best = best_of(RING / 2, T, 3, 20000, 0.03, &good);
	OK(best < 1e-4, "T = %g: 4 hidden units, %zu of 3 starts below 1e-4, the best at KL %.1e", T, good,
		best);
	best = best_of(RING / 2 - 1, T, 3, 3000, 0.03, &good);
	OK(best > 0.02 && best < 0.3, "T = %g: 3 hidden units, none: the best at KL %.3f", T, best);
}

int
main(void)
{
	static const double T[] = { 1, 2, 4 };

	reference(RN_UNITS_PM1);
	reference(RN_UNITS_01);
	for (enum divergence_loss loss = LOSS_KL; loss <= LOSS_JS; loss++) {
		random_machine(RN_UNITS_PM1, RN_UNITS_PM1, 6, 3, loss);
		random_machine(RN_UNITS_01, RN_UNITS_01, 5, 4, loss);
		random_machine(RN_UNITS_PM1, RN_UNITS_01, 1, 1, loss);
	}
	many_blocks();
	of_sparse_data();
	of_other_values();
	for (size_t k = 0; k < 3; k++) {
		bonds(T[k]);
		copies(T[k]);
	}
	for (size_t k = 0; k < 3; k++)
		training(T[k]);
	return tap_done();
}
