#include "sums.h"

/* Places in the sums of one level; level 0 has the first alone. */
enum {
	MEANS = 0,
	EVEN_HERE = EVEN,
	EVEN_ACROSS = EVEN_HERE + EVEN * EVEN,
	ODD_HERE = EVEN_ACROSS + EVEN * EVEN,
	ODD_ACROSS = ODD_HERE + ODD * ODD,
	LEVEL = ODD_ACROSS + ODD * ODD,
};

static size_t
place(size_t l)
{
	return l ? EVEN + (l - 1) * LEVEL : 0;
}

size_t
sums_count(size_t n)
{
	return place(n);
}

static inline void
add_products(double sum[], const double a[], const double b[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			sum[i * n + j] += a[i] * b[j];
}

void
sums_add(const struct levels *levels, const int64_t origin[], const int64_t S[], double sum[])
{
	double fine[OPERATORS], here[OPERATORS];

	for (size_t l = 0; l < levels->n; l++) {
		for (size_t a = 0; a < OPERATORS; a++) {
			int64_t x = S[l * OPERATORS + a];

			here[a] = (double)(a < EVEN ? x - origin[l * OPERATORS + a] : x);
		}
		for (size_t a = 0; a < EVEN; a++)
			sum[MEANS + a] += here[a];
		if (l > 0) {
			add_products(sum + EVEN_HERE, here, here, EVEN);
			add_products(sum + EVEN_ACROSS, here, fine, EVEN);
			add_products(sum + ODD_HERE, here + EVEN, here + EVEN, ODD);
			add_products(sum + ODD_ACROSS, here + EVEN, fine + EVEN, ODD);
		}
		sum += l ? LEVEL : EVEN;
		for (size_t a = 0; a < OPERATORS; a++)
			fine[a] = here[a];
	}
}

/* <S_c S_b> - <S_c> <S_b> */
static void
connect(const double product[], const double c[], const double b[], double out[])
{
	for (size_t i = 0; i < EVEN; i++)
		for (size_t j = 0; j < EVEN; j++)
			out[i * EVEN + j] = product[i * EVEN + j] - c[i] * b[j];
}

struct eigenvalue
sums_even(const double mean[], size_t l, size_t k)
{
	const double *here = mean + place(l), *fine = mean + place(l - 1);
	double M[EVEN * EVEN], A[EVEN * EVEN];

	connect(here + EVEN_HERE, here + MEANS, here + MEANS, M);
	connect(here + EVEN_ACROSS, here + MEANS, fine + MEANS, A);
	return linear_leading(M, A, k, EVEN);
}

struct eigenvalue
sums_odd(const double mean[], size_t l, size_t k)
{
	const double *here = mean + place(l);

	return linear_leading(here + ODD_HERE, here + ODD_ACROSS, k, ODD);
}
