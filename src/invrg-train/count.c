#include "count.h"

#include <stdlib.h>
#include <string.h>

#include "invrg_tables.h"
#include "renorm/bits.h"

enum { STATES = RN_INVRG_STATES };

enum rn_status
count_create(struct count *c, struct rn_invrg *m, const struct rn_lattice *fine,
	const struct rn_lattice *coarse, struct rn_error *err)
{
	*c = (struct count){ .m = m, .fine = *fine, .coarse = *coarse };
	if (fine->dim != 2 || fine->cols != 2 * coarse->cols)
		return rn_fail(err, RN_EDATA,
			"tables are of blocks of 2x2 spins of a torus, which have 16 states; larger blocks "
			"have too "
			"many, and a ring has no model here");
	if (m->count[1] && (coarse->rows % 2 || coarse->cols % 2))
		return rn_fail(err, RN_EDATA,
			"two colours of blocks do not fit a torus of %zux%zu blocks; take even ones, or "
			"--context "
			"centre+8",
			coarse->rows, coarse->cols);
	c->up = malloc(fine->sites);
	c->blocks = malloc(coarse->sites);
	c->context = calloc(coarse->cols, sizeof *c->context);
	if (c->up && c->blocks && c->context)
		return RN_OK;
	count_clear(c);
	return rn_fail_memory(err, "spins");
}

void
count_clear(struct count *c)
{
	free(c->up);
	free(c->blocks);
	free(c->context);
	*c = (struct count){ 0 };
}

static void
count_row(struct count *c, unsigned colour, size_t I, size_t first, size_t step)
{
	const uint8_t *upper = c->up + 2 * I * c->fine.cols, *lower = upper + c->fine.cols;

	tables_contexts(c->m->context, colour, &c->coarse, I, c->blocks, c->up, c->context);
	for (size_t J = first; J < c->coarse.cols; J += step) {
		const unsigned state = (unsigned)(upper[2 * J] | upper[2 * J + 1] << 1 | lower[2 * J] << 2 |
			lower[2 * J + 1] << 3);

		c->m->count[colour][(size_t)c->context[J] * STATES + state]++;
	}
}

void
count_add(struct count *c, const uint8_t *fine, const uint8_t *coarse)
{
	const unsigned colours = c->m->count[1] ? 2 : 1;

	rn_bits_unpack_u8(fine, c->fine.sites, c->up);
	rn_bits_unpack_u8(coarse, c->coarse.sites, c->blocks);
	for (size_t I = 0; I < c->coarse.rows; I++)
		for (unsigned colour = 0; colour < colours; colour++)
			count_row(c, colour, I, colours == 2 ? (I + colour) % 2 : 0, colours);
}

/* --- images ------------------------------------------------------------------------ */

/* Row and column of each bit, from the middle of the block; only which is where on the other side of it matters. */
struct place {
	int y, x;
};
static const struct place block[] = { { -1, -1 }, { -1, 1 }, { 1, -1 }, { 1, 1 } };
static const struct place four[] = { { 0, 0 }, { -4, 0 }, { 0, -4 }, { 0, 4 }, { 4, 0 } };
static const struct place eight[] = { { 0, 0 }, { -4, -4 }, { -4, 0 }, { -4, 4 }, { 0, -4 }, { 0, 4 },
	{ 4, -4 }, { 4, 0 }, { 4, 4 } };
static const struct place adjoining[] = { { 0, 0 }, { -3, -1 }, { -3, 1 }, { -1, -3 }, { -1, 3 }, { 1, -3 },
	{ 1, 3 }, { 3, -1 }, { 3, 1 } };

/* Bit 0 of `symmetry` exchanges rows and columns, bits 1 and 2 turn them around. */
static struct place
moved(struct place p, unsigned symmetry)
{
	if (symmetry & 1)
		p = (struct place){ p.x, p.y };
	return (struct place){ symmetry & 2 ? -p.y : p.y, symmetry & 4 ? -p.x : p.x };
}

static size_t
image(size_t bits, const struct place place[], size_t n, unsigned symmetry)
{
	size_t moved_bits = 0;

	for (size_t i = 0; i < n; i++) {
		const struct place to = moved(place[i], symmetry);

		for (size_t j = 0; bits >> i & 1 && j < n; j++)
			if (place[j].y == to.y && place[j].x == to.x)
				moved_bits |= (size_t)1 << j;
	}
	return moved_bits;
}

static enum rn_status
add_images(uint64_t count[], size_t contexts, const struct place place[], size_t n, unsigned symmetries,
	struct rn_error *err)
{
	uint64_t *seen = malloc(contexts * STATES * sizeof *seen);

	if (!seen)
		return rn_fail_memory(err, "tables");
	memcpy(seen, count, contexts * STATES * sizeof *seen);
	memset(count, 0, contexts * STATES * sizeof *count);
	for (size_t c = 0; c < contexts; c++)
		for (size_t s = 0; s < STATES; s++)
			for (unsigned g = 0; g < symmetries; g++) {
				const size_t to = image(c, place, n, g), state = image(s, block, 4, g);

				count[to * STATES + state] += seen[c * STATES + s];
				count[(contexts - 1 - to) * STATES + (STATES - 1 - state)] +=
					seen[c * STATES + s];
			}
	free(seen);
	return RN_OK;
}

enum rn_status
count_images(struct count *c, bool symmetric, struct rn_error *err)
{
	struct rn_invrg *m = c->m;
	const unsigned symmetries = symmetric ? 8 : 1;
	enum rn_status st;

	if (m->context == RN_INVRG_CENTRE4)
		return add_images(m->count[0], m->contexts, four, 5, symmetries, err);
	st = add_images(m->count[0], m->contexts, eight, 9, symmetries, err);
	if (st == RN_OK && m->count[1])
		st = add_images(m->count[1], m->contexts, adjoining, 9, symmetries, err);
	return st;
}
