/* Which instructions the kernels may use: the CPU's, lowered by RENORM_CPU. */
#include "renorm/cpu.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

static const char *const words[] = { "baseline", "avx2", "avx512" };

/* Written once, before main(); read by any thread. */
static struct {
	enum rn_cpu level;
	bool aes, vaes, vaes256, pext;
	const char *misspelt;
} chosen;

#if defined(__x86_64__)
static bool
has_lzcnt(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(0x80000001, &a, &b, &c, &d) && (c & bit_LZCNT);
}

static bool
has_vaes(void)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & bit_VAES);
}

/* AMD before Zen 3 (family 19h) has PEXT in microcode, at tens to hundreds of cycles. */
static bool
pext_is_slow(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(0, &a, &b, &c, &d) || b != signature_AMD_ebx || !__get_cpuid(1, &a, &b, &c, &d))
		return false;
	return ((a >> 8 & 0xf) + (a >> 20 & 0xff)) < 0x19;
}

static enum rn_cpu
of_machine(void)
{
	__builtin_cpu_init();
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
		!__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt") || !has_lzcnt())
		return RN_CPU_BASELINE;
	if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
		!__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq") ||
		!__builtin_cpu_supports("avx512vpopcntdq") || !__builtin_cpu_supports("avx512vbmi"))
		return RN_CPU_AVX2;
	return RN_CPU_AVX512;
}
#endif

/* Before main() rather than at first use: then no reader needs a lock. */
__attribute__((constructor)) static void
choose(void)
{
	const char *wish = getenv("RENORM_CPU");
	enum rn_cpu limit = RN_CPU_AVX512;

	if (wish) {
		size_t i = 0;

		while (i < 3 && strcmp(wish, words[i]) != 0)
			i++;
		if (i < 3)
			limit = (enum rn_cpu)i;
		else
			chosen.misspelt = wish;
	}
#if defined(__x86_64__)
	enum rn_cpu machine = of_machine();

	chosen.level = machine < limit ? machine : limit;
	chosen.aes = limit > RN_CPU_BASELINE && __builtin_cpu_supports("aes");
	chosen.vaes256 = chosen.level >= RN_CPU_AVX2 && has_vaes();
	chosen.vaes = chosen.level == RN_CPU_AVX512 && has_vaes();
	chosen.pext = chosen.level >= RN_CPU_AVX2 && !pext_is_slow();
#else
	(void)limit;
#endif
}

enum rn_cpu
rn_cpu(void)
{
	return chosen.level;
}

bool
rn_cpu_aes(void)
{
	return chosen.aes;
}

bool
rn_cpu_vaes(void)
{
	return chosen.vaes;
}

bool
rn_cpu_vaes256(void)
{
	return chosen.vaes256;
}

bool
rn_cpu_pext(void)
{
	return chosen.pext;
}

const char *
rn_cpu_misspelt(void)
{
	return chosen.misspelt;
}
