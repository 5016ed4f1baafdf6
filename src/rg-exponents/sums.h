/*
 * sums.h - what is summed over records, and the exponents that follow from its means
 *
 * Level i has V_i sites, L_i^d of them, and the magnetisation m_i, a mean over sites. All levels are functions of one
 * configuration, with or without noise, so all feel one coupling g, in which its weight is exp(-g O). Of
 *
 *	x_i = <|m_i|>,   chi0_i = V_i <m_i^2>,   chi_i = V_i (<m_i^2> - <|m_i|>^2)
 *
 * the derivatives are covariances, up to a factor that is the same for all:
 *
 *	-dx_i/dg = cov(|m_i|, O),   -dchi0_i/dg = V_i cov(m_i^2, O),
 *	-dchi_i/dg = V_i (cov(m_i^2, O) - 2 x_i cov(|m_i|, O)).
 *
 * Lengths in units of the lattice spacing go as L, and at the critical coupling a level is like the other but for that
 * unit: so m ~ L^(-beta/nu) and chi ~ L^(gamma/nu) between levels, whichever of them is the larger [1],
 *
 *	beta/nu = -ln(x'_j / x'_i) / ln(L_j / L_i),   gamma/nu = ln(chi'_j / chi'_i) / ln(L_j / L_i),
 *
 * and the same of the values in place of the derivatives.
 *
 * |m|, m^2 and O are counted from those of the group's first record: covariances do not change, little is lost to
 * rounding, and what does not fluctuate has covariances that are 0 to the bit.
 *
 * [1] D. Bachtis, G. Aarts, F. Di Renzo, B. Lucini, Phys. Rev. Lett. 128 (2022) 081603.
 */
#ifndef RG_EXPONENTS_SUMS_H
#define RG_EXPONENTS_SUMS_H

#include "scales.h"

/* Of a pair of levels. */
enum exponent {
	BETA,		 /* from x' */
	GAMMA,		 /* chi0' */
	GAMMA_CHI,	 /* chi' */
	BETA_VALUE,	 /* x */
	GAMMA_VALUE,	 /* chi0 */
	GAMMA_CHI_VALUE, /* chi */
	EXPONENTS
};

/* Quantities summed for n levels. */
size_t sums_count(size_t n);

/* O, then |m| of the n levels. */
void sums_add(size_t n, const double origin[], const double value[], double sum[]);

/* From means, of levels i and j; NaN where a ratio is not positive and finite. */
void sums_exponents(const struct scales *s, const double origin[], const double mean[], size_t i, size_t j,
	double out[EXPONENTS]);

#endif
