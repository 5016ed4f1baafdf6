/*
 * flows.c - a trajectory of each start, and what to tell of them at the end
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "potential.h"
#include "sextic.h"
#include "table.h"

enum { BATCH = 1024 }; /* end points that are computed at once */

/* Of rows: k as it was asked for, or made of the t asked for. */
struct scale {
	double t, k;
};

/* What to say at the end. */
struct tally {
	uint64_t trajectories, failed, unbounded, strained, narrow;
	int first_event; /* of the first that failed */
	double first_k, first_t;
	uint64_t first; /* its number, from 1 */
	double reached; /* the relative error that rounding may make, at worst */
};

/* Trajectories of which the end point alone is asked for, waiting for each other. */
struct batch {
	size_t n;
	struct start start[BATCH];
	struct sextic sextic[BATCH];
	uint8_t *heads; /* of the rows, one behind the other */
};

struct flows {
	const struct run *run;
	struct couplings couplings;
	struct table table;
	struct flow flow;     /* of the last dimension */
	struct batch *batch;  /* NULL: rows on the way are asked for too, or other equations */
	struct scale *scales; /* of the rows, falling */
	double *times;	      /* t in the order of rows */
	struct tally tally;
	struct rn_progress progress;
	uint64_t number; /* of records so far in the segment */
};

/* --- times ----------------------------------------------------------------------------- */

static int
falling(const void *a, const void *b)
{
	const double x = ((const struct scale *)a)->t, y = ((const struct scale *)b)->t;

	return (x < y) - (x > y);
}

static void
scales_of(const struct run *r, double k0, struct scale s[])
{
	for (size_t i = 0; i < r->n_times; i++) {
		s[i].t = r->absolute ? log(r->times[i] / k0) : r->times[i];
		s[i].k = r->absolute ? r->times[i] : k0 * exp(r->times[i]);
	}
	qsort(s, r->n_times, sizeof *s, falling);
}

/* k of a row: that of the scales, if it is one of them. */
static double
scale_at(const struct run *r, const struct scale s[], double k0, double t)
{
	const struct scale key = { .t = t }, *asked = bsearch(&key, s, r->n_times, sizeof *s, falling);

	return asked ? asked->k : k0 * exp(t);
}

/* --- one trajectory -------------------------------------------------------------------- */

struct writing {
	struct table *table;
	const struct scale *scales;
	const uint8_t *head;
	const struct start *start;
};

static bool
write_row(void *context, double t, const double x[], int event)
{
	struct writing *w = context;

	table_row(w->table, w->head, w->start, scale_at(w->table->run, w->scales, w->start->k, t), t, x,
		event);
	return true;
}

static void
use_dimension(struct flows *f, double d)
{
	if (f->flow.M == f->couplings.M && f->flow.d == d)
		return;
	flow_init(&f->flow, couplings_about(f->run), f->run->regulator, d, f->run->N, f->couplings.M);
	f->flow.eta = f->run->eta;
}

/* The last coupling that is there is negative: the potential is not bounded from below. Polchinski's need not be. */
static bool
unbounded(const struct run *r, const double x[], size_t M)
{
	if (couplings_about(r) != ABOUT_ZERO || r->regulator == POLCHINSKI)
		return false;
	while (M && x[M - 1] == 0)
		M--;
	return M && x[M - 1] < 0;
}

/* --phi-max cuts off what six times the minimum would hold more than half of. */
static bool
narrow(const struct flows *f, const struct start *s)
{
	const struct run *r = f->run;

	return r->about == NO_EXPANSION && r->phi_max > 0 &&
		r->phi_max < potential_range(s->d, r->N, s->x, f->couplings.M) / 2;
}

static bool
has_failed(enum event event)
{
	return event != REQUESTED && event != CONVERGED;
}

static void
count(struct flows *f, const struct start *s, const struct outcome *o)
{
	struct tally *y = &f->tally;
	const double rounding = (double)o->steps * 0x1p-53;

	y->trajectories++;
	y->unbounded += unbounded(f->run, s->x, f->couplings.M);
	y->narrow += narrow(f, s);
	if (rounding > f->run->rules.rtol && f->run->about != NO_EXPANSION) {
		y->strained++;
		y->reached = fmax(y->reached, rounding);
	}
	if (!has_failed(o->event))
		return;
	if (!y->failed++) {
		y->first = y->trajectories;
		y->first_event = o->event;
		y->first_k = s->k * exp(o->t);
		y->first_t = o->t;
	}
}

/* Dimensionless couplings that stay what they are: sigma du_2n / dsigma = D u_2n of the others. */
static struct outcome
scale(const struct flows *f, const struct start *s, const double times[], size_t n, struct writing *w)
{
	struct outcome o = { .event = REQUESTED };

	for (size_t i = 0; i < f->couplings.M; i++)
		if (!isfinite(s->x[i]))
			o.event = UNSTARTED;
	for (size_t i = 0; i < n && (i == 0 || o.event == REQUESTED); i++)
		write_row(w, o.event == REQUESTED ? times[i] : 0, s->x, (int)o.event);
	return o;
}

/* From the start through the times, which go one way. */
static struct outcome
one_way(const struct flows *f, const struct start *s, const double times[], size_t n, struct writing *w)
{
	const struct run *r = f->run;
	struct potential p = {
		.d = s->d,
		.N = r->N,
		.phi_max = r->phi_max,
		.rtol = r->rules.rtol,
		.regulator = r->regulator,
		.points = r->points,
		.steps_max = r->rules.steps_max,
		.eta = r->eta,
	};
	struct outcome o;

	if (r->active)
		return scale(f, s, times, n, w);
	if (r->about != NO_EXPANSION)
		return trajectory(&f->flow, s->x, times, n, &r->rules, write_row, w);
	if (p.phi_max == 0)
		p.phi_max = potential_range(s->d, f->run->N, s->x, f->couplings.M);
	o = potential_flow(&p, s->x, f->couplings.M, times, n, write_row, w);
	if (o.event == NO_MEMORY)
		rn_die(RN_ENOMEM, "out of memory (%zu points)", r->points);
	return o;
}

/* A full potential towards the ultraviolet has been refused, unless the scales were not known then. */
static void
forbid_ultraviolet(const struct flows *f)
{
	if (f->run->about == NO_EXPANSION && !f->run->forced && f->times[0] > 0)
		rn_die(RN_EUSAGE,
			"the flow of the full potential towards larger k (here to t = %g) is diffusion "
			"backwards in time and has no solution: ask for k below the start, or --force it",
			f->times[0]);
}

/* Down from the start, then up from it; the start itself is a row if it is asked for. */
static void
follow(struct flows *f, const struct start *s, const uint8_t *head)
{
	struct writing w = { .table = &f->table, .scales = f->scales, .head = head, .start = s };
	const size_t n = f->run->n_times;
	struct outcome o = { .event = REQUESTED };
	size_t up = 0; /* times above 0, the first of the list */

	scales_of(f->run, s->k, f->scales);
	for (size_t i = 0; i < n; i++)
		f->times[i] = f->scales[i].t;
	use_dimension(f, s->d);
	forbid_ultraviolet(f);
	while (up < n && f->times[up] > 0)
		up++;
	if (up < n)
		o = one_way(f, s, f->times + up, n - up, &w);
	if (up && o.event != UNSTARTED) {
		struct outcome down = o;

		for (size_t i = 0; i < up / 2; i++) {
			const double t = f->times[i];

			f->times[i] = f->times[up - 1 - i];
			f->times[up - 1 - i] = t;
		}
		o = one_way(f, s, f->times, up, &w);
		o.steps += down.steps;
		if (has_failed(down.event)) {
			o.event = down.event;
			o.t = down.t;
		}
	}
	count(f, s, &o);
}

/* --- end points -------------------------------------------------------------------------- */

static bool
are_end_points(const struct run *r, size_t M)
{
	return r->about == ABOUT_ZERO && r->regulator == LITIM && M == 3 && r->N == 1 && r->n_times == 1 &&
		!r->rules.crossings && r->rules.converge == 0 && !r->active;
}

static void
finish_batch(struct flows *f)
{
	struct batch *b = f->batch;
	const size_t bytes = table_head_bytes(&f->table);

	sextic_run(b->sextic, b->n, &f->run->rules);
	for (size_t i = 0; i < b->n; i++) {
		const struct sextic *s = &b->sextic[i];
		const struct outcome o = { .event = s->event, .t = s->reached, .steps = s->steps };
		struct scale end = { 0 };

		scales_of(f->run, b->start[i].k, &end);
		table_row(&f->table, b->heads + i * bytes, &b->start[i],
			scale_at(f->run, &end, b->start[i].k, o.t), o.t, s->u, (int)s->event);
		count(f, &b->start[i], &o);
	}
	b->n = 0;
}

static void
add_to_batch(struct flows *f, const struct start *s, const uint8_t *head)
{
	struct batch *b = f->batch;
	const size_t bytes = table_head_bytes(&f->table);
	struct scale end = { 0 };

	scales_of(f->run, s->k, &end);
	b->start[b->n] = *s;
	b->sextic[b->n] = (struct sextic){ .u = { s->x[0], s->x[1], s->x[2] }, .d = s->d, .end = end.t };
	if (head)
		memcpy(b->heads + b->n * bytes, head, bytes);
	if (++b->n == BATCH)
		finish_batch(f);
}

/* Begins a table of end points, if it is one. */
static void
begin_batch(struct flows *f)
{
	if (!are_end_points(f->run, f->couplings.M))
		return;
	f->batch = rn_alloc_or_die(1, sizeof *f->batch);
	f->batch->heads = rn_alloc_or_die(BATCH, table_head_bytes(&f->table));
}

static void
end_batch(struct flows *f)
{
	if (!f->batch)
		return;
	finish_batch(f);
	free(f->batch->heads);
	free(f->batch);
	f->batch = NULL;
}

static void
answer(struct flows *f, const struct start *s, const uint8_t *head)
{
	if (f->batch)
		add_to_batch(f, s, head);
	else
		follow(f, s, head);
}

/* --- all of them ----------------------------------------------------------------------- */

static void
follow_records(struct flows *f, const struct rn_schema *schema, const uint8_t *records, size_t n,
	uint8_t *head)
{
	struct start s;

	for (size_t i = 0; i < n; i++, records += schema->record_bytes) {
		couplings_read(&f->couplings, records, &s);
		table_head(&f->table, records, f->number++, head);
		answer(f, &s, head);
	}
	if (f->batch)
		finish_batch(f); /* who waits at the other end of a pipe gets what is known */
	rn_progress_add(&f->progress, n);
}

static void
follow_segment(struct flows *f, struct rn_reader *in, const struct rn_schema *schema)
{
	const void *records;
	struct rn_error err;
	uint8_t *head;
	size_t n;

	if (couplings_of_records(&f->couplings, f->run, schema, &err) != RN_OK)
		rn_die(err.status, "%s: segment %" PRIu64 ": %s", rn_reader_file(in),
			rn_reader_segment_index(in), err.text);
	if (rn_reader_segment_index(in) == 1)
		couplings_remark(&f->couplings, schema);
	table_begin(&f->table, &f->couplings, schema);
	head = rn_alloc_or_die(1, table_head_bytes(&f->table));
	begin_batch(f);
	f->number = 0;
	while (rn_or_die(rn_reader_next(in, &records, &n, &err), &err) == RN_OK)
		follow_records(f, schema, records, n, head);
	end_batch(f);
	free(head);
	table_end(&f->table);
}

static void
follow_stream(struct flows *f)
{
	struct rn_reader *in = rn_open_input(f->run->common);
	const struct rn_schema *schema;
	struct rn_error err;

	while (rn_or_die(rn_reader_segment(in, &schema, &err), &err) == RN_OK)
		follow_segment(f, in, schema);
	rn_reader_close(in);
}

static void
follow_options(struct flows *f)
{
	struct start s;

	couplings_of_options(&f->couplings, f->run);
	couplings_read(&f->couplings, NULL, &s);
	table_begin(&f->table, &f->couplings, NULL);
	begin_batch(f);
	answer(f, &s, NULL);
	end_batch(f);
	table_end(&f->table);
}

/* --- the end --------------------------------------------------------------------------- */

static const char *
reason(int event)
{
	switch (event) {
	case SINGULAR: return "is singular, 1 + u'' -> 0,";
	case DIVERGED: return "diverges";
	case UNSTARTED: return "does not start (no number, k or d out of range, or 1 + u'' <= 0)";
	case EXHAUSTED: return "takes more steps than --steps allows, and ended";
	case FLAT: return "has l2 -> 0, and its minimum ends,";
	case TOO_LARGE: return "has couplings beyond 1e250 in units of k, and ends";
	case TOO_TIGHT:
		return "asks more than doubles hold, choose a larger --rtol or fewer --points: it ended";
	case ORIGIN: return "has its minimum come to zero field, where the expansion about it ends,";
	default: return "ended";
	}
}

static void
tell(const struct run *r, const struct tally *y)
{
	if (y->unbounded)
		rn_remark(r->common,
			"%" PRIu64 " of %" PRIu64
			" potentials not bounded from below: the last coupling is negative",
			y->unbounded, y->trajectories);
	if (y->narrow)
		rn_remark(r->common,
			"%" PRIu64 " of %" PRIu64
			" potentials fluctuate beyond --phi-max %g: leave it out, or choose it larger",
			y->narrow, y->trajectories, r->phi_max);
	if (y->strained)
		rn_remark(r->common,
			"--rtol %g is too tight for doubles: rounding alone may make %.0e in the steps that "
			"this takes",
			r->rules.rtol, y->reached);
}

void
flows(const struct run *r)
{
	struct flows f = { .run = r };
	struct rn_error err;

	f.scales = rn_alloc_or_die(r->n_times, sizeof *f.scales);
	f.times = rn_alloc_or_die(r->n_times, sizeof *f.times);
	rn_progress_begin(&f.progress, r->common, "trajectories", 0);
	if (r->reads)
		follow_stream(&f);
	else
		follow_options(&f);
	rn_progress_end(&f.progress);
	rn_or_die(rn_writer_close(f.table.out, &err), &err);
	free(f.times);
	free(f.scales);
	tell(r, &f.tally);
	if (f.tally.failed)
		rn_die(RN_ENUMERIC,
			"%" PRIu64 " of %" PRIu64 " trajectories did not reach the last k: number %" PRIu64
			" %s at k = %.10g, t = %.10g",
			f.tally.failed, f.tally.trajectories, f.tally.first, reason(f.tally.first_event),
			f.tally.first_k, f.tally.first_t);
}
