/*
 * between.h - samples between two classes
 *
 *	n' = (1 - alpha) n_1 + alpha n_2
 *
 * n_1 and n_2 are drawn from the records of the two classes, each record alike, keyed by (seed, "sample-mix",
 * the two classes, alpha, shape) and counted by the number of the mixture. Memory: the records of the two classes.
 */
#ifndef SAMPLE_MIX_BETWEEN_H
#define SAMPLE_MIX_BETWEEN_H

#include "pixels.h"
#include "renorm/random.h"

struct between_options {
	uint64_t seed;
	float low, high;
	const char *column; /* that tells the classes */
	double value[2];    /* of it in the two */
};

struct pile {
	uint8_t *records; /* RN_SLACK bytes behind them */
	size_t n, room;
};

struct between {
	const struct between_options *o;
	struct rn_schema *in, *out;
	struct pixels pixels;
	const struct rn_column *class;
	struct pile pile[2];
	float *row[2];
	struct rn_random_key key;
	double alpha;
};

/* RN_EDATA: not samples, no such class column, a label named alpha. */
RN_MUST_CHECK enum rn_status between_begin(struct between *b, const struct rn_schema *in,
	const struct between_options *o, struct rn_error *err);
void between_end(struct between *b);

/* Keeps the record if it is of one of the classes. RN_EDATA for values that are not finite. */
RN_MUST_CHECK enum rn_status between_add(struct between *b, const uint8_t *record, struct rn_error *err);

/* After all records: RN_EDATA when a class has none. */
RN_MUST_CHECK enum rn_status between_check(const struct between *b, struct rn_error *err);
void between_set_alpha(struct between *b, double alpha);
/* Mixture `id` at this alpha. */
RN_MUST_CHECK enum rn_status between_draw(struct between *b, uint64_t id, uint8_t *out, struct rn_error *err);

#endif
