/*
 * renorm/bits.h - packed bits (renorm-stream(5): bit i is bit i % 8 of byte i / 8)
 *
 * Functions that read rows may read up to RN_SLACK bytes (renorm/reader.h)
 * behind the last byte they need; readers and writers of streams provide them.
 */
#ifndef RENORM_BITS_H
#define RENORM_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline size_t
rn_bits_bytes(size_t n)
{
	return n / 8 + (n % 8 != 0);
}

/* Unpack n bits: u8 to 0/1, i8 to -1/+1, f32 to low/high. Memory speed. */
void rn_bits_unpack_u8(const uint8_t *bits, size_t n, uint8_t *out);
void rn_bits_unpack_i8(const uint8_t *bits, size_t n, int8_t *out);
void rn_bits_unpack_f32(const uint8_t *bits, size_t n, float low, float high, float *out);
/* Pack n values: 1 where in > 0; the padding bits of the last byte are 0. */
void rn_bits_pack_u8(const uint8_t *in, size_t n, uint8_t *bits);
void rn_bits_pack_i8(const int8_t *in, size_t n, uint8_t *bits);
void rn_bits_pack_f32(const float *in, size_t n, uint8_t *bits);

uint64_t rn_bits_count(const uint8_t *bits, size_t n); /* ones among the first n bits */
bool rn_bits_padding_is_zero(const uint8_t *bits, size_t n);

/* Bits first .. first + n - 1 into (n + 63) / 64 words, the rest of the last word 0. */
void rn_bits_get(const uint8_t *bits, size_t first, size_t n, uint64_t *words);
/* Bits first .. first + 63. */
static inline uint64_t
rn_bits_load64(const uint8_t *bits, size_t first)
{
	const uint8_t *p = bits + first / 8;
	uint64_t word;

	memcpy(&word, p, sizeof word);
	return word >> first % 8 | (uint64_t)p[8] << 1 << (63 - first % 8);
}
/* n of them, 1 <= n <= 64; the rest of the word 0. */
static inline uint64_t
rn_bits_get64(const uint8_t *bits, size_t first, size_t n)
{
	return rn_bits_load64(bits, first) & ~0ull >> (64 - n);
}
/* ORs n bits of words into bits at `first`; `bits` must have been zero there. Touches only bytes of the range. */
void rn_bits_or(uint8_t *bits, size_t first, size_t n, const uint64_t *words);

#endif
