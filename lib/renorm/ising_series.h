/*
 * renorm/ising_series.h - the high and low temperature series of the square lattice, exactly
 *
 *	ln Z / N = ln 2 + 2 ln cosh K + g(tanh K) = 2K + g(exp(-2K)),	g(t) = sum_k (G_k / k) t^2k		N -> inf
 *	Z = 2^N cosh^2N K P(tanh K) = 2 exp(2NK) P(exp(-2K)),		P(t) = exp(N g(t)) = sum_k p_k t^2k
 *
 * all G_k and p_k integers. On a torus P is right up to t^(L-1), L the shorter extent: loops that wind around it begin at t^L.
 */
#ifndef RENORM_ISING_SERIES_H
#define RENORM_ISING_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RN_ISING_SERIES_MAX = 60 }; /* in t: beyond it a G_k would not fit 64 bits */

/* G[k] for k = 0 .. RN_ISING_SERIES_MAX / 2 */
void rn_ising_series(uint64_t G[RN_ISING_SERIES_MAX / 2 + 1]);
/* p[k] for N sites and k = 0 .. order / 2. false: one does not fit 64 bits. */
bool rn_ising_series_of_torus(uint64_t N, size_t order, uint64_t p[]);

#endif
