#include "field_pairs.h"

#include <stdlib.h>

#include "pairs.h"
#include "renorm/reals.h"

void
field_pairs_init(struct field_pairs *p, const struct rn_lattice *l, enum rn_type type)
{
	*p = (struct field_pairs){ .l = *l, .type = type, .stride = l->cols + l->cols / 2 };
}

bool
field_pairs_prepare(struct field_pairs *p)
{
	const size_t distances = pairs_distances(&p->l);

	if (p->phi)
		return true;
	p->phi = calloc(p->l.rows * p->stride, sizeof *p->phi);
	p->along = calloc(distances, sizeof *p->along);
	p->down = calloc(distances, sizeof *p->down);
	if (p->phi && p->along && p->down)
		return true;
	field_pairs_clear(p);
	return false;
}

void
field_pairs_clear(struct field_pairs *p)
{
	free(p->phi);
	free(p->along);
	free(p->down);
	*p = (struct field_pairs){ 0 };
}

/* In 16 lanes and then one by one, whatever the CPU. */
static RN_INLINE double
dot(const double *a, const double *b, size_t n)
{
	const uint8_t *p = (const uint8_t *)a, *q = (const uint8_t *)b;
	rn_four lanes[4] = { { 0 } };
	double sum = 0;
	size_t x = 0;

	for (; x + 4 * RN_FOUR <= n; x += 4 * RN_FOUR)
		for (size_t i = 0; i < 4; i++)
			lanes[i] += rn_load_four(p, RN_F64, x + i * RN_FOUR) *
				rn_load_four(q, RN_F64, x + i * RN_FOUR);
	lanes[0] = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
	for (size_t i = 0; i < RN_FOUR; i++)
		sum += lanes[0][i];
	for (; x < n; x++)
		sum += a[x] * b[x];
	return sum;
}

static RN_INLINE void
sum_pairs(struct field_pairs *p)
{
	const size_t rows = p->l.rows, cols = p->l.cols;

	for (size_t y = 0; y < rows; y++) {
		const double *row = p->phi + y * p->stride;

		for (size_t r = 0; 2 * r <= cols; r++)
			p->along[r] += dot(row, row + r, cols);
		for (size_t r = 0; p->l.dim == 2 && 2 * r <= rows; r++)
			p->down[r] +=
				dot(row, p->phi + (y + r < rows ? y + r : y + r - rows) * p->stride, cols);
	}
}

typedef void sum_function(struct field_pairs *p);

#define LEVEL(name, target) \
	target static void sum_##name(struct field_pairs *p) { sum_pairs(p); }

LEVEL(baseline, )
LEVEL(avx2, RN_TARGET_AVX2)
LEVEL(avx512, RN_TARGET_AVX512)

void
field_pairs_add(struct field_pairs *p, const uint8_t *data, double G[])
{
	static sum_function *const sum[] = { sum_baseline, sum_avx2, sum_avx512 };
	const size_t distances = pairs_distances(&p->l), cols = p->l.cols;
	const double N = (double)p->l.sites;

	for (size_t y = 0; y < p->l.rows; y++) {
		double *row = p->phi + y * p->stride;

		configuration_row(&p->l, p->type, data, y, row);
		memcpy(row + cols, row, (p->stride - cols) * sizeof *row);
	}
	memset(p->along, 0, distances * sizeof *p->along);
	memset(p->down, 0, distances * sizeof *p->down);
	sum[rn_cpu()](p);
	for (size_t r = 0; r < distances; r++) {
		const bool down = p->l.dim == 2 && 2 * r <= p->l.rows, along = 2 * r <= cols;

		G[r] += (p->along[r] + p->down[r]) / (down && along ? 2 * N : N);
	}
}
