/*
 * legendre.h - Gauss-Legendre nodes and weights on [-1, 1]
 */
#ifndef GREEN_FN_LEGENDRE_H
#define GREEN_FN_LEGENDRE_H

/* n >= 1 of them, rising, to the last digit or two: Newton's method on the recurrence of P_n. */
void legendre_nodes(unsigned n, double x[], double w[]);

#endif
