#include "correlate.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/reals.h"

enum { LANES = 8 };
typedef double eight __attribute__((vector_size(8 * LANES)));

enum rn_status
correlate_create(struct correlate *c, const struct rn_lattice *coarse, size_t b, size_t K,
	struct rn_error *err)
{
	const bool ring = coarse->dim == 1;
	const size_t extents[2] = { ring ? b * coarse->cols : b * coarse->rows, b * coarse->cols };
	size_t sums;

	*c = (struct correlate){
		.rows = ring ? rn_taps_make(1, 1) : rn_taps_make(b, K),
		.cols = rn_taps_make(b, K),
		.coarse = *coarse,
		.fine = rn_lattice_make(coarse->dim, extents),
	};
	c->sites = c->rows.b * c->cols.b;
	c->taps = c->rows.n * c->cols.n;
	c->reach = c->cols.n - 1;
	c->width = (coarse->cols + LANES - 1) / LANES * LANES;
	c->padded = c->reach + c->width + c->reach;
	sums = c->sites * c->taps;
	sums = sums < c->rows.n * (2 * c->cols.n - 1) ? c->rows.n * (2 * c->cols.n - 1) : sums;
	sums = sums < c->sites * c->sites ? c->sites * c->sites : sums;
	c->x = calloc(coarse->rows * c->padded, sizeof *c->x);
	c->y = calloc(c->sites * coarse->rows * c->width, sizeof *c->y);
	c->lanes = aligned_alloc(64, sums * LANES * sizeof *c->lanes);
	if (c->x && c->y && c->lanes)
		return RN_OK;
	correlate_clear(c);
	return rn_fail_memory(err, "correlations");
}

void
correlate_clear(struct correlate *c)
{
	free(c->x);
	free(c->y);
	free(c->lanes);
	*c = (struct correlate){ 0 };
}

size_t
correlate_entry(const struct correlate *c, size_t q, size_t i)
{
	const size_t u = rn_taps_entry(&c->rows, q / c->cols.b, i / c->cols.n);
	const size_t v = rn_taps_entry(&c->cols, q % c->cols.b, i % c->cols.n);

	return u < c->rows.K && v < c->cols.K ? u * c->cols.K + v : c->rows.K * c->cols.K;
}

/* --- fields in double ------------------------------------------------------------- */

static RN_INLINE void
take_x(struct correlate *c, enum rn_type type, const uint8_t *x)
{
	const size_t cols = c->coarse.cols, images = c->reach % cols;

	for (size_t I = 0; I < c->coarse.rows; I++) {
		double *row = c->x + I * c->padded;

		for (size_t J = 0; J < cols; J++)
			row[c->reach + J] = rn_load_real(x, type, I * cols + J);
		for (size_t k = 0; k < c->reach; k++) {
			row[c->reach + cols + k] = row[c->reach + k % cols];
			row[k] = row[c->reach + (cols - images + k) % cols];
		}
	}
}

static RN_INLINE void
take_y(struct correlate *c, enum rn_type type, const uint8_t *y)
{
	const size_t b1 = c->rows.b, b2 = c->cols.b, plane = c->coarse.rows * c->width;

	for (size_t I = 0; I < c->coarse.rows; I++)
		for (size_t r = 0; r < b1; r++) {
			const size_t from = (I * b1 + r) * c->fine.cols;
			double *row = c->y + r * b2 * plane + I * c->width;

			for (size_t J = 0; J < c->coarse.cols; J++)
				for (size_t s = 0; s < b2; s++)
					row[s * plane + J] = rn_load_real(y, type, from + J * b2 + s);
		}
}

void
correlate_take_x(struct correlate *c, enum rn_type type, const void *x)
{
	if (type == RN_F64)
		take_x(c, RN_F64, x);
	else
		take_x(c, RN_F32, x);
}

void
correlate_take_y(struct correlate *c, enum rn_type type, const void *y)
{
	if (type == RN_F64)
		take_y(c, RN_F64, y);
	else
		take_y(c, RN_F32, y);
}

/* --- sums ---------------------------------------------------------------------------- */

static RN_INLINE void
add_products(double *lanes, const double *a, const double *b, size_t n)
{
	eight sum;

	memcpy(&sum, lanes, sizeof sum);
	for (size_t i = 0; i < n; i += LANES) {
		eight u, v;

		memcpy(&u, a + i, sizeof u);
		memcpy(&v, b + i, sizeof v);
		sum += u * v;
	}
	memcpy(lanes, &sum, sizeof sum);
}

static void
clear_sums(struct correlate *c, size_t n)
{
	memset(c->lanes, 0, n * LANES * sizeof *c->lanes);
}

static void
take_sums(const struct correlate *c, double sum[], size_t n)
{
	for (size_t k = 0; k < n; k++) {
		const double *l = c->lanes + k * LANES;

		sum[k] = ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
	}
}

static size_t
wrap(ptrdiff_t I, size_t n)
{
	const ptrdiff_t rest = I % (ptrdiff_t)n;

	return (size_t)(rest < 0 ? rest + (ptrdiff_t)n : rest);
}

static RN_INLINE void
cross(struct correlate *c)
{
	const size_t rows = c->coarse.rows;

	for (size_t I = 0; I < rows; I++)
		for (size_t i = 0; i < c->rows.n; i++) {
			const double *x =
				c->x + wrap((ptrdiff_t)(I + i) + c->rows.first, rows) * c->padded + c->reach;

			for (size_t q = 0; q < c->sites; q++) {
				const double *y = c->y + (q * rows + I) * c->width;
				double *lanes = c->lanes + (q * c->taps + i * c->cols.n) * LANES;

				for (size_t j = 0; j < c->cols.n; j++)
					add_products(lanes + j * LANES, y, x + c->cols.first + (ptrdiff_t)j,
						c->width);
			}
		}
}

/* What stands beyond the last column of a row is not of the lattice. */
static RN_INLINE void
auto_sums(struct correlate *c)
{
	const size_t rows = c->coarse.rows, n = 2 * c->cols.n - 1, cols = c->coarse.cols;
	const size_t whole = cols / LANES * LANES;

	for (size_t I = 0; I < rows; I++)
		for (size_t d = 0; d < c->rows.n; d++) {
			const double *a = c->x + I * c->padded + c->reach;
			const double *b = c->x + (I + d) % rows * c->padded;

			for (size_t k = 0; k < n; k++) {
				double *lanes = c->lanes + (d * n + k) * LANES;

				add_products(lanes, a, b + k, whole);
				for (size_t J = whole; J < cols; J++)
					lanes[J - whole] += a[J] * b[k + J];
			}
		}
}

static RN_INLINE void
block(struct correlate *c)
{
	const size_t plane = c->coarse.rows * c->width;

	for (size_t q = 0; q < c->sites; q++)
		for (size_t p = 0; p <= q; p++)
			add_products(c->lanes + (q * c->sites + p) * LANES, c->y + q * plane,
				c->y + p * plane, plane);
}

typedef void sums(struct correlate *c);

#define LEVELS(name, body) \
	static void name##_baseline(struct correlate *c) { body(c); } \
	RN_TARGET_AVX2 static void name##_avx2(struct correlate *c) { body(c); } \
	RN_TARGET_AVX512 static void name##_avx512(struct correlate *c) { body(c); } \
	static sums *const name[] = { name##_baseline, name##_avx2, name##_avx512 };

LEVELS(cross_levels, cross)
LEVELS(auto_levels, auto_sums)
LEVELS(block_levels, block)

void
correlate_cross(struct correlate *c, double X[])
{
	clear_sums(c, c->sites * c->taps);
	cross_levels[rn_cpu()](c);
	take_sums(c, X, c->sites * c->taps);
}

void
correlate_auto(struct correlate *c, double C[])
{
	const size_t n = c->rows.n * (2 * c->cols.n - 1);

	clear_sums(c, n);
	auto_levels[rn_cpu()](c);
	take_sums(c, C, n);
}

void
correlate_block(struct correlate *c, double Y[])
{
	const size_t n = c->sites;

	clear_sums(c, n * n);
	block_levels[rn_cpu()](c);
	take_sums(c, Y, n * n);
	for (size_t q = 0; q < n; q++)
		for (size_t p = 0; p < q; p++)
			Y[p * n + q] = Y[q * n + p];
}
