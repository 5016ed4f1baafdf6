/*
 * pairs.c - G(r) along the axes by XOR and popcount
 *
 * s s' = 1 - 2 (d xor d'), so a sum over n pairs is n - 2 (pairs that differ). Down the
 * columns the configuration is one string of bits against itself, r rows on; along
 * the rows each row is two stretches against itself, r sites on and around the end.
 */
#include "pairs.h"

#include "renorm/bits.h"
#include "renorm/cpu.h"

static inline uint64_t
ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
}

/* The number of i < n for which bits a + i and b + i differ. */
static RN_INLINE uint64_t
differing(const uint8_t *bits, size_t a, size_t b, size_t n, uint64_t (*popcount)(uint64_t))
{
	uint64_t count = 0;

	for (; n >= 64; n -= 64, a += 64, b += 64)
		count += popcount(rn_bits_load64(bits, a) ^ rn_bits_load64(bits, b));
	if (n)
		count += popcount((rn_bits_load64(bits, a) ^ rn_bits_load64(bits, b)) & ~0ull >> (64 - n));
	return count;
}

static RN_INLINE uint64_t
differing_around(const uint8_t *bits, size_t from, size_t n, size_t r, uint64_t (*popcount)(uint64_t))
{
	return differing(bits, from, from + r, n - r, popcount) +
		differing(bits, from + n - r, from, r, popcount);
}

static RN_INLINE void
add(const struct rn_lattice *l, const uint8_t *spins, double G[], uint64_t (*popcount)(uint64_t))
{
	const double N = (double)l->sites;

	for (size_t r = 0; r < pairs_distances(l); r++) {
		const bool down = l->dim == 2 && 2 * r <= l->rows, along = 2 * r <= l->cols;
		uint64_t differ = 0;

		if (down)
			differ += differing_around(spins, 0, l->sites, r * l->cols, popcount);
		for (size_t y = 0; along && y < l->rows; y++)
			differ += differing_around(spins, y * l->cols, l->cols, r, popcount);
		G[r] += 1 - 2 * (double)differ / (down && along ? 2 * N : N);
	}
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static inline uint64_t
popcnt(uint64_t x)
{
	return (uint64_t)__builtin_popcountll(x);
}

RN_TARGET_AVX2 static void
add_popcnt(const struct rn_lattice *l, const uint8_t *spins, double G[])
{
	add(l, spins, G, popcnt);
}
#endif

size_t
pairs_distances(const struct rn_lattice *l)
{
	return (l->dim == 2 && l->rows > l->cols ? l->rows : l->cols) / 2 + 1;
}

void
pairs_add(const struct rn_lattice *l, const uint8_t *spins, double G[])
{
#if defined(__x86_64__)
	if (rn_cpu() >= RN_CPU_AVX2) {
		add_popcnt(l, spins, G);
		return;
	}
#endif
	add(l, spins, G, ones);
}
