/*
 * Numbers and lists from the command line. Refusals exit, so they run in a
 * child whose exit status and message are looked at.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "renorm/stage.h"
#include "tap.h"

static void
check_list(const char *text, size_t n, const double want[])
{
	size_t got;
	double *x = rn_arg_temperatures("-T", text, &got);
	bool same = got == n;

	for (size_t i = 0; same && i < n; i++)
		same = x[i] == want[i] && !signbit(x[i]);
	OK(same, "-T %s", text);
	free(x);
}

enum what { TEMPERATURES, WHOLE, REAL, EXTENTS_1, EXTENTS_2, WORD };

static void
parse(enum what what, const char *text)
{
	static const char *const words[] = { "majority", "decimate", NULL };
	size_t n[2];

	switch (what) {
	case TEMPERATURES: free(rn_arg_temperatures("-T", text, n)); return;
	case WHOLE: rn_arg_u64("-n", text, 1, 1000); return;
	case REAL: rn_arg_f64("--field", text, -10, 10); return;
	case EXTENTS_1: rn_arg_extents("-L", text, 1, n); return;
	case EXTENTS_2: rn_arg_extents("-L", text, 2, n); return;
	case WORD: rn_arg_word("--rule", text, words);
	}
}

/* Exit 64 and one line that names the option and the text. */
static void
check_refused(enum what what, const char *option, const char *text)
{
	char message[1024];
	size_t used = 0;
	ssize_t k;
	int ends[2], status;
	pid_t child;

	if (pipe(ends))
		abort();
	fflush(stdout);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		parse(what, text);
		_exit(0);
	}
	close(ends[1]);
	while ((k = read(ends[0], message + used, sizeof message - 1 - used)) > 0)
		used += (size_t)k;
	message[used] = '\0';
	close(ends[0]);
	waitpid(child, &status, 0);
	OK(WIFEXITED(status) && WEXITSTATUS(status) == RN_EUSAGE && strstr(message, option) &&
			strstr(message, text) && strchr(message, '\n') == message + used - 1,
		"refused: %.*s", (int)(used ? used - 1 : 0), message);
}

int
main(void)
{
	static const char *const bad_lists[] = {
		"",
		"-1",
		"1,,2",
		"1:2",
		"1:2:0.3",
		"2:1:0.5",
		"1:2:0",
		"1:x:1",
		"nan",
		"0x10",
		" 1",
		"1 ",
		"tc",
		"1:inf:1",
		"1:2:3:4",
		"0:1000001:1",
		"1e400:2:1",
		"-inf",
		"0:123456789012345678:1",
		"1e400",
		"1e-400",
	};
	double thesis[25];
	size_t extents[2];

	for (int i = 0; i < 25; i++)
		thesis[i] = i / 4.0;
	check_list("0:6:0.25", 25, thesis);
	check_list("1,2.5,inf,Tc", 4, (const double[]){ 1, 2.5, INFINITY, RN_TC });
	check_list("0.1:0.5:0.1", 5, (const double[]){ 0.1, 0.2, 0.3, 0.4, 0.5 });
	check_list("0.3:0.1:-0.1", 3, (const double[]){ 0.3, 0.2, 0.1 });
	check_list("1e-3:3e-3:1e-3", 3, (const double[]){ 0.001, 0.002, 0.003 });
	check_list("2:2:1", 1, (const double[]){ 2 });
	check_list("-0", 1, (const double[]){ 0 });
	for (size_t i = 0; i < sizeof bad_lists / sizeof *bad_lists; i++)
		check_refused(TEMPERATURES, "-T", bad_lists[i]);

	OK(rn_arg_u64("-n", "1000", 1, 1000) == 1000, "-n 1000");
	OK(rn_arg_u64("--seed", "18446744073709551615", 0, UINT64_MAX) == UINT64_MAX, "the largest seed");
	for (const char *const *t = (const char *const[]){ "0", "1001", "-1", "1.5", "", "1k",
		     "99999999999999999999", NULL };
		*t; t++)
		check_refused(WHOLE, "-n", *t);

	OK(rn_arg_f64("--field", "-2.5e-1", -10, 10) == -0.25, "--field -2.5e-1");
	for (const char *const *t = (const char *const[]){ "nan", "inf", "11", "x", "", "1,2", NULL }; *t;
		t++)
		check_refused(REAL, "--field", *t);

	rn_arg_extents("-L", "32x64", 2, extents);
	OK(extents[0] == 32 && extents[1] == 64, "-L 32x64");
	rn_arg_extents("-L", "10", 2, extents);
	OK(extents[0] == 10 && extents[1] == 10, "-L 10 is a square");
	rn_arg_extents("-L", "100", 1, extents);
	OK(extents[0] == 100, "-L 100 in one dimension");
	check_refused(EXTENTS_1, "-L", "10x10");
	for (const char *const *t = (const char *const[]){ "0", "10x0", "x", "10x", "3x3x3", "-4", NULL }; *t;
		t++)
		check_refused(EXTENTS_2, "-L", *t);

	OK(rn_arg_word("--rule", "decimate", (const char *const[]){ "majority", "decimate", NULL }) == 1,
		"--rule decimate");
	check_refused(WORD, "--rule", "median");
	return tap_done();
}
