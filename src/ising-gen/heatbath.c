#include "ensemble.h"
#include "update.h"

struct heatbath
heatbath_make(double T, double h)
{
	struct heatbath r;

	for (int n = 0; n <= 4; n++) /* a division by T, not K: 0 / T is 0 even where 1 / T is inf */
		r.up[n] = ensemble_logistic(2 * ((2 * n - 4) / T + h));
	return r;
}

/*
 * The spin on the left is the only neighbour that the step before has just
 * changed. Both answers are made ready before it is known, so that a step waits
 * for the last one by an AND and an OR only.
 */
static inline uint8_t
update(const struct heatbath *r, unsigned others, uint8_t left, uint64_t word)
{
	uint8_t if_down = word < r->up[others], if_up = word < r->up[others + 1]; /* if_down <= if_up */

	return if_down | (if_up & left);
}

void
heatbath_row(const struct heatbath *r, uint8_t *row, const uint8_t *above, const uint8_t *below, size_t cols,
	const uint64_t *word)
{
	size_t last = cols - 1;
	uint8_t left = row[last];

	if (cols == 1) { /* one up and one down: no field */
		row[0] = update(r, 0u + above[0] + below[0] + 1, 0, word[0]);
		return;
	}
	for (size_t x = 0; x < last; x++)
		row[x] = left = update(r, 0u + above[x] + below[x] + row[x + 1], left, word[x]);
	row[last] = update(r, 0u + above[last] + below[last] + row[0], left, word[last]);
}
