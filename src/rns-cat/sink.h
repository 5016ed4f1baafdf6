/*
 * sink.h - where the records of rns-cat go
 *
 * One of these for each form of output. A sink dies, with a message, when it
 * fails; it writes nothing that looks whole before close().
 */
#ifndef RNS_CAT_SINK_H
#define RNS_CAT_SINK_H

#include "renorm/stage.h"

struct sink {
	/* A segment of the input begins; `continues`: its records can stand in one segment with those before. */
	void (*segment)(struct sink *s, const struct rn_schema *schema, bool continues);
	void (*records)(struct sink *s, const void *records, size_t n);
	/* The input's end has been verified. Frees the sink. */
	void (*close)(struct sink *s);
};

/* rns, plain, csv and tsv, as the common options say (stream.c). */
struct sink *sink_stream(const struct rn_common *c);
/* The bytes of the records and nothing else (bytes.c). */
struct sink *sink_records(const struct rn_common *c);
/* One structured array of NumPy (npy.c). */
struct sink *sink_npy(const struct rn_common *c);

/* Pictures for netpbm (picture.c). */
struct picture_options {
	bool bitmap;
	const char *column;  /* NULL: the first of two dimensions, else the first of one */
	size_t across, down; /* tiles in a picture */
	size_t border;	     /* pixels between tiles */
	bool has_range;
	double low, high; /* values that become black and white */
};
struct sink *sink_picture(const struct rn_common *c, const struct picture_options *options);

/* For people: what each segment is, the number of records (info.c), and statistics of each column (stats.c). */
struct sink *sink_info(const struct rn_common *c, const struct rn_reader *in);
struct sink *sink_count(const struct rn_common *c);
struct sink *sink_stats(const struct rn_common *c);

/* Passes on the last n records only, once the end has been reached (tail.c). */
struct sink *sink_tail(struct sink *next, uint64_t n);

/* An output that is not a stream, and the bytes into it; `binary` refuses a terminal. */
struct rn_outfile *open_bytes(const struct rn_common *c, bool binary);
void write_text(struct rn_outfile *f, struct rn_text *t); /* and empties t */

#endif
