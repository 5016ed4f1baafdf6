/* Transposed convolutions: rows with their periodic images, and one kernel a CPU level that combines them. */
#include <stdlib.h>
#include <string.h>

#include "renorm/cpu.h"
#include "renorm/invrg.h"

/* --- taps ------------------------------------------------------------------- */

struct rn_taps
rn_taps_make(size_t b, size_t K)
{
	const size_t p = (K - b) / 2, before = (K - 1 - p) / b, after = (b - 1 + p) / b;

	return (struct rn_taps){ b, K, before + after + 1, -(ptrdiff_t)before };
}

size_t
rn_taps_entry(const struct rn_taps *t, size_t r, size_t i)
{
	const ptrdiff_t p = (ptrdiff_t)((t->K - t->b) / 2), A = t->first + (ptrdiff_t)i;
	const ptrdiff_t u = (ptrdiff_t)r + p - (ptrdiff_t)t->b * A;

	return u >= 0 && u < (ptrdiff_t)t->K ? (size_t)u : t->K;
}

size_t
rn_taps_most(const struct rn_taps *t)
{
	return (t->K + t->b - 1) / t->b;
}

/* --- the kernels --------------------------------------------------------------- */

enum { UNROLL = 4 };

typedef void combine(const float *const x[], size_t n1, size_t n2, const float w[], size_t b, size_t cols,
	bool add, uint8_t *y);

#define LEVEL 0
#include "invrg_tc_kernel.h"
#if defined(__x86_64__)
#undef LEVEL
#define LEVEL 1
#include "invrg_tc_kernel.h"
#undef LEVEL
#define LEVEL 2
#include "invrg_tc_kernel.h"
static combine *const kernels[] = { combine_0, combine_1, combine_2 };
#else
static combine *const kernels[] = { combine_0, combine_0, combine_0 };
#endif

void
rn_combine(const float *const x[], size_t n1, size_t n2, const float w[], size_t b, size_t cols, bool add,
	void *y)
{
	kernels[rn_cpu()](x, n1, n2, w, b, cols, add, y);
}

/* --- a lattice -------------------------------------------------------------------- */

static void
find_rows(struct rn_tc *t)
{
	for (size_t r = 0; r < t->rows.b; r++) {
		t->to[r] = t->rows.n;
		while (rn_taps_entry(&t->rows, r, t->from[r]) == t->rows.K)
			t->from[r]++;
		while (rn_taps_entry(&t->rows, r, t->to[r] - 1) == t->rows.K)
			t->to[r]--;
	}
}

enum rn_status
rn_tc_create(struct rn_tc *t, const struct rn_lattice *coarse, size_t b, size_t K, struct rn_error *err)
{
	const bool ring = coarse->dim == 1;
	const size_t extents[2] = { ring ? b * coarse->cols : b * coarse->rows, b * coarse->cols };

	*t = (struct rn_tc){
		.rows = ring ? rn_taps_make(1, 1) : rn_taps_make(b, K),
		.cols = rn_taps_make(b, K),
		.coarse = *coarse,
		.fine = rn_lattice_make(coarse->dim, extents),
	};
	t->weights = t->rows.b * t->rows.n * t->cols.n * t->cols.b;
	find_rows(t);
	t->padded = coarse->cols + t->cols.n - 1 + RN_COMBINE_SLACK;
	t->row = calloc(t->rows.n * t->padded, sizeof *t->row);
	t->row_f64 = calloc(t->rows.n * t->padded, sizeof *t->row_f64);
	if (t->row && t->row_f64)
		return RN_OK;
	rn_tc_clear(t);
	return rn_fail_memory(err, "rows of a field");
}

void
rn_tc_clear(struct rn_tc *t)
{
	free(t->row);
	free(t->row_f64);
	*t = (struct rn_tc){ 0 };
}

void
rn_tc_weights(const struct rn_tc *t, const float kernel[], float w[])
{
	for (size_t r = 0; r < t->rows.b; r++)
		for (size_t i = 0; i < t->rows.n; i++)
			for (size_t j = 0; j < t->cols.n; j++)
				for (size_t s = 0; s < t->cols.b; s++) {
					const size_t u = rn_taps_entry(&t->rows, r, i);
					const size_t v = rn_taps_entry(&t->cols, s, j);

					*w++ = u < t->rows.K && v < t->cols.K ? kernel[u * t->cols.K + v] : 0;
				}
}

/* I mod n, for I >= -n times anything. */
static size_t
wrap(ptrdiff_t I, size_t n)
{
	const ptrdiff_t rest = I % (ptrdiff_t)n;

	return (size_t)(rest < 0 ? rest + (ptrdiff_t)n : rest);
}

/* One row from column `first` on, with as much of its images as the taps reach. Numbers of `size` bytes. */
static void
pad(const struct rn_tc *t, const uint8_t *row, size_t size, uint8_t *out)
{
	const size_t cols = t->coarse.cols, n = cols + t->cols.n - 1;
	size_t from = wrap(t->cols.first, cols), done = 0;

	while (done < n) {
		const size_t now = cols - from < n - done ? cols - from : n - done;

		memcpy(out + done * size, row + from * size, now * size);
		done += now;
		from = 0;
	}
}

/*
 * Rows come into a window of rows.n as the block row I moves down: image A is in place A mod rows.n, counted from the
 * first one that is needed.
 */
static void
take_row(const struct rn_tc *t, const uint8_t *x, size_t k, size_t size, uint8_t *window)
{
	const size_t row = wrap(t->rows.first + (ptrdiff_t)k, t->coarse.rows);
	const size_t place = t->rows.n > 1 ? k % t->rows.n : 0;

	pad(t, x + row * t->coarse.cols * size, size, window + place * t->padded * size);
}

void
rn_tc_apply(struct rn_tc *t, const float w[], const void *x, bool add, void *y)
{
	const size_t n = t->rows.n, b = t->cols.b, of_tap_row = t->cols.n * b;
	const float *row[RN_INVRG_MAX_K + 2] = { NULL };
	uint8_t *out = y;

	for (size_t i = 0; i < n; i++)
		row[i] = t->row + i * t->padded;
	for (size_t k = 0; k + 1 < n; k++)
		take_row(t, x, k, sizeof(float), (uint8_t *)t->row);
	for (size_t I = 0; I < t->coarse.rows; I++) {
		const float *first = row[0];

		take_row(t, x, I + n - 1, sizeof(float), (uint8_t *)t->row);
		for (size_t r = 0; r < t->rows.b; r++, out += t->fine.cols * sizeof(float))
			rn_combine(row + t->from[r], t->to[r] - t->from[r], t->cols.n,
				w + (r * n + t->from[r]) * of_tap_row, b, t->coarse.cols, add, out);
		memmove(row, row + 1, (n - 1) * sizeof *row);
		row[n - 1] = first;
	}
}

/* --- in double -------------------------------------------------------------------- */

static double
value_f64(const struct rn_tc *t, const double kernel[], size_t I, size_t r, size_t J, size_t s)
{
	double sum = 0;

	for (size_t i = 0; i < t->rows.n; i++) {
		const size_t u = rn_taps_entry(&t->rows, r, i);
		const double *row = t->row_f64 + (I + i) % t->rows.n * t->padded + J;

		for (size_t j = 0; u < t->rows.K && j < t->cols.n; j++) {
			const size_t v = rn_taps_entry(&t->cols, s, j);

			if (v < t->cols.K)
				sum += kernel[u * t->cols.K + v] * row[j];
		}
	}
	return sum;
}

void
rn_tc_apply_f64(struct rn_tc *t, const double kernel[], const void *x, void *y)
{
	const size_t b = t->cols.b;
	uint8_t *out = y;

	for (size_t k = 0; k + 1 < t->rows.n; k++)
		take_row(t, x, k, sizeof(double), (uint8_t *)t->row_f64);
	for (size_t I = 0; I < t->coarse.rows; I++) {
		take_row(t, x, I + t->rows.n - 1, sizeof(double), (uint8_t *)t->row_f64);
		for (size_t r = 0; r < t->rows.b; r++)
			for (size_t c = 0; c < t->fine.cols; c++, out += sizeof(double)) {
				const double value = value_f64(t, kernel, I, r, c / b, c % b);

				memcpy(out, &value, sizeof value);
			}
	}
}
