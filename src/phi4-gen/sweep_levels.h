/* sweep_levels.h - sweep_kernel.h at every CPU level, for numbers of BITS bits */
#define LEVEL 0
#include "sweep_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "sweep_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "sweep_kernel.h"
#undef LEVEL
#define LEVEL 3
#include "sweep_kernel.h"
const struct sweep *const sweeps_of_type[4] = { &kernel_0, &kernel_1, &kernel_2, &kernel_3 };
#else
const struct sweep *const sweeps_of_type[4] = { &kernel_0, &kernel_0, &kernel_0, &kernel_0 };
#endif
