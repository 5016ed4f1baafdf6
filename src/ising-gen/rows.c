/* Small tori from the transfer matrix; rows.h has the mathematics. */
#include "rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/cpu.h"
#include "renorm/ising_rows.h"
#include "renorm/reader.h" /* RN_SLACK */

enum {
	SIDE = 32,	/* records that are drawn side by side: the steps of one wait for each other */
	PORTION = 8,	/* rows whose random words are made at once; even */
	SHIFTED = 1000, /* powers of two that a vector is scaled by, at most */
};

bool
rows_covers(const struct rn_lattice *l)
{
	const size_t n = l->rows < l->cols ? l->rows : l->cols;

	if (l->dim != 2 || n > ROWS_SITES)
		return false;
	const size_t states = n < 2 ? 4 : (size_t)1 << n;
	return (l->sites / n - 1) * n * states * sizeof(double) <= ROWS_TABLE;
}

static size_t
smallest_of_orbit(size_t row, size_t n)
{
	size_t image[2] = { row, rn_row_reflected(row, n) }, least = row;

	for (size_t x = 0; x < n; x++)
		for (int i = 0; i < 2; i++) {
			image[i] = rn_row_rotated(image[i], n);
			least = image[i] < least ? image[i] : least;
		}
	return least;
}

static void
find_orbits(struct rows *r)
{
	const size_t rows = (size_t)1 << r->n;

	for (size_t a = 0; a < rows; a++) {
		const unsigned members = rn_row_orbit(a, r->n);

		r->mirrored[0][a] = (uint16_t)a;
		r->mirrored[1][a] = (uint16_t)rn_row_reflected(a, r->n);
		if (members > 0)
			r->all[r->all_orbits++] = (struct rows_orbit){ .row = (uint16_t)a,
				.members = (uint16_t)members,
				.flipped = (uint16_t)smallest_of_orbit(a ^ (rows - 1), r->n) };
	}
}

static double *
doubles(size_t n)
{
	return aligned_alloc(64, (n * sizeof(double) + 63) / 64 * 64);
}

bool
rows_init(struct rows *r, const struct rn_lattice *l)
{
	const size_t n = l->rows < l->cols ? l->rows : l->cols, fit = ROWS_BLOCK_BYTES / l->bytes;

	*r = (struct rows){ .lattice = *l, .n = n, .R = l->sites / n };
	r->states = n < 2 ? 4 : (size_t)1 << n;
	r->upright = l->rows < l->cols;
	r->avx2 = rn_cpu() >= RN_CPU_AVX2;
	r->block = fit > ROWS_BLOCK ? ROWS_BLOCK : fit < 16 ? 16 : fit;
	r->bonds = doubles(n + 1);
	r->weight = doubles(r->states);
	r->table = doubles((r->R - 1) * n * r->states + 1);
	r->place = calloc(r->block, sizeof *r->place);
	r->order = calloc(r->block, sizeof *r->order);
	r->record = calloc(r->block * l->bytes + RN_SLACK, 1);
	for (int i = 0; i < 2; i++) {
		r->vector[i] = doubles(r->states);
		r->mirrored[i] = calloc(r->states, sizeof *r->mirrored[i]);
		if (!r->vector[i] || !r->mirrored[i])
			return false;
	}
	if (!r->bonds || !r->weight || !r->table || !r->place || !r->order || !r->record)
		return false;
	find_orbits(r);
	return true;
}

void
rows_clear(struct rows *r)
{
	for (int i = 0; i < 2; i++) {
		free(r->vector[i]);
		free(r->mirrored[i]);
	}
	free(r->bonds);
	free(r->weight);
	free(r->table);
	free(r->place);
	free(r->order);
	free(r->record);
	*r = (struct rows){ 0 };
}

/* --- vectors over the states of a row ---------------------------------------------- */

enum { LANES = 4 };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

/* to[u] = from[u] + q from[u ^ bit]; in place too. */
static RN_INLINE void
mix_body(lanes *to, const lanes *from, size_t bit, double q, size_t n)
{
	const size_t step = bit / LANES;

	if (bit == 1)
		for (size_t i = 0; i < n; i++)
			to[i] = from[i] + q * __builtin_shufflevector(from[i], from[i], 1, 0, 3, 2);
	else if (bit == 2)
		for (size_t i = 0; i < n; i++)
			to[i] = from[i] + q * __builtin_shufflevector(from[i], from[i], 2, 3, 0, 1);
	else
		for (size_t half = 0; half < n; half += 2 * step)
			for (size_t i = half; i < half + step; i++) {
				const lanes x = from[i], y = from[i + step];

				to[i] = x + q * y;
				to[i + step] = y + q * x;
			}
}

/* to = scale weight from, element by element; returns their sum. */
static RN_INLINE double
weigh_body(lanes *to, const lanes *from, const lanes *weight, double scale, size_t n)
{
	lanes sum = { 0 };

	for (size_t i = 0; i < n; i++) {
		to[i] = scale * weight[i] * from[i];
		sum += to[i];
	}
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void
mix_baseline(double *to, const double *from, size_t bit, double q, size_t n)
{
	mix_body((lanes *)to, (const lanes *)from, bit, q, n / LANES);
}

RN_TARGET_AVX2 static void
mix_avx2(double *to, const double *from, size_t bit, double q, size_t n)
{
	mix_body((lanes *)to, (const lanes *)from, bit, q, n / LANES);
}

static double
weigh_baseline(double *to, const double *from, const double *weight, double scale, size_t n)
{
	return weigh_body((lanes *)to, (const lanes *)from, (const lanes *)weight, scale, n / LANES);
}

RN_TARGET_AVX2 static double
weigh_avx2(double *to, const double *from, const double *weight, double scale, size_t n)
{
	return weigh_body((lanes *)to, (const lanes *)from, (const lanes *)weight, scale, n / LANES);
}

static void
mix(const struct rows *r, double *to, const double *from, size_t x)
{
	(r->avx2 ? mix_avx2 : mix_baseline)(to, from, (size_t)1 << x, r->q, r->states);
}

/* v_1 */
static void
start_at(const struct rows *r, double v[], size_t a)
{
	for (size_t s = 0; s >> r->n == 0; s++)
		v[s] = r->bonds[rn_row_up(s ^ a)];
	for (size_t s = (size_t)1 << r->n; s < r->states; s++)
		v[s] = 0;
}

/* g = 2^-shift D v; returns the shift for the next row, so that numbers stay near 1. */
static int
weigh(const struct rows *r, double g[], const double v[], int shift)
{
	const double sum =
		(r->avx2 ? weigh_avx2 : weigh_baseline)(g, v, r->weight, ldexp(1, -shift), r->states);
	int exponent;

	frexp(sum, &exponent);
	return exponent < -SHIFTED ? -SHIFTED : exponent;
}

/* From v_j to v_(j+1), which is too small by 2^-shift; to and from may be the same. */
static int
next_vector(const struct rows *r, double *to, const double *from, int shift)
{
	shift = weigh(r, to, from, shift);
	for (size_t x = 0; x < r->n; x++)
		mix(r, to, to, x);
	return shift;
}

/* --- a temperature ------------------------------------------------------------------ */

static void
set_weights(struct rows *r, double K, double h)
{
	const size_t n = r->n;
	const double turned = exp(-2 * fabs(h));
	double against[ROWS_SITES + 1], within[ROWS_SITES + 1];

	r->q = exp(-2 * K);
	r->bonds[0] = against[0] = within[0] = 1;
	for (size_t k = 0; k < n; k++) {
		r->bonds[k + 1] = within[k + 1] = r->bonds[k] * r->q;
		against[k + 1] = against[k] * turned;
	}
	for (size_t s = 0; s < r->states; s++) {
		const size_t up = rn_row_up(s);

		r->weight[s] = s >> n ? 0 : within[rn_row_broken(s, n)] * against[h < 0 ? up : n - up];
	}
}

/* sum_s v(s) D(s) w(s), by halves: the rounding errors of n additions and not of 2^n. Writes over v. */
static double
closed(const struct rows *r, double v[], const double w[])
{
	for (size_t s = 0; s < r->states; s++)
		v[s] *= r->weight[s] * w[s];
	for (size_t n = r->states / 2; n > 0; n /= 2)
		for (size_t s = 0; s < n; s++)
			v[s] += v[s + n];
	return v[0];
}

/* The weight of a as the first row is that returned times 2^*exponent. */
static double
first_row(const struct rows *r, size_t a, int64_t *exponent)
{
	double *v = r->vector[0], *w = r->vector[1];
	const size_t i = r->R / 2;
	int shift = 0;

	*exponent = 0;
	if (r->R == 1) /* its own neighbour: no bond is broken */
		return r->weight[a];
	start_at(r, v, a);
	for (size_t j = 1; j < i; j++) {
		*exponent += 2 * shift;
		shift = next_vector(r, v, v, shift);
	}
	if (r->R % 2 == 0)
		return r->weight[a] * closed(r, v, v);
	*exponent += shift;
	next_vector(r, w, v, shift);
	return r->weight[a] * closed(r, v, w);
}

/* Of the orbits to draw from; the last, of the row along the field, has what rounding has left. */
static void
set_thresholds(struct rows *r, const int64_t exponent[])
{
	int64_t most = INT64_MIN;
	uint64_t below = 0;
	double sum = 0;

	for (size_t i = 0; i < r->orbits; i++)
		if (r->orbit[i].p > 0 && exponent[i] > most)
			most = exponent[i];
	for (size_t i = 0; i < r->orbits; i++) {
		const int64_t less = exponent[i] - most;

		r->orbit[i].p = less < -4096 ? 0 : ldexp(r->orbit[i].p, (int)less);
		sum += r->orbit[i].p;
	}
	for (size_t i = 0; i < r->orbits; i++)
		r->orbit[i].below = below += rn_random_threshold(r->orbit[i].p / sum);
	r->orbit[r->orbits - 1].below = UINT64_MAX;
}

static void
find_first_rows(struct rows *r, double h)
{
	const bool flip = h == 0;
	int64_t exponent[ROWS_ORBITS];

	r->orbits = 0;
	r->images = (flip ? 4 : 2) * r->n;
	for (size_t i = 0; i < r->all_orbits; i++) {
		struct rows_orbit o = r->all[h > 0 ? i : r->all_orbits - 1 - i];

		if (flip && o.flipped < o.row)
			continue;
		if (flip && o.flipped > o.row)
			o.members = (uint16_t)(2 * o.members);
		o.p = o.members * first_row(r, o.row, &exponent[r->orbits]);
		r->orbit[r->orbits++] = o;
	}
	set_thresholds(r, exponent);
}

void
rows_start(struct rows *r, const struct ensemble *e, uint64_t first_id, uint64_t n)
{
	r->key = ensemble_key(e, "exact rows");
	set_weights(r, 1 / e->T, e->h);
	find_first_rows(r, e->h);
	r->first_id = first_id;
	r->wanted = n;
	r->next = r->have = 0;
}

/* --- the table of a first row -------------------------------------------------------- */

static void
make_table(const struct rows *r, size_t a)
{
	const size_t last = r->n - 1, states = r->states;
	double *g = r->table, *v = r->vector[0];
	int shift = 0;

	start_at(r, v, a);
	for (size_t j = 1; j < r->R; j++, g += r->n * states) {
		shift = weigh(r, g, v, shift);
		for (size_t x = 0; x < last; x++)
			mix(r, g + (x + 1) * states, g + x * states, x);
		mix(r, v, g + last * states, last);
	}
}

/* --- records ------------------------------------------------------------------------- */

/* Records with the same first row. */
struct side {
	size_t n;
	uint64_t id[SIDE];
	uint8_t image[SIDE];
	uint8_t *bits[SIDE];
	uint32_t row[SIDE];   /* the present row */
	uint64_t begun[SIDE]; /* the word of the record that rows are being written to */
	uint64_t word[SIDE][PORTION * ROWS_SITES];
};

/* The symmetry that a record has. */
static size_t
imaged(const struct rows *r, size_t row, size_t image)
{
	const size_t n = r->n, x = image % n, all = ((size_t)1 << n) - 1;

	row = r->mirrored[image / n % 2][row] ^ (image < 2 * n ? 0 : all);
	return (row >> x | row << (n - x)) & all;
}

/* Row y of records whose rows are the lattice's. */
static void
put_rows(const struct rows *r, struct side *s, size_t y)
{
	const size_t n = r->n, at = y * n % 64, first = y * n / 64 * 8;
	const bool full = at + n >= 64, end = y + 1 == r->R;
	const size_t bytes = full ? 8 : r->lattice.bytes - first;

	for (size_t i = 0; i < s->n; i++) {
		const uint64_t row = imaged(r, s->row[i], s->image[i]);

		s->begun[i] |= row << at;
		if (full || end)
			memcpy(s->bits[i] + first, &s->begun[i], bytes);
		if (full) {
			s->begun[i] = row >> (63 - at) >> 1;
			if (end && first + 8 < r->lattice.bytes)
				memcpy(s->bits[i] + first + 8, &s->begun[i], r->lattice.bytes - first - 8);
		}
	}
}

/* Column x of the lattice. */
static void
put_columns(const struct rows *r, const struct side *s, size_t x)
{
	for (size_t i = 0; i < s->n; i++) {
		const size_t row = imaged(r, s->row[i], s->image[i]);

		for (size_t y = 0, site = x; y < r->n; y++, site += r->lattice.cols)
			s->bits[i][site / 8] |= (uint8_t)((row >> y & 1) << site % 8);
	}
}

static void
put(const struct rows *r, struct side *s, size_t row)
{
	if (r->upright)
		put_columns(r, s, row);
	else
		put_rows(r, s, row);
}

/*
 * From a row to the next, whose g_x are given; word n of the records is the first to use. The unlikely value is compared with
 * the random number, as small probabilities are finer. Which that is changes at a ratio that symmetry does not favour: were it
 * 1, the last bit of exp() would decide where both are as likely.
 */
static RN_INLINE void
step(const struct rows *r, struct side *s, const double *g, size_t first)
{
	const double q = r->q;

	for (size_t x = r->n; x-- > 0; first++) {
		const double *at = g + x * r->states;

		for (size_t i = 0; i < s->n; i++) {
			const uint32_t u = s->row[i];
			const double stay = at[u], flip = q * at[u ^ (uint32_t)1 << x];
			const double uniform = (double)(int64_t)(s->word[i][first] >> 1) * 0x1p-63;
			const bool likely = flip > 2.7 * stay;
			const bool unlikely_one = uniform * (stay + flip) < (likely ? stay : flip);

			s->row[i] = u ^ (uint32_t)(likely ^ unlikely_one) << x;
		}
	}
}

static void
draw_side(const struct rows *r, struct side *s, size_t a)
{
	uint64_t draw = 1;

	for (size_t i = 0; i < s->n; i++) {
		s->row[i] = (uint32_t)a;
		s->begun[i] = 0;
		memset(s->bits[i], 0, r->lattice.bytes);
	}
	put(r, s, 0);
	for (size_t row = 1; row < r->R; row++) {
		const size_t left = r->R - row, at = (row - 1) % PORTION;

		if (at == 0) {
			const size_t blocks = ((left < PORTION ? left : PORTION) * r->n + 1) / 2;

			for (size_t i = 0; i < s->n; i++)
				rn_random_fill(&r->key, s->id[i], draw, s->word[i], blocks);
			draw += blocks;
		}
		step(r, s, r->table + (left - 1) * r->n * r->states, at * r->n);
		put(r, s, row);
	}
}

/* Number of the orbit that a random word says. */
static size_t
orbit_of(const struct rows *r, uint64_t word)
{
	size_t first = 0, n = r->orbits;

	while (n > 1) {
		const size_t half = n / 2;

		first += word >= r->orbit[first + half - 1].below ? half : 0;
		n -= half;
	}
	return first;
}

/* Draws 0; begin[k] .. begin[k + 1] - 1 of order[] will be the records of orbit k. begin[] is 0 before. */
static void
sort_block(struct rows *r, size_t begin[])
{
	size_t at[ROWS_ORBITS] = { 0 };

	for (size_t i = 0; i < r->have; i++) {
		uint64_t word[2];

		rn_random_block(&r->key, r->first_id + i, 0, word);
		r->place[i].orbit = (uint8_t)orbit_of(r, word[0]);
		r->place[i].image = (uint8_t)((unsigned __int128)word[1] * r->images >> 64);
		begin[r->place[i].orbit + 1]++;
	}
	for (size_t k = 0; k < r->orbits; k++) {
		at[k] = begin[k];
		begin[k + 1] += begin[k];
	}
	for (size_t i = 0; i < r->have; i++)
		r->order[at[r->place[i].orbit]++] = (uint32_t)i;
}

static void
draw_orbit(const struct rows *r, size_t a, const uint32_t record[], size_t n)
{
	struct side s;

	make_table(r, a);
	for (size_t done = 0; done < n; done += s.n) {
		s.n = n - done < SIDE ? n - done : SIDE;
		for (size_t i = 0; i < s.n; i++) {
			const uint32_t k = record[done + i];

			s.id[i] = r->first_id + k;
			s.image[i] = r->place[k].image;
			s.bits[i] = r->record + k * r->lattice.bytes;
		}
		draw_side(r, &s, a);
	}
}

static void
make_block(struct rows *r)
{
	size_t begin[ROWS_ORBITS + 1] = { 0 };

	r->have = r->wanted > 0 && r->wanted < r->block ? r->wanted : r->block;
	r->wanted -= r->wanted < r->have ? r->wanted : r->have;
	r->next = 0;
	sort_block(r, begin);
	for (size_t k = 0; k < r->orbits; k++)
		if (begin[k + 1] > begin[k])
			draw_orbit(r, r->orbit[k].row, r->order + begin[k], begin[k + 1] - begin[k]);
	r->first_id += r->have;
}

const uint8_t *
rows_next(struct rows *r)
{
	if (r->next == r->have)
		make_block(r);
	return r->record + r->next++ * r->lattice.bytes;
}
