/* The means of a field, against a loop over sites; its action; the records of kind "field". */
#include "renorm/field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "renorm/random.h"
#include "tap.h"

static struct rn_random source;

static struct rn_field_means
reference(const struct rn_lattice *l, const double *phi)
{
	struct rn_field_means s = { 0 };

	for (size_t y = 0; y < l->rows; y++)
		for (size_t x = 0; x < l->cols; x++) {
			const double here = phi[y * l->cols + x],
				     below = phi[(y + 1) % l->rows * l->cols + x];

			s.m += here / (double)l->sites;
			s.phi2 += here * here / (double)l->sites;
			s.phi4 += pow(here, 4) / (double)l->sites;
			s.nn += here * phi[y * l->cols + (x + 1) % l->cols] / (double)l->bonds;
			if (l->dim == 2)
				s.nn += here * below / (double)l->bonds;
		}
	return s;
}

static bool
near(double got, double want)
{
	return fabs(got - want) < 1e-13 * (1 + fabs(want));
}

/* One byte off alignment, in a block that ends where the field ends. */
static bool
measures(unsigned d, size_t L1, size_t L2, enum rn_type type)
{
	const size_t extents[2] = { L1, L2 };
	const struct rn_lattice l = rn_lattice_make(d, d == 1 ? &L2 : extents);
	double *phi = calloc(l.sites, sizeof *phi);
	uint8_t *bytes = malloc(1 + l.sites * rn_type_bytes(type));
	struct rn_field_means got, want;

	if (!phi || !bytes)
		abort();
	for (size_t i = 0; i < l.sites; i++) {
		const float narrow = (float)(4 * rn_random_uniform(&source) - 2);

		phi[i] = type == RN_F32 ? (double)narrow : 4 * rn_random_uniform(&source) - 2;
		memcpy(bytes + 1 + i * rn_type_bytes(type),
			type == RN_F32 ? (const void *)&narrow : (const void *)&phi[i], rn_type_bytes(type));
	}
	got = rn_field_measure(&l, type, bytes + 1);
	want = reference(&l, phi);
	free(phi);
	free(bytes);
	return near(got.m, want.m) && near(got.phi2, want.phi2) && near(got.phi4, want.phi4) &&
		near(got.nn, want.nn);
}

static void
test_records(void)
{
	static const float phi[] = { 1, -2, 0.5f, 3, 0, -1 };
	const size_t extents[2] = { 2, 3 };
	const struct rn_lattice l = rn_lattice_make(2, extents);
	const struct rn_field_record identity = { { 1, 0.7, -0.9515 }, 3, 40, 7 };
	struct rn_schema *schema = rn_field_schema(&l, RN_F32);
	uint8_t record[256];
	float back[6];
	bool same = true;
	double action;

	rn_field_put(record, &identity, &l, RN_F32, phi);
	OK(schema->record_bytes == 84 + sizeof phi, "a record is as long as its schema says");
	memcpy(back, rn_field_phi(record), sizeof back);
	for (size_t i = 0; i < l.sites; i++)
		same &= back[i] == phi[i];
	OK(same, "the field is read back");
	const struct rn_field_record got = rn_field_get(record);
	OK(got.coupling.kappa == 1 && got.coupling.lambda == 0.7 && got.coupling.mu2 == -0.9515 &&
			got.replica == 3 && got.sweep == 40 && got.id == 7,
		"and what it is");
	/* bonds: right -2 -1 0.5, 0 0 -3; down twice (extent 2) 3 0 -0.5: their sum is -5.5 + 5 = -0.5 */
	memcpy(&action, record + 44, sizeof action);
	OK(near(action, (0.5 + (4 - 0.9515) / 2 * 15.25 + 0.175 * 99.0625) / 6), "the action, by hand: %.17g",
		action);
	rn_schema_destroy(schema);
}

int
main(void)
{
	static const size_t extents[] = { 1, 2, 3, 8, 15, 16, 17, 18, 32, 33, 64 };
	const struct rn_random_key key = rn_random_key(1, "field", NULL, 0, NULL, 0);
	bool right = true;

	source = rn_random_at(&key, 0);
	for (size_t i = 0; i < sizeof extents / sizeof extents[0]; i++)
		for (size_t j = 0; j < sizeof extents / sizeof extents[0]; j++)
			for (unsigned d = 1; d <= 2; d++)
				right &= measures(d, extents[i], extents[j], RN_F32) &&
					measures(d, extents[i], extents[j], RN_F64);
	OK(right, "means of rings and tori of every shape, f32 and f64");
	test_records();
	return tap_done();
}
