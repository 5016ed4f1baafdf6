/*
 * renorm/stats.h - means with honest errors: weights, jackknife, autocorrelation, bootstrap
 *
 * A chain is a sequence of records in the order of its time; the records of one
 * chain are correlated, different chains are independent. All of this runs in
 * constant memory a chain, however long it is.
 *
 *	correlator	how long a chain remembers (integrated autocorrelation time)
 *	jackknife	errors of any function of mean values, from blocks of records
 *	bootstrap	the same by resampling the blocks, with a percentile interval
 *	mean		a weighted mean of independent numbers
 *
 * Sums are plain doubles: n of them lose at most n 2^-53 of the mean square,
 * which stays below the statistical error of n records for every n that fits a disk.
 */
#ifndef RENORM_STATS_H
#define RENORM_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "renorm/random.h"
#include "renorm/status.h"

/* --- weighted mean --------------------------------------------------------- */

/*
 * Of independent x_i with weights w_i >= 0 that say how much each counts (not
 * its 1/variance): with W = sum w, W2 = sum w^2,
 *
 *	mean = sum w x / W,  s^2 = sum w (x - mean)^2 / (W - W2/W),
 *	n_eff = W^2 / W2,    error^2 = s^2 / n_eff.
 *
 * Updated as D. H. D. West, Comm. ACM 22 (1979) 532; merged as T. F. Chan,
 * G. H. Golub, R. J. LeVeque, Am. Stat. 37 (1983) 242. { 0 } is empty.
 */
struct rn_mean {
	uint64_t n;
	double weight, weight2; /* W, W2 */
	double mean, square;	/* square = sum w (x - mean)^2 */
};

void rn_mean_add(struct rn_mean *m, double x, double weight);
void rn_mean_merge(struct rn_mean *into, const struct rn_mean *from);
double rn_mean_samples(const struct rn_mean *m);  /* n_eff; 0 when empty */
double rn_mean_variance(const struct rn_mean *m); /* s^2; NaN below two samples */
double rn_mean_error(const struct rn_mean *m);	  /* NaN below two samples */

/* --- jackknife blocks ------------------------------------------------------ */

/*
 * One group of chains, q quantities a record. Each chain cuts its records into
 * blocks of `length` records, the same length for the whole group, and keeps
 * the sums of each block. When the group holds max_blocks full blocks, all its
 * chains merge pairs and the length doubles: so there are max_blocks/2 to
 * max_blocks full blocks however long it runs, and when there are more chains
 * than that, each is one block by itself. Memory: 64 + 8 q bytes a chain, and
 * 8 q max_blocks a group.
 */
struct rn_jackknife;
struct rn_blocks; /* one chain's */

struct rn_jackknife *
rn_jackknife_create(size_t q, size_t max_blocks);  /* max_blocks >= 2, even. NULL: no memory */
void rn_jackknife_destroy(struct rn_jackknife *j); /* and all its chains; NULL is accepted */
/*
 * A new chain, owned by j; NULL: no memory. Independent ones hold records that
 * are independent of each other: their blocks need not be long.
 */
struct rn_blocks *rn_jackknife_chain(struct rn_jackknife *j, bool independent);

/*
 * Begins the next record of a chain: the q sums to which the caller adds its
 * values. They are the caller's until the next call on any chain of the group.
 * NULL: no memory.
 */
RN_MUST_CHECK double *rn_blocks_record(struct rn_blocks *b);

/*
 * The blocks of a group, done: what is resampled. A block that was not full is
 * joined to the one before it in its chain; a chain without a full block is one
 * short block. So no record is dropped and no block is short but for a short chain.
 *
 * Blocks side by side in a chain are still a little correlated, so their scatter is short of the
 * variance. For C(t) ~ exp(-t / tau) a block of B records keeps the part 1 - F of it,
 *
 *	F = (tau / B)(1 - exp(-B / tau)),
 *
 * and of a chain in k blocks, which has k - 1 such borders, 1 - F (k - 1)/k. `inflate` is the
 * root of the inverse, averaged over the records: about 1.03 for blocks of 16 tau.
 */
struct rn_sample {
	size_t n, q;
	double *sum;	/* n by q, row-major */
	double *count;	/* n: records in each block */
	double *total;	/* q */
	double records; /* sum of count */
	double inflate; /* of errors, for what correlation between blocks hides */
	size_t length;	/* records in a full block of a correlated chain */
	bool few;	/* blocks shorter than 16 tau, because merging on would leave fewer than 20 */
};

#define RN_BLOCK_TAUS 16
#define RN_BLOCKS_LEAST 20

/*
 * Merges the blocks of correlated chains until they are RN_BLOCK_TAUS * tau
 * records long, as long as RN_BLOCKS_LEAST remain. tau in records; NaN or less than
 * 1/2 count as 1/2. The group may not be added to afterwards, but finished again with a
 * larger tau. RN_ENOMEM is the only failure.
 */
RN_MUST_CHECK enum rn_status
rn_jackknife_finish(struct rn_jackknife *j, double tau, struct rn_sample *sample, struct rn_error *err);
/* From ready independent items (n by q values, each of weight 1), for rn_jackknife() and rn_bootstrap(). */
RN_MUST_CHECK enum rn_status
rn_sample_of(const double values[], size_t n, size_t q, struct rn_sample *sample, struct rn_error *err);
void rn_sample_clear(struct rn_sample *sample);

/* p functions of the q mean values. */
typedef void (*rn_function)(const double mean[], double out[], void *arg);

/*
 * value  f at the mean of all records.
 * error  the delete-one-block jackknife for blocks of unequal size: F. M. T. A. Busing,
 *        E. Meijer, R. van der Leeden, Stat. Comput. 9 (1999) 3. With n records,
 *        g blocks of m_j, h_j = n / m_j, and f_j the value without block j,
 *            t_j = h_j f - (h_j - 1) f_j,
 *            bias = sum_j (1 - 1/h_j) f_j - (g - 1) f,
 *            error^2 = (1/g) sum_j (t_j - (f - bias))^2 / (h_j - 1).
 *        For equal blocks that is the textbook jackknife.
 *        NaN with one block, or where all f_j are equal and not f (too few blocks to say); 0 where every f_j is f, even if it is infinite;
 *        infinite when otherwise some f_j is not finite. Times the sample's `inflate`.
 * bias   value - bias has no term of order 1/n. NaN where error is NaN or infinite.
 */
struct rn_estimate {
	double value, error, bias;
};
RN_MUST_CHECK enum rn_status rn_jackknife(const struct rn_sample *s, rn_function f, void *arg, size_t p,
	struct rn_estimate out[], struct rn_error *err);

/* --- bootstrap ------------------------------------------------------------- */

/*
 * B. Efron, Ann. Stat. 7 (1979) 1: draws n of the n items (blocks) with
 * replacement, `resamples` times. error is the standard deviation of f over the
 * resamples; lo and hi are its (1 -+ confidence)/2 quantiles, interpolated.
 */
struct rn_interval {
	double value, error, lo, hi;
};
RN_MUST_CHECK enum rn_status
rn_bootstrap(const struct rn_sample *s, rn_function f, void *arg, size_t p, size_t resamples,
	double confidence, struct rn_random *random, struct rn_interval out[], struct rn_error *err);

/* --- autocorrelation ------------------------------------------------------- */

/*
 * Multiple-tau correlator: J. Ramirez, S. K. Sukumaran, B. Vorselaars, A. E.
 * Likhtman, J. Chem. Phys. 133 (2010) 154103, with p = 16 lags a level and
 * averages over m = 2. Level l holds means of 2^l successive records and their
 * products at lags 0..15 (l = 0) or 8..15 (above), so a lag t is known to about t/8.
 *
 * The products are summed for a whole group of chains; each chain keeps 32
 * values a level, 1 + floor(log2(records / 8)) levels, in single precision
 * (relative 6e-8 of the distance from the group's first value): 144 bytes a level.
 *
 * Integrated autocorrelation time, in records of a chain (1/2: uncorrelated):
 *
 *	tau = 1/2 + sum_{t >= 1} rho(t),   rho(t) = C(t) / C(0),
 *	variance of the mean of n records = 2 tau C(0) / n.
 *
 * The product of two means over 2^l at lag j is the average of C around j 2^l with a
 * triangle of half-width 2^l. Triangles add up to 1 at every t, and at a seam
 * between levels they do when the last lag of the finer one counts half. So
 *
 *	sum_t C(t) = sum_{l,j} 2^l C_l(j) (1/2 if j = 15)
 *
 * holds exactly: the averages cost the integral nothing.
 *
 * The sum ends at the window W of U. Wolff, Comput. Phys. Commun. 156 (2004) 143
 * (S = 1.5), where statistical and truncation errors balance; the bias of the mean and the
 * error, tau^2 (4/n)(W + 1/2 - tau), are his too (see also N. Madras, A. D. Sokal,
 * J. Stat. Phys. 50 (1988) 109).
 */
struct rn_correlator;
struct rn_history; /* one chain's */

struct rn_correlator *rn_correlator_create(void);    /* NULL: no memory */
void rn_correlator_destroy(struct rn_correlator *c); /* and all its chains; NULL is accepted */
struct rn_history *
rn_correlator_chain(struct rn_correlator *c); /* a new chain, owned by c; NULL: no memory */
RN_MUST_CHECK bool rn_history_push(struct rn_history *h, double x); /* false: no memory */

struct rn_tau {
	double tau, error; /* NaN when C(0) = 0, no chain has two records, or they are too few: tau <= 0 */
	double window;	   /* W, in records */
	bool open;	   /* the chains ended before the window closed: tau is a lower bound */
};
/* Takes in what the chains still hold; nothing may be pushed afterwards, and it may be asked again. */
struct rn_tau rn_correlator_tau(struct rn_correlator *c);
/* After rn_correlator_tau(): C_l(j) about the mean of all records; NaN when no two records were so far apart. */
double rn_correlator_at(const struct rn_correlator *c, unsigned level, unsigned lag);

#endif
