/*
 * phi4-gen-sweep - 16 chains side by side against the same written plainly, a number at a time in double, and one CPU
 * level against the other
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/phi4-gen/sweep.h"
#include "tap.h"

/* --- what chains.h says, plainly ------------------------------------------------ */

struct plain {
	const struct chains *c;
	uint64_t id;
	struct rn_phi4_model model; /* what is simulated, also where couplings are the same everywhere */
	size_t sites;
	double *phi;	 /* [site][lane] */
	size_t settled;	 /* decisions that rounding could not have turned */
	size_t doubtful; /* the others */
};

static double
number_at(const struct chains *c, size_t block, size_t i, size_t lane)
{
	const size_t at = SIDE * (block * (c->lattice.sites + 1) + i) + lane;

	return c->type == RN_F32 ? (double)((const float *)c->phi)[at] : ((const double *)c->phi)[at];
}

/* The random bits of a lane in the two words (or four) that begin at `draw`: which = 0, 1. Uniform in [0, 1). */
static double
uniform(const struct chains *c, const struct rn_random_key *key, uint64_t id, uint64_t draw, size_t lane,
	unsigned which)
{
	const size_t in_word = c->type == RN_F32 ? 16 : 8, word = 2 * (lane / in_word) + which;
	const size_t bit = lane % in_word * (512 / in_word);
	uint64_t block[2];

	rn_random_block(key, id, draw + 4 * word + bit / 128, block);
	if (c->type == RN_F64)
		return (double)(block[bit / 64 % 2] >> 12) * 0x1p-52;
	return (double)(int32_t)(block[bit / 64 % 2] >> bit % 64) * 0x1p-32 + 0.5;
}

static void
plain_take(struct plain *q, size_t block)
{
	for (size_t i = 0; i < q->sites; i++)
		for (size_t l = 0; l < SIDE; l++)
			q->phi[SIDE * i + l] = number_at(q->c, block, i, l);
}

static size_t
odd(size_t length)
{
	return length % 2 && length > 1;
}

static size_t
plain_colour(const struct plain *q, size_t i)
{
	const struct rn_lattice *t = &q->c->lattice;
	const size_t y = i / t->cols, x = i % t->cols;
	const size_t of_row = odd(t->rows) && y == t->rows - 1 ? 2 : y % 2;
	const size_t of_column = odd(t->cols) && x == t->cols - 1 ? 2 : x % 2;

	if (q->model.w2)
		return 3 * of_row + of_column;
	return (of_row + of_column) % (odd(t->rows) || odd(t->cols) ? 3 : 2);
}

/* S, were phi of a site x in that lane. */
static double
plain_action(const struct plain *q, size_t i, size_t lane, double x)
{
	double *field = calloc(q->sites, sizeof *field), S;

	if (!field)
		exit(1);
	for (size_t j = 0; j < q->sites; j++)
		field[j] = j == i ? x : q->phi[SIDE * j + lane];
	S = rn_phi4_model_action(&q->model, RN_F64, field);
	free(field);
	return S;
}

static double
plain_step(const struct plain *q, size_t i)
{
	const struct model_site s = ensemble_model_site(&q->model, i);

	return q->c->ensemble.model ? ensemble_model_step(&q->model, &s) : q->c->ensemble.step;
}

/* Where a decision hangs on the last digits, the one that was taken is taken over. */
static bool
plain_visit(struct plain *q, size_t block, size_t i, size_t lane, uint64_t draw)
{
	const struct ensemble *e = &q->c->ensemble;
	const double digits = q->c->type == RN_F32 ? 1e-5 : 1e-13;
	const double old = q->phi[SIDE * i + lane], is = number_at(q->c, block, i, lane);
	const double proposed =
		old + plain_step(q, i) * (2 * uniform(q->c, &e->local, q->id, draw, lane, 0) - 1);
	const double chance = exp(plain_action(q, i, lane, old) - plain_action(q, i, lane, proposed));
	const double u = uniform(q->c, &e->local, q->id, draw, lane, 1);
	double *now = &q->phi[SIDE * i + lane];

	*now = u < chance ? proposed : old;
	if (fabs(u - chance) < digits * 10) {
		q->doubtful++;
		if (fabs(is - old) < digits || fabs(is - proposed) < digits)
			*now = is;
	} else {
		q->settled++;
	}
	if (fabs(*now - is) > digits)
		return false;
	*now = is; /* so that rounding does not pile up */
	return true;
}

static bool
plain_sweep(struct plain *q, size_t block, uint64_t w)
{
	const uint64_t draws = q->c->type == RN_F32 ? 8 : 16;
	uint64_t v = 0;
	bool same = true;

	for (size_t colour = 0; colour < 9; colour++)
		for (size_t i = 0; i < q->sites; i++) {
			if (plain_colour(q, i) != colour)
				continue;
			for (size_t l = 0; l < SIDE; l++)
				same &= plain_visit(q, block, i, l, draws * (q->sites * w + v));
			v++;
		}
	return same;
}

enum which { HOMOGENEOUS, MODEL, DIAGONALS };

static struct ensemble
ensemble_or_die(const struct rn_lattice *l, enum rn_type type, const struct rn_phi4 *coupling)
{
	const struct options o = { .type = type, .algorithm = CLUSTER, .common.seed = 5 };
	struct rn_error err;
	struct ensemble e;

	if (ensemble_make(l, coupling, &o, &e, &err) != RN_OK)
		exit(1);
	return e;
}

/* Couplings of either sign, each another one. */
static void
disorder(struct rn_phi4_model *m)
{
	const struct rn_random_key key = rn_random_key(3, "disorder", NULL, 0, NULL, 0);
	struct rn_random r = rn_random_at(&key, m->lattice.sites);

	for (size_t i = 0; i < m->parameters; i++)
		m->theta[i] = 1.5 * rn_random_uniform(&r) - 0.5;
	for (size_t i = 0; i < m->lattice.sites; i++)
		m->b[i] = 0.1 + rn_random_uniform(&r);
}

static struct ensemble
model_or_die(struct rn_phi4_model *m, const struct rn_lattice *l, enum rn_type type, enum which which,
	const struct rn_phi4 *coupling)
{
	const struct options o = { .type = type, .algorithm = CLUSTER, .common.seed = 5 };
	struct rn_error err;
	struct ensemble e;

	if (rn_phi4_model_create(m, l, which == DIAGONALS, &err) != RN_OK)
		exit(1);
	rn_phi4_model_set(m, coupling);
	if (which == HOMOGENEOUS)
		return ensemble_or_die(l, type, coupling);
	disorder(m);
	if (rn_phi4_model_check(m, &err) != RN_OK || ensemble_make_model(m, &o, &e, &err) != RN_OK)
		exit(1);
	return e;
}

static void
begin(struct chains *c, struct plain *q, const size_t shape[3], enum rn_type type, double kappa,
	enum which which)
{
	const struct rn_lattice l =
		rn_lattice_make((unsigned)shape[0], shape[0] == 1 ? shape + 2 : shape + 1);
	const struct rn_phi4 coupling = { kappa, 0.7, -0.9 };
	struct ensemble e;

	*q = (struct plain){ .c = c, .id = 8, .sites = l.sites };
	e = model_or_die(&q->model, &l, type, which, &coupling);
	if (!chains_init(c, &l, type, 2, 7, true, e.model))
		exit(1);
	q->phi = calloc(SIDE * l.sites, sizeof *q->phi);
	if (!q->phi)
		exit(1);
	chains_start(c, &e, true, 0);
	chains_advance(c, 1, 0, 4);
	plain_take(q, 1);
}

static void
end(struct chains *c, struct plain *q)
{
	rn_phi4_model_clear(&q->model);
	free(q->phi);
	chains_clear(c);
}

static const size_t shapes[][3] = { { 2, 1, 1 }, { 2, 1, 5 }, { 2, 5, 1 }, { 2, 2, 2 }, { 2, 3, 3 },
	{ 2, 4, 6 }, { 2, 2, 130 }, { 2, 7, 65 }, { 1, 1, 1 }, { 1, 1, 7 }, { 1, 1, 70 } };
enum { SHAPES = sizeof shapes / sizeof *shapes };
static const char *const names[] = { "couplings", "model", "model with diagonals" };

/* The kernel sweeps; then site after site is what the plain reading makes of the state before. */
static void
test_local(enum rn_type type, enum which which)
{
	size_t settled = 0, doubtful = 0;
	bool same = true;

	for (size_t s = 0; s < SHAPES; s++)
		for (uint64_t w = 5; w < 8 && (which != DIAGONALS || shapes[s][0] == 2); w++) {
			struct chains c;
			struct plain q;

			begin(&c, &q, shapes[s], type, s % 3 ? 1 : -0.3, which);
			chains_advance(&c, 1, 4, w - 5);
			plain_take(&q, 1);
			chains_advance(&c, 1, w - 1, 1);
			same &= plain_sweep(&q, 1, w);
			settled += q.settled;
			doubtful += q.doubtful;
			end(&c, &q);
		}
	OK(same && doubtful < settled / 1000,
		"%s, %s: local sweeps do what is documented, %zu decisions and %zu near ties",
		rn_type_name(type), names[which], settled, doubtful);
}

/* --- clusters ----------------------------------------------------------------------- */

/* Whether bond k of site i is active; near a tie what the kernel says. */
static bool
plain_bond(struct plain *q, unsigned k, size_t i, size_t lane, uint64_t draw, bool is)
{
	const size_t to = rn_phi4_model_end(&q->model, k, i);
	const double u = uniform(q->c, &q->c->ensemble.clusters, q->id, draw, lane, k % 2);
	const double idle = exp(-2 * rn_phi4_model_coupling(&q->model, k, i) * q->phi[SIDE * i + lane] *
		q->phi[SIDE * to + lane]);

	if (to == i)
		return false;
	if (fabs(u - idle) < 1e-5) {
		q->doubtful++;
		return is;
	}
	q->settled++;
	return u > idle;
}

static uint64_t
sets(const struct plain *q)
{
	return q->model.w2 ? 2 : 1;
}

static bool
plain_bonds(struct plain *q, uint64_t w)
{
	const size_t N = q->sites;
	const uint64_t visit = q->c->type == RN_F32 ? 8 : 16;
	const uint64_t base = w * (visit * sets(q) * N + 16 * (N / 128 + 1));
	bool same = true;

	for (unsigned k = 0; k < rn_phi4_model_bonds(&q->model); k++)
		for (size_t i = 0; i < N; i++)
			for (size_t l = 0; l < SIDE; l++) {
				const bool is = q->c->bond[k][i] >> l & 1;

				same &= is == plain_bond(q, k, i, l, base + visit * (N * (k / 2) + i), is);
			}
	return same;
}

/* Labels sites by the first site of their cluster: bonds pass on the lesser label until nothing changes. */
static void
plain_label(const struct plain *q, uint16_t *const bond[4], size_t lane, size_t *label)
{
	bool changed = true;

	for (size_t i = 0; i < q->sites; i++)
		label[i] = i;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < q->sites; i++)
			for (unsigned k = 0; k < rn_phi4_model_bonds(&q->model); k++) {
				const size_t to = rn_phi4_model_end(&q->model, k, i);
				const size_t least = label[i] < label[to] ? label[i] : label[to];

				if (!(bond[k][i] >> lane & 1) || label[i] == label[to])
					continue;
				label[i] = label[to] = least;
				changed = true;
			}
	}
}

/* The number of the run that a site is the first of. */
static uint64_t
run_number(const struct rn_lattice *t, const uint16_t *right, size_t lane, size_t site)
{
	uint64_t runs = 0;

	for (size_t i = 0; i < site; i++)
		runs += i % t->cols == t->cols - 1 || !(right[i] >> lane & 1);
	return runs;
}

static bool
plain_turns(const struct plain *q, uint64_t w, uint16_t *const bond[4])
{
	const struct rn_lattice *t = &q->c->lattice;
	const uint64_t bonds = (q->c->type == RN_F32 ? 8 : 16) * sets(q) * t->sites,
		       coins = t->sites / 128 + 1;
	size_t *label = calloc(t->sites, sizeof *label);
	bool same = true;

	if (!label)
		exit(1);
	for (size_t l = 0; l < SIDE; l++) {
		plain_label(q, bond, l, label);
		for (size_t i = 0; i < t->sites; i++) {
			const uint64_t run = run_number(t, bond[0], l, label[i]);
			uint64_t block[2];

			rn_random_block(&q->c->ensemble.clusters, q->id,
				w * (bonds + SIDE * coins) + bonds + l * coins + run / 128, block);
			same &= (q->c->bond[0][i] >> l & 1) == (block[run / 64 % 2] >> run % 64 & 1);
		}
	}
	free(label);
	return same;
}

static void
test_clusters(enum rn_type type, enum which which)
{
	size_t settled = 0, doubtful = 0;
	bool bonds = true, turns = true, turned = true;

	for (size_t s = 0; s < SHAPES; s++) {
		struct chains c;
		struct plain q;
		const struct sweep *k;
		uint16_t *bond[4] = { NULL };

		if (which == DIAGONALS && shapes[s][0] == 1)
			continue;
		begin(&c, &q, shapes[s], type, s % 3 ? 1 : -0.3, which);
		k = (type == RN_F32 ? sweep_f32 : sweep_f64)[c.level];
		k->bonds(&c, 1, 3);
		bonds &= plain_bonds(&q, 3);
		for (unsigned b = 0; b < 4; b++) {
			bond[b] = calloc(q.sites, sizeof *bond[b]);
			if (!bond[b])
				exit(1);
			if (b >= rn_phi4_model_bonds(&q.model))
				continue;
			memcpy(bond[b], c.bond[b], q.sites * sizeof *bond[b]);
		}
		chains_turn(&c, 1, 3);
		turns &= plain_turns(&q, 3, bond);
		k->turn(&c, 1);
		for (size_t i = 0; i < q.sites; i++)
			for (size_t l = 0; l < SIDE; l++)
				turned &= number_at(&c, 1, i, l) ==
					(c.bond[0][i] >> l & 1 ? -1 : 1) * q.phi[SIDE * i + l];
		settled += q.settled;
		doubtful += q.doubtful;
		for (unsigned b = 0; b < 4; b++)
			free(bond[b]);
		end(&c, &q);
	}
	OK(bonds && doubtful < settled / 1000,
		"%s, %s: bonds are active where they should, %zu of them and %zu near ties",
		rn_type_name(type), names[which], settled, doubtful);
	OK(turns, "%s, %s: clusters have the coin of their first run", rn_type_name(type), names[which]);
	OK(turned, "%s, %s: their signs turn", rn_type_name(type), names[which]);
}

/* --- levels ----------------------------------------------------------------------------- */

static void
test_levels(enum rn_type type, enum which which)
{
	static const struct rn_phi4 coupling = { 1, 0.7, -0.9 };

	for (enum words_level level = WORDS_ANY; level < words_level(); level++) {
		bool same = true;

		for (size_t s = 0; s < SHAPES; s++) {
			const struct rn_lattice l = rn_lattice_make((unsigned)shapes[s][0],
				shapes[s][0] == 1 ? shapes[s] + 2 : shapes[s] + 1);
			struct rn_phi4_model m;
			struct ensemble e;
			struct chains c[2];

			if (which == DIAGONALS && shapes[s][0] == 1)
				continue;
			e = model_or_die(&m, &l, type, which, &coupling);
			for (size_t k = 0; k < 2; k++) {
				if (!chains_init(&c[k], &l, type, 1, 3, true, e.model))
					exit(1);
				if (k == 0)
					c[k].level = level;
				chains_start(&c[k], &e, true, 2);
				chains_advance(&c[k], 0, 0, 3);
			}
			same &= !memcmp(c[0].phi, c[1].phi, SIDE * (l.sites + 1) * rn_type_bytes(type));
			chains_clear(&c[0]);
			chains_clear(&c[1]);
			rn_phi4_model_clear(&m);
		}
		OK(same, "%s, %s: CPU level %d gives the bytes of level %d", rn_type_name(type), names[which],
			(int)level, (int)words_level());
	}
}

static bool
are_equal(const double x[], const double y[], size_t n)
{
	bool equal = true;

	for (size_t i = 0; i < n; i++)
		equal &= x[i] == y[i];
	return equal;
}

static void
test_put_and_get(void)
{
	const size_t extents[2] = { 3, 4 };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	const struct ensemble e = ensemble_or_die(&l, RN_F64, &(const struct rn_phi4){ 1, 0.7, -0.9 });
	double field[12], other[12], got[12];
	struct chains c;

	if (!chains_init(&c, &l, RN_F64, 2, 0, false, NULL))
		exit(1);
	chains_start(&c, &e, true, 0);
	for (size_t i = 0; i < 12; i++)
		field[i] = (double)i;
	chains_get(&c, 20, other);
	chains_put(&c, 21, field);
	chains_get(&c, 21, got);
	OK(are_equal(got, field, 12), "a field is put and got");
	chains_get(&c, 20, got);
	OK(are_equal(got, other, 12), "and the chain beside it stays as it was");
	chains_clear(&c);
}

int
main(void)
{
	for (size_t k = 0; k < 2; k++)
		for (enum which which = HOMOGENEOUS; which <= DIAGONALS; which++) {
			const enum rn_type type = k ? RN_F64 : RN_F32;

			test_local(type, which);
			test_clusters(type, which);
			test_levels(type, which);
		}
	test_put_and_get();
	return tap_done();
}
