/* 16 networks side by side, with the arithmetic of f32. */
#include "block_sizes.h"

#define REAL 4
#define LEVEL 0
#include "block_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "block_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "block_kernel.h"
static block_function *const kernels[] = { block_0, block_1, block_2 };
#else
static block_function *const kernels[] = { block_0, block_0, block_0 };
#endif

void
block_f32(const struct ensemble *e, const struct rn_random_key *key, uint64_t id, void *work, lanes sums[],
	rn_normals_row bias[], lanes grams[])
{
	kernels[rn_cpu()](e, key, id, work, sums, bias, grams);
}
