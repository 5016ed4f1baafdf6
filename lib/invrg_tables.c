/* States of blocks of Ising spins: their contexts, their probabilities, and how they are drawn. */
#include "invrg_tables.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"

enum { STATES = RN_INVRG_STATES };

struct tables {
	enum rn_invrg_context kind;
	unsigned colours;
	struct rn_lattice coarse, fine;
	size_t stride;	     /* random words a row: even, so that rows begin with a block of them */
	uint64_t *entry[2];  /* contexts x 16: alias tables */
	uint8_t *spins, *up; /* unpacked: of the coarse lattice, and of the fine one */
	uint16_t *context;   /* a row */
	uint64_t *words;     /* a row */
};

/* --- probabilities -------------------------------------------------------------- */

/*
 * n(s | context) observations, and one more that is spread as those of all contexts with the same centre are: a context
 * that was never seen is that average, and a state that the rule excludes stays excluded. With no observation of the
 * centre at all, all states are alike.
 */
void
rn_invrg_probabilities(const uint64_t counts[], size_t contexts, size_t context, double p[STATES])
{
	double average[STATES] = { 0 }, all = 0, seen = 0;

	for (size_t c = context & 1; c < contexts; c += 2)
		for (size_t s = 0; s < STATES; s++)
			average[s] += (double)counts[c * STATES + s];
	for (size_t s = 0; s < STATES; s++)
		all += average[s];
	for (size_t s = 0; s < STATES; s++) {
		p[s] = (double)counts[context * STATES + s];
		seen += p[s];
	}
	for (size_t s = 0; s < STATES; s++)
		p[s] = (p[s] + (all > 0 ? average[s] / all : 1.0 / STATES)) / (seen + 1);
}

/*
 * Alias table (A. J. Walker, ACM Trans. Math. Softw. 3 (1977) 253): each of 16 equally likely entries k stands for the
 * states k and alias_k, the first with a probability of threshold_k 2^-60. An entry is 16 threshold + alias.
 */
static void
make_alias(const double p[STATES], uint64_t entry[STATES])
{
	double left[STATES];
	size_t small[STATES] = { 0 }, large[STATES] = { 0 }, nsmall = 0, nlarge = 0;

	for (size_t s = 0; s < STATES; s++) {
		left[s] = STATES * p[s];
		if (left[s] < 1)
			small[nsmall++] = s;
		else
			large[nlarge++] = s;
		entry[s] = ~15ull | s; /* what rounding leaves over is whole */
	}
	while (nsmall > 0 && nlarge > 0) {
		const size_t s = small[--nsmall], l = large[nlarge - 1];

		entry[s] = (uint64_t)(left[s] * 0x1p60) << 4 | l;
		left[l] -= 1 - left[s];
		if (left[l] < 1) {
			nlarge--;
			small[nsmall++] = l;
		}
	}
}

static inline unsigned
draw(const uint64_t entry[STATES], uint64_t word)
{
	const unsigned k = word & 15;
	const uint64_t e = entry[k];

	return word >> 4 < e >> 4 ? k : (unsigned)(e & 15);
}

/* --- contexts --------------------------------------------------------------------- */

static void
coarse_contexts(bool eight, const struct rn_lattice *l, size_t I, const uint8_t spins[], uint16_t context[])
{
	const size_t L1 = l->rows, L2 = l->cols;
	const uint8_t *row[3] = { spins + (I + L1 - 1) % L1 * L2, spins + I * L2, spins + (I + 1) % L1 * L2 };
	unsigned near[3]; /* of each row, the spins at J - 1, J, J + 1 in bits 0, 1, 2 */

	for (int k = 0; k < 3; k++)
		near[k] = (unsigned)row[k][L2 - 1] << 1 | (unsigned)row[k][0] << 2;
	for (size_t J = 0; J < L2; J++) {
		const size_t next = J + 1 < L2 ? J + 1 : 0;
		unsigned sides;

		for (int k = 0; k < 3; k++)
			near[k] = near[k] >> 1 | (unsigned)row[k][next] << 2;
		sides = (near[1] & 1) | (near[1] >> 1 & 2);
		if (eight)
			context[J] =
				(uint16_t)((near[1] >> 1 & 1) | near[0] << 1 | sides << 4 | near[2] << 6);
		else
			context[J] = (uint16_t)((near[1] >> 1 & 1) | (near[0] & 2) | sides << 2 |
				(near[2] >> 1 & 1) << 4);
	}
}

static void
fine_contexts(const struct rn_lattice *l, size_t I, const uint8_t spins[], const uint8_t fine[],
	uint16_t context[])
{
	const size_t L2 = 2 * l->cols, L1 = 2 * l->rows;
	const uint8_t *above = fine + (2 * I + L1 - 1) % L1 * L2, *below = fine + (2 * I + 2) % L1 * L2;
	const uint8_t *upper = fine + 2 * I * L2, *lower = upper + L2;

	for (size_t J = (I + 1) % 2; J < l->cols; J += 2) {
		const size_t left = (J > 0 ? 2 * J : L2) - 1, right = 2 * J + 2 < L2 ? 2 * J + 2 : 0;

		context[J] = (uint16_t)(spins[I * l->cols + J] | above[2 * J] << 1 | above[2 * J + 1] << 2 |
			upper[left] << 3 | upper[right] << 4 | lower[left] << 5 | lower[right] << 6 |
			below[2 * J] << 7 | below[2 * J + 1] << 8);
	}
}

void
tables_contexts(enum rn_invrg_context kind, unsigned colour, const struct rn_lattice *coarse, size_t I,
	const uint8_t spins[], const uint8_t fine[], uint16_t context[])
{
	if (colour == 0)
		coarse_contexts(kind != RN_INVRG_CENTRE4, coarse, I, spins, context);
	else
		fine_contexts(coarse, I, spins, fine, context);
}

/* --- a lattice ------------------------------------------------------------------------ */

enum rn_status
tables_create(struct tables **out, const struct rn_invrg *m, const struct rn_lattice *coarse,
	struct rn_error *err)
{
	const size_t extents[2] = { 2 * coarse->rows, 2 * coarse->cols };
	struct tables *t;

	*out = NULL;
	if (coarse->dim != 2)
		return rn_fail(err, RN_EDATA, "the model is of two dimensions, and the lattice is a ring");
	if (m->count[1] && (coarse->rows % 2 || coarse->cols % 2))
		return rn_fail(err, RN_EDATA,
			"two colours of blocks do not fit a torus of %zux%zu blocks; extents must be even, "
			"or "
			"the model of one colour (invrg-train --context centre+8)",
			coarse->rows, coarse->cols);
	if (!(*out = t = calloc(1, sizeof *t)))
		return rn_fail_memory(err, "tables");
	t->kind = m->context;
	t->colours = m->count[1] ? 2 : 1;
	t->coarse = *coarse;
	t->fine = rn_lattice_make(2, extents);
	t->stride = (coarse->cols + 1) / 2 * 2;
	t->spins = malloc(coarse->sites);
	t->up = calloc(t->fine.sites, 1);
	t->context = calloc(coarse->cols, sizeof *t->context);
	t->words = calloc(t->stride, sizeof *t->words);
	for (unsigned k = 0; k < t->colours; k++)
		t->entry[k] = calloc(m->contexts * STATES, sizeof *t->entry[k]);
	if (!t->spins || !t->up || !t->context || !t->words || !t->entry[0] || !t->entry[t->colours - 1]) {
		tables_destroy(t);
		*out = NULL;
		return rn_fail_memory(err, "tables");
	}
	for (unsigned k = 0; k < t->colours; k++)
		for (size_t c = 0; c < m->contexts; c++) {
			double p[STATES];

			rn_invrg_probabilities(m->count[k], m->contexts, c, p);
			make_alias(p, t->entry[k] + c * STATES);
		}
	return RN_OK;
}

void
tables_destroy(struct tables *t)
{
	if (!t)
		return;
	free(t->entry[0]);
	free(t->entry[1]);
	free(t->spins);
	free(t->up);
	free(t->context);
	free(t->words);
	free(t);
}

/* Blocks first, first + step, ... of row I. */
static void
draw_row(struct tables *t, unsigned colour, size_t I, size_t first, size_t step)
{
	uint8_t *upper = t->up + 2 * I * t->fine.cols, *lower = upper + t->fine.cols;

	for (size_t J = first; J < t->coarse.cols; J += step) {
		const unsigned state = draw(t->entry[colour] + (size_t)t->context[J] * STATES, t->words[J]);

		upper[2 * J] = state & 1;
		upper[2 * J + 1] = state >> 1 & 1;
		lower[2 * J] = state >> 2 & 1;
		lower[2 * J + 1] = state >> 3 & 1;
	}
}

void
tables_apply(struct tables *t, const struct rn_random_key *key, uint64_t id, const uint8_t *coarse,
	uint8_t *fine)
{
	rn_bits_unpack_u8(coarse, t->coarse.sites, t->spins);
	for (unsigned colour = 0; colour < t->colours; colour++)
		for (size_t I = 0; I < t->coarse.rows; I++) {
			tables_contexts(t->kind, colour, &t->coarse, I, t->spins, t->up, t->context);
			rn_random_fill(key, id, I * t->stride / 2, t->words, t->stride / 2);
			draw_row(t, colour, I, t->colours == 2 ? (I + colour) % 2 : 0, t->colours);
		}
	rn_bits_pack_u8(t->up, t->fine.sites, fine);
}
