/* perfect_kernel.h - coupled sweeps of three states at one CPU level (words_kernel.h says how it is included) */
#include "bernoulli_kernel.h"

#ifndef PERFECT_NAMES
#define PERFECT_NAMES
#define drawn LEVEL_NAME(drawn)
#endif

/* Of a site: less[k] where U < threshold k; of open[k] that is not known yet. */
struct drawn {
	bits coin, less[CLASSES], open[CLASSES];
};

/* Rounds first .. first + n - 1 of one U against all thresholds. */
TARGET static RN_INLINE void
LEVEL_NAME(compare)(const struct perfect *p, size_t classes, size_t first, size_t n, const bits r[],
	bits less[], bits open[])
{
#pragma GCC unroll 5
	for (size_t k = 0; k < classes; k++) {
		less[k] = (bits){ 0 };
		open[k] = ~(bits){ 0 };
#pragma GCC unroll 16
		for (size_t j = n; j-- > 0;) {
			const bits t = LEVEL_NAME(splat)(p->mask[first + j][k]);

			less[k] = TERNARY(r[j], t, less[k], 0x8e, ((t ^ less[k]) & (r[j] ^ t)) ^ less[k]);
			open[k] = TERNARY(open[k], r[j], t, 0x90, open[k] & ~(r[j] ^ t));
		}
	}
}

TARGET static RN_INLINE bits
LEVEL_NAME(one_of)(const bits a[], size_t classes)
{
	bits some = a[0];

#pragma GCC unroll 5
	for (size_t k = 1; k < classes; k++)
		some |= a[k];
	return some;
}

/* Gives the open lanes of `from` that are in `took` the answers of a pool; what that left open stays so. */
TARGET static RN_INLINE void
LEVEL_NAME(answer)(struct drawn *d, size_t classes, bits took, const bits less[], const bits open[])
{
#pragma GCC unroll 5
	for (size_t k = 0; k < classes; k++) {
		d->less[k] |= d->open[k] & took & less[k];
		d->open[k] &= ~took | open[k];
	}
}

/* What the pools have left open, lane by lane. */
TARGET static __attribute__((noinline)) void
LEVEL_NAME(settle)(const struct task *task, size_t p, size_t word, size_t classes, const bits took[2],
	struct drawn *d)
{
	const bits some = LEVEL_NAME(one_of)(d->open, classes);

	for (size_t w = 0; w < WORDS; w++)
		for (uint64_t lanes = some[w]; lanes; lanes &= lanes - 1) {
			const uint64_t lane = lanes & -lanes;
			const unsigned done = task->fixed +
				(took[0][w] & lane		    ? FIRST
						: took[1][w] & lane ? SECOND
								    : 0);
			const uint64_t u =
				settling_word(task, p, 64 * (word + w) + (size_t)__builtin_ctzll(lane));

			for (size_t k = 0; k < classes; k++)
				if (d->open[k][w] & lane && u < task->p->threshold[k] << done)
					d->less[k][w] |= lane;
		}
}

/* The random numbers of a group, of a part of its vectors. */
TARGET static RN_INLINE void
LEVEL_NAME(draw_group)(const struct task *task, const struct source *random, size_t first, size_t n,
	size_t word, bool field, struct drawn d[])
{
	const struct perfect *p = task->p;
	const size_t classes = field ? CLASSES : 2, fixed = field ? 8 : 7;
	struct stream words = LEVEL_NAME(stream_from)(random, POOL_WORDS, word);
	bits free[2] = { ~(bits){ 0 }, ~(bits){ 0 } }, r[FIRST], less[2][CLASSES], open[2][CLASSES];

	for (size_t i = 0; i < n; i++) {
		if (!field)
			d[i].coin = LEVEL_NAME(next)(random, &words);
		LEVEL_NAME(read)(random, &words, fixed, r);
		LEVEL_NAME(compare)(p, classes, 0, fixed, r, d[i].less, d[i].open);
	}
	words = LEVEL_NAME(stream_from)(random, 0, word);
	LEVEL_NAME(read)(random, &words, FIRST, r);
	LEVEL_NAME(compare)(p, classes, fixed, FIRST, r, less[0], open[0]);
	LEVEL_NAME(read)(random, &words, SECOND, r);
	LEVEL_NAME(compare)(p, classes, fixed, SECOND, r, less[1], open[1]);
	for (size_t i = 0; i < n; i++) {
		bits some = LEVEL_NAME(one_of)(d[i].open, classes), took[2];

		for (size_t q = 0; q < 2; q++) {
			took[q] = LEVEL_NAME(give_back)(&free[q], &some);
			LEVEL_NAME(answer)(&d[i], classes, took[q], less[q], open[q]);
		}
		if (__builtin_expect(LEVEL_NAME(any)(LEVEL_NAME(one_of)(d[i].open, classes)), 0))
			LEVEL_NAME(settle)(task, first + i, word, classes, took, &d[i]);
	}
}

/* The new spin at position p of a state. */
TARGET static RN_INLINE void
LEVEL_NAME(move)(const struct lanes *l, uint64_t *spin, size_t p, bool field, const struct drawn *d)
{
	const uint32_t *near = l->near + 4 * p;
	const bits a = *(const bits *)(spin + LANE_WORDS * near[0]);
	const bits b = *(const bits *)(spin + LANE_WORDS * near[1]);
	const bits c = *(const bits *)(spin + LANE_WORDS * near[2]);
	const bits e = *(const bits *)(spin + LANE_WORDS * near[3]);
	const bits low = LEVEL_NAME(parity)(a, b, c), high = LEVEL_NAME(majority)(a, b, c); /* a + b + c */
	const bits two = TERNARY(high, low, e, 0xf8, high | (low & e));
	const bits three = TERNARY(high, low, e, 0xe0, high & (low | e));
	bits s;

	if (field) {
		s = d->less[0] | ((high | low | e) & d->less[1]) | (two & d->less[2]) | (three & d->less[3]) |
			(high & low & e & d->less[4]);
	} else {
		/* d->less: one neighbour or three, none or all */
		const bits z = LEVEL_NAME(select)(low ^ e, d->less[0], d->less[1]);

		s = LEVEL_NAME(select)(d->coin, two | z, three & ~z);
	}
	*(bits *)(spin + LANE_WORDS * p) = s;
}

/* The new spins of a group, all states alike. */
TARGET static RN_INLINE void
LEVEL_NAME(move_all)(const struct lanes *l, size_t word, size_t first, size_t n, bool field,
	const struct drawn d[])
{
	const size_t size = (l->lattice.sites + 2) * LANE_WORDS;

	for (size_t i = 0; i < n; i++)
		for (size_t state = TOP; state <= CURRENT; state++)
			LEVEL_NAME(move)(l, l->spin + state * size + word, first + i, field, &d[i]);
}

/* Sweeps first .. end - 1 of the states. */
TARGET static RN_INLINE void
LEVEL_NAME(coupled)(const struct task *task, uint64_t first, uint64_t end, bool field)
{
	const struct lanes *l = &task->p->lanes;
	struct source random = LEVEL_NAME(source_of)(task->key, task->id, task->p->random);
	struct task now = *task;
	struct drawn d[GROUP];

	now.fixed = field ? 8 : 7;
	for (now.sweep = first; now.sweep < end; now.sweep++)
		for (size_t g = 0; g < l->groups; g++) {
			const size_t from = l->group[g], n = l->group[g + 1] - from;

			LEVEL_NAME(ask)
			(&random, LANE_DRAWS * PERFECT_WORDS * (now.sweep * l->groups + g),
				POOL_WORDS + PERFECT_SITE_WORDS * n);
			for (size_t word = 0; word < LANE_WORDS; word += WORDS) {
				LEVEL_NAME(draw_group)(&now, &random, from, n, word, field, d);
				LEVEL_NAME(move_all)(l, word, from, n, field, d);
			}
		}
}

TARGET static void
LEVEL_NAME(without_field)(const struct task *task, uint64_t first, uint64_t end)
{
	LEVEL_NAME(coupled)(task, first, end, false);
}

TARGET static void
LEVEL_NAME(in_field)(const struct task *task, uint64_t first, uint64_t end)
{
	LEVEL_NAME(coupled)(task, first, end, true);
}

static perfect_sweeps *const
	LEVEL_NAME(coupled_sweeps)[2] = { LEVEL_NAME(without_field), LEVEL_NAME(in_field) };
