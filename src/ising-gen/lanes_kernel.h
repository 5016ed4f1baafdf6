/* lanes_kernel.h - sweeps of 512 chains at one CPU level (words_kernel.h says how it is included) */
#include "bernoulli_kernel.h"

#ifndef LANES_SITE
#define LANES_SITE
#define site LEVEL_NAME(site)
#define visit LEVEL_NAME(visit)
#endif

/* What an update has to know of a site, in all lanes. */
struct site {
	bits s;		     /* the spin where the answer is no */
	bits g[CLASSES - 1]; /* the class of the threshold */
	bits plain;	     /* lanes that have propose() instead */
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

/* Yes in the lanes of an unconditional proposal: 1/2 (heat bath), 1 - 2^-5 (Metropolis), from the first rounds' bits. */
TARGET static RN_INLINE bits
LEVEL_NAME(propose)(const bits r[], enum chain_algorithm algorithm)
{
	bits refused = r[0];

	for (int j = 1; algorithm == METROPOLIS && j < METROPOLIS_REFUSED_BITS; j++)
		refused &= r[j];
	return ~refused;
}

/* A group, or the part of it, and the lanes that are open still. */
struct visit {
	size_t first, n, word; /* positions, and where the part begins */
	bits open[GROUP];      /* after the fixed rounds */
	bits still[2];	       /* after those of the pools */
};

/* What the pools have not decided either, one by one. */
TARGET static __attribute__((noinline)) void
LEVEL_NAME(settle)(const struct task *task, const struct visit *v)
{
	bits free[2] = { ~(bits){ 0 }, ~(bits){ 0 } }, alone[GROUP];
	uint64_t where = 0; /* bit 8i + w: site i, word w */

	for (size_t i = 0; i < v->n; i++) {
		bits open = v->open[i];

		alone[i] = v->still[0] & LEVEL_NAME(give_back)(&free[0], &open);
		alone[i] |= v->still[1] & LEVEL_NAME(give_back)(&free[1], &open);
		alone[i] |= open;
		where |= (uint64_t)LEVEL_NAME(nonzero)(alone[i]) << 8 * i;
	}
	for (; where; where &= where - 1) {
		const size_t i = (size_t)__builtin_ctzll(where) / 8, w = (size_t)__builtin_ctzll(where) % 8;
		const uint64_t *earlier = (const uint64_t *)v->open + w;

		settle_word(task, v->first + i, v->word + w, alone[i][w], earlier, i, WORDS);
	}
}

/* The update of a group, of a part of its vectors; tells whether something is left to be settled. */
TARGET static RN_INLINE bool
LEVEL_NAME(update)(const struct task *task, const struct source *random, struct visit *v,
	enum chain_algorithm algorithm, bool field, size_t n)
{
	const struct bernoulli *chance = &task->l->chance;
	const size_t classes = field ? CLASSES : 2;
	uint64_t *spin = task->spin + v->word, *own = spin + LANE_WORDS * v->first;
	struct pool first = { 0 }, second = { 0 };
	struct stream words = LEVEL_NAME(stream_from)(random, POOL_WORDS, v->word);
	bits yes[2], more[FIRST], left = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct site x = LEVEL_NAME(look)(task->l, spin, v->first + i, algorithm, field);
		bits r[FIXED], less, open = ~x.plain;

		LEVEL_NAME(read)(random, &words, FIXED, r);
		less = LEVEL_NAME(rounds)(chance, x.g, classes, 0, FIXED, r, &open);
		if (algorithm == METROPOLIS || !field)
			less = LEVEL_NAME(select)(x.plain, LEVEL_NAME(propose)(r, algorithm), less);
		*(bits *)(own + LANE_WORDS * i) = x.s ^ less;
		v->open[i] = open;
		open = LEVEL_NAME(gather)(&first, x.g, classes, open);
		left |= LEVEL_NAME(gather)(&second, x.g, classes, open);
	}

	v->still[0] = first.taken;
	v->still[1] = second.taken;
	words = LEVEL_NAME(stream_from)(random, 0, v->word);
	LEVEL_NAME(read)(random, &words, FIRST, more);
	yes[0] = LEVEL_NAME(rounds)(chance, first.g, classes, FIXED, FIRST, more, &v->still[0]);
	LEVEL_NAME(read)(random, &words, SECOND, more);
	yes[1] = LEVEL_NAME(rounds)(chance, second.g, classes, FIXED, SECOND, more, &v->still[1]);
	for (size_t i = 0; i < n; i++) {
		bits open = v->open[i];
		const bits flip0 = yes[0] & LEVEL_NAME(give_back)(&first.taken, &open);
		const bits flip1 = yes[1] & LEVEL_NAME(give_back)(&second.taken, &open);

		*(bits *)(own + LANE_WORDS * i) ^= flip0 | flip1;
	}
	return LEVEL_NAME(any)(left | v->still[0] | v->still[1]);
}

/*
 * The groups of a colour. Visits are kept until there are some to be settled, which no other site of the colour
 * minds: so their branches do not hold up the updates.
 */
TARGET static RN_INLINE void
LEVEL_NAME(update_colour)(struct task *task, struct source *random, size_t g, size_t end,
	enum chain_algorithm algorithm, bool field)
{
	const struct lanes *l = task->l;
	struct visit kept[16];
	size_t n = 0;

	for (; g < end; g++) {
		const size_t first = l->group[g], sites = l->group[g + 1] - first;
		const uint64_t draw = LANE_DRAWS * GROUP_WORDS * (task->sweep * l->groups + g);

		LEVEL_NAME(ask)(random, draw, POOL_WORDS + FIXED * sites);
		for (size_t word = 0; word < LANE_WORDS; word += WORDS) {
			kept[n].first = first;
			kept[n].n = sites;
			kept[n].word = word;
			if (sites == GROUP)
				n += LEVEL_NAME(update)(task, random, &kept[n], algorithm, field, GROUP);
			else
				n += LEVEL_NAME(update)(task, random, &kept[n], algorithm, field, sites);
			if (n == sizeof kept / sizeof *kept)
				while (n > 0)
					LEVEL_NAME(settle)(task, &kept[--n]);
		}
	}
	while (n > 0)
		LEVEL_NAME(settle)(task, &kept[--n]);
}

/* Sweeps first .. end - 1 of a block. */
TARGET static RN_INLINE void
LEVEL_NAME(sweeps)(struct lanes *l, size_t block, uint64_t first, uint64_t end,
	enum chain_algorithm algorithm, bool field)
{
	struct task task = { .l = l, .spin = spin_of(l, block), .id = l->first_block + block };
	struct source random = LEVEL_NAME(source_of)(&l->key, task.id, l->random);
	const size_t *g = l->colour;

	for (task.sweep = first; task.sweep < end; task.sweep++)
		for (size_t c = 0; c < l->colours; c++)
			LEVEL_NAME(update_colour)(&task, &random, g[c], g[c + 1], algorithm, field);
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
