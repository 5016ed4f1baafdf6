/*
 * linear.c - Swendsen's linear equations, for operators measured in units of their own fluctuation
 *
 * With D_a = 1 / sqrt(M_aa), C = D M D has a unit diagonal, so its condition says how alike the operators are and not
 * that some have more terms. Couplings scale inversely at both levels: C (T scaled) = D A D has the eigenvalues of T.
 */
#include "linear.h"

#include <lapacke.h>
#include <math.h>

#include "operators.h"

enum { KMAX = EVEN };

/* C = D M D, and its condition; false unless all operators fluctuate. */
static bool
scale(const double M[], size_t k, size_t stride, double D[], double C[], double *condition)
{
	double work[KMAX * KMAX], w[KMAX];

	*condition = INFINITY;
	for (size_t a = 0; a < k; a++) {
		if (!(M[a * stride + a] > 0))
			return false;
		D[a] = 1 / sqrt(M[a * stride + a]);
	}
	for (size_t a = 0; a < k; a++)
		for (size_t b = 0; b < k; b++)
			work[a * k + b] = C[a * k + b] = D[a] * M[a * stride + b] * D[b];
	if (LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'N', 'U', (int)k, work, (int)k, w) || !(w[0] > 0))
		return false;
	*condition = w[k - 1] / w[0];
	return *condition <= CONDITION_MAX;
}

/* T in units of D. */
static bool
solve(const double M[], const double A[], size_t k, size_t stride, double D[], double T[], double *condition)
{
	double C[KMAX * KMAX];

	if (!scale(M, k, stride, D, C, condition))
		return false;
	for (size_t c = 0; c < k; c++)
		for (size_t b = 0; b < k; b++)
			T[c * k + b] = D[c] * A[c * stride + b] * D[b];
	return !LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', (int)k, (int)k, C, (int)k, T, (int)k);
}

bool
linear_matrix(const double M[], const double A[], size_t k, size_t stride, double T[], double *condition)
{
	double D[KMAX];

	if (!solve(M, A, k, stride, D, T, condition))
		return false;
	for (size_t a = 0; a < k; a++)
		for (size_t b = 0; b < k; b++)
			T[a * k + b] *= D[a] / D[b];
	return true;
}

struct eigenvalue
linear_leading(const double M[], const double A[], size_t k, size_t stride)
{
	struct eigenvalue e = { .lambda = NAN };
	double D[KMAX], T[KMAX * KMAX], re[KMAX], im[KMAX];
	size_t top = 0;

	if (!solve(M, A, k, stride, D, T, &e.condition) ||
		LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (int)k, T, (int)k, re, im, NULL, 1, NULL, 1))
		return e;
	for (size_t a = 1; a < k; a++)
		if (hypot(re[a], im[a]) > hypot(re[top], im[top]))
			top = a;
	if (im[top] == 0 && re[top] > 0)
		e.lambda = re[top];
	return e;
}
