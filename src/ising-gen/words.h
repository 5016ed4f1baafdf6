/*
 * words.h - 512 lanes: what is done by words_kernel.h at the width of the CPU's vectors
 */
#ifndef ISING_GEN_WORDS_H
#define ISING_GEN_WORDS_H

#include "renorm/cpu.h"

enum {
	LANES = 512,
	LANE_WORDS = LANES / 64,
	LANE_DRAWS = LANES / 128
}; /* uint64_t, and draws of random bits */

/* Of words_kernel.h: 0, any CPU; 1, AVX2 and AES-NI; 2, AVX-512 and VAES. */
static inline int
words_level(void)
{
	if (rn_cpu_vaes())
		return 2;
	return rn_cpu() >= RN_CPU_AVX2 && rn_cpu_aes();
}

#endif
