/* ARS-7 with AES instructions on 128-bit vectors. */
#include "ars.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AESNI __attribute__((target("aes")))
#define FLIGHT 8 /* counters at once: AESENC takes 4 cycles but one or two start every cycle */

AESNI static inline void
group(const __m128i k[ARS_ROUNDS + 1], __m128i counter, __m128i v[FLIGHT])
{
#pragma GCC unroll 8
	for (int j = 0; j < FLIGHT; j++)
		v[j] = _mm_xor_si128(_mm_add_epi64(counter, _mm_set_epi64x(0, j)), k[0]);
#pragma GCC unroll 8
	for (int r = 1; r < ARS_ROUNDS; r++)
#pragma GCC unroll 8
		for (int j = 0; j < FLIGHT; j++)
			v[j] = _mm_aesenc_si128(v[j], k[r]);
#pragma GCC unroll 8
	for (int j = 0; j < FLIGHT; j++)
		v[j] = _mm_aesenclast_si128(v[j], k[ARS_ROUNDS]);
}

AESNI static inline __m128i
one(const __m128i k[ARS_ROUNDS + 1], __m128i counter)
{
	__m128i v = _mm_xor_si128(counter, k[0]);

#pragma GCC unroll 8
	for (int r = 1; r < ARS_ROUNDS; r++)
		v = _mm_aesenc_si128(v, k[r]);
	return _mm_aesenclast_si128(v, k[ARS_ROUNDS]);
}

AESNI void
rn_ars_aesni(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[], size_t n)
{
	const __m128i weyl = _mm_set_epi64x((long long)ARS_WEYL_HIGH, (long long)ARS_WEYL_LOW);
	__m128i k[ARS_ROUNDS + 1];
	__m128i counter = _mm_set_epi64x((long long)id, (long long)draw);
	size_t i = 0;

	k[0] = _mm_set_epi64x((long long)key->k[1], (long long)key->k[0]);
#pragma GCC unroll 8
	for (int r = 1; r <= ARS_ROUNDS; r++)
		k[r] = _mm_add_epi64(k[r - 1], weyl);
	for (; n - i >= FLIGHT; i += FLIGHT) {
		__m128i v[FLIGHT];

		group(k, counter, v);
#pragma GCC unroll 8
		for (int j = 0; j < FLIGHT; j++)
			_mm_storeu_si128((__m128i *)(out + 2 * (i + (size_t)j)), v[j]);
		counter = _mm_add_epi64(counter, _mm_set_epi64x(0, FLIGHT));
	}
	for (; i < n; i++) {
		_mm_storeu_si128((__m128i *)(out + 2 * i), one(k, counter));
		counter = _mm_add_epi64(counter, _mm_set_epi64x(0, 1));
	}
}
#endif
