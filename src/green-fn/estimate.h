/*
 * estimate.h - what follows from Green functions, however they were estimated
 *
 * Every estimator ends in four numbers a choice of legs: G, G0 (Wick), dG = G - G0 and the connected function; and
 * from these come m = dG / G0, u4, u6, for each choice or as means over all choices of an order. Errors are
 * those of the final numbers, by a jackknife over bags, so that what is common to G and G0 cancels.
 *
 *	plain	G is the mean of f f ... f						plain.c
 *	rb	of the mean of Wick sums of the covariance given the hidden layers	rb.c
 *	moments	a polynomial in 1/N of sampled moments of one neuron			moments.c
 *	exact	the same of exact moments						moments.c
 */
#ifndef GREEN_FN_ESTIMATE_H
#define GREEN_FN_ESTIMATE_H

#include "collect.h"
#include "couplings.h"
#include "exact.h"

/* Of each choice of each order wanted, in this order. u: u4 of order 4, u6 of order 6. */
enum { ROW_G0, ROW_G, ROW_DG, ROW_M, ROW_GC, ROW_U, ROW };
/* Of each order wanted. The flatness is the standard deviation over choices by |mean|. u4 also with order 6. */
enum { MEAN_ABSM, MEAN_DG, MEAN_GC, MEAN_U4, MEAN_U4_FLAT, MEAN_U6, MEAN_U6_FLAT, MEAN };

/* What all estimates of a group share. */
struct frame {
	const struct combinations *sites, *points;
	unsigned dout;
	bool wanted[ORDER_MAX + 1];
	bool means; /* instead of rows */
	bool even;  /* odd functions are 0: networks as they were drawn */
	struct law law;
	double N;
	const double *K; /* the exact propagator, for choices of order 2; NULL: the measured one */
	const struct couplings *u;

	double *G, *G0, *dG, *Gc, *input; /* room for all choices each */
};

/* false: no memory. What is pointed to stays the caller's. */
bool frame_init(struct frame *f);
void frame_clear(struct frame *f);

/* Numbers that come out. */
size_t frame_size(const struct frame *f);
/* From f->G, f->G0, f->dG, f->Gc. */
void frame_finish(struct frame *f, double out[]);
/* Fills G0, dG, Gc from measured G, and finishes. */
void frame_measured(struct frame *f, double out[]);
/* Fills all of them from moments of one neuron, a number a choice of points, and finishes. */
void frame_moments(struct frame *f, const double rho[], double out[]);

/* Estimates, frame_size() of them each; the pool is that of the group. */
RN_MUST_CHECK enum rn_status plain_estimate(struct frame *f, const struct collection *c, const struct pool *p,
	struct rn_estimate out[], struct rn_error *err);
RN_MUST_CHECK enum rn_status rb_estimate(struct frame *f, const struct collection *c, const struct pool *p,
	struct rn_estimate out[], struct rn_error *err);

/* For each even order the stream it comes from: of the nearest tilt, of two the larger. NULL: there is none. */
struct sources {
	const struct group *of[ORDER_MAX + 1];
};
struct sources moments_sources(const struct collection *c, double sigma_w, double sigma_b);
RN_MUST_CHECK enum rn_status
moments_estimate(struct frame *f, const struct sources *s, struct rn_estimate out[], struct rn_error *err);

/* The highest order of covariances that rb needs, 0 where there would be too many. */
unsigned rb_order(const struct rn_nets *form, unsigned highest);

#endif
