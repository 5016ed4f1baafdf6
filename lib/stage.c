#include "renorm/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "renorm/cpu.h"

static const char *stage_name = "renorm";

/* --- messages and exits ------------------------------------------------ */

/* One line whatever a file name or header has in it. */
static void
print_message(const char *text)
{
	char line[1024];
	size_t n = 0;

	for (; n < sizeof line - 1 && text[n]; n++)
		line[n] = (unsigned char)text[n] < ' ' || text[n] == 0x7f ? '?' : text[n];
	line[n] = '\0';
	fprintf(stderr, "%s%s: %s\n", rn_progress_on_line ? RN_CLEAR_LINE : "", stage_name, line);
	rn_progress_on_line = false;
}

void
rn_die(enum rn_status code, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	print_message(text);
	exit(code);
}

enum rn_status
rn_or_die(enum rn_status status, const struct rn_error *err)
{
	if (status > RN_OK)
		rn_die(status, "%s", err->text);
	return status;
}

void *
rn_ptr_or_die(void *p, const struct rn_error *err)
{
	if (!p)
		rn_die(err->status, "%s", err->text);
	return p;
}

void *
rn_alloc_or_die(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		rn_die(RN_ENOMEM, "out of memory (%zu x %zu bytes)", n, size);
	return p;
}

void
rn_remark(const struct rn_common *c, const char *format, ...)
{
	char text[1024];
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	print_message(text);
}

/* --- options that all stages share ------------------------------------- */

enum { KEY_SEED = 0x5000, KEY_FORMAT, KEY_LEVEL, KEY_PROGRESS, KEY_THREADS, KEY_PM1, KEY_NO_COMMENTS };

#define ALWAYS 0u
static const struct {
	unsigned flags; /* the stage needs one of these to have the option */
	struct argp_option option;
} shared[] = {
	{ RN_STAGE_RANDOM, { "seed", KEY_SEED, "N", 0, "Seed of the random numbers (1)", 0 } },
	{ ALWAYS,
		{ "output", 'o', "FILE", 0, "Write FILE, whole or not at all, instead of standard output",
			0 } },
	{ ALWAYS,
		{ "format", KEY_FORMAT, "rns|csv|tsv", 0, "Form of the output (records: rns; tables: csv)",
			0 } },
	{ ALWAYS, { "no-comments", KEY_NO_COMMENTS, NULL, 0, "CSV without '#' lines, for other tools", 0 } },
	{ ALWAYS, { "pm1", KEY_PM1, NULL, 0, "CSV with bits as -1 and +1 instead of 0 and 1", 0 } },
	{ ALWAYS, { "level", KEY_LEVEL, "0..19", 0, "Compression level of zstd (1); 0: not compressed", 0 } },
	{ RN_STAGE_THREADS, { "threads", KEY_THREADS, "N", 0, "Threads (1)", 0 } },
	{ ALWAYS,
		{ "progress", KEY_PROGRESS, "auto|always|never", 0,
			"Report progress (auto: when stderr is a terminal)", 0 } },
	{ ALWAYS, { "quiet", 'q', NULL, 0, "No remarks and no progress; errors are still told", 0 } },
};

#define SHARED (sizeof shared / sizeof *shared)
static struct argp_option options[SHARED + 1]; /* those of this stage; rn_stage_init fills it */
static char **operands; /* what rn_common.files points to, for as long as the program runs */

static error_t
parse_common(int key, char *arg, struct argp_state *state)
{
	static const char *const formats[] = { "rns", "csv", "tsv", NULL };
	static const char *const modes[] = { "auto", "always", "never", NULL };
	struct rn_common *c = state->input;

	switch (key) {
	case KEY_SEED: c->seed = rn_arg_u64("--seed", arg, 0, UINT64_MAX); return 0;
	case 'o':
		if (!*arg)
			rn_die(RN_EUSAGE, "-o: '' names no file; '-' is standard output");
		c->output = arg;
		return 0;
	case KEY_FORMAT: c->format = (enum rn_format)rn_arg_word("--format", arg, formats); return 0;
	case KEY_NO_COMMENTS: c->no_comments = true; return 0;
	case KEY_PM1: c->pm1 = true; return 0;
	case KEY_LEVEL: c->level = (int)rn_arg_u64("--level", arg, 0, 19); return 0;
	case KEY_THREADS: c->threads = (unsigned)rn_arg_u64("--threads", arg, 1, 4096); return 0;
	case KEY_PROGRESS:
		c->progress = (enum rn_progress_mode)rn_arg_word("--progress", arg, modes);
		return 0;
	case 'q': c->quiet = true; return 0;
	case ARGP_KEY_ARG:
		if (!(c->flags & RN_STAGE_READS))
			rn_die(RN_EUSAGE, "'%s': this stage reads no files", arg);
		operands = reallocarray(operands, c->nfiles + 1, sizeof *operands);
		if (!operands)
			rn_die(RN_ENOMEM, "out of memory (operands)");
		c->files = operands;
		c->files[c->nfiles++] = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp rn_common_argp = { .options = options, .parser = parse_common };
const struct argp_child rn_common_children[] = { { &rn_common_argp, 0, "Common options:", -1 }, { 0 } };

/*
 * Were descriptor 0, 1 or 2 closed, the next file opened would become it and
 * be written to as if it were standard output. Fill the holes with descriptors
 * on which the wrong use fails.
 */
static void
fill_closed_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
			_exit(RN_EIO);
}

void
rn_stage_init(struct rn_common *c, const char *stage, unsigned flags)
{
	static char version[64];
	size_t n = 0;

	fill_closed_descriptors();
	signal(SIGPIPE, SIG_DFL);
	stage_name = stage;
	snprintf(version, sizeof version, "%s (renorm) " RN_VERSION, stage);
	argp_program_version = version;
	argp_err_exit_status = RN_EUSAGE;
	if (rn_cpu_misspelt())
		rn_die(RN_EUSAGE, "RENORM_CPU is '%s' in the environment; it may be baseline, avx2 or avx512",
			rn_cpu_misspelt());
	for (size_t i = 0; i < SHARED; i++)
		if (shared[i].flags == ALWAYS || shared[i].flags & flags)
			options[n++] = shared[i].option;
	*c = (struct rn_common){
		.stage = stage,
		.flags = flags,
		.seed = 1,
		.format = flags & RN_STAGE_TABLE ? RN_FORMAT_CSV : RN_FORMAT_RNS,
		.level = 1,
		.threads = 1,
	};
}

/* --- the two ends -------------------------------------------------------- */

struct rn_reader *
rn_open_input(const struct rn_common *c)
{
	struct rn_reader_options reading = { .pm1 = c->pm1 };
	struct rn_error err;

	if (c->nfiles == 0 && isatty(STDIN_FILENO))
		rn_die(RN_EUSAGE,
			"standard input is a terminal: name a file, or put a stage before this one (--help "
			"says more)");
	return rn_ptr_or_die(rn_reader_open(c->files, c->nfiles, &reading, &err), &err);
}

struct rn_writer *
rn_open_output(const struct rn_common *c)
{
	struct rn_writer_options writing = {
		.path = c->output,
		.format = c->format,
		.level = c->level,
		.pm1 = c->pm1,
		.no_comments = c->no_comments,
	};
	struct rn_error err;

	if (c->format == RN_FORMAT_RNS && (!c->output || !strcmp(c->output, "-")) && isatty(STDOUT_FILENO))
		rn_die(RN_EUSAGE,
			"standard output is a terminal and a stream is binary: use -o FILE, or '| rns-cat "
			"--to=csv' to read it");
	return rn_ptr_or_die(rn_writer_open(&writing, &err), &err);
}

/* --- history --------------------------------------------------------------- */

static void
history_put(struct rn_text *line, const char *text)
{
	bool quote = !*text || strpbrk(text, " '\"\\");
	bool ok = rn_text_put(line, quote ? " '" : " ", quote ? 2 : 1);

	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			ok = ok && rn_text_printf(line, "\\x%02x", (unsigned)*text);
		else
			ok = ok && rn_text_put(line, text, 1);
	if (quote)
		ok = ok && rn_text_put(line, "'", 1);
	if (!ok)
		rn_die(RN_ENOMEM, "out of memory (history)");
}

void
rn_history_begin(struct rn_text *line, const struct rn_common *c)
{
	*line = (struct rn_text){ 0 };
	if (!rn_text_printf(line, "%s " RN_VERSION, c->stage))
		rn_die(RN_ENOMEM, "out of memory (history)");
}

void
rn_history_add(struct rn_text *line, const char *option, const char *value)
{
	history_put(line, option);
	if (value)
		history_put(line, value);
}

void
rn_history_add_u64(struct rn_text *line, const char *option, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRIu64, value);
	rn_history_add(line, option, text);
}

void
rn_history_end(struct rn_text *line, const struct rn_common *c, struct rn_schema *schema)
{
	struct rn_error err;

	if (c->flags & RN_STAGE_RANDOM)
		rn_history_add_u64(line, "--seed", c->seed);
	for (size_t i = 0; i < c->nfiles; i++)
		if (strcmp(c->files[i], "-"))
			history_put(line, basename(c->files[i]));
	rn_or_die(rn_schema_add_history(schema, line->data, &err), &err);
	rn_text_clear(line);
}

/* The line without " OPTION VALUE", where it has that. */
static void
take_out(char *line, const char *option)
{
	const size_t n = strlen(option);
	char *at = line, *after;

	while ((at = strstr(at, option)) && (at == line || at[-1] != ' ' || at[n] != ' '))
		at++;
	if (!at)
		return;
	after = at + n + 1;
	after += strcspn(after, " ");
	memmove(at - 1, after, strlen(after) + 1);
}

bool
rn_history_same_but(const char *a, const char *b, const char *const but[])
{
	char *x = strdup(a), *y = strdup(b);
	bool same;

	for (; x && y && *but; but++) {
		take_out(x, *but);
		take_out(y, *but);
	}
	same = x && y && !strcmp(x, y);
	free(x);
	free(y);
	return same;
}
