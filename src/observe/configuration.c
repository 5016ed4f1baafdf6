#include "configuration.h"

#include "renorm/field.h"
#include "renorm/reals.h"

struct glance
configuration_glance(const struct rn_lattice *l, enum rn_type type, const uint8_t *data)
{
	if (is_field(type)) {
		const struct rn_field_means means = rn_field_measure(l, type, data);

		return (struct glance){ .energy = means.phi2, .m = means.m };
	}
	const struct rn_ising_sums s = rn_ising_measure(l, data);

	return (struct glance){ .energy = rn_ising_e(l, s), .m = rn_ising_m(l, s) };
}

void
configuration_row(const struct rn_lattice *l, enum rn_type type, const uint8_t *data, size_t y, double row[])
{
	const size_t first = y * l->cols;
	size_t x = 0;

	if (type == RN_F64) {
		memcpy(row, data + first * sizeof *row, l->cols * sizeof *row);
		return;
	}
	for (; type == RN_BIT && x < l->cols; x++)
		row[x] = data[(first + x) / 8] >> (first + x) % 8 & 1 ? 1 : -1;
	for (; x + RN_FOUR <= l->cols; x += RN_FOUR)
		rn_store_four((uint8_t *)row, RN_F64, x, rn_load_four(data, RN_F32, first + x));
	for (; x < l->cols; x++)
		row[x] = rn_load_real(data, RN_F32, first + x);
}
