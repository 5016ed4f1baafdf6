/*
 * The bonds of two states, lower <= upper, and a sweep of both.
 */
#include "fk.h"

void
fk_bonds_init(struct fk *f)
{
	const struct rn_lattice *l = &f->lattice;

	for (size_t y = 0, i = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++, i++) {
			const unsigned around = (unsigned)(x == l->cols - 1) << FK_RIGHT |
				(unsigned)(y == l->rows - 1) << FK_DOWN | (unsigned)(x == 0) << FK_LEFT |
				(unsigned)(y == 0) << FK_UP;

			f->site[i].bonds = (uint16_t)(around << FK_AROUND);
		}
}

void
fk_set_bonds(struct fk *f, bool lower, bool upper)
{
	const unsigned all = f->h != 0 ? FK_BONDS : FK_NEAR;
	const unsigned bonds = (lower ? all : 0) | (upper ? all : 0) << FK_UPPER;

	for (size_t i = 0; i < f->lattice.sites; i++)
		f->site[i].bonds = (uint16_t)((f->site[i].bonds & ~0u << FK_AROUND) | bonds);
}

bool
fk_coalesced(const struct fk *f)
{
	for (size_t i = 0; i < f->lattice.sites; i++)
		if ((f->site[i].bonds ^ f->site[i].bonds >> FK_UPPER) & FK_BONDS)
			return false;
	return true;
}

static inline void
draw_bond(struct fk *f, uint32_t a, enum fk_bond direction, uint64_t u)
{
	const uint32_t b = a + (uint32_t)f->step[f->site[a].bonds >> FK_AROUND][direction];
	const unsigned back = direction ^ 2;
	uint16_t *at_a = &f->site[a].bonds, *at_b = &f->site[b].bonds;
	unsigned open = u < f->bond.open ? FK_BOTH : 0;

	*at_a &= (uint16_t) ~(FK_BOTH << direction);
	*at_b &= (uint16_t) ~(FK_BOTH << back);
	if (u >= f->bond.open && u < f->bond.closed)
		open = fk_connected(f, a, b, direction);
	*at_a |= (uint16_t)(open << direction);
	*at_b |= (uint16_t)(open << back);
}

static inline void
draw_ghost(struct fk *f, uint32_t a, uint64_t u)
{
	unsigned open = u < f->ghost.open ? FK_BOTH : 0;

	f->site[a].bonds &= (uint16_t) ~(FK_BOTH << FK_GHOST);
	if (u >= f->ghost.open && u < f->ghost.closed)
		open = fk_connected_to_ghost(f, a);
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
