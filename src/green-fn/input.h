/*
 * input.h - streams of nets or neurons, read into sums; what is wrong with them ends the stage
 */
#ifndef GREEN_FN_INPUT_H
#define GREEN_FN_INPUT_H

#include "renorm/stage.h"
#include "report.h"

/* One run of records: all segments must have the schema of the first. */
struct input {
	struct rn_reader *reader;
	struct rn_schema *schema; /* of the first segment, with the history of all so far */
	char *file;		  /* it came from */
	struct collection collection;
	bool open;
};

/* The first segment, and a collection for records like its own. The reader is taken over. */
void input_open(struct input *in, const struct wish *wish, struct rn_reader *reader, bool only_neurons);
/* All records of all segments. */
void input_read(struct input *in, struct rn_progress *progress);
void input_close(struct input *in); /* { 0 } is accepted */

/* Ends the stage unless neurons are of the same points and activation as nets. */
void input_match(const struct input *nets, const struct input *neurons);
/* Ends it with `code` if a point comes twice. */
void input_refuse_repeated(const struct rn_net_points *p, const char *where, enum rn_status code);

#endif
