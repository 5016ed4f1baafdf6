#include "projection.h"

#include <math.h>
#include <stdlib.h>

#include "renorm/reals.h"

void
projection_init(struct projection *p, const struct rn_lattice *l, enum rn_type type)
{
	*p = (struct projection){
		.l = *l,
		.type = type,
		.L = l->cols > l->rows ? l->cols : l->rows,
		.along_rows = l->dim == 2 && l->rows >= l->cols,
		.along_columns = l->cols >= l->rows,
	};
}

size_t
projection_modes(const struct projection *p)
{
	return p->L / 2 + 1;
}

bool
projection_prepare(struct projection *p)
{
	if (p->row)
		return true;
	p->row = calloc(p->l.cols, sizeof *p->row);
	p->rows = calloc(p->l.rows, sizeof *p->rows);
	p->columns = calloc(p->l.cols, sizeof *p->columns);
	p->phase = calloc(p->L, sizeof *p->phase);
	p->F = calloc(projection_modes(p), sizeof *p->F);
	if (!p->row || !p->rows || !p->columns || !p->phase || !p->F) {
		projection_clear(p);
		return false;
	}
	for (size_t x = 0; x < p->L; x++) {
		const double angle = 2 * M_PI * (double)x / (double)p->L;

		p->phase[x] = (rn_complex){ cos(angle), sin(angle) };
	}
	return true;
}

void
projection_clear(struct projection *p)
{
	free(p->row);
	free(p->rows);
	free(p->columns);
	free(p->phase);
	free(p->F);
	*p = (struct projection){ 0 };
}

/* --- sums of rows and columns ---------------------------------------------- */

/* Adds the row to the columns; its sum, in 16 lanes and then one by one, whatever the CPU. */
static RN_INLINE double
add_row(const double *row, size_t n, double *columns)
{
	const uint8_t *from = (const uint8_t *)row;
	uint8_t *to = (uint8_t *)columns;
	rn_four lanes[4] = { { 0 } };
	double sum = 0;
	size_t x = 0;

	for (; x + 4 * RN_FOUR <= n; x += 4 * RN_FOUR)
		for (size_t i = 0; i < 4; i++) {
			const size_t at = x + i * RN_FOUR;
			const rn_four v = rn_load_four(from, RN_F64, at);

			lanes[i] += v;
			rn_store_four(to, RN_F64, at, rn_load_four(to, RN_F64, at) + v);
		}
	lanes[0] = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
	for (size_t i = 0; i < RN_FOUR; i++)
		sum += lanes[0][i];
	for (; x < n; x++) {
		sum += row[x];
		columns[x] += row[x];
	}
	return sum;
}

static RN_INLINE void
project(struct projection *p, const uint8_t *data)
{
	memset(p->columns, 0, p->l.cols * sizeof *p->columns);
	for (size_t y = 0; y < p->l.rows; y++) {
		configuration_row(&p->l, p->type, data, y, p->row);
		p->rows[y] = add_row(p->row, p->l.cols, p->columns);
	}
}

typedef void project_function(struct projection *p, const uint8_t *data);

#define LEVEL(name, target) \
	target static void project_##name(struct projection *p, const uint8_t *data) { project(p, data); }

LEVEL(baseline, )
LEVEL(avx2, RN_TARGET_AVX2)
LEVEL(avx512, RN_TARGET_AVX512)

static void
project_for_cpu(struct projection *p, const uint8_t *data)
{
	static project_function *const at[] = { project_baseline, project_avx2, project_avx512 };

	at[rn_cpu()](p, data);
}

/* --- their Fourier transform ----------------------------------------------- */

static double
norm(rn_complex a)
{
	return a[0] * a[0] + a[1] * a[1];
}

/* F of n = 1 .. last; n = 0 is the sum itself. */
static void
transform(struct projection *p, const double sums[], size_t last)
{
	double total = 0;

	for (size_t n = 0; n <= last; n++)
		p->F[n] = (rn_complex){ 0, 0 };
	for (size_t x = 0; x < p->L; x++) {
		const double v = sums[x] - sums[0];

		total += sums[x];
		for (size_t n = 1, at = x; n <= last; n++) {
			p->F[n] += v * p->phase[at];
			at += x;
			at -= at >= p->L ? p->L : 0;
		}
	}
	p->F[0][0] = total;
}

/* Adds S of n = first .. last. */
static void
add_power(struct projection *p, size_t first, size_t last, double S[])
{
	const double axes = p->along_rows && p->along_columns ? 2 : 1;

	for (int down = 0; down < 2; down++) {
		if (!(down ? p->along_rows : p->along_columns))
			continue;
		transform(p, down ? p->rows : p->columns, last);
		for (size_t n = first; n <= last; n++)
			S[n] += norm(p->F[n]) / axes / (double)p->l.sites;
	}
}

double
projection_smallest(struct projection *p, const uint8_t *data)
{
	double S[2] = { 0 };

	if (p->L < 2)
		return 0;
	project_for_cpu(p, data);
	add_power(p, 1, 1, S);
	return S[1];
}

void
projection_add(struct projection *p, const uint8_t *data, double S[])
{
	project_for_cpu(p, data);
	add_power(p, 0, projection_modes(p) - 1, S);
}
