#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "renorm/stage.h"

bool rn_progress_on_line;

#define EVERY 0.5 /* seconds between two reports on a terminal; elsewhere ten times as long */

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void
rn_progress_begin(struct rn_progress *p, const struct rn_common *c, const char *unit, uint64_t total)
{
	bool wanted = c->progress == RN_PROGRESS_ALWAYS ||
		(c->progress == RN_PROGRESS_AUTO && isatty(STDERR_FILENO));

	*p = (struct rn_progress){ .stage = c->stage,
		.unit = unit,
		.on = wanted && !c->quiet,
		.total = total };
	if (p->on)
		p->started = p->shown = now();
}

/* "12.3M": three digits and a prefix. */
static const char *
scaled(char out[16], double x)
{
	static const char prefix[] = "\0kMGTPE";
	size_t i = 0;

	for (; x >= 999.5 && i < sizeof prefix - 2; i++)
		x /= 1000;
	snprintf(out, 16, "%.*f%c", i && x < 9.995 ? 2 : i && x < 99.95 ? 1 : 0, x, prefix[i]);
	return out;
}

static void
show(const struct rn_progress *p, double t, const char *end)
{
	double spent = t - p->started, rate = spent > 0 ? (double)p->done / spent : 0;
	char done[16], speed[16];

	rn_progress_on_line = *end != '\n';
	fprintf(stderr, "%s%s: %s %s, %s/s", isatty(STDERR_FILENO) ? RN_CLEAR_LINE : "", p->stage,
		scaled(done, (double)p->done), p->unit, scaled(speed, rate));
	if (p->total && rate > 0 && p->done < p->total)
		fprintf(stderr, ", %.0f%%, %.0f s left", 100 * (double)p->done / (double)p->total,
			ceil((double)(p->total - p->done) / rate));
	fputs(end, stderr);
}

void
rn_progress_add(struct rn_progress *p, uint64_t more)
{
	bool terminal;
	double t;

	p->done += more;
	if (!p->on)
		return;
	t = now();
	if (t - p->shown < EVERY)
		return;
	terminal = isatty(STDERR_FILENO);
	if (!terminal && t - p->shown < 10 * EVERY)
		return;
	p->shown = t;
	show(p, t, terminal ? "" : "\n");
}

void
rn_progress_end(struct rn_progress *p)
{
	if (p->on)
		show(p, now(), "\n");
	p->on = false;
}
