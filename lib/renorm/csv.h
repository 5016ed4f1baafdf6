/*
 * renorm/csv.h - the text form of a stream, through libcsv
 *
 *	# renorm-stream 1
 *	# kind: table
 *	# label: T
 *	# column: T f64
 *	# column: p f64 2
 *	T,p[0],p[1]
 *	1.5,0.25,0.75
 *	# end: 1
 *
 * Header lines as in the binary form, each after "# "; a row of names, shapes
 * flattened row-major as spins[3][4]; a row a record; "# end: COUNT" last.
 * Text without any '#' line is foreign: kind table, all columns f64 (complete
 * runs x[0],x[1],... become one column of that shape), no end line expected.
 * Floats are printed in the shortest form that reads back the same; nan, inf
 * and -inf are numbers, anything else that strtod does not take whole is not.
 */
#ifndef RENORM_CSV_H
#define RENORM_CSV_H

#include "renorm/schema.h"
#include "renorm/text.h"

struct rn_csv_style {
	char separator; /* ',' or '\t' */
	bool pm1;	/* bits as -1/+1 */
	bool no_comments;
};

/* Appends the text to *out; RN_ENOMEM is the only failure. */
RN_MUST_CHECK enum rn_status rn_csv_print_header(struct rn_text *out, const struct rn_schema *s,
	const struct rn_csv_style *style, struct rn_error *err);
RN_MUST_CHECK enum rn_status rn_csv_print_records(struct rn_text *out, const struct rn_schema *s,
	const void *records, size_t n, const struct rn_csv_style *style, struct rn_error *err);
RN_MUST_CHECK enum rn_status
rn_csv_print_end(struct rn_text *out, uint64_t count, const struct rn_csv_style *style, struct rn_error *err);

/*
 * The pull reader. `read` gives 1..max bytes, 0 at the end, or -1 having filled err.
 * The separator is told by the row of names (a tab makes it TSV). Errors give the
 * line number: a cell that is no number, a value the column's type cannot hold, a
 * short or long row, a missing or wrong end line, an end without a header.
 */
typedef long (*rn_read_fn)(void *arg, void *buffer, size_t max, struct rn_error *err);
struct rn_csv_reader;
struct rn_csv_reader *rn_csv_reader_create(rn_read_fn read, void *arg, bool pm1); /* NULL: no memory */
void rn_csv_reader_destroy(struct rn_csv_reader *c);
/* The next segment's schema, to be destroyed by the caller; RN_END at the end of input. */
RN_MUST_CHECK enum rn_status
rn_csv_reader_segment(struct rn_csv_reader *c, struct rn_schema **schema, struct rn_error *err);
/*
 * Parses up to max records into `records` (max * record_bytes of room); *n says how
 * many, at least 1: it returns what complete rows are at hand rather than wait for
 * more. RN_END after the segment's checked end.
 */
RN_MUST_CHECK enum rn_status
rn_csv_reader_next(struct rn_csv_reader *c, void *records, size_t max, size_t *n, struct rn_error *err);

#endif
