/* Learning curves: rows in memory, a CSV table when they are saved. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renorm/reader.h"
#include "renorm/training.h"
#include "renorm/writer.h"

enum rn_status
rn_curve_create(struct rn_curve *c, const char *const columns[], size_t n, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	*c = (struct rn_curve){ .schema = rn_schema_create("table") };
	if (!c->schema)
		return rn_fail_memory(err, "learning curve");
	for (size_t i = 0; i < n && st == RN_OK; i++)
		st = rn_schema_add_column(c->schema, columns[i], RN_F64, 0, NULL, err);
	return st;
}

enum rn_status
rn_curve_add(struct rn_curve *c, const double row[], struct rn_error *err)
{
	const size_t columns = c->schema->columns;

	if (c->n == c->room) {
		const size_t room = c->room ? 2 * c->room : 64;
		double *rows = reallocarray(c->rows, room, columns * sizeof *rows);

		if (!rows)
			return rn_fail_memory(err, "learning curve");
		c->rows = rows;
		c->room = room;
	}
	memcpy(c->rows + c->n++ * columns, row, columns * sizeof *row);
	return RN_OK;
}

enum rn_status
rn_curve_save(const struct rn_curve *c, const char *path, struct rn_error *err)
{
	struct rn_writer_options options = { .path = path, .format = RN_FORMAT_CSV };
	struct rn_writer *w = rn_writer_open(&options, err);
	enum rn_status st;

	if (!w)
		return err->status;
	st = rn_writer_segment(w, c->schema, err);
	if (st == RN_OK && c->n > 0)
		st = rn_writer_put(w, c->rows, c->n, err); /* columns of f64 alone: rows are records */
	if (st == RN_OK)
		return rn_writer_close(w, err);
	rn_writer_abandon(w);
	return st;
}

/* A table of the same columns, of which the first is the epoch. */
static enum rn_status
read_rows(struct rn_curve *c, struct rn_reader *in, uint64_t epoch, struct rn_error *err)
{
	const struct rn_schema *schema;
	const void *records;
	enum rn_status st = rn_reader_segment(in, &schema, err);
	size_t n;

	if (st == RN_OK)
		st = rn_schema_match(c->schema, schema, err);
	if (st != RN_OK)
		return st;
	while ((st = rn_reader_next(in, &records, &n, err)) == RN_OK)
		for (size_t i = 0; i < n; i++) {
			const uint8_t *row = (const uint8_t *)records + i * schema->record_bytes;

			if (rn_get_f64(&schema->column[0], row, 0) > (double)epoch)
				continue;
			if ((st = rn_curve_add(c, (const double *)(const void *)row, err)) != RN_OK)
				return st;
		}
	return st == RN_END ? RN_OK : st;
}

enum rn_status
rn_curve_resume(struct rn_curve *c, const char *path, uint64_t epoch, struct rn_error *err)
{
	char *files[] = { (char *)path };
	struct rn_reader *in;
	enum rn_status st;

	if (access(path, F_OK) != 0)
		return RN_OK;
	if (!(in = rn_reader_open(files, 1, NULL, err)))
		return err->status;
	st = read_rows(c, in, epoch, err);
	rn_reader_close(in);
	if (st != RN_OK)
		rn_error_prefix(err,
			"--log %s: not the learning curve of this run, which --resume would go on with",
			path);
	return st;
}

void
rn_curve_clear(struct rn_curve *c)
{
	rn_schema_destroy(c->schema);
	free(c->rows);
	*c = (struct rn_curve){ 0 };
}
