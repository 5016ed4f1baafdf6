/* ARS-7 with AES instructions on 512-bit vectors: four counters a vector. */
#include "ars.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define VAES __attribute__((target("vaes,avx512f,avx512vl,avx512bw,avx512dq")))
#define FLIGHT 8 /* vectors at once: AESENC takes 4 cycles but one or two start every cycle */
#define LANES 4	 /* blocks a vector */

VAES static inline __m512i
one(const __m512i k[ARS_ROUNDS + 1], __m512i counter)
{
	__m512i v = _mm512_xor_si512(counter, k[0]);

#pragma GCC unroll 8
	for (int r = 1; r < ARS_ROUNDS; r++)
		v = _mm512_aesenc_epi128(v, k[r]);
	return _mm512_aesenclast_epi128(v, k[ARS_ROUNDS]);
}

VAES static inline void
flight(const __m512i k[ARS_ROUNDS + 1], __m512i counter, const __m512i step[FLIGHT], uint64_t *out)
{
	__m512i v[FLIGHT];

#pragma GCC unroll 8
	for (int j = 0; j < FLIGHT; j++)
		v[j] = _mm512_xor_si512(_mm512_add_epi64(counter, step[j]), k[0]);
#pragma GCC unroll 8
	for (int r = 1; r < ARS_ROUNDS; r++)
#pragma GCC unroll 8
		for (int j = 0; j < FLIGHT; j++)
			v[j] = _mm512_aesenc_epi128(v[j], k[r]);
#pragma GCC unroll 8
	for (int j = 0; j < FLIGHT; j++)
		_mm512_storeu_si512(out + 2 * LANES * j, _mm512_aesenclast_epi128(v[j], k[ARS_ROUNDS]));
}

VAES static inline __m512i
ahead(long long blocks)
{
	return _mm512_maskz_set1_epi64(0x55, blocks); /* the low halves only */
}

VAES void
rn_ars_vaes(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[], size_t n)
{
	const __m512i weyl =
		_mm512_broadcast_i32x4(_mm_set_epi64x((long long)ARS_WEYL_HIGH, (long long)ARS_WEYL_LOW));
	__m512i k[ARS_ROUNDS + 1], step[FLIGHT];
	__m512i counter =
		_mm512_add_epi64(_mm512_broadcast_i32x4(_mm_set_epi64x((long long)id, (long long)draw)),
			_mm512_set_epi64(0, 3, 0, 2, 0, 1, 0, 0));

	k[0] = _mm512_broadcast_i32x4(_mm_set_epi64x((long long)key->k[1], (long long)key->k[0]));
#pragma GCC unroll 8
	for (int r = 1; r <= ARS_ROUNDS; r++)
		k[r] = _mm512_add_epi64(k[r - 1], weyl);
#pragma GCC unroll 8
	for (int j = 0; j < FLIGHT; j++)
		step[j] = ahead(LANES * j);
	for (; n >= LANES * FLIGHT; n -= LANES * FLIGHT) {
		flight(k, counter, step, out);
		counter = _mm512_add_epi64(counter, ahead(LANES * FLIGHT));
		out += 2 * LANES * FLIGHT;
	}
	for (; n >= LANES; n -= LANES) {
		_mm512_storeu_si512(out, one(k, counter));
		counter = _mm512_add_epi64(counter, ahead(LANES));
		out += 2 * LANES;
	}
	if (n > 0)
		_mm512_mask_storeu_epi64(out, (__mmask8)((1u << 2 * n) - 1), one(k, counter));
}
#endif
