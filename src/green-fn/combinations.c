#include "combinations.h"

#include <stdlib.h>
#include <string.h>

uint64_t
combinations_count(uint64_t sites, unsigned order)
{
	unsigned __int128 n = 1;

	if (!sites)
		return order == 0;
	for (unsigned k = 1; k <= order; k++) {
		n = n * (sites + k - 1) / k; /* C(sites + k - 1, k), whole */
		if (n >= UINT64_MAX)
			return UINT64_MAX;
	}
	return (uint64_t)n;
}

size_t
combinations_rank(unsigned sites, unsigned order, const uint16_t leg[])
{
	size_t rank = 0;
	unsigned from = 0;

	/* Before it stand those with the same legs up to here and a smaller one: all from `from` less all from leg[j]. */
	for (unsigned j = 0; j < order; j++) {
		rank += combinations_count(sites - from, order - j) -
			combinations_count(sites - leg[j], order - j);
		from = leg[j];
	}
	return rank;
}

/* The next choice in lexicographic order; false after the last. */
static bool
next(unsigned sites, unsigned order, uint16_t leg[])
{
	unsigned j = order;

	while (j > 0 && leg[j - 1] == sites - 1)
		j--;
	if (!j)
		return false;
	leg[j - 1]++;
	for (unsigned k = j; k < order; k++)
		leg[k] = leg[j - 1];
	return true;
}

static void
fill_subsets(struct combinations *c, unsigned order, const uint16_t leg[], uint32_t subset[])
{
	for (unsigned mask = 0; mask < 1u << order; mask++) {
		uint16_t some[ORDER_MAX];
		unsigned n = 0;

		for (unsigned j = 0; j < order; j++)
			if (mask >> j & 1)
				some[n++] = leg[j];
		subset[mask] = (uint32_t)(c->first[n] + combinations_rank(c->sites, n, some));
	}
}

static bool
list(struct combinations *c, unsigned order)
{
	const size_t n = (size_t)combinations_count(c->sites, order);
	uint16_t leg[ORDER_MAX] = { 0 };

	if (n == 0 || n > COMBINATIONS_MAX)
		return false;
	c->first[order + 1] = c->first[order] + n;
	c->leg[order] = calloc(n * order + 1, sizeof **c->leg);
	c->subset[order] = calloc(n << order, sizeof **c->subset);
	if (!c->leg[order] || !c->subset[order])
		return false;
	for (size_t i = 0; i < n; i++) {
		memcpy(c->leg[order] + i * order, leg, order * sizeof *leg);
		fill_subsets(c, order, leg, c->subset[order] + (i << order));
		next(c->sites, order, leg);
	}
	return true;
}

bool
combinations_init(struct combinations *c, unsigned sites, unsigned highest)
{
	*c = (struct combinations){ .sites = sites, .highest = highest };
	for (unsigned order = 0; order <= highest; order++)
		if (!list(c, order)) {
			combinations_clear(c);
			return false;
		}
	return true;
}

void
combinations_clear(struct combinations *c)
{
	for (unsigned order = 0; order <= ORDER_MAX; order++) {
		free(c->leg[order]);
		free(c->subset[order]);
	}
	*c = (struct combinations){ 0 };
}
