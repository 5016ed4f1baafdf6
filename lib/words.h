/*
 * words.h - words of 512 bits: what is done by words_kernel.h at the width of the CPU's vectors
 */
#ifndef ISING_GEN_WORDS_H
#define ISING_GEN_WORDS_H

#include "renorm/cpu.h"

enum {
	LANES = 512,
	LANE_WORDS = LANES / 64,
	LANE_DRAWS = LANES / 128
}; /* uint64_t, and draws of random bits */

/* Kernels: for any CPU; AVX2; AVX2 and VAES; AVX-512 and VAES. */
enum words_level { WORDS_ANY, WORDS_AVX2, WORDS_VAES256, WORDS_VAES512 };

static inline enum words_level
words_level(void)
{
	if (rn_cpu_vaes())
		return WORDS_VAES512;
	if (rn_cpu_vaes256())
		return WORDS_VAES256;
	return rn_cpu() >= RN_CPU_AVX2 ? WORDS_AVX2 : WORDS_ANY;
}

#endif
