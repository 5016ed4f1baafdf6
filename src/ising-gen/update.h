/*
 * update.h - single-spin updates of a torus, one row after the other
 *
 * Spins are bytes 0 and 1. `n` counts the neighbours that are up, of four; the
 * local field is 2n - 4. A chance p is a threshold: u64 < threshold, exact to
 * 64 bits. One random word a site.
 */
#ifndef ISING_GEN_UPDATE_H
#define ISING_GEN_UPDATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Heat bath: the new spin is up with probability 1 / (1 + exp(-2 (K (2n - 4) + h))),
 * whatever the old one was. Below, this is threshold[n], rising with n.
 */
struct heatbath {
	uint64_t up[5];
};
struct heatbath heatbath_make(double T, double h);

/*
 * Metropolis et al. 1953: a flip is proposed with a fixed chance (metropolis.c says
 * why not always) and accepted with probability min(1, exp(-cost)),
 * cost = 2 s (K (2n - 4) + h), s = -1, +1.
 */
enum { METROPOLIS_REFUSED_BITS = 5 }; /* a flip is proposed with the chance 1 - 2^-5 */
struct metropolis {
	uint64_t flip[2][5];
};
struct metropolis metropolis_make(double T, double h);

/*
 * Updates the `cols` spins of a row from left to right, each from its four
 * neighbours as they are then; the row is periodic. In a row of one spin the bond
 * to itself is no field: the caller does the same for a column of one by giving
 * one row of zeros and one of ones.
 */
void heatbath_row(const struct heatbath *r, uint8_t *row, const uint8_t *above, const uint8_t *below,
	size_t cols, const uint64_t *word);
void metropolis_row(const struct metropolis *r, uint8_t *row, const uint8_t *above, const uint8_t *below,
	size_t cols, const uint64_t *word);

#endif
