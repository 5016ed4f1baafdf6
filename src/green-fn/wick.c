#include "wick.h"

#define P2(a, b) (1 << (a) | 1 << (b))

static const struct pairing pairings2[1] = { { { P2(0, 1) } } };

const struct pairing pairings4[3] = {
	{ { P2(0, 1), P2(2, 3) } },
	{ { P2(0, 2), P2(1, 3) } },
	{ { P2(0, 3), P2(1, 2) } },
};

/* Leg 0 with each of the others, times the three pairings of the four that are left. */
#define WITH(a, b, c, d, e) \
	{ { P2(0, a), P2(b, c), P2(d, e) } }, { { P2(0, a), P2(b, d), P2(c, e) } }, \
	{ \
		{ \
			P2(0, a), P2(b, e), P2(c, d) \
		} \
	}

const struct pairing pairings6[PAIRINGS_MAX] = {
	WITH(1, 2, 3, 4, 5),
	WITH(2, 1, 3, 4, 5),
	WITH(3, 1, 2, 4, 5),
	WITH(4, 1, 2, 3, 5),
	WITH(5, 1, 2, 3, 4),
};

const struct pairing *
wick_pairings(unsigned n, size_t *count)
{
	*count = n == 2 ? 1 : n == 4 ? 3 : n == 6 ? PAIRINGS_MAX : 0;
	return n == 2 ? pairings2 : n == 4 ? pairings4 : n == 6 ? pairings6 : NULL;
}

bool
wick_allowed(const struct pairing *p, unsigned n, unsigned dout, const uint16_t site[])
{
	for (unsigned k = 0; k < n / 2 && dout > 1; k++) {
		const unsigned pair = p->pair[k];
		const int a = __builtin_ctz(pair), b = __builtin_ctz(pair & (pair - 1));

		if (site[a] % dout != site[b] % dout)
			return false;
	}
	return true;
}

/* (1) less the term that is sought. */
static double
disconnected(const uint32_t subset[], unsigned n, const double G[], const double connected[])
{
	const unsigned others = (1u << n) - 2; /* all but leg 0 */
	double sum = 0;

	for (unsigned s = (others - 1) & others;; s = (s - 1) & others) {
		sum += connected[subset[s | 1]] * G[subset[others & ~s]];
		if (!s)
			return sum;
	}
}

/* (2) */
static double
gaussian(const uint32_t subset[], unsigned n, const double connected[], const double G0[])
{
	const unsigned others = (1u << n) - 2;
	double sum = connected[subset[1]] * G0[subset[others]];

	for (unsigned j = 1; j < n; j++)
		sum += connected[subset[1 | 1u << j]] * G0[subset[others & ~(1u << j)]];
	return sum;
}

void
wick(const struct combinations *c, const double G[], double G0[], double connected[])
{
	G0[0] = G[0];
	connected[0] = 0;
	for (unsigned n = 1; n <= c->highest; n++)
		for (size_t i = 0; i < combinations_of(c, n); i++) {
			const uint32_t *subset = c->subset[n] + (i << n);
			const size_t at = c->first[n] + i;

			connected[at] = n == 1 ? G[at] : G[at] - disconnected(subset, n, G, connected);
			G0[at] = gaussian(subset, n, connected, G0);
		}
}
