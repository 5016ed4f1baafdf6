#include "input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void
input_refuse_repeated(const struct rn_net_points *p, const char *where, enum rn_status code)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = 0; j < i; j++)
			if (!memcmp(p->x + i * p->din, p->x + j * p->din, p->din * sizeof *p->x))
				rn_die(code,
					"%s: points %zu and %zu are the same: one does, legs may be repeated",
					where, j + 1, i + 1);
}

/* What has to be summed for the orders wanted. */
static void
orders_to_sum(const struct wish *w, const struct rn_nets *form, bool orders[ORDER_MAX + 1])
{
	for (unsigned n = 0; n <= ORDER_MAX; n++)
		orders[n] = form->neurons ? n % 2 == 0 && n && n <= w->highest
					  : w->order[n] || (n < w->highest && (n % 2 == 0 || form->step));
	if (form->neurons && w->highest < 2)
		orders[2] = true;
}

static void
begin_collection(struct input *in, const struct wish *wish, struct rn_nets *form)
{
	bool orders[ORDER_MAX + 1];
	struct rn_error err;
	struct report probe;

	input_refuse_repeated(&form->points, in->file, RN_EDATA);
	/* Refuses what would be too much before anything is allocated for it. */
	if (report_init(&probe, wish, form, &err) != RN_OK) {
		rn_error_prefix(&err, "%s", in->file);
		rn_or_die(err.status, &err);
	}
	report_clear(&probe);
	orders_to_sum(wish, form, orders);
	rn_or_die(collection_init(&in->collection, form, orders,
			  form->cov ? rb_order(form, wish->highest) : 0, &err),
		&err);
	in->open = true;
}

void
input_open(struct input *in, const struct wish *wish, struct rn_reader *reader, bool only_neurons)
{
	const struct rn_schema *schema;
	struct rn_nets form;
	struct rn_error err;

	in->reader = reader;
	rn_or_die(rn_reader_segment(in->reader, &schema, &err), &err);
	in->schema = rn_schema_copy(schema);
	in->file = strdup(rn_reader_file(in->reader));
	if (!in->schema || !in->file)
		rn_die(RN_ENOMEM, "out of memory (schema)");
	if (rn_nets_of_schema(schema, &form, &err) != RN_OK) {
		rn_error_prefix(&err, "%s: segment 1", in->file);
		rn_or_die(err.status, &err);
	}
	if (only_neurons && !form.neurons)
		rn_die(RN_EDATA, "--neurons %s: this is a stream of nets: give it as an operand", in->file);
	begin_collection(in, wish, &form);
}

/* False after the last segment. */
static bool
next_segment(struct input *in)
{
	const struct rn_schema *schema;
	struct rn_error err;

	if (rn_or_die(rn_reader_segment(in->reader, &schema, &err), &err) == RN_END)
		return false;
	if (rn_schema_match(in->schema, schema, &err) != RN_OK)
		rn_die(RN_EDATA, "%s: segment %" PRIu64 " does not go with segment 1 (%s): %s",
			rn_reader_file(in->reader), rn_reader_segment_index(in->reader), in->file, err.text);
	rn_or_die(rn_schema_merge_history(in->schema, schema, &err), &err);
	return true;
}

void
input_read(struct input *in, struct rn_progress *progress)
{
	const void *records;
	struct rn_error err;
	size_t n;

	do
		while (rn_or_die(rn_reader_next(in->reader, &records, &n, &err), &err) == RN_OK) {
			const uint8_t *record = records;

			for (size_t i = 0; i < n; i++, record += in->schema->record_bytes)
				if (collection_add(&in->collection, record, &err) != RN_OK)
					rn_or_die(err.status == RN_EDATA
							? rn_reader_locate(in->reader, i, &err)
							: err.status,
						&err);
			rn_progress_add(progress, n);
		}
	while (next_segment(in));
	collection_flush(&in->collection);
	rn_reader_close(in->reader);
	in->reader = NULL;
}

void
input_close(struct input *in)
{
	if (!in->open)
		return;
	collection_clear(&in->collection);
	rn_schema_destroy(in->schema);
	free(in->file);
}

void
input_match(const struct input *nets, const struct input *neurons)
{
	const struct rn_nets *a = &nets->collection.form, *b = &neurons->collection.form;
	const char *what = a->activation != b->activation ? "activation"
		: a->points.n != b->points.n || a->points.din != b->points.din ||
			memcmp(a->points.x, b->points.x, a->points.n * a->points.din * sizeof *a->points.x)
		? "points"
		: a->depth != 1 ? "depth"
				: NULL;

	if (what)
		rn_die(RN_EDATA, "%s: neurons of another %s than the nets of %s", neurons->file, what,
			nets->file);
}
