/*
 * activation.h - g(a) and g'(a) of arrays, in f64
 *
 *	gauss exp(a) (the caller takes ln Z away from a), exp(a)   relu max(0, a), 1 for a > 0 else 0
 *	erf   erf(a), 2 / sqrt(pi) exp(-a^2)
 *
 * By SLEEF's functions without FMA: the same bits on every CPU.
 */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include <stddef.h>

#include "renorm/nets.h"

/* value may be a; slope may be NULL. */
void activate(enum rn_net_activation g, const double a[], size_t n, double value[], double slope[]);

/* One number at a time. */
double activation_exp(double x);
double activation_log(double x);

#endif
