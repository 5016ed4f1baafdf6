#include "weights.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const weights_names[] = { "W", "gram", "distance", "svd", "fields", NULL };

struct columns {
	const char *name;
	enum rn_type type;
	unsigned ndim;
	const size_t *shape;
};

/* A table of n records of these columns (up to one without a name). */
static enum rn_status
begin(struct weights_table *t, const char *kind, const struct columns c[], size_t n, struct rn_error *err)
{
	enum rn_status st = RN_OK;

	t->schema = rn_schema_create(kind);
	if (!t->schema)
		return rn_fail_memory(err, "header");
	for (; st == RN_OK && c->name; c++)
		st = rn_schema_add_column(t->schema, c->name, c->type, c->ndim, c->shape, err);
	if (st != RN_OK)
		return st;
	t->n = n;
	t->records = calloc(n, t->schema->record_bytes);
	return t->records ? RN_OK : rn_fail_memory(err, "table");
}

static uint8_t *
record(const struct weights_table *t, size_t i)
{
	return t->records + i * t->schema->record_bytes;
}

static void
put(const struct weights_table *t, size_t i, size_t column, size_t value, double x)
{
	rn_put_f64(&t->schema->column[column], record(t, i), value, x);
}

static double *
in_double(const struct rn_rbm *r)
{
	double *W = calloc(r->nv * r->nh, sizeof *W);

	for (size_t i = 0; W && i < r->nv * r->nh; i++)
		W[i] = (double)r->W[i];
	return W;
}

static enum rn_status
table_W(const struct rn_rbm *r, struct weights_table *t, struct rn_error *err)
{
	const struct columns c[] = { { "site", RN_U32, 0, NULL }, { "b", RN_F32, 0, NULL },
		{ "W", RN_F32, 1, &r->nh }, { 0 } };
	enum rn_status st = begin(t, "table", c, r->nv, err);

	for (size_t i = 0; st == RN_OK && i < r->nv; i++) {
		put(t, i, 0, 0, (double)i);
		put(t, i, 1, 0, (double)r->b[i]);
		for (size_t a = 0; a < r->nh; a++)
			put(t, i, 2, a, (double)r->W[i * r->nh + a]);
	}
	return st;
}

/* W W^T (nv x nv), or W^T W (nh x nh); NULL: out of memory. */
static double *
gram_matrix(const struct rn_rbm *r, bool hidden)
{
	const size_t n = hidden ? r->nh : r->nv, k = hidden ? r->nv : r->nh;
	double *W = in_double(r), *G = calloc(n * n, sizeof *G);

	if (W && G)
		cblas_dgemm(CblasRowMajor, hidden ? CblasTrans : CblasNoTrans,
			hidden ? CblasNoTrans : CblasTrans, (int)n, (int)n, (int)k, 1, W, (int)r->nh, W,
			(int)r->nh, 0, G, (int)n);
	else {
		free(G);
		G = NULL;
	}
	free(W);
	return G;
}

static enum rn_status
table_gram(const struct rn_rbm *r, struct weights_table *t, struct rn_error *err)
{
	static const struct columns c[] = { { "layer", RN_U8, 0, NULL }, { "i", RN_U32, 0, NULL },
		{ "j", RN_U32, 0, NULL }, { "gram", RN_F64, 0, NULL }, { 0 } };
	enum rn_status st = begin(t, "table", c, r->nv * r->nv + r->nh * r->nh, err);
	size_t row = 0;

	for (int layer = 0; st == RN_OK && layer < 2; layer++) {
		const size_t n = layer ? r->nh : r->nv;
		double *G = gram_matrix(r, layer == 1);

		if (!G)
			return rn_fail_memory(err, "gram matrix");
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++, row++) {
				put(t, row, 0, 0, layer);
				put(t, row, 1, 0, (double)i);
				put(t, row, 2, 0, (double)j);
				put(t, row, 3, 0, G[i * n + j]);
			}
		free(G);
	}
	return st;
}

/* Mean of G over all pairs (y, x), (y + dy, x + dx) of the torus. */
static double
mean_at(const double G[], size_t rows, size_t cols, size_t dy, size_t dx)
{
	const size_t sites = rows * cols;
	double sum = 0;

	for (size_t y = 0; y < rows; y++)
		for (size_t x = 0; x < cols; x++)
			sum += G[(y * cols + x) * sites + (y + dy) % rows * cols + (x + dx) % cols];
	return sum / (double)sites;
}

static enum rn_status
table_distance(const struct rn_rbm *r, struct weights_table *t, struct rn_error *err)
{
	static const struct columns c[] = { { "r", RN_U32, 0, NULL }, { "gram_x", RN_F64, 0, NULL },
		{ "gram_y", RN_F64, 0, NULL }, { "gram", RN_F64, 0, NULL }, { 0 } };
	const size_t rows = r->ndim == 2 ? r->shape[0] : 1, cols = r->shape[r->ndim == 2];
	const size_t longest = rows > cols ? rows : cols;
	enum rn_status st;
	double *G;

	if (r->ndim != 1 && r->ndim != 2)
		return rn_fail(err, RN_EDATA,
			"the visible layer of the model has %u dimensions; --weights distance takes a ring "
			"or a torus",
			r->ndim);
	if ((st = begin(t, "table", c, longest / 2 + 1, err)) != RN_OK)
		return st;
	if (!(G = gram_matrix(r, false)))
		return rn_fail_memory(err, "gram matrix");
	for (size_t d = 0; d <= longest / 2; d++) {
		const double x = d <= cols / 2 ? mean_at(G, rows, cols, 0, d) : NAN;
		const double y = r->ndim == 2 && d <= rows / 2 ? mean_at(G, rows, cols, d, 0) : NAN;

		put(t, d, 0, 0, (double)d);
		put(t, d, 1, 0, x);
		put(t, d, 2, 0, y);
		put(t, d, 3, 0, isnan(x) ? y : isnan(y) ? x : (x + y) / 2);
	}
	free(G);
	return RN_OK;
}

/* Of a unit vector, stride apart: 1 / sum u^4, the number of units it stands on. */
static double
units_of(const double u[], size_t n, size_t stride)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += u[i * stride] * u[i * stride] * u[i * stride] * u[i * stride];
	return 1 / sum;
}

/* (sum_i u_i)^2 / n: 1 if all entries are equal. */
static double
uniform_part(const double u[], size_t n, size_t stride)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += u[i * stride];
	return sum * sum / (double)n;
}

struct svd {
	double *W, *s, *U, *Vt; /* W = U s Vt: nv x k, k x nh */
};

static enum rn_status
decompose(const struct rn_rbm *r, struct svd *d, size_t k, struct rn_error *err)
{
	lapack_int failed;

	*d = (struct svd){ in_double(r), calloc(k, sizeof(double)), calloc(r->nv * k, sizeof(double)),
		calloc(k * r->nh, sizeof(double)) };
	if (!d->W || !d->s || !d->U || !d->Vt)
		return rn_fail_memory(err, "singular values");
	failed = LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'S', (lapack_int)r->nv, (lapack_int)r->nh, d->W,
		(lapack_int)r->nh, d->s, d->U, (lapack_int)k, d->Vt, (lapack_int)r->nh);
	return failed ? rn_fail(err, RN_ENUMERIC, "the singular values of W do not converge") : RN_OK;
}

static enum rn_status
table_svd(const struct rn_rbm *r, struct weights_table *t, struct rn_error *err)
{
	static const struct columns c[] = { { "k", RN_U32, 0, NULL }, { "s", RN_F64, 0, NULL },
		{ "share", RN_F64, 0, NULL }, { "uniform", RN_F64, 0, NULL }, { "units_v", RN_F64, 0, NULL },
		{ "units_h", RN_F64, 0, NULL }, { 0 } };
	const size_t k = r->nv < r->nh ? r->nv : r->nh;
	struct svd d = { 0 };
	double sum = 0;
	enum rn_status st = begin(t, "table", c, k, err);

	if (st == RN_OK)
		st = decompose(r, &d, k, err);
	for (size_t i = 0; st == RN_OK && i < k; i++)
		sum += d.s[i] * d.s[i];
	for (size_t i = 0; st == RN_OK && i < k; i++) {
		put(t, i, 0, 0, (double)i);
		put(t, i, 1, 0, d.s[i]);
		put(t, i, 2, 0, sum > 0 ? d.s[i] * d.s[i] / sum : 0);
		put(t, i, 3, 0, uniform_part(d.U + i, r->nv, k));
		put(t, i, 4, 0, units_of(d.U + i, r->nv, k));
		put(t, i, 5, 0, units_of(d.Vt + i * r->nh, r->nh, 1));
	}
	free(d.W);
	free(d.s);
	free(d.U);
	free(d.Vt);
	return st;
}

static enum rn_status
table_fields(const struct rn_rbm *r, struct weights_table *t, struct rn_error *err)
{
	const struct columns c[] = { { "hidden", RN_U32, 0, NULL }, { "x", RN_F32, r->ndim, r->shape },
		{ 0 } };
	enum rn_status st = begin(t, "samples", c, r->nh, err);

	if (st == RN_OK)
		st = rn_schema_add_label(t->schema, "hidden", err);
	for (size_t a = 0; st == RN_OK && a < r->nh; a++) {
		put(t, a, 0, 0, (double)a);
		for (size_t i = 0; i < r->nv; i++)
			put(t, a, 1, i, (double)r->W[i * r->nh + a]);
	}
	return st;
}

enum rn_status
weights_table(const struct rn_rbm *rbm, enum weights what, struct weights_table *t, struct rn_error *err)
{
	*t = (struct weights_table){ 0 };
	switch (what) {
	case WEIGHTS_W: return table_W(rbm, t, err);
	case WEIGHTS_GRAM: return table_gram(rbm, t, err);
	case WEIGHTS_DISTANCE: return table_distance(rbm, t, err);
	case WEIGHTS_SVD: return table_svd(rbm, t, err);
	case WEIGHTS_FIELDS: return table_fields(rbm, t, err);
	}
	return rn_fail(err, RN_EBUG, "no such table");
}

void
weights_table_clear(struct weights_table *t)
{
	rn_schema_destroy(t->schema);
	free(t->records);
	*t = (struct weights_table){ 0 };
}
