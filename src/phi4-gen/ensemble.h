/*
 * ensemble.h - one set of couplings of a run, and how it is sampled
 *
 *	S = -kappa sum_bonds phi phi' + (mu2 + 4 kappa)/2 sum phi^2 + lambda/4 sum phi^4	(renorm/field.h)
 *
 * What a site sees of it, with h = kappa sum phi' over its neighbours other than itself:
 *
 *	a phi^2 + b phi^4 - h phi,	a = (mu2 + 4 kappa)/2 - kappa (bonds to itself),  b = lambda/4
 */
#ifndef PHI4_GEN_ENSEMBLE_H
#define PHI4_GEN_ENSEMBLE_H

#include "options.h"
#include "renorm/phi4_model.h"
#include "renorm/random.h"

struct ensemble {
	struct rn_lattice lattice;
	struct rn_phi4 coupling;
	enum algorithm algorithm;	   /* METROPOLIS or CLUSTER */
	const struct rn_phi4_model *model; /* or NULL; with one the couplings, a, b and step are of no use */
	double a, b;
	double scale; /* what phi is of the order of */
	double step;  /* a proposal is phi + step u, -1 <= u < 1 */
	struct rn_random_key local, clusters;
};

/*
 * `step` 0: chosen, see below. RN_EUSAGE: S has no lower bound, or numbers of that type cannot tell its differences.
 *
 * The step is one that moves single sites well: 4.2 / sqrt(V''), of the Gaussian that follows the site's potential
 * V = a phi^2 + b phi^4 at the mean of phi^2. That is guessed from <phi V'> - <h phi> = 1, true for every site, with
 * phi^4 = x^2 and h phi = 2 |kappa| x (half of what neighbours of the same sign and size would be).
 */
RN_MUST_CHECK enum rn_status ensemble_make(const struct rn_lattice *l, const struct rn_phi4 *coupling,
	const struct options *o, struct ensemble *e, struct rn_error *err);

/* The same of a model, which stays the caller's. Each site has a step of its own. */
RN_MUST_CHECK enum rn_status ensemble_make_model(const struct rn_phi4_model *m, const struct options *o,
	struct ensemble *e, struct rn_error *err);

/* What a site sees of a model: a phi^2 + b phi^4 - phi sum w phi'. */
struct model_site {
	double a, b;
	unsigned bonds; /* to other sites, either end counted */
	size_t end[2 * RN_PHI4_BONDS];
	double w[2 * RN_PHI4_BONDS];
};
struct model_site ensemble_model_site(const struct rn_phi4_model *m, size_t i);
double ensemble_model_step(const struct model_site *s);

/* S/N */
double ensemble_action(const struct ensemble *e, enum rn_type type, const void *phi);

/*
 * Estimated integrated autocorrelation time of m^2 and of the action, the longer, in sweeps (metropolis) or cycles
 * (cluster); what --therm auto and --every auto count by. A bound for most couplings, not for all.
 */
double ensemble_tau(const struct ensemble *e, uint64_t local_per_cluster);

#endif
