/*
 * networks.h - the networks of one bag, 16 by 16: their outputs, and their covariances given the hidden layers
 *
 * Random numbers are keyed by (seed, "gaussnet-sample", N, sigma_w, sigma_b, bag; activation, din, dout, depth), and
 * their id is net / 16: network 16 id + lane is lane `lane` of block id. So neither points nor other bags, widths or
 * sigmas matter, and the same networks can be looked at elsewhere.
 */
#ifndef NETWORKS_H
#define NETWORKS_H

#include "block.h"

struct networks {
	const struct ensemble *e; /* prepared; the caller's */
	struct rn_random_key key;
	lanes *f;   /* P x dout */
	lanes *cov; /* pairs, if e->cov */
	rn_normals_row *bias;
	double *factor; /* P: sigma_w / sqrt(N) and, where the sums lack it, 1 / Z_k */
	void *work;
};

/* What there is to allocate; false: out of memory. */
bool networks_init(struct networks *n, const struct ensemble *e);
void networks_clear(struct networks *n);
struct rn_random_key networks_key(const struct ensemble *e, uint64_t seed, uint64_t bag);
/* Fills f (and cov) with the networks 16 id ... 16 id + 15 of the bag whose key is n->key. */
void networks_block(struct networks *n, uint64_t id);

#endif
