/*
 * layout.h - how a record of a foreign file becomes a record of a stream
 */
#ifndef RNS_IMPORT_LAYOUT_H
#define RNS_IMPORT_LAYOUT_H

#include "convert.h"
#include "renorm/lattice.h"
#include "source.h"

/* What the options say. */
struct wishes {
	const char *kind;   /* "samples", "spins", "table", "field" */
	const char *column; /* that holds the configuration; NULL: the one with most values */
	bool has_threshold, pm1, independent;
	double threshold;
	char **label; /* "T=2.5": a new label; "T": a column of the file is one */
	size_t labels;
	char **type; /* "n=u32" */
	size_t types;
};

struct layout {
	struct rn_schema *out;
	struct step {
		struct conversion conversion;
		bool of_labels; /* from a record of --labels, not of the file */
	} * step;
	size_t steps;
	struct constant {
		const struct rn_column *to;
		double value;
	} * constant; /* labels that are the same in all records */
	size_t constants;
	double threshold;
	const struct rn_column *id; /* numbered here; NULL: it is the file's, or a table's */

	/* Of kind spins: */
	bool is_spins, independent;
	struct rn_lattice lattice;
	const struct rn_column *T, *h, *replica, *sweep, *file_id; /* of the file, or NULL */
	double const_T, const_h;
	struct conversion configuration;
	uint8_t *spins; /* one configuration, and RN_SLACK */
};

/* labels: the schema of --labels, one scalar column; or NULL. */
RN_MUST_CHECK enum rn_status layout_make(struct layout *l, const struct source *file,
	const struct rn_schema *labels, const struct wishes *w, struct rn_error *err);
/* Record number `number` of the stream; RN_EDATA for a value that does not go into its type. */
RN_MUST_CHECK enum rn_status layout_record(const struct layout *l, const void *in, const void *label,
	uint64_t number, void *out, struct rn_error *err);
void layout_clear(struct layout *l);

#endif
