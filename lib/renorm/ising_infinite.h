/*
 * renorm/ising_infinite.h - exact values of the infinite Ising model: square lattice at h = 0, chain in a field
 *
 * Conventions and names as in renorm/ising_exact.h; values per site, N -> inf.
 *
 * Square lattice, S = sinh 2K, C = cosh 2K, x = |1 - S^2| / (1 + S^2), A = AGM(1, x) (so that the complete elliptic integral
 * of the modulus sqrt(1 - x^2) = 2S/C^2 is pi/2A):
 *
 *	lnz = (1/2pi) int_0^pi ln 2(B + R) dw,  B = C^2 - S cos w,  R = sqrt(B^2 - S^2)		Onsager [1]
 *	e   = -(C/S) (1 -+ x/A)			above, below Tc
 *	m0  = (1 - S^-4)^(1/8) below Tc, 0 at Tc and above					Yang [2]
 *	xi  = 1/(-ln tanh K - 2K) above Tc, 1/(4K + 2 ln tanh K) below: of <s_0 s_r> - m0^2 along an axis [3]
 *
 * and c from the sums that the AGM brings along, without cancellation. All have a few 1e-16 of relative error at every T
 * from 0 to inf, c and m0 next to Tc too: there T - Tc is taken of T as it is given. T = RN_TC (renorm/stage.h) is Tc itself:
 * c and xi are infinite.
 *
 * [1] L. Onsager, Phys. Rev. 65 (1944) 117.	[2] C. N. Yang, Phys. Rev. 85 (1952) 808.
 * [3] M. E. Fisher, R. J. Burford, Phys. Rev. 156 (1967) 583; B. M. McCoy, T. T. Wu, The two-dimensional Ising model, 1973.
 */
#ifndef RENORM_ISING_INFINITE_H
#define RENORM_ISING_INFINITE_H

struct rn_ising_plane {
	double lnz, e, c, m0, xi;
};

/* T >= 0; anything else gives NaN. */
struct rn_ising_plane rn_ising_plane(double T);

/* The coupling K* with sinh 2K sinh 2K* = 1, for K >= 0. */
double rn_ising_dual(double K);

/* The infinite chain in a reduced field h (finite); c at fixed h, 1/xi = ln(lambda_+ / lambda_-). NaN unless T >= 0. */
struct rn_ising_chain {
	double lnz, e, c, m, xi;
};
struct rn_ising_chain rn_ising_chain(double T, double h);

/*
 * Decimation of the chain: every second spin is summed out of prod exp(K0 + K s s' + h (s + s') / 2), which leaves a chain
 * of half as many spins with K', h', K0'. For 0 <= K <= inf and finite h, without overflow: relative errors of K' and h' are
 * a few 1e-16 however small or large K and h are.
 */
struct rn_ising_couplings {
	double K, h, K0;
};
struct rn_ising_couplings rn_ising_decimate(struct rn_ising_couplings a);

#endif
