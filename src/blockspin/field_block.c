/* Blocks of a real field, four at a time: each lane does what a loop over the sites of its block would do. */
#include "field_block.h"

#include "renorm/reals.h"

bool
field_block_init(struct field_block *k, const struct rn_lattice *fine, size_t b)
{
	const size_t rows = fine->dim == 2 ? b : 1;

	if (b < 2 || fine->rows % rows != 0 || fine->cols % b != 0)
		return false;

	const size_t extents[2] = { fine->rows / rows, fine->cols / b };

	k->fine = *fine;
	k->coarse = rn_lattice_make(fine->dim, fine->dim == 2 ? extents : extents + 1);
	k->b = b;
	k->rows = rows;
	return true;
}

/* Up to four blocks side by side. */
struct blocks {
	const uint8_t *fine;
	enum rn_type type;
	size_t at;	/* site of the first one's top left corner */
	size_t n;	/* of them, 1 to 4 */
	size_t cols;	/* of the lattice */
	size_t rows, b; /* of a block */
};

/* The sites (dy, dx) of the blocks; 0 where there is no block. */
static RN_INLINE rn_four
sites(const struct blocks *s, size_t dy, size_t dx)
{
	const size_t at = s->at + dy * s->cols;
	rn_four v = { 0 };

	if (s->b == 2 && s->n == RN_FOUR) {
		const rn_four left = rn_load_four(s->fine, s->type, at),
			      right = rn_load_four(s->fine, s->type, at + RN_FOUR);

		return dx == 0 ? __builtin_shufflevector(left, right, 0, 2, 4, 6)
			       : __builtin_shufflevector(left, right, 1, 3, 5, 7);
	}
	for (size_t i = 0; i < s->n; i++)
		v[i] = rn_load_real(s->fine, s->type, at + i * s->b + dx);
	return v;
}

static RN_INLINE rn_four
sum(const struct blocks *s)
{
	rn_four total = { 0 };

	for (size_t dy = 0; dy < s->rows; dy++)
		for (size_t dx = 0; dx < s->b; dx++)
			total += sites(s, dy, dx);
	return total;
}

static RN_INLINE rn_four
choose(rn_four_mask up, rn_four of_up, rn_four_mask down, rn_four of_down)
{
	return (rn_four)((rn_four_mask)rn_four_if(up, of_up) | (rn_four_mask)rn_four_if(down, of_down));
}

/* A block without a sign, of sum 0 and top left 0, has no majority: 0 of n sites. */
static RN_INLINE rn_four
soft_mean(const struct blocks *s, double w)
{
	const double n = (double)(s->rows * s->b);
	const rn_four one = { 1, 1, 1, 1 }, zero = { 0 };
	const rn_four first = sites(s, 0, 0);
	rn_four positive = zero, negative = zero, positives = zero, negatives = zero;

	for (size_t dy = 0; dy < s->rows; dy++)
		for (size_t dx = 0; dx < s->b; dx++) {
			const rn_four v = sites(s, dy, dx);

			positive += rn_four_if(v > zero, v);
			negative += rn_four_if(v < zero, v);
			positives += rn_four_if(v > zero, one);
			negatives += rn_four_if(v < zero, one);
		}

	const rn_four total = positive + negative;
	const rn_four_mask tie = total == zero;
	const rn_four_mask up = (total > zero) | (tie & (first > zero)),
			   down = (total < zero) | (tie & (first < zero));
	const rn_four major = choose(up, positive, down, negative),
		      minor = choose(up, negative, down, positive);
	const rn_four count = choose(up, positives, down, negatives) + rn_four_if(~(up | down), n * one);

	return (major + w * minor) / (count + w * (n - count));
}

/* `b` and `rule` are constants where this is called: a loop of its own for each. */
static RN_INLINE void
apply_rule(const struct field_block *k, enum rn_type type, size_t b, enum field_rule rule,
	const uint8_t *fine, uint8_t *coarse)
{
	const double n = (double)(k->rows * b), w = k->rule == FIELD_SOFT ? k->minority : 0;

	for (size_t Y = 0; Y < k->coarse.rows; Y++)
		for (size_t X = 0; X < k->coarse.cols; X += RN_FOUR) {
			const size_t left = k->coarse.cols - X, I = Y * k->coarse.cols + X;
			const struct blocks s = {
				.fine = fine,
				.type = type,
				.at = Y * k->rows * k->fine.cols + X * b,
				.n = left < RN_FOUR ? left : RN_FOUR,
				.cols = k->fine.cols,
				.rows = k->rows,
				.b = b,
			};
			rn_four v;

			switch (rule) {
			case FIELD_DECIMATE: v = sites(&s, 0, 0); break;
			case FIELD_SUM: v = sum(&s); break;
			case FIELD_MEAN: v = sum(&s) / n; break;
			default: v = soft_mean(&s, w);
			}
			v *= k->scale;
			if (s.n == RN_FOUR)
				rn_store_four(coarse, type, I, v);
			for (size_t i = 0; s.n < RN_FOUR && i < s.n; i++)
				rn_store_real(coarse, type, I + i, v[i]);
		}
}

static RN_INLINE void
apply_type(const struct field_block *k, enum rn_type type, size_t b, const uint8_t *fine, uint8_t *coarse)
{
	switch (k->rule) {
	case FIELD_DECIMATE: apply_rule(k, type, b, FIELD_DECIMATE, fine, coarse); return;
	case FIELD_SUM: apply_rule(k, type, b, FIELD_SUM, fine, coarse); return;
	case FIELD_MEAN: apply_rule(k, type, b, FIELD_MEAN, fine, coarse); return;
	default: apply_rule(k, type, b, FIELD_SOFT, fine, coarse);
	}
}

static RN_INLINE void
apply(const struct field_block *k, const uint8_t *fine, uint8_t *coarse)
{
	if (k->b == 2 && k->type == RN_F32)
		apply_type(k, RN_F32, 2, fine, coarse);
	else if (k->b == 2)
		apply_type(k, RN_F64, 2, fine, coarse);
	else if (k->type == RN_F32)
		apply_type(k, RN_F32, k->b, fine, coarse);
	else
		apply_type(k, RN_F64, k->b, fine, coarse);
}

typedef void apply_function(const struct field_block *k, const uint8_t *fine, uint8_t *coarse);

#define LEVEL(name, target) \
	target static void apply_##name(const struct field_block *k, const uint8_t *fine, uint8_t *coarse) \
	{ \
		apply(k, fine, coarse); \
	}

LEVEL(baseline, )
LEVEL(avx2, RN_TARGET_AVX2)
LEVEL(avx512, RN_TARGET_AVX512)

void
field_block_apply(const struct field_block *k, const uint8_t *fine, uint8_t *coarse)
{
	static apply_function *const at[] = { apply_baseline, apply_avx2, apply_avx512 };

	at[rn_cpu()](k, fine, coarse);
}
