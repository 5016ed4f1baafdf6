/*
 * renorm/status.h - what functions of librenorm return
 *
 * Library functions never print and never exit. A function that can fail
 * returns an rn_status and fills the rn_error it was given; a stage hands both
 * to rn_or_die() (renorm/stage.h). The failing values are the exit codes of
 * the suite (sysexits.h where that has a name), so no table translates them.
 */
#ifndef RENORM_STATUS_H
#define RENORM_STATUS_H

enum rn_status {
	RN_END = -1, /* no more segments or records; not an error */
	RN_OK = 0,
	RN_ENUMERIC = 1,  /* the numbers failed: no convergence, singular */
	RN_EUSAGE = 64,	  /* wrong options or operands */
	RN_EDATA = 65,	  /* the input is damaged or not what is needed */
	RN_ENOINPUT = 66, /* an input file cannot be opened */
	RN_EBUG = 70,	  /* our own mistake */
	RN_ENOMEM = 71,	  /* out of memory */
	RN_EIO = 74,	  /* reading or writing failed: full disk, closed output */
};

struct rn_error {
	enum rn_status status;
	char text[512]; /* one line: what is wrong, where, what would be right */
};

#define RN_MUST_CHECK __attribute__((warn_unused_result))
#define RN_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Fills *err (which may be NULL) and returns `status`. */
enum rn_status rn_fail(struct rn_error *err, enum rn_status status, const char *format, ...) RN_PRINTF(3, 4);

/* "out of memory (WHAT)" */
enum rn_status rn_fail_memory(struct rn_error *err, const char *what);

/* Puts "PREFIX: " before the text of *err. */
void rn_error_prefix(struct rn_error *err, const char *format, ...) RN_PRINTF(2, 3);

#endif
