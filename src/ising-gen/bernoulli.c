#include "bernoulli.h"

#include <stdbool.h>

void
bernoulli_changes(const bool bit[], size_t classes, uint64_t change[])
{
	for (size_t c = 0; c < classes; c++)
		change[c] = bit[c] != (c > 0 && bit[c - 1]) ? UINT64_MAX : 0;
}

struct bernoulli
bernoulli_make(const uint64_t threshold[], size_t classes)
{
	struct bernoulli b = { 0 };

	for (size_t c = 0; c < classes; c++)
		b.threshold[c] = threshold[c];
	for (size_t j = 0; j < FIXED + FIRST; j++) {
		bool bit[CLASSES];

		for (size_t c = 0; c < classes; c++)
			bit[c] = threshold[c] >> (63 - j) & 1;
		bernoulli_changes(bit, classes, b.change[j]);
	}
	return b;
}
