/*
 * cell.h - one cell of text as one value of a column
 *
 * Private to librenorm (csv.c).
 */
#ifndef RENORM_CELL_H
#define RENORM_CELL_H

#include <stdbool.h>

#include "renorm/schema.h"

/* Whether strtod takes the whole text: what a row of names must not consist of. */
bool rn_cell_is_number(const char *text);

/*
 * Stores `text` (n bytes and a NUL) as value i of the column. RN_EDATA when it
 * is no number, or one the column's type cannot hold: 300 in u8, 1.5 in u32,
 * 2 in bit (with pm1: anything but -1 and 1). Floats are rounded to nearest,
 * once. The bits of a bit column must have been zero.
 */
RN_MUST_CHECK enum rn_status rn_cell_store(const struct rn_column *c, void *record, size_t i,
	const char *text, size_t n, bool pm1, struct rn_error *err);

#endif
