/* Packed bits. Kernels for each CPU level give the same bytes; the baseline treats 8 values as one word. */
#include "renorm/bits.h"

#include <string.h>

#include "renorm/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bit i of a word is bit i % 8 of its byte i / 8");

#define BYTES(b) (0x0101010101010101 * (uint64_t)(b)) /* byte b eight times */

static inline uint64_t
load64(const void *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
	return x;
}

static inline void
store64(void *p, uint64_t x)
{
	memcpy(p, &x, sizeof x);
}

/* Eight bits to eight bytes of 0 or 1: byte i keeps bit i of its copy, and any bit carries into the top one. */
static inline uint64_t
spread(uint8_t bits)
{
	const uint64_t kept = BYTES(bits) & 0x8040201008040201;

	return (kept + BYTES(0x7f)) >> 7 & BYTES(1);
}

/* The lowest bits of eight bytes, as eight bits: the product's top byte collects them without carries. */
static inline uint8_t
gather(uint64_t lowest)
{
	return (uint8_t)(lowest * 0x0102040810204080 >> 56);
}

static inline uint64_t
nonzero_bytes(uint64_t x)
{
	return (((x & BYTES(0x7f)) + BYTES(0x7f)) | x) >> 7 & BYTES(1);
}

static inline uint64_t
positive_bytes(uint64_t x)
{
	return ((x & BYTES(0x7f)) + BYTES(0x7f)) >> 7 & ~(x >> 7) & BYTES(1);
}

/*
 * Unpacking: `low` and `high` are the values of 0 and 1. Whole groups, then the
 * rest value by value.
 */
static void
unpack_rest(const uint8_t *bits, size_t i, size_t n, uint8_t low, uint8_t high, uint8_t *out)
{
	for (; i < n; i++)
		out[i] = bits[i / 8] >> i % 8 & 1 ? high : low;
}

static void
unpack_baseline(const uint8_t *bits, size_t n, uint8_t low, uint8_t high, uint8_t *out)
{
	const uint64_t flip = (uint64_t)(low ^ high);
	size_t i = 0;

	for (; n - i >= 8; i += 8)
		store64(out + i, BYTES(low) ^ spread(bits[i / 8]) * flip);
	unpack_rest(bits, i, n, low, high, out);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static void
unpack_avx2(const uint8_t *bits, size_t n, uint8_t low, uint8_t high, uint8_t *out)
{
	const __m256i copies =
		_mm256_setr_epi64x(0, (long long)BYTES(1), (long long)BYTES(2), (long long)BYTES(3));
	const __m256i own = _mm256_set1_epi64x((long long)0x8040201008040201);
	const __m256i zeros = _mm256_set1_epi8((char)low), ones = _mm256_set1_epi8((char)high);
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		int32_t word;

		memcpy(&word, bits + i / 8, sizeof word);
		const __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(word), copies);
		const __m256i set = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, own), own);

		_mm256_storeu_si256((__m256i *)(out + i), _mm256_blendv_epi8(zeros, ones, set));
	}
	unpack_rest(bits, i, n, low, high, out);
}

RN_TARGET_AVX512 static void
unpack_avx512(const uint8_t *bits, size_t n, uint8_t low, uint8_t high, uint8_t *out)
{
	const __m512i zeros = _mm512_set1_epi8((char)low), ones = _mm512_set1_epi8((char)high);
	size_t i = 0;

	for (; n - i >= 64; i += 64)
		_mm512_storeu_si512(out + i, _mm512_mask_blend_epi8(load64(bits + i / 8), zeros, ones));
	if (i < n) {
		uint64_t rest = 0;

		memcpy(&rest, bits + i / 8, rn_bits_bytes(n - i));
		_mm512_mask_storeu_epi8(out + i, ~0ull >> (64 - (n - i)),
			_mm512_mask_blend_epi8(rest, zeros, ones));
	}
}
#endif

static void
unpack(const uint8_t *bits, size_t n, uint8_t low, uint8_t high, uint8_t *out)
{
#if defined(__x86_64__)
	if (rn_cpu() == RN_CPU_AVX512)
		unpack_avx512(bits, n, low, high, out);
	else if (rn_cpu() == RN_CPU_AVX2)
		unpack_avx2(bits, n, low, high, out);
	else
#endif
		unpack_baseline(bits, n, low, high, out);
}

void
rn_bits_unpack_u8(const uint8_t *bits, size_t n, uint8_t *out)
{
	unpack(bits, n, 0, 1, out);
}

void
rn_bits_unpack_i8(const uint8_t *bits, size_t n, int8_t *out)
{
	unpack(bits, n, 0xff, 1, (uint8_t *)out);
}

static void
unpack_f32_rest(const uint8_t *bits, size_t i, size_t n, float low, float high, float *out)
{
	const float value[2] = { low, high };

	for (; i < n; i++)
		out[i] = value[bits[i / 8] >> i % 8 & 1];
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static void
unpack_f32_avx2(const uint8_t *bits, size_t n, float low, float high, float *out)
{
	const __m256i own = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
	const __m256 zeros = _mm256_set1_ps(low), ones = _mm256_set1_ps(high);
	size_t i = 0;

	for (; n - i >= 8; i += 8) {
		const __m256i set =
			_mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(bits[i / 8]), own), own);

		_mm256_storeu_ps(out + i, _mm256_blendv_ps(zeros, ones, _mm256_castsi256_ps(set)));
	}
	unpack_f32_rest(bits, i, n, low, high, out);
}

RN_TARGET_AVX512 static void
unpack_f32_avx512(const uint8_t *bits, size_t n, float low, float high, float *out)
{
	const __m512 zeros = _mm512_set1_ps(low), ones = _mm512_set1_ps(high);
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		uint16_t set;

		memcpy(&set, bits + i / 8, sizeof set);
		_mm512_storeu_ps(out + i, _mm512_mask_blend_ps(set, zeros, ones));
	}
	unpack_f32_rest(bits, i, n, low, high, out);
}
#endif

void
rn_bits_unpack_f32(const uint8_t *bits, size_t n, float low, float high, float *out)
{
#if defined(__x86_64__)
	if (rn_cpu() == RN_CPU_AVX512)
		unpack_f32_avx512(bits, n, low, high, out);
	else if (rn_cpu() == RN_CPU_AVX2)
		unpack_f32_avx2(bits, n, low, high, out);
	else
#endif
		unpack_f32_rest(bits, 0, n, low, high, out);
}

/* Packing: 1 where a byte, signed or not, is above 0. The last bytes stand in a word of zeros: padding 0. */
static RN_INLINE void
pack_words(const uint8_t *in, size_t i, size_t n, bool is_signed, uint8_t *bits)
{
	uint64_t last = 0;

	for (; n - i >= 8; i += 8)
		bits[i / 8] =
			gather(is_signed ? positive_bytes(load64(in + i)) : nonzero_bytes(load64(in + i)));
	if (i < n) {
		memcpy(&last, in + i, n - i);
		bits[i / 8] = gather(is_signed ? positive_bytes(last) : nonzero_bytes(last));
	}
}

static void
pack_baseline(const uint8_t *in, size_t n, bool is_signed, uint8_t *bits)
{
	if (is_signed)
		pack_words(in, 0, n, true, bits);
	else
		pack_words(in, 0, n, false, bits);
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static void
pack_avx2(const uint8_t *in, size_t n, bool is_signed, uint8_t *bits)
{
	const __m256i zero = _mm256_setzero_si256();
	size_t i = 0;

	for (; n - i >= 32; i += 32) {
		const __m256i x = _mm256_loadu_si256((const __m256i *)(in + i));
		const int set = is_signed ? _mm256_movemask_epi8(_mm256_cmpgt_epi8(x, zero))
					  : ~_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, zero));

		memcpy(bits + i / 8, &set, sizeof set);
	}
	pack_words(in, i, n, is_signed, bits);
}

RN_TARGET_AVX512 static void
pack_avx512(const uint8_t *in, size_t n, bool is_signed, uint8_t *bits)
{
	const __m512i zero = _mm512_setzero_si512();
	size_t i = 0;

	for (; n - i >= 64; i += 64) {
		const __m512i x = _mm512_loadu_si512(in + i);

		store64(bits + i / 8,
			is_signed ? _mm512_cmpgt_epi8_mask(x, zero) : _mm512_test_epi8_mask(x, x));
	}
	pack_words(in, i, n, is_signed, bits);
}
#endif

static void
pack(const uint8_t *in, size_t n, bool is_signed, uint8_t *bits)
{
#if defined(__x86_64__)
	if (rn_cpu() == RN_CPU_AVX512)
		pack_avx512(in, n, is_signed, bits);
	else if (rn_cpu() == RN_CPU_AVX2)
		pack_avx2(in, n, is_signed, bits);
	else
#endif
		pack_baseline(in, n, is_signed, bits);
}

void
rn_bits_pack_u8(const uint8_t *in, size_t n, uint8_t *bits)
{
	pack(in, n, false, bits);
}

void
rn_bits_pack_i8(const int8_t *in, size_t n, uint8_t *bits)
{
	pack((const uint8_t *)in, n, true, bits);
}

/* Compilers make vector comparisons of the inner loop. */
void
rn_bits_pack_f32(const float *in, size_t n, uint8_t *bits)
{
	size_t i = 0;

	for (; n - i >= 8; i += 8) {
		uint8_t above[8];

		for (size_t j = 0; j < 8; j++)
			above[j] = in[i + j] > 0;
		bits[i / 8] = gather(load64(above));
	}
	if (i < n)
		bits[i / 8] = 0;
	for (; i < n; i++)
		bits[i / 8] = (uint8_t)(bits[i / 8] | (in[i] > 0) << i % 8);
}

static inline uint64_t
ones64(uint64_t x)
{
	x -= x >> 1 & BYTES(0x55);
	x = (x & BYTES(0x33)) + (x >> 2 & BYTES(0x33));
	return ((x + (x >> 4)) & BYTES(0x0f)) * BYTES(1) >> 56;
}

static uint64_t
count_words_baseline(const uint8_t *bits, size_t words)
{
	uint64_t count = 0;

	for (size_t w = 0; w < words; w++)
		count += ones64(load64(bits + 8 * w));
	return count;
}

#if defined(__x86_64__)
RN_TARGET_AVX2 static uint64_t
count_words_popcnt(const uint8_t *bits, size_t words)
{
	uint64_t count[4] = { 0 };
	size_t w = 0;

	for (; words - w >= 4; w += 4)
		for (size_t j = 0; j < 4; j++)
			count[j] += (uint64_t)__builtin_popcountll(load64(bits + 8 * (w + j)));
	for (; w < words; w++)
		count[0] += (uint64_t)__builtin_popcountll(load64(bits + 8 * w));
	return count[0] + count[1] + count[2] + count[3];
}

RN_TARGET_AVX512 static uint64_t
count_words_avx512(const uint8_t *bits, size_t words)
{
	__m512i count = _mm512_setzero_si512();

	for (; words >= 8; words -= 8, bits += 64)
		count = _mm512_add_epi64(count, _mm512_popcnt_epi64(_mm512_loadu_si512(bits)));
	count = _mm512_add_epi64(count,
		_mm512_popcnt_epi64(_mm512_maskz_loadu_epi64((__mmask8)((1u << words) - 1), bits)));
	return (uint64_t)_mm512_reduce_add_epi64(count);
}
#endif

static uint64_t
count_words(const uint8_t *bits, size_t words)
{
#if defined(__x86_64__)
	if (rn_cpu() == RN_CPU_AVX512)
		return count_words_avx512(bits, words);
	if (rn_cpu() == RN_CPU_AVX2)
		return count_words_popcnt(bits, words);
#endif
	return count_words_baseline(bits, words);
}

uint64_t
rn_bits_count(const uint8_t *bits, size_t n)
{
	const size_t words = n / 64;
	uint64_t rest = 0;

	if (n % 64 != 0) {
		memcpy(&rest, bits + 8 * words, rn_bits_bytes(n % 64));
		rest &= ~0ull >> (64 - n % 64);
	}
	return count_words(bits, words) + ones64(rest);
}

bool
rn_bits_padding_is_zero(const uint8_t *bits, size_t n)
{
	return n % 8 == 0 || bits[n / 8] >> n % 8 == 0;
}

void
rn_bits_get(const uint8_t *bits, size_t first, size_t n, uint64_t *words)
{
	const size_t whole = n / 64;

	for (size_t w = 0; w < whole; w++)
		words[w] = rn_bits_load64(bits, first + 64 * w);
	if (n % 64 != 0)
		words[whole] = rn_bits_get64(bits, first + 64 * whole, n % 64);
}

static void
or64(uint8_t *p, uint64_t x)
{
	store64(p, load64(p) | x);
}

/* ORs the lowest n <= 64 bits of x into bits at `first`, byte by byte: only bytes that get some of them. */
static void
or_bytes(uint8_t *bits, size_t first, size_t n, uint64_t x)
{
	const unsigned shift = first % 8;
	uint8_t *p = bits + first / 8;

	if (n == 0)
		return;
	x &= ~0ull >> (64 - n);
	*p |= (uint8_t)(x << shift);
	for (unsigned used = 8 - shift; used < n; used += 8)
		*++p |= (uint8_t)(x >> used);
}

void
rn_bits_or(uint8_t *bits, size_t first, size_t n, const uint64_t *words)
{
	const unsigned shift = first % 8;
	uint8_t carry = 0; /* the bits of the word before that belong to the byte at `first` */

	for (; n >= 64; n -= 64, first += 64, words++) {
		or64(bits + first / 8, *words << shift | carry);
		carry = (uint8_t)(*words >> 1 >> (63 - shift));
	}
	if (carry != 0)
		bits[first / 8] |= carry;
	or_bytes(bits, first, n, n ? *words : 0);
}
