/*
 * records.h - from a record to the visible units of a chain, and from these to the records of its steps
 *
 *	in			drawn bits		else (means, Gaussian units, or bytes and numbers in)
 *	spins			spins, e and m anew	samples, x f32
 *	samples, x bit		samples, x bit		samples, x f32
 *	samples, x u8 or f32				samples, x f32
 *
 * Means of which bits are drawn are like drawn bits: spins stay spins, else samples, x bit. Where x is f32 and units
 * are binary, the header key `units` says what x ranges over, pm1 or 01; such a stream is read by either machine.
 *
 * Labels, replica, sweep and id are carried over. The label `step` is added; where it is there already, the chain
 * goes on from it. Random numbers are keyed by (seed, "rbm-flow", the other labels, shape and number of hidden units) and
 * counted by (id, step); those of bits drawn of means by ("rbm-flow --draw", ...).
 */
#ifndef RBM_FLOW_RECORDS_H
#define RBM_FLOW_RECORDS_H

#include "firsts.h"
#include "flow.h"
#include "renorm/lattice.h"
#include "renorm/schema.h"

struct records_range {
	size_t from, to, bytes;
};

enum flow_mode {
	FLOW_SAMPLE,
	FLOW_MEAN,
	FLOW_DRAW /* means are passed on, and bits drawn of them are written */
};

struct records {
	const struct rn_rbm *rbm;
	enum flow_mode mode;
	uint64_t seed;
	struct rn_schema *in, *out;
	const char *dropped; /* a column that nobody would expect to be dropped; NULL: none */

	const struct rn_column *values, *id, *step; /* of `in`; the last may be NULL */
	float low, high;			    /* what bits, and bytes 0 and 255, become */
	enum rn_units units;			    /* of `values`, if they are numbers */
	float from_low, from_high;
	struct rn_lattice lattice; /* of spins */
	const struct rn_column *values_out, *step_out;
	size_t e, m; /* offsets in `out`, of spins */
	struct records_range *carried;
	size_t ncarried;

	const struct rn_column **label; /* that belong to the key */
	size_t nlabels, nvalues;
	double *label_values;
	struct rn_random_key key; /* of label_values */
	bool keyed;
	struct firsts *firsts;
	const struct first *first; /* of this key */
	char repeated[256]; /* the first record whose random numbers are those of another: "id 0 again ..." */

	uint64_t *words; /* room, for bits drawn of means */
	float *drawn;
};

/* RN_EDATA: neither spins nor samples, another shape, no id where one is needed, a label with a name made here. */
RN_MUST_CHECK enum rn_status
records_begin(struct records *r, const struct rn_schema *in, const struct rn_rbm *rbm, enum flow_mode mode,
	uint64_t seed, struct firsts *firsts, struct rn_error *err);
void records_end(struct records *r);

/* RN_EDATA: values that such units cannot have, or no room for `steps` more in the label step. RN_SLACK bytes are read behind. */
RN_MUST_CHECK enum rn_status records_read(struct records *r, const uint8_t *record, uint64_t steps,
	struct flow_chain *chain, float v[], struct rn_error *err);
/* The record that `in` has become. RN_SLACK bytes behind `out` are read. */
void records_write(const struct records *r, const uint8_t *in, const struct flow_chain *chain,
	const float v[], uint8_t *out);

#endif
