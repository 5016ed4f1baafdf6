#include "observables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"
#include "renorm/cpu.h"

enum rn_status
observables_begin(struct observables *o, const struct rn_column *column, float low, float high,
	struct rn_error *err)
{
	*o = (struct observables){ .column = column, .low = low, .high = high };
	if ((column->type != RN_BIT && column->type != RN_F32) || column->ndim < 1 || column->ndim > 2)
		return RN_OK;
	o->v = calloc(column->count, sizeof *o->v);
	if (!o->v)
		return rn_fail_memory(err, "configuration");
	o->any = true;
	o->l = rn_lattice_make(column->ndim, column->shape);
	o->distances = (o->l.rows > o->l.cols ? o->l.rows : o->l.cols) / 2 + 1;
	return RN_OK;
}

void
observables_end(struct observables *o)
{
	free(o->v);
	o->v = NULL;
}

/* Along which axes a distance r is measured. */
static inline bool
is_down(const struct rn_lattice *l, size_t r)
{
	return l->dim == 2 && 2 * r <= l->rows;
}

static inline bool
is_along(const struct rn_lattice *l, size_t r)
{
	return 2 * r <= l->cols;
}

/* --- bits: 64 pairs of sites at a time ---------------------------------------------- */

static inline uint64_t
ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
}

/* The number of i < n for which bits a + i and b + i differ. */
static RN_INLINE uint64_t
differing(const uint8_t *bits, size_t a, size_t b, size_t n, uint64_t (*popcount)(uint64_t))
{
	uint64_t count = 0;

	for (; n > 64; n -= 64, a += 64, b += 64)
		count += popcount(rn_bits_load64(bits, a) ^ rn_bits_load64(bits, b));
	if (n > 0)
		count += popcount((rn_bits_load64(bits, a) ^ rn_bits_load64(bits, b)) & ~0ull >> (64 - n));
	return count;
}

/* The same of the n bits from `from` on, as a ring, and their right neighbours at distance r. */
static RN_INLINE uint64_t
differing_around(const uint8_t *bits, size_t from, size_t n, size_t r, uint64_t (*popcount)(uint64_t))
{
	return differing(bits, from, from + r, n - r, popcount) +
		differing(bits, from + n - r, from, r, popcount);
}

static RN_INLINE void
add_pairs_of_bits(const struct observables *o, const uint8_t *spins, double G[],
	uint64_t (*popcount)(uint64_t))
{
	const struct rn_lattice *l = &o->l;

	for (size_t r = 0; r < o->distances; r++) {
		uint64_t differ = 0;

		if (is_down(l, r))
			differ += differing_around(spins, 0, l->sites, r * l->cols, popcount);
		for (size_t y = 0; is_along(l, r) && y < l->rows; y++)
			differ += differing_around(spins, y * l->cols, l->cols, r, popcount);
		G[r] += 1 -
			2 * (double)differ / (double)(l->sites * (size_t)(is_down(l, r) + is_along(l, r)));
	}
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static inline uint64_t
popcnt(uint64_t x)
{
	return (uint64_t)__builtin_popcountll(x);
}

RN_TARGET_AVX2 static void
add_pairs_popcnt(const struct observables *o, const uint8_t *spins, double G[])
{
	add_pairs_of_bits(o, spins, G, popcnt);
}
#endif

static void
add_pairs(const struct observables *o, const uint8_t *spins, double G[])
{
#if defined(__x86_64__)
	if (rn_cpu() >= RN_CPU_AVX2) {
		add_pairs_popcnt(o, spins, G);
		return;
	}
#endif
	add_pairs_of_bits(o, spins, G, ones);
}

/* --- real values -------------------------------------------------------------------- */

static double
sum_of_products(const float a[], const float b[], size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

/* sum_i v_i v_(i + r) on the ring v[0..n-1]. */
static double
products_around(const float v[], size_t n, size_t r)
{
	return sum_of_products(v, v + r, n - r) + sum_of_products(v + n - r, v, r);
}

static double
products_down(const struct rn_lattice *l, const float v[], size_t r)
{
	return products_around(v, l->sites, r * l->cols);
}

static double
products_along(const struct rn_lattice *l, const float v[], size_t r)
{
	double sum = 0;

	for (size_t y = 0; y < l->rows; y++)
		sum += products_around(v + y * l->cols, l->cols, r);
	return sum;
}

/* An extent of 1 has its site as its own neighbour. */
static double
energy_of_floats(const struct rn_lattice *l, const float v[])
{
	double sum = products_along(l, v, 1 % l->cols);

	if (l->dim == 2)
		sum += products_down(l, v, 1 % l->rows);
	return 0.0 - sum / (double)l->sites;
}

static void
add_pairs_of_floats(const struct observables *o, const float v[], double G[])
{
	const struct rn_lattice *l = &o->l;

	for (size_t r = 0; r < o->distances; r++) {
		double sum = 0;

		if (is_down(l, r))
			sum += products_down(l, v, r);
		if (is_along(l, r))
			sum += products_along(l, v, r);
		G[r] += sum / (double)(l->sites * (size_t)(is_down(l, r) + is_along(l, r)));
	}
}

static void
read_floats(const struct observables *o, const uint8_t *values, const struct observed *sum, double *e,
	double *m)
{
	float *v = o->v;
	double spins = 0;

	memcpy(v, values, o->l.sites * sizeof *v); /* which may stand at any address */
	for (size_t i = 0; i < o->l.sites; i++)
		v[i] = (2 * v[i] - o->low - o->high) / (o->high - o->low);
	for (size_t i = 0; i < o->l.sites; i++)
		spins += (double)v[i];
	*m = spins / (double)o->l.sites;
	*e = energy_of_floats(&o->l, v);
	add_pairs_of_floats(o, v, sum->G);
}

/* ------------------------------------------------------------------------------------ */

/* In units of a bin, with its borders at whole numbers: so that those of bits are hit exactly. */
static void
add_to_histogram(double place, double P[BINS])
{
	const double bin = floor(place);
	const bool border = place == bin;

	if (!(place >= 0 && place <= BINS)) /* real values beyond -1 and +1 */
		return;
	if (bin < BINS)
		P[(size_t)bin] += border && bin > 0 ? 0.5 : 1;
	if (border && bin > 0)
		P[(size_t)bin - 1] += bin < BINS ? 0.5 : 1;
}

void
observables_add(const struct observables *o, const uint8_t *record, const struct observed *sum, double *e,
	double *m)
{
	const uint8_t *values = record + o->column->offset;

	if (o->column->type == RN_BIT) {
		const struct rn_ising_sums s = rn_ising_measure(&o->l, values);
		const int64_t N = (int64_t)o->l.sites;

		*e = rn_ising_e(&o->l, s);
		*m = rn_ising_m(&o->l, s);
		add_pairs(o, values, sum->G);
		add_to_histogram((double)(20 * (s.spins + N) + N) / (double)(2 * N), sum->P);
	} else {
		read_floats(o, values, sum, e, m);
		add_to_histogram((*m + 1) * 10 + 0.5, sum->P);
	}
	*sum->e += *e;
	*sum->m += *m;
	*sum->absm += fabs(*m);
	*sum->m2 += *m * *m;
	*sum->m4 += *m * *m * *m * *m;
}
