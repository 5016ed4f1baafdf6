/*
 * Count, smallest, largest, mean and number of NaN of each column, over all its
 * values. Whole numbers are summed exactly, in 128 bits; floating numbers with
 * Neumaier's compensation [1]. NaN counts among neither.
 *
 * [1] A. Neumaier, Z. Angew. Math. Mech. 54 (1974) 39.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/bits.h"
#include "renorm/outfile.h"
#include "sink.h"

typedef __int128 wide;

struct moments {
	uint64_t count, nans; /* count: without the NaN */
	wide low, high, sum;  /* of whole numbers */
	double flow, fhigh, fsum, compensation;
};

struct stats {
	struct sink sink;
	struct rn_outfile *file;
	bool pm1;
	struct rn_schema *schema;
	struct moments *moments; /* one a column */
	bool printed;
};

/* --- the loops over values, one a type ----------------------------------- */

typedef void (*add_fn)(struct moments *m, const uint8_t *values, size_t n);

#define INTEGER(type) \
	static void add_##type(struct moments *m, const uint8_t *p, size_t n) \
	{ \
		type low, high, v; \
		wide sum = 0; \
\
		memcpy(&low, p, sizeof low); \
		high = low; \
		for (size_t i = 0; i < n; i++) { \
			memcpy(&v, p + i * sizeof v, sizeof v); \
			low = v < low ? v : low; \
			high = v > high ? v : high; \
			sum += v; \
		} \
		m->low = !m->count || low < m->low ? low : m->low; \
		m->high = !m->count || high > m->high ? high : m->high; \
		m->sum += sum; \
		m->count += n; \
	}
INTEGER(uint8_t)
INTEGER(int8_t)
INTEGER(uint16_t)
INTEGER(int16_t)
INTEGER(uint32_t)
INTEGER(int32_t)
INTEGER(uint64_t)
INTEGER(int64_t)

static void
add_number(struct moments *m, double x)
{
	double sum = m->fsum + x;

	if (isnan(x)) {
		m->nans++;
		return;
	}
	m->flow = !m->count || x < m->flow ? x : m->flow;
	m->fhigh = !m->count || x > m->fhigh ? x : m->fhigh;
	m->compensation += fabs(m->fsum) >= fabs(x) ? m->fsum - sum + x : x - sum + m->fsum;
	m->fsum = sum;
	m->count++;
}

static void
add_float(struct moments *m, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float x;

		memcpy(&x, p + i * sizeof x, sizeof x);
		add_number(m, (double)x);
	}
}

static void
add_double(struct moments *m, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double x;

		memcpy(&x, p + i * sizeof x, sizeof x);
		add_number(m, x);
	}
}

static void
add_bits(struct moments *m, const uint8_t *p, size_t n)
{
	uint64_t ones = rn_bits_count(p, n);

	m->low = (!m->count || m->low) && ones == n;
	m->high = (m->count && m->high) || ones;
	m->sum += ones;
	m->count += n;
}

static const add_fn add[] = {
	[RN_BIT] = add_bits,
	[RN_U8] = add_uint8_t,
	[RN_I8] = add_int8_t,
	[RN_U16] = add_uint16_t,
	[RN_I16] = add_int16_t,
	[RN_U32] = add_uint32_t,
	[RN_I32] = add_int32_t,
	[RN_U64] = add_uint64_t,
	[RN_I64] = add_int64_t,
	[RN_F32] = add_float,
	[RN_F64] = add_double,
};

/* --- the table ------------------------------------------------------------ */

struct row {
	char cell[6][256]; /* names have at most 255 bytes */
};

static void
print_wide(char *out, wide v)
{
	/* Every value of a column fits in 64 bits, signed or not. */
	if (v < 0)
		sprintf(out, "%lld", (long long)v);
	else
		sprintf(out, "%llu", (unsigned long long)v);
}

/* As short as CSV has it. */
static void
print_float(char *out, enum rn_type type, double x)
{
	if (type == RN_F32)
		rn_print_f32(out, (float)x);
	else
		rn_print_f64(out, x);
}

static void
print_row(struct row *r, const struct rn_column *c, const struct moments *m, bool pm1)
{
	bool whole = c->type != RN_F32 && c->type != RN_F64;
	bool signs = c->type == RN_BIT && pm1;
	double mean, n = (double)m->count;

	snprintf(r->cell[0], sizeof r->cell[0], "%s", c->name);
	sprintf(r->cell[1], "%llu", (unsigned long long)m->count);
	sprintf(r->cell[5], "%llu", (unsigned long long)m->nans);
	if (m->count == 0) {
		for (int i = 2; i <= 4; i++)
			strcpy(r->cell[i], "nan");
		return;
	}
	if (whole) {
		print_wide(r->cell[2], signs ? 2 * m->low - 1 : m->low);
		print_wide(r->cell[3], signs ? 2 * m->high - 1 : m->high);
		mean = (double)(signs ? 2 * m->sum - (wide)m->count : m->sum) / n;
	} else {
		print_float(r->cell[2], c->type, m->flow);
		print_float(r->cell[3], c->type, m->fhigh);
		/* Past infinity the compensation is NaN and the sum says all. */
		mean = (isfinite(m->fsum) ? m->fsum + m->compensation : m->fsum) / n;
	}
	rn_print_f64(r->cell[4], mean);
}

static void
print_table(struct stats *s)
{
	size_t rows = s->schema->columns + 1, width[6] = { 0 };
	struct row *row = rn_alloc_or_die(rows, sizeof *row);
	struct rn_text t = { 0 };
	bool ok = !s->printed || rn_text_put(&t, "\n", 1);

	row[0] = (struct row){ { "column", "count", "min", "max", "mean", "nan" } };
	for (size_t k = 0; k + 1 < rows; k++)
		print_row(&row[k + 1], &s->schema->column[k], &s->moments[k], s->pm1);
	for (size_t k = 0; k < rows; k++)
		for (int i = 0; i < 6; i++)
			if (strlen(row[k].cell[i]) > width[i])
				width[i] = strlen(row[k].cell[i]);
	for (size_t k = 0; k < rows; k++)
		for (int i = 0; i < 6; i++)
			ok = ok &&
				rn_text_printf(&t, "%-*s%s", i < 5 ? (int)width[i] : 0, row[k].cell[i],
					i < 5 ? "  " : "\n");
	if (!ok)
		rn_die(RN_ENOMEM, "out of memory (text)");
	write_text(s->file, &t);
	rn_text_clear(&t);
	free(row);
	s->printed = true;
}

static void
begin(struct sink *sink, const struct rn_schema *schema, bool continues)
{
	struct stats *s = (struct stats *)sink;

	if (continues)
		return;
	if (s->schema)
		print_table(s);
	rn_schema_destroy(s->schema);
	free(s->moments);
	s->schema = rn_schema_copy(schema);
	if (!s->schema)
		rn_die(RN_ENOMEM, "out of memory (header)");
	s->moments = rn_alloc_or_die(schema->columns, sizeof *s->moments);
}

static void
put(struct sink *sink, const void *records, size_t n)
{
	struct stats *s = (struct stats *)sink;
	const uint8_t *record = records;

	for (size_t i = 0; i < n; i++, record += s->schema->record_bytes)
		for (size_t k = 0; k < s->schema->columns; k++) {
			const struct rn_column *c = &s->schema->column[k];

			add[c->type](&s->moments[k], record + c->offset, c->count);
		}
}

static void
finish(struct sink *sink)
{
	struct stats *s = (struct stats *)sink;
	struct rn_error err;

	if (s->schema)
		print_table(s);
	rn_or_die(rn_outfile_close(s->file, &err), &err);
	rn_schema_destroy(s->schema);
	free(s->moments);
	free(s);
}

struct sink *
sink_stats(const struct rn_common *c)
{
	struct stats *s = rn_alloc_or_die(1, sizeof *s);

	s->sink = (struct sink){ begin, put, finish };
	s->pm1 = c->pm1;
	s->file = open_bytes(c, false);
	return &s->sink;
}
