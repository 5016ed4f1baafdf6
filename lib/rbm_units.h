/* rbm_units.h - from the inputs z of units to their means and states; private to librenorm */
#ifndef RENORM_RBM_UNITS_H
#define RENORM_RBM_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "renorm/rbm.h"

/*
 * n units, each given the other layer. mean or state may be NULL, and either may be z itself. random: n words (binary
 * units) or 2 n (Gaussian); not read without state.
 */
void rn_rbm_units(enum rn_units units, float sigma, const float z[], const uint32_t random[], float mean[],
	float state[], size_t n);

#endif
