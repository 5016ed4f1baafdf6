/*
 * structure_vectors.c - the counts of structure.c by AVX-512
 *
 * Rows of whole words, eight words a vector, vectors one below the other: where a
 * row is 1, 2 or 4 words, a vector holds several rows, whose counters are added in the end.
 */
#include <string.h>

#include "counters.h"
#include "structure.h"

bool
structure_fits_vectors(const struct structure *s)
{
	return rn_cpu() == RN_CPU_AVX512 && s->l.cols % 64 == 0 && s->l.rows * s->words % 8 == 0 &&
		(8 % s->words == 0 || s->words % 8 == 0);
}

#if defined(__x86_64__)
#include <immintrin.h>

enum { PLANES_MAX = 64 };

RN_TARGET_AVX512 static inline __m512i
add3_vectors(__m512i a, __m512i b, __m512i c, __m512i *carry)
{
	*carry = _mm512_ternarylogic_epi64(a, b, c, 0xe8); /* majority */
	return _mm512_ternarylogic_epi64(a, b, c, 0x96);   /* parity */
}

RN_TARGET_AVX512 static inline void
ripple_vectors(__m512i *plane, __m512i carry, size_t planes)
{
	for (size_t p = 0; p < planes; p++) {
		__m512i next = _mm512_and_si512(plane[p], carry);

		plane[p] = _mm512_xor_si512(plane[p], carry);
		carry = next;
	}
}

RN_TARGET_AVX512 static inline void
add_eight_vectors(__m512i *plane, const __m512i v[8], size_t high)
{
	__m512i a, b, c, d, e, f, eights;

	plane[0] = add3_vectors(plane[0], v[0], v[1], &a);
	plane[0] = add3_vectors(plane[0], v[2], v[3], &b);
	plane[0] = add3_vectors(plane[0], v[4], v[5], &c);
	plane[0] = add3_vectors(plane[0], v[6], v[7], &d);
	plane[1] = add3_vectors(plane[1], a, b, &e);
	plane[1] = add3_vectors(plane[1], c, d, &f);
	plane[2] = add3_vectors(plane[2], e, f, &eights);
	ripple_vectors(plane + 3, eights, high);
}

/* The rows that the y-th vector of a column of vectors holds, or is part of. */
RN_TARGET_AVX512 static inline void
count_rows(struct structure *s, size_t y, __m512i v)
{
	__m512i count = _mm512_popcnt_epi64(v);

	if (s->words == 1) {
		_mm256_storeu_si256((__m256i *)(s->row + 8 * y), _mm512_cvtepi64_epi32(count));
		return;
	}
	/* Neighbours, pairs of them, and halves are added until lane 0 of each row's words has their sum. */
	count = _mm512_add_epi64(count, _mm512_permutex_epi64(count, 0xb1));
	if (s->words > 2)
		count = _mm512_add_epi64(count, _mm512_permutex_epi64(count, 0x4e));
	if (s->words > 4)
		count = _mm512_add_epi64(count, _mm512_shuffle_i64x2(count, count, 0x4e));
	if (s->words == 2)
		_mm_storeu_si128((__m128i *)(s->row + 4 * y),
			_mm256_castsi256_si128(
				_mm512_cvtepi64_epi32(_mm512_maskz_compress_epi64(0x55, count))));
	else if (s->words == 4)
		_mm_storel_epi64((__m128i *)(s->row + 2 * y),
			_mm256_castsi256_si128(
				_mm512_cvtepi64_epi32(_mm512_maskz_compress_epi64(0x11, count))));
	else
		s->row[y] += (uint32_t)_mm512_cvtsi512_si32(count);
}

/* The counters of vectors become those of columns; lanes that stand for the same column are added. */
RN_TARGET_AVX512 static void
store_planes(struct structure *s, size_t x, const __m512i *plane)
{
	for (size_t p = 0; p < s->planes; p++) {
		uint64_t lane[8];

		_mm512_storeu_si512(lane, plane[p]);
		if (s->words == 1) {
			add_eight(s->plane + p, lane, s->planes > p + 3 ? s->planes - p - 3 : 0);
			continue;
		}
		for (size_t i = 0; i < 8; i++)
			ripple(s->plane + (8 * x + i) % s->words * s->planes + p, lane[i]);
	}
}

RN_TARGET_AVX512 void
structure_count_vectors(struct structure *s, const uint8_t *spins)
{
	const __m512i flip = _mm512_set1_epi8(spins[0] & 1 ? -1 : 0);
	const size_t across = s->words < 8 ? 1 : s->words / 8; /* vectors a row */
	const size_t down = s->l.rows * s->words / 8 / across;

	memset(s->plane, 0, s->words * s->planes * sizeof *s->plane);
	if (s->words >= 8)
		memset(s->row, 0, s->l.rows * sizeof *s->row);
	for (size_t x = 0; x < across; x++) {
		__m512i plane[PLANES_MAX], v[8];
		size_t y = 0;

		for (size_t p = 0; p < s->planes; p++)
			plane[p] = _mm512_setzero_si512();
		for (; y < down; y++) {
			v[y % 8] = _mm512_xor_si512(flip, _mm512_loadu_si512(spins + 64 * (y * across + x)));
			if (s->along_rows)
				count_rows(s, y, v[y % 8]);
			if (y % 8 == 7 && s->along_columns)
				add_eight_vectors(plane, v, 64 - (size_t)__builtin_clzll(y / 8 + 1));
		}
		for (size_t i = 0; s->along_columns && i < y % 8; i++)
			ripple_vectors(plane, v[i], s->planes);
		if (s->along_columns)
			store_planes(s, x, plane);
	}
}
#else
void
structure_count_vectors(struct structure *s, const uint8_t *spins)
{
	(void)s;
	(void)spins; /* never called: no such CPU */
}
#endif
