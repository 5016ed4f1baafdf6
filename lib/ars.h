/*
 * ars.h - the kernels behind renorm/random.h
 *
 * Each writes n blocks, out[2 i], out[2 i + 1] = ARS-7(key, counter = (draw + i, id)), the same bits.
 * The counter's low half counts modulo 2^64.
 *
 *	v = counter ^ k_0;  v = AESENC(v, k_r), r = 1..6;  v = AESENCLAST(v, k_7)
 *	k_r = k_0 + r (weyl_low, weyl_high), the halves added separately modulo 2^64
 */
#ifndef ARS_H
#define ARS_H

#include "renorm/random.h"

#define ARS_ROUNDS 7
#define ARS_WEYL_LOW 0x9E3779B97F4A7C15	 /* golden ratio */
#define ARS_WEYL_HIGH 0xBB67AE8584CAA73B /* sqrt(3) - 1 */

typedef void ars_fill(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[], size_t n);

ars_fill rn_ars_soft;
#if defined(__x86_64__)
ars_fill rn_ars_aesni; /* wants rn_cpu_aes() */
ars_fill rn_ars_vaes;  /* wants rn_cpu_vaes() */
#endif

#endif
