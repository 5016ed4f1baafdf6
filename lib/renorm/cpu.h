/*
 * renorm/cpu.h - which instructions the kernels may use
 *
 * Chosen once, from the CPU; RENORM_CPU=baseline|avx2|avx512 in the environment
 * lowers the choice (it never raises it), for tests and comparisons. All choices
 * give the same bytes.
 */
#ifndef RENORM_CPU_H
#define RENORM_CPU_H

#include <stdbool.h>

enum rn_cpu { RN_CPU_BASELINE, RN_CPU_AVX2, RN_CPU_AVX512 };

enum rn_cpu rn_cpu(void);	   /* AVX2: with BMI2 and POPCNT; AVX512: F, BW, VL, DQ, VPOPCNTDQ, VBMI */
bool rn_cpu_aes(void);		   /* AES-NI (never under RENORM_CPU=baseline) */
bool rn_cpu_vaes(void);		   /* VAES on 512-bit vectors (only with RN_CPU_AVX512) */
bool rn_cpu_vaes256(void);	   /* VAES on 256-bit vectors (with RN_CPU_AVX2 or more) */
bool rn_cpu_pext(void);		   /* PEXT in hardware (AMD before Zen 3 emulates it, slower than shifts) */
const char *rn_cpu_misspelt(void); /* RENORM_CPU if it is another word, which is ignored; else NULL */

/* For a function body that is compiled once a level: static RN_INLINE body, three thin wrappers. */
#define RN_INLINE inline __attribute__((always_inline))
#if defined(__x86_64__)
#define RN_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define RN_TARGET_AVX512 \
	__attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,avx512f,avx512bw,avx512vl,avx512dq," \
			      "avx512vpopcntdq,avx512vbmi")))
#else
#define RN_TARGET_AVX2
#define RN_TARGET_AVX512
#endif

#endif
