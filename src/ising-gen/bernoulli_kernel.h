/* bernoulli_kernel.h - the rounds of bernoulli.h at one CPU level (words_kernel.h says how it is included) */
#include "bernoulli.h"
#include "words_kernel.h"

#ifndef BERNOULLI_NAMES
#define BERNOULLI_NAMES
#define pool LEVEL_NAME(pool)
#endif

/* The one of `change` that the lanes' classes have. */
TARGET static RN_INLINE bits
LEVEL_NAME(of_class)(const uint64_t change[], const bits g[], size_t classes)
{
	bits t = LEVEL_NAME(splat)(change[0]);

#pragma GCC unroll 4
	for (size_t k = 1; k < classes; k++) {
		const bits step = LEVEL_NAME(splat)(change[k]);

		t = TERNARY(t, g[k - 1], step, 0x78, t ^ (g[k - 1] & step));
	}
	return t;
}

/*
 * Rounds first .. first + n - 1 with the bits r[0 .. n - 1]: yes, of the lanes that they decide. Those are taken from
 * *open.
 */
TARGET static RN_INLINE bits
LEVEL_NAME(rounds)(const struct bernoulli *b, const bits g[], size_t classes, size_t first, size_t n,
	const bits r[], bits *open)
{
	bits less = { 0 };

#pragma GCC unroll 16
	for (size_t j = n; j-- > 0;) {
		const bits t = LEVEL_NAME(of_class)(b->change[first + j], g, classes);

		less = TERNARY(r[j], t, less, 0x8e, ((t ^ less) & (r[j] ^ t)) ^ less);
		*open = TERNARY(*open, r[j], t, 0x90, *open & ~(r[j] ^ t));
	}
	return less;
}

/* The next n <= 16 words of a stream. */
TARGET static RN_INLINE void
LEVEL_NAME(read)(const struct source *s, struct stream *t, size_t n, bits r[])
{
#pragma GCC unroll 16
	for (size_t j = 0; j < n; j++)
		r[j] = LEVEL_NAME(next)(s, t);
}

/* Lanes left open by several vectors, of each at most one. */
struct pool {
	bits taken;
	bits g[CLASSES - 1];
};

/* Takes those of `open` whose lanes are free into the pool, and leaves the others. */
TARGET static RN_INLINE bits
LEVEL_NAME(gather)(struct pool *p, const bits g[], size_t classes, bits open)
{
	const bits took = open & ~p->taken;

#pragma GCC unroll 4
	for (size_t k = 0; k + 1 < classes; k++)
		p->g[k] = TERNARY(p->g[k], took, g[k], 0xf8, p->g[k] | (took & g[k]));
	open &= p->taken;
	p->taken |= took;
	return open;
}

/* Once the pool is full: which lanes of `open` were taken, in the same order; leaves the others. */
TARGET static RN_INLINE bits
LEVEL_NAME(give_back)(bits *taken, bits *open)
{
	const bits took = *open & *taken;

	*taken &= ~took;
	*open &= ~took;
	return took;
}
