#include <math.h>

#include "ensemble.h"
#include "update.h"

/*
 * The chance that a flip is proposed. With 1, a spin without local field flips
 * for certain, and whole sweeps can be without chance: the chain then is not
 * ergodic (2 x 2, 3 x 3, a single row: patterns that walk round for ever) and
 * alternates as T -> inf. With less than 1 every state is reached in one sweep;
 * a spin at T = inf forgets as (2 REFUSED - 1)^sweeps. Near Tc chains forget the
 * faster the less is refused: with 1/32 in a quarter less time than with 1/8.
 */
#define REFUSED ldexp(1, -METROPOLIS_REFUSED_BITS)

struct metropolis
metropolis_make(double T, double h)
{
	struct metropolis r;

	for (int s = 0; s <= 1; s++)
		for (int n = 0; n <= 4; n++) {
			double cost = 2 * (2 * s - 1) * ((2 * n - 4) / T + h);

			double accepted = cost > 0 ? exp(-cost) : 1, refused = cost > 0 ? -expm1(-cost) : 0;

			r.flip[s][n] = ensemble_threshold((1 - REFUSED) * accepted,
				REFUSED + (1 - REFUSED) * refused);
		}
	return r;
}

/* Both answers ready before `left` is known: see heatbath.c. */
static inline uint8_t
update(const struct metropolis *r, uint8_t s, unsigned others, uint8_t left, uint64_t word)
{
	uint8_t if_down = s ^ (word < r->flip[s][others]), if_up = s ^ (word < r->flip[s][others + 1]);

	return if_down ^ ((if_down ^ if_up) & left);
}

void
metropolis_row(const struct metropolis *r, uint8_t *row, const uint8_t *above, const uint8_t *below,
	size_t cols, const uint64_t *word)
{
	size_t last = cols - 1;
	uint8_t left = row[last];

	if (cols == 1) {
		row[0] = update(r, row[0], 0u + above[0] + below[0] + 1, 0, word[0]);
		return;
	}
	for (size_t x = 0; x < last; x++)
		row[x] = left = update(r, row[x], 0u + above[x] + below[x] + row[x + 1], left, word[x]);
	row[last] = update(r, row[last], 0u + above[last] + below[last] + row[0], left, word[last]);
}
