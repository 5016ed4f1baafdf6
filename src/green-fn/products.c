#include "products.h"

#include <stdlib.h>

#include "products_kernel.h"

bool
products_init(struct products *p, unsigned sites, const bool order[ORDER_MAX + 1])
{
	unsigned longest = 1;

	*p = (struct products){ .sites = sites };
	for (unsigned n = 1; n <= ORDER_MAX; n++)
		if (order[n]) {
			p->order[n] = true;
			p->total += (size_t)combinations_count(sites, n);
			longest = (n + 1) / 2;
		}
	for (unsigned k = 0; k <= longest; k++) {
		p->count[k] = (size_t)combinations_count(sites, k);
		p->list[k] = aligned_alloc(64, p->count[k] * LANES * sizeof(double));
		p->from[k] = calloc(sites, sizeof **p->from);
		if (!p->list[k] || !p->from[k]) {
			products_clear(p);
			return false;
		}
		for (unsigned s = 0; s < sites; s++)
			p->from[k][s] = (size_t)combinations_count(sites - s, k);
	}
	for (size_t i = 0; i < LANES; i++)
		p->list[0][i] = 1;
	memset(p->list[1], 0, p->count[1] * LANES * sizeof(double));
	return true;
}

void
products_clear(struct products *p)
{
	for (unsigned k = 0; k <= ORDER_MAX / 2; k++) {
		free(p->list[k]);
		free(p->from[k]);
	}
	*p = (struct products){ 0 };
}

static RN_INLINE void
times(const double *a, const double *b, double *out)
{
	for (size_t i = 0; i < LANES; i += 8) {
		const lanes v = AT(a + i) * AT(b + i);

		memcpy(out + i, &v, sizeof v);
	}
}

/* list[k] from list[k - 1]: each site before what begins there or later. */
static RN_INLINE void
lengthen(struct products *p, unsigned k)
{
	double *out = p->list[k];

	for (unsigned s = 0; s < p->sites; s++)
		for (size_t i = p->count[k - 1] - p->from[k - 1][s]; i < p->count[k - 1]; i++, out += LANES)
			times(p->list[1] + s * LANES, p->list[k - 1] + i * LANES, out);
}

/* Each product of n / 2 legs, in their order, with those of the other legs from its last one on. Behind the sums. */
static RN_INLINE double *
sum_order(struct products *p, unsigned n, const double *weight, double sum[])
{
	const unsigned left = n / 2, right = n - left;
	uint16_t leg[ORDER_MAX / 2] = { 0 };
	double weighted[LANES] __attribute__((aligned(64)));

	for (size_t i = 0; i < p->count[left]; i++) {
		const size_t n_right = p->from[right][left ? leg[left - 1] : 0];
		const double *a = p->list[left] + i * LANES;
		unsigned j = left;

		if (weight) {
			times(a, weight, weighted);
			a = weighted;
		}
		with_each(a, p->list[right] + (p->count[right] - n_right) * LANES, n_right, sum);
		sum += n_right;
		while (j > 1 && leg[j - 1] == p->sites - 1)
			j--;
		if (j) {
			leg[j - 1]++;
			for (unsigned k = j; k < left; k++)
				leg[k] = leg[j - 1];
		}
	}
	return sum;
}

static RN_INLINE void
add_all(struct products *p, const double *weight, double sum[])
{
	for (unsigned k = 2; k <= ORDER_MAX / 2 && p->list[k]; k++)
		lengthen(p, k);
	for (unsigned n = 1; n <= ORDER_MAX; n++)
		if (p->order[n])
			sum = sum_order(p, n, weight, sum);
}

static void
add_baseline(struct products *p, const double *weight, double sum[])
{
	add_all(p, weight, sum);
}

RN_TARGET_AVX2 static void
add_avx2(struct products *p, const double *weight, double sum[])
{
	add_all(p, weight, sum);
}

RN_TARGET_AVX512 static void
add_avx512(struct products *p, const double *weight, double sum[])
{
	add_all(p, weight, sum);
}

void
products_add(struct products *p, const double weight[LANES], double sum[])
{
	static void (*const with[])(struct products *, const double *, double[]) = {
		[RN_CPU_BASELINE] = add_baseline,
		[RN_CPU_AVX2] = add_avx2,
		[RN_CPU_AVX512] = add_avx512,
	};

	with[rn_cpu()](p, weight, sum);
}
