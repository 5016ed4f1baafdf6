/*
 * renorm/dataset.h - the samples of a stream in memory, as packed as they came
 *
 * From kind "spins" (column spins) or "samples" (column x: bit, u8 or f32). All
 * segments of the input are merged; they must agree in kind and in the columns used here.
 * Memory: the rows as they stand in the stream, and 4 bytes (class) or 8 (weight) a record.
 */
#ifndef RENORM_DATASET_H
#define RENORM_DATASET_H

#include "renorm/reader.h"
#include "renorm/schema.h"

struct rn_dataset_options {
	const char *class_column;  /* each distinct value of it is a class; NULL: no classes */
	const char *weight_column; /* finite numbers >= 0; NULL: all records weigh 1 */
};

struct rn_dataset_part {
	char *file;
	uint64_t segment;
	size_t first; /* of its records */
};

struct rn_dataset {
	enum rn_type type; /* RN_BIT, RN_U8 or RN_F32 */
	float low;	   /* f32 with the key "units": values run from low (-1 or 0) to 1; NaN: not said */
	unsigned ndim;
	size_t shape[RN_MAX_DIMS];
	size_t width; /* values a record: product of the shape */
	size_t n, row_bytes;
	uint8_t *rows;	    /* n rows; RN_SLACK bytes behind them */
	uint32_t *class_of; /* n, or NULL */
	double *weight;	    /* n, or NULL */
	size_t classes;
	double *class_value;	      /* ascending (inf is legal; NaN is refused) */
	struct rn_dataset_part *part; /* where the records came from, a part a segment */
	size_t parts;
	struct rn_schema *schema; /* of the first segment, with the history lines of all */
};

/*
 * Reads all of `in`. RN_EDATA, naming file, segment and record: another kind (a model where
 * samples are expected says so), no such column, a class column that is constant or NaN, a
 * negative weight, an f32 that is not finite, no records.
 */
RN_MUST_CHECK enum rn_status rn_dataset_read(struct rn_reader *in, const struct rn_dataset_options *o,
	struct rn_dataset *d, struct rn_error *err);
/* The same from one file: for --test. */
RN_MUST_CHECK enum rn_status rn_dataset_read_file(const char *path, const struct rn_dataset_options *o,
	struct rn_dataset *d, struct rn_error *err);
void rn_dataset_clear(struct rn_dataset *d);

/* Prefixes *err with "FILE: segment S, record R" of record i, R from 0 in its segment; returns err->status. */
enum rn_status rn_dataset_locate(const struct rn_dataset *d, size_t i, struct rn_error *err);
/* u8 of 0 and 1 alone: bits, most likely, that were to be bits. */
bool rn_dataset_is_dark(const struct rn_dataset *d);
extern const char rn_dataset_dark[]; /* what to remark then */

/*
 * Makes `test` usable beside `train`: RN_EDATA unless the values' type and shape agree and each of its
 * classes is one of train's; its classes are renumbered as train's.
 */
RN_MUST_CHECK enum rn_status
rn_dataset_match(const struct rn_dataset *train, struct rn_dataset *test, struct rn_error *err);

/*
 * Rows index[0..n-1] as floats, n by width: a bit becomes low or high, a u8 low + (high - low) value / 255, an
 * f32 stays what it is, unless the stream says what it ranges over (key "units") and that is not low to high.
 */
void rn_dataset_rows(const struct rn_dataset *d, const uint64_t index[], size_t n, float low, float high,
	float out[]);

#endif
