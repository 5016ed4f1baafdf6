/*
 * The bonds of two states, lower <= upper, side by side, and whether sites are connected.
 *
 * A search goes from both ends in turns, breadth first, and is over when they meet or one of them has no more sites: at
 * a price of twice the smaller cluster. The lower state is searched first: what is connected there is so in the upper
 * one too; and if it is not, and no site of the cluster that was gone through has a bond that is open in the upper state
 * alone, then this is a cluster of the upper state as well. So soon both states cost what one does.
 *
 * The ghost's bonds are looked at but not gone through: it has N of them. A side that has reached the ghost stops, and
 * the other is to reach it too, or the sites of the first.
 */
#include "fk.h"

#include <string.h>

struct side {
	uint32_t *next, *end; /* of its queue: sites yet to be gone through */
	uint16_t mark;
	uint16_t either; /* the bonds of its sites, XORed with themselves shifted by FK_UPPER: the low bits differ */
	bool ghost; /* it has reached it */
};

void
fk_bonds_init(struct fk *f)
{
	const struct rn_lattice *l = &f->lattice;
	const int32_t right = 1, down = (int32_t)l->cols;
	const int32_t width = (int32_t)(l->cols - 1), height = (int32_t)(l->sites - l->cols);

	for (unsigned edge = 0; edge < 16; edge++) {
		int32_t *step = f->step[edge];

		step[FK_RIGHT] = edge >> FK_RIGHT & 1 ? -width : right;
		step[FK_DOWN] = edge >> FK_DOWN & 1 ? -height : down;
		step[FK_LEFT] = edge >> FK_LEFT & 1 ? width : -right;
		step[FK_UP] = edge >> FK_UP & 1 ? height : -down;
	}
	for (size_t y = 0, i = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++, i++) {
			const unsigned edge = (unsigned)(x == l->cols - 1) << FK_RIGHT |
				(unsigned)(y == l->rows - 1) << FK_DOWN | (unsigned)(x == 0) << FK_LEFT |
				(unsigned)(y == 0) << FK_UP;

			f->site[i].bonds = (uint16_t)(edge << FK_EDGE);
		}
}

void
fk_set_bonds(struct fk *f, bool lower, bool upper)
{
	const unsigned all = f->h != 0 ? FK_BONDS : FK_BONDS & ~(1u << FK_GHOST);
	const unsigned bonds = (lower ? all : 0) | (upper ? all : 0) << FK_UPPER;

	for (size_t i = 0; i < f->lattice.sites; i++)
		f->site[i].bonds = (uint16_t)((f->site[i].bonds & ~0u << FK_EDGE) | bonds);
}

bool
fk_coalesced(const struct fk *f)
{
	for (size_t i = 0; i < f->lattice.sites; i++)
		if ((f->site[i].bonds ^ f->site[i].bonds >> FK_UPPER) & FK_BONDS)
			return false;
	return true;
}

static inline uint32_t
neighbour(const struct fk *f, uint32_t i, enum fk_bond direction)
{
	return i + (uint32_t)f->step[f->site[i].bonds >> FK_EDGE][direction];
}

/* Marks of two sides that no site has. */
static uint16_t
new_marks(struct fk *f)
{
	if (f->search == UINT16_MAX / 2) {
		for (size_t i = 0; i < f->lattice.sites; i++)
			f->site[i].seen = 0;
		f->search = 0;
	}
	return (uint16_t)(2 * ++f->search);
}

static inline void
put(struct fk *f, struct side *s, uint32_t i)
{
	f->site[i].seen = s->mark;
	*s->end++ = i;
}

/*
 * The next site of a side: its neighbours join the queue. true: the other side is met. Without branches, which would be
 * guessed wrong too often.
 */
static inline bool
advance(struct fk *f, struct side *s, uint16_t other, unsigned state)
{
	const uint32_t i = *s->next++;
	const unsigned bonds = f->site[i].bonds, open = bonds >> state;
	const int32_t *step = f->step[bonds >> FK_EDGE];
	bool met = false;

	s->either |= (uint16_t)(bonds ^ bonds >> FK_UPPER);
	s->ghost |= open >> FK_GHOST & 1;
	for (unsigned k = FK_RIGHT; k <= FK_UP; k++) {
		const uint32_t n = i + (uint32_t)step[k];
		const uint16_t seen = f->site[n].seen;
		const bool is_open = open >> k & 1, is_new = is_open & (seen != s->mark);

		met |= is_open & (seen == other);
		*s->end = n;
		s->end += is_new;
		f->site[n].seen = is_new ? s->mark : seen;
	}
	return met;
}

enum { NOWHERE = UINT32_MAX }; /* the ghost, as the end of a bond */

/*
 * Whether a and b are connected in one state: 0 or FK_UPPER. If not, *differs tells whether a bond at the cluster gone
 * through is open in one state alone.
 */
static inline bool
is_connected(struct fk *f, uint32_t a, uint32_t b, unsigned state, bool *differs)
{
	const uint16_t mark = new_marks(f);
	struct side side[2] = {
		{ .next = f->queue, .end = f->queue, .mark = mark },
		{ .next = f->queue + f->lattice.sites, .end = f->queue + f->lattice.sites, .mark = mark + 1 },
	};
	bool met = a == b;

	put(f, &side[0], a);
	if (b == NOWHERE)
		side[1].ghost = true;
	else
		put(f, &side[1], b);
	for (unsigned k = 0; !met; k ^= 1) {
		if (side[k].ghost)
			continue;
		if (side[k].next == side[k].end) {
			*differs = side[k].either & FK_BONDS;
			break;
		}
		met = advance(f, &side[k], side[!k].mark, state) || (side[0].ghost && side[1].ghost);
	}
	f->report.sites +=
		(uint64_t)(side[0].next - f->queue) + (uint64_t)(side[1].next - f->queue - f->lattice.sites);
	return met;
}

/* Bits 0 and FK_UPPER: in which states a and b are connected. */
static unsigned
connected(struct fk *f, uint32_t a, uint32_t b)
{
	bool differs = false;

	if (is_connected(f, a, b, 0, &differs))
		return FK_BOTH;
	return differs && is_connected(f, a, b, FK_UPPER, &differs) ? 1 << FK_UPPER : 0;
}

static inline void
draw_bond(struct fk *f, uint32_t a, enum fk_bond direction, uint64_t u)
{
	const uint32_t b = neighbour(f, a, direction);
	const unsigned back = direction ^ 2;
	uint16_t *at_a = &f->site[a].bonds, *at_b = &f->site[b].bonds;
	unsigned open = u < f->bond.open ? FK_BOTH : 0;

	*at_a &= (uint16_t) ~(FK_BOTH << direction);
	*at_b &= (uint16_t) ~(FK_BOTH << back);
	if (u >= f->bond.open && u < f->bond.closed)
		open = connected(f, a, b);
	*at_a |= (uint16_t)(open << direction);
	*at_b |= (uint16_t)(open << back);
}

static inline void
draw_ghost(struct fk *f, uint32_t a, uint64_t u)
{
	unsigned open = u < f->ghost.open ? FK_BOTH : 0;

	f->site[a].bonds &= (uint16_t) ~(FK_BOTH << FK_GHOST);
	if (u >= f->ghost.open && u < f->ghost.closed)
		open = connected(f, a, NOWHERE);
	f->site[a].bonds |= (uint16_t)(open << FK_GHOST);
}

void
fk_sweep(struct fk *f, uint64_t id, uint64_t t)
{
	const size_t cols = f->lattice.cols, of_site = f->h != 0 ? 3 : 2;

	words_start(&f->words, &f->key, id, (t - 1) * f->blocks, f->blocks);
	for (size_t y = 0; y < f->lattice.rows; y++) {
		const uint64_t *u = words_take(&f->words, of_site * cols);

		for (size_t i = y * cols; i < (y + 1) * cols; i++, u += of_site) {
			draw_bond(f, (uint32_t)i, FK_RIGHT, u[0]);
			draw_bond(f, (uint32_t)i, FK_DOWN, u[1]);
			if (of_site == 3)
				draw_ghost(f, (uint32_t)i, u[2]);
		}
	}
	f->report.bonds += of_site * f->lattice.sites;
}

/* Gives one spin to all sites that are connected to those in the queue up to `end`. */
static void
paint(struct fk *f, uint32_t *end, uint16_t mark, bool up, uint8_t *bits)
{
	struct side s = { .next = f->queue, .end = end, .mark = mark };

	while (s.next != s.end) {
		bits[*s.next / 8] |= (uint8_t)(up << *s.next % 8);
		advance(f, &s, 0, 0);
	}
}

void
fk_colour(struct fk *f, uint64_t id, uint8_t *bits)
{
	struct side s = { .end = f->queue, .mark = new_marks(f) };
	uint64_t coins[2] = { 0 };

	memset(bits, 0, f->lattice.bytes);
	for (uint32_t i = 0; i < f->lattice.sites; i++)
		if (f->site[i].bonds >> FK_GHOST & 1)
			put(f, &s, i);
	paint(f, s.end, s.mark, f->h > 0, bits);
	for (uint32_t i = 0; i < f->lattice.sites; i++) {
		if (i % 128 == 0)
			rn_random_block(&f->key, id, ((uint64_t)1 << 63) + i / 128, coins);
		if (f->site[i].seen == s.mark)
			continue;
		s.end = f->queue;
		put(f, &s, i);
		paint(f, s.end, s.mark, coins[i / 64 % 2] >> i % 64 & 1, bits);
	}
}
