/*
 * tap.h - the smallest test harness: TAP lines on stdout
 *
 *	OK(n == 3, "three records, got %zu", n);
 *	return tap_done();
 *
 * OK() is an expression with the truth of its condition, so a test may stop:
 * if (!OK(p, "opens")) return tap_done();
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failures;

__attribute__((format(printf, 4, 5), unused)) static bool
tap_report(bool ok, const char *file, int line, const char *format, ...)
{
	va_list ap;

	tap_count++;
	tap_failures += !ok;
	printf("%sok %d - ", ok ? "" : "not ", tap_count);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	if (!ok)
		printf("# %s:%d\n", file, line);
	fflush(stdout); /* what was found out survives a crash in the next check */
	return ok;
}

#define OK(condition, ...) tap_report((condition), __FILE__, __LINE__, __VA_ARGS__)

/* Prints the plan; the exit status of the test: 1 if a check failed or there was none. */
static inline int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures != 0 || tap_count == 0;
}

#endif
