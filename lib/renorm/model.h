/*
 * renorm/model.h - models as records: named arrays and columns
 *
 * A model stream (kind "model.rbm", "model.mlp", ...) has one record a stored epoch; the last is the
 * model. Its parameters are columns of their own names and shapes, so any tool of the suite can look into it.
 */
#ifndef RENORM_MODEL_H
#define RENORM_MODEL_H

#include "renorm/schema.h"

/* One array of a model; `data` holds it as in the stream (row-major, native type). */
struct rn_array {
	const char *name;
	enum rn_type type; /* not RN_BIT */
	unsigned ndim;
	size_t shape[3];
	void *data;
};

/* Appends the columns of n arrays to a schema. */
RN_MUST_CHECK enum rn_status
rn_arrays_columns(struct rn_schema *s, const struct rn_array a[], size_t n, struct rn_error *err);
/* Copies the arrays into a record of a schema that has these columns. */
void rn_arrays_put(const struct rn_schema *s, const struct rn_array a[], size_t n, void *record);
/* And back; RN_EDATA when a column is missing or has another type or shape, naming both. */
RN_MUST_CHECK enum rn_status rn_arrays_get(const struct rn_schema *s, const void *record,
	const struct rn_array a[], size_t n, struct rn_error *err);

/*
 * A whole model stream: its schema and its last record, both malloc'd. RN_EDATA when the kind is another (samples
 * given as a model say so), the stream has no record, several segments, or was cut: then --resume is the word.
 */
struct rn_model {
	struct rn_schema *schema;
	void *record;
	uint64_t records;
};
RN_MUST_CHECK enum rn_status
rn_model_read(const char *path, const char *kind, struct rn_model *m, struct rn_error *err);
void rn_model_clear(struct rn_model *m);

/* Keys "shape: 10 10", "classes: 0 0.25 inf": numbers separated by blanks, in the shortest form that reads back. */
RN_MUST_CHECK enum rn_status
rn_model_set_numbers(struct rn_schema *s, const char *key, const double x[], size_t n, struct rn_error *err);
/* malloc'd, *n of them; NULL: no such key, or not numbers (*err says which). */
double *rn_model_numbers(const struct rn_schema *s, const char *key, size_t *n, struct rn_error *err);

/* Key "shape": the extents of one sample. Reading, they must multiply to `count`; RN_EDATA otherwise. */
RN_MUST_CHECK enum rn_status
rn_model_set_shape(struct rn_schema *s, unsigned ndim, const size_t shape[], struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_model_shape(const struct rn_schema *s, size_t count, unsigned *ndim,
	size_t shape[RN_MAX_DIMS], struct rn_error *err);

#endif
