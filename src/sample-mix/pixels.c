#include "pixels.h"

#include <math.h>
#include <string.h>

#include "renorm/bits.h"

enum rn_status
pixels_find(struct pixels *p, const struct rn_schema *schema, float low, float high, struct rn_error *err)
{
	const bool spins = strcmp(schema->kind, "spins") == 0;
	enum rn_status st;

	if (!spins && strcmp(schema->kind, "samples") != 0)
		return rn_fail(err, RN_EDATA,
			"these records are of kind %s; sample-mix takes spins, or samples with a column x",
			schema->kind);
	*p = (struct pixels){ .low = low, .high = high };
	st = rn_schema_require_column(schema, spins ? "spins" : "x", &p->column, err);
	if (st != RN_OK)
		return st;
	if (p->column->type != RN_BIT && p->column->type != RN_U8 && p->column->type != RN_F32)
		return rn_fail(err, RN_EDATA, "column %s is %s; samples are bit, u8 or f32", p->column->name,
			rn_type_name(p->column->type));
	for (int i = 0; i < 256; i++)
		p->byte[i] = low + (high - low) * (float)i / 255;
	return RN_OK;
}

static enum rn_status
read_floats(const struct rn_column *c, const uint8_t *values, float out[], struct rn_error *err)
{
	float sum = 0;

	memcpy(out, values, c->bytes);
	for (size_t i = 0; i < c->count; i++)
		sum += out[i] * 0;
	return sum == 0 ? RN_OK : rn_fail(err, RN_EDATA, "column %s holds inf or nan", c->name);
}

enum rn_status
pixels_read(const struct pixels *p, const uint8_t *record, float out[], struct rn_error *err)
{
	const struct rn_column *c = p->column;
	const uint8_t *values = record + c->offset;

	if (c->type == RN_F32)
		return read_floats(c, values, out, err);
	if (c->type == RN_BIT)
		rn_bits_unpack_f32(values, c->count, p->low, p->high, out);
	for (size_t i = 0; c->type == RN_U8 && i < c->count; i++)
		out[i] = p->byte[values[i]];
	return RN_OK;
}

enum rn_status
pixels_add_column(const struct pixels *p, struct rn_schema *out, struct rn_error *err)
{
	if (rn_schema_find(out, "x"))
		return rn_fail(err, RN_EDATA,
			"a label has the name x of the samples; rename it with rns-sel --rename x=...");
	return rn_schema_add_column(out, "x", RN_F32, p->column->ndim, p->column->shape, err);
}
