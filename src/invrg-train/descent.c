#include "descent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "symmetry.h"

/* What random numbers are for: each has a key of its own. */
enum purpose { PURPOSE_INIT, PURPOSE_SPLIT, PURPOSE_ORDER };

static struct rn_random_key
purpose_key(const struct descent *d, enum purpose purpose)
{
	const double label = purpose;
	const size_t extents[2] = { d->train.fine, d->train.coarse };

	return rn_random_key(d->o->common.seed, "invrg-train", &label, 1, extents, 2);
}

/* --- pairs ------------------------------------------------------------------------- */

static void
to_floats(enum rn_type type, const uint8_t *x, size_t n, float out[])
{
	if (type == RN_F32) {
		memcpy(out, x, n * sizeof *out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		double value;

		memcpy(&value, x + i * sizeof value, sizeof value);
		out[i] = (float)value;
	}
}

static void
add_pair(struct set *s, enum rn_type type, const uint8_t *fine, const uint8_t *coarse)
{
	const size_t size = s->fine + s->coarse;

	if (s->n == s->room) {
		s->room = s->room ? s->room + s->room / 2 : 64;
		s->pair = reallocarray(s->pair, s->room, size * sizeof *s->pair);
		if (!s->pair)
			rn_die(RN_ENOMEM, "out of memory (%zu pairs)", s->room);
	}
	to_floats(type, fine, s->fine, s->pair + s->n * size);
	to_floats(type, coarse, s->coarse, s->pair + s->n * size + s->fine);
	s->n++;
}

static const float *
fine_of(const struct set *s, uint64_t i)
{
	return s->pair + i * (s->fine + s->coarse);
}

static const float *
coarse_of(const struct set *s, uint64_t i)
{
	return fine_of(s, i) + s->fine;
}

static void
read_set(struct set *s, struct pairs *p)
{
	const uint8_t *fine, *coarse;

	*s = (struct set){ .fine = p->fine.sites, .coarse = p->coarse.sites };
	while (pairs_next(p, &fine, &coarse))
		add_pair(s, p->type, fine, coarse);
	if (s->n == 0)
		rn_die(RN_EDATA, "there are no records to learn from");
}

static void
read_test(struct descent *d, const struct pairs *train)
{
	char *files[] = { (char *)d->o->training.test };
	struct rn_error err;
	struct rn_reader *in = rn_ptr_or_die(rn_reader_open(files, 1, NULL, &err), &err);
	struct pairs p;

	pairs_open(&p, in, train->step);
	if (p.spins || p.fine.dim != train->fine.dim || p.fine.rows != train->fine.rows ||
		p.fine.cols != train->fine.cols || p.b != train->b)
		rn_die(RN_EDATA, "--test: %s: its pairs are of other lattices than those of the training set",
			d->o->training.test);
	read_set(&d->test, &p);
	pairs_close(&p);
	rn_reader_close(in);
}

static void
split(struct descent *d)
{
	const struct rn_training *t = &d->o->training;
	const struct rn_random_key key = purpose_key(d, PURPOSE_SPLIT);
	struct rn_error err;

	d->index = rn_alloc_or_die(d->train.n, sizeof *d->index);
	d->order = rn_alloc_or_die(d->train.n, sizeof *d->order);
	rn_or_die(rn_training_split(t->test ? 0 : t->holdout, &key, d->train.n, NULL, 0, d->index, &d->n,
			  &err),
		&err);
	d->test_index = d->index + d->n;
	d->test_n = d->train.n - d->n;
	if (!t->test)
		return;
	d->test_n = d->test.n;
	d->test_index = rn_alloc_or_die(d->test_n, sizeof *d->test_index);
	for (size_t i = 0; i < d->test_n; i++)
		d->test_index[i] = i;
}

bool
descent_has_test(const struct descent *d)
{
	return d->test_n > 0;
}

/* --- the map -------------------------------------------------------------------------- */

static void
symmetrise(const struct descent *d, float x[])
{
	const struct rn_invrg *m = &d->m;
	const size_t kernels = m->map == RN_INVRG_NET ? m->maps : 1;

	if (!m->symmetric)
		return;
	for (size_t k = 0; k < kernels; k++)
		symmetry_average(m->dim == 1 ? 1 : m->K, m->K, x + k * m->entries);
	for (size_t k = 0; m->map == RN_INVRG_NET && k < kernels; k++)
		symmetry_average(m->dim == 1 ? 1 : m->mix, m->mix,
			x + kernels * m->entries + k * m->mix_entries);
}

/* Of inputs of order 1: z of order 1, and so the output. A linear map starts from 0: its cost has one minimum. */
static void
start(struct descent *d)
{
	const struct rn_random_key key = purpose_key(d, PURPOSE_INIT);
	const struct rn_invrg *m = &d->m;
	struct rn_random random = rn_random_at(&key, 0);
	const double taps = (double)m->entries / (double)m->sites;
	const size_t kernels = m->maps * m->entries;

	for (size_t i = 0; m->map == RN_INVRG_NET && i < d->parameters; i++)
		d->theta[i] = (float)(rn_random_normal(&random) /
			sqrt(i < kernels ? taps : (double)(m->maps * m->mix_entries)));
	symmetrise(d, d->theta);
}

static void
make_map(struct descent *d, const struct pairs *p)
{
	const struct rn_optimiser_options options = rn_training_optimiser(&d->o->training);
	const struct options *o = d->o;
	struct rn_error err;

	rn_or_die(o->maps ? rn_invrg_create_net(&d->m, p->coarse.dim, p->b, o->K, o->maps, o->activation,
				    o->mix, &err)
			  : rn_invrg_create_linear(&d->m, p->coarse.dim, p->b, o->K, &err),
		&err);
	d->m.symmetric = o->symmetry == 1;
	rn_or_die(gradient_create(&d->gradient, &d->m, &p->coarse, &err), &err);
	d->parameters = d->gradient.parameters;
	d->theta = rn_alloc_or_die(d->parameters, sizeof *d->theta);
	d->derivative = rn_alloc_or_die(d->parameters, sizeof *d->derivative);
	d->best.n = d->parameters;
	if (descent_has_test(d))
		d->best.theta = rn_alloc_or_die(d->parameters, sizeof *d->best.theta);
	rn_or_die(rn_optimiser_create(&d->optimiser, &options, d->parameters, &err), &err);
	start(d);
}

/* The closed form of a linear map is computed beside it, from the same pairs. */
static void
solve_linear(struct descent *d, const struct pairs *p)
{
	struct rn_error err;

	rn_or_die(squares_create(&d->squares, &p->coarse, p->b, d->o->K, d->m.symmetric, &err), &err);
	for (size_t i = 0; i < d->n; i++)
		rn_or_die(squares_add(&d->squares, RN_F32, fine_of(&d->train, d->index[i]),
				  coarse_of(&d->train, d->index[i]), &err),
			&err);
	rn_or_die(squares_solve(&d->squares, &d->m, &err), &err);
}

void
descent_create(struct descent *d, const struct options *o, struct pairs *p)
{
	struct rn_error err;

	*d = (struct descent){ .o = o, .best = { .cost = INFINITY } };
	if (o->training.test)
		read_test(d, p);
	read_set(&d->train, p);
	split(d);
	d->order_key = purpose_key(d, PURPOSE_ORDER);
	d->batch = rn_training_batch(&o->training, d->n);
	make_map(d, p);
	rn_or_die(labels_text(&p->labels, &d->m.trained, &err), &err);
	if (!o->maps)
		solve_linear(d, p);
}

void
descent_clear(struct descent *d)
{
	if (d->o->training.test)
		free(d->test_index);
	free(d->train.pair);
	free(d->test.pair);
	free(d->index);
	free(d->order);
	free(d->theta);
	free(d->derivative);
	free(d->best.theta);
	rn_optimiser_clear(&d->optimiser);
	gradient_clear(&d->gradient);
	squares_clear(&d->squares);
	rn_invrg_clear(&d->m);
}

/* --- an epoch --------------------------------------------------------------------------- */

static void
update(struct descent *d, double rate)
{
	const struct rn_training *t = &d->o->training;

	for (size_t i = 0; i < d->parameters; i++)
		d->derivative[i] = (float)d->gradient.sum[i];
	symmetrise(d, d->derivative);
	rn_optimiser_begin(&d->optimiser, rate);
	rn_optimiser_block(&d->optimiser, 0, d->parameters, t->l1_w, t->l2_w, d->theta, d->derivative);
}

double
descent_epoch(struct descent *d, struct rn_progress *progress)
{
	const double rate = rn_training_rate(&d->o->training, d->epoch);
	const double sites = (double)d->train.fine;
	double sum = 0;

	rn_training_order(&d->o->training, &d->order_key, d->epoch, d->index, d->n, d->order);
	for (size_t i = 0; i < d->n; i += d->batch) {
		const size_t n = d->n - i < d->batch ? d->n - i : d->batch;

		gradient_begin(&d->gradient, d->theta);
		for (size_t k = i; k < i + n; k++)
			sum += gradient_add(&d->gradient, coarse_of(&d->train, d->order[k]),
				fine_of(&d->train, d->order[k]), 1 / (sites * (double)n));
		update(d, rate);
		rn_progress_add(progress, n);
	}
	d->epoch++;
	return rn_training_is_sane(d->theta, d->parameters) ? sum / sites / (double)d->n : NAN;
}

double
descent_test(struct descent *d)
{
	const struct set *s = d->o->training.test ? &d->test : &d->train;
	double sum = 0;

	gradient_begin(&d->gradient, d->theta);
	for (size_t i = 0; i < d->test_n; i++)
		sum += gradient_miss(&d->gradient, coarse_of(s, d->test_index[i]),
			fine_of(s, d->test_index[i]));
	return sum / (double)s->fine / (double)d->test_n;
}

/* --- the end ------------------------------------------------------------------------------ */

/* Second moments, in a block, of what a net misses: of pairs it has not learned from, where there are such. */
static void
judge_net(struct descent *d)
{
	struct rn_invrg *m = &d->m;
	const size_t n = m->sites * m->sites;
	const bool fresh = descent_has_test(d);
	const struct set *s = fresh && d->o->training.test ? &d->test : &d->train;
	const uint64_t *index = fresh ? d->test_index : d->index;
	const size_t pairs = fresh ? d->test_n : d->n;
	const double scale = 1 / ((double)s->coarse * (double)pairs);
	double *Y = rn_alloc_or_die(n, sizeof *Y);

	memcpy(m->theta, d->theta, d->parameters * sizeof *m->theta);
	memset(m->noise, 0, n * sizeof *m->noise);
	gradient_begin(&d->gradient, d->theta);
	for (size_t i = 0; i < pairs; i++) {
		gradient_miss(&d->gradient, coarse_of(s, index[i]), fine_of(s, index[i]));
		correlate_take_y(&d->gradient.of_tc, RN_F32, d->gradient.g);
		correlate_block(&d->gradient.of_tc, Y);
		for (size_t k = 0; k < n; k++)
			m->noise[k] += scale * Y[k];
	}
	m->fit.mse = 0;
	for (size_t q = 0; q < m->sites; q++)
		m->fit.mse += m->noise[q * m->sites + q] / (double)m->sites;
	free(Y);
}

void
descent_judge(struct descent *d)
{
	struct rn_error err;

	if (d->m.map == RN_INVRG_NET) {
		judge_net(d);
		return;
	}
	for (size_t i = 0; i < d->parameters; i++)
		d->m.kernel[i] = (double)d->theta[i];
	rn_or_die(squares_judge(&d->squares, &d->m, &err), &err);
}
