/*
 * renorm/npy.h - the header of NumPy's array files
 *
 *	"\x93NUMPY", version, length of the rest, then
 *	{'descr': [('T', '<f8'), ('spins', '|u1', (10, 10))], 'fortran_order': False, 'shape': (1000,), }
 *	and blanks up to a multiple of 64 bytes, a line feed last; then the array.
 *
 * [1] numpy.lib.format, "Format Version 1.0" to "3.0".
 */
#ifndef RENORM_NPY_H
#define RENORM_NPY_H

#include "renorm/schema.h"
#include "renorm/text.h"

/*
 * Writing: one structured array, a field for each column. NumPy has no bits, so
 * each becomes a byte: u1 0/1, or with pm1 i1 -1/+1.
 */

/*
 * Appends the header. Its length does not depend on count, so that it may be
 * written again over the first one. Version 1.0; 2.0 if it is longer than 64
 * KiB, 3.0 if a name is not ASCII.
 */
RN_MUST_CHECK enum rn_status rn_npy_print_header(struct rn_text *out, const struct rn_schema *s, bool pm1,
	uint64_t count, struct rn_error *err);
size_t rn_npy_record_bytes(const struct rn_schema *s);
/* n records as NumPy has them: n * rn_npy_record_bytes(s) bytes. */
void rn_npy_expand(const struct rn_schema *s, const void *records, size_t n, bool pm1, void *out);

/*
 * Reading: little-endian, C order, of the types above and '|b1'. The array's
 * first dimension counts the records. An array of plain numbers is one column
 * "x" of the other dimensions; a structured array of one dimension has its own.
 */
struct rn_npy {
	struct rn_schema *schema; /* kind "samples", the layout of the file; '|b1' is u8 here */
	bool *boolean;		  /* of each column: whether it was '|b1' */
	uint64_t count;
};

#define RN_NPY_PREFIX_BYTES 12

/*
 * The first RN_NPY_PREFIX_BYTES of a file (or all of it, if shorter) tell how
 * long the whole header is. RN_EDATA if that is no NPY file, or the header is
 * longer than RN_MAX_HEADER.
 */
RN_MUST_CHECK enum rn_status
rn_npy_header_bytes(const void *prefix, size_t n, size_t *bytes, struct rn_error *err);
/* From the whole header; what cannot be read is refused with what would be right. */
RN_MUST_CHECK enum rn_status
rn_npy_parse(const void *header, size_t n, struct rn_npy *npy, struct rn_error *err);
void rn_npy_clear(struct rn_npy *npy);

#endif
