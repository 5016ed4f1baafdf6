#include "fk.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum {
	PILOT = 64, /* the extent of the lattice that tells what larger ones will cost at least */
};

bool
fk_possible(const struct rn_lattice *l)
{
	return l->sites <= INT32_MAX / 4;
}

bool
fk_init(struct fk *f, const struct rn_lattice *l)
{
	*f = (struct fk){ .lattice = *l, .most = (uint64_t)1 << 32 };
	f->site = calloc(l->sites, sizeof *f->site);
	f->queue = calloc(2 * l->sites + 1, sizeof *f->queue);
	if (!words_init(&f->words, 3 * l->cols) || !f->site || !f->queue)
		return false;
	fk_bonds_init(f);
	fk_clusters_init(f);
	return true;
}

void
fk_clear(struct fk *f)
{
	free(f->site);
	free(f->queue);
	words_clear(&f->words);
	*f = (struct fk){ 0 };
}

/* Of a bond of coupling K >= 0. */
static struct fk_chance
chance_of(double K)
{
	return (struct fk_chance){
		.open = ensemble_threshold(tanh(K), 2 / (exp(2 * K) + 1)),
		.closed = ensemble_threshold(-expm1(-2 * K), exp(-2 * K)),
	};
}

static enum rn_status
refuse(const struct fk *f, double cost, const char *what, struct rn_error *err)
{
	return rn_fail(err, RN_EUSAGE,
		"T = %.6g, h = %.6g on %zux%zu: exact samples are not practical: one takes %s %.1e steps, "
		"and %.1e are "
		"allowed; choose a smaller lattice or %s, or a Markov chain",
		f->T, f->h, f->lattice.rows, f->lattice.cols, what, cost, (double)f->most,
		f->h != 0 ? "a stronger field" : "a temperature farther from Tc");
}

static double
cost_of(const struct fk_report *r)
{
	return (double)r->bonds + (double)r->sites;
}

/* A record of a smaller lattice tells of the sweeps, and of the cost of each site: larger lattices have no less. */
static enum rn_status
foresee(struct fk *f, const struct ensemble *e, struct rn_error *err)
{
	const struct rn_lattice *l = &f->lattice;
	const size_t extents[] = { l->rows < PILOT ? l->rows : PILOT, l->cols < PILOT ? l->cols : PILOT };
	struct ensemble small = *e;
	struct fk pilot;
	uint8_t bits[PILOT * PILOT / 8];
	enum rn_status status;
	double cost;

	small.lattice = rn_lattice_make(2, extents);
	if (!fk_init(&pilot, &small.lattice)) {
		fk_clear(&pilot);
		return rn_fail_memory(err, "bonds");
	}
	status = fk_start(&pilot, &small, err);
	if (status == RN_OK)
		status = fk_draw(&pilot, 0, bits, err);
	f->typical = (double)pilot.report.sweeps;
	cost = cost_of(&pilot.report) / (double)small.lattice.sites * (double)l->sites;
	fk_clear(&pilot);
	if (status == RN_OK && cost > (double)f->most)
		return refuse(f, cost, "about", err);
	return status;
}

enum rn_status
fk_start(struct fk *f, const struct ensemble *e, struct rn_error *err)
{
	const struct rn_lattice *l = &f->lattice;

	f->T = e->T;
	f->h = e->h;
	f->key = ensemble_key(e, "exact fk");
	f->bond = chance_of(1 / e->T);
	f->ghost = chance_of(fabs(e->h));
	f->blocks = ((e->h != 0 ? 3 : 2) * l->sites + 1) / 2;
	f->report = (struct fk_report){ 0 };
	f->typical = 4;
	return l->rows > PILOT || l->cols > PILOT ? foresee(f, e, err) : RN_OK;
}

/* From T0 sweeps before the present to it. *sweeps: until both states have the same bonds; 0: they have not. */
static enum rn_status
run_from(struct fk *f, uint64_t id, uint64_t T0, double before, uint64_t *sweeps, struct rn_error *err)
{
	*sweeps = 0;
	fk_set_bonds(f, false, true);
	for (uint64_t t = T0; t > 0; t--) {
		if (cost_of(&f->report) - before > (double)f->most)
			return refuse(f, cost_of(&f->report) - before, "more than", err);
		fk_sweep(f, id, t);
		if (!*sweeps && fk_coalesced(f))
			*sweeps = T0 - t + 1;
	}
	return RN_OK;
}

enum rn_status
fk_draw(struct fk *f, uint64_t id, uint8_t *bits, struct rn_error *err)
{
	const double before = cost_of(&f->report);
	uint64_t T0 = (uint64_t)(1.4 * f->typical), sweeps;

	for (;; T0 += T0 / 2 + 1) {
		const enum rn_status status = run_from(f, id, T0, before, &sweeps, err);

		if (status)
			return status;
		if (sweeps)
			break;
	}
	fk_colour(f, id, bits);
	f->report.records++;
	f->report.sweeps += sweeps;
	if (sweeps > f->report.longest)
		f->report.longest = sweeps;
	f->typical += ((double)sweeps - f->typical) / 8;
	return RN_OK;
}
