#include "monitor.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "ais.h"
#include "enumerate.h"
#include "purpose.h"
#include "renorm/stats.h"

#define ROOM 1000 /* rows at once, and training samples that are measured at least */
enum { COLUMNS_MAX = 24, LNZ_COLUMNS = 8 };

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
create_curve(struct monitor *m)
{
	static const char *const always[] = { "epoch", "tau", "reconstruction", "reconstruction_err",
		"test_reconstruction", "test_reconstruction_err", "free_energy_gap", "free_energy_gap_err",
		"w_norm", "b_norm", "c_norm" };
	static const char *const ais[] = { "lnZ", "lnZ_err", "ais_ess", "ais_steps", "loglik", "loglik_err",
		"test_loglik", "test_loglik_err" };
	const char *columns[COLUMNS_MAX];
	struct rn_error err;
	size_t n = 0;

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		columns[n++] = always[i];
	if (m->run->o->exact)
		columns[n++] = "loss";
	for (size_t i = 0; m->run->o->ais && i < sizeof ais / sizeof *ais; i++)
		columns[n++] = ais[i];
	rn_or_die(rn_curve_create(&m->curve, columns, n, &err), &err);
}

void
monitor_create(struct monitor *m, struct run *r)
{
	const struct rn_rbm *rbm = &r->rbm;
	const size_t words = rbm->nv * rn_units_words(rbm->visible);
	const size_t widest = words > rbm->nh ? words : rbm->nh;

	*m = (struct monitor){ .run = r, .on = r->o->training.log || r->best.theta };
	m->key = purpose_key(r->o->common.seed, PURPOSE_MONITOR, rbm);
	create_curve(m);
	m->probe_n = smaller(r->n, r->test_n > ROOM ? r->test_n : ROOM);
	m->probe = rn_alloc_or_die(m->probe_n, sizeof *m->probe);
	for (size_t i = 0; i < m->probe_n; i++)
		m->probe[i] = r->index[(size_t)((double)i * (double)r->n / (double)m->probe_n)];
	m->v = rn_alloc_or_die(2 * ROOM * rbm->nv, sizeof *m->v);
	m->h = rn_alloc_or_die(ROOM * rbm->nh, sizeof *m->h);
	m->z = rn_alloc_or_die(ROOM * rbm->nh, sizeof *m->z);
	m->words = rn_alloc_or_die((ROOM * widest + 3) / 4, 16);
	m->F = rn_alloc_or_die(ROOM, sizeof *m->F);
}

void
monitor_clear(struct monitor *m)
{
	rn_curve_clear(&m->curve);
	free(m->probe);
	free(m->v);
	free(m->h);
	free(m->z);
	free(m->words);
	free(m->F);
}

/* Over samples of a data set. */
struct means {
	struct rn_mean reconstruction, F;
};

static double
half_square_distance(const float x[], const float y[], size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		const double d = (double)(x[i] - y[i]);

		sum += d * d;
	}
	return sum / 2;
}

/* n <= ROOM samples. */
static void
measure_rows(struct monitor *m, const struct rn_dataset *d, const uint64_t index[], size_t n, uint64_t id,
	uint64_t *draw, struct means *s)
{
	const struct rn_rbm *r = &m->run->rbm;
	const size_t words = rn_units_words(r->visible);
	const size_t hidden = (n * r->nh + 3) / 4, visible = (n * r->nv * words + 3) / 4;
	float *v = m->v, *w = m->v + n * r->nv, low, high;

	rn_units_range(r->visible, &low, &high);
	rn_dataset_rows(d, index, n, low, high, v);
	rn_random_fill(&m->key, id, *draw, m->words, hidden);
	rn_rbm_hidden(r, v, n, (const uint32_t *)m->words, NULL, m->h);
	rn_random_fill(&m->key, id, *draw + hidden, m->words, visible);
	rn_rbm_visible(r, m->h, n, (const uint32_t *)m->words, NULL, w);
	*draw += hidden + visible;
	rn_rbm_free_energy(r, v, n, m->z, m->F);
	for (size_t i = 0; i < n; i++) {
		const double weight = d->weight ? d->weight[index[i]] : 1;

		rn_mean_add(&s->reconstruction, half_square_distance(v + i * r->nv, w + i * r->nv, r->nv),
			weight);
		rn_mean_add(&s->F, m->F[i], weight);
	}
}

static struct means
measure(struct monitor *m, const struct rn_dataset *d, const uint64_t index[], size_t n, bool test)
{
	struct means s = { 0 };
	uint64_t draw = 0;

	for (size_t i = 0; i < n; i += ROOM)
		measure_rows(m, d, index + i, smaller(n - i, ROOM), 2 * m->run->epoch + test, &draw, &s);
	return s;
}

static double
norm(const float x[], size_t n)
{
	return (double)cblas_snrm2((int)n, x, 1);
}

static void
estimate_lnz(const struct run *r, struct monitor_lnz *l)
{
	const struct rn_random_key key = purpose_key(r->o->common.seed, PURPOSE_AIS, &r->rbm);
	struct ais_options options = { .chains = r->o->ais, .steps = r->o->ais_steps };
	double *mean = rn_alloc_or_die(r->rbm.nv, sizeof *mean);
	struct ais_result result;
	struct rn_error err;

	rn_or_die(ais_means(&r->rbm, &r->train, r->index, r->n, mean, &err), &err);
	options.mean = mean;
	rn_or_die(ais_lnz(&r->rbm, &options, &key, &result, &err), &err);
	free(mean);
	l->lnz = result.lnz;
	l->error = result.error;
	l->ess = result.ess;
	l->steps = result.steps;
}

static const struct monitor_lnz *
measure_lnz(struct monitor *m)
{
	const struct run *r = m->run;
	const struct rn_dataset *test = run_test(r);
	struct monitor_lnz *l = &m->lnz;
	struct rn_error err;

	if (l->epoch == r->epoch && l->epoch > 0)
		return l;
	*l = (struct monitor_lnz){ .epoch = r->epoch, .ess = NAN };
	if (enumerate_has_lnz(&r->rbm))
		rn_or_die(enumerate_lnz(&r->rbm, &l->lnz, &err), &err);
	else
		estimate_lnz(r, l);
	rn_or_die(log_likelihood(&r->rbm, l->lnz, &r->train, r->index, r->n, &l->train, &err), &err);
	if (test)
		rn_or_die(log_likelihood(&r->rbm, l->lnz, test, r->test_index, r->test_n, &l->test, &err),
			&err);
	return l;
}

/* And its error, with that of what it is relative to; NaN for none at all. */
static size_t
put_mean(double row[2], const struct rn_mean *m, double error)
{
	row[0] = m->n ? m->mean : NAN;
	row[1] = hypot(rn_mean_error(m), error);
	return 2;
}

static void
put_lnz(double row[], const struct monitor_lnz *l)
{
	row[0] = l->lnz;
	row[1] = l->error;
	row[2] = l->ess;
	row[3] = l->epoch ? (double)l->steps : NAN;
	put_mean(row + 4, &l->train, l->error);
	put_mean(row + 6, &l->test, l->error);
}

double
monitor_epoch(struct monitor *m, bool lnz)
{
	static const struct monitor_lnz none = { .lnz = NAN, .error = NAN, .ess = NAN };
	struct run *r = m->run;
	const struct rn_rbm *rbm = &r->rbm;
	const struct rn_dataset *test_set = run_test(r);
	struct means train, test = { 0 };
	double row[COLUMNS_MAX];
	struct rn_error err;
	size_t n = 0;

	if (!m->on)
		return NAN;
	train = measure(m, &r->train, m->probe, m->probe_n, false);
	if (test_set)
		test = measure(m, test_set, r->test_index, r->test_n, true);
	row[n++] = (double)r->epoch;
	row[n++] = r->tau;
	n += put_mean(row + n, &train.reconstruction, 0);
	n += put_mean(row + n, &test.reconstruction, 0);
	row[n++] = test_set ? test.F.mean - train.F.mean : NAN;
	row[n++] = hypot(rn_mean_error(&test.F), rn_mean_error(&train.F));
	row[n++] = norm(rbm->W, rbm->nv * rbm->nh);
	row[n++] = norm(rbm->b, rbm->nv);
	row[n++] = norm(rbm->c, rbm->nh);
	if (r->o->exact)
		row[n++] = run_loss(r);
	if (r->o->ais)
		put_lnz(row + n, lnz ? measure_lnz(m) : &none);
	rn_or_die(rn_curve_add(&m->curve, row, &err), &err);
	return test_set ? test.reconstruction.mean : NAN;
}

const struct monitor_lnz *
monitor_last_lnz(struct monitor *m)
{
	const size_t columns = m->curve.schema->columns;
	const struct monitor_lnz *l = measure_lnz(m);

	for (size_t i = 0; i < m->curve.n; i++)
		if (m->curve.rows[i * columns] == (double)l->epoch)
			put_lnz(m->curve.rows + (i + 1) * columns - LNZ_COLUMNS, l);
	return l;
}

void
monitor_resume(struct monitor *m)
{
	struct rn_error err;

	if (m->run->o->training.log)
		rn_or_die(rn_curve_resume(&m->curve, m->run->o->training.log, m->run->epoch, &err), &err);
}

void
monitor_save(const struct monitor *m)
{
	struct rn_error err;

	if (m->run->o->training.log)
		rn_or_die(rn_curve_save(&m->curve, m->run->o->training.log, &err), &err);
}
