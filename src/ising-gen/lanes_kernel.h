/* lanes_kernel.h - sweeps of 512 chains at one CPU level (bernoulli_kernel.h says how it is included) */
#include "bernoulli_kernel.h"

#ifndef LANES_SITE
#define LANES_SITE
#define site LEVEL_NAME(site)
#endif

/* What an update has to know of a site, in all lanes. */
struct site {
	bits s;		     /* the spin where the answer is no */
	bits g[CLASSES - 1]; /* the class of the threshold */
	bits plain;	     /* lanes with a probability of few bits instead: `halves` */
};

/*
 * Neighbours: g[k - 1] is where at least k of them are up. Heat bath without a field: from the majority of the
 * neighbours, flip with the smaller probability; a tie is a coin.
 */
TARGET static RN_INLINE struct site
LEVEL_NAME(look)(const struct lanes *l, const uint64_t *spin, size_t p, enum chain_algorithm algorithm,
	bool field)
{
	const uint32_t *near = l->near + 4 * p;
	const bits s = *(const bits *)(spin + LANE_WORDS * p);
	const bits a = *(const bits *)(spin + LANE_WORDS * near[0]);
	const bits b = *(const bits *)(spin + LANE_WORDS * near[1]);
	const bits c = *(const bits *)(spin + LANE_WORDS * near[2]);
	const bits d = *(const bits *)(spin + LANE_WORDS * near[3]);
	const bits low = LEVEL_NAME(parity)(a, b, c), high = LEVEL_NAME(majority)(a, b, c); /* a + b + c */
	const bits most = TERNARY(high, low, d, 0xf8, high | (low & d));
	const bits three = TERNARY(high, low, d, 0xe0, high & (low | d));

	if (field) {
		struct site x = { s, { high | low | d, most, three, high & low & d }, { 0 } };

		if (algorithm == METROPOLIS)
			x.plain = LEVEL_NAME(select)(s, ~LEVEL_NAME(of_class)(l->up_pays, x.g, CLASSES),
				LEVEL_NAME(of_class)(l->down_gains, x.g, CLASSES));
		else
			x.s = (bits){ 0 };
		return x;
	}
	if (algorithm == METROPOLIS) /* a flip is free with two neighbours alike, or more that differ */
		return (struct site){ s, { low ^ d }, LEVEL_NAME(select)(s, ~three, most) };
	return (struct site){ most, { low ^ d }, most & ~three & ~(low ^ d) };
}

/* Yes in the lanes of an unconditional proposal: 1/2 (heat bath), 7/8 (Metropolis), from the first rounds' bits. */
TARGET static RN_INLINE bits
LEVEL_NAME(propose)(const bits r[], enum chain_algorithm algorithm)
{
	return algorithm == METROPOLIS ? ~(bits)(r[0] & r[1] & r[2]) : (bits)~r[0];
}

/* What the pools have not decided either, one by one. */
TARGET static __attribute__((noinline, cold)) void
LEVEL_NAME(settle)(const struct group *group, size_t word, const bits open[], const bits taken[2],
	const bits still[2])
{
	static const unsigned rounds[] = { FIXED + FIRST, FIXED + SECOND, FIXED };
	bits left[2] = { taken[0], taken[1] };

	for (size_t i = 0; i < group->n; i++) {
		bits rest = open[i], lanes[3];

		lanes[0] = still[0] & LEVEL_NAME(give_back)(&left[0], &rest);
		lanes[1] = still[1] & LEVEL_NAME(give_back)(&left[1], &rest);
		lanes[2] = rest;
		for (size_t k = 0; k < 3; k++)
			for (size_t w = 0; w < WORDS; w++)
				if (lanes[k][w])
					settle_word(group, group->first + i, word + w, lanes[k][w],
						rounds[k]);
	}
}

/* The update of a group, of the part that begins with uint64_t `word` of each vector. */
TARGET static RN_INLINE void
LEVEL_NAME(update)(const struct group *group, const struct source *random, size_t word,
	enum chain_algorithm algorithm, bool field, size_t n)
{
	const struct lanes *l = group->l;
	const struct bernoulli *chance = &l->chance;
	const size_t classes = field ? CLASSES : 2;
	uint64_t *spin = group->spin + word;
	struct pool first = { 0 }, second = { 0 };
	struct stream words = LEVEL_NAME(stream_from)(random, POOL_WORDS, word);
	bits open[GROUP], taken[2], still[2], more[FIRST], yes[2], left = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct site x = LEVEL_NAME(look)(l, spin, group->first + i, algorithm, field);
		bits r[FIXED], less, rest;

		LEVEL_NAME(read)(random, &words, FIXED, r);
		open[i] = ~x.plain;
		less = LEVEL_NAME(rounds)(chance, x.g, classes, 0, FIXED, r, &open[i]);
		if (algorithm == METROPOLIS || !field)
			less = LEVEL_NAME(select)(x.plain, LEVEL_NAME(propose)(r, algorithm), less);
		*(bits *)(spin + LANE_WORDS * (group->first + i)) = x.s ^ less;
		rest = LEVEL_NAME(gather)(&first, x.g, classes, open[i]);
		left |= LEVEL_NAME(gather)(&second, x.g, classes, rest);
	}

	taken[0] = still[0] = first.taken;
	taken[1] = still[1] = second.taken;
	words = LEVEL_NAME(stream_from)(random, 0, word);
	LEVEL_NAME(read)(random, &words, FIRST, more);
	yes[0] = LEVEL_NAME(rounds)(chance, first.g, classes, FIXED, FIRST, more, &still[0]);
	LEVEL_NAME(read)(random, &words, SECOND, more);
	yes[1] = LEVEL_NAME(rounds)(chance, second.g, classes, FIXED, SECOND, more, &still[1]);
	for (size_t i = 0; i < n; i++) {
		bits rest = open[i];
		const bits flip0 = yes[0] & LEVEL_NAME(give_back)(&taken[0], &rest);
		const bits flip1 = yes[1] & LEVEL_NAME(give_back)(&taken[1], &rest);

		*(bits *)(spin + LANE_WORDS * (group->first + i)) ^= flip0 | flip1;
	}
	left |= still[0] | still[1];
	if (__builtin_expect(LEVEL_NAME(any)(left), 0)) {
		taken[0] = first.taken;
		taken[1] = second.taken;
		LEVEL_NAME(settle)(group, word, open, taken, still);
	}
}

/* Sweeps first .. end - 1 of a block. */
TARGET static RN_INLINE void
LEVEL_NAME(sweeps)(struct lanes *l, size_t block, uint64_t first, uint64_t end,
	enum chain_algorithm algorithm, bool field)
{
	struct group group = { .l = l, .spin = spin_of(l, block), .id = l->first_block + block };
	struct source random = LEVEL_NAME(source_of)(&l->key, group.id, l->random);

	for (group.sweep = first; group.sweep < end; group.sweep++)
		for (size_t g = 0; g < l->groups; g++) {
			group.first = l->group[g];
			group.n = l->group[g + 1] - l->group[g];
			LEVEL_NAME(ask)
			(&random, LANE_DRAWS * GROUP_WORDS * (group.sweep * l->groups + g),
				POOL_WORDS + FIXED * group.n);
			for (size_t word = 0; word < LANE_WORDS; word += WORDS)
				if (group.n == GROUP)
					LEVEL_NAME(update)(&group, &random, word, algorithm, field, GROUP);
				else
					LEVEL_NAME(update)(&group, &random, word, algorithm, field, group.n);
		}
}

#define SWEEPS(name, algorithm, field) \
	TARGET static void LEVEL_NAME(name)(struct lanes * l, size_t block, uint64_t first, uint64_t end) \
	{ \
		LEVEL_NAME(sweeps)(l, block, first, end, algorithm, field); \
	}

SWEEPS(heatbath, HEATBATH, false)
SWEEPS(heatbath_in_field, HEATBATH, true)
SWEEPS(metropolis, METROPOLIS, false)
SWEEPS(metropolis_in_field, METROPOLIS, true)
#undef SWEEPS

/*
 * Transposes WORDS matrices of 64 x 64 bits, one in each uint64_t of the vectors: exchanges the blocks of n x n bits
 * beside the diagonal, n = 32 .. 1.
 */
TARGET static void
LEVEL_NAME(transpose)(bits a[64])
{
	uint64_t low = UINT64_MAX >> 32; /* the lower halves of the blocks */

	for (unsigned n = 32; n > 0; n /= 2, low ^= low << n)
		for (unsigned k = 0; k < 64; k = ((k | n) + 1) & ~n) {
			const bits swap = ((a[k] >> n) ^ a[k | n]) & low;

			a[k] ^= swap << n;
			a[k | n] ^= swap;
		}
}

/* Sites 64 w .. 64 w + 63 of all lanes. */
TARGET static void
LEVEL_NAME(take)(struct lanes *l, size_t block, size_t w)
{
	const size_t N = l->lattice.sites, n = N - 64 * w < 64 ? N - 64 * w : 64;
	const uint64_t *spin = spin_of(l, block);

	for (size_t word = 0; word < LANE_WORDS; word += WORDS) {
		bits a[64] = { { 0 } };

		for (size_t i = 0; i < n; i++)
			a[i] = *(const bits *)(spin + LANE_WORDS * l->position[64 * w + i] + word);
		LEVEL_NAME(transpose)(a);
		for (size_t k = 0; k < WORDS; k++)
			for (size_t i = 0; i < 64; i++)
				l->taken[(64 * (word + k) + i) * l->stride + w] = a[i][k];
	}
}

static const struct kernel LEVEL_NAME(kernel) = {
	.sweeps = { { LEVEL_NAME(heatbath), LEVEL_NAME(heatbath_in_field) },
		{ LEVEL_NAME(metropolis), LEVEL_NAME(metropolis_in_field) } },
	.take = LEVEL_NAME(take),
};
