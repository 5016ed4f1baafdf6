/* The nonlinearity of a layer fused with the draw of its states: one pass over z. */
#include "rbm_units.h"

#include <stdbool.h>

#include "renorm/cpu.h"

#define LEVEL 0
#include "rbm_units_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "rbm_units_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "rbm_units_kernel.h"
#else
#define units_1 units_0
#define units_2 units_0
#endif

void
rn_rbm_units(enum rn_units units, float sigma, const float z[], const uint32_t random[], float mean[],
	float state[], size_t n)
{
	switch (rn_cpu()) {
	case RN_CPU_BASELINE: units_0(units, sigma, z, random, mean, state, n); return;
	case RN_CPU_AVX2: units_1(units, sigma, z, random, mean, state, n); return;
	case RN_CPU_AVX512: units_2(units, sigma, z, random, mean, state, n); return;
	}
}
