/*
 * Whether the ends of a bond are connected by others, in two states lower <= upper; and the spins of clusters.
 *
 * Loops. Walk along the edge of a cluster: into a site by one open bond, out by the next one in the order right, down,
 * left, up, right ... The walk closes, and parts the cluster from a region of closed bonds. Let bond e between a and b
 * be closed. Two walks pass it, one at its end at a and one at that at b.
 *
 *	If the walk from a comes to b's end of e, a and b are connected: it does not leave the cluster.
 *
 *	If it comes back to a's end first and has not wound around the torus, they are not. It bounds a disc, which has
 *	the cluster of a in it or is one of its holes. e leads across the walk at a. Were b in the same cluster, e would
 *	have to come back to it across the same walk, which would pass b's end of e there.
 *
 *	If it has wound, that is not known: cluster and region may meet along a second walk.
 *
 * The same with a and b exchanged, so both walk at once, until one of the three is seen. Above Tc clusters are small,
 * below it their holes; at Tc edges are shorter than areas (of dimension 5/3, clusters have 15/8), and nothing is to be
 * marked on the way. Half the time of searches, for L = 64 at Tc.
 *
 * Searches, where a walk does not tell: from both ends in turns, breadth first, until they meet or one of them has no
 * more sites, so at a price of twice the smaller cluster. The ghost's bonds are looked at but not gone through: it has N
 * of them. A side that has reached the ghost stops, and the other is to reach the ghost too, or the first side.
 *
 * The lower state is asked first. What is connected there is so in the upper one too; and if it is not, and no site that
 * has decided so has a bond that is open in the upper state alone, the upper state would decide the same. So soon both
 * states cost what one does.
 */
#include "fk.h"

#include <string.h>

enum answer { APART, CONNECTED, NOT_KNOWN };

void
fk_clusters_init(struct fk *f)
{
	const struct rn_lattice *l = &f->lattice;
	const int32_t width = (int32_t)(l->cols - 1), height = (int32_t)(l->sites - l->cols);

	for (unsigned around = 0; around < 16; around++) {
		int32_t *step = f->step[around];

		step[FK_RIGHT] = around >> FK_RIGHT & 1 ? -width : 1;
		step[FK_DOWN] = around >> FK_DOWN & 1 ? -height : (int32_t)l->cols;
		step[FK_LEFT] = around >> FK_LEFT & 1 ? width : -1;
		step[FK_UP] = around >> FK_UP & 1 ? height : -(int32_t)l->cols;
		for (unsigned first = 0; first < 4; first++)
			for (unsigned open = 1; open < 16; open++) {
				unsigned out = first;

				while (!(open >> out & 1))
					out = (out + 1) % 4;
				f->turn[around][first][open] = (struct fk_turn){
					.step = step[out],
					.out = (uint16_t)out,
					.first = (uint16_t)((out + 3) % 4), /* next to out ^ 2 */
				};
			}
	}
}

/* --- loops ----------------------------------------------------------------------- */

struct walk {
	uint32_t site;
	unsigned first;	 /* the bond to be looked at first */
	unsigned differ; /* bits of bonds, of sites passed: differ in the two states */
	int64_t way;	 /* 2^32 right + down */
};

static const int64_t way[] = {
	[FK_RIGHT] = (int64_t)1 << 32,
	[FK_DOWN] = 1,
	[FK_LEFT] = -((int64_t)1 << 32),
	[FK_UP] = -1,
};

/* Goes where the next open bond leads; returns the end of it that it has left by, 4 site + direction. */
static inline uint32_t
walk_on(const struct fk *f, struct walk *w, unsigned state)
{
	const unsigned bonds = f->site[w->site].bonds;
	const struct fk_turn *t = &f->turn[bonds >> FK_AROUND][w->first][bonds >> state & FK_NEAR];
	const uint32_t end = 4 * w->site + t->out;

	w->differ |= bonds ^ bonds >> FK_UPPER;
	w->way += way[t->out];
	w->first = t->first;
	w->site += (uint32_t)t->step;
	return end;
}

/* e leads from a in a direction, to b. It is open here: so a walk sees it, and is over. */
static enum answer
walk_around(struct fk *f, uint32_t a, uint32_t b, unsigned direction, unsigned state, bool *differ)
{
	const uint32_t end_a = 4 * a + direction, end_b = 4 * b + (direction ^ 2);
	struct walk p = { .site = a, .first = (direction + 1) % 4 };
	struct walk q = { .site = b, .first = (direction + 3) % 4 };
	uint64_t sites = 0;
	uint32_t x, y;

	do {
		x = walk_on(f, &p, state);
		y = walk_on(f, &q, state);
		sites += 2;
	} while ((x != end_a) & (x != end_b) & (y != end_a) & (y != end_b));
	f->report.sites += sites;
	if (x == end_b || y == end_a)
		return CONNECTED;
	*differ = (x == end_a ? p : q).differ & FK_NEAR;
	return (x == end_a ? p.way - way[direction] : q.way + way[direction]) ? NOT_KNOWN : APART;
}

/* --- searches -------------------------------------------------------------------- */

struct side {
	uint32_t *next, *end; /* of its queue: sites yet to be gone through */
	uint16_t mark;
	unsigned differ; /* as of walks */
	bool ghost;	 /* it has reached it */
};

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
 * The next site of a side: its neighbours join the queue. true: it has met the other side. Without branches, which would
 * be guessed wrong too often.
 */
static inline bool
search_on(struct fk *f, struct side *s, uint16_t other, unsigned state)
{
	const uint32_t i = *s->next++;
	const unsigned bonds = f->site[i].bonds, open = bonds >> state;
	const int32_t *step = f->step[bonds >> FK_AROUND];
	bool met = false;

	s->differ |= bonds ^ bonds >> FK_UPPER;
	s->ghost |= open >> FK_GHOST & 1;
#pragma GCC unroll 4
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

/* Whether a is connected to b, or to the ghost. */
static bool
search(struct fk *f, uint32_t a, uint32_t b, bool ghost, unsigned state, bool *differ)
{
	uint32_t *half = f->queue + f->lattice.sites;
	const uint16_t mark = new_marks(f);
	struct side side[] = {
		{ .next = f->queue, .end = f->queue, .mark = mark },
		{ .next = half, .end = half, .mark = mark + 1, .ghost = ghost },
	};
	bool met = false;

	put(f, &side[0], a);
	if (!ghost)
		put(f, &side[1], b);
	for (unsigned k = 0; !met; k ^= 1) {
		if (side[k].ghost)
			continue;
		if (side[k].next == side[k].end) {
			*differ = side[k].differ & FK_BONDS;
			break;
		}
		met = search_on(f, &side[k], side[!k].mark, state) || (side[0].ghost && side[1].ghost);
	}
	f->report.sites += (uint64_t)(side[0].next - f->queue) + (uint64_t)(side[1].next - half);
	return met;
}

/* --- both states ----------------------------------------------------------------- */

static bool
is_connected(struct fk *f, uint32_t a, uint32_t b, unsigned direction, unsigned state, bool *differ)
{
	const unsigned back = direction ^ 2;
	enum answer answer;

	f->site[a].bonds |= (uint16_t)(FK_BOTH << direction);
	f->site[b].bonds |= (uint16_t)(FK_BOTH << back);
	answer = walk_around(f, a, b, direction, state, differ);
	f->site[a].bonds &= (uint16_t) ~(FK_BOTH << direction);
	f->site[b].bonds &= (uint16_t) ~(FK_BOTH << back);
	if (answer == CONNECTED || (answer == APART && f->h == 0))
		return answer == CONNECTED;
	return search(f, a, b, false, state, differ);
}

unsigned
fk_connected(struct fk *f, uint32_t a, uint32_t b, unsigned direction)
{
	bool differ = false;

	if (a == b || is_connected(f, a, b, direction, 0, &differ))
		return FK_BOTH;
	return differ && is_connected(f, a, b, direction, FK_UPPER, &differ) ? 1 << FK_UPPER : 0;
}

unsigned
fk_connected_to_ghost(struct fk *f, uint32_t a)
{
	bool differ = false;

	if (search(f, a, a, true, 0, &differ))
		return FK_BOTH;
	return differ && search(f, a, a, true, FK_UPPER, &differ) ? 1 << FK_UPPER : 0;
}

/* --- spins ----------------------------------------------------------------------- */

/* Gives one spin to the sites in the queue and all that are connected to them, in the lower state. */
static void
paint(struct fk *f, struct side s, bool up, uint8_t *bits)
{
	while (s.next != s.end) {
		bits[*s.next / 8] |= (uint8_t)(up << *s.next % 8);
		search_on(f, &s, s.mark, 0);
	}
}

void
fk_colour(struct fk *f, uint64_t id, uint8_t *bits)
{
	const uint32_t N = (uint32_t)f->lattice.sites;
	struct side s = { .next = f->queue, .end = f->queue, .mark = new_marks(f) };
	uint64_t coins[2] = { 0 };

	memset(bits, 0, f->lattice.bytes);
	for (uint32_t i = 0; i < N; i++)
		if (f->site[i].bonds >> FK_GHOST & 1)
			put(f, &s, i);
	paint(f, s, f->h > 0, bits);
	for (uint32_t i = 0; i < N; i++) {
		if (i % 128 == 0)
			rn_random_block(&f->key, id, ((uint64_t)1 << 63) + i / 128, coins);
		if (f->site[i].seen == s.mark)
			continue;
		s.end = f->queue;
		put(f, &s, i);
		paint(f, s, coins[i / 64 % 2] >> i % 64 & 1, bits);
	}
}
