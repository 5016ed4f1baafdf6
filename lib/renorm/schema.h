/*
 * renorm/schema.h - what a segment's records are: kind, labels, history, columns
 *
 * The header of a segment (renorm-stream(5)) in memory. A record is the columns
 * in order, little-endian, without padding between them. A bit column of n
 * values takes (n + 7) / 8 bytes; bit i is bit i % 8 of byte i / 8.
 *
 * A schema owns all its strings and arrays. Pointers to columns stay valid
 * until the next rn_schema_add_column() or rn_schema_drop_column().
 */
#ifndef RENORM_SCHEMA_H
#define RENORM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "renorm/status.h"

#define RN_VERSION "0.1.0"

#define RN_MAX_DIMS 8
#define RN_MAX_COLUMNS 4096		/* and labels, and extra keys */
#define RN_MAX_HEADER ((size_t)1 << 20) /* bytes of header text */
#define RN_MAX_RECORD ((size_t)1 << 30) /* bytes of a record */

enum rn_type { RN_BIT, RN_U8, RN_I8, RN_U16, RN_I16, RN_U32, RN_I32, RN_U64, RN_I64, RN_F32, RN_F64 };

struct rn_column {
	char *name;
	enum rn_type type;
	unsigned ndim;		   /* 0: a scalar */
	size_t shape[RN_MAX_DIMS]; /* row-major */
	size_t count;		   /* values: product of the shape, 1 for a scalar */
	size_t offset;		   /* bytes from the start of the record */
	size_t bytes;
};

struct rn_key_value {
	char *key, *value;
};

struct rn_schema {
	char *kind;   /* "spins", "field", "samples", "nets", "table", "model.rbm", ... */
	char **label; /* names of the columns every stage carries */
	size_t labels;
	char **history; /* one line a stage passed, oldest first */
	size_t histories;
	struct rn_key_value *extra; /* keys this library gives no meaning to, in order */
	size_t extras;
	struct rn_column *column;
	size_t columns;
	size_t record_bytes;
};

/* An empty schema of that kind; NULL when out of memory. */
struct rn_schema *rn_schema_create(const char *kind);
struct rn_schema *rn_schema_copy(const struct rn_schema *s);
void rn_schema_destroy(struct rn_schema *s); /* NULL is accepted */

/*
 * Appends a column; ndim = 0 makes a scalar (shape may be NULL). Names are
 * 1..255 bytes of printable UTF-8 without blanks, and unique. RN_EUSAGE for a
 * bad or second name, a zero extent or a record above RN_MAX_RECORD.
 */
RN_MUST_CHECK enum rn_status rn_schema_add_column(struct rn_schema *s, const char *name, enum rn_type type,
	unsigned ndim, const size_t shape[], struct rn_error *err);
/* The same as an existing column, under another name (NULL: its own). */
RN_MUST_CHECK enum rn_status
rn_schema_add_like(struct rn_schema *s, const struct rn_column *like, const char *name, struct rn_error *err);
void rn_schema_drop_column(struct rn_schema *s, const char *name); /* also its label */

/* Declares the column `name` a label; it may be added before the column is. */
RN_MUST_CHECK enum rn_status rn_schema_add_label(struct rn_schema *s, const char *name, struct rn_error *err);
bool rn_schema_is_label(const struct rn_schema *s, const char *name);

RN_MUST_CHECK enum rn_status
rn_schema_add_history(struct rn_schema *s, const char *line, struct rn_error *err);
RN_MUST_CHECK enum rn_status
rn_schema_set_key(struct rn_schema *s, const char *key, const char *value, struct rn_error *err);
const char *rn_schema_get_key(const struct rn_schema *s, const char *key); /* NULL: none */

/* NULL when there is none. */
const struct rn_column *rn_schema_find(const struct rn_schema *s, const char *name);

/* RN_EDATA, naming what is there, unless the kind (the column) is there. */
RN_MUST_CHECK enum rn_status
rn_schema_require_kind(const struct rn_schema *s, const char *kind, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_schema_require_column(const struct rn_schema *s, const char *name,
	const struct rn_column **column, struct rn_error *err);

/*
 * RN_OK when records of both can stand in one segment: equal kind, labels,
 * extra keys and columns (history may differ); else RN_EDATA, saying what differs.
 */
RN_MUST_CHECK enum rn_status
rn_schema_match(const struct rn_schema *a, const struct rn_schema *b, struct rn_error *err);
/*
 * Appends to `into` the history lines of `from` that it does not have. What would
 * make it longer than 1000 lines or 256 KiB is only counted, in a last line
 * "(and N more lines)": a sweep of any size leaves a header that can be read.
 */
RN_MUST_CHECK enum rn_status
rn_schema_merge_history(struct rn_schema *into, const struct rn_schema *from, struct rn_error *err);

/* The header text, empty line included: malloc'd, length in *length. NULL: out of memory. */
char *rn_schema_print(const struct rn_schema *s, size_t *length);
/* From header text, empty line included; RN_EDATA with the line when it is not one. */
RN_MUST_CHECK enum rn_status
rn_schema_parse(const char *text, size_t length, struct rn_schema **schema, struct rn_error *err);

/* "f64", and back; rn_type_parse is false for another word. */
const char *rn_type_name(enum rn_type type);
bool rn_type_parse(const char *name, enum rn_type *type);
size_t rn_type_bytes(enum rn_type type); /* of one value; 0 for RN_BIT */

/*
 * Value i of a column in a record, in any type. u64/i64 above 2^53 round in
 * rn_get_f64; rn_get_u64 of a negative, fractional or NaN value is undefined:
 * use it on unsigned and bit columns.
 */
double rn_get_f64(const struct rn_column *c, const void *record, size_t i);
uint64_t rn_get_u64(const struct rn_column *c, const void *record, size_t i);
void rn_put_f64(const struct rn_column *c, void *record, size_t i, double value);
void rn_put_u64(const struct rn_column *c, void *record, size_t i, uint64_t value);

#endif
