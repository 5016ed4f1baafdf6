/*
 * renorm/vecmath.h - elementary functions of arrays of f32
 *
 * Vectorised with SLEEF's "cinz" functions (no FMA, one result on every CPU), so
 * the bits do not depend on the vector width. Errors are a few units in the last
 * place of the result, absolute ones of 1e-7 where it passes through 0 (tanh,
 * log-cosh). All are safe for every finite x (no overflow at +-1e4 or beyond);
 * a NaN stays a NaN. y may be x.
 */
#ifndef RENORM_VECMATH_H
#define RENORM_VECMATH_H

#include <stddef.h>
#include <stdint.h>

void rn_exp_f32(const float x[], float y[], size_t n);
void rn_tanh_f32(const float x[], float y[], size_t n);
void rn_sigmoid_f32(const float x[], float y[], size_t n);  /* 1 / (1 + exp(-x)) */
void rn_softplus_f32(const float x[], float y[], size_t n); /* ln(1 + exp(x)) */
void rn_logcosh_f32(const float x[], float y[], size_t n);  /* ln cosh x */

/* Each of `rows` rows of `columns` becomes softmax of itself (largest entry subtracted first). */
void rn_softmax_f32(float x[], size_t rows, size_t columns);

/* sum[j] = sum over r of x[r][j] */
void rn_column_sums_f32(const float x[], size_t rows, size_t columns, float sum[]);

/* The number of threads OpenBLAS uses, from then on. A stage that calls it calls this first. */
void rn_blas_threads(unsigned threads);

#endif
