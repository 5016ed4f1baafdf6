/* The memory of a block. */
#include "block_sizes.h"

struct block_sizes
block_sizes(const struct ensemble *e)
{
	const size_t first = CHUNK * (e->din + 1 + e->dout);
	const size_t later = e->depth > 1 ? DEEP_CHUNK * (e->N + 1 + e->dout) : 0;

	return (struct block_sizes){
		.z = (first > later ? first : later) + e->dout + 2,
		.out = CHUNK * e->dout,
		.h = CHUNK * e->P,
		.sums = e->P * e->dout,
		.norm = e->P,
		.layer = e->depth > 1 ? e->N * e->P : 0,
	};
}

size_t
block_work_bytes(const struct ensemble *e)
{
	const struct block_sizes n = block_sizes(e);
	const size_t rows = n.z + n.out + n.h + n.sums + n.norm + 2 * n.layer;

	return rows * LANES * sizeof(double) + (e->P * e->din + e->din + e->P) * sizeof(double);
}
