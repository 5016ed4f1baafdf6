/*
 * structure.c - S(k) at the smallest momentum, without a loop over spins
 *
 * With k along y, F = sum_y e^(iky) M_y, M_y the sum of row y: one popcount a word.
 * With k along x, F = sum_x e^(ikx) M_x, M_x the sum of column x. All columns of a
 * word are counted at once by bit-sliced counters: bit x of plane p is bit p of the
 * count of column x. Adding a row to them is a carry ripple; of eight rows, seven
 * full adders (a ^ b ^ c, and the majority) leave one carry into plane 3 (R. Harley;
 * H. S. Warren, Hacker's Delight, 2nd ed., 5-1). Then
 *
 *	sum_x e^(ikx) count_x = sum_p 2^p sum_(x in plane p) e^(ikx),
 *
 * and the inner sum is a table look-up for each four bits of the plane.
 *
 * Of a spin only matters whether it differs from spin 0 (d_x = 0 or 1): s_x = s_0 (1 - 2 d_x)
 * and sum_x e^(ikx) = 0, so |F|^2 = 4 |sum_x d_x e^(ikx)|^2. A configuration and its mirror
 * have the same bytes of S, and an ordered one has S = 0 exactly.
 *
 * Rows of at most 64 spins come several to a word, `word_rows` of them: one "line". The
 * counters then count by place in the word, and the table gives each place the phase of its column.
 * Counts are integers and the sums of doubles have one fixed order: all CPUs give the same bytes.
 */
#include "structure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "renorm/bits.h"
#include "renorm/cpu.h"

static rn_complex
phase(size_t x, size_t L)
{
	double angle = 2 * M_PI * (double)(x % L) / (double)L;

	return (rn_complex){ cos(angle), sin(angle) };
}

static void
fill_tables(struct structure *s)
{
	const struct rn_lattice *l = &s->l;

	for (size_t y = 0; y < l->rows; y += 64)
		s->row_phase[y / 64] = phase(y, l->rows);
	for (size_t y = 0; y < 64; y++)
		s->near_phase[y] = phase(y, l->rows);
	for (size_t w = 0; w < s->words; w++)
		s->word_phase[w] = phase(64 * w, l->cols);
	for (size_t i = 0; i < 16; i++)
		for (unsigned value = 0; value < 16; value++) {
			s->nibble[i][value] = (rn_complex){ 0, 0 };
			for (unsigned bit = 0; bit < 4; bit++)
				if (value >> bit & 1)
					s->nibble[i][value] += phase(4 * i + bit, l->cols);
		}
}

void
structure_init(struct structure *s, const struct rn_lattice *l)
{
	*s = (struct structure){ .l = *l };
	s->along_rows = l->dim == 2 && l->rows >= l->cols && l->rows > 1;
	s->along_columns = l->cols >= l->rows && l->cols > 1;
}

bool
structure_prepare(struct structure *s)
{
	const struct rn_lattice *l = &s->l;

	if (s->plane)
		return true;
	if (!l->rows || !l->cols)
		return false; /* which no schema lets through */
	s->words = l->word_rows ? 1 : (l->cols + 63) / 64;
	s->lines = l->word_rows ? (l->rows + l->word_rows - 1) / l->word_rows : l->rows;
	s->planes = 4;
	while (s->lines >> s->planes)
		s->planes++;
	s->plane =
		calloc(s->words * s->planes + 2, sizeof *s->plane); /* 2: add_eight() into the last plane */
	s->row = calloc(l->rows, sizeof *s->row);
	s->row_phase = calloc((l->rows + 63) / 64, sizeof *s->row_phase);
	s->word_phase = calloc(s->words, sizeof *s->word_phase);
	if (!s->plane || !s->row || !s->row_phase || !s->word_phase) {
		structure_clear(s);
		return false;
	}
	s->vectors = structure_fits_vectors(s);
	fill_tables(s);
	return true;
}

void
structure_clear(struct structure *s)
{
	free(s->plane);
	free(s->row);
	free(s->row_phase);
	free(s->word_phase);
	*s = (struct structure){ 0 };
}

bool
structure_has(const struct structure *s)
{
	return s->along_rows || s->along_columns;
}

/* --- counting -------------------------------------------------------------- */

static inline uint64_t
ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
}

struct shape {
	size_t bits;   /* of a line, from one to the next */
	uint64_t last; /* mask of a line's last word */
	uint64_t flip; /* all ones where spin 0 is up */
	bool bytes;    /* lines begin at whole bytes */
	bool several;  /* rows to a line */
};

/* Adds the rows inside a word of a line to their counts. */
static RN_INLINE void
count_rows(struct structure *s, const struct shape *shape, size_t line, uint64_t word,
	uint64_t (*popcount)(uint64_t))
{
	if (!shape->several) {
		s->row[line] += (uint32_t)popcount(word);
		return;
	}
	const struct rn_lattice *l = &s->l;
	const uint64_t mask = ~0ull >> (64 - l->cols);
	const size_t first = line * l->word_rows, left = l->rows - first;
	const size_t here = left < l->word_rows ? left : l->word_rows;

	for (size_t y = 0; y < here; y++)
		s->row[first + y] = (uint32_t)popcount(word >> y * l->cols & mask);
}

static RN_INLINE uint64_t
load(const struct structure *s, const struct shape *shape, const uint8_t *spins, size_t line, size_t w)
{
	uint64_t word;

	if (shape->bytes)
		memcpy(&word, spins + line * (shape->bits / 8) + 8 * w, sizeof word);
	else
		word = rn_bits_load64(spins, line * shape->bits + 64 * w);
	return (word ^ shape->flip) & (w + 1 < s->words ? ~0ull : shape->last);
}

static RN_INLINE void
count_eight_lines(struct structure *s, const struct shape *shape, const uint8_t *spins, size_t line,
	uint64_t (*popcount)(uint64_t))
{
	const size_t high = 64 - (size_t)__builtin_clzll(line / 8 + 1);

	for (size_t w = 0; w < s->words; w++) {
		uint64_t word[8];

		for (size_t i = 0; i < 8; i++)
			word[i] = load(s, shape, spins, line + i, w);
		if (s->along_columns)
			add_eight(s->plane + w * s->planes, word, high);
		for (size_t i = 0; s->along_rows && i < 8; i++)
			count_rows(s, shape, line + i, word[i], popcount);
	}
}

static RN_INLINE void
count_line(struct structure *s, const struct shape *shape, const uint8_t *spins, size_t line,
	uint64_t (*popcount)(uint64_t))
{
	for (size_t w = 0; w < s->words; w++) {
		uint64_t word = load(s, shape, spins, line, w);

		if (s->along_columns)
			ripple(s->plane + w * s->planes, word);
		if (s->along_rows)
			count_rows(s, shape, line, word, popcount);
	}
}

/* `bytes` and `several` are constants where this is called: a loop of its own for each. */
static RN_INLINE void
count_lines(struct structure *s, const uint8_t *spins, bool bytes, bool several,
	uint64_t (*popcount)(uint64_t))
{
	const size_t bits = several ? s->l.word_rows * s->l.cols : s->l.cols;
	const size_t full = s->l.sites / bits, rest = s->l.sites % bits;
	struct shape shape = {
		.bits = bits,
		.last = ~0ull >> (63 - (bits - 1) % 64),
		.flip = spins[0] & 1 ? ~0ull : 0,
		.bytes = bytes,
		.several = several,
	};
	size_t line = 0;

	for (; line + 8 <= full; line += 8)
		count_eight_lines(s, &shape, spins, line, popcount);
	for (; line < full; line++)
		count_line(s, &shape, spins, line, popcount);
	if (rest) { /* a last line of fewer rows */
		shape.last = ~0ull >> (64 - rest);
		count_line(s, &shape, spins, line, popcount);
	}
}

static RN_INLINE void
count(struct structure *s, const uint8_t *spins, uint64_t (*popcount)(uint64_t))
{
	for (size_t i = 0; i < s->words * s->planes; i++)
		s->plane[i] = 0;
	if (s->l.word_rows > 1) {
		count_lines(s, spins, false, true, popcount);
		return;
	}
	if (s->along_rows)
		memset(s->row, 0, s->l.rows * sizeof *s->row);
	if (s->l.cols % 8)
		count_lines(s, spins, false, false, popcount);
	else
		count_lines(s, spins, true, false, popcount);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static inline uint64_t
popcnt(uint64_t x)
{
	return (uint64_t)__builtin_popcountll(x);
}

RN_TARGET_AVX2 static void
count_popcnt(struct structure *s, const uint8_t *spins)
{
	count(s, spins, popcnt);
}
#endif

static void
count_baseline(struct structure *s, const uint8_t *spins)
{
	count(s, spins, ones);
}

/* --- Fourier sums ---------------------------------------------------------- */

static rn_complex
times(rn_complex a, rn_complex b)
{
	return (rn_complex){ a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0] };
}

static double
norm(rn_complex a)
{
	return a[0] * a[0] + a[1] * a[1];
}

/* Of up to 64 rows, as if the first were row 0. */
static rn_complex
row_sum(const struct structure *s, const uint32_t *row, size_t rows)
{
	const rn_complex *phase_of = s->near_phase;
	rn_complex a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	size_t y = 0;

	for (; y + 4 <= rows; y += 4) {
		a += (double)(int32_t)row[y] * phase_of[y];
		b += (double)(int32_t)row[y + 1] * phase_of[y + 1];
		c += (double)(int32_t)row[y + 2] * phase_of[y + 2];
		d += (double)(int32_t)row[y + 3] * phase_of[y + 3];
	}
	for (; y < rows; y++)
		a += (double)(int32_t)row[y] * phase_of[y];
	return (a + b) + (c + d);
}

static double
row_power(const struct structure *s)
{
	rn_complex F = { 0 };

	for (size_t y = 0; y < s->l.rows; y += 64)
		F += times(row_sum(s, s->row + y, s->l.rows - y < 64 ? s->l.rows - y : 64),
			s->row_phase[y / 64]);
	return norm(F);
}

/* Four chains of additions instead of one: each waits for nothing but itself. */
static RN_INLINE rn_complex
plane_sum(const rn_complex nibble[16][16], uint64_t bits)
{
	rn_complex a = nibble[0][bits & 15], b = nibble[1][bits >> 4 & 15];
	rn_complex c = nibble[2][bits >> 8 & 15], d = nibble[3][bits >> 12 & 15];

	a += nibble[4][bits >> 16 & 15];
	b += nibble[5][bits >> 20 & 15];
	c += nibble[6][bits >> 24 & 15];
	d += nibble[7][bits >> 28 & 15];
	a += nibble[8][bits >> 32 & 15];
	b += nibble[9][bits >> 36 & 15];
	c += nibble[10][bits >> 40 & 15];
	d += nibble[11][bits >> 44 & 15];
	a += nibble[12][bits >> 48 & 15];
	b += nibble[13][bits >> 52 & 15];
	c += nibble[14][bits >> 56 & 15];
	d += nibble[15][bits >> 60];
	return (a + b) + (c + d);
}

static double
column_power(const struct structure *s)
{
	rn_complex F = { 0 };

	for (size_t w = 0; w < s->words; w++) {
		const uint64_t *plane = s->plane + w * s->planes;
		rn_complex sum = { 0 };

		for (size_t p = s->planes; p-- > 0;)
			sum = plane[p] ? 2.0 * sum + plane_sum(s->nibble, plane[p]) : 2.0 * sum;
		F += times(sum, s->word_phase[w]);
	}
	return norm(F);
}

double
structure_factor(struct structure *s, const uint8_t *spins)
{
	double power = 0;

#if defined(__x86_64__)
	if (s->vectors)
		structure_count_vectors(s, spins);
	else if (rn_cpu() >= RN_CPU_AVX2)
		count_popcnt(s, spins);
	else
#endif
		count_baseline(s, spins);
	if (s->along_rows)
		power += row_power(s);
	if (s->along_columns)
		power += column_power(s);
	if (s->along_rows && s->along_columns)
		power /= 2;
	return 4 * power / (double)s->l.sites;
}
