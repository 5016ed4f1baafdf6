/*
 * rns-sel - select, label, sort, shuffle and split records
 *
 * Reads   any streams.
 * Writes  the same kind of records, those of them that were chosen. In this
 *         order, whatever the order of the options: --where (of the columns
 *         that came in), --columns and --drop, --rename, --put, --split,
 *         --sample, --sort or --shuffle.
 *
 * --sample, --sort and --shuffle need equal segments and make one of them; all
 * else goes segment by segment. Random numbers are keyed by (seed, "rns-sel")
 * and used in the order of the records.
 *
 * Cost    constant memory; with --sort and --shuffle that of the records chosen,
 *         with --sample n of n records; with --split that of the label groups.
 */
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "field.h"
#include "plan.h"
#include "split.h"

struct list {
	char **item;
	size_t n;
};

struct options {
	struct rn_common common;
	struct list where, columns, drop, rename, put, words, sort;
	const char *split_text;
	struct split split;
	struct collect collect;
};

enum {
	KEY_WHERE = 0x100,
	KEY_COLUMNS,
	KEY_DROP,
	KEY_RENAME,
	KEY_PUT,
	KEY_WORDS,
	KEY_SPLIT,
	KEY_SAMPLE,
	KEY_SORT,
	KEY_SHUFFLE
};

static const struct argp_option table[] = {
	{ "where", KEY_WHERE, "COND", 0,
		"Records with COLUMN<VALUE (<= > >= = !=), as 'T>=1.5'; repeated: all of these", 1 },
	{ "columns", KEY_COLUMNS, "A,B", 0, "These columns, in this order", 1 },
	{ "drop", KEY_DROP, "A,B", 0, "All columns but these", 1 },
	{ "rename", KEY_RENAME, "OLD=NEW", 0, "Another name for a column", 1 },
	{ "put", KEY_PUT, "NAME=VALUE", 0, "A new label column: a number (f64) or a word (its code, u32)",
		1 },
	{ "words", KEY_WORDS, "NAME=A,B", 0,
		"All words of a label, coded 0, 1, ...: then streams with different ones can be "
		"joined",
		1 },
	{ "split", KEY_SPLIT, "I/N", 0, "Part I (or I-J) of N, with each label group's share", 1 },
	{ "sample", KEY_SAMPLE, "N", 0, "N records at random, in their order", 1 },
	{ "sort", KEY_SORT, "A,B", 0, "Sorted by these columns; -A: largest first", 1 },
	{ "shuffle", KEY_SHUFFLE, NULL, 0, "In random order", 1 },
	{ 0 },
};

static void
append(struct list *l, char *item)
{
	l->item = reallocarray(l->item, l->n + 1, sizeof *l->item);
	if (!l->item)
		rn_die(RN_ENOMEM, "out of memory (options)");
	l->item[l->n++] = item;
}

/* The names stay where they are, in the argument. */
static void
append_names(struct list *l, const char *option, char *arg)
{
	char *name;

	if (!*arg || *arg == ',' || arg[strlen(arg) - 1] == ',' || strstr(arg, ",,"))
		rn_die(RN_EUSAGE, "%s: '%s' has an empty name in it", option, arg);
	while ((name = strsep(&arg, ",")))
		append(l, name);
}

static void
append_pair(struct list *l, const char *option, char *arg)
{
	const char *equals = strchr(arg, '=');

	if (!equals || equals == arg || !equals[1])
		rn_die(RN_EUSAGE, "%s: '%s' is not NAME=%s", option, arg,
			strcmp(option, "--rename") ? "VALUE" : "NEWNAME");
	for (size_t i = 0; i < l->n; i++)
		if (!strncmp(l->item[i], arg, (size_t)(equals - arg) + 1))
			rn_die(RN_EUSAGE, "%s: '%s' and '%s'; choose one", option, l->item[i], arg);
	append(l, arg);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct rn_error err;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &o->common; return 0;
	case KEY_WHERE: append(&o->where, arg); return 0;
	case KEY_COLUMNS: append_names(&o->columns, "--columns", arg); return 0;
	case KEY_DROP: append_names(&o->drop, "--drop", arg); return 0;
	case KEY_RENAME: append_pair(&o->rename, "--rename", arg); return 0;
	case KEY_PUT: append_pair(&o->put, "--put", arg); return 0;
	case KEY_WORDS: append_pair(&o->words, "--words", arg); return 0;
	case KEY_SPLIT:
		o->split_text = arg;
		if (split_parse(arg, &o->split, &err))
			rn_die(RN_EUSAGE, "--split: %s", err.text);
		return 0;
	case KEY_SAMPLE:
		o->collect.sampling = true;
		o->collect.sample = rn_arg_u64("--sample", arg, 1, UINT64_MAX);
		return 0;
	case KEY_SORT: append_names(&o->sort, "--sort", arg); return 0;
	case KEY_SHUFFLE: o->collect.shuffling = true; return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = table,
	.parser = parse,
	.children = rn_common_children,
	.args_doc = "[FILE...]",
	.doc = "Select, label, sort, shuffle and split records.",
};

static void
free_lists(struct options *o)
{
	free(o->where.item);
	free(o->columns.item);
	free(o->drop.item);
	free(o->rename.item);
	free(o->put.item);
	free(o->words.item);
	free(o->sort.item);
}

/* What holds while records pass: made anew for each segment but for `conditions`' texts. */
struct pass {
	struct options *o;
	struct rn_reader *in;
	struct rn_writer *out;
	struct condition *conditions;
	struct plan plan;
	struct rn_schema *before; /* the input's schema of the segment before */
};

static struct condition *
parse_conditions(const struct options *o)
{
	struct condition *c = rn_alloc_or_die(o->where.n + 1, sizeof *c);
	struct rn_error err;

	for (size_t i = 0; i < o->where.n; i++)
		if (condition_parse(o->where.item[i], &c[i], &err))
			rn_die(err.status, "--where: %s", err.text);
	return c;
}

static struct changes
changes_of(const struct options *o)
{
	return (struct changes){
		.columns = o->columns.item,
		.ncolumns = o->columns.n,
		.drop = o->drop.item,
		.ndrop = o->drop.n,
		.rename = o->rename.item,
		.nrename = o->rename.n,
		.put = o->put.item,
		.nput = o->put.n,
		.words = o->words.item,
		.nwords = o->words.n,
	};
}

static void
check(struct options *o)
{
	if (o->collect.shuffling && o->sort.n)
		rn_die(RN_EUSAGE, "--sort and --shuffle undo each other; choose one");
	for (size_t i = 0; i < o->words.n; i++) {
		size_t length = strcspn(o->words.item[i], "=") + 1;
		bool used = false;

		for (size_t k = 0; k < o->put.n; k++)
			used = used || !strncmp(o->put.item[k], o->words.item[i], length);
		if (!used)
			rn_die(RN_EUSAGE, "--words '%s' is for a --put of that name", o->words.item[i]);
	}
	o->collect.sort = o->sort.item;
	o->collect.nsort = o->sort.n;
	o->collect.seed = o->common.seed;
}

static void
add_list(struct rn_text *line, const char *option, const struct list *l)
{
	struct rn_text joined = { 0 };

	for (size_t i = 0; i < l->n; i++)
		if (!rn_text_printf(&joined, "%s%s", i ? "," : "", l->item[i]))
			rn_die(RN_ENOMEM, "out of memory (history)");
	if (l->n)
		rn_history_add(line, option, joined.data);
	rn_text_clear(&joined);
}

static void
add_each(struct rn_text *line, const char *option, const struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		rn_history_add(line, option, l->item[i]);
}

/* In the order in which they act. */
static void
add_history(const struct options *o, struct rn_schema *schema)
{
	struct rn_text line;
	char n[32];

	rn_history_begin(&line, &o->common);
	add_each(&line, "--where", &o->where);
	add_list(&line, "--columns", &o->columns);
	add_list(&line, "--drop", &o->drop);
	add_each(&line, "--rename", &o->rename);
	add_each(&line, "--put", &o->put);
	add_each(&line, "--words", &o->words);
	if (o->split_text)
		rn_history_add(&line, "--split", o->split_text);
	snprintf(n, sizeof n, "%llu", (unsigned long long)o->collect.sample);
	if (o->collect.sampling)
		rn_history_add(&line, "--sample", n);
	add_list(&line, "--sort", &o->sort);
	if (o->collect.shuffling)
		rn_history_add(&line, "--shuffle", NULL);
	rn_history_end(&line, &o->common, schema);
}

/* --- records --------------------------------------------------------------- */

static void
begin_segment(struct pass *p, const struct rn_schema *schema)
{
	struct changes changes = changes_of(p->o);
	bool continues = p->before && rn_schema_match(p->before, schema, NULL) == RN_OK;
	struct rn_error err;
	enum rn_status status = RN_OK;

	plan_clear(&p->plan);
	for (size_t i = 0; i < p->o->where.n && !status; i++)
		status = condition_bind(&p->conditions[i], schema, &err);
	if (!status)
		status = plan_make(schema, &changes, &p->plan, &err);
	if (!status)
		status = split_begin(&p->o->split, schema, continues, &err);
	if (!status && collect_wanted(&p->o->collect))
		status = collect_begin(&p->o->collect, p->plan.out, &err);
	else if (!status) {
		add_history(p->o, p->plan.out);
		status = rn_writer_segment(p->out, p->plan.out, &err);
	}
	if (status == RN_EDATA)
		rn_error_prefix(&err, "%s: segment %llu", rn_reader_file(p->in),
			(unsigned long long)rn_reader_segment_index(p->in));
	rn_or_die(status, &err);
	rn_schema_destroy(p->before);
	p->before = rn_schema_copy(schema);
	if (!p->before)
		rn_die(RN_ENOMEM, "out of memory (header)");
}

static bool
is_chosen(struct pass *p, const void *record)
{
	struct rn_error err;
	bool mine;

	for (size_t i = 0; i < p->o->where.n; i++)
		if (!condition_holds(&p->conditions[i], record))
			return false;
	rn_or_die(split_take(&p->o->split, record, &mine, &err), &err);
	return mine;
}

static void
put(struct pass *p, const void *record)
{
	struct rn_error err;
	size_t one = 1;
	void *room;

	if (collect_wanted(&p->o->collect)) {
		rn_or_die(collect_room(&p->o->collect, &room, &err), &err);
		if (room)
			plan_apply(&p->plan, record, room);
		return;
	}
	room = rn_ptr_or_die(rn_writer_reserve(p->out, &one, &err), &err);
	plan_apply(&p->plan, record, room);
	rn_or_die(rn_writer_commit(p->out, 1, &err), &err);
}

/* Records that go out as they came in are copied by the run. */
static void
put_batch(struct pass *p, const uint8_t *records, size_t n)
{
	size_t size = p->before->record_bytes, run = 0;
	bool runs = p->plan.same && !collect_wanted(&p->o->collect);
	struct rn_error err;

	for (size_t i = 0; i < n; i++) {
		bool chosen = is_chosen(p, records + i * size);

		if (chosen && runs)
			run++;
		else if (chosen)
			put(p, records + i * size);
		if (run && (!chosen || i + 1 == n)) {
			size_t end = chosen ? i + 1 : i;

			rn_or_die(rn_writer_put(p->out, records + (end - run) * size, run, &err), &err);
			run = 0;
		}
	}
}

static void
write_collected(struct pass *p)
{
	struct collect *c = &p->o->collect;
	struct rn_error err;

	if (c->sampling && c->n < c->sample)
		rn_remark(&p->o->common, "--sample %llu: there were only %zu records, and all were taken",
			(unsigned long long)c->sample, c->n);
	add_history(p->o, c->schema); /* behind those of all segments */
	rn_or_die(rn_writer_segment(p->out, c->schema, &err), &err);
	rn_or_die(collect_write(c, p->out, &err), &err);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct pass p = { .o = &o };
	const struct rn_schema *schema;
	struct rn_progress progress;
	const void *records;
	struct rn_error err;
	size_t n;

	rn_stage_init(&o.common, "rns-sel", RN_STAGE_READS | RN_STAGE_RECORDS | RN_STAGE_RANDOM);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	check(&o);
	p.conditions = parse_conditions(&o);
	p.in = rn_open_input(&o.common);
	p.out = rn_open_output(&o.common);
	rn_progress_begin(&progress, &o.common, "bytes", rn_reader_bytes_total(p.in));

	while (rn_or_die(rn_reader_segment(p.in, &schema, &err), &err) == RN_OK) {
		begin_segment(&p, schema);
		while (rn_or_die(rn_reader_next(p.in, &records, &n, &err), &err) == RN_OK) {
			put_batch(&p, records, n);
			rn_progress_add(&progress, rn_reader_bytes(p.in) - progress.done);
		}
	}
	if (collect_wanted(&o.collect))
		write_collected(&p);
	rn_or_die(rn_writer_close(p.out, &err), &err);

	rn_progress_end(&progress);
	rn_reader_close(p.in);
	plan_clear(&p.plan);
	split_clear(&o.split);
	collect_clear(&o.collect);
	rn_schema_destroy(p.before);
	for (size_t i = 0; i < o.where.n; i++)
		condition_clear(&p.conditions[i]);
	free(p.conditions);
	free_lists(&o);
	return 0;
}
