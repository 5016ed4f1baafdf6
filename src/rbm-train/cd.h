/*
 * cd.h - contrastive divergence: CD-k and PCD, one update of the parameters at a time
 *
 *	theta += eta [ <dF/dtheta>_model - <dF/dtheta>_data ],	W: <v h>_data - <v h>_model, and so on
 *
 * The data term is a mean over the samples of a batch. The model term is that over chains v -> h -> v -> ... of k
 * steps with sampled h and v: of CD-k they start at the samples (Hinton 2002), of PCD-k they go on where the update
 * before left them (Tieleman 2008). Of the last h of a chain its mean is taken, in both terms.
 *
 * Random numbers: id is the number of the update, draw counts on through its layers. So an update depends on the
 * parameters, its samples and, with PCD, its chains alone.
 */
#ifndef CD_H
#define CD_H

#include "renorm/dataset.h"
#include "renorm/optimiser.h"
#include "renorm/random.h"
#include "renorm/rbm.h"
#include "renorm/training.h"

struct cd {
	struct rn_rbm *rbm;
	struct rn_optimiser *optimiser;
	const struct rn_training *training; /* l1 and l2 */
	struct rn_random_key key;
	unsigned k;
	size_t chains; /* of PCD; 0: CD */
	size_t room;   /* samples that are worked on at once */
	float low, high;
	float *v, *p; /* visible states and hidden means: rows of the model first, then those of the data */
	float *h;     /* hidden states */
	float *sign;  /* of a row in the gradient of the cost: + of the model, - of the data */
	float *gradient; /* of W, b, c: of the cost, so model minus data */
	uint64_t *words; /* random ones for a layer */
	uint64_t draw;
};

/* batch: samples an update at most. chains: 0 for CD; PCD's start as random states of all units alike. */
RN_MUST_CHECK enum rn_status cd_create(struct cd *t, struct rn_rbm *rbm, struct rn_optimiser *optimiser,
	const struct rn_training *training, uint64_t seed, unsigned k, size_t chains, size_t batch,
	struct rn_error *err);
void cd_clear(struct cd *t);

/* The optimiser's step for a gradient laid out as the machine's theta; rn_optimiser_begin() came before. */
void
optimiser_step(struct rn_optimiser *p, const struct rn_training *o, struct rn_rbm *r, const float gradient[]);
/* The gradient of n samples into t->gradient, nothing changed but the chains. */
void cd_gradient(struct cd *t, const struct rn_dataset *d, const uint64_t index[], size_t n);
/* One update with n samples. */
void cd_update(struct cd *t, const struct rn_dataset *d, const uint64_t index[], size_t n, double rate);

#endif
