/* The schema, the records and the means of kind "field". */
#include "renorm/field.h"

#include <math.h>
#include <string.h>

#include "renorm/reals.h"

enum rn_status
rn_field_of_column(const struct rn_column *c, struct rn_lattice *l, struct rn_error *err)
{
	if ((c->type != RN_F32 && c->type != RN_F64) || c->ndim < 1 || c->ndim > 2)
		return rn_fail(err, RN_EDATA,
			"column %s is %s of %u dimension%s; a field is f32 or f64 of one or two", c->name,
			rn_type_name(c->type), c->ndim, c->ndim == 1 ? "" : "s");
	*l = rn_lattice_make(c->ndim, c->shape);
	return RN_OK;
}

/* Column x is summed in lane x mod LANES, so the order of every sum is fixed. */
#define LANES 16
#define HALF (LANES / 2)

typedef double half __attribute__((vector_size(8 * HALF)));
typedef float half_f32 __attribute__((vector_size(4 * HALF)));

struct sums {
	half m[2], phi2[2], phi4[2], nn[2];
};

/* By pointer: how a vector wider than the CPU's is returned depends on the CPU. */
static RN_INLINE void
load(half *v, const uint8_t *phi, enum rn_type type, size_t i)
{
	half_f32 narrow;

	if (type == RN_F64) {
		memcpy(v, phi + i * sizeof(double), sizeof *v);
		return;
	}
	memcpy(&narrow, phi + i * sizeof(float), sizeof narrow);
	*v = __builtin_convertvector(narrow, half);
}

/* `row` and `below` are indices of first sites; a ring is its own row below, and has no bonds there. */
static RN_INLINE void
add_row(struct sums *s, const uint8_t *phi, enum rn_type type, size_t row, size_t below, size_t cols,
	bool ring)
{
	size_t x = 0;

	for (; x + LANES < cols; x += LANES)
		for (size_t h = 0; h < 2; h++) {
			const size_t at = x + h * HALF;
			half v, v2, neighbours, down;

			load(&v, phi, type, row + at);
			load(&neighbours, phi, type, row + at + 1);
			if (!ring) {
				load(&down, phi, type, below + at);
				neighbours += down;
			}
			v2 = v * v;
			s->m[h] += v;
			s->phi2[h] += v2;
			s->phi4[h] += v2 * v2;
			s->nn[h] += v * neighbours;
		}
	for (; x < cols; x++) {
		const size_t h = x % LANES / HALF, lane = x % HALF;
		const double v = rn_load_real(phi, type, row + x), v2 = v * v;
		double neighbours = rn_load_real(phi, type, x + 1 < cols ? row + x + 1 : row);

		if (!ring)
			neighbours += rn_load_real(phi, type, below + x);
		s->m[h][lane] += v;
		s->phi2[h][lane] += v2;
		s->phi4[h][lane] += v2 * v2;
		s->nn[h][lane] += v * neighbours;
	}
}

static RN_INLINE double
total(const half sum[2])
{
	half lane = sum[0] + sum[1];

	for (size_t width = HALF / 2; width > 0; width /= 2)
		for (size_t i = 0; i < width; i++)
			lane[i] += lane[i + width];
	return lane[0];
}

static RN_INLINE struct rn_field_means
measure(const struct rn_lattice *l, enum rn_type type, const uint8_t *phi)
{
	const double n = (double)l->sites;
	struct sums s = { 0 };

	for (size_t y = 0; y < l->rows; y++)
		add_row(&s, phi, type, y * l->cols, (y + 1 < l->rows ? y + 1 : 0) * l->cols, l->cols,
			l->dim == 1);
	return (struct rn_field_means){ total(s.m) / n, total(s.phi2) / n, total(s.phi4) / n,
		total(s.nn) / (double)l->bonds };
}

/* nan and inf have all bits of the exponent set. */
static RN_INLINE bool
is_finite(enum rn_type type, const uint8_t *phi, size_t n)
{
	const int64_t bits = 0x7ff0000000000000;
	const rn_four_mask exponent = { bits, bits, bits, bits };
	rn_four_mask found = { 0 };
	bool finite = true;
	size_t i = 0;

	for (; i + RN_FOUR <= n; i += RN_FOUR)
		found |= ((rn_four_mask)rn_load_four(phi, type, i) & exponent) == exponent;
	for (size_t lane = 0; lane < RN_FOUR; lane++)
		finite &= found[lane] == 0;
	for (; i < n; i++)
		finite &= isfinite(rn_load_real(phi, type, i));
	return finite;
}

typedef struct rn_field_means
measure_function(const struct rn_lattice *l, enum rn_type type, const uint8_t *phi);
typedef bool finite_function(enum rn_type type, const uint8_t *phi, size_t n);

/* `type` is a constant in each call of them that is inlined, and no question inside of loops. */
static RN_INLINE struct rn_field_means
measure_either(const struct rn_lattice *l, enum rn_type type, const uint8_t *phi)
{
	return type == RN_F64 ? measure(l, RN_F64, phi) : measure(l, RN_F32, phi);
}

static RN_INLINE bool
is_finite_either(enum rn_type type, const uint8_t *phi, size_t n)
{
	return type == RN_F64 ? is_finite(RN_F64, phi, n) : is_finite(RN_F32, phi, n);
}

static struct rn_field_means
measure_baseline(const struct rn_lattice *l, enum rn_type type, const uint8_t *phi)
{
	return measure_either(l, type, phi);
}

static bool
is_finite_baseline(enum rn_type type, const uint8_t *phi, size_t n)
{
	return is_finite_either(type, phi, n);
}

RN_TARGET_AVX2 static struct rn_field_means
measure_avx2(const struct rn_lattice *l, enum rn_type type, const uint8_t *phi)
{
	return measure_either(l, type, phi);
}

RN_TARGET_AVX2 static bool
is_finite_avx2(enum rn_type type, const uint8_t *phi, size_t n)
{
	return is_finite_either(type, phi, n);
}

RN_TARGET_AVX512 static struct rn_field_means
measure_avx512(const struct rn_lattice *l, enum rn_type type, const uint8_t *phi)
{
	return measure_either(l, type, phi);
}

RN_TARGET_AVX512 static bool
is_finite_avx512(enum rn_type type, const uint8_t *phi, size_t n)
{
	return is_finite_either(type, phi, n);
}

struct rn_field_means
rn_field_measure(const struct rn_lattice *l, enum rn_type type, const void *phi)
{
	static measure_function *const at[] = { measure_baseline, measure_avx2, measure_avx512 };

	return at[rn_cpu()](l, type, phi);
}

bool
rn_field_is_finite(enum rn_type type, const void *phi, size_t n)
{
	static finite_function *const at[] = { is_finite_baseline, is_finite_avx2, is_finite_avx512 };

	return at[rn_cpu()](type, phi, n);
}

double
rn_field_action(const struct rn_phi4 *coupling, const struct rn_lattice *l,
	const struct rn_field_means *means)
{
	const double bonds_per_site = (double)l->bonds / (double)l->sites;

	return (coupling->mu2 + 4 * coupling->kappa) / 2 * means->phi2 + coupling->lambda / 4 * means->phi4 -
		coupling->kappa * bonds_per_site * means->nn;
}

enum { LABELS = 3 };

/* A model has no labels: these are left out. */
static enum rn_status
fill_schema(struct rn_schema *s, const struct rn_lattice *l, enum rn_type type, bool model)
{
	static const struct {
		const char *name;
		enum rn_type type;
	} scalar[] = {
		{ "kappa", RN_F64 },
		{ "lambda", RN_F64 },
		{ "mu2", RN_F64 },
		{ "replica", RN_U32 },
		{ "sweep", RN_U64 },
		{ "id", RN_U64 },
		{ "action", RN_F64 },
		{ "m", RN_F64 },
		{ "phi2", RN_F64 },
		{ "phi4", RN_F64 },
		{ "nn", RN_F64 },
	};
	const size_t shape[2] = { l->dim == 1 ? l->cols : l->rows, l->cols };
	enum rn_status st = RN_OK;

	for (size_t i = 0; st == RN_OK && i < LABELS && !model; i++)
		st = rn_schema_add_label(s, scalar[i].name, NULL);
	for (size_t i = model ? LABELS : 0; st == RN_OK && i < sizeof scalar / sizeof scalar[0]; i++)
		st = rn_schema_add_column(s, scalar[i].name, scalar[i].type, 0, NULL, NULL);
	if (st == RN_OK)
		st = rn_schema_add_column(s, "phi", type, l->dim, shape, NULL);
	return st;
}

static struct rn_schema *
make_schema(const struct rn_lattice *l, enum rn_type type, bool model)
{
	struct rn_schema *s = rn_schema_create("field");

	if (s && fill_schema(s, l, type, model) != RN_OK) {
		rn_schema_destroy(s);
		s = NULL;
	}
	return s;
}

struct rn_schema *
rn_field_schema(const struct rn_lattice *l, enum rn_type type)
{
	return make_schema(l, type, false);
}

struct rn_schema *
rn_field_model_schema(const struct rn_lattice *l, enum rn_type type)
{
	return make_schema(l, type, true);
}

/* The columns of fill_schema(), in order. */
struct __attribute__((packed)) head {
	struct rn_phi4 coupling;
	uint32_t replica;
	uint64_t sweep, id;
	double action;
	struct rn_field_means means;
};

void
rn_field_put(void *record, const struct rn_field_record *identity, const struct rn_lattice *l,
	enum rn_type type, const void *phi)
{
	const struct rn_field_means means = rn_field_measure(l, type, phi);
	const struct head head = {
		.coupling = identity->coupling,
		.replica = identity->replica,
		.sweep = identity->sweep,
		.id = identity->id,
		.action = rn_field_action(&identity->coupling, l, &means),
		.means = means,
	};

	memcpy(record, &head, sizeof head);
	memcpy((uint8_t *)record + sizeof head, phi, l->sites * rn_type_bytes(type));
}

void
rn_field_model_put(void *record, const struct rn_field_record *identity, double action,
	const struct rn_lattice *l, enum rn_type type, const void *phi)
{
	const struct head head = {
		.replica = identity->replica,
		.sweep = identity->sweep,
		.id = identity->id,
		.action = action,
		.means = rn_field_measure(l, type, phi),
	};
	const size_t labels = sizeof head.coupling, rest = sizeof head - labels;

	memcpy(record, (const uint8_t *)&head + labels, rest);
	memcpy((uint8_t *)record + rest, phi, l->sites * rn_type_bytes(type));
}

struct rn_field_record
rn_field_get(const void *record)
{
	struct head head;

	memcpy(&head, record, sizeof head);
	return (struct rn_field_record){ head.coupling, head.replica, head.sweep, head.id };
}

const uint8_t *
rn_field_phi(const void *record)
{
	return (const uint8_t *)record + sizeof(struct head);
}
