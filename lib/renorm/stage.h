/*
 * renorm/stage.h - what every stage shares at the prompt
 *
 * A stage's main() is: rn_stage_init, argp_parse with rn_common_children, open,
 * loop, close. Only functions of this header print and exit.
 *
 *	static const struct argp argp = { ..., .children = rn_common_children };
 *	struct options { struct rn_common common; ... } o = { 0 };
 *	rn_stage_init(&o.common, "blockspin", RN_STAGE_READS | RN_STAGE_RECORDS);
 *	argp_parse(&argp, argc, argv, 0, NULL, &o);	(ARGP_KEY_INIT: state->child_inputs[0] = &o->common)
 */
#ifndef RENORM_STAGE_H
#define RENORM_STAGE_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "renorm/reader.h"
#include "renorm/text.h"
#include "renorm/writer.h"

/* What rn_stage_init is told about a stage. */
enum {
	RN_STAGE_READS = 1,    /* takes file operands, else stdin */
	RN_STAGE_RECORDS = 2,  /* writes a stream; refuses a terminal */
	RN_STAGE_TABLE = 4,    /* writes a table: CSV unless --format=rns */
	RN_STAGE_RANDOM = 8,   /* has --seed */
	RN_STAGE_THREADS = 16, /* has --threads */
};

enum rn_progress_mode { RN_PROGRESS_AUTO, RN_PROGRESS_ALWAYS, RN_PROGRESS_NEVER };

struct rn_common {
	const char *stage;
	unsigned flags;
	uint64_t seed;	       /* --seed, default 1 */
	enum rn_format format; /* --format=rns|csv|tsv */
	int level;	       /* --level, default 1; 0 plain */
	bool pm1, no_comments; /* --pm1, --no-comments */
	bool quiet;	       /* --quiet: no remarks, no progress; errors stay */
	enum rn_progress_mode progress;
	unsigned threads;   /* --threads, default 1 */
	const char *output; /* -o; NULL is stdout */
	char **files;	    /* operands */
	size_t nfiles;
};

extern const struct argp rn_common_argp;
extern const struct argp_child rn_common_children[]; /* it alone */

/* First thing in main: defaults, signals, closed descriptors, --version. */
void rn_stage_init(struct rn_common *c, const char *stage, unsigned flags);

/* "stage: text", one line, and the exit with `code` (an rn_status). */
_Noreturn void rn_die(enum rn_status code, const char *format, ...) RN_PRINTF(2, 3);
/* Unless RN_OK or RN_END: prints err and exits with the status. Returns the status. */
enum rn_status rn_or_die(enum rn_status status, const struct rn_error *err);
/* The pointer, or prints err and exits. */
void *rn_ptr_or_die(void *p, const struct rn_error *err);
void *rn_alloc_or_die(size_t n, size_t size); /* zeroed */
/* A remark on stderr, silent under --quiet. */
void rn_remark(const struct rn_common *c, const char *format, ...) RN_PRINTF(2, 3);

/* Open what the common options say; exit on failure. The writer refuses a terminal for records. */
struct rn_reader *rn_open_input(const struct rn_common *c);
struct rn_writer *rn_open_output(const struct rn_common *c);

/*
 * For those who put their own words around it: strtod of the whole text, without
 * blanks, hexadecimal and nan, and without what a double cannot hold (1e400). false: not that.
 */
bool rn_parse_f64(const char *text, double *x);
/*
 * Numbers from the command line: the whole of `text`, in [lo, hi], or a one-line
 * usage error naming the option, the text and the range (exit 64). NaN is refused.
 */
uint64_t rn_arg_u64(const char *option, const char *text, uint64_t lo, uint64_t hi);
double rn_arg_f64(const char *option, const char *text, double lo, double hi);
/* One of the words (NULL-terminated list): its index, or a usage error that lists them. */
unsigned rn_arg_word(const char *option, const char *text, const char *const words[]);
/* "10" or "32x64" for d = 2 (one number makes a square), "100" for d = 1. Extents >= 1. */
void rn_arg_extents(const char *option, const char *text, unsigned d, size_t extents[]);
/*
 * Temperatures: comma-separated numbers, "inf", "Tc" and ranges a:b:step (both
 * ends included, stepped in decimal: 0:6:0.25 has 25 values and 0.75 is the
 * double nearest to 0.75). malloc'd, at least one, all >= 0. Exit 64 otherwise.
 */
double *rn_arg_temperatures(const char *option, const char *text, size_t *n);
/* The same grammar without "Tc" and the sign check, for other lists of numbers. */
double *rn_arg_list(const char *option, const char *text, size_t *n);

/*
 * The history line of this run: rn_history_begin writes "stage VERSION";
 * rn_history_add appends " OPTION VALUE" with blanks quoted and control bytes
 * escaped (VALUE NULL: a flag); rn_history_end appends the seed of RANDOM
 * stages and the operands' base names, adds the line to the schema and clears
 * it. Only options that determine the result belong in it, always in the
 * same order.
 */
void rn_history_begin(struct rn_text *line, const struct rn_common *c);
void rn_history_add(struct rn_text *line, const char *option, const char *value);
void rn_history_add_u64(struct rn_text *line, const char *option, uint64_t value);
void rn_history_end(struct rn_text *line, const struct rn_common *c, struct rn_schema *schema);

/* Whether two such lines are the same but for these options (NULL-terminated), whose values have no blanks. */
bool rn_history_same_but(const char *a, const char *b, const char *const but[]);

/*
 * Progress on stderr when it is a terminal (or --progress=always): what was
 * done, rate, time left. total 0: unknown. Cheap enough for every batch.
 */
struct rn_progress {
	const char *stage, *unit;
	bool on;
	uint64_t done, total;
	double started, shown;
};
void rn_progress_begin(struct rn_progress *p, const struct rn_common *c, const char *unit, uint64_t total);
void rn_progress_add(struct rn_progress *p, uint64_t more);
void rn_progress_end(struct rn_progress *p);

/*
 * The input of a collector as one run of records: all segments must have the schema of the first. These functions
 * exit on failure, as above; what is wrong with a record is told with its place.
 */
struct rn_run {
	struct rn_reader *reader;
	struct rn_schema *schema; /* of the first segment, with the history of all so far */
	char *file;		  /* it came from */
	struct rn_progress progress;
};
typedef enum rn_status (*rn_record_function)(void *arg, const uint8_t *record, struct rn_error *err);

void rn_run_open(struct rn_run *run, const struct rn_common *c);
/* rn_or_die for what was found wrong with the schema: RN_EDATA names the file. */
void rn_run_or_die(const struct rn_run *run, enum rn_status status, struct rn_error *err);
/* f for each record, to the end of the input. */
void rn_run_each(struct rn_run *run, rn_record_function f, void *arg);
void rn_run_close(struct rn_run *run);

/* Tc = 2 / ln(1 + sqrt 2), Onsager 1944: what "Tc" on the command line means. */
#define RN_TC 2.269185314213022

#endif
