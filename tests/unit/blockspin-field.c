/* Blocks of real fields, against a loop over sites. */
#include "../../src/blockspin/field_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/field.h"
#include "renorm/random.h"
#include "tap.h"

static struct rn_random source;

struct site_sums {
	double positive, negative, sum;
	size_t positives, negatives;
	double first; /* the top left site */
};

static struct site_sums
sums_of(const struct field_block *k, const double *phi, size_t I)
{
	const size_t top = I / k->coarse.cols * k->rows, left = I % k->coarse.cols * k->b;
	struct site_sums s = { .first = phi[top * k->fine.cols + left] };

	for (size_t y = top; y < top + k->rows; y++)
		for (size_t x = left; x < left + k->b; x++) {
			const double v = phi[y * k->fine.cols + x];

			s.sum += v;
			if (v > 0) {
				s.positive += v;
				s.positives++;
			} else if (v < 0) {
				s.negative += v;
				s.negatives++;
			}
		}
	return s;
}

/* The rules, as field_block.h has them in words. */
static double
reference(const struct field_block *k, const double *phi, size_t I)
{
	const struct site_sums s = sums_of(k, phi, I);
	const double n = (double)(k->rows * k->b), w = k->rule == FIELD_SOFT ? k->minority : 0;
	const double total = s.positive + s.negative, sign = total != 0 ? total : s.first;

	switch (k->rule) {
	case FIELD_DECIMATE: return s.first * k->scale;
	case FIELD_SUM: return s.sum * k->scale;
	case FIELD_MEAN: return s.sum / n * k->scale;
	default:
		if (sign > 0)
			return (s.positive + w * s.negative) /
				((double)s.positives + w * (n - (double)s.positives)) * k->scale;
		if (sign < 0)
			return (s.negative + w * s.positive) /
				((double)s.negatives + w * (n - (double)s.negatives)) * k->scale;
		return 0;
	}
}

/* Normal numbers, or small whole ones: those make sums of 0, and top left sites of 0. */
static double
draw(bool whole)
{
	return whole ? (double)rn_random_below(&source, 5) - 2 : rn_random_uniform(&source) * 4 - 2;
}

static double
rounded(enum rn_type type, double v)
{
	return type == RN_F32 ? (double)(float)v : v;
}

static void
put(uint8_t *bytes, enum rn_type type, size_t i, double v)
{
	const float narrow = (float)v;

	if (type == RN_F32)
		memcpy(bytes + i * sizeof narrow, &narrow, sizeof narrow);
	else
		memcpy(bytes + i * sizeof v, &v, sizeof v);
}

static double
get(const uint8_t *bytes, enum rn_type type, size_t i)
{
	float narrow;
	double v;

	if (type == RN_F32) {
		memcpy(&narrow, bytes + i * sizeof narrow, sizeof narrow);
		return (double)narrow;
	}
	memcpy(&v, bytes + i * sizeof v, sizeof v);
	return v;
}

/* One byte off alignment, in blocks that end where the fields end: to the bit what the loop gives. */
static size_t
wrong_blocks(const struct field_block *k, bool whole)
{
	const size_t width = rn_type_bytes(k->type);
	double *phi = calloc(k->fine.sites, sizeof *phi);
	uint8_t *fine = malloc(1 + k->fine.sites * width), *coarse = malloc(2 + k->coarse.sites * width);
	size_t wrong = 0;

	if (!phi || !fine || !coarse)
		abort();
	for (size_t i = 0; i < k->fine.sites; i++) {
		phi[i] = rounded(k->type, draw(whole));
		put(fine + 1, k->type, i, phi[i]);
	}
	memset(coarse, 0xa5, 2 + k->coarse.sites * width);
	field_block_apply(k, fine + 1, coarse + 1);
	for (size_t I = 0; I < k->coarse.sites; I++)
		wrong += get(coarse + 1, k->type, I) != rounded(k->type, reference(k, phi, I));
	wrong += coarse[1 + k->coarse.sites * width] != 0xa5;
	free(phi);
	free(fine);
	free(coarse);
	return wrong;
}

static size_t
wrong_for(unsigned d, size_t L1, size_t L2, size_t b)
{
	static const struct {
		enum field_rule rule;
		double minority, scale;
	} rules[] = { { FIELD_MAJORITY_MEAN, 0.5, 1 }, { FIELD_MAJORITY_MEAN, 0, 1.25 }, { FIELD_SOFT, 0, 1 },
		{ FIELD_SOFT, 0.3, 1.1 }, { FIELD_SOFT, 1, 1 }, { FIELD_MEAN, 0, 1 },
		{ FIELD_MEAN, 0, 1.0905 }, { FIELD_SUM, 0, 0.5 }, { FIELD_DECIMATE, 0, 1 },
		{ FIELD_DECIMATE, 0, 3 } };
	const size_t extents[2] = { L1, L2 };
	const struct rn_lattice fine = rn_lattice_make(d, d == 1 ? &L2 : extents);
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		for (int type = RN_F32; type <= RN_F64; type++) {
			struct field_block k = {
				.type = (enum rn_type)type,
				.rule = rules[i].rule,
				.minority = rules[i].minority,
				.scale = rules[i].scale,
			};

			if (!field_block_init(&k, &fine, b))
				return 1;
			wrong += wrong_blocks(&k, false) + wrong_blocks(&k, true);
		}
	return wrong;
}

static void
shapes(void)
{
	size_t wrong = 0;

	for (size_t b = 2; b <= 9; b++)
		for (size_t n = 1; n <= 11; n++)
			wrong += wrong_for(1, 1, n * b, b);
	OK(wrong == 0, "rings, b = 2 to 9, to the bit");
	wrong = 0;
	for (size_t b = 2; b <= 5; b++)
		for (size_t rows = 1; rows <= 3; rows++)
			for (size_t cols = 1; cols <= 18; cols++)
				wrong += wrong_for(2, rows * b, cols * b, b);
	wrong += wrong_for(2, 2 * 33, 33, 33) + wrong_for(2, 64, 256, 2);
	OK(wrong == 0, "tori, b = 2 to 33, to the bit");
}

static void
divisibility(void)
{
	const size_t extents[2] = { 12, 18 };
	const struct rn_lattice torus = rn_lattice_make(2, extents), ring = rn_lattice_make(1, extents);
	struct field_block k = { .type = RN_F32 };

	OK(field_block_init(&k, &torus, 6) && k.coarse.rows == 2 && k.coarse.cols == 3 && k.coarse.dim == 2,
		"12 x 18 in blocks of 6");
	OK(field_block_init(&k, &ring, 4) && k.coarse.dim == 1 && k.coarse.cols == 3 && k.rows == 1,
		"a ring of 12 in blocks of 4");
	OK(!field_block_init(&k, &torus, 4) && !field_block_init(&k, &torus, 9) &&
			!field_block_init(&k, &torus, 1) && !field_block_init(&k, &torus, 0),
		"b must be at least 2 and divide both extents");
}

static double
one_block(const double phi[4], enum field_rule rule, double minority)
{
	const size_t extents[2] = { 2, 2 };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	struct field_block k = { .type = RN_F64, .rule = rule, .minority = minority, .scale = 1 };
	double out;

	if (!field_block_init(&k, &l, 2))
		abort();
	field_block_apply(&k, (const uint8_t *)phi, (uint8_t *)&out);
	return out;
}

static void
by_hand(void)
{
	static const double one_up[] = { -1, -2, 8, -3 }, tie[] = { 1, 2, -3, 0 },
			    other_tie[] = { -1, -2, 3, 0 }, no_sign[] = { 0, 2, -2, 0 }, zero[4] = { 0 };

	OK(one_block(one_up, FIELD_MAJORITY_MEAN, 0) == 8, "the sum decides, not the number of sites");
	OK(one_block(one_up, FIELD_SOFT, 0.5) == (8 - 3) / 2.5,
		"the others by their weight: (8 - 6/2) / (1 + 3/2)");
	OK(one_block(one_up, FIELD_SOFT, 1) == 0.5, "with weight 1 the mean");
	OK(one_block(tie, FIELD_MAJORITY_MEAN, 0) == 1.5, "a sum of 0 takes the sign of the top left site");
	OK(one_block(other_tie, FIELD_MAJORITY_MEAN, 0) == -1.5, "and is odd");
	OK(one_block(no_sign, FIELD_MAJORITY_MEAN, 0) == 0 && one_block(zero, FIELD_SOFT, 0.5) == 0,
		"0 where that has no sign either");
}

static void
finiteness(void)
{
	const double bad[] = { NAN, INFINITY, -INFINITY };
	bool found = true, passed = true;

	for (size_t n = 1; n <= 40; n++)
		for (int type = RN_F32; type <= RN_F64; type++) {
			uint8_t *bytes = malloc(1 + n * 8);

			for (size_t i = 0; bytes && i < n; i++)
				put(bytes + 1, (enum rn_type)type, i, i % 2 ? 3e38 : -1e-40);
			passed &= bytes && rn_field_is_finite((enum rn_type)type, bytes + 1, n);
			for (size_t i = 0; bytes && i < n; i++)
				for (size_t j = 0; j < 3; j++) {
					put(bytes + 1, (enum rn_type)type, i, bad[j]);
					found &= !rn_field_is_finite((enum rn_type)type, bytes + 1, n);
					put(bytes + 1, (enum rn_type)type, i, 1);
				}
			free(bytes);
		}
	OK(passed && found, "nan and inf are found wherever they stand");
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "field blocks", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	divisibility();
	by_hand();
	shapes();
	finiteness();
	return tap_done();
}
