#include "fk.h"

#include <math.h>
#include <stdlib.h>

/*
 * What is tried before a lattice of twice the extents or more: PILOT, then each LARGER times the last. From one to the next
 * the steps of a site become 1.0 to 2.6 times as many, most at Tc.
 */
enum { PILOT = 64, LARGER = 4, GROWTH = 2 };

bool
fk_possible(const struct rn_lattice *l)
{
	return l->sites <= INT32_MAX / 4;
}

bool
fk_init(struct fk *f, const struct rn_lattice *l)
{
	*f = (struct fk){ .lattice = *l, .most = (uint64_t)1 << 34 };
	f->site = calloc(l->sites, sizeof *f->site);
	f->queue = calloc(2 * l->sites, sizeof *f->queue);
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
refuse(const struct fk *f, const char *how, double steps, struct rn_error *err)
{
	return rn_fail(err, RN_EUSAGE,
		"T = %.6g, h = %.6g on %zux%zu: exact samples are not practical: one takes %s %.1e steps, of "
		"%.1e "
		"allowed; choose a smaller lattice or %s, or a Markov chain",
		f->T, f->h, f->lattice.rows, f->lattice.cols, how, steps, (double)f->most,
		f->h != 0 ? "a stronger field" : "a temperature farther from Tc");
}

static double
steps_of(const struct fk_report *r)
{
	return (double)r->bonds + (double)r->sites;
}

static void
set_ensemble(struct fk *f, const struct ensemble *e)
{
	f->T = e->T;
	f->h = e->h;
	f->key = ensemble_key(e, "exact fk");
	f->bond = chance_of(1 / e->T);
	f->ghost = chance_of(fabs(e->h));
	f->blocks = ((e->h != 0 ? 3 : 2) * f->lattice.sites + 1) / 2;
	f->report = (struct fk_report){ 0 };
	f->typical = 4;
}

/* A record of a smaller lattice. */
static enum rn_status
draw_pilot(const struct ensemble *e, double typical, struct fk_report *report, struct rn_error *err)
{
	enum rn_status status = RN_OK;
	struct fk pilot;
	uint8_t *bits = malloc(e->lattice.bytes);

	if (!fk_init(&pilot, &e->lattice) || !bits)
		status = rn_fail_memory(err, "bonds");
	if (status == RN_OK) {
		set_ensemble(&pilot, e);
		pilot.typical = typical;
		status = fk_draw(&pilot, 0, bits, err);
	}
	*report = pilot.report;
	fk_clear(&pilot);
	free(bits);
	return status;
}

/* Smaller lattices tell how many sweeps a record takes, and how many steps. */
static enum rn_status
foresee(struct fk *f, const struct ensemble *e, struct rn_error *err)
{
	const struct rn_lattice *l = &f->lattice;

	for (size_t L = PILOT; 2 * L <= l->rows || 2 * L <= l->cols; L *= LARGER) {
		const size_t extents[] = { l->rows < L ? l->rows : L, l->cols < L ? l->cols : L };
		struct ensemble small = *e;
		struct fk_report report;
		enum rn_status status;
		double steps;

		small.lattice = rn_lattice_make(2, extents);
		status = draw_pilot(&small, f->typical, &report, err);
		if (status)
			return status;
		f->typical = (double)report.sweeps;
		steps = steps_of(&report) / (double)small.lattice.sites * (double)l->sites * GROWTH;
		if (steps > (double)f->most)
			return refuse(f, "about", steps, err);
	}
	return RN_OK;
}

enum rn_status
fk_start(struct fk *f, const struct ensemble *e, struct rn_error *err)
{
	set_ensemble(f, e);
	return foresee(f, e, err);
}

/* From T0 sweeps before the present to it. *sweeps: until both states had the same bonds; 0: they never had. */
static enum rn_status
run_from(struct fk *f, uint64_t id, uint64_t T0, double allowed, uint64_t *sweeps, struct rn_error *err)
{
	*sweeps = 0;
	fk_set_bonds(f, false, true);
	for (uint64_t t = T0; t > 0; t--) {
		if (steps_of(&f->report) > allowed)
			return refuse(f, "more than", (double)f->most, err);
		fk_sweep(f, id, t);
		if (!*sweeps && fk_coalesced(f))
			*sweeps = T0 - t + 1;
	}
	return RN_OK;
}

/* It costs least to start half again as far back as is needed on the average, and to go half again as far then. */
enum rn_status
fk_draw(struct fk *f, uint64_t id, uint8_t *bits, struct rn_error *err)
{
	const double allowed = steps_of(&f->report) + (double)f->most;
	uint64_t T0 = (uint64_t)(1.4 * f->typical), sweeps;

	for (;; T0 += T0 / 2 + 1) {
		const enum rn_status status = run_from(f, id, T0, allowed, &sweeps, err);

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
