/* The files of a training run: none may replace another; and whether a checkpoint is of this very run. */
#include <string.h>

#include "renorm/outfile.h"
#include "renorm/training.h"

static void
refuse_same(const char *option, const char *file, const char *other, const char *what)
{
	if (file && other && rn_same_file(file, other))
		rn_die(RN_EUSAGE, "%s %s would replace %s; choose another name", option, file, what);
}

/* What this option names is neither an input nor what comes after it in the list of outputs. */
static void
check_output(const char *option, const char *file, const struct rn_training *t, const struct rn_common *c)
{
	for (size_t i = 0; i < c->nfiles; i++)
		refuse_same(option, file, c->files[i], "the training set");
	refuse_same(option, file, t->test, "the test set");
}

void
rn_training_check_files(const struct rn_training *t, const struct rn_common *c)
{
	check_output("--log", t->log, t, c);
	check_output("--checkpoint", t->checkpoint, t, c);
	check_output("-o", c->output, t, c);
	refuse_same("--log", t->log, t->checkpoint, "the checkpoint");
	refuse_same("--log", t->log, t->resume, "what --resume goes on from");
	refuse_same("--log", t->log, c->output, "the model");
	refuse_same("--checkpoint", t->checkpoint, c->output, "the model");
}

/* --- the same run? ---------------------------------------------------------------- */

bool
rn_training_continues(const struct rn_schema *then, const struct rn_schema *now)
{
	static const char *const lengths[] = { "--epochs", "--tau", "--every", "--patience", NULL };
	const size_t n = now->histories;

	if (then->histories != n || n == 0)
		return false;
	for (size_t i = 0; i + 1 < n; i++)
		if (strcmp(then->history[i], now->history[i]) != 0)
			return false;
	return rn_history_same_but(then->history[n - 1], now->history[n - 1], lengths);
}

void
rn_training_write_history(const struct rn_training *t, const struct rn_common *c, rn_training_line *line,
	const void *options, const struct rn_schema *resumed, struct rn_schema *model,
	struct rn_schema *checkpoint)
{
	const bool is_checkpoint = resumed && rn_training_is_checkpoint(resumed);
	struct rn_schema *alone = rn_schema_copy(model);
	struct rn_error err;
	bool continues;

	if (!alone)
		rn_die(RN_ENOMEM, "out of memory (header)");
	line(options, true, alone);
	continues = !resumed || (is_checkpoint && rn_training_continues(resumed, alone));
	rn_schema_destroy(alone);
	if (!continues) {
		if (is_checkpoint)
			rn_remark(c, "%s is of a run with other options or data; the history tells of both",
				t->resume);
		rn_or_die(rn_schema_merge_history(model, resumed, &err), &err);
		rn_or_die(rn_schema_merge_history(checkpoint, resumed, &err), &err);
	}
	line(options, continues, model);
	line(options, continues, checkpoint);
}

/* --- the state in a checkpoint ------------------------------------------------------ */

bool
rn_training_is_checkpoint(const struct rn_schema *s)
{
	return rn_schema_find(s, "state.updates") != NULL;
}

static size_t
state_columns(const struct rn_schema *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->columns; i++)
		n += !strncmp(s->column[i].name, "state.", 6);
	return n;
}

/* Neither less nor more than this run has: another optimiser's moments would be of no use to it. */
enum rn_status
rn_training_take_state(const struct rn_schema *s, const void *record, const struct rn_array state[], size_t n,
	struct rn_error *err)
{
	enum rn_status st = RN_OK;

	if (state_columns(s) != n)
		st = rn_fail(err, RN_EDATA,
			"another --optimiser, or one with or without --pcd, --patience or a test set");
	if (st == RN_OK)
		st = rn_arrays_get(s, record, state, n, err);
	if (st != RN_OK)
		rn_error_prefix(err, "a checkpoint of a run with other options");
	return st;
}
