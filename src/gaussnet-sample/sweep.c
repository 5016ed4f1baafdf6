/* The records of a run. */
#include "sweep.h"

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

static void
flush(struct run *r, struct batch *b)
{
	struct rn_error err;

	if (b->at)
		rn_or_die(rn_writer_commit(r->out, b->filled, &err), &err);
	*b = (struct batch){ .most = b->most };
}

/* The next record, in which what is common to the bag stands already. */
static uint8_t *
next_record(struct run *r, struct batch *b)
{
	struct rn_error err;
	uint8_t *record;

	if (b->filled == b->room) {
		flush(r, b);
		b->room = b->most;
		b->at = rn_ptr_or_die(rn_writer_reserve(r->out, &b->room, &err), &err);
	}
	record = b->at + b->filled++ * r->bytes;
	memcpy(record, r->common, r->bytes);
	return record;
}

static _Noreturn void
die_of_size(const struct run *r, const struct ensemble *e, uint64_t bag, uint64_t net)
{
	rn_die(RN_ENUMERIC,
		"N %zu, sigma_w %g, sigma_b %g: %s %" PRIu64 " of bag %" PRIu64
		" has a value that %s cannot hold; choose smaller sigmas%s",
		e->N, e->sigma_w, e->sigma_b, r->nets->neurons ? "neuron" : "network", net, bag,
		r->nets->type == RN_F64 ? "f64" : "f32",
		r->nets->type == RN_F64 ? "" : ", or leave out --f32");
}

/* --- networks ---------------------------------------------------------------- */

static void
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
		record = next_record(r, &b);
		put(record, r->nets->at.net, &net, sizeof net);
		finite = put_values(r, record, r->nets->at.f, n->f, e->P * e->dout, lane);
		if (e->cov)
			finite &= put_values(r, record, r->nets->at.cov, n->cov, rn_nets_pairs(e->P), lane);
		if (!finite)
			die_of_size(r, e, bag, net);
	}
	flush(r, &b);
}

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

static void
write_trained_bag(struct run *r, struct descent *d, const struct ensemble *e, lanes at_step[], uint64_t bag)
{
	const struct options *o = r->o;
	const struct rn_random_key key = networks_key(e, o->common.seed, bag);
	struct batch b = batch_of(r, e);

	put_labels(r, e, bag);
	for (uint64_t net = 0; net < o->nets; net++) {
		if (net % LANES == 0) {
			descent_begin(d, &key, net / LANES);
			descend(o, d, at_step);
		}
		for (size_t s = 0; s < o->steps; s++) {
			uint8_t *record = next_record(r, &b);

			put(record, r->nets->at.net, &net, sizeof net);
			put(record, r->nets->at.step, &o->step[s], sizeof o->step[s]);
			if (!put_values(r, record, r->nets->at.f, at_step + s * e->P * e->dout,
				    e->P * e->dout, net % LANES))
				rn_die(RN_ENUMERIC,
					"N %zu, sigma_w %g, sigma_b %g: network %" PRIu64 " of bag %" PRIu64
					" has diverged at step %" PRIu64 "; choose a smaller --lr",
					e->N, e->sigma_w, e->sigma_b, net, bag, o->step[s]);
		}
		rn_progress_add(r->progress, 1);
	}
	flush(r, &b);
}

static void
write_trained(struct run *r, const struct ensemble *e)
{
	const struct options *o = r->o;
	const struct data data = { .n = o->train.n, .x = o->train_x, .y = o->train_y };
	lanes *at_step = rn_alloc_or_die(o->steps * e->P * e->dout, sizeof *at_step);
	struct descent d;
	struct rn_error err;

	rn_or_die(descent_init(&d, e, &data, o->all, o->eta, &err), &err);
	for (uint64_t bag = 0; bag < o->bags; bag++)
		write_trained_bag(r, &d, e, at_step, o->first_bag + bag);
	descent_clear(&d);
	free(at_step);
}

static void
write_networks(struct run *r, const struct ensemble *e)
{
	struct networks n;

	if (!networks_init(&n, e))
		rn_die(RN_ENOMEM, "out of memory: 16 networks of width %zu; choose a smaller one", e->N);
	for (uint64_t bag = 0; bag < r->o->bags; bag++)
		write_bag(r, &n, r->o->first_bag + bag);
	networks_clear(&n);
}

/* --- neurons ----------------------------------------------------------------- */

static void
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

		for (size_t k = 0; k < e->P; k++)
			column[k][0] = g[k];
		put(record, r->nets->at.neuron, &i, sizeof i);
		put(record, r->nets->at.logw, &logw, sizeof logw);
		if (!put_values(r, record, r->nets->at.g, column, e->P, 0) || !isfinite(logw))
			die_of_size(r, e, bag, i);
		rn_progress_add(r->progress, 1);
	}
	flush(r, &b);
}

static void
write_neurons(struct run *r, const struct ensemble *e, uint32_t tilt)
{
	double *g = rn_alloc_or_die(e->P, sizeof *g);
	lanes *column = rn_alloc_or_die(e->P, sizeof *column);
	struct neurons n;
	struct rn_error err;

	rn_or_die(neurons_init(&n, e, tilt, &err), &err);
	for (uint64_t bag = 0; bag < r->o->bags; bag++)
		write_neurons_of_bag(r, &n, g, column, r->o->first_bag + bag);
	neurons_clear(&n);
	free(g);
	free(column);
}

/* --- all of it --------------------------------------------------------------- */

static void
write_ensemble(struct run *r, struct ensemble *e, size_t member)
{
	struct rn_error err;

	rn_or_die(ensemble_prepare(e, &err), &err);
	if (r->o->neurons)
		write_neurons(r, e, (uint32_t)r->o->tilt[member]);
	else if (r->o->train_operand)
		write_trained(r, e);
	else
		write_networks(r, e);
	ensemble_clear(e);
}

void
sweep(const struct options *o, const struct rn_nets *nets, size_t bytes, struct rn_writer *out,
	struct rn_progress *progress)
{
	const size_t members = o->neurons ? o->tilts : o->widths;
	struct run r = { .o = o, .nets = nets, .out = out, .progress = progress };

	r.bytes = bytes;
	r.common = rn_alloc_or_die(1, r.bytes);
	for (size_t b = 0; b < o->sigma_bs; b++)
		for (size_t w = 0; w < o->sigma_ws; w++)
			for (size_t m = 0; m < members; m++) {
				struct ensemble e = ensemble_of(o, o->sigma_w[w], o->sigma_b[b],
					o->neurons ? 1 : o->width[m]);

				write_ensemble(&r, &e, m);
			}
	free(r.common);
}

static void
check_tilts(const struct options *o, const struct ensemble *e)
{
	struct neurons n;
	struct rn_error err;

	for (size_t t = 0; o->neurons && t < o->tilts; t++) {
		rn_or_die(neurons_init(&n, e, (uint32_t)o->tilt[t], &err), &err);
		neurons_clear(&n);
	}
}

void
sweep_check(const struct options *o)
{
	struct rn_error err;

	for (size_t b = 0; b < o->sigma_bs; b++)
		for (size_t w = 0; w < o->sigma_ws; w++) {
			struct ensemble e = ensemble_of(o, o->sigma_w[w], o->sigma_b[b], 1);

			rn_or_die(ensemble_prepare(&e, &err), &err);
			check_tilts(o, &e);
			ensemble_clear(&e);
		}
}
