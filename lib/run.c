/* Segments of one schema, read as one run of records. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/stage.h"

void
rn_run_open(struct rn_run *run, const struct rn_common *c)
{
	const struct rn_schema *schema;
	struct rn_error err;

	run->reader = rn_open_input(c);
	rn_or_die(rn_reader_segment(run->reader, &schema, &err), &err);
	run->schema = rn_schema_copy(schema);
	run->file = strdup(rn_reader_file(run->reader));
	if (!run->schema || !run->file)
		rn_die(RN_ENOMEM, "out of memory (schema)");
	rn_progress_begin(&run->progress, c, "records", 0);
}

void
rn_run_or_die(const struct rn_run *run, enum rn_status status, struct rn_error *err)
{
	if (status == RN_EDATA)
		rn_error_prefix(err, "%s: segment 1", run->file);
	rn_or_die(status, err);
}

/* False after the last segment. */
static bool
next_segment(struct rn_run *run)
{
	const struct rn_schema *schema;
	struct rn_error err;

	if (rn_or_die(rn_reader_segment(run->reader, &schema, &err), &err) == RN_END)
		return false;
	if (rn_schema_match(run->schema, schema, &err) != RN_OK)
		rn_die(RN_EDATA, "%s: segment %" PRIu64 " does not go with segment 1 (%s): %s",
			rn_reader_file(run->reader), rn_reader_segment_index(run->reader), run->file,
			err.text);
	rn_or_die(rn_schema_merge_history(run->schema, schema, &err), &err);
	return true;
}

void
rn_run_each(struct rn_run *run, rn_record_function f, void *arg)
{
	const void *records;
	struct rn_error err;
	size_t n;

	do
		while (rn_or_die(rn_reader_next(run->reader, &records, &n, &err), &err) == RN_OK) {
			const uint8_t *record = records;

			for (size_t i = 0; i < n; i++, record += run->schema->record_bytes)
				if (f(arg, record, &err) != RN_OK)
					rn_or_die(err.status == RN_EDATA
							? rn_reader_locate(run->reader, i, &err)
							: err.status,
						&err);
			rn_progress_add(&run->progress, n);
		}
	while (next_segment(run));
	rn_progress_end(&run->progress);
}

void
rn_run_close(struct rn_run *run)
{
	rn_reader_close(run->reader);
	rn_schema_destroy(run->schema);
	free(run->file);
}
