/* Packed bits: every length, every alignment, against one bit at a time. */
#include "renorm/bits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/random.h"
#include "renorm/reader.h"
#include "tap.h"

enum { MOST = 300, OFFSETS = 64, ROOM = MOST / 8 + 1 + OFFSETS / 8 + RN_SLACK + 64 };

static int
bit(const uint8_t *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

/* A buffer of exactly n bytes that ends where the allocation ends, so that sanitizers see every excess. */
static uint8_t *
exact(size_t n, int fill)
{
	uint8_t *p = malloc(n ? n : 1);

	if (!p)
		abort();
	memset(p, fill, n);
	return p;
}

static struct rn_random source;

static void
random_bytes(void *p, size_t n)
{
	for (uint8_t *b = p; n-- > 0; b++)
		*b = (uint8_t)rn_random_u64(&source);
}

static void
unpacking(void)
{
	size_t bad_u8 = 0, bad_i8 = 0, bad_f32 = 0, spilt = 0;

	for (size_t n = 0; n <= MOST; n++)
		for (size_t at = 0; at < 8; at++) {
			uint8_t *bits = exact(rn_bits_bytes(n), 0), u8[MOST + 16];
			int8_t i8[MOST + 16];
			float f32[MOST + 16];

			random_bytes(bits, rn_bits_bytes(n));
			memset(u8, 77, sizeof u8);
			memset(i8, 77, sizeof i8);
			memset(f32, 77, sizeof f32);
			rn_bits_unpack_u8(bits, n, u8 + at);
			rn_bits_unpack_i8(bits, n, i8 + at);
			rn_bits_unpack_f32(bits, n, -0.5f, 3, f32 + at);
			for (size_t i = 0; i < n; i++) {
				bad_u8 += u8[at + i] != bit(bits, i);
				bad_i8 += i8[at + i] != 2 * bit(bits, i) - 1;
				bad_f32 += f32[at + i] != (bit(bits, i) ? 3 : -0.5f);
			}
			spilt += u8[at + n] != 77 || i8[at + n] != 77 || ((uint8_t *)(f32 + at + n))[0] != 77;
			spilt += at > 0 && (u8[at - 1] != 77 || i8[at - 1] != 77);
			free(bits);
		}
	OK(bad_u8 == 0, "unpack to 0/1");
	OK(bad_i8 == 0, "unpack to -1/+1");
	OK(bad_f32 == 0, "unpack to two floats");
	OK(spilt == 0, "unpacking writes n values");
}

static void
packing(void)
{
	size_t bad_u8 = 0, bad_i8 = 0, spilt = 0;

	for (size_t n = 0; n <= MOST; n++)
		for (int kind = 0; kind < 4; kind++) {
			static const uint8_t typical[] = { 0, 1, 2, 127, 128, 255 };
			uint8_t *in = exact(n, 0), bits[ROOM];
			const size_t bytes = rn_bits_bytes(n);

			random_bytes(in, n);
			for (size_t i = 0; kind > 0 && i < n; i++)
				in[i] = typical[in[i] % sizeof typical];
			memset(bits, 0xa5, sizeof bits);
			rn_bits_pack_u8(in, n, bits);
			for (size_t i = 0; i < n; i++)
				bad_u8 += bit(bits, i) != (in[i] > 0);
			spilt += bits[bytes] != 0xa5 || !rn_bits_padding_is_zero(bits, n);
			memset(bits, 0xa5, sizeof bits);
			rn_bits_pack_i8((const int8_t *)in, n, bits);
			for (size_t i = 0; i < n; i++)
				bad_i8 += bit(bits, i) != ((int8_t)in[i] > 0);
			spilt += bits[bytes] != 0xa5 || !rn_bits_padding_is_zero(bits, n);
			free(in);
		}
	OK(bad_u8 == 0, "pack from unsigned");
	OK(bad_i8 == 0, "pack from signed");
	OK(spilt == 0, "packing writes the bytes of n bits, and zeros behind the last bit");
}

static void
packing_floats(void)
{
	static const float typical[] = { -1, 1, 0, -0.0f, 1e-45f, -1e-45f, INFINITY, -INFINITY, NAN };
	size_t bad = 0, spilt = 0, back = 0;

	for (size_t n = 0; n <= MOST; n++) {
		float *in = malloc((n + 1) * sizeof *in), again[MOST + 1];
		uint8_t bits[ROOM], kind[MOST + 1];

		if (!in)
			abort();
		random_bytes(kind, n);
		for (size_t i = 0; i < n; i++)
			in[i] = typical[kind[i] % 9];
		memset(bits, 0xa5, sizeof bits);
		rn_bits_pack_f32(in, n, bits);
		rn_bits_unpack_f32(bits, n, -1, 1, again);
		for (size_t i = 0; i < n; i++) {
			bad += bit(bits, i) != (in[i] > 0);
			back += kind[i] % 9 < 2 && again[i] != in[i];
		}
		spilt += bits[rn_bits_bytes(n)] != 0xa5 || !rn_bits_padding_is_zero(bits, n);
		free(in);
	}
	OK(bad == 0, "pack from floats: those above 0, and no NaN");
	OK(back == 0, "and unpacked they are the same");
	OK(spilt == 0, "packing writes the bytes of n bits, and zeros behind the last bit");
}

static void
counting(void)
{
	size_t bad = 0, bad_padding = 0;

	for (size_t n = 0; n <= 2 * MOST; n++) {
		uint8_t *bits = exact(rn_bits_bytes(n), 0);
		size_t ones = 0;

		random_bytes(bits, rn_bits_bytes(n));
		for (size_t i = 0; i < n; i++)
			ones += (size_t)bit(bits, i);
		bad += rn_bits_count(bits, n) != ones;
		memset(bits, 0xff, rn_bits_bytes(n));
		bad += rn_bits_count(bits, n) != n;
		bad_padding += rn_bits_padding_is_zero(bits, n) != (n % 8 == 0);
		for (size_t i = n; i < 8 * rn_bits_bytes(n); i++) {
			memset(bits, 0xff, rn_bits_bytes(n));
			bits[n / 8] = (uint8_t)(1u << i % 8);
			bad_padding += rn_bits_padding_is_zero(bits, n);
			bits[n / 8] = (uint8_t) ~(0xffu << n % 8);
			bad_padding += !rn_bits_padding_is_zero(bits, n);
		}
		free(bits);
	}
	OK(bad == 0, "count");
	OK(bad_padding == 0, "padding: every bit of it is looked at, and no other");
}

static void
ranges(void)
{
	uint8_t bits[ROOM], target[ROOM], before[ROOM];
	uint64_t words[MOST / 64 + 2];
	size_t bad_get = 0, bad_or = 0, touched = 0;

	random_bytes(bits, sizeof bits);
	for (size_t n = 0; n <= MOST; n++)
		for (size_t first = 0; first < OFFSETS; first++) {
			const size_t used = (n + 63) / 64;

			memset(words, 0x5a, sizeof words);
			rn_bits_get(bits, first, n, words);
			for (size_t i = 0; i < 64 * used; i++)
				bad_get += (words[i / 64] >> i % 64 & 1) !=
					(i < n ? (uint64_t)bit(bits, first + i) : 0);
			bad_get += words[used] != 0x5a5a5a5a5a5a5a5a;
			if (n >= 1 && n <= 64)
				bad_get += rn_bits_get64(bits, first, n) != words[0];

			/* Bits of the word past n must not count; bytes outside of the range must not be written. */
			if (n % 64 != 0)
				words[used - 1] |= ~0ull << n % 64;
			random_bytes(target, sizeof target);
			for (size_t i = first; i < first + n; i++)
				target[i / 8] &= (uint8_t) ~(1u << i % 8);
			memcpy(before, target, sizeof target);
			rn_bits_or(target, first, n, words);
			for (size_t i = 0; i < 8 * sizeof target; i++) {
				const bool inside = i >= first && i < first + n;

				bad_or += bit(target, i) != (inside ? bit(bits, i) : bit(before, i));
			}
			if (n > 0) {
				uint8_t *exactly = exact(rn_bits_bytes(first + n), 0);

				rn_bits_or(exactly, first, n, words);
				for (size_t i = first; i < first + n; i++)
					touched += bit(exactly, i) != bit(bits, i);
				free(exactly);
			}
		}
	OK(bad_get == 0, "get: every range of 0..300 bits at 64 places");
	OK(bad_or == 0, "or: the range and nothing else");
	OK(touched == 0, "or into a buffer that ends with the range");
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "bits", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	unpacking();
	packing();
	packing_floats();
	counting();
	ranges();
	return tap_done();
}
