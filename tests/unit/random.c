/* Random numbers: known answers, agreement of the kernels, what the key depends on, and distributions. */
#include "renorm/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ars.h"
#include "renorm/cpu.h"
#include "tap.h"

/* ARS from the definition of AES (FIPS 197), any number of rounds: the reference. */

static uint8_t
gf_times(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = (uint8_t)(a << 1 ^ (a >> 7) * 0x1b);
	}
	return product;
}

static uint8_t
s_box(uint8_t a)
{
	uint8_t inverse = 0, s = 0x63;

	for (unsigned b = 1; b < 256 && !inverse; b++)
		if (gf_times(a, (uint8_t)b) == 1)
			inverse = (uint8_t)b;
	for (int i = 0; i < 5; i++)
		s ^= (uint8_t)(inverse << i | inverse >> (8 - i));
	return s;
}

static void
aes_round(uint8_t state[16], const uint8_t key[16], bool mix)
{
	static uint8_t table[256];
	static const uint8_t circulant[4] = { 2, 3, 1, 1 };
	uint8_t t[16];

	if (!table[0])
		for (unsigned a = 0; a < 256; a++)
			table[a] = s_box((uint8_t)a);
	for (int column = 0; column < 4; column++)
		for (int row = 0; row < 4; row++)
			t[4 * column + row] = table[state[4 * ((column + row) % 4) + row]];
	for (int i = 0; i < 16; i++) {
		const int column = i / 4 * 4, row = i % 4;

		state[i] = mix ? 0 : t[i];
		for (int j = 0; mix && j < 4; j++)
			state[i] ^= gf_times(t[column + j], circulant[(j - row + 4) % 4]);
		state[i] ^= key[i];
	}
}

static void
to_bytes(uint8_t bytes[16], uint64_t low, uint64_t high)
{
	for (int i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(low >> 8 * i);
		bytes[8 + i] = (uint8_t)(high >> 8 * i);
	}
}

static void
reference(int rounds, const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[2])
{
	uint8_t state[16], k[16];

	to_bytes(state, draw ^ key->k[0], id ^ key->k[1]);
	for (int r = 1; r <= rounds; r++) {
		to_bytes(k, key->k[0] + (uint64_t)r * ARS_WEYL_LOW, key->k[1] + (uint64_t)r * ARS_WEYL_HIGH);
		aes_round(state, k, r < rounds);
	}
	memcpy(out, state, sizeof state);
}

static void
seven_rounds(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[2])
{
	reference(7, key, id, draw, out);
}

static void
one_round(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[2])
{
	reference(1, key, id, draw, out);
}

static void
two_rounds(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[2])
{
	reference(2, key, id, draw, out);
}

typedef void block_function(const struct rn_random_key *key, uint64_t id, uint64_t draw, uint64_t out[2]);

/* Published with Random123 1.14 (its tests, "ars4x32 7"): counter, key, answer, as words v[0..3]. */
static const uint32_t published[][12] = {
	{ 0x886a3f24, 0xd308a385, 0x2e8a1913, 0x44737003, 1, 0, 0, 0, 0xbb4006c7, 0x33dbc0db, 0x1ea0a1c9,
		0x7f9541e3 },
	{ 0xe6212845, 0x7713d038, 0xcf6654be, 0x6c0ce934, 1, 0, 0, 0, 0xbb33ad5e, 0x8825d64e, 0x9f8cbc28,
		0x722c7449 },
	{ 0x886a3f24, 0xd308a385, 0x2e8a1913, 0x44737003, 0, 0, 0, 0x80000000, 0x31e3f0cc, 0x92d1e3cc,
		0xa2fdaa6c, 0x902c741b },
	{ 0xe6212845, 0x7713d038, 0xcf6654be, 0x6c0ce934, 0, 0, 0, 0x80000000, 0x394a7bc3, 0x4d049c56,
		0xb0e3d5a5, 0xdcb070b5 },
	{ 0x0000ff00, 0, 0, 0, 0x0000ff00, 0, 0, 0, 0x35715da2, 0xe9b679af, 0x41d4db67, 0x5a0d04bb },
	{ 0x00ff0000, 0, 0, 0, 0, 0x00ff0000, 0, 0, 0x9dc3299a, 0x212f0f0d, 0x88c5f4a4, 0x906b734e },
	{ 0, 0x80000000, 0, 0, 0, 0x80000000, 0, 0, 0x1612e16c, 0x8ce98dcd, 0x39b1bd24, 0x45addfa9 },
	{ 0, 0, 0x00000080, 0, 0, 0, 0x00000080, 0, 0xeaeb1cb5, 0x1ff6b616, 0xacca2703, 0x75221d78 },
	{ 0, 0, 0, 0xff000000, 0, 0, 0, 0xff000000, 0x42a38dae, 0x356f9800, 0xee54d9ce, 0x2c8fe759 },
};

static uint64_t
word(const uint32_t v[2])
{
	return v[0] | (uint64_t)v[1] << 32;
}

static void
known_answers(const char *name, ars_fill *fill)
{
	const size_t n = sizeof published / sizeof published[0];
	size_t good = 0;

	for (size_t i = 0; i < n; i++) {
		const uint32_t *p = published[i];
		const struct rn_random_key key = { { word(p + 4), word(p + 6) } };
		uint64_t out[2];

		fill(&key, word(p + 2), word(p), out, 1);
		good += out[0] == word(p + 8) && out[1] == word(p + 10);
	}
	OK(good == n, "%s: %zu of %zu known answers of Random123", name, good, n);
}

/* Every length, counters that wrap, and not a byte behind the end. */
static void
agrees_with_definition(const char *name, ars_fill *fill)
{
	enum { MOST = 100 };
	uint64_t out[2 * MOST + 2], want[2];
	size_t bad = 0;

	for (size_t n = 0; n <= MOST; n++) {
		const struct rn_random_key key = { { 0x0123456789abcdef * (n + 1), ~(uint64_t)n << 31 } };
		const uint64_t id = (n * 0x9e3779b97f4a7c15) >> n % 64,
			       draw = n % 2 ? 0 - (uint64_t)(n / 2) : n << 40;

		memset(out, 0x5a, sizeof out);
		fill(&key, id, draw, out, n);
		for (size_t i = 0; i < n; i++) {
			reference(7, &key, id, draw + i, want);
			bad += memcmp(out + 2 * i, want, sizeof want) != 0;
		}
		bad += out[2 * n] != 0x5a5a5a5a5a5a5a5a || out[2 * n + 1] != 0x5a5a5a5a5a5a5a5a;
	}
	OK(bad == 0, "%s is ARS-7 by the definition, for every number of blocks", name);
}

/* Sigmas by which a chi-square lies above its mean: normal enough for 100 and more degrees of freedom. */
static double
excess(double chi_square, double degrees)
{
	return (chi_square - degrees) / sqrt(2 * degrees);
}

/* Each of the 16 bytes of a block is uniform, over neighbouring ids. */
static double
byte_excess(block_function *block, const struct rn_random_key *key)
{
	enum { N = 1 << 16 };
	static unsigned count[16][256];
	double chi_square = 0;

	memset(count, 0, sizeof count);
	for (uint64_t id = 0; id < N; id++) {
		uint64_t out[2];

		block(key, id, 0, out);
		for (int i = 0; i < 16; i++)
			count[i][((const uint8_t *)out)[i]]++;
	}
	for (int i = 0; i < 16; i++)
		for (int v = 0; v < 256; v++)
			chi_square += (count[i][v] - N / 256.0) * (count[i][v] - N / 256.0) / (N / 256.0);
	return excess(chi_square, 16 * 255);
}

/* Each bit of a block is independent of the same bit of the next id. */
static double
neighbour_excess(block_function *block, const struct rn_random_key *key)
{
	enum { N = 1 << 14 };
	int flips[128] = { 0 };
	uint64_t last[2];
	double chi_square = 0;

	block(key, 0, 0, last);
	for (uint64_t id = 1; id <= N; id++) {
		uint64_t out[2];

		block(key, id, 0, out);
		for (int i = 0; i < 128; i++)
			flips[i] += (out[i / 64] ^ last[i / 64]) >> i % 64 & 1;
		memcpy(last, out, sizeof last);
	}
	for (int i = 0; i < 128; i++)
		chi_square += (flips[i] - N / 2.0) * (flips[i] - N / 2.0) / (N / 4.0);
	return excess(chi_square, 128);
}

/* A flipped bit of the counter flips each bit of the block with probability 1/2. */
static double
avalanche_excess(block_function *block, const struct rn_random_key *key)
{
	enum { N = 256 };
	static int flips[128][128];
	double chi_square = 0;

	memset(flips, 0, sizeof flips);
	for (uint64_t n = 0; n < N; n++) {
		uint64_t from[2];

		block(key, n, n << 32, from);
		for (int j = 0; j < 128; j++) {
			uint64_t to[2];

			block(key, n ^ (j < 64 ? 0 : 1ull << (j - 64)), n << 32 ^ (j < 64 ? 1ull << j : 0),
				to);
			for (int i = 0; i < 128; i++)
				flips[j][i] += (from[i / 64] ^ to[i / 64]) >> i % 64 & 1;
		}
	}
	for (int j = 0; j < 128; j++)
		for (int i = 0; i < 128; i++)
			chi_square += (flips[j][i] - N / 2.0) * (flips[j][i] - N / 2.0) / (N / 4.0);
	return excess(chi_square, 128 * 128);
}

static void
looks_random(void)
{
	const struct rn_random_key key = rn_random_key(1, "test", NULL, 0, NULL, 0);
	double z;

	z = byte_excess(rn_random_block, &key);
	OK(fabs(z) < 5, "bytes of a block are uniform (chi-square %+.1f sigma)", z);
	z = neighbour_excess(rn_random_block, &key);
	OK(fabs(z) < 5, "neighbouring ids are uncorrelated (chi-square %+.1f sigma)", z);
	z = avalanche_excess(rn_random_block, &key);
	OK(fabs(z) < 5, "every counter bit moves every bit of the block (chi-square %+.1f sigma)", z);

	z = byte_excess(one_round, &key);
	OK(z > 5, "power: the bytes of one round are not uniform (%+.1f sigma)", z);
	z = neighbour_excess(one_round, &key);
	OK(z > 5, "power: neighbouring ids in one round are correlated (%+.1f sigma)", z);
	z = avalanche_excess(two_rounds, &key);
	OK(z > 5, "power: two rounds do not spread a bit (%+.1f sigma)", z);
	z = byte_excess(seven_rounds, &key);
	OK(fabs(z) < 5, "the reference with seven rounds passes (%+.1f sigma)", z);
}

static bool
same_key(struct rn_random_key a, struct rn_random_key b)
{
	return a.k[0] == b.k[0] && a.k[1] == b.k[1];
}

static void
keys(void)
{
	const double labels[] = { 2.25, 0.0 }, negative_zero[] = { 2.25, -0.0 }, swapped[] = { 0.0, 2.25 };
	const double nans[2][1] = { { NAN }, { -NAN } };
	const size_t extents[] = { 32, 64 }, as_bits[] = { 0x4002000000000000, 0 }; /* of 2.25 and 0.0 */
	const struct rn_random_key key = rn_random_key(7, "stage", labels, 2, extents, 2);
	uint8_t bytes[8 * 8 + 5], *p = bytes;
	const uint64_t words[] = { 7, 5, 0, 2, 0x4002000000000000, 0, 2, 32, 64 };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (i == 2) {
			memcpy(p, "stage", 5);
			p += 5;
			continue;
		}
		for (int j = 0; j < 8; j++)
			*p++ = (uint8_t)(words[i] >> 8 * j);
	}
	const XXH128_hash_t h = XXH3_128bits(bytes, sizeof bytes);

	OK(p == bytes + sizeof bytes && key.k[0] == h.low64 && key.k[1] == h.high64,
		"the key is the hash of the bytes the header documents");
	OK(same_key(key, rn_random_key(7, "stage", negative_zero, 2, extents, 2)), "-0.0 is 0");
	OK(same_key(rn_random_key(7, "stage", nans[0], 1, NULL, 0),
		   rn_random_key(7, "stage", nans[1], 1, NULL, 0)),
		"all NaN are one");
	OK(!same_key(key, rn_random_key(8, "stage", labels, 2, extents, 2)), "the seed matters");
	OK(!same_key(key, rn_random_key(7, "stagf", labels, 2, extents, 2)), "the stage matters");
	OK(!same_key(key, rn_random_key(7, "stage", swapped, 2, extents, 2)), "the labels matter");
	OK(!same_key(key, rn_random_key(7, "stage", labels, 2, extents, 1)), "the extents matter");
	OK(!same_key(rn_random_key(7, "s", labels, 2, NULL, 0), rn_random_key(7, "s", NULL, 0, as_bits, 2)),
		"labels and extents of the same bits differ");
	OK(!same_key(rn_random_key(7, "s", labels, 1, as_bits, 2),
		   rn_random_key(7, "s", labels, 2, as_bits, 1)),
		"lists do not run into each other");
}

static void
sequences(void)
{
	const struct rn_random_key key = rn_random_key(3, "test", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, 11), copy;
	uint64_t block[6], whole[128], parts[128];
	bool same = true;

	rn_random_fill(&key, 11, 0, block, 3);
	for (int i = 0; i < 3; i++)
		same &= rn_random_u64(&r) == block[i];
	copy = r;
	OK(same && rn_random_u64(&r) == block[3] && rn_random_u64(&copy) == block[3],
		"scalar draws are the words of the blocks, and a copy keeps its place");

	rn_random_fill(&key, 5, 100, whole, 64);
	rn_random_fill(&key, 5, 100, parts, 21);
	rn_random_fill(&key, 5, 121, parts + 42, 43);
	OK(memcmp(whole, parts, sizeof whole) == 0, "a fill in two parts is the fill");
}

/* Chi-square of n equally likely cells, in sigmas. */
static double
cells_excess(const unsigned count[], size_t n)
{
	double total = 0, chi_square = 0;

	for (size_t i = 0; i < n; i++)
		total += count[i];
	for (size_t i = 0; i < n; i++)
		chi_square +=
			(count[i] - total / (double)n) * (count[i] - total / (double)n) / (total / (double)n);
	return excess(chi_square, (double)n - 1);
}

static void
distributions(void)
{
	enum { N = 400000, CELLS = 200 };
	const struct rn_random_key key = rn_random_key(4, "test", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, 0);
	unsigned count[CELLS] = { 0 }, third[3] = { 0 }, order_count[120] = { 0 };
	const uint64_t huge = 3ull << 62; /* a quarter of all words is drawn again */
	double z, lowest = 1, highest = 0;
	bool below = true;

	for (int i = 0; i < N; i++) {
		const double u = rn_random_uniform(&r);

		lowest = fmin(lowest, u);
		highest = fmax(highest, u);
		count[(int)(u * CELLS)]++;
	}
	z = cells_excess(count, CELLS);
	OK(lowest >= 0 && highest < 1 && fabs(z) < 5, "uniform in [0, 1) (%+.1f sigma)", z);

	memset(count, 0, sizeof count);
	for (int i = 0; i < N; i++)
		count[(int)(0.5 * erfc(-rn_random_normal(&r) * M_SQRT1_2) * CELLS)]++;
	z = cells_excess(count, CELLS);
	OK(fabs(z) < 5, "normal: 200 equally likely cells (%+.1f sigma)", z);

	memset(count, 0, sizeof count);
	for (int i = 0; i < N; i++)
		count[(int)(0.5 * erfc(-1.02 * rn_random_normal(&r) * M_SQRT1_2) * CELLS)]++;
	z = cells_excess(count, CELLS);
	OK(z > 5, "power: a width wrong by 2%% is seen (%+.1f sigma)", z);

	memset(count, 0, sizeof count);
	for (int i = 0; i < N; i++) {
		const uint64_t k = rn_random_below(&r, CELLS - 1);

		below &= k < CELLS - 1;
		count[k % CELLS]++;
	}
	z = cells_excess(count, CELLS - 1);
	OK(below && fabs(z) < 5, "below: 0..n-1 alike (%+.1f sigma)", z);

	for (int i = 0; i < N; i++)
		third[rn_random_below(&r, huge) / (1ull << 62)]++;
	z = cells_excess(third, 3);
	OK(fabs(z) < 5, "below is uniform where n does not divide 2^64 (%+.1f sigma)", z);
	OK(rn_random_below(&r, 1) == 0, "below 1 is 0");

	for (int i = 0; i < N; i++) {
		uint64_t order[5] = { 0, 1, 2, 3, 4 };
		size_t rank = 0;

		rn_random_shuffle(&r, order, 5);
		for (size_t j = 0; j < 5; j++) {
			size_t smaller = 0;

			for (size_t k = j + 1; k < 5; k++)
				smaller += order[k] < order[j];
			rank = rank * (5 - j) + smaller;
		}
		order_count[rank]++;
	}
	z = cells_excess(order_count, 120);
	OK(fabs(z) < 5, "all 120 orders of five are alike (%+.1f sigma)", z);
}

static void
thresholds(void)
{
	OK(rn_random_threshold(0) == 0 && rn_random_threshold(-1) == 0 && rn_random_threshold(NAN) == 0,
		"threshold of p <= 0 and NaN is 0");
	OK(rn_random_threshold(1) == UINT64_MAX && rn_random_threshold(INFINITY) == UINT64_MAX,
		"threshold of p >= 1 is the largest");
	OK(rn_random_threshold(0.5) == 1ull << 63 && rn_random_threshold(0x1p-64) == 1 &&
			rn_random_threshold(0x1p-65) == 0 &&
			rn_random_threshold(1 - 0x1p-53) == UINT64_MAX - 2047 &&
			rn_random_threshold(0.1) == 0x1999999999999a00,
		"threshold is floor(p 2^64)");
}

int
main(void)
{
	known_answers("tables", rn_ars_soft);
	agrees_with_definition("tables", rn_ars_soft);
#if defined(__x86_64__)
	if (rn_cpu_aes()) {
		known_answers("AES-NI", rn_ars_aesni);
		agrees_with_definition("AES-NI", rn_ars_aesni);
	}
	if (rn_cpu_vaes()) {
		known_answers("VAES", rn_ars_vaes);
		agrees_with_definition("VAES", rn_ars_vaes);
	}
#endif
	agrees_with_definition("the kernel chosen here", rn_random_fill);
	looks_random();
	keys();
	sequences();
	distributions();
	thresholds();
	return tap_done();
}
