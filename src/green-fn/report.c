#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- life -------------------------------------------------------------------- */

enum rn_status
report_init(struct report *r, const struct wish *wish, const struct rn_nets *form, struct rn_error *err)
{
	const uint64_t sites = (uint64_t)form->points.n * form->dout;
	uint64_t all = 1;

	*r = (struct report){ .wish = *wish, .form = form };
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

static void
note(struct doubt *d, const struct key *key, double number, unsigned order, const char *why)
{
	if (!d->groups++)
		*d = (struct doubt){ .groups = 1,
			.first = *key,
			.number = number,
			.order = order,
			.why = why };
}

struct work {
	struct report *r;
	const struct key *key;
	const struct group *nets;
	struct frame frame;
	struct rn_estimate *by[ESTIMATORS]; /* of rows or means; NULL: does not apply */
	struct rn_estimate *rows;	    /* the plain one's of rows, for a summary */
	double *deviation; /* of a product over networks, exactly, for each choice of each order wanted; NULL: not known */
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

static enum rn_status
estimate_nets(struct work *w, struct rn_error *err)
{
	const struct collection *c = w->r->nets;
	enum rn_status st;

	if (!w->nets || !(w->by[PLAIN] = room(w)))
		return w->nets ? rn_fail_memory(err, "estimates") : RN_OK;
	st = plain_estimate(&w->frame, c, &w->nets->pool, w->by[PLAIN], err);
	if (st == RN_OK && w->r->wish.summary) {
		w->frame.means = false;
		if (!(w->rows = room(w)))
			return rn_fail_memory(err, "estimates");
		st = plain_estimate(&w->frame, c, &w->nets->pool, w->rows, err);
		w->frame.means = true;
	}
	if (st != RN_OK || !c->cov.total || !w->frame.even)
		return st;
	if (!(w->by[RB] = room(w)))
		return rn_fail_memory(err, "estimates");
	return rb_estimate(&w->frame, c, &w->nets->pool, w->by[RB], err);
}

static enum rn_status
estimate_neurons(struct work *w, struct rn_error *err)
{
	struct sources s;

	if (!w->r->neurons || !w->frame.even || w->r->wish.highest < 2)
		return RN_OK;
	s = moments_sources(w->r->neurons, w->key->sigma_w, w->key->sigma_b);
	if (!s.of[2]) {
		note(&w->r->doubts.neurons, w->key, 0, 0, NULL);
		return RN_OK;
	}
	if (!(w->by[MOMENTS] = room(w)))
		return rn_fail_memory(err, "estimates");
	return moments_estimate(&w->frame, &s, w->by[MOMENTS], err);
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
	frame_moments(&w->frame, w->r->theory.rho, value);
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
	double *out;

	if (!w->nets || !w->by[EXACT])
		return RN_OK;
	out = w->deviation = calloc(rows_of(r) + 1, sizeof *out);
	if (!out)
		return rn_fail_memory(err, "exact errors");
	for (unsigned n = 1; n <= r->wish.highest; n++)
		for (size_t i = 0; r->wish.order[n] && i < combinations_of(&r->sites, n); i++)
			*out++ = exact_deviation(&r->theory.neuron, w->key->N, w->frame.dout, n,
				r->sites.leg[n] + i * n);
	return RN_OK;
}

static void
clear_work(struct work *w)
{
	for (size_t e = 0; e < ESTIMATORS; e++)
		free(w->by[e]);
	free(w->rows);
	free(w->deviation);
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
	put(&row, w->deviation ? w->deviation[at] / sqrt((double)w->nets->pool.nets) : NAN);
	return rn_writer_commit(w->r->writer, 1, err);
}

/* --- what is to be said ------------------------------------------------------ */

/* Of one order: errors of the plain estimator, averaged over choices. */
struct errors {
	double apparent, exact, background;
};

/* The standard deviation over bags of G / G0. */
static double
scatter(const struct pool *p, size_t place, double G0)
{
	struct rn_mean m = { 0 };

	for (size_t b = 0; b < p->bags; b++)
		rn_mean_add(&m, p->bag[b]->sum[place] / (double)p->bag[b]->nets, 1);
	return sqrt(rn_mean_variance(&m)) / fabs(G0);
}

static struct errors
errors_of(const struct work *w, unsigned n, size_t at)
{
	const size_t count = combinations_of(&w->r->sites, n);
	const struct rn_estimate *rows = w->rows ? w->rows : w->by[PLAIN];
	struct errors e = { 0 };
	size_t place = 0, some = 0;

	for (unsigned k = 1; k < n; k++)
		if (w->r->nets->f.order[k])
			place += combinations_of(&w->r->sites, k);
	for (size_t i = 0; i < count; i++) {
		const double G0 = rows[ROW * (at + i) + ROW_G0].value;

		e.apparent += rows[ROW * (at + i) + ROW_G].error / (double)count;
		e.exact += w->deviation
			? w->deviation[at + i] / sqrt((double)w->nets->pool.nets) / (double)count
			: NAN;
		if (G0 != 0) {
			some++;
			e.background += scatter(&w->nets->pool, place + i, G0);
		}
	}
	e.background = some ? e.background / (double)some : NAN;
	return e;
}

/* Lighter than this part of a Gaussian's exponent a tail is not one that merely has not yet begun to fall. */
#define AS_GAUSS 0.8

static void
doubt_order(const struct work *w, unsigned n, const struct errors *e, const struct tail_figures *t)
{
	struct doubts *d = &w->r->doubts;

	if (e->exact > 2 * e->apparent)
		note(&d->error, w->key, e->exact / e->apparent, n, NULL);
	if (t->hill + t->hill_err < 2 && t->hill < AS_GAUSS * t->hill_gauss)
		note(&d->hill, w->key, t->hill, n, NULL);
}

static void
doubt_group(const struct work *w)
{
	struct report *r = w->r;
	struct doubts *d = &r->doubts;
	const struct rn_estimate *e = any(w);

	if (w->nets && w->nets->pool.bags < 2)
		note(&d->one_bag, w->key, 0, 0, NULL);
	if (w->nets && w->by[PLAIN] && isnan((w->rows ? w->rows : w->by[PLAIN])[ROW_G].error))
		note(&d->few, w->key, 0, 0, NULL);
	if (r->theory.why_not && w->frame.even)
		note(&d->exact, w->key, 0, 0, r->theory.why_not);
	if (r->wish.highest >= 4 && r->theory.couplings.why_not)
		note(&d->couplings, w->key, 0, 0, r->theory.couplings.why_not);
	for (size_t k = 0; k < ESTIMATORS; k++)
		for (size_t i = 0; w->by[k] && i < frame_size(&w->frame); i++)
			d->numbers += !isnan(w->by[k][i].value);
	for (size_t i = 0; e && i < frame_size(&w->frame); i++) {
		const bool u = w->frame.means ? i % MEAN == MEAN_U4 || i % MEAN == MEAN_U6 : i % ROW == ROW_U;

		if (u && isinf(e[i].value)) {
			note(&d->representable, w->key, 0, 0, NULL);
			return;
		}
	}
}

/* How many neurons count in moments of n legs. */
static double
effective(const struct work *w, unsigned n)
{
	const struct group *g = w->by[MOMENTS]
		? moments_sources(w->r->neurons, w->key->sigma_w, w->key->sigma_b).of[n]
		: NULL;

	return g ? g->weight[n / 2] * g->weight[n / 2] / g->weight2[n / 2] : NAN;
}

static enum rn_status
write_means(const struct work *w, unsigned n, size_t nth, const struct errors *e,
	const struct tail_figures *t, struct rn_error *err)
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
	put(&row, e->background);
	put(&row, e->apparent);
	put(&row, e->exact);
	put(&row, t->top10);
	put(&row, t->top1000th);
	put(&row, t->hill);
	put(&row, t->hill_err);
	put(&row, t->hill_gauss);
	put(&row, effective(w, n));
	return rn_writer_commit(w->r->writer, 1, err);
}

static enum rn_status
write_order(const struct work *w, unsigned n, size_t nth, size_t at, struct rn_error *err)
{
	struct errors e = { NAN, NAN, NAN };
	struct tail_figures t = { NAN, NAN, NAN, NAN, NAN };
	enum rn_status st = RN_OK;

	if (w->nets) {
		e = errors_of(w, n, at);
		t = tail_figures((struct tail *)&w->nets->tail, n);
		doubt_order(w, n, &e, &t);
	}
	if (w->r->wish.summary)
		return write_means(w, n, nth, &e, &t, err);
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
