/*
 * ising-gen-board - sites side by side: against a plain reading of board.h, site by site; the same bytes from each
 * CPU level and number of threads; energies, moments and histograms against the exact ones
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "../../src/ising-gen/board.h"
#include "../../src/ising-gen/update.h"
#include "renorm/cpu.h"
#include "renorm/reader.h" /* RN_SLACK */
#include "tap.h"

static const double TC = 2.269185314213022;

struct setting {
	size_t rows, cols;
	double T, h;
	enum board_algorithm algorithm;
};

static struct rn_lattice
lattice(size_t rows, size_t cols)
{
	const size_t extents[] = { rows, cols };

	return rn_lattice_make(2, extents);
}

static void
open_board(struct board *b, const struct setting *s, unsigned threads, uint64_t seed, bool hot)
{
	struct rn_lattice l = lattice(s->rows, s->cols);

	if (!board_init(b, &l, threads))
		exit(1);
	board_start(b, s->T, s->h, seed, 3, s->algorithm, hot);
}

static uint8_t *
new_bits(const struct rn_lattice *l)
{
	uint8_t *bits = calloc(l->bytes + RN_SLACK, 1);

	if (!bits)
		exit(1);
	return bits;
}

/* The same chain, a byte a spin, as board.h tells it. */
struct plain {
	struct setting s;
	struct rn_random_key key;
	uint64_t id, heatbath[5], flip[2][5];
	size_t pitch, blocks, groups;
	uint8_t *spin; /* row by row */
};

static size_t
plain_pitch(size_t width)
{
	return width <= 32     ? 32
		: width <= 64  ? 64
		: width <= 128 ? 128
		: width <= 256 ? 256
			       : (width + 511) / 512 * 512;
}

static void
plain_open(struct plain *p, const struct setting *s, uint64_t seed, uint64_t id)
{
	const double labels[] = { s->T, s->h };
	const size_t extents[] = { s->rows, s->cols, 512 + s->algorithm };
	const struct heatbath heatbath = heatbath_make(s->T, s->h);
	const struct metropolis metropolis = metropolis_make(s->T, s->h);

	*p = (struct plain){ .s = *s, .id = id, .pitch = plain_pitch(s->cols / 2) };
	p->key = rn_random_key(seed, "ising-gen", labels, 2, extents, 3);
	memcpy(p->heatbath, heatbath.up, sizeof p->heatbath);
	memcpy(p->flip, metropolis.flip, sizeof p->flip);
	p->blocks = (s->rows * p->pitch + 511) / 512;
	p->groups = (p->blocks + 7) / 8;
	p->spin = calloc(s->rows, s->cols);
	if (!p->spin)
		exit(1);
}

static uint64_t
plain_draw(const struct plain *p, uint64_t sweep, unsigned colour, size_t group)
{
	return ((2 * sweep + colour) * p->groups + group) * BOARD_DRAWS;
}

/* Bit `lane` of the q-th random block of 512 bits from draw on. */
static unsigned
plain_bit(const struct plain *p, uint64_t draw, size_t q, size_t lane)
{
	uint64_t word[2];

	rn_random_block(&p->key, p->id, draw + 4 * q + lane / 128, word);
	return word[lane / 64 % 2] >> lane % 64 & 1;
}

/* Spin of a bit of a colour; NULL: padding. */
static uint8_t *
plain_spin(const struct plain *p, unsigned colour, size_t bit)
{
	const size_t y = bit / p->pitch, k = bit % p->pitch;

	return y < p->s.rows && k < p->s.cols / 2 ? &p->spin[y * p->s.cols + 2 * k + (y + colour) % 2] : NULL;
}

static void
plain_hot(struct plain *p)
{
	for (unsigned colour = 0; colour < 2; colour++)
		for (size_t bit = 0; bit < 512 * p->blocks; bit++) {
			uint8_t *s = plain_spin(p, colour, bit);

			if (s)
				*s = plain_bit(p, plain_draw(p, 0, colour, bit / 4096), bit / 512 % 8,
					bit % 512);
		}
}

/* What a site compares random numbers with, and what it becomes if they are less or not. */
struct choice {
	uint64_t threshold;
	uint8_t less, else_;
	bool tie; /* the first random bit is the spin */
};

static struct choice
plain_choice(const struct plain *p, const uint8_t *s)
{
	const size_t i = (size_t)(s - p->spin), rows = p->s.rows, cols = p->s.cols, y = i / cols,
		     x = i % cols;
	const unsigned n = p->spin[y * cols + (x + 1) % cols] + p->spin[y * cols + (x + cols - 1) % cols] +
		p->spin[(y + 1) % rows * cols + x] + p->spin[(y + rows - 1) % rows * cols + x];

	if (p->s.algorithm == BOARD_METROPOLIS)
		return (struct choice){ p->flip[*s][n], !*s, *s, false };
	if (p->s.h != 0)
		return (struct choice){ p->heatbath[n], 1, 0, false };
	return (struct choice){ p->heatbath[n < 2 ? n : 4 - n], n<2, n> 2, n == 2 };
}

/* Compares bits from..from + count - 1; -1: less, 1: greater, 0: equal. */
static int
plain_compare(const struct plain *p, uint64_t threshold, unsigned from, unsigned count, uint64_t draw,
	size_t q, size_t lane)
{
	for (unsigned j = 0; j < count; j++) {
		const int r = (int)plain_bit(p, draw, q + j, lane), t = threshold >> (63 - from - j) & 1;

		if (r != t)
			return r - t;
	}
	return 0;
}

/* The sites of one lane of a group, in order. */
static void
plain_lane(struct plain *p, uint64_t sweep, unsigned colour, size_t group, size_t lane)
{
	const uint64_t draw = plain_draw(p, sweep, colour, group);
	static const unsigned rounds[] = { BOARD_ROUNDS_0, BOARD_ROUNDS_1 };
	size_t undecided = 0;

	for (size_t v = 0; v < 8 && 8 * group + v < p->blocks; v++) {
		const size_t bit = (8 * group + v) * 512 + lane, q = BOARD_MERGED_ROUNDS + v * BOARD_FIRST;
		uint8_t *s = plain_spin(p, colour, bit);
		struct choice c;
		unsigned used = BOARD_FIRST;
		int sign;

		if (!s)
			continue;
		c = plain_choice(p, s);
		if (c.tie) {
			*s = (uint8_t)plain_bit(p, draw, q, lane);
			continue;
		}
		sign = plain_compare(p, c.threshold, 0, used, draw, q, lane);
		if (sign == 0) {
			const size_t m = undecided++;

			if (m < BOARD_MERGED) {
				sign = plain_compare(p, c.threshold, used, rounds[m], draw, m ? rounds[0] : 0,
					lane);
				used += rounds[m];
			}
		}
		if (sign == 0) {
			uint64_t word[2];

			rn_random_block(&p->key, p->id,
				((uint64_t)1 << 63) + (2 * sweep + colour) * 512 * p->blocks + bit, word);
			sign = word[0] < c.threshold << used ? -1 : 1;
		}
		*s = sign < 0 ? c.less : c.else_;
	}
}

static void
plain_sweep(struct plain *p, uint64_t sweep)
{
	for (unsigned colour = 0; colour < 2; colour++)
		for (size_t group = 0; group < p->groups; group++)
			for (size_t lane = 0; lane < 512; lane++)
				plain_lane(p, sweep, colour, group, lane);
}

static bool
plain_equals(const struct plain *p, const uint8_t *bits)
{
	for (size_t i = 0; i < p->s.rows * p->s.cols; i++)
		if ((bits[i / 8] >> i % 8 & 1) != p->spin[i])
			return false;
	return true;
}

static void
test_plain(const struct setting *s)
{
	struct board b;
	struct plain p;
	uint64_t done = 0;
	uint8_t *bits;
	bool same;

	open_board(&b, s, 1, 11, true);
	bits = new_bits(&b.lattice);
	plain_open(&p, s, 11, 3);
	plain_hot(&p);
	board_extract(&b, bits);
	same = plain_equals(&p, bits);
	for (uint64_t more = 1; more <= 2; more++) {
		board_sweep(&b, done, more);
		for (uint64_t w = 1; w <= more; w++)
			plain_sweep(&p, done + w);
		done += more;
		board_extract(&b, bits);
		same = same && plain_equals(&p, bits);
	}
	OK(same, "%s, h = %g, on %zux%zu: sweeps are as they are defined",
		s->algorithm == BOARD_HEATBATH ? "heat bath" : "Metropolis", s->h, s->rows, s->cols);
	board_clear(&b);
	free(p.spin);
	free(bits);
}

int
main(void)
{
	static const size_t extents[][2] = { { 2, 2 }, { 4, 4 }, { 64, 64 }, { 6, 100 }, { 34, 128 },
		{ 10, 256 }, { 6, 250 }, { 8, 512 }, { 6, 300 }, { 4, 1024 }, { 2, 1100 }, { 4, 2048 } };

	for (size_t i = 0; i < sizeof extents / sizeof *extents; i++)
		for (unsigned k = 0; k < 4; k++)
			test_plain(&(struct setting){ extents[i][0], extents[i][1], 2.3, k / 2 ? 0.1 : 0,
				k % 2 ? BOARD_METROPOLIS : BOARD_HEATBATH });
	return tap_done();
}
