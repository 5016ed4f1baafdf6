/*
 * shallow.h - 16 networks of depth 1 by their parameters, and a step of gradient descent on all of them
 *
 * The parameters are those of block.h's network, in units of their standard deviations (descent.h): the same random numbers
 * make the same networks.
 */
#ifndef SHALLOW_H
#define SHALLOW_H

#include "block.h"

struct shallow {
	const struct ensemble *e; /* of the points and, behind them, the data; the caller's */
	size_t n;		  /* data: the last of e's points */
	lanes *W0, *b0, *W1, *b1; /* theta: N x din, N, N x dout, dout */
	lanes *gW1, *gb1,
		*ga;	  /* of the last step: dL/dtheta of W1, b1, and dL/da of a datum's units, n x N */
	lanes *h, *slope; /* n x N */
	lanes *delta;	  /* n x dout: dL/df */
	rn_normals_row *z;
};

/* false: out of memory; shallow_clear() is due all the same. */
RN_MUST_CHECK bool shallow_init(struct shallow *s, const struct ensemble *e, size_t n);
void shallow_clear(struct shallow *s);
/* The parameters of networks 16 id ... of the bag with this key. */
void shallow_draw(struct shallow *s, const struct rn_random_key *key, uint64_t id);
/* f at `points` of e's points from number `first` on: points x dout. */
void shallow_outputs(const struct shallow *s, size_t first, size_t points, lanes f[]);
/* One step of descent on all parameters at rate eta; y: n x dout. */
void shallow_step(struct shallow *s, const double y[], double eta);

#endif
