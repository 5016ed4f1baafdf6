/* Rows of normals: the words, and one kernel a CPU level; what the levels do lane by lane is the same. */
#include "renorm/normals.h"

#include <string.h>

#include "renorm/cpu.h"

enum { BATCH = 32, BLOCKS = 8, WORDS = 16 }; /* row pairs at a time; blocks and words a pair */

typedef void box_muller(const uint64_t words[][WORDS], size_t n, rn_normals_row z[]);

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
rn_normals_rows(const struct rn_random_key *key, uint64_t id, uint64_t first, size_t n, rn_normals_row z[])
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

enum { PAIR = 2 * RN_NORMALS_LANES };

void
rn_normals_fill(const struct rn_random_key *key, uint64_t id, uint64_t first, size_t n, float z[])
{
	while (n > 0) {
		const size_t skip = first % PAIR;
		size_t now = n / PAIR * PAIR;

		if (skip == 0 && now > 0) {
			rn_normals_rows(key, id, first / PAIR, now / PAIR, (rn_normals_row *)z);
		} else {
			rn_normals_row pair[2];

			now = n < PAIR - skip ? n : PAIR - skip;
			rn_normals_rows(key, id, first / PAIR, 1, pair);
			memcpy(z, (const float *)pair + skip, now * sizeof *z);
		}
		first += now;
		z += now;
		n -= now;
	}
}
