/*
 * field.h - one number of a record: compared with a value, or with another record's
 *
 * A field is named as in CSV: T, or x[3], spins[0][7] for one value of an array.
 */
#ifndef RNS_SEL_FIELD_H
#define RNS_SEL_FIELD_H

#include "renorm/schema.h"

struct field {
	const struct rn_column *column;
	size_t element;
};

/* RN_EDATA, with what there is, when the schema has no such column or value. */
RN_MUST_CHECK enum rn_status
field_find(const struct rn_schema *s, const char *name, struct field *f, struct rn_error *err);

/* < 0, 0, > 0; exact for every type; falling: the largest first. NaN stands behind all numbers either way. */
int field_compare(const struct field *f, bool falling, const void *a, const void *b);

enum relation { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, UNEQUAL };

/* "T>=1.5", as given; it must outlive the condition. */
struct condition {
	const char *text;
	char *name, *value;
	enum relation relation;
	/* What condition_bind() finds in a schema: */
	struct field field;
	double number;	   /* for f64, and f32 (rounded to it) */
	long double whole; /* for whole numbers: 64 bits and fractions are exact in it */
};

/* RN_EUSAGE without an operator (< <= > >= = == !=), a name or a value. */
RN_MUST_CHECK enum rn_status condition_parse(const char *text, struct condition *c, struct rn_error *err);
/*
 * Finds field and value: a number, inf, Tc, nan (with = and != only); where the
 * schema has a key "code.NAME", one of its words (renorm-stream(5) knows numbers only).
 */
RN_MUST_CHECK enum rn_status
condition_bind(struct condition *c, const struct rn_schema *s, struct rn_error *err);
void condition_clear(struct condition *c);
bool condition_holds(const struct condition *c, const void *record);

#endif
