#include "choice.h"

#include <math.h>

#include "board.h"
#include "cluster.h"
#include "exact.h"

const char *const algorithm_names[] = { "auto", "heatbath", "metropolis", "swendsen-wang", "wolff", "exact",
	"exact-rows", "exact-sites", "exact-bonds", NULL };
const char *const start_names[] = { "auto", "cold", "hot", NULL };

/*
 * From how many replicas on chains run side by side: a block of 512 then takes no longer than so many chains one by
 * one. Either way gives other samples, so this is a number and not a measurement.
 */
#define SIDE_BY_SIDE 32
/* From which even extents on a few chains are run with many sites at once. */
#define BOARD_EXTENT 32

/* Nanoseconds that a sweep takes for each spin, to compare chains by. */
#define COST_AT_ONCE 0.05
#define COST_ONE_BY_ONE 1.4
#define COST_CLUSTERS 2.0

bool
choice_is_cluster(enum algorithm a)
{
	return a == CLUSTER_SWENDSEN_WANG || a == CLUSTER_WOLFF;
}

bool
choice_side_by_side(enum algorithm algorithm, uint64_t replicas)
{
	return replicas >= SIDE_BY_SIDE && !choice_is_cluster(algorithm);
}

bool
choice_board(const struct rn_lattice *l)
{
	return board_covers(l) && l->rows >= BOARD_EXTENT && l->cols >= BOARD_EXTENT;
}

/* Free energy of a bond's length of domain wall over T (Onsager 1944); below 0 above Tc, then -1/xi. */
static double
wall_tension(double K)
{
	return 2 * K + log(tanh(K));
}

double
choice_tau(const struct ensemble *e, enum algorithm algorithm)
{
	const double z = 2.17, L = sqrt((double)e->lattice.sites), K = 1 / e->T;
	const double unit = algorithm == LOCAL_HEATBATH ? 2.7 : 1;
	double rate;

	if (choice_is_cluster(algorithm))
		return 2 * pow(L, 0.2);
	rate = 1 / (0.027 * pow(L, z));
	rate += pow(fabs(wall_tension(K)), z) / (e->T >= RN_TC ? 0.3 : 0.13);
	rate += pow(fabs(e->h), z * 8 / 15) / 0.1;
	return 0.5 + (e->h != 0 ? 2 : 1) * unit / rate;
}

/* Without a way, or with options of chains: "auto" is what it always was. */
static enum algorithm
algorithm_asked_for(const struct options *o)
{
	return o->algorithm == AUTO && o->of_sweeps ? LOCAL_HEATBATH : o->algorithm;
}

bool
choice_is_exact(enum algorithm a)
{
	return a >= EXACT;
}

static uint64_t
most_updates(enum algorithm a, const struct rn_lattice *l)
{
	if (a == EXACT)
		return CHOICE_EXACT_SWEEPS * l->sites;
	return a == AUTO ? CHOICE_UPDATES : CHOICE_SITES_UPDATES;
}

static bool
may_be_row_by_row(enum algorithm a, const struct ensemble *e)
{
	const struct rn_lattice *l = &e->lattice;
	const size_t width = l->rows < l->cols ? l->rows : l->cols;

	if (!rows_covers(l) || a == EXACT_SITES || a == EXACT_BONDS)
		return false;
	return a == EXACT_ROWS || e->h != 0 || width <= CHOICE_WIDTH;
}

static bool
may_be_coupled(enum algorithm a, const struct rn_lattice *l)
{
	return a != EXACT_ROWS && a != EXACT_BONDS && l->sites <= CHOICE_COUPLED_SITES &&
		most_updates(a, l) / l->sites >= 16;
}

bool
choice_needs_coupling(const struct options *o, const struct ensemble *e)
{
	const enum algorithm a = algorithm_asked_for(o);

	return (a == AUTO || choice_is_exact(a)) && !exact_covers(e) && !may_be_row_by_row(a, e) &&
		may_be_coupled(a, &e->lattice);
}

/*
 * Whether single spins come, in the time of choice_tau(), to all that matters: not where walls across a torus, or the
 * other phase in a field, take part in the law and take far longer to come about.
 */
static bool
is_local_enough(const struct ensemble *e)
{
	const struct rn_lattice *l = &e->lattice;
	const double shorter = (double)(l->rows < l->cols ? l->rows : l->cols),
		     longer = (double)l->sites / shorter;
	const double tension = wall_tension(1 / e->T);

	if (shorter * tension <= -4)
		return true; /* disordered: patches of a quarter of the width */
	if (e->h == 0 && longer * exp(-shorter * tension) < 1e-3)
		return true; /* ordered, without walls */
	return e->h == 0 && longer <= 2 * shorter &&
		shorter * tension < 1; /* critical, and its tau was measured */
}

static enum algorithm
cheapest_chain(const struct ensemble *e)
{
	const struct rn_lattice *l = &e->lattice;
	const bool at_once = l->sites <= CHOICE_SITES || choice_board(l);
	const double local = choice_tau(e, LOCAL_METROPOLIS) * (at_once ? COST_AT_ONCE : COST_ONE_BY_ONE);
	const double clusters = choice_tau(e, CLUSTER_SWENDSEN_WANG) * COST_CLUSTERS;

	if (!cluster_possible(l) || (is_local_enough(e) && local <= clusters))
		return LOCAL_METROPOLIS;
	return CLUSTER_SWENDSEN_WANG;
}

static uint64_t
sweeps(uint64_t asked, double estimate)
{
	return asked != AUTOMATIC ? asked : (uint64_t)ceil(fmin(estimate, 0x1p53));
}

static void
choose_chains(const struct options *o, enum algorithm asked, struct step *s)
{
	const struct rn_lattice *l = &s->ensemble.lattice;
	const bool is_auto = asked == AUTO;
	double tau;

	s->way = CHAINS;
	s->algorithm = is_auto ? cheapest_chain(&s->ensemble) : asked;
	tau = choice_tau(&s->ensemble, s->algorithm);
	s->therm = sweeps(o->therm, 20 * tau);
	s->every = sweeps(o->every, 2 * tau);
	s->replicas = o->replicas != AUTOMATIC						  ? o->replicas
		: is_auto && s->algorithm == LOCAL_METROPOLIS && l->sites <= CHOICE_SITES ? CHOICE_CHAINS
											  : 1;
	s->turned = is_auto && s->algorithm == LOCAL_METROPOLIS && s->ensemble.h == 0;
}

static enum rn_status
refuse_rows(const struct options *o, struct rn_error *err)
{
	return rn_fail(err, RN_EUSAGE,
		"-L %s: exact-rows is for an extent of up to 12 (and 64 MiB of tables); exact finds what "
		"will do",
		o->L);
}

enum rn_status
choice_make(const struct options *o, struct perfect *perfect, struct step *s, struct rn_error *err)
{
	const enum algorithm a = algorithm_asked_for(o);
	const struct ensemble *e = &s->ensemble;
	enum rn_status status = RN_EUSAGE;

	if (exact_covers(e)) {
		s->way = DIRECT;
		return RN_OK;
	}
	if (a != AUTO && !choice_is_exact(a)) {
		choose_chains(o, a, s);
		return RN_OK;
	}
	if (may_be_row_by_row(a, e)) {
		s->way = ROW_BY_ROW;
		return RN_OK;
	}
	if (a == EXACT_ROWS)
		return refuse_rows(o, err);
	s->way = COUPLED;
	if (may_be_coupled(a, &e->lattice))
		status = perfect_measure(perfect, e, most_updates(a, &e->lattice), &s->coupled, err);
	else if (a == EXACT_SITES)
		rn_fail(err, RN_EUSAGE,
			"-L %s: exact-sites is for up to 2^18 sites; exact finds what will do", o->L);
	if (status == RN_OK || a == EXACT_SITES)
		return status;
	s->way = BOND_BY_BOND;
	if (a == AUTO)
		choose_chains(o, a, s);
	return RN_OK;
}
