/* block_sizes.h - the memory of a block, in rows of 16 lanes */
#ifndef BLOCK_SIZES_H
#define BLOCK_SIZES_H

#include "block.h"

/* z: rows of normals. The others are rows of the ensemble's type. */
struct block_sizes {
	size_t z, out, h, sums, norm, layer;
};
struct block_sizes block_sizes(const struct ensemble *e);

#endif
