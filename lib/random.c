/* Keyed, counter-based random numbers: keys, scalar draws, and the choice of the ARS-7 kernel. */
#include "renorm/random.h"

#include <math.h>
#include <string.h>

#define XXH_INLINE_ALL /* the streaming state on the stack: deriving a key cannot fail */
#include <xxhash.h>

#include "ars.h"
#include "renorm/cpu.h"

static void
hash_u64(XXH3_state_t *state, uint64_t x)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(x >> 8 * i);
	XXH3_128bits_update(state, bytes, sizeof bytes);
}

/* Equal labels must give equal bytes: -0.0 is 0, and there is one NaN. */
static uint64_t
canonical_bits(double x)
{
	uint64_t bits;

	if (isnan(x))
		return 0x7ff8000000000000;
	x += 0.0;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

struct rn_random_key
rn_random_key(uint64_t seed, const char *stage, const double labels[], size_t nlabels, const size_t extents[],
	size_t nextents)
{
	XXH3_state_t state;
	XXH128_hash_t h;

	XXH3_128bits_reset(&state);
	hash_u64(&state, seed);
	hash_u64(&state, strlen(stage));
	XXH3_128bits_update(&state, stage, strlen(stage));
	hash_u64(&state, nlabels);
	for (size_t i = 0; i < nlabels; i++)
		hash_u64(&state, canonical_bits(labels[i]));
	hash_u64(&state, nextents);
	for (size_t i = 0; i < nextents; i++)
		hash_u64(&state, extents[i]);
	h = XXH3_128bits_digest(&state);
	return (struct rn_random_key){ { h.low64, h.high64 } };
}

void
rn_random_fill(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[], size_t nblocks)
{
#if defined(__x86_64__)
	if (rn_cpu_vaes() && nblocks > 1) {
		rn_ars_vaes(key, id, draw, out, nblocks);
		return;
	}
	if (rn_cpu_aes()) {
		rn_ars_aesni(key, id, draw, out, nblocks);
		return;
	}
#endif
	rn_ars_soft(key, id, draw, out, nblocks);
}

void
rn_random_block(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[2])
{
	rn_random_fill(key, id, draw, out, 1);
}

struct rn_random
rn_random_at(const struct rn_random_key *key, uint64_t id)
{
	return (struct rn_random){ .key = *key, .id = id };
}

uint64_t
rn_random_u64(struct rn_random *r)
{
	uint64_t block[2];

	if (r->have) {
		r->have = 0;
		return r->word;
	}
	rn_random_block(&r->key, r->id, r->draw++, block);
	r->word = block[1];
	r->have = 1;
	return block[0];
}

double
rn_random_uniform(struct rn_random *r)
{
	return (double)(rn_random_u64(r) >> 11) * 0x1p-53;
}

/*
 * The high word of a 64 x 64 bit product is uniform once the low words that
 * occur once too often, 2^64 mod n of them, are drawn again (Lemire 2019).
 */
uint64_t
rn_random_below(struct rn_random *r, uint64_t n)
{
	unsigned __int128 product = (unsigned __int128)rn_random_u64(r) * n;

	if ((uint64_t)product < n) {
		const uint64_t excess = -n % n;

		while ((uint64_t)product < excess)
			product = (unsigned __int128)rn_random_u64(r) * n;
	}
	return (uint64_t)(product >> 64);
}

/*
 * Ratio of uniforms (Kinderman and Monahan 1977; Knuth, TAOCP 3.4.1, algorithm R).
 * Libraries differ in the last bit of a logarithm. Here it only decides which
 * numbers are kept, and the number itself is a quotient: so the normals are the
 * same on every machine, but for a chance of 1e-16 each.
 */
double
rn_random_normal(struct rn_random *r)
{
	const double width = 0x1.b72cd3f331398p+0; /* 2 sqrt(2 / e) */

	for (;;) {
		const double u = (double)((rn_random_u64(r) >> 11) + 1) * 0x1p-53;
		const double x = (rn_random_uniform(r) - 0.5) * width / u;

		if (x * x <= -4.0 * log(u))
			return x;
	}
}

void
rn_random_shuffle(struct rn_random *r, uint64_t order[], size_t n)
{
	for (size_t i = n; i > 1; i--) {
		const size_t j = rn_random_below(r, i);
		const uint64_t other = order[j];

		order[j] = order[i - 1];
		order[i - 1] = other;
	}
}

uint64_t
rn_random_threshold(double p)
{
	if (!(p > 0))
		return 0;
	return p < 1 ? (uint64_t)ldexp(p, 64) : UINT64_MAX;
}
