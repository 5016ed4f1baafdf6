/* Rows of normals: the words, and one kernel a CPU level; what the levels do lane by lane is the same. */
#include "normals.h"

#include "renorm/cpu.h"

enum { BATCH = 32, BLOCKS = 8, WORDS = 16 }; /* row pairs at a time; blocks and words a pair */

typedef void box_muller(const uint64_t words[][WORDS], size_t n, normals_row z[]);

#define LEVEL 0
#include "normals_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "normals_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "normals_kernel.h"
static box_muller *const kernels[] = { box_muller_0, box_muller_1, box_muller_2 };
#else
static box_muller *const kernels[] = { box_muller_0, box_muller_0, box_muller_0 };
#endif

void
normals_rows(const struct rn_random_key *key, uint64_t id, uint64_t first, size_t n, normals_row z[])
{
	uint64_t words[BATCH][WORDS];

	while (n > 0) {
		const size_t now = n < BATCH ? n : BATCH;

		rn_random_fill(key, id, first * BLOCKS, words[0], now * BLOCKS);
		kernels[rn_cpu()](words, now, z);
		first += now;
		z += 2 * now;
		n -= now;
	}
}
