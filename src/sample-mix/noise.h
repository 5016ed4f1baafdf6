/*
 * noise.h - samples on their way to noise
 *
 *	n' = (1 - alpha) n + alpha eta,   eta = low or high for each pixel, both with probability 1/2
 *
 * eta is keyed by (seed, "sample-mix", labels, alpha, shape) and counted by (id, pixel): pixel i has bit i of the
 * random bits. A record's result depends on no other record.
 */
#ifndef SAMPLE_MIX_NOISE_H
#define SAMPLE_MIX_NOISE_H

#include "pixels.h"
#include "renorm/random.h"

struct noise_options {
	uint64_t seed;
	float low, high;
	const double *alpha;
	size_t alphas;
	bool one; /* each record with one alpha, drawn at random, not with each of them */
};

struct noise {
	const struct noise_options *o;
	struct rn_schema *in, *out;
	struct pixels pixels;
	const struct rn_column *id, *alpha; /* of `in`, of `out` */
	const char *dropped;		    /* a column that nobody would expect to be dropped; NULL: none */
	double *labels;			    /* values of the labels, and room for alpha */
	size_t nlabels;
	uint64_t *coins;
	float *row, *eta;
};

/* RN_EDATA: not samples, no id, a label named alpha. */
RN_MUST_CHECK enum rn_status
noise_begin(struct noise *n, const struct rn_schema *in, const struct noise_options *o, struct rn_error *err);
void noise_end(struct noise *n);

/* Records that come of each. */
size_t noise_copies(const struct noise *n);
/* Writes them, one behind the other. */
RN_MUST_CHECK enum rn_status
noise_apply(struct noise *n, const uint8_t *record, uint8_t *out, struct rn_error *err);

#endif
