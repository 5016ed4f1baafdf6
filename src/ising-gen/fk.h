/*
 * fk.h - tori at 0 < T < inf exactly, in any field: coupling from the past of the bonds of Fortuin and Kasteleyn
 *
 * Model. A ghost site is joined to every site by a bond of coupling |h|, where h is not 0. Spins of
 * exp(K sum s s' + h sum s) follow from open bonds w with the law (Fortuin and Kasteleyn 1972, Edwards and Sokal 1988)
 *
 *	P(w) ~ prod (p / (1 - p))^w 2^k(w)	p = 1 - exp(-2 K), for the ghost's bonds 1 - exp(-2 |h|)
 *
 * k: clusters. That of the ghost has its spins along h; each other cluster is up or down with a fair coin.
 *
 * Dynamics (Sweeny 1983). A sweep draws each bond once, given all others, with one uniform u:
 *
 *	u < p / (2 - p) = tanh K	open
 *	u < p				open if its ends are connected by other bonds, else closed
 *	u >= p				closed
 *
 * If w <= w' at every bond, it is so afterwards too, with the same u.
 *
 * Coupling from the past (Propp and Wilson 1996). From all bonds open and from none, with the same u: where both have
 * come to the same bonds, so has every chain between them. Sweep t before the present has its u once for all; started T0
 * sweeps before the present, the two either end with the same bonds, which then are a sample of P and the same one for
 * any larger T0, or one begins anew from farther back. So which T0 are tried changes speed alone.
 *
 * Time. 3 to 20 sweeps bring them together, whatever T and h are, 40 for L = 2048 at Tc; what costs is to see whether ends
 * are connected (fk_clusters.c). Milliseconds a record, on one core of an AMD EPYC with AVX-512:
 *
 *	L	T = 1.5	2.0	Tc	2.5	4.0		field
 *	16	0.029	0.060	0.092	0.074	0.027
 *	32	0.14	0.29	0.60	0.33	0.12		T = 1.5, h = 0.01: 0.18; h = 0.1: 0.19
 *	64	0.63	1.3	3.9	1.5	0.50		T = 2, h = 0.001: 1.9; Tc, h = 0.001: 5.4
 *	128	2.6	5.9	24	7.3	2.3		T = 2, h = 0.001: 7.9
 *	256			150
 *	2048			38000
 *
 * Random numbers. Key: (seed, "ising-gen exact fk", T, h, extents). The id is the record's. A sweep takes words of 64
 * bits, site by site: the bond to the right, that down, and with a field that to the ghost; B = ceil(words / 2) blocks.
 * Sweep t = 1, 2, ... before the present begins at block (t - 1) B. The coin of a cluster is that of its first site i:
 * bit i % 64 of word i / 64, counted from block 2^63 on.
 *
 * Extents of 1 have self-bonds, whose ends are connected always; extents of 2 double bonds, drawn each for itself.
 * Memory: 12 bytes a site, and 24 a column.
 */
#ifndef ISING_GEN_FK_H
#define ISING_GEN_FK_H

#include "ensemble.h"
#include "renorm/status.h"

/*
 * Bits of fk_site.bonds: which bonds of a site are open in the lower state; FK_UPPER higher, in the upper state; and
 * from FK_AROUND on, which of the four steps to neighbours go around the torus.
 */
enum fk_bond { FK_RIGHT, FK_DOWN, FK_LEFT, FK_UP, FK_GHOST, FK_UPPER, FK_AROUND = 2 * FK_UPPER };
enum {
	FK_BOTH = 1 | 1 << FK_UPPER,
	FK_NEAR = (1 << FK_GHOST) - 1,
	FK_BONDS = (1 << FK_UPPER) - 1,
};

struct fk_site {
	uint16_t bonds;
	uint16_t seen; /* by which side of which search */
};

/* Of a walk on open bonds. */
struct fk_turn {
	int32_t step;	/* to the next site */
	uint16_t out;	/* the bond there */
	uint16_t first; /* the bond to be looked at first there */
};

struct fk_chance {
	uint64_t open, closed; /* thresholds of tanh K and of p */
};

/* What is told of a temperature. */
struct fk_report {
	uint64_t records;
	uint64_t sweeps; /* until both states had the same bonds, from where they were begun; of all records */
	uint64_t longest; /* of one */
	/* Steps: */
	uint64_t bonds; /* drawn */
	uint64_t sites; /* passed to see whether ends are connected */
};

struct fk {
	struct rn_lattice lattice;
	struct rn_random_key key;
	double T, h;
	struct fk_chance bond, ghost;
	uint64_t blocks; /* B */
	uint64_t most;	 /* steps for a record: bonds and sites as in the report */
	double typical;	 /* sweeps of a record, of late */
	struct fk_report report;

	struct fk_site *site;
	int32_t step[16][4];		/* to neighbours, by the bits from FK_AROUND on */
	struct fk_turn turn[16][4][16]; /* by these, the bond to be looked at first, and those open */
	uint16_t search;		/* the number of the last */
	uint32_t *queue;		/* 2 x sites */
	struct words words;
};

/* Whether the ends of bonds at sites can be numbered in 31 bits; the largest square has L = 23170. */
bool fk_possible(const struct rn_lattice *l);

/* For a lattice that is possible. false: out of memory. */
bool fk_init(struct fk *f, const struct rn_lattice *l);
void fk_clear(struct fk *f);
/*
 * A new ensemble, 0 < T < inf. From extents of 128 on a record of smaller lattices is drawn to see what to expect: some 0.2 to
 * 0.3 of the time of a record. RN_EUSAGE: one is not practical; RN_ENOMEM.
 */
RN_MUST_CHECK enum rn_status fk_start(struct fk *f, const struct ensemble *e, struct rn_error *err);
/* Record `id`, packed into lattice.bytes bytes: the same whatever was drawn before. RN_EUSAGE: it is not practical. */
RN_MUST_CHECK enum rn_status fk_draw(struct fk *f, uint64_t id, uint8_t *bits, struct rn_error *err);

/* Of fk_bonds.c. */
void fk_bonds_init(struct fk *f);
/* Each state has all its bonds closed, or open. */
void fk_set_bonds(struct fk *f, bool lower, bool upper);
/* Sweep t before the present, of record id. */
void fk_sweep(struct fk *f, uint64_t id, uint64_t t);
/* Whether the two states have the same bonds. */
bool fk_coalesced(const struct fk *f);

/* Of fk_clusters.c. */
void fk_clusters_init(struct fk *f);
/*
 * Whether the ends of a bond that is closed in both states are connected: bit 0 in the lower state, bit FK_UPPER in the
 * upper one.
 */
unsigned fk_connected(struct fk *f, uint32_t a, uint32_t b, unsigned direction);
unsigned fk_connected_to_ghost(struct fk *f, uint32_t a);
/* Spins of the lower state's clusters. */
void fk_colour(struct fk *f, uint64_t id, uint8_t *bits);

#endif
