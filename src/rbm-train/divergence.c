/* Losses over the table of all visible states; a gradient is one matrix product over it. */
#include "divergence.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "states.h"

/* Rows of data turned into states at a time. */
#define ROWS 256

struct divergence_room {
	struct states x;
	double *ln_q, *ln_p; /* `states` */
	double *weight;	     /* `states`: w(v) of the gradient */
	double *units; /* (low + 1) x block: the low units of each state of a block, and a row of ones */
	double *mean;  /* (nh + 1) x block: w(v) E[h|v], and w(v) itself */
	double *part;  /* (low + 1) x (nh + 1): sums over a block */
	double *sum;   /* (nv + 1) x (nh + 1): sums over all states */
};

static void
room_destroy(struct divergence_room *m)
{
	if (!m)
		return;
	states_clear(&m->x);
	free(m->ln_q);
	free(m->ln_p);
	free(m->weight);
	free(m->units);
	free(m->mean);
	free(m->part);
	free(m->sum);
	free(m);
}

static void
fill_units(struct divergence_room *m)
{
	const struct states *x = &m->x;

	for (size_t k = 0; k < x->block; k++) {
		for (size_t i = 0; i < x->low; i++)
			m->units[i * x->block + k] = states_unit(x, k, i);
		m->units[x->low * x->block + k] = 1;
	}
}

static struct divergence_room *
room_create(const struct rn_rbm *r, size_t states)
{
	struct divergence_room *m = calloc(1, sizeof *m);
	size_t block, low;

	if (!m || states_create(&m->x, r, true, NULL) != RN_OK) {
		free(m);
		return NULL;
	}
	block = m->x.block;
	low = m->x.low;
	m->ln_q = calloc(states, sizeof *m->ln_q);
	m->ln_p = calloc(states, sizeof *m->ln_p);
	m->weight = calloc(states, sizeof *m->weight);
	m->units = calloc((low + 1) * block, sizeof *m->units);
	m->mean = calloc((r->nh + 1) * block, sizeof *m->mean);
	m->part = calloc((low + 1) * (r->nh + 1), sizeof *m->part);
	m->sum = calloc((r->nv + 1) * (r->nh + 1), sizeof *m->sum);
	if (!m->ln_q || !m->ln_p || !m->weight || !m->units || !m->mean || !m->part || !m->sum) {
		room_destroy(m);
		return NULL;
	}
	fill_units(m);
	return m;
}

static enum rn_status
check_units(const struct rn_rbm *r, struct rn_error *err)
{
	if (r->visible != RN_UNITS_GAUSSIAN && r->nv <= DIVERGENCE_UNITS)
		return RN_OK;
	return rn_fail(err, RN_EDATA, "%zu %s visible units: exact losses are for up to %d binary ones",
		r->nv, rn_units_name(r->visible), DIVERGENCE_UNITS);
}

static enum rn_status
create(struct divergence *x, const struct rn_rbm *r, enum divergence_loss loss, struct rn_error *err)
{
	*x = (struct divergence){ .loss = loss, .nv = r->nv, .nh = r->nh };
	if (check_units(r, err) != RN_OK)
		return RN_EDATA;
	x->states = (size_t)1 << r->nv;
	x->q = calloc(x->states, sizeof *x->q);
	x->p = calloc(x->states, sizeof *x->p);
	x->room = room_create(r, x->states);
	if (x->q && x->p && x->room)
		return RN_OK;
	divergence_clear(x);
	rn_fail_memory(err, "states");
	return RN_ENOMEM;
}

void
divergence_clear(struct divergence *x)
{
	room_destroy(x->room);
	free(x->q);
	free(x->p);
	*x = (struct divergence){ 0 };
}

/* Normalises q, smooths it, and looks whether the loss is finite. */
static enum rn_status
finish_q(struct divergence *x, double eps, struct rn_error *err)
{
	double sum = 0;
	size_t missing = 0;

	if (!(eps >= 0 && eps <= 1))
		return rn_fail(err, RN_EDATA, "smoothing by %g: it is a part of 1, from 0 to 1", eps);
	for (size_t s = 0; s < x->states; s++)
		sum += x->q[s];
	if (!(sum > 0 && isfinite(sum)))
		return rn_fail(err, RN_EDATA, "the weights of the data add up to %g", sum);
	for (size_t s = 0; s < x->states; s++) {
		x->q[s] = (1 - eps) * (x->q[s] / sum) + eps / (double)x->states;
		x->room->ln_q[s] = log(x->q[s]);
		missing += x->q[s] == 0;
	}
	if (x->loss == LOSS_REVERSE_KL && missing > 0)
		return rn_fail(err, RN_EDATA,
			"the reverse KL divergence is infinite: %zu of %zu states are not in the data, and "
			"every "
			"machine has them; smooth the data (--smooth 1e-3)",
			missing, x->states);
	return RN_OK;
}

enum rn_status
divergence_create(struct divergence *x, const struct rn_rbm *r, enum divergence_loss loss, double eps,
	const double q[], struct rn_error *err)
{
	enum rn_status st = create(x, r, loss, err);

	if (st != RN_OK)
		return st;
	for (size_t s = 0; s < x->states; s++)
		x->q[s] = q[s];
	st = finish_q(x, eps, err);
	if (st != RN_OK)
		divergence_clear(x);
	return st;
}

/* False: a value that is no state of a binary unit. */
static bool
state_of(const float v[], size_t nv, float low, float high, size_t *state)
{
	*state = 0;
	for (size_t i = 0; i < nv; i++) {
		if (v[i] != low && v[i] != high)
			return false;
		*state |= (size_t)(v[i] == high) << i;
	}
	return true;
}

/* Adds up the weights of the rows in q. */
static enum rn_status
count_rows(const struct rn_rbm *r, const struct rn_dataset *d, const uint64_t index[], size_t n, double q[],
	struct rn_error *err)
{
	float v[ROWS * DIVERGENCE_UNITS], low, high;

	rn_units_range(r->visible, &low, &high);
	for (size_t first = 0; first < n; first += ROWS) {
		const size_t rows = n - first < ROWS ? n - first : ROWS;

		rn_dataset_rows(d, index + first, rows, low, high, v);
		for (size_t k = 0; k < rows; k++) {
			const uint64_t record = index[first + k];
			size_t state;

			if (!state_of(v + k * r->nv, r->nv, low, high, &state)) {
				rn_fail(err, RN_EDATA,
					"exact losses need values that are one of two: bits, or u8 of 0 and "
					"255");
				return rn_dataset_locate(d, record, err);
			}
			q[state] += d->weight ? d->weight[record] : 1;
		}
	}
	return RN_OK;
}

double *
divergence_count(const struct rn_rbm *r, const struct rn_dataset *d, const uint64_t index[], size_t n,
	struct rn_error *err)
{
	double *q;

	if (check_units(r, err) != RN_OK)
		return NULL;
	q = calloc((size_t)1 << r->nv, sizeof *q);
	if (!q) {
		rn_fail_memory(err, "states");
		return NULL;
	}
	if (count_rows(r, d, index, n, q, err) == RN_OK)
		return q;
	free(q);
	return NULL;
}

/* ln p and p of all states. */
static void
fill_p(struct divergence *x)
{
	struct divergence_room *m = x->room;
	struct log_sum sum = { -INFINITY, 0 };
	double lnz;

	for (size_t b = 0; b < m->x.blocks; b++)
		states_block(&m->x, b, m->ln_p + b * m->x.block, m->mean);
	log_sum_add(&sum, m->ln_p, x->states);
	lnz = log_sum_value(&sum);
	for (size_t s = 0; s < x->states; s++) {
		m->ln_p[s] -= lnz;
		x->p[s] = exp(m->ln_p[s]);
	}
}

static double
kl(const struct divergence *x, double weight[])
{
	double sum = 0;

	for (size_t s = 0; s < x->states; s++) {
		if (x->q[s] > 0)
			sum += x->q[s] * (x->room->ln_q[s] - x->room->ln_p[s]);
		weight[s] = x->p[s] - x->q[s];
	}
	return sum;
}

/* weight[] holds c(v) and becomes p (c - <c>_p). */
static void
centre(const struct divergence *x, double weight[], double mean)
{
	for (size_t s = 0; s < x->states; s++)
		weight[s] = x->p[s] * (weight[s] - mean);
}

static double
reverse_kl(const struct divergence *x, double weight[])
{
	double sum = 0;

	for (size_t s = 0; s < x->states; s++) {
		weight[s] = x->room->ln_p[s] - x->room->ln_q[s];
		sum += x->p[s] * weight[s];
	}
	centre(x, weight, sum);
	return sum;
}

/* Where p is too small for a double, p c is 0 as in the limit. */
static double
jensen_shannon(const struct divergence *x, double weight[])
{
	double of_p = 0, of_q = 0;

	for (size_t s = 0; s < x->states; s++) {
		const double ln_m = log((x->p[s] + x->q[s]) / 2);

		weight[s] = x->p[s] > 0 ? (x->room->ln_p[s] - ln_m) / 2 : 0;
		of_p += x->p[s] * weight[s];
		if (x->q[s] > 0)
			of_q += x->q[s] * (x->room->ln_q[s] - ln_m) / 2;
	}
	centre(x, weight, of_p);
	return of_p + of_q;
}

/* Multiplies E[h|v] of block b by w(v), and adds the row of w(v) itself. */
static void
weigh(struct divergence_room *m, size_t b)
{
	const size_t n = m->x.block;
	const double *weight = m->weight + b * n;

	for (size_t a = 0; a < m->x.m; a++)
		for (size_t k = 0; k < n; k++)
			m->mean[a * n + k] *= weight[k];
	for (size_t k = 0; k < n; k++)
		m->mean[m->x.m * n + k] = weight[k];
}

/* The units of the high bits are the same in all states of a block: their sums are those of the row of ones. */
static void
add_part(struct divergence_room *m, size_t b)
{
	const size_t columns = m->x.m + 1, n = m->x.n, low = m->x.low;
	const double *ones = m->part + low * columns;

	for (size_t j = 0; j < low * columns; j++)
		m->sum[j] += m->part[j];
	for (size_t i = low; i < n; i++)
		for (size_t a = 0; a < columns; a++)
			m->sum[i * columns + a] += states_unit(&m->x, b, i - low) * ones[a];
	for (size_t a = 0; a < columns; a++)
		m->sum[n * columns + a] += ones[a];
}

/* sum[i][a] = sum_v w v_i E[h_a|v], with v_nv = 1 and h_nh = 1. The means of a single block are still there. */
static void
sum_states(struct divergence_room *m)
{
	const int columns = (int)m->x.m + 1, rows = (int)m->x.low + 1, n = (int)m->x.block;

	for (size_t j = 0; j < (m->x.n + 1) * (m->x.m + 1); j++)
		m->sum[j] = 0;
	for (size_t b = 0; b < m->x.blocks; b++) {
		if (m->x.blocks > 1)
			states_block(&m->x, b, m->ln_p + b * m->x.block, m->mean);
		weigh(m, b);
		cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, n, 1, m->units, n,
			m->mean, n, 0, m->part, columns);
		add_part(m, b);
	}
}

static void
put_gradient(const struct divergence *x, float gradient[])
{
	const size_t nv = x->nv, nh = x->nh;
	const double *sum = x->room->sum;

	for (size_t i = 0; i < nv; i++) {
		for (size_t a = 0; a < nh; a++)
			gradient[i * nh + a] = (float)sum[i * (nh + 1) + a];
		gradient[nv * nh + i] = (float)sum[i * (nh + 1) + nh];
	}
	for (size_t a = 0; a < nh; a++)
		gradient[nv * nh + nv + a] = (float)sum[nv * (nh + 1) + a];
}

double
divergence_loss(struct divergence *x, const struct rn_rbm *r, float gradient[])
{
	struct divergence_room *m = x->room;
	double loss = NAN;

	states_set(&m->x, r, true);
	fill_p(x);
	switch (x->loss) {
	case LOSS_KL: loss = kl(x, m->weight); break;
	case LOSS_REVERSE_KL: loss = reverse_kl(x, m->weight); break;
	case LOSS_JS: loss = jensen_shannon(x, m->weight); break;
	}
	if (gradient) {
		sum_states(m);
		put_gradient(x, gradient);
	}
	return loss;
}
