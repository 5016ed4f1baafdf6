#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

/* --- life -------------------------------------------------------------------- */

enum rn_status
report_init(struct report *r, const struct wish *wish, const struct rn_nets *form, struct rn_error *err)
{
	const uint64_t sites = (uint64_t)form->points.n * form->dout;
	uint64_t all = 1;

	*r = (struct report){ .wish = *wish, .form = form };
	if (wish->canonical && form->activation != RN_NET_GAUSS)
		return rn_fail(err, RN_EUSAGE,
			"--normalise canonical is for gauss nets: K_W of %s has no kinetic term to be made "
			"canonical",
			rn_net_activations[form->activation]);
	for (unsigned n = 1; n <= wish->highest; n++) {
		const uint64_t more = combinations_count(sites, n);

		all = more > COMBINATIONS_MAX ? more : all + more;
		if (all > COMBINATIONS_MAX || sites > SITES_MAX)
			return rn_fail(err, RN_EDATA,
				"%zu point%s and %zu output%s make more than %d choices of up to %u "
				"legs: give fewer points, or lower --orders",
				form->points.n, form->points.n > 1 ? "s" : "", form->dout,
				form->dout > 1 ? "s" : "", COMBINATIONS_MAX, n);
	}
	if (!combinations_init(&r->sites, (unsigned)sites, wish->highest) ||
		!combinations_init(&r->points, (unsigned)form->points.n, wish->highest))
		return rn_fail_memory(err, "choices of legs");
	return report_columns(r, err);
}

void
report_clear(struct report *r)
{
	combinations_clear(&r->sites);
	combinations_clear(&r->points);
	theory_clear(&r->theory);
	rn_schema_destroy(r->schema);
}

/* --- one group --------------------------------------------------------------- */

/* What is equally bad in all groups. */
static void
note(struct doubt *d, const struct key *key, const char *why)
{
	doubts_note(d, key, 0, &(struct doubt){ .why = why });
}

struct work {
	struct report *r;
	const struct key *key;
	const struct group *nets;
	struct frame frame;
	struct rn_estimate *by[ESTIMATORS]; /* of rows or means; NULL: does not apply */
	struct rn_estimate *rows[RB + 1];   /* of rows, for a summary */
	/* Of a product over networks, and of its mean over last layers, exactly, for each choice; NULL: not known. */
	double *deviation[RB + 1];
};

static enum rn_status
find_theory(struct report *r, const struct key *key, struct rn_error *err)
{
	const struct law law = {
		.activation = r->form->activation,
		.sigma_w = key->sigma_w,
		.sigma_b = key->sigma_b,
		.points = &r->form->points,
	};

	if (r->theory.law.points && r->theory.law.sigma_w == key->sigma_w &&
		r->theory.law.sigma_b == key->sigma_b)
		return RN_OK;
	theory_clear(&r->theory);
	return theory_init(&r->theory, &law, &r->sites, &r->points, (unsigned)r->form->dout, r->form->depth,
		r->wish.box, r->wish.canonical, err);
}

static bool
begin_frame(struct work *w)
{
	const struct report *r = w->r;
	const bool trained = w->key->step > 0;

	w->frame = (struct frame){
		.sites = &r->sites,
		.points = &r->points,
		.dout = (unsigned)r->form->dout,
		.means = r->wish.summary,
		.even = !trained,
		.law = r->theory.law,
		.N = w->key->N,
		.K = r->wish.measured || trained ? NULL : r->theory.K,
		.u = &r->theory.couplings,
	};
	memcpy(w->frame.wanted, r->wish.order, sizeof w->frame.wanted);
	return frame_init(&w->frame);
}

static struct rn_estimate *
room(const struct work *w)
{
	return calloc(frame_size(&w->frame) + 1, sizeof(struct rn_estimate));
}

typedef enum rn_status estimator(struct frame *f, const struct collection *c, const struct pool *p,
	struct rn_estimate out[], struct rn_error *err);

/* What is asked for, and rows beside means: errors are compared choice by choice. */
static enum rn_status
estimate(struct work *w, size_t which, estimator *with, struct rn_error *err)
{
	const struct collection *c = w->r->nets;
	enum rn_status st;

	if (!(w->by[which] = room(w)))
		return rn_fail_memory(err, "estimates");
	st = with(&w->frame, c, &w->nets->pool, w->by[which], err);
	if (st != RN_OK || !w->r->wish.summary)
		return st;
	w->frame.means = false;
	if (!(w->rows[which] = room(w)))
		return rn_fail_memory(err, "estimates");
	st = with(&w->frame, c, &w->nets->pool, w->rows[which], err);
	w->frame.means = true;
	return st;
}

static enum rn_status
estimate_nets(struct work *w, struct rn_error *err)
{
	enum rn_status st = w->nets ? estimate(w, PLAIN, plain_estimate, err) : RN_OK;

	if (st == RN_OK && w->nets && w->r->nets->cov.total && w->frame.even)
		st = estimate(w, RB, rb_estimate, err);
	return st;
}

/* nan, and the reason. */
static void
drop_infinite(struct work *w, struct rn_estimate out[])
{
	for (size_t i = 0; i < frame_size(&w->frame); i++)
		if (isinf(out[i].value)) {
			out[i].value = out[i].error = NAN;
			note(&w->r->doubts.beyond, w->key, NULL);
		}
}

static enum rn_status
estimate_neurons(struct work *w, struct rn_error *err)
{
	struct sources s;

	if (!w->r->neurons || !w->frame.even || w->r->wish.highest < 2)
		return RN_OK;
	s = moments_sources(w->r->neurons, w->key->sigma_w, w->key->sigma_b);
	if (!s.of[2]) {
		note(&w->r->doubts.neurons, w->key, NULL);
		return RN_OK;
	}
	if (!(w->by[MOMENTS] = room(w)))
		return rn_fail_memory(err, "estimates");
	if (moments_estimate(&w->frame, &s, w->by[MOMENTS], err) != RN_OK)
		return err->status;
	drop_infinite(w, w->by[MOMENTS]);
	return RN_OK;
}

static enum rn_status
estimate_exactly(struct work *w, struct rn_error *err)
{
	const size_t size = frame_size(&w->frame);
	double *value;

	if (!w->r->theory.rho || !w->frame.even)
		return RN_OK;
	value = calloc(size + 1, sizeof *value);
	w->by[EXACT] = room(w);
	if (!value || !w->by[EXACT]) {
		free(value);
		return rn_fail_memory(err, "estimates");
	}
	frame_moments(&w->frame,
		w->frame.law.activation == RN_NET_GAUSS && !w->r->theory.why_not ? NULL : w->r->theory.rho,
		value);
	for (size_t i = 0; i < size; i++)
		w->by[EXACT][i].value = value[i];
	free(value);
	return RN_OK;
}

static size_t
rows_of(const struct report *r)
{
	size_t rows = 0;

	for (unsigned n = 1; n <= r->wish.highest; n++)
		if (r->wish.order[n])
			rows += combinations_of(&r->sites, n);
	return rows;
}

static enum rn_status
find_deviations(struct work *w, struct rn_error *err)
{
	struct report *r = w->r;

	for (size_t e = PLAIN; e <= RB && w->by[EXACT]; e++) {
		double *out;

		if (!w->by[e])
			continue;
		out = w->deviation[e] = calloc(rows_of(r) + 1, sizeof *out);
		if (!out)
			return rn_fail_memory(err, "exact errors");
		for (unsigned n = 1; n <= r->wish.highest; n++)
			for (size_t i = 0; r->wish.order[n] && i < combinations_of(&r->sites, n); i++)
				*out++ =
					(e == PLAIN ? exact_deviation : exact_rb_deviation)(&r->theory.neuron,
						w->key->N, w->frame.dout, n, r->sites.leg[n] + i * n);
	}
	return RN_OK;
}

static void
clear_work(struct work *w)
{
	for (size_t e = 0; e < ESTIMATORS; e++)
		free(w->by[e]);
	for (size_t e = PLAIN; e <= RB; e++) {
		free(w->rows[e]);
		free(w->deviation[e]);
	}
	frame_clear(&w->frame);
}

/* --- rows -------------------------------------------------------------------- */

/* A record on its way out: values are put into its columns one after the other. */
struct row {
	const struct rn_schema *schema;
	uint8_t *record;
	size_t column, i;
};

static void
put(struct row *row, double value)
{
	const struct rn_column *c = &row->schema->column[row->column];

	rn_put_f64(c, row->record, row->i, value);
	if (++row->i == c->count) {
		row->i = 0;
		row->column++;
	}
}

static void
put_estimate(struct row *row, const struct rn_estimate *e, bool exact)
{
	put(row, e ? e->value : NAN);
	if (!exact)
		put(row, e ? e->error : NAN);
}

static enum rn_status
begin_row(const struct work *w, struct row *row, struct rn_error *err)
{
	size_t room_for = 1;

	*row = (struct row){ .schema = w->r->schema,
		.record = rn_writer_reserve(w->r->writer, &room_for, err) };
	if (!row->record)
		return err->status;
	put(row, w->key->N);
	put(row, w->key->sigma_w);
	put(row, w->key->sigma_b);
	if (w->r->form->step)
		put(row, (double)w->key->step);
	return RN_OK;
}

static void
put_legs(const struct work *w, struct row *row, unsigned n, size_t i)
{
	const struct report *r = w->r;
	const uint16_t *site = r->sites.leg[n] + i * n;
	const unsigned dout = w->frame.dout;

	for (unsigned k = 0; k < r->wish.highest; k++)
		put(row, k < n ? site[k] / dout + 1 : 0);
	for (unsigned k = 0; dout > 1 && k < r->wish.highest; k++)
		put(row, k < n ? site[k] % dout + 1 : 0);
}

/* Of what there is, in this order: all of them agree when the propagator is exact. */
static const struct rn_estimate *
any(const struct work *w)
{
	return w->by[PLAIN] ? w->by[PLAIN] : w->by[EXACT] ? w->by[EXACT] : w->by[MOMENTS];
}

static enum rn_status
write_row(const struct work *w, unsigned n, size_t i, size_t at, struct rn_error *err)
{
	static const uint8_t what[] = { ROW_G, ROW_DG, ROW_M, ROW_GC, ROW_U, ROW_U };
	const struct rn_estimate *G0 = any(w);
	struct row row;

	if (begin_row(w, &row, err) != RN_OK)
		return err->status;
	put(&row, n);
	put_legs(w, &row, n, i);
	put(&row, w->nets ? (double)w->nets->pool.nets : 0);
	put(&row, G0 ? G0[ROW * at + ROW_G0].value : NAN);
	put(&row, G0 ? G0[ROW * at + ROW_G0].error : NAN);
	for (size_t e = 0; e < ESTIMATORS; e++)
		for (size_t k = 0; k < sizeof what; k++) {
			/* the last two are u4 and u6 */
			const bool none = !w->by[e] || (k == 4 && n != 4) || (k == 5 && n != 6);

			put_estimate(&row, none ? NULL : &w->by[e][ROW * at + what[k]], e == EXACT);
		}
	for (size_t e = PLAIN; e <= RB; e++)
		put(&row, w->deviation[e] ? w->deviation[e][at] / sqrt((double)w->nets->pool.nets) : NAN);
	return rn_writer_commit(w->r->writer, 1, err);
}

/* --- what is to be said ------------------------------------------------------ */

/* Of one order and an estimator: errors, averaged over choices. */
struct errors {
	double apparent, exact;
};

static struct errors
errors_of(const struct work *w, size_t which, unsigned n, size_t at)
{
	const size_t count = combinations_of(&w->r->sites, n);
	const struct rn_estimate *rows = w->rows[which] ? w->rows[which] : w->by[which];
	const double *deviation = w->deviation[which];
	struct errors e = { 0 };

	if (!rows)
		return (struct errors){ NAN, NAN };
	for (size_t i = at; i < at + count; i++) {
		e.apparent += rows[ROW * i + ROW_G].error / (double)count;
		e.exact += deviation ? deviation[i] / sqrt((double)w->nets->pool.nets) / (double)count : NAN;
	}
	return e;
}

/* The standard deviation over bags of G / G0. */
static double
scatter(const struct pool *p, size_t place, double G0)
{
	struct rn_mean m = { 0 };

	for (size_t b = 0; b < p->bags; b++)
		rn_mean_add(&m, p->bag[b]->sum[place] / (double)p->bag[b]->nets, 1);
	return sqrt(rn_mean_variance(&m)) / fabs(G0);
}

static double
background_of(const struct work *w, unsigned n, size_t at)
{
	const struct rn_estimate *rows = w->rows[PLAIN] ? w->rows[PLAIN] : w->by[PLAIN];
	size_t place = 0, some = 0;
	double sum = 0;

	for (unsigned k = 1; k < n; k++)
		if (w->r->nets->f.order[k])
			place += combinations_of(&w->r->sites, k);
	for (size_t i = 0; i < combinations_of(&w->r->sites, n); i++) {
		const double G0 = rows[ROW * (at + i) + ROW_G0].value;

		if (G0 != 0) {
			some++;
			sum += scatter(&w->nets->pool, place + i, G0);
		}
	}
	return some ? sum / (double)some : NAN;
}

/* Lighter than this part of a Gaussian's exponent a tail is not one that merely has not yet begun to fall. */
#define AS_GAUSS 0.8
/* What a scatter over few bags does more often is no reason for a remark. */
#define UNLIKELY 1e-3

static void
doubt_errors(struct doubt *d, const struct work *w, unsigned n, const struct errors *e)
{
	const double ratio = e->exact / e->apparent;

	if (ratio > 2 && chance_of_deviation(1 / ratio, pool_items(&w->nets->pool)) < UNLIKELY)
		doubts_note(d, w->key, ratio, &(struct doubt){ .number = ratio, .order = n });
}

static void
doubt_tail(const struct work *w, unsigned n, const struct tail_figures *t)
{
	if (t->hill + t->hill_err < 2 && t->hill < AS_GAUSS * t->hill_gauss)
		doubts_note(&w->r->doubts.hill, w->key, -t->hill,
			&(struct doubt){ .number = t->hill, .order = n });
}

/* How many neurons count in moments of n legs. */
static double
effective(const struct work *w, unsigned n)
{
	const struct group *g = w->by[MOMENTS]
		? moments_sources(w->r->neurons, w->key->sigma_w, w->key->sigma_b).of[n]
		: NULL;

	return g ? effective_count(&g->counts[n / 2]) : NAN;
}

/*
 * ln of the relative standard deviation of w g .. g of n legs, of gauss nets and a law that is shifted for t legs: all of
 * them lognormal, and of exp((S - u) z), S the sum of the legs (x, 1), u = t S / n, the variance is exp(|S - u|^2) - 1 in
 * units of the mean. For the farthest point; 0 or less is harmless.
 */
static double
misfit(const struct law *law, unsigned n, uint32_t t)
{
	const struct rn_net_points *p = law->points;
	const double short_of = (double)n - t;
	double farthest = 0;

	for (size_t i = 0; i < p->n; i++) {
		double square = 0;

		for (size_t k = 0; k < p->din; k++)
			square += p->x[i * p->din + k] * p->x[i * p->din + k];
		farthest = fmax(farthest, square);
	}
	return short_of * short_of *
		(law->sigma_b * law->sigma_b + law->sigma_w * law->sigma_w * farthest / (double)p->din) / 2;
}

/* Fewer do not tell their own scatter; but all of few neurons may well count. */
#define ESS_LEAST 100
#define ESS_PART 0.25
#define MISFIT_MOST 0.5

static void
doubt_moments(const struct work *w)
{
	struct doubts *d = &w->r->doubts;
	const struct sources s = moments_sources(w->r->neurons, w->key->sigma_w, w->key->sigma_b);

	for (unsigned n = 2; n <= w->r->wish.highest; n += 2) {
		const struct group *g = s.of[n];
		const double ess = effective(w, n);
		const double shift = misfit(&w->frame.law, n, g->key.tilt);

		if (w->frame.law.activation == RN_NET_GAUSS && shift > MISFIT_MOST)
			doubts_note(&d->tilt, w->key, shift,
				&(struct doubt){ .number = shift, .order = n, .tilt = g->key.tilt });
		if (ess < ESS_LEAST && ess < ESS_PART * (double)g->pool.nets)
			doubts_note(&d->ess, w->key, -ess, &(struct doubt){ .number = ess, .order = n });
		if (g->lost)
			doubts_note(&d->lost, w->key, (double)g->lost,
				&(struct doubt){ .number = (double)g->lost });
		if (pool_items(&g->pool) < 2)
			note(&d->few_neurons, w->key, NULL);
		else if (g->pool.bags < 2)
			note(&d->one_neurons, w->key, NULL);
	}
}

static void
doubt_group(const struct work *w)
{
	struct report *r = w->r;
	struct doubts *d = &r->doubts;
	const struct rn_estimate *e = any(w);

	if (w->nets && w->nets->pool.bags < 2)
		note(&d->one_bag, w->key, NULL);
	if (w->nets && w->by[PLAIN] && isnan((w->rows[PLAIN] ? w->rows[PLAIN] : w->by[PLAIN])[ROW_G].error))
		note(&d->few, w->key, NULL);
	if (w->by[MOMENTS])
		doubt_moments(w);
	if (r->theory.why_not && w->frame.even)
		note(&d->exact, w->key, r->theory.why_not);
	if (r->wish.highest >= 4 && r->theory.couplings.why_not)
		note(&d->couplings, w->key, r->theory.couplings.why_not);
	for (size_t k = 0; k < ESTIMATORS; k++)
		for (size_t i = 0; w->by[k] && i < frame_size(&w->frame); i++)
			d->numbers += !isnan(w->by[k][i].value);
	for (size_t i = 0; e && i < frame_size(&w->frame); i++) {
		const bool u = w->frame.means ? i % MEAN == MEAN_U4 || i % MEAN == MEAN_U6 : i % ROW == ROW_U;

		if (u && isinf(e[i].value)) {
			note(&d->representable, w->key, NULL);
			return;
		}
	}
}

/* Of one order, what its networks show beside estimates. */
struct figures {
	struct errors plain, rb;
	double background;
	struct tail_figures tail;
};

static enum rn_status
write_means(const struct work *w, unsigned n, size_t nth, const struct figures *f, struct rn_error *err)
{
	const struct pool *p = w->nets ? &w->nets->pool : NULL;
	const double sigma_w = w->key->sigma_w;
	struct row row;

	if (begin_row(w, &row, err) != RN_OK)
		return err->status;
	put(&row, 2 * sigma_w * sigma_w / (double)w->r->form->points.din);
	put(&row, n);
	put(&row, (double)combinations_of(&w->r->sites, n));
	put(&row, p ? (double)p->nets : 0);
	put(&row, p ? (double)p->bags : 0);
	for (size_t by = 0; by < ESTIMATORS; by++)
		for (size_t k = 0; k < MEAN; k++)
			put_estimate(&row, w->by[by] ? &w->by[by][MEAN * nth + k] : NULL, by == EXACT);
	put(&row, f->background);
	put(&row, f->plain.apparent);
	put(&row, f->plain.exact);
	put(&row, f->rb.apparent);
	put(&row, f->rb.exact);
	put(&row, f->tail.top10);
	put(&row, f->tail.top1000th);
	put(&row, f->tail.hill);
	put(&row, f->tail.hill_err);
	put(&row, f->tail.hill_gauss);
	put(&row, effective(w, n));
	return rn_writer_commit(w->r->writer, 1, err);
}

static enum rn_status
write_order(const struct work *w, unsigned n, size_t nth, size_t at, struct rn_error *err)
{
	struct figures f = {
		.plain = errors_of(w, PLAIN, n, at),
		.rb = errors_of(w, RB, n, at),
		.background = NAN,
		.tail = { NAN, NAN, NAN, NAN, NAN },
	};
	enum rn_status st = RN_OK;

	if (w->nets) {
		f.background = background_of(w, n, at);
		f.tail = tail_figures(&w->nets->tail, n);
		doubt_errors(&w->r->doubts.error, w, n, &f.plain);
		doubt_errors(&w->r->doubts.rb_error, w, n, &f.rb);
		doubt_tail(w, n, &f.tail);
	}
	if (w->r->wish.summary)
		return write_means(w, n, nth, &f, err);
	for (size_t i = 0; i < combinations_of(&w->r->sites, n) && st == RN_OK; i++)
		st = write_row(w, n, i, at + i, err);
	return st;
}

static enum rn_status
write_group(const struct work *w, struct rn_error *err)
{
	const struct report *r = w->r;
	size_t nth = 0, at = 0;
	enum rn_status st = RN_OK;

	doubt_group(w);
	for (unsigned n = 1; n <= r->wish.highest && st == RN_OK; n++)
		if (r->wish.order[n]) {
			st = write_order(w, n, nth++, at, err);
			at += combinations_of(&r->sites, n);
		}
	return st;
}

enum rn_status
report_group(struct report *r, const struct key *key, const struct group *nets, struct rn_error *err)
{
	struct work w = { .r = r, .key = key, .nets = nets };
	enum rn_status st = find_theory(r, key, err);

	if (st == RN_OK && !begin_frame(&w))
		st = rn_fail_memory(err, "estimates");
	if (st == RN_OK)
		st = estimate_nets(&w, err);
	if (st == RN_OK)
		st = estimate_neurons(&w, err);
	if (st == RN_OK)
		st = estimate_exactly(&w, err);
	if (st == RN_OK)
		st = find_deviations(&w, err);
	if (st == RN_OK)
		st = write_group(&w, err);
	clear_work(&w);
	return st;
}
