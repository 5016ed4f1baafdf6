/*
 * magnetic.h - moments of the magnetisation and what follows from them, for spins and fields alike
 *
 * With N sites, L the longer extent, k = 2 pi / L, S(k) the structure factor:
 *
 *	chi  = N (<m^2> - <|m|>^2)		chi0 = N <m^2>		U4 = 1 - <m^4> / (3 <m^2>^2)
 *	xi^2 = (S(0) / S(k) - 1) / (4 sin^2(k/2)),	S(0) = N <m^2>, in a field h N (<m^2> - <m>^2)
 *
 * xi is the second-moment correlation length (F. Cooper, B. Freedman, D. Preston, Nucl. Phys. B
 * 210 (1982) 210). Near xi = 0 the root has no slope and xi^2 may come out negative, so the
 * jackknife is of xi^2, and xi_err is the way to the farther end of sqrt(xi^2 -+ its error).
 */
#ifndef OBSERVE_MAGNETIC_H
#define OBSERVE_MAGNETIC_H

#include "analysis.h"

/* The first sums, series and functions of an analysis; its own come behind. */
enum { ABSM, M, M2, M4, SK, MAGNETIC_SUMS };
enum { TAU_ENERGY, TAU_M2, TAU_M, MAGNETIC_SERIES };
enum { F_ABSM, F_M, F_M2, F_M4, F_CHI, F_CHI0, F_U4, F_XI2, MAGNETIC_FUNCTIONS, FUNCTIONS_MAX = 16 };

/* Sk: S(k) of the configuration. energy: e, or what moves as it does. */
void magnetic_add(double m, double Sk, double energy, double sum[], double series[]);
void magnetic_functions(const struct rn_lattice *l, const struct cell *c, const double mean[], double out[]);

/* What an rn_function of an analysis is given. */
struct magnetic_facts {
	const struct meter *meter;
	const struct cell *cell;
};

/* The functions with errors, xi in place of xi^2, and the times. */
RN_MUST_CHECK enum rn_status magnetic_estimate(const struct meter *meter, struct cell *c, rn_function f,
	size_t functions, struct rn_estimate out[], struct rn_tau tau[MAGNETIC_SERIES], struct rn_error *err);

/* Writes value and error at row[0], row[1]. */
double *magnetic_put(double *row, struct rn_estimate x);

#endif
