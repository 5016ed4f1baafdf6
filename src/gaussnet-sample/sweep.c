/* The records of a run. */
#include "sweep.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neurons.h"

/* What the loops work with. */
struct run {
	const struct options *o;
	const struct rn_nets *nets;
	struct rn_writer *out;
	struct rn_progress *progress;
	size_t bytes;	 /* of a record */
	uint8_t *common; /* a record with what those of a bag have in common */
	struct rn_error *err;
};

static struct ensemble
ensemble_of(const struct options *o, double sigma_w, double sigma_b, uint64_t width)
{
	return (struct ensemble){
		.activation = o->activation,
		.type = o->f32 && !o->neurons ? RN_F32 : RN_F64,
		.N = width,
		.P = o->points.n,
		.din = o->din,
		.dout = o->dout,
		.depth = o->depth,
		.sigma_w = sigma_w,
		.sigma_b = sigma_b,
		.cov = o->hidden_cov,
		.x = o->points.x,
	};
}

/* --- records ----------------------------------------------------------------- */

static void
put(uint8_t *record, size_t at, const void *value, size_t bytes)
{
	memcpy(record + at, value, bytes);
}

/* Numbers of one lane; false: one of them is not finite in the columns' type. */
static bool
put_f64(uint8_t *to, const lanes v[], size_t n, size_t lane)
{
	double zero = 0; /* 0 x is 0 or NaN */

	for (size_t i = 0; i < n; i++) {
		memcpy(to + i * sizeof(double), &v[i][lane], sizeof(double));
		zero += 0 * v[i][lane];
	}
	return zero == 0;
}

static bool
put_f32(uint8_t *to, const lanes v[], size_t n, size_t lane)
{
	float zero = 0;

	for (size_t i = 0; i < n; i++) {
		const float x = (float)v[i][lane];

		memcpy(to + i * sizeof x, &x, sizeof x);
		zero += 0 * x;
	}
	return zero == 0;
}

static bool
put_values(const struct run *r, uint8_t *record, size_t at, const lanes v[], size_t n, size_t lane)
{
	return r->nets->type == RN_F64 ? put_f64(record + at, v, n, lane) : put_f32(record + at, v, n, lane);
}

/* What the records of a bag have in common. */
static void
put_labels(struct run *r, const struct ensemble *e, uint64_t bag)
{
	const uint32_t N = (uint32_t)e->N, number = (uint32_t)bag;

	put(r->common, r->nets->at.sigma_w, &e->sigma_w, sizeof e->sigma_w);
	put(r->common, r->nets->at.sigma_b, &e->sigma_b, sizeof e->sigma_b);
	put(r->common, r->nets->at.bag, &number, sizeof number);
	if (!r->nets->neurons)
		put(r->common, r->nets->at.N, &N, sizeof N);
}

/* Records are filled in the writer's own memory, up to `most` of them at a time. */
struct batch {
	size_t most;
	uint8_t *at;
	size_t room, filled;
};

/* Few where networks take long: then they arrive while the next are made. */
static struct batch
batch_of(const struct run *r, const struct ensemble *e)
{
	return (struct batch){ .most = r->o->train_operand || e->depth > 1 ? LANES : 64 * LANES };
}

static enum rn_status
flush(struct run *r, struct batch *b)
{
	enum rn_status st = b->at ? rn_writer_commit(r->out, b->filled, r->err) : RN_OK;

	*b = (struct batch){ .most = b->most };
	return st;
}

/* The next record, in which what is common to the bag stands already; NULL on failure. */
static uint8_t *
next_record(struct run *r, struct batch *b)
{
	uint8_t *record;

	if (b->filled == b->room) {
		if (flush(r, b) != RN_OK)
			return NULL;
		b->room = b->most;
		b->at = rn_writer_reserve(r->out, &b->room, r->err);
		if (!b->at)
			return NULL;
	}
	record = b->at + b->filled++ * r->bytes;
	memcpy(record, r->common, r->bytes);
	return record;
}

static const char *
without_f32(const struct run *r)
{
	return r->nets->type == RN_F64 ? "" : ", or leave out --f32";
}

static enum rn_status
fail_size(const struct run *r, const struct ensemble *e, uint64_t bag, uint64_t net)
{
	return rn_fail(r->err, RN_ENUMERIC,
		"N %zu, sigma_w %g, sigma_b %g: network %" PRIu64 " of bag %" PRIu64
		" has a value that %s cannot hold; choose smaller sigmas%s",
		e->N, e->sigma_w, e->sigma_b, net, bag, rn_type_name(r->nets->type), without_f32(r));
}

/* --- networks ---------------------------------------------------------------- */

static enum rn_status
write_bag(struct run *r, struct networks *n, uint64_t bag)
{
	const struct ensemble *e = n->e;
	struct batch b = batch_of(r, e);

	n->key = networks_key(e, r->o->common.seed, bag);
	put_labels(r, e, bag);
	for (uint64_t net = 0; net < r->o->nets; net++) {
		const size_t lane = net % LANES;
		uint8_t *record;
		bool finite;

		if (lane == 0) {
			networks_block(n, net / LANES);
			rn_progress_add(r->progress, r->o->nets - net < LANES ? r->o->nets - net : LANES);
		}
		if (!(record = next_record(r, &b)))
			return r->err->status;
		put(record, r->nets->at.net, &net, sizeof net);
		finite = put_values(r, record, r->nets->at.f, n->f, e->P * e->dout, lane);
		if (e->cov)
			finite &= put_values(r, record, r->nets->at.cov, n->cov, rn_nets_pairs(e->P), lane);
		if (!finite)
			return fail_size(r, e, bag, net);
	}
	return flush(r, &b);
}

static enum rn_status
write_networks(struct run *r, const struct ensemble *e)
{
	struct networks n;
	enum rn_status st = RN_OK;

	if (!networks_init(&n, e)) {
		networks_clear(&n);
		return rn_fail(r->err, RN_ENOMEM,
			"out of memory: 16 networks of width %zu; choose a smaller one", e->N);
	}
	for (uint64_t bag = 0; st == RN_OK && bag < r->o->bags; bag++)
		st = write_bag(r, &n, r->o->first_bag + bag);
	networks_clear(&n);
	return st;
}

/* --- training ---------------------------------------------------------------- */

/* The outputs of 16 networks at all steps, before they are written network by network. */
static void
descend(const struct options *o, struct descent *d, lanes at_step[])
{
	const size_t values = o->points.n * o->dout;

	for (size_t s = 0; s < o->steps; s++) {
		descent_run(d, o->step[s]);
		memcpy(at_step + s * values, d->f, values * sizeof *at_step);
	}
}

/* One network at all steps. */
static enum rn_status
write_steps(struct run *r, struct batch *b, const struct ensemble *e, const lanes at_step[], uint64_t bag,
	uint64_t net)
{
	const struct options *o = r->o;
	const size_t values = e->P * e->dout;

	for (size_t s = 0; s < o->steps; s++) {
		uint8_t *record = next_record(r, b);

		if (!record)
			return r->err->status;
		put(record, r->nets->at.net, &net, sizeof net);
		put(record, r->nets->at.step, &o->step[s], sizeof o->step[s]);
		if (!put_values(r, record, r->nets->at.f, at_step + s * values, values, net % LANES))
			return rn_fail(r->err, RN_ENUMERIC,
				"N %zu, sigma_w %g, sigma_b %g: network %" PRIu64 " of bag %" PRIu64
				" has diverged at step %" PRIu64 "; choose a smaller --lr",
				e->N, e->sigma_w, e->sigma_b, net, bag, o->step[s]);
	}
	return RN_OK;
}

static enum rn_status
write_trained_bag(struct run *r, struct descent *d, const struct ensemble *e, lanes at_step[], uint64_t bag)
{
	const struct options *o = r->o;
	const struct rn_random_key key = networks_key(e, o->common.seed, bag);
	struct batch b = batch_of(r, e);
	enum rn_status st = RN_OK;

	put_labels(r, e, bag);
	for (uint64_t net = 0; st == RN_OK && net < o->nets; net++) {
		if (net % LANES == 0) {
			descent_begin(d, &key, net / LANES);
			descend(o, d, at_step);
		}
		st = write_steps(r, &b, e, at_step, bag, net);
		rn_progress_add(r->progress, 1);
	}
	return st == RN_OK ? flush(r, &b) : st;
}

static enum rn_status
write_trained(struct run *r, const struct ensemble *e)
{
	const struct options *o = r->o;
	const struct data data = { .n = o->train.n, .x = o->train_x, .y = o->train_y };
	lanes *at_step = calloc(o->steps * e->P * e->dout, sizeof *at_step);
	struct descent d;
	enum rn_status st;

	if (!at_step)
		return rn_fail_memory(r->err, "networks to train");
	st = descent_init(&d, e, &data, o->all, o->eta, r->err);
	for (uint64_t bag = 0; st == RN_OK && bag < o->bags; bag++)
		st = write_trained_bag(r, &d, e, at_step, o->first_bag + bag);
	descent_clear(&d);
	free(at_step);
	return st;
}

/* --- neurons ----------------------------------------------------------------- */

static enum rn_status
fail_neuron(const struct run *r, const struct neurons *n, uint64_t bag, uint64_t neuron)
{
	return rn_fail(r->err, RN_ENUMERIC,
		"sigma_w %g, sigma_b %g, tilt %u: neuron %" PRIu64 " of bag %" PRIu64
		" has a g(x) that %s cannot hold; choose smaller sigmas or a lower --tilt%s",
		n->e->sigma_w, n->e->sigma_b, n->tilt, neuron, bag, rn_type_name(r->nets->type),
		without_f32(r));
}

static enum rn_status
write_neurons_of_bag(struct run *r, struct neurons *n, double g[], lanes column[], uint64_t bag)
{
	const struct ensemble *e = n->e;
	struct batch b = batch_of(r, e);

	n->key = neurons_key(n, r->o->common.seed, bag);
	put_labels(r, e, bag);
	put(r->common, r->nets->at.tilt, &n->tilt, sizeof n->tilt);
	for (uint64_t i = 0; i < r->o->nets; i++) {
		const double logw = neurons_draw(n, i, g);
		uint8_t *record = next_record(r, &b);

		if (!record)
			return r->err->status;
		for (size_t k = 0; k < e->P; k++)
			column[k][0] = g[k];
		put(record, r->nets->at.neuron, &i, sizeof i);
		put(record, r->nets->at.logw, &logw, sizeof logw);
		if (!put_values(r, record, r->nets->at.g, column, e->P, 0) || !isfinite(logw))
			return fail_neuron(r, n, bag, i);
		rn_progress_add(r->progress, 1);
	}
	return flush(r, &b);
}

static enum rn_status
write_neurons(struct run *r, const struct ensemble *e, uint32_t tilt)
{
	double *g = calloc(e->P, sizeof *g);
	lanes *column = calloc(e->P, sizeof *column);
	struct neurons n;
	enum rn_status st;

	if (!g || !column) {
		free(g);
		free(column);
		return rn_fail_memory(r->err, "neurons");
	}
	st = neurons_init(&n, e, tilt, r->err);
	for (uint64_t bag = 0; st == RN_OK && bag < r->o->bags; bag++)
		st = write_neurons_of_bag(r, &n, g, column, r->o->first_bag + bag);
	neurons_clear(&n);
	free(g);
	free(column);
	return st;
}

/* --- all of it --------------------------------------------------------------- */

static enum rn_status
write_ensemble(struct run *r, struct ensemble *e, size_t member)
{
	enum rn_status st = ensemble_prepare(e, r->err);

	if (st == RN_OK && r->o->neurons)
		st = write_neurons(r, e, (uint32_t)r->o->tilt[member]);
	else if (st == RN_OK && r->o->train_operand)
		st = write_trained(r, e);
	else if (st == RN_OK)
		st = write_networks(r, e);
	ensemble_clear(e);
	return st;
}

enum rn_status
sweep(const struct options *o, const struct rn_nets *nets, size_t bytes, struct rn_writer *out,
	struct rn_progress *progress, struct rn_error *err)
{
	const size_t members = o->neurons ? o->tilts : o->widths;
	struct run r = { .o = o, .nets = nets, .out = out, .progress = progress, .bytes = bytes, .err = err };
	enum rn_status st = RN_OK;

	r.common = calloc(1, bytes);
	if (!r.common)
		return rn_fail_memory(err, "record");
	for (size_t b = 0; b < o->sigma_bs; b++)
		for (size_t w = 0; w < o->sigma_ws; w++)
			for (size_t m = 0; st == RN_OK && m < members; m++) {
				struct ensemble e = ensemble_of(o, o->sigma_w[w], o->sigma_b[b],
					o->neurons ? 1 : o->width[m]);

				st = write_ensemble(&r, &e, m);
			}
	free(r.common);
	return st;
}

/* Half of the units of one of the laws would not fit. */
static enum rn_status
check_size(const struct options *o, const struct neurons *n, struct rn_error *err)
{
	const double largest = neurons_largest(n), most = log(o->f32 ? FLT_MAX : DBL_MAX);

	if (largest <= most)
		return RN_OK;
	return rn_fail(err, RN_EUSAGE,
		"sigma_w %g, sigma_b %g, tilt %u: g(x) at these points would be as large as e^%.0f, "
		"and %s ends at e^%.0f; choose smaller sigmas, points closer to 0 or a lower --tilt%s",
		n->e->sigma_w, n->e->sigma_b, n->tilt, largest, rn_type_name(o->f32 ? RN_F32 : RN_F64), most,
		o->f32 ? ", or leave out --f32" : "");
}

static enum rn_status
check_tilts(const struct options *o, const struct ensemble *e, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	for (size_t t = 0; o->neurons && st == RN_OK && t < o->tilts; t++) {
		struct neurons n;

		st = neurons_init(&n, e, (uint32_t)o->tilt[t], err);
		if (st == RN_OK) {
			st = check_size(o, &n, err);
			neurons_clear(&n);
		}
	}
	return st;
}

enum rn_status
sweep_check(const struct options *o, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	for (size_t b = 0; b < o->sigma_bs; b++)
		for (size_t w = 0; st == RN_OK && w < o->sigma_ws; w++) {
			struct ensemble e = ensemble_of(o, o->sigma_w[w], o->sigma_b[b], 1);

			st = ensemble_prepare(&e, err);
			if (st == RN_OK)
				st = check_tilts(o, &e, err);
			ensemble_clear(&e);
		}
	return st;
}
