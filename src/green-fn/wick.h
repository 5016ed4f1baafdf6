/*
 * wick.h - moments, cumulants, and what Wick's theorem makes of a propagator
 *
 * With legs S, l the first of them, and kappa the connected functions,
 *
 *	G(S) = sum over T, l in T, T in S, of kappa(T) G(S - T),				(1)
 *	G0(S) = kappa(l) G0(S - l) + sum over j of kappa(l, j) G0(S - l - j).			(2)
 *
 * (1) is solved for kappa(S), (2) is Wick's theorem for a field of mean kappa(l): L. Isserlis,
 * Biometrika 12 (1918) 134.
 */
#ifndef GREEN_FN_WICK_H
#define GREEN_FN_WICK_H

#include "combinations.h"

/*
 * All orders at once, one number a choice, in the order of *c. G is given, G[0] = 1; G0 and connected are filled in.
 * Of an even ensemble put in 0 for the odd ones, and for order 2 the propagator that is to count.
 */
void wick(const struct combinations *c, const double G[], double G0[], double connected[]);

/* The (n - 1)!! ways to pair n = 2, 4 or 6 legs: pair[k] are the masks of its n / 2 pairs. */
struct pairing {
	uint8_t pair[ORDER_MAX / 2];
};
enum { PAIRINGS_MAX = 15 };
extern const struct pairing pairings4[3], pairings6[PAIRINGS_MAX];
/* The list for n; NULL and 0 for odd n. */
const struct pairing *wick_pairings(unsigned n, size_t *count);
/* Whether both legs of each pair are of one output. site: point * dout + output. */
bool wick_allowed(const struct pairing *p, unsigned n, unsigned dout, const uint16_t site[]);

#endif
