/* Energy and magnetisation of packed configurations, against a loop over sites. */
#include "renorm/lattice.h"

#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"
#include "renorm/random.h"
#include "renorm/reader.h"
#include "renorm/spins.h"
#include "tap.h"

static int
spin(const struct rn_lattice *l, const uint8_t *spins, size_t y, size_t x)
{
	const size_t i = y % l->rows * l->cols + x % l->cols;

	return spins[i / 8] >> i % 8 & 1 ? 1 : -1;
}

static struct rn_ising_sums
reference(const struct rn_lattice *l, const uint8_t *spins)
{
	struct rn_ising_sums s = { 0 };

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			const int here = spin(l, spins, y, x);

			s.spins += here;
			s.bonds += here * spin(l, spins, y, x + 1);
			if (l->dim == 2)
				s.bonds += here * spin(l, spins, y + 1, x);
		}
	return s;
}

static struct rn_random source;

/* Density of spins up: 0, 1/8, 1/2, 7/8 or 1. */
static void
random_spins(uint8_t *spins, size_t n, int density)
{
	memset(spins, 0, rn_bits_bytes(n));
	for (size_t i = 0; i < n; i++)
		if ((int)rn_random_below(&source, 8) < density)
			spins[i / 8] |= (uint8_t)(1u << i % 8);
}

/* Right for a lattice of these extents: the slack behind it is filled with noise, and not an extra byte of it is there. */
static bool
measures(unsigned d, size_t L1, size_t L2)
{
	static const int densities[] = { 0, 1, 4, 7, 8 };
	const size_t extents[2] = { L1, L2 };
	const struct rn_lattice l = rn_lattice_make(d, d == 1 ? &L2 : extents);
	uint8_t *spins = malloc(l.bytes + RN_SLACK);
	bool right = true;

	if (!spins)
		abort();
	for (size_t i = 0; i < sizeof densities / sizeof densities[0]; i++) {
		random_spins(spins, l.sites, densities[i]);
		for (size_t j = 0; j < RN_SLACK; j++)
			spins[l.bytes + j] = (uint8_t)rn_random_u64(&source);
		const struct rn_ising_sums got = rn_ising_measure(&l, spins), want = reference(&l, spins);

		right &= got.bonds == want.bonds && got.spins == want.spins;
	}
	free(spins);
	return right;
}

static void
shapes(void)
{
	static const size_t large[] = { 1, 2, 3, 63, 64, 65, 96, 127, 128, 129, 255, 256, 511, 512, 513, 640,
		1000 };
	const size_t nlarge = sizeof large / sizeof large[0];
	size_t bad = 0;

	for (size_t L = 1; L <= 700; L++)
		bad += !measures(1, 1, L);
	OK(bad == 0, "rings of 1 to 700 sites");
	bad = 0;
	for (size_t L1 = 1; L1 <= 24; L1++)
		for (size_t L2 = 1; L2 <= 72; L2++)
			bad += !measures(2, L1, L2);
	OK(bad == 0, "tori of 1 x 1 to 24 x 72");
	bad = 0;
	for (size_t i = 0; i < nlarge; i++)
		for (size_t j = 0; j < nlarge; j++)
			if (large[i] * large[j] <= 1 << 17)
				bad += !measures(2, large[i], large[j]);
	OK(bad == 0, "tori with edges of 1 to 1000, about the widths of words and vectors");
}

/* On a 2 x 2 torus the four pairs are joined by double bonds: e is -2, 0 or 2. */
static void
conventions(void)
{
	const size_t two[2] = { 2, 2 }, one[2] = { 1, 1 };
	const struct rn_lattice l = rn_lattice_make(2, two), site = rn_lattice_make(2, one),
				ring = rn_lattice_make(1, two);
	uint8_t spins[1 + RN_SLACK] = { 0xf };
	struct rn_ising_sums s = rn_ising_measure(&l, spins);

	OK(rn_ising_e(&l, s) == -2 && rn_ising_m(&l, s) == 1, "2 x 2, up: e = -2, m = 1");
	spins[0] = 0x6;
	s = rn_ising_measure(&l, spins);
	OK(rn_ising_e(&l, s) == 2 && rn_ising_m(&l, s) == 0, "2 x 2, staggered: e = 2, m = 0");
	spins[0] = 0;
	s = rn_ising_measure(&site, spins);
	OK(rn_ising_e(&site, s) == -2 && rn_ising_m(&site, s) == -1,
		"one site is bound to itself twice: e = -2");
	s = rn_ising_measure(&ring, spins);
	OK(rn_ising_e(&ring, s) == -1 && ring.bonds == 2, "a ring of two has two bonds: e = -1");
	OK(rn_lattice_make(2, (size_t[]){ SIZE_MAX, 3 }).sites == SIZE_MAX,
		"a lattice too large to count has SIZE_MAX sites");
}

static void
columns(void)
{
	char name[] = "spins";
	const struct rn_column good = { .name = name, .type = RN_BIT, .ndim = 2, .shape = { 3, 5 } };
	struct rn_column bad = good;
	struct rn_error err = { 0 };
	struct rn_lattice l;

	OK(rn_lattice_of_column(&good, &l, &err) == RN_OK && l.dim == 2 && l.rows == 3 && l.cols == 5 &&
			l.sites == 15 && l.bonds == 30 && l.bytes == 2,
		"a lattice of a column");
	bad.type = RN_U8;
	OK(rn_lattice_of_column(&bad, &l, &err) == RN_EDATA, "bytes are no lattice: %s", err.text);
	bad.type = RN_BIT;
	bad.ndim = 3;
	OK(rn_lattice_of_column(&bad, &l, &err) == RN_EDATA, "nor are three dimensions: %s", err.text);
	bad.ndim = 0;
	OK(rn_lattice_of_column(&bad, &l, &err) == RN_EDATA, "nor is a scalar: %s", err.text);
}

static void
records(void)
{
	const size_t extents[2] = { 3, 5 };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	const struct rn_spins_record identity = { .T = 2.5,
		.h = -0.25,
		.replica = 7,
		.sweep = 1ull << 40,
		.id = 1ull << 50 };
	const uint8_t spins[2 + RN_SLACK] = { 0xa7, 0x31 };
	struct rn_schema *s = rn_spins_schema(&l);
	uint8_t record[256];

	OK(s != NULL, "a schema of kind spins");
	if (!s)
		return;
	rn_spins_put(record, &identity, &l, spins);
	OK(s->record_bytes == 54 && s->labels == 2 && rn_schema_is_label(s, "T") &&
			rn_schema_is_label(s, "h"),
		"T and h are labels, and the record has 54 bytes");
	OK(rn_get_f64(rn_schema_find(s, "T"), record, 0) == 2.5 &&
			rn_get_f64(rn_schema_find(s, "h"), record, 0) == -0.25 &&
			rn_get_u64(rn_schema_find(s, "replica"), record, 0) == 7 &&
			rn_get_u64(rn_schema_find(s, "sweep"), record, 0) == 1ull << 40 &&
			rn_get_u64(rn_schema_find(s, "id"), record, 0) == 1ull << 50,
		"the identity is where the schema says");
	const struct rn_ising_sums sums = reference(&l, spins);

	OK(rn_get_f64(rn_schema_find(s, "e"), record, 0) == -(double)sums.bonds / 15 &&
			rn_get_f64(rn_schema_find(s, "m"), record, 0) == (double)sums.spins / 15 &&
			memcmp(record + rn_schema_find(s, "spins")->offset, spins, 2) == 0,
		"and so are e, m and the spins");
	rn_schema_destroy(s);
}

int
main(void)
{
	const struct rn_random_key key = rn_random_key(1, "lattice", NULL, 0, NULL, 0);

	source = rn_random_at(&key, 0);
	shapes();
	conventions();
	columns();
	records();
	return tap_done();
}
