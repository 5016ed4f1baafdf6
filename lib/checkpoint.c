#include "renorm/checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "renorm/reader.h"
#include "renorm/writer.h"

enum rn_status
rn_checkpoint_write(const char *path, const struct rn_schema *schema, const void *records, size_t n,
	struct rn_error *err)
{
	struct rn_writer_options options = { .path = path, .format = RN_FORMAT_RNS, .level = 1 };
	struct rn_writer *w = rn_writer_open(&options, err);
	enum rn_status status;

	if (!w)
		return err ? err->status : RN_EIO;
	status = rn_writer_segment(w, schema, err);
	if (!status)
		status = rn_writer_put(w, records, n, err);
	if (!status)
		return rn_writer_close(w, err);
	rn_writer_abandon(w);
	return status;
}

void
rn_resume_clear(struct rn_resume *r)
{
	rn_schema_destroy(r->schema);
	free(r->record);
	r->schema = NULL;
	r->record = NULL;
	r->records = 0;
	r->cut = false;
}

/* Keeps the last of the n records, which are of that schema. */
static enum rn_status
keep_last(struct rn_resume *r, const struct rn_schema *schema, const uint8_t *records, size_t n,
	struct rn_error *err)
{
	size_t bytes = schema->record_bytes;

	if (!r->schema && !(r->schema = rn_schema_copy(schema)))
		return rn_fail_memory(err, "checkpoint");
	if (!r->record && !(r->record = malloc(bytes)))
		return rn_fail_memory(err, "checkpoint");
	memcpy(r->record, records + (n - 1) * bytes, bytes);
	r->records += n;
	return RN_OK;
}

static enum rn_status
read_all(struct rn_reader *in, struct rn_resume *r, struct rn_error *err)
{
	const struct rn_schema *schema;
	const void *records;
	enum rn_status status;
	size_t n;

	while ((status = rn_reader_segment(in, &schema, err)) == RN_OK) {
		bool first = true;

		while ((status = rn_reader_next(in, &records, &n, err)) == RN_OK) {
			if (first) /* only now: an empty last segment does not hide the record before it */
				rn_resume_clear(r);
			first = false;
			if ((status = keep_last(r, schema, records, n, err)))
				return status;
		}
		if (status > RN_OK)
			return status;
	}
	r->cut = rn_reader_was_cut(in);
	return status == RN_END ? RN_OK : status;
}

enum rn_status
rn_resume_read(const char *path, struct rn_resume *r, struct rn_error *err)
{
	char *name = strdup(path), *files[] = { name };
	struct rn_reader_options options = { .salvage = true };
	struct rn_reader *in = NULL;
	enum rn_status status;

	*r = (struct rn_resume){ 0 };
	if (!name)
		return rn_fail_memory(err, "checkpoint");
	in = rn_reader_open(files, 1, &options, err);
	status = in ? read_all(in, r, err) : RN_ENOMEM;
	if (status)
		rn_resume_clear(r);
	rn_reader_close(in);
	free(name);
	return status;
}

#define SECONDS 1.0
#define WORK 20 /* times as long is worked as is written */

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool
rn_renewal_is_due(struct rn_renewal *r)
{
	r->begun = seconds();
	if (r->renewed == 0)
		r->renewed = r->begun;
	return r->begun - r->renewed >= fmax(SECONDS, WORK * r->cost);
}

void
rn_renewal_done(struct rn_renewal *r)
{
	r->renewed = seconds();
	r->cost = r->begun > 0 ? r->renewed - r->begun : 0;
}
